//! Notices and empty states: what happened, and what to do.

use leptos::prelude::*;

/// What a notice means; sets its colour and shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It is done.
    Done,
    /// A fact to know.
    Info,
    /// Look before going on.
    Warning,
    /// Something failed.
    Trouble,
}

impl Meaning {
    const fn class(self) -> &'static str {
        match self {
            Self::Done => "notice is-ok is-met",
            Self::Info => "notice is-info",
            Self::Warning => "notice is-soon",
            Self::Trouble => "notice is-over",
        }
    }
}

/// A notice: bold words, then what follows from them.
#[component]
pub fn Notice(
    /// What it means.
    meaning: Meaning,
    /// The bold words, a sentence of their own.
    #[prop(into)]
    lead: String,
    /// The rest.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let role = if meaning == Meaning::Done { "status" } else { "note" };
    view! {
        <div class=meaning.class() role=role>
            <i class="mark" aria-hidden="true"></i>
            <div class="says"><p><b>{lead}</b></p>{children.map(|rest| rest())}</div>
        </div>
    }
}

/// What stands where nothing is: why, and what to do.
#[component]
pub fn Blank(
    /// A short sentence.
    #[prop(into)]
    title: String,
    /// What to know, and the ways on.
    children: Children,
) -> impl IntoView {
    view! { <section class="blank"><h2>{title}</h2>{children()}</section> }
}
