//! Answers the link of a verification mail. Looking uses nothing up, so programs that look at mail may; only the
//! button confirms. Whatever keeps a link from counting, the answer is the same, byte for byte.

use super::{Leaf, page};
use crate::{
    app::{
        App,
        error::Error,
        verification::{self, Asks},
    },
    ui::{answer, asked::Frame, paths, render},
};
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};

/// No script at all; the form goes to its own page.
pub const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// GET: the button, while the link counts.
pub async fn show(State(app): State<App>, frame: Frame, uri: Uri) -> Response {
    match verification::counts(&app, token(&uri)).await {
        Ok(Some(Asks::Confirm)) => draw(&frame, Leaf::Ask),
        Ok(Some(Asks::NewCode)) => draw(&frame, Leaf::AskCode),
        Ok(None) => draw(&frame, Leaf::Gone),
        Err(error) => failed(&frame, &error),
    }
}

/// POST: confirms, once.
pub async fn confirm(State(app): State<App>, frame: Frame, uri: Uri) -> Response {
    match verification::confirm_verification(&app, token(&uri)).await {
        Ok(None) => with_headers(answer::go(paths::VERIFIED)),
        // shown in the answer itself: at an address of its own it could be shown twice
        Ok(Some(code)) => draw(&frame, Leaf::Code(code.shown())),
        Err(Error::NotFound) => draw(&frame, Leaf::Gone),
        Err(error) => failed(&frame, &error),
    }
}

/// GET: the thanks.
pub async fn thanks(frame: Frame) -> Response {
    draw(&frame, Leaf::Thanks)
}

/// As it stands in the address: a token needs no decoding, and what cannot be decoded is no token.
pub fn token(uri: &Uri) -> &str {
    uri.path().rsplit('/').next().unwrap_or_default()
}

fn failed(frame: &Frame, error: &Error) -> Response {
    // never the address: it holds the token
    tracing::error!(?error, "a verification link could not be looked up");
    draw(frame, Leaf::Later)
}

fn draw(frame: &Frame, leaf: Leaf) -> Response {
    let status = match &leaf {
        Leaf::Ask | Leaf::AskCode | Leaf::Thanks | Leaf::Code(_) => StatusCode::OK,
        Leaf::Gone => StatusCode::NOT_FOUND,
        Leaf::Later => StatusCode::SERVICE_UNAVAILABLE,
    };
    let title = leaf.title();
    with_headers((status, axum::response::Html(render::leaf(frame, title, || page(leaf)))).into_response())
}

/// The headers of every page behind a link: its policy, and out of caches and search machines.
pub fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    response
}
