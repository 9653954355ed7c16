//! The three lists of the mail room. Of a restricted case's mail they show neither address nor subject.

use super::{boxes, waiting};
use crate::{
    app::{
        mailroom::{DeadJob, Mailroom, Outgoing, Tab},
        queue::Count,
    },
    ui::{
        components::{notice::Blank, rows::RESTRICTED},
        paths,
        shell::counted,
    },
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// The list of the part that is looked at, or what to know when it is empty.
pub(super) fn of(room: Mailroom) -> AnyView {
    let zone = room.zone;
    match room.tab {
        Tab::Waiting if room.waiting.is_empty() => blank(
            "No mail waits",
            "A mail that cannot be read, that points at a case without proof, or of which one sender sends too many, waits here until somebody looks at it. None is lost.",
        ),
        Tab::Discarded if room.waiting.is_empty() => blank(
            "Nothing was discarded",
            "Mail that somebody discarded stays here, with the reason, and can be put back.",
        ),
        Tab::Outgoing if room.outgoing.is_empty() => {
            blank("No mail was written yet", "Acknowledgements and replies appear here with what became of them.")
        }
        Tab::Failed if room.dead.is_empty() && room.outgoing.is_empty() => blank(
            "Nothing failed",
            "Mail that was refused for good, and work that gave up after several tries, wait here for a decision.",
        ),
        Tab::Mailboxes => boxes::list(room.folders, zone),
        Tab::Waiting | Tab::Discarded => waiting::rows(room.waiting, zone),
        Tab::Outgoing => view! { {doubts(room.doubts)}{outgoing(room.outgoing, zone)} }.into_any(),
        Tab::Failed => view! { {outgoing(room.outgoing, zone)}{dead(room.dead, room.works, zone)} }.into_any(),
    }
}

fn blank(title: &'static str, says: &'static str) -> AnyView {
    view! { <Blank title><p>{says}</p></Blank> }.into_any()
}

/// The colour of what became of a mail; the words stand beside it.
pub(super) const fn fate_class(failed: bool) -> &'static str {
    if failed { "tag is-over" } else { "tag" }
}

/// Of how many mails nobody knows whether they arrived once or twice.
fn doubts(count: Count) -> Option<impl IntoView> {
    (count.n > 0).then(|| {
        let says = if count.n == 1 && !count.more { " mail is in doubt: " } else { " mails are in doubt: " };
        view! {
            <p class="dim">{counted(count)}{says}
                "the mail server did not say whether it took them. They are tried again under the same Message-ID, so that no mail is lost; a few may arrive twice."</p>
        }
    })
}

fn outgoing(mails: Vec<Outgoing>, zone: Tz) -> AnyView {
    let rows = mails
        .into_iter()
        .map(|mail| {
            let envelope = mail.envelope.map_or_else(
                || view! { <small>{RESTRICTED}</small> }.into_any(),
                |(to, subject)| view! { <small dir="auto">{format!("to {to}: {subject}")}</small> }.into_any(),
            );
            view! {
                <li>
                    <span>
                        <a href=paths::mail_out(mail.id)>{mail.purpose}</a>
                        " of "
                        <a href=paths::case(mail.reference)>{mail.reference.to_string()}</a>
                        " "
                        <span class=fate_class(mail.failed)>
                            {mail.failed.then(|| view! { <i class="mark" aria-hidden="true"></i> })}{mail.fate}
                        </span>
                    </span>
                    <time class="dim" datetime=mail.at.rfc3339()>{mail.at.short(zone)}</time>
                    {envelope}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="list roomy">{rows}</ul> }.into_any()
}

fn dead(jobs: Vec<DeadJob>, works: bool, zone: Tz) -> AnyView {
    let rows = jobs
        .into_iter()
        .map(|job| {
            let tries = if job.attempts == 1 { "1 try".to_owned() } else { format!("{} tries", job.attempts) };
            view! {
                <li class="with-act">
                    <span>{work_words(&job.work)}" gave up after "{tries}" "
                        <span class="faint">{format!("job {}", job.id)}</span></span>
                    <span>
                        <time class="dim" datetime=job.at.rfc3339()>{job.at.short(zone)}</time>
                        {works.then(|| view! {
                            <form class="inline" method="post" action=paths::work(job.id)>
                                <button class="btn">"Try again"<span class="sr">{format!(", job {}", job.id)}</span>
                                    </button>
                            </form>
                        })}
                    </span>
                    <small>{job.error}</small>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="list roomy">{rows}</ul> }.into_any()
}

/// What a job does, in words; its own name when there are none.
fn work_words(work: &str) -> String {
    match work {
        "read_message" => "Reading a mail".to_owned(),
        "send_mail" => "Sending a mail".to_owned(),
        "send_account_news" => "Telling somebody what changed about their account".to_owned(),
        "send_account_link" => "A link to set a password".to_owned(),
        "tidy_up" => "Tidying up".to_owned(),
        other => other.to_owned(),
    }
}
