//! When one is away: said by everybody of themselves.

use crate::{
    app::{
        error::Error,
        people::{self, Absence},
    },
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
use leptos::prelude::*;

/// GET: the page.
pub async fn show(asked: Asked, Query(query): Query<Vec<(String, String)>>) -> Response {
    let done = Fields(query).get("done") == "set";
    let outcome = draw(&asked, StatusCode::OK, (done, Fields::default(), Problems::default())).await;
    asked.answer(outcome).await
}

/// POST: from which day to which; two empty days end it.
pub async fn act(asked: Asked, typed: Fields) -> Response {
    let (from, to) = if typed.get("do") == "back" { ("", "") } else { (typed.get("from"), typed.get("to")) };
    let outcome = match people::set_absence(&asked.app, &asked.actor, from, to).await {
        Ok(()) => Ok(answer::go(&format!("{}?done=set", paths::ABSENCE))),
        Err(Error::Invalid(errors)) => {
            let problems = Problems::new(&errors);
            draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, (false, typed, problems)).await
        }
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

async fn draw(asked: &Asked, status: StatusCode, sent: (bool, Fields, Problems)) -> Result<Response, Error> {
    let absence = people::load_absence(&asked.app, &asked.actor).await?;
    asked.show(status, "When you are away", Place::Elsewhere, move || page(&absence, sent)).await
}

fn page(absence: &Absence, (done, typed, problems): (bool, Fields, Problems)) -> AnyView {
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
    let stands_in = (!absence.stands_in_for.is_empty())
        .then(|| view! { <p>"You stand in for "{absence.stands_in_for.join(", ")}" now."</p> });
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
        {done.then(|| view! { <Notice meaning=Meaning::Done lead="It is kept." /> })}
        <p>{deputies}</p>
        {alone}
        {stands_in}
        {away}
        <form method="post" action=paths::ABSENCE>
            <TextField id="from" label="First day" kind="date" value=typed.get("from").to_owned() problems=problems.clone() />
            <TextField id="to" label="Last day" kind="date" value=typed.get("to").to_owned() problems />
            <p class="acts"><button class="btn" name="do" value="away">"Say so"</button></p>
        </form>
    }
    .into_any()
}
