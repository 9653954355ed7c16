//! Links out of the console: to the text of a law, to an office. Only `https` and `http` become links.

use leptos::{either::Either, prelude::*};

/// `words`, as a link to `url` where that is an address of the web.
pub fn outside(url: &str, words: &str) -> impl IntoView + use<> {
    let words = words.to_owned();
    if url.starts_with("https://") || url.starts_with("http://") {
        Either::Left(view! { <a href=url.to_owned() rel="noreferrer">{words}</a> })
    } else {
        Either::Right(words)
    }
}
