use super::*;

fn check(label: &str, bytes: &[u8], expected: &str) {
    assert_eq!(decode(bytes.to_vec(), label).text, expected, "{label}");
}

#[test]
fn the_charsets_of_the_world_read() {
    check("gb2312", &[0xc9, 0xbe, 0xb3, 0xfd], "删除");
    check("gb18030", &[0x81, 0x30, 0x81, 0x30], "\u{80}");
    check("big5", &[0xa7, 0x52, 0xb0, 0xa3], "刪除");
    check("shift_jis", &[0x8d, 0xed, 0x8f, 0x9c], "削除");
    check("cp932", &[0x87, 0x40], "①");
    check("euc-kr", &[0xbb, 0xe8, 0xc1, 0xa6], "삭제");
    check("iso-2022-jp", b"\x1b$B:o=|\x1b(B", "削除");
    check("iso-2022-kr", b"\x1b$)C\x0e;hA&\x0f ok", "삭제 ok");
    check("hz-gb-2312", b"~{I>3}~} ok ~~", "删除 ok ~");
    check("koi8-r", &[0xd5, 0xc4, 0xc1], "уда");
    check("ibm866", &[0xa4, 0xa0], "да");
    check("cp437", &[0x81, 0xe1], "üß");
    check("cp-850", &[0x81, 0xd5], "üı");
    check("IBM852", &[0x9c], "ť");
    check("utf-7", b"Hi +AOQ-+Jjo +- x", "Hi ä☺ + x");
    check("utf-16le", &[0x41, 0, 0xe4, 0], "Aä");
    check("utf-16", &[0, 0x41, 0, 0xe4], "Aä");
    check("utf-16", &[0xff, 0xfe, 0x41, 0], "A");
    check("macintosh", &[0x8a], "ä");
    check("tis-620", &[0xa1], "ก");
    check("\"utf8\"", "ä".as_bytes(), "ä");
    check("windows_1251", &[0xe4], "д");
    check("iso-8859-1", &[0x93, 0x80, 0x94], "“€”");
}

#[test]
fn a_wrong_label_is_found_out() {
    let told = |label: &str, bytes: &[u8], expected: &str| {
        let decoded = decode(bytes.to_vec(), label);
        assert_eq!(decoded.text, expected, "{label}");
        assert!(decoded.trouble.is_some(), "{label}");
    };
    told("us-ascii", "Löschen".as_bytes(), "Löschen");
    told("us-ascii", b"L\xf6schen bitte", "Löschen bitte");
    told("utf-8", b"Bitte l\xf6schen Sie mein Konto", "Bitte löschen Sie mein Konto");
    told("iso-8859-1", "Löschen".as_bytes(), "Löschen");
    told("x-no-such-thing", "Löschen".as_bytes(), "Löschen");
    told("utf-8", b"\xc3\xb6\xc3\xa4\xc3\xbc\xc3", "öäü\u{fffd}");
}
