//! Decimal digits of the world's scripts, and the check digits of numbers. No text, no places.

/// Where the ten digits of a script begin (Unicode general category Nd).
const ZEROS: [u32; 40] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
    0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x11066, 0x1E950,
];

/// The digit that a character is.
pub fn value(c: char) -> Option<u8> {
    let code = u32::from(c);
    if c.is_ascii() {
        return c.to_digit(10).and_then(|d| u8::try_from(d).ok());
    }
    // mathematical digits: five alphabets of ten
    if (0x1D7CE..=0x1D7FF).contains(&code) {
        return u8::try_from((code - 0x1D7CE) % 10).ok();
    }
    let zero = ZEROS.iter().rev().find(|zero| **zero <= code)?;
    u8::try_from(code - zero).ok().filter(|digit| *digit < 10)
}

/// The check of payment card numbers (ISO/IEC 7812-1, annex B).
pub fn is_luhn(digits: &[u8]) -> bool {
    let doubled = |d: u8| if d > 4 { d * 2 - 9 } else { d * 2 };
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(n, d)| u32::from(if n % 2 == 1 { doubled(*d) } else { *d })).sum();
    sum.is_multiple_of(10)
}

/// The check of Aadhaar numbers (Verhoeff).
pub fn is_verhoeff(digits: &[u8]) -> bool {
    let check = digits.iter().rev().enumerate().fold(0_u8, |check, (n, d)| dihedral(check, permuted(n % 8, *d)));
    check == 0
}

/// Multiplication in the dihedral group of order ten: rotations below five, reflections from five.
fn dihedral(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// The digit after `times` of Verhoeff's permutation.
fn permuted(times: usize, digit: u8) -> u8 {
    const STEP: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    (0..times).fold(digit, |d, _| STEP[usize::from(d % 10)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_count() {
        for (text, expected) in [("0९9", "099"), ("٣۳３", "333"), ("𝟗𝟘", "90"), ("௧๕", "15")] {
            let read: String = text.chars().filter_map(value).map(|d| char::from(b'0' + d)).collect();
            assert_eq!(read, expected, "{text}");
        }
        assert!("aⅣ²½a०".chars().filter(|c| value(*c).is_some()).eq("०".chars()));
    }

    #[test]
    fn check_digits_find_a_wrong_digit_and_two_swapped() {
        let (card, person) = ([4, 2, 4, 2, 4, 2, 4, 2, 4, 2, 4, 2, 4, 2, 4, 2], [2, 3, 6]);
        assert!(is_luhn(&card) && is_verhoeff(&person));
        let mut wrong = card;
        wrong[3] = 3;
        assert!(!is_luhn(&wrong));
        assert!(!is_verhoeff(&[3, 2, 6]) && !is_verhoeff(&[2, 3, 5]));
    }
}
