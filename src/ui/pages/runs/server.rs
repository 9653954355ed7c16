//! Answers requests for the list of runs.

use super::{Runs, page};
use crate::{
    app::{error::Error, retention, runs},
    domain::rights::{Act, Place::Somewhere},
    ui::{asked::Asked, shell::Place},
};
use axum::{http::StatusCode, response::Response};

/// GET: open runs and the last ones that ended.
pub async fn show(asked: Asked) -> Response {
    let outcome = draw(&asked).await;
    asked.answer(outcome).await
}

async fn draw(asked: &Asked) -> Result<Response, Error> {
    let (open, ended) = runs::load_runs(&asked.app, &asked.actor).await?;
    let erasures = retention::load_waiting(&asked.app, &asked.actor).await?;
    let (approves, sees_cases) =
        (asked.actor.may(Act::ApproveRuns, Somewhere), asked.actor.may(Act::SeeCases, Somewhere));
    let runs = Runs { open, ended, erasures, approves, sees_cases, now: asked.app.now(), zone: asked.app.zone() };
    asked.show(StatusCode::OK, "Runs", Place::Runs, move || page(&runs)).await
}
