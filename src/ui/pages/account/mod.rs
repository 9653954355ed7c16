//! One's own account: sessions, password, second factor. Shows nobody else's.

pub mod absence;
pub mod authenticator;
mod factors;
pub mod passkey;
pub mod server;

use crate::{
    app::account::{AccountPage, Line},
    ui::{
        components::{
            error_box::ErrorBox,
            field::TextField,
            notice::{Meaning, Notice},
        },
        form::Problems,
        pages::setup::PASSWORD_HINT,
        paths,
    },
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// What stands on the page besides the account.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// What was done before this page was asked for.
    pub done: String,
    /// What is wrong with a form.
    pub problems: Problems,
}

/// The page; `own` is the session that it is shown in.
#[must_use]
pub fn page(account: &AccountPage, own: i64, zone: Tz, sent: Sent) -> AnyView {
    let Sent { done, problems } = sent;
    let done = match done.as_str() {
        "password" => Some("Your password is changed. All your other sessions have ended."),
        "proved" => Some("You have proved who you are. Change your password below."),
        "ended" => Some("The session has ended."),
        "passkey" => Some("The passkey is added. All your other sessions have ended."),
        "passkey-renamed" => Some("The passkey has another name."),
        "passkey-removed" => Some("The passkey is removed. All your other sessions have ended."),
        "authenticator" => Some("The authenticator is set up. All your other sessions have ended."),
        "authenticator-removed" => Some("The authenticator is removed. All your other sessions have ended."),
        "codes" => Some("You have new recovery codes. All your other sessions have ended."),
        "others" => Some("All your other sessions have ended."),
        _ => None,
    };
    view! {
        <ErrorBox problems=problems.clone() />
        <div class="head">
            <div>
                <h1>"Your account"</h1>
                <p class="byline"><span>{account.email.clone()}</span><a href=paths::ABSENCE>"When you are away"</a></p>
            </div>
        </div>
        {done.map(|lead| view! { <Notice meaning=Meaning::Done lead /> })}
        <div class="stack">
            {sessions(account, own, zone)}{factors::section(account, zone)}{password(account.is_proven, problems)}
        </div>
    }
    .into_any()
}

fn sessions(account: &AccountPage, own: i64, zone: Tz) -> impl IntoView + use<> {
    let lines = account.sessions.iter().map(|line| session(line, own, zone)).collect_view();
    let others = (account.sessions.len() > 1).then(|| {
        view! {
            <form method="post" action=paths::ACCOUNT>
                <p class="acts"><button class="btn" name="do" value="others">"End all others"</button></p>
            </form>
        }
    });
    view! {
        <section aria-labelledby="h-sessions">
            <h2 id="h-sessions">"Where you are signed in"</h2>
            <ul class="plain plans" id="sessions">{lines}</ul>
            {others}
        </section>
    }
}

fn session(line: &Line, own: i64, zone: Tz) -> impl IntoView + use<> {
    let (id, place) = (line.id, line.place.clone());
    let times = format!(
        "began {}, last active {}, ends {} at the latest",
        line.created().short(zone),
        line.seen().short(zone),
        line.ends().short(zone)
    );
    let end = if id == own {
        view! { <span class="tag is-ok"><i class="mark" aria-hidden="true"></i>"This session"</span> }.into_any()
    } else {
        view! {
            <form class="inline" method="post" action=paths::ACCOUNT>
                <input type="hidden" name="session" value=id />
                <button class="btn" name="do" value="end">"End it"<span class="sr">": the session from "{place.clone()}</span></button>
            </form>
        }
        .into_any()
    };
    view! { <li><p><b>{place}</b>" "{end}</p><p class="byline"><span>{times}</span></p></li> }
}

/// The fields are there for somebody who has just proved who they are: a page that asks for the proof holds no password.
fn password(is_proven: bool, problems: Problems) -> impl IntoView {
    let is_about_it = problems.of("old").or_else(|| problems.of("new")).is_some();
    let fields = (is_proven || is_about_it).then(|| {
        view! {
            <TextField id="old" label="The password you have" kind="password" autocomplete="current-password"
                problems=problems.clone() />
            <TextField id="new" label="The new one" kind="password" hint=PASSWORD_HINT autocomplete="new-password"
                problems />
        }
    });
    view! {
        <section aria-labelledby="h-password">
            <h2 id="h-password">"Password"</h2>
            <form method="post" action=paths::ACCOUNT>
                {fields}
                <p class="acts"><button class="btn" name="do" value="password">"Change it"</button></p>
            </form>
        </section>
    }
}
