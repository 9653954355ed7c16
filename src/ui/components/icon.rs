//! Line icons of 16 by 16; always beside a word, never instead of one.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Three bars.
    Overview,
    /// Lines of a list.
    Queue,
    /// An envelope: mail that came, and the mail room.
    Mail,
    /// A circle that closes with an arrow.
    Runs,
    /// A paper plane: mail that leaves.
    Sent,
    /// A pencil.
    Note,
    /// A speech bubble: what was said by phone, post or form.
    Spoken,
    /// A pair of scales.
    Policies,
    /// Two links of a chain.
    Audit,
    /// A head and shoulders.
    People,
    /// Three points.
    More,
}

impl Shape {
    const fn path(self) -> &'static str {
        match self {
            Self::Overview => "M3 13V8M8 13V3M13 13V6",
            Self::Queue => "M3 4h10M3 8h10M3 12h6",
            Self::Mail => "M2 4h12v8H2zM2 4.500l6 4.500 6-4.500",
            Self::Runs => "M13.300 8A5.300 5.300 0 1 1 11.700 4.200L13.300 5.700M13.300 2.600v3.100h-3.100",
            Self::Sent => "M14 2 2 7l4.500 2.500L9 14zM14 2 6.500 9.500",
            Self::Note => "M3 13l.8-3L11 2.800 13.200 5 6 12.200z",
            Self::Spoken => "M2.500 3h11v7.500H7.500L4.500 13v-2.500h-2z",
            Self::People => "M8 7.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5M3 13.500a5 5 0 0 1 10 0",
            Self::Policies => "M8 2.500v11M5 13.500h6M3 4.500h10M3 4.500l-2 5h4zM13 4.500l-2 5h4z",
            Self::Audit => {
                "M7 9.500 9 7.500M6.500 6 8.500 4a2.500 2.500 0 0 1 3.500 3.500l-2 2M9.500 10l-2 2A2.500 2.500 0 0 1 4 8.500l2-2"
            }
            Self::More => "M3.500 8h.01M8 8h.01M12.500 8h.01",
        }
    }
}

/// An icon, silent for screen readers.
#[component]
pub fn Icon(
    /// Which one.
    shape: Shape,
) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=shape.path() /></svg> }
}
