//! Uuencoded files: those within a letter's text, and bodies that are uuencoded as a whole. A file is found by its
//! shape and measured without being decoded.

use super::transfer::lines;

/// A uuencoded file within a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where its first line begins.
    pub start: usize,
    /// Where its data begins.
    pub data: usize,
    /// Where what follows it begins.
    pub end: usize,
    /// Its name as it stands there.
    pub name: String,
    /// Bytes once decoded.
    pub size: usize,
    /// False where its end is missing.
    pub is_whole: bool,
}

/// The uuencoded files of a text, in order, at most `most`.
pub fn find(text: &[u8], most: usize) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    for next in memchr::memmem::find_iter(text, b"begin ") {
        if next < at || found.len() >= most || !(next == 0 || matches!(text[next - 1], b'\n' | b'\r')) {
            continue;
        }
        if let Some(file) = file_at(text, next) {
            at = file.end;
            found.push(file);
        }
    }
    found
}

fn file_at(text: &[u8], start: usize) -> Option<Found> {
    let mut rest = lines(&text[start..]);
    let first = rest.next()?;
    let mut words = first.strip_prefix(b"begin ")?.trim_ascii().splitn(2, |b| *b == b' ');
    let mode = words.next()?;
    let name = words.next()?.trim_ascii();
    if !(3..=4).contains(&mode.len()) || !mode.iter().all(|b| (b'0'..=b'7').contains(b)) || name.is_empty() {
        return None;
    }
    let data = start + first.len();
    let (mut end, mut size, mut count, mut is_whole) = (data, 0, 0, false);
    for line in rest {
        let plain = without_end(line);
        if plain.trim_ascii() == b"end" {
            end += line.len();
            is_whole = true;
            break;
        }
        match measured(plain) {
            Some(bytes) => (size, count) = (size + bytes, count + 1),
            // a blank line may stand for the empty data line before the end
            None if plain.trim_ascii().is_empty() => {}
            None => break,
        }
        end += line.len();
    }
    (is_whole || count > 0).then(|| Found {
        start,
        data,
        end,
        name: String::from_utf8_lossy(name).into_owned(),
        size,
        is_whole,
    })
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// How many bytes a data line holds; none for what is no data line.
fn measured(line: &[u8]) -> Option<usize> {
    let (first, rest) = line.split_first()?;
    if !(b' '..=b'`').contains(first) || !rest.iter().all(|b| (b' '..=b'`').contains(b)) {
        return None;
    }
    let bytes = usize::from((first - b' ') & 63);
    let full = bytes.div_ceil(3) * 4;
    let least = (bytes * 4).div_ceil(3);
    // blanks at the end may have been lost on the way, and some programs add a checksum
    let is_short = rest.len() < least && (bytes == 0 || rest.len() + 3 < least || rest.len() * 2 < least);
    (!is_short && rest.len() <= full + 2 && !(bytes == 0 && rest.len() > 2)).then_some(bytes)
}

/// Hands the bytes of data lines to `take` until it answers false.
pub fn decode(data: &[u8], take: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    let mut out = Vec::with_capacity(4_096);
    for line in lines(data) {
        let line = without_end(line);
        if line.trim_ascii() == b"end" {
            break;
        }
        let Some(length) = measured(line) else { continue };
        let start = out.len();
        let value = |n: usize| line.get(n).map_or(0, |b| u32::from(b.wrapping_sub(b' ') & 63));
        for group in 0..length.div_ceil(3) {
            let bits = (0..4).fold(0, |bits, n| bits << 6 | value(1 + group * 4 + n));
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
        }
        out.truncate(start + length);
        if out.len() > 4_000 {
            if !take(&out) {
                return true;
            }
            out.clear();
        }
    }
    take(&out);
    true
}

/// Decodes a body that is uuencoded as a whole; false where it has no beginning or no end.
pub fn decode_whole(body: &[u8], take: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    if let Some(file) = find(body, 1).first() {
        decode(&body[file.data..file.end], take);
        return file.is_whole;
    }
    decode(body, take);
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAT: &str = "begin 644 cat.txt\n#0V%T\n`\nend\n";

    fn opened(text: &str) -> Vec<(String, String, bool)> {
        let open = |file: &Found| {
            let mut bytes = Vec::new();
            decode(&text.as_bytes()[file.data..file.end], &mut |piece| {
                bytes.extend_from_slice(piece);
                true
            });
            assert_eq!(bytes.len(), file.size);
            (file.name.clone(), String::from_utf8_lossy(&bytes).into_owned(), file.is_whole)
        };
        find(text.as_bytes(), 10).iter().map(open).collect()
    }

    #[test]
    fn files_are_found_measured_and_opened() {
        let two = format!("Hello\n{CAT}between\n{}after", CAT.replace("cat.txt", "my cat.txt"));
        assert_eq!(opened(&two), [("cat.txt".into(), "Cat".into(), true), ("my cat.txt".into(), "Cat".into(), true)]);
        assert_eq!(opened(&CAT.replace('\n', "\r\n")), [("cat.txt".into(), "Cat".into(), true)]);
        assert_eq!(opened("begin 644 a\n#0V%T\n"), [("a".into(), "Cat".into(), false)]);
    }

    #[test]
    fn what_only_begins_like_one_is_text() {
        for text in
            ["begin 644 words of a sentence\nand so on\n", "begin with me\n", "begin 999 x\n#0V%T\n", "the begin 644 x"]
        {
            assert!(opened(text).is_empty(), "{text}");
        }
    }
}
