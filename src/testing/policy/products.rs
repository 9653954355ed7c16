//! The five products: their own numbers, and the laws that hold where a person lives.

use super::{check_product, packs};
use crate::domain::{clock::Duty, kind::Kind, policy::Matter};

const IMAGEGEN: &str = "imagegen-artisticmonk";
const NOVEMBER: &str = "2026-11-22T09:00:00+05:30";

#[test]
fn every_product_acknowledges_within_a_day_and_resolves_within_thirty_or_fifteen() {
    let packs = packs();
    assert_eq!(packs.iter().count(), 5);
    for pack in packs.iter() {
        for kind in Kind::ALL {
            let most = |duty: Duty, days: i64| {
                let mut own = pack.commitments(Matter::Case(*kind)).filter(|c| c.own.duty == duty);
                let hours = own.next().map(|c| c.own.period.period.usual_hours()).expect("there is one");
                assert!(hours <= days * 24, "{} {kind} {}", pack.id, duty.code());
            };
            most(Duty::Acknowledge, 1);
            most(Duty::Resolve, if matches!(kind, Kind::MinorData | Kind::ContentCsam) { 15 } else { 30 });
        }
    }
}

#[test]
fn imagegen_promises_and_the_faster_law_stand_side_by_side() {
    check_product(
        IMAGEGEN,
        None,
        "grievance",
        NOVEMBER,
        &[],
        &[
            "acknowledge 2026-11-23T09:00:00+05:30",
            "promise.acknowledge 2026-11-23T09:00:00+05:30",
            "resolve 2026-11-29",
            // of the SPDI Rules
            "resolve 2026-12-22",
            "promise.resolve 2026-12-22",
        ],
    );
    check_product(
        IMAGEGEN,
        None,
        "content_report:csam",
        NOVEMBER,
        &[],
        &[
            "promise.resolve 2026-12-07",
            "resolve 2026-11-22T11:00:00+05:30",
            "notify_authority undated",
            "target.notify_authority 2026-11-22T10:00:00+05:30",
        ],
    );
    check_product(
        IMAGEGEN,
        None,
        "minor_data",
        NOVEMBER,
        &[],
        &["promise.resolve 2026-12-07", "resolve 2026-11-29", "target.resolve 2026-11-23T09:00:00+05:30"],
    );
    check_product(
        IMAGEGEN,
        None,
        "training_opt_out",
        NOVEMBER,
        &[],
        &["target.acknowledge 2026-11-23", "target.resolve 2026-12-07", "promise.resolve 2026-12-22"],
    );
    check_product(
        IMAGEGEN,
        None,
        "policy_change",
        "2027-01-10T09:00:00+05:30",
        &["takes_effect@2027-03-01T00:00:00+05:30"],
        &["promise.send_notice 2027-02-22T00:00:00+05:30"],
    );
}

#[test]
fn where_a_person_lives_decides() {
    let monday = "2026-11-23T10:00:00+00:00";
    check_product(IMAGEGEN, Some("IE"), "access", monday, &[], &["resolve 2026-12-23", "promise.resolve 2026-12-23"]);
    check_product("imagodraw", None, "erasure", "2026-11-20T23:30:00-08:00", &[], &["acknowledge 2026-12-07"]);
    check_product("imagodraw", Some("DE"), "erasure", monday, &[], &["resolve 2026-12-23", "target.resolve 2026-12-23"]);
    check_product("imgen", None, "access", monday, &[], &["resolve 2026-12-23", "target.acknowledge 2026-11-24T10:00:00+00:00"]);
    check_product("imgen", None, "erasure", monday, &[], &["target.resolve 2026-11-26"]);
    check_product("imgen", Some("GB"), "grievance", monday, &[], &["acknowledge 2026-12-23"]);
    check_product("imgprompts", Some("US-CA"), "access", monday, &[], &["acknowledge 2026-12-08"]);
    check_product("imgus", Some("IN"), "grievance", monday, &[], &["resolve 2026-12-23"]);
    let packs = packs();
    for id in ["imgprompts", "imgus"] {
        let pack = packs.get(id).expect("it is there");
        assert!(packs.book(pack, None, None).laws.is_empty(), "{id}: nobody knows which law holds");
    }
}

#[test]
fn no_rule_is_left_out_of_the_tables() {
    // a rule that is added has to be worked out by hand too
    let count = packs().laws().iter().map(|law| law.rules.len()).sum::<usize>();
    assert_eq!(count, 88);
}
