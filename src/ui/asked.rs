//! Who asks, and what a page needs around itself. Taken from the request's extensions, which `web` fills;
//! never decides who may ask.

use crate::{
    app::{App, devices},
    domain::rights::Actor,
    ui::render,
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::Response,
};
use std::{convert::Infallible, sync::Arc};

/// The number used once that lets this response's scripts run.
#[derive(Debug, Clone)]
pub struct Nonce(pub Arc<str>);

/// Where the browser finds the style sheet and the compiled islands.
#[derive(Debug, Clone)]
pub struct Assets {
    /// The style sheet's address, for example `/pkg/ab12cd/main.css`.
    pub css: String,
    /// The folder of `recourse.js` and `recourse_bg.wasm`, without slashes at its ends, for example `pkg/ab12cd`.
    pub pkg: String,
    /// The address of the script that asks for passkeys.
    pub passkeys: String,
}

/// Where a request comes from, as far as `web` knows: for counting tries. Kept in the audit log only, as `store/audit/place` has it.
#[derive(Debug, Clone)]
pub struct Client(pub Arc<str>);

/// The form brought the proof along: it was sent from the page that asks for one, which an answer that is a file leaves standing.
#[derive(Debug, Clone, Copy)]
pub struct JustProved;

/// What the browser was given when somebody signed in with it before, if it was.
#[derive(Debug, Clone)]
pub struct Device(pub Option<String>);

impl Device {
    /// The secret itself.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// The value of a cookie, if the request has it.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
}

/// What every document needs, signed in or not.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Lets this response's scripts run.
    pub nonce: Nonce,
    /// Style sheet and islands.
    pub assets: Assets,
}

/// A request by somebody who is signed in.
#[derive(Clone)]
pub struct Asked {
    /// The house.
    pub app: App,
    /// The person who asks.
    pub actor: Actor,
    /// What the document needs.
    pub page: Frame,
}

impl<S: Sync> FromRequestParts<S> for Frame {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Response> {
        Ok(Self { nonce: extension(parts)?, assets: extension(parts)? })
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Response> {
        extension(parts)
    }
}

impl<S: Sync> FromRequestParts<S> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(cookie(&parts.headers, devices::COOKIE).map(str::to_owned)))
    }
}

impl FromRequestParts<App> for Asked {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let page = Frame::from_request_parts(parts, app).await?;
        Ok(Self { app: app.clone(), actor: extension(parts)?, page })
    }
}

#[expect(clippy::result_large_err, reason = "axum wants a whole response as a rejection")]
fn extension<T: Clone + Send + Sync + 'static>(parts: &Parts) -> Result<T, Response> {
    parts.extensions.get::<T>().cloned().ok_or_else(|| {
        tracing::error!(missing = std::any::type_name::<T>(), "a request reached a page without what web has to add");
        render::plain(StatusCode::INTERNAL_SERVER_ERROR, "This page could not be made. Tell your administrator.")
    })
}
