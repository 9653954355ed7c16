//! The letter that ends a request: what was done in each system, what was kept, why and until when; a
//! refusal, or a partial answer, with its basis and where to complain. Staff read and may change it before it goes.

use super::page::kept;
use crate::{
    app::{
        App, Error, FieldError, acknowledge,
        desk::{self, Desk, written},
        follow_ups, letters, subject,
        subject::Known,
    },
    domain::{
        audit::AuditAction,
        case::{Case, Outcome, State},
        codes::codes,
        event::{Event, Purpose},
        identity::{Identity, Reference},
        language::Language,
        plan::{Action, Plan, PlanLine},
        refusal::Refusal,
        rights::Actor,
        run::{RunKind, RunState},
        time::Instant,
    },
    mail::compose::{
        self, Facts,
        needs::{self, Part},
    },
    store::{
        Tx, contents, drafts, events,
        runs::{self, Run},
    },
};

/// Every reason, in the order in which forms offer them.
pub const REFUSALS: &[Refusal] = Refusal::ALL;

codes! {
    /// Letters that staff may begin with.
    Letter {
        Proposed "proposed" "As the run says, or a refusal",
        Nothing "nothing_held" "We hold nothing about you",
        Unidentified "unidentified" "We cannot identify you",
    }
}

/// What staff decided about the letter.
#[derive(Debug, Clone, Default)]
pub struct Closing {
    /// How the case ends: granted, granted in part, refused.
    pub outcome: Option<Outcome>,
    /// Why not wholly; needed unless it is granted.
    pub basis: Option<Refusal>,
    /// The letter's own words.
    pub text: String,
}

/// Sends the closing letter and resolves the case.
///
/// # Errors
/// When the text, the outcome or its basis is missing, a run is still open, the person left no address, or others were
/// quicker.
pub async fn close_with_letter(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    closing: &Closing,
) -> Result<(), Error> {
    let mut faults = Vec::new();
    if let Err(Error::Invalid(fields)) = written("text", &closing.text, "Write the letter") {
        faults.extend(fields);
    }
    let ends = [Outcome::Granted, Outcome::Partial, Outcome::Refused];
    let outcome = closing.outcome.filter(|outcome| ends.contains(outcome));
    if outcome.is_none() {
        faults.push(FieldError::new("outcome", "Choose how the request ends"));
    }
    if outcome.is_some_and(|outcome| outcome != Outcome::Granted) && closing.basis.is_none() {
        faults.push(FieldError::new("basis", "Choose why it is not granted in full"));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    if closing.basis == Some(Refusal::NothingHeld) || says_nothing_held(&closing.text)? {
        nothing_is_held(app, actor, reference).await?;
    }
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    if closing.basis == Some(Refusal::Unidentified) && desk.case.verified.is_some() {
        return Err(Error::field("basis", "The person is verified, so we know who they are; choose another reason"));
    }
    if let Some(run) = desk.case.run {
        return Err(Error::field("outcome", format!("Run {run} is still open; wait for its end or cancel it")));
    }
    if !desk.case.state.is_open() {
        return Err(Error::field("outcome", "The case is resolved already"));
    }
    // who is told that nothing is held has been answered in full
    let answered = closing.basis == Some(Refusal::NothingHeld) && desk.case.kind.run() == Some(RunKind::Export);
    if outcome == Some(Outcome::Granted) && !answered && finished(&mut desk.tx, reference).await?.is_none() {
        return Err(Error::field("outcome", "Nothing was done yet: no run of this case has finished"));
    }
    let basis = closing.basis.filter(|_| answered || outcome != Some(Outcome::Granted));
    let Some((to, subject)) = acknowledge::addressee(app, &mut desk.tx, &desk.case).await? else {
        return Err(Error::field(
            "text",
            "The person left no mail address; write a letter and change the state by hand",
        ));
    };
    let language = letters::language_of(app, &desk.case);
    let says = basis.map(|basis| compose::basis(language, basis)).transpose()?.unwrap_or_default();
    let complaint = letters::complaint(app, &desk.case.product, language);
    let kind = if basis.is_some() { compose::Letter::Refusal } else { compose::Letter::Closing };
    let mut required = letters::required(app, &desk.case, kind);
    if answered {
        // who is told that nothing is held is refused nothing
        required.clear();
    }
    let tells_where = basis.is_some() || required.iter().any(|one| one.part == Part::Complaint);
    let text = compose::ended(&closing.text, &[&says, if tells_where { &complaint } else { "" }]);
    let facts = Facts { reason: says, complaint, ..letters::facts(app, &desk.case, &to.name, language) };
    needs::check(&facts, &text, &required).map_err(|missing| Error::field("text", missing.to_string()))?;
    let letter = compose::send(compose::Letter::Reply, language, &facts, &subject, &text)?;
    let queued = acknowledge::queue(app, &mut desk.tx, &desk.case, Purpose::Closing, to, letter, desk.now).await?;
    desk.take_up().await?;
    desk.record(queued).await?;
    let from = desk.case.state;
    desk.record(Event::StateChanged { from, to: State::Resolved, outcome, reason: None }).await?;
    let kind = desk.case.kind;
    desk.start_clocks(kind).await?;
    follow_ups::after_resolving(&mut desk, outcome).await?;
    drafts::draft_forget(&mut desk.tx, reference, actor.id).await?;
    desk.commit(AuditAction::ClosingSent).await
}

/// That nothing is held is said by what is looked up once more just now: the address the letter goes to, and everything
/// the case looked the person up by.
async fn nothing_is_held(app: &App, actor: &Actor, reference: Reference) -> Result<(), Error> {
    let case = desk::look(app, actor, reference).await?;
    let Some(source) = app.sources.get(&case.product) else { return Ok(()) };
    let mut tx = app.db.read().await?;
    let first = contents::content_first(&mut tx, &app.vault, reference).await?.unwrap_or_default();
    // also what a link was asked for that nobody confirmed: whose account that is, is not known, but there may be one
    let mut known = Vec::new();
    for recorded in events::events_of(&mut tx, reference).await? {
        if let Event::VerificationAsked { identity, .. } | Event::VerifiedByStaff { identity, .. } = recorded.event {
            let content = contents::content_get(&mut tx, &app.vault, identity).await?.unwrap_or_default();
            known.extend(Known::read(&content).identities);
        }
    }
    let kept = runs::runs_of_requester(&mut tx, reference).await?.into_iter().find(|run| run.plan.keeps_some());
    drop(tx);
    if let Some(run) = kept {
        let says = format!(
            "Run {} erased this person and kept some rows for a reason, so this is not true. Say in a letter what was kept",
            run.id
        );
        return Err(Error::field("basis", says));
    }
    let address = source.contact_kinds().into_iter().map(|kind| Identity { kind, value: first.address.clone() });
    let identities: Vec<_> = address.chain(known).collect();
    let found = subject::find(app, &case.product, &identities).await.map_err(|error| match error {
        Error::Invalid(fields) => {
            Error::Invalid(fields.into_iter().map(|f| FieldError::new("basis", f.says)).collect())
        }
        other => other,
    })?;
    if found.subjects.is_empty() {
        return Ok(());
    }
    let says = if case.verified.is_some() {
        "The person has an account, so this is not true. Make the copy, or choose another reason"
    } else {
        "An account is found by what we looked the person up by, so this may not be true. Verify them, or say that they \
         cannot be identified"
    };
    Err(Error::field("basis", says))
}

/// The last run that did what was asked for; what was erased again after a restore is none.
async fn finished(tx: &mut Tx, case: Reference) -> Result<Option<Run>, Error> {
    let replays: Vec<_> = events::events_of(tx, case)
        .await?
        .into_iter()
        .filter_map(|recorded| if let Event::ReplayPlanned { run, .. } = recorded.event { Some(run) } else { None })
        .collect();
    let did = |run: &Run| run.state == RunState::Finished && !replays.contains(&run.id);
    Ok(runs::runs_of_case(tx, case).await?.into_iter().find(did))
}

/// True where a letter says, in any language, that nothing is held.
fn says_nothing_held(text: &str) -> Result<bool, Error> {
    for language in Language::ALL {
        if text.contains(&compose::basis(*language, Refusal::NothingHeld)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The letter as it is proposed: from the finished run where there is one, and how the case would end by it.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn proposed(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    name: &str,
    letter: Letter,
) -> Result<Closing, Error> {
    let language = letters::language_of(app, case);
    let facts = letters::facts(app, case, name, language);
    let draft = |letter, facts: &Facts| compose::draft(letter, language, facts);
    match letter {
        Letter::Nothing => {
            let granted = case.kind.run() == Some(RunKind::Export);
            let outcome = if granted { Outcome::Granted } else { Outcome::Refused };
            let text = draft(compose::Letter::NothingHeld, &facts)?;
            return Ok(Closing { outcome: Some(outcome), basis: Some(Refusal::NothingHeld), text });
        }
        Letter::Unidentified => {
            let text = draft(compose::Letter::Unidentified, &facts)?;
            return Ok(Closing { outcome: Some(Outcome::Refused), basis: Some(Refusal::Unidentified), text });
        }
        Letter::Proposed => {}
    }
    let run = finished(tx, case.reference).await?.filter(|run| run.kind == RunKind::Erase);
    let Some(run) = run else {
        return Ok(Closing { outcome: None, basis: None, text: draft(compose::Letter::RefusalOpening, &facts)? });
    };
    let (told, backups) = follow_ups::said_of(app, tx, case.reference, run.id).await?;
    let erased = compose::Erased {
        told,
        backups: backups.map(|at| letters::when(app, case, language, at)).unwrap_or_default(),
        finished: letters::when(app, case, language, run.ended_at.unwrap_or(Instant(0))),
        system: app.sources.get(&run.product).map(|source| source.system().to_owned()).unwrap_or_default(),
        rows: own(&run.plan, |action| action == Action::Delete),
        files: run.files.count.max(run.plan.files.count),
        changed: own(&run.plan, |action| !matches!(action, Action::Delete | Action::Keep | Action::Seal)),
        kept: kept(&run.plan).map(|line| kept_line(line, language)).collect(),
        part: limits(app, &run, language).join("; "),
        run: run.id.to_string(),
    };
    let by_law = kept(&run.plan).any(|line| !line.is_on_hold());
    let (outcome, basis) = match (by_law, run.plan.holds_some()) {
        (true, _) => (Some(Outcome::Partial), Some(Refusal::KeptByLaw)),
        (false, true) => (Some(Outcome::Partial), Some(Refusal::Claims)),
        // whether a part is all that was asked for, staff have read and we have not
        (false, false) if !run.plan.limits.is_empty() => (None, None),
        (false, false) => (Some(Outcome::Granted), None),
    };
    let text = draft(compose::Letter::Erased, &Facts { erased: Some(erased), ..facts })?;
    Ok(Closing { outcome, basis, text })
}

/// Rows of the person's own to which this is done: other people's likes are not theirs to count.
fn own(plan: &Plan, done: impl Fn(Action) -> bool) -> i64 {
    plan.tables.iter().filter(|line| !line.of_others && done(line.action)).map(|line| line.rows).sum()
}

/// What a run was limited to, in the letter's language and with the names that the map has for people.
fn limits(app: &App, run: &Run, language: Language) -> Vec<String> {
    let limits = &run.plan.limits;
    app.sources.get(&run.product).map_or_else(|| limits.clone(), |source| source.limits_told(limits, language))
}

fn kept_line(line: &PlanLine, language: Language) -> compose::KeptLine {
    let until = line.keep_until.as_deref().and_then(|day| day.parse::<chrono::NaiveDate>().ok());
    compose::KeptLine {
        rows: line.rows,
        what: line.table.replace('_', " "),
        reason: line.reason.clone().unwrap_or_default(),
        until: until.map(|day| language.day(day)).unwrap_or_default(),
        on_hold: line.is_on_hold(),
    }
}
