//! Who is signed in: hashed tokens with an idle and an absolute end, judged by the database's clock. A session keeps its
//! row for as long as it lasts; its token changes with every change of what it may do.

use super::{
    Result, Tx,
    grants::{GrantedRow, actors, granted},
    row::known,
    sql,
};
use crate::domain::{identity::StaffId, rights::Actor, sign_in::Stage, time::Instant};
use sha2::{Digest as _, Sha256};

/// How a token is stored. Tokens are 256 random bits, so a plain hash is enough.
#[must_use]
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// How long a session lasts, in milliseconds: without being used, and at most.
#[derive(Debug, Clone, Copy)]
pub struct Lasts {
    /// Without being used.
    pub idle: i64,
    /// At most.
    pub whole: i64,
}

/// A session that has not ended.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its row.
    pub id: i64,
    /// Whose it is, with what they may do now.
    pub actor: Actor,
    /// How far it has come.
    pub stage: Stage,
    /// When the person last proved who they are.
    pub proved_at: Instant,
    /// When it would go idle.
    pub idle_until: Instant,
    /// True when the person has a second factor.
    pub is_armed: bool,
    /// The database's clock.
    pub now: Instant,
}

/// Starts a session; its row.
///
/// # Errors
/// As the database says.
pub async fn session_start(
    tx: &mut Tx,
    token: &str,
    staff: StaffId,
    stage: Stage,
    place: &str,
    lasts: Lasts,
) -> Result<i64> {
    let now = tx.db_now().await?;
    let text =
        "INSERT INTO sessions (token_hash, staff_id, stage, place, created_at, proved_at, seen_at, idle_until, ends_at)
         VALUES ($1, $2, $3, $4, $5, $5, $5, $6, $7) RETURNING id";
    let (id,): (i64,) = sql(text)
        .bind(token_hash(token))
        .bind(staff)
        .bind(stage.code())
        .bind(place)
        .bind(now)
        .bind(now.plus(lasts.idle))
        .bind(now.plus(lasts.whole))
        .one(tx)
        .await?;
    Ok(id)
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    session: i64,
    stage: String,
    proved_at: i64,
    idle_until: i64,
    armed: i32,
    #[sqlx(flatten)]
    granted: GrantedRow,
}

/// The session of a token with whoever acts in it and what they may do now, read in one statement; none when it ended, or
/// the account is disabled.
///
/// # Errors
/// As the database says.
pub async fn session_find(tx: &mut Tx, token: &str) -> Result<Option<Found>> {
    let now = tx.db_now().await?;
    let text = granted!(
        "x.id AS session, x.stage, x.proved_at, x.idle_until,
         CASE WHEN EXISTS (SELECT 1 FROM authenticators f WHERE f.staff_id = x.staff_id)
         OR EXISTS (SELECT 1 FROM passkeys p WHERE p.staff_id = x.staff_id) THEN 1 ELSE 0 END AS armed, ",
        "FROM sessions x JOIN staff s ON s.id = x.staff_id",
        " AND x.token_hash = $2 AND x.idle_until > $1 AND x.ends_at > $1 ORDER BY g.id, o.id"
    );
    let rows = sql(text).bind(now).bind(token_hash(token)).all::<FoundRow>(tx).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let (id, stage) =
        (first.session, known(Stage::from_code(&first.stage), "sessions", first.session, "stage", &first.stage)?);
    let (proved_at, idle_until, is_armed) = (Instant(first.proved_at), Instant(first.idle_until), first.armed > 0);
    let Some(actor) = actors(rows.into_iter().map(|row| row.granted).collect())?.pop() else { return Ok(None) };
    Ok(Some(Found { id, actor, stage, proved_at, idle_until, is_armed, now }))
}

/// Somebody was active: the session goes idle later.
///
/// # Errors
/// As the database says.
pub async fn session_touch(tx: &mut Tx, id: i64, idle: i64) -> Result<()> {
    let now = tx.db_now().await?;
    sql("UPDATE sessions SET idle_until = $2, seen_at = $3 WHERE id = $1")
        .bind(id)
        .bind(now.plus(idle))
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// The person has proved who they are: the session is whole, under another token. False when it ended meanwhile. `lasts`
/// begins anew where it is given.
///
/// # Errors
/// As the database says.
pub async fn session_renew(tx: &mut Tx, id: i64, token: &str, lasts: Option<Lasts>) -> Result<bool> {
    let now = tx.db_now().await?;
    let text = "UPDATE sessions SET token_hash = $2, stage = $3, proved_at = $4, seen_at = $4,
         idle_until = COALESCE($5, idle_until), ends_at = COALESCE($6, ends_at)
         WHERE id = $1 AND idle_until > $4 AND ends_at > $4";
    let done = sql(text)
        .bind(id)
        .bind(token_hash(token))
        .bind(Stage::Full.code())
        .bind(now)
        .bind(lasts.map(|lasts| now.plus(lasts.idle)))
        .bind(lasts.map(|lasts| now.plus(lasts.whole)))
        .run(tx)
        .await?;
    Ok(done > 0)
}

/// Ends the session of a token; whose it was.
///
/// # Errors
/// As the database says.
pub async fn session_end(tx: &mut Tx, token: &str) -> Result<Option<StaffId>> {
    let row = sql("DELETE FROM sessions WHERE token_hash = $1 RETURNING staff_id").bind(token_hash(token));
    Ok(row.maybe::<(i64,)>(tx).await?.map(|(staff,)| StaffId(staff)))
}

/// Ends one session of somebody; false where they have no such one.
///
/// # Errors
/// As the database says.
pub async fn session_end_one(tx: &mut Tx, staff: StaffId, id: i64) -> Result<bool> {
    Ok(sql("DELETE FROM sessions WHERE staff_id = $1 AND id = $2").bind(staff).bind(id).run(tx).await? > 0)
}

/// Ends every session of somebody, but for the one that is kept; how many.
///
/// # Errors
/// As the database says.
pub async fn sessions_end(tx: &mut Tx, staff: StaffId, keep: Option<i64>) -> Result<u64> {
    sql("DELETE FROM sessions WHERE staff_id = $1 AND id <> $2").bind(staff).bind(keep.unwrap_or(-1)).run(tx).await
}

/// A session as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    /// Its row.
    pub id: i64,
    /// Where it began.
    pub place: String,
    created_at: i64,
    seen_at: i64,
    ends_at: i64,
}

impl Line {
    /// When it began.
    #[must_use]
    pub const fn created(&self) -> Instant {
        Instant(self.created_at)
    }

    /// When it was last used, to the minute.
    #[must_use]
    pub const fn seen(&self) -> Instant {
        Instant(self.seen_at)
    }

    /// When it ends at the latest.
    #[must_use]
    pub const fn ends(&self) -> Instant {
        Instant(self.ends_at)
    }
}

/// The whole sessions of somebody that have not ended, the one used last first.
///
/// # Errors
/// As the database says.
pub async fn sessions_of(tx: &mut Tx, staff: StaffId) -> Result<Vec<Line>> {
    let now = tx.db_now().await?;
    let text = "SELECT id, place, created_at, seen_at, ends_at FROM sessions
         WHERE staff_id = $1 AND stage = 'full' AND idle_until > $2 AND ends_at > $2 ORDER BY seen_at DESC, id DESC";
    sql(text).bind(staff).bind(now).all(tx).await
}

/// Forgets sessions that ended.
///
/// # Errors
/// As the database says.
pub async fn sessions_forget(tx: &mut Tx) -> Result<u64> {
    let now = tx.db_now().await?;
    sql("DELETE FROM sessions WHERE ends_at < $1 OR idle_until < $1").bind(now).run(tx).await
}
