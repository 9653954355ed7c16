//! From a component tree to a response: one synchronous pass, nothing streamed, nothing loaded on the way.

use crate::app::{error::Error, rail};
use crate::ui::{
    asked::{Asked, Frame},
    shell::{self, Place},
};
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use leptos::{nonce, prelude::*};
use std::sync::Arc;

/// The document around `body`, as a response. `body` runs where components and islands can live.
pub fn document(frame: &Frame, status: StatusCode, title: &str, body: impl FnOnce() -> AnyView) -> Response {
    // said first, so that a screen reader's user knows before the page is read
    let title = titled(status, title);
    (status, [(header::CACHE_CONTROL, "no-store")], Html(html(frame, &title, body))).into_response()
}

/// The document around `body`, as text.
pub fn html(frame: &Frame, title: &str, body: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new_root(Some(Arc::new(hydration_context::SsrSharedContext::new_islands())));
    let html = owner.with(|| {
        provide_context(nonce::Nonce::from_value(Arc::clone(&frame.nonce.0)));
        provide_context(frame.assets.clone());
        shell::document(frame, title, body()).to_html()
    });
    owner.unset_with_forced_cleanup();
    format!("<!DOCTYPE html>{html}")
}

/// The document around `body` for people from outside, as text: nothing in it changes from one time to the next.
pub fn leaf(frame: &Frame, title: &str, body: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new_root(Some(Arc::new(hydration_context::SsrSharedContext::new_islands())));
    let html = owner.with(|| shell::bare_document(frame, title, body()).to_html());
    owner.unset_with_forced_cleanup();
    format!("<!DOCTYPE html>{html}")
}

/// The title of a page that answers with `status`: what is wrong is said first.
#[must_use]
pub fn titled(status: StatusCode, title: &str) -> String {
    if status == StatusCode::UNPROCESSABLE_ENTITY { format!("Error: {title}") } else { title.to_owned() }
}

/// `text` as the inside of an element in which a browser reads no markup, comments included (`title`, `textarea`):
/// Leptos' markers would be shown there. The line break at the start is dropped by browsers, and keeps them from
/// dropping one of the text's own.
#[must_use]
pub fn raw_text(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// A response of one sentence, for the moments in which no page can be made.
#[must_use]
pub fn plain(status: StatusCode, says: &'static str) -> Response {
    (status, says).into_response()
}

impl Asked {
    /// A page of the console: `body` beside the rail.
    ///
    /// # Errors
    /// When the rail's counts cannot be read.
    pub async fn show(
        &self,
        status: StatusCode,
        title: &str,
        place: Place,
        body: impl FnOnce() -> AnyView + Send,
    ) -> Result<Response, Error> {
        let rail = rail::rail(&self.app, &self.actor).await?;
        Ok(document(&self.page, status, title, || shell::house(&self.actor, &rail, place, body())))
    }
}
