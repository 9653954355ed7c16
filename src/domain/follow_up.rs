//! What is left to do once a person's data was changed: whoever received it has to be told (GDPR Art. 19, DPDP Act
//! s. 6(6) and 8(7)(b), CCPA Regulations § 7022(b) and (c)), and backups and what is sealed have to run out. Rules only; tells nobody.

use super::{
    clock::{
        period::{Period, end_of_day},
        reckon::{self, Course, Ground},
    },
    codes::codes,
    kind::Kind,
    run::RunKind,
    time::Instant,
};
use chrono::NaiveDate;
use chrono_tz::Tz;

codes! {
    /// How a recipient is told.
    Way {
        Mail "mail" "by mail",
        Webhook "webhook" "by webhook",
        Hand "hand" "by hand",
        Time "time" "by itself, with time",
        Sealed "sealed" "by itself, on its day",
    }
}

codes! {
    /// Where it stands.
    Standing {
        Waiting "waiting" "Waiting",
        Told "told" "Told",
        Confirmed "confirmed" "Confirmed",
        Failed "failed" "Could not be told",
        Waived "waived" "Not told",
        Over "over" "Run out",
    }
}

codes! {
    /// What staff do about a recipient.
    Step {
        Told "told" "Told by hand",
        Confirmed "confirmed" "Confirmed",
        Again "again" "Try again",
        Waived "waived" "Do not tell",
    }
}

codes! {
    /// Why a recipient could not be told.
    Trouble {
        Refused "refused" "it refused the message",
        Unreachable "unreachable" "it could not be reached",
        Undelivered "undelivered" "the mail did not leave",
        Bounced "bounced" "the mail came back",
        Unconfigured "unconfigured" "the configuration does not say any more how to reach it",
    }
}

impl Standing {
    /// True while somebody or something still has to act.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Failed)
    }

    /// True where this step leads on from here; a way that nobody travels by itself cannot be tried again.
    #[must_use]
    pub const fn allows(self, step: Step, way: Way) -> bool {
        let by_itself = matches!(way, Way::Mail | Way::Webhook);
        match step {
            _ if matches!(way, Way::Time | Way::Sealed) => false,
            Step::Told => self.is_open(),
            Step::Confirmed | Step::Waived => self.is_open() || matches!(self, Self::Told),
            Step::Again => by_itself && matches!(self, Self::Failed | Self::Told),
        }
    }
}

/// What is changed of a person's data where a case of this kind is granted, also by hand; none where nothing is that
/// recipients would have to follow.
#[must_use]
pub fn changes(kind: Kind) -> Option<RunKind> {
    match kind {
        Kind::Erasure => Some(RunKind::Erase),
        Kind::Correction => Some(RunKind::Correct),
        // a withdrawal also ends what processors do (DPDP Act s. 6(6))
        Kind::ConsentWithdrawal => Some(RunKind::OptOut),
        _ => kind.choice().map(|(what, stops)| RunKind::of_choice(what, stops)),
    }
}

/// Until when a recipient has to be told of what was done at `from`.
#[must_use]
pub fn tell_by(within: Period, from: Instant, zone: Tz) -> Instant {
    let course = Course { from, stretches: Vec::new(), paused: None };
    reckon::due(within, &course, &Ground { zone, calendar: None, roll: false })
}

/// When backups that keep what they have for `period` are free of what was erased at `from`: the later reading.
#[must_use]
pub fn gone_by(period: Period, from: Instant, zone: Tz) -> Instant {
    reckon::kept_until(period, from, zone)
}

/// When what is kept until `day` may be destroyed.
#[must_use]
pub fn over_after(day: NaiveDate, zone: Tz) -> Instant {
    end_of_day(day, zone)
}

/// How long a recipient may take to be told where the configuration says nothing of it.
pub const WITHIN: Period = Period::Days(7);
/// How long the keys of erased accounts are kept where nobody says how long backups last.
pub const BACKUPS: Period = Period::Days(90);

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Asia::Kolkata;

    #[test]
    fn a_recipient_is_told_by_the_earlier_reading_and_backups_are_free_by_the_later() {
        // Sunday 30 August 2026, 10:00 in India
        let from = Instant(1_788_064_200_000);
        let period = |text: &str| text.parse::<Period>().expect("a period");
        let tell = |text| tell_by(period(text), from, Kolkata).rfc3339();
        assert_eq!(tell("P7D"), "2026-09-06T18:29:59Z");
        assert_eq!(tell("PT24H"), "2026-08-31T04:30:00Z");
        assert_eq!(tell("P6M"), "2027-02-28T18:29:59Z");
        assert_eq!(gone_by(period("P6M"), from, Kolkata).rfc3339(), "2027-03-01T18:29:59Z");
        assert_eq!(gone_by(BACKUPS, from, Kolkata).rfc3339(), "2026-11-28T18:29:59Z");
    }

    #[test]
    fn a_step_leads_on_only_from_where_something_is_left_to_do() {
        for (standing, told, confirmed, again, waived) in [
            (Standing::Waiting, true, true, false, true),
            (Standing::Told, false, true, true, true),
            (Standing::Failed, true, true, true, true),
            (Standing::Confirmed, false, false, false, false),
            (Standing::Waived, false, false, false, false),
            (Standing::Over, false, false, false, false),
        ] {
            let allows = |step| standing.allows(step, Way::Mail);
            let found = (allows(Step::Told), allows(Step::Confirmed), allows(Step::Again), allows(Step::Waived));
            assert_eq!(found, (told, confirmed, again, waived), "{standing:?}");
            assert!(!standing.allows(Step::Again, Way::Hand) && !standing.allows(Step::Told, Way::Time));
        }
    }

    #[test]
    fn whatever_changes_data_is_told_and_a_copy_is_not() {
        assert_eq!(changes(Kind::Erasure), Some(RunKind::Erase));
        assert_eq!(changes(Kind::Restriction), Some(RunKind::Restrict));
        assert_eq!(changes(Kind::TrainingOptIn), Some(RunKind::OptIn));
        assert_eq!(changes(Kind::SaleOptOut), Some(RunKind::OptOut));
        for kind in [Kind::Access, Kind::Portability, Kind::Grievance, Kind::MinorData, Kind::Inquiry] {
            assert_eq!(changes(kind), None, "{kind}");
        }
    }
}
