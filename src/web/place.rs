//! Lets the audit log know where a request comes from, for as long as it is answered. Judges nothing.

use crate::{
    app::{App, audit},
    ui::asked::Client,
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

/// Answers the request with its origin at hand, where `web::client` found one out.
pub async fn told(State(app): State<App>, request: Request, next: Next) -> Response {
    match request.extensions().get::<Client>().cloned() {
        Some(client) => audit::asked_from(&app.vault, &client.0, next.run(request)).await,
        None => next.run(request).await,
    }
}
