//! One rule of a rule set: who has to do what by when, where that stands, and how sure we are of it.

use super::matter::Matter;
use crate::domain::{
    clock::{
        Duty,
        fact::{Fact, Trigger},
        period::Period,
    },
    codes::codes,
    copy::CopyForm,
    retention::Record,
    run::RunKind,
};
use chrono::NaiveDate;
use serde::Deserialize;

/// A period as it was written, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// ISO 8601, for example `P1M`.
    pub text: String,
    /// What it means.
    pub period: Period,
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let period = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self { text, period })
    }
}

codes! {
    /// What somebody else may still do, and until when.
    Window {
        InternalComplaint "internal_complaint" "Complaint to the company",
        Appeal "appeal" "Appeal",
    }
}

codes! {
    /// What has to be kept, whatever else is erased.
    Floor {
        Preserve "preserve" "Preserve the evidence",
        KeepRecords "keep_records" "Keep the records",
    }
}

impl Floor {
    /// True where it is about such records of our own: evidence is everything that came, the records of a request are what was
    /// asked and answered.
    #[must_use]
    pub const fn is_about(self, record: Record) -> bool {
        match self {
            Self::Preserve => matches!(record, Record::Case | Record::Mail | Record::Attachment),
            Self::KeepRecords => matches!(record, Record::Case),
        }
    }
}

codes! {
    /// What asking the person does to a clock.
    Mode {
        Suspend "suspend" "the clock stands still and goes on",
        ExcludeDays "exclude_days" "the days from asking to the answer do not count",
        Restart "restart" "the clock starts anew with the answer",
        None "none" "the clock runs on",
    }
}

codes! {
    /// What was read before the rule was written down.
    Evidence {
        Statute "S1" "the text of the law, or a verbatim mirror of it",
        Secondary "S2" "what others write about the law",
        Memory "M" "nothing yet: from memory",
    }
}

codes! {
    /// How sure we are.
    Confidence {
        High "high" "sure",
        Medium "medium" "fairly sure",
        Low "low" "not sure",
    }
}

/// What asking for `trigger` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// What is asked for.
    pub trigger: Trigger,
    /// What it does.
    pub mode: Mode,
}

/// That the first period may be made longer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// What is added, as the law says it; for people to read.
    pub add: Written,
    /// The whole period, counted from where the first one began.
    pub total: Written,
    /// True where the person has to be told why.
    pub reasons: bool,
}

/// What the notice that the rule asks for has to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MustSay {
    /// A confirmation of receipt.
    pub acknowledgement: Vec<String>,
    /// That it takes longer.
    pub extension: Vec<String>,
    /// What was done.
    pub closure: Vec<String>,
    /// A refusal, whole or in part.
    pub denial: Vec<String>,
    /// A notice to an authority or to persons concerned.
    pub notice: Vec<String>,
}

/// One rule. It is about a duty, a window or a floor, and about exactly one of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stands for the rule in events, screens and mail; versions with other dates share it.
    pub id: String,
    /// What it speaks of.
    pub kinds: Vec<Matter>,
    /// The first day of receipt it holds for, in the rule set's zone.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// The last day of receipt it holds for.
    #[serde(default)]
    pub until: Option<NaiveDate>,
    /// True where `from` or `until` may be a day off.
    #[serde(default)]
    pub date_uncertain: bool,
    /// What must be so for the product, for example `hosts_user_content`; `!` in front says that it must not.
    #[serde(default)]
    pub applies_if: Vec<String>,
    /// What must be so in the single case, in words; nobody but a person can answer it.
    #[serde(default)]
    pub condition: String,
    /// What has to be done.
    #[serde(default)]
    pub duty: Option<Duty>,
    /// Or what somebody else may do.
    #[serde(default)]
    pub window: Option<Window>,
    /// Or what has to be kept.
    #[serde(default)]
    pub floor: Option<Floor>,
    /// By when, or how long.
    #[serde(default)]
    pub period: Option<Written>,
    /// The law's own words where it gives no number: "without undue delay".
    #[serde(default)]
    pub undated: Option<String>,
    /// Our own number where the law gives none; policy, not law.
    #[serde(default)]
    pub target: Option<Written>,
    /// Why there is no such duty, where that is worth saying.
    #[serde(default)]
    pub none: Option<String>,
    /// Where the period begins: the first of these that happened. Without `received` among them nothing runs until
    /// one of them has.
    #[serde(default = "receipt")]
    pub start: Vec<Fact>,
    /// True where the period counts back from its start, and is never rolled.
    #[serde(default)]
    pub backwards: bool,
    /// True where an end on a day that is no working day moves to the next one; missing means as the rule set says.
    #[serde(default)]
    pub roll: Option<bool>,
    /// That it may take longer.
    #[serde(default)]
    pub extension: Option<Extension>,
    /// What asking the person does.
    #[serde(default)]
    pub pauses: Vec<Pause>,
    /// What whoever asks for their data has to get: a full copy or a summary; missing where the rule says nothing of it.
    #[serde(default)]
    pub copy: Option<CopyForm>,
    /// What notices have to say.
    #[serde(default)]
    pub must_say: MustSay,
    /// Whom to tell.
    #[serde(default)]
    pub notify: Vec<String>,
    /// Where it stands, for example `GDPR Art. 12(3)`.
    pub citation: String,
    /// Where that can be read.
    pub source: String,
    /// What was read.
    pub evidence: Evidence,
    /// How sure we are.
    pub confidence: Confidence,
    /// What else should be known of it.
    #[serde(default)]
    pub note: String,
    /// The lawyer who signed it; empty until somebody did.
    #[serde(default)]
    pub reviewed_by: String,
}

pub(super) fn receipt() -> Vec<Fact> {
    vec![Fact::Received]
}

impl Rule {
    /// True when a thing received on `day` falls under it.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// What is wrong with it beyond its form, each with the key it is about.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let mut fault = |wrong: bool, key: &'static str, says: &str| {
            if wrong {
                faults.push((key, says.to_owned()));
            }
        };
        let about = [self.duty.is_some(), self.window.is_some(), self.floor.is_some()];
        fault(self.id.trim().is_empty(), "id", "says nothing");
        fault(about.iter().filter(|is| **is).count() != 1, "duty", "a rule has exactly one of duty, window, floor");
        fault(self.kinds.is_empty(), "kinds", "names no kind");
        fault(self.citation.trim().is_empty(), "citation", "is missing: say where the rule stands");
        fault(self.source.trim().is_empty(), "source", "is missing: say where the rule can be read");
        fault(self.from.zip(self.until).is_some_and(|(from, until)| from > until), "until", "lies before from");
        let says = [self.period.is_some(), self.undated.is_some(), self.none.is_some()];
        fault(says.iter().filter(|is| **is).count() != 1, "period", "a rule has exactly one of period, undated, none");
        fault(self.duty.is_none() && self.period.is_none(), "period", "a window and a floor need one");
        fault(
            self.undated.is_some() && self.target.is_none(),
            "target",
            "is missing: where the law gives no number, the pack gives its own",
        );
        fault(self.target.is_some() && self.undated.is_none(), "target", "stands only where the law gives no number");
        fault(self.start.is_empty(), "start", "names nothing");
        fault(
            self.copy == Some(CopyForm::Portable),
            "copy",
            "is full or summary; a case of portability is portable anyway",
        );
        let copies = |matter: &Matter| matches!(matter, Matter::Case(kind) if kind.run() == Some(RunKind::Export));
        fault(self.copy.is_some() && !self.kinds.iter().any(copies), "copy", "is said of kinds that get no copy");
        fault(self.backwards && self.extension.is_some(), "extension", "cannot lengthen what counts backwards");
        let civil = |written: &Option<Written>| {
            written
                .as_ref()
                .is_none_or(|w| matches!(w.period, Period::Days(_) | Period::Months(_) | Period::Elapsed(_)))
        };
        fault(self.backwards && !civil(&self.period), "period", "counts backwards in hours, days or months only");
        fault(self.floor.is_some() && !civil(&self.period), "period", "of a floor is in hours, days or months");
        if let (Some(extension), Some(first)) = (&self.extension, &self.period) {
            let longer = extension.total.period.usual_hours() > first.period.usual_hours();
            fault(!longer, "extension.total", "is not longer than the period");
        }
        faults
    }
}
