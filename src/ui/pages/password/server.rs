//! Answers who asks for a new password, and who has a link. GET looks and changes nothing; whatever keeps a link from
//! counting, it is 404.

use super::{ask, asked, set};
use crate::{
    app::{App, account_links, error::Error, sign_in::Refused},
    ui::{
        answer,
        asked::{Client, Device, Frame},
        form::{Fields, Problems},
        pages::signin::server::{later, too_many, with_device},
        paths, render,
    },
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

/// GET: the field for the address.
pub async fn show(frame: Frame) -> Response {
    draw(&frame, StatusCode::OK, "", Problems::default())
}

/// POST: sends a link, or seems to.
pub async fn send(State(app): State<App>, frame: Frame, client: Client, device: Device, typed: Fields) -> Response {
    let email = match typed.email() {
        Ok(email) => email,
        Err(problems) => return draw(&frame, StatusCode::UNPROCESSABLE_ENTITY, typed.get("email").trim(), problems),
    };
    match account_links::ask_reset(&app, email, &client.0, device.secret()).await {
        Ok(()) | Err(Refused::Wrong) => render::document(&frame, StatusCode::OK, "Look into your mail", asked),
        Err(Refused::Busy(seconds)) => {
            let problems = Problems::one("email", &too_many(seconds));
            later(draw(&frame, StatusCode::TOO_MANY_REQUESTS, email, problems), seconds)
        }
        Err(Refused::Other(error)) => answer::at_the_door(&frame, &error),
    }
}

/// GET: the field for the password.
pub async fn look(State(app): State<App>, frame: Frame, Path(token): Path<String>) -> Response {
    linked(&app, &frame, StatusCode::OK, &token, Problems::default()).await
}

/// POST: sets it, and leads to the door.
pub async fn take(
    State(app): State<App>,
    frame: Frame,
    Path(token): Path<String>,
    device: Device,
    typed: Fields,
) -> Response {
    match account_links::set_password(&app, &token, typed.get("password"), device.secret()).await {
        Ok(device) => with_device(answer::go(paths::SIGNIN_AGAIN), &device),
        Err(Error::Invalid(errors)) => {
            linked(&app, &frame, StatusCode::UNPROCESSABLE_ENTITY, &token, Problems::new(&errors)).await
        }
        Err(error) => answer::at_the_door(&frame, &error),
    }
}

async fn linked(app: &App, frame: &Frame, status: StatusCode, token: &str, problems: Problems) -> Response {
    match account_links::look_at_link(app, token).await {
        Ok(account) => render::document(frame, status, "Set your password", || set(token, &account.email, problems)),
        Err(error) => answer::at_the_door(frame, &error),
    }
}

fn draw(frame: &Frame, status: StatusCode, email: &str, problems: Problems) -> Response {
    render::document(frame, status, "A new password", || ask(email, problems))
}
