//! Answers requests to approve several plans at once.

use super::together::{Sent, page};
use crate::{
    app::{
        error::Error,
        runs::{self, Ticked},
    },
    ui::{
        asked::Asked,
        form::{Fields, Problems},
        shell::Place,
    },
};
use axum::{http::StatusCode, response::Response};

/// GET: the plans that wait for the reader.
pub async fn show(asked: Asked) -> Response {
    let outcome = draw(&asked, StatusCode::OK, Sent::default()).await;
    asked.answer(outcome).await
}

/// POST: approves those that are ticked, and says what became of each.
pub async fn decide(asked: Asked, fields: Fields) -> Response {
    let ticked: Vec<_> = fields.all("run").filter_map(ticked).collect();
    let outcome = match runs::approve_batch(&asked.app, &asked.actor, &ticked, fields.get("typed")).await {
        Ok(done) => draw(&asked, StatusCode::OK, Sent { done: Some(done), ..Sent::default() }).await,
        Err(Error::Invalid(errors)) => {
            let sent = Sent { problems: Problems::new(&errors), typed: fields, done: None };
            draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, sent).await
        }
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

fn ticked(value: &str) -> Option<Ticked> {
    let (run, hash) = value.split_once(':')?;
    Some(Ticked { run: run.parse().ok()?, scope_hash: hash.to_owned() })
}

async fn draw(asked: &Asked, status: StatusCode, sent: Sent) -> Result<Response, Error> {
    let waiting = runs::load_waiting(&asked.app, &asked.actor).await?;
    asked.show(status, "Approve several plans", Place::Runs, move || page(&waiting, &sent)).await
}
