//! What is published: the public keys of receipts and of the audit log, for whoever holds one, and the form of portable data. No session, nothing
//! secret, the same for everybody.

use crate::app::{App, Error, audit, exports, runs, runs::PublicKeys};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use std::time::Duration;
use tokio::time::timeout;

/// Where the list is, as RFC 8615 has it.
pub const RECEIPT_KEYS: &str = "/.well-known/recourse-receipt-keys";

/// Where the keys of the audit log's checkpoints are.
pub const AUDIT_KEYS: &str = "/.well-known/recourse-audit-keys";

/// Every key that ever signed a receipt, with the time in which it did.
pub async fn receipt_keys(State(app): State<App>) -> Response {
    listed(runs::public_keys(&app)).await
}

/// Every key that ever signed a checkpoint of the audit log.
pub async fn audit_keys(State(app): State<App>) -> Response {
    listed(audit::public_keys(&app)).await
}

async fn listed(keys: impl Future<Output = Result<PublicKeys, Error>>) -> Response {
    match timeout(Duration::from_secs(5), keys).await {
        // a key that was just taken into use is known everywhere before anybody has its first receipt in hand
        Ok(Ok(keys)) => ([(header::CACHE_CONTROL, "public, max-age=300")], Json(keys)).into_response(),
        failed => {
            tracing::warn!(?failed, "the public keys could not be read");
            let headers = [(header::CACHE_CONTROL, "no-store")];
            (StatusCode::SERVICE_UNAVAILABLE, headers, "the database does not answer\n").into_response()
        }
    }
}

/// The form of every document of portable data: a JSON Schema (2020-12).
pub async fn portability_schema(State(app): State<App>) -> Response {
    let headers = [(header::CACHE_CONTROL, "public, max-age=86400"), (header::CONTENT_TYPE, "application/schema+json")];
    (headers, exports::portability_schema(&app).to_string()).into_response()
}
