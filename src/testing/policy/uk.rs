//! The United Kingdom: each rule of the packs, with dates worked out by hand.

use super::check;

const SEPTEMBER: &str = "2026-09-03T09:00:00+01:00";
const OTHERS: [&str; 6] =
    ["portability", "objection", "training_opt_out", "marketing_opt_out", "consent_review", "minor_data"];

fn gdpr(kind: &str, received: &str, calendar: &str, events: &[&str], expected: &[&str]) {
    check("uk-gdpr", kind, received, calendar, events, &[expected, &["no acknowledge"]].concat());
}

#[test]
fn every_right_has_a_month_that_can_become_three() {
    // 3 October 2026 is a Saturday, 3 December a Thursday
    let month = ["resolve 2026-10-05", "resolve+ 2026-12-03"];
    for kind in OTHERS.iter().chain(&["access"]) {
        gdpr(kind, SEPTEMBER, "GB-EAW", &[], &month);
    }
    let told = ["notify_recipients undated"];
    for kind in ["correction", "erasure", "restriction"] {
        gdpr(kind, SEPTEMBER, "GB-EAW", &[], &[&month[..], &told].concat());
    }
    gdpr("consent_withdrawal", SEPTEMBER, "", &[], &["resolve undated", "target.resolve 2026-09-07", "no extend_by"]);
}

#[test]
fn bank_holidays_are_those_of_the_part_of_the_kingdom() {
    // Good Friday, a weekend and Easter Monday
    let told = ["notify_recipients undated"];
    let easter = [&["resolve 2026-04-07", "resolve+ 2026-06-03"], &told[..]].concat();
    gdpr("erasure", "2026-03-03T23:59:00+00:00", "GB-EAW", &[], &easter);
    // Easter Monday is no holiday in Scotland, Good Friday is
    gdpr("access", "2026-03-03T23:59:00+00:00", "GB-SCT", &[], &["resolve 2026-04-06", "resolve+ 2026-06-03"]);
    // Saint Andrew's Day is a Monday, and 30 January 2027 a Saturday
    gdpr("access", "2026-10-30T10:00:00+00:00", "GB-SCT", &[], &["resolve 2026-12-01", "resolve+ 2027-02-01"]);
    gdpr("access", "2026-10-30T10:00:00+00:00", "GB-EAW", &[], &["resolve 2026-11-30", "resolve+ 2027-02-01"]);
    // 17 March 2027 is a Wednesday and Saint Patrick's Day; 17 May is a Monday
    gdpr("access", "2027-02-17T10:00:00+00:00", "GB-NIR", &[], &["resolve 2027-03-18", "resolve+ 2027-05-17"]);
}

#[test]
fn the_month_begins_with_identity_and_fee_and_leaves_out_the_days_of_a_question() {
    let question =
        ["clarification_asked@2026-09-07T10:00:00+01:00", "clarification_received@2026-09-11T16:00:00+01:00"];
    // five days, both ends included, after 3 October and 3 December; rolled only then
    gdpr("access", SEPTEMBER, "GB-EAW", &question, &["resolve 2026-10-08", "resolve+ 2026-12-08"]);
    gdpr("portability", SEPTEMBER, "GB-EAW", &question, &["resolve 2026-10-05", "resolve+ 2026-12-03"]);
    let identity = ["identity_asked@2026-09-04T10:00:00+01:00", "identity_received@2026-09-14T12:00:00+01:00"];
    for kind in OTHERS.iter().chain(&["access"]) {
        gdpr(kind, SEPTEMBER, "GB-EAW", &identity, &["resolve 2026-10-14", "resolve+ 2026-12-14"]);
    }
    // 10 October is a Saturday
    let fee = ["fee_asked@2026-09-04T10:00:00+01:00", "fee_received@2026-09-10T12:00:00+01:00"];
    gdpr("access", SEPTEMBER, "GB-EAW", &fee, &["resolve 2026-10-12", "resolve+ 2026-12-10"]);
    // the latest of them counts
    let both = [identity[0], identity[1], fee[0], fee[1]];
    gdpr("access", SEPTEMBER, "GB-EAW", &both, &["resolve 2026-10-14", "resolve+ 2026-12-14"]);
}

#[test]
fn before_5_february_2026_a_question_suspended() {
    let question =
        ["clarification_asked@2026-01-20T10:00:00+00:00", "clarification_received@2026-01-23T16:00:00+00:00"];
    // 21 to 23 January are three days; 18 April 2026 is a Saturday
    gdpr("access", "2026-01-15T10:00:00+00:00", "", &question, &["resolve 2026-02-18", "resolve+ 2026-04-20"]);
    // 4 May 2026 is the early May bank holiday
    for kind in OTHERS {
        gdpr(kind, "2026-02-04T10:00:00+00:00", "", &[], &["resolve 2026-03-04", "resolve+ 2026-05-05"]);
    }
    let identity = ["identity_asked@2026-01-16T10:00:00+00:00", "identity_received@2026-01-26T12:00:00+00:00"];
    gdpr("access", "2026-01-15T10:00:00+00:00", "", &identity, &["resolve 2026-02-26", "resolve+ 2026-04-27"]);
}

#[test]
fn breaches_and_complaints() {
    check(
        "uk-gdpr",
        "incident",
        "2026-11-22T09:00:00+00:00",
        "",
        &["aware@2026-11-22T08:00:00+00:00"],
        &[
            "notify_authority 2026-11-25T08:00:00+00:00",
            "notify_subjects undated",
            "target.notify_subjects 2026-11-25T08:00:00+00:00",
            "no notify_authority_initial",
        ],
    );
    // 19 July 2026 is a Sunday
    let complaint = ["acknowledge 2026-07-20", "resolve undated", "target.resolve 2026-07-20", "no extend_by"];
    check("uk-dpa", "grievance", "2026-06-19T12:00:00+01:00", "GB-EAW", &[], &complaint);
    // 12 July is a Sunday, and its day off in Northern Ireland the Monday after
    let complaint = ["acknowledge 2027-07-13", "resolve undated", "target.resolve 2027-07-13"];
    check("uk-dpa", "grievance", "2027-06-11T12:00:00+01:00", "GB-NIR", &[], &complaint);
    check(
        "uk-dpa",
        "grievance",
        "2026-06-18T12:00:00+01:00",
        "GB-EAW",
        &[],
        &["no acknowledge", "no resolve", "no extend_by"],
    );
}
