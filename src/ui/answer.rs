//! From an outcome to a response: the one place where errors of `app` become statuses and pages.
//! What a person reads says what to do; what happened inside goes to the log.

use crate::{
    app::error::Error,
    ui::{
        asked::{Asked, Frame},
        pages::problem::{self, Problem},
        render,
        shell::Place,
    },
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

/// Marks an answer in whose place `web` asks for a proof, and then repeats the form.
#[derive(Debug, Clone, Copy)]
pub struct Unproved;

/// Seconds after which a busy house may be asked again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// The status an error answers with.
#[must_use]
pub const fn status_of(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::NotAllowed(_) => StatusCode::FORBIDDEN,
        Error::Unproved => StatusCode::UNAUTHORIZED,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict { .. } => StatusCode::CONFLICT,
        Error::Busy | Error::Unanswered(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What a page says about an error.
fn problem_of(error: &Error) -> Problem {
    match error {
        Error::NotFound => Problem::NotFound,
        Error::Unproved => Problem::Unproved,
        Error::NotAllowed(why) => Problem::NotAllowed(why.clone()),
        Error::Invalid(fields) => Problem::Invalid(fields.iter().map(|field| field.says.clone()).collect()),
        Error::Conflict { .. } => Problem::Conflict,
        Error::Busy => Problem::Busy,
        Error::Unanswered(_) => Problem::Unanswered,
        _ => Problem::Broken,
    }
}

/// Gives the answer of a server function the status of its error.
pub fn tell(error: &Error) {
    if let Some(options) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(status_of(error));
    }
}

fn log(error: &Error, status: StatusCode) {
    if status.is_server_error() {
        tracing::error!(?error, %status, "a page could not be made");
    }
}

/// The response, saying when to ask again where it says that now is not the time.
#[must_use]
pub fn with_retry(mut response: Response) -> Response {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    response
}

/// Sends the browser on after a form was done; it asks by GET.
#[must_use]
pub fn go(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// A page about an error for somebody who is not signed in.
#[must_use]
pub fn at_the_door(frame: &Frame, error: &Error) -> Response {
    let (status, problem) = (status_of(error), problem_of(error));
    log(error, status);
    with_retry(render::document(frame, status, problem.title(), || crate::ui::shell::door(problem::page(&problem))))
}

/// A form that arrives after its session has ended: sent again after signing in, it loses nothing.
pub fn signed_out(frame: &Frame) -> Response {
    let problem = Problem::SignedOut;
    render::document(frame, StatusCode::UNAUTHORIZED, problem.title(), || {
        crate::ui::shell::door(problem::page(&problem))
    })
}

/// An address that leads nowhere.
pub async fn no_such_page(frame: Frame) -> Response {
    at_the_door(&frame, &Error::NotFound)
}

impl Asked {
    /// The response of a handler: its page, or a page about why there is none.
    pub async fn answer(&self, outcome: Result<Response, Error>) -> Response {
        let error = match outcome {
            Ok(response) => return response,
            Err(error) => error,
        };
        let (status, problem) = (status_of(&error), problem_of(&error));
        log(&error, status);
        let title = problem.title();
        let page = self.show(status, title, Place::Elsewhere, || problem::page(&problem)).await;
        let mut response = with_retry(page.unwrap_or_else(|_| at_the_door(&self.page, &error)));
        if matches!(error, Error::Unproved) {
            response.extensions_mut().insert(Unproved);
        }
        response
    }
}
