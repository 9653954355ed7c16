//! What happened to a case or an incident, as far as clocks care: where they start, stand still, are met.

use crate::domain::{codes::codes, time::Instant};
use serde::{Deserialize, Serialize};

codes! {
    /// Something that starts, stops, lengthens or meets a clock.
    Fact {
        Received "received" "Received",
        Acknowledged "acknowledged" "Acknowledged",
        AcknowledgementBounced "acknowledgement_bounced" "The acknowledgement came back",
        IdentityAsked "identity_asked" "Asked who the person is",
        IdentityReceived "identity_received" "Learned who the person is",
        FeeAsked "fee_asked" "Asked for a fee",
        FeeReceived "fee_received" "The fee was paid",
        ClarificationAsked "clarification_asked" "Asked what is meant",
        ClarificationReceived "clarification_received" "Learned what is meant",
        Extended "extended" "The person was told that it takes longer",
        ExtensionFailed "extension_failed" "The notice that it takes longer did not arrive",
        Reclassified "reclassified" "The kind changed",
        Removed "removed" "The content was removed",
        Resolved "resolved" "Resolved",
        Reopened "reopened" "Reopened",
        Escalated "escalated" "Taken to the authority",
        DecisionInformed "decision_informed" "The person was told of the decision",
        DecisionReceived "decision_received" "The decision reached the person",
        ProofReceived "proof_received" "Proof of death or incapacity arrived",
        OrderReceived "order_received" "The order arrived",
        Noticed "noticed" "The incident was noticed",
        Aware "aware" "The company became aware of the breach",
        ReportedToAuthority "reported_to_authority" "Reported to the authority",
        SubjectsNotified "subjects_notified" "The persons concerned were told",
        RecipientsNotified "recipients_notified" "The recipients were told",
        TakesEffect "takes_effect" "Takes effect",
        LiftingTold "lifting_told" "The person was told that the restriction ends",
    }
}

codes! {
    /// What is asked of the person while a clock may stand still.
    Trigger {
        Identity "identity" "who they are",
        Fee "fee" "a fee",
        Clarification "clarification" "what they mean",
    }
}

impl Trigger {
    /// The facts that begin and end it.
    #[must_use]
    pub const fn facts(self) -> (Fact, Fact) {
        match self {
            Self::Identity => (Fact::IdentityAsked, Fact::IdentityReceived),
            Self::Fee => (Fact::FeeAsked, Fact::FeeReceived),
            Self::Clarification => (Fact::ClarificationAsked, Fact::ClarificationReceived),
        }
    }
}

/// A fact with its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// What.
    pub fact: Fact,
    /// When.
    pub at: Instant,
}

/// Everything that happened, oldest first, the receipt among it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    received: Instant,
    all: Vec<Happened>,
}

impl Facts {
    /// What happened to something received at `received`.
    #[must_use]
    pub fn new(received: Instant, mut all: Vec<Happened>) -> Self {
        all.sort_by_key(|happened| happened.at);
        // a receipt among the facts is a better one than the one we were told of
        let received = all.iter().rev().find(|h| h.fact == Fact::Received).map_or(received, |h| h.at);
        Self { received, all }
    }

    /// When it was received.
    #[must_use]
    pub const fn received(&self) -> Instant {
        self.received
    }

    /// When `fact` happened first; the receipt always did.
    #[must_use]
    pub fn first(&self, fact: Fact) -> Option<Instant> {
        if fact == Fact::Received {
            return Some(self.received);
        }
        self.all.iter().find(|h| h.fact == fact).map(|h| h.at)
    }

    /// When `fact` happened last; the receipt always did.
    #[must_use]
    pub fn last(&self, fact: Fact) -> Option<Instant> {
        if fact == Fact::Received {
            return Some(self.received);
        }
        self.all.iter().rev().find(|h| h.fact == fact).map(|h| h.at)
    }

    /// The stretches in which the person was asked for something: each from an asking to the answer that follows it,
    /// the last one perhaps without an answer. Asking again before the answer changes nothing.
    #[must_use]
    pub fn stretches(&self, trigger: Trigger) -> Vec<(Instant, Option<Instant>)> {
        let (asked, answered) = trigger.facts();
        let mut stretches: Vec<(Instant, Option<Instant>)> = Vec::new();
        for happened in &self.all {
            let open = stretches.last().is_some_and(|(_, end)| end.is_none());
            if happened.fact == asked && !open {
                stretches.push((happened.at, None));
            } else if happened.fact == answered
                && let Some((_, end @ None)) = stretches.last_mut()
            {
                *end = Some(happened.at);
            }
        }
        stretches
    }

    /// When `done` last happened without `undone` after it.
    #[must_use]
    pub fn stands(&self, done: Fact, undone: Fact) -> Option<Instant> {
        let mut stands = None;
        for happened in &self.all {
            if happened.fact == done {
                stands.get_or_insert(happened.at);
            } else if happened.fact == undone {
                stands = None;
            }
        }
        stands
    }
}
