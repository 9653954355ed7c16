//! Answers the door, and signs people out. Sets and clears the session's cookie; knows no password rules.

use super::{SignIn, page};
use crate::{
    app::{
        App,
        error::Error,
        sessions::{self, COOKIE, SESSION_HOURS, SignInError},
    },
    ui::{
        answer,
        asked::{Asked, Frame},
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
    let next = paths::local(Fields(query).get("next")).to_owned();
    draw(&frame, StatusCode::OK, SignIn { next, ..SignIn::default() })
}

/// POST: opens a session, or the form again.
pub async fn sign_in(State(app): State<App>, frame: Frame, typed: Fields) -> Response {
    let form = SignIn {
        email: typed.get("email").trim().to_owned(),
        next: paths::local(typed.get("next")).to_owned(),
        problems: missing(&typed),
    };
    if !form.problems.is_empty() {
        return draw(&frame, StatusCode::UNPROCESSABLE_ENTITY, form);
    }
    match sessions::sign_in(&app, &form.email, typed.get("password")).await {
        Ok(token) => with_cookie(answer::go(&form.next), token.as_str(), SESSION_HOURS * 3600),
        Err(SignInError::Wrong) => {
            let problems = Problems::one("email", "Check the address and the password; together they open no account");
            draw(&frame, StatusCode::UNPROCESSABLE_ENTITY, SignIn { problems, ..form })
        }
        Err(SignInError::Busy) => {
            let problems = Problems::one("email", "There were too many tries. Wait a minute, then try again");
            let mut response = draw(&frame, StatusCode::TOO_MANY_REQUESTS, SignIn { problems, ..form });
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            response
        }
        Err(SignInError::Other(error)) => answer::at_the_door(&frame, &error),
    }
}

/// POST: ends the session, and forgets it in the browser also when it had ended already.
pub async fn sign_out(asked: Asked, headers: HeaderMap) -> Response {
    let outcome = match token(&headers) {
        Some(token) => sessions::sign_out(&asked.app, token).await,
        None => Ok(()),
    };
    match outcome {
        Ok(()) | Err(Error::NotFound) => with_cookie(answer::go(paths::SIGNIN), "", 0),
        Err(error) => asked.answer(Err(error)).await,
    }
}

fn draw(frame: &Frame, status: StatusCode, form: SignIn) -> Response {
    render::document(frame, status, "Sign in", || page(form))
}

fn missing(typed: &Fields) -> Problems {
    if typed.get("email").trim().is_empty() {
        Problems::one("email", "Enter your email address")
    } else if typed.get("password").is_empty() {
        Problems::one("password", "Enter your password")
    } else {
        Problems::default()
    }
}

/// The session's token, if the request has one.
#[must_use]
pub fn token(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

fn with_cookie(mut response: Response, token: &str, seconds: i64) -> Response {
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age={seconds}");
    match HeaderValue::from_str(&cookie) {
        Ok(value) => {
            response.headers_mut().append(header::SET_COOKIE, value);
            response
        }
        Err(_) => render::plain(StatusCode::INTERNAL_SERVER_ERROR, "The session could not be opened. Try again."),
    }
}
