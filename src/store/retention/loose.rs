//! What is kept and belongs to no case: mail that was set aside or came twice, browsers that somebody signed in with, work
//! that gave up.

use super::{Over, json};
use crate::{
    domain::{identity::MessageId, kind::Kind, time::Instant},
    store::{Result, Tx, per_engine, raws, sql},
};

/// Destroys the raw bytes of mail of no case that came before the moment in `over` for its product, and what lists show of it;
/// how many. The digests stay: the same mail is still known when it comes again.
///
/// # Errors
/// As the database says.
pub async fn loose_destroy(tx: &mut Tx, over: &[Over], limit: i64) -> Result<u64> {
    macro_rules! found {
        ($over:ident) => {
            concat!(
                $over!(),
                "SELECT x.id FROM messages x CROSS JOIN o WHERE o.product = x.product AND o.kind = $2 AND x.received_at <= o.now
                 AND NOT ",
                paused!("x.product"),
                " AND ",
                loose!(),
                " ORDER BY x.received_at, x.id LIMIT $3"
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
                $over!(),
                "SELECT x.product, COUNT(*) FROM messages x CROSS JOIN o
                 WHERE o.product = x.product AND o.kind = $2 AND x.received_at <= o.now AND ",
                loose!(),
                " GROUP BY x.product ORDER BY x.product"
            )
        };
    }
    per_engine(counted!(over_postgres), counted!(over_sqlite)).bind(json(over)).bind(Kind::Inquiry.code()).all(tx).await
}

/// Forgets what helps only for a while: browsers that were last used before `before`, and work that gave up before it, unless
/// what it was to do is not done and nothing asks for it again: that stays to be seen. How many lines.
///
/// # Errors
/// As the database says.
pub async fn log_forget(tx: &mut Tx, before: Instant) -> Result<u64> {
    let browsers = sql("DELETE FROM devices WHERE seen_at < $1").bind(before).run(tx).await?;
    let work =
        sql("DELETE FROM jobs WHERE id IN (SELECT j.id FROM jobs j WHERE j.state = 'dead' AND j.finished_at < $1
         AND NOT (j.work = 'read_message' AND j.unique_key IN
           (SELECT 'read_message:' || m.id FROM messages m WHERE m.state = 'stored'))
         AND NOT (j.work = 'send_mail' AND j.unique_key IN
           (SELECT 'send_mail:' || m.id FROM mails m WHERE m.state IN ('queued', 'sending')))
         AND NOT (j.work IN ('execute_run', 'pack_export') AND j.unique_key IN
           (SELECT j.work || ':' || r.id FROM runs r WHERE r.open))
         AND NOT (j.work = 'dispose_material' AND j.unique_key IN (SELECT 'dispose_material:' || m.id FROM messages m
           WHERE LENGTH(m.wrapped_key) > 0 OR EXISTS (SELECT 1 FROM mailbox_copies y WHERE y.message_id = m.id)))
         LIMIT 500)")
        .bind(before)
        .run(tx)
        .await?;
    Ok(browsers + work)
}
