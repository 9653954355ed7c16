//! Answers requests to open a case by hand.

use super::page;
use crate::{
    app::{
        by_hand::{self, ByHand, Opened},
        choice,
        error::Error,
        queue::View,
    },
    domain::rights::{Act, Reach},
    ui::{
        answer,
        asked::Asked,
        form::{Fields, Problems},
        pages::case::server::handed_over,
        paths,
        shell::Place,
    },
};
use axum::{http::StatusCode, response::Response};

/// GET: the empty form.
pub async fn show(asked: Asked) -> Response {
    let empty = typed(&Fields::default());
    let outcome = draw(&asked, StatusCode::OK, empty, Problems::default()).await;
    asked.answer(outcome).await
}

/// POST: opens the case, or shows the form again.
pub async fn open(asked: Asked, fields: Fields) -> Response {
    let typed = typed(&fields);
    let outcome = match by_hand::open_by_hand(&asked.app, &asked.actor, &typed).await {
        Ok(Opened { reference, access: None }) => Ok(answer::go(&paths::case(reference))),
        // shown in the answer itself: at an address of its own it could be shown twice
        Ok(Opened { reference, access: Some(access) }) => handed_over(&asked, reference, &access).await,
        Err(Error::Invalid(errors)) => {
            draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, typed, Problems::new(&errors)).await
        }
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

fn typed(fields: &Fields) -> ByHand {
    let field = |name| fields.get(name).trim().to_owned();
    ByHand {
        product: field("product"),
        kind: field("kind"),
        channel: field("channel"),
        received: field("received"),
        name: field("name"),
        address: field("address"),
        text: fields.text("text"),
    }
}

async fn draw(asked: &Asked, status: StatusCode, typed: ByHand, problems: Problems) -> Result<Response, Error> {
    let reach = asked.actor.reach(Act::WorkCases);
    if reach == Reach::default() {
        return Err(Error::NotAllowed("Your role does not open cases. Ask an administrator.".to_owned()));
    }
    let products = choice::products(&asked.app, &reach);
    asked.show(status, "New case", Place::Queue(View::Open), move || page(products, typed, problems)).await
}
