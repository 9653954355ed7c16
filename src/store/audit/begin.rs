//! The chain's beginning: entries from before there was one are chained in the order in which they were written, and an
//! entry says how many those were: for them the chain proves only that they stayed as they were then. Happens once.

use super::{entry_last, lock, write};
use crate::{
    domain::{
        audit::{AuditAction, Entry, Who},
        identity::{Reference, StaffId},
        time::Instant,
    },
    store::{Db, Result, Tx, sql},
};

type Before = (i64, i64, Option<i64>, String, Option<i64>, String);

/// Chains what was written before, and begins. Does nothing where the chain has begun; two consoles may ask at once.
///
/// # Errors
/// As the database says, or where an old entry names an action that nobody knows; nothing happened then.
pub async fn chain_begin(db: &Db) -> Result<()> {
    if entry_last(&mut db.read().await?).await?.is_some() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    lock(&mut tx).await?;
    if entry_last(&mut tx).await?.is_some() {
        return Ok(());
    }
    let (mut end, mut after) = (None, i64::MIN);
    loop {
        let rows = before(&mut tx, after).await?;
        let Some(last) = rows.last() else { break };
        after = last.0;
        for row in rows {
            end = write(&mut tx, end, entry(row)?).await?;
        }
    }
    let count = end.map_or(0, |(number, _)| number);
    let began = Entry::new(db.now(), None, AuditAction::ChainBegan).object(&count.to_string());
    write(&mut tx, end, began).await?;
    sql("DELETE FROM audit_before").run(&mut tx).await?;
    tx.commit().await
}

async fn before(tx: &mut Tx, after: i64) -> Result<Vec<Before>> {
    sql("SELECT id, at, staff_id, action, case_id, object FROM audit_before WHERE id > $1 ORDER BY id LIMIT 500")
        .bind(after)
        .all(tx)
        .await
}

fn entry((id, at, staff, action, case, object): Before) -> Result<Entry> {
    let known = AuditAction::from_code(&action);
    let action = crate::store::row::known(known, "audit_before", id, "action", &action)?;
    let staff = staff.map(StaffId);
    let entry = Entry::new(Instant(at), staff, action).on(case.map(Reference)).object(&object);
    // who acted where no member of staff did was not written down then
    let who = if staff.is_some() { Who::Staff } else { entry.who };
    Ok(Entry { who, ..entry })
}
