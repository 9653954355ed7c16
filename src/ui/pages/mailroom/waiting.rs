//! Mail that waits for somebody: the list, and one mail with what can be decided about it. What it says is shown as text;
//! its files are named and stay closed.

use crate::{
    app::quarantine::{Content, MessageState, Opening, Waiting},
    ui::{
        components::{
            error_box::ErrorBox,
            field::TextField,
            notice::{Meaning, Notice},
            rows::RESTRICTED,
        },
        form::Problems,
        pages::case::timeline::size,
        paths,
    },
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// The rows of a list.
pub(super) fn rows(mails: Vec<Waiting>, zone: Tz) -> AnyView {
    let row = |mail: Waiting| {
        let about = match (&mail.face, mail.walled) {
            (Some((who, about)), _) => format!("{who}: {about}"),
            (None, true) => RESTRICTED.to_owned(),
            (None, false) => "What it says is not read yet".to_owned(),
        };
        let near = mail.near.map(|near| {
            view! { ", points at "<a href=paths::case(near)>{near.to_string()}</a> }
        });
        view! {
            <li>
                <span><a href=paths::mail_in(mail.id)>{format!("Mail {}", mail.id.0)}</a>
                    " to "{mail.short}", "{size(mail.size)}{near}</span>
                <time class="dim" datetime=mail.received.rfc3339()>{mail.received.short(zone)}</time>
                <small dir="auto">{about}</small>
                <small>{sentence(&mail.why)}</small>
            </li>
        }
    };
    view! { <ul class="list roomy">{mails.into_iter().map(row).collect_view()}</ul> }.into_any()
}

fn sentence(why: &str) -> String {
    let mut letters = why.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// One mail with what can be decided about it; `typed` is the reference or the reason that was refused.
pub(super) fn one(opening: Opening, typed: &str, problems: Problems, zone: Tz) -> AnyView {
    let Opening { waiting: facts, content, unread, decides } = opening;
    let readable = content.is_some();
    let gone = facts.state == MessageState::Discarded;
    let lead = match (gone, unread) {
        (true, _) => format!("It was discarded: {}", facts.why),
        (false, true) => format!("It could not be read: {}", facts.why),
        (false, false) => format!("It waits because {}.", facts.why),
    };
    let says = if gone {
        "It stays stored, and can be put back."
    } else {
        "It is stored as it came, was not answered, and is quoted nowhere. Its clocks run from the moment it reached us once it belongs to a case."
    };
    let near = facts.near.map(|near| {
        view! { <dt>"Points at"</dt><dd><a href=paths::case(near)>{near.to_string()}</a></dd> }
    });
    let acts = (decides && (readable || gone)).then(|| decisions(&facts, unread, typed, &problems));
    view! {
        <div class="head">
            <div><a class="crumb quiet" href=paths::MAIL>"← Mail, waiting"</a>
                <h1>{format!("Mail {}", facts.id.0)}</h1></div>
        </div>
        <ErrorBox problems=problems.clone() />
        <Notice meaning=Meaning::Trouble lead><p>{says}</p></Notice>
        <dl class="pairs">
            <dt>"Product"</dt><dd>{facts.short.clone()}</dd>
            <dt>"Received"</dt><dd>{facts.received.in_words(zone)}</dd>
            <dt>"Size"</dt><dd>{size(facts.size)}</dd>
            {near}
        </dl>
        {acts}
        {said(content)}
    }
    .into_any()
}

fn said(content: Option<Content>) -> AnyView {
    let Some(content) = content else {
        return view! { <p class="dim after">"What it holds is seen by restricted responders only."</p> }.into_any();
    };
    let who = [&content.name, &content.address].into_iter().filter(|s| !s.is_empty()).cloned().collect::<Vec<_>>();
    let files = (!content.files.is_empty()).then(|| {
        let names = content.files.iter().map(|f| format!("{} ({}, {})", f.name, f.media_type, size(f.encoded_size)));
        let names = names.collect::<Vec<_>>().join(", ");
        view! { <dt>"Files"</dt><dd>{names}" – closed until the mail belongs to a case"</dd> }
    });
    let remarks = content.trust.into_iter().chain(content.remarks).map(|line| view! { <li>{line}</li> }).collect_view();
    view! {
        <section class="after" aria-labelledby="h-says">
            <h2 id="h-says">"What it says"</h2>
            <dl class="pairs">
                {pair("From", who.join(", "))}
                {pair("Subject", content.subject)}
                {files}
            </dl>
            <ul class="plain dim">{remarks}</ul>
            <div class="words" dir="auto">{content.text}</div>
        </section>
    }
    .into_any()
}

fn pair(term: &'static str, says: String) -> Option<impl IntoView> {
    (!says.is_empty()).then(|| view! { <dt>{term}</dt><dd dir="auto">{says}</dd> })
}

/// The ways out, the likeliest first.
fn decisions(facts: &Waiting, unread: bool, typed: &str, problems: &Problems) -> AnyView {
    let action = paths::mail_in(facts.id);
    if facts.state == MessageState::Discarded {
        return view! {
            <form class="acts after" method="post" action=action>
                <button class="btn main" name="do" value="put_back">"Put it back"</button></form>
        }
        .into_any();
    }
    let again = unread.then(|| {
        view! { <button class="btn" name="do" value="read_again">"Read it again"</button> }
    });
    let to = if problems.of("to").is_some() {
        typed.to_owned()
    } else {
        facts.near.map(|near| near.to_string()).unwrap_or_default()
    };
    let reason = if problems.of("reason").is_some() { typed.to_owned() } else { String::new() };
    view! {
        <section class="after" aria-labelledby="h-decide">
            <h2 id="h-decide">"Decide"</h2>
            <form class="sheet" method="post" action=action.clone()>
                <TextField id="to" label="It belongs to this case" value=to problems=problems.clone() />
                <p class="acts"><button class="btn main" name="do" value="attach">"Add it to the case"</button></p>
            </form>
            <form class="acts after" method="post" action=action.clone()>
                <button class="btn" name="do" value="release">"Open a case of its own"</button>
                {again}
            </form>
            <details class="act after" open=problems.of("reason").is_some()>
                <summary class="btn quiet">"Discard it"</summary>
                <form class="sheet" method="post" action=action>
                    <TextField id="reason" label="Why has nobody to answer it?" value=reason problems=problems.clone() />
                    <p class="acts"><button class="btn" name="do" value="discard">"Discard this mail"</button></p>
                </form>
            </details>
        </section>
    }
    .into_any()
}
