//! Where a signature begins: the mark of RFC 3676 section 4.3, and what is left of it when its space was lost. A rule
//! in the middle of a text is none.

use super::line::Line;

/// How many lines a signature under a damaged mark may have.
const MOST: usize = 14;

/// True where the line at `at` is the mark of a signature.
pub fn begins(lines: &[Line<'_>], at: usize) -> bool {
    let line = &lines[at];
    let content = line.content();
    if content
        .strip_prefix("--")
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| matches!(c, ' ' | '\u{a0}')))
    {
        return true;
    }
    if !matches!(line.bare.as_ref(), "--" | "—" | "– –" | "-- *" | "*--*") || content.starts_with(['\t', ' ']) {
        return false;
    }
    let below: Vec<&str> =
        lines[at + 1..].iter().map(|line| line.bare.as_ref()).filter(|bare| !bare.is_empty()).take(MOST + 1).collect();
    // what stands under it has to look like a name and what belongs to it
    let Some(first) = below.first() else { return false };
    let own: Vec<&&str> = below.iter().take_while(|bare| !bare.starts_with('>')).collect();
    own.len() <= MOST
        && first.chars().count() <= 40
        && (!first.ends_with(['.', '!', '?', ':', ';']) || ends_short(first))
        && !lines[at + 1].is_blank()
        && own.iter().all(|bare| bare.chars().count() <= 72 && !bare.starts_with("--"))
}

/// "Example Inc." is no sentence.
fn ends_short(first: &str) -> bool {
    let last = first.rsplit(' ').next().unwrap_or_default().to_lowercase();
    [
        "inc.", "ltd.", "co.", "corp.", "jr.", "sr.", "e.v.", "s.a.", "b.v.", "a.s.", "s.r.l.", "kg.", "m.a.", "ph.d.",
        "esq.",
    ]
    .contains(&last.as_str())
}
