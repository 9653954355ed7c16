//! A case: its timeline with the reply box at the end, and the facts beside it.
//! Outside the circle a restricted case is drawn by `walled` alone, which is given nothing of it.

mod acts;
mod begin;
mod clockwork;
pub mod complain;
mod copies;
mod facts;
pub mod follow_ups;
pub mod handover;
mod holds;
mod identity;
mod language;
mod letter;
mod related;
mod reply;
mod reports;
mod request;
pub mod server;
pub mod timeline;
pub mod tried;
mod walled;

use crate::{
    app::case_page::{CasePage, Full},
    domain::case::State,
    ui::{
        components::{
            clock::HeadClock,
            error_box::ErrorBox,
            notice::{Meaning, Notice},
            rows::RESTRICTED,
        },
        paths,
    },
};
use leptos::prelude::*;
use timeline::Timeline;
use tried::{Act, Since, Tried};

/// The words of the window's title; of a restricted case nothing but that.
#[must_use]
pub fn title(page: &CasePage) -> String {
    match page {
        CasePage::Full(full) if !full.case.is_restricted() => {
            format!("{} {}", full.case.reference, full.case.kind.label())
        }
        CasePage::Full(full) => format!("{} {RESTRICTED}", full.case.reference),
        CasePage::Walled(walled) => format!("{} {RESTRICTED}", walled.reference),
    }
}

/// The page.
#[must_use]
pub fn page(page: CasePage, tried: &Tried) -> AnyView {
    match page {
        CasePage::Full(full) => whole(&full, tried),
        CasePage::Walled(walled) => walled::page(walled),
    }
}

fn whole(full: &Full, tried: &Tried) -> AnyView {
    let restricted = full.case.is_restricted();
    view! {
        <ErrorBox problems=tried.problems.clone() />
        {tried.since.clone().map(|since| quicker(since, tried.act, full))}
        {head(full, tried)}
        {tried.done.map(|done| view! { <Notice meaning=Meaning::Done lead=done.says(full.on_page) /> })}
        {restricted.then(|| view! {
            <Notice meaning=Meaning::Info lead="This is a restricted case.">
                <p>"Only restricted responders see this page, and each view is written down. Addresses in it are never links."</p>
            </Notice>
        })}
        {(!full.may_work).then(|| view! {
            <Notice meaning=Meaning::Info lead="You read this case; your role changes nothing in it." />
        })}
        {proposal(full)}
        {erased(full)}
        {full.may_work.then(|| request::stand(full, tried))}
        <div class="split">
            <section class="story" aria-labelledby="timeline">
                <h2 class="sr" id="timeline">"Timeline"</h2>
                <Timeline entries=full.timeline.clone() reference=full.case.reference files=!restricted look=tried.look(full.case.seq, full.takes_work())
                    now=full.now zone=full.zone />
                {full.takes_work().then(|| view! { {reply::form(full, tried)}{letter::section(full, tried)} })}
            </section>
            <aside class="facts" aria-label="Facts of the case">{facts::all(full, tried)}</aside>
        </div>
    }
    .into_any()
}

/// What stands on top of a case of which nothing can be read any more.
fn erased(full: &Full) -> Option<AnyView> {
    let at = full.case.erased?;
    let lead = format!("Everything of this case was erased, {}.", at.short(full.zone));
    let rest = "What happened and when stays. Nothing can be done with it any more; a new mail opens a new case.";
    Some(view! { <Notice meaning=Meaning::Info lead><p>{rest}</p></Notice> }.into_any())
}

fn head(full: &Full, tried: &Tried) -> impl IntoView + use<> {
    let case = &full.case;
    let owner = full.owner.clone().map_or_else(|| "Nobody’s".to_owned(), |name| format!("Owner {name}"));
    let heading = if case.is_restricted() {
        case.kind.label().to_owned()
    } else {
        let who = Some(&full.requester).filter(|name| !name.is_empty()).or(full.address.as_ref());
        who.map_or_else(|| case.kind.label().to_owned(), |who| format!("{} for {who}", case.kind.label()))
    };
    view! {
        <div class="head">
            <div>
                <a class="crumb quiet" href=paths::QUEUE>"← Queue"</a>
                <h1>{heading}</h1>
                <p class="byline">
                    <span class="mono">{case.reference.to_string()}</span>
                    <span>{full.product.clone()}</span>
                    {state_tag(case.state, case.outcome.map(crate::domain::case::Outcome::label))}
                    <span>{owner}</span>
                </p>
                <HeadClock clocks=case.clocks.clone() now=full.now />
            </div>
            {full.takes_work().then(|| acts::all(full, tried))}
        </div>
    }
}

fn state_tag(state: State, outcome: Option<&'static str>) -> impl IntoView {
    let class = if state == State::WaitingRequester { "tag is-paused" } else { "tag is-info" };
    view! {
        <span class=class>
            <i class="mark" aria-hidden="true"></i>
            {state.label()}{outcome.map(|outcome| format!(", {}", outcome.to_lowercase()))}
        </span>
    }
}

/// What others did first. The person's own words stand in the form below, with a button to go on anyway.
fn quicker(since: Since, act: Option<Act>, full: &Full) -> impl IntoView + use<> {
    let back = act.map_or_else(|| "text".to_owned(), |act| act.id("to"));
    let (reference, files, now, zone) = (full.case.reference, !full.case.is_restricted(), full.now, full.zone);
    view! {
        <section class="arrived" aria-label="Somebody was quicker" tabindex="-1" autofocus=true>
            <Notice meaning=Meaning::Warning lead="Somebody changed this case while you were at it.">
                <p>"Nothing of yours was sent or saved. Read what happened since, then change your words or go on anyway."</p>
                <h2 class="sr">"What happened since"</h2>
                <Timeline entries=since.entries reference files now zone />
                <p><a href=format!("#{back}")>"Back to what you typed"</a></p>
            </Notice>
        </section>
    }
}

/// A change of kind that waits for a second person.
fn proposal(full: &Full) -> Option<impl IntoView + use<>> {
    let (kind, by) = full.case.proposed?;
    let who = full.staff.iter().find(|person| person.id == by).map_or("Somebody", |person| person.name.as_str());
    let lead = format!("{who} proposes to classify this case as “{}”.", kind.label());
    let rest = if full.may_second_kind {
        "If you agree, classify it likewise; until then nothing changes."
    } else {
        "A second person has to do the same before it changes."
    };
    Some(view! { <Notice meaning=Meaning::Info lead><p>{rest}</p></Notice> })
}
