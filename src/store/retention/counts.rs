//! How many cases fall due, and how many stay although their time is over, for the preview. What keeps a case secretly counts
//! among what law keeps: nobody learns of a hold from a number.

use super::{Over, json};
use crate::{
    domain::{retention::Record, rights::Reach, time::Instant},
    store::{Result, Tx, per_engine, sql},
};

/// How many cases of a product have a record that falls due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Now.
    pub now: i64,
    /// Within seven days, those of now among them.
    pub week: i64,
    /// Within thirty days, those before among them.
    pub month: i64,
    /// What stays although its time is over.
    pub stays: Stays,
}

/// How many cases stay although their time is over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stays {
    /// Because of a hold that colleagues may know of.
    pub held: i64,
    /// Because law asks for it.
    pub law: i64,
    /// Because something is still to be done.
    pub unfinished: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    product: String,
    now: i64,
    week: i64,
    month: i64,
    held: i64,
    law: i64,
    unfinished: i64,
}

/// The cases of each product whose record falls due, by `over`; products without any are left out.
///
/// # Errors
/// As the database says.
pub async fn counts(tx: &mut Tx, over: &[Over], record: Record, now: Instant) -> Result<Vec<(String, Counted)>> {
    macro_rules! counts {
        ($over:ident) => {
            concat!(
                $over!(),
                // worked out once a case, and not once a sum
                ", one AS MATERIALIZED (SELECT c.product, c.resolved_at, o.now AS over_now, o.week AS over_week,
                   CASE WHEN ",
                held_openly!(),
                " THEN 'held' WHEN ",
                held_somehow!(),
                " THEN 'law' WHEN EXISTS (SELECT 1 FROM retained k WHERE k.case_id = c.id AND k.record = $2 AND k.kept_until >= $3)
                   THEN 'law' WHEN ",
                unfinished!(),
                " THEN 'unfinished' ELSE 'free' END AS why
                 FROM cases c CROSS JOIN o WHERE o.product = c.product AND o.kind = c.kind
                 AND NOT c.open AND NOT c.restricted AND c.resolved_at <= o.month AND ",
                has!(),
                " AND NOT ",
                gone!(),
                ") SELECT product,
                   CAST(COALESCE(SUM(CASE WHEN why = 'free' AND resolved_at <= over_now THEN 1 ELSE 0 END), 0) AS BIGINT) AS now,
                   CAST(COALESCE(SUM(CASE WHEN why = 'free' AND resolved_at <= over_week THEN 1 ELSE 0 END), 0) AS BIGINT) AS week,
                   CAST(COALESCE(SUM(CASE WHEN why = 'free' THEN 1 ELSE 0 END), 0) AS BIGINT) AS month,
                   CAST(COALESCE(SUM(CASE WHEN why = 'held' AND resolved_at <= over_now THEN 1 ELSE 0 END), 0) AS BIGINT) AS held,
                   CAST(COALESCE(SUM(CASE WHEN why = 'law' AND resolved_at <= over_now THEN 1 ELSE 0 END), 0) AS BIGINT) AS law,
                   CAST(COALESCE(SUM(CASE WHEN why = 'unfinished' AND resolved_at <= over_now THEN 1 ELSE 0 END), 0) AS BIGINT) AS unfinished
                 FROM one GROUP BY product ORDER BY product"
            )
        };
    }
    let rows = per_engine(counts!(over_postgres), counts!(over_sqlite))
        .bind(json(over))
        .bind(record.code())
        .bind(now)
        .all::<Row>(tx)
        .await?;
    let counted = |row: Row| {
        let stays = Stays { held: row.held, law: row.law, unfinished: row.unfinished };
        (row.product, Counted { now: row.now, week: row.week, month: row.month, stays })
    };
    Ok(rows.into_iter().map(counted).collect())
}

/// Of each product within `reach`: how many cases are open, and how many stand behind the wall.
///
/// # Errors
/// As the database says.
pub async fn open_and_restricted(tx: &mut Tx, reach: &Reach) -> Result<Vec<(String, i64, i64)>> {
    sql("SELECT product, CAST(SUM(CASE WHEN open AND NOT restricted THEN 1 ELSE 0 END) AS BIGINT),
         CAST(SUM(CASE WHEN restricted THEN 1 ELSE 0 END) AS BIGINT)
         FROM cases WHERE SEEN(product) AND (open OR restricted) GROUP BY product ORDER BY product")
    .within("SEEN", reach)
    .all(tx)
    .await
}
