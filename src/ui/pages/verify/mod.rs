//! The page behind the link of a verification mail: for somebody who works nowhere here and knows nothing of this
//! console. No names, no reference, no script; of a link that does not count it never says why.

pub mod server;

use crate::ui::shell;
use leptos::prelude::*;

/// What the page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// The link counts: one button.
    Ask,
    /// The link counts and shows a new code: one button.
    AskCode,
    /// It was confirmed.
    Thanks,
    /// It was confirmed, and this code, in its groups, opens the copy that was asked for.
    Code(String),
    /// The link does not count: used, ended, mistyped or never made; not told apart.
    Gone,
    /// The house cannot look just now.
    Later,
}

impl Leaf {
    /// The page's title.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Ask => "Is this request yours?",
            Self::AskCode => "A new code for the copy of your data",
            Self::Thanks => "Thank you, it is confirmed",
            Self::Code(_) => "Confirmed. Write down this code",
            Self::Gone => "This link is no longer valid",
            Self::Later => "Please try again in a moment",
        }
    }
}

/// The page.
#[must_use]
pub fn page(leaf: Leaf) -> AnyView {
    let title = leaf.title();
    let rest = match leaf {
        Leaf::Ask => view! {
            <p>"We sent you this link because somebody asked for something about an account that your mail address belongs to. The mail says what was asked for; once you confirm, we act on it. What is erased cannot be brought back; if you asked for a copy, the next page shows the code that opens it."</p>
            // without an address the form comes back to this one, so that the token stands nowhere else
            <form method="post">
                <p class="acts after"><button class="btn main">"Yes, the request is mine"</button></p>
            </form>
            <p class="dim after">"If it is not yours, close this page and tell us by answering the mail. Nothing is confirmed unless you press the button."</p>
        }
        .into_any(),
        Leaf::AskCode => view! {
            <p>"Somebody who has the link to the copy of your data asked for a new code. If it was you, press the button: the code is shown once, and from then on the old one no longer opens the copy."</p>
            <form method="post">
                <p class="acts after"><button class="btn main">"Show me the new code"</button></p>
            </form>
            <p class="dim after">"If it was not you, close this page and tell us by answering the mail."</p>
        }
        .into_any(),
        Leaf::Code(code) => view! {
            <p>"It opens the copy of your data. We show it now and never again, and it stands in no mail."</p>
            <p class="code" id="code">{groups(&code)}</p>
            <p>"Keep it where only you can see it: on paper, or in a password manager. The page behind the link to the copy asks for this code; the link comes, or came, in a mail of its own."</p>
            <p class="dim after">"Lost it? The page behind that link can send you a new one. You can close this page once you have written the code down."</p>
        }
        .into_any(),
        Leaf::Thanks => view! { <p>"We go on with your request and answer by mail. You can close this page."</p> }.into_any(),
        Leaf::Gone => view! {
            <p>"If you have pressed the button before, it is done. If it was about a copy of your data and you did not write the code down, the page behind the link to the copy gets you a new one."</p>
            <p class="after">"Otherwise the time may be over, or there is a newer link in a later mail. Answer the mail that you got, and we send you a new one."</p>
        }
        .into_any(),
        Leaf::Later => view! { <p>"Nothing was confirmed yet. Wait a few seconds, then load this page again."</p> }.into_any(),
    };
    shell::leaf(view! { <h1>{title}</h1> {rest} }.into_any())
}

/// The groups of a code, each to stay whole on its line.
pub fn groups(code: &str) -> impl IntoView + use<> {
    code.split_inclusive('-').map(|group| view! { <span>{group.to_owned()}</span> }).collect_view()
}
