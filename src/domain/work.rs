//! Durable work: what a job is asked to do. Ids only, never text or addresses.

use super::{
    identity::{DownloadId, FollowUpId, MailId, MessageId, PackageId, Reference, RunId, StaffId},
    sign_in::AccountNews,
    time::Instant,
};
use serde::{Deserialize, Serialize};

/// One job's task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field is what its type says")]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// Read a stored message and open a case or append to one.
    ReadMessage { message: MessageId },
    /// Destroy what a mail of a confirmed restricted case brought.
    DisposeMaterial { message: MessageId },
    /// Hand a mail of the outbox to the mail server.
    SendMail { mail: MailId },
    /// Mail a member of staff the link to set their password.
    SendAccountLink { link: i64 },
    /// Mail a member of staff what was changed about their account.
    SendAccountNews { staff: StaffId, news: AccountNews, at: Instant },
    /// Carry on with an approved run.
    ExecuteRun { run: RunId },
    /// Pack a copy of a person's data, from the first row or once more from the first row.
    PackExport { run: RunId },
    /// Make the form of a package that a password opens.
    LockDownload { download: DownloadId },
    /// Destroy the file of a package, and what was made from it.
    DestroyPackage { package: PackageId },
    /// Ask for the end of packages whose time is over.
    ExpirePackages,
    /// Let plans that nobody approved expire.
    ExpireRuns,
    /// Tell staff of clocks that are at risk or breached.
    SweepClocks,
    /// Tell the configured webhook of a case's short clocks.
    CallWebhook { case: Reference, seq: i64 },
    /// Tell somebody who received a person's data what became of it, by their webhook.
    TellRecipient { follow_up: FollowUpId },
    /// Close what only time had to do, and forget the keys of erased accounts whose backups have run out.
    EndFollowUps,
    /// Destroy sealed rows whose last day is over.
    DestroySealed,
    /// Destroy records of our own whose time is over.
    ApplyRetention,
    /// Erase a requester from here, as two people want.
    EraseRequester { erasure: i64 },
    /// Forget ended sessions, spent throttles, finished jobs and past ticks.
    TidyUp,
}

impl Work {
    /// The stable name, as stored and shown.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ReadMessage { .. } => "read_message",
            Self::DisposeMaterial { .. } => "dispose_material",
            Self::SendMail { .. } => "send_mail",
            Self::SendAccountLink { .. } => "send_account_link",
            Self::SendAccountNews { .. } => "send_account_news",
            Self::ExecuteRun { .. } => "execute_run",
            Self::PackExport { .. } => "pack_export",
            Self::LockDownload { .. } => "lock_download",
            Self::DestroyPackage { .. } => "destroy_package",
            Self::ExpirePackages => "expire_packages",
            Self::ExpireRuns => "expire_runs",
            Self::SweepClocks => "sweep_clocks",
            Self::CallWebhook { .. } => "call_webhook",
            Self::TellRecipient { .. } => "tell_recipient",
            Self::EndFollowUps => "end_follow_ups",
            Self::DestroySealed => "destroy_sealed",
            Self::ApplyRetention => "apply_retention",
            Self::EraseRequester { .. } => "erase_requester",
            Self::TidyUp => "tidy_up",
        }
    }

    /// At most one job with this key waits or runs at a time.
    #[must_use]
    pub fn unique_key(&self) -> Option<String> {
        Some(match self {
            Self::ReadMessage { message } => format!("read_message:{}", message.0),
            Self::DisposeMaterial { message } => format!("dispose_material:{}", message.0),
            Self::SendMail { mail } => format!("send_mail:{}", mail.0),
            Self::SendAccountLink { link } => format!("send_account_link:{link}"),
            Self::SendAccountNews { staff, news, at } => {
                format!("send_account_news:{}:{}:{}", staff.0, news.code(), at.0)
            }
            Self::ExecuteRun { run } => format!("execute_run:{}", run.0),
            Self::PackExport { run } => format!("pack_export:{}", run.0),
            Self::LockDownload { download } => format!("lock_download:{}", download.0),
            Self::DestroyPackage { package } => format!("destroy_package:{}", package.0),
            Self::ExpirePackages => "expire_packages".to_owned(),
            Self::ExpireRuns => "expire_runs".to_owned(),
            Self::SweepClocks => "sweep_clocks".to_owned(),
            Self::CallWebhook { case, seq } => format!("call_webhook:{}:{seq}", case.0),
            Self::TellRecipient { follow_up } => format!("tell_recipient:{}", follow_up.0),
            Self::EndFollowUps => "end_follow_ups".to_owned(),
            Self::DestroySealed => "destroy_sealed".to_owned(),
            Self::ApplyRetention => "apply_retention".to_owned(),
            Self::EraseRequester { erasure } => format!("erase_requester:{erasure}"),
            Self::TidyUp => "tidy_up".to_owned(),
        })
    }

    /// How often a job is tried before it becomes a dead letter.
    #[must_use]
    pub const fn max_attempts(&self) -> i64 {
        match self {
            Self::ReadMessage { .. } => 5,
            Self::SendMail { .. }
            | Self::SendAccountLink { .. }
            | Self::SendAccountNews { .. }
            | Self::CallWebhook { .. } => 12,
            // doubling from two seconds to ten minutes: a generation database may be away for a working day
            // and a store of files as long, and a recipient's own machine
            Self::ExecuteRun { .. }
            | Self::PackExport { .. }
            | Self::DestroyPackage { .. }
            | Self::DisposeMaterial { .. }
            | Self::EraseRequester { .. }
            | Self::TellRecipient { .. } => 60,
            Self::LockDownload { .. } => 6,
            Self::TidyUp
            | Self::SweepClocks
            | Self::ExpireRuns
            | Self::ExpirePackages
            | Self::EndFollowUps
            | Self::ApplyRetention
            | Self::DestroySealed => 3,
        }
    }

    /// True for work that cannot be put down half done, a package say, and may take hours: a console does one of these
    /// at a time, so that mail never waits for them. `store::jobs` tells them by their names.
    #[must_use]
    pub const fn is_long(&self) -> bool {
        matches!(self, Self::PackExport { .. } | Self::LockDownload { .. })
    }

    /// How long one try may take before its worker counts as stuck, in minutes.
    #[must_use]
    pub const fn longest_minutes(&self) -> u64 {
        if self.is_long() { 6 * 60 } else { 5 }
    }
}
