//! What is attached to a mail: names, kinds and sizes as the mail says them; fetched one by one, shown nowhere.

use crate::{
    app::case_page::Attachment,
    domain::identity::{MessageId, Reference},
    ui::paths,
};
use leptos::{either::Either, prelude::*};

/// The list; with links where `files` says so.
pub fn attached(attachments: Vec<Attachment>, reference: Reference, message: MessageId, files: bool) -> impl IntoView {
    let lines = attachments
        .into_iter()
        .map(|file| {
            let about = format!(" {}, {}", kind(&file), size(file.encoded_size));
            let name = if files {
                Either::Left(view! { <a href=paths::file(reference, message, file.part) download="">{file.name}</a> })
            } else {
                Either::Right(view! { <span>{file.name}</span> })
            };
            view! { <li>{name}<span class="faint">{about}</span></li> }
        })
        .collect_view();
    let says = if files { "Attached" } else { "Attached, not offered here because the case is restricted" };
    view! { <p class="faint small attached">{says}</p><ul class="files">{lines}</ul> }
}

/// What kind of thing it is, in plain words; of a file the type that the mail claims.
fn kind(file: &Attachment) -> String {
    let words = match file.what.as_str() {
        "uuencoded" => "a file from within the text (uuencoded)",
        "winmail" => "Outlook’s package of attachments (winmail.dat)",
        "message" => "another mail",
        "signature" => "a signature; not checked",
        "encrypted" => "encrypted; cannot be read here",
        "key" => "a key or certificate",
        "report" => "a mail server’s report",
        "calendar" => "an invitation",
        _ => return file.media_type.clone(),
    };
    words.to_owned()
}

/// A size that a person can judge; attachments are counted as they stand in the mail, so it is never exact.
#[must_use]
pub fn size(bytes: i64) -> String {
    const KB: i64 = 1 << 10;
    const MB: i64 = 1 << 20;
    if bytes < KB {
        format!("{bytes} bytes")
    } else if bytes < MB {
        format!("{} KB", bytes / KB)
    } else {
        format!("{}.{} MB", bytes / MB, bytes % MB * 10 / MB)
    }
}
