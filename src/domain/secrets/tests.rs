//! What counts as a secret and what does not; and that covering leaves nothing behind.

use super::*;
use proptest::prelude::*;

fn check(text: &str, expected: &str) {
    assert_eq!(masked(text), expected, "{text}");
}

fn untouched(text: &str) {
    check(text, text);
}

#[test]
fn cards_are_covered_however_they_are_grouped() {
    const COVERED: &str = "Card •••• •••• •••• 4242.";
    for card in [
        "4242424242424242",
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "4242\u{a0}4242\u{a0}4242\u{a0}4242",
        "42 42 42 42 42 42 42 42",
    ] {
        check(&format!("Card {card}."), COVERED);
    }
    check("3782 822463 10005, 12/27", "•••• •••• •••• 0005, 12/27");
    check("5555555555554444 12 27 123", "•••• •••• •••• 4444 12 27 123");
    check("६०११ ११११ ११११ १११७", "•••• •••• •••• १११७");
    check("4222222222222 and 30569309025904", "•••• •••• •••• 2222 and •••• •••• •••• 5904");
}

#[test]
fn other_numbers_stay_readable() {
    for text in [
        "order 4242424242424241",
        "order A4242424242424242",
        "4242424242424242x",
        "tracking 9400111899223100001234",
        "+91 98765 43210 or 0091 22 1234 5678",
        "919876543216",
        "call 555-12-345",
        "2026-11-24 10:15:30.123456",
        "1111 2222 3333 4444",
        "version 3.14.15.92.65.35.89.79",
        "R-10021, picture 0000000000000000",
        "000-12-3456, 666-12-3456, 912-12-3456, 123-00-4567, 123-45-0000",
    ] {
        untouched(text);
    }
}

#[test]
fn accounts_and_national_numbers_are_known_by_their_check_digits() {
    check("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [account number] please");
    check("gb82west12345698765432", "[account number]");
    check("NL91ABNA0417164300,", "[account number],");
    untouched("DE89 3704 0044 0532 0130 01");
    untouched("XX89370400440532013000");
    check("Aadhaar 2345 6789 0124", "Aadhaar [Aadhaar number]");
    untouched("Aadhaar 2345 6789 0123");
    check("my SSN: 219-09-9999", "my SSN: [social security number]");
}

#[test]
fn what_is_said_to_be_a_password_is_one() {
    check("Password: hunter2, thanks", "Password: [password], thanks");
    check("my password is \"tr0ub4dor&3\".", "my password is \"[password]\".");
    check("Passwort lautet: geheim", "Passwort lautet: [password]");
    check("mot de passe : soleil", "mot de passe : [password]");
    check("contraseña=abc123", "contraseña=[password]");
    check("मेरा पासवर्ड: राम123", "मेरा पासवर्ड: [password]");
    check("我的密码：abc123", "我的密码：[password]");
    check("Password:\nxK9-22 is it", "Password:\n[password] is it");
    check("Seed phrase: river stone apple", "Seed phrase: [password]");
    check("CVV is 123 and cvc: 9876", "CVV is [security code] and cvc: [security code]");
    for text in [
        "my password is wrong and the password was never changed",
        "I forgot my password. Hello: there",
        "passwords: are hard",
        "Password:\nHello Nisha",
        "password reset 123",
        "cvv? I gave no such number 12345",
    ] {
        untouched(text);
    }
}

#[test]
fn keys_are_known_by_their_shape() {
    check("use sk_live_abcdefghijklmnop1234.", "use [access key].");
    check("AKIAIOSFODNN7EXAMPLE", "[access key]");
    untouched("sk_live_short and AKIA");
    let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\nAAAA\n-----END RSA PRIVATE KEY-----";
    check(&format!("before\n{pem}\nafter"), "before\n[private key]\nafter");
    check("x -----BEGIN PRIVATE KEY-----\nMIIB", "x [private key]");
    untouched("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----");
}

#[test]
fn long_texts_are_read_in_time() {
    for part in
        ["4 ", "1234 5678 ", "password:", "pwd is a", "DE89 ", "-----BEGIN X", "•", "cvv ", "4242-", "seed phrase:"]
    {
        let text = part.repeat(200_000 / part.len());
        let begun = std::time::Instant::now();
        let _ = masked(&text);
        assert!(begun.elapsed().as_secs() < 20, "{part} took {:?}", begun.elapsed());
    }
}

proptest! {
    #[test]
    fn what_was_covered_holds_no_secret_any_more(
        words in proptest::collection::vec("[a-zA-Z0-9 .:=\\-]{0,20}|4242 4242 4242 4242|378282246310005|password: [a-z0-9]{1,9}|219-09-9999|2345 6789 0124|•|\n", 0..12),
    ) {
        let covered = masked(&words.concat());
        prop_assert_eq!(masked(&covered), covered.clone(), "{}", covered);
    }

    #[test]
    fn any_text_is_taken_and_spans_lie_in_order(text in "\\PC{0,200}") {
        let spans = find(&text);
        prop_assert!(spans.windows(2).all(|two| two[0].end <= two[1].start));
        prop_assert!(spans.iter().all(|s| s.start < s.end && text.get(s.start..s.end).is_some()));
    }

    #[test]
    fn a_card_with_right_digits_is_found_in_every_text(body in proptest::collection::vec(0_u8..10, 14), before in "[a-z ]{0,20} ", after in " [a-z ]{0,20}") {
        let mut digits = vec![4];
        digits.extend(body);
        let check = (0..10).find(|c| digits::is_luhn(&[&digits[..], &[*c]].concat())).unwrap_or_default();
        digits.push(check);
        let card: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
        let text = format!("{before}{card}{after}");
        prop_assert!(!masked(&text).contains(&card));
    }
}
