//! What happens to a case, in the past tense; the only source of its state and clocks.
//! Events hold instants, ids and enums. Names, text and addresses live in content rows.

use super::{
    clock::ClockStart,
    identity::{ContentId, MailId, MessageId, StaffId},
    kind::Kind,
    state::{Channel, Outcome, State},
    time::Instant,
};
use serde::{Deserialize, Serialize};

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    /// Recourse itself: intake, jobs, schedules.
    System,
    /// The person who wrote in.
    Requester,
    /// A member of staff.
    Staff(StaffId),
}

/// One event with its place in the case's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Counts from 1 within the case, without gaps.
    pub seq: i64,
    /// When it happened.
    pub at: Instant,
    /// Who did it.
    pub by: By,
    /// What happened.
    pub event: Event,
}

/// Why a mail leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Tells the requester that the mail became a case; meets the `acknowledge` clock.
    Acknowledgement,
    /// A member of staff answers.
    Reply,
}

impl Purpose {
    /// The stable code, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement",
            Self::Reply => "reply",
        }
    }

    /// The words on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Acknowledgement => "Acknowledgement",
            Self::Reply => "Reply",
        }
    }

    /// Reads a stored code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Acknowledgement, Self::Reply].into_iter().find(|p| p.code() == code)
    }
}

/// Everything that can happen to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field is what its type says; the variant tells the rest")]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The case began. `rule` says what decided the kind: a pack's intake rule, or `staff`.
    CaseOpened { kind: Kind, channel: Channel, received: Instant, rule: String },
    /// Clocks were computed from a pack; replaces those of an earlier start, keeping what was met.
    ClocksStarted { pack: String, clocks: Vec<ClockStart> },
    /// A mail of the requester arrived, or was what opened the case.
    MessageReceived { message: MessageId, content: ContentId, automatic: bool },
    /// What the requester said by phone, post or form, as staff wrote it down.
    StatementRecorded { content: ContentId },
    /// A mail to the requester was put into the outbox.
    MailQueued { mail: MailId, content: ContentId, purpose: Purpose },
    /// The mail server accepted it.
    MailAccepted { mail: MailId, purpose: Purpose },
    /// It will not be tried again; `reason` is the server's status class, never its text.
    MailFailed { mail: MailId, purpose: Purpose, reason: String },
    /// The person was told by phone or letter; meets the `acknowledge` clock.
    AcknowledgedOtherwise { how: ContentId },
    /// Staff wrote something for staff.
    NoteAdded { content: ContentId },
    /// The case has an owner, or none.
    Assigned { from: Option<StaffId>, to: Option<StaffId> },
    /// One of two people asked for a slower or an unsealed kind; a second one has to classify likewise.
    ClassificationProposed { to: Kind, reason: ContentId },
    /// The kind changed.
    Classified { from: Kind, to: Kind, reason: ContentId },
    /// The state changed. `reason` is missing where the system did it.
    StateChanged { from: State, to: State, outcome: Option<Outcome>, reason: Option<ContentId> },
}

impl Event {
    /// The stable name, as stored beside the data.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CaseOpened { .. } => "case_opened",
            Self::ClocksStarted { .. } => "clocks_started",
            Self::MessageReceived { .. } => "message_received",
            Self::StatementRecorded { .. } => "statement_recorded",
            Self::MailQueued { .. } => "mail_queued",
            Self::MailAccepted { .. } => "mail_accepted",
            Self::MailFailed { .. } => "mail_failed",
            Self::AcknowledgedOtherwise { .. } => "acknowledged_otherwise",
            Self::NoteAdded { .. } => "note_added",
            Self::Assigned { .. } => "assigned",
            Self::ClassificationProposed { .. } => "classification_proposed",
            Self::Classified { .. } => "classified",
            Self::StateChanged { .. } => "state_changed",
        }
    }

    /// The content row this event points to, if any.
    #[must_use]
    pub const fn content(&self) -> Option<ContentId> {
        match self {
            Self::MessageReceived { content, .. }
            | Self::StatementRecorded { content }
            | Self::MailQueued { content, .. }
            | Self::NoteAdded { content } => Some(*content),
            Self::AcknowledgedOtherwise { how: reason }
            | Self::ClassificationProposed { reason, .. }
            | Self::Classified { reason, .. } => Some(*reason),
            Self::StateChanged { reason, .. } => *reason,
            _ => None,
        }
    }
}
