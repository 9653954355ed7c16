//! Answers requests to erase a requester from here: looks, asks, decides.

use super::{Sent, TITLE, page};
use crate::{
    app::{error::Error, queue::View, retention},
    domain::identity::Reference,
    ui::{
        answer,
        asked::Asked,
        form::{Fields, Problems},
        paths,
        shell::Place,
    },
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};

/// GET: the page.
pub async fn show(asked: Asked, Path(reference): Path<String>, Query(query): Query<Vec<(String, String)>>) -> Response {
    let sent = Sent { done: Fields(query).get("done").to_owned(), ..Sent::default() };
    let outcome = match reference.parse() {
        Ok(reference) => draw(&asked, reference, StatusCode::OK, sent).await,
        Err(_) => Err(Error::NotFound),
    };
    asked.answer(outcome).await
}

/// POST: asks for it, approves or refuses it.
pub async fn act(asked: Asked, Path(reference): Path<String>, typed: Fields) -> Response {
    let outcome = match reference.parse() {
        Ok(reference) => tried(&asked, reference, &typed).await,
        Err(_) => Err(Error::NotFound),
    };
    asked.answer(outcome).await
}

async fn tried(asked: &Asked, reference: Reference, typed: &Fields) -> Result<Response, Error> {
    let reason = typed.text("reason");
    match run(asked, reference, typed, &reason).await {
        Ok(done) => Ok(answer::go(&paths::requester_done(reference, done))),
        Err(Error::Invalid(errors)) => {
            let sent = Sent { reason, problems: Problems::new(&errors), done: String::new() };
            draw(asked, reference, StatusCode::UNPROCESSABLE_ENTITY, sent).await
        }
        Err(error) => Err(error),
    }
}

async fn run(asked: &Asked, reference: Reference, typed: &Fields, reason: &str) -> Result<&'static str, Error> {
    let Asked { app, actor, .. } = asked;
    let erasure = typed.get("erasure").parse().unwrap_or(0);
    match typed.get("do") {
        "ask" => retention::ask_requester_erasure(app, actor, reference, reason).await.map(|_| "asked"),
        "approve" => retention::approve_requester_erasure(app, actor, reference, erasure).await.map(|()| "approved"),
        "refuse" => {
            let withdrawn = retention::refuse_requester_erasure(app, actor, reference, erasure).await?;
            Ok(if withdrawn { "withdrawn" } else { "refused" })
        }
        _ => Err(Error::field("reason", "Choose what to do, then send the form again")),
    }
}

async fn draw(asked: &Asked, reference: Reference, status: StatusCode, sent: Sent) -> Result<Response, Error> {
    let requester = retention::load_requester(&asked.app, &asked.actor, reference).await?;
    asked.show(status, TITLE, Place::Queue(View::Open), move || page(&requester, &sent)).await
}
