//! A text with its own line breaks, in its own direction. What is quoted and what is very long is folded, never cut from
//! the record.

use crate::app::reading::{self, Piece};
use leptos::{either::Either, prelude::*};

/// Lines of one stretch that are shown before the rest is folded, and lines that are left over without folding.
const LINES: usize = 200;
const FEW: usize = 20;
/// Characters that a page shows of one text.
const MOST: usize = 100_000;

/// A text in one.
pub fn words(mut text: String) -> impl IntoView {
    let more = cut(&mut text);
    view! { <div class="words" dir="auto">{text}</div> {more} }
}

/// A mail's text: what is read first, earlier mail folded in its place.
pub fn pieces(text: &str) -> impl IntoView + use<> {
    let mut text = text.to_owned();
    let more = cut(&mut text);
    let piece = |piece: Piece| match piece {
        Piece::Visible(text) => Either::Left(visible(text.trim_matches('\n'))),
        Piece::Folded(text) => {
            let text = text.trim_matches('\n').to_owned();
            let says = format!("Earlier mail, {}", lines(text.lines().count()));
            Either::Right(folded(says, text))
        }
    };
    let is_empty =
        |piece: &Piece| matches!(piece, Piece::Visible(text) | Piece::Folded(text) if text.trim().is_empty());
    let all: Vec<_> = reading::pieces(&text).into_iter().filter(|piece| !is_empty(piece)).map(piece).collect();
    view! { {all} {more} }
}

fn visible(text: &str) -> impl IntoView + use<> {
    let count = text.lines().count();
    let end = text.match_indices('\n').nth(LINES - 1).map(|(at, _)| at).filter(|_| count > LINES + FEW);
    let (first, rest) = end.map_or((text, None), |at| (&text[..at], Some(text[at + 1..].to_owned())));
    let rest = rest.map(|rest| folded(format!("Show all, {} more", lines(rest.lines().count())), rest));
    view! { <div class="words" dir="auto">{first.to_owned()}</div> {rest} }
}

fn folded(says: String, text: String) -> impl IntoView {
    view! { <details class="earlier"><summary>{says}</summary><div class="words" dir="auto">{text}</div></details> }
}

fn lines(count: usize) -> String {
    if count == 1 { "one line".to_owned() } else { format!("{count} lines") }
}

/// Shortens a text that no page can hold; what to say about it.
fn cut(text: &mut String) -> Option<impl IntoView + use<>> {
    let end = text.char_indices().nth(MOST).map(|(at, _)| at);
    if let Some(at) = end {
        text.truncate(at);
    }
    end.map(|_| {
        view! { <p class="faint small">"Only the first 100,000 characters are shown here. The whole text is kept."</p> }
    })
}
