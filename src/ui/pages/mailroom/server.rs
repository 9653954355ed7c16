//! Answers requests for the mail room. Each button calls one verb and leads back to its list.

use super::{one, page};
use crate::{
    app::{
        error::Error,
        mailroom::{self, Tab},
    },
    domain::identity::{MailId, MessageId},
    ui::{answer, asked::Asked, form::Fields, paths, shell::Place},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::AnyView;

/// GET: one list.
pub async fn show(asked: Asked, Query(query): Query<Vec<(String, String)>>) -> Response {
    let outcome = list(&asked, &Fields(query)).await;
    asked.answer(outcome).await
}

async fn list(asked: &Asked, query: &Fields) -> Result<Response, Error> {
    let (tab, after) = (tab(query.get("tab")), query.filled("after"));
    let room = mailroom::load(&asked.app, &asked.actor, tab, after.as_deref()).await?;
    let done = (query.get("done") == "again").then_some("It is being tried again; look here in a minute.");
    draw(asked, "Mail", move || page(room, done)).await
}

fn tab(code: &str) -> Tab {
    [Tab::Unreadable, Tab::Outgoing, Tab::Failed]
        .into_iter()
        .find(|tab| paths::tab_code(*tab) == code)
        .unwrap_or_default()
}

async fn draw(asked: &Asked, title: &str, body: impl FnOnce() -> AnyView + Send) -> Result<Response, Error> {
    asked.show(StatusCode::OK, title, Place::Mail, body).await
}

/// The id in an address; no page stands at one that is no number.
fn number(id: &str) -> Result<i64, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

/// GET: a mail that could not be read.
pub async fn unreadable(asked: Asked, Path(id): Path<String>) -> Response {
    let found = match number(&id) {
        Ok(id) => mailroom::unreadable(&asked.app, &asked.actor, MessageId(id)).await,
        Err(error) => Err(error),
    };
    let outcome = match found {
        Ok(mail) => draw(&asked, "Mail not readable", || one::unreadable(mail, asked.app.zone())).await,
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

/// GET: a mail that left.
pub async fn outgoing(asked: Asked, Path(id): Path<String>) -> Response {
    let found = match number(&id) {
        Ok(id) => mailroom::outgoing(&asked.app, &asked.actor, MailId(id)).await,
        Err(error) => Err(error),
    };
    let outcome = match found {
        Ok(mail) => draw(&asked, "Outgoing mail", || one::outgoing(mail, asked.app.zone())).await,
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

/// POST: has a mail read again.
pub async fn read_again(asked: Asked, Path(id): Path<String>) -> Response {
    let outcome = match number(&id) {
        Ok(id) => mailroom::read_again(&asked.app, &asked.actor, MessageId(id)).await,
        Err(error) => Err(error),
    };
    asked.answer(outcome.map(|()| answer::go(&paths::mail_again(Tab::Unreadable)))).await
}

/// POST: has a mail sent again, or first lifts the block of its address.
pub async fn send_again(asked: Asked, Path(id): Path<String>, form: Fields) -> Response {
    let outcome = match number(&id) {
        Ok(id) if form.get("lift") == "1" => mailroom::lift_block(&asked.app, &asked.actor, MailId(id)).await,
        Ok(id) => mailroom::send_again(&asked.app, &asked.actor, MailId(id)).await,
        Err(error) => Err(error),
    };
    asked.answer(outcome.map(|()| answer::go(&paths::mail_again(Tab::Outgoing)))).await
}

/// POST: has work tried again.
pub async fn run_again(asked: Asked, Path(id): Path<String>) -> Response {
    let outcome = match number(&id) {
        Ok(id) => mailroom::run_again(&asked.app, &asked.actor, id).await,
        Err(error) => Err(error),
    };
    asked.answer(outcome.map(|()| answer::go(&paths::mail_again(Tab::Failed)))).await
}
