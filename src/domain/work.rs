//! Durable work: what a job is asked to do. Ids only, never text or addresses.

use super::identity::{MailId, MessageId, RunId};
use serde::{Deserialize, Serialize};

/// One job's task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field is what its type says")]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// Read a stored message and open a case or append to one.
    ReadMessage { message: MessageId },
    /// Hand a mail of the outbox to the mail server.
    SendMail { mail: MailId },
    /// Carry on with an approved run.
    ExecuteRun { run: RunId },
    /// Let plans that nobody approved expire.
    ExpireRuns,
    /// Forget ended sessions, spent throttles, finished jobs and past ticks.
    TidyUp,
}

impl Work {
    /// The stable name, as stored and shown.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ReadMessage { .. } => "read_message",
            Self::SendMail { .. } => "send_mail",
            Self::ExecuteRun { .. } => "execute_run",
            Self::ExpireRuns => "expire_runs",
            Self::TidyUp => "tidy_up",
        }
    }

    /// At most one job with this key waits or runs at a time.
    #[must_use]
    pub fn unique_key(&self) -> Option<String> {
        Some(match self {
            Self::ReadMessage { message } => format!("read_message:{}", message.0),
            Self::SendMail { mail } => format!("send_mail:{}", mail.0),
            Self::ExecuteRun { run } => format!("execute_run:{}", run.0),
            Self::ExpireRuns => "expire_runs".to_owned(),
            Self::TidyUp => "tidy_up".to_owned(),
        })
    }

    /// How often a job is tried before it becomes a dead letter.
    #[must_use]
    pub const fn max_attempts(&self) -> i64 {
        match self {
            Self::ReadMessage { .. } => 5,
            Self::SendMail { .. } => 12,
            // doubling from two seconds to ten minutes: a generation database may be away for a working day
            Self::ExecuteRun { .. } => 60,
            Self::TidyUp | Self::ExpireRuns => 3,
        }
    }
}
