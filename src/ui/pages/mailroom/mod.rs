//! The mail room: mail that waits for somebody, mail that left, work that gave up, and the mailboxes that are read.

mod boxes;
mod lists;
pub mod one;
pub mod server;
mod waiting;

use crate::{
    app::mailroom::{Mailroom, Tab},
    ui::{
        components::notice::{Meaning, Notice},
        paths,
        shell::counted,
    },
};
use leptos::prelude::*;

/// What a part of the mail room is called.
#[must_use]
pub const fn tab_label(tab: Tab) -> &'static str {
    match tab {
        Tab::Waiting => "Waiting",
        Tab::Discarded => "Discarded",
        Tab::Outgoing => "Outgoing",
        Tab::Failed => "Failed work",
        Tab::Mailboxes => "Mailboxes",
    }
}

/// The page. `done` says what a button just did.
#[must_use]
pub fn page(room: Mailroom, done: Option<(Meaning, &'static str)>) -> AnyView {
    let when = room.now.local(room.zone).format("%a %-d %b %Y, %H:%M %Z").to_string();
    let tabs = room
        .counts
        .iter()
        .map(|&(tab, count)| {
            let here = (tab == room.tab).then_some("page");
            let count = count.map(|count| view! { <span class="n">{counted(count)}</span> });
            view! { <a href=paths::mail(tab, None) aria-current=here>{tab_label(tab)}" "{count}</a> }
        })
        .collect_view();
    let next =
        room.next.as_deref().map(|after| view! { <a rel="next" href=paths::mail(room.tab, Some(after))>"Next"</a> });
    let pager = next.map(|next| view! { <div class="pager">{next}</div> });
    view! {
        <div class="head"><div><h1>"Mail"</h1><p class="byline"><span>{when}</span></p></div></div>
        {done.map(|(meaning, lead)| view! { <Notice meaning lead /> })}
        <nav class="views-bar" aria-label="Parts of the mail room">{tabs}</nav>
        {lists::of(room)}
        {pager}
    }
    .into_any()
}
