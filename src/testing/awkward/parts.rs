//! Multiparts: bent ones, nested ones, and which of their parts make up the letter.

use super::check;

#[test]
fn parts_are_told_apart() {
    check(&[
        ("end is missing", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x\n\ntwo\n", &[("text", "one\n\ntwo"), ("problems", "no_message_id cut_off")]),
        ("boundary is missing", b"From: a@mail.example\nContent-Type: multipart/mixed\n\n--y\nContent-Type: text/plain\n\none\n--y--\n", &[("text", "one"), ("problems", "no_message_id boundary")]),
        ("boundary is empty", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=\"\"\n\n--y\nContent-Type: text/plain\n\none\n--y--\n", &[("text", "one")]),
        ("boundary with quotes and blanks", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=\"a b=c \"\n\n--a b=c\n\none\n--a b=c--\n", &[("text", "one"), ("problems", "no_message_id")]),
        ("one boundary begins another", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=aa\n\n--aa\nContent-Type: multipart/mixed; boundary=aab\n\n--aab\n\none\n--aab--\n--aa\n\ntwo\n--aa--\n", &[("text", "one\n\ntwo"), ("problems", "no_message_id")]),
        ("boundary within words", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\none --x two\n--xx\n--x--\n", &[("text", "one --x two\n--xx")]),
        ("the same boundary within", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=x\n\n--x\n\none\n--x--\n--x\nContent-Type: image/png; name=a.png\n\nab\n--x--\n", &[("text", "one"), ("files", "a.png image/png 2 file")]),
        ("text around", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\nThis is MIME.\n--x\n\none\n--x--\nafter\n", &[("text", "one"), ("problems", "no_message_id")]),
        ("no parts", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\nonly words\n", &[("text", "only words"), ("problems", "no_message_id no_parts")]),
        ("empty parts", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n--x\n\n--x\n\none\n--x--\n", &[("text", "one"), ("files", "")]),
        ("part without headers or blank line", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nwords at once\n--x--\n", &[("text", "words at once")]),
        ("container in base64", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\nContent-Transfer-Encoding: base64\n\nLS14CgpvbmUKLS14LS0K\n", &[("text", "one"), ("problems", "no_message_id encoded_multipart")]),
        ("type without a slash", b"From: a@mail.example\nContent-Type: text\n\none\n", &[("text", "one"), ("problems", "no_message_id content_type")]),
        ("two types", b"From: a@mail.example\nContent-Type: text/plain; charset=utf-8\nContent-Type: text/html\n\n<b>\xc3\xa4\n", &[("text", "<b>ä")]),
        ("boundary without its type", b"From: a@mail.example\nContent-Type: multipart; boundary=x\n\n--x\n\none\n--x--\n", &[("text", "one")]),
    ]);
}

#[test]
fn the_letter_is_found_among_its_parts() {
    check(&[
        ("plain of two", b"From: a@mail.example\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\nplain\n--x\nContent-Type: text/html\n\n<b>rich</b>\n--x--\n", &[("text", "plain"), ("html", "rich"), ("files", "")]),
        ("html first", b"From: a@mail.example\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/html\n\n<b>rich</b>\n--x\nContent-Type: text/plain\n\nplain\n--x--\n", &[("text", "plain")]),
        ("plain is empty", b"From: a@mail.example\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\n \n--x\nContent-Type: text/html\n\n<b>rich</b>\n--x--\n", &[("text", "rich")]),
        ("with an invitation", b"From: a@mail.example\nContent-Type: multipart/alternative; boundary=x\n\n--x\n\nplain\n--x\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--x--\n", &[("text", "plain"), ("files", "invitation.ics text/calendar 15 calendar")]),
        ("related", b"From: a@mail.example\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n<img src=cid:p alt=Me>\n--x\nContent-Type: image/png\nContent-ID: <p>\n\nab\n--x--\n", &[("text", "[Me]"), ("files", "part-1.png image/png 2 file")]),
        ("text, picture, text", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nbefore\n--x\nContent-Type: image/png; name=a.png\nContent-Disposition: inline\n\nab\n--x\n\nafter\n--x--\n", &[("text", "before\n\nafter"), ("files", "a.png image/png 2 file")]),
        ("a mixture as a version", b"From: a@mail.example\nContent-Type: multipart/alternative; boundary=x\n\n--x\n\nplain\n--x\nContent-Type: multipart/mixed; boundary=y\n\n--y\nContent-Type: text/html\n\n<p>one</p>\n--y\nContent-Type: application/pdf; name=a.pdf\n\nab\n--y\nContent-Type: text/html\n\n<p>two</p>\n--y--\n--x--\n", &[("text", "plain"), ("files", "a.pdf application/pdf 2 file")]),
        ("signed by pgp", b"From: a@mail.example\nContent-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=x\n\n--x\n\nsigned words\n--x\nContent-Type: application/pgp-signature\n\nsig\n--x--\n", &[("text", "signed words"), ("protection", "pgp-signed"), ("files", "signature.asc application/pgp-signature 3 signature"), ("problems", "no_message_id")]),
        ("signed by s/mime", b"From: a@mail.example\nContent-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=x\n\n--x\n\nsigned words\n--x\nContent-Type: application/x-pkcs7-signature; name=smime.p7s\n\nsig\n--x--\n", &[("text", "signed words"), ("protection", "smime-signed"), ("files", "smime.p7s application/x-pkcs7-signature 3 signature")]),
        ("encrypted by s/mime", b"From: a@mail.example\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIIB\n", &[("text", ""), ("protection", "smime-encrypted"), ("files", "smime.p7m application/pkcs7-mime 3 encrypted"), ("problems", "no_message_id encrypted")]),
        ("opaque, signed", b"From: a@mail.example\nContent-Type: application/pkcs7-mime; smime-type=signed-data\nContent-Transfer-Encoding: base64\n\nMIIB\n", &[("text", ""), ("protection", "smime-signed"), ("files", "smime.p7m application/pkcs7-mime 3 signature")]),
        ("encrypted by pgp", b"From: a@mail.example\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=x\n\n--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--x\nContent-Type: application/octet-stream\n\nabc\n--x--\n", &[("text", ""), ("protection", "pgp-encrypted"), ("files", "part-0 application/pgp-encrypted 10 encrypted; encrypted.asc application/octet-stream 3 encrypted")]),
        ("pgp within the text", b"From: a@mail.example\n\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n", &[("protection", "pgp-encrypted")]),
        ("signed within the text", b"From: a@mail.example\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nwords\n", &[("protection", "pgp-signed"), ("problems", "no_message_id")]),
    ]);
}
