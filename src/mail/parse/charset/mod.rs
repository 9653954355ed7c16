//! Bytes into characters, whatever a mail says its charset is. What it says is believed unless the bytes show that it
//! is wrong. Never fails: what no charset explains becomes U+FFFD and a problem.

mod old;
mod pages;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Text with what was wrong with its charset, if anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The characters.
    pub text: String,
    /// What was wrong, in words.
    pub trouble: Option<String>,
}

fn fine(text: String) -> Decoded {
    Decoded { text, trouble: None }
}

/// Labels that say nothing about the charset.
const SAYS_NOTHING: [&str; 14] = [
    "",
    "unknown",
    "unknown-8bit",
    "x-unknown",
    "x-unknown-8bit",
    "unknown-charset",
    "x-user-defined",
    "8bit",
    "7bit",
    "binary",
    "none",
    "default",
    "charset",
    "replacement",
];

/// Labels of ASCII: they promise that there is nothing above 0x7F.
const ASCII: [&str; 8] =
    ["us-ascii", "ascii", "ansi_x3.4-1968", "ansi-x3.4-1968", "iso-ir-6", "us", "ibm367", "iso646-us"];

/// Decodes `bytes` that are said to be in `label`; an empty label says nothing.
pub fn decode(bytes: Vec<u8>, label: &str) -> Decoded {
    let label = plain_label(label);
    if bytes.starts_with(b"\xef\xbb\xbf") && std::str::from_utf8(&bytes).is_ok() {
        return fine(owned_utf8(bytes).trim_start_matches('\u{feff}').to_owned());
    }
    let says_nothing = SAYS_NOTHING.contains(&label.as_str());
    if says_nothing || ASCII.contains(&label.as_str()) {
        return unlabelled(bytes, if says_nothing { "" } else { "us-ascii" }, &label);
    }
    if let Some(text) = old::decode(&bytes, &label) {
        return fine(text);
    }
    let Some(encoding) = encoding(&label) else {
        let mut decoded = unlabelled(bytes, "", &label);
        let shown: String = label.chars().filter(char::is_ascii_graphic).take(40).collect();
        decoded.trouble = Some(format!("the charset {shown} is not known; it was guessed"));
        return decoded;
    };
    labelled(bytes, encoding)
}

/// True for labels under which ASCII bytes are ASCII and nothing else is.
pub fn is_plain(label: &str) -> bool {
    let label = plain_label(label);
    SAYS_NOTHING.contains(&label.as_str())
        || ASCII.contains(&label.as_str())
        || encoding(&label).is_some_and(|e| e == UTF_8 || e.is_single_byte())
}

/// The label without quotes, comments and what else surrounds it; lower case.
fn plain_label(label: &str) -> String {
    let label = label.trim().trim_matches(['"', '\'']).to_lowercase();
    let label = label.strip_prefix("charset=").unwrap_or(&label);
    let label = label.split(['(', ';', '*', ',']).next().unwrap_or_default();
    label.trim().trim_matches(['"', '\'', '=']).replace(' ', "-")
}

/// The encoding of a label: those of the Encoding Standard and other names seen in mail.
fn encoding(label: &str) -> Option<&'static Encoding> {
    let known = |label: &str| {
        // the standard maps what it will not decode to an encoding that only complains
        Encoding::for_label_no_replacement(label.as_bytes())
    };
    let alias = match label {
        "utf8mb4" | "utf-8-sig" | "utf" | "utf-8mac" | "utf8mac" | "unicode-1-1" | "x-utf8" | "cp65001" => "utf-8",
        "cp932" | "cp-932" | "ibm932" | "ibm943" | "x-ms932" | "windows-932" | "cp943" | "shift-jisx0213" => {
            "shift_jis"
        }
        "cp936" | "ms936" | "windows-936" | "gb-2312" | "gb2312-80" | "euc-cn" | "euccn" | "x-euc-cn" => "gbk",
        "gb-18030" | "cp54936" => "gb18030",
        "cp949" | "uhc" | "ms949" | "korean-iso-8859" | "ks-c-5601" | "euckr" | "x-windows-949" | "ks_c_5601-1992" => {
            "euc-kr"
        }
        "cp950" | "ms950" | "windows-950" | "big-5" | "big5hkscs" | "big5-eten" | "cn-big-5" | "cp951" => "big5",
        "eucjp" | "euc-jp-ms" | "cp51932" | "ujis" | "eucjp-win" => "euc-jp",
        "iso2022jp" | "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" | "iso-2022-jp-ms" | "cp50220"
        | "cp50221" | "cp50222" | "jis" | "csiso2022jp2" => "iso-2022-jp",
        "iso-8859-8-1" => "iso-8859-8",
        "tis620" | "tis-620-2533" | "tis620-0" | "cp874" | "iso-8859-11" | "ibm874" => "windows-874",
        "koi8r" | "koi-8-r" => "koi8-r",
        "koi8u" | "koi-8-u" => "koi8-u",
        "866" | "cp-866" | "ibm-866" | "dos-866" => "ibm866",
        "latin-1" | "latin" | "iso-latin-1" | "ansi" | "8859-1" | "iso-8859" | "western" | "windows-latin1"
        | "1252" => "windows-1252",
        "1250" => "windows-1250",
        "1251" | "win-1251" | "win1251" | "win" | "windows-cyrillic" => "windows-1251",
        "latin9" | "latin-9" | "latin0" | "iso-8859-15e" => "iso-8859-15",
        "latin10" => "iso-8859-16",
        "mac" | "macroman" | "mac-roman" | "apple-roman" => "macintosh",
        "mac-cyrillic" | "maccyrillic" => "x-mac-cyrillic",
        "utf16" => "utf-16",
        "utf16le" | "utf-16-le" => "utf-16le",
        "utf16be" | "utf-16-be" => "utf-16be",
        other => other,
    };
    known(alias).or_else(|| known(&alias.replace('_', "-"))).or_else(|| {
        let squeezed = alias.replace("cp-", "windows-").replace("win-", "windows-").replace("windows_", "windows-");
        known(&squeezed)
            .or_else(|| known(&format!("windows-{}", squeezed.strip_prefix("windows").unwrap_or("?"))))
            .or_else(|| known(&squeezed.replace("iso", "iso-").replace("--", "-")))
    })
}

/// Text whose label is known: believed, unless the bytes are plainly UTF-8 under the label of another charset, or no
/// UTF-8 under that one.
fn labelled(bytes: Vec<u8>, encoding: &'static Encoding) -> Decoded {
    if encoding == UTF_8 {
        return said_utf8(bytes);
    }
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return fine(utf16(&bytes, encoding));
    }
    let is_utf8 = !bytes.is_ascii() && std::str::from_utf8(&bytes).is_ok();
    let (text, had_errors) = encoding.decode_without_bom_handling(&bytes);
    let is_western = encoding == WINDOWS_1252 || encoding.name() == "ISO-8859-15";
    if is_utf8 && (is_western || had_errors) {
        let trouble = Some(format!("the text says it is {} and is UTF-8", encoding.name().to_lowercase()));
        return Decoded { text: owned_utf8(bytes), trouble };
    }
    let trouble = had_errors.then(|| format!("some bytes mean nothing in {}", encoding.name().to_lowercase()));
    Decoded { text: text.into_owned(), trouble }
}

fn said_utf8(bytes: Vec<u8>) -> Decoded {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if text.contains("\u{1b}$") => return fine(guessed(text.as_bytes())),
        Ok(text) => return fine(text),
        Err(error) => error.into_bytes(),
    };
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    if good > bad {
        let trouble = Some("some bytes are not UTF-8".to_owned());
        return Decoded { text: String::from_utf8_lossy(&bytes).into_owned(), trouble };
    }
    Decoded { text: guessed(&bytes), trouble: Some("the text says it is UTF-8 and is not; it was guessed".to_owned()) }
}

/// Text without a label, or said to be ASCII. `said` is empty or ASCII.
fn unlabelled(bytes: Vec<u8>, said: &str, label: &str) -> Decoded {
    let has_escapes = memchr::memmem::find(&bytes, b"\x1b$").is_some();
    if bytes.is_ascii() && !has_escapes && !looks_wide(&bytes) {
        return fine(owned_utf8(bytes));
    }
    if looks_wide(&bytes) {
        return Decoded {
            text: utf16(&bytes, UTF_16LE),
            trouble: Some("the text is UTF-16 and does not say so".to_owned()),
        };
    }
    let what = if !said.is_empty() {
        "the text says it is ASCII and is not; its charset was guessed"
    } else if label.is_empty() {
        "the text does not say its charset; it was guessed"
    } else {
        "the text says that its charset is unknown; it was guessed"
    };
    let text = if std::str::from_utf8(&bytes).is_ok() && !has_escapes { owned_utf8(bytes) } else { guessed(&bytes) };
    // what is valid UTF-8 without a label is as good as labelled
    let trouble =
        (!said.is_empty() || !label.is_empty() || text.contains('\u{fffd}') || has_escapes).then(|| what.to_owned());
    Decoded { text, trouble }
}

/// The likeliest charset by the bytes themselves, as browsers do it.
fn guessed(bytes: &[u8]) -> String {
    const ENOUGH: usize = 64 << 10;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(ENOUGH)], true);
    detector.guess(None, Utf8Detection::Allow).decode_without_bom_handling(bytes).0.into_owned()
}

/// Every second byte is a NUL: two bytes a character.
fn looks_wide(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(2_000)];
    let nuls = |first: usize| sample.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    sample.len() >= 4 && nuls(0).abs_diff(nuls(1)) * 4 > sample.len()
}

/// UTF-16 by its mark, else as said, else as the NULs lie (RFC 2781, section 4.3).
fn utf16(bytes: &[u8], said: &'static Encoding) -> String {
    let (encoding, bytes) = match bytes {
        [0xff, 0xfe, rest @ ..] => (UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] => (UTF_16BE, rest),
        _ => {
            let nuls = |first: usize| bytes.iter().skip(first).step_by(2).filter(|b| **b < 32).count();
            let (even, odd) = (nuls(0), nuls(1));
            let seen = if even > odd * 2 {
                Some(UTF_16BE)
            } else if odd > even * 2 {
                Some(UTF_16LE)
            } else {
                None
            };
            (seen.unwrap_or(said), bytes)
        }
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// A header's bytes as they stand, without encoded words: UTF-8, else the letter's own charset, else a guess.
pub fn raw_header(bytes: &[u8], letter: &str) -> String {
    let has_escapes = memchr::memmem::find(bytes, b"\x1b$").is_some();
    match std::str::from_utf8(bytes) {
        Ok(text) if !has_escapes => return text.to_owned(),
        _ => {}
    }
    let label = plain_label(letter);
    if !has_escapes
        && !SAYS_NOTHING.contains(&label.as_str())
        && !ASCII.contains(&label.as_str())
        && let Some(encoding) = encoding(&label).filter(|e| *e != UTF_8 && *e != UTF_16LE && *e != UTF_16BE)
    {
        let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
        if !had_errors {
            return text.into_owned();
        }
    }
    let lossy = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    if lossy && !has_escapes { String::from_utf8_lossy(bytes).into_owned() } else { guessed(bytes) }
}

fn owned_utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests;
