//! The page of a case for a person without any address: they work nowhere here and know nothing of this console. It opens
//! with the code and the PIN that they were handed; no script, no session. What does not open never says why.

pub mod server;

use crate::{
    app::pickup::{KeptCopy, KeptLetter, Standing},
    ui::{
        components::{error_box::ErrorBox, field::Field},
        form::Problems,
        pages::verify::groups,
        paths, render, shell,
    },
};
use leptos::prelude::*;

/// What was typed to open the page; goes along with every form on it, since nothing else remembers it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// The code.
    pub code: String,
    /// The PIN.
    pub pin: String,
    /// A message that could not be taken.
    pub text: String,
}

/// What the page says.
pub enum Leaf {
    /// A field for the code and one for the PIN, with what was wrong with the last try.
    Ask(Problems),
    /// Where the case stands, with what was wrong with a message.
    Open(Box<Standing>, Typed, Problems),
    /// A code for the copy, in its groups.
    Code(String),
    /// The house cannot look just now.
    Later,
}

impl Leaf {
    /// The page's title.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Ask(_) => "Your request",
            Self::Open(..) => "Where your request stands",
            Self::Code(_) => "Write down this code",
            Self::Later => "Please try again in a moment",
        }
    }
}

/// The page.
#[must_use]
pub fn page(leaf: Leaf) -> AnyView {
    let title = leaf.title();
    match leaf {
        Leaf::Ask(problems) => ask(title, problems),
        Leaf::Open(standing, typed, problems) => open(title, *standing, &typed, problems),
        Leaf::Code(code) => shell::leaf(
            view! {
                <h1>{title}</h1>
                <p>"It opens the copy of your data. We show it now and never again."</p>
                <p class="code" id="code">{groups(&code)}</p>
                <p>"Keep it where only you can see it. The page of the copy asks for it; the way there is on the page of your request."</p>
                <p class="after"><a href=paths::PICKUP>"Back to your request"</a></p>
            }
            .into_any(),
        ),
        Leaf::Later => shell::leaf(
            view! { <h1>{title}</h1> <p>"Nothing was lost. Wait a few seconds, then load this page again."</p> }
                .into_any(),
        ),
    }
}

fn ask(title: &'static str, problems: Problems) -> AnyView {
    let (bad_code, of_code) = (problems.invalid("code"), problems.described("code", true));
    let (bad_pin, of_pin) = (problems.invalid("pin"), problems.described("pin", true));
    let body = view! {
        <h1>{title}</h1>
        <p>"See where your request stands, read our answers, and write to us. You were given a case code and a PIN when we took your request down."</p>
        <ErrorBox problems=problems.clone() />
        <form method="post" action=paths::PICKUP class="after">
            <Field id="code" label="Case code" hint="Eight letters and digits, for example 7K3M-9PQ2" problems=problems.clone()>
                <input id="code" name="code" class="mono" autocomplete="off" autocapitalize="characters" spellcheck="false"
                    maxlength="40" aria-invalid=bad_code aria-describedby=of_code />
            </Field>
            <Field id="pin" label="PIN" hint="Six digits" problems>
                <input id="pin" name="pin" class="mono" inputmode="numeric" autocomplete="off" maxlength="20"
                    aria-invalid=bad_pin aria-describedby=of_pin />
            </Field>
            <p class="acts"><button class="btn main">"Open"</button></p>
        </form>
        <p class="dim after">"Lost one of them? Ask where you made your request; you get a new PIN there."</p>
    };
    shell::leaf(body.into_any())
}

fn open(title: &'static str, standing: Standing, typed: &Typed, problems: Problems) -> AnyView {
    let Standing { product, reference, says, dates, letters, copy, may_write, zone } = standing;
    let about = reference.map_or_else(|| product.clone(), |reference| format!("{product}, number {reference}"));
    let dates = dates.into_iter().map(|(what, at)| view! { <p>{format!("{what} {}.", at.in_words(zone))}</p> });
    let write = may_write.then(|| message(typed, problems.clone()));
    let body = view! {
        <ErrorBox problems />
        <h1>{title}</h1>
        <p class="dim">{about}</p>
        <p class="after"><b>{says}</b></p>
        {dates.collect_view()}
        {copy.map(|copy| fetch(&copy, typed, zone))}
        {letters.into_iter().map(|letter| words(letter, zone)).collect_view()}
        {write}
        <p class="dim after">"Close this page when you are done. Whoever has code and PIN can open it again."</p>
    };
    shell::wide_leaf(body.into_any())
}

/// A letter, or what the person wrote, in its own lines.
fn words(letter: KeptLetter, zone: chrono_tz::Tz) -> impl IntoView {
    let KeptLetter { at, theirs, subject, text } = letter;
    let lead = if theirs { "You wrote".to_owned() } else { subject };
    let class = if theirs { "kept theirs" } else { "kept" };
    view! {
        <article class=class>
            <h2 dir="auto">{lead}</h2>
            <p class="dim"><time datetime=at.rfc3339()>{at.in_words(zone)}</time></p>
            <div class="words" dir="auto">{text}</div>
        </article>
    }
}

/// The way to the copy, and to its code.
fn fetch(copy: &KeptCopy, typed: &Typed, zone: chrono_tz::Tz) -> AnyView {
    let until = copy.until.in_words(zone);
    if !copy.works {
        return view! { <p class="after">"The copy of your data was opened as often as it may be. Write to us below, and we make a new one."</p> }
            .into_any();
    }
    view! {
        <section class="after" aria-labelledby="h-copy">
            <h2 id="h-copy">"The copy of your data"</h2>
            <p>{format!("It is here until {until}, and opens with a code of its own.")}</p>
            <form method="post" action=paths::PICKUP>
                {key(typed)}
                <p class="acts"><a class="btn main" href=copy.link.clone()>"To the copy"</a>
                    <button class="btn" name="do" value="code" aria-describedby="code-says">"Show me a new code"</button></p>
                <p class="dim" id="code-says">"It is shown once. An older one then no longer opens the copy."</p>
            </form>
        </section>
    }
    .into_any()
}

fn message(typed: &Typed, problems: Problems) -> impl IntoView + use<> {
    let (invalid, described) = (problems.invalid("text"), problems.described("text", true));
    let text = render::raw_text(&typed.text);
    view! {
        <form method="post" action=paths::PICKUP class="after">
            {key(typed)}
            <input type="hidden" name="do" value="write" />
            <Field id="text" label="Write to us" hint="At most 10,000 characters, no files; please leave passwords and card numbers out." problems>
                <textarea id="text" name="text" rows="5" dir="auto" maxlength="10000" aria-invalid=invalid
                    aria-describedby=described inner_html=text></textarea>
            </Field>
            <p class="acts"><button class="btn main">"Send"</button></p>
        </form>
    }
}

fn key(typed: &Typed) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="code" value=typed.code.clone() />
        <input type="hidden" name="pin" value=typed.pin.clone() />
    }
}
