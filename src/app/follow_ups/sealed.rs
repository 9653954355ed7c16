//! Rows that an erasure sealed: until when they stay is a follow-up of the case, and on the day after its last they are
//! destroyed. That was approved with the erasure and needs nobody again; a hold on the person keeps them, and they are
//! looked at again later.

use super::{number, record};
use crate::{
    app::{App, Error, failpoint::failpoint, subject},
    domain::{
        audit::AuditAction,
        case::Case,
        event::{By, Event},
        follow_up::{self, Standing, Way},
        identity::RunId,
        run::RunKind,
        time::Instant,
    },
    generation::{self, SealedRows, Source, Target},
    store::{
        Tx, audit, cases, follow_ups,
        follow_ups::{FollowUp, NewFollowUp},
        holds,
        runs::{self, Run, sealings, sealings::SealedTable},
    },
};
use chrono::NaiveDate;

/// Keeps what a run sealed and until when, in the transaction that ends it.
pub(in crate::app) async fn after_sealing(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    run: &Run,
    (target, sealed): (&Target, &[SealedRows]),
    now: Instant,
) -> Result<(), Error> {
    let Some(last) = sealed.iter().map(|rows| rows.last).max() else { return Ok(()) };
    let table = |rows: &SealedRows| SealedTable { into: rows.into.clone(), rows: rows.rows, last: rows.last };
    let tables: Vec<_> = sealed.iter().map(table).collect();
    let subjects: Vec<_> = target.subjects.iter().map(|key| subject::digest(app, &run.product, key)).collect();
    sealings::sealing_keep(tx, run.id, &run.product, &tables, &subjects).await?;
    let new = NewFollowUp {
        case: case.reference,
        run: Some(run.id),
        product: &run.product,
        recipient: None,
        did: RunKind::Erase,
        way: Way::Sealed,
        number: &number()?,
        known_by: None,
        at: now,
        due: follow_up::over_after(last, app.packs.zone(&run.product)),
    };
    follow_ups::follow_up_begin(tx, &app.vault, &new).await?;
    Ok(())
}

/// Destroys sealed rows whose last day is over, product by product, and closes what follows from runs that have none left.
/// May run twice. A product whose database does not answer keeps no other one waiting.
///
/// # Errors
/// As our own database says, or when a product's database could not be asked.
pub async fn destroy_sealed(app: &App) -> Result<(), Error> {
    let mut trouble = None;
    for (product, source) in &app.sources {
        let tables = sealings::sealed_tables_of(&mut app.db.read().await?, product).await?;
        let today = app.now().local(app.packs.zone(product)).date_naive();
        for into in tables {
            if let Err(error) = destroy_in(app, product, source, &into, today).await? {
                tracing::warn!(product, %error, "sealed rows could not be destroyed");
                trouble = Some(error);
            }
        }
    }
    let mut seen = None;
    loop {
        let over = follow_ups::follow_ups_sealed(&mut app.db.read().await?, app.now(), seen).await?;
        let Some(last) = over.last() else { break };
        seen = Some((last.due_at, last.id));
        for one in over {
            if let Err(error) = close(app, &one).await? {
                trouble = Some(error);
            }
        }
    }
    trouble.map_or(Ok(()), |error| Err(Error::field("run", error.to_string())))
}

/// Our own database's errors outside, the product's within.
type Outcome<T> = Result<Result<T, generation::Error>, Error>;

/// Everything that is over in one table, run by run.
async fn destroy_in(app: &App, product: &str, source: &Source, into: &str, today: NaiveDate) -> Outcome<()> {
    let mut last = String::new();
    loop {
        let runs = match source.sealed_over(into, today, &last).await {
            Ok(runs) => runs,
            Err(error) => return Ok(Err(error)),
        };
        let Some(latest) = runs.last() else { return Ok(Ok(())) };
        last.clone_from(latest);
        for run in runs {
            // what a rehearsal or somebody else sealed is not ours to destroy
            if let Ok(id) = run.parse::<RunId>()
                && let Err(error) = destroy_of(app, product, source, (into, id), today).await?
            {
                return Ok(Err(error));
            }
        }
    }
}

/// What one run has in one table, batch by batch, unless the person is held.
async fn destroy_of(
    app: &App,
    product: &str,
    source: &Source,
    (into, run): (&str, RunId),
    today: NaiveDate,
) -> Outcome<()> {
    let case = runs::run_get(&mut app.db.read().await?, run).await?.map(|run| run.case);
    loop {
        let mut tx = app.db.read().await?;
        let is_known = sealings::sealing_of(&mut tx, run).await?.iter().any(|table| table.into == into);
        let subjects = sealings::sealed_subjects_of(&mut tx, run).await?;
        if !is_known || !holds::holds_on(&mut tx, product, &subjects).await?.is_empty() {
            return Ok(Ok(()));
        }
        drop(tx);
        failpoint("sealed-before-batch");
        let destroyed = match source.destroy_sealed(into, &run.to_string(), today).await {
            Ok(0) => return Ok(Ok(())),
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        let mut tx = app.db.begin().await?;
        let what = format!("{run}: {destroyed} in {into}");
        audit::audit_append(&mut tx, app.now(), None, AuditAction::SealedRowsDestroyed, case, &what);
        tx.commit().await?;
        failpoint("sealed-after-batch");
    }
}

/// Closes a follow-up whose day is over, once its run has no sealed row left anywhere.
async fn close(app: &App, was: &FollowUp) -> Outcome<()> {
    let (Some(run), Some(source)) = (was.run, app.sources.get(&was.product)) else { return Ok(Ok(())) };
    let tables = sealings::sealing_of(&mut app.db.read().await?, run).await?;
    for table in tables {
        match source.sealed_left(&table.into, &run.to_string()).await {
            Ok(0) => {}
            Ok(_) => return Ok(Ok(())),
            Err(error) => return Ok(Err(error)),
        }
    }
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(mut case) = cases::case_lock(&mut tx, was.case).await? else { return Err(Error::NotFound) };
    let found = follow_ups::follow_up_lock(&mut tx, was.id).await?;
    let Some(mut one) = found.filter(|one| one.state.is_open()) else { return Ok(Ok(())) };
    one.state = Standing::Over;
    let event = Event::SealedDestroyed { follow_up: one.id };
    record(&mut tx, &mut case, &one, (By::System, event), now).await?;
    cases::case_save(&mut tx, &case).await?;
    audit::audit_append(&mut tx, now, None, AuditAction::SealedDestroyed, Some(one.case), &run.to_string());
    tx.commit().await?;
    failpoint("sealed-closed");
    Ok(Ok(()))
}
