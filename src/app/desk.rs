//! A verb at work on one case: who, the locked case, the transaction; and the one way to end it well.

use super::{App, Error, alarms, proof, timeline};
use crate::{
    domain::{
        audit::{AuditAction, Entry, changed},
        case::{Case, State},
        conflict,
        event::{By, Event},
        identity::{ContentId, Reference, StaffId},
        kind::Kind,
        policy::ProductPack,
        rights::{Act, Actor, Doer},
        time::Instant,
    },
    store::{Tx, audit, cases, contents, contents::Content, events},
};

/// A verb at work on one case.
pub struct Desk<'a> {
    /// The house.
    pub app: &'a App,
    /// Who acts.
    pub actor: &'a Actor,
    /// The transaction.
    pub tx: Tx,
    /// The case, locked.
    pub case: Case,
    /// The moment it happens.
    pub now: Instant,
    /// By whose right it happens; for a deputy the audit log names both by it.
    pub by: Doer,
    before: Case,
    /// What the log says behind what the actor did.
    behind: Vec<Entry>,
}

impl<'a> Desk<'a> {
    /// Locks the case for somebody who may work on it. `seen` is the last event they know of; where others did
    /// something since, they are told instead.
    ///
    /// # Errors
    /// `NotFound` where the case does not exist, is of another product or behind the wall, `NotAllowed` for who only reads,
    /// `Conflict` where others were quicker.
    pub async fn at(app: &'a App, actor: &'a Actor, reference: Reference, seen: Option<i64>) -> Result<Self, Error> {
        let mut tx = app.db.begin().await?;
        let case = theirs(actor, cases::case_lock(&mut tx, reference).await?)?;
        if case.erased.is_some() {
            return Err(Error::NotAllowed(
                "Everything of this case was erased, and nothing can be done with it any more. A new mail opens a new case."
                    .to_owned(),
            ));
        }
        if let Some(seen) = seen.filter(|seen| *seen < case.seq) {
            let history = proof::open_to(actor, &case.product, events::events_of(&mut tx, reference).await?);
            let unseen: Vec<_> = conflict::unseen(&history, seen).into_iter().cloned().collect();
            if !unseen.is_empty() {
                let since = timeline::entries(app, &mut tx, &case, &unseen).await?;
                return Err(Error::Conflict { since, seq: case.seq });
            }
        }
        let by = actor.doing(Act::WorkCases, case.place());
        Ok(Self { app, actor, tx, before: case.clone(), case, now: app.now(), by, behind: Vec::new() })
    }

    /// Whether the actor is the second person, who does `act` about what `asked` wants; the log names by whose right.
    pub fn second(&mut self, asked: StaffId, act: Act) -> bool {
        let by = self.actor.second(asked, act, self.case.place());
        self.by = by.unwrap_or(self.by);
        by.is_some()
    }

    /// Records what the actor did.
    ///
    /// # Errors
    /// As the database says.
    pub async fn record(&mut self, event: Event) -> Result<(), Error> {
        Ok(cases::case_record(&mut self.tx, &mut self.case, By::Staff(self.actor.id), self.now, event).await?)
    }

    /// Keeps a text of the case.
    ///
    /// # Errors
    /// As the database says.
    pub async fn keep(&mut self, purpose: &'static str, content: &Content) -> Result<ContentId, Error> {
        let (vault, case) = (&self.app.vault, &self.case);
        Ok(contents::content_keep(
            &mut self.tx,
            vault,
            case.reference,
            case.is_restricted(),
            purpose,
            content,
            self.now,
        )
        .await?)
    }

    /// Keeps a reason that somebody gave.
    ///
    /// # Errors
    /// As the database says.
    pub async fn keep_reason(&mut self, reason: &str) -> Result<ContentId, Error> {
        self.keep("reason", &Content { text: reason.trim().to_owned(), ..Content::default() }).await
    }

    /// A case somebody works on is no longer new.
    ///
    /// # Errors
    /// As the database says.
    pub async fn take_up(&mut self) -> Result<(), Error> {
        if self.case.state == State::New {
            self.record(Event::StateChanged { from: State::New, to: State::Open, outcome: None, reason: None }).await?;
        }
        Ok(())
    }

    /// Starts the clocks of a kind from the original receipt, as the product's pack now says.
    ///
    /// # Errors
    /// As the database says.
    pub async fn start_clocks(&mut self, kind: Kind) -> Result<(), Error> {
        let (started, before) = (started(self.app, &self.case, kind), self.case.clocks.clone());
        self.record(started).await?;
        alarms::raise_urgent(self.app, &mut self.tx, &mut self.case, &before, self.now).await
    }

    /// Has the log say, behind what the actor does, what followed from it by itself: on this case, of this thing.
    pub fn followed_by(&mut self, action: AuditAction, object: &str) {
        self.behind.push(Entry::new(self.now, None, action).on(Some(self.case.reference)).object(object));
    }

    /// Saves the case, writes the audit entry last, with the names of the case's fields that changed, commits, and wakes
    /// the runner.
    ///
    /// # Errors
    /// As the database says; nothing happened then.
    pub async fn commit(mut self, action: AuditAction) -> Result<(), Error> {
        cases::case_save(&mut self.tx, &self.case).await?;
        let entry = Entry::new(self.now, self.by, action).on(Some(self.case.reference));
        audit::entry_add(&mut self.tx, entry.fields(&changed(&self.before, &self.case)));
        for entry in std::mem::take(&mut self.behind) {
            audit::entry_add(&mut self.tx, entry);
        }
        super::failpoint::failpoint("verb-before-commit");
        self.tx.commit().await?;
        self.app.wake();
        Ok(())
    }
}

/// The clocks of a case as the packs now say, as an event that the caller has to record.
pub(super) fn started(app: &App, case: &Case, kind: Kind) -> Event {
    let mut clocks = app.packs.clocks(&case.product, kind, case.jurisdiction.as_deref(), &case.facts());
    clocks.retain(|clock| !case.ruled_out.contains(&clock.rule));
    Event::ClocksStarted { pack: app.packs.get(&case.product).map(ProductPack::label).unwrap_or_default(), clocks }
}

/// The case as it stands, for somebody who may work on it: for what has to be looked up outside before the
/// transaction. What it says may have changed when the case is locked.
///
/// # Errors
/// `NotFound` where the case does not exist or is behind the wall.
pub async fn look(app: &App, actor: &Actor, reference: Reference) -> Result<Case, Error> {
    let mut tx = app.db.read().await?;
    theirs(actor, cases::case_get(&mut tx, reference).await?)
}

/// The case, where this person works on it. Who may not even see it learns nothing of it.
fn theirs(actor: &Actor, case: Option<Case>) -> Result<Case, Error> {
    let case = case.filter(|case| actor.may(Act::SeeCases, case.place()));
    let case = case.ok_or(Error::NotFound)?;
    if actor.may(Act::WorkCases, &case.product) {
        return Ok(case);
    }
    Err(Error::NotAllowed("Your role does not work on cases. Ask an administrator.".to_owned()))
}

/// While a run waits or is under way nobody changes what it rests on.
///
/// # Errors
/// `Invalid` on `field`, naming the run.
pub fn no_run(case: &Case, field: &'static str) -> Result<(), Error> {
    match case.run {
        Some(run) => {
            Err(Error::field(field, format!("Run {run} of this case is open; decide about it or cancel it first")))
        }
        None => Ok(()),
    }
}

/// Text that somebody has to write: trimmed, not empty, not endless.
///
/// # Errors
/// `Invalid` with `says` on `field`.
pub fn written<'t>(field: &'static str, text: &'t str, says: &str) -> Result<&'t str, Error> {
    const MOST: usize = 100_000;
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::field(field, says));
    }
    if text.chars().count() > MOST {
        return Err(Error::field(field, "Shorten the text to 100,000 characters"));
    }
    Ok(text)
}
