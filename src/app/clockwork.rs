//! What can be done about a case's clocks, and whom its person can turn to: what the page of a case offers, by the
//! packs that hold for it. Decides nothing; the verbs look again.

use super::{App, choice::Choice, packs::KnownPause, verbs};
use crate::domain::{
    case::Case,
    clock::{
        Duty, Face, Layer,
        fact::{Fact, Trigger},
        leader,
    },
    kind::Kind,
    policy::{Matter, law::Route, place, rule::Mode},
    time::Instant,
};
use chrono_tz::Tz;

/// Everything of it.
#[derive(Debug, Clone)]
pub struct Clockwork {
    /// What telling the person that it takes longer would do, or why that is not possible.
    pub extension: Result<Extension, &'static str>,
    /// What the person can be asked.
    pub questions: Vec<Question>,
    /// What can be written down of such a case.
    pub facts: Vec<Fact>,
    /// Reports to authorities that are due: by what a form names each, and in words.
    pub reports: Vec<(String, String)>,
    /// True where a report can be written down: one is due, or the case is behind the wall.
    pub may_report: bool,
    /// Where the person lives.
    pub home: Home,
    /// Every kind with the moment by which the case would have to be resolved.
    pub kinds: Vec<(Kind, Option<Instant>)>,
    /// Whom the person can turn to who does not agree: those that work first.
    pub routes: Vec<Turn>,
}

/// What telling the person that it takes longer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Where the law says so.
    pub source: String,
    /// The end as it is, and the last moment to tell the person.
    pub first: Instant,
    /// The end as it would be.
    pub extended: Instant,
    /// The zone of the rule.
    pub zone: Tz,
    /// What would bind then.
    pub after: Option<(Layer, Instant)>,
}

/// Something the person can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What.
    pub trigger: Trigger,
    /// What asking does to the clock of the law.
    pub mode: Mode,
    /// Where it says so.
    pub citation: String,
    /// Since when the answer is awaited, if it is.
    pub open: Option<Instant>,
}

/// Where the person lives, and whose law holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The place; none where nobody knows.
    pub known: Option<String>,
    /// The place whose law is taken where nobody knows.
    pub taken: Option<String>,
    /// The laws that hold, by their short names.
    pub laws: Vec<String>,
    /// The places the pack knows, by their codes.
    pub places: Vec<Choice<String>>,
}

/// Somebody the person can turn to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who, how, and where it says so.
    pub route: Route,
    /// True where complaints are taken today.
    pub works: bool,
}

/// What the page of `case` offers at `now`.
#[must_use]
pub fn of(app: &App, case: &Case, now: Instant) -> Clockwork {
    let (place, facts) = (case.jurisdiction.as_deref(), case.facts());
    let due = |kind: &Kind| (*kind, app.packs.resolve_due(&case.product, *kind, place, &facts));
    let pauses = app.packs.pauses(&case.product, case.kind, place, case.received);
    Clockwork {
        extension: extension(app, case, now),
        questions: pauses.into_iter().map(|pause| question(case, pause)).collect(),
        facts: offered(app, case),
        reports: verbs::report_duties(case),
        may_report: case.is_restricted() || case.clocks.iter().any(|clock| clock.duty.is_report()),
        home: home(app, case),
        kinds: Kind::ALL.iter().map(due).collect(),
        routes: routes(app, &case.product, place, Some(case.kind), now),
    }
}

fn extension(app: &App, case: &Case, now: Instant) -> Result<Extension, &'static str> {
    let (clock, extended) = verbs::extendable(case, now)?;
    let open = case.clocks.iter().filter(|c| c.duty == Duty::Resolve && c.met.is_none());
    let after = open.map(|c| {
        let due = if c == clock { extended } else { c.due };
        ((c.layer, due), Face { layer: c.layer, due, is_paused: c.paused.is_some() })
    });
    let zone = clock.zone.unwrap_or_else(|| app.packs.zone(&case.product));
    Ok(Extension { source: clock.source.clone(), first: clock.due, extended, zone, after: leader(after) })
}

fn question(case: &Case, pause: KnownPause) -> Question {
    let stretches = case.facts().stretches(pause.trigger);
    let open = stretches.last().filter(|(_, end)| end.is_none()).map(|(since, _)| *since);
    Question { trigger: pause.trigger, mode: pause.mode, citation: pause.citation, open }
}

/// The facts that matter for such a case and were not written down yet.
fn offered(app: &App, case: &Case) -> Vec<Fact> {
    let rules = app.packs.rules(&case.product, case.kind, case.jurisdiction.as_deref(), case.received);
    let own = app.packs.get(&case.product).into_iter().flat_map(|pack| pack.commitments(Matter::Case(case.kind)));
    let own: Vec<Fact> = own.flat_map(|commitment| commitment.own.start.clone()).collect();
    let starts = |fact: Fact| own.contains(&fact) || rules.iter().any(|rule| rule.start.contains(&fact));
    let runs = |duty: Duty| case.clocks.iter().any(|c| c.duty == duty && c.met.is_none());
    let is_content = matches!(case.kind, Kind::ContentCsam | Kind::ContentNcii | Kind::ContentOther);
    let matters = |fact: Fact| match fact {
        Fact::AcknowledgementBounced => case.clocks.iter().any(|c| c.duty == Duty::Acknowledge && c.met.is_some()),
        Fact::SubjectsNotified => runs(Duty::NotifySubjects),
        Fact::RecipientsNotified => runs(Duty::NotifyRecipients),
        Fact::Removed => is_content || starts(fact),
        Fact::OrderReceived => case.kind == Kind::LegalOrder || starts(fact),
        Fact::ProofReceived => case.kind == Kind::NomineeRequest || starts(fact),
        other => starts(other),
    };
    let is_new = |fact: Fact| fact == Fact::AcknowledgementBounced || !case.facts.iter().any(|h| h.fact == fact);
    verbs::ANY_TIME.into_iter().filter(|fact| matters(*fact) && is_new(*fact)).collect()
}

fn home(app: &App, case: &Case) -> Home {
    let named = |code: &str| place::name(code).to_owned();
    let pack = app.packs.get(&case.product);
    let taken = pack.and_then(|pack| pack.jurisdiction(case.jurisdiction.as_deref()));
    let laws = taken.into_iter().flat_map(|taken| &taken.regimes);
    let places = pack.into_iter().flat_map(|pack| &pack.jurisdictions);
    Home {
        known: case.jurisdiction.as_deref().map(named),
        taken: taken.filter(|_| case.jurisdiction.is_none()).map(|taken| named(&taken.code)),
        laws: laws.filter_map(|id| app.packs.law(id)).map(|law| law.short.clone()).collect(),
        places: places.map(|one| Choice { id: one.code.clone(), name: named(&one.code) }).collect(),
    }
}

/// Whom people of a product can turn to: those who live at `place`, about a kind, or about anything.
#[must_use]
pub fn routes(app: &App, product: &str, place: Option<&str>, kind: Option<Kind>, now: Instant) -> Vec<Turn> {
    let Some(pack) = app.packs.get(product) else { return Vec::new() };
    let mut turns: Vec<Turn> = Vec::new();
    for (law, _) in app.packs.book(pack, place, None).laws {
        let today = now.local(law.zone).date_naive();
        let meant = |route: &&Route| {
            route.kinds.is_empty() || kind.is_none_or(|kind| route.kinds.contains(&Matter::Case(kind)))
        };
        let applies = |route: &&Route| route.applies_if.iter().all(|condition| pack.denies(condition).is_none());
        for route in law.routes.iter().filter(meant).filter(applies) {
            if !turns.iter().any(|turn| turn.route.id == route.id) {
                turns.push(Turn { works: route.operates_on(today), route: route.clone() });
            }
        }
    }
    turns.sort_by_key(|turn| !turn.works);
    turns
}
