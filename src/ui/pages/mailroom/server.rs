//! Answers requests for the mail room. Each button calls one verb and leads back to its list.

use super::{one, page};
use crate::{
    app::{
        error::Error,
        mailroom::{self, Tab},
        quarantine,
    },
    domain::identity::{MailId, MessageId},
    ui::{
        answer,
        asked::Asked,
        components::notice::Meaning,
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
use leptos::prelude::AnyView;

/// GET: one list.
pub async fn show(asked: Asked, Query(query): Query<Vec<(String, String)>>) -> Response {
    let outcome = list(&asked, &Fields(query)).await;
    asked.answer(outcome).await
}

async fn list(asked: &Asked, query: &Fields) -> Result<Response, Error> {
    let (tab, after) = (tab(query.get("tab")), query.filled("after"));
    let room = mailroom::load(&asked.app, &asked.actor, tab, after.as_deref()).await?;
    let done = match query.get("done") {
        "again" => Some((Meaning::Done, "It is being tried again; look here in a minute.")),
        "discarded" => Some((Meaning::Done, "The mail is discarded. It stays under Discarded.")),
        "already" => Some((Meaning::Info, "Nothing was done: it is so already, for somebody was quicker.")),
        _ => None,
    };
    draw(asked, "Mail", move || page(room, done)).await
}

fn tab(code: &str) -> Tab {
    [Tab::Waiting, Tab::Discarded, Tab::Outgoing, Tab::Failed, Tab::Mailboxes]
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

/// GET: a mail that waits.
pub async fn waiting(asked: Asked, Path(id): Path<String>) -> Response {
    let outcome = one_waiting(&asked, &id, StatusCode::OK, "", Problems::default()).await;
    asked.answer(outcome).await
}

async fn one_waiting(
    asked: &Asked,
    id: &str,
    status: StatusCode,
    typed: &str,
    problems: Problems,
) -> Result<Response, Error> {
    let opening = quarantine::one(&asked.app, &asked.actor, MessageId(number(id)?)).await?;
    let zone = asked.app.zone();
    let body = || super::waiting::one(opening, typed, problems, zone);
    asked.show(status, "Mail that waits", Place::Mail, body).await
}

/// The list, with a word that others were quicker, where a form comes late and nothing is wrong with it.
fn late(outcome: Result<Response, Error>, tab: Tab) -> Result<Response, Error> {
    match outcome {
        Err(Error::Invalid(_)) => Ok(answer::go(&paths::mail_done(tab, "already"))),
        other => other,
    }
}

/// POST: decides about a mail that waits.
pub async fn decide(asked: Asked, Path(id): Path<String>, fields: Fields) -> Response {
    let outcome = match decided(&asked, &id, &fields).await {
        Err(Error::Invalid(errors)) => {
            let typed = errors.first().map(|error| fields.text(error.field)).unwrap_or_default();
            one_waiting(&asked, &id, StatusCode::UNPROCESSABLE_ENTITY, &typed, Problems::new(&errors)).await
        }
        other => other,
    };
    let outcome = match outcome {
        Err(Error::NotFound) => came_late(&asked, &id).await,
        other => other,
    };
    asked.answer(outcome).await
}

/// Whoever decides about a mail that somebody has decided about is told so.
async fn came_late(asked: &Asked, id: &str) -> Result<Response, Error> {
    if quarantine::is_decided(&asked.app, &asked.actor, MessageId(number(id)?)).await? {
        return Ok(answer::go(&paths::mail_done(Tab::Waiting, "already")));
    }
    Err(Error::NotFound)
}

async fn decided(asked: &Asked, id: &str, fields: &Fields) -> Result<Response, Error> {
    let (app, actor, id) = (&asked.app, &asked.actor, MessageId(number(id)?));
    let to = match fields.get("do") {
        "attach" => paths::case(quarantine::attach(app, actor, id, fields.get("to")).await?),
        "release" => paths::case(quarantine::release(app, actor, id).await?),
        "discard" => {
            quarantine::discard(app, actor, id, &fields.text("reason")).await?;
            paths::mail_done(Tab::Waiting, "discarded")
        }
        "put_back" => {
            quarantine::put_back(app, actor, id).await?;
            paths::mail_in(id)
        }
        "read_again" => {
            quarantine::read_again(app, actor, id).await?;
            paths::mail_again(Tab::Waiting)
        }
        _ => return Err(Error::field("to", "Choose what to do, then send the form again")),
    };
    Ok(answer::go(&to))
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

/// POST: has a mail sent again, or first lifts the block of its address.
pub async fn send_again(asked: Asked, Path(id): Path<String>, form: Fields) -> Response {
    let outcome = match number(&id) {
        Ok(id) if form.get("lift") == "1" => mailroom::lift_block(&asked.app, &asked.actor, MailId(id)).await,
        Ok(id) => mailroom::send_again(&asked.app, &asked.actor, MailId(id)).await,
        Err(error) => Err(error),
    };
    let outcome = outcome.map(|()| answer::go(&paths::mail_again(Tab::Outgoing)));
    asked.answer(late(outcome, Tab::Outgoing)).await
}

/// POST: has work tried again.
pub async fn run_again(asked: Asked, Path(id): Path<String>) -> Response {
    let outcome = match number(&id) {
        Ok(id) => mailroom::run_again(&asked.app, &asked.actor, id).await,
        Err(error) => Err(error),
    };
    let outcome = outcome.map(|()| answer::go(&paths::mail_again(Tab::Failed)));
    asked.answer(late(outcome, Tab::Failed)).await
}
