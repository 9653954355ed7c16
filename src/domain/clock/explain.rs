//! What applies to one case, incident or change of policy: every clock, window and floor, and why the others do not.
//! A case's clocks are made here and nowhere else, whether a mail opens the case or an operator asks on the command line.

use super::{
    Duty, Face, Layer,
    fact::{Fact, Facts},
    leader,
    period::Period,
    reckon::{self, Ground},
};
use crate::domain::{
    calendar::{Calendar, hours::Hours},
    policy::{
        law::RuleSet,
        matter::Matter,
        product::{Commitment, ProductPack},
        rule::{Floor, Rule, Window, Written},
    },
    time::Instant,
    words,
};
use chrono::NaiveDate;
use chrono_tz::Tz;

/// The rules that are asked.
#[derive(Debug, Clone, Default)]
pub struct Book<'a> {
    /// Rule sets, each with the calendar of its working days.
    pub laws: Vec<(&'a RuleSet, Option<&'a Calendar>)>,
    /// What the product promised and aims at; without one, every condition on the product is taken to hold.
    pub product: Option<&'a ProductPack>,
    /// When the product's desk works.
    pub hours: Option<&'a Hours>,
}

/// One clock as the rules make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What has to be done.
    pub duty: Duty,
    /// Law, promise or target.
    pub layer: Layer,
    /// The rule's id.
    pub rule: String,
    /// The pack and its version.
    pub pack: String,
    /// ISO 8601; missing where the law gives no number.
    pub period: Option<String>,
    /// Where it begins.
    pub from: Instant,
    /// The last moment in time; missing where the law gives no number.
    pub due: Option<Instant>,
    /// From when on it is at risk.
    pub risk: Option<Instant>,
    /// The last moment once the person is told that it takes longer; missing where that is not possible.
    pub extended: Option<Instant>,
    /// True where they were told in time.
    pub is_extended: bool,
    /// The zone of the rule.
    pub zone: Tz,
    /// Where the rule stands.
    pub citation: String,
    /// Where that can be read; empty for promises and targets.
    pub url: String,
    /// `S1`, `S2` or `M` for law, `policy` for what the company says itself.
    pub evidence: &'static str,
    /// How sure we are; empty for promises and targets.
    pub confidence: &'static str,
    /// What must be so in the single case.
    pub condition: String,
    /// What else should be known.
    pub note: String,
    /// What had to be assumed.
    pub assumed: Option<String>,
    /// When it stood still.
    pub pauses: Vec<(Instant, Instant)>,
    /// Since when it stands still.
    pub paused: Option<Instant>,
    /// When the duty was done.
    pub met: Option<Instant>,
    /// True where it is the one that counts for its duty.
    pub binding: bool,
}

/// Something that is open to somebody else, or has to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The window's or the floor's code.
    pub name: &'static str,
    /// Its words.
    pub label: &'static str,
    /// The rule's id.
    pub rule: String,
    /// Where the rule stands.
    pub citation: String,
    /// Its last moment.
    pub until: Instant,
    /// The zone of the rule.
    pub zone: Tz,
}

/// A rule that speaks of such a matter and yet does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotApplicable {
    /// The rule's id, or the rule set's where it has no such rule at all.
    pub rule: String,
    /// The code of the duty, window or floor.
    pub duty: &'static str,
    /// Why.
    pub reason: String,
}

/// Everything that applies, and what does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explained {
    /// By due instant, those without a number last.
    pub clocks: Vec<Term>,
    /// What is open to others.
    pub windows: Vec<Span>,
    /// What has to be kept.
    pub floors: Vec<Span>,
    /// What does not apply.
    pub not_applicable: Vec<NotApplicable>,
}

/// Applies `book` to a matter and what happened to it.
#[must_use]
pub fn explain(book: &Book<'_>, matter: Matter, facts: &Facts) -> Explained {
    let mut explained = Explained::default();
    for (set, calendar) in &book.laws {
        let zone = calendar.filter(|_| set.zone_of_calendar).and_then(|c| c.zone).unwrap_or(set.zone);
        let law = Law { set, zone, calendar: *calendar, product: book.product, facts };
        for rule in set.rules.iter().filter(|rule| rule.kinds.contains(&matter)) {
            law.apply(rule, &mut explained);
        }
        law.name_missing(matter, &mut explained);
    }
    if let Some(pack) = book.product {
        for commitment in pack.commitments(matter) {
            match own(pack, book.hours, &commitment, facts) {
                Ok(term) => explained.clocks.push(term),
                Err(refused) => explained.not_applicable.push(refused),
            }
        }
    }
    if let Some(pack) = book.product {
        for term in &mut explained.clocks {
            term.risk = term.due.map(|due| pack.risk(term.duty, term.from, due));
        }
    }
    explained.clocks.sort_by_key(|term| (term.due.is_none(), term.due, term.duty.code(), term.layer.code()));
    bind(&mut explained.clocks);
    explained
}

/// One rule set and what is needed to apply its rules.
struct Law<'a> {
    set: &'a RuleSet,
    zone: Tz,
    calendar: Option<&'a Calendar>,
    product: Option<&'a ProductPack>,
    facts: &'a Facts,
}

impl Law<'_> {
    fn apply(&self, rule: &Rule, explained: &mut Explained) {
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
    fn name_missing(&self, matter: Matter, explained: &mut Explained) {
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

/// A promise or a target of the product, or why it does not run.
fn own(
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

fn waits(start: &[Fact]) -> String {
    let facts = start.iter().map(|fact| fact.code()).collect::<Vec<_>>().join(" or ");
    format!("nothing runs yet: it starts with {facts}")
}

/// When a duty was done, by what happened.
fn met(duty: Duty, facts: &Facts) -> Option<Instant> {
    match duty {
        Duty::Acknowledge => facts.stands(Fact::Acknowledged, Fact::AcknowledgementBounced),
        Duty::Resolve => facts.stands(Fact::Resolved, Fact::Reopened),
        Duty::ExtendBy => facts.stands(Fact::Extended, Fact::ExtensionFailed),
        Duty::NotifyAuthorityInitial | Duty::NotifyAuthority => facts.first(Fact::ReportedToAuthority),
        Duty::NotifySubjects => facts.first(Fact::SubjectsNotified),
        Duty::NotifyRecipients => facts.first(Fact::RecipientsNotified),
        Duty::SendNotice => None,
    }
}

/// Marks, of each duty, the clock that counts.
fn bind(terms: &mut [Term]) {
    for duty in Duty::ALL {
        let face = |t: &Term| t.due.map(|due| Face { layer: t.layer, due, is_paused: t.paused.is_some() });
        let open = terms.iter().enumerate().filter(|(_, t)| t.duty == *duty && t.met.is_none());
        let found = leader(open.filter_map(|(at, t)| face(t).map(|face| (at, face))));
        if let Some(term) = found.and_then(|at| terms.get_mut(at)) {
            term.binding = true;
        }
    }
}

/// From when on a clock is at risk that has no threshold of its own.
#[must_use]
pub fn usual_risk(from: Instant, due: Instant) -> Instant {
    due.plus(-words::warning(from, due))
}
