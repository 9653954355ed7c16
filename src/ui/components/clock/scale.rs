//! One scale for every layer, 0 to 1000, so that the earliest end is the one furthest left; and a bar of time on it.
//! Time that did not count is thin.

use crate::domain::{clock::Clock, time::Instant};
use leptos::prelude::*;

/// Where a moment lies on the bars.
pub(super) struct Scale {
    start: Instant,
    length: i64,
}

impl Scale {
    /// From `start` to `end`.
    pub fn new(start: Instant, end: Instant) -> Self {
        Self { start, length: end.since(start).max(1) }
    }

    fn at(&self, moment: Instant) -> i64 {
        (moment.since(self.start).saturating_mul(1000) / self.length).clamp(0, 1000)
    }
}

/// The stretches of a clock's time until `end`, each with whether it stood still in it; nothing overlaps.
pub(super) fn stretches(c: &Clock, now: Instant) -> Vec<(Instant, Instant, bool)> {
    let end = if c.paused.is_some() { now } else { now.min(c.due) };
    let mut still = c.pauses.clone();
    still.extend(c.paused.map(|since| (since, now)));
    still.sort_unstable();
    let mut all = Vec::new();
    let mut at = c.from;
    for (from, to) in still {
        let (from, to) = (from.clamp(at, end.max(at)), to.clamp(at, end.max(at)));
        if from > at {
            all.push((at, from, false));
        }
        if to > from {
            all.push((from, to, true));
        }
        at = at.max(to);
    }
    if end > at {
        all.push((at, end, false));
    }
    all
}

/// A clock's time: what ran, thin where it stood still, what is left, its end, and now.
pub(super) fn bar(c: &Clock, scale: &Scale, now: Instant) -> impl IntoView + use<> {
    let done = stretches(c, now);
    let reached = done.last().map_or(c.from, |(_, to, _)| *to);
    let pieces = done
        .into_iter()
        .map(|(from, to, is_still)| {
            let (from, to) = (scale.at(from), scale.at(to));
            let (class, y, height) = if is_still { ("still", "5", "2") } else { ("used", "3", "6") };
            view! { <rect class=class x=from y=y width=to - from height=height /> }
        })
        .collect_view();
    let (reached, due, now) = (scale.at(reached), scale.at(c.due), scale.at(now));
    view! {
        <svg viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" x=reached y="3" width=(due - reached).max(0) height="6" />
            {pieces}
            <path class="due-line" d=format!("M{due} 1v10") />
            <path class="now-line" d=format!("M{now} 0v12") />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::{ClockStart, Duty, Layer, Raised};

    fn pieces(pauses: &[(i64, i64)], since: Option<i64>, now: i64) -> Vec<(i64, i64, bool)> {
        let start = ClockStart {
            due: Instant(100),
            paused: since.map(Instant),
            pauses: pauses.iter().map(|(from, to)| (Instant(*from), Instant(*to))).collect(),
            ..ClockStart::bare(Duty::Resolve, Layer::Law)
        };
        let clock = Clock { start, met: None, raised: Raised::Nothing };
        stretches(&clock, Instant(now)).into_iter().map(|(from, to, still)| (from.0, to.0, still)).collect()
    }

    #[test]
    fn stretches_follow_each_other_whatever_overlaps() {
        assert_eq!(pieces(&[], None, 40), [(0, 40, false)]);
        assert_eq!(pieces(&[], None, 400), [(0, 100, false)]);
        assert_eq!(pieces(&[(10, 20)], None, 40), [(0, 10, false), (10, 20, true), (20, 40, false)]);
        assert_eq!(pieces(&[(10, 20), (15, 30)], None, 25), [(0, 10, false), (10, 20, true), (20, 25, true)]);
        assert_eq!(pieces(&[], Some(90), 400), [(0, 90, false), (90, 400, true)]);
        assert_eq!(pieces(&[(10, 20)], None, 5), [(0, 5, false)]);
        assert_eq!(pieces(&[(-10, 5)], None, 8), [(0, 5, true), (5, 8, false)]);
        assert!(pieces(&[(10, 20)], None, -5).is_empty());
    }
}
