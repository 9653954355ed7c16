//! What comes with a mail: its names, its types, what is kept as it is and what is opened.

use super::check;

#[test]
fn names_are_read() {
    check(&[
        ("continued, in a charset", b"From: a@mail.example\nContent-Type: application/pdf\nContent-Disposition: attachment; filename*0*=iso-8859-1''L%F6sch; filename*1=\"ung.pdf\"\n\nab", &[("files", "Löschung.pdf application/pdf 2 file")]),
        ("encoded word", b"From: a@mail.example\nContent-Type: application/pdf; name=\"=?utf-8?Q?L=C3=B6schung=2Epdf?=\"\n\nab", &[("files", "Löschung.pdf application/pdf 2 file")]),
        ("split encoded words", b"From: a@mail.example\nContent-Type: application/pdf; name=\"=?utf-8?Q?L=C3?=\n =?utf-8?Q?=B6schung=2Epdf?=\"\n\nab", &[("files", "Löschung.pdf application/pdf 2 file")]),
        ("raw utf-8", "From: a@mail.example\nContent-Type: application/pdf; name=\"Löschung.pdf\"\n\nab".as_bytes(), &[("files", "Löschung.pdf application/pdf 2 file")]),
        ("raw latin1", b"From: a@mail.example\nContent-Type: application/pdf; name=\"L\xf6schung f\xfcr mich.pdf\"\n\nab", &[("files", "Löschung für mich.pdf application/pdf 2 file")]),
        ("folders", b"From: a@mail.example\nContent-Type: image/png\nContent-Disposition: attachment; filename=\"../../etc/C:\\dir\\a b.png\"\n\nab", &[("files", "a b.png image/png 2 file")]),
        ("without quotes", b"From: a@mail.example\nContent-Type: image/png; name=my own picture.png\n\nab", &[("files", "my own picture.png image/png 2 file")]),
        ("only in the type", b"From: a@mail.example\nContent-Type: IMAGE/PNG; NAME=a.png\nContent-Disposition: attachment\n\nab", &[("files", "a.png image/png 2 file")]),
        ("no name", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\n--x\nContent-Type: text/plain\nContent-Disposition: attachment\n\nab\n--x--", &[("text", "hi"), ("files", "part-1.txt text/plain 2 file")]),
        ("text with a name", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\n--x\nContent-Type: text/plain; name=notes.txt\nContent-Disposition: inline; filename=notes.txt\n\nab\n--x--", &[("text", "hi"), ("files", "notes.txt text/plain 2 file")]),
        ("a letter with a name", b"From: a@mail.example\nContent-Type: text/plain; name=letter.txt\n\nplease\n", &[("text", "please")]),
        ("twice the same", b"From: a@mail.example\nContent-Type: image/png; name=old.png\nContent-Disposition: attachment; filename=new.png\n\nab", &[("files", "new.png image/png 2 file")]),
    ]);
}

#[test]
fn what_is_kept_is_kept_as_what_it_is() {
    check(&[
        ("winmail", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\n--x\nContent-Type: application/ms-tnef; name=\"ATT0001.dat\"\nContent-Transfer-Encoding: base64\n\neJ8+Ig==\n--x--", &[("text", "hi"), ("files", "winmail.dat application/ms-tnef 4 winmail"), ("problems", "no_message_id winmail")]),
        ("winmail by its name", b"From: a@mail.example\nContent-Type: application/octet-stream; name=WINMAIL.DAT\n\nab", &[("files", "winmail.dat application/ms-tnef 2 winmail")]),
        ("a mail", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nsee this\n--x\nContent-Type: message/rfc822\n\nFrom: b@mail.example\nSubject: =?utf-8?q?old_l=C3=B6schen?=\n\nwords\n--x--", &[("text", "see this"), ("files", "old löschen.eml message/rfc822 65 message")]),
        ("a mail in base64", b"From: a@mail.example\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaGkKCng=\n", &[("files", "hi.eml message/rfc822 14 message")]),
        ("a mail with a name", b"From: a@mail.example\nContent-Type: message/rfc822; name=\"forwarded.eml\"\n\nFrom: b@mail.example\n\nwords", &[("files", "forwarded.eml message/rfc822 27 message")]),
        ("digest", b"From: a@mail.example\nContent-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: one\n\n1\n--x\n\nSubject: two\n\n2\n--x--", &[("files", "one.eml message/rfc822 15 message; two.eml message/rfc822 15 message")]),
        ("a report", b"From: a@mail.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nnot delivered\n--x\nContent-Type: message/delivery-status\n\nAction: failed\n--x\nContent-Type: text/rfc822-headers\n\nSubject: x\n--x--", &[("text", "not delivered"), ("files", "delivery-status.txt message/delivery-status 14 report; headers.txt text/rfc822-headers 10 report")]),
        ("a piece of a mail", b"From: a@mail.example\nContent-Type: message/partial; id=\"x\"; number=1\n\nab", &[("files", "part-0 message/partial 2 file"), ("problems", "no_message_id partial")]),
        ("elsewhere", b"From: a@mail.example\nContent-Type: message/external-body; access-type=URL\n\nab", &[("files", "part-0 message/external-body 2 file")]),
        ("a card", b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\n--x\nContent-Type: text/vcard\n\nBEGIN:VCARD\n--x--", &[("text", "hi"), ("files", "part-1.vcf text/vcard 11 file")]),
        ("double files of old", b"From: a@mail.example\nContent-Type: multipart/appledouble; boundary=x\n\n--x\nContent-Type: application/applefile; name=\"%a.png\"\n\nab\n--x\nContent-Type: image/png; name=a.png\n\nabc\n--x--", &[("files", "%a.png application/applefile 2 file; a.png image/png 3 file")]),
        ("a key", b"From: a@mail.example\nAutocrypt: addr=a@mail.example; keydata=abc\nContent-Type: application/pgp-keys\n\nab", &[("files", "key.asc application/pgp-keys 2 key"), ("protection", "")]),
    ]);
}

#[test]
fn uuencoded_files_are_opened() {
    check(&[
        ("one", b"From: a@mail.example\n\nbefore\nbegin 644 cat.txt\n#0V%T\n`\nend\nafter\n", &[("text", "before\nafter"), ("files", "cat.txt application/octet-stream 3 uuencoded")]),
        ("two", b"From: a@mail.example\n\none\nbegin 644 a.txt\n#0V%T\n`\nend\ntwo\nbegin 755 b.txt\n#0V%T\n \nend\nthree\n", &[("text", "one\ntwo\nthree"), ("files", "a.txt application/octet-stream 3 uuencoded; b.txt application/octet-stream 3 uuencoded")]),
        ("cut off", b"From: a@mail.example\n\nhi\nbegin 644 a.txt\n#0V%T\n", &[("text", "hi"), ("files", "a.txt application/octet-stream 3 uuencoded"), ("problems", "no_message_id cut_off")]),
        ("only words", b"From: a@mail.example\n\nbegin 644 words of mine\nand so on\n", &[("text", "begin 644 words of mine\nand so on"), ("files", "")]),
        ("with folders", b"From: a@mail.example\n\nbegin 644 ../../a.txt\n#0V%T\n`\nend\n", &[("text", ""), ("files", "a.txt application/octet-stream 3 uuencoded")]),
    ]);
}
