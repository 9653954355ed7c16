//! The door: an address and a password. Never says which of the two was wrong.

pub mod server;

use crate::ui::{
    components::{
        error_box::ErrorBox,
        field::TextField,
        notice::{Meaning, Notice},
    },
    form::Problems,
    paths, shell,
};
use leptos::prelude::*;

/// What was typed and where it should lead.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    /// The address.
    pub email: String,
    /// Where to go afterwards, inside this console.
    pub next: String,
    /// True where a password was set just before.
    pub has_password: bool,
    /// What is wrong.
    pub problems: Problems,
}

/// The page.
#[must_use]
pub fn page(form: SignIn) -> AnyView {
    let SignIn { email, next, has_password, problems } = form;
    let done =
        has_password.then(|| view! { <Notice meaning=Meaning::Done lead="Your password is set. Sign in with it." /> });
    shell::door(
        view! {
            <h1>"Sign in"</h1>
            {done}
            <ErrorBox problems=problems.clone() />
            <form method="post" action=paths::SIGNIN>
                <input type="hidden" name="next" value=next />
                <TextField id="email" label="Email address" kind="email" autocomplete="username" value=email
                    problems=problems.clone() />
                <TextField id="password" label="Password" kind="password" autocomplete="current-password" problems />
                <p class="acts"><button class="btn main">"Sign in"</button></p>
            </form>
            <hr />
            <p class="small"><a href=paths::RESET>"You forgot your password?"</a></p>
        }
        .into_any(),
    )
}
