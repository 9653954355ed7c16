//! Answers requests to choose what a plan is about.

use super::{Typed, cannot, page, title};
use crate::{
    app::{
        error::Error,
        queue::View,
        runs::{self, Chosen},
    },
    domain::{identity::Reference, run::RunKind},
    ui::{
        answer,
        asked::Asked,
        components::again,
        form::{Fields, Problems},
        pages::{problem::AWAY, run::tried::Done},
        paths,
        shell::Place,
    },
};
use axum::{extract::Path, http::StatusCode, response::Response};

/// GET: what there is to choose from.
pub async fn show(asked: Asked, Path(reference): Path<String>) -> Response {
    let outcome = match reference.parse() {
        Ok(reference) => match draw(&asked, reference, StatusCode::OK, &Typed::default(), Problems::default()).await {
            Err(Error::Unanswered(_)) => away(&asked, reference, None).await,
            drawn => drawn,
        },
        Err(_) => Err(Error::NotFound),
    };
    asked.answer(outcome).await
}

/// POST: makes the plan, or shows the page again.
pub async fn make(asked: Asked, Path(reference): Path<String>, fields: Fields) -> Response {
    let outcome = match reference.parse() {
        Ok(reference) => match try_make(&asked, reference, &fields).await {
            Err(Error::Unanswered(_)) => away(&asked, reference, Some(&fields)).await,
            made => made,
        },
        Err(_) => Err(Error::NotFound),
    };
    asked.answer(outcome).await
}

async fn try_make(asked: &Asked, reference: Reference, fields: &Fields) -> Result<Response, Error> {
    let typed = Typed::read(fields);
    // without a number nothing counts as seen
    let seen = fields.get("seen").parse().unwrap_or(0);
    let made = match typed.chosen() {
        Ok(chosen) => planned(asked, reference, seen, &chosen).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(leads_to) => Ok(answer::go(&leads_to)),
        Err(Error::Invalid(errors)) => {
            let problems = Problems::new(&errors);
            draw(asked, reference, StatusCode::UNPROCESSABLE_ENTITY, &typed, problems).await
        }
        Err(Error::Conflict { .. }) => {
            let says = "Others did something on the case meanwhile. Look at it, then send this again";
            draw(asked, reference, StatusCode::CONFLICT, &typed, Problems::one("run", says)).await
        }
        Err(error) => Err(error),
    }
}

/// The generation database is away, without which there is nothing to choose from: what was sent waits on the page.
async fn away(asked: &Asked, reference: Reference, sent: Option<&Fields>) -> Result<Response, Error> {
    let page = || again::page(reference, "The plan cannot be made now", paths::plan(reference), sent);
    let place = Place::Queue(View::Open);
    asked.show(StatusCode::SERVICE_UNAVAILABLE, AWAY, place, page).await.map(answer::with_retry)
}

/// Makes a plan; where its run is.
///
/// # Errors
/// As `runs::plan_run`.
pub async fn planned(asked: &Asked, reference: Reference, seen: i64, chosen: &Chosen) -> Result<String, Error> {
    let run = runs::plan_run(&asked.app, &asked.actor, reference, seen, chosen).await?;
    let kind = runs::load_run(&asked.app, &asked.actor, run).await?.kind;
    let done = if kind == RunKind::Export { Done::Asked } else { Done::Planned };
    Ok(paths::run_done(run, done.code()))
}

async fn draw(
    asked: &Asked,
    reference: Reference,
    status: StatusCode,
    typed: &Typed,
    problems: Problems,
) -> Result<Response, Error> {
    let choosable = match runs::choosable(&asked.app, &asked.actor, reference).await {
        Err(Error::Invalid(errors)) => {
            let says = errors.into_iter().map(|error| error.says).collect();
            let nothing = move || cannot(reference, says);
            return asked.show(status, "Nothing to plan", Place::Queue(View::Open), nothing).await;
        }
        found => found?,
    };
    let typed = typed.clone();
    let title = title(&choosable);
    asked.show(status, &title, Place::Queue(View::Open), move || page(&choosable, &typed, problems)).await
}
