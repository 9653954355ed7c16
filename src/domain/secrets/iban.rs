//! International bank account numbers (ISO 13616): the country's length and the remainder of 97 must both be right.

use super::{Secret, Span};

/// How long each country's numbers are, as the registry of ISO 13616 has it.
const COUNTRIES: &str = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18\
    FK18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22\
    MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24\
    TR26UA29VA22VG24XK20YE30";

/// Every account number of `text`, in order.
pub fn find(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at + 15 <= bytes.len() {
        let is_start = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] >= 0x80);
        let span = if is_start { number(bytes, at) } else { None };
        at = span.map_or(at + 1, |span: Span| span.end);
        found.extend(span);
    }
    found
}

fn number(bytes: &[u8], start: usize) -> Option<Span> {
    let head = &bytes[start..start + 4];
    let shaped = head[..2].iter().all(u8::is_ascii_alphabetic) && head[2..].iter().all(u8::is_ascii_digit);
    let length = length(&head[..2].to_ascii_uppercase()).filter(|_| shaped)?;
    let mut signs = Vec::with_capacity(length);
    let mut end = start;
    while signs.len() < length {
        let sign = *bytes.get(end)?;
        let is_gap = matches!(sign, b' ' | b'-') && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        if sign.is_ascii_alphanumeric() {
            signs.push(sign.to_ascii_uppercase());
        } else if !is_gap {
            return None;
        }
        end += 1;
    }
    let goes_on = bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
    (!goes_on && remainder(&signs) == 1).then_some(Span { start, end, kind: Secret::Iban })
}

fn length(country: &[u8]) -> Option<usize> {
    let entry = COUNTRIES.as_bytes().chunks_exact(4).find(|entry| entry.starts_with(country))?;
    Some(usize::from(entry[2] - b'0') * 10 + usize::from(entry[3] - b'0'))
}

/// The number with its first four signs last and letters as 10 to 35, modulo 97 (ISO 7064).
fn remainder(signs: &[u8]) -> u32 {
    signs[4..].iter().chain(&signs[..4]).fold(0, |rest, sign| match sign {
        b'0'..=b'9' => (rest * 10 + u32::from(sign - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    })
}
