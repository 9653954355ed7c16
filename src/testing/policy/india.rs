//! India: each rule of the packs, with dates worked out by hand. Everything is on the wall clock of Kolkata.

use super::check;

const JUNE: &str = "2027-06-01T10:00:00+05:30";
const NOVEMBER: &str = "2026-11-22T09:00:00+05:30";
const NONE: [&str; 2] = ["no acknowledge", "no extend_by"];

fn dpdp(kind: &str, events: &[&str], expected: &[&str]) {
    check("in-dpdp", kind, JUNE, "", events, &[expected, &NONE].concat());
}

#[test]
fn dpdp_rights_and_grievances_take_ninety_days_without_more() {
    // 1 June and 90 days: 30 June is 29, 31 July is 60, 30 August is 90
    for kind in ["access", "consent_review", "correction", "grievance", "minor_data", "nominee_registration"] {
        dpdp(kind, &[], &["resolve 2027-08-30", "floor.keep_records 2028-06-01"]);
    }
    let kept = ["floor.keep_records 2028-06-01", "floor.preserve 2028-06-01"];
    dpdp("erasure", &[], &[&["resolve 2027-08-30"], &kept[..]].concat());
    dpdp("consent_withdrawal", &[], &[&["resolve undated", "target.resolve 2027-06-04"], &kept[..]].concat());
    dpdp("access", &["resolved@2027-07-01T12:00:00+05:30"], &["resolve 2027-08-30", "floor.keep_records 2028-07-01"]);
}

#[test]
fn a_nominee_waits_for_the_proof() {
    let floor = "floor.keep_records 2028-06-01";
    dpdp("nominee_request", &[], &[floor, "no resolve"]);
    // 10 June and 90 days: 30 June is 20, 31 July is 51, 31 August is 82
    dpdp("nominee_request", &["proof_received@2027-06-10T12:00:00+05:30"], &["resolve 2027-09-08", floor]);
}

#[test]
fn dpdp_breaches_count_from_knowing() {
    let expected = |first: &str, report: &str| {
        [
            "notify_authority_initial undated".to_owned(),
            "notify_subjects undated".to_owned(),
            format!("target.notify_authority_initial {first}"),
            format!("target.notify_subjects {first}"),
            format!("notify_authority {report}"),
            "floor.keep_records 2028-06-01".to_owned(),
        ]
    };
    let run = |events: &[&str], expected: &[String]| {
        check("in-dpdp", "incident", JUNE, "", events, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    };
    run(
        &["noticed@2027-06-01T11:00:00+05:30", "aware@2027-06-01T12:00:00+05:30"],
        &expected("2027-06-02T12:00:00+05:30", "2027-06-04T12:00:00+05:30"),
    );
    run(&[], &expected("2027-06-02T10:00:00+05:30", "2027-06-04T10:00:00+05:30"));
}

#[test]
fn dpdp_inactivity_counts_back_from_the_erasure() {
    check(
        "in-dpdp",
        "inactivity_erasure",
        JUNE,
        "",
        &["takes_effect@2027-07-01T00:00:00+05:30"],
        &["send_notice 2027-06-29T00:00:00+05:30", "floor.keep_records 2028-06-01", "floor.preserve 2028-06-01"],
    );
}

#[test]
fn dpdp_starts_in_may_2027_and_spdi_ends_the_day_before() {
    let none = ["no acknowledge", "no resolve", "no extend_by"];
    for kind in ["access", "erasure", "grievance", "nominee_registration"] {
        check("in-dpdp", kind, "2027-05-12T23:59:00+05:30", "", &[], &none);
    }
    check("in-dpdp", "incident", "2027-05-12T10:00:00+05:30", "", &[], &["no notify_authority", "no notify_subjects"]);
    // 13 May and 90 days: 31 May is 18, 30 June is 48, 31 July is 79, 11 August is 90
    check(
        "in-dpdp",
        "grievance",
        "2027-05-13T00:00:00+05:30",
        "",
        &[],
        &["resolve 2027-08-11", "floor.keep_records 2028-05-13"],
    );
    check("in-spdi", "grievance", "2027-05-12T10:00:00+05:30", "", &[], &["resolve 2027-06-12", NONE[0], NONE[1]]);
    check("in-spdi", "grievance", "2027-05-13T10:00:00+05:30", "", &[], &none);
    check("in-spdi", "minor_data", NOVEMBER, "", &[], &["resolve 2026-12-22", NONE[0], NONE[1]]);
    // there is no 31 February; 28 February 2027 is a Sunday and stays
    check("in-spdi", "grievance", "2027-01-31T10:00:00+05:30", "", &[], &["resolve 2027-02-28"]);
}

fn it(kind: &str, received: &str, events: &[&str], expected: &[&str]) {
    check("in-it-rules", kind, received, "", events, &[expected, &["no extend_by"]].concat());
}

#[test]
fn it_rules_of_today() {
    // 22 November and 180 days: 30 November is 8, then 39, 70, 98, 129, 159, and 21 May is 180
    let (ack, floor) = ("acknowledge 2026-11-23T09:00:00+05:30", "floor.keep_records 2027-05-21");
    let (two, thirty_six) = ("resolve 2026-11-22T11:00:00+05:30", "resolve 2026-11-23T21:00:00+05:30");
    for kind in ["grievance", "minor_data"] {
        it(kind, NOVEMBER, &[], &[ack, "resolve 2026-11-29", floor, "no appeal"]);
    }
    it("content_report:other", NOVEMBER, &[], &[ack, thirty_six, floor]);
    it("content_report:csam", NOVEMBER, &[], &[ack, two, thirty_six, floor]);
    it("content_report:ncii", NOVEMBER, &[], &[ack, two, floor]);
    it(
        "legal_order",
        NOVEMBER,
        &["order_received@2026-11-22T10:00:00+05:30"],
        &["resolve 2026-11-22T13:00:00+05:30", "notify_authority 2026-11-25T10:00:00+05:30", floor, "no acknowledge"],
    );
    it(
        "legal_order",
        NOVEMBER,
        &[],
        &["resolve 2026-11-22T12:00:00+05:30", "notify_authority 2026-11-25T09:00:00+05:30", floor],
    );
    check("in-it-rules", "erasure", NOVEMBER, "", &[], &[floor]);
    it(
        "grievance",
        "2026-11-22T23:40:00+05:30",
        &[],
        &["acknowledge 2026-11-23T23:40:00+05:30", "resolve 2026-11-29", floor],
    );
    it(
        "content_report:ncii",
        "2026-12-31T23:15:00+05:30",
        &[],
        // 31 December and 180 days: 31, 59, 90, 120, 151, and 29 June is 180
        &[
            "acknowledge 2027-01-01T23:15:00+05:30",
            "resolve 2027-01-01T01:15:00+05:30",
            "floor.keep_records 2027-06-29",
        ],
    );
}

#[test]
fn it_rules_before_20_february_2026() {
    let eve = "2026-02-19T10:00:00+05:30";
    // 19 February and 180 days: 9, 40, 70, 101, 131, 162, and 18 August is 180
    let (ack, floor) = ("acknowledge 2026-02-20T10:00:00+05:30", "floor.keep_records 2026-08-18");
    let (day, three) = ("resolve 2026-02-20T10:00:00+05:30", "resolve 2026-02-22T10:00:00+05:30");
    for kind in ["grievance", "minor_data"] {
        it(kind, eve, &[], &[ack, "resolve 2026-03-06", floor]);
    }
    it("content_report:other", eve, &[], &[ack, three, floor]);
    it("content_report:csam", eve, &[], &[ack, day, three, floor]);
    it("content_report:ncii", eve, &[], &[ack, day, floor]);
    it(
        "legal_order",
        eve,
        &[],
        &["resolve 2026-02-20T22:00:00+05:30", "notify_authority 2026-02-22T10:00:00+05:30", floor],
    );
    it(
        "grievance",
        "2026-02-20T00:00:00+05:30",
        &[],
        &["acknowledge 2026-02-21T00:00:00+05:30", "resolve 2026-02-27", "floor.keep_records 2026-08-19"],
    );
}

#[test]
fn it_rules_leave_time_to_appeal_and_keep_what_was_removed() {
    it(
        "content_report:other",
        NOVEMBER,
        &[
            "removed@2026-11-22T10:30:00+05:30",
            "resolved@2026-11-24T10:00:00+05:30",
            "decision_received@2026-11-25T10:00:00+05:30",
        ],
        &[
            "acknowledge 2026-11-23T09:00:00+05:30",
            "resolve 2026-11-23T21:00:00+05:30",
            "window.appeal 2026-12-25",
            "floor.preserve 2027-05-21",
            "floor.keep_records 2027-05-23",
        ],
    );
}

#[test]
fn cert_in_and_pocso() {
    let floor = "floor.keep_records 2027-05-21";
    check(
        "in-cert-in",
        "incident",
        NOVEMBER,
        "",
        &["noticed@2026-11-22T08:00:00+05:30", "aware@2026-11-22T08:30:00+05:30"],
        &["notify_authority 2026-11-22T14:00:00+05:30", floor, "no notify_authority_initial", "no notify_subjects"],
    );
    check("in-cert-in", "incident", NOVEMBER, "", &[], &["notify_authority 2026-11-22T15:00:00+05:30", floor]);
    check(
        "in-cert-in",
        "breach_report",
        "2026-11-22T23:00:00+05:30",
        "",
        &[],
        &["notify_authority 2026-11-23T05:00:00+05:30", floor, "no acknowledge", "no extend_by"],
    );
    check("in-cert-in", "incident", "2022-06-27T10:00:00+05:30", "", &[], &["no notify_authority"]);
    let report = ["notify_authority undated", "target.notify_authority 2026-11-22T10:00:00+05:30"];
    check("in-pocso", "content_report:csam", NOVEMBER, "", &[], &[report[0], report[1], "no resolve", "no preserve"]);
    check(
        "in-pocso",
        "content_report:csam",
        NOVEMBER,
        "",
        &["reported_to_authority@2026-11-22T09:30:00+05:30"],
        &[report[0], report[1], "floor.preserve 2027-05-21"],
    );
}
