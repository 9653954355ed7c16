//! The button that asks the browser for a passkey. Its script sends the answer with the form that it stands in; where no
//! script runs there is no button, and a word about it.

use crate::ui::{Assets, paths};
use leptos::{nonce::use_nonce, prelude::*};

/// What the browser is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Make a passkey.
    Make,
    /// Sign with one.
    Sign,
}

impl Does {
    /// The browser's word for it.
    const fn code(self) -> &'static str {
        match self {
            Self::Make => "create",
            Self::Sign => "get",
        }
    }
}

/// The button, the hidden field for the answer, and where it is said what came of it. Stands in a form; once on a page.
#[component]
pub fn PasskeyButton(
    /// What the browser is asked to do.
    does: Does,
    /// Where the challenge is asked for.
    challenge: &'static str,
    /// The name of the hidden field.
    #[prop(default = "passkey")]
    field: &'static str,
    /// The words on the button.
    label: &'static str,
    /// The address at which passkeys work.
    #[prop(into)]
    home: String,
) -> impl IntoView {
    let assets = use_context::<Assets>();
    let script = assets.map_or_else(|| paths::PASSKEY_SCRIPT.to_owned(), |assets| assets.passkeys);
    let (nonce, says) = (use_nonce(), format!("{field}-says"));
    view! {
        <input type="hidden" name=field />
        <p class="acts"><button class="btn main" type="button" id=field hidden=true data-passkey=does.code()
            data-challenge=challenge data-field=field data-home=home aria-describedby=says.clone()>{label}</button></p>
        <p class="small" id=says role="status"></p>
        <noscript><p class="small dim">"Passkeys need JavaScript, which this browser does not run here."</p></noscript>
        <script type="module" nonce=nonce src=script></script>
    }
}
