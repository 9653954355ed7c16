//! Reads HTML that the allow-list wrote, where every tag is whole and every bracket in a text is escaped, and tells in
//! words what may not act: where a link leads, which picture is not shown. Not for anything that a stranger wrote.

use super::Cleaned;
use std::collections::HashMap;

/// A piece of cleaned HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// A tag with its brackets.
    Tag(&'a str),
    /// What stands between tags, escaped.
    Text(&'a str),
}

/// The pieces of cleaned HTML; one after the other they are the whole.
pub fn tokens(html: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let is_tag = rest.starts_with('<');
        let end = if is_tag { tag_end(rest) } else { rest.find('<') }.unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(if is_tag { Token::Tag(piece) } else { Token::Text(piece) })
    })
}

/// Where a tag's bracket closes, outside of quotes.
fn tag_end(rest: &str) -> Option<usize> {
    let mut is_quoted = false;
    for (at, c) in rest.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            '>' if !is_quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The name of a tag, with the slash of one that closes.
pub fn name(tag: &str) -> &str {
    let inside = tag.trim_start_matches('<').trim_end_matches('>');
    inside.split([' ', '>']).next().unwrap_or_default()
}

/// The value of an attribute, escaped as it stands.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[from..].split('"').next()
}

/// `html` with links and pictures told in words, and the pictures that are shown, by their number.
pub fn told(html: &str, pictures: &HashMap<String, String>, found: &mut Cleaned) -> (String, Vec<String>) {
    let (mut out, mut shown) = (String::with_capacity(html.len()), Vec::new());
    let mut link: Option<(&str, usize)> = None;
    for token in tokens(html) {
        let tag = match token {
            Token::Text(text) => {
                out.push_str(text);
                continue;
            }
            Token::Tag(tag) => tag,
        };
        match name(tag) {
            "a" => link = attribute(tag, "href").map(|target| (target, out.len())),
            "/a" => {
                if let Some((target, from)) = link.take()
                    && !out[from..].contains(target)
                {
                    out.push_str(" ‹");
                    out.push_str(&target.replace('<', "&lt;").replace('>', "&gt;"));
                    out.push('›');
                }
            }
            "img" => out.push_str(&picture(tag, pictures, found, &mut shown)),
            _ => out.push_str(tag),
        }
    }
    (out, shown)
}

fn picture(tag: &str, pictures: &HashMap<String, String>, found: &mut Cleaned, shown: &mut Vec<String>) -> String {
    let source = attribute(tag, "src").unwrap_or_default();
    let alt = attribute(tag, "alt").unwrap_or_default().replace('<', "&lt;").replace('>', "&gt;");
    let id = source.strip_prefix("cid:").map(|id| id.replace("&amp;", "&"));
    match &id {
        Some(id) if !found.pictures.contains(id) => found.pictures.push(id.clone()),
        None if source.starts_with("http") => found.remote += 1,
        _ => {}
    }
    // shown once: a mail that repeats its picture a thousand times must not become a thousand times as large
    if let Some(data) = id.and_then(|id| pictures.get(&id)).filter(|data| !shown.contains(data)) {
        shown.push(data.clone());
        return format!("<img src=\"cid:{}\" alt=\"{alt}\">", shown.len() - 1);
    }
    // one dot wide, to learn who reads: no words, nothing lost
    if alt.trim().is_empty() { String::new() } else { format!("<i>[picture: {alt}]</i>") }
}
