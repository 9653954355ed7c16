//! Answers requests for the queue.

use super::{Said, page, parts::NOBODY};
use crate::{
    app::{
        error::Error,
        queue::{self, QueueFilter, View},
    },
    domain::{
        clock::{Duty, Layer},
        identity::{Reference, StaffId},
    },
    ui::{
        answer,
        asked::Asked,
        form::{Fields, Problems},
        paths,
        shell::Place,
    },
};
use axum::{extract::Query, http::StatusCode, response::Response};

/// GET: one page of one view.
pub async fn show(asked: Asked, Query(query): Query<Vec<(String, String)>>) -> Response {
    let query = Fields(query);
    if let Ok(reference) = query.get("q").parse::<Reference>() {
        return answer::go(&paths::case(reference));
    }
    let said = Said { assigned: query.get("assigned").parse().ok(), ..Said::default() };
    let outcome = draw(&asked, StatusCode::OK, &filter(&query), said).await;
    asked.answer(outcome).await
}

/// POST: gives the picked cases to somebody, or to nobody.
pub async fn assign(asked: Asked, Query(query): Query<Vec<(String, String)>>, typed: Fields) -> Response {
    let outcome = assign_picked(&asked, &filter(&Fields(query)), &typed).await;
    asked.answer(outcome).await
}

async fn assign_picked(asked: &Asked, filter: &QueueFilter, typed: &Fields) -> Result<Response, Error> {
    let picked: Vec<Reference> = typed.all("case").filter_map(|text| text.parse().ok()).collect();
    let refuse =
        |id: &str, says: &str| Said { problems: Problems::one(id, says), picked: picked.clone(), ..Said::default() };
    if picked.is_empty() {
        let said = refuse("cases", "Select at least one case, then choose whom to assign it to");
        return draw(asked, StatusCode::UNPROCESSABLE_ENTITY, filter, said).await;
    }
    let Some(to) = person(typed.get("to")) else {
        return draw(
            asked,
            StatusCode::UNPROCESSABLE_ENTITY,
            filter,
            refuse("to", "Choose whom to assign the cases to"),
        )
        .await;
    };
    match queue::assign_many(&asked.app, &asked.actor, &picked, to).await {
        Ok(outcome) if outcome.skipped.is_empty() => Ok(answer::go(&paths::queue_assigned(filter, outcome.done))),
        Ok(outcome) => draw(asked, StatusCode::OK, filter, Said::of(&outcome)).await,
        Err(Error::Invalid(errors)) => {
            let said = Said { problems: Problems::new(&errors), picked, ..Said::default() };
            draw(asked, StatusCode::UNPROCESSABLE_ENTITY, filter, said).await
        }
        Err(error) => Err(error),
    }
}

/// Whom a form names: a number of the staff, or [`NOBODY`]. None when it names neither.
#[must_use]
pub fn person(value: &str) -> Option<Option<StaffId>> {
    if value == NOBODY { Some(None) } else { value.parse().ok().map(|id| Some(StaffId(id))) }
}

async fn draw(asked: &Asked, status: StatusCode, filter: &QueueFilter, said: Said) -> Result<Response, Error> {
    let queue = queue::list(&asked.app, &asked.actor, filter).await?;
    let place = Place::Queue(queue.filter.view);
    asked.show(status, queue.filter.view.label(), place, || page(&queue, &said)).await
}

/// The filter in an address; what it does not know it leaves out.
fn filter(query: &Fields) -> QueueFilter {
    QueueFilter {
        view: View::from_code(query.get("view")).unwrap_or(View::Open),
        q: query.get("q").trim().to_owned(),
        kind: query.get("kind").parse().ok(),
        product: query.filled("product"),
        layer: Layer::from_code(query.get("layer")),
        duty: Duty::from_code(query.get("duty")),
        after: query.filled("after"),
    }
}
