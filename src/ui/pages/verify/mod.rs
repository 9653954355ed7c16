//! The page behind the link of a verification mail: for somebody who works nowhere here and knows nothing of this
//! console. No names, no reference, no script; of a link that does not count it never says why.

pub mod server;

use crate::ui::shell;
use leptos::prelude::*;

/// What the page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// The link counts: one button.
    Ask,
    /// It was confirmed.
    Thanks,
    /// The link does not count: used, ended, mistyped or never made; not told apart.
    Gone,
    /// The house cannot look just now.
    Later,
}

impl Leaf {
    /// The page's title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Ask => "Is this request yours?",
            Self::Thanks => "Thank you, it is confirmed",
            Self::Gone => "This link is no longer valid",
            Self::Later => "Please try again in a moment",
        }
    }
}

/// The page.
#[must_use]
pub fn page(leaf: Leaf) -> AnyView {
    let rest = match leaf {
        Leaf::Ask => view! {
            <p>"We sent you this link because somebody asked for something about an account that your mail address belongs to. The mail says what was asked for; once you confirm, we act on it, and what is erased cannot be brought back."</p>
            // without an address the form comes back to this one, so that the token stands nowhere else
            <form method="post">
                <p class="acts after"><button class="btn main">"Yes, the request is mine"</button></p>
            </form>
            <p class="dim after">"If it is not yours, close this page and tell us by answering the mail. Nothing is confirmed unless you press the button."</p>
        }
        .into_any(),
        Leaf::Thanks => view! { <p>"We go on with your request and answer by mail. You can close this page."</p> }.into_any(),
        Leaf::Gone => view! {
            <p>"If you have pressed the button before, all is done and you can close this page."</p>
            <p class="after">"Otherwise the time may be over, or there is a newer link in a later mail. Answer the mail that you got, and we send you a new one."</p>
        }
        .into_any(),
        Leaf::Later => view! { <p>"Nothing was confirmed yet. Wait a few seconds, then load this page again."</p> }.into_any(),
    };
    shell::leaf(view! { <h1>{leaf.title()}</h1> {rest} }.into_any())
}
