//! Tells the person that it takes longer, and why, and moves the clock: possible once, and only inside the first period.

use crate::{
    app::{
        App, Error, acknowledge, clockwork,
        desk::{Desk, written},
        letters,
    },
    domain::{
        audit::AuditAction,
        case::Case,
        clock::{Clock, Duty, fact::Fact},
        event::{Event, Purpose},
        identity::Reference,
        language::Language,
        rights::Actor,
        time::Instant,
    },
    mail::{
        compose::{self, Facts, Letter, needs},
        language::moment,
    },
};

/// The clock that can be made longer: unmet, not extended yet, its first period not over.
///
/// # Errors
/// Says why there is none.
pub fn extendable(case: &Case, now: Instant) -> Result<(&Clock, Instant), &'static str> {
    let unmet = |c: &&Clock| c.duty == Duty::Resolve && c.met.is_none();
    let possible: Vec<&Clock> = case.clocks.iter().filter(unmet).filter(|c| c.extended.is_some()).collect();
    let Some(clock) = possible.iter().find(|c| !c.is_extended) else {
        return Err(if possible.is_empty() {
            "No law that holds for this case lets it take longer"
        } else {
            "The person was told already that it takes longer; that is possible once"
        });
    };
    let over = || "The first period has run out: it can no longer be extended. Answer now, and say why it is late";
    let extended = clock.extended.filter(|_| now <= clock.due).ok_or_else(over)?;
    Ok((clock, extended))
}

/// Where this person can complain today, as a letter says it: by the law of where they live, where the packs have it in
/// this language.
fn complaint(app: &App, case: &Case, language: Language, now: Instant) -> String {
    let turns = clockwork::routes(app, &case.product, case.jurisdiction.as_deref(), Some(case.kind), now);
    let works: Vec<_> = turns.into_iter().filter(|turn| turn.works).map(|turn| turn.route.how).collect();
    if works.is_empty() || language != Language::En {
        return letters::complaint(app, &case.product, language);
    }
    format!("If you do not agree: {}", works.join(" "))
}

/// What the notice says, where it can be given.
fn told(app: &App, case: &Case, name: &str, reasons: &str, now: Instant) -> Result<Facts, &'static str> {
    let (clock, extended) = extendable(case, now)?;
    let language = letters::language_of(app, case);
    let zone = clock.zone.unwrap_or_else(|| app.packs.zone(&case.product));
    Ok(Facts {
        first: moment(language, clock.due, zone),
        extended: moment(language, extended, zone),
        reason: reasons.trim().to_owned(),
        source: clock.source.clone(),
        complaint: complaint(app, case, language, now),
        ..letters::facts(app, case, name, language)
    })
}

/// The notice as it is proposed, with a gap where the reasons belong; none where the case cannot be extended.
///
/// # Errors
/// When the template cannot be written.
pub fn extension_letter(app: &App, case: &Case, name: &str, now: Instant) -> Result<Option<String>, Error> {
    let Ok(facts) = told(app, case, name, "", now) else { return Ok(None) };
    Ok(Some(compose::draft(Letter::Extension, letters::language_of(app, case), &facts)?))
}

/// Tells the person that it takes longer, and why, and moves the clock. `letter` is the notice as staff changed it, with
/// the reasons where its gap is; empty, it leaves as proposed.
///
/// # Errors
/// When there is nothing to extend or it is too late, no reason is given, the letter does not say what it has to, the
/// person left no address, or others were quicker.
pub async fn extend_case(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    reasons: &str,
    letter: &str,
) -> Result<(), Error> {
    let reasons = written("reasons", reasons, "Give the reasons; the person reads them, and the law asks for them")?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    extendable(&desk.case, desk.now).map_err(|says| Error::field("reasons", says))?;
    let Some((to, subject)) = acknowledge::addressee(app, &mut desk.tx, &desk.case).await? else {
        let says = "The person left no mail address, so that nobody can be told here that it takes longer";
        return Err(Error::field("reasons", says));
    };
    let language = letters::language_of(app, &desk.case);
    let facts = told(app, &desk.case, &to.name, reasons, desk.now).map_err(|says| Error::field("reasons", says))?;
    let text = match letter.trim() {
        "" => compose::draft(Letter::Extension, language, &facts)?,
        changed => needs::fill(changed, reasons),
    };
    let required = letters::required(app, &desk.case, Letter::Extension);
    needs::check(&facts, &text, &required).map_err(|missing| Error::field("letter", missing.to_string()))?;
    let written = compose::send(Letter::Extension, language, &facts, &subject, &text)?;
    let queued = acknowledge::queue(app, &mut desk.tx, &desk.case, Purpose::Extension, to, written, desk.now).await?;
    desk.record(queued).await?;
    let note = Some(desk.keep_reason(reasons).await?);
    desk.record(Event::FactRecorded { fact: Fact::Extended, at: desk.now, note }).await?;
    desk.take_up().await?;
    let kind = desk.case.kind;
    desk.start_clocks(kind).await?;
    desk.commit(AuditAction::CaseExtended).await
}
