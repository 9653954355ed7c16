//! What happened, oldest first: mail, notes and statements in full, every other event as one line.
//! Text is always text: an address in it never becomes a link.

#![expect(clippy::must_use_candidate, reason = "Leptos' macro makes properties of a component's arguments")]

use crate::{
    app::case_page::{Attachment, Entry, What},
    domain::{
        event::Purpose,
        identity::{MessageId, Reference},
        time::Instant,
    },
    ui::{
        components::icon::{Icon, Shape},
        paths,
    },
};
use chrono::Datelike;
use chrono_tz::Tz;
use leptos::{either::Either, prelude::*};

/// Mails whose words are the machine's.
const MACHINE: [&str; 2] = [Purpose::Acknowledgement.label(), Purpose::Verification.label()];

/// A timeline or a stretch of one.
#[component]
pub fn Timeline(
    /// Oldest first.
    entries: Vec<Entry>,
    /// The case they belong to.
    reference: Reference,
    /// True where attachments may be fetched.
    files: bool,
    /// The moment the page speaks of.
    now: Instant,
    /// The zone of its dates.
    zone: Tz,
) -> impl IntoView {
    let lines = entries
        .into_iter()
        .map(|entry| {
            let at = moment(entry.at, now, zone);
            line(entry, at, reference, files)
        })
        .collect_view();
    view! { <ol class="line">{lines}</ol> }
}

fn line(entry: Entry, at: AnyView, reference: Reference, files: bool) -> AnyView {
    let who = entry.who;
    match entry.what {
        What::MailIn { message, address, subject, text, attachments, automatic } => {
            let how =
                if automatic { format!("automatic answer from {address}") } else { format!("by mail from {address}") };
            let subject = (!subject.is_empty()).then(|| view! { <p class="subject" dir="auto">{subject}</p> });
            let attached = (!attachments.is_empty()).then(|| attached(attachments, reference, message, files));
            long("mail-in", Shape::Mail, who, how, at, view! { {subject}{words(text)}{attached} })
        }
        What::Statement { channel, text } => {
            let how = format!("by {}, as written down", channel.label().to_lowercase());
            long("statement", Shape::Spoken, who, how, at, words(text))
        }
        What::MailOut { mail, address, subject, text, purpose, fate, failed } => {
            let tag = if failed { "fate is-over" } else { "fate" };
            // what the machine wrote is folded: the page is for what people said
            let text = if MACHINE.contains(&purpose) {
                Either::Left(view! { <details><summary>{subject}</summary>{words(text)}</details> })
            } else {
                Either::Right(view! { <p class="subject" dir="auto">{subject}</p> {words(text)} })
            };
            let body = view! {
                {text}
                <p class=tag>
                    {failed.then(|| view! { <i class="mark" aria-hidden="true"></i> })}
                    <span><a href=paths::mail_out(mail)>{purpose}</a>": "{fate}</span>
                </p>
            };
            long("mail-out", Shape::Sent, who, format!("to {address}"), at, body)
        }
        What::Note { text } => long("note", Shape::Note, who, "internal note, never sent".to_owned(), at, words(text)),
        What::Event { lead, rest, reason } => event(&who, lead, rest, reason, at),
    }
}

/// Something with words of its own.
fn long(class: &'static str, shape: Shape, who: String, how: String, at: AnyView, body: impl IntoView) -> AnyView {
    view! {
        <li class=class>
            <span class="disc"><Icon shape /></span>
            <div class="who-line"><h3>{who}</h3><span class="how">{how}</span>{at}</div>
            <div class="mail">{body}</div>
        </li>
    }
    .into_any()
}

fn event(who: &str, lead: String, rest: String, reason: Option<String>, at: AnyView) -> AnyView {
    let by = (who != "Recourse").then(|| format!(" by {who}"));
    let reason = reason.map(|reason| view! { <p class="reason" dir="auto">{reason}</p> });
    view! {
        <li class="small-event">
            <span class="dot"></span>
            <div class="event"><p><b>{lead}</b>" "{rest}{by}" "{at}</p>{reason}</div>
        </li>
    }
    .into_any()
}

/// A text with its own line breaks, in its own direction. Of a text nobody could read to the end, the beginning.
fn words(mut text: String) -> impl IntoView {
    const MOST: usize = 100_000;
    let cut = text.char_indices().nth(MOST).map(|(at, _)| at);
    if let Some(at) = cut {
        text.truncate(at);
    }
    let more = cut.map(|_| {
        view! { <p class="faint small">"Only the first 100,000 characters are shown here. The whole text is kept."</p> }
    });
    view! { <div class="words" dir="auto">{text}</div> {more} }
}

fn attached(attachments: Vec<Attachment>, reference: Reference, message: MessageId, files: bool) -> impl IntoView {
    let lines = attachments
        .into_iter()
        .map(|file| {
            let about = format!(" {}, {}", file.media_type, size(file.encoded_size));
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

fn moment(at: Instant, now: Instant, zone: Tz) -> AnyView {
    let same_year = at.local(zone).year() == now.local(zone).year();
    let says = if same_year { at.short(zone) } else { at.local(zone).format("%-d %b %Y, %H:%M").to_string() };
    view! { <time class="at" datetime=at.rfc3339()>{says}</time> }.into_any()
}
