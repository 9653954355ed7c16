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
            held!("h.basis NOT IN ('legal_order', 'preservation')"),
            " AS held, ",
            held!("h.basis IN ('legal_order', 'preservation')"),
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

/// The case and every other one of its requester and product that is not erased, oldest first, 500 at most; those behind the
/// wall only where `circle` reaches.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn of_person(tx: &mut Tx, case: Reference, circle: &Reach) -> Result<Vec<OfPerson>> {
    let rows = crate::store::sql(lines!(
        "(c.id = $1 OR (c.requester_digest = (SELECT a.requester_digest FROM cases a WHERE a.id = $1)
           AND c.product = (SELECT a.product FROM cases a WHERE a.id = $1)))
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

/// These cases, locked for the rest of the transaction; those that are erased left out.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn of_cases(tx: &mut Tx, cases: &[Reference]) -> Result<Vec<OfPerson>> {
    let lock = per_engine(
        concat!("SELECT id FROM cases WHERE id IN ", ids_postgres!(), " ORDER BY id FOR UPDATE"),
        concat!("SELECT id FROM cases WHERE id IN ", ids_sqlite!(), " ORDER BY id"),
    );
    lock.bind(ids(cases)).all::<(i64,)>(tx).await?;
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

/// Forgets of the requester of these cases what belongs to no case: mail of theirs that was set aside, and that their address
/// takes no mail, unless another case of theirs stays. Before the cases forget whose they are. How many mails.
///
/// # Errors
/// As the database says.
pub async fn person_forget(tx: &mut Tx, cases: &[Reference]) -> Result<u64> {
    macro_rules! aside {
        ($ids:ident) => {
            concat!(
                "SELECT x.id FROM messages x WHERE x.case_id IS NULL AND x.state IN ('discarded', 'duplicate') AND NOT x.restricted
                 AND LENGTH(x.wrapped_key) > 0 AND EXISTS (SELECT 1 FROM cases c WHERE c.requester_digest = x.sender
                 AND c.product = x.product AND c.id IN ",
                $ids!(),
                ") ORDER BY x.id LIMIT 500"
            )
        };
    }
    let rows = per_engine(aside!(ids_postgres), aside!(ids_sqlite)).bind(ids(cases)).all::<(i64,)>(tx).await?;
    let messages: Vec<MessageId> = rows.into_iter().map(|(id,)| MessageId(id)).collect();
    raws::messages_forget_raw(tx, &messages).await?;
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
    Ok(u64::try_from(messages.len()).unwrap_or(u64::MAX))
}
