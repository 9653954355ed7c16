//! What came with a letter: named and measured without being opened, and opened one by one for a download. A caller
//! has checked that the case is not restricted before anything is opened.

use super::{
    Attached, Limits,
    clean::file_name,
    head,
    part::{Context, Disposition, Part},
    text::{self, MOST_WITHIN, WITHIN},
    transfer::{self, Transfer},
    uu,
};
use crate::mail::outline::{self, Outline};

/// Every part that is no text of the letter, by what the mail says of it.
pub fn attached(outline: &Outline<'_>) -> Vec<Attached> {
    outline.parts.iter().enumerate().filter(|(_, part)| !part.is_letter()).map(|(n, part)| file(part, n)).collect()
}

fn file(part: &Part<'_>, number: usize) -> Attached {
    let is_shown = part.disposition == Disposition::Inline
        || (part.disposition == Disposition::Unsaid && part.content_id.is_some() && part.context == Context::Related);
    Attached {
        name: part.file_name(number),
        media_type: part.media_type(),
        encoded_size: part.body.len(),
        part: number,
        content_id: part.content_id.clone(),
        inline: is_shown,
        what: part.what(),
    }
}

/// Hands the bytes of one file to `take`, in pieces, until it answers false. Answers with its name and whether its
/// encoding was right; none where there is no such file.
pub fn open(outline: &Outline<'_>, number: usize, take: &mut dyn FnMut(&[u8]) -> bool) -> Option<(String, bool)> {
    let part = outline.parts.get(number % WITHIN)?;
    if number >= WITHIN {
        let (source, _) = text::source(part, 0);
        let files = uu::find(source.as_bytes(), MOST_WITHIN);
        let file = files.get(number / WITHIN - 1)?;
        uu::decode(&source.as_bytes()[file.data..file.end], take);
        return Some((file_name(&file.name, || format!("part-{number}")), true));
    }
    if part.is_letter() {
        return None;
    }
    let is_right = transfer::decode(&part.body, part.transfer, take);
    Some((part.file_name(number), is_right || part.transfer == Transfer::Unknown))
}

/// Decodes one attachment for a download: its name and its bytes. The caller has checked that the case is not
/// restricted.
#[must_use]
pub fn attachment(raw: &[u8], part: usize) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut take = |piece: &[u8]| {
        bytes.extend_from_slice(piece);
        true
    };
    let raw = super::plain_bytes(raw);
    let limits = Limits::default();
    let (name, _) = open(&outline::outline(&head::of_mail(&raw, limits.header_bytes), &limits), part, &mut take)?;
    Some((name, bytes))
}

/// The Content-IDs of the parts of a mail, in order.
#[must_use]
pub fn content_ids(raw: &[u8]) -> Vec<String> {
    let raw = super::plain_bytes(raw);
    let limits = Limits::default();
    let outline = outline::outline(&head::of_mail(&raw, limits.header_bytes), &limits);
    outline.parts.into_iter().filter_map(|part| part.content_id).collect()
}

/// A picture that the mail shows within its text, by its Content-ID: its type by its own first bytes and its bytes.
/// Only JPEG, PNG, GIF and WebP, and none of more than `most` bytes. The caller has checked that the case is not
/// restricted.
#[must_use]
pub fn inline_image(raw: &[u8], content_id: &str, most: usize) -> Option<(&'static str, Vec<u8>)> {
    const TYPES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];
    let raw = super::plain_bytes(raw);
    let limits = Limits::default();
    let outline = outline::outline(&head::of_mail(&raw, limits.header_bytes), &limits);
    let wanted = content_id.trim().trim_start_matches("cid:").trim_matches(['<', '>']);
    let part = outline.parts.iter().find(|part| part.content_id.as_deref() == Some(wanted) && !part.is_letter())?;
    let (bytes, _) = transfer::decoded(&part.body, part.transfer, most.saturating_add(1));
    let kind = infer::get(&bytes).map(|kind| kind.mime_type())?;
    let kind = TYPES.into_iter().find(|known| *known == kind)?;
    (bytes.len() <= most).then_some((kind, bytes))
}
