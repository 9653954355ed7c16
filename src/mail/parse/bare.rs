//! A mail without what came with it: its headers that matter and its words, and each file as it stands, still encoded, for
//! a digest. For mail whose files nobody may hold. Decodes no file.

use super::{Limits, head, headers::Headers, text};
use crate::mail::outline;

/// What a mail is without its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bare {
    /// A mail of its own: a few headers and the words.
    pub text: Vec<u8>,
    /// Each file by its place, with its bytes as they stand in the mail.
    pub bodies: Vec<(usize, Vec<u8>)>,
}

/// The headers that stay.
const STAY: [&str; 7] = ["From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"];

/// The mail without its files.
#[must_use]
pub fn without_files(raw: &[u8]) -> Bare {
    let plain = super::plain_bytes(raw);
    let limits = Limits::default();
    let head = head::of_mail(&plain, limits.header_bytes);
    let outline = outline::outline(&head, &limits);
    let words = text::read(&outline, &limits, &mut Vec::new()).letter;
    let headers = Headers::new(&head);
    let mut mail = String::new();
    for name in STAY {
        if let Some(value) = headers.get(name) {
            mail.extend([name, ": ", &value.split_whitespace().collect::<Vec<_>>().join(" "), "\r\n"]);
        }
    }
    mail.push_str(
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
    );
    mail.push_str(&words.replace('\n', "\r\n"));
    let files = outline.parts.iter().enumerate().filter(|(_, part)| !part.is_letter());
    let bodies = files.map(|(n, part)| (n, part.body.to_vec())).collect();
    Bare { text: mail.into_bytes(), bodies }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_stay_and_nothing_of_a_file_does() {
        let raw = b"From: a@mail.example\r\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@mail.example>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nsee item 4471\r\n--x\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--x--\r\n";
        let bare = without_files(raw);
        let text = String::from_utf8(bare.text.clone()).expect("it is text");
        assert!(text.contains("see item 4471") && text.contains("Message-ID: <1@mail.example>"), "{text}");
        assert!(!text.contains("aGVsbG8="), "{text}");
        assert_eq!(bare.bodies.len(), 1);
        assert!(bare.bodies[0].1.starts_with(b"aGVsbG8="));
        let again = super::super::read(&bare.text, &Limits::default()).expect("it reads");
        assert_eq!((again.message_id.as_str(), again.files.len()), ("1@mail.example", 0));
    }
}
