//! Answers somebody whose password was right: asks for the second factor, or has them enrol one.

use super::{AtTheDoor, ask as ask_page, enrol as enrol_page, enrolled};
use crate::{
    app::{
        App, Error,
        passkeys::{self, Begun},
        proving,
        second_factor::{self, Factor},
        sessions::{Session, SessionToken},
        sign_in::Refused,
    },
    ui::{
        answer,
        asked::{Device, Frame},
        form::{Fields, Problems},
        pages::signin::server::{later, too_many, with_session},
        paths, render,
    },
};
use axum::{
    Extension,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

/// GET: the passkey and the field for the code, or the way to enrol.
pub async fn ask(
    State(app): State<App>,
    frame: Frame,
    Extension(session): Extension<Session>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let query = Fields(query);
    let next = paths::local(query.get("next"));
    if !session.is_armed {
        return answer::go(&paths::enrol_then(next));
    }
    asked(&app, &frame, &session, StatusCode::OK, next, Problems::default()).await
}

/// POST: takes the passkey's answer, or the code.
pub async fn give(
    State(app): State<App>,
    frame: Frame,
    Extension(session): Extension<Session>,
    device: Device,
    typed: Fields,
) -> Response {
    let next = paths::local(typed.get("next"));
    let Some(factor) = given(&typed) else {
        let problems = Problems::one("passkey", "Press the button for your passkey, or type a code");
        return asked(&app, &frame, &session, StatusCode::UNPROCESSABLE_ENTITY, next, problems).await;
    };
    match second_factor::give_factor(&app, &session, factor, device.secret()).await {
        Ok(token) => with_session(answer::go(next), &token),
        Err(refused) => match said(&refused, field_of(factor), wrong(factor)) {
            Ok((status, problems, seconds)) => {
                waited(asked(&app, &frame, &session, status, next, problems).await, seconds)
            }
            Err(error) => answer::at_the_door(&frame, error),
        },
    }
}

/// What a form brings to show who somebody is. None where it is the passkey's, sent without its button: that is no try.
fn given(typed: &Fields) -> Option<Factor<'_>> {
    match typed.get("passkey") {
        "" => typed.all("code").next().map(Factor::Code),
        passkey => Some(Factor::Passkey(passkey)),
    }
}

/// What somebody reads whose factor does not count.
#[must_use]
pub const fn wrong(factor: Factor<'_>) -> &'static str {
    match factor {
        Factor::Code(_) => "This code does not count: it is another one, or was used already",
        Factor::Passkey(_) => {
            "This passkey does not count here, or its answer came too late. Try again, or use another way"
        }
    }
}

const fn field_of(factor: Factor<'_>) -> &'static str {
    match factor {
        Factor::Code(_) => "code",
        Factor::Passkey(_) => "passkey",
    }
}

/// POST: the challenge for the passkey that somebody has, or for their first one.
pub async fn begin(State(app): State<App>, Extension(session): Extension<Session>) -> Response {
    begun(if session.is_armed {
        passkeys::begin_signing(&app, &session).await
    } else {
        passkeys::begin_making(&app, &session).await
    })
}

/// A challenge as the page's script wants it, or why there is none, in words.
#[must_use]
pub fn begun(outcome: Result<Begun, Error>) -> Response {
    match outcome {
        Ok(begun) => axum::Json(begun).into_response(),
        Err(error) => {
            let status = answer::status_of(&error);
            tracing::info!(%error, %status, "no challenge for a passkey");
            let says = match error {
                Error::NotAllowed(why) => why,
                Error::Invalid(fields) => fields.into_iter().map(|field| field.says).collect::<Vec<_>>().join(". "),
                _ => "This did not work. Load the page again, or use another way.".to_owned(),
            };
            (status, says).into_response()
        }
    }
}

/// GET: the passkey and the authenticator that are offered. The same each time.
pub async fn offer(
    State(app): State<App>,
    frame: Frame,
    Extension(session): Extension<Session>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let query = Fields(query);
    if session.is_armed {
        return answer::go(&paths::second_then(paths::local(query.get("next"))));
    }
    offered(&app, &frame, &session, StatusCode::OK, &query, Problems::default()).await
}

/// POST: enrols one of them.
pub async fn enrol(
    State(app): State<App>,
    frame: Frame,
    Extension(session): Extension<Session>,
    device: Device,
    typed: Fields,
) -> Response {
    let Some(factor) = given(&typed) else {
        let problems = Problems::one("passkey", "The passkey is not made yet: press its button");
        return offered(&app, &frame, &session, StatusCode::UNPROCESSABLE_ENTITY, &typed, problems).await;
    };
    let wrong = match factor {
        Factor::Code(_) => WRONG,
        Factor::Passkey(_) => NOT_MADE,
    };
    match enrolled_with(&app, &session, (factor, typed.get("name")), &device).await {
        Ok((token, codes)) => {
            let next = paths::local(typed.get("next"));
            let page = render::document(&frame, StatusCode::OK, "Your recovery codes", || enrolled(codes, next));
            with_session(page, &token)
        }
        Err(refused) => match said(&refused, field_of(factor), wrong) {
            Ok((status, problems, seconds)) => {
                waited(offered(&app, &frame, &session, status, &typed, problems).await, seconds)
            }
            Err(error) => answer::at_the_door(&frame, error),
        },
    }
}

/// What somebody reads whose new authenticator shows something else.
pub const WRONG: &str = "This is not the code of this secret. Let the app read the square again, and look whether the clock of your phone is right";

/// What somebody reads whose new passkey was not added.
pub const NOT_MADE: &str = "The passkey was not added: it is none for this page, or came too late. Try again";

async fn enrolled_with(
    app: &App,
    session: &Session,
    (factor, name): (Factor<'_>, &str),
    device: &Device,
) -> Result<(SessionToken, Vec<String>), Refused> {
    match factor {
        Factor::Code(code) => second_factor::enrol_authenticator(app, session, code, device.secret()).await,
        Factor::Passkey(made) => passkeys::add_passkey(app, session, made, name, device.secret()).await,
    }
}

/// What is said to somebody whose factor was refused: status, problem, and how long to wait.
///
/// # Errors
/// What has nothing to do with the factor.
pub fn said<'a>(
    refused: &'a Refused,
    field: &str,
    wrong: &str,
) -> Result<(StatusCode, Problems, Option<i64>), &'a crate::app::error::Error> {
    match refused {
        Refused::Wrong => Ok((StatusCode::UNPROCESSABLE_ENTITY, Problems::one(field, wrong), None)),
        Refused::Busy(seconds) => {
            Ok((StatusCode::TOO_MANY_REQUESTS, Problems::one(field, &too_many(*seconds)), Some(*seconds)))
        }
        Refused::Other(error) => Err(error),
    }
}

/// The answer, with how long to wait where one has to.
pub fn waited(response: Response, seconds: Option<i64>) -> Response {
    match seconds {
        Some(seconds) => later(response, seconds),
        None => response,
    }
}

async fn asked(
    app: &App,
    frame: &Frame,
    session: &Session,
    status: StatusCode,
    next: &str,
    problems: Problems,
) -> Response {
    match proving::means_of(app, session).await {
        Ok(means) => {
            let home = &app.settings.public_url;
            render::document(frame, status, "Second factor", || ask_page(next, means, home, problems))
        }
        Err(error) => answer::at_the_door(frame, &error),
    }
}

async fn offered(
    app: &App,
    frame: &Frame,
    session: &Session,
    status: StatusCode,
    typed: &Fields,
    problems: Problems,
) -> Response {
    let (next, name) = (paths::local(typed.get("next")), typed.get("name").to_owned());
    match second_factor::offer_authenticator(app, session).await {
        Ok(authenticator) => {
            let (why_no_passkeys, home) = (passkeys::why_not(app), app.settings.public_url.clone());
            let offer = AtTheDoor { authenticator, why_no_passkeys, home, name };
            render::document(frame, status, "Set up your second factor", || enrol_page(offer, next, problems))
        }
        Err(error) => answer::at_the_door(frame, &error),
    }
}
