//! The challenge for somebody who proves again by a passkey. The proof itself comes with the form that is repeated.

use crate::{
    app::{passkeys, sessions::Session},
    ui::{asked::Asked, pages::factor::server::begun},
};
use axum::{Extension, response::Response};

/// POST: the challenge, for the page's script.
pub async fn begin(asked: Asked, Extension(session): Extension<Session>) -> Response {
    begun(passkeys::begin_signing(&asked.app, &session).await)
}
