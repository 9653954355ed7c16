//! Whether the process lives, and whether it can work.

use crate::app::App;
use axum::{extract::State, http::StatusCode};
use std::time::Duration;
use tokio::{sync::watch, time::timeout};

/// What readiness depends on.
#[derive(Clone)]
pub struct Health {
    /// The house.
    pub app: App,
    /// True once the process was asked to stop.
    pub stop: watch::Receiver<bool>,
}

/// The process is alive; asks nobody.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The process can work: it was not asked to stop and its database answers.
pub async fn ready(State(health): State<Health>) -> (StatusCode, &'static str) {
    if *health.stop.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match timeout(Duration::from_secs(2), health.app.db.answers()).await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
