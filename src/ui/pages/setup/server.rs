//! Answers the link of a first start. GET looks and changes nothing; whatever keeps the link from counting, it is 404.

use super::{First, page};
use crate::{
    app::{App, error::Error, setup, staff::Person},
    ui::{
        answer,
        asked::Frame,
        form::{Fields, Problems},
        paths, render,
    },
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

/// GET: the form.
pub async fn show(State(app): State<App>, frame: Frame, Path(token): Path<String>) -> Response {
    match setup::look_at_setup(&app, &token).await {
        Ok(()) => draw(&frame, StatusCode::OK, &token, First::default()),
        Err(error) => answer::at_the_door(&frame, &error),
    }
}

/// POST: makes the account, and leads to the door.
pub async fn make(State(app): State<App>, frame: Frame, Path(token): Path<String>, typed: Fields) -> Response {
    let (email, name) = (typed.get("email").trim(), typed.get("name").trim());
    let person = Person { email, name, password: typed.get("password") };
    match setup::make_first_account(&app, &token, &person).await {
        Ok(()) => answer::go(paths::SIGNIN_AGAIN),
        Err(Error::Invalid(errors)) => {
            let problems = Problems::new(&errors);
            let form = First { email: email.to_owned(), name: name.to_owned(), problems };
            draw(&frame, StatusCode::UNPROCESSABLE_ENTITY, &token, form)
        }
        Err(error) => answer::at_the_door(&frame, &error),
    }
}

fn draw(frame: &Frame, status: StatusCode, token: &str, form: First) -> Response {
    render::document(frame, status, "The first account", || page(token, form))
}
