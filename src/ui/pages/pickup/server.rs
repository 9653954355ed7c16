//! Answers the page of a case. GET shows two fields and knows of no case; a POST carries code and PIN every time. Whatever
//! keeps them from opening anything, the answer is the same, byte for byte.

use super::{Leaf, Typed, page};
use crate::{
    app::{
        App,
        error::Error,
        pickup::{self, Key, Refused, Standing},
    },
    ui::{
        asked::{Client, Frame},
        form::{Fields, Problems},
        pages::verify::server::with_headers,
        render,
    },
};
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};

/// GET: the fields.
pub async fn show(frame: Frame) -> Response {
    draw(&frame, StatusCode::OK, Leaf::Ask(Problems::default()))
}

/// POST: opens the page, takes a message, or shows a code.
pub async fn act(State(app): State<App>, frame: Frame, client: Client, fields: Fields) -> Response {
    let typed = Typed {
        code: fields.get("code").trim().to_owned(),
        pin: fields.get("pin").trim().to_owned(),
        text: fields.text("text"),
    };
    let (key, from) = (Key { code: &typed.code, pin: &typed.pin }, pickup::Client(&client.0));
    let outcome = match fields.get("do") {
        "write" => pickup::write_to_case(&app, from, key, &typed.text).await,
        "code" => match pickup::new_copy_code(&app, from, key).await {
            Ok(code) => return draw(&frame, StatusCode::OK, Leaf::Code(code.shown())),
            // its time was over meanwhile; the page says what there is
            Err(Refused::Other(Error::NotFound)) => pickup::page_of(&app, from, key).await,
            Err(refused) => Err(refused),
        },
        _ => pickup::page_of(&app, from, key).await,
    };
    match outcome {
        Ok(standing) => {
            opened(&frame, StatusCode::OK, standing, Typed { text: String::new(), ..typed }, Problems::default())
        }
        Err(Refused::Other(Error::Invalid(errors))) => {
            let problems = Problems::new(&errors);
            match pickup::page_of(&app, from, key).await {
                Ok(standing) => opened(&frame, StatusCode::UNPROCESSABLE_ENTITY, standing, typed, problems),
                Err(refused) => refuse(&frame, &refused),
            }
        }
        Err(refused) => refuse(&frame, &refused),
    }
}

fn opened(frame: &Frame, status: StatusCode, standing: Standing, typed: Typed, problems: Problems) -> Response {
    draw(frame, status, Leaf::Open(Box::new(standing), typed, problems))
}

fn refuse(frame: &Frame, refused: &Refused) -> Response {
    match refused {
        Refused::Wrong => {
            let says =
                "This code and this PIN open nothing together. Look at both; only the last PIN you were given counts";
            draw(frame, StatusCode::UNPROCESSABLE_ENTITY, Leaf::Ask(Problems::one("code", says)))
        }
        Refused::Busy(seconds) => {
            let says = format!("There were too many tries. Wait {}, then try again", wait(*seconds));
            let mut response = draw(frame, StatusCode::TOO_MANY_REQUESTS, Leaf::Ask(Problems::one("code", &says)));
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            response
        }
        Refused::Other(error) => {
            tracing::error!(?error, "the page of a case could not be opened");
            draw(frame, StatusCode::SERVICE_UNAVAILABLE, Leaf::Later)
        }
    }
}

fn wait(seconds: i64) -> String {
    match (seconds + 59) / 60 {
        _ if seconds <= 1 => "a second".to_owned(),
        _ if seconds < 60 => format!("{seconds} seconds"),
        1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

fn draw(frame: &Frame, status: StatusCode, leaf: Leaf) -> Response {
    let title = render::titled(status, leaf.title());
    with_headers((status, Html(render::leaf(frame, &title, || page(leaf)))).into_response())
}
