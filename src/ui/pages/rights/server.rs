//! Answers requests for the page of rights.

use super::page;
use crate::{
    app::error::Error,
    domain::rights::{Act, Place::Somewhere},
    ui::{asked::Asked, shell::Place},
};
use axum::{http::StatusCode, response::Response};

/// GET: the page.
pub async fn show(asked: Asked) -> Response {
    let outcome = if asked.actor.may(Act::SeeRights, Somewhere) {
        asked.show(StatusCode::OK, "Which role may do what", Place::Elsewhere, page).await
    } else {
        Err(Error::NotFound)
    };
    asked.answer(outcome).await
}
