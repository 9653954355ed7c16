//! What is recorded of a person's consents, as it stands in the generation database now; and the way into a letter.

pub mod server;

use crate::{
    app::consents::{ConsentState, ConsentWhen, Review},
    domain::identity::Reference,
    ui::{
        components::notice::{Meaning, Notice},
        paths,
    },
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// The words of the window's title.
pub const TITLE: &str = "What is recorded";

/// The page.
#[must_use]
pub fn page(review: &Review) -> AnyView {
    let body = if review.lines.is_empty() {
        view! {
            <Notice meaning=Meaning::Info lead="Nothing is recorded.">
                <p>"The person has no consent in the places that the data map names. That is an answer too, and the letter says it."</p>
            </Notice>
        }
        .into_any()
    } else {
        table(review)
    };
    let more = review
        .more
        .then(|| view! { <p class="dim">{format!("There is more; these are the newest {}.", review.lines.len())}</p> });
    view! {
        {head(review.reference, review.about, Some(review.product.clone()))}
        {body}
        {more}
        {tell(review)}
    }
    .into_any()
}

/// The page of a case whose consents cannot be looked at, and why.
#[must_use]
pub fn cannot(reference: Reference, says: Vec<String>) -> AnyView {
    let says = says.into_iter().map(|says| view! { <p>{says}"."</p> }).collect_view();
    view! {
        {head(reference, "", None)}
        <Notice meaning=Meaning::Info lead="What is recorded cannot be looked up now.">{says}</Notice>
        <p class="acts"><a class="btn main" href=paths::case(reference)>"Back to the case"</a></p>
    }
    .into_any()
}

fn head(reference: Reference, about: &'static str, product: Option<String>) -> impl IntoView + use<> {
    let byline = product.map(|product| {
        view! { <p class="byline"><span>{product}</span><span>"Read just now; nothing of it is kept here."</span></p> }
    });
    view! {
        <div class="head"><div>
            <a class="crumb quiet" href=paths::case(reference)>{format!("← {reference} {about}")}</a>
            <h1>{TITLE}</h1>
            {byline}
        </div></div>
    }
}

fn table(review: &Review) -> AnyView {
    let rows = review.lines.iter().map(|line| {
        let stands = match line.stands {
            ConsentState::Given => "given",
            ConsentState::NotGiven => "not given",
            ConsentState::Withdrawn => "withdrawn",
        };
        let since = line.at.as_ref().map(|at| when(at, review.zone)).unwrap_or_default();
        let before = line.given.as_ref().map(|at| format!("given {}", when(at, review.zone)));
        let rest = [line.version.clone(), line.how.clone(), before];
        let rest = rest.into_iter().flatten().collect::<Vec<_>>().join("; ");
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" dir="auto">{line.what.clone()}</th>
                <td role="cell" class="how">{stands}</td>
                <td role="cell">{since}</td>
                <td role="cell" class="why dim" dir="auto">{rest}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <table role="table" class="plan">
            <caption class="sr">"Each consent, newest first"</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"What for"</th>
                    <th role="columnheader" scope="col" class="how">"Stands"</th>
                    <th role="columnheader" scope="col">"Since"</th>
                    <th role="columnheader" scope="col" class="why">"Words, version, how"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

fn when(at: &ConsentWhen, zone: Tz) -> String {
    match at {
        ConsentWhen::Moment(at) => at.in_words(zone),
        ConsentWhen::Day(day) => day.format("%-d %b %Y").to_string(),
        ConsentWhen::Text(text) => text.clone(),
    }
}

/// One button for each language: the reply box of the case opens with the letter in it.
fn tell(review: &Review) -> Option<AnyView> {
    let buttons = review.languages.iter().enumerate().map(|(n, language)| {
        let class = if n == 0 { "btn main" } else { "btn" };
        let says = if review.languages.len() == 1 {
            "Put it into the letter".to_owned()
        } else {
            format!("Put it into the letter: {}", language.label())
        };
        view! { <button class=class name="language" value=language.code()>{says}</button> }
    });
    let buttons = buttons.collect_view();
    review.may_be_told.then(|| {
        view! {
            <form method="post" action=paths::case(review.reference) class="after">
                <input type="hidden" name="do" value="reply" />
                <input type="hidden" name="insert" value="1" />
                <input type="hidden" name="letter" value="closing" />
                <input type="hidden" name="consents" value="1" />
                <p class="acts">{buttons}
                    <span class="hint">"Opens the reply box with it, to be read and changed. Nothing is sent."</span></p>
            </form>
        }
        .into_any()
    })
}
