//! The HTML version of a mail, cleaned, as a document of its own for a frame; and the few pictures that may stand in it.
//! Reads nothing but the mail itself; decodes a picture only where pictures were asked for.

use super::{
    clean::{self, TooMuch},
    leaves::{Leaf, decoded, leaves},
};
use std::collections::HashMap;

/// How many pictures are shown, and bytes of each.
const MOST: usize = 20;
const LARGEST: usize = 2 << 20;
/// The kinds of pictures that are shown, told by their own first bytes.
const SHOWN: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// The HTML version of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rich {
    /// What goes between the tags of a document's body.
    pub html: String,
    /// How many pictures the mail brings along.
    pub pictures: usize,
    /// How many of them can be shown; counted only where they were asked for.
    pub shown: usize,
    /// How many pictures would have been loaded from elsewhere.
    pub remote: usize,
    /// How many secrets were covered.
    pub secrets: usize,
}

/// True when the mail has an HTML version.
#[must_use]
pub fn is_rich(raw: &[u8]) -> bool {
    leaves(raw).iter().any(is_letter)
}

fn is_letter(leaf: &Leaf) -> bool {
    leaf.media_type == "text/html" && !leaf.is_file
}

/// The HTML version of a mail; none when it has none. `pictures` decodes those that the mail brings along.
///
/// # Errors
/// When there is too much of it.
pub fn rich(raw: &[u8], with_pictures: bool) -> Result<Option<Rich>, TooMuch> {
    let leaves = leaves(raw);
    let parts: Vec<_> = leaves.iter().filter(|leaf| is_letter(leaf)).filter_map(|leaf| source(raw, leaf)).collect();
    if parts.is_empty() {
        return Ok(None);
    }
    let mut pictures = HashMap::new();
    if with_pictures {
        let wanted = clean::clean(&parts.concat(), &pictures)?.pictures;
        for id in wanted.into_iter().take(MOST) {
            if let Some(data) = picture(raw, &leaves, &id) {
                pictures.insert(id, data);
            }
        }
    }
    let cleaned = clean::clean(&parts.concat(), &pictures)?;
    let (html, secrets) = clean::mask(&cleaned.html);
    let here = |id: &&String| leaves.iter().any(|leaf| leaf.content_id.as_deref() == Some(id.as_str()));
    Ok(Some(Rich {
        html,
        pictures: cleaned.pictures.iter().filter(here).count().min(MOST),
        shown: pictures.len(),
        remote: cleaned.remote,
        secrets,
    }))
}

/// The HTML of one part, in whatever charset and encoding it came.
pub(super) fn source(raw: &[u8], leaf: &Leaf) -> Option<String> {
    let html = decoded(raw, leaf)?.body_html(0)?.into_owned();
    Some(html.chars().filter(|c| *c != '\0').collect())
}

/// A picture as a `data:` address, if it is one of the kinds that are shown and not too large.
fn picture(raw: &[u8], leaves: &[Leaf], id: &str) -> Option<String> {
    let leaf = leaves.iter().find(|leaf| leaf.content_id.as_deref() == Some(id))?;
    // as base64, which is a third longer, with its line ends
    if leaf.body.len() > LARGEST * 3 / 2 {
        return None;
    }
    let message = decoded(raw, leaf)?;
    let bytes = message.part(0)?.contents();
    let kind = infer::get(bytes).map(|kind| kind.mime_type()).filter(|kind| SHOWN.contains(kind))?;
    (bytes.len() <= LARGEST).then(|| format!("data:{kind};base64,{}", data_encoding::BASE64.encode(bytes)))
}
