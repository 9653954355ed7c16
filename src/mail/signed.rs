//! Messages between machines that share a key: one POST to a configured address, signed with the moment it was sent, and
//! the same check for what comes back. Says what came of it without naming the address, the key or the message.

use super::reach::{Reach, Refusal, leads_inside};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::{fmt, time::Duration};

/// The header that signs, in both directions: `t=SECONDS,v1=HEX`, where HEX is HMAC-SHA256 over `SECONDS.BODY`.
pub const HEADER: &str = "recourse-signature";
/// How far the two clocks may differ, in seconds; an older message is a replay.
pub const TOLERANCE: i64 = 300;
/// How much of an answer is read.
const LARGEST: usize = 64 * 1024;

/// Where to post, and the key.
#[derive(Clone)]
pub struct Hook {
    /// `https://…`, or `http://` on this machine; may hold a secret of the other side.
    pub url: String,
    /// The key both sides have.
    pub secret: String,
    /// Where it may lead.
    pub reach: Reach,
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hook)")
    }
}

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// The other side has it; true where it says at once that it followed.
    Taken(bool),
    /// It answered something else than success.
    Refused(String),
    /// It did not answer.
    Unreachable(String),
}

/// Posts `body`, JSON, at `now`, in seconds since 1970, under a key that is the same with every try.
pub async fn post(hook: &Hook, key: &str, body: &str, now: i64) -> Posted {
    let (client, url) = match hook.reach.client(&hook.url, client()) {
        Ok(reached) => reached,
        Err(refusal) => return Posted::Unreachable(refusal.to_string()),
    };
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .header(HEADER, signature(&hook.secret, now, body.as_bytes()))
        .body(body.to_owned());
    match answer(request).await {
        Ok((status, said)) if status.is_success() => Posted::Taken(confirms(&said)),
        Ok((status, _)) => Posted::Refused(format!("it answered {}", status.as_u16())),
        // the address may hold a secret
        Err(error) if error.is_timeout() => Posted::Unreachable("it did not answer in time".to_owned()),
        Err(error) if leads_inside(&error) => Posted::Unreachable(Refusal::Inside.to_string()),
        Err(_) => Posted::Unreachable("no connection, or it broke off".to_owned()),
    }
}

fn client() -> reqwest::ClientBuilder {
    reqwest::Client::builder().timeout(Duration::from_secs(20)).connect_timeout(Duration::from_secs(10))
}

async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<(reqwest::StatusCode, Vec<u8>)> {
    let mut response = request.send().await?;
    let (status, mut said) = (response.status(), Vec::new());
    // whoever answers without end has answered
    while let Some(chunk) = response.chunk().await? {
        if said.len() + chunk.len() > LARGEST {
            said.clear();
            break;
        }
        said.extend_from_slice(&chunk);
    }
    Ok((status, said))
}

/// True where an answer is a JSON object that says `"confirmed": true`.
fn confirms(said: &[u8]) -> bool {
    let said = serde_json::from_slice::<serde_json::Value>(said).unwrap_or_default();
    said.get("confirmed").and_then(serde_json::Value::as_bool) == Some(true)
}

/// What the header says of a body that leaves at `now`.
#[must_use]
pub fn signature(secret: &str, now: i64, body: &[u8]) -> String {
    let sum = mac(secret, now, body).map(|mac| mac.finalize().into_bytes());
    format!("t={now},v1={}", sum.map(|sum| data_encoding::HEXLOWER.encode(&sum)).unwrap_or_default())
}

/// True where `header` was made with this key for this body, not longer ago than the clocks may differ. Compares in
/// constant time.
#[must_use]
pub fn is_signed(secret: &str, header: &str, body: &[u8], now: i64) -> bool {
    let part = |name: &str| header.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let Some(at) = part("t").and_then(|at| at.parse::<i64>().ok()) else { return false };
    let shown = part("v1").and_then(|hex| data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok());
    let fits = mac(secret, at, body).is_some_and(|mac| mac.verify_slice(&shown.unwrap_or_default()).is_ok());
    fits && at.saturating_sub(now).saturating_abs() <= TOLERANCE && !secret.is_empty()
}

fn mac(secret: &str, at: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("{at}.").as_bytes());
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_believed_with_its_key_at_its_time_and_unchanged() {
        let body = br#"{"id":"n1","confirmed":true}"#;
        let header = signature("Jefe", 1_000, body);
        // worked out by openssl dgst -sha256 -hmac Jefe over `1000.` and the body
        assert_eq!(header, "t=1000,v1=d4b001d16c4b768935ee3c8997bdca5afd1574dfbffc980f139e1e5bb610dc65");
        assert!(
            is_signed("Jefe", &header, body, 1_000 + TOLERANCE) && is_signed("Jefe", &header, body, 1_000 - TOLERANCE)
        );
        let v1 = header.rsplit("v1=").next().unwrap_or_default();
        for (secret, header, body, now) in [
            ("Jefe", header.clone(), &body[..], 1_001 + TOLERANCE),
            ("Jefe", header.clone(), &body[..], 999 - TOLERANCE),
            ("jefe", header.clone(), &body[..], 1_000),
            ("", header.clone(), &body[..], 1_000),
            ("Jefe", header.clone(), &body[1..], 1_000),
            ("Jefe", format!("t=1001,v1={v1}"), &body[..], 1_001),
            ("Jefe", format!("v1={v1}"), &body[..], 1_000),
            ("Jefe", "t=1000".to_owned(), &body[..], 1_000),
            ("Jefe", "t=1000,v1=".to_owned(), &body[..], 1_000),
            ("Jefe", format!("t={},v1={v1}", i64::MIN), &body[..], i64::MAX),
        ] {
            assert!(!is_signed(secret, &header, body, now), "{secret} {header} {now}");
        }
    }

    #[test]
    fn an_answer_confirms_only_in_so_many_words() {
        for (says, confirmed) in [
            (r#"{"confirmed":true}"#, true),
            (r#"{ "confirmed" : true, "more": [1] }"#, true),
            (r#"{"confirmed":"true"}"#, false),
            (r#"{"confirmed":false}"#, false),
            ("confirmed", false),
            ("true", false),
            ("", false),
        ] {
            assert_eq!(confirms(says.as_bytes()), confirmed, "{says}");
        }
    }
}
