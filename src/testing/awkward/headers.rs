//! Headers: names, addresses, subjects, dates and ids as they should not be written.

use super::check;

#[test]
fn who_wrote_is_found() {
    check(&[
        ("plain", b"From: Anna <a@mail.example>\nTo: P@House.example\nSubject: hi\nDate: Mon, 23 Nov 2026 10:00:00 +0000\nMessage-ID: <1@mail.example>\n\nhello\n", &[("from", "Anna <a@mail.example>"), ("to", "p@house.example"), ("subject", "hi"), ("id", "1@mail.example"), ("date", "2026-11-23T10:00:00Z"), ("text", "hello"), ("problems", "")]),
        ("no from, reply-to", b"Subject: hi\nReply-To: Ben <b@mail.example>\nReturn-Path: <c@mail.example>\n\nx", &[("from", "Ben <b@mail.example>"), ("problems", "sender no_message_id")]),
        ("bad from, return-path", b"From: Anna\nReturn-Path: <c@mail.example>\nSender: d@mail.example\n\nx", &[("from", "Anna <c@mail.example>")]),
        ("null return-path, sender", b"From: undisclosed\nReturn-Path: <>\nSender: D <d@mail.example>\n\nx", &[("from", "D <d@mail.example>")]),
        ("nobody", b"Subject: from nobody\n\nhello\n", &[("from", " <>"), ("text", "hello"), ("problems", "no_sender no_message_id")]),
        ("empty from", b"From:\nReply-To:\nSubject: x\n\ny", &[("from", " <>")]),
        ("group in from", b"From: Team: a@mail.example, b@mail.example;\n\nx", &[("from", " <a@mail.example>")]),
        ("empty group", b"From: undisclosed-recipients:;\nSender: s@mail.example\n\nx", &[("from", " <s@mail.example>")]),
        ("comment in the address", b"From: a(work)@mail.example (Anna)\n\nx", &[("from", "Anna <a@mail.example>")]),
        ("no brackets", b"From: Anna Test a@mail.example\n\nx", &[("from", "Anna Test <a@mail.example>")]),
        ("brackets not closed", b"From: Anna <a@mail.example\n\nx", &[("from", "Anna <a@mail.example>")]),
        ("two From", b"From: Anna <a@mail.example>\nFrom: Ben <b@mail.example>\n\nx", &[("from", "Anna <a@mail.example>"), ("problems", "doubled several_senders no_message_id")]),
        ("first From is bad", b"From: nobody\nFrom: Ben <b@mail.example>\n\nx", &[("from", "Ben <b@mail.example>")]),
        ("several in From", b"From: a@mail.example, b@mail.example\n\nx", &[("from", " <a@mail.example>")]),
        ("name with a comma", b"From: \"Test, Anna\" <a@mail.example>\n\nx", &[("from", "Test, Anna <a@mail.example>")]),
        ("comma in an encoded word", b"From: =?utf-8?Q?Test=2C_Ren=C3=A9e?= <a@mail.example>\n\nx", &[("from", "Test, Renée <a@mail.example>")]),
        ("raw comma in an encoded word", b"From: =?utf-8?Q?Test, Ren=C3=A9e?= <a@mail.example>\n\nx", &[("from", "Test, Renée <a@mail.example>")]),
        ("encoded word within quotes", b"From: \"=?utf-8?B?UmVuw6ll?=\" <a@mail.example>\n\nx", &[("from", "Renée <a@mail.example>")]),
        ("all of it encoded", b"From: =?utf-8?B?UmVuw6llIDxhQG1haWwuZXhhbXBsZT4=?=\n\nx", &[("from", "Renée <a@mail.example>")]),
        ("address that looks like a name", b"From: \"b@other.example\" <a@mail.example>\n\nx", &[("from", "b@other.example <a@mail.example>")]),
        ("utf-8 address", "From: Jörg <jörg@bücher.example>\n\nx".as_bytes(), &[("from", "Jörg <jörg@bücher.example>")]),
        ("quoted local part", b"From: \"anna test\"@mail.example\n\nx", &[("from", " <\"anna test\"@mail.example>")]),
        ("route", b"From: <@relay.example:a@mail.example>\n\nx", &[("from", " <a@mail.example>")]),
        ("mailto", b"From: <mailto:a@mail.example>\n\nx", &[("from", " <a@mail.example>")]),
        ("folded", b"From: Anna\n\tTest\n <a@mail.example>\n\nx", &[("from", "Anna Test <a@mail.example>")]),
        ("recipients", b"From: a@mail.example\nTo: X <x@house.example>, x@house.example\nTo: y@house.example\nCc: z@house.example; w@house.example\nDelivered-To: V@house.example\n\nx", &[("to", "x@house.example y@house.example z@house.example w@house.example v@house.example")]),
        ("marks that turn the writing", "From: a\u{202e}b <a@mail.example>\nSubject: x \u{202e}z\n\nx".as_bytes(), &[("from", "ab <a@mail.example>"), ("subject", "x z")]),
        ("reply-to", b"From: a@mail.example\nReply-To: =?utf-8?q?Anna?= <r@mail.example>\n\nx", &[("reply_to", "r@mail.example"), ("from", " <a@mail.example>")]),
    ]);
}

#[test]
fn subjects_are_read() {
    check(&[
        ("split character", b"From: a@mail.example\nSubject: =?utf-8?Q?L=C3?=\n =?utf-8?Q?=B6schen?=\n\nx", &[("subject", "Löschen")]),
        ("raw blanks", b"From: a@mail.example\nSubject: =?utf-8?Q?please l=C3=B6schen?= now\n\nx", &[("subject", "please löschen now")]),
        ("unknown charset", b"From: a@mail.example\nSubject: =?x-none-such?Q?L=C3=B6schen?=\n\nx", &[("subject", "Löschen"), ("problems", "no_message_id header_charset")]),
        ("raw utf-8", "From: a@mail.example\nSubject: Löschen\n\nx".as_bytes(), &[("subject", "Löschen")]),
        ("raw latin1", b"From: a@mail.example\nSubject: L\xf6schen bitte, f\xfcr immer\n\nx", &[("subject", "Löschen bitte, für immer")]),
        ("raw cp1251 as the body", b"From: a@mail.example\nSubject: \xd3\xe4\xe0\xeb\xe8\xf2\xe5\nContent-Type: text/plain; charset=windows-1251\n\n\xe4\xe0", &[("subject", "Удалите"), ("text", "да")]),
        ("raw gbk as the body", b"From: a@mail.example\nSubject: \xc9\xbe\xb3\xfd\nContent-Type: text/plain; charset=gbk\n\n\xc9\xbe\xb3\xfd", &[("subject", "删除"), ("text", "删除")]),
        ("raw iso-2022-jp", b"From: a@mail.example\nSubject: \x1b$B:o=|\x1b(B\n\nx", &[("subject", "削除")]),
        ("cut off", b"From: a@mail.example\nSubject: =?utf-8?B?TMO2c2No\n\nx", &[("subject", "Lösch")]),
        ("encoded twice", b"From: a@mail.example\nSubject: =?utf-8?B?PT91dGYtOD9RP0w9QzM9QjZzY2hlbj89?=\n\nx", &[("subject", "Löschen")]),
        ("language", b"From: a@mail.example\nSubject: =?iso-8859-1*de?Q?L=F6schen?=\n\nx", &[("subject", "Löschen")]),
        ("no blank after the colon", b"From:a@mail.example\nSubject:hi\n\nx", &[("subject", "hi"), ("from", " <a@mail.example>")]),
        ("tab after the colon", b"From:\ta@mail.example\nSubject:\thi\tthere\n\nx", &[("subject", "hi there")]),
        ("blank before the colon", b"From : a@mail.example\nSubject : hi\n\nx", &[("subject", "hi")]),
        ("fold with nothing before it", b"From: a@mail.example\nSubject:\n hi\n there\n\nx", &[("subject", "hi there")]),
        ("first one empty", b"From: a@mail.example\nSubject:\nSubject: hi\n\nx", &[("subject", "hi")]),
        ("nul", b"From: a@mail.example\nSubject: a\x00b\x07c\n\nx\x00y", &[("subject", "abc"), ("text", "xy")]),
        ("shift_jis word", b"From: a@mail.example\nSubject: =?Shift_JIS?B?je2PnA==?=\n\nx", &[("subject", "削除")]),
    ]);
}

#[test]
fn ids_and_dates_are_read() {
    check(&[
        (
            "threads",
            b"From: a@mail.example\nMessage-ID: <3@x>\nIn-Reply-To: <2@x>\nReferences: <1@x>\n <2@x>\n\nx",
            &[("id", "3@x"), ("answers", "2@x 1@x"), ("own_id", "true")],
        ),
        (
            "id without brackets",
            b"From: a@mail.example\nMessage-ID: 3@x\nIn-Reply-To: Your mail of Monday <2@x>\n\nx",
            &[("id", "3@x"), ("answers", "2@x")],
        ),
        (
            "encoded ids",
            b"From: a@mail.example\nReferences: =?utf-8?q?=3C1=40x=3E?=\n =?utf-8?q?_=3C2=40x=3E?=\n\nx",
            &[("answers", "2@x 1@x")],
        ),
        (
            "no id",
            b"From: a@mail.example\nSubject: hi\n\nx\n",
            &[("own_id", "false"), ("id", "bbfed369f3c0808344cf15741f3790811386c847@content.invalid")],
        ),
        ("two digits", b"From: a@mail.example\nDate: 23 Nov 26 10:00 EST\n\nx", &[("date", "2026-11-23T15:00:00Z")]),
        (
            "comments",
            b"From: a@mail.example\nDate: Mon, 23 Nov 2026 15:30:00 +0530 (IST)\n\nx",
            &[("date", "2026-11-23T10:00:00Z"), ("problems", "no_message_id")],
        ),
        (
            "no zone",
            b"From: a@mail.example\nDate: Mon, 23 Nov 2026 10:00:00\n\nx",
            &[("date", "2026-11-23T10:00:00Z"), ("problems", "no_message_id date")],
        ),
        (
            "no date at all",
            b"From: a@mail.example\nDate: soon\n\nx",
            &[("date", ""), ("problems", "no_message_id date")],
        ),
        ("absurd", b"From: a@mail.example\nDate: Mon, 23 Nov 9999 10:00:00 +0000\n\nx", &[("date", "")]),
    ]);
}

#[test]
fn mails_begin_where_they_begin() {
    check(&[
        ("mailbox line", b"From a@mail.example Mon Nov 23 10:00:00 2026\n>From b@mail.example Mon Nov 23 10:00:00 2026\nFrom: a@mail.example\nSubject: hi\n\nFrom here on\n", &[("from", " <a@mail.example>"), ("subject", "hi"), ("text", "From here on")]),
        ("mark at the beginning", b"\xef\xbb\xbfFrom: a@mail.example\n\nx", &[("from", " <a@mail.example>"), ("text", "x")]),
        ("blank lines first", b"\n\r\n\nFrom: a@mail.example\n\nx", &[("from", " <a@mail.example>"), ("text", "x")]),
        ("CR alone", b"From: a@mail.example\rSubject: hi\r\rone\rtwo\r", &[("subject", "hi"), ("text", "one\ntwo")]),
        ("mixed line ends", b"From: a@mail.example\r\nSubject: hi\n there\r\n\none\r\ntwo\nthree", &[("subject", "hi there"), ("text", "one\ntwo\nthree")]),
        ("no headers", b"just some words\nwithout headers\n", &[("text", "just some words\nwithout headers"), ("problems", "no_headers no_sender no_message_id")]),
        ("words with a colon", b"Please: delete my data\n\nThanks", &[("text", "Please: delete my data\n\nThanks")]),
        ("no empty line", b"From: a@mail.example\nSubject: hi\nHello there,\nbye\n", &[("subject", "hi"), ("text", "Hello there,\nbye"), ("problems", "headers no_message_id")]),
        ("headers alone", b"From: a@mail.example\nSubject: hi", &[("subject", "hi"), ("text", "")]),
        ("nonsense among headers", b"From: a@mail.example\n=== relay said this ===\nSubject: hi\n\nx", &[("subject", "hi"), ("text", "x"), ("problems", "headers no_message_id")]),
        ("utf-16 as a whole", b"\xff\xfeF\x00r\x00o\x00m\x00:\x00 \x00a\x00@\x00b\x00.\x00e\x00x\x00a\x00m\x00p\x00l\x00e\x00\n\x00\n\x00h\x00i\x00", &[("from", " <a@b.example>"), ("text", "hi")]),
        ("bytes", &[0xff, 0xfe, 0xfa, 1, 2, 3], &[("from", " <>")]),
        ("nothing", b" \r\n\r\n", &[("over", "the message is empty")]),
    ]);
}
