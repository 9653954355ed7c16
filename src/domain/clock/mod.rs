//! Clocks: a duty with a due instant in a layer. Pure code over periods, zones and instants.
//! Nothing here asks for the time or knows where a rule is stored.

pub mod explain;
pub mod fact;
pub mod period;
pub mod reckon;

use super::{codes::codes, time::Instant};
use chrono_tz::Tz;
use explain::Term;
use serde::{Deserialize, Serialize};
use std::ops::Deref;

codes! {
    /// What has to be done in time.
    Duty {
        Acknowledge "acknowledge" "Acknowledge",
        Resolve "resolve" "Resolve",
        ExtendBy "extend_by" "Say that it takes longer",
        NotifyAuthorityInitial "notify_authority_initial" "First report to the authority",
        NotifyAuthority "notify_authority" "Report to the authority",
        NotifySubjects "notify_subjects" "Tell the persons concerned",
        NotifyRecipients "notify_recipients" "Tell the recipients",
        SendNotice "send_notice" "Send the notice",
    }
}

impl Duty {
    /// True for a report to an authority: there may be several, and each is to somebody else.
    #[must_use]
    pub const fn is_report(self) -> bool {
        matches!(self, Self::NotifyAuthorityInitial | Self::NotifyAuthority)
    }

    /// The duty as a row says it: "acknowledge in 3 h", "resolves in 2 d".
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Resolve => "resolves",
            Self::ExtendBy => "extend",
            Self::NotifyAuthorityInitial | Self::NotifyAuthority => "report",
            Self::NotifySubjects | Self::NotifyRecipients => "notify",
            Self::SendNotice => "send notice",
        }
    }
}

codes! {
    /// Where a clock comes from.
    Layer {
        Law "law" "Law",
        Promise "promise" "Promise",
        Target "target" "Target",
    }
}

codes! {
    /// Whom a clock has alarmed so far; each alarm is raised once.
    Raised {
        Nothing "nothing" "in time",
        AtRisk "at_risk" "at risk",
        Breached "breached" "breached",
    }
}

/// A clock as it was started: everything needed to show it and judge it later, whatever packs say by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockStart {
    /// What has to be done.
    pub duty: Duty,
    /// Law, promise or target.
    pub layer: Layer,
    /// The rule's id in its pack, for example `000-37`.
    pub rule: String,
    /// ISO 8601, for example `PT24H`.
    pub period: String,
    /// Where the period began.
    pub from: Instant,
    /// The last moment that is still in time; while it stands still, the earliest that can still become of it.
    pub due: Instant,
    /// From when on it is at risk; the usual share of the period where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Instant>,
    /// The last moment once the person is told that it takes longer; missing where that is not possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended: Option<Instant>,
    /// True where the person was told in time that it takes longer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_extended: bool,
    /// Since when it stands still, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Instant>,
    /// When it stood still before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<(Instant, Instant)>,
    /// The zone in which its day ends; the product's where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Tz>,
    /// The pack and its version that produced the due instant; in older events it stands beside the clocks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pack: String,
    /// Where the rule stands, as the pack cites it.
    pub source: String,
    /// Where that can be read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// What was read of it: `S1`, `S2`, `M`, or `policy` for the company's own numbers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    /// How sure the pack is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub confidence: String,
    /// What must be so in the single case; two people may find that it is not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// What else should be known, and what had to be assumed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
const fn is_false(is: &bool) -> bool {
    !*is
}

impl ClockStart {
    /// The clock that a term makes; none where the law gives no number.
    #[must_use]
    pub fn of(term: Term) -> Option<Self> {
        let notes = [term.note.as_str(), term.assumed.as_deref().unwrap_or_default()];
        let note: Vec<&str> = notes.into_iter().filter(|note| !note.is_empty()).collect();
        Some(Self {
            note: note.join(". "),
            condition: term.condition,
            duty: term.duty,
            layer: term.layer,
            period: term.period.unwrap_or_default(),
            from: term.from,
            due: term.due?,
            risk: term.risk,
            extended: term.extended,
            is_extended: term.is_extended,
            paused: term.paused,
            pauses: term.pauses,
            zone: Some(term.zone),
            rule: term.rule,
            pack: term.pack,
            source: term.citation,
            url: term.url,
            evidence: term.evidence.to_owned(),
            confidence: term.confidence.to_owned(),
        })
    }

    /// A clock of which nothing is known but this.
    #[must_use]
    pub const fn bare(duty: Duty, layer: Layer) -> Self {
        Self {
            duty,
            layer,
            rule: String::new(),
            period: String::new(),
            from: Instant(0),
            due: Instant(0),
            risk: None,
            extended: None,
            is_extended: false,
            paused: None,
            pauses: Vec::new(),
            zone: None,
            pack: String::new(),
            source: String::new(),
            url: String::new(),
            evidence: String::new(),
            confidence: String::new(),
            condition: String::new(),
            note: String::new(),
        }
    }

    /// From when on it is at risk.
    #[must_use]
    pub fn risk(&self) -> Instant {
        self.risk.unwrap_or_else(|| explain::usual_risk(self.from, self.due))
    }
}

/// A running or met clock of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// How it was started.
    pub start: ClockStart,
    /// When the duty was done, if it was.
    pub met: Option<Instant>,
    /// The alarm that was raised last.
    pub raised: Raised,
}

impl Deref for Clock {
    type Target = ClockStart;
    fn deref(&self) -> &ClockStart {
        &self.start
    }
}

impl Clock {
    /// The clock that a recorded start makes; `pack` is the one that stands beside it.
    #[must_use]
    pub fn started(start: &ClockStart, pack: &str, met: Option<Instant>, raised: Raised) -> Self {
        let mut start = start.clone();
        if start.pack.is_empty() {
            pack.clone_into(&mut start.pack);
        }
        Self { start, met, raised }
    }

    /// The clock as those outside the circle see it; none where the duty alone would say what the case is about.
    #[must_use]
    pub fn walled(self) -> Option<Self> {
        if !matches!(self.duty, Duty::Acknowledge | Duty::Resolve) {
            return None;
        }
        // the zone of a law says where the person lives, and a period what the case is about
        let ClockStart { duty, layer, from, due, risk, paused, pauses, .. } = self.start;
        let start = ClockStart { from, due, risk, paused, pauses, ..ClockStart::bare(duty, layer) };
        Some(Self { start, ..self })
    }

    /// The clock as a row of a list shows it.
    #[must_use]
    pub fn face(&self) -> ClockFace {
        let ClockStart { duty, layer, from, due, .. } = self.start;
        ClockFace { duty, layer, from, risk: self.risk(), due, is_paused: self.paused.is_some() }
    }

    /// True once the due instant has passed with the duty undone, or it was done too late. A clock that stands still
    /// is not breached.
    #[must_use]
    pub fn is_breached(&self, now: Instant) -> bool {
        match self.met {
            Some(met) => met > self.due,
            None => self.paused.unwrap_or(now) > self.due,
        }
    }

    /// The same rule's number, so that an alarm raised once is not raised again when clocks are computed anew.
    #[must_use]
    pub fn is_same(&self, start: &ClockStart) -> bool {
        (self.duty, self.layer, &self.rule, self.due) == (start.duty, start.layer, &start.rule, start.due)
    }

    /// The next moment at which somebody has to be told of it; none where it is met, stands still or was told of.
    #[must_use]
    pub fn alarm_at(&self) -> Option<Instant> {
        if self.met.is_some() || self.paused.is_some() || self.duty == Duty::ExtendBy {
            return None;
        }
        match self.raised {
            Raised::Nothing => Some(self.risk()),
            Raised::AtRisk => Some(self.due.plus(1)),
            Raised::Breached => None,
        }
    }
}

/// The clock of a row in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockFace {
    /// What has to be done.
    pub duty: Duty,
    /// Which layer binds.
    pub layer: Layer,
    /// Where it began.
    pub from: Instant,
    /// From when on it is at risk.
    pub risk: Instant,
    /// The last moment in time.
    pub due: Instant,
    /// True while it stands still.
    pub is_paused: bool,
}

/// What decides which clock of a duty counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    /// Law, promise or target.
    pub layer: Layer,
    /// The last moment in time.
    pub due: Instant,
    /// True while it stands still.
    pub is_paused: bool,
}

/// Of the unmet clocks of one duty, the one that binds: the earliest of law and promise that runs, then one that
/// stands still; a target only where it is the only number.
pub fn leader<K>(faces: impl Iterator<Item = (K, Face)>) -> Option<K> {
    faces
        .min_by_key(|(_, f)| (f.layer == Layer::Target, f.is_paused, f.due, f.layer == Layer::Promise))
        .map(|(key, _)| key)
}

/// Of one duty, the clock that binds.
#[must_use]
pub fn binding_of(clocks: &[Clock], duty: Duty) -> Option<&Clock> {
    let face = |c: &Clock| Face { layer: c.layer, due: c.due, is_paused: c.paused.is_some() };
    leader(clocks.iter().filter(|c| c.duty == duty && c.met.is_none()).map(|c| (c, face(c))))
}

/// The clock a case is sorted by: the earliest of those that bind and run, then of those that stand still. Saying that
/// it takes longer is a choice, not a duty, and never leads.
#[must_use]
pub fn binding(clocks: &[Clock]) -> Option<&Clock> {
    let duties = Duty::ALL.iter().filter(|duty| **duty != Duty::ExtendBy);
    duties.filter_map(|duty| binding_of(clocks, *duty)).min_by_key(|c| (c.paused.is_some(), c.due))
}

#[cfg(test)]
mod tests;
