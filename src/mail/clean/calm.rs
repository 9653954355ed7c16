//! Takes from HTML what would make its parsing grow without end: attributes of tags that a parser opens again and again
//! (HTML, section 13.2.4.3). Not what makes it safe; that is the allow-list's work.

/// Tags that a parser remembers when they are closed in the wrong order. With attributes it remembers each one; without,
/// three of a kind.
const REMEMBERED: [&str; 13] =
    ["big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u", "b"];

/// `html` with every such tag bare.
pub fn calm(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        if let Some(name) = remembered(rest) {
            out.push_str(&rest[..name]);
            out.push('>');
            rest = after_tag(&rest[name..]);
        }
    }
    out.push_str(rest);
    out
}

/// How long the name of such a tag is, where one with attributes begins.
fn remembered(rest: &str) -> Option<usize> {
    let end = rest.find([' ', '\t', '\n', '\r', '\u{c}', '/'])?;
    let is_one = end <= 6 && REMEMBERED.iter().any(|name| name.eq_ignore_ascii_case(&rest[..end]));
    (is_one && end > 0).then_some(end)
}

/// What follows the tag's end; a bracket within quotes does not end it.
fn after_tag(rest: &str) -> &str {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '>') => return &rest[at + 1..],
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    // a tag that never ends is no tag, and neither is anything behind it
    ""
}
