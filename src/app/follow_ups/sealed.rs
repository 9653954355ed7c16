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
        time::{DAY, Instant, MINUTE},
    },
    generation::{self, SealedRows, Source, Target},
    store::{
        Tx, audit, cases, follow_ups,
        follow_ups::{FollowUp, NewFollowUp},
        holds,
        runs::{self, Run, checkpoints, sealings, sealings::SealedTable},
    },
};
use chrono::NaiveDate;

/// How long after a run was cancelled it is looked what it had sealed: a batch that was under way has ended by then.
const GRACE: i64 = 20 * MINUTE;
/// How long it is looked again where there was nothing: a worker that stood still may wake up and end its batch.
const PATIENCE: i64 = DAY;
/// How long a table that keeps sealed rows may be away before it counts as dropped, with all that was in it.
const AWAY: i64 = 7 * DAY;

/// Whose rows a run is about.
fn digests(app: &App, run: &Run, target: &Target) -> Vec<Vec<u8>> {
    target.subjects.iter().map(|key| subject::digest(app, &run.product, key)).collect()
}

/// Writes down where a run may seal something, `into` tables of the product's database, and whose: in the transaction after
/// which it may begin, so that no row is ever sealed that nobody knows of, however the run ends.
pub(in crate::app) async fn before_sealing(
    app: &App,
    tx: &mut Tx,
    run: &Run,
    target: &Target,
    into: &[String],
) -> Result<(), Error> {
    if into.is_empty() {
        return Ok(());
    }
    let last = target.begun.unwrap_or(target.today);
    let tables: Vec<_> = into.iter().map(|into| SealedTable { into: into.clone(), rows: 0, last }).collect();
    Ok(sealings::sealing_keep(tx, run.id, &run.product, &tables, &digests(app, run, target)).await?)
}

/// Keeps what a run sealed and until when, in the transaction that ends it.
pub(in crate::app) async fn after_sealing(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    run: &Run,
    (target, sealed): (&Target, &[SealedRows]),
    now: Instant,
) -> Result<(), Error> {
    let table = |rows: &SealedRows| SealedTable { into: rows.into.clone(), rows: rows.rows, last: rows.last };
    let tables: Vec<_> = sealed.iter().map(table).collect();
    follow(app, tx, case, run, (&tables, &digests(app, run, target)), now).await
}

/// Keeps the tables with what a run sealed, and begins the follow-up that ends with the last of it; where there is nothing
/// it is forgotten that there might have been.
async fn follow(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    run: &Run,
    (tables, subjects): (&[SealedTable], &[Vec<u8>]),
    now: Instant,
) -> Result<(), Error> {
    sealings::sealing_forget(tx, run.id).await?;
    let Some(last) = tables.iter().map(|table| table.last).max() else { return Ok(()) };
    sealings::sealing_keep(tx, run.id, &run.product, tables, subjects).await?;
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
    if let Some(error) = follow_cancelled(app).await? {
        trouble = Some(error);
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
            Err(error) => {
                let is_awaited = sealings::sealing_awaited(&mut app.db.read().await?, product, into).await?;
                return Ok(if is_awaited { Err(error) } else { Ok(()) });
            }
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
        // whatever ends it here, the entry that closes says how many there were
        failpoint("sealed-before-entry");
        let mut tx = app.db.begin().await?;
        let what = format!("{run}: {destroyed} in {into}");
        audit::audit_append(&mut tx, app.now(), None, AuditAction::SealedRowsDestroyed, case, &what);
        tx.commit().await?;
    }
}

/// What runs had sealed that were cancelled since: it stays until its day, and has a follow-up like any other. Returns why
/// a product's database could not be asked.
async fn follow_cancelled(app: &App) -> Result<Option<generation::Error>, Error> {
    let (mut trouble, mut last) = (None, RunId(0));
    loop {
        let before = app.now().plus(-GRACE);
        let runs = sealings::sealings_cancelled(&mut app.db.read().await?, before, last).await?;
        let Some(latest) = runs.last() else { return Ok(trouble) };
        last = *latest;
        for run in runs {
            if let Err(error) = follow_one(app, run).await? {
                tracing::warn!(%run, %error, "what a cancelled run sealed could not be looked at");
                trouble = Some(error);
            }
        }
    }
}

async fn follow_one(app: &App, id: RunId) -> Outcome<()> {
    let mut tx = app.db.read().await?;
    let (run, written) = (runs::run_get(&mut tx, id).await?, sealings::sealing_of(&mut tx, id).await?);
    drop(tx);
    let Some(run) = run else { return Ok(Ok(())) };
    let Some(source) = app.sources.get(&run.product) else { return Ok(Ok(())) };
    let (now, mut tables) = (app.now(), Vec::new());
    for table in written {
        // where there is nothing yet, something may still come
        match source.sealed_in(&table.into, &id.to_string()).await {
            Ok(Some((rows, last))) => tables.push(SealedTable { rows, last, ..table }),
            Ok(None) => tables.push(table),
            Err(_) if is_dropped(app, source, &table.into, run.ended_at).await => tables.push(table),
            Err(error) => return Ok(Err(error)),
        }
    }
    if tables.iter().all(|table| table.rows == 0) {
        if run.ended_at.is_some_and(|ended| now < ended.plus(PATIENCE)) {
            return Ok(Ok(()));
        }
        tables.clear();
    }
    let mut tx = app.db.begin().await?;
    let case = cases::case_lock(&mut tx, run.case).await?.ok_or(Error::NotFound)?;
    let known = follow_ups::follow_ups_of(&mut tx, run.case).await?;
    if known.iter().any(|one| one.run == Some(id) && one.way == Way::Sealed) {
        return Ok(Ok(()));
    }
    let subjects = sealings::sealed_subjects_of(&mut tx, id).await?;
    if !tables.is_empty() {
        checkpoints::log_add(&mut tx, id, now, "What was sealed until it was cancelled stays until its day").await?;
    }
    follow(app, &mut tx, &case, &run, (&tables, &subjects), now).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Closes a follow-up whose day is over, once its run has no sealed row left anywhere.
async fn close(app: &App, was: &FollowUp) -> Outcome<()> {
    let (Some(run), Some(source)) = (was.run, app.sources.get(&was.product)) else { return Ok(Ok(())) };
    let tables = sealings::sealing_of(&mut app.db.read().await?, run).await?;
    let mut what = Vec::new();
    for SealedTable { into, rows, .. } in &tables {
        match source.sealed_left(into, &run.to_string()).await {
            Ok(0) => what.extend((*rows > 0).then(|| format!("{rows} in {into}"))),
            Ok(_) => return Ok(Ok(())),
            Err(_) if is_dropped(app, source, into, Some(was.due_at)).await => what.push(format!("{into} was dropped")),
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
    let what = format!("{run}: in all {}", what.join(", "));
    audit::audit_append(&mut tx, now, None, AuditAction::SealedDestroyed, Some(one.case), &what);
    tx.commit().await?;
    failpoint("sealed-closed");
    Ok(Ok(()))
}

/// True where a table was looked for in vain for so long after `since` that nobody puts it back.
async fn is_dropped(app: &App, source: &Source, into: &str, since: Option<Instant>) -> bool {
    since.is_some_and(|since| app.now() > since.plus(AWAY)) && matches!(source.has_table(into).await, Ok(false))
}
