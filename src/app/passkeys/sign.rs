//! A signature by a passkey is taken once: for the challenge of this session, with user verification, counted upwards.

use super::{
    super::{App, sessions::Session, sign_in::Refused},
    Answer, digest,
    doubt::doubt,
    read,
    site::site,
    written,
};
use crate::{
    domain::{sign_in::Ceremony, time::MINUTE},
    store::{Tx, ceremonies, passkeys, throttles},
};
use webauthn_rs::prelude::{Passkey, PasskeyAuthentication, PublicKeyCredential, WebauthnError};

/// Wrong answers of one session that cost nothing, and the longest wait after more of them. A stranger's wrong answers make
/// nobody else wait: there is nothing to guess, only a log to fill.
const FREE: i64 = 5;
const LONGEST: i64 = MINUTE;

/// Counts the try, and takes the signature if it is one of the session's person. The challenge is used up either way, so the
/// caller commits what was refused as `Wrong`, too.
pub(in super::super) async fn use_passkey(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    typed: &str,
) -> Result<(), Refused> {
    let site = site(app)?;
    let staff = session.actor.id;
    let key = app.vault.digest("passkey of session", &session.id.to_be_bytes());
    let waits = throttles::throttle_try(tx, &key, FREE, LONGEST).await?;
    if waits > 0 {
        return Err(Refused::Busy((waits + 999) / 1_000));
    }
    let answer: Answer<PublicKeyCredential> = Answer::read(typed)?;
    let taken = ceremonies::ceremony_take(tx, &app.vault, session.id, Ceremony::Sign, answer.ceremony).await?;
    let Some(state) = taken else { return Err(Refused::Wrong) };
    let state: PasskeyAuthentication = read(&state)?;
    let credential = digest(app, answer.credential.get_credential_id());
    let result = match site.finish_passkey_authentication(&answer.credential, &state) {
        Ok(result) => result,
        Err(WebauthnError::CredentialPossibleCompromise) => {
            return Err(doubt(app, tx, session, &credential).await);
        }
        Err(error) => {
            tracing::info!(%error, "the answer of a passkey was refused");
            return Err(Refused::Wrong);
        }
    };
    // it may have been removed, or used, since the challenge was made
    let kept = passkeys::passkey_open(tx, &app.vault, staff, &credential).await?;
    let Some(kept) = kept else { return Err(Refused::Wrong) };
    let at = tx.db_now().await?;
    if !passkeys::passkey_count(tx, staff, &credential, result.counter(), at).await? {
        return Err(doubt(app, tx, session, &credential).await);
    }
    let mut passkey: Passkey = read(&kept)?;
    if passkey.update_credential(&result) == Some(true) {
        passkeys::passkey_reseal(tx, &app.vault, staff, &credential, &written(&passkey)?).await?;
    }
    throttles::throttle_clear(tx, &key).await?;
    Ok(())
}
