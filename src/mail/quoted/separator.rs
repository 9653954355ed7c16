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
    let text = words.to_lowercase();
    if {
        let bare = text.trim_end_matches([':', '：', ' ']);
        words::ANNOUNCED.iter().any(|a| a == bare)
    } {
        return Some((at + 1, Strength::Sure));
    }
    if text.contains("above this line") && (text.contains("reply") || text.contains("write") || text.contains("type")) {
        return Some((at + 1, Strength::Sure));
    }
    let is_known = words::ORIGINALS.iter().any(|original| begins_with(&text, original));
    let has_headers =
        lines.get(next).and_then(|line| header::label(&line.bare)).is_some_and(|(kind, _)| kind != Kind::Other);
    let is_sure = match drawn {
        0 | 1 => is_known && has_headers && text.chars().count() < 40,
        _ => is_known || (has_headers && lines.get(next).is_some_and(|_| header::block(lines, next).is_some())),
    };
    is_sure.then_some((at + 1, Strength::Sure))
}

fn begins_with(text: &str, original: &str) -> bool {
    text.strip_prefix(original).is_some_and(|rest| !rest.starts_with(char::is_alphabetic) || !original.is_ascii())
}
