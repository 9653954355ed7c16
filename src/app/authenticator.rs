//! Codes of an authenticator (TOTP, RFC 6238): the secret that is offered, the square that a camera reads, what a code is
//! worth. Stores nothing.

use super::{App, Error, sessions::Session};
use crate::domain::time::{Instant, SECOND};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;
use totp_rs::{Builder, Secret, Totp};

/// A secret that is offered, and how it gets into an authenticator.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The secret as people type it: Base32 in groups of four.
    pub secret: String,
    /// The same for a camera: `otpauth://…` as a picture, an SVG document in a `data:` address.
    pub picture: String,
}

/// The secret that one session is offered for one account: the same each time it is asked for until the account changes or
/// the person proves again who they are, so that showing it changes nothing, and whoever saw one before knows nothing.
pub(super) fn secret_for(app: &App, session: &Session, stamp: i64) -> Vec<u8> {
    let (staff, session, proved) = (session.actor.id.0, session.id, session.proved_at.0);
    let label = format!("authenticator of {staff}, change {stamp}, session {session}, proof {proved}");
    app.vault.derive(&label)[..20].to_vec()
}

/// How a secret is shown to the person with this address.
pub(super) fn offer(secret: &[u8], email: &str) -> Result<Offer, Error> {
    let text = data_encoding::BASE32_NOPAD.encode(secret);
    let label = encoded(email);
    let address = format!("otpauth://totp/Recourse:{label}?secret={text}&issuer=Recourse");
    let code = QrCode::encode_text(&address, QrCodeEcc::Medium)
        .map_err(|_| Error::field("code", "The address is too long for a picture; type the secret instead"))?;
    let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    Ok(Offer { secret: groups.join(" "), picture: picture(&code) })
}

/// The squares as an SVG document with four squares of margin, in black on white whatever the theme.
fn picture(code: &QrCode) -> String {
    let (size, mut path) = (code.size(), String::new());
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{},{}h1v1h-1z", x + 4, y + 4);
        }
    }
    let whole = size + 8;
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {whole} {whole}' shape-rendering='crispEdges'>\
         <rect width='{whole}' height='{whole}' fill='white'/><path d='{path}' fill='black'/></svg>"
    );
    format!("data:image/svg+xml;base64,{}", data_encoding::BASE64.encode(svg.as_bytes()))
}

/// `text` with everything but unreserved characters as `%XX` (RFC 3986).
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The step whose code this is, one before and one after the present one included; none for any other code.
pub(super) fn step_of(secret: &[u8], code: &str, now: Instant) -> Option<i64> {
    let seconds = u64::try_from(now.0 / SECOND).ok()?;
    totp(secret).check(code, seconds).and_then(|step| i64::try_from(step).ok())
}

fn totp(secret: &[u8]) -> Totp {
    Builder::new().with_secret(Secret::new(secret.into())).build_noncompliant()
}

/// The code of this moment, for tests that play the authenticator.
#[cfg(test)]
pub fn code_at(secret: &[u8], now: Instant) -> String {
    totp(secret).generate(u64::try_from(now.0 / SECOND).unwrap_or_default()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, its codes of eight digits shortened to six.
    #[test]
    fn s10_codes_are_those_of_the_rfc_and_of_the_steps_beside() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            let at = |seconds: i64| Instant(seconds * SECOND);
            assert_eq!(code_at(secret, at(seconds)), code);
            for beside in [-30, 0, 30] {
                assert_eq!(step_of(secret, code, at(seconds + beside)), Some(seconds / 30), "{seconds} {beside}");
            }
            assert_eq!(step_of(secret, code, at(seconds + 61)), None);
        }
        assert_eq!(step_of(secret, "", Instant(59_000)), None);
        assert_eq!(step_of(secret, "28708", Instant(59_000)), None);
    }

    #[test]
    fn an_offer_holds_the_secret_as_text_and_as_a_picture() {
        let offer = offer(&[7; 20], "a+b@mail.example").expect("it fits");
        assert_eq!(offer.secret.replace(' ', ""), data_encoding::BASE32_NOPAD.encode(&[7; 20]));
        let svg = offer.picture.strip_prefix("data:image/svg+xml;base64,").expect("an SVG document");
        let svg = String::from_utf8(data_encoding::BASE64.decode(svg.as_bytes()).expect("Base64")).expect("text");
        assert!(svg.starts_with("<svg") && svg.matches("h1v1h-1z").count() > 300, "{svg}");
    }
}
