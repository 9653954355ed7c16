//! Answers the door, and signs people out. Sets and clears the cookies of sessions and browsers; knows no password rules.

use super::{SignIn, page};
use crate::{
    app::{
        App, devices,
        error::Error,
        sessions::{self, COOKIE, SessionToken},
        sign_in::{self, Refused, Typed},
    },
    domain::sign_in::Stage,
    ui::{
        answer,
        asked::{Asked, Client, Device, Frame, cookie},
        form::{Fields, Problems},
        paths, render,
    },
};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

/// GET: the form.
pub async fn show(frame: Frame, Query(query): Query<Vec<(String, String)>>) -> Response {
    let query = Fields(query);
    let (next, has_password) = (paths::local(query.get("next")).to_owned(), query.get("done") == "password");
    draw(&frame, StatusCode::OK, SignIn { next, has_password, ..SignIn::default() })
}

/// POST: opens a session, or the form again.
pub async fn sign_in(
    State(app): State<App>,
    frame: Frame,
    client: Client,
    device: Device,
    headers: HeaderMap,
    typed: Fields,
) -> Response {
    let form = SignIn {
        email: typed.get("email").trim().to_owned(),
        next: paths::local(typed.get("next")).to_owned(),
        problems: missing(&typed),
        has_password: false,
    };
    if !form.problems.is_empty() {
        return draw(&frame, StatusCode::UNPROCESSABLE_ENTITY, form);
    }
    let (email, password) = (form.email.as_str(), typed.get("password"));
    let door = Typed { email, password, client: &client.0, device: device.secret(), session: token(&headers) };
    match sign_in::sign_in(&app, door).await {
        Ok(token) => {
            let on = match token.stage {
                Stage::Half => paths::second_then(&form.next),
                Stage::Full => form.next,
            };
            with_session(answer::go(&on), &token)
        }
        Err(Refused::Wrong) => {
            let problems = Problems::one("email", "Check the address and the password; together they open no account");
            draw(&frame, StatusCode::UNPROCESSABLE_ENTITY, SignIn { problems, ..form })
        }
        Err(Refused::Busy(seconds)) => {
            let problems = Problems::one("email", &too_many(seconds));
            later(draw(&frame, StatusCode::TOO_MANY_REQUESTS, SignIn { problems, ..form }), seconds)
        }
        Err(Refused::Other(error)) => answer::at_the_door(&frame, &error),
    }
}

/// POST: ends the session, and forgets it in the browser also when it had ended already.
pub async fn sign_out(asked: Asked, headers: HeaderMap) -> Response {
    let outcome = match token(&headers) {
        Some(token) => sessions::sign_out(&asked.app, token).await,
        None => Ok(()),
    };
    match outcome {
        Ok(()) | Err(Error::NotFound) => {
            let mut response = with_cookie(answer::go(paths::SIGNIN), (COOKIE, ""), 0);
            // not the cookies: the browser stays known, and those of the host's other services are not ours
            let forget = HeaderValue::from_static("\"cache\", \"storage\"");
            response.headers_mut().insert("clear-site-data", forget);
            response
        }
        Err(error) => asked.answer(Err(error)).await,
    }
}

fn draw(frame: &Frame, status: StatusCode, form: SignIn) -> Response {
    render::document(frame, status, "Sign in", || page(form))
}

fn missing(typed: &Fields) -> Problems {
    let of_email = typed.email().err().unwrap_or_default();
    let is_empty = typed.get("password").is_empty();
    of_email.and(if is_empty { Problems::one("password", "Enter your password") } else { Problems::default() })
}

/// The session's token, if the request has one.
#[must_use]
pub fn token(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, COOKIE)
}

/// What somebody reads who has to wait.
#[must_use]
pub fn too_many(seconds: i64) -> String {
    let wait = if seconds > 90 { format!("{} minutes", (seconds + 59) / 60) } else { "a minute".to_owned() };
    format!("There were too many tries. Wait {wait}, then try again")
}

/// An answer to somebody who has to wait.
#[must_use]
pub fn later(mut response: Response, seconds: i64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Puts a session's token into the browser, and what it is known by from now on.
#[must_use]
pub fn with_session(response: Response, token: &SessionToken) -> Response {
    let response = with_cookie(response, (COOKIE, token.as_str()), token.seconds());
    match token.device() {
        Some(device) => with_device(response, device),
        None => response,
    }
}

/// Puts into the browser what it is known by from now on.
#[must_use]
pub fn with_device(response: Response, device: &str) -> Response {
    with_cookie(response, (devices::COOKIE, device), devices::SECONDS)
}

fn with_cookie(mut response: Response, (name, value): (&str, &str), seconds: i64) -> Response {
    let cookie = format!("{name}={value}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age={seconds}");
    match HeaderValue::from_str(&cookie) {
        Ok(value) => {
            response.headers_mut().append(header::SET_COOKIE, value);
            response
        }
        Err(_) => render::plain(StatusCode::INTERNAL_SERVER_ERROR, "The session could not be opened. Try again."),
    }
}
