//! Asks again who somebody is, before something that cannot be taken back. The form that was sent stands in it, hidden, and
//! is sent again together with the proof: nothing that was typed is lost but passwords, and nothing was done yet.

use crate::{
    app::proving::Means,
    ui::{
        components::{
            error_box::ErrorBox,
            field::TextField,
            notice::{Meaning, Notice},
        },
        form::{Fields, Problems, SECRETS},
        paths, shell,
    },
};
use leptos::prelude::*;

/// The field of the proof; no form of the console has one of this name.
pub const PROOF: &str = "prove-again";

/// The page: `action` is where the form was sent, `sent` what was in it.
#[must_use]
pub fn page(action: &str, sent: &Fields, means: Means, problems: Problems) -> AnyView {
    let action = action.to_owned();
    let is_secret = |name: &str| SECRETS.contains(&name);
    let kept = if sent.0.iter().any(|(name, _)| is_secret(name)) {
        "What you typed is kept and is sent with your proof, but for passwords: type those again afterwards."
    } else {
        "What you typed is kept and is sent with your proof."
    };
    let hidden = sent
        .0
        .iter()
        .filter(|(name, _)| name != PROOF && !is_secret(name))
        .map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone() /> })
        .collect_view();
    let field = if means.code {
        view! {
            <TextField id=PROOF label="Code" hint="The six digits that your authenticator shows, or a recovery code."
                autocomplete="one-time-code" problems=problems.clone() />
        }
        .into_any()
    } else {
        view! {
            <TextField id=PROOF label="Password" kind="password" autocomplete="current-password" problems=problems.clone() />
        }
        .into_any()
    };
    shell::door(
        view! {
            <h1>"Prove again who you are"</h1>
            <ErrorBox problems />
            <Notice meaning=Meaning::Info lead="Nothing was done yet.">
                <p>"What you asked for cannot be taken back, and you signed in more than ten minutes ago. "{kept}</p>
            </Notice>
            <form method="post" action=action>
                {hidden}{field}
                <p class="acts"><button class="btn main">"Go on"</button></p>
            </form>
            <p class="small"><a href=paths::HOME>"Do nothing"</a></p>
        }
        .into_any(),
    )
}
