//! What happens to a case, in the past tense; the only source of its state and clocks.
//! Events hold instants, ids and enums. Names, text and addresses live in content rows.

use super::{
    authority::Authority,
    clock::{
        ClockStart, Duty, Layer, Raised,
        fact::{Fact, Happened},
    },
    follow_up::{Trouble, Way},
    hold::Basis,
    identity::{
        ContentId, FollowUpId, HoldId, MailId, MessageId, PackageId, Reference, RunId, StaffId, VerificationId,
    },
    kind::Kind,
    language::Language,
    mail::{Doubt, Verdict},
    retention::{Cause, Record},
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
    /// Asks a person to confirm that the request is theirs, or says that they were asked.
    Verification,
    /// Tells the person how the request ended.
    Closing,
    /// Tells the person where the copy of their data is.
    Delivery,
    /// Tells the person that it takes longer, and why.
    Extension,
    /// Tells staff that a clock needs them.
    Alarm,
    /// Tells the sender something about their mail: that it could not be opened, or that no material may be sent.
    Notice,
    /// Reminds the person that we wait for their answer.
    Reminder,
    /// Tells somebody who received the person's data what became of it.
    Recipient,
}

impl Purpose {
    const ALL: [Self; 10] = [
        Self::Acknowledgement,
        Self::Reply,
        Self::Verification,
        Self::Closing,
        Self::Delivery,
        Self::Extension,
        Self::Alarm,
        Self::Notice,
        Self::Reminder,
        Self::Recipient,
    ];

    /// True where the person is told that their mail arrived and is worked on; a link may go to somebody else, and an
    /// alarm goes to staff.
    #[must_use]
    pub const fn acknowledges(self) -> bool {
        matches!(self, Self::Acknowledgement | Self::Reply | Self::Closing | Self::Extension)
    }

    /// True for mails that no person wrote.
    #[must_use]
    pub const fn is_automatic(self) -> bool {
        matches!(
            self,
            Self::Acknowledgement | Self::Verification | Self::Delivery | Self::Alarm | Self::Notice | Self::Reminder
        )
    }

    /// False where whoever gets the mail may be somebody else than who wrote in, and must not learn the thread.
    #[must_use]
    pub const fn may_be_answered(self) -> bool {
        !matches!(self, Self::Verification | Self::Alarm)
    }

    /// The stable code, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement",
            Self::Reply => "reply",
            Self::Verification => "verification",
            Self::Closing => "closing",
            Self::Delivery => "delivery",
            Self::Extension => "extension",
            Self::Alarm => "alarm",
            Self::Notice => "notice",
            Self::Reminder => "reminder",
            Self::Recipient => "recipient",
        }
    }

    /// The words on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Acknowledgement => "Acknowledgement",
            Self::Reply => "Reply",
            Self::Verification => "Verification",
            Self::Closing => "Closing letter",
            Self::Delivery => "Copy of the data",
            Self::Extension => "Notice that it takes longer",
            Self::Alarm => "Alarm to staff",
            Self::Notice => "Notice about a mail",
            Self::Reminder => "Reminder",
            Self::Recipient => "Notice to a recipient",
        }
    }

    /// Reads a stored code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
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
    MessageReceived {
        message: MessageId,
        content: ContentId,
        automatic: bool,
        #[serde(default)]
        dmarc: Verdict,
    },
    /// A mail names this case but does not prove that it belongs here; it waits for staff.
    MessageQuarantined { message: MessageId, why: Doubt },
    /// A mail that waited was thrown away.
    MessageDiscarded { message: MessageId, reason: ContentId },
    /// Secrets in a mail were made unreadable for good, here and in the raw copy.
    MessageRedacted { message: MessageId, content: ContentId, found: i64 },
    /// Where a restricted case's mail brought files, they were destroyed; `content` keeps names, sizes and digests.
    MaterialDisposed { message: MessageId, content: ContentId },
    /// A responder looked and says that the kind is right.
    RestrictionConfirmed { reason: ContentId },
    /// The case is the same as another one, which goes on; its mail goes there.
    Merged { into: Reference, reason: ContentId },
    /// Another case turned out to be the same as this one.
    Absorbed { case: Reference },
    /// What the requester said by phone, post or form, as staff wrote it down.
    StatementRecorded { content: ContentId },
    /// A mail to the requester was put into the outbox.
    MailQueued { mail: MailId, content: ContentId, purpose: Purpose },
    /// The mail server accepted it.
    MailAccepted { mail: MailId, purpose: Purpose },
    /// It will not be tried again; `reason` is the server's status class, never its text.
    MailFailed { mail: MailId, purpose: Purpose, reason: String },
    /// It was accepted and came back; `status` is the report's code, never its text.
    MailBounced { mail: MailId, purpose: Purpose, hard: bool, status: String },
    /// The case has a page on which its person is answered; whoever opened the case has its code and PIN to hand over.
    PageGiven,
    /// Staff made a new PIN for the case's page, and with `code` a new code too; the old ones end.
    PageRenewed { code: bool },
    /// A letter was put on the case's page, where the person reads it: there is no address to send it to.
    LetterKept { content: ContentId, purpose: Purpose },
    /// The person was told by phone or letter; meets the `acknowledge` clock.
    AcknowledgedOtherwise { how: ContentId },
    /// Something happened that clocks care about; `at` may lie before the moment it was written down.
    FactRecorded { fact: Fact, at: Instant, note: Option<ContentId> },
    /// An authority was told of what the case is about, as `rule` asks; `number` holds what it calls the report.
    AuthorityTold { duty: Duty, rule: String, authority: Authority, at: Instant, number: ContentId },
    /// What the authority calls the report of event `report` was written down wrong; `number` holds it as it is.
    ReportCorrected { report: i64, number: ContentId },
    /// A record of the case was destroyed here; with `case` everything that can be read.
    RecordsDestroyed { record: Record, cause: Cause },
    /// Somebody asked to erase the requester from here.
    RequesterErasureAsked { erasure: i64, reason: ContentId },
    /// A second person approved that; it is being done.
    RequesterErasureApproved { erasure: i64 },
    /// Nothing was erased: a second person refused it, or whoever asked took it back.
    RequesterErasureRefused { erasure: i64, withdrawn: bool },
    /// The requester was erased from here, verified: so many cases of theirs.
    RequesterErased { erasure: i64, cases: i64 },
    /// It became known where the person lives; a code of ISO 3166, nothing finer.
    JurisdictionSet { code: String },
    /// It became known, or was guessed from the person's words, which language they write.
    LanguageSet { language: Language },
    /// One of two people says that the person lives where a duty ends later or not at all.
    JurisdictionProposed { code: String },
    /// One of two people says that a rule with a condition does not apply here; a second one has to say so too.
    RuleDoubted { rule: String, reason: ContentId },
    /// Two people agree that the rule does not apply here; its clocks end with the `clocks_started` that follows.
    RuleRuledOut { rule: String, reason: ContentId },
    /// Somebody was told that a clock is at risk or breached; each clock says each once.
    ClockAlarmed { duty: Duty, layer: Layer, rule: String, due: Instant, raised: Raised },
    /// Staff wrote something for staff.
    NoteAdded { content: ContentId },
    /// The case has an owner, or none.
    Assigned { from: Option<StaffId>, to: Option<StaffId> },
    /// One of two people asked for a slower or an unsealed kind; a second one has to classify likewise.
    ClassificationProposed { to: Kind, reason: ContentId },
    /// The kind changed.
    Classified { from: Kind, to: Kind, reason: ContentId },
    /// The person was asked to confirm by a link; `identity` holds what they are looked up by.
    VerificationAsked { verification: VerificationId, identity: ContentId },
    /// The person confirmed by the link.
    VerificationConfirmed { verification: VerificationId, identity: ContentId },
    /// Staff decided that the person is who they say.
    VerifiedByStaff { identity: ContentId, reason: ContentId },
    /// A plan was made and waits for a second person.
    RunPlanned { run: RunId, scope_hash: String },
    /// A second person approved exactly this plan; or, with `standing`, had approved runs like it until a day.
    RunApproved {
        run: RunId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        standing: Option<i64>,
    },
    /// A second person sent the plan back.
    RunSentBack { run: RunId, reason: ContentId },
    /// Nobody approved the plan in time.
    RunExpired { run: RunId },
    /// The run was given up before its end; what was done until then stays done.
    RunCancelled { run: RunId, reason: ContentId },
    /// The run cannot go on by itself; `why` is a code.
    RunStopped { run: RunId, why: String },
    /// The run ended, was verified, and its receipt is signed.
    RunFinished { run: RunId },
    /// What a restored backup brought back is to be erased again as run `repeats` did; waits for a second person.
    ReplayPlanned { run: RunId, scope_hash: String, repeats: RunId },
    /// Somebody who received the person's data knows what became of it.
    RecipientTold { follow_up: FollowUpId, way: Way },
    /// The recipient wrote an answer by mail; staff say what it means.
    RecipientAnswered { follow_up: FollowUpId },
    /// The recipient says that it followed.
    RecipientConfirmed { follow_up: FollowUpId },
    /// The recipient could not be told.
    RecipientFailed { follow_up: FollowUpId, why: Trouble },
    /// It is tried once more.
    RecipientRetried { follow_up: FollowUpId },
    /// Staff decided that the recipient need not be told.
    RecipientWaived { follow_up: FollowUpId, reason: ContentId },
    /// Backups that were made before the erasure have run out.
    BackupsExpired { follow_up: FollowUpId },
    /// What an erasure had sealed was kept to its last day and is destroyed.
    SealedDestroyed { follow_up: FollowUpId },
    /// A copy of the person's data was asked for; it is packed without further ado.
    ExportAsked { run: RunId, scope_hash: String },
    /// The package is complete, sealed and read back; with `review` a second person looks at it before it goes.
    ExportPacked { run: RunId, package: PackageId, review: bool },
    /// The person may fetch the package by the link in a mail and the code they were shown.
    ExportReleased { run: RunId, package: PackageId },
    /// The person began to fetch it.
    ExportFetched { package: PackageId },
    /// The person asked for a new code, by a link to where the package's own link went.
    ExportCodeAsked { package: PackageId },
    /// The person was shown a new code; the old one no longer counts.
    ExportCodeShown { package: PackageId },
    /// Staff ended the link before its time.
    ExportRevoked { package: PackageId, reason: ContentId },
    /// The file was destroyed: its time was over, or it was not to be had any more.
    ExportDestroyed { package: PackageId },
    /// Somebody forbade erasure of the subject.
    HoldPlaced { hold: HoldId, basis: Basis, reason: ContentId },
    /// A hold ended.
    HoldReleased { hold: HoldId, reason: ContentId },
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
            Self::MailBounced { .. } => "mail_bounced",
            Self::MessageQuarantined { .. } => "message_quarantined",
            Self::MessageDiscarded { .. } => "message_discarded",
            Self::MessageRedacted { .. } => "message_redacted",
            Self::MaterialDisposed { .. } => "material_disposed",
            Self::RestrictionConfirmed { .. } => "restriction_confirmed",
            Self::Merged { .. } => "merged",
            Self::Absorbed { .. } => "absorbed",
            Self::PageGiven => "page_given",
            Self::PageRenewed { .. } => "page_renewed",
            Self::LetterKept { .. } => "letter_kept",
            Self::AcknowledgedOtherwise { .. } => "acknowledged_otherwise",
            Self::FactRecorded { .. } => "fact_recorded",
            Self::AuthorityTold { .. } => "authority_told",
            Self::ReportCorrected { .. } => "report_corrected",
            Self::RecordsDestroyed { .. } => "records_destroyed",
            Self::RequesterErasureAsked { .. } => "requester_erasure_asked",
            Self::RequesterErasureApproved { .. } => "requester_erasure_approved",
            Self::RequesterErasureRefused { .. } => "requester_erasure_refused",
            Self::RequesterErased { .. } => "requester_erased",
            Self::JurisdictionSet { .. } => "jurisdiction_set",
            Self::LanguageSet { .. } => "language_set",
            Self::JurisdictionProposed { .. } => "jurisdiction_proposed",
            Self::RuleDoubted { .. } => "rule_doubted",
            Self::RuleRuledOut { .. } => "rule_ruled_out",
            Self::ClockAlarmed { .. } => "clock_alarmed",
            Self::NoteAdded { .. } => "note_added",
            Self::Assigned { .. } => "assigned",
            Self::ClassificationProposed { .. } => "classification_proposed",
            Self::Classified { .. } => "classified",
            Self::VerificationAsked { .. } => "verification_asked",
            Self::VerificationConfirmed { .. } => "verification_confirmed",
            Self::VerifiedByStaff { .. } => "verified_by_staff",
            Self::RunPlanned { .. } => "run_planned",
            Self::RunApproved { .. } => "run_approved",
            Self::RunSentBack { .. } => "run_sent_back",
            Self::RunExpired { .. } => "run_expired",
            Self::RunCancelled { .. } => "run_cancelled",
            Self::RunStopped { .. } => "run_stopped",
            Self::RunFinished { .. } => "run_finished",
            Self::ReplayPlanned { .. } => "replay_planned",
            Self::RecipientTold { .. } => "recipient_told",
            Self::RecipientAnswered { .. } => "recipient_answered",
            Self::RecipientConfirmed { .. } => "recipient_confirmed",
            Self::RecipientFailed { .. } => "recipient_failed",
            Self::RecipientRetried { .. } => "recipient_retried",
            Self::RecipientWaived { .. } => "recipient_waived",
            Self::BackupsExpired { .. } => "backups_expired",
            Self::SealedDestroyed { .. } => "sealed_destroyed",
            Self::ExportAsked { .. } => "export_asked",
            Self::ExportPacked { .. } => "export_packed",
            Self::ExportReleased { .. } => "export_released",
            Self::ExportFetched { .. } => "export_fetched",
            Self::ExportCodeAsked { .. } => "export_code_asked",
            Self::ExportCodeShown { .. } => "export_code_shown",
            Self::ExportRevoked { .. } => "export_revoked",
            Self::ExportDestroyed { .. } => "export_destroyed",
            Self::HoldPlaced { .. } => "hold_placed",
            Self::HoldReleased { .. } => "hold_released",
            Self::StateChanged { .. } => "state_changed",
        }
    }

    /// What clocks and floors of the law learn from it, where it is a fact.
    #[must_use]
    pub const fn fact(&self) -> Option<Happened> {
        match self {
            Self::FactRecorded { fact, at, .. } => Some(Happened { fact: *fact, at: *at }),
            Self::AuthorityTold { at, .. } => Some(Happened { fact: Fact::ReportedToAuthority, at: *at }),
            _ => None,
        }
    }

    /// The content row this event points to, if any.
    #[must_use]
    pub const fn content(&self) -> Option<ContentId> {
        match self {
            Self::MessageReceived { content, .. }
            | Self::MaterialDisposed { content, .. }
            | Self::StatementRecorded { content }
            | Self::MailQueued { content, .. }
            | Self::LetterKept { content, .. }
            | Self::AuthorityTold { number: content, .. }
            | Self::ReportCorrected { number: content, .. }
            | Self::NoteAdded { content } => Some(*content),
            Self::AcknowledgedOtherwise { how: reason }
            | Self::MessageDiscarded { reason, .. }
            | Self::RestrictionConfirmed { reason }
            | Self::Merged { reason, .. }
            | Self::VerifiedByStaff { reason, .. }
            | Self::RunSentBack { reason, .. }
            | Self::RunCancelled { reason, .. }
            | Self::ExportRevoked { reason, .. }
            | Self::RecipientWaived { reason, .. }
            | Self::RequesterErasureAsked { reason, .. }
            | Self::HoldPlaced { reason, .. }
            | Self::HoldReleased { reason, .. }
            | Self::RuleDoubted { reason, .. }
            | Self::RuleRuledOut { reason, .. }
            | Self::ClassificationProposed { reason, .. }
            | Self::Classified { reason, .. } => Some(*reason),
            Self::FactRecorded { note: reason, .. } | Self::StateChanged { reason, .. } => *reason,
            _ => None,
        }
    }
}
