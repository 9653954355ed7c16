//! Covers secrets in HTML that was cleaned, also where tags stand between their digits. Changes texts only, no tag.

use super::tags::{Token, name, tokens};
use crate::domain::secrets;

/// Tags within a line; every other one begins a new line.
const INLINE: [&str; 10] = ["span", "b", "i", "em", "strong", "u", "s", "code", "img", "a"];

/// Cleaned HTML with every secret of its text covered, and how many there were.
#[must_use]
pub fn mask(html: &str) -> (String, usize) {
    let tokens: Vec<_> = tokens(html).collect();
    let mut whole = String::with_capacity(html.len());
    let mut texts = Vec::new();
    for token in &tokens {
        match token {
            Token::Text(text) => {
                let start = whole.len();
                whole.push_str(&unescaped(text));
                texts.push(start..whole.len());
            }
            Token::Tag(tag) if !INLINE.contains(&name(tag).trim_start_matches('/')) => whole.push('\n'),
            Token::Tag(_) => {}
        }
    }
    let spans = secrets::find(&whole);
    if spans.is_empty() {
        return (html.to_owned(), 0);
    }
    let mut texts = texts.into_iter();
    let mut out = String::with_capacity(html.len());
    for token in tokens {
        match token {
            Token::Tag(tag) => out.push_str(tag),
            Token::Text(_) => {
                let Some(text) = texts.next() else { continue };
                let mut at = text.start;
                // both are in order; a secret that began in an earlier text was covered there
                let first = spans.partition_point(|span| span.end <= text.start);
                for span in spans[first..].iter().take_while(|span| span.start < text.end) {
                    if span.start >= text.start {
                        out.push_str(&escaped(&whole[at..span.start]));
                        out.push_str(&escaped(&secrets::cover(&whole[span.start..span.end], span.kind)));
                    }
                    at = span.end.min(text.end);
                }
                out.push_str(&escaped(&whole[at..text.end]));
            }
        }
    }
    (out, spans.len())
}

fn unescaped(text: &str) -> String {
    text.replace("&nbsp;", "\u{a0}")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\u{a0}', "&nbsp;")
}
