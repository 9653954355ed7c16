//! A mail written anew: nothing of a secret is left in it, and everything else is what it was.

use super::*;
use crate::mail::{clean::mask, parse};

const CARD: &str = "4242 4242 4242 4242";

fn lines(raw: &str) -> Vec<u8> {
    raw.replace('\n', "\r\n").into_bytes()
}

/// The words of a mail as intake reads them.
fn text(raw: &[u8]) -> String {
    parse::read(raw, &parse::Limits::default()).expect("it reads").text
}

fn redacted(raw: &[u8]) -> Redacted {
    redact(raw).expect("it can be redacted")
}

fn parts(raw: &[u8]) -> usize {
    outline(&of_mail(raw, 1 << 18), &Limits::default()).parts.len()
}

#[test]
fn a_plain_mail_keeps_its_head_and_loses_its_secret() {
    let raw =
        lines(&format!("From: Anna <a@mail.example>\nSubject: card {CARD}\nX-Odd:  kept  \n\nMy card is {CARD}.\n"));
    let Redacted { raw: written, found } = redacted(&raw);
    assert_eq!(found, 2);
    let said = String::from_utf8_lossy(&written).into_owned();
    assert!(said.starts_with("From: Anna <a@mail.example>\r\nSubject: =?utf-8?B?"), "{said}");
    assert!(said.contains("\r\nX-Odd:  kept  \r\n") && !said.contains("4242 4242"), "{said}");
    assert_eq!(text(&written).trim(), "My card is •••• •••• •••• 4242.");
    let read = parse::read(&written, &parse::Limits::default()).expect("it reads");
    assert_eq!(read.subject, "card •••• •••• •••• 4242");
    assert_eq!(redacted(&written).found, 0, "once is enough");
}

#[test]
fn every_version_of_the_letter_is_written_anew_and_attachments_stay_byte_for_byte() {
    let file = "--out\nContent-Type: text/plain; name=cards.txt\nContent-Disposition: attachment\n\n4242424242424242\n--out--\nafter\n";
    // quoted-printable hides the digits from whoever looks at the bytes alone
    let raw = lines(&format!(
        "From: a@mail.example\nContent-Type: multipart/mixed; boundary=out\n\nbefore\n--out\nContent-Type: multipart/alternative; boundary=in\n\n\
         --in\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe 4242=20=\n4242 4242 4242\n\
         --in\nContent-Type: text/html\nContent-ID: <x@y>\n\n<p title=\"4242424242424242\">4242 <b>4242</b> 4242 4242</p><!-- password: hunter2 -->\n--in--\n{file}"
    ));
    let Redacted { raw: written, found } = redacted(&raw);
    assert_eq!(found, 2);
    let said = String::from_utf8_lossy(&written).into_owned();
    assert!(said.ends_with(&String::from_utf8_lossy(&lines(file)).into_owned()), "{said}");
    assert!(said.contains("before\r\n--out\r\n") && said.contains("Content-ID: <x@y>"), "{said}");
    assert_eq!(text(&written).trim(), "Grüße •••• •••• •••• 4242");
    assert_eq!(parts(&written), 3);
    let html = parse::html(&written).expect("it has one");
    assert_eq!(html.trim(), "<p>•••• •••• •••• 4242<b></b></p>");
    assert_eq!(mask(&html).1, 0);
}

#[test]
fn a_mail_without_secrets_stays_as_it_is() {
    for raw in [
        "From: a@mail.example\n\nhello\n",
        "",
        "no mail at all",
        "From: a\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\n--x--\n",
    ] {
        let raw = lines(raw);
        assert_eq!(redacted(&raw), Redacted { raw: raw.clone(), found: 0 });
    }
}

#[test]
fn a_text_cannot_end_its_part() {
    let body = data_encoding::BASE64.encode(format!("--x--\n{CARD}\n--x\n").as_bytes());
    let raw = lines(&format!(
        "From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{body}\n--x\nContent-Type: text/plain\n\nsecond\n--x--\n"
    ));
    let written = redacted(&raw).raw;
    assert_eq!(parts(&written), 2);
    assert!(text(&written).contains("second") && text(&written).contains("--x--"));
}

#[test]
fn bent_mails_are_redacted_as_intake_reads_them_or_not_at_all() {
    let card = data_encoding::BASE64.encode(CARD.as_bytes());
    let bent = [
        // parts told apart by another line than the mail says, by bare returns, and after the end
        format!("From: a@mail.example\nContent-Type: multipart/mixed; boundary=y\n\n--x\n\n{CARD}\n--x--\n"),
        format!("From: a@mail.example\rContent-Type: multipart/mixed; boundary=x\r\r--x\r\r{CARD}\r--x--\r"),
        format!(
            "From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\n--x--\n--x\n\n{CARD}\n--x--\n"
        ),
        format!("From: a@mail.example\nContent-Type: text/plain; name=a.txt\n\n{CARD}\n"),
        format!("no headers, but a card: {CARD}\n"),
        format!("From: a@mail.example\nContent-Transfer-Encoding: base64\n\n{card}\n"),
    ];
    for raw in bent {
        assert!(tells(raw.as_bytes()), "{raw}");
        let Redacted { raw: written, found } = redacted(raw.as_bytes());
        assert!(found > 0 && !tells(&written), "{raw}\n{}", String::from_utf8_lossy(&written));
    }
    // parts that were encoded together have no place of their own
    let inner = data_encoding::BASE64.encode(format!("--x\n\n{CARD}\n--x--\n").as_bytes());
    let whole = format!(
        "From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\nContent-Transfer-Encoding: base64\n\n{inner}\n"
    );
    assert!(tells(whole.as_bytes()));
    assert_eq!(redact(whole.as_bytes()), Err(StillTold));
}
