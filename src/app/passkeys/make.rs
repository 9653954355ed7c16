//! A passkey is added once the browser's answer shows that it was made for the challenge of this session.

use super::{
    super::{
        App, Error, second_factor,
        sessions::{Session, SessionToken},
        sign_in::Refused,
    },
    Answer, digest, named,
    site::site,
    written,
};
use crate::{
    domain::{
        audit::AuditAction,
        sign_in::{AccountNews, Ceremony},
    },
    store::{ceremonies, passkeys, staff},
};
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential};

/// How many passkeys somebody can have.
const MOST: usize = 20;

/// Adds a passkey under `name`: the session is whole, under a new token, and all others of the person end. Whoever had no
/// factor before gets recovery codes, shown once.
///
/// # Errors
/// As `Refused` tells them apart: `Wrong` where the answer is none to this session's challenge, or came too late; when
/// somebody who has a factor has not given it, or their proof is stale.
pub async fn add_passkey(
    app: &App,
    session: &Session,
    typed: &str,
    name: &str,
    device: Option<&str>,
) -> Result<(SessionToken, Vec<String>), Refused> {
    second_factor::may_add(session)?;
    let site = site(app)?;
    let answer: Answer<RegisterPublicKeyCredential> = Answer::read(typed)?;
    let staff = session.actor.id;
    let mut tx = app.db.begin().await?;
    staff::account_lock(&mut tx, staff).await?;
    let state = ceremonies::ceremony_take(&mut tx, &app.vault, session.id, Ceremony::Make, answer.ceremony).await?;
    let state = state.map(|plain| super::read::<PasskeyRegistration>(&plain)).transpose()?;
    let made = state.and_then(|state| match site.finish_passkey_registration(&answer.credential, &state) {
        Ok(passkey) => Some(passkey),
        Err(error) => {
            tracing::info!(%error, "a passkey was not added");
            None
        }
    });
    let Some(passkey) = made else {
        tx.commit().await?;
        return Err(Refused::Wrong);
    };
    let others = passkeys::passkeys_of(&mut tx, staff).await?.len();
    if others >= MOST {
        return Err(Error::field("passkey", "You have twenty passkeys; remove one first").into());
    }
    let is_first = !second_factor::is_armed(&mut tx, staff).await?;
    // never a reason to refuse it, since it is made already
    let name = Some(named(name)).filter(|name| !name.is_empty()).unwrap_or_else(|| format!("Passkey {}", others + 1));
    let (credential, plain) = (digest(app, passkey.cred_id()), written(&passkey)?);
    let at = tx.db_now().await?;
    if !passkeys::passkey_add(&mut tx, &app.vault, staff, &credential, (&plain, &name), at).await? {
        return Err(Error::field("passkey", "This passkey is in use already").into());
    }
    let codes = if is_first { second_factor::fresh_codes(app, &mut tx, staff).await? } else { Vec::new() };
    let (action, news) = (AuditAction::PasskeyAdded, AccountNews::PasskeyAdded);
    let token = second_factor::enrolled(app, &mut tx, session, (action, news), device).await?;
    tx.commit().await?;
    app.wake();
    Ok((token, codes))
}
