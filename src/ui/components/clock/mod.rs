//! Clocks: the one of a row, and all of a case on one scale. Says the time left in words first.

mod panel;
mod said;
mod scale;
mod source;

pub use panel::Clocks;

use crate::{
    app::queue::ClockFace,
    domain::{
        clock::{self, Clock, Layer},
        time::{DAY, Instant},
    },
    ui::islands::TickingClock,
};
use chrono_tz::Tz;
use leptos::{either::Either, prelude::*};

/// The moment a page speaks of, and what its clocks are told with.
#[derive(Debug, Clone, Copy)]
struct Moment {
    now: Instant,
    /// The product's zone; a rule may have another.
    zone: Tz,
    /// True where the answer that is awaited starts the clock anew.
    restarts: bool,
}

impl Moment {
    /// The zone in which the clock's days end.
    fn zone_of(&self, clock: &Clock) -> Tz {
        clock.zone.unwrap_or(self.zone)
    }
}

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
        None => Either::Left(view! { <span class="faint">"no clock runs"</span> }.into_any()),
        Some(face) if face.is_paused => Either::Left(still(face).into_any()),
        Some(face) => Either::Right(view! {
            <TickingClock verb=face.duty.verb().to_owned() layer=layer_word(face.layer).to_owned()
                from=face.from.0 risk=face.risk.0 due=face.due.0 now=now.0 />
        }),
    }
}

/// The clock of a row while it stands still: nobody knows yet when it ends, so its bar shows no time.
fn still(face: ClockFace) -> impl IntoView {
    view! {
        <div class="clock is-paused">
            <i class="mark" aria-hidden="true"></i>
            <span class="say"><b>"stands still"</b></span>
            <span class="layer">{layer_word(face.layer)}</span>
            <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect class="still" y="1" width="100" height="2"></rect>
            </svg>
        </div>
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
                {panel::lead(binding, &rivals, &Moment { now, zone, restarts: false })}
            </section>
        }
    })
}

/// True when `due` falls within seven days of `now`.
#[must_use]
pub const fn within_a_week(due: Instant, now: Instant) -> bool {
    due.since(now) < 7 * DAY
}
