//! Charsets: old ones, rare ones, missing ones and wrong ones.

use super::check;

macro_rules! text {
    ($type:literal, $body:literal, $text:literal) => {
        (
            $type,
            concat_bytes(
                concat!("From: a@mail.example\nMessage-ID: <1@x>\nContent-Type: ", $type, "\n\n").as_bytes(),
                $body,
            ),
            &[("text", $text)],
        )
    };
}

/// Tables hold what lives as long as the test.
fn concat_bytes(head: &[u8], body: &[u8]) -> &'static [u8] {
    [head, body].concat().leak()
}

#[test]
fn texts_of_all_charsets_are_read() {
    check(&[
        text!("text/plain; charset=gb2312", b"\xc9\xbe\xb3\xfd", "删除"),
        text!("text/plain; charset=GB18030", b"\xc9\xbe\xb3\xfd", "删除"),
        text!("text/plain; charset=hz-gb-2312", b"~{I>3}~}", "删除"),
        text!("text/plain; charset=big5", b"\xa7\x52\xb0\xa3", "刪除"),
        text!("text/plain; charset=Big5-HKSCS", b"\xa7\x52\xb0\xa3", "刪除"),
        text!("text/plain; charset=shift_jis", b"\x8d\xed\x8f\x9c", "削除"),
        text!("text/plain; charset=cp932", b"\x87\x40\x8d\xed", "①削"),
        text!("text/plain; charset=euc-jp", b"\xba\xef\xbd\xfc", "削除"),
        text!("text/plain; charset=iso-2022-jp", b"\x1b$B:o=|\x1b(B", "削除"),
        text!("text/plain", b"\x1b$B:o=|\x1b(B ok", "削除 ok"),
        text!("text/plain; charset=euc-kr", b"\xbb\xe8\xc1\xa6", "삭제"),
        text!("text/plain; charset=ks_c_5601-1987", b"\xbb\xe8\xc1\xa6", "삭제"),
        text!("text/plain; charset=iso-2022-kr", b"\x1b$)C\x0e;hA&\x0f", "삭제"),
        text!("text/plain; charset=koi8-r", b"\xd5\xc4\xc1", "уда"),
        text!("text/plain; charset=koi8-u", b"\xa4", "є"),
        text!("text/plain; charset=windows-1251", b"\xe4\xe0", "да"),
        text!("text/plain; charset=ibm866", b"\xa4\xa0", "да"),
        text!("text/plain; charset=cp437", b"\x81", "ü"),
        text!("text/plain; charset=cp-850", b"\x81\xd5", "üı"),
        text!("text/plain; charset=tis-620", b"\xa1\xd2", "กา"),
        text!("text/plain; charset=macintosh", b"\x8a", "ä"),
        text!("text/plain; charset=iso-8859-2", b"\xb1", "ą"),
        text!("text/plain; charset=iso-8859-7", b"\xe1", "α"),
        text!("text/plain; charset=iso-8859-8-i", b"\xe0", "א"),
        text!("text/plain; charset=iso-8859-15", b"\xa4", "€"),
        text!("text/plain; charset=windows-1256", b"\xc7", "ا"),
        text!("text/plain; charset=utf-7", b"+AOQ- ok", "ä ok"),
        text!("text/plain; charset=utf-16le", b"h\x00\xe4\x00", "hä"),
        text!("text/plain; charset=utf-16", b"\xfe\xff\x00h\x00\xe4", "hä"),
        text!("text/plain; charset=utf-16be", b"\x00h\x00\xe4", "hä"),
        text!("text/plain; charset=\"utf8\"", b"\xc3\xa4", "ä"),
        text!("text/plain; charset=utf-8 (plain)", b"\xc3\xa4", "ä"),
        text!("text/plain; charset='utf-8'", b"\xc3\xa4", "ä"),
        text!("text/plain; charset=iso-8859-1", b"\x93x\x94 \x80", "“x” €"),
        text!("text/plain; charset=iso-8859-1", b"L\xc3\xb6schen", "Löschen"),
        text!("text/plain; charset=us-ascii", b"L\xc3\xb6schen", "Löschen"),
        text!("text/plain; charset=us-ascii", b"Bitte l\xf6schen Sie das", "Bitte löschen Sie das"),
        text!("text/plain; charset=utf-8", b"Bitte l\xf6schen Sie das", "Bitte löschen Sie das"),
        text!("text/plain; charset=unknown-8bit", b"L\xc3\xb6schen", "Löschen"),
        text!("text/plain; charset=x-unknown", b"Bitte l\xf6schen Sie das", "Bitte löschen Sie das"),
        text!("text/plain; charset", b"L\xc3\xb6schen", "Löschen"),
        text!("text/plain", b"L\xc3\xb6schen", "Löschen"),
        text!("text/html", b"<meta charset=\"koi8-r\"><p>\xd5\xc4\xc1</p>", "уда"),
        text!("text/html", b"<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>\xe4\xe0", "да"),
        text!("text/html; charset=utf-8", b"<meta charset=\"koi8-r\">\xc3\xa4", "ä"),
        text!("text/plain; charset=utf-8", b"\xef\xbb\xbf\xc3\xa4", "ä"),
    ]);
}
