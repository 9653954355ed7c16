//! When one is away: said by everybody of themselves.

use crate::{
    app::{
        error::Error,
        people::{self, Absence, StandIn},
    },
    domain::time::Instant,
    ui::{
        answer,
        asked::Asked,
        components::{
            error_box::ErrorBox,
            field::TextField,
            notice::{Meaning, Notice},
        },
        form::{Fields, Problems},
        paths,
        shell::Place,
    },
};
use axum::{extract::Query, http::StatusCode, response::Response};
use chrono_tz::Tz;
use leptos::prelude::*;

/// GET: the page.
pub async fn show(asked: Asked, Query(query): Query<Vec<(String, String)>>) -> Response {
    let done = match Fields(query).get("done") {
        "set" => Some("It is kept."),
        "back" => Some("You are back. Nobody stands in for you any more."),
        _ => None,
    };
    let outcome = draw(&asked, StatusCode::OK, (done, Fields::default(), Problems::default())).await;
    asked.answer(outcome).await
}

/// POST: from which day to which, or that they are back.
pub async fn act(asked: Asked, typed: Fields) -> Response {
    let done = if typed.get("do") == "back" {
        people::end_absence(&asked.app, &asked.actor).await.map(|()| "back")
    } else {
        let (from, to) = (typed.get("from"), typed.get("to"));
        people::set_absence(&asked.app, &asked.actor, from, to).await.map(|()| "set")
    };
    let outcome = match done {
        Ok(done) => Ok(answer::go(&format!("{}?done={done}", paths::ABSENCE))),
        Err(Error::Invalid(errors)) => {
            let problems = Problems::new(&errors);
            draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, (None, typed, problems)).await
        }
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

async fn draw(
    asked: &Asked,
    status: StatusCode,
    sent: (Option<&'static str>, Fields, Problems),
) -> Result<Response, Error> {
    let absence = people::load_absence(&asked.app, &asked.actor).await?;
    asked.show(status, "When you are away", Place::Elsewhere, move || page(&absence, sent)).await
}

fn page(absence: &Absence, (done, typed, problems): (Option<&'static str>, Fields, Problems)) -> AnyView {
    let deputies = if absence.deputies.is_empty() {
        "Nobody stands in for you. An administrator can name somebody.".to_owned()
    } else {
        format!("While you are away, what you may do may also be done by {}.", absence.deputies.join(", "))
    };
    let alone = (!absence.deputies.is_empty() && !absence.alone.is_empty()).then(|| {
        let says =
            format!("Nobody stands in for you as {}. An administrator can name somebody.", absence.alone.join(", "));
        view! { <p>{says}</p> }
    });
    let zone = absence.zone;
    let stands_in = absence.stands_in_for.iter().map(|one| view! { <p>{standing_in(one, zone)}</p> }).collect_view();
    // what was typed stays; where nothing was, the days that stand can be changed
    let stands = absence.away.filter(|_| problems.is_empty());
    let day = |name: &str, at: Option<Instant>| {
        at.map_or_else(|| typed.get(name).to_owned(), |at| at.local(zone).date_naive().to_string())
    };
    let (from, to) = (day("from", stands.map(|(from, _)| from)), day("to", stands.map(|(_, until)| until)));
    let away = absence.away.map(|(from, until)| {
        let says = format!("You are away from {} to {}.", from.short(absence.zone), until.short(absence.zone));
        view! {
            <p><b>{says}</b></p>
            <form method="post" action=paths::ABSENCE>
                <p class="acts"><button class="btn" name="do" value="back">"I am back"</button></p>
            </form>
        }
    });
    view! {
        <ErrorBox problems=problems.clone() />
        <div class="head">
            <div>
                <a class="crumb quiet" href=paths::ACCOUNT>"← Your account"</a>
                <h1>"When you are away"</h1>
            </div>
        </div>
        {done.map(|lead| view! { <Notice meaning=Meaning::Done lead /> })}
        <p>{deputies}</p>
        {alone}
        {stands_in}
        {away}
        <form method="post" action=paths::ABSENCE>
            <TextField id="from" label="First day" kind="date" value=from problems=problems.clone() />
            <TextField id="to" label="Last day" kind="date" value=to problems />
            <p class="acts"><button class="btn" name="do" value="away">"Say so"</button></p>
        </form>
    }
    .into_any()
}

/// Whose work somebody does, and until when.
#[must_use]
pub fn standing_in(one: &StandIn, zone: Tz) -> String {
    format!("You stand in for {} until {}.", one.name, one.until.short(zone))
}
