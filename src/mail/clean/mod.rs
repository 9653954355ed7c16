//! HTML of strangers as it may be shown: words, tables and lists from a tiny allow-list, and nothing that acts, loads or
//! leads elsewhere. Links become text with their target behind it; pictures are only those that the caller hands over.
//! Never asks the network, never trusts what it is given, never takes longer or more memory than a letter needs.

mod calm;
mod secrets;
mod tags;
#[cfg(test)]
mod tests;

use ammonia::Builder;
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

pub use secrets::mask;

/// Bytes of HTML that are looked at.
const LARGEST: usize = 1_000_000;
/// Beginnings of tags that are looked at.
const MOST_TAGS: usize = 8_000;

/// What is shown of a text's form; everything else loses its tags and keeps its words.
const SHOWN: [&str; 29] = [
    "p",
    "br",
    "div",
    "span",
    "b",
    "i",
    "em",
    "strong",
    "u",
    "s",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "hr",
];
/// What goes with everything in it.
const GONE: [&str; 22] = [
    "script",
    "style",
    "title",
    "svg",
    "math",
    "template",
    "noscript",
    "iframe",
    "frame",
    "frameset",
    "object",
    "applet",
    "embed",
    "textarea",
    "select",
    "option",
    "xmp",
    "noembed",
    "noframes",
    "plaintext",
    "video",
    "audio",
];

/// HTML that may be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// The body's inside: tags of the allow-list only, every one of them closed.
    pub html: String,
    /// The Content-IDs of pictures that the mail brings along and wants shown, each once, in order.
    pub pictures: Vec<String>,
    /// How many pictures would have been loaded from elsewhere; none was.
    pub remote: usize,
}

/// The HTML is larger or more tangled than a letter can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the HTML is larger or more tangled than a letter can be")]
pub struct TooMuch;

/// Cleans `html`. `pictures` are `data:` addresses by Content-ID; a picture that is not among them becomes its words.
/// May need a large stack and some time: not for a thread that serves others.
///
/// # Errors
/// When there is too much of it.
pub(crate) fn clean(html: &str, pictures: &HashMap<String, String>) -> Result<Cleaned, TooMuch> {
    if html.len() > LARGEST || html.bytes().filter(|b| *b == b'<').count() > MOST_TAGS {
        return Err(TooMuch);
    }
    let first = links_and_pictures().clean(&calm::calm(html)).to_string();
    let mut cleaned = Cleaned::default();
    let (told, shown) = tags::told(&first, pictures, &mut cleaned);
    // the second pass is the one that counts: whatever the first and our own words made, only the list comes out
    let html = words_and_pictures().clean(&told).to_string();
    cleaned.html = shown.iter().enumerate().fold(html, |html, (n, data)| {
        // a real tag: text never holds an angle bracket
        html.replace(&format!("<img src=\"cid:{n}\""), &format!("<img src=\"{data}\""))
    });
    Ok(cleaned)
}

fn shared() -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(SHOWN.into_iter().chain(["img"]).collect())
        .clean_content_tags(GONE.into())
        .generic_attributes(["dir", "lang"].into())
        .tag_attributes(["td", "th"].into_iter().map(|tag| (tag, HashSet::from(["colspan", "rowspan"]))).collect())
        .strip_comments(true)
        .link_rel(None)
        .url_relative(ammonia::UrlRelative::Deny);
    builder
}

/// The first pass: links and pictures still have their addresses, for `tags` to tell of.
fn links_and_pictures() -> Builder<'static> {
    let mut builder = shared();
    builder
        .add_tags(["a"])
        .add_tag_attributes("a", ["href"])
        .add_tag_attributes("img", ["src", "alt"])
        .url_schemes(["http", "https", "mailto", "tel", "cid"].into());
    builder
}

/// The second pass: no address but the number of a picture that we hold.
fn words_and_pictures() -> Builder<'static> {
    let mut builder = shared();
    builder.add_tag_attributes("img", ["src", "alt"]).url_schemes(["cid"].into()).attribute_filter(|_, name, value| {
        let is_number = |v: &str| v.strip_prefix("cid:").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let is_size = |v: &str| v.len() <= 3 && v.bytes().all(|b| b.is_ascii_digit());
        let keeps = match name {
            "src" => is_number(value),
            "colspan" | "rowspan" => is_size(value),
            "dir" => matches!(value, "ltr" | "rtl" | "auto"),
            "lang" => value.len() <= 35 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
            _ => true,
        };
        keeps.then_some(Cow::Borrowed(value))
    });
    builder
}
