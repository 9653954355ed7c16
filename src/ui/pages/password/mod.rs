//! A password by mail: asking for the link, and setting the password with it. Says the same whether or not there is an
//! account.

pub mod server;

use crate::ui::{
    components::{
        error_box::ErrorBox,
        field::TextField,
        notice::{Meaning, Notice},
    },
    form::Problems,
    pages::setup::PASSWORD_HINT,
    paths, shell,
};
use leptos::prelude::*;

/// Asks for the address.
#[must_use]
pub fn ask(email: &str, problems: Problems) -> AnyView {
    let email = email.to_owned();
    shell::door(
        view! {
            <h1>"A new password"</h1>
            <ErrorBox problems=problems.clone() />
            <form method="post" action=paths::RESET>
                <TextField id="email" label="Email address" hint="We send a link to it." kind="email"
                    autocomplete="username" value=email problems />
                <p class="acts"><button class="btn main">"Send the link"</button></p>
            </form>
            <p class="small"><a href=paths::SIGNIN>"Sign in"</a></p>
        }
        .into_any(),
    )
}

/// After asking; the same for every address.
#[must_use]
pub fn asked() -> AnyView {
    shell::door(
        view! {
            <h1>"Look into your mail"</h1>
            <Notice meaning=Meaning::Info lead="If somebody signs in with this address, a link is on its way.">
                <p>"It counts for half an hour and once. Your second factor stays as it is."</p>
            </Notice>
            <p class="small"><a href=paths::SIGNIN>"Sign in"</a></p>
        }
        .into_any(),
    )
}

/// Sets the password of the account behind a link.
#[must_use]
pub fn set(token: &str, email: &str, problems: Problems) -> AnyView {
    let (action, email) = (paths::password(token), email.to_owned());
    shell::door(
        view! {
            <h1>"Set your password"</h1>
            <ErrorBox problems=problems.clone() />
            <form method="post" action=action>
                <p class="small dim">"For "{email.clone()}</p>
                <input type="hidden" name="username" autocomplete="username" value=email />
                <TextField id="password" label="Password" kind="password" hint=PASSWORD_HINT
                    autocomplete="new-password" problems />
                <p class="acts"><button class="btn main">"Set it"</button></p>
            </form>
        }
        .into_any(),
    )
}
