//! Challenges: what the browser is asked to do, and what its answer will be judged by.

use super::{
    super::{App, Error, second_factor, sessions::Session},
    site::site,
    written,
};
use crate::{
    domain::{identity::CeremonyId, sign_in::Ceremony},
    store::{Tx, ceremonies, passkeys, staff},
};
use serde::Serialize;
use webauthn_rs::prelude::{CreationChallengeResponse, Passkey, RequestChallengeResponse, Uuid};

/// A challenge for the browser, as it is sent: `ceremony`, and `publicKey` as the browser wants it.
#[derive(Debug, Clone, Serialize)]
pub struct Begun {
    ceremony: CeremonyId,
    #[serde(flatten)]
    challenge: Challenge,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Challenge {
    Make(Box<CreationChallengeResponse>),
    Sign(Box<RequestChallengeResponse>),
}

/// Asks for a new passkey of the session's person: none of those that they have. One that is doubted may be followed by
/// another on the same device.
///
/// # Errors
/// When somebody who has a factor has not given it, or their proof is stale; where passkeys cannot be used.
pub async fn begin_making(app: &App, session: &Session) -> Result<Begun, Error> {
    second_factor::may_add(session)?;
    let site = site(app)?;
    let staff = session.actor.id;
    let mut tx = app.db.begin().await?;
    let account = staff::account_get(&mut tx, staff).await?.ok_or(Error::NotFound)?;
    let known = opened(app, &mut tx, session).await?.iter().map(|known| known.cred_id().clone()).collect();
    let user = handle(app, session)?;
    let begun = site.start_passkey_registration(user, &account.email, &account.name, Some(known));
    let (challenge, state) = begun.map_err(|error| super::broken(&error))?;
    let state = written(&state)?;
    let ceremony = ceremonies::ceremony_begin(&mut tx, &app.vault, session.id, Ceremony::Make, &state).await?;
    tx.commit().await?;
    Ok(Begun { ceremony, challenge: Challenge::Make(Box::new(challenge)) })
}

/// Asks for a signature by one of the person's passkeys.
///
/// # Errors
/// When they have none that proves anything; where passkeys cannot be used.
pub async fn begin_signing(app: &App, session: &Session) -> Result<Begun, Error> {
    let site = site(app)?;
    let mut tx = app.db.begin().await?;
    let known = opened(app, &mut tx, session).await?;
    if known.is_empty() {
        return Err(Error::field("passkey", "You have no passkey that counts here"));
    }
    let (challenge, state) = site.start_passkey_authentication(&known).map_err(|error| super::broken(&error))?;
    let state = written(&state)?;
    let ceremony = ceremonies::ceremony_begin(&mut tx, &app.vault, session.id, Ceremony::Sign, &state).await?;
    tx.commit().await?;
    Ok(Begun { ceremony, challenge: Challenge::Sign(Box::new(challenge)) })
}

async fn opened(app: &App, tx: &mut Tx, session: &Session) -> Result<Vec<Passkey>, Error> {
    let kept = passkeys::passkeys_open(tx, &app.vault, session.actor.id).await?;
    kept.iter().map(|plain| super::read(plain)).collect()
}

/// How a passkey knows whose it is: the same for each of one person's, and it says nothing about them.
fn handle(app: &App, session: &Session) -> Result<Uuid, Error> {
    let digest = app.vault.digest("passkey of", &session.actor.id.0.to_be_bytes());
    Uuid::from_slice(&digest[..16]).map_err(|error| super::broken(&error))
}
