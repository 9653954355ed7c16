//! The first account of a new house, by the link that the console printed.

pub mod server;

use crate::ui::{
    components::{error_box::ErrorBox, field::TextField},
    form::Problems,
    paths, shell,
};
use leptos::prelude::*;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct First {
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// What is wrong.
    pub problems: Problems,
}

/// What a new password has to be, as fields say it.
pub const PASSWORD_HINT: &str =
    "At least twelve characters; several words that have nothing to do with each other are good.";

/// The page.
#[must_use]
pub fn page(token: &str, form: First) -> AnyView {
    let First { email, name, problems } = form;
    let action = paths::setup(token);
    shell::door(
        view! {
            <h1>"The first account"</h1>
            <ErrorBox problems=problems.clone() />
            <p>"It may do everything, and invites everybody else under People."</p>
            <form method="post" action=action>
                <TextField id="name" label="Your name" hint="As colleagues and requesters read it." autocomplete="name"
                    value=name problems=problems.clone() />
                <TextField id="email" label="Email address" kind="email" autocomplete="username" value=email
                    problems=problems.clone() />
                <TextField id="password" label="Password" kind="password" hint=PASSWORD_HINT
                    autocomplete="new-password" problems />
                <p class="acts"><button class="btn main">"Make the account"</button></p>
            </form>
        }
        .into_any(),
    )
}
