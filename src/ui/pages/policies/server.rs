//! Answers requests for policies.

use crate::{
    app::{error::Error, policies},
    ui::{asked::Asked, shell::Place},
};
use axum::{extract::Path, http::StatusCode, response::Response};

/// GET: every product.
pub async fn list(asked: Asked) -> Response {
    let outcome = match policies::list(&asked.app, &asked.actor) {
        Ok(lines) => asked.show(StatusCode::OK, "Policies", Place::Policies, || super::page(lines)).await,
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

/// GET: one product.
pub async fn show(asked: Asked, Path(product): Path<String>) -> Response {
    let outcome = draw(&asked, &product).await;
    asked.answer(outcome).await
}

async fn draw(asked: &Asked, product: &str) -> Result<Response, Error> {
    let policy = policies::one(&asked.app, &asked.actor, product)?;
    let title = policy.line.name.clone();
    asked.show(StatusCode::OK, &title, Place::Policies, || super::one(policy)).await
}
