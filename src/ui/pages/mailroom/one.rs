//! One mail that left in full, and the button that has it tried again.

use super::{lists::fate_class, tab_label};
use crate::{
    app::mailroom::{OutgoingMail, Tab},
    ui::{
        components::{
            notice::{Meaning, Notice},
            rows::RESTRICTED,
        },
        paths,
    },
};
use chrono_tz::Tz;
use leptos::{either::Either, prelude::*};

fn head(tab: Tab, title: String) -> impl IntoView {
    view! {
        <div class="head">
            <div><a class="crumb quiet" href=paths::mail(tab, None)>"← Mail, "{tab_label(tab).to_lowercase()}</a>
                <h1>{title}</h1></div>
        </div>
    }
}

/// A mail that left, or should have.
#[must_use]
pub fn outgoing(mail: OutgoingMail, zone: Tz) -> AnyView {
    let OutgoingMail { outgoing: facts, from, message_id, text, blocked, works } = mail;
    let is_blocked = blocked.is_some();
    let (to, subject) = facts.envelope.unwrap_or_else(|| (RESTRICTED.to_owned(), RESTRICTED.to_owned()));
    let block = blocked.map(|lead| {
        view! {
            <Notice meaning=Meaning::Warning lead=format!("{lead}.")>
                <p>"Nothing is sent there but what the law wants sent. Ask for another address; or, if you know that it works again, have mail sent there as before."</p>
                {works.then(|| view! {
                    <form class="acts" method="post" action=paths::mail_out(facts.id)>
                        <button class="btn" name="lift" value="1">
                            {if facts.failed { "Lift the block and send again" } else { "Lift the block" }}</button></form>
                })}
            </Notice>
        }
    });
    let again = (facts.failed && !is_blocked).then(|| {
        view! {
            <Notice meaning=Meaning::Trouble lead="This mail will not be tried again by itself.">
                <p>"Look at the address and at what the mail server said. Once the cause is gone, send it again; otherwise answer another way."</p>
                {works.then(|| view! {
                    <form class="acts" method="post" action=paths::mail_out(facts.id)>
                        <button class="btn main">"Send again"</button></form>
                })}
            </Notice>
        }
    });
    let text = match text {
        Some(text) => Either::Left(view! { <div class="words" dir="auto">{text}</div> }),
        None => Either::Right(view! { <p class="dim">"What it says is seen by restricted responders only."</p> }),
    };
    view! {
        {head(Tab::Outgoing, format!("{} of {}", facts.purpose, facts.reference))}
        {block}
        {again}
        <dl class="pairs">
            <dt>"Case"</dt><dd><a href=paths::case(facts.reference)>{facts.reference.to_string()}</a></dd>
            <dt>"Written"</dt><dd>{facts.at.in_words(zone)}</dd>
            <dt>"From"</dt><dd>{from}</dd>
            <dt>"To"</dt><dd>{to}</dd>
            <dt>"Subject"</dt><dd dir="auto">{subject}</dd>
            <dt>"State"</dt><dd class=fate_class(facts.failed)>{facts.fate}</dd>
            <dt>"Message-ID"</dt><dd class="mono">{message_id}</dd>
        </dl>
        <section class="after" aria-labelledby="h-text"><h2 id="h-text">"Text"</h2>{text}</section>
    }
    .into_any()
}
