//! What staff choose before a plan is made: whose accounts, how much of them, which values, the end of a restriction.
//! Shows what there is to choose from; what is planned comes from what is found again then.

use super::{answers, source_of, unanswered};
use crate::{
    app::{App, Error, FieldError, desk::look, exports, subject::Known},
    domain::{
        case::Case,
        clock::fact::Fact,
        copy::CopyForm,
        event::Event,
        identity::{ContentId, Reference},
        rights::Actor,
        run::{RESTRICTION, RunKind, RunState},
    },
    generation::{Aim, Correctable, Extent, Found, Item, Key, Source},
    store::{Tx, contents, events, runs},
};

/// What staff chose. Nothing chosen: everything of the one account that is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The keys of the accounts that are the person's; needed where several are found.
    pub accounts: Vec<Vec<String>>,
    /// What the run is limited to.
    pub extent: Extent,
    /// The values that become others. Holds what is personal.
    pub sets: Vec<SetValue>,
    /// True where the restriction of the case is to end.
    pub lifts: bool,
    /// True where a full copy is made though a summary would do.
    pub full_copy: bool,
}

/// A value that becomes another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetValue {
    /// The row.
    pub item: Item,
    /// Its column.
    pub column: String,
    /// What stood there when it was looked at.
    pub was: Option<String>,
    /// What it becomes; none for nothing at all.
    pub becomes: Option<String>,
}

/// What there is to choose from.
#[derive(Debug, Clone)]
pub struct Choosable {
    /// The case.
    pub reference: Reference,
    /// Its last event.
    pub seq: i64,
    /// What the case is called: its kind.
    pub about: &'static str,
    /// The product's short name.
    pub product: String,
    /// What kind of run answers it.
    pub kind: RunKind,
    /// The keys of the accounts that were found.
    pub accounts: Vec<Vec<String>>,
    /// The kinds of identity that found them.
    pub found_by: Vec<String>,
    /// The data map's categories.
    pub categories: Vec<String>,
    /// Its tables, with what people call them.
    pub tables: Vec<(String, String)>,
    /// The rows with values that can be corrected, where that is asked for.
    pub rows: Vec<Correctable>,
    /// The least that a copy has to be.
    pub least_copy: CopyForm,
    /// Why the restriction cannot be lifted yet; none where it can, or none stands.
    pub lifting: Option<Result<(), &'static str>>,
}

/// What the verified person's case can be planned with.
///
/// # Errors
/// When no run answers the case, the person is not verified, or the generation database does not answer.
pub async fn choosable(app: &App, actor: &Actor, reference: Reference) -> Result<Choosable, Error> {
    let case = look(app, actor, reference).await?;
    let kind = ready(app, &case)?;
    let mut tx = app.db.read().await?;
    let known = known(app, &mut tx, &case).await?;
    let lifting = lifting(&mut tx, &case).await?;
    drop(tx);
    let source = source_of(app, &case.product)?;
    let found = find(app, source, &case.product, &known).await?;
    let rows = match kind {
        RunKind::Correct => source.correctable(&found.subjects).await.map_err(|e| unanswered(&case.product, &e))?,
        _ => Vec::new(),
    };
    let (categories, tables) = source.limits();
    Ok(Choosable {
        reference,
        seq: case.seq,
        about: case.kind.label(),
        product: app.packs.short(&case.product),
        kind,
        accounts: found.subjects.into_iter().map(|key| key.0).collect(),
        found_by: found.found_by,
        categories,
        tables,
        rows,
        least_copy: exports::least_form(app, &case),
        lifting,
    })
}

/// What the case asks for, where it can be planned now.
pub(super) fn ready(app: &App, case: &Case) -> Result<RunKind, Error> {
    let Some(kind) = answers(app, case) else {
        let says = if case.kind.answer().is_some() {
            "The data map of this product does not say how this is done. Do it by hand and write it down, or have an \
             engineer add it to the map"
        } else {
            "No run answers a case of this kind. Is it classified rightly?"
        };
        return Err(Error::field("run", says));
    };
    if !case.state.is_open() {
        return Err(Error::field("run", "The case is resolved; reopen it first"));
    }
    if case.verified.is_none() {
        return Err(Error::field(
            "run",
            "Verify the person first: nobody’s data goes, changes or leaves on a stranger’s word",
        ));
    }
    if let Some(run) = case.run {
        return Err(Error::field("run", format!("Run {run} of this case is open already; decide about it first")));
    }
    Ok(kind)
}

/// What the verified person is looked up by.
pub(super) async fn known(app: &App, tx: &mut Tx, case: &Case) -> Result<Known, Error> {
    let identity: Option<ContentId> = case.verified.map(|verified| verified.identity);
    let content = match identity {
        Some(id) => contents::content_get(tx, &app.vault, id).await?.unwrap_or_default(),
        None => contents::Content::default(),
    };
    Ok(Known::read(&content))
}

/// Whom that leads to, which has to be whom it led to when they were verified.
pub(super) async fn find(app: &App, source: &Source, product: &str, known: &Known) -> Result<Found, Error> {
    if known.identities.is_empty() {
        let says = "What the person was verified by is kept no longer here. Verify them again before anything is done";
        return Err(Error::field("run", says));
    }
    let found = source.find(&known.identities).await.map_err(|error| unanswered(product, &error))?;
    if known.leads_to(app, product, &found) {
        return Ok(found);
    }
    let says = if found.subjects.is_empty() {
        "What the person was verified by leads to no account any more: their data may be gone. If not, verify them again"
    } else {
        "What the person was verified by leads to another account now. Verify them again before anything is done"
    };
    Err(Error::field("run", says))
}

/// Whether the restriction that this case brought about can end: the person has to know before it does (Art. 18(3) of
/// the GDPR). None where no restriction of it stands.
async fn lifting(tx: &mut Tx, case: &Case) -> Result<Option<Result<(), &'static str>>, Error> {
    if case.kind.choice() != Some((RESTRICTION, true)) {
        return Ok(None);
    }
    let done = runs::runs_of_case(tx, case.reference).await?;
    let last = done.iter().find(|run| run.state == RunState::Finished);
    let Some(run) = last.filter(|run| run.kind == RunKind::Restrict) else { return Ok(None) };
    let since = run.ended_at;
    let told = events::events_of(tx, case.reference).await?.iter().any(|recorded| {
        matches!(recorded.event, Event::FactRecorded { fact: Fact::LiftingTold, at, .. } if Some(at) >= since)
    });
    let says =
        "Tell the person first that the restriction ends: by the letter for it, or otherwise, and write that down";
    Ok(Some(if told { Ok(()) } else { Err(says) }))
}

/// The accounts among those that were found that staff chose, and the others.
///
/// # Errors
/// When an account was chosen that was not found.
pub(super) fn accounts(found: &Found, chosen: &Chosen) -> Result<(Vec<Key>, Vec<Key>), Error> {
    if chosen.accounts.is_empty() {
        return Ok((found.subjects.clone(), Vec::new()));
    }
    let (theirs, others): (Vec<_>, Vec<_>) =
        found.subjects.iter().cloned().partition(|key| chosen.accounts.contains(&key.0));
    if theirs.len() != chosen.accounts.len() {
        return Err(Error::field("accounts", "Choose among the accounts that are found now"));
    }
    Ok((theirs, others))
}

/// What is done, and what kind of run that is.
///
/// # Errors
/// When a restriction may not end yet, no value is to change, or one is not as it was looked at any more.
pub(super) async fn aim(
    app: &App,
    case: &Case,
    source: &Source,
    subjects: &[Key],
    chosen: &Chosen,
) -> Result<Aim, Error> {
    if chosen.lifts {
        let mut tx = app.db.read().await?;
        return match lifting(&mut tx, case).await? {
            Some(Ok(())) => Ok(Aim::Choose { what: RESTRICTION.to_owned(), stops: false }),
            Some(Err(says)) => Err(Error::field("lifts", says)),
            None => Err(Error::field("lifts", "No restriction of this case stands")),
        };
    }
    if let Some((what, stops)) = case.kind.choice() {
        if stops && what == RESTRICTION && lifting(&mut app.db.read().await?, case).await?.is_some() {
            return Err(Error::field("lifts", "The restriction stands already. Tick that it is to end, or leave it"));
        }
        return Ok(Aim::Choose { what: what.to_owned(), stops });
    }
    if case.kind.answer() != Some(RunKind::Correct) {
        return Ok(Aim::Erase);
    }
    if chosen.sets.is_empty() {
        return Err(Error::field("sets", "Change at least one value"));
    }
    let mut corrections = Vec::new();
    let mut changed = Vec::new();
    for set in &chosen.sets {
        let wanted = vec![(set.column.clone(), set.becomes.clone())];
        let proposed = source.corrections(subjects, &set.item, wanted).await;
        let proposed = proposed.map_err(|error| unanswered(&case.product, &error))?;
        if proposed.iter().any(|one| one.was != set.was) {
            let says = format!("{} is not what it was when you looked; look at it again", set.column.replace('_', " "));
            changed.push(FieldError::new("sets", says));
        }
        corrections.extend(proposed);
    }
    if changed.is_empty() { Ok(Aim::Correct { corrections }) } else { Err(Error::Invalid(changed)) }
}
