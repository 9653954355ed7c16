//! The mail room: mail that could not be read, mail that left, and work that gave up.

use crate::app::queue::Count;
use crate::domain::{
    identity::{MailId, MessageId, Reference},
    time::Instant,
};

/// A received mail that became no case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its row.
    pub id: MessageId,
    /// The product's name in tables.
    pub product: String,
    /// When it was stored.
    pub received: Instant,
    /// Bytes of the raw mail.
    pub size: i64,
    /// What kept it from being read, in words.
    pub reason: String,
}

/// A mail to a requester, in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its row.
    pub id: MailId,
    /// The case it belongs to.
    pub reference: Reference,
    /// When it was written.
    pub at: Instant,
    /// "Acknowledgement", "Reply".
    pub purpose: &'static str,
    /// "waiting", "accepted", "failed", in words.
    pub fate: String,
    /// True when it will not be tried again without somebody's help.
    pub failed: bool,
    /// Whom it went to and what it is called; none for a restricted case.
    pub envelope: Option<(String, String)>,
}

/// One outgoing mail in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// The list's facts.
    pub outgoing: Outgoing,
    /// The sender's address.
    pub from: String,
    /// Its Message-ID.
    pub message_id: String,
    /// The text part; none for those outside the circle of a restricted case.
    pub text: Option<String>,
}

/// A job that gave up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadJob {
    /// Its row.
    pub id: i64,
    /// "read_message", "send_mail".
    pub work: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it gave up.
    pub at: Instant,
    /// What the last try said; never a person's words.
    pub error: String,
}

/// The part of the mail room that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// Mail that could not be read.
    #[default]
    Unreadable,
    /// Mail to requesters.
    Outgoing,
    /// Work that gave up.
    Failed,
}

/// The whole page; only the list of the chosen tab is filled.
#[derive(Debug, Clone)]
pub struct Mailroom {
    /// The part looked at.
    pub tab: Tab,
    /// The moment the page speaks of.
    pub now: Instant,
    /// The zone of its dates.
    pub zone: chrono_tz::Tz,
    /// How many are in each part.
    pub counts: [(Tab, Count); 3],
    /// Mail that could not be read, newest first.
    pub unreadable: Vec<Unreadable>,
    /// Mail to requesters, newest first.
    pub outgoing: Vec<Outgoing>,
    /// Work that gave up, newest first.
    pub dead: Vec<DeadJob>,
    /// What to put into `after` for the next page.
    pub next: Option<String>,
}

/// One unreadable mail with its headers, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableMail {
    /// The list's facts.
    pub unreadable: Unreadable,
    /// The first lines of the raw mail, cleaned of control characters; none behind the wall.
    pub head: Option<String>,
}
