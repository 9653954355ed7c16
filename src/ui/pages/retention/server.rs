//! Answers requests for retention: looks, pauses, lets go on.

use super::{Sent, TITLE, page};
use crate::{
    app::{error::Error, retention},
    ui::{
        answer,
        asked::Asked,
        form::{Fields, Problems},
        paths,
        shell::Place,
    },
};
use axum::{extract::Query, http::StatusCode, response::Response};

/// GET: the page.
pub async fn show(asked: Asked, Query(query): Query<Vec<(String, String)>>) -> Response {
    let said = Fields(query);
    let (done, product) = (said.get("done").to_owned(), said.get("product").to_owned());
    let sent = Sent { product, done, ..Sent::default() };
    let outcome = draw(&asked, StatusCode::OK, sent).await;
    asked.answer(outcome).await
}

/// POST: pauses the schedule of a product, or lets it go on.
pub async fn act(asked: Asked, typed: Fields) -> Response {
    let (resumed, product, reason) = (typed.get("resume"), typed.get("pause").to_owned(), typed.text("reason"));
    let done = if resumed.is_empty() {
        retention::pause_retention(&asked.app, &asked.actor, &product, &reason)
            .await
            .map(|()| paths::retention_done("paused", &product))
    } else {
        retention::resume_retention(&asked.app, &asked.actor, resumed)
            .await
            .map(|()| paths::retention_done("resumed", resumed))
    };
    let outcome = match done {
        Ok(done) => Ok(answer::go(&done)),
        Err(Error::Invalid(errors)) => {
            let problems = Problems::at(&errors, |field| match field {
                "reason" => format!("reason-{product}"),
                field => field.to_owned(),
            });
            let sent = Sent { problems, product, reason, done: String::new() };
            draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, sent).await
        }
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

async fn draw(asked: &Asked, status: StatusCode, sent: Sent) -> Result<Response, Error> {
    let retention = retention::load_retention(&asked.app, &asked.actor).await?;
    asked.show(status, TITLE, Place::Policies, move || page(&retention, &sent)).await
}
