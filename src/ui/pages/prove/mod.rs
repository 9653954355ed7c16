//! Asks again who somebody is, before something that cannot be taken back. The form that was sent stands in it, hidden, and
//! is sent again together with the proof: nothing that was typed is lost but passwords, and nothing was done yet.

pub mod server;

use crate::{
    app::proving::Means,
    ui::{
        components::{
            error_box::ErrorBox,
            field::TextField,
            notice::{Meaning, Notice},
            passkey::{Does, PasskeyButton},
        },
        form::{Fields, Problems, SECRETS},
        pages::factor::{code_field, go_on},
        paths, shell,
    },
};
use leptos::prelude::*;

/// The field of the proof; no form of the console has one of this name.
pub const PROOF: &str = "prove-again";

/// The field of a passkey's answer. Its name begins with the other one's.
pub const PROOF_BY_PASSKEY: &str = "prove-again-by-passkey";

/// The page: `action` is where the form was sent, `sent` what was in it, `home` the address at which passkeys work.
#[must_use]
pub fn page(action: &str, sent: &Fields, means: Means, home: &str, problems: Problems) -> AnyView {
    let (action, home) = (action.to_owned(), home.to_owned());
    let is_secret = |name: &str| SECRETS.contains(&name);
    let kept = if sent.0.iter().any(|(name, _)| is_secret(name)) {
        "What you typed is kept and is sent with your proof, but for passwords: type those again afterwards."
    } else {
        "What you typed is kept and is sent with your proof."
    };
    let hidden = sent
        .0
        .iter()
        .filter(|(name, _)| !name.starts_with(PROOF) && !is_secret(name))
        .map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone() /> })
        .collect_view();
    let passkey = means.passkey.then(|| {
        view! {
            <PasskeyButton does=Does::Sign challenge=paths::PROOF_CHALLENGE field=PROOF_BY_PASSKEY
                label="Use your passkey" home />
            <hr />
        }
    });
    let field = if means.password {
        view! {
            <TextField id=PROOF label="Password" kind="password" autocomplete="current-password" problems=problems.clone() />
        }
        .into_any()
    } else {
        code_field(PROOF, means, problems.clone()).into_any()
    };
    shell::door(
        view! {
            <h1>"Prove again who you are"</h1>
            <ErrorBox problems />
            <Notice meaning=Meaning::Info lead="Nothing was done yet.">
                <p>"What you asked for cannot be taken back, and you signed in more than ten minutes ago. "{kept}</p>
            </Notice>
            <form method="post" action=action>
                {hidden}{passkey}{field}
                <p class="acts"><button class=go_on(means)>"Go on"</button></p>
            </form>
            <p class="small"><a href=paths::HOME>"Do nothing"</a></p>
        }
        .into_any(),
    )
}
