//! Undoes transfer encodings (RFC 2045, section 6), however bent, piece by piece so that a caller needs no memory for
//! the whole. Never fails: what cannot be decoded is left out or left as it is, and said.

use super::uu;
use memchr::memchr;

/// How a body was made fit for travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// As it is: 7bit, 8bit, binary.
    Identity,
    /// Base64.
    Base64,
    /// Quoted-printable.
    Quoted,
    /// Uuencoded as a whole.
    Uu,
    /// Something else; left as it is.
    Unknown,
}

impl Transfer {
    /// What a `Content-Transfer-Encoding` says; comments, parameters and punctuation aside.
    pub fn of(value: &str) -> Self {
        let value = value.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let first = value.split(['(', ';', ',']).next().unwrap_or_default();
        let plain: String = first.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        match plain.as_str() {
            "" | "7bit" | "8bit" | "binary" | "8bits" | "7bits" | "7" | "8" | "none" | "identity" => Self::Identity,
            "base64" | "b64" | "b" | "xbase64" => Self::Base64,
            "quotedprintable" | "qp" | "q" | "quotedprintabl" | "xquotedprintable" => Self::Quoted,
            "uuencode" | "xuuencode" | "uue" | "xuue" | "uu" | "xuu" => Self::Uu,
            _ => Self::Unknown,
        }
    }
}

/// Hands the decoded bytes of `body` to `take`, in pieces, until it answers false. Returns false where something was
/// wrong with the encoding.
pub fn decode(body: &[u8], transfer: Transfer, take: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    match transfer {
        Transfer::Identity | Transfer::Unknown => {
            take(body);
            transfer == Transfer::Identity
        }
        Transfer::Base64 => base64(body, take),
        Transfer::Quoted => quoted(body, take),
        Transfer::Uu => uu::decode_whole(body, take),
    }
}

/// The decoded bytes, at most `most`, and whether the encoding was right.
pub fn decoded(body: &[u8], transfer: Transfer, most: usize) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let is_right = decode(body, transfer, &mut |piece| {
        let room = most - bytes.len();
        bytes.extend_from_slice(&piece[..piece.len().min(room)]);
        bytes.len() < most
    });
    (bytes, is_right)
}

/// Lines as they stand, each with its end.
pub fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &body[at..];
        let end = memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
        at += end;
        (end > 0).then(|| &rest[..end])
    })
}

const PIECE: usize = 48 << 10;

/// Groups of four that a line left open, and whether padding has been seen.
#[derive(Default)]
struct Open {
    bits: u32,
    count: u32,
    is_ended: bool,
    is_right: bool,
}

fn base64(mut body: &[u8], take: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    let mut out = Vec::with_capacity(PIECE + 128);
    let mut open = Open { is_right: true, ..Open::default() };
    while !body.is_empty() {
        // whole lines, or a piece of a line without end, so that memory stays bounded
        let near = &body[..body.len().min(PIECE)];
        let piece = memchr::memrchr(b'\n', near).map_or(near, |n| &near[..=n]);
        body = &body[piece.len()..];
        let is_plain = open.count == 0 && !open.is_ended && memchr(b'=', piece).is_none();
        if !(is_plain && at_once(piece, &mut out)) {
            for line in lines(piece) {
                if !open.line(line.trim_ascii(), &mut out) {
                    take(&out);
                    return false;
                }
            }
        }
        if !take(&out) {
            return open.is_right;
        }
        out.clear();
    }
    open.finish(&mut out);
    take(&out);
    open.is_right
}

/// Decodes lines that are right in themselves; leaves `out` alone and answers false for others.
fn at_once(lines: &[u8], out: &mut Vec<u8>) -> bool {
    let start = out.len();
    out.resize(start + data_encoding::BASE64_MIME.decode_len(lines.len()).unwrap_or(0), 0);
    let length = data_encoding::BASE64_MIME.decode_mut(lines, &mut out[start..]).ok();
    out.truncate(start + length.unwrap_or(0));
    length.is_some()
}

/// A line that stands below the encoded text and was never part of it, as mailing lists add them.
fn is_footer(line: &[u8], open: &Open) -> bool {
    let is_alphabet = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    if line.iter().all(is_alphabet) {
        return open.is_ended && !line.len().is_multiple_of(4);
    }
    if open.is_ended {
        return true;
    }
    let strange = line.iter().filter(|b| !is_alphabet(b) && !b.is_ascii_whitespace()).count();
    let words = line.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty());
    let uneven = words.clone().filter(|w| !w.len().is_multiple_of(4)).count();
    strange * 2 > line.len() || (words.count() > 2 && uneven > 1)
}

impl Open {
    /// Decodes one line; false where what is encoded has ended.
    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) -> bool {
        if line.is_empty() {
            return true;
        }
        if is_footer(line, self) {
            self.is_right = false;
            let was_ended = self.is_ended;
            self.finish(out);
            return was_ended;
        }
        self.slowly(line, out);
        true
    }

    fn slowly(&mut self, line: &[u8], out: &mut Vec<u8>) {
        for b in line {
            let value = match b {
                b'A'..=b'Z' => b - b'A',
                b'a'..=b'z' => b - b'a' + 26,
                b'0'..=b'9' => b - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                b'=' => {
                    // padding may stand in the middle where pieces were joined
                    self.finish(out);
                    self.is_ended = true;
                    continue;
                }
                _ => {
                    self.is_right &= b.is_ascii_whitespace();
                    continue;
                }
            };
            self.is_ended = false;
            self.bits = self.bits << 6 | u32::from(value);
            self.count += 1;
            if self.count == 4 {
                out.extend_from_slice(&self.bits.to_be_bytes()[1..]);
                (self.bits, self.count) = (0, 0);
            }
        }
    }

    /// What a last group without its padding still holds.
    fn finish(&mut self, out: &mut Vec<u8>) {
        let bytes = (self.bits << (6 * (4 - self.count.min(4)))).to_be_bytes();
        match self.count {
            2 => out.push(bytes[1]),
            3 => out.extend_from_slice(&bytes[1..3]),
            1 => self.is_right = false,
            _ => {}
        }
        (self.bits, self.count) = (0, 0);
    }
}

fn quoted(body: &[u8], take: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    let mut out = Vec::with_capacity(PIECE + 1024);
    let mut is_right = true;
    for line in lines(body) {
        let text = line.trim_ascii_end();
        let is_soft = text.ends_with(b"=");
        let text = if is_soft { &text[..text.len() - 1] } else { text };
        let mut at = 0;
        while let Some(next) = memchr(b'=', &text[at..]) {
            out.extend_from_slice(&text[at..at + next]);
            at += next + 1;
            let hex = |n: usize| text.get(at + n).and_then(|b| char::from(*b).to_digit(16));
            if let (Some(high), Some(low)) = (hex(0), hex(1)) {
                out.push(u8::try_from(high << 4 | low).unwrap_or_default());
                at += 2;
            } else {
                out.push(b'=');
                is_right = false;
            }
            if out.len() >= PIECE {
                if !take(&out) {
                    return is_right;
                }
                out.clear();
            }
        }
        out.extend_from_slice(&text[at..]);
        if !is_soft {
            let end = match line {
                [.., b'\r', b'\n'] => &b"\r\n"[..],
                [.., b'\n'] => b"\n",
                _ => b"",
            };
            out.extend_from_slice(end);
        }
        if out.len() >= PIECE {
            if !take(&out) {
                return is_right;
            }
            out.clear();
        }
    }
    take(&out);
    is_right
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(transfer: Transfer, body: &[u8], expected: &[u8], right: bool) {
        let (bytes, is_right) = decoded(body, transfer, 1 << 20);
        let shown = String::from_utf8_lossy(body);
        assert_eq!((String::from_utf8_lossy(&bytes), is_right), (String::from_utf8_lossy(expected), right), "{shown}");
    }

    #[test]
    fn base64_reads_however_it_was_bent() {
        use Transfer::Base64;
        check(Base64, b"aGVsbG8=\r\n", b"hello", true);
        check(Base64, b"aGVsbG8", b"hello", true);
        check(Base64, b"aGV\r\nsb\r\nG8=\r\n", b"hello", true);
        check(Base64, b"aG!Vs*bG8=", b"hello", false);
        check(Base64, b"aGVsbG8=d29ybGQ=", b"helloworld", true);
        check(Base64, b"aGVsbG8=\n\n_______________\nlist footer here and there\n", b"hello", false);
        check(Base64, b"aGVsbG8h\n-- \nsent by a list with words\n", b"hello!", false);
        check(Base64, b"aGVs bG8=", b"hello", true);
        check(Base64, b"aGVsbG8=\r\naGVsbG8=\r\n", b"hellohello", true);
        check(Base64, b"", b"", true);
    }

    #[test]
    fn quoted_printable_reads_however_it_was_bent() {
        use Transfer::Quoted;
        check(Quoted, b"L=c3=b6schen=  \r\n jetzt  \r\n=", "Löschen jetzt\r\n".as_bytes(), true);
        check(Quoted, b"100=% =ZZ a=b=4", b"100=% =ZZ a=b=4", false);
        check(Quoted, b"a=\nb=\n", b"ab", true);
    }

    #[test]
    fn the_names_of_encodings_are_taken_as_they_come() {
        for (said, expected) in [
            (" BASE64 ", Transfer::Base64),
            ("\"base64\"", Transfer::Base64),
            ("Quoted Printable", Transfer::Quoted),
            ("8 bit (plain)", Transfer::Identity),
            ("x-uuencode", Transfer::Uu),
            ("x-own-thing", Transfer::Unknown),
        ] {
            assert_eq!(Transfer::of(said), expected, "{said}");
        }
    }

    #[test]
    fn decoding_ends_where_the_caller_has_enough() {
        let body = b"AAAA\n".repeat(100_000);
        assert_eq!(decoded(&body, Transfer::Base64, 1_000).0.len(), 1_000);
    }
}
