//! The HTML version of a mail, cleaned, as a document of its own for a frame; and the few pictures that may stand in it.
//! Reads nothing but the mail itself; decodes a picture only where pictures were asked for.

use super::{
    clean::{self, TooMuch},
    parse, picture,
};
use std::collections::HashMap;

/// How many pictures are shown, and bytes of each.
const MOST: usize = 20;
const LARGEST: usize = 2 << 20;

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

/// The HTML version of a mail; none when it has none. `pictures` decodes those that the mail brings along.
///
/// # Errors
/// When there is too much of it.
pub fn rich(raw: &[u8], with_pictures: bool) -> Result<Option<Rich>, TooMuch> {
    let Some(source) = parse::html(raw) else { return Ok(None) };
    let mut pictures = HashMap::new();
    if with_pictures {
        for id in clean::clean(&source, &pictures)?.pictures.into_iter().take(MOST) {
            let found = parse::inline_image(raw, &id, LARGEST).filter(|(kind, bytes)| picture::is_modest(kind, bytes));
            if let Some((kind, bytes)) = found {
                let data = format!("data:{kind};base64,{}", data_encoding::BASE64.encode(&bytes));
                pictures.insert(id, data);
            }
        }
    }
    let cleaned = clean::clean(&source, &pictures)?;
    let (html, secrets) = clean::mask(&cleaned.html);
    let brought = parse::content_ids(raw);
    let here = |id: &&String| brought.contains(id);
    Ok(Some(Rich {
        html,
        pictures: cleaned.pictures.iter().filter(here).count().min(MOST),
        shown: pictures.len(),
        remote: cleaned.remote,
        secrets,
    }))
}
