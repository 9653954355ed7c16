//! Blocks of headers that mail programs put above the mail they quote (From, Sent, To, Subject), in many languages.

use super::{line::Line, words};

/// What a header line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Who wrote.
    From,
    /// When.
    Date,
    /// To whom.
    To,
    /// To whom else.
    Copy,
    /// About what.
    Subject,
    /// Anything else that stands in such blocks.
    Other,
}

/// How many lines a block may have.
const MOST: usize = 16;

/// Where a block of headers begins at `at`: its end.
pub fn block(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let first = label(&lines[at].bare)?.0;
    if !matches!(first, Kind::From | Kind::Date | Kind::Subject) {
        return None;
    }
    // the head of somebody's own letter may begin with whom it is for
    if at > 0 && label(&lines[at - 1].bare).is_some_and(|(kind, _)| kind != Kind::Other) {
        return None;
    }
    let mut kinds = Vec::new();
    let (mut dated, mut addressed) = (false, false);
    let mut end = at;
    let mut next = at;
    while next < lines.len().min(at + MOST) {
        let line = &lines[next];
        if let Some((kind, value)) = label(&line.bare) {
            if kind != Kind::Other && !kinds.contains(&kind) {
                kinds.push(kind);
            }
            dated |= kind == Kind::Date && value.chars().any(char::is_numeric);
            addressed |= value.contains('@');
            end = next + 1;
        } else if line.is_blank() {
            // some programs leave a line empty after each header
            if lines.get(next + 1).is_none_or(|line| label(&line.bare).is_none()) {
                break;
            }
        } else if next >= end + 3 || line.bare.starts_with('>') {
            break;
        } else {
            // a list of recipients goes on in the next line
            addressed |= line.bare.contains('@');
        }
        next += 1;
    }
    // what continues the last header, up to the empty line
    if end < next && lines.get(next).is_none_or(Line::is_blank) {
        end = next;
    }
    let is_block = kinds.contains(&Kind::From)
        && ((kinds.len() >= 3 && (dated || addressed)) || (kinds.len() == 2 && dated && addressed));
    is_block.then_some(end)
}

/// The kind of a header line, and what it says.
pub fn label(bare: &str) -> Option<(Kind, &str)> {
    let text = bare.trim_start_matches(['*', '_', '|', ' ']);
    let colon = text.char_indices().take(40).find(|(_, c)| matches!(c, ':' | '：' | '|'));
    let (at, colon) = colon.filter(|(_, c)| *c != '|' || bare.starts_with('|'))?;
    let name = text[..at].trim().trim_matches(['*', '_', ' ']).to_lowercase();
    let value = text[at + colon.len_utf8()..].trim_matches(['*', '_', ' ', '|']);
    words::LABELS.get(&name).map(|kind| (*kind, value))
}
