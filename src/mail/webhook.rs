//! A message for a machine: one POST to the address that the operator configured, signed, without a redirect.

use super::reach::{Reach, Refusal, leads_inside};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::{fmt, time::Duration};

/// Where to post, and the key that signs.
#[derive(Clone)]
pub struct Webhook {
    /// `https://…`, or `http://` on this machine; may hold a secret of the other side.
    pub url: String,
    /// Signs the body; empty where nothing is signed.
    pub secret: String,
    /// Where it may lead.
    pub reach: Reach,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(webhook)")
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Called {
    /// The other side has it.
    Taken,
    /// It has not; says why without naming the address.
    Refused(String),
}

/// Posts `body`, JSON, under a key that stays the same for every try, so that the other side can tell a second try from
/// a second message.
pub async fn call(hook: &Webhook, key: &str, body: &str) -> Called {
    let builder = reqwest::Client::builder().timeout(Duration::from_secs(10));
    let (client, url) = match hook.reach.client(&hook.url, builder) {
        Ok(reached) => reached,
        Err(refusal) => return Called::Refused(format!("the webhook is not called: {refusal}")),
    };
    let mut request = client
        .post(url)
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(body.to_owned());
    if let Some(signature) = signature(&hook.secret, body) {
        request = request.header("recourse-signature", signature);
    }
    match request.send().await.map(|answer| answer.status()) {
        Ok(status) if status.is_success() => Called::Taken,
        Ok(status) => Called::Refused(format!("the webhook answered {status}")),
        Err(error) if leads_inside(&error) => {
            Called::Refused(format!("the webhook is not called: {}", Refusal::Inside))
        }
        // the address may hold a secret
        Err(error) => Called::Refused(format!("the webhook could not be reached: {}", error.without_url())),
    }
}

/// `sha256=` and the HMAC-SHA256 of the body in hexadecimal; none without a key.
fn signature(secret: &str, body: &str) -> Option<String> {
    if secret.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(body.as_bytes());
    Some(format!("sha256={}", data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_signed_as_rfc_4231_has_it() {
        // test case 2 of RFC 4231
        let expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature("Jefe", "what do ya want for nothing?").as_deref(), Some(expected));
        assert_eq!(signature("", "anything"), None);
    }
}
