//! Answers requests for one's own account. Every form calls one verb.

use super::{Sent, page};
use crate::{
    app::{
        account,
        error::Error,
        passkeys, proving,
        remove_factor::{Which, remove_factor},
        second_factor,
        sessions::{self, Session, SessionToken},
        sign_in::Refused,
    },
    domain::identity::PasskeyId,
    ui::{
        answer,
        asked::{Asked, Device},
        form::{Fields, Problems},
        pages::{
            factor::enrolled,
            signin::server::{later, too_many, with_session},
        },
        paths, render,
        shell::Place,
    },
};
use axum::{Extension, extract::Query, http::StatusCode, response::Response};

/// GET: the page.
pub async fn show(
    asked: Asked,
    Extension(session): Extension<Session>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let sent = Sent { done: Fields(query).get("done").to_owned(), ..Sent::default() };
    let outcome = draw(&asked, &session, StatusCode::OK, sent).await;
    asked.answer(outcome).await
}

/// POST: does what the field `do` says.
pub async fn act(asked: Asked, Extension(session): Extension<Session>, device: Device, typed: Fields) -> Response {
    let outcome = match typed.get("do") {
        "password" => password(&asked, &session, &device, &typed).await,
        "end" => {
            let id = typed.get("session").parse().unwrap_or_default();
            sessions::end_session(&asked.app, &asked.actor, id)
                .await
                .map(|()| answer::go(&paths::account_done("ended")))
        }
        "others" => {
            let ended = sessions::end_other_sessions(&asked.app, &session).await;
            ended.map(|_| answer::go(&paths::account_done("others")))
        }
        "remove-passkey" => {
            let removed = remove_factor(&asked.app, &session, Which::Passkey(passkey(&typed))).await;
            removed.map(|token| with_session(answer::go(&paths::account_done("passkey-removed")), &token))
        }
        "rename-passkey" => {
            let renamed = passkeys::rename_passkey(&asked.app, &session, passkey(&typed), typed.get("name")).await;
            renamed.map(|()| answer::go(&paths::account_done("passkey-renamed")))
        }
        "remove-authenticator" => {
            let removed = remove_factor(&asked.app, &session, Which::Authenticator).await;
            removed.map(|token| with_session(answer::go(&paths::account_done("authenticator-removed")), &token))
        }
        "codes" => {
            let renewed = second_factor::renew_recovery_codes(&asked.app, &session).await;
            renewed.map(|made| with_codes(&asked, made, "codes"))
        }
        // what it shows is for somebody who has just proved who they are
        "authenticator" => proving::proven(&asked.actor).map(|()| answer::go(paths::AUTHENTICATOR)),
        _ => Err(Error::field("do", "Choose what to do, then send the form again")),
    };
    let outcome = match outcome {
        Err(Error::Invalid(errors)) => {
            let sent = Sent { problems: Problems::new(&errors), ..Sent::default() };
            draw(&asked, &session, StatusCode::UNPROCESSABLE_ENTITY, sent).await
        }
        other => other,
    };
    asked.answer(outcome).await
}

fn passkey(typed: &Fields) -> PasskeyId {
    PasskeyId(typed.get("passkey").parse().unwrap_or_default())
}

/// The account with a word about what was done, under the session's new token. Recovery codes that were made come first, on a
/// page that needs nothing from the database: they are shown only now.
pub(super) fn with_codes(asked: &Asked, (token, codes): (SessionToken, Vec<String>), done: &str) -> Response {
    let account = paths::account_done(done);
    let page = if codes.is_empty() {
        answer::go(&account)
    } else {
        render::document(&asked.page, StatusCode::OK, "Your recovery codes", || enrolled(codes, &account))
    };
    with_session(page, &token)
}

async fn password(asked: &Asked, session: &Session, device: &Device, typed: &Fields) -> Result<Response, Error> {
    let (old, new) = (typed.get("old"), typed.get("new"));
    if !typed.has("old") && !typed.has("new") {
        // the first step: passwords are typed once it is proved who types them, and stand in no page
        return proving::proven(&asked.actor).map(|()| answer::go(&paths::account_done("proved")));
    }
    let refused = match account::change_password(&asked.app, session, old, new, device.secret()).await {
        Ok(token) => return Ok(with_session(answer::go(&paths::account_done("password")), &token)),
        Err(refused) => refused,
    };
    let (status, problems) = match &refused {
        Refused::Wrong => {
            let says = "This is not the password you have";
            (StatusCode::UNPROCESSABLE_ENTITY, Problems::one("old", says))
        }
        Refused::Busy(seconds) => (StatusCode::TOO_MANY_REQUESTS, Problems::one("old", &too_many(*seconds))),
        Refused::Other(Error::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, Problems::new(errors)),
        Refused::Other(_) => (StatusCode::OK, Problems::default()),
    };
    let response = match refused {
        Refused::Other(error) if problems.is_empty() => return Err(error),
        _ => draw(asked, session, status, Sent { problems, ..Sent::default() }).await?,
    };
    Ok(match refused {
        Refused::Busy(seconds) => later(response, seconds),
        _ => response,
    })
}

async fn draw(asked: &Asked, session: &Session, status: StatusCode, sent: Sent) -> Result<Response, Error> {
    let account = account::load_account(&asked.app, session).await?;
    let (own, zone) = (session.id, asked.app.zone());
    asked.show(status, "Your account", Place::Elsewhere, move || page(&account, own, zone, sent)).await
}
