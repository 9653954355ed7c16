//! Tells what somebody wrote from what they only quote: earlier mails, signatures, what a telephone adds. Nothing is
//! ever cut: `pieces` gives back every byte in order, and what is quoted is folded where a mail is shown. Where it is
//! not certain that something is quoted it stays visible. Time grows with the text's length and no faster.

mod attribution;
mod fold;
mod header;
mod line;
mod marked;
mod phone;
mod separator;
mod signature;
mod words;

use fold::Fate;

/// A text in two: what was newly written, and what it quotes. Line ends are `\n`, outer blank lines are gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trimmed {
    /// What the person wrote, in order.
    pub visible: String,
    /// Earlier mails, with the lines that introduce them, and signatures, in order.
    pub quoted: String,
}

/// A stretch of whole lines of a text, with their line ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// To be read.
    Visible(String),
    /// To be folded away on the screen.
    Folded(String),
}

/// The whole of `text` in order: the pieces, one after the other, are `text` byte for byte.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut stretches: Vec<(bool, String)> = Vec::new();
    for (line, fate) in folded(text) {
        let is_kept = fate == Fate::Keep;
        match stretches.last_mut() {
            Some((kept, stretch)) if *kept == is_kept => stretch.push_str(line),
            _ => stretches.push((is_kept, line.to_owned())),
        }
    }
    let piece = |(is_kept, text)| if is_kept { Piece::Visible(text) } else { Piece::Folded(text) };
    stretches.into_iter().map(piece).collect()
}

/// What `text` says, and what it quotes.
#[must_use]
pub fn trim(text: &str) -> Trimmed {
    let (mut visible, mut quoted) = (Vec::new(), Vec::new());
    for piece in pieces(text) {
        match piece {
            Piece::Visible(text) => visible.push(text),
            Piece::Folded(text) => quoted.push(text),
        }
    }
    Trimmed { visible: joined(&visible), quoted: joined(&quoted) }
}

/// Stretches under each other, with one empty line where there were several at a seam.
fn joined(stretches: &[String]) -> String {
    let mut all = String::new();
    for stretch in stretches {
        let stretch = stretch.replace("\r\n", "\n").replace('\r', "\n");
        let begins_blank = stretch.lines().next().is_none_or(|line| line.trim().is_empty());
        if all.is_empty() {
            all.push_str(without_blank_lines_before(&stretch));
            continue;
        }
        let ends_blank = all.lines().next_back().is_none_or(|line| line.trim().is_empty());
        all.truncate(all.trim_end().len());
        all.push_str(if begins_blank || ends_blank { "\n\n" } else { "\n" });
        all.push_str(without_blank_lines_before(&stretch));
    }
    all.truncate(all.trim_end().len());
    all
}

fn without_blank_lines_before(text: &str) -> &str {
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n').filter(|(line, _)| line.trim().is_empty()) {
        debug_assert!(line.trim().is_empty());
        rest = after;
    }
    if rest.trim().is_empty() { "" } else { rest }
}

/// Every line as it stands in `text`, with what becomes of it.
fn folded(text: &str) -> impl Iterator<Item = (&str, Fate)> {
    let lines = line::lines(text);
    let fates = fold::fates(&lines);
    lines.into_iter().map(|line| line.raw).zip(fates)
}

#[cfg(test)]
mod tests;
