//! Another passkey for somebody who is signed in: named, made by the browser, and added once its answer fits.

use super::server::with_codes;
use crate::{
    app::{error::Error, passkeys, proving, sessions::Session, sign_in::Refused},
    ui::{
        asked::{Asked, Device},
        components::{
            error_box::ErrorBox,
            notice::{Meaning, Notice},
        },
        form::{Fields, Problems},
        pages::factor::{
            new_passkey,
            server::{NOT_MADE, begun, said, waited},
        },
        paths,
        shell::Place,
    },
};
use axum::{Extension, http::StatusCode, response::Response};
use leptos::prelude::*;

/// GET: the form.
pub async fn show(asked: Asked) -> Response {
    let outcome = draw(&asked, StatusCode::OK, String::new(), Step::Begins).await;
    asked.answer(outcome).await
}

/// POST: the challenge, for the page's script.
pub async fn begin(asked: Asked, Extension(session): Extension<Session>) -> Response {
    begun(passkeys::begin_making(&asked.app, &session).await)
}

/// POST: adds it, and shows recovery codes to somebody who had none to need them. Without an answer of the browser this is
/// somebody who had to prove first.
pub async fn add(asked: Asked, Extension(session): Extension<Session>, device: Device, typed: Fields) -> Response {
    let outcome = match proving::proven(&asked.actor) {
        Ok(()) if typed.get("passkey").is_empty() => {
            draw(&asked, StatusCode::OK, typed.get("name").to_owned(), Step::Proven).await
        }
        Ok(()) => try_add(&asked, &session, &device, &typed).await,
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

async fn try_add(asked: &Asked, session: &Session, device: &Device, typed: &Fields) -> Result<Response, Error> {
    let (app, name) = (&asked.app, typed.get("name"));
    let refused = match passkeys::add_passkey(app, session, typed.get("passkey"), name, device.secret()).await {
        Ok(made) => return Ok(with_codes(asked, made, "passkey")),
        Err(Refused::Other(Error::Invalid(errors))) => {
            let step = Step::Wrong(Problems::new(&errors));
            return draw(asked, StatusCode::UNPROCESSABLE_ENTITY, name.to_owned(), step).await;
        }
        Err(Refused::Other(error)) => return Err(error),
        Err(refused) => refused,
    };
    match said(&refused, "passkey", NOT_MADE) {
        Ok((status, problems, seconds)) => {
            Ok(waited(draw(asked, status, name.to_owned(), Step::Wrong(problems)).await?, seconds))
        }
        Err(_) => Err(Error::Busy),
    }
}

/// How far somebody has come.
enum Step {
    Begins,
    Proven,
    Wrong(Problems),
}

async fn draw(asked: &Asked, status: StatusCode, name: String, step: Step) -> Result<Response, Error> {
    let place = (passkeys::why_not(&asked.app), asked.app.settings.public_url.clone());
    let (problems, proven) = match step {
        Step::Begins => (Problems::default(), false),
        Step::Proven => (Problems::default(), true),
        Step::Wrong(problems) => (problems, false),
    };
    let body = move || {
        let proven = proven.then(|| {
            view! {
                <Notice meaning=Meaning::Info lead="You have proved who you are.">
                    <p>"The passkey is not made yet: press the button once more."</p>
                </Notice>
            }
        });
        view! {
            <ErrorBox problems />
            <div class="head"><div>
                <a class="crumb quiet" href=paths::ACCOUNT>"← Your account"</a>
                <h1>"Add a passkey"</h1>
            </div></div>
            {proven}
            {new_passkey(place, (paths::PASSKEY, paths::PASSKEY_CHALLENGE), paths::ACCOUNT, name)}
        }
        .into_any()
    };
    asked.show(status, "Add a passkey", Place::Elsewhere, body).await
}
