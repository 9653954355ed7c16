//! Whether a mail comes from where it says. Either a mail server of the operator's has looked (`relay`: its
//! Authentication-Results, and nobody else's), or we ask ourselves (`ask`: DKIM by the signatures in the mail, SPF only
//! where our own server wrote down who handed the mail in, DMARC from both). A signal for staff; never lets a mail in by
//! itself, and what cannot be known is said to be unknown.

mod ask;
mod headers;
mod relay;
#[cfg(test)]
mod tests;

use crate::domain::mail::Verdict;
use ask::Asker;
use std::time::Duration;

/// What one method came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody looked, or it cannot be known here.
    #[default]
    Unknown,
    /// The mail or the domain has nothing to look at.
    None,
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
}

impl Outcome {
    /// Its code, in lower case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }
}

/// Who says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Source {
    /// Nobody.
    #[default]
    None,
    /// A mail server of the operator's, in Authentication-Results (RFC 8601).
    Relay,
    /// We asked.
    Asked,
}

impl Source {
    /// Its code, in lower case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Relay => "relay",
            Self::Asked => "asked",
        }
    }
}

/// What is known of where a mail comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authenticity {
    /// Signatures of domains (RFC 6376).
    pub dkim: Outcome,
    /// Whether the server that handed it in may send for the envelope's domain (RFC 7208).
    pub spf: Outcome,
    /// Whether one of both speaks for the domain in From (RFC 9989).
    pub dmarc: Verdict,
    /// The domain in From; empty where there is none.
    pub domain: String,
    /// Who says so.
    pub source: Source,
}

impl Authenticity {
    /// What was found out when a mail of `address` arrived, as far as it was kept.
    #[must_use]
    pub fn remembered(dmarc: Verdict, address: &str) -> Self {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).to_owned();
        let source = if dmarc == Verdict::Unknown { Source::None } else { Source::Asked };
        Self { dmarc, domain, source, ..Self::default() }
    }

    /// What is known of a mail that we take for one of `address`. Where the verdict speaks of another domain, the headers
    /// are bent so that readers differ, and it says nothing about this address.
    #[must_use]
    pub fn about(mut self, address: &str) -> Self {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        if self.dmarc == Verdict::Pass && !domain.eq_ignore_ascii_case(&self.domain) {
            self.dmarc = Verdict::Unknown;
        }
        self
    }

    /// What staff read about it, a line each; nothing where nobody looked.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        if self.source == Source::None {
            return Vec::new();
        }
        let domain = if self.domain.is_empty() { "the domain it names" } else { &self.domain };
        let first = match self.dmarc {
            Verdict::Pass => format!("Sent by {domain}, as it says."),
            Verdict::Fail => format!("Not confirmed by {domain}: somebody else may have sent it."),
            Verdict::None => format!("{domain} does not say who may send mail for it, so nothing confirms the sender."),
            Verdict::Unknown => format!("Whether {domain} sent it is not known."),
        };
        if (self.dkim, self.spf) == (Outcome::Unknown, Outcome::Unknown) {
            return vec![first];
        }
        let by = if self.source == Source::Relay { "as our mail server says" } else { "as asked on arrival" };
        vec![first, format!("DKIM {}, SPF {}, {by}", self.dkim.code(), self.spf.code())]
    }
}

/// How it is found out.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The name under which the operator's server writes Authentication-Results; empty where none does.
    pub authserv_id: String,
    /// The names under which the operator's servers write Received headers.
    pub received_by: Vec<String>,
    /// True where domains may be asked.
    pub ask: bool,
}

/// Finds out where mails come from.
#[derive(Clone, Default)]
pub struct Checker {
    settings: Settings,
    asker: Option<Asker>,
}

/// How long asking may take for one mail.
const PATIENCE: Duration = Duration::from_secs(5);

impl Checker {
    /// One that goes by `settings`.
    ///
    /// # Errors
    /// When the system's resolver cannot be used.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let asker = if settings.ask { Some(Asker::system()?) } else { None };
        Ok(Self { settings, asker })
    }

    /// What is known of the mail. Asks other servers where that is configured, so never within a transaction.
    pub async fn check(&self, raw: &[u8]) -> Authenticity {
        if !self.settings.authserv_id.is_empty() {
            return relay::results(raw, &self.settings.authserv_id).unwrap_or_default();
        }
        let Some(asker) = &self.asker else { return Authenticity::default() };
        let handed_in = headers::handed_in(raw, &self.settings.received_by);
        tokio::time::timeout(PATIENCE, asker.ask(raw, handed_in)).await.unwrap_or_default()
    }
}
