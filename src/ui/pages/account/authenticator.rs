//! Another authenticator for somebody who is signed in: offered, and enrolled once a code shows that it works.

use super::server::with_codes;
use crate::{
    app::{error::Error, proving, second_factor, sessions::Session, sign_in::Refused},
    ui::{
        answer,
        asked::{Asked, Device},
        components::error_box::ErrorBox,
        form::{Fields, Problems},
        pages::factor::{
            offered,
            server::{WRONG, said, waited},
        },
        paths,
        shell::Place,
    },
};
use axum::{Extension, http::StatusCode, response::Response};
use leptos::prelude::*;

/// GET: what is offered, the same each time, to somebody who has just proved who they are; others begin at their account.
pub async fn show(asked: Asked, Extension(session): Extension<Session>) -> Response {
    if proving::proven(&asked.actor).is_err() {
        return answer::go(paths::ACCOUNT);
    }
    let outcome = draw(&asked, &session, StatusCode::OK, Problems::default()).await;
    asked.answer(outcome).await
}

/// POST: enrols it in place of the one before, and shows new recovery codes.
pub async fn enrol(asked: Asked, Extension(session): Extension<Session>, device: Device, typed: Fields) -> Response {
    let outcome = match proving::proven(&asked.actor) {
        Ok(()) => try_enrol(&asked, &session, &device, &typed).await,
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

async fn try_enrol(asked: &Asked, session: &Session, device: &Device, typed: &Fields) -> Result<Response, Error> {
    let code = typed.get("code");
    let refused = match second_factor::enrol_authenticator(&asked.app, session, code, device.secret()).await {
        Ok(made) => return Ok(with_codes(asked, made, "authenticator")),
        Err(Refused::Other(error)) => return Err(error),
        Err(refused) => refused,
    };
    match said(&refused, "code", WRONG) {
        Ok((status, problems, seconds)) => Ok(waited(draw(asked, session, status, problems).await?, seconds)),
        Err(_) => Err(Error::Busy),
    }
}

async fn draw(asked: &Asked, session: &Session, status: StatusCode, problems: Problems) -> Result<Response, Error> {
    let offer = second_factor::offer_authenticator(&asked.app, session).await?;
    let body = move || {
        view! {
            <ErrorBox problems=problems.clone() />
            <div class="head"><div>
                <a class="crumb quiet" href=paths::ACCOUNT>"← Your account"</a>
                <h1>"Set up an authenticator"</h1>
            </div></div>
            {offered(&offer, paths::AUTHENTICATOR, paths::ACCOUNT, problems)}
        }
        .into_any()
    };
    asked.show(status, "Set up an authenticator", Place::Elsewhere, body).await
}
