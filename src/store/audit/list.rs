//! Entries as the page and the export show them: filtered, paged by number. What somebody may not know is left out by the
//! condition itself, so that no filter can find it either.

use super::{EntryRow, Written};
use crate::{
    domain::{
        audit::AuditAction,
        identity::{Reference, StaffId},
        rights::{Reach, Sight},
        time::Instant,
    },
    store::{Result, Tx, engine::Filter},
};

/// What to list, and for whom.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Who asks: of what belongs to no product they find only their own doing, unless they see all of them.
    pub reader: Option<StaffId>,
    /// Of which products they see entries, and of which those behind the wall in full.
    pub sight: Sight,
    /// Of which products they may know of secret holds.
    pub secret: Reach,
    /// Only what this member of staff did.
    pub staff: Option<StaffId>,
    /// Only this action.
    pub action: Option<AuditAction>,
    /// Only on this case.
    pub case: Option<Reference>,
    /// Only from this moment on.
    pub from: Option<Instant>,
    /// Only until before this moment.
    pub until: Option<Instant>,
}

impl Asked {
    /// True where nothing is left out for the reader: only then may numbers be told, whose gaps would tell of the rest.
    #[must_use]
    pub fn is_of_all(&self) -> bool {
        self.sight.seen == Reach::Everywhere && self.secret == Reach::Everywhere
    }
}

/// One entry, and whether it is about a case that the reader may learn nothing of.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The entry.
    pub written: Written,
    /// Its hash.
    pub hash: Vec<u8>,
    /// True where only the action may be told.
    pub walled: bool,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    entry: EntryRow,
    behind: i64,
    product: Option<String>,
}

/// How many entries a page shows.
pub const PAGE: usize = 50;

// a case that is gone is told of as a restricted one: nobody knows any more which it was
const COLUMNS: &str = "SELECT a.id, a.at, a.who, a.staff_id, a.action, a.case_id, a.object, a.fields, a.place, a.hash,
 CAST(CASE WHEN a.case_id IS NULL OR (c.id IS NOT NULL AND NOT c.restricted) THEN 0 ELSE 1 END AS BIGINT) AS behind,
 c.product FROM audit a LEFT JOIN cases c ON c.id = a.case_id WHERE a.id > 0";

/// The newest entries before number `before`, at most [`PAGE`] and one, newest first.
///
/// # Errors
/// As the database says.
pub async fn entries_before(tx: &mut Tx, asked: &Asked, before: Option<i64>) -> Result<Vec<Listed>> {
    let mut filter = condition(asked);
    if let Some(before) = before {
        filter.and("a.id < ?", [before.into()]);
    }
    let rows = filter.sql(COLUMNS, " ORDER BY a.id DESC LIMIT 51").all::<ListedRow>(tx).await?;
    Ok(rows.into_iter().map(|row| listed(row, &asked.sight.circle)).collect())
}

/// The oldest entries after number `after`, at most a thousand, oldest first.
///
/// # Errors
/// As the database says.
pub async fn entries_rising(tx: &mut Tx, asked: &Asked, after: i64) -> Result<Vec<Listed>> {
    let mut filter = condition(asked);
    filter.and("a.id > ?", [after.into()]);
    let rows = filter.sql(COLUMNS, " ORDER BY a.id LIMIT 1000").all::<ListedRow>(tx).await?;
    Ok(rows.into_iter().map(|row| listed(row, &asked.sight.circle)).collect())
}

fn condition(asked: &Asked) -> Filter {
    let mut filter = Filter::default();
    if asked.sight.seen != Reach::Everywhere {
        filter.and_within("((a.case_id IS NOT NULL AND SEEN(c.product))", "SEEN", &asked.sight.seen);
        filter.or("a.case_id IS NULL AND a.staff_id = ?)", [asked.reader.into()]);
    }
    if asked.secret != Reach::Everywhere {
        let [placed, released] = AuditAction::SECRET.map(|action| action.code().into());
        filter.and("(a.action NOT IN (?, ?)", [placed, released]);
        filter.or_within("SECRET(c.product))", "SECRET", &asked.secret);
    }
    // whose doing it is and which case it is about are not told of what is walled, so nothing finds it by them
    if asked.sight.circle != Reach::Everywhere && (asked.staff.is_some() || asked.case.is_some()) {
        let open = "(a.case_id IS NULL OR (c.id IS NOT NULL AND (NOT c.restricted OR CIRCLE(c.product))))";
        filter.and_within(open, "CIRCLE", &asked.sight.circle);
    }
    if let Some(staff) = asked.staff {
        filter.and("a.staff_id = ?", [staff.into()]);
    }
    if let Some(case) = asked.case {
        filter.and("a.case_id = ?", [case.into()]);
    }
    if let Some(action) = asked.action {
        filter.and("a.action = ?", [action.code().into()]);
    }
    if let Some(from) = asked.from {
        filter.and("a.at >= ?", [from.into()]);
    }
    if let Some(until) = asked.until {
        filter.and("a.at < ?", [until.into()]);
    }
    filter
}

fn listed(row: ListedRow, circle: &Reach) -> Listed {
    // a case that is gone has no product any more: who belongs to every circle is told of it
    let within = row.product.map_or(*circle == Reach::Everywhere, |product| circle.holds(&product));
    let walled = row.behind == 1 && !within;
    let (written, hash) = row.entry.written();
    Listed { written, hash, walled }
}
