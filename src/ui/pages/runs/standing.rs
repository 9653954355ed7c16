//! Approvals given ahead: what there is, how it was used, the form to grant one and the button that ends one.

use crate::{
    app::{
        choice,
        error::Error,
        queue::Choice,
        runs::{self, Grant, StandingLine},
    },
    domain::{
        rights::{Act, Place::Somewhere},
        standing::Standing,
    },
    ui::{
        answer,
        asked::Asked,
        components::{
            error_box::ErrorBox,
            field::{Field, SelectField, TextField},
            notice::{Meaning, Notice},
        },
        form::{Fields, Problems},
        paths, render,
        shell::{Place, thousands},
    },
};
use axum::{extract::Query, http::StatusCode, response::Response};
use chrono_tz::Tz;
use leptos::prelude::*;

/// What stands on the page besides the list.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// What was typed into the form.
    pub typed: Grant,
    /// What is wrong with it.
    pub problems: Problems,
    /// What was done before this page was asked for.
    pub done: String,
    /// True where the reader may grant one.
    pub may: bool,
}

/// GET: the page.
pub async fn show(asked: Asked, Query(query): Query<Vec<(String, String)>>) -> Response {
    let sent = Sent { done: Fields(query).get("done").to_owned(), ..Sent::default() };
    let outcome = draw(&asked, StatusCode::OK, sent).await;
    asked.answer(outcome).await
}

/// POST: grants one, or ends one.
pub async fn act(asked: Asked, fields: Fields) -> Response {
    let typed = Grant {
        product: fields.get("product").to_owned(),
        what: fields.get("what").to_owned(),
        until: fields.get("until").trim().to_owned(),
        reason: fields.text("reason"),
    };
    let done = match fields.get("end").parse() {
        Ok(id) => runs::end_standing(&asked.app, &asked.actor, id).await.map(|()| "ended"),
        Err(_) => runs::grant_standing(&asked.app, &asked.actor, &typed).await.map(|_| "granted"),
    };
    let outcome = match done {
        Ok(done) => Ok(answer::go(&paths::standing_done(done))),
        Err(Error::Invalid(errors)) => {
            let sent = Sent { typed, problems: Problems::new(&errors), ..Sent::default() };
            draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, sent).await
        }
        Err(error) => Err(error),
    };
    asked.answer(outcome).await
}

async fn draw(asked: &Asked, status: StatusCode, sent: Sent) -> Result<Response, Error> {
    let lines = runs::load_standing(&asked.app, &asked.actor).await?;
    let products = choice::products(&asked.app, &asked.actor.reach(Act::ApproveRuns));
    let (zone, may) = (asked.app.zone(), asked.actor.may(Act::ApproveRuns, Somewhere));
    let sent = Sent { may, ..sent };
    asked.show(status, "Standing approvals", Place::Runs, move || page(&lines, products, zone, &sent)).await
}

/// The page.
#[must_use]
pub fn page(lines: &[StandingLine], products: Vec<Choice<String>>, zone: Tz, sent: &Sent) -> AnyView {
    let done = match sent.done.as_str() {
        "granted" => Some("Granted. What fits it begins without waiting for anybody."),
        "ended" => Some("Ended. What was not begun under it waits for somebody."),
        _ => None,
    };
    let list = lines.iter().map(|one| line(one, zone)).collect_view();
    let none = lines.is_empty().then(|| view! { <p class="dim">"None was granted yet."</p> });
    view! {
        <ErrorBox problems=sent.problems.clone() />
        <div class="head">
            <div>
                <a class="crumb quiet" href=paths::RUNS>"← Runs"</a>
                <h1>"Standing approvals"</h1>
                <p class="byline"><span>"Runs of one kind that begin without waiting, until a day. Never an erasure that somebody asks for."</span></p>
            </div>
        </div>
        {done.map(|lead| view! { <Notice meaning=Meaning::Done lead /> })}
        <div class="stack">
            <section aria-labelledby="h-granted"><h2 id="h-granted">"Granted"</h2>{none}<ul class="plain plans" id="end">{list}</ul></section>
            {sent.may.then(|| form(products, sent))}
        </div>
    }
    .into_any()
}

fn line(one: &StandingLine, zone: Tz) -> impl IntoView + use<> {
    let uses = match (one.uses, one.last_used) {
        (0, _) | (_, None) => "not used yet".to_owned(),
        (1, Some(at)) => format!("used once, {}", at.short(zone)),
        (n, Some(at)) => format!("used {} times, last {}", thousands(n), at.short(zone)),
    };
    let (class, state) = match (&one.ended, one.holds) {
        (Some((by, at)), _) => ("tag is-paused", format!("ended by {by}, {}", at.short(zone))),
        (None, true) => ("tag is-ok", format!("holds to the end of {}", one.last_day)),
        (None, false) if one.lapsed => {
            ("tag is-paused", format!("holds no more: {} may no longer approve runs", one.granted_by))
        }
        (None, false) => ("tag is-paused", format!("expired with {}", one.last_day)),
    };
    let id = one.id;
    let end = one.may_end.then(|| {
        view! {
            <form class="inline" method="post" action=paths::STANDING>
                <button class="btn" name="end" value=id>"End it now"<span class="sr">": number "{id}</span></button></form>
        }
    });
    view! {
        <li>
            <p><b>{format!("{}. {} of {}", one.id, one.what.label(), one.product)}</b>" "
                <span class=class><i class="mark" aria-hidden="true"></i>{state}</span></p>
            <p class="byline"><span>{format!("granted by {}, {}", one.granted_by, one.granted_at.short(zone))}</span><span>{uses}</span></p>
            <p class="words" dir="auto">{one.reason.clone()}</p>
            {end}
        </li>
    }
}

fn form(products: Vec<Choice<String>>, sent: &Sent) -> impl IntoView + use<> {
    let products = products.into_iter().map(|product| (product.id, product.name)).collect();
    let kinds = Standing::ALL.iter().map(|what| (what.code().to_owned(), what.label().to_owned())).collect();
    let problems = &sent.problems;
    let (invalid, described) = (problems.invalid("reason"), problems.described("reason", true));
    let reason = render::raw_text(&sent.typed.reason);
    view! {
        <section class="confirm calm" aria-labelledby="h-grant">
            <h2 id="h-grant">"Grant one"</h2>
            <form method="post" action=paths::STANDING>
                <SelectField id="product" name="product" label="Product" first="Choose a product" options=products
                    value=sent.typed.product.clone() problems=problems.clone() />
                <SelectField id="what" name="what" label="What may run under it" first="Choose what" options=kinds
                    value=sent.typed.what.clone() problems=problems.clone()
                    hint="Only plans without a warning, asked for by somebody else than you." />
                <TextField id="until" label="Last day" kind="date" value=sent.typed.until.clone() problems=problems.clone()
                    hint="At most 90 days from now." />
                <Field id="reason" label="Why" hint="Colleagues and auditors will read it. Name no person." problems=problems.clone()>
                    <textarea id="reason" name="reason" rows="3" dir="auto" aria-invalid=invalid
                        aria-describedby=described inner_html=reason></textarea>
                </Field>
                <p class="acts"><button class="btn main">"Grant it"</button></p>
            </form>
        </section>
    }
}
