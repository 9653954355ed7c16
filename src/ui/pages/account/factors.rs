//! The second factors of one's own account: passkeys, the authenticator, and how many recovery codes are left.

use crate::{
    app::{account::AccountPage, passkeys::Line, remove_factor::Which},
    ui::{components::field::Field, form::Problems, paths},
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// The section of the account's page.
pub fn section(account: &AccountPage, zone: Tz) -> impl IntoView + use<> {
    let none = (!account.is_armed())
        .then(|| view! { <p>"You have none yet. A stolen password is enough to get in as you."</p> });
    view! {
        <section class="factors" aria-labelledby="h-factor">
            <h2 id="h-factor">"Second factor"</h2>
            {none}
            {passkeys(account, zone)}
            {authenticator(account, zone)}
            {codes(account)}
        </section>
    }
}

fn passkeys(account: &AccountPage, zone: Tz) -> impl IntoView + use<> {
    let lines = account
        .passkeys
        .iter()
        .map(|line| passkey(line, account.may_remove(Which::Passkey(line.id())), zone))
        .collect_view();
    let list = (!account.passkeys.is_empty()).then(|| view! { <ul class="plain plans" id="passkeys">{lines}</ul> });
    let add = match account.why_no_passkeys {
        None => view! { <p><a href=paths::PASSKEY>"Add a passkey"</a></p> }.into_any(),
        Some(says) => view! { <p class="dim">{says}</p> }.into_any(),
    };
    view! { <h3>"Passkeys"</h3>{list}{add} }
}

fn passkey(line: &Line, may_remove: bool, zone: Tz) -> impl IntoView + use<> {
    let (id, name) = (line.id().0, line.name.clone());
    let used = line.used().map_or_else(|| "never used".to_owned(), |at| format!("last used {}", at.short(zone)));
    let times = format!("added {}, {used}", line.made().short(zone));
    let doubted = line.doubted().map(|at| {
        view! {
            <span class="tag is-over"><i class="mark" aria-hidden="true"></i>
                {format!("Does not count since {}", at.short(zone))}</span>
            <p class="small">"Its count of uses went back: somebody may have made a copy of it. Add another, then remove it."</p>
        }
    });
    let end = if may_remove {
        view! {
            <form class="inline" method="post" action=paths::ACCOUNT>
                <input type="hidden" name="passkey" value=id />
                <button class="btn" name="do" value="remove-passkey">"Remove it"<span
                    class="sr">": the passkey "{name.clone()}</span></button>
            </form>
        }
        .into_any()
    } else {
        view! { <span class="small dim">"Your last factor; add another one before you remove it."</span> }.into_any()
    };
    let field = format!("name-{id}");
    view! {
        <li>
            <p><b>{name.clone()}</b>" "{end}</p>
            <p class="byline"><span>{times}</span></p>
            {doubted}
            <details>
                <summary class="small">"Call it something else"<span class="sr">": the passkey "{name.clone()}</span></summary>
                <form method="post" action=paths::ACCOUNT>
                    <input type="hidden" name="passkey" value=id />
                    <Field id=field.clone() label="What you call it" problems=Problems::default()>
                        <input id=field name="name" value=name autocomplete="off" maxlength="60" required=true />
                    </Field>
                    <p class="acts"><button class="btn" name="do" value="rename-passkey">"Rename it"</button></p>
                </form>
            </details>
        </li>
    }
}

fn authenticator(account: &AccountPage, zone: Tz) -> impl IntoView + use<> {
    let (stands, does) = match account.authenticator {
        Some(since) => (format!("Set up {}.", since.short(zone)), "Set up another in its place"),
        None => ("None.".to_owned(), "Set up an authenticator"),
    };
    let may_remove = account.authenticator.is_some() && account.may_remove(Which::Authenticator);
    let remove = may_remove.then(
        || view! { <button class="btn" name="do" value="remove-authenticator">"Remove the authenticator"</button> },
    );
    view! {
        <h3>"Authenticator app"</h3>
        <p>{stands}</p>
        <form method="post" action=paths::ACCOUNT>
            <p class="acts"><button class="btn" name="do" value="authenticator">{does}</button>{remove}</p>
        </form>
    }
}

fn codes(account: &AccountPage) -> Option<impl IntoView + use<>> {
    let left = match account.codes_left {
        0 => "No recovery code is left.".to_owned(),
        1 => "One recovery code is left.".to_owned(),
        n => format!("{n} recovery codes are left."),
    };
    account.is_armed().then(|| {
        view! {
            <h3>"Recovery codes"</h3>
            <p>{left}</p>
            <form method="post" action=paths::ACCOUNT>
                <p class="acts"><button class="btn" name="do" value="codes">"Make new recovery codes"</button></p>
            </form>
        }
    })
}
