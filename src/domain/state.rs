//! Where a case can stand, how it can end, how it can come.

use super::codes::codes;

codes! {
    /// Where a case stands.
    State {
        New "new" "New",
        Open "open" "Open",
        WaitingRequester "waiting_requester" "Waiting for the person",
        WaitingApproval "waiting_approval" "Waiting for approval",
        Resolved "resolved" "Resolved",
        Closed "closed" "Closed",
    }
}

codes! {
    /// How a case ended.
    Outcome {
        Granted "granted" "Granted",
        Partial "partial" "Granted in part",
        Refused "refused" "Refused",
        Withdrawn "withdrawn" "Withdrawn",
        Duplicate "duplicate" "Duplicate",
        Spam "spam" "Spam",
    }
}

codes! {
    /// How a request reached us.
    Channel {
        Mail "mail" "Mail",
        Phone "phone" "Phone",
        Post "post" "Post",
        Form "form" "Form",
    }
}

impl State {
    /// True while somebody still has to do something.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Resolved | Self::Closed)
    }

    /// The states staff may choose from here. `waiting_approval` belongs to runs.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::New => &[Self::Open, Self::WaitingRequester, Self::Resolved],
            Self::Open => &[Self::WaitingRequester, Self::Resolved],
            Self::WaitingRequester => &[Self::Open, Self::Resolved],
            Self::WaitingApproval => &[],
            Self::Resolved => &[Self::Closed, Self::Open],
            Self::Closed => &[Self::Open],
        }
    }
}
