//! What the audit log can say: who did what. One table of actions; an action that is not in it does not compile.
//! Holds no content and no person's data, and never touches a database.

mod changed;
mod entry;

use super::{codes::codes, identity::StaffId};

pub use changed::changed;
pub use entry::{Entry, FORMAT, Written};

codes! {
    /// Whose doing an entry is.
    Who {
        Staff "staff" "A member of staff",
        Visitor "visitor" "Somebody at the staff’s door",
        Requester "requester" "The person who asks",
        Recipient "recipient" "A recipient of data",
        Operator "operator" "The command line",
        System "system" "The system",
    }
}

codes! {
    /// What was done. The code is in every entry and in its hash: it never changes its meaning.
    AuditAction {
        SignedIn "signed_in" "Signed in",
        SignInSlowed "sign_in_slowed" "Has to wait before the next try to sign in",
        SignedOut "signed_out" "Signed out",
        PasswordGiven "password_given" "Gave the password",
        PasswordWrong "password_wrong" "Gave a wrong password",
        SecondFactorWrong "second_factor_wrong" "Gave a wrong second factor",
        RecoveryCodeUsed "recovery_code_used" "Used a recovery code",
        RecoveryCodesRenewed "recovery_codes_renewed" "Made new recovery codes",
        AuthenticatorEnrolled "authenticator_enrolled" "Set up an authenticator",
        PasskeyAdded "passkey_added" "Added a passkey",
        PasskeyRemoved "passkey_removed" "Removed a passkey",
        PasskeyDoubted "passkey_doubted" "Used a passkey whose count went back",
        ProvedAgain "proved_again" "Proved again who they are",
        SessionEnded "session_ended" "Ended a session",
        SessionsEnded "sessions_ended" "Ended the other sessions",
        PasswordChanged "password_changed" "Changed the password",
        PasswordSetByLink "password_set_by_link" "Set a password by a link",
        PasswordReset "password_reset" "Reset a password",
        SecondFactorReset "second_factor_reset" "Reset a second factor",
        StaffDisabled "staff_disabled" "Disabled an account",
        StaffEnabled "staff_enabled" "Enabled an account",
        SessionsKilled "sessions_killed" "Ended all sessions of an account",
        StaffAdded "staff_added" "Added a member of staff",
        RoleGranted "role_granted" "Gave a role",
        RoleTaken "role_taken" "Took a role away",
        AbsenceSet "absence_set" "Said when they are away",
        PersonJoined "person_joined" "Said whose account it is",
        ChainBegan "chain_began" "Began the chained log",
        MasterKeyChanged "master_key_changed" "Changed the master key",
        DataKeyChanged "data_key_changed" "Changed the key of sealed contents",
        AuditExported "audit_exported" "Exported the audit log",
        CaseOpened "case_opened" "Opened a case",
        CaseAssigned "case_assigned" "Assigned a case",
        CaseClassified "case_classified" "Classified a case",
        ClassificationProposed "classification_proposed" "Proposed another kind",
        CaseMerged "case_merged" "Merged a case",
        CaseAbsorbed "case_absorbed" "Went on for a merged case",
        CaseExtended "case_extended" "Extended a clock",
        StateChanged "state_changed" "Changed a case’s state",
        NoteAdded "note_added" "Added a note",
        ReplySent "reply_sent" "Sent a reply",
        ClosingSent "closing_sent" "Sent the closing letter",
        LanguageSet "language_set" "Set the language",
        FactRecorded "fact_recorded" "Wrote down a fact",
        RuleDoubted "rule_doubted" "Doubted that a rule applies",
        RuleRuledOut "rule_ruled_out" "Ruled a rule out",
        JurisdictionProposed "jurisdiction_proposed" "Proposed where the person lives",
        JurisdictionSet "jurisdiction_set" "Set where the person lives",
        AcknowledgedOtherwise "acknowledged_otherwise" "Acknowledged by phone or letter",
        RestrictionConfirmed "restriction_confirmed" "Confirmed a restricted kind",
        MessageRedacted "message_redacted" "Covered secrets for good",
        SecretShown "secret_shown" "Looked at covered secrets",
        RestrictedCaseViewed "restricted_case_viewed" "Looked at a restricted case",
        RestrictedMailViewed "restricted_mail_viewed" "Looked at a restricted mail",
        UnreadMailViewed "unread_mail_viewed" "Looked at an unread mail",
        ConsentsViewed "consents_viewed" "Looked at what is recorded of consents",
        MessageAppended "message_appended" "Added a mail to a case",
        ReportAppended "report_appended" "Added a delivery report",
        MessageQuarantined "message_quarantined" "Put a mail aside",
        MessageAttached "message_attached" "Added a waiting mail to a case",
        MessageReleased "message_released" "Made a waiting mail a case",
        MessageDiscarded "message_discarded" "Discarded a mail",
        MessagePutBack "message_put_back" "Put a mail back",
        MessageReadAgain "message_read_again" "Had a mail read again",
        MessageSetAside "message_set_aside" "Set aside a mail that could not be read",
        MailHandedOver "mail_handed_over" "Handed a mail over",
        MailFailed "mail_failed" "Gave a mail up",
        AddressBlocked "address_blocked" "Blocked an address",
        MailSentAgain "mail_sent_again" "Had a mail sent again",
        MailBlockLifted "mail_block_lifted" "Lifted the block of an address",
        JobRunAgain "job_run_again" "Had work tried again",
        MaterialDisposed "material_disposed" "Destroyed what a mail brought",
        MailboxCopiesRemoved "mailbox_copies_removed" "Removed copies in mailboxes",
        HoldPlaced "hold_placed" "Placed a hold",
        HoldReleased "hold_released" "Released a hold",
        SecretHoldPlaced "secret_hold_placed" "Placed a secret hold",
        SecretHoldReleased "secret_hold_released" "Released a secret hold",
        VerificationAsked "verification_asked" "Asked who the person is",
        VerifiedByStaff "verified_by_staff" "Decided who the person is",
        VerificationConfirmed "verification_confirmed" "Confirmed who they are",
        PageRenewed "page_renewed" "Renewed the page of a case",
        MessageWritten "message_written" "Wrote on the page of a case",
        RunPlanned "run_planned" "Planned a run",
        RunApproved "run_approved" "Approved a run",
        RunSentBack "run_sent_back" "Sent a run back",
        RunCancelled "run_cancelled" "Cancelled a run",
        RunTriedAgain "run_tried_again" "Had a run tried again",
        RunExpired "run_expired" "Let a plan expire",
        RunBegan "run_began" "Began a run",
        RunFinished "run_finished" "Finished a run",
        RunStopped "run_stopped" "Stopped a run",
        SealedRowsDestroyed "sealed_rows_destroyed" "Destroyed sealed rows",
        SealedDestroyed "sealed_destroyed" "Ended what a run had sealed",
        RunsApprovedTogether "runs_approved_together" "Approved several runs",
        StandingApprovalGranted "standing_approval_granted" "Granted a standing approval",
        StandingApprovalEnded "standing_approval_ended" "Ended a standing approval",
        ReplayPlanned "replay_planned" "Planned an erasure again",
        ReplayFoundNothing "replay_found_nothing" "Found nothing to erase again",
        ExportPacked "export_packed" "Packed a copy",
        ExportReleased "export_released" "Released a copy",
        ExportRevoked "export_revoked" "Withdrew a copy",
        ExportFetched "export_fetched" "Fetched a copy",
        ExportCodeAsked "export_code_asked" "Asked for a new code",
        ExportCodeShown "export_code_shown" "Was shown a new code",
        ExportDestroyed "export_destroyed" "Destroyed a copy",
        RecipientTold "recipient_told" "Told a recipient",
        RecipientToldByHand "recipient_told_by_hand" "Told a recipient by hand",
        RecipientConfirmed "recipient_confirmed" "Noted a recipient’s confirmation",
        RecipientWaived "recipient_waived" "Decided that a recipient need not be told",
        RecipientTriedAgain "recipient_tried_again" "Had a recipient told again",
        RecipientAnswered "recipient_answered" "Added a recipient’s answer",
        BackupsExpired "backups_expired" "Noted that backups have run out",
        ClockAlarmed "clock_alarmed" "Told staff of a clock",
        RecordsDestroyed "records_destroyed" "Destroyed records",
        RetentionPaused "retention_paused" "Paused the schedule of retention",
        RetentionResumed "retention_resumed" "Let the schedule of retention go on",
        RequesterErasureAsked "requester_erasure_asked" "Asked to erase a requester from here",
        RequesterErasureApproved "requester_erasure_approved" "Approved erasing a requester from here",
        RequesterErasureRefused "requester_erasure_refused" "Refused to erase a requester from here",
        RequesterErased "requester_erased" "Erased a requester from here",
        AuthorityTold "authority_told" "Wrote down a report to an authority",
        ReportCorrected "report_corrected" "Corrected the number of a report",
    }
}

impl AuditAction {
    /// Actions that say that there is a secret hold.
    pub const SECRET: [Self; 2] = [Self::SecretHoldPlaced, Self::SecretHoldReleased];

    /// Whose doing it is: of `staff`, or, where no member of staff did it, of whoever can.
    #[must_use]
    pub const fn by(self, staff: Option<StaffId>) -> Who {
        match self {
            _ if staff.is_some() => Who::Staff,
            Self::SignInSlowed => Who::Visitor,
            Self::VerificationConfirmed
            | Self::MessageWritten
            | Self::ExportFetched
            | Self::ExportCodeAsked
            | Self::ExportCodeShown => Who::Requester,
            Self::RecipientConfirmed => Who::Recipient,
            Self::StaffAdded
            | Self::PasswordReset
            | Self::SecondFactorReset
            | Self::StaffDisabled
            | Self::StaffEnabled
            | Self::SessionsKilled
            | Self::RoleGranted
            | Self::RoleTaken
            | Self::ReplayPlanned
            | Self::ReplayFoundNothing
            | Self::AuditExported
            | Self::MasterKeyChanged
            | Self::DataKeyChanged => Who::Operator,
            _ => Who::System,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_action_has_a_code_and_words_of_its_own() {
        let codes: HashSet<_> = AuditAction::ALL.iter().map(|action| action.code()).collect();
        let words: HashSet<_> = AuditAction::ALL.iter().map(|action| action.label()).collect();
        assert_eq!((codes.len(), words.len()), (AuditAction::ALL.len(), AuditAction::ALL.len()));
        assert!(AuditAction::ALL.iter().all(|action| AuditAction::from_code(action.code()) == Some(*action)));
    }

    #[test]
    fn an_entry_says_whose_doing_it_is() {
        assert_eq!(AuditAction::RecipientConfirmed.by(Some(StaffId(1))), Who::Staff);
        assert_eq!(AuditAction::RecipientConfirmed.by(None), Who::Recipient);
        assert_eq!(AuditAction::CaseOpened.by(None), Who::System);
        assert_eq!(AuditAction::PasswordReset.by(None), Who::Operator);
    }
}
