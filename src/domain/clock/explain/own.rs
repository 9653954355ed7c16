//! What the company promised and what it aims at, as clocks.

use super::{NotApplicable, Term, met, waits};
use crate::domain::{
    calendar::hours::Hours,
    clock::{
        fact::Facts,
        reckon::{self, Ground},
    },
    policy::product::{Commitment, ProductPack},
};

/// A promise or a target of the product, or why it does not run.
pub(super) fn own(
    pack: &ProductPack,
    hours: Option<&Hours>,
    commitment: &Commitment<'_>,
    facts: &Facts,
) -> Result<Term, NotApplicable> {
    let own = commitment.own;
    let Some(from) = reckon::start(&own.start, facts) else {
        return Err(NotApplicable { rule: own.id.clone(), duty: own.duty.code(), reason: waits(&own.start) });
    };
    let period = own.period.period;
    let mut course = reckon::Course { from, stretches: Vec::new(), paused: None };
    let mut assumed = None;
    let due = if own.backwards {
        reckon::latest_before(period, from, pack.zone)
    } else if let (true, Some(hours)) = (own.working_hours, hours) {
        course = reckon::waiting(from, facts);
        reckon::due_in_hours(period, &course, hours).unwrap_or_else(|why| {
            assumed = Some(format!("counted around the clock, for {why}"));
            reckon::due(period, &course, &Ground { zone: pack.zone, calendar: None, roll: false })
        })
    } else {
        reckon::due(period, &course, &Ground { zone: pack.zone, calendar: None, roll: false })
    };
    Ok(Term {
        duty: own.duty,
        layer: commitment.layer,
        rule: own.id.clone(),
        pack: pack.label(),
        period: Some(own.period.text.clone()),
        from: if own.backwards { facts.received().min(due) } else { from },
        due: Some(due),
        risk: None,
        extended: None,
        is_extended: false,
        zone: pack.zone,
        citation: commitment.citation.clone(),
        url: String::new(),
        evidence: "policy",
        confidence: "",
        condition: String::new(),
        note: if own.working_hours { "counted in the desk's own hours".to_owned() } else { String::new() },
        assumed,
        pauses: course.stretches.iter().map(|stretch| (stretch.from, stretch.to)).collect(),
        paused: course.paused,
        met: met(own.duty, facts),
        binding: false,
    })
}
