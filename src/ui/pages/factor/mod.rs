//! Between the password and the console: the code that is asked for, the authenticator that is offered, and the recovery
//! codes, shown once.

pub mod server;

use crate::{
    app::authenticator::Offer,
    ui::{
        components::{
            error_box::ErrorBox,
            field::TextField,
            notice::{Meaning, Notice},
        },
        form::Problems,
        paths, shell,
    },
};
use leptos::prelude::*;

/// Asks for the code of somebody's authenticator.
#[must_use]
pub fn ask(next: &str, problems: Problems) -> AnyView {
    let next = next.to_owned();
    shell::door(
        view! {
            <h1>"Second factor"</h1>
            <ErrorBox problems=problems.clone() />
            <form method="post" action=paths::SECOND>
                <input type="hidden" name="next" value=next />
                <TextField id="code" label="Code" hint="The six digits that your authenticator shows, or a recovery code."
                    autocomplete="one-time-code" problems />
                <p class="acts"><button class="btn main">"Go on"</button></p>
            </form>
            <hr />
            {sign_out()}
            <p class="small dim">"You have neither? Ask your administrator to reset your second factor."</p>
        }
        .into_any(),
    )
}

/// Offers an authenticator to somebody who has none; they can do nothing else.
#[must_use]
pub fn enrol(offer: &Offer, next: &str, problems: Problems) -> AnyView {
    let lead = view! {
        <p>"Everybody here signs in with a second factor. Set yours up now: an authenticator, an app that shows a code
            of six digits which changes every half minute."</p>
    };
    shell::wide_leaf(
        view! {
            <p class="brand">"Recourse"</p>
            <h1>"Set up your authenticator"</h1>
            <ErrorBox problems=problems.clone() />
            {lead}
            {offered(offer, paths::ENROL, next, problems)}
            <hr />
            {sign_out()}
        }
        .into_any(),
    )
}

/// What is offered: the picture, the secret as text, and a field for a code that shows it works.
#[must_use]
pub fn offered(offer: &Offer, action: &'static str, next: &str, problems: Problems) -> AnyView {
    let (picture, secret, next) = (offer.picture.clone(), offer.secret.clone(), next.to_owned());
    view! {
        <ol class="steps">
            <li>
                <p>"Let the app read this square, or type the secret into it."</p>
                <p><img class="square" src=picture width="220" height="220" alt="The secret as a square for the app’s camera" /></p>
                <p><span class="small dim">"Secret: "</span><code class="secret" id="secret">{secret}</code></p>
            </li>
            <li>
                <form method="post" action=action>
                    <input type="hidden" name="next" value=next />
                    <TextField id="code" label="The code that it shows now" autocomplete="one-time-code" problems />
                    <p class="acts"><button class="btn main">"Set it up"</button></p>
                </form>
            </li>
        </ol>
    }
    .into_any()
}

/// The recovery codes, shown once.
#[must_use]
pub fn codes(codes: Vec<String>) -> AnyView {
    let codes = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
    view! {
        <Notice meaning=Meaning::Warning lead="These ten codes are shown only now.">
            <p>"Each opens your account once when your authenticator is lost. Print them or write them down, and keep them
                apart from your password."</p>
        </Notice>
        <ul class="plain codes" id="codes">{codes}</ul>
    }
    .into_any()
}

/// The page after the first authenticator was set up.
#[must_use]
pub fn enrolled(shown: Vec<String>, next: &str) -> AnyView {
    let next = next.to_owned();
    shell::wide_leaf(
        view! {
            <p class="brand">"Recourse"</p>
            <h1>"Your recovery codes"</h1>
            {codes(shown)}
            <p class="acts"><a class="btn main" href=next>"I have kept them; go on"</a></p>
        }
        .into_any(),
    )
}

fn sign_out() -> impl IntoView {
    view! {
        <form class="inline" method="post" action=paths::SIGNOUT>
            <button class="as-link small">"Sign out"</button>
        </form>
    }
}
