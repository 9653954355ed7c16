//! Mail beyond every limit: still a letter, with its headers and the reason.

use crate::mail::parse::{Limits, attachment, head, inline_image, read};

fn over(raw: &[u8], limits: &Limits) -> Option<String> {
    let letter = read(raw, limits).expect("a letter");
    assert_eq!((letter.address.as_str(), letter.subject.as_str()), ("a@mail.example", "hi"));
    assert!(letter.over.is_none() || letter.files.is_empty());
    assert_eq!(letter.over.is_some(), letter.problems.iter().any(|p| p.code == "over"));
    letter.over
}

const HEAD: &str = "From: a@mail.example\nSubject: hi\n";

#[test]
fn what_is_over_a_limit_is_a_stub_with_its_reason() {
    let all = Limits::default();
    let many = format!("{HEAD}Content-Type: multipart/mixed; boundary=x\n\n{}", "--x\n\na\n".repeat(10_000));
    assert!(over(many.as_bytes(), &all).expect("over").contains("too many parts"));
    let deep = (0..1_000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
        .collect::<Vec<_>>()
        .concat();
    assert!(over(format!("{HEAD}{deep}").as_bytes(), &all).expect("over").contains("nested"));
    let headers = format!("{HEAD}{}\nwords", "X-Long: words\n".repeat(100_000));
    assert!(over(headers.as_bytes(), &all).expect("over").contains("headers"));
    let large = format!("{HEAD}\n{}", "words\n".repeat(1_000));
    assert!(over(large.as_bytes(), &Limits { bytes: 1_000, ..all }).expect("over").contains("1000 bytes"));
    assert_eq!(over(large.as_bytes(), &all), None);
}

#[test]
fn text_over_its_limit_is_cut_and_said() {
    let raw = format!("{HEAD}\n{}", "words ".repeat(1_000));
    let letter = read(raw.as_bytes(), &Limits { text_bytes: 100, ..Limits::default() }).expect("a letter");
    assert!(letter.text.len() <= 100 && letter.text.starts_with("words"));
    assert!(letter.problems.iter().any(|p| p.code == "text_cut"));
}

#[test]
fn a_made_id_is_the_same_whichever_way_a_mail_travelled() {
    let id = |raw: &str| read(raw.as_bytes(), &Limits::default()).expect("a letter").message_id;
    let here = id("Received: one\nFrom: a@mail.example\nSubject: hi\n\nwords\n");
    assert_eq!(here, id("Received: two\r\nFrom: a@mail.example\r\nSubject: hi\r\n\r\nwords\r\n\r\n"));
    assert_ne!(here, id("From: a@mail.example\nSubject: hi\n\nother words\n"));
}

#[test]
fn files_open_one_by_one_and_text_never() {
    let raw = b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\nbegin 644 cat.txt\n#0V%T\n`\nend\n--x\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--x--\n";
    let files = read(raw, &Limits::default()).expect("a letter").files;
    let places: Vec<_> = files.iter().map(|f| f.part).collect();
    assert_eq!(places, [100_000, 1]);
    assert_eq!(attachment(raw, 100_000), Some(("cat.txt".to_owned(), b"Cat".to_vec())));
    assert_eq!(attachment(raw, 1), Some(("a.png".to_owned(), b"hello".to_vec())));
    for none in [0, 9, 200_000, 100_001, usize::MAX] {
        assert_eq!(attachment(raw, none), None, "{none}");
    }
}

#[test]
fn only_pictures_are_shown_within_a_text() {
    let mail = |body: &str| {
        format!(
            "From: a@mail.example\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n<img src=cid:p>\n--x\nContent-Type: image/png\nContent-ID: <p>\nContent-Transfer-Encoding: base64\n\n{body}\n--x--\n"
        )
    };
    let gif = mail("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");
    assert_eq!(
        inline_image(gif.as_bytes(), "cid:p", 1_000).map(|(kind, bytes)| (kind, bytes.len())),
        Some(("image/gif", 42))
    );
    assert_eq!(inline_image(gif.as_bytes(), "p", 10), None);
    assert_eq!(inline_image(gif.as_bytes(), "q", 1_000), None);
    assert_eq!(inline_image(mail("PHN2Zz48L3N2Zz4=").as_bytes(), "p", 1_000), None);
}

#[test]
fn headers_are_shown_decoded_and_clean() {
    let lines = head(b"From: =?utf-8?q?Ren=C3=A9e?= <a@mail.example>\r\nSubject: a\x07b\r\n\r\nwords");
    assert_eq!(lines, ["From: Renée <a@mail.example>", "Subject: ab"]);
}
