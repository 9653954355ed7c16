//! Reads a raw mail into what intake needs: who, about what, in which thread, saying what, with what attached.
//! Attachments are named and measured, never decoded.

mod letter;
mod problem;

pub use letter::{Attached, Letter, Limits, Protection, What};
pub use problem::Problem;

use super::{
    automatic,
    outline::{self, Part},
    report,
};
use mail_parser::{Addr, HeaderValue, Message, MessageParser};
use sha2::{Digest as _, Sha256};

/// Why a mail cannot become a case by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is nothing.
    #[error("the message is empty")]
    Empty,
    /// Reading it failed in a way that should not happen.
    #[error("reading the message failed unexpectedly")]
    Failed,
}

/// Reads a raw mail.
///
/// # Errors
/// When there is nothing at all; everything else becomes a letter.
pub fn read(raw: &[u8], _limits: &Limits) -> Result<Letter, Unreadable> {
    if raw.trim_ascii().is_empty() {
        return Err(Unreadable::Empty);
    }
    // mailbox files put a line of their own before the headers
    let raw = raw
        .strip_prefix(b"From ")
        .map_or(raw, |rest| rest.iter().position(|b| *b == b'\n').map_or(raw, |end| &rest[end + 1..]));
    let (head, _) = outline::split(raw);
    let message = MessageParser::default().parse_headers(head).unwrap_or_default();
    let (name, address) = sender(&message).unwrap_or_default();
    let (parts, over) = match outline::parts(raw) {
        Ok(parts) => (parts, None),
        Err(_) => (Vec::new(), Some("it has too many parts, or parts nested too deeply".to_owned())),
    };
    let id = message.message_id().map(line).filter(|id| !id.is_empty());
    let made = || {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(raw));
        format!("{}@content.invalid", &digest[..32])
    };
    Ok(Letter {
        name: line(&name),
        address: line(&address),
        reply_to: None,
        recipients: Vec::new(),
        subject: line(message.subject().unwrap_or_default()),
        own_id: id.is_some(),
        message_id: id.unwrap_or_else(made),
        in_reply_to: ids(message.in_reply_to()),
        references: ids(message.references()),
        date: message.date().map(|d| crate::domain::time::Instant(d.to_timestamp() * 1000)),
        text: letter_text(&parts),
        rich: super::rich::is_rich(raw),
        files: attached(&parts),
        protection: None,
        automatic: automatic::reasons(&message, Some(&address)),
        report: report::report(raw),
        problems: Vec::new(),
        over,
    })
}

/// Who wrote: the first usable address of From, Reply-To, Return-Path, Sender.
fn sender(message: &Message<'_>) -> Option<(String, String)> {
    let usable = |addr: &Addr<'_>| {
        let address = addr.address()?.trim();
        let (local, domain) = address.rsplit_once('@')?;
        let fits =
            !local.is_empty() && domain.len() > 2 && !address.contains(|c: char| c.is_whitespace() || c.is_control());
        fits.then(|| (addr.name().unwrap_or_default().to_owned(), address.to_owned()))
    };
    [message.from(), message.reply_to()]
        .into_iter()
        .flatten()
        .find_map(|list| list.iter().find_map(usable))
        .or_else(|| {
            let address = message.return_address()?.trim().to_owned();
            address.contains('@').then(|| (String::new(), address))
        })
        .or_else(|| message.sender().and_then(|list| list.iter().find_map(usable)))
}

/// The ids in a header, in its order.
fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let mut all = match value {
        HeaderValue::Text(id) => vec![line(id)],
        HeaderValue::TextList(ids) => ids.iter().map(|id| line(id)).collect(),
        _ => Vec::new(),
    };
    all.retain(|id| !id.is_empty());
    all
}

/// The letter's text: of each choice its plain version, else its HTML as text; everything else in order.
fn letter_text(parts: &[Part<'_>]) -> String {
    let mut texts: Vec<String> = Vec::new();
    for (n, part) in parts.iter().enumerate().filter(|(_, p)| p.is_letter) {
        let better =
            |other: &Part<'_>| other.choice == part.choice && other.is_letter && other.media_type == "text/plain";
        let chosen = match part.choice {
            None => true,
            Some(_) if part.media_type == "text/plain" => !parts[..n].iter().any(better),
            Some(_) => !parts.iter().any(better) && !parts[..n].iter().any(|o| o.choice == part.choice && o.is_letter),
        };
        if chosen {
            texts.push(decoded(part));
        }
    }
    texts.retain(|text| !text.trim().is_empty());
    texts.join("\n\n").trim().to_owned()
}

/// The text of one part that holds text, in whatever charset and encoding it came. Of HTML also where its links
/// lead and what stands in for its pictures.
fn decoded(part: &Part<'_>) -> String {
    let parsed = MessageParser::default().parse(part.entity);
    let html = parsed.as_ref().filter(|_| part.media_type == "text/html").and_then(|m| m.body_html(0));
    if let Some(text) = html.as_deref().and_then(html_text) {
        return clean(&text);
    }
    let text = parsed.as_ref().and_then(|m| m.body_text(0)).map(std::borrow::Cow::into_owned);
    // a part without headers begins with its empty line, which the parser takes for no message
    let text = text.unwrap_or_else(|| String::from_utf8_lossy(outline::split(part.entity).1).into_owned());
    clean(&text)
}

/// HTML as text with its links listed below it; none for HTML that is larger or more nested than a letter can be.
fn html_text(html: &str) -> Option<String> {
    const LARGEST: usize = 1_000_000;
    const MOST_TAGS: usize = 4_000;
    const WIDTH: usize = 500;
    if html.len() > LARGEST || html.bytes().filter(|b| *b == b'<').count() > MOST_TAGS {
        return None;
    }
    let written = html2text::config::plain().no_table_borders().no_link_wrapping().link_footnotes(true);
    let text = written.string_from_read(html.as_bytes(), WIDTH).ok()?;
    Some(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"))
}

fn attached(parts: &[Part<'_>]) -> Vec<Attached> {
    let file = |(n, part): (usize, &Part<'_>)| Attached {
        name: file_name(part.name.as_deref().unwrap_or_default(), n),
        media_type: line(&part.media_type),
        encoded_size: part.body.len(),
        part: n,
        content_id: None,
        inline: false,
        what: What::File,
    };
    parts.iter().enumerate().filter(|(_, part)| !part.is_letter).map(file).collect()
}

/// Decodes one attachment for a download. The caller has checked that the case is not restricted.
#[must_use]
pub fn attachment(raw: &[u8], part: usize) -> Option<(String, Vec<u8>)> {
    let parts = outline::parts(raw).ok()?;
    let found = parts.get(part).filter(|p| !p.is_letter)?;
    let name = file_name(found.name.as_deref().unwrap_or_default(), part);
    if found.media_type == "message/rfc822" {
        return Some((name, found.body.to_vec()));
    }
    let message = MessageParser::default().parse(found.entity)?;
    Some((name, message.part(0)?.contents().to_vec()))
}

/// A name without folders, control characters or tricks; never empty, at most 120 characters.
fn file_name(name: &str, part: usize) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = line(last).chars().filter(|c| !"\"<>|:*?\u{202e}\u{202d}".contains(*c)).take(120).collect();
    let cleaned = cleaned.trim_matches(['.', ' ']);
    if cleaned.is_empty() { format!("part-{part}") } else { cleaned.to_owned() }
}

/// Text without what no database or screen can hold: NUL and other controls, except line ends and tabs.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// The same for one line, with folding white space made plain and without marks that turn the direction of what
/// follows: they would rewrite the reference beside them.
#[must_use]
pub fn line(text: &str) -> String {
    let turns = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let text: String = clean(text).chars().filter(|c| !turns(c)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(raw: &str) -> Letter {
        read(raw.replace('\n', "\r\n").as_bytes(), &Limits::default()).expect("a readable mail")
    }

    #[test]
    fn a_plain_mail_reads() {
        let read = letter(
            "From: =?utf-8?q?Ren=C3=A9e_T?= <renee@mail.example>\nTo: privacy@imagegen.example\nSubject: Privacy\n Request\nMessage-ID: <a1@mail.example>\nIn-Reply-To: <b@x>\nReferences: <c@x> <b@x>\n\nPlease delete\nmy account.\n",
        );
        assert_eq!((read.name.as_str(), read.address.as_str()), ("Renée T", "renee@mail.example"));
        assert_eq!(read.subject, "Privacy Request");
        assert_eq!(read.message_id, "a1@mail.example");
        assert_eq!(read.answers(), ["b@x", "c@x"]);
        assert_eq!(read.text, "Please delete\nmy account.");
        assert!(read.automatic.is_empty());
    }

    #[test]
    fn html_alone_becomes_text_and_of_two_versions_the_plain_one_is_kept() {
        let html = letter(
            "From: a@mail.example\nContent-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<p>Gr=FC=DFe</p>\n",
        );
        assert_eq!(html.text.trim(), "Grüße");
        let both = letter(
            "From: a@mail.example\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\nplain\n--x\nContent-Type: text/html\n\n<b>rich</b>\n--x--\n",
        );
        assert_eq!(both.text, "plain");
    }

    #[test]
    fn html_keeps_its_links_its_lists_and_what_stands_in_for_pictures() {
        let html = "<p>Please look at <a href=\"https://imagegen.example/i/4471\">this picture</a></p><ul><li>one<li>two</ul>\
                    <img src=\"cid:x\" alt=\"a red bicycle\"><style>p{}</style><script>alert(1)</script>";
        let read = letter(&format!("From: a@mail.example\nContent-Type: text/html\n\n{html}\n"));
        for needle in ["this picture", "https://imagegen.example/i/4471", "* one\n* two", "a red bicycle"] {
            assert!(read.text.contains(needle), "{needle} is missing in:\n{}", read.text);
        }
        assert!(!read.text.contains("alert"), "{}", read.text);
    }

    #[test]
    fn s30_html_without_end_reads_in_time() {
        let deep = "<div>".repeat(3_900);
        let wide = "<b>x</b>".repeat(1_900);
        for html in [deep, wide] {
            let raw = format!("From: a@mail.example\r\nContent-Type: text/html\r\n\r\n{html}hello");
            let text = std::thread::Builder::new()
                .stack_size(2 << 20)
                .spawn(move || read(raw.as_bytes(), &Limits::default()).expect("it reads").text);
            assert!(text.expect("a thread").join().expect("no overflow").contains("hello"));
        }
    }

    #[test]
    fn attachments_are_named_and_measured_but_not_decoded() {
        let read = letter(
            "From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nsee file\n--x\nContent-Type: image/png\nContent-Disposition: attachment; filename=\"../../etc/pass\\\\wd.png\"\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--x--\n",
        );
        assert_eq!(read.text, "see file");
        assert_eq!(read.files.len(), 1);
        assert!(!read.files[0].name.contains(['/', '\\']), "{}", read.files[0].name);
        assert_eq!(read.files[0].media_type, "image/png");
    }

    #[test]
    fn an_attachment_decodes_only_when_asked_for() {
        let raw = b"From: a@mail.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhi\r\n--x\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--x--\r\n";
        assert_eq!(attachment(raw, 1), Some(("a.png".to_owned(), b"hello".to_vec())));
        assert_eq!(attachment(raw, 0), None);
        assert_eq!(attachment(raw, 9), None);
    }

    #[test]
    fn the_charsets_of_the_world_read() {
        let check = |charset: &str, bytes: &[u8], expected: &str| {
            let mut raw =
                format!("From: a@mail.example\r\nContent-Type: text/plain; charset={charset}\r\n\r\n").into_bytes();
            raw.extend_from_slice(bytes);
            assert_eq!(read(&raw, &Limits::default()).expect("it reads").text, expected, "{charset}");
        };
        check("gb2312", &[0xc9, 0xbe, 0xb3, 0xfd], "删除");
        check("big5", &[0xa7, 0x52, 0xb0, 0xa3], "刪除");
        check("shift_jis", &[0x8d, 0xed, 0x8f, 0x9c], "削除");
        check("euc-kr", &[0xbb, 0xe8, 0xc1, 0xa6], "삭제");
        check("iso-2022-jp", b"\x1b$B:o=|\x1b(B", "削除");
        check("koi8-r", &[0xd5, 0xc4, 0xc1], "уда");
    }

    #[test]
    fn control_characters_do_not_travel() {
        let read = letter("From: \"A\u{0}B\" <a@mail.example>\nSubject: x\u{7}y \u{202e}z\n\nz\u{0}\n");
        assert!(!format!("{}{}{}", read.name, read.subject, read.text).contains(['\u{0}', '\u{7}']));
    }
}
