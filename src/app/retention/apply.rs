//! Destroys what is over, by schedule: some cases at a time, a transaction each, found by what is still there. Whatever ends
//! it half way, the next turn goes on, and a second turn finds nothing.

use super::{destroy, files, floor, over};
use crate::{
    app::{App, Error, failpoint::failpoint},
    domain::{
        audit::AuditAction,
        clock::reckon,
        identity::Reference,
        retention::{Cause, Fate, Held, Record, Standing, Stay, fate},
        time::Instant,
        work::Work,
    },
    store::{
        Tx, audit, jobs, requester_erasures,
        retention::{self, Candidate, Gone, Over},
    },
};
use std::collections::HashMap;

/// Cases of one transaction.
const BATCH: i64 = 50;
/// Transactions of one turn; others have theirs in between.
const TURN: usize = 40;

/// What became of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Nothing is left that is over.
    Done,
    /// There is more.
    More,
}

/// Where a turn is: behind the case that was looked at last.
type Behind = (Instant, Reference);

/// Destroys what is over of every product whose schedule is not paused, and asks once more for erasures of requesters that
/// were approved and have not come to their end. May run twice.
///
/// # Errors
/// When the database fails, or a raw mail cannot be read; what was destroyed before stays destroyed.
pub async fn apply_retention(app: &App) -> Result<Applied, Error> {
    let now = app.now();
    again(app).await?;
    let mut turns = TURN;
    for record in Record::OF_CASES {
        let over = over(app, record, now, |_| true);
        let mut behind = (Instant(i64::MIN), Reference(0));
        while let Some(last) = batch(app, record, &over, behind, now).await? {
            behind = last;
            turns = turns.saturating_sub(1);
            if turns == 0 {
                return Ok(Applied::More);
            }
        }
    }
    let mail = over(app, Record::Mail, now, |_| true);
    while loose(app, &mail, now).await? {
        turns = turns.saturating_sub(1);
        if turns == 0 {
            return Ok(Applied::More);
        }
    }
    logs(app, now).await?;
    app.db.give_back().await?;
    Ok(Applied::Done)
}

/// Whatever made its job give up, an erasure that two people wanted is gone on with.
async fn again(app: &App) -> Result<(), Error> {
    let approved = requester_erasures::erasures_approved(&mut app.db.read().await?).await?;
    if approved.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    for erasure in approved {
        jobs::job_enqueue(&mut tx, &Work::EraseRequester { erasure }, 0).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// One batch: where it ended; none where there was nothing.
async fn batch(
    app: &App,
    record: Record,
    over: &[Over],
    behind: Behind,
    now: Instant,
) -> Result<Option<Behind>, Error> {
    if over.is_empty() {
        return Ok(None);
    }
    // looking takes its time, and the transaction that locks has to be short
    let mut tx = app.db.read().await?;
    let candidates = retention::candidates(&mut tx, over, record, behind, now, BATCH).await?;
    let Some(last) = candidates.last().map(|one| (one.resolved, one.case)) else { return Ok(None) };
    let Found { mut free, kept } = judged(app, &mut tx, record, &candidates, now).await?;
    drop(tx);
    if record == Record::Attachment {
        free = files::strip(app, &free).await?;
    }
    if free.is_empty() && kept.is_empty() {
        return Ok(Some(last));
    }
    let mut tx = app.db.begin().await?;
    if !kept.is_empty() {
        retention::kept_mark(&mut tx, record, &kept).await?;
    }
    let still = retention::still_free(&mut tx, record, &free).await?;
    let free = judged(app, &mut tx, record, &still, now).await?.free;
    if !free.is_empty() {
        let gone = destroy(&mut tx, record, &free, Cause::Period, now).await?;
        audit::audit_append(&mut tx, now, None, AuditAction::RecordsDestroyed, None, &says(record, gone));
    }
    failpoint("retention-before-commit");
    tx.commit().await?;
    failpoint("retention-after-commit");
    Ok(Some(last))
}

/// Which of some candidates may go, and which a floor of the law keeps.
struct Found {
    free: Vec<Reference>,
    kept: Vec<(Reference, Instant)>,
}

async fn judged(
    app: &App,
    tx: &mut Tx,
    record: Record,
    candidates: &[Candidate],
    now: Instant,
) -> Result<Found, Error> {
    let ids: Vec<Reference> = candidates.iter().map(|one| one.case).collect();
    let facts = if ids.is_empty() { HashMap::new() } else { retention::facts_of(tx, &ids).await? };
    let (mut free, mut kept) = (Vec::new(), Vec::new());
    for one in candidates {
        let happened = facts.get(&one.case).map(Vec::as_slice).unwrap_or_default();
        let standing = Standing {
            closed: Some(one.resolved),
            restricted: false,
            held: Held::No,
            unfinished: false,
            floor: floor(app, one, record, happened),
        };
        match fate(length(app, one, record), app.packs.zone(&one.product), &standing, now) {
            Fate::Due(at) if at <= now => free.push(one.case),
            Fate::Stays(Stay::Law(Some(floor))) => kept.push((one.case, floor.until)),
            Fate::Due(_) | Fate::Stays(_) => {}
        }
    }
    Ok(Found { free, kept })
}

fn length(app: &App, case: &Candidate, record: Record) -> Option<crate::domain::clock::period::Period> {
    app.packs.get(&case.product)?.keeps(record, case.kind)?.length()
}

/// Mail that became no case; false where there is none left.
async fn loose(app: &App, over: &[Over], now: Instant) -> Result<bool, Error> {
    if over.is_empty() {
        return Ok(false);
    }
    let mut tx = app.db.begin().await?;
    let mails = retention::loose_destroy(&mut tx, over, BATCH).await?;
    if mails == 0 {
        return Ok(false);
    }
    let gone = Gone { mails, ..Gone::default() };
    audit::audit_append(&mut tx, now, None, AuditAction::RecordsDestroyed, None, &says(Record::Mail, gone));
    tx.commit().await?;
    Ok(true)
}

/// Places of sign-ins and work that gave up, by the shortest line of all packs; nothing where no pack has one.
async fn logs(app: &App, now: Instant) -> Result<(), Error> {
    let of = |pack: &crate::domain::policy::ProductPack| {
        let length = pack.retention.iter().find(|keep| keep.of == Record::Log)?.length()?;
        Some(reckon::kept_since(length, now, pack.zone))
    };
    let Some(before) = app.packs.iter().filter_map(of).max() else { return Ok(()) };
    loop {
        let mut tx = app.db.begin().await?;
        let gone = retention::log_forget(&mut tx, before).await?;
        if gone == 0 {
            return Ok(());
        }
        let says = format!("{} lines={gone}", Record::Log.code());
        audit::audit_append(&mut tx, now, None, AuditAction::RecordsDestroyed, None, &says);
        tx.commit().await?;
    }
}

/// What an entry of the audit log says: how much, and of nobody.
pub(super) fn says(record: Record, gone: Gone) -> String {
    let Gone { cases, mails, texts, drafts, copies, places, left } = gone;
    let all = [
        ("cases", cases),
        ("mails", mails),
        ("texts", texts),
        ("drafts", drafts),
        ("copies", copies),
        ("places", places),
        ("left", left),
    ];
    let counted = all.into_iter().filter(|(_, count)| *count > 0).map(|(what, count)| format!("{what}={count}"));
    let all: Vec<String> = std::iter::once(record.code().to_owned()).chain(counted).collect();
    all.join(" ")
}
