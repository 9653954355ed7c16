//! The HTML version of a mail: a link until somebody follows it, then a frame that can do nothing.

use super::look::{Html, Look};
use crate::{
    app::reading::{Rich, Version},
    domain::identity::{MessageId, Reference},
    ui::paths,
};
use leptos::{either::Either, prelude::*};

/// The link, or the frame where this mail is the one that was asked for.
pub fn version(reference: Reference, message: MessageId, look: &Look) -> AnyView {
    match look.html.clone().filter(|html| html.message == message) {
        None => view! {
            <p class="written small"><a href=paths::case_html(reference, message, false)>"As it was written (HTML)"</a></p>
        }
        .into_any(),
        Some(html) => opened(reference, html),
    }
}

fn opened(reference: Reference, html: Html) -> AnyView {
    let Html { message, with_pictures, version } = html;
    let close = view! { <a href=paths::mail_of_case(reference, message)>"Show the text only"</a> };
    let rich = match version {
        Version::Html(rich) => rich,
        Version::TooMuch => {
            let says = "Its HTML is larger or more tangled than a letter can be, so only the text is shown. ";
            return view! { <p class="written small">{says}{close}</p> }.into_any();
        }
        Version::None => return view! { <p class="written small">"There is no HTML version. "{close}</p> }.into_any(),
    };
    view! {
        <div class="written">
            <p class="small">
                <b>"As it was written (HTML)"</b>
                {pictures(reference, message, with_pictures, &rich)}
                {close}
            </p>
            {kept_out(&rich)}
            <iframe sandbox="" src=paths::html(reference, message, with_pictures)
                referrerpolicy="no-referrer" title="The mail as it was written"></iframe>
        </div>
    }
    .into_any()
}

fn pictures(
    reference: Reference,
    message: MessageId,
    with_pictures: bool,
    rich: &Rich,
) -> Option<impl IntoView + use<>> {
    let (count, shown) = (rich.pictures, rich.shown);
    let what = |count: usize| if count == 1 { "the picture".to_owned() } else { format!("the {count} pictures") };
    (count > 0).then(|| {
        if with_pictures {
            let says = if shown == count {
                format!("With {} of this mail", what(count))
            } else {
                format!("{shown} of {count} pictures can be shown")
            };
            Either::Left(view! { <span>{says}</span> })
        } else {
            let href = paths::case_html(reference, message, true);
            Either::Right(view! { <a href=href>{format!("Show {} of this mail", what(count))}</a> })
        }
    })
}

/// What the mail wanted and did not get.
fn kept_out(rich: &Rich) -> Option<impl IntoView + use<>> {
    let remote = rich.remote;
    (remote > 0).then(|| {
        let what = if remote == 1 { "One picture".to_owned() } else { format!("{remote} pictures") };
        view! { <p class="faint small">{format!("{what} would have been loaded from elsewhere; that never happens.")}</p> }
    })
}
