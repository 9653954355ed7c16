//! Walks through the lines of a text once and decides what becomes of each.

use super::{
    attribution, header,
    line::Line,
    marked, phone,
    separator::{self, Strength},
    signature,
};

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is what the person wrote.
    Keep,
    /// It is quoted for certain: marked, or what introduces marked lines, or what a telephone adds.
    Fold,
    /// It is taken for quoted only because of where it stands: kept when nothing else would be left to read.
    FoldTail,
}

/// The fate of every line.
pub fn fates(lines: &[Line<'_>]) -> Vec<Fate> {
    let is_marked = marked::marked(lines);
    let mut fates = vec![Fate::Keep; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        let (end, fate) = if lines[at].is_blank() {
            (at + 1, Fate::Keep)
        } else if is_marked[at] {
            (marked::run(lines, &is_marked, at), Fate::Fold)
        } else if let Some(found) = introduced(lines, &is_marked, at) {
            found
        } else if phone::is_signature(lines, &is_marked, at) {
            (at + 1, Fate::Fold)
        } else if signature::begins(lines, at) {
            (signature_end(lines, &is_marked, at), Fate::FoldTail)
        } else {
            (at + 1, Fate::Keep)
        };
        fates[at..end].fill(fate);
        at = end;
    }
    let is_empty =
        |fates: &[Fate]| !lines.iter().zip(fates).any(|(line, fate)| *fate == Fate::Keep && !line.is_blank());
    if is_empty(&fates) {
        for fate in fates.iter_mut().filter(|fate| **fate == Fate::FoldTail) {
            *fate = Fate::Keep;
        }
    }
    // only where every line is marked there is nothing new to read
    if is_empty(&fates) && !is_marked.contains(&true) {
        fates.fill(Fate::Keep);
    }
    fold_blanks(lines, &mut fates);
    fates
}

/// Where what begins at `at` introduces an earlier mail: where that mail ends, and how certain that is.
fn introduced(lines: &[Line<'_>], is_marked: &[bool], at: usize) -> Option<(usize, Fate)> {
    let (mut end, mut strength) = introduction(lines, is_marked, at)?;
    let mut next = after_blanks(lines, end);
    // a separator, then a block of headers, then an attribution
    for _ in 0..4 {
        let Some((further, found)) = lines.get(next).and_then(|_| introduction(lines, is_marked, next)) else { break };
        strength = strength.max(found);
        end = further;
        next = after_blanks(lines, end);
    }
    if is_marked.get(next) == Some(&true) {
        return Some((marked::run(lines, is_marked, next), Fate::Fold));
    }
    (strength == Strength::Sure).then_some((lines.len(), Fate::FoldTail))
}

/// The lines from `at` that announce an earlier mail: where they end.
fn introduction(lines: &[Line<'_>], is_marked: &[bool], at: usize) -> Option<(usize, Strength)> {
    if is_marked[at] {
        return None;
    }
    separator::separator(lines, at)
        .or_else(|| header::block(lines, at).map(|end| (end, Strength::Sure)))
        .or_else(|| attribution::attribution(lines, is_marked, at))
}

/// A signature reaches to the end, or to the mail that is quoted below it.
fn signature_end(lines: &[Line<'_>], is_marked: &[bool], at: usize) -> usize {
    let quotes = |n: &usize| is_marked[*n] || introduced(lines, is_marked, *n).is_some();
    (at + 1..lines.len()).find(|n| !lines[*n].is_blank() && quotes(n)).unwrap_or(lines.len())
}

pub fn after_blanks(lines: &[Line<'_>], from: usize) -> usize {
    (from..lines.len()).find(|n| !lines[*n].is_blank()).unwrap_or(lines.len())
}

/// Blank lines with nothing to read on one of their sides go with what is folded.
fn fold_blanks(lines: &[Line<'_>], fates: &mut [Fate]) {
    if !fates.iter().any(|fate| *fate != Fate::Keep) {
        return;
    }
    let mut at = 0;
    while at < lines.len() {
        if fates[at] != Fate::Keep || !lines[at].is_blank() {
            at += 1;
            continue;
        }
        let end = (at..lines.len()).find(|n| fates[*n] != Fate::Keep || !lines[*n].is_blank()).unwrap_or(lines.len());
        let reads_before = at > 0 && fates[at - 1] == Fate::Keep;
        let reads_after = end < lines.len() && fates[end] == Fate::Keep;
        if !reads_before && !reads_after {
            fates[at..end].fill(Fate::Fold);
        }
        at = end;
    }
}
