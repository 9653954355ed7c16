//! Encoded words in headers (RFC 2047), also where they stand or look as they must not. Never fails: what is no
//! encoded word stays as it is.

use super::{charset, problem::Problem};

/// One encoded word.
struct Word {
    label: String,
    bytes: Vec<u8>,
    /// Where what follows begins.
    end: usize,
}

/// The text with its encoded words decoded.
pub fn decode(text: &str, problems: &mut Vec<Problem>) -> String {
    let mut text = text.to_owned();
    // some programs encode what is encoded already
    for _ in 0..2 {
        if !text.contains("=?") {
            break;
        }
        let (next, count) = once(&text, problems);
        if count == 0 {
            break;
        }
        text = next;
    }
    text
}

fn once(text: &str, problems: &mut Vec<Problem>) -> (String, usize) {
    let mut out = String::with_capacity(text.len());
    let (mut at, mut count) = (0, 0);
    // words side by side are one text: a character may be split between them
    let mut held: Option<(String, Vec<u8>)> = None;
    let mut flush = |held: &mut Option<(String, Vec<u8>)>, out: &mut String| {
        if let Some((label, bytes)) = held.take() {
            let decoded = charset::decode(bytes, &label);
            out.push_str(&decoded.text);
            if let Some(trouble) = decoded.trouble {
                problems.push(Problem::new("header_charset", trouble));
            }
        }
    };
    while at < text.len() {
        let start = text[at..].find("=?").map_or(text.len(), |n| at + n);
        let between = &text[at..start];
        if held.is_none() || !between.trim().is_empty() || start == text.len() {
            flush(&mut held, &mut out);
            out.push_str(between);
        }
        if start == text.len() {
            break;
        }
        if let Some(word) = word_at(text, start) {
            count += 1;
            at = word.end;
            match &mut held {
                Some((label, bytes)) if label.eq_ignore_ascii_case(&word.label) && !is_back(bytes) => {
                    bytes.extend(word.bytes);
                }
                _ => {
                    flush(&mut held, &mut out);
                    held = Some((word.label, word.bytes));
                }
            }
        } else {
            if held.is_some() {
                flush(&mut held, &mut out);
                out.push_str(between);
            }
            out.push_str("=?");
            at = start + 2;
        }
    }
    flush(&mut held, &mut out);
    (out, count)
}

/// True where a text of ISO-2022 has come back to ASCII: the next word begins anew.
fn is_back(bytes: &[u8]) -> bool {
    bytes.ends_with(b"\x1b(B") || bytes.ends_with(b"\x1b(J")
}

/// Where the encoded word at `start` ends; none where there is none.
pub fn end_at(text: &str, start: usize) -> Option<usize> {
    word_at(text, start).map(|word| word.end)
}

/// The longest encoded word that is looked for; they should have 75 characters.
const LONGEST: usize = 4_000;

fn word_at(text: &str, start: usize) -> Option<Word> {
    const LONGEST_LABEL: usize = 60;
    let rest = text.get(start..)?.strip_prefix("=?")?;
    let mark = rest.bytes().take(LONGEST_LABEL).position(|b| b == b'?')?;
    let label = &rest[..mark];
    if label.contains(|c: char| c.is_whitespace() || c == '=' || c == '<') {
        return None;
    }
    // RFC 2231 lets a language follow
    let label = label.split('*').next().unwrap_or_default();
    let rest = &rest[mark + 1..];
    let kind = rest.chars().next()?.to_ascii_lowercase();
    let data = rest.get(1..)?.strip_prefix('?').filter(|_| matches!(kind, 'b' | 'q'))?;
    let begin = text.len() - data.len();
    let is_all = data.len() <= LONGEST;
    let data = &data[..data.floor_char_boundary(LONGEST)];
    let (data, end) = match closing(data, kind == 'q') {
        Some(close) => (&data[..close], begin + close + 2),
        // a header that was cut off
        None if is_all && !data.contains(char::is_whitespace) && !data.is_empty() => (data, text.len()),
        None => return None,
    };
    let bytes = match kind {
        'b' => super::transfer::decoded(data.as_bytes(), super::transfer::Transfer::Base64, usize::MAX).0,
        _ => q(data),
    };
    Some(Word { label: label.to_owned(), bytes, end })
}

/// Where `?=` closes the data. A question mark that should have been encoded may stand before an encoded character.
fn closing(data: &str, is_q: bool) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + data[from..].find("?=")?;
        let after = data.as_bytes().get(at + 2..).unwrap_or_default();
        let is_code = is_q && after.len() >= 2 && after[..2].iter().all(u8::is_ascii_hexdigit);
        let goes_on = || {
            let near = &after[..after.len().min(80)];
            let word = near.split(|b| matches!(b, b' ' | b'\t')).next().unwrap_or_default();
            memchr::memmem::find(word, b"?=").is_some() && memchr::memmem::find(word, b"=?").is_none()
        };
        if is_code && goes_on() {
            from = at + 2;
        } else {
            return Some(at);
        }
    }
}

fn q(data: &str) -> Vec<u8> {
    let data = data.as_bytes();
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(b) = data.get(at) {
        let hex = |n: usize| data.get(at + n).and_then(|b| char::from(*b).to_digit(16));
        match (b, hex(1), hex(2)) {
            (b'=', Some(high), Some(low)) => {
                out.push(u8::try_from(high << 4 | low).unwrap_or_default());
                at += 2;
            }
            (b'_', ..) => out.push(b' '),
            _ => out.push(*b),
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(decode(text, &mut Vec::new()), expected, "{text}");
    }

    #[test]
    fn encoded_words_read() {
        check("=?utf-8?q?Ren=C3=A9e_T?= <a@mail.example>", "Renée T <a@mail.example>");
        check("=?UTF-8?B?TMO2c2NoZW4=?=", "Löschen");
        check("Re: =?iso-8859-1*de?Q?L=f6schen?= bitte", "Re: Löschen bitte");
        check("=?utf-8?q?a?= =?utf-8?q?b?=  c", "ab  c");
        check("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c");
        check("=?utf-8?q?a?==?utf-8?b?Yg==?=", "ab");
    }

    #[test]
    fn bent_ones_read_too() {
        check("=?utf-8?q?L=C3?= =?utf-8?q?=B6schen?=", "Löschen");
        check("=?UTF-8?B?TMM=?= =?utf-8?B?tnNjaGVu?=", "Löschen");
        check("=?utf-8?Q?with raw spaces=C3=A9?=", "with raw spacesé");
        check("=?utf-8?Q?what??=", "what?");
        check("=?utf-8?Q?what?=3F?=", "what??");
        check("=?utf-8?B?TMO2c2NoZW4", "Löschen");
        check("=?utf-8?Q??= x", " x");
        check("=?utf-8?X?abc?=", "=?utf-8?X?abc?=");
        check("a =? b", "a =? b");
        check(
            "=?utf-8?Q?=3D=3Futf-8=3FQ=3FL=C3=B6schen=3F=3D?=",
            "=?utf-8?Q?Löschen?=".replace("=?utf-8?Q?", "").replace("?=", "").as_str(),
        );
        check("=?iso-2022-jp?B?GyRCOm8bKEI=?= =?iso-2022-jp?B?GyRCPXwbKEI=?=", "削除");
    }

    #[test]
    fn what_has_no_end_reads_in_time() {
        let long = "=?utf-8?q?a".repeat(20_000);
        assert!(!decode(&long, &mut Vec::new()).is_empty());
    }
}
