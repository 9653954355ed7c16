//! Characters that HTML writes by name or number.

use std::borrow::Cow;

/// Names that are written without their semicolon often enough.
const BARE: [(&str, char); 8] =
    [("nbsp", ' '), ("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("copy", '©'), ("reg", '®'), ("apos", '\'')];

/// The text with its character references replaced; hard blanks become blanks.
pub fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '\u{a0}']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = one(rest, &mut out);
        rest = &rest[length..];
    }
    out.push_str(rest);
    Cow::Owned(out.replace('\u{a0}', " "))
}

/// Writes what the reference at the beginning of `text` stands for, and answers how long it was.
fn one(text: &str, out: &mut String) -> usize {
    const LONGEST: usize = 32;
    let end = text.bytes().take(LONGEST).skip(1).position(|b| !b.is_ascii_alphanumeric() && b != b'#');
    let end = end.map_or(text.len().min(LONGEST), |n| n + 1);
    let Some(token) = text.get(..end) else {
        out.push('&');
        return 1;
    };
    let name = &token[1..];
    let is_closed = text.as_bytes().get(end) == Some(&b';');
    let whole = end + usize::from(is_closed);
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        if let Ok(code) = code {
            out.push(numbered(code));
            return whole;
        }
    } else if is_closed && name.len() > 1 {
        let mut found = String::new();
        mail_parser::decoders::html::add_html_token(&mut found, &text.as_bytes()[..whole], false);
        out.push_str(&found);
        return whole;
    } else if let Some((_, c)) = BARE.iter().find(|(bare, _)| *bare == name) {
        out.push(*c);
        return whole;
    }
    out.push('&');
    1
}

/// Numbers from 128 to 159 mean windows-1252, as they do in every browser.
fn numbered(code: u32) -> char {
    match u8::try_from(code) {
        Ok(byte @ 128..=159) => encoding_rs::WINDOWS_1252.decode(&[byte]).0.chars().next().unwrap_or(' '),
        _ => char::from_u32(code).filter(|c| *c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}
