//! What happened, oldest first: mail, notes and statements in full, every other event as one line.
//! Text is always text: an address in it never becomes a link.

#![expect(clippy::must_use_candidate, reason = "Leptos' macro makes properties of a component's arguments")]

mod files;
mod html;
pub mod look;
mod mail;
mod secrets;
mod words;

pub use files::size;

use crate::{
    app::case_page::{Entry, What},
    domain::{event::Purpose, identity::Reference, time::Instant},
    ui::{
        components::icon::{Icon, Shape},
        paths,
    },
};
use chrono::Datelike;
use chrono_tz::Tz;
use leptos::{either::Either, prelude::*};
use look::Look;
use mail::MailIn;
use words::words;

/// Mails whose words are the machine's.
const MACHINE: [&str; 3] =
    [Purpose::Acknowledgement.label(), Purpose::Verification.label(), Purpose::Recipient.label()];

/// A timeline or a stretch of one.
#[component]
pub fn Timeline(
    /// Oldest first.
    entries: Vec<Entry>,
    /// The case they belong to.
    reference: Reference,
    /// True where attachments may be fetched.
    files: bool,
    /// What somebody asked to see of the mails; none where they are only told.
    #[prop(optional)]
    look: Option<Look>,
    /// The moment the page speaks of.
    now: Instant,
    /// The zone of its dates.
    zone: Tz,
) -> impl IntoView {
    let lines = entries
        .into_iter()
        .map(|entry| {
            let at = moment(entry.at, now, zone);
            line(entry, at, reference, files, look.as_ref())
        })
        .collect_view();
    view! { <ol class="line">{lines}</ol> }
}

fn line(entry: Entry, at: AnyView, reference: Reference, files: bool, look: Option<&Look>) -> AnyView {
    let who = entry.who;
    match entry.what {
        What::MailIn {
            message,
            address,
            subject,
            text,
            secrets,
            rich,
            dmarc,
            trust,
            remarks,
            attachments,
            automatic,
        } => {
            let how = if automatic { "automatic answer" } else { "by mail" };
            // of a mail that was erased the address is gone, too
            let how = if address.is_empty() { how.to_owned() } else { format!("{how} from {address}") };
            let id = look.is_some().then(|| format!("mail-{}", message.0));
            let mail = MailIn { message, subject, text, secrets, rich, dmarc, trust, remarks, attachments };
            long("mail-in", id, Shape::Mail, who, how, at, mail::body(mail, reference, files, look))
        }
        What::Statement { channel, text } => {
            let how = channel.map_or_else(
                || "on the page of the case".to_owned(),
                |channel| format!("by {}, as written down", channel.label().to_lowercase()),
            );
            long("statement", None, Shape::Spoken, who, how, at, words(text))
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
            long("mail-out", None, Shape::Sent, who, format!("to {address}"), at, body)
        }
        What::LetterKept { subject, text, purpose } => {
            let text = if MACHINE.contains(&purpose) {
                Either::Left(view! { <details><summary>{subject}</summary>{words(text)}</details> })
            } else {
                Either::Right(view! { <p class="subject" dir="auto">{subject}</p> {words(text)} })
            };
            let kept = format!("{purpose}: kept for the person to read on the page of the case");
            let body = view! { {text} <p class="fate"><span>{kept}</span></p> };
            long("mail-out", None, Shape::Sent, who, "on the page of the case".to_owned(), at, body)
        }
        What::Note { text } => {
            long("note", None, Shape::Note, who, "internal note, never sent".to_owned(), at, words(text))
        }
        What::Event { lead, rest, reason } => event(&who, lead, rest, reason, at),
    }
}

/// Something with words of its own.
fn long(
    class: &'static str,
    id: Option<String>,
    shape: Shape,
    who: String,
    how: String,
    at: AnyView,
    body: impl IntoView,
) -> AnyView {
    view! {
        <li class=class id=id>
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

fn moment(at: Instant, now: Instant, zone: Tz) -> AnyView {
    let same_year = at.local(zone).year() == now.local(zone).year();
    let says = if same_year { at.short(zone) } else { at.local(zone).format("%-d %b %Y, %H:%M").to_string() };
    view! { <time class="at" datetime=at.rfc3339()>{says}</time> }.into_any()
}
