//! The page behind the link to a copy of somebody's data: for a person who works nowhere here. It asks for the code and
//! offers the two archives; no names, no reference, no script. Of a link that does not count it never says why.

pub mod server;

use crate::{
    app::exports::{Offer, OfferedPart},
    ui::{components::error_box::ErrorBox, form::Problems, pages::case::timeline::size, paths, shell},
};
use leptos::prelude::*;

/// What the page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// The link counts: a field for the code and two buttons, with what was wrong with the last try.
    Open(Offer, Problems),
    /// A new code is on its way to the address on record.
    Asked,
    /// The archive is given its password; the page looks again by itself.
    Making,
    /// The link does not count: ended, withdrawn, mistyped or never made; not told apart.
    Gone,
    /// The house cannot look just now.
    Later,
}

impl Leaf {
    /// The page's title.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Open(..) => "The copy of your data",
            Self::Asked => "Look into your mail",
            Self::Making => "One moment",
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
        Leaf::Open(offer, problems) => return open(&offer, &problems),
        Leaf::Asked => view! {
            <p>"A mail with a link for a new code goes to your address, unless one went there in the last ten minutes. Press the button on its page, and you are shown a new code; from then on the old one no longer works."</p>
            <p class="after">"Then come back to this link with the new code."</p>
        }
        .into_any(),
        Leaf::Making => view! {
            <p>"We are putting your password on the archive. This page looks again every few seconds; the download then begins by itself."</p>
            <p class="after"><a href="">"Look again"</a></p>
        }
        .into_any(),
        Leaf::Gone => view! {
            <p>"Its time may be over, or it was withdrawn; the copy is destroyed then."</p>
            <p class="after">"You can ask for a new copy at any time: answer the mail that you got."</p>
        }
        .into_any(),
        Leaf::Later => view! { <p>"Nothing was used up. Wait a few seconds, then load this page again."</p> }.into_any(),
    };
    shell::leaf(view! { <h1>{title}</h1> {rest} }.into_any())
}

fn open(offer: &Offer, problems: &Problems) -> AnyView {
    if offer.parts.iter().all(|part| part.left == 0) {
        return spent(offer);
    }
    let (invalid, described) = (problems.invalid("code"), problems.described("code", true));
    let error = problems.of("code").map(|says| {
        view! {
            <span class="error is-over" id="code-error"><i class="mark" aria-hidden="true"></i>
                <span><span class="sr">"Error: "</span>{says}</span></span>
        }
    });
    let until = offer.until.in_words(offer.zone);
    let (says, buttons) = match offer.parts.as_slice() {
        [one] => {
            let says = format!(
                "From {}: one archive of {}. It is here until {until}. {}",
                offer.product,
                size(one.bytes),
                left(one.left)
            );
            (says, one_archive())
        }
        several => {
            let bytes = size(several.iter().map(|part| part.bytes).sum());
            let says = format!(
                "From {}: {} archives, together {bytes}. They are here until {until}. Each can be read by itself, and all of them open with the same code.",
                offer.product,
                several.len()
            );
            (says, archives(several))
        }
    };
    let body = view! {
        <ErrorBox problems=problems.clone() />
        <h1>"The copy of your data"</h1>
        <p>{says}</p>
        // without an address the form comes back to this one, so that the token stands nowhere else
        <form method="post" class="after">
            <div class="field">
                <label for="code">"Your code"</label>
                <span class="hint" id="code-hint">"Twenty letters and digits, shown when you confirmed that the request is yours. It stands in no mail."</span>
                {error}
                <input id="code" name="code" class="mono" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="60"
                    aria-invalid=invalid aria-describedby=described />
            </div>
            {buttons}
            <p class="dim" id="locked-hint">"With a password, every file in the archive is encrypted (AES-256), and your code is the password: in capital letters, with its three hyphens. Choose it where others use the same computer; 7-Zip and most other programs open it, the file manager of Windows does not."</p>
        </form>
        {lost(offer.by_mail)}
    };
    shell::leaf(body.into_any())
}

/// How somebody without a code gets one.
fn lost(by_mail: bool) -> AnyView {
    if !by_mail {
        return view! { <p class="after">"You have no code, or lost it? "<a href=paths::PICKUP>"The page of your request"</a>" shows you a new one."</p> }
            .into_any();
    }
    view! {
        <form method="post" class="after">
            <p class="acts"><button class="btn" name="do" value="lost">"I have no code, or lost it"</button></p>
            <p class="dim">"We send a link for a new one to your mail address."</p>
        </form>
    }
    .into_any()
}

fn left(times: i64) -> String {
    match times {
        0 => "It was opened as often as it may be.".to_owned(),
        1 => "It can be opened once more.".to_owned(),
        n => format!("It can be opened {n} times."),
    }
}

fn one_archive() -> AnyView {
    view! {
        <p class="acts"><button class="btn main" name="do" value="plain">"Download the copy"</button>
            <button class="btn" name="do" value="locked" aria-describedby="locked-hint">"Download with a password"</button></p>
    }
    .into_any()
}

/// A line each, with its own buttons; one that was opened as often as it may be has none.
fn archives(parts: &[OfferedPart]) -> AnyView {
    let of = parts.len();
    let lines = parts.iter().map(|part| {
        let n = part.part;
        let (id, what) = (format!("part-{n}"), format!("Part {n} of {of}"));
        let buttons = (part.left > 0).then(|| {
            view! {
                <p class="acts">
                    <button class="btn main" name="do" value=format!("plain.{n}") aria-describedby=id.clone()>
                        "Download"<span class="sr">{format!(" part {n}")}</span></button>
                    <button class="btn" name="do" value=format!("locked.{n}") aria-describedby="locked-hint">
                        "With a password"<span class="sr">{format!(", part {n}")}</span></button>
                </p>
            }
        });
        view! {
            <li>
                <p id=id.clone()><b>{what}</b>{format!(", {}. {}", size(part.bytes), left(part.left))}</p>
                {buttons}
            </li>
        }
    });
    view! { <ul class="plain archives">{lines.collect_view()}</ul> }.into_any()
}

/// A copy that was opened as often as it may be: there is nothing to press.
fn spent(offer: &Offer) -> AnyView {
    let body = view! {
        <h1>"The copy of your data"</h1>
        <p>{format!("The copy from {} was opened as often as it may be.", offer.product)}</p>
        <p class="after">"If you could not save it, answer the mail that the link was in, and we make a new one."</p>
    };
    shell::leaf(body.into_any())
}
