//! Numbers written in groups: payment cards, Aadhaar, social security numbers. A number counts only when its form, its
//! first digits and its check digits are right, so that orders, telephones and tracking numbers stay readable.

use super::{Secret, Span, digits};

/// Digits without anything between them.
#[derive(Debug, Clone)]
struct Group {
    start: usize,
    end: usize,
    digits: Vec<u8>,
    /// What stands before it in the run.
    gap: char,
    /// True where it touches a letter or follows covered digits, so that it is part of something else.
    is_part: bool,
}

/// More digits than any number that is looked for.
const LONGEST: usize = 19;

/// Every such number of `text`, in order.
pub fn find(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut run: Vec<Group> = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut before = None;
    let mut gap: Vec<char> = Vec::new();
    while let Some((start, c)) = chars.next() {
        if let Some(first) = digits::value(c) {
            let (mut end, mut digits) = (start + c.len_utf8(), vec![first]);
            while let Some((at, digit)) =
                chars.peek().and_then(|(at, c)| Some((*at + c.len_utf8(), digits::value(*c)?)))
            {
                end = at;
                // longer ones are nothing; their length alone matters
                if digits.len() <= LONGEST {
                    digits.push(digit);
                }
                chars.next();
            }
            let touches = |c: char| c.is_alphanumeric() || c == '_';
            let is_part = before.is_some_and(|c| touches(c) || c == '•' || c == '+')
                || chars.peek().is_some_and(|(_, c)| touches(*c) || *c == '•');
            let gap = gap.drain(..).next_back().unwrap_or('\0');
            run.push(Group { start, end, digits, gap, is_part });
            before = None;
        } else if !run.is_empty() && gap.len() < 2 && is_gap(c) {
            gap.push(c);
            before = None;
        } else {
            numbers(&run, &mut found);
            run.clear();
            gap.clear();
            // after covered digits the four that stay are not the beginning of another number
            let stays = c == ' ' && before == Some('•');
            before = if stays { before } else { Some(c) };
        }
    }
    numbers(&run, &mut found);
    found
}

/// What stands between the groups of a number.
fn is_gap(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{200b}' | '\u{ad}' | '-' | '.' | '\u{2010}'..='\u{2013}' | '−'
    )
}

/// The numbers among the groups of one run.
fn numbers(run: &[Group], found: &mut Vec<Span>) {
    let mut from = 0;
    while from < run.len() {
        let Some((kind, groups)) = number(run, from) else {
            from += 1;
            continue;
        };
        found.push(Span { start: run[from].start, end: run[from + groups - 1].end, kind });
        from += groups;
    }
}

/// The number that begins with the group `from`: what it is, and how many groups it has.
fn number(run: &[Group], from: usize) -> Option<(Secret, usize)> {
    const CARDS: [&[usize]; 8] =
        [&[4, 4, 4, 4, 3], &[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[6, 10], &[6, 13], &[8, 8], &[4, 4, 4, 1]];
    let rest = &run[from..];
    let fits = |form: &[usize]| {
        rest.len() >= form.len()
            && rest.iter().zip(form).all(|(group, size)| group.digits.len() == *size && !group.is_part)
    };
    let digits = |groups: usize| rest.iter().take(groups).flat_map(|g| g.digits.iter().copied()).collect::<Vec<u8>>();
    if let Some(form) = CARDS.iter().find(|form| fits(form) && is_card(&digits(form.len()))) {
        return Some((Secret::Card, form.len()));
    }
    if !rest[0].is_part && is_card(&rest[0].digits) {
        return Some((Secret::Card, 1));
    }
    // in groups of its writer's own making: only where nothing else stands in the run
    let is_whole = from == 0 && run.len() <= LONGEST && run.iter().all(|group| !group.is_part);
    if is_whole && is_card(&digits(run.len())) {
        return Some((Secret::Card, run.len()));
    }
    let next_is = |groups: usize, size: usize| rest.get(groups).is_some_and(|group| group.digits.len() == size);
    let before_is = |size: usize| from > 0 && run[from - 1].digits.len() == size;
    if fits(&[4, 4, 4]) && !next_is(3, 4) && !before_is(4) && is_aadhaar(&digits(3)) {
        return Some((Secret::Aadhaar, 3));
    }
    // Indian telephones with their country's number are as long
    let is_phone = |d: &[u8]| d.starts_with(&[9, 1]) && d[2] >= 6;
    if fits(&[12]) && is_aadhaar(&digits(1)) && !is_phone(&rest[0].digits) {
        return Some((Secret::Aadhaar, 1));
    }
    let dashed = rest.len() == 3 && from == 0 && rest[1..].iter().all(|group| is_dash(group.gap));
    if dashed && fits(&[3, 2, 4]) && is_social_security(&digits(3)) {
        return Some((Secret::SocialSecurity, 3));
    }
    None
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2013}')
}

/// A payment card by the first digits that issuers have (ISO/IEC 7812), its length and its check digit.
fn is_card(digits: &[u8]) -> bool {
    if !(13..=LONGEST).contains(&digits.len()) || !digits::is_luhn(digits) {
        return false;
    }
    let first = digits[..4].iter().fold(0_u16, |number, digit| number * 10 + u16::from(*digit));
    let sizes = match first {
        4000..=4999 => &[13, 16, 19][..],
        2221..=2720 | 5100..=5599 | 6060..=6099 | 8100..=8299 | 5080..=5089 => &[16],
        3400..=3499 | 3700..=3799 => &[15],
        3000..=3059 | 3095 | 3600..=3699 | 3800..=3999 => &[14, 16, 19],
        3528..=3589 | 6011 | 6200..=6299 | 6440..=6599 | 2200..=2204 => &[16, 17, 18, 19],
        5018 | 5020 | 5038 | 5893 | 6304 | 6759..=6763 => &[13, 14, 15, 16, 17, 18, 19],
        _ => return false,
    };
    sizes.contains(&digits.len())
}

fn is_aadhaar(digits: &[u8]) -> bool {
    digits.len() == 12 && digits[0] > 1 && digits::is_verhoeff(digits)
}

/// Numbers that the United States give out: no 000, 666 or 9xx first, no zeros alone (20 CFR 422; SSA, June 2011).
fn is_social_security(digits: &[u8]) -> bool {
    let [area, group, serial] = [&digits[..3], &digits[3..5], &digits[5..]];
    area != [0, 0, 0] && area != [6, 6, 6] && area[0] != 9 && group != [0, 0] && serial != [0, 0, 0, 0]
}
