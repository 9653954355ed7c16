//! What is kept and belongs to no case: mail that was set aside or came twice, browsers that somebody signed in with, work
//! that gave up.

use super::{Over, json};
use crate::{
    domain::{identity::MessageId, kind::Kind, time::Instant},
    store::{Result, Tx, per_engine, raws, sql},
};

/// True of a message `x` of no case that may be destroyed: nobody has to decide about it, it is not behind the wall, and the
/// case that it points at is neither open nor held.
macro_rules! loose {
    () => {
        "x.case_id IS NULL AND x.state IN ('discarded', 'duplicate') AND NOT x.restricted AND LENGTH(x.wrapped_key) > 0
         AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = x.near_id AND (c.open OR c.restricted OR "
    };
}

/// Destroys the raw bytes of mail of no case that came before the moment in `over` for its product, and what lists show of it;
/// how many. The digests stay: the same mail is still known when it comes again.
///
/// # Errors
/// As the database says.
pub async fn loose_destroy(tx: &mut Tx, over: &[Over], limit: i64) -> Result<u64> {
    macro_rules! found {
        ($over:ident) => {
            concat!(
                "SELECT x.id FROM messages x JOIN ",
                $over!(),
                " ON o.product = x.product AND o.kind = $2 WHERE x.received_at <= o.now AND ",
                loose!(),
                held!("h.placed_at IS NOT NULL"),
                ")) ORDER BY x.received_at, x.id LIMIT $3"
            )
        };
    }
    let rows = per_engine(found!(over_postgres), found!(over_sqlite))
        .bind(json(over))
        .bind(Kind::Inquiry.code())
        .bind(limit)
        .all::<(i64,)>(tx)
        .await?;
    let messages: Vec<MessageId> = rows.into_iter().map(|(id,)| MessageId(id)).collect();
    raws::messages_forget_raw(tx, &messages).await?;
    Ok(u64::try_from(messages.len()).unwrap_or(u64::MAX))
}

/// How many mails of no case are over by `over` now, by product.
///
/// # Errors
/// As the database says.
pub async fn loose_count(tx: &mut Tx, over: &[Over]) -> Result<Vec<(String, i64)>> {
    macro_rules! counted {
        ($over:ident) => {
            concat!(
                "SELECT x.product, COUNT(*) FROM messages x JOIN ",
                $over!(),
                " ON o.product = x.product AND o.kind = $2 WHERE x.received_at <= o.now AND ",
                loose!(),
                held!("h.placed_at IS NOT NULL"),
                ")) GROUP BY x.product ORDER BY x.product"
            )
        };
    }
    per_engine(counted!(over_postgres), counted!(over_sqlite)).bind(json(over)).bind(Kind::Inquiry.code()).all(tx).await
}

/// Forgets what helps only for a while: browsers that were last used before `before`, and work that gave up before it. How many
/// lines.
///
/// # Errors
/// As the database says.
pub async fn log_forget(tx: &mut Tx, before: Instant) -> Result<u64> {
    let browsers = sql("DELETE FROM devices WHERE seen_at < $1").bind(before).run(tx).await?;
    let work =
        sql("DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = 'dead' AND finished_at < $1 LIMIT 500)")
            .bind(before)
            .run(tx)
            .await?;
    Ok(browsers + work)
}
