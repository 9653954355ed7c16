//! A run: one execution against a generation database, from its plan to its end. Who may do what with it.

use super::{
    codes::codes,
    time::{DAY, Instant},
};

codes! {
    /// What a run does in a generation database.
    RunKind {
        Erase "erase" "Erase",
        Export "export" "Copy",
        Correct "correct" "Correct",
        Restrict "restrict" "Restrict",
        Release "release" "Lift the restriction",
        OptOut "opt_out" "Opt out",
        OptIn "opt_in" "Opt in",
    }
}

codes! {
    /// Where a run stands.
    RunState {
        Planned "planned" "Waiting for approval",
        SentBack "sent_back" "Sent back",
        Expired "expired" "Expired",
        Approved "approved" "Approved, about to begin",
        Running "running" "Running",
        Packed "packed" "Packed, waits for review",
        Stopped "stopped" "Stopped",
        Cancelled "cancelled" "Cancelled",
        Finished "finished" "Finished and verified",
    }
}

codes! {
    /// Why a run stopped and needs a person.
    Stop {
        Blocked "blocked" "Something has to be cleared up before this can be planned",
        Unapproved "unapproved" "Whoever approved it may no longer approve runs",
        Outgrown "outgrown" "What it would do is no longer what was asked for and approved",
        Drift "drift" "The schema or the data map changed while the run was under way",
        NothingFound "nothing_found" "The person was not found any more",
        Left "left" "The re-query found rows that should be gone",
        Held "held" "It may not go on now",
        Mentions "mentions" "The person is still mentioned in text that should not mention them",
        Refused "refused" "The generation database refused a change by a rule of its own",
        Away "away" "The generation database did not answer",
        Unkept "unkept" "The package could not be kept, or did not read back as it was written",
    }
}

/// How long a plan waits for its approval, or a package for its review, in milliseconds.
pub const OPEN_FOR: i64 = 7 * DAY;

/// The last moment at which a plan made at `asked_at` may be approved.
#[must_use]
pub const fn open_until(asked_at: Instant) -> Instant {
    asked_at.plus(OPEN_FOR)
}

impl Stop {
    /// True where the same run can be tried again; otherwise a new plan has to be made and approved.
    #[must_use]
    pub const fn may_go_on(self) -> bool {
        matches!(self, Self::Left | Self::Mentions | Self::Refused | Self::Away | Self::Held | Self::Unkept)
    }
}

/// The use of data that means every use at once.
pub const RESTRICTION: &str = "restriction";

impl RunKind {
    /// The kind of a run that stops a use of data, or allows it again.
    #[must_use]
    pub fn of_choice(what: &str, stops: bool) -> Self {
        match (what, stops) {
            (RESTRICTION, true) => Self::Restrict,
            (RESTRICTION, false) => Self::Release,
            (_, true) => Self::OptOut,
            (_, false) => Self::OptIn,
        }
    }

    /// True where it may be about a part of the person's data; a choice or a correction is about what it names.
    #[must_use]
    pub const fn may_be_limited(self) -> bool {
        matches!(self, Self::Erase | Self::Export)
    }

    /// True where data is copied for the person and nothing changes.
    #[must_use]
    pub const fn is_copy(self) -> bool {
        matches!(self, Self::Export)
    }

    /// Where a run of this kind stands, in words: a copy is asked for and released, where an erasure is approved and
    /// verified.
    #[must_use]
    pub const fn stands(self, state: RunState) -> &'static str {
        match (self, state) {
            (Self::Export, RunState::Approved) => "About to be packed",
            (Self::Export, RunState::Running) => "Being packed",
            (Self::Export, RunState::Finished) => "Released",
            _ => state.label(),
        }
    }
}

impl RunState {
    /// True while something can still come of it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Approved | Self::Running | Self::Packed | Self::Stopped)
    }
}
