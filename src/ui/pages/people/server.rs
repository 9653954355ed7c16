//! Answers requests about the people who work here. Every form calls one verb.

use super::{Sent, one as one_page, page};
use crate::{
    app::{
        error::Error,
        people::{self, GrantTyped, Invited},
    },
    domain::{identity::StaffId, rights::Role},
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

/// GET: everybody.
pub async fn show(asked: Asked) -> Response {
    let outcome = draw(&asked, StatusCode::OK, Sent::default()).await;
    asked.answer(outcome).await
}

/// POST: invites somebody.
pub async fn invite(asked: Asked, typed: Fields) -> Response {
    let invited = Invited {
        email: typed.get("email").trim().to_owned(),
        name: typed.get("name").trim().to_owned(),
        grant: grant(&typed),
        same_as: typed.get("same_as").to_owned(),
    };
    let outcome = match people::invite_person(&asked.app, &asked.actor, &invited).await {
        Ok(id) => Ok(answer::go(&paths::person(id, "invited"))),
        Err(Error::Invalid(errors)) => {
            let sent = Sent { problems: Problems::new(&errors), typed, ..Sent::default() };
            draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, sent).await
        }
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

/// GET: one of them.
pub async fn one(asked: Asked, Path(id): Path<String>, Query(query): Query<Vec<(String, String)>>) -> Response {
    let sent = Sent { done: Fields(query).get("done").to_owned(), ..Sent::default() };
    let outcome = match id.parse() {
        Ok(id) => draw_one(&asked, StaffId(id), StatusCode::OK, sent).await,
        Err(_) => Err(Error::NotFound),
    };
    asked.answer(outcome).await
}

/// POST: does what the field `do` says.
pub async fn act(asked: Asked, Path(id): Path<String>, typed: Fields) -> Response {
    let Ok(id) = id.parse().map(StaffId) else { return asked.answer(Err(Error::NotFound)).await };
    let outcome = match done(&asked, id, &typed).await {
        Ok(done) => Ok(answer::go(&paths::person(id, done))),
        Err(Error::Invalid(errors)) => {
            let sent = Sent { problems: Problems::new(&errors), typed, ..Sent::default() };
            draw_one(&asked, id, StatusCode::UNPROCESSABLE_ENTITY, sent).await
        }
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

async fn done(asked: &Asked, id: StaffId, typed: &Fields) -> Result<&'static str, Error> {
    let (app, actor) = (&asked.app, &asked.actor);
    match typed.get("do") {
        "role" => people::give_role(app, actor, id, &grant(typed)).await.map(|()| "role"),
        "take" => {
            let role = Role::from_code(typed.get("role")).ok_or(Error::NotFound)?;
            people::take_role(app, actor, id, role, typed.filled("product").as_deref()).await.map(|()| "taken")
        }
        "disable" => people::disable_person(app, actor, id).await.map(|()| "disabled"),
        "enable" => people::enable_person(app, actor, id).await.map(|()| "enabled"),
        "sessions" => people::end_sessions_of(app, actor, id).await.map(|_| "sessions"),
        "factor" => people::reset_factors_of(app, actor, id).await.map(|()| "factor"),
        "person" => people::join_person(app, actor, id, typed.get("other")).await.map(|()| "person"),
        _ => {
            // who manages no people learns nothing of the page
            people::load_person(app, actor, id).await?;
            Err(Error::field("do", "Choose what to do, then send the form again"))
        }
    }
}

fn grant(typed: &Fields) -> GrantTyped {
    let field = |name| typed.get(name).trim().to_owned();
    GrantTyped { role: field("role"), product: field("product"), until: field("until"), deputy: field("deputy") }
}

async fn draw(asked: &Asked, status: StatusCode, sent: Sent) -> Result<Response, Error> {
    let people = people::load_people(&asked.app, &asked.actor).await?;
    asked.show(status, "People", Place::People, move || page(&people, sent)).await
}

async fn draw_one(asked: &Asked, id: StaffId, status: StatusCode, sent: Sent) -> Result<Response, Error> {
    let person = people::load_person(&asked.app, &asked.actor, id).await?;
    let title = person.line.name.clone();
    asked.show(status, &title, Place::People, move || one_page(&person, &sent)).await
}
