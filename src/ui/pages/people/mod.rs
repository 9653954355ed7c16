//! The people who work here: who may do what, where, until when; and the page of each.

mod one;
pub mod server;

pub use one::page as one;

use crate::{
    app::{
        choice::Choice,
        people::{GrantLine, People, PersonLine, Standing},
    },
    domain::{rights::Role, time::Instant},
    ui::{
        components::{
            error_box::ErrorBox,
            field::{SelectField, TextField},
        },
        form::{Fields, Problems},
        paths,
    },
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// What stands on the page besides the people.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// What was done before this page was asked for.
    pub done: String,
    /// What is wrong with a form.
    pub problems: Problems,
    /// What was typed into it.
    pub typed: Fields,
}

/// Everybody, and the form that invites.
#[must_use]
pub fn page(people: &People, sent: Sent) -> AnyView {
    let count = people.lines.len();
    let rows = people.lines.iter().map(|line| row(line, people.zone)).collect_view();
    view! {
        <ErrorBox problems=sent.problems.clone() />
        <div class="head">
            <div>
                <h1>"People"</h1>
                <p class="byline">
                    <span>{count}" "{if count == 1 { "account" } else { "accounts" }}</span>
                    <a href=paths::RIGHTS>"Which role may do what"</a>
                </p>
            </div>
        </div>
        <table role="table" class="audit" id="people">
            <caption class="sr">"Accounts by name, with their roles"</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Who"</th>
                    <th role="columnheader" scope="col" class="c-on">"Roles"</th>
                    <th role="columnheader" scope="col" class="c-who">"Account"</th>
                    <th role="columnheader" scope="col" class="c-at">"Last sign-in"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
        <section class="panel" aria-labelledby="h-invite">
            <h2 id="h-invite">"Invite somebody"</h2>
            <p>"They get a mail with a link to set a password, and set up a second factor when they first sign in."</p>
            <form method="post" action=paths::PEOPLE>{invitation(people, sent)}
                <p class="acts"><button class="btn btn-1">"Invite"</button></p></form>
        </section>
    }
    .into_any()
}

fn invitation(people: &People, sent: Sent) -> impl IntoView + use<> {
    let Sent { problems, typed, .. } = sent;
    let value = |name: &str| typed.get(name).to_owned();
    let mut accounts: Vec<_> =
        people.lines.iter().map(|line| (line.id.0.to_string(), format!("{}, {}", line.name, line.email))).collect();
    accounts.sort_by(|a, b| a.1.cmp(&b.1));
    view! {
        <TextField id="name" label="Name, as colleagues and requesters read it" value=value("name")
            problems=problems.clone() />
        <TextField id="email" label="Mail address" kind="email" value=value("email") problems=problems.clone() />
        {role_fields(&people.products, &typed, &problems)}
        <SelectField id="same_as" name="same_as" label="Another account of the same person"
            hint="Both count as one person wherever two have to agree" first="None" options=accounts
            value=value("same_as") problems />
    }
}

/// Role, product and end of a role that is to be given.
pub(super) fn role_fields(products: &[Choice<String>], typed: &Fields, problems: &Problems) -> impl IntoView + use<> {
    let roles = Role::ALL.iter().map(|role| (role.code().to_owned(), role.label().to_owned())).collect();
    let products = products.iter().map(|one| (one.id.clone(), one.name.clone())).collect();
    let value = |name: &str| typed.get(name).to_owned();
    view! {
        <SelectField id="role" name="role" label="Role" first="Choose a role" options=roles value=value("role")
            problems=problems.clone() />
        <SelectField id="product" name="product" label="For" first="All products" options=products
            value=value("product") problems=problems.clone() />
        <TextField id="until" label="Last day" kind="date" hint="Empty for no end" value=value("until")
            problems=problems.clone() />
    }
}

fn row(line: &PersonLine, zone: Tz) -> impl IntoView + use<> {
    let roles = line.grants.iter().filter(|grant| !grant.is_over).map(|grant| said(grant, zone)).collect::<Vec<_>>();
    let roles = if roles.is_empty() { "none".to_owned() } else { roles.join("; ") };
    let away = line.away_until.map(|until| view! { <small>"away until "{until.short(zone)}</small> });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <a href=paths::person(line.id, "")>{line.name.clone()}</a>" "<small>{line.email.clone()}</small>
            </th>
            <td role="cell" class="c-on">{roles}</td>
            <td role="cell" class="c-who">{account(line)}" "{away}</td>
            <td role="cell" class="c-at">{signed_in(line.signed_in, zone)}</td>
        </tr>
    }
}

/// Where an account stands, in words.
pub(super) fn account(line: &PersonLine) -> &'static str {
    match (line.standing, line.is_armed) {
        (Standing::Disabled, _) => "disabled",
        (Standing::Invited, _) => "invited, has no password yet",
        (Standing::Works, true) => "signs in with a second factor",
        (Standing::Works, false) => "has no second factor yet",
    }
}

pub(super) fn signed_in(at: Option<Instant>, zone: Tz) -> String {
    at.map_or_else(|| "not yet".to_owned(), |at| at.short(zone))
}

/// A role in words: "Agent, Imagegen, until 31 Dec 2026, Dana Okafor stands in".
pub(super) fn said(grant: &GrantLine, zone: Tz) -> String {
    let end = match (grant.ends, grant.is_over) {
        (Some(ends), true) => format!(", ended {}", ends.in_words(zone)),
        (Some(ends), false) => format!(", until {}", ends.in_words(zone)),
        (None, _) => String::new(),
    };
    let deputy = grant.deputy.as_ref().map(|name| format!(", {name} stands in")).unwrap_or_default();
    format!("{}, {}{end}{deputy}", grant.role.label(), grant.place)
}
