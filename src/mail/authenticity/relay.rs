//! Reads what the operator's own server found out: the topmost Authentication-Results under its name (RFC 8601). The
//! server has to remove what strangers wrote under that name, as the RFC asks.

use super::{Authenticity, Outcome, Source, headers::headers};
use crate::domain::mail::Verdict;

/// What the server called `authserv_id` wrote; none where it wrote nothing.
pub(super) fn results(raw: &[u8], authserv_id: &str) -> Option<Authenticity> {
    let headers = headers(raw);
    let value = headers.iter().find_map(|(name, value)| {
        let (id, rest) = value.split_once(';').unwrap_or((value, ""));
        let id = id.split_whitespace().next().unwrap_or_default();
        (name == "authentication-results" && id.eq_ignore_ascii_case(authserv_id)).then_some(rest)
    })?;
    let value = without_comments(value);
    let mut found = Authenticity { source: Source::Relay, domain: author(&headers), ..Authenticity::default() };
    for result in value.split(';') {
        let mut words = result.split_whitespace();
        let Some((method, outcome)) = words.next().and_then(|word| word.split_once('=')) else { continue };
        let outcome = match outcome.to_lowercase().as_str() {
            "pass" | "bestguesspass" => Outcome::Pass,
            "fail" | "hardfail" | "softfail" | "permerror" | "policy" => Outcome::Fail,
            "none" => Outcome::None,
            // a server that could not find out says nothing about the mail
            _ => Outcome::Unknown,
        };
        match method.to_lowercase().as_str() {
            // one signature that holds is enough
            "dkim" if found.dkim != Outcome::Pass => found.dkim = outcome,
            "spf" => found.spf = outcome,
            "dmarc" => {
                found.dmarc = match outcome {
                    Outcome::Pass => Verdict::Pass,
                    Outcome::Fail => Verdict::Fail,
                    Outcome::None => Verdict::None,
                    Outcome::Unknown => Verdict::Unknown,
                }
            }
            _ => {}
        }
    }
    Some(found)
}

/// The domain in From, by its last `@`.
fn author(headers: &[(String, String)]) -> String {
    let from = headers.iter().find(|(name, _)| name == "from").map(|(_, value)| value.as_str()).unwrap_or_default();
    let domain = from.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
    domain.split(['>', ' ', ',', ';', '"']).next().unwrap_or_default().to_lowercase()
}

/// The value without what stands in parentheses, which may hold anything.
fn without_comments(value: &str) -> String {
    let mut depth = 0_usize;
    let outside = value.chars().filter(|c| {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    });
    outside.collect()
}
