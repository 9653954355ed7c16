//! Answers the link to a copy, and the address of a fetching. Looking uses nothing up: only a button begins a fetching.
//! Whatever keeps a link from counting, the answer is the same, byte for byte.

use super::{Leaf, page};
use crate::{
    app::{
        App,
        error::Error,
        exports::{self, File},
    },
    ui::{
        answer,
        asked::Frame,
        form::{Fields, Problems},
        pages::verify::server::{token, with_headers},
        paths, render,
    },
};
use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};

/// GET: the field for the code, while the link counts.
pub async fn show(State(app): State<App>, frame: Frame, uri: Uri) -> Response {
    open(&app, &frame, token(&uri), StatusCode::OK, Problems::default()).await
}

/// What a button asks for: `plain` or `locked`, with the number of an archive behind a dot where there are several.
fn pressed(what: &str) -> (i64, bool) {
    let (how, part) = what.split_once('.').unwrap_or((what, "1"));
    (part.parse().unwrap_or(1), how == "locked")
}

/// POST: begins a fetching, or asks for a new code.
pub async fn act(State(app): State<App>, frame: Frame, uri: Uri, typed: Fields) -> Response {
    let token = token(&uri);
    let what = match typed.get("do") {
        "lost" => {
            return match exports::ask_code(&app, token).await {
                Ok(()) => draw(&frame, StatusCode::OK, Leaf::Asked),
                Err(Error::NotFound) => draw(&frame, StatusCode::NOT_FOUND, Leaf::Gone),
                Err(error) => failed(&frame, &error),
            };
        }
        what => pressed(what),
    };
    match exports::fetch_package(&app, token, typed.get("code"), what).await {
        Ok(opened) => with_headers(answer::go(&paths::copy_file(&opened.ticket, &opened.name))),
        Err(Error::NotFound) => draw(&frame, StatusCode::NOT_FOUND, Leaf::Gone),
        Err(Error::Invalid(errors)) => {
            open(&app, &frame, token, StatusCode::UNPROCESSABLE_ENTITY, Problems::new(&errors)).await
        }
        Err(error) => failed(&frame, &error),
    }
}

async fn open(app: &App, frame: &Frame, token: &str, status: StatusCode, problems: Problems) -> Response {
    match exports::offer_of(app, token).await {
        Ok(Some(offer)) => draw(frame, status, Leaf::Open(offer, problems)),
        Ok(None) => draw(frame, StatusCode::NOT_FOUND, Leaf::Gone),
        Err(error) => failed(frame, &error),
    }
}

/// GET at a fetching that is not there to be read: still made, or no longer there. One that is there is `web`'s to send.
pub async fn not_ready(State(app): State<App>, frame: Frame, Path((ticket, _)): Path<(String, String)>) -> Response {
    match exports::file_of(&app, &ticket).await {
        Ok(Some(File::Making)) => {
            // asked for and not done yet: no program need take this page for the archive
            let mut response = draw(&frame, StatusCode::ACCEPTED, Leaf::Making);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("2"));
            response
        }
        Ok(_) => draw(&frame, StatusCode::NOT_FOUND, Leaf::Gone),
        Err(error) => failed(&frame, &error),
    }
}

/// There is nothing here, or no longer.
pub fn gone(frame: &Frame) -> Response {
    draw(frame, StatusCode::NOT_FOUND, Leaf::Gone)
}

/// The house cannot look just now.
pub fn later(frame: &Frame) -> Response {
    draw(frame, StatusCode::SERVICE_UNAVAILABLE, Leaf::Later)
}

fn failed(frame: &Frame, error: &Error) -> Response {
    // never the address: it holds the token
    tracing::error!(?error, "a link to a copy could not be looked up");
    later(frame)
}

fn draw(frame: &Frame, status: StatusCode, leaf: Leaf) -> Response {
    let title = render::titled(status, leaf.title());
    with_headers((status, axum::response::Html(render::leaf(frame, &title, || page(leaf)))).into_response())
}
