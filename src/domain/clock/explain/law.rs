//! One rule set applied: each of its rules becomes a clock, a window or a floor, or says why it does not.

use super::{Explained, NotApplicable, Span, Term, met, waits};
use crate::domain::{
    calendar::Calendar,
    clock::{
        Duty, Layer,
        fact::{Fact, Facts},
        period::Period,
        reckon::{self, Ground},
    },
    policy::{
        law::RuleSet,
        matter::Matter,
        product::ProductPack,
        rule::{Floor, Rule, Window, Written},
    },
    time::Instant,
};
use chrono::NaiveDate;
use chrono_tz::Tz;

/// One rule set and what is needed to apply its rules.
pub(super) struct Law<'a> {
    pub(super) set: &'a RuleSet,
    pub(super) zone: Tz,
    pub(super) calendar: Option<&'a Calendar>,
    pub(super) product: Option<&'a ProductPack>,
    pub(super) facts: &'a Facts,
}

impl Law<'_> {
    pub(super) fn apply(&self, rule: &Rule, explained: &mut Explained) {
        let refuse = |explained: &mut Explained, reason: String| {
            explained.not_applicable.push(NotApplicable { rule: rule.id.clone(), duty: subject(rule), reason });
        };
        if let Some(why) = self.out_of_time(rule) {
            // where another version holds, the one that does not is history and no answer
            if !self.has_version_in_force(rule) {
                refuse(explained, why);
            }
            return;
        }
        if let Some(why) = self.unmet_condition(rule) {
            return refuse(explained, why);
        }
        if let Some(none) = &rule.none {
            return refuse(explained, format!("{none} ({})", rule.citation));
        }
        let Some(from) = reckon::start(&rule.start, self.facts) else {
            return refuse(explained, waits(&rule.start));
        };
        match (rule.duty, rule.window, rule.floor, &rule.period) {
            (Some(duty), _, _, Some(period)) => self.duty(rule, duty, period, from, explained),
            (Some(duty), _, _, None) => self.undated(rule, duty, from, explained),
            (_, Some(window), _, Some(period)) => {
                let ground = self.ground(rule);
                let course = reckon::course(period.period, from, &rule.pauses, self.facts, &ground);
                let until = reckon::due(period.period, &course, &ground);
                explained.windows.push(self.span(rule, window.code(), window.label(), until));
            }
            (_, _, Some(floor), Some(period)) => {
                let from = reckon::last_start(&rule.start, self.facts).unwrap_or(from);
                let until = reckon::kept_until(period.period, from, self.zone);
                explained.floors.push(self.span(rule, floor.code(), floor.label(), until));
            }
            // refused when the file was read
            _ => {}
        }
    }

    fn ground(&self, rule: &Rule) -> Ground<'_> {
        Ground { zone: self.zone, calendar: self.calendar, roll: rule.roll.unwrap_or(self.set.roll) }
    }

    fn span(&self, rule: &Rule, name: &'static str, label: &'static str, until: Instant) -> Span {
        let (rule, citation) = (rule.id.clone(), rule.citation.clone());
        Span { name, label, rule, citation, until, zone: self.zone }
    }

    fn term(&self, rule: &Rule, duty: Duty, from: Instant) -> Term {
        Term {
            duty,
            layer: Layer::Law,
            rule: rule.id.clone(),
            pack: self.set.label(),
            period: None,
            from,
            due: None,
            risk: None,
            extended: None,
            is_extended: false,
            zone: self.zone,
            citation: rule.citation.clone(),
            url: rule.source.clone(),
            evidence: rule.evidence.code(),
            confidence: rule.confidence.code(),
            condition: rule.condition.clone(),
            note: rule.note.clone(),
            assumed: None,
            pauses: Vec::new(),
            paused: None,
            met: met(duty, self.facts),
            binding: false,
        }
    }

    fn duty(&self, rule: &Rule, duty: Duty, period: &Written, from: Instant, explained: &mut Explained) {
        let mut term = Term { period: Some(period.text.clone()), ..self.term(rule, duty, from) };
        if rule.backwards {
            let due = reckon::latest_before(period.period, from, self.zone);
            // it can be done from the moment one knows of it
            let from = self.facts.received().min(due);
            explained.clocks.push(Term { from, due: Some(due), ..term });
            return;
        }
        let ground = self.ground(rule);
        let course = reckon::course(period.period, from, &rule.pauses, self.facts, &ground);
        let first = reckon::due(period.period, &course, &ground);
        term.from = course.from;
        term.paused = course.paused;
        term.pauses = course.stretches.iter().map(|stretch| (stretch.from, stretch.to)).collect();
        term.assumed = reckon::assumed(period.period, course.from, first, &ground);
        term.due = Some(first);
        if let Some(extension) = &rule.extension {
            let total = reckon::due(extension.total.period, &course, &ground);
            let told = self.facts.stands(Fact::Extended, Fact::ExtensionFailed);
            let told = told.filter(|told| *told >= self.facts.received());
            term.assumed =
                term.assumed.or_else(|| reckon::assumed(extension.total.period, course.from, total, &ground));
            term.extended = Some(total);
            term.is_extended = told.is_some_and(|told| told <= first);
            let by = Term { duty: Duty::ExtendBy, extended: None, is_extended: false, ..term.clone() };
            explained.clocks.push(Term { met: met(Duty::ExtendBy, self.facts).filter(|at| *at <= first), ..by });
            if term.is_extended {
                term.due = Some(total);
                term.period = Some(extension.total.text.clone());
            } else if told.is_some() {
                explained.not_applicable.push(NotApplicable {
                    rule: rule.id.clone(),
                    duty: Duty::ExtendBy.code(),
                    reason: "the person was told only after the first period had run out".to_owned(),
                });
            }
        }
        explained.clocks.push(term);
    }

    /// A duty for which the law has words and no number, and beside it the number that we give ourselves.
    fn undated(&self, rule: &Rule, duty: Duty, from: Instant, explained: &mut Explained) {
        let ground = self.ground(rule);
        let period = rule.target.as_ref().map_or(Period::Days(1), |target| target.period);
        let course = reckon::course(period, from, &rule.pauses, self.facts, &ground);
        let words = rule.undated.clone().unwrap_or_default();
        let law = Term {
            note: format!("{words}. {}", rule.note).trim_end().to_owned(),
            ..self.term(rule, duty, course.from)
        };
        // what follows an answer is counted from the answer
        let waits = rule.start.contains(&Fact::Resolved) && self.facts.stands(Fact::Resolved, Fact::Reopened).is_none();
        if let Some(target) = rule.target.as_ref().filter(|_| !waits) {
            let due = reckon::due(target.period, &course, &ground);
            explained.clocks.push(Term {
                layer: Layer::Target,
                period: Some(target.text.clone()),
                due: Some(due),
                citation: format!("our own number: {} says “{words}” and gives none", rule.citation),
                evidence: "policy",
                confidence: "",
                assumed: reckon::assumed(target.period, course.from, due, &ground),
                paused: course.paused,
                pauses: course.stretches.iter().map(|stretch| (stretch.from, stretch.to)).collect(),
                ..law.clone()
            });
        }
        explained.clocks.push(law);
    }

    /// The day of receipt, which decides which version of a rule holds.
    fn day(&self) -> NaiveDate {
        self.facts.received().local(self.zone).date_naive()
    }

    fn has_version_in_force(&self, rule: &Rule) -> bool {
        self.set.rules.iter().any(|other| other.id == rule.id && other.holds_on(self.day()))
    }

    fn out_of_time(&self, rule: &Rule) -> Option<String> {
        let day = self.day();
        if rule.holds_on(day) {
            return None;
        }
        let about = if rule.date_uncertain { ", a date that is not certain" } else { "" };
        Some(match (rule.from, rule.until) {
            (Some(from), _) if day < from => format!("received {day}, and in force only from {from}{about}"),
            (_, Some(until)) => format!("received {day}, and in force only until {until}{about}"),
            _ => "not in force".to_owned(),
        })
    }

    fn unmet_condition(&self, rule: &Rule) -> Option<String> {
        self.product.and_then(|pack| rule.applies_if.iter().find_map(|condition| pack.denies(condition)))
    }

    /// Duties that people expect and this rule set does not know.
    pub(super) fn name_missing(&self, matter: Matter, explained: &mut Explained) {
        let own: Vec<&str> = self.set.rules.iter().map(|rule| rule.id.as_str()).collect();
        for duty in expected(matter) {
            let code = duty.code();
            let has = explained.clocks.iter().any(|term| term.duty == *duty && own.contains(&term.rule.as_str()))
                || explained.not_applicable.iter().any(|n| n.duty == code && own.contains(&n.rule.as_str()));
            if !has {
                let reason = format!("{} gives no period for this: {}", self.set.short, matter.label().to_lowercase());
                explained.not_applicable.push(NotApplicable { rule: self.set.id.clone(), duty: code, reason });
            }
        }
    }
}

const fn expected(matter: Matter) -> &'static [Duty] {
    match matter {
        Matter::Case(_) => &[Duty::Acknowledge, Duty::Resolve, Duty::ExtendBy],
        Matter::Incident => &[Duty::NotifyAuthorityInitial, Duty::NotifyAuthority, Duty::NotifySubjects],
        Matter::PolicyChange | Matter::InactivityErasure | Matter::YearlyMetrics => &[Duty::SendNotice],
    }
}

fn subject(rule: &Rule) -> &'static str {
    let duty = rule.duty.map(Duty::code);
    duty.or(rule.window.map(Window::code)).or(rule.floor.map(Floor::code)).unwrap_or_default()
}
