//! Why a mailbox could not be used, in words for the operator: what happened and what to do. Never a word that a server
//! said beyond its response code: servers repeat user names and addresses.

/// Why a mailbox could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nobody answered at this address.
    #[error("the server cannot be reached ({0}); check host and port, and that this machine may connect to it")]
    Unreachable(String),
    /// The server is not who it should be.
    #[error(
        "the server's certificate is not trusted ({0}); check host, or name the authority that signed it in ca_file"
    )]
    Untrusted(String),
    /// TLS could not be begun.
    #[error("TLS could not be begun ({0}); check port and tls, implicit is usual on 993 and starttls on 143")]
    Tls(String),
    /// The server does not offer STARTTLS.
    #[error(
        "the server does not offer STARTTLS, and nothing is sent in clear; set tls = \"implicit\" if it has another port for it"
    )]
    NoStartTls,
    /// A connection in clear to another machine.
    #[error("tls = \"none\" is for a server on this machine only, and this one is not")]
    NotHere,
    /// User or password are wrong.
    #[error("the server refused the user or the password; check both, and whether the account may use IMAP")]
    Refused,
    /// There is no such folder.
    #[error("the folder cannot be opened; check folders, and that the user may read it")]
    NoFolder,
    /// A command was refused, with the server's response code.
    #[error("the server refused {what}{code}")]
    No {
        /// What was asked.
        what: &'static str,
        /// In brackets after a space, or empty.
        code: String,
    },
    /// The server took too long.
    #[error("the server took too long over {0}")]
    Slow(&'static str),
    /// The connection ended.
    #[error("the connection ended during {0}")]
    Cut(&'static str),
    /// The server said good-bye.
    #[error("the server ended the connection during {0}")]
    Bye(&'static str),
    /// The server's answer is no IMAP that we understand.
    #[error("the server's answer to {0} is not understood")]
    Garbled(&'static str),
}

impl Error {
    /// True where the message that was being fetched may be the cause, so that going on behind it can help.
    #[must_use]
    pub const fn may_lie_in_the_message(&self) -> bool {
        matches!(self, Self::Slow(_) | Self::Garbled(_) | Self::Cut(_) | Self::Bye(_) | Self::No { .. })
    }

    /// True where the connection can still be used.
    #[must_use]
    pub const fn leaves_the_connection(&self) -> bool {
        matches!(self, Self::No { .. } | Self::NoFolder)
    }
}
