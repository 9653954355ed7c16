//! A mail's text as it is laid out on the screen: what is read first, and what is folded away.

use crate::mail::quoted;

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// To be read.
    Visible(String),
    /// Earlier mail and the like: whole, but folded away.
    Folded(String),
}

/// The whole of `text` in order.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let piece = |piece| match piece {
        quoted::Piece::Visible(text) => Piece::Visible(text),
        quoted::Piece::Folded(text) => Piece::Folded(text),
    };
    quoted::pieces(text).into_iter().map(piece).collect()
}
