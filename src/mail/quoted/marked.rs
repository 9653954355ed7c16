//! Lines that carry a quote mark: `>` in all its bent forms, a bar, or somebody's initials. A `>` in prose is none.

use super::line::Line;

/// For every line whether it is marked as quoted.
pub fn marked(lines: &[Line<'_>]) -> Vec<bool> {
    let mut is_marked: Vec<bool> = lines.iter().map(|line| is_quote(&line.bare)).collect();
    if is_marked.contains(&true) {
        drop_prose(lines, &mut is_marked);
    }
    mark_prefixed(lines, &mut is_marked);
    is_marked
}

/// Begins with an angle that is no arrow, no face and no embrace.
fn is_quote(bare: &str) -> bool {
    let Some(rest) = bare.strip_prefix(['>', '＞']) else { return false };
    let is_face = rest.len() <= 3 && rest.starts_with([':', '.', '_', ';', '<']) && !rest.is_empty();
    // ">>> read this <<<"
    let is_embrace = rest.ends_with("<<");
    !is_face && !is_embrace
}

/// A single line such as "> 18 years" or ">= 3", or one that a mailbox file has escaped (">From").
fn drop_prose(lines: &[Line<'_>], is_marked: &mut [bool]) {
    let mut suspects = Vec::new();
    let mut is_sure = false;
    let mut at = 0;
    while at < lines.len() {
        if !is_marked[at] {
            at += 1;
            continue;
        }
        let end = (at..lines.len()).find(|n| !is_marked[*n]).unwrap_or(lines.len());
        let after = lines[at].bare.trim_start_matches(['>', '＞']);
        let compares = compares(after.trim_start());
        let is_escaped = lines[at].bare.starts_with(">From ") || lines[at].bare.starts_with(">>From ");
        let introduced = at > 0
            && lines[..at]
                .iter()
                .rev()
                .take(3)
                .find(|line| !line.is_blank())
                .is_some_and(|line| line.bare.ends_with([':', '：']));
        if end - at == 1 && !introduced && is_escaped {
            is_marked[at] = false;
        } else if end - at == 1 && !introduced && compares {
            suspects.push(at);
        } else {
            is_sure = true;
        }
        at = end;
    }
    // where other lines are quoted, so are these
    if !is_sure {
        for at in suspects {
            is_marked[at] = false;
        }
    }
}

/// Goes on as a comparison does; a number with a point or a bracket behind it counts what is quoted.
fn compares(after: &str) -> bool {
    let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_counted = rest.len() < after.len()
        && rest.starts_with(['.', ')', ':'])
        && !rest[1..].starts_with(|c: char| c.is_ascii_digit());
    after.starts_with(|c: char| c.is_ascii_digit() || "=€$£".contains(c)) && !is_counted
}

/// Runs of two lines and more that begin with a bar, or with the same initials and an angle ("Jane> ").
fn mark_prefixed(lines: &[Line<'_>], is_marked: &mut [bool]) {
    let mut at = 0;
    while at < lines.len() {
        let Some(prefix) = prefix(&lines[at].bare) else {
            at += 1;
            continue;
        };
        let end = (at..lines.len())
            .find(|n| !lines[*n].bare.starts_with(prefix) || super::marked::prefix(&lines[*n].bare) != Some(prefix))
            .unwrap_or(lines.len());
        let after_colon = at > 0
            && lines[..at]
                .iter()
                .rev()
                .take(3)
                .find(|line| !line.is_blank())
                .is_some_and(|line| line.bare.ends_with([':', '：']));
        if end - at >= 2 || (after_colon && prefix != "|") {
            is_marked[at..end].fill(true);
        }
        at = end;
    }
}

fn prefix(bare: &str) -> Option<&str> {
    if let Some(rest) = bare.strip_prefix('|') {
        // a row of a table has further bars
        return (!rest.contains('|')).then_some("|");
    }
    let (initials, rest) = bare.split_once('>')?;
    let is_name = (1..=12).contains(&initials.len())
        && initials.starts_with(|c: char| c.is_ascii_uppercase())
        && initials.chars().all(|c| c.is_ascii_alphanumeric())
        && !matches!(initials, "SQL" | "PS" | "MariaDB" | "CREATE");
    (is_name && (rest.is_empty() || rest.starts_with([' ', '>']))).then_some(&bare[..=initials.len()])
}

/// The end of the run of marked lines that begins at `at`: blank lines between them belong to it, and so does a line
/// that lost its mark when it was wrapped.
pub fn run(lines: &[Line<'_>], is_marked: &[bool], at: usize) -> usize {
    let mut end = at + 1;
    loop {
        let next = super::fold::after_blanks(lines, end);
        if is_marked.get(next) == Some(&true) {
            end = next + 1;
        } else if next == end && is_remainder(lines, is_marked, end) {
            end += 1;
        } else {
            return end;
        }
    }
}

/// The end of a long quoted line that stands under it without a mark.
fn is_remainder(lines: &[Line<'_>], is_marked: &[bool], at: usize) -> bool {
    let (Some(line), true) = (lines.get(at), is_marked[at - 1]) else { return false };
    let before = &lines[at - 1].bare;
    let is_full = before.chars().count() >= 66 && !before.ends_with(['.', '!', '?', ':', '…', '>']);
    let continues = line.bare.starts_with(char::is_lowercase);
    let room = match lines.get(at + 1) {
        Some(next) if is_marked[at + 1] && !next.is_blank() => 45,
        Some(next) if next.is_blank() => 24,
        None => 24,
        Some(_) => 0,
    };
    is_full && continues && line.bare.chars().count() <= room
}
