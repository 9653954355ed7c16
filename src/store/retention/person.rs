//! The cases of one requester, with what keeps each of them: for the erasure of a requester. What lies behind the wall is
//! found for its circle only.

use super::ids;
use crate::{
    domain::{
        identity::{MessageId, Reference},
        kind::Kind,
        rights::Reach,
        time::Instant,
    },
    store::{Result, Tx, per_engine, raws, row::known},
};

/// A case of a requester.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct OfPerson {
    /// The case.
    pub case: Reference,
    /// What was asked for.
    pub kind: Kind,
    /// Where the person lives, where it is known.
    pub jurisdiction: Option<String>,
    /// When it was received.
    pub received: Instant,
    /// When it was resolved last; none while it is open.
    pub resolved: Option<Instant>,
    /// True behind the wall.
    pub restricted: bool,
    /// True where a hold stands that colleagues may know of.
    pub held: bool,
    /// True where one stands that nobody may learn of.
    pub held_secretly: bool,
    /// True while something is still to be done.
    pub unfinished: bool,
    /// Raw mails that are kept.
    pub mails: i64,
    /// Texts, names and addresses that are kept.
    pub texts: i64,
    /// Notes of where its mails lie in mailboxes.
    pub places: i64,
}

#[derive(sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
struct Row {
    id: i64,
    kind: String,
    jurisdiction: Option<String>,
    received_at: i64,
    resolved_at: Option<i64>,
    open: bool,
    restricted: bool,
    held: bool,
    held_secretly: bool,
    unfinished: bool,
    mails: i64,
    texts: i64,
    places: i64,
}

impl Row {
    fn line(self) -> Result<OfPerson> {
        Ok(OfPerson {
            case: Reference(self.id),
            kind: known(self.kind.parse().ok(), "cases", self.id, "kind", &self.kind)?,
            jurisdiction: self.jurisdiction,
            received: Instant(self.received_at),
            resolved: self.resolved_at.map(Instant).filter(|_| !self.open),
            restricted: self.restricted,
            held: self.held,
            held_secretly: self.held_secretly,
            unfinished: self.unfinished,
            mails: self.mails,
            texts: self.texts,
            places: self.places,
        })
    }
}

/// The columns of a line, of cases `c`, and which.
macro_rules! lines {
    ($which:literal) => {
        concat!(
            "SELECT c.id, c.kind, c.jurisdiction, c.received_at, c.resolved_at, c.open, c.restricted, ",
            held_openly!(),
            " AS held, ",
            held_secretly!(),
            " AS held_secretly, ",
            unfinished!(),
            " AS unfinished,
             (SELECT COUNT(*) FROM messages m WHERE m.case_id = c.id AND LENGTH(m.wrapped_key) > 0) AS mails,
             (SELECT COUNT(*) FROM contents t WHERE t.case_id = c.id AND (t.body IS NOT NULL OR t.cipher IS NOT NULL)) AS texts,
             (SELECT COUNT(*) FROM mailbox_copies y JOIN messages m ON m.id = y.message_id WHERE m.case_id = c.id) AS places
             FROM cases c WHERE ",
            $which
        )
    };
}

/// The case, every other one of its requester and product, and those that any of these was merged with; that are not erased,
/// oldest first, 500 at most; those behind the wall only where `circle` reaches.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn of_person(tx: &mut Tx, case: Reference, circle: &Reach) -> Result<Vec<OfPerson>> {
    let rows = crate::store::sql(lines!(
        "c.id IN (WITH RECURSIVE theirs (id, goes_on) AS (
             SELECT a.id, a.merged_id FROM cases a, cases b WHERE b.id = $1
               AND (a.id = b.id OR (a.requester_digest = b.requester_digest AND a.product = b.product))
             UNION SELECT n.id, n.merged_id FROM theirs k JOIN cases n ON n.merged_id = k.id OR n.id = k.goes_on)
           SELECT id FROM theirs)
         AND (NOT c.restricted OR CIRCLE(c.product))
         AND NOT EXISTS (SELECT 1 FROM retained k WHERE k.case_id = c.id AND k.record = 'case' AND k.gone_at IS NOT NULL)
         ORDER BY c.id LIMIT 500"
    ))
    .bind(case)
    .within("CIRCLE", circle)
    .all::<Row>(tx)
    .await?;
    rows.into_iter().map(Row::line).collect()
}

/// These cases, those that are erased left out.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn of_cases(tx: &mut Tx, cases: &[Reference]) -> Result<Vec<OfPerson>> {
    macro_rules! these {
        ($ids:ident) => {
            concat!(
                lines!("c.id IN "),
                $ids!(),
                " AND NOT EXISTS (SELECT 1 FROM retained k WHERE k.case_id = c.id AND k.record = 'case' AND k.gone_at IS NOT NULL)
                 ORDER BY c.id"
            )
        };
    }
    let rows = per_engine(these!(ids_postgres), these!(ids_sqlite)).bind(ids(cases)).all::<Row>(tx).await?;
    rows.into_iter().map(Row::line).collect()
}

/// Mail of requesters that belongs to no case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Aside {
    /// What was set aside, and goes with its person.
    pub goes: i64,
    /// What somebody still has to decide about, and stays.
    pub waits: i64,
}

/// True of a message `x` of the requesters of these cases.
macro_rules! theirs {
    ($ids:ident) => {
        concat!(
            "x.case_id IS NULL AND x.sender IN (SELECT c.requester_digest FROM cases c WHERE c.id IN ",
            $ids!(),
            ") AND x.product IN (SELECT c.product FROM cases c WHERE c.id IN ",
            $ids!(),
            ")"
        )
    };
}

/// How much mail of the requesters of these cases belongs to no case, but for what lies behind the wall.
///
/// # Errors
/// As the database says.
pub async fn aside_count(tx: &mut Tx, cases: &[Reference]) -> Result<Aside> {
    macro_rules! counted {
        ($ids:ident) => {
            concat!(
                "SELECT (SELECT COUNT(*) FROM messages x WHERE ",
                theirs!($ids),
                " AND ",
                loose!(),
                ") AS goes, (SELECT COUNT(*) FROM messages x WHERE ",
                theirs!($ids),
                " AND x.state = 'quarantined' AND NOT x.restricted) AS waits"
            )
        };
    }
    per_engine(counted!(ids_postgres), counted!(ids_sqlite)).bind(ids(cases)).one(tx).await
}

/// The mails of the requesters of these cases that were set aside, go with them, and lie in a mailbox that we know of.
///
/// # Errors
/// As the database says.
pub async fn aside_copied(tx: &mut Tx, cases: &[Reference]) -> Result<Vec<MessageId>> {
    macro_rules! copied {
        ($ids:ident) => {
            concat!(
                "SELECT x.id FROM messages x WHERE EXISTS (SELECT 1 FROM mailbox_copies y WHERE y.message_id = x.id) AND ",
                theirs!($ids),
                " AND ",
                loose!(),
                " ORDER BY x.id"
            )
        };
    }
    let rows = per_engine(copied!(ids_postgres), copied!(ids_sqlite)).bind(ids(cases)).all::<(i64,)>(tx).await?;
    Ok(rows.into_iter().map(|(id,)| MessageId(id)).collect())
}

/// Destroys mail of the requesters of these cases that was set aside, `limit` at most, before the cases forget whose they are.
/// How many mails.
///
/// # Errors
/// As the database says.
pub async fn aside_forget(tx: &mut Tx, cases: &[Reference], limit: i64) -> Result<u64> {
    macro_rules! aside {
        ($ids:ident) => {
            concat!("SELECT x.id FROM messages x WHERE ", theirs!($ids), " AND ", loose!(), " ORDER BY x.id LIMIT $2")
        };
    }
    let rows = per_engine(aside!(ids_postgres), aside!(ids_sqlite));
    let rows = rows.bind(ids(cases)).bind(limit).all::<(i64,)>(tx).await?;
    let messages: Vec<MessageId> = rows.into_iter().map(|(id,)| MessageId(id)).collect();
    raws::messages_forget_raw(tx, &messages).await?;
    Ok(u64::try_from(messages.len()).unwrap_or(u64::MAX))
}

/// Forgets that the addresses of these cases take no mail, unless another case of theirs stays. Before the cases forget whose
/// they are.
///
/// # Errors
/// As the database says.
pub async fn person_forget(tx: &mut Tx, cases: &[Reference]) -> Result<()> {
    macro_rules! blocked {
        ($ids:ident) => {
            concat!(
                "DELETE FROM suppressions WHERE recipient IN (SELECT c.requester_digest FROM cases c WHERE c.id IN ",
                $ids!(),
                ") AND NOT EXISTS (SELECT 1 FROM cases o WHERE o.requester_digest = suppressions.recipient AND o.id NOT IN ",
                $ids!(),
                ")"
            )
        };
    }
    per_engine(blocked!(ids_postgres), blocked!(ids_sqlite)).bind(ids(cases)).run(tx).await?;
    Ok(())
}
