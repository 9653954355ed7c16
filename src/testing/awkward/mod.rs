//! Awkward mail: messages as programs, relays and people bend them, each with what a reader has to find in it. Every
//! message is made up; nothing here was ever sent.

mod charsets;
mod files;
mod headers;
mod limits;
mod parts;
mod transfers;

use crate::mail::parse::{self, Letter, Limits};
use std::collections::BTreeMap;

/// A message: what it is called, its bytes, and what is to be found: field and value.
type Row = (&'static str, &'static [u8], &'static [(&'static str, &'static str)]);

/// Reads every message, with line ends as they stand and with CRLF where they stand as LF.
fn check(rows: &[Row]) {
    let mut wrong = Vec::new();
    for (name, raw, expected) in rows {
        for (found, ends) in [(seen(raw), "as it stands"), (seen(&with_crlf(raw)), "with CRLF")] {
            for (field, value) in *expected {
                let is = found.get(field).map_or("no such field", String::as_str);
                // sizes of text count its line ends
                if is != *value && !(ends == "with CRLF" && (*field == "files" || *field == "id")) {
                    wrong.push(format!("{name} ({ends}): {field} is {is:?}, not {value:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

fn with_crlf(raw: &[u8]) -> Vec<u8> {
    let has_own = raw.contains(&b'\r') || raw.contains(&0);
    if has_own {
        return raw.to_vec();
    }
    raw.iter().flat_map(|b| if *b == b'\n' { vec![b'\r', b'\n'] } else { vec![*b] }).collect()
}

/// What is found, field by field.
fn seen(raw: &[u8]) -> BTreeMap<&'static str, String> {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    let mut take = |part: usize, piece: &[u8]| *sizes.entry(part).or_default() += piece.len();
    let read = parse::read_and_open(raw, &Limits::default(), &mut take);
    let (letter, html) = read.unwrap_or_else(|why| (Letter { over: Some(why.to_string()), ..Letter::default() }, None));
    let file = |f: &parse::Attached| {
        format!("{} {} {} {}", f.name, f.media_type, sizes.get(&f.part).copied().unwrap_or_default(), f.what.code())
    };
    let codes: Vec<&str> = letter.problems.iter().map(|p| p.code).collect();
    BTreeMap::from([
        ("from", format!("{} <{}>", letter.name, letter.address)),
        ("reply_to", letter.reply_to.clone().unwrap_or_default()),
        ("to", letter.recipients.join(" ")),
        ("subject", letter.subject.clone()),
        ("id", letter.message_id.clone()),
        ("own_id", letter.own_id.to_string()),
        ("answers", letter.answers().join(" ")),
        ("date", letter.date.map(crate::domain::time::Instant::rfc3339).unwrap_or_default()),
        ("text", letter.text.clone()),
        ("html", html.unwrap_or_default()),
        ("files", letter.files.iter().map(file).collect::<Vec<_>>().join("; ")),
        ("protection", letter.protection.map(|p| p.code().to_owned()).unwrap_or_default()),
        ("problems", codes.join(" ")),
        ("over", letter.over.clone().unwrap_or_default()),
    ])
}
