//! Numbers for the rail and the overview; counters stop counting at a cap, so that none reads a whole table.

use super::{Result, Tx, sql};
use crate::domain::{
    identity::StaffId,
    rights::{Reach, Sight},
    time::Instant,
};

/// What is open, by urgency. Each counter stops at `list::CAP` plus one.
#[derive(Debug, Clone, Copy, Default, sqlx::FromRow)]
pub struct OpenCounts {
    /// Open cases.
    pub open: i64,
    /// Of one person.
    pub mine: i64,
    /// Of nobody.
    pub nobody: i64,
    /// Past their binding clock.
    pub breached: i64,
    /// Close to the end of their binding clock.
    pub at_risk: i64,
    /// Due before the day ends.
    pub today: i64,
    /// Not yet acknowledged.
    pub unacknowledged: i64,
    /// Waiting for the person.
    pub waiting: i64,
    /// Waiting for the approval of a run.
    pub approval: i64,
    /// With a recipient of the person's data that has to be told, resolved ones too.
    pub recipients: i64,
}

/// Counts what is open. Of restricted cases the finer states are told to the circle only.
///
/// # Errors
/// As the database says.
pub async fn open_counts(
    tx: &mut Tx,
    staff: StaffId,
    now: Instant,
    day_end: Instant,
    sight: &Sight,
) -> Result<OpenCounts> {
    sql("SELECT
         (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE open AND SEEN(product) LIMIT 10001) a) AS open,
         (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE open AND owner_id = $1 AND SEEN(product) LIMIT 10001) b) AS mine,
         (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE open AND owner_id IS NULL AND SEEN(product) LIMIT 10001) c) AS nobody,
         (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE open AND sort_due < $2 AND SEEN(product) LIMIT 10001) d) AS breached,
         (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE open AND due_risk <= $2 AND sort_due >= $2 AND SEEN(product) LIMIT 10001) r) AS at_risk,
         (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE open AND sort_due >= $2 AND sort_due <= $3 AND SEEN(product) LIMIT 10001) e) AS today,
         (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE acknowledge_due IS NOT NULL AND SEEN(product) LIMIT 10001) f) AS unacknowledged,
         (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE state = 'waiting_requester' AND SEEN(product)
          AND (NOT restricted OR CIRCLE(product)) LIMIT 10001) g) AS waiting,
         (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE open AND state = 'waiting_approval' AND SEEN(product)
          AND (NOT restricted OR CIRCLE(product)) LIMIT 10001) h) AS approval,
         (SELECT COUNT(*) FROM (SELECT DISTINCT u.case_id FROM follow_ups u JOIN cases c ON c.id = u.case_id
          WHERE u.open AND u.recipient IS NOT NULL AND SEEN(c.product) AND (NOT c.restricted OR CIRCLE(c.product)) LIMIT 10001) i)
         AS recipients")
        .bind(staff)
        .bind(now)
        .bind(day_end)
        .seen_by(sight)
        .one(tx)
        .await
}

/// What went wrong, by kind. Each counter stops at `list::CAP` plus one.
#[derive(Debug, Clone, Copy, Default, sqlx::FromRow)]
pub struct TroubleCounts {
    /// Mail that could not be read.
    pub waiting: i64,
    /// Mail that the server refused for good.
    pub failed_mail: i64,
    /// Jobs that gave up.
    pub dead_jobs: i64,
    /// Mail of which nobody knows how often it arrived.
    pub doubts: i64,
}

/// Counts what went wrong in the products of `seen`. Work that gave up belongs to none: only who sees all is told of it.
///
/// # Errors
/// As the database says.
pub async fn trouble_counts(tx: &mut Tx, seen: &Reach) -> Result<TroubleCounts> {
    sql("SELECT
         (SELECT COUNT(*) FROM (SELECT 1 FROM messages WHERE state IN ('quarantined', 'unreadable') AND SEEN(product) LIMIT 10001) a)
         AS waiting,
         (SELECT COUNT(*) FROM (SELECT 1 FROM mails WHERE state = 'failed' AND SEEN(product) LIMIT 10001) b) AS failed_mail,
         (SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE state = 'dead' AND $1 LIMIT 10001) c) AS dead_jobs,
         (SELECT COUNT(*) FROM (SELECT 1 FROM mails WHERE in_doubt AND SEEN(product) LIMIT 10001) d) AS doubts")
    .bind(*seen == Reach::Everywhere)
    .within("SEEN", seen)
    .one(tx)
    .await
}

/// The oldest breach, the next due instant of today, the next acknowledgement due.
///
/// # Errors
/// As the database says.
pub async fn next_dues(
    tx: &mut Tx,
    now: Instant,
    seen: &Reach,
) -> Result<(Option<Instant>, Option<Instant>, Option<Instant>)> {
    let (breach, next, acknowledge): (Option<i64>, Option<i64>, Option<i64>) = sql(
        "SELECT (SELECT sort_due FROM cases WHERE open AND sort_due < $1 AND SEEN(product) ORDER BY sort_due LIMIT 1),
         (SELECT sort_due FROM cases WHERE open AND sort_due >= $1 AND SEEN(product) ORDER BY sort_due LIMIT 1),
         (SELECT acknowledge_due FROM cases WHERE acknowledge_due IS NOT NULL AND acknowledge_due >= $1 AND SEEN(product)
         ORDER BY acknowledge_due LIMIT 1)",
    )
    .bind(now)
    .within("SEEN", seen)
    .one(tx)
    .await?;
    Ok((breach.map(Instant), next.map(Instant), acknowledge.map(Instant)))
}

/// Cases by the week of their receipt and of their resolution: (weeks since `start`, how many).
///
/// # Errors
/// As the database says.
pub async fn by_week(tx: &mut Tx, start: Instant, seen: &Reach) -> Result<(Vec<(i64, i64)>, Vec<(i64, i64)>)> {
    let received = sql(
        "SELECT (received_at - $1) / 604800000 AS week, COUNT(*) FROM cases WHERE received_at >= $1 AND SEEN(product) GROUP BY 1 ORDER BY 1",
    )
    .bind(start)
    .within("SEEN", seen)
    .all(tx)
    .await?;
    let closed = sql(
        "SELECT (resolved_at - $1) / 604800000 AS week, COUNT(*) FROM cases WHERE NOT open AND resolved_at >= $1 AND SEEN(product) GROUP BY 1 ORDER BY 1",
    )
    .bind(start)
    .within("SEEN", seen)
    .all(tx)
    .await?;
    Ok((received, closed))
}

/// Cases resolved since `start`, by product: product id, how many, how many in time.
///
/// # Errors
/// As the database says.
pub async fn in_time(tx: &mut Tx, start: Instant, seen: &Reach) -> Result<Vec<(String, i64, i64)>> {
    sql("SELECT product, COUNT(*), CAST(SUM(CASE WHEN in_time THEN 1 ELSE 0 END) AS BIGINT) FROM cases
         WHERE NOT open AND resolved_at >= $1 AND SEEN(product) GROUP BY product ORDER BY product")
    .bind(start)
    .within("SEEN", seen)
    .all(tx)
    .await
}

/// How many mails there are in the outbox, sent ones too; stops at `list::CAP` plus one.
///
/// # Errors
/// As the database says.
pub async fn mail_count(tx: &mut Tx, seen: &Reach) -> Result<i64> {
    let text = "SELECT COUNT(*) FROM (SELECT 1 FROM mails WHERE SEEN(product) LIMIT 10001) a";
    Ok(sql(text).within("SEEN", seen).one::<(i64,)>(tx).await?.0)
}
