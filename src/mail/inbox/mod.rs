//! Mailboxes over IMAP (RFC 3501, with IDLE, MOVE and UIDPLUS where a server has them): connects, lists, fetches, tells the
//! mailbox what became of its messages. Returns values and never touches the store; marks nothing as read, and shows no
//! word that a server or a mail said.

mod connect;
mod dialog;
mod error;
mod folder;
mod name;
mod trust;

pub use connect::Mailbox;
pub use error::Error;
pub use folder::{Arrived, Listed, Opened};
pub use trust::{Trust, TrustError};

use std::{fmt, time::Duration};
use zeroize::Zeroizing;

/// The largest message that is taken, in bytes: what one row of a database can hold with room to spare.
pub const LARGEST: usize = 256 * 1024 * 1024;

/// How long one answer of the server may take, other than a list or a message.
pub(super) const ANSWER: Duration = Duration::from_mins(1);
/// How long the list of a folder may take.
pub(super) const LIST: Duration = Duration::from_mins(10);
/// How long to wait in IDLE at most before it is begun anew (RFC 2177 asks for less than 29 minutes).
pub const IDLE: Duration = Duration::from_mins(28);

/// How the connection is protected.
#[derive(Clone)]
pub enum Security {
    /// TLS from the first byte.
    Implicit(Trust),
    /// TLS after STARTTLS; never a word in clear after it was refused.
    StartTls(Trust),
    /// None: only to this machine.
    Clear,
}

/// A mailbox's server and who we are there.
#[derive(Clone)]
pub struct Server {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The user.
    pub user: String,
    /// The password.
    pub password: Zeroizing<String>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({}:{})", self.host, self.port)
    }
}

/// What happens to a message in its mailbox once it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Leave,
    /// It is marked as seen.
    Flag,
    /// It goes to this folder.
    Move(String),
}

/// How long fetching a message of `size` bytes may take: a minute, and what 64 KiB a second need.
pub(super) fn patience(size: u64) -> Duration {
    Duration::from_secs(60 + size / (64 * 1024))
}
