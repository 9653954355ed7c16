//! Answers requests to see what is recorded of somebody's consents.

use super::{TITLE, cannot, page};
use crate::{
    app::{consents, error::Error, queue::View},
    domain::identity::Reference,
    ui::{answer, asked::Asked, components::again, pages::problem::AWAY, paths, shell::Place},
};
use axum::{extract::Path, http::StatusCode, response::Response};

/// GET: what is recorded, read just now.
pub async fn show(asked: Asked, Path(reference): Path<String>) -> Response {
    let outcome = match reference.parse() {
        Ok(reference) => draw(&asked, reference).await,
        Err(_) => Err(Error::NotFound),
    };
    asked.answer(outcome).await
}

async fn draw(asked: &Asked, reference: Reference) -> Result<Response, Error> {
    let place = Place::Queue(View::Open);
    match consents::review(&asked.app, &asked.actor, reference).await {
        Ok(review) => asked.show(StatusCode::OK, TITLE, place, move || page(&review)).await,
        Err(Error::Invalid(errors)) => {
            let says = errors.into_iter().map(|error| error.says).collect();
            asked.show(StatusCode::OK, TITLE, place, move || cannot(reference, says)).await
        }
        Err(Error::Unanswered(_)) => {
            let page = || again::page(reference, TITLE, paths::consents(reference), None);
            asked.show(StatusCode::SERVICE_UNAVAILABLE, AWAY, place, page).await.map(answer::with_retry)
        }
        Err(error) => Err(error),
    }
}
