//! Every clock of a case: the one that binds as a sentence, its rivals on one scale, the other duties a line each.

use super::{
    Moment, layer_word,
    said::{own, standing, stands},
    scale::{Scale, bar},
    source::source,
};
use crate::{
    domain::{
        clock::{self, Clock, Duty, Layer, binding_of, period},
        time::Instant,
        words,
    },
    ui::islands::TickingClock,
};
use chrono_tz::Tz;
use leptos::{either::Either, prelude::*};

/// Every clock of a case: the one that binds as a sentence, its rivals on one scale, the other duties.
#[component]
pub fn Clocks(
    /// Every clock of the case.
    clocks: Vec<Clock>,
    /// The moment the page speaks of.
    now: Instant,
    /// The zone of its dates.
    zone: Tz,
    /// True where the answer that is awaited starts the clock anew.
    #[prop(optional)]
    restarts: bool,
    /// What can be done about them.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let moment = Moment { now, zone, restarts };
    let binding = clock::binding(&clocks).cloned();
    let is_rival = |c: &Clock| binding.as_ref().is_some_and(|b| b.duty == c.duty && c.met.is_none());
    let rivals: Vec<_> = clocks.iter().filter(|c| is_rival(c)).cloned().collect();
    // that it may take longer is told with the clock it lengthens
    let others: Vec<_> = clocks.iter().filter(|c| !is_rival(c) && c.duty != Duty::ExtendBy).cloned().collect();
    let lead = match &binding {
        Some(binding) => Either::Left(lead(binding, &rivals, &moment)),
        None => Either::Right(view! { <p class="dim">"No clock runs: every duty is done."</p> }),
    };
    view! {
        <section aria-labelledby="clocks">
            <h2 id="clocks" tabindex="-1">"Clocks"</h2>
            {lead}
            {binding.map(|binding| axis(&binding, &rivals, &clocks, &moment))}
            {(!others.is_empty()).then(|| duties(others, &clocks, &moment))}
            {children.map(|children| children())}
        </section>
    }
}

/// The clock that binds, as a sentence.
pub(super) fn lead(binding: &Clock, rivals: &[Clock], moment: &Moment) -> impl IntoView + use<> {
    let zone = moment.zone_of(binding);
    let due = binding.due.in_words_with_weekday(zone);
    let overdue = binding.is_breached(moment.now);
    let before = match (binding.paused, overdue) {
        (Some(_), _) if moment.restarts => "As things are, it would end ",
        (Some(_), _) => "It ends no earlier than ",
        (None, true) => "It was due ",
        (None, false) => "by ",
    };
    let head = match binding.paused {
        Some(since) => Either::Left(still(binding, since, moment)),
        None => Either::Right(view! {
            <TickingClock verb=binding.duty.verb().to_owned() layer=String::new() from=binding.from.0
                risk=binding.risk().0 due=binding.due.0 now=moment.now.0 />
        }),
    };
    let target = binding.layer == Layer::Target;
    view! {
        <div class="lead">
            {head}
            <p class="why">
                {before}<time datetime=binding.due.rfc3339()>{due}</time>
                ". The "<b>{layer_word(binding.layer)}</b>{why(binding, rivals)}
                {target.then_some(" It is the company’s own number, not law; neither law nor promise gives one.")}
            </p>
        </div>
    }
}

fn still(binding: &Clock, since: Instant, moment: &Moment) -> impl IntoView + use<> {
    let zone = moment.zone;
    view! {
        <p class="say is-paused">
            <i class="mark" aria-hidden="true"></i>
            <span>"Stands still since "<b><time datetime=since.rfc3339()>{since.short(zone)}</time></b>"; "
                {super::said::left(binding, since, moment.restarts)}</span>
        </p>
    }
}

/// Why it binds: by how much it ends before the next layer.
fn why(binding: &Clock, rivals: &[Clock]) -> String {
    let runs = |c: &&Clock| c.layer != Layer::Target && c.paused.is_none();
    let later = rivals.iter().filter(runs).filter(|c| c.due > binding.due && c.layer != binding.layer);
    match later.min_by_key(|c| c.due).filter(|_| binding.paused.is_none()) {
        Some(rival) => {
            let by = words::span(rival.due.since(binding.due));
            format!(" binds: it ends {by} before the {}.", layer_word(rival.layer))
        }
        None => " binds.".to_owned(),
    }
}

fn axis(binding: &Clock, rivals: &[Clock], all: &[Clock], moment: &Moment) -> impl IntoView + use<> {
    let now = moment.now;
    let start = rivals.iter().map(|c| c.from).min().unwrap_or(binding.from);
    let end = rivals.iter().map(|c| c.due).max().unwrap_or(binding.due).max(now);
    let scale = Scale::new(start, end);
    let stood_still = rivals.iter().any(|c| c.paused.is_some() || !c.pauses.is_empty());
    let rows = rivals.iter().map(|c| layer_row(c, binding, all, &scale, moment)).collect_view();
    view! {
        <ol class="axis">{rows}</ol>
        <p class="key" aria-hidden="true">
            <span><svg viewBox="0 0 12 10"><path class="now-line" d="M6 0v10" /></svg>"now"</span>
            {stood_still.then(|| view! {
                <span><svg viewBox="0 0 12 10"><path class="still-line" d="M0 5h12" /></svg>"stood still"</span>
            })}
            <span><svg viewBox="0 0 12 10"><path class="due-line" d="M6 1v8" /></svg>"due"</span>
            <span>"from "{start.local(moment.zone).format("%-d %b").to_string()}</span>
        </p>
    }
}

fn layer_row(c: &Clock, binding: &Clock, all: &[Clock], scale: &Scale, moment: &Moment) -> impl IntoView + use<> {
    let binds = c == binding;
    let tone = super::said::class(c, moment.now);
    let class = if binds { format!("binds {tone}") } else { tone.to_owned() };
    let due = c.due.local(moment.zone_of(c)).format("%-d %b, %H:%M %Z").to_string();
    view! {
        <li class=class>
            <span>
                <b>{c.layer.label()}</b>" "{period::words(&c.period)}
                {binds.then(|| view! { " "<span class="pill is-info">"binds"</span> })}
            </span>
            <time datetime=c.due.rfc3339()>{due}</time>
            {bar(c, scale, moment.now)}
            {stands(c, binding, all, moment).into_iter().map(|line| view! { <p class="cite">{line}</p> }).collect_view()}
            {source(c, moment)}
        </li>
    }
}

fn duties(clocks: Vec<Clock>, all: &[Clock], moment: &Moment) -> impl IntoView + use<> {
    let lines = clocks.iter().map(|c| duty(c, all, moment)).collect_view();
    view! { <h3 class="sr">"Other duties"</h3><ul class="duties">{lines}</ul> }
}

fn duty(c: &Clock, all: &[Clock], moment: &Moment) -> impl IntoView + use<> {
    let (class, when) = standing(c, moment);
    let rivals = all.iter().filter(|other| other.duty == c.duty && other.met.is_none()).count();
    let binds = rivals > 1 && binding_of(all, c.duty) == Some(c);
    view! {
        <li class=class>
            <i class="mark" aria-hidden="true"></i>
            <span>{c.duty.label()}" "
                <span class="layer">{own(c)}{layer_word(c.layer)}" "{period::words(&c.period)}</span>
                {binds.then(|| view! { " "<span class="pill is-info">"binds"</span> })}</span>
            <span class="when">{when}</span>
            {source(c, moment)}
        </li>
    }
}
