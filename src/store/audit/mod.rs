//! Who did what to what: numbered without gaps, each entry chained to the one before by its hash. Append-only; an entry is
//! written last, when its transaction commits. Holds ids, names of fields and keyed digests, never content.

mod begin;
pub mod checkpoints;
mod list;
pub mod place;

use super::{Result, Tx, per_engine, sql};
use crate::domain::{
    audit::{AuditAction, Entry, Who, Written},
    identity::Reference,
    rights::Doer,
    time::Instant,
};
use sha2::{Digest as _, Sha256};

pub use begin::chain_begin;
pub use list::{Asked, Listed, PAGE, entries_before, entries_rising};

/// The hash of an entry: SHA-256.
pub type Hash = [u8; 32];

/// What stands in the place of a hash before the first entry.
pub const BEGINNING: Hash = [0; 32];

/// Whoever has it may write the next entry; 0x61756469 is "audi". Held from the last write of a transaction to its end.
const LOCK: i64 = 0x6175_6469;

/// Adds an entry to the transaction: it gets its number and is written when the transaction commits.
pub fn audit_append(
    tx: &mut Tx,
    at: Instant,
    by: impl Into<Doer>,
    action: AuditAction,
    case: Option<Reference>,
    object: &str,
) {
    entry_add(tx, Entry::new(at, by, action).on(case).object(object));
}

/// The same with everything that an entry can say; where it comes from is added here.
pub fn entry_add(tx: &mut Tx, mut entry: Entry) {
    // the command line answers no request: who opened the link of a first start is a stranger yet
    if entry.who == Who::Operator && place::is_told() {
        entry.who = Who::Visitor;
    }
    entry.place = place::of(entry.who);
    tx.add(entry);
}

/// Numbers and writes the entries of a transaction; the last thing that it does before it commits, since nobody else can
/// commit an entry from here on.
///
/// # Errors
/// As the database says.
pub(super) async fn entries_write(tx: &mut Tx, entries: Vec<Entry>) -> Result<()> {
    lock(tx).await?;
    let mut end = entry_last(tx).await?;
    for entry in entries {
        end = write(tx, end, entry).await?;
    }
    Ok(())
}

async fn lock(tx: &mut Tx) -> Result<()> {
    // SQLite has one writer anyway
    per_engine("SELECT pg_advisory_xact_lock($1)", "SELECT $1").bind(LOCK).run(tx).await?;
    Ok(())
}

async fn write(tx: &mut Tx, end: Option<(i64, Hash)>, entry: Entry) -> Result<Option<(i64, Hash)>> {
    let (before, hash) = end.unwrap_or((0, BEGINNING));
    let written = entry.numbered(before + 1);
    let number = written.number;
    let hash = entry_hash(&hash, &written, &mut Vec::with_capacity(160));
    sql("INSERT INTO audit (id, at, who, staff_id, action, case_id, object, fields, place, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    .bind(number)
    .bind(written.at)
    .bind(written.who)
    .bind(written.staff)
    .bind(written.action)
    .bind(written.case)
    .bind(written.object)
    .bind(written.fields)
    .bind(written.place)
    .bind(hash.as_slice())
    .run(tx)
    .await?;
    Ok(Some((number, hash)))
}

/// What an entry's hash has to be: SHA-256 over the hash before it and the entry's canonical bytes. `room` is used up.
#[must_use]
pub fn entry_hash(before: &Hash, written: &Written, room: &mut Vec<u8>) -> Hash {
    room.clear();
    room.extend_from_slice(before);
    written.canonical(room);
    Sha256::digest(room).into()
}

/// Number and hash of the last entry; none where there is none.
///
/// # Errors
/// As the database says, or where its hash has another length.
pub async fn entry_last(tx: &mut Tx) -> Result<Option<(i64, Hash)>> {
    let row = sql("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").maybe::<(i64, Vec<u8>)>(tx).await?;
    row.map(|(number, hash)| Ok((number, whole(number, &hash)?))).transpose()
}

fn whole(number: i64, hash: &[u8]) -> Result<Hash> {
    hash.try_into().map_err(|_| super::Error::BadRow {
        table: "audit",
        row: number,
        column: "hash",
        says: "it has another length; run recourse audit verify".to_owned(),
    })
}

/// An entry's columns by their places: finding each by its name would take longer than hashing them all.
type Columns = (i64, i64, String, Option<i64>, String, Option<i64>, String, String, String, Vec<u8>);

#[derive(sqlx::FromRow)]
struct EntryRow {
    id: i64,
    at: i64,
    who: String,
    staff_id: Option<i64>,
    action: String,
    case_id: Option<i64>,
    object: String,
    fields: String,
    place: String,
    hash: Vec<u8>,
}

/// The entries from number `first` on, at most `limit`, oldest first, each with the hash that is stored with it.
///
/// # Errors
/// As the database says; `Error::is_unreadable` where a column of one of them holds what it cannot hold.
pub async fn entries_from(tx: &mut Tx, first: i64, limit: i64) -> Result<Vec<(Written, Vec<u8>)>> {
    let rows = sql("SELECT id, at, who, staff_id, action, case_id, object, fields, place, hash FROM audit
         WHERE id >= $1 ORDER BY id LIMIT $2")
    .bind(first)
    .bind(limit)
    .all::<Columns>(tx)
    .await?;
    let one = |(number, at, who, staff, action, case, object, fields, place, hash): Columns| {
        (Written { number, at, who, staff, action, case, object, fields, place }, hash)
    };
    Ok(rows.into_iter().map(one).collect())
}

/// The number of the first entry from `first` on, whatever its other columns hold; none where there is none.
///
/// # Errors
/// As the database says.
pub async fn entry_number_from(tx: &mut Tx, first: i64) -> Result<Option<i64>> {
    let row = sql("SELECT id FROM audit WHERE id >= $1 ORDER BY id LIMIT 1").bind(first).maybe::<(i64,)>(tx).await?;
    Ok(row.map(|(number,)| number))
}

impl EntryRow {
    fn written(self) -> (Written, Vec<u8>) {
        let written = Written {
            number: self.id,
            at: self.at,
            who: self.who,
            staff: self.staff_id,
            action: self.action,
            case: self.case_id,
            object: self.object,
            fields: self.fields,
            place: self.place,
        };
        (written, self.hash)
    }
}
