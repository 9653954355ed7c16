//! Clocks: the one of a row, and all of a case on one scale. Says the time left in words first.

use crate::{
    app::queue::ClockFace,
    domain::{
        clock::{self, Clock, Duty, Layer, period::Period},
        time::{DAY, HOUR, Instant, MINUTE},
        words,
    },
    ui::islands::TickingClock,
};
use chrono_tz::Tz;
use leptos::{either::Either, prelude::*};

/// The layer's name as it stands beside a clock.
#[must_use]
pub const fn layer_word(layer: Layer) -> &'static str {
    match layer {
        Layer::Law => "law",
        Layer::Promise => "promise",
        Layer::Target => "target",
    }
}

/// The binding clock of a case in a list.
#[component]
pub fn RowClock(
    /// The clock; none once all are met.
    face: Option<ClockFace>,
    /// The moment the page speaks of.
    now: Instant,
) -> impl IntoView {
    match face {
        None => Either::Left(view! { <span class="faint">"no clock runs"</span> }),
        Some(face) if face.is_paused => Either::Left(view! { <span class="faint">"stands still"</span> }),
        Some(face) => Either::Right(view! {
            <TickingClock verb=face.duty.verb().to_owned() layer=layer_word(face.layer).to_owned()
                from=face.from.0 risk=face.risk.0 due=face.due.0 now=now.0 />
        }),
    }
}

/// The binding clock as it stands in the head of a case on a narrow screen; a link to all of them.
#[component]
pub fn HeadClock(
    /// Every clock of the case.
    clocks: Vec<Clock>,
    /// The moment the page speaks of.
    now: Instant,
) -> impl IntoView {
    clock::binding(&clocks).map(|c| {
        view! { <a class="head-clock quiet" href="#clocks"><RowClock face=Some(c.face()) now /></a> }
    })
}

/// The clock that binds, as a section of its own: the sentence without the scale.
#[component]
pub fn LeadClock(
    /// Every clock of the case.
    clocks: Vec<Clock>,
    /// The moment the page speaks of.
    now: Instant,
    /// The zone of its dates.
    zone: Tz,
) -> impl IntoView {
    clock::binding(&clocks).map(|binding| {
        let rivals: Vec<_> = clocks.iter().filter(|c| c.duty == binding.duty && c.met.is_none()).cloned().collect();
        view! {
            <section aria-labelledby="clocks">
                <h2 id="clocks" tabindex="-1">"Clock"</h2>
                {lead(binding, &rivals, now, zone)}
            </section>
        }
    })
}

/// Every clock of a case: the one that binds as a sentence, its rivals on one scale, the other duties.
#[component]
pub fn Clocks(
    /// Every clock of the case.
    clocks: Vec<Clock>,
    /// The moment the page speaks of.
    now: Instant,
    /// The zone of its dates.
    zone: Tz,
) -> impl IntoView {
    let binding = clock::binding(&clocks).cloned();
    let (rivals, others): (Vec<_>, Vec<_>) =
        clocks.into_iter().partition(|c| binding.as_ref().is_some_and(|b| b.duty == c.duty && c.met.is_none()));
    let lead = match &binding {
        Some(binding) => Either::Left(lead(binding, &rivals, now, zone)),
        None => Either::Right(view! { <p class="dim">"No clock runs: every duty is done."</p> }),
    };
    view! {
        <section aria-labelledby="clocks">
            <h2 id="clocks" tabindex="-1">"Clocks"</h2>
            {lead}
            {binding.map(|binding| axis(&binding, rivals, now, zone))}
            {(!others.is_empty()).then(|| duties(others, now, zone))}
        </section>
    }
}

fn lead(binding: &Clock, rivals: &[Clock], now: Instant, zone: Tz) -> impl IntoView + use<> {
    let rival = rivals.iter().filter(|c| c.due > binding.due && c.layer != binding.layer).min_by_key(|c| c.due);
    let why = rival.map_or_else(String::new, |rival| {
        format!(" binds: it ends {} before the {}.", words::span(rival.due.since(binding.due)), layer_word(rival.layer))
    });
    let why = if why.is_empty() { " binds.".to_owned() } else { why };
    let overdue = binding.is_breached(now);
    view! {
        <div class="lead">
            <TickingClock verb=binding.duty.verb().to_owned() layer=String::new() from=binding.from.0
                risk=binding.risk().0 due=binding.due.0 now=now.0 />
            <p class="why">
                {if overdue { "It was due " } else { "by " }}
                <time datetime=binding.due.rfc3339()>{binding.due.in_words_with_weekday(zone)}</time>
                ". The "<b>{layer_word(binding.layer)}</b>{why}
            </p>
        </div>
    }
}

fn axis(binding: &Clock, rivals: Vec<Clock>, now: Instant, zone: Tz) -> impl IntoView + use<> {
    let start = rivals.iter().map(|c| c.from).min().unwrap_or(binding.from);
    let end = rivals.iter().map(|c| c.due).max().unwrap_or(binding.due).max(now);
    let scale = Scale { start, length: end.since(start).max(1) };
    let binding = binding.clone();
    let rows = rivals.into_iter().map(|c| layer_row(&c, c == binding, &scale, now, zone)).collect_view();
    view! {
        <ol class="axis">{rows}</ol>
        <p class="key" aria-hidden="true">
            <span><svg viewBox="0 0 12 10"><path class="now-line" d="M6 0v10" /></svg>"now"</span>
            <span><svg viewBox="0 0 12 10"><path class="due-line" d="M6 1v8" /></svg>"due"</span>
            <span>"from "{start.local(zone).format("%-d %b").to_string()}</span>
        </p>
    }
}

/// One scale for every layer, 0 to 1000, so that the earliest end is the one furthest left.
struct Scale {
    start: Instant,
    length: i64,
}

impl Scale {
    fn at(&self, moment: Instant) -> i64 {
        (moment.since(self.start).saturating_mul(1000) / self.length).clamp(0, 1000)
    }
}

fn layer_row(c: &Clock, binds: bool, scale: &Scale, now: Instant, zone: Tz) -> impl IntoView + use<> {
    let tone = words::tone(c.risk(), c.due, now).class();
    let (from, due, now) = (scale.at(c.from), scale.at(c.due), scale.at(now));
    let class = if binds { format!("binds {tone}") } else { tone.to_owned() };
    view! {
        <li class=class>
            <span>
                <b>{c.layer.label()}</b>" "{period_words(&c.period)}
                {binds.then(|| view! { " "<span class="pill is-info">"binds"</span> })}
            </span>
            <time datetime=c.due.rfc3339()>{c.due.local(zone).format("%-d %b, %H:%M %Z").to_string()}</time>
            <svg viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">
                <rect class="track" x=from y="3" width=due - from height="6" />
                <rect class="used" x=from y="3" width=(now.min(due) - from).max(0) height="6" />
                <path class="due-line" d=format!("M{due} 1v10") />
                <path class="now-line" d=format!("M{now} 0v12") />
            </svg>
            {cite(c)}
        </li>
    }
}

fn duties(clocks: Vec<Clock>, now: Instant, zone: Tz) -> impl IntoView + use<> {
    let lines = clocks
        .into_iter()
        .map(|c| {
            let (class, when) = standing(&c, now, zone);
            view! {
                <li class=class>
                    <i class="mark" aria-hidden="true"></i>
                    <span>{c.duty.label()}" "<span class="layer">
                        {layer_word(c.layer)}" "{period_words(&c.period)}</span></span>
                    <span class="when">{when}</span>
                </li>
            }
        })
        .collect_view();
    view! { <h3 class="sr">"Other duties"</h3><ul class="duties">{lines}</ul> }
}

/// The class and the words of a duty that does not lead.
fn standing(c: &Clock, now: Instant, zone: Tz) -> (&'static str, String) {
    match c.met {
        Some(met) if met > c.due => ("is-over", format!("met {} late", words::span(met.since(c.due)))),
        Some(met) if c.duty == Duty::Acknowledge => {
            ("is-ok is-met", format!("met in {}", words::span(met.since(c.from))))
        }
        Some(met) => ("is-ok is-met", format!("met {}", met.short(zone))),
        None if c.is_breached(now) => ("is-over", format!("overdue by {}", words::span(now.since(c.due)))),
        None => (words::tone(c.risk(), c.due, now).class(), format!("by {}", c.due.short(zone))),
    }
}

/// A period in words: "30 days", "24 hours", "1 month"; as it is written when it cannot be read.
#[must_use]
pub fn period_words(period: &str) -> String {
    let many = |n: i64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match period.parse() {
        Ok(Period::Elapsed(ms)) if ms % HOUR == 0 => many(ms / HOUR, "hour"),
        Ok(Period::Elapsed(ms)) => many(ms / MINUTE, "minute"),
        Ok(Period::Days(days)) => many(i64::from(days), "day"),
        Ok(Period::Months(months)) if months % 12 == 0 => many(i64::from(months / 12), "year"),
        Ok(Period::Months(months)) => many(i64::from(months), "month"),
        Ok(Period::Working(days)) => many(i64::from(days), "working day"),
        Ok(Period::Yearly(..)) | Err(_) => period.to_owned(),
    }
}

/// True when `due` falls within seven days of `now`.
#[must_use]
pub const fn within_a_week(due: Instant, now: Instant) -> bool {
    due.since(now) < 7 * DAY
}

/// Where the rule stands. Nothing for a clock that came without its source, as those of a walled case do.
fn cite(c: &Clock) -> Option<impl IntoView + use<>> {
    (!c.source.is_empty()).then(|| {
        let (source, rule, pack) = (c.source.clone(), c.rule.clone(), c.pack.clone());
        view! { <p class="cite">{source}". Rule "{rule}", pack "{pack}"."</p> }
    })
}
