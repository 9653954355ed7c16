//! The line, or the few lines, that say who wrote what is quoted below ("On … X wrote:").

use super::{fold::after_blanks, line::Line, separator::Strength, words};

/// How many lines an attribution may be broken over.
const MOST: usize = 4;
/// How long one may be, in bytes.
const LONGEST: usize = 600;
/// And how short.
const SHORTEST: usize = 6;

/// Where an attribution begins at `at`: its end.
pub fn attribution(lines: &[Line<'_>], is_marked: &[bool], at: usize) -> Option<(usize, Strength)> {
    if begins_text(&lines[at].bare) {
        return Some((at + 1, Strength::Sure));
    }
    for count in 1..=MOST {
        let end = at + count;
        let last = lines.get(end - 1).filter(|line| !line.is_blank() && !is_marked[end - 1])?;
        let is_above_marks = is_marked.get(after_blanks(lines, end)).is_some_and(|is_marked| *is_marked);
        // without a figure and without an address only a verb above marked lines can tell
        let tells = is_above_marks || lines[at..end].iter().any(|line| line.tells);
        if tells
            && may_end(&last.bare, is_above_marks)
            && let Some(strength) = reads(&lines[at..end], is_above_marks)
        {
            return begins_here(&lines[at..end], is_above_marks, strength).then_some((end, strength));
        }
        // no line in the middle of an attribution ends with a colon
        if last.bare.ends_with([':', '：']) {
            return None;
        }
    }
    None
}

/// Some telephones put the quoted text behind the colon, with spaces between.
fn begins_text(bare: &str) -> bool {
    bare.split_once(":  ").is_some_and(|(before, _)| {
        before.len() <= LONGEST
            && has_email(before)
            && read(&format!("{before}:"), opens(before), false) == Some(Strength::Sure)
    })
}

/// An attribution ends with a colon; some with an address, with rules, or with the verb.
fn may_end(bare: &str, is_above_marks: bool) -> bool {
    let text = bare.trim_end_matches(['*', '_', ' ']);
    text.ends_with([':', '：'])
        || text.ends_with("---")
        || (is_above_marks && (text.ends_with(['>', ')']) || words::VERBS.ends(text)))
}

/// Whether `lines`, read as one, are an attribution.
fn reads(lines: &[Line<'_>], is_above_marks: bool) -> Option<Strength> {
    if lines.iter().map(|line| line.bare.len()).sum::<usize>() > LONGEST {
        return None;
    }
    let text = lines.iter().map(|line| line.bare.as_ref()).collect::<Vec<_>>().join(" ");
    let strength = read(&text, opens(&lines[0].bare), is_above_marks)?;
    let says_more = text.contains('@') || text.contains(char::is_numeric);
    (lines.len() == 1 || says_more).then_some(strength)
}

/// Whether one line of text is an attribution. `opens` says that it begins as they do.
fn read(text: &str, opens: bool, is_above_marks: bool) -> Option<Strength> {
    if text.len() < SHORTEST {
        return None;
    }
    let text = with_plain_digits(&text.to_lowercase());
    let is_dashed = text.starts_with("---") && text.ends_with("---");
    let text = text.trim_matches(['-', '*', '_', ' ']);
    let ends_colon = text.ends_with([':', '：']) || is_dashed;
    let text = text.trim_end_matches([':', '：', ' ']);
    let email = has_email(text);
    let (time, date) = (has_time(text), has_date(text));
    let is_dated = email && (time || date) || time && date && (opens || text.len() < 120);
    if !is_dated && !is_above_marks {
        return None;
    }
    let said = words::VERBS.find(text);
    let verb = said.is_some();
    let ends_with_email = email && text.ends_with(['>', ')', ']']);
    let is_bare = ends_with_email && time && date && opens;
    let is_told = verb && (email || opens || said.is_some_and(|at| is_name(&text[..at])));
    if ends_colon && (is_told && is_dated || is_bare) && words::OWN.find(text).is_none() {
        return Some(Strength::Sure);
    }
    let is_named = verb || words::QUOTING.iter().any(|quoting| text.starts_with(quoting.as_str()));
    let is_short = ends_colon && is_named && text.len() <= 250;
    let is_addressed = email && (time || date) && (ends_colon || ends_with_email);
    (is_above_marks && (is_short || is_addressed || verb && (email || date && opens))).then_some(Strength::Likely)
}

/// "Jane Doe wrote on 2 November at 10:05": a name of a few words, then the verb.
fn is_name(before_verb: &str) -> bool {
    let mut words = before_verb.split_whitespace();
    (1..=4).contains(&words.clone().count())
        && !before_verb.contains([',', '.', ';'])
        && !words.any(|word| words::OTHERS.iter().any(|other| other == word))
}

/// `lines`, read as an attribution, are not one line of the person's own above one that begins further down.
fn begins_here(lines: &[Line<'_>], is_above_marks: bool, strength: Strength) -> bool {
    let further: Vec<usize> =
        (1..lines.len()).filter(|from| reads(&lines[*from..], is_above_marks) >= Some(strength)).collect();
    if further.iter().any(|from| opens(&lines[*from].bare)) {
        return false;
    }
    let first = lines[0].bare.as_ref();
    let is_name = first.chars().count() <= 60 && !first.ends_with(['.', '!', '?', ':', ',']);
    lines.len() == 1
        || opens(first)
        || (further.is_empty() && (is_name || first.contains('@')))
        || (is_name && further.iter().all(|from| lines[*from].bare.starts_with('<')))
}

/// Begins as attributions do: with "On" in some language, with a day, with a date.
fn opens(bare: &str) -> bool {
    let text = bare.trim_start_matches(['-', '*', '"', ' ']);
    if text.ends_with(['.', '!', '?']) && !text.contains(|c: char| c.is_numeric()) {
        return false;
    }
    let text = with_plain_digits(&text.to_lowercase());
    let word = text.split([' ', ',', '.']).next().unwrap_or_default();
    if words::OPENERS.iter().any(|opener| opener == word) || ["在", "ในวันที่", "เมื่อ"].iter().any(|o| text.starts_with(o))
    {
        return true;
    }
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    if digits > 0 {
        let rest = &text[digits..];
        return match digits {
            1 | 2 => rest.starts_with(['.', '/', '-', ' ']) && has_date(&text),
            4 => rest.starts_with(['-', '/', '.', '年', '년']),
            _ => false,
        };
    }
    // a day's name, then the day
    let rest = text[word.len()..].trim_start_matches([',', '.', ' ', '(', ')']);
    word.chars().count() <= 14
        && word.chars().all(char::is_alphabetic)
        && rest.starts_with(|c: char| c.is_ascii_digit())
        && has_date(&text)
}

fn has_email(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let before = text[..at].ends_with(|c: char| c.is_alphanumeric() || "._-+".contains(c));
        let domain: String = text[at + 1..].chars().take_while(|c| c.is_alphanumeric() || ".-".contains(*c)).collect();
        before && domain.trim_matches('.').contains('.')
    })
}

/// Two figures, a mark, two figures: 10:05, 10.05, 10h05.
fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |n: usize| bytes.get(n).is_some_and(u8::is_ascii_digit);
    (1..bytes.len()).any(|n| {
        matches!(bytes[n], b':' | b'h' | b'.') && digit(n - 1) && digit(n + 1) && digit(n + 2) && !digit(n + 3)
    })
}

/// A year, or three numbers as a date.
fn has_date(text: &str) -> bool {
    let mut numbers: Vec<&str> = Vec::new();
    let mut triple = false;
    for word in text.split(|c: char| !(c.is_ascii_digit() || "./-".contains(c))) {
        let parts: Vec<&str> = word.split(['.', '/', '-']).filter(|part| !part.is_empty()).collect();
        triple |= parts.len() == 3 && parts.iter().all(|part| part.len() <= 4);
        numbers.extend(parts);
    }
    triple
        || numbers.iter().any(|n| n.len() == 4 && ["19", "20", "21", "25", "13", "14"].iter().any(|c| n.starts_with(c)))
}

/// Arabic, Persian, Indian and Thai figures as the plain ones.
fn with_plain_digits(text: &str) -> String {
    let plain = |c: char| {
        let zero = match c {
            '٠'..='٩' => '٠',
            '۰'..='۹' => '۰',
            '०'..='९' => '०',
            '০'..='৯' => '০',
            '๐'..='๙' => '๐',
            '０'..='９' => '０',
            _ => return c,
        };
        char::from_digit(c as u32 - zero as u32, 10).unwrap_or(c)
    };
    text.chars().map(plain).collect()
}
