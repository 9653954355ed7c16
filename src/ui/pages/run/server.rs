//! Answers requests for a run: looks, decides, hands out its receipt. Every form calls one verb.

use super::{
    page, title,
    tried::{Act, Done, Tried},
};
use crate::{
    app::{
        error::Error,
        exports,
        runs::{self, Approval},
    },
    domain::identity::RunId,
    ui::{answer, asked::Asked, form::Fields, pages::case::server::disposition, paths, shell::Place},
};
use axum::{
    extract::{Path, Query},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::collections::BTreeSet;

/// GET: the page.
pub async fn show(asked: Asked, Path(id): Path<String>, Query(query): Query<Vec<(String, String)>>) -> Response {
    let tried = Tried { done: Done::from_code(Fields(query).get("done")), ..Tried::default() };
    let outcome = match id.parse() {
        Ok(id) => draw(&asked, id, StatusCode::OK, |_| tried).await,
        Err(_) => Err(Error::NotFound),
    };
    asked.answer(outcome).await
}

/// POST: does what the field `do` says.
pub async fn act(asked: Asked, Path(id): Path<String>, typed: Fields) -> Response {
    let outcome = match (id.parse(), Act::from_code(typed.get("do"))) {
        (Ok(id), Some(act)) => try_act(&asked, id, act, typed).await,
        (Ok(_), None) => Err(Error::field("do", "Choose what to do, then send the form again")),
        (Err(_), _) => Err(Error::NotFound),
    };
    asked.answer(outcome).await
}

async fn try_act(asked: &Asked, id: RunId, act: Act, typed: Fields) -> Result<Response, Error> {
    match run(asked, id, act, &typed).await {
        Ok(done) => Ok(answer::go(&paths::run_done(id, done.code()))),
        Err(Error::Invalid(errors)) => {
            draw(asked, id, StatusCode::UNPROCESSABLE_ENTITY, |run| Tried::invalid(act, typed, &errors, run)).await
        }
        Err(error) => Err(error),
    }
}

async fn run(asked: &Asked, id: RunId, act: Act, typed: &Fields) -> Result<Done, Error> {
    let Asked { app, actor, .. } = asked;
    let reason = typed.text("reason");
    match act {
        Act::Approve => {
            // one box ticked twice is one warning read
            let accepted = typed.all("accepted").collect::<BTreeSet<_>>().len();
            let (typed, scope_hash) = (typed.get("typed").to_owned(), typed.get("scope_hash").to_owned());
            runs::approve_run(app, actor, id, &Approval { typed, scope_hash, accepted }).await.map(|()| Done::Approved)
        }
        Act::Release => exports::release_export(app, actor, id).await.map(|()| Done::Released),
        Act::SendBack => runs::send_back_run(app, actor, id, &reason).await.map(|()| Done::SentBack),
        Act::Cancel => runs::cancel_run(app, actor, id, &reason).await.map(|()| Done::Cancelled),
        Act::Again => runs::try_run_again(app, actor, id).await.map(|()| Done::Again),
    }
}

async fn draw(
    asked: &Asked,
    id: RunId,
    status: StatusCode,
    tried: impl FnOnce(&runs::RunPage) -> Tried,
) -> Result<Response, Error> {
    let run = runs::load_run(&asked.app, &asked.actor, id).await?;
    let tried = tried(&run);
    let me = asked.actor.clone();
    asked.show(status, &title(&run), Place::Runs, move || page(&run, &tried, &me)).await
}

/// GET: the receipt, as a file to keep.
pub async fn receipt(asked: Asked, Path(id): Path<String>) -> Response {
    let file = match id.parse() {
        Ok(id) => runs::receipt_file(&asked.app, &asked.actor, id).await.map(|file| (id, file)),
        Err(_) => Err(Error::NotFound),
    };
    match file {
        Ok((id, file)) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
                (header::CONTENT_DISPOSITION, disposition(&format!("receipt-{id}.json"))),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            (headers, file).into_response()
        }
        Err(error) => asked.answer(Err(error)).await,
    }
}
