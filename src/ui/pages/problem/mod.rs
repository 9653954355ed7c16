//! The page that stands where a page could not: what happened and what to do, nothing of the inside.

use crate::ui::paths;
use leptos::prelude::*;

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Not there, or not this person's to see; the two are not told apart.
    NotFound,
    /// Seen, but not to be done by this person.
    NotAllowed(String),
    /// A button was pressed with answers that do not hold.
    Invalid(Vec<String>),
    /// To be done only by somebody who has just proved who they are.
    Unproved,
    /// Somebody else was quicker.
    Conflict,
    /// The session ended while somebody was writing.
    SignedOut,
    /// Too much to do just now.
    Busy,
    /// The product's own database is away.
    Unanswered,
    /// Anything else.
    Broken,
}

/// What is so while a generation database is away.
pub const AWAY: &str = "The generation database did not answer";

impl Problem {
    /// The page's title.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "There is no such page, or it is not yours to see",
            Self::NotAllowed(_) => "You may not do this",
            Self::Invalid(_) => "This cannot be done as asked",
            Self::Unproved => "Prove again who you are",
            Self::Conflict => "Somebody was quicker",
            Self::SignedOut => "Your session has ended; what you wrote is not lost",
            Self::Busy => "Recourse is busy",
            Self::Unanswered => AWAY,
            Self::Broken => "This did not work",
        }
    }

    fn says(&self) -> Vec<String> {
        let one = |says: &str| vec![says.to_owned()];
        match self {
            Self::NotFound => one("The address may be mistyped, or the case is restricted to other people."),
            Self::NotAllowed(why) => vec![why.clone()],
            Self::Invalid(says) => says.clone(),
            Self::Unproved => one("Nothing was done. Go back, load the page again and send the form once more."),
            Self::Conflict => {
                one("What you wanted to change has changed meanwhile. Open it again and look before you go on.")
            }
            Self::SignedOut => one(
                "Sign in in another tab. Then come back to this one and reload it: your browser offers to send what you wrote again.",
            ),
            Self::Unanswered => one("Nothing was done. Wait a moment, then try again."),
            Self::Busy => one("Nothing was changed. Wait a few seconds, then try again."),
            Self::Broken => one(
                "Nothing was changed. Try again; if it happens once more, tell your administrator the time, the log has the rest.",
            ),
        }
    }
}

/// The page.
#[must_use]
pub fn page(problem: &Problem) -> AnyView {
    let title = problem.title();
    let says = problem.says().into_iter().map(|says| view! { <p>{says}</p> }).collect_view();
    view! {
        <section class="blank first">
            <h1>{title}</h1>
            {says}
            <div class="acts">{way_on(problem)}</div>
        </section>
    }
    .into_any()
}

/// Where to go from here.
fn way_on(problem: &Problem) -> AnyView {
    match problem {
        Problem::SignedOut => {
            view! { <a class="btn" href=paths::SIGNIN target="_blank">"Sign in in another tab"</a> }.into_any()
        }
        _ => view! { <a class="btn" href=paths::HOME>"Go to the start"</a> }.into_any(),
    }
}
