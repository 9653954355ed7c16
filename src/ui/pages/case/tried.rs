//! What somebody tried on a case's page, so that it can be drawn again with their words and what went wrong.

use crate::{
    app::{case_page::Entry, error::FieldError, reading::Shown, runs::Letter},
    domain::codes::codes,
    ui::{
        form::{Fields, Problems},
        pages::case::timeline::look::{Html, Look},
    },
};

codes! {
    /// The forms of the page, by the value of their field `do`.
    Act {
        Reply "reply" "Reply",
        Note "note" "Note",
        Assign "assign" "Assign",
        Classify "classify" "Classify",
        State "state" "Change state",
        Acknowledge "acknowledge" "Acknowledge",
        Ask "ask" "Verify",
        Decide "decide" "Verify",
        Hold "hold" "Place a hold",
        Release "release" "Release",
        Plan "plan" "Begin",
        Revoke "revoke" "Withdraw",
        Close "close" "Closing letter",
        Extend "extend" "Extend",
        Pause "pause" "Ask",
        Resume "resume" "Answer",
        Fact "fact" "Write down what happened",
        Report "report" "Write down a report to an authority",
        Number "number" "Correct a report’s number",
        Place "place" "Where the person lives",
        RuleOut "rule-out" "Rule out",
        Language "language" "Language",
        Reveal "reveal" "Show for this view",
        Redact "redact" "Redact for good",
        Confirm "confirm" "Confirm the kind",
        Merge "merge" "Merge",
        FollowUp "follow-up" "Recipient",
        NewPin "new-pin" "New PIN",
    }
}

codes! {
    /// What was just done, as the address says it after a form was sent.
    Done {
        Replied "replied" "Your reply is on its way.",
        Waiting "waiting" "Your reply is on its way; the case waits for the person.",
        Noted "noted" "Note added.",
        Assigned "assigned" "The case has its owner.",
        Classified "classified" "The kind is changed; the clocks follow it.",
        Proposed "proposed" "Your proposal is noted. The kind changes once a second person classifies the case likewise.",
        Changed "changed" "The state is changed.",
        Acknowledged "acknowledged" "The acknowledgement is recorded.",
        Asked "asked" "A link is on its way to the address on record.",
        Nobody "nobody" "No account was found by this. The person was told the same as ever: that a link went to the address on record, if there is an account.",
        NoRecord "no-record" "The account found has no mail address on record. The person was told the same as ever: that a link went there, if there is an account.",
        Decided "decided" "The person counts as verified by your decision.",
        Held "held" "The hold stands; nothing that it is about is erased until a second person releases it.",
        Released "released" "The hold is released.",
        Revoked "revoked" "The link no longer works and the copy is destroyed. The person is told nothing: write to them, or make a new copy.",
        Closed "closed" "The letter is on its way; the case is resolved.",
        Extended "extended" "The person is told that it takes longer; the clock has its later end.",
        Paused "paused" "It is written down that the person was asked; see below what the clocks make of it.",
        Resumed "resumed" "The answer is written down; the clocks run.",
        Happened "happened" "It is written down; the clocks follow it.",
        Reported "reported" "The report is written down; the clock that asked for it is met.",
        Corrected "corrected" "The number is corrected; what stood there before stays in the timeline.",
        Doubted "doubted" "Your finding is written down. The clock ends once a second person finds the same.",
        RuledOut "ruled-out" "The rule does not apply here; its clock has ended.",
        PlaceProposed "place-proposed" "It is written down. A duty would end later by it, or not at all, so that a second person has to say the same.",
        Spoken "spoken" "It is written down which language the person writes.",
        Answered "answered" "The letter is on its way; the case is resolved.",
        Redacted "redacted" "The secrets are covered for good, here and in the stored copy of the mail.",
        Confirmed "confirmed" "The kind is confirmed. What its mails brought is being destroyed, and the person is asked to send nothing of the sort.",
        Merged "merged" "The case ended as a duplicate; its mail goes to the other one.",
        Followed "followed" "It is written down about the recipient.",
        Placed "placed" "It is written down where the person lives; the clocks follow the law of that place.",
    }
}

impl Done {
    /// What was just done; where the person is answered on the page of their case, no letter is on its way.
    #[must_use]
    pub const fn says(self, on_page: bool) -> &'static str {
        match self {
            Self::Replied if on_page => "Your reply can be read on the page of the case.",
            Self::Waiting if on_page => "Your reply can be read on the page of the case, which waits for the person.",
            Self::Closed | Self::Answered if on_page => {
                "The letter can be read on the page of the case, which is resolved."
            }
            other => other.label(),
        }
    }
}

impl Act {
    /// The id on the page of this form's field `field`. An error about a field that the form does not have is
    /// linked to the form's first field.
    #[must_use]
    pub fn id(self, field: &str) -> String {
        let known = match (self, field) {
            // two buttons of one form
            (Self::Ask | Self::Decide, "identity" | "reason") => return format!("verify-{field}"),
            (Self::Plan, _) => return "plan".to_owned(),
            (Self::Ask | Self::Decide, _) => return "verify-value".to_owned(),
            (Self::Hold | Self::Close, "basis") => "basis",
            (Self::Hold, "identity") => "identity",
            (Self::Hold, "part" | "items") => "items",
            (Self::Release | Self::Revoke | Self::Confirm | Self::FollowUp, _)
            | (Self::Hold | Self::Classify | Self::State | Self::RuleOut | Self::Merge, "reason") => "reason",
            (Self::Hold, _) => "value",
            (Self::Reply, "letter" | "language" | "reason") => return format!("begin-{field}"),
            (Self::Reply | Self::Note, _) => return "text".to_owned(),
            (Self::Acknowledge, _) => "how",
            (Self::Extend, "letter") => "letter",
            (Self::Extend, _) => "reasons",
            (Self::Language, _) => "language",
            (Self::Place, _) => "place",
            (Self::Reveal | Self::Redact, _) => "sure",
            (Self::Merge, _) => "into",
            (Self::NewPin, _) => "code",
            (Self::RuleOut, _) => "rule",
            (Self::Report, "authority" | "at") => return format!("report-{field}"),
            (Self::Report | Self::Number, "number") => "number",
            (Self::Report, _) => "meets",
            (Self::Number, _) => "report",
            (Self::Fact, "fact") => "fact",
            (Self::Fact | Self::Pause | Self::Resume, "note") => "note",
            (Self::Fact | Self::Pause | Self::Resume, _) => "at",
            (Self::State | Self::Close, "outcome") => "outcome",
            (Self::Close, _) => "text",
            (Self::Assign | Self::Classify | Self::State, _) => "to",
        };
        format!("{}-{known}", self.code())
    }

    /// The id of a field where the form stands on the page once for each `thing`.
    #[must_use]
    pub fn id_of(self, field: &str, thing: &str) -> String {
        format!("{}-{thing}", self.id(field))
    }
}

/// What somebody else did before this person pressed the button.
#[derive(Debug, Clone)]
pub struct Since {
    /// Their part, oldest first.
    pub entries: Vec<Entry>,
    /// The event number a second try has to name.
    pub seq: i64,
}

/// A try and its end; empty when the page is only looked at.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The form that was sent.
    pub act: Option<Act>,
    /// What was typed into it.
    pub typed: Fields,
    /// What is wrong with it.
    pub problems: Problems,
    /// What somebody else did first.
    pub since: Option<Since>,
    /// What was done before this page was asked for.
    pub done: Option<Done>,
    /// The letter that staff want to begin with.
    pub letter: Letter,
    /// A mail whose secrets are shown, for this view.
    pub shown: Option<Shown>,
    /// A mail that is shown as it was written.
    pub html: Option<Html>,
}

impl Default for Tried {
    fn default() -> Self {
        let (act, typed, problems) = (None, Fields::default(), Problems::default());
        Self { act, typed, problems, since: None, done: None, letter: Letter::Proposed, shown: None, html: None }
    }
}

impl Tried {
    /// A form that has to be filled in differently.
    #[must_use]
    pub fn invalid(act: Act, typed: Fields, errors: &[FieldError]) -> Self {
        let problems = Problems::at(errors, |field| match act {
            Act::Release => act.id_of(field, typed.get("hold")),
            Act::Revoke => act.id_of(field, typed.get("package")),
            Act::FollowUp => act.id_of(field, typed.get("follow-up")),
            Act::Redact => act.id_of(field, typed.get("message")),
            Act::Pause | Act::Resume => act.id_of(field, typed.get("fact")),
            _ => act.id(field),
        });
        Self { act: Some(act), typed, problems, ..Self::default() }
    }

    /// The reply box with the words of a letter in it; nothing was sent.
    #[must_use]
    pub fn begun(typed: Fields) -> Self {
        Self { act: Some(Act::Reply), typed, ..Self::default() }
    }

    /// A form that came too late.
    #[must_use]
    pub fn late(act: Act, typed: Fields, since: Since) -> Self {
        Self { act: Some(act), typed, since: Some(since), ..Self::default() }
    }

    /// What is shown of the mails beyond their text, and done about them where the reader `acts`, on a page that shows events
    /// up to `latest`.
    #[must_use]
    pub fn look(&self, latest: i64, acts: bool) -> Look {
        let seen = self.seen(Act::Redact, latest);
        Look { acts, seen, problems: self.problems.clone(), shown: self.shown.clone(), html: self.html.clone() }
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

    /// The event number that the form `act` sends along. A corrected form keeps the one it was made with, so
    /// that what happened meanwhile is still noticed.
    #[must_use]
    pub fn seen(&self, act: Act, latest: i64) -> i64 {
        match &self.since {
            Some(since) if self.is(act) => since.seq,
            None if self.is(act) => self.typed.get("seen").parse().unwrap_or(latest),
            _ => latest,
        }
    }

    /// The words of a button: `plain`, or `anyway` when somebody was quicker.
    #[must_use]
    pub fn button(&self, act: Act, plain: &'static str, anyway: &'static str) -> &'static str {
        if self.is(act) && self.since.is_some() { anyway } else { plain }
    }
}
