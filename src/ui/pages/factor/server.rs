//! Answers somebody whose password was right: asks for the second factor, or has them enrol one.

use super::{ask as ask_page, enrol as enrol_page, enrolled};
use crate::{
    app::{App, second_factor, sessions::Session, sign_in::Refused},
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
    response::Response,
};

/// GET: the field for the code, or the way to enrol.
pub async fn ask(
    frame: Frame,
    Extension(session): Extension<Session>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let query = Fields(query);
    let next = paths::local(query.get("next"));
    if !session.is_armed {
        return answer::go(&paths::enrol_then(next));
    }
    asked(&frame, StatusCode::OK, next, Problems::default())
}

/// POST: takes the code.
pub async fn give(
    State(app): State<App>,
    frame: Frame,
    Extension(session): Extension<Session>,
    device: Device,
    typed: Fields,
) -> Response {
    let next = paths::local(typed.get("next"));
    match second_factor::give_code(&app, &session, typed.get("code"), device.secret()).await {
        Ok(token) => with_session(answer::go(next), &token),
        Err(refused) => match said(&refused, "This code does not count: it is another one, or was used already") {
            Ok((status, problems, seconds)) => waited(asked(&frame, status, next, problems), seconds),
            Err(error) => answer::at_the_door(&frame, error),
        },
    }
}

/// GET: the authenticator that is offered. The same each time.
pub async fn offer(
    State(app): State<App>,
    frame: Frame,
    Extension(session): Extension<Session>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let query = Fields(query);
    let next = paths::local(query.get("next"));
    if session.is_armed {
        return answer::go(&paths::second_then(next));
    }
    offered(&app, &frame, &session, StatusCode::OK, next, Problems::default()).await
}

/// POST: enrols it.
pub async fn enrol(
    State(app): State<App>,
    frame: Frame,
    Extension(session): Extension<Session>,
    device: Device,
    typed: Fields,
) -> Response {
    let next = paths::local(typed.get("next"));
    match second_factor::enrol_authenticator(&app, &session, typed.get("code"), device.secret()).await {
        Ok((token, codes)) => {
            let page = render::document(&frame, StatusCode::OK, "Your recovery codes", || enrolled(codes, next));
            with_session(page, &token)
        }
        Err(refused) => match said(&refused, WRONG) {
            Ok((status, problems, seconds)) => {
                waited(offered(&app, &frame, &session, status, next, problems).await, seconds)
            }
            Err(error) => answer::at_the_door(&frame, error),
        },
    }
}

/// What somebody reads whose new authenticator shows something else.
pub const WRONG: &str = "This is not the code of this secret. Let the app read the square again, and look whether the clock of your phone is right";

/// What is said to somebody whose code was refused: status, problem, and how long to wait.
///
/// # Errors
/// What has nothing to do with the code.
pub fn said<'a>(
    refused: &'a Refused,
    wrong: &str,
) -> Result<(StatusCode, Problems, Option<i64>), &'a crate::app::error::Error> {
    match refused {
        Refused::Wrong => Ok((StatusCode::UNPROCESSABLE_ENTITY, Problems::one("code", wrong), None)),
        Refused::Busy(seconds) => {
            Ok((StatusCode::TOO_MANY_REQUESTS, Problems::one("code", &too_many(*seconds)), Some(*seconds)))
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

fn asked(frame: &Frame, status: StatusCode, next: &str, problems: Problems) -> Response {
    render::document(frame, status, "Second factor", || ask_page(next, problems))
}

async fn offered(
    app: &App,
    frame: &Frame,
    session: &Session,
    status: StatusCode,
    next: &str,
    problems: Problems,
) -> Response {
    match second_factor::offer_authenticator(app, session).await {
        Ok(offer) => {
            render::document(frame, status, "Set up your authenticator", || enrol_page(&offer, next, problems))
        }
        Err(error) => answer::at_the_door(frame, &error),
    }
}
