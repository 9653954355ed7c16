//! Where a clock comes from: what it cites, what was read of it, how sure the pack is. Nothing of a clock that came
//! without its source, as those of a walled case do.

use super::Moment;
use crate::{
    domain::{
        clock::{Clock, Layer},
        policy::rule::{Confidence, Evidence},
    },
    ui::components::link::outside,
};
use leptos::prelude::*;

/// The citation, and one step away how sure it is.
pub(super) fn source(c: &Clock, moment: &Moment) -> Option<impl IntoView + use<>> {
    if c.source.is_empty() {
        return None;
    }
    let zone =
        c.zone.filter(|zone| *zone != moment.zone).map(|zone| format!("Its days end by the time of {}.", place(zone)));
    let condition = (!c.condition.is_empty())
        .then(|| view! { <p>"Only if: "{c.condition.clone()}" Taken to be so until two people find otherwise."</p> });
    let pack = format!("Pack {}, rule {}.", c.pack, c.rule);
    let note = Some(c.note.clone()).filter(|note| !note.is_empty());
    let lines = [Some(rests_on(c)), zone, Some(pack), note].into_iter().flatten();
    let lines = lines.map(|line| view! { <p>{line}</p> }).collect_view();
    Some(view! {
        <div class="cite source">
            {condition}
            <p>{outside(&c.url, &c.source)}</p>
            <details><summary>"How sure is this?"</summary>{lines}</details>
        </div>
    })
}

/// What was read, and how sure the pack is.
fn rests_on(c: &Clock) -> String {
    let sure = Confidence::from_code(&c.confidence).map_or("not said", Confidence::label);
    match (Evidence::from_code(&c.evidence), c.layer) {
        (Some(evidence), _) => format!("Source read: {}. Confidence: {sure}.", evidence.label()),
        (None, Layer::Promise) => "The company promised it in its published policy.".to_owned(),
        (None, Layer::Target) => "The company’s own number; no law asks for it.".to_owned(),
        (None, Layer::Law) => "What was read of it was not written down.".to_owned(),
    }
}

/// A zone as people know it: "Europe, Berlin" for `Europe/Berlin`.
fn place(zone: chrono_tz::Tz) -> String {
    zone.name().replace('_', " ").split('/').rev().collect::<Vec<_>>().join(", ")
}
