//! Headers that keep the browser safe: a nonce for each page, and what every answer carries.

use crate::{app::failpoint::failpoint, ui::Nonce};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
    middleware::Next,
};
use std::any::Any;

/// Gives a page its nonce, its assets and its policy, and keeps it out of caches.
pub async fn page(mut request: Request, next: Next) -> Response<Body> {
    let Ok(random) = crate::store::vault::random::<18>() else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "There is no randomness on this machine.\n");
    };
    let nonce = data_encoding::BASE64.encode(&random);
    request.extensions_mut().insert(Nonce(nonce.as_str().into()));
    request.extensions_mut().insert(super::assets::addresses());
    failpoint("page");
    let mut response = next.run(request).await;
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    set_missing(headers, header::CONTENT_SECURITY_POLICY, &policy);
    set_missing(headers, header::CACHE_CONTROL, "no-store");
    response
}

/// Whether people reach this console over TLS: then browsers are told to come by no other way.
#[derive(Debug, Clone, Copy)]
pub struct OverTls(pub bool);

/// What every answer carries, also the one to a panic.
pub async fn every_answer(State(OverTls(over_tls)): State<OverTls>, request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if over_tls {
        set_missing(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        ("content-security-policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ] {
        set_missing(headers, HeaderName::from_static(name), value);
    }
    response
}

fn set_missing(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let (false, Ok(value)) = (headers.contains_key(&name), HeaderValue::from_str(value)) {
        headers.insert(name, value);
    }
}

/// A panic in a page: the person learns that it is our fault; the log has the rest.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    plain(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here. Nothing was changed. Go back and try again.\n")
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
