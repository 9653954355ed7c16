//! Charsets that browsers no longer read but old mail still uses: UTF-7, UTF-32, HZ, ISO-2022-KR and -CN, and the code
//! pages of DOS. Looks at bytes only.

use super::pages;
use encoding_rs::{EUC_KR, GBK};

/// The characters, where `label` (lower case) is one of these charsets.
pub fn decode(bytes: &[u8], label: &str) -> Option<String> {
    let page = ["cp-", "cp", "ibm-", "ibm0", "ibm", "cspc", "dos-", "pc", "oem-", "x-cp", ""]
        .iter()
        .filter_map(|prefix| label.strip_prefix(prefix))
        .find_map(pages::upper_half);
    if let Some(page) = page {
        let upper: Vec<char> = page.chars().collect();
        let one = |b: &u8| if b.is_ascii() { char::from(*b) } else { upper[usize::from(*b & 0x7f)] };
        return Some(bytes.iter().map(one).collect());
    }
    Some(match label {
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "unicode-2-0-utf-7" | "csutf7" | "x-utf-7" | "cp65000" => utf7(bytes),
        "utf-32" | "utf32" | "utf-32le" | "utf-32be" | "ucs-4" | "iso-10646-ucs-4" => utf32(bytes, label),
        "hz" | "hz-gb-2312" | "hz-gb2312" | "x-hz" => hz(bytes),
        "iso-2022-kr" | "iso2022kr" | "csiso2022kr" => shifted(bytes, EUC_KR),
        "iso-2022-cn" | "iso2022cn" | "iso-2022-cn-ext" | "csiso2022cn" => shifted(bytes, GBK),
        _ => return None,
    })
}

/// RFC 2152.
fn utf7(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut at = 0;
    while at < bytes.len() {
        let b = bytes[at];
        at += 1;
        if b != b'+' {
            text.push(char::from(b));
            continue;
        }
        let (mut bits, mut count, mut units) = (0_u32, 0_u32, Vec::new());
        let start = at;
        while let Some(value) = bytes.get(at).and_then(|b| sextet(*b)) {
            bits = (bits << 6 | u32::from(value)) & 0x3f_ffff;
            count += 6;
            at += 1;
            if count >= 16 {
                count -= 16;
                units.push(u16::try_from(bits >> count & 0xffff).unwrap_or_default());
            }
        }
        let is_plus = at == start;
        if bytes.get(at) == Some(&b'-') {
            at += 1;
        }
        if is_plus {
            text.push('+');
        }
        text.push_str(&String::from_utf16_lossy(&units));
    }
    text
}

fn sextet(b: u8) -> Option<u8> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

fn utf32(bytes: &[u8], label: &str) -> String {
    let is_little = bytes.starts_with(&[0xff, 0xfe, 0, 0])
        || (!bytes.starts_with(&[0, 0, 0xfe, 0xff]) && (label.ends_with("le") || bytes.get(3) == Some(&0)));
    let one = |unit: &[u8]| {
        let unit = <[u8; 4]>::try_from(unit).unwrap_or_default();
        let code = if is_little { u32::from_le_bytes(unit) } else { u32::from_be_bytes(unit) };
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
    };
    bytes.chunks_exact(4).map(one).filter(|c| *c != '\u{feff}').collect()
}

/// RFC 1843: GB 2312 in seven bits between `~{` and `~}`.
fn hz(bytes: &[u8]) -> String {
    let mut eight = Vec::with_capacity(bytes.len());
    let (mut at, mut is_wide) = (0, false);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'~', Some(b'{')) => (is_wide, at) = (true, at + 2),
            (b'~', Some(b'}')) => (is_wide, at) = (false, at + 2),
            (b'~', Some(b'~')) => {
                eight.push(b'~');
                at += 2;
            }
            (b'~', Some(b'\n')) => at += 2,
            (b'\r' | b'\n', _) => {
                is_wide = false;
                eight.push(bytes[at]);
                at += 1;
            }
            (b, _) => {
                eight.push(if is_wide && b > b' ' { b | 0x80 } else { b });
                at += 1;
            }
        }
    }
    GBK.decode_without_bom_handling(&eight).0.into_owned()
}

/// RFC 1557 and RFC 1922: the other set stands between SO and SI; which one it is, is announced by an escape sequence.
fn shifted(bytes: &[u8], wide: &'static encoding_rs::Encoding) -> String {
    let mut eight = Vec::with_capacity(bytes.len());
    let (mut at, mut is_wide) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            0x1b if bytes.get(at + 1) == Some(&b'$') => {
                at += 4;
                continue;
            }
            0x0e => is_wide = true,
            0x0f => is_wide = false,
            b @ (b'\r' | b'\n') => {
                is_wide = false;
                eight.push(b);
            }
            b => eight.push(if is_wide && b > b' ' { b | 0x80 } else { b }),
        }
        at += 1;
    }
    wide.decode_without_bom_handling(&eight).0.into_owned()
}
