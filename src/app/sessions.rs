//! Sessions: whose a token is and how far they have come, new tokens at every change of what they may do, the list that
//! somebody sees of their own. Signing in itself is `sign_in` and `second_factor`.

use super::{App, Error, proving::proven};
use crate::{
    domain::{
        audit::AuditAction,
        identity::StaffId,
        rights::Actor,
        sign_in::{Proof, SecondFactor, Stage},
        time::{HOUR, Instant, MINUTE},
    },
    store::{
        Tx, audit,
        sessions::{self, Lasts, Line},
        vault::random,
    },
};

/// The name of the session cookie.
pub const COOKIE: &str = "__Host-recourse";
/// How long a session lasts.
pub(super) const WHOLE: Lasts = Lasts { idle: HOUR, whole: 12 * HOUR };
/// How long somebody may take for the second factor.
pub(super) const HALF: Lasts = Lasts { idle: 15 * MINUTE, whole: 15 * MINUTE };
/// How long a proof counts as fresh.
pub const FRESH: i64 = 10 * MINUTE;

/// A session's secret; goes into the cookie and nowhere else.
pub struct SessionToken {
    secret: String,
    /// The secret of the browser itself, where somebody has just come in.
    device: Option<String>,
    /// How far the session has come.
    pub stage: Stage,
}

impl SessionToken {
    pub(super) fn new(stage: Stage) -> Result<Self, Error> {
        Ok(Self { secret: data_encoding::BASE64URL_NOPAD.encode(&random::<32>()?), device: None, stage })
    }

    /// The same for a browser that is known by `device` from now on.
    pub(super) fn in_browser(self, device: String) -> Self {
        Self { device: Some(device), ..self }
    }

    /// The secret itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.secret
    }

    /// What the browser keeps to be known again, where somebody has just come in.
    #[must_use]
    pub fn device(&self) -> Option<&str> {
        self.device.as_deref()
    }

    /// For how many seconds the browser keeps it.
    #[must_use]
    pub const fn seconds(&self) -> i64 {
        let lasts = match self.stage {
            Stage::Half => HALF,
            Stage::Full => WHOLE,
        };
        lasts.whole / 1_000
    }
}

/// A session that has not ended.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its row; stays the same while its token changes.
    pub id: i64,
    /// Whose it is. While the session is half they may do nothing but give or enrol a second factor.
    pub actor: Actor,
    /// How far it has come.
    pub stage: Stage,
    /// True when the person has a second factor.
    pub is_armed: bool,
    /// When the person last proved who they are.
    pub proved_at: Instant,
    /// In how many milliseconds it would go idle.
    idles_in: i64,
}

/// The session of a token, by which its person does something. Moves the idle end on, at most once a minute, so that reading
/// stays reading.
///
/// # Errors
/// As the database says.
pub async fn session_used(app: &App, token: &str) -> Result<Option<Session>, Error> {
    let session = session_of(app, token).await?;
    let idle = |session: &&Session| session.stage == Stage::Full && session.idles_in < WHOLE.idle - MINUTE;
    if let Some(session) = session.as_ref().filter(idle) {
        let mut tx = app.db.begin().await?;
        sessions::session_touch(&mut tx, session.id, WHOLE.idle).await?;
        tx.commit().await?;
    }
    Ok(session)
}

/// The session of a token, for what nobody does: a page that asks by itself, again and again, keeps no session from going
/// idle.
///
/// # Errors
/// As the database says.
pub async fn session_of(app: &App, token: &str) -> Result<Option<Session>, Error> {
    let mut tx = app.db.read().await?;
    let Some(found) = sessions::session_find(&mut tx, token).await? else { return Ok(None) };
    drop(tx);
    let is_missing = app.settings.second_factor == SecondFactor::Required && !found.is_armed;
    let stage = if is_missing { Stage::Half } else { found.stage };
    let is_fresh = stage == Stage::Full && found.now.since(found.proved_at) < FRESH;
    let proof = if is_fresh { Proof::Fresh } else { Proof::Stale };
    let (id, is_armed, proved_at) = (found.id, found.is_armed, found.proved_at);
    let idles_in = found.idle_until.since(found.now);
    Ok(Some(Session { id, actor: Actor { proof, ..found.actor }, stage, is_armed, proved_at, idles_in }))
}

/// Makes a session whole under a new token, in the caller's transaction. `lasts` begins anew where the session was half.
pub(super) async fn renew(tx: &mut Tx, session: &Session) -> Result<SessionToken, Error> {
    let token = SessionToken::new(Stage::Full)?;
    let lasts = (session.stage == Stage::Half).then_some(WHOLE);
    if !sessions::session_renew(tx, session.id, token.as_str(), lasts).await? {
        return Err(Error::NotFound);
    }
    Ok(token)
}

/// Ends a session.
///
/// # Errors
/// As the database says.
pub async fn sign_out(app: &App, token: &str) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    if let Some(staff) = sessions::session_end(&mut tx, token).await? {
        audit::audit_append(&mut tx, app.now(), Some(staff), AuditAction::SignedOut, None, "");
    }
    tx.commit().await?;
    Ok(())
}

/// The sessions of somebody, the one used last first.
///
/// # Errors
/// As the database says.
pub async fn sessions_of(app: &App, staff: StaffId) -> Result<Vec<Line>, Error> {
    let mut tx = app.db.read().await?;
    Ok(sessions::sessions_of(&mut tx, staff).await?)
}

/// Ends one of the actor's own sessions.
///
/// # Errors
/// `Invalid` where they have no such one any more.
pub async fn end_session(app: &App, actor: &Actor, id: i64) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    if !sessions::session_end_one(&mut tx, actor.id, id).await? {
        return Err(Error::field("sessions", "You have no such session any more: it has ended already"));
    }
    audit::audit_append(&mut tx, app.now(), Some(actor.id), AuditAction::SessionEnded, None, "");
    tx.commit().await?;
    Ok(())
}

/// Ends all of the actor's sessions but this one; how many.
///
/// # Errors
/// When the proof is stale, or as the database says.
pub async fn end_other_sessions(app: &App, session: &Session) -> Result<u64, Error> {
    proven(&session.actor)?;
    let staff = session.actor.id;
    let mut tx = app.db.begin().await?;
    let ended = sessions::sessions_end(&mut tx, staff, Some(session.id)).await?;
    audit::audit_append(&mut tx, app.now(), Some(staff), AuditAction::SessionsEnded, None, &ended.to_string());
    tx.commit().await?;
    Ok(ended)
}
