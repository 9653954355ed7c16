//! Answers requests for the overview.

use super::page;
use crate::{
    app::{error::Error, overview},
    ui::{asked::Asked, shell::Place},
};
use axum::{http::StatusCode, response::Response};

/// GET: the page.
pub async fn show(asked: Asked) -> Response {
    let outcome = draw(&asked).await;
    asked.answer(outcome).await
}

async fn draw(asked: &Asked) -> Result<Response, Error> {
    let overview = overview::overview(&asked.app, &asked.actor).await?;
    asked.show(StatusCode::OK, "Overview", Place::Overview, move || page(overview)).await
}
