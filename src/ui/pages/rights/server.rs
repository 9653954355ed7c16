//! Answers requests for the page of rights.

use super::page;
use crate::{
    app::error::Error,
    domain::rights::{
        Act,
        Place::{Everywhere, Somewhere},
    },
    ui::{asked::Asked, shell::Place},
};
use axum::{http::StatusCode, response::Response};

/// GET: the page.
pub async fn show(asked: Asked) -> Response {
    let outcome = if asked.actor.may(Act::SeeRights, Somewhere) {
        let manages_people = asked.actor.may(Act::ManagePeople, Everywhere);
        let place = if manages_people { Place::People } else { Place::Policies };
        asked.show(StatusCode::OK, "Which role may do what", place, move || page(manages_people)).await
    } else {
        Err(Error::NotFound)
    };
    asked.answer(outcome).await
}
