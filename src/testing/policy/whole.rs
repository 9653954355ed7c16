//! The whole engine on the real packs, for any receipt and any question: what must hold whatever a rule says; and targets
//! in the desk's own hours.

use super::{at, packs};
use crate::{
    app::packs::Packs,
    domain::{
        clock::{
            ClockStart, Duty, Layer,
            explain::{self, Explained},
            fact::{Fact, Facts, Happened},
        },
        kind::Kind,
        policy::Matter,
        time::{DAY, HOUR, Instant},
    },
};
use proptest::prelude::*;
use std::{fs, sync::OnceLock};

const PLACES: [Option<&str>; 6] = [None, Some("IN"), Some("IE"), Some("GB-SCT"), Some("US-CA"), Some("EU")];

fn all() -> &'static Packs {
    static PACKS: OnceLock<Packs> = OnceLock::new();
    PACKS.get_or_init(packs)
}

fn explained(product: usize, kind: Kind, place: Option<&str>, facts: &Facts) -> Explained {
    let pack = all().iter().nth(product).expect("there are five");
    explain::explain(&all().book(pack, place, None), Matter::Case(kind), facts)
}

fn asked(received: Instant, question: i64, answer: i64) -> Facts {
    let events = [
        (Fact::IdentityAsked, question),
        (Fact::ClarificationAsked, question + HOUR),
        (Fact::IdentityReceived, question + answer),
        (Fact::ClarificationReceived, question + answer + 2 * HOUR),
    ];
    Facts::new(received, events.map(|(fact, after)| Happened { fact, at: received.plus(after) }).to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn computing_again_changes_nothing_and_pauses_and_extensions_only_lengthen(
        // 2021 to 2031
        from in 1_610_000_000_000_i64..1_940_000_000_000, product in 0_usize..5, kind in 0..Kind::ALL.len(),
        place in 0..PLACES.len(), question in 0..40 * DAY, answer in 0..40 * DAY,
    ) {
        let (from, kind, place) = (Instant(from), Kind::ALL[kind], PLACES[place]);
        let (plain, questioned) = (Facts::new(from, Vec::new()), asked(from, question, answer));
        let without = explained(product, kind, place, &plain);
        prop_assert_eq!(&without, &explained(product, kind, place, &plain));
        let with = explained(product, kind, place, &questioned);
        for term in &without.clocks {
            let due = |terms: &Explained| {
                let same = terms.clocks.iter().find(|t| (t.duty, t.layer, &t.rule) == (term.duty, term.layer, &term.rule));
                same.and_then(|t| t.due)
            };
            prop_assert!(due(&with) >= term.due, "{} {}", term.rule, term.duty.code());
            prop_assert!(term.due.is_none_or(|due| due >= term.from && term.risk.is_none_or(|risk| risk <= due)));
            prop_assert!(term.extended.is_none_or(|extended| Some(extended) > term.due));
        }
        for duty in Duty::ALL {
            let of_duty = || without.clocks.iter().filter(|t| t.duty == *duty && t.due.is_some());
            prop_assert_eq!(of_duty().filter(|t| t.binding).count(), usize::from(of_duty().next().is_some()));
            let earliest = of_duty().filter(|t| t.layer != Layer::Target).map(|t| t.due).min();
            let binding = of_duty().find(|t| t.binding).map(|t| t.due);
            prop_assert!(earliest.is_none() || earliest == binding, "the earliest of law and promise binds");
        }
        // what becomes of it in the database names each clock once
        let clocks: Vec<_> = without.clocks.into_iter().filter_map(ClockStart::of).collect();
        for (n, clock) in clocks.iter().enumerate() {
            let same = clocks[..n].iter().any(|c| (c.duty, c.layer, &c.rule) == (clock.duty, clock.layer, &clock.rule));
            prop_assert!(!same, "{} stands twice", clock.rule);
        }
    }

    #[test]
    fn later_receipt_never_means_an_earlier_end_while_the_law_stays_the_same(
        from in 1_771_900_000_000_i64..1_805_000_000_000, apart in 0..20 * DAY, product in 0_usize..5,
        kind in 0..Kind::ALL.len(), place in 0..PLACES.len(),
    ) {
        let (kind, place) = (Kind::ALL[kind], PLACES[place]);
        let (first, second) = (Instant(from), Instant(from + apart));
        let later = explained(product, kind, place, &Facts::new(second, Vec::new()));
        for term in explained(product, kind, place, &Facts::new(first, Vec::new())).clocks {
            let same = later.clocks.iter().find(|t| (t.duty, t.layer, &t.rule) == (term.duty, term.layer, &term.rule));
            prop_assert!(same.is_none_or(|t| t.due >= term.due), "{}", term.rule);
        }
    }
}

#[test]
fn a_target_in_the_desks_hours_stands_still_at_night_on_holidays_and_while_the_person_is_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("products")).expect("it is made");
    let text = include_str!("../../../policies/products/imagegen-artisticmonk.toml");
    let target = "[[target]]\nid = \"desk\"\nduty = \"send_notice\"\nkinds = [\"inquiry\"]\nperiod = \"PT10H\"\n\
                  working_hours = true\nbecause = \"what people may expect\"\n";
    let hours =
        "hours_calendar = \"IN\"\n\n[hours]\nmon = [\"09:00-13:00\", \"14:00-18:00\"]\ntue = [\"09:00-18:00\"]\n";
    let file = folder.path().join("products").join("imagegen-artisticmonk.toml");
    let with = |head: &str| {
        let (top, rest) = text.split_once("[language.hi]").expect("there are languages");
        let (keys, table) = head.split_once("\n\n").unwrap_or((head, ""));
        fs::write(&file, format!("{top}{keys}\n[language.hi]{rest}\n{table}\n{target}")).expect("it is written");
        Packs::load(Some(folder.path()))
    };
    let says = with("").expect_err("no hours").to_string();
    assert!(says.contains("say when the desk works: target desk"), "{says}");
    let packs = with(hours).expect("they load");
    let due = |events: &[(Fact, &str)]| {
        let happened = events.iter().map(|(fact, moment)| Happened { fact: *fact, at: at(moment) }).collect();
        // Monday 19 January 2026, 16:00; Monday 26 January is Republic Day
        let facts = Facts::new(at("2026-01-19T16:00:00+05:30"), happened);
        let terms = packs.explain("imagegen-artisticmonk", Kind::Inquiry, None, &facts).clocks;
        let term = terms.into_iter().find(|t| t.rule == "desk").expect("it runs");
        (term.due.map(|due| due.local(term.zone).format("%F %H:%M").to_string()), term.paused.is_some())
    };
    // two hours on Monday, eight on Tuesday
    assert_eq!(due(&[]), (Some("2026-01-20 17:00".to_owned()), false));
    let asked = (Fact::ClarificationAsked, "2026-01-20T10:00:00+05:30");
    assert_eq!(due(&[asked]), (Some("2026-01-20 17:00".to_owned()), true));
    // seven hours are left after the answer; Monday is a holiday, so it is the Tuesday after
    let answered = (Fact::ClarificationReceived, "2026-01-21T10:00:00+05:30");
    assert_eq!(due(&[asked, answered]), (Some("2026-01-27 16:00".to_owned()), false));
}
