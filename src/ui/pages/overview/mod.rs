//! The overview: what needs somebody today, and how the weeks went.

mod charts;
pub mod server;

use crate::{
    app::{
        mailroom::Tab,
        overview::{Overview, Trouble, Whereabouts},
        queue::{Count, View},
    },
    domain::{time::Instant, words},
    ui::{
        components::{
            notice::{Blank, Meaning, Notice},
            rows::CaseRow,
        },
        pages::account::absence::standing_in,
        paths,
        shell::counted,
    },
};
use chrono_tz::Tz;
use leptos::{either::Either, prelude::*};

/// The page.
#[must_use]
pub fn page(overview: Overview) -> AnyView {
    let when = overview.now.local(overview.zone).format("%a %-d %b %Y, %H:%M %Z").to_string();
    let open = format!("{} {} open, {} yours", counted(overview.open), cases(overview.open), counted(overview.mine));
    let counts = counts(&overview);
    let first = first(&overview);
    let following = following(&overview);
    let stands_in = overview.stands_in_for.iter().map(|one| {
        let lead = standing_in(one, overview.zone);
        view! {
            <Notice meaning=Meaning::Info lead>
                <p>"What they may do, you may do too; the audit log names you both."</p>
            </Notice>
        }
    });
    let stands_in = stands_in.collect_view();
    let Overview { troubles, weeks, in_time, now, zone, works, .. } = overview;
    view! {
        <div class="head">
            <div><h1>"Overview"</h1><p class="byline"><span>{when}</span><span>{open}</span></p></div>
            {works.then(|| view! { <div class="acts"><a class="btn" href=paths::NEW_CASE>"New case"</a></div> })}
        </div>
        {stands_in}
        <h2 class="sr">"Today in numbers"</h2>
        {counts}
        <div class="apart after">
            {first}
            {troubled(troubles, following, now, zone)}
            <div class="half">{charts::weeks(weeks)}{charts::in_time(in_time)}</div>
        </div>
    }
    .into_any()
}

fn cases(count: Count) -> &'static str {
    if count.n == 1 && !count.more { "case" } else { "cases" }
}

/// One number that leads to its cases.
struct Number {
    class: &'static str,
    href: String,
    count: Count,
    says: &'static str,
    more: Option<String>,
}

fn counts(o: &Overview) -> impl IntoView + use<> {
    let next = |due: Option<Instant>| due.map(|due| format!("next in {}", words::span(due.since(o.now))));
    let numbers = [
        Number {
            class: "is-over",
            href: paths::view(View::Breached),
            count: o.breached,
            says: "Breached",
            more: o.oldest_breach.map(|due| format!("oldest by {}", words::span(o.now.since(due)))),
        },
        Number { class: "is-soon", href: paths::view(View::AtRisk), count: o.at_risk, says: "At risk", more: None },
        Number {
            class: "is-soon",
            href: paths::view(View::Today),
            count: o.today,
            says: "Due today",
            more: next(o.next_today),
        },
        Number {
            class: "",
            href: paths::view(View::Unacknowledged),
            count: o.unacknowledged,
            says: "Not acknowledged",
            more: next(o.next_acknowledgement),
        },
        Number {
            class: "",
            href: paths::mail(Tab::Waiting, None),
            count: o.waiting,
            says: "Mail that waits",
            more: None,
        },
        Number {
            class: "",
            href: paths::mail(Tab::Failed, None),
            count: o.failed,
            says: "Mail or work that failed",
            more: None,
        },
    ];
    let lines = numbers.map(|number| {
        // a zero alarms nobody
        let class = if number.count.n == 0 { "" } else { number.class };
        let mark = (!class.is_empty()).then(|| view! { <i class="mark" aria-hidden="true"></i> });
        view! {
            <li><a href=number.href><b class=class>{mark}{counted(number.count)}</b>{number.says}
                <small>{number.more}</small></a></li>
        }
    });
    view! { <ul class="counts">{lines.into_iter().collect_view()}</ul> }
}

fn first(o: &Overview) -> impl IntoView + use<> {
    let now = o.now;
    let all = format!("All {} open", counted(o.open));
    if o.first.is_empty() {
        return Either::Left(view! {
            <Blank title="Nothing is due">
                <p>"No case is open. New mail appears here as soon as it is read."</p>
                <div class="acts"><a class="btn" href=paths::NEW_CASE>"Enter a case by hand"</a></div>
            </Blank>
        });
    }
    let rows = o.first.iter().cloned().map(|row| view! { <CaseRow row now /> }).collect_view();
    Either::Right(view! {
        <section aria-labelledby="h-first" class="cases">
            <div class="title-row"><h2 id="h-first">"First today"</h2><a href=paths::QUEUE>{all}</a></div>
            <table role="table" class="rows">
                <caption class="sr">"The most urgent cases"</caption>
                <thead role="rowgroup" class="sr">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Reference"</th>
                        <th role="columnheader" scope="col">"From and about"</th>
                        <th role="columnheader" scope="col">"Owner"</th>
                        <th role="columnheader" scope="col">"Binding clock"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
    })
}

fn address(place: Whereabouts) -> String {
    match place {
        Whereabouts::Outgoing(id) => paths::mail_out(id),
        Whereabouts::Waiting(id) => paths::mail_in(id),
        Whereabouts::Failed => paths::mail(Tab::Failed, None),
        Whereabouts::Mailboxes => paths::mail(Tab::Mailboxes, None),
        Whereabouts::Case(reference) => paths::case(reference),
        Whereabouts::Requester(reference) => paths::requester(reference),
    }
}

/// Recipients of people's data that wait to be told, in a sentence; nothing where none does.
fn following(o: &Overview) -> Option<String> {
    let late = if o.following.late == 0 { String::new() } else { format!(", {} of them late", o.following.late) };
    match o.following.open {
        0 => None,
        1 => Some(format!(
            "1 recipient of somebody’s data has to be told{}.",
            if late.is_empty() { "" } else { ", late" }
        )),
        n => Some(format!("{n} recipients of people’s data have to be told{late}.")),
    }
}

fn troubled(troubles: Vec<Trouble>, following: Option<String>, now: Instant, zone: Tz) -> impl IntoView {
    let none = troubles.is_empty().then(|| view! { <p class="dim">"All mail was read and sent."</p> });
    let lines = troubles
        .into_iter()
        .map(|trouble| {
            let today = trouble.at.local(zone).date_naive() == now.local(zone).date_naive();
            let at = if today { trouble.at.local(zone).format("%H:%M").to_string() } else { trouble.at.short(zone) };
            view! {
                <li>
                    <span class="tag-line is-over"><i class="mark" aria-hidden="true"></i>" "
                        <a href=address(trouble.at_place)>{trouble.title}</a></span>
                    <time class="dim" datetime=trouble.at.rfc3339()>{at}</time>
                    <small>{trouble.says}</small>
                </li>
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="h-trouble">
            <h2 id="h-trouble">"Mail and work that need somebody"</h2>
            {none}
            {following.map(|says| view! { <p><a href=paths::view(View::Recipients)>{says}</a></p> })}
            <ul class="list">{lines}</ul>
        </section>
    }
}
