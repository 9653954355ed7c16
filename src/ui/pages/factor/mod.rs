//! Between the password and the console: the passkey or code that is asked for, what is offered to somebody who has none,
//! and the recovery codes, shown once.

pub mod server;

use crate::{
    app::{authenticator::Offer, proving::Means},
    ui::{
        components::{
            error_box::ErrorBox,
            field::TextField,
            notice::{Meaning, Notice},
            passkey::{Does, PasskeyButton},
        },
        form::Problems,
        paths, shell,
    },
};
use leptos::prelude::*;

/// Asks for a passkey or a code of somebody who has one.
#[must_use]
pub fn ask(next: &str, means: Means, home: &str, problems: Problems) -> AnyView {
    let (next, home) = (next.to_owned(), home.to_owned());
    let passkey = means.passkey.then(|| {
        view! {
            <form method="post" action=paths::SECOND>
                <input type="hidden" name="next" value=next.clone() />
                <PasskeyButton does=Does::Sign challenge=paths::DOOR_CHALLENGE label="Use your passkey" home />
            </form>
            <hr />
        }
    });
    shell::door(
        view! {
            <h1>"Second factor"</h1>
            <ErrorBox problems=problems.clone() />
            {passkey}
            <form method="post" action=paths::SECOND>
                <input type="hidden" name="next" value=next />
                {code_field("code", means, problems)}
                <p class="acts"><button class=go_on(means)>"Go on"</button></p>
            </form>
            <hr />
            {sign_out()}
            <p class="small dim">"You have none of these? Ask your administrator to reset your second factor."</p>
        }
        .into_any(),
    )
}

/// The field for a code: of an authenticator or, for somebody who has none, a recovery code.
#[must_use]
pub fn code_field(id: &'static str, means: Means, problems: Problems) -> impl IntoView {
    let (label, hint) = if means.authenticator {
        ("Code", "The six digits that your authenticator shows, or a recovery code.")
    } else {
        ("Recovery code", "One of the ten that you were shown when you set up your second factor.")
    };
    view! { <TextField id label hint autocomplete="one-time-code" problems /> }
}

/// The class of the button under that field: the main one of its page where there is no passkey.
#[must_use]
pub const fn go_on(means: Means) -> &'static str {
    if means.passkey { "btn" } else { "btn main" }
}

/// What is offered at the door.
#[derive(Debug, Clone)]
pub struct AtTheDoor {
    /// An authenticator.
    pub authenticator: Offer,
    /// Why passkeys cannot be used here, where they cannot.
    pub why_no_passkeys: Option<&'static str>,
    /// The address at which they work.
    pub home: String,
    /// What somebody calls the passkey that is not made yet.
    pub name: String,
}

/// Offers a passkey and an authenticator to somebody who has no factor; they can do nothing else.
#[must_use]
pub fn enrol(offer: AtTheDoor, next: &str, problems: Problems) -> AnyView {
    let AtTheDoor { authenticator, why_no_passkeys, home, name } = offer;
    shell::wide_leaf(
        view! {
            <p class="brand">"Recourse"</p>
            <h1>"Set up your second factor"</h1>
            <ErrorBox problems=problems.clone() />
            <p>"Everybody here signs in with a second factor. Set yours up now: a passkey, or an authenticator app."</p>
            <div class="stack">
                <section class="factors" aria-labelledby="h-passkey">
                    <h2 id="h-passkey">"A passkey"</h2>
                    {new_passkey((why_no_passkeys, home), (paths::ENROL, paths::DOOR_CHALLENGE), next, name)}
                </section>
                <section class="factors" aria-labelledby="h-app">
                    <h2 id="h-app">"An authenticator app"</h2>
                    <p>"An app that shows a code of six digits which changes every half minute."</p>
                    {offered(&authenticator, paths::ENROL, next, problems)}
                </section>
            </div>
            <hr />
            {sign_out()}
        }
        .into_any(),
    )
}

/// What makes a passkey, or why there is none here: posts to `action`, asks for its challenge at `challenge`.
#[must_use]
pub fn new_passkey(
    (why_not, home): (Option<&'static str>, String),
    (action, challenge): (&'static str, &'static str),
    next: &str,
    name: String,
) -> AnyView {
    if let Some(says) = why_not {
        return view! { <p class="dim">{says}</p> }.into_any();
    }
    let next = next.to_owned();
    view! {
        <p>"Kept by your phone, your computer, a security key or a password manager, which asks for your finger, your face
            or a PIN. It cannot be guessed, and works at this console only."</p>
        <form method="post" action=action>
            <input type="hidden" name="next" value=next />
            <TextField id="name" label="What you call it" hint="So that you know it from others: laptop, red key." value=name
                problems=Problems::default() />
            <PasskeyButton does=Does::Make challenge label="Make a passkey" home />
        </form>
    }
    .into_any()
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
            <p>"Each opens your account once when your passkey or authenticator is lost. Print them or write them down, and keep them
                apart from your password."</p>
        </Notice>
        <ul class="plain codes" id="codes">{codes}</ul>
    }
    .into_any()
}

/// The page after the first factor was set up.
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
