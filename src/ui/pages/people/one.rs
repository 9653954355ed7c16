//! One person: their roles, sessions, second factor and account.

use super::{Sent, account, role_fields, said, signed_in};
use crate::{
    app::people::{GrantLine, PersonPage, Standing},
    ui::{
        components::{
            error_box::ErrorBox,
            field::SelectField,
            notice::{Meaning, Notice},
        },
        paths,
    },
};
use leptos::prelude::*;

/// The page.
#[must_use]
pub fn page(person: &PersonPage, sent: &Sent) -> AnyView {
    let line = &person.line;
    let done = match sent.done.as_str() {
        "invited" => Some("Invited. A link to set a password is on its way."),
        "role" => Some("The role is given. All their sessions have ended."),
        "taken" => Some("The role is taken away. All their sessions have ended."),
        "disabled" => Some("Nobody can sign in with this account any more. All its sessions have ended."),
        "enabled" => Some("They can sign in again."),
        "sessions" => Some("All their sessions have ended, on every console."),
        "factor" => Some("They set up another second factor at their next sign-in. All their sessions have ended."),
        "person" => Some("Both accounts count as one person from now on."),
        _ => None,
    };
    let away = person.away.map(|(from, until)| {
        let says = format!(
            "Away from {} to {}. Whoever stands in may do what they may.",
            from.short(person.zone),
            until.short(person.zone)
        );
        view! { <Notice meaning=Meaning::Info lead=says /> }
    });
    view! {
        <ErrorBox problems=sent.problems.clone() />
        <div class="head">
            <div>
                <a class="crumb quiet" href=paths::PEOPLE>"← People"</a>
                <h1>{line.name.clone()}</h1>
                <p class="byline">
                    <span>{line.email.clone()}</span><span>{account(line)}</span>
                    <span>"last sign-in: "{signed_in(line.signed_in, person.zone)}</span>
                </p>
            </div>
        </div>
        {done.map(|lead| view! { <Notice meaning=Meaning::Done lead /> })}
        {away}
        <div class="stack">{roles(person)}{give(person, sent)}{sign_in(person)}{same(person, sent)}</div>
    }
    .into_any()
}

fn roles(person: &PersonPage) -> impl IntoView + use<> {
    let lines = person.line.grants.iter().map(|grant| role(person, grant)).collect_view();
    let none = person.line.grants.is_empty().then(|| view! { <p class="dim">"None: they can do nothing."</p> });
    view! {
        <section aria-labelledby="h-roles"><h2 id="h-roles">"Roles"</h2>{none}<ul class="plain plans" id="roles">{lines}</ul></section>
    }
}

fn role(person: &PersonPage, grant: &GrantLine) -> impl IntoView + use<> {
    let says = said(grant, person.zone);
    let fields = view! {
        <input type="hidden" name="role" value=grant.role.code() />
        <input type="hidden" name="product" value=grant.product.clone().unwrap_or_default() />
    };
    let act = Heavy {
        does: "take",
        id: None,
        opens: view! { "Take away"<span class="sr">": "{says.clone()}</span> }.into_any(),
        means: "They can do nothing by this role any more, and all their sessions end at once.",
        sure: "Take the role away",
    };
    view! { <li><p><b>{says}</b></p>{heavy(person, act, fields)}</li> }
}

/// What is done to somebody else's account, and asked about once more.
struct Heavy {
    /// What the form says it does.
    does: &'static str,
    /// What an error about it names.
    id: Option<&'static str>,
    /// The words on the button that opens the question.
    opens: AnyView,
    /// What it means.
    means: &'static str,
    /// The words on the button that does it.
    sure: &'static str,
}

/// A button that says what it means before it does anything, by a second one.
fn heavy(person: &PersonPage, act: Heavy, fields: impl IntoView) -> impl IntoView {
    let Heavy { does, id, opens, means, sure } = act;
    view! {
        <details class="act from-start" name="act">
            <summary class="btn" id=id>{opens}</summary>
            <form class="sheet" method="post" action=paths::person(person.line.id, "")>
                {fields}
                <p>{means}</p>
                <p class="acts"><button class="btn risk" name="do" value=does>{sure}</button></p>
            </form>
        </details>
    }
}

fn give(person: &PersonPage, sent: &Sent) -> impl IntoView + use<> {
    let deputies = person.others.iter().map(|one| (one.id.0.to_string(), one.name.clone())).collect();
    let (problems, typed) = (sent.problems.clone(), sent.typed.clone());
    let form = (!person.is_own).then(|| {
        view! {
            <p>"A role that is given once more gets the new end and deputy. All their sessions end."</p>
            <form method="post" action=paths::person(person.line.id, "")>
                {role_fields(&person.products, &typed, &problems)}
                <SelectField id="deputy" name="deputy" label="Who stands in while they are away" first="Nobody"
                    options=deputies value=typed.get("deputy").to_owned() problems />
                <p class="acts"><button class="btn" name="do" value="role">"Give the role"</button></p>
            </form>
        }
    });
    let own =
        person.is_own.then(|| view! { <p>"This is your own account: another administrator gives you roles."</p> });
    view! { <section aria-labelledby="h-give"><h2 id="h-give">"Give a role"</h2>{own}{form}</section> }
}

fn sign_in(person: &PersonPage) -> impl IntoView + use<> {
    let sessions = match person.sessions {
        0 => "Signed in nowhere.".to_owned(),
        1 => "Signed in once.".to_owned(),
        n => format!("Signed in {n} times."),
    };
    let is_off = person.line.standing == Standing::Disabled;
    let end = heavy(
        person,
        Heavy {
            does: "sessions",
            id: None,
            opens: "End all sessions".into_any(),
            means: "Whoever is signed in with this account is out at once, on every console, and has to sign in again.",
            sure: "End them all",
        },
        (),
    );
    let factor = (!person.is_own && person.line.is_armed).then(|| {
        let act = Heavy {
            does: "factor",
            id: Some("factor"),
            opens: "Reset the second factor".into_any(),
            means: "Their passkeys, authenticator and recovery codes count no more, and all their sessions end. Whoever has \
                    their password then sets up a new factor: be sure that it is they who ask.",
            sure: "Reset it",
        };
        heavy(person, act, ())
    });
    let disable = (!person.is_own && !is_off).then(|| {
        let act = Heavy {
            does: "disable",
            id: Some("disable"),
            opens: "Disable the account".into_any(),
            means: "Nobody can sign in with it, and all its sessions end at once. What is assigned to them stays theirs; their \
                    deputies stand in no more.",
            sure: "Disable it",
        };
        heavy(person, act, ())
    });
    let enable = (!person.is_own && is_off).then(|| {
        view! {
            <form method="post" action=paths::person(person.line.id, "")>
                <button class="btn" name="do" value="enable" id="disable">"Let them sign in again"</button>
            </form>
        }
    });
    view! {
        <section aria-labelledby="h-sign-in">
            <h2 id="h-sign-in">"Signing in"</h2>
            <p>{sessions}</p>
            <div class="acts">{end}{factor}{disable}{enable}</div>
        </section>
    }
}

fn same(person: &PersonPage, sent: &Sent) -> impl IntoView + use<> {
    let same =
        person.same.iter().map(|one| view! { <li><a href=paths::person(one.id, "")>{one.name.clone()}</a></li> });
    let same = same.collect_view();
    let says =
        if person.same.is_empty() { "No other account is known to be of this person." } else { "Also of this person:" };
    let others = person.others.iter().map(|one| (one.id.0.to_string(), one.name.clone())).collect();
    view! {
        <section aria-labelledby="h-same">
            <h2 id="h-same">"Whose account this is"</h2>
            <p>{says}</p>
            <ul>{same}</ul>
            <form method="post" action=paths::person(person.line.id, "")>
                <SelectField id="other" name="other" label="Another account of the same person"
                    hint="Both count as one person wherever two have to agree; this cannot be undone" first="Choose an account"
                    options=others value=sent.typed.get("other").to_owned() problems=sent.problems.clone() />
                <p class="acts"><button class="btn" name="do" value="person">"They are one person"</button></p>
            </form>
        </section>
    }
}
