//! Transfer encodings and the shape of text.

use super::check;

#[test]
fn bodies_are_decoded() {
    check(&[
        ("garbage in base64", b"From: a@mail.example\nContent-Transfer-Encoding: BASE64 \n\naGVs!bG8g\ndGhlcmU=\n", &[("text", "hello there"), ("problems", "no_message_id transfer_encoding")]),
        ("no padding", b"From: a@mail.example\nContent-Transfer-Encoding: base64\n\naGVsbG8\n", &[("text", "hello")]),
        ("broken lines", b"From: a@mail.example\nContent-Transfer-Encoding: base64\n\naGV\nsbG\n8=\n", &[("text", "hello")]),
        ("footer below base64", b"From: a@mail.example\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n\n_______________\nthe list of people\n", &[("text", "hello")]),
        ("lower-case hex, soft end", b"From: a@mail.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nl=c3=b6sch=\nen=", &[("text", "löschen")]),
        ("bad escapes", b"From: a@mail.example\nContent-Transfer-Encoding: quoted-printable\n\n50=% of x=y\n", &[("text", "50=% of x=y")]),
        ("soft break with blanks", b"From: a@mail.example\nContent-Transfer-Encoding: Quoted-Printable\n\none=  \n two\n", &[("text", "one two")]),
        ("unknown encoding", b"From: a@mail.example\nContent-Transfer-Encoding: x-own\n\nhello\n", &[("text", "hello"), ("problems", "no_message_id transfer_encoding")]),
        ("encoding with a comment", b"From: a@mail.example\nContent-Transfer-Encoding: 7bit (plain)\n\nhello\n", &[("text", "hello"), ("problems", "no_message_id")]),
        ("uuencoded as a whole", b"From: a@mail.example\nContent-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a.txt\n#0V%T\n`\nend\n", &[("text", "Cat")]),
        ("flowed", b"From: a@mail.example\nContent-Type: text/plain; format=flowed\n\nThis is one \nparagraph.\n> quoted \n> words\n stuffed\n-- \nAnna\n", &[("text", "This is one paragraph.\n> quoted words\nstuffed\n-- \nAnna")]),
        ("flowed, blanks deleted", b"From: a@mail.example\nContent-Type: text/plain; format=flowed; delsp=yes\n\nunbreak \nable\n", &[("text", "unbreakable")]),
        ("not flowed", b"From: a@mail.example\n\none \ntwo\n", &[("text", "one \ntwo")]),
        ("html alone", b"From: a@mail.example\nContent-Type: text/html\n\n<p>Hello&nbsp;<b>there</b></p><p>bye</p>", &[("text", "Hello there\n\nbye"), ("html", "Hello there\n\nbye")]),
        ("html in latin1", b"From: a@mail.example\nContent-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<p>Gr=FC=DFe</p>\n", &[("text", "Grüße")]),
        ("html with links", b"From: a@mail.example\nContent-Type: text/html\n\nsee <a href=\"https://house.example/i/4471\">this</a><script>alert(1)</script>", &[("text", "see this <https://house.example/i/4471>")]),
        ("yEnc stays", b"From: a@mail.example\n\n=ybegin line=128 size=3 name=a\nabc\n=yend size=3\n", &[("text", "=ybegin line=128 size=3 name=a\nabc\n=yend size=3"), ("files", "")]),
    ]);
}
