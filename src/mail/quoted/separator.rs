//! The lines with which mail programs part an earlier mail from what is written above it.

use super::{
    fold::after_blanks,
    header::{self, Kind},
    line::Line,
    words,
};

/// How sure a line is that an earlier mail follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Only when marked lines follow.
    Likely,
    /// Whatever follows.
    Sure,
}

/// Where such a line stands at `at`: where it ends.
pub fn separator(lines: &[Line<'_>], at: usize) -> Option<(usize, Strength)> {
    let bare = lines[at].bare.as_ref();
    if bare.len() > 200 {
        return None;
    }
    let is_rule = |c: char| matches!(c, '-' | '_' | '=' | '*' | '–' | '—' | '─' | '#' | '~');
    let words = bare.trim_matches(|c: char| is_rule(c) || c == ' ');
    let drawn = bare.chars().take_while(|c| is_rule(*c)).count();
    let next = after_blanks(lines, at + 1);
    if words.is_empty() {
        // a rule alone only where headers follow
        let end =
            (drawn >= 5 && next <= at + 3).then(|| lines.get(next).and_then(|_| header::block(lines, next)))??;
        return Some((end, Strength::Sure));
    }
    if words.contains("above this line") {
        return Some((at + 1, Strength::Sure));
    }
    let is_drawn = drawn >= 2;
    let has_headers =
        lines.get(next).and_then(|line| header::label(&line.bare)).is_some_and(|(kind, _)| kind != Kind::Other);
    // most lines are none of these
    if !is_drawn && !has_headers && !bare.ends_with([':', '：']) {
        return None;
    }
    let text = words.to_lowercase();
    let announced = text.trim_end_matches([':', '：', ' ']);
    if words::ANNOUNCED.iter().any(|known| known == announced) {
        return Some((at + 1, Strength::Sure));
    }
    let is_known = || words::ORIGINALS.iter().any(|original| begins_with(&text, original));
    let is_sure = if is_drawn {
        (has_headers && header::block(lines, next).is_some()) || is_known()
    } else {
        has_headers && text.chars().count() < 40 && is_known()
    };
    is_sure.then_some((at + 1, Strength::Sure))
}

fn begins_with(text: &str, original: &str) -> bool {
    text.strip_prefix(original).is_some_and(|rest| !rest.starts_with(char::is_alphabetic) || !original.is_ascii())
}
