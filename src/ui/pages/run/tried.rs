//! What somebody tried on a run's page, so that it can be drawn again with their words and what went wrong.

use crate::{
    app::{error::FieldError, runs::RunPage},
    domain::{
        codes::codes,
        run::{RunKind, RunState},
    },
    ui::form::{Fields, Problems},
};

codes! {
    /// The forms of the page, by the value of their field `do`.
    Act {
        Approve "approve" "Approve",
        SendBack "send_back" "Send back with a reason",
        Cancel "cancel" "Cancel this run",
        Again "again" "Try again",
        Release "release" "Release the copy",
    }
}

codes! {
    /// What was just done, as the address says it after a form was sent.
    Done {
        Planned "planned" "The plan is made. A second person has to approve it.",
        Asked "asked" "The copy is being packed; nothing leaves by itself before that is done.",
        Approved "approved" "Approved. The run begins by itself.",
        SentBack "sent_back" "It is sent back; a new one can be made from the case.",
        Cancelled "cancelled" "The run is cancelled.",
        Again "again" "The run is taken up again.",
        Released "released" "Released. The link is on its way to the person.",
    }
}

impl Act {
    /// The id on the page of this form's field `field`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Approve => "typed",
            Self::SendBack => "send-back-reason",
            Self::Cancel => "cancel-reason",
            Self::Again => "again",
            Self::Release => "release",
        }
    }

    /// True where the page offers this form.
    #[must_use]
    pub fn offered(self, run: &RunPage) -> bool {
        match self {
            Self::Approve => run.state == RunState::Planned && run.not_yours.is_none(),
            Self::Release => run.state == RunState::Packed && run.not_yours.is_none(),
            Self::SendBack => matches!(run.state, RunState::Planned | RunState::Packed) && run.not_yours.is_none(),
            Self::Cancel => run.state.is_open(),
            Self::Again => {
                let decided = run.kind == RunKind::Export || run.not_yours.is_none();
                let may = run.stop.is_some_and(crate::domain::run::Stop::may_go_on) && decided;
                run.state == RunState::Stopped && may
            }
        }
    }
}

impl Done {
    /// True while the run still stands where this brought it; a page that is loaded again says nothing that is past.
    #[must_use]
    pub const fn is_news(self, state: RunState) -> bool {
        match self {
            Self::Planned => matches!(state, RunState::Planned),
            Self::Asked => matches!(state, RunState::Approved | RunState::Running),
            Self::Approved | Self::Again => matches!(state, RunState::Approved | RunState::Running),
            Self::SentBack => matches!(state, RunState::SentBack),
            Self::Cancelled => matches!(state, RunState::Cancelled),
            Self::Released => matches!(state, RunState::Finished),
        }
    }
}

/// The id of the box that accepts the warning `n` of the plan.
#[must_use]
pub fn box_id(n: usize) -> String {
    format!("accepted-{n}")
}

/// A try and its end; empty when the page is only looked at.
#[derive(Debug, Clone, Default)]
pub struct Tried {
    /// The form that was sent.
    pub act: Option<Act>,
    /// What was typed into it.
    pub typed: Fields,
    /// What is wrong with it.
    pub problems: Problems,
    /// What was done before this page was asked for.
    pub done: Option<Done>,
}

impl Tried {
    /// A form that has to be filled in differently. What is wrong with a form that the page no longer offers leads to
    /// the page itself.
    #[must_use]
    pub fn invalid(act: Act, typed: Fields, errors: &[FieldError], run: &RunPage) -> Self {
        let unread = || {
            let unread = |(n, _): &(usize, _)| !typed.all("accepted").any(|value| value == n.to_string());
            let mut warnings = run.plan.warnings.iter().enumerate().filter(|(_, warning)| !warning.blocks);
            warnings.find(unread).map_or_else(|| act.id().to_owned(), |(n, _)| box_id(n))
        };
        let problems = Problems::at(errors, |field| match (act.offered(run), field) {
            (false, _) => "main".to_owned(),
            (true, "accepted") => unread(),
            (true, _) => act.id().to_owned(),
        });
        Self { act: Some(act), typed, problems, done: None }
    }

    /// True when this is the form that was sent.
    #[must_use]
    pub fn is(&self, act: Act) -> bool {
        self.act == Some(act)
    }

    /// What was typed into `name` of the form `act`; empty for every other form.
    #[must_use]
    pub fn value(&self, act: Act, name: &str) -> String {
        if self.is(act) { self.typed.text(name) } else { String::new() }
    }
}
