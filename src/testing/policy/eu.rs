//! The European Union: each rule of the packs, with dates worked out by hand.

use super::check;

const MONDAY: &str = "2026-11-23T10:00:00+00:00";

fn gdpr(kind: &str, received: &str, calendar: &str, events: &[&str], expected: &[&str]) {
    check("eu-gdpr", kind, received, calendar, events, &[expected, &["no acknowledge"]].concat());
}

#[test]
fn every_right_has_a_month_that_can_become_three() {
    let month = ["resolve 2026-12-23", "resolve+ 2027-02-23"];
    for kind in
        ["access", "portability", "objection", "training_opt_out", "marketing_opt_out", "consent_review", "minor_data"]
    {
        gdpr(kind, MONDAY, "IE", &[], &month);
    }
    // those who got the data are told once something was done: a month from the answer
    let told = ["notify_recipients undated"];
    let later = ["notify_recipients undated", "target.notify_recipients 2027-01-11"];
    for kind in ["correction", "erasure", "restriction"] {
        gdpr(kind, MONDAY, "IE", &[], &[&month[..], &told].concat());
        // 10 January 2027 is a Sunday
        gdpr(kind, MONDAY, "IE", &["resolved@2026-12-10T10:00:00+00:00"], &[&month[..], &later].concat());
    }
    gdpr("consent_withdrawal", MONDAY, "IE", &[], &["resolve undated", "target.resolve 2026-11-26", "no extend_by"]);
    // told in time, the second period counts from the receipt
    gdpr(
        "access",
        MONDAY,
        "IE",
        &["extended@2026-12-20T10:00:00+00:00"],
        &["resolve 2027-02-23", "resolve+ 2027-02-23"],
    );
    gdpr("access", MONDAY, "IE", &["extended@2026-12-24T10:00:00+00:00"], &[&month[..], &["no extend_by"]].concat());
    for kind in ["grievance", "sale_opt_out", "inquiry"] {
        check("eu-gdpr", kind, MONDAY, "IE", &[], &["no acknowledge", "no resolve", "no extend_by"]);
    }
}

#[test]
fn months_end_on_a_day_that_exists_and_on_which_people_work() {
    // no 31 February; 28 February 2027 is a Sunday; 30 April is a Friday, and summer time
    gdpr("access", "2027-01-31T10:00:00+00:00", "IE", &[], &["resolve 2027-03-01", "resolve+ 2027-04-30"]);
    // 25 December is a Friday, 26 a Saturday
    gdpr("access", "2026-11-25T10:00:00+01:00", "DE", &[], &["resolve 2026-12-28", "resolve+ 2027-02-25"]);
    // 14 July 2026 is a Tuesday and France's national day
    gdpr("access", "2026-06-14T10:00:00+02:00", "FR", &[], &["resolve 2026-07-15", "resolve+ 2026-09-14"]);
    // the local day counts: half past midnight in Berlin is the evening before in UTC
    gdpr("access", "2026-11-22T23:30:00+00:00", "DE", &[], &["resolve 2026-12-23", "resolve+ 2027-02-23"]);
}

#[test]
fn doubts_about_identity_let_the_clock_stand_still() {
    let events = ["identity_asked@2026-11-05T10:00:00+00:00", "identity_received@2026-11-09T10:00:00+00:00"];
    // 6 to 9 November are four days: 6 December is a Sunday, 6 February a Saturday
    gdpr("access", "2026-11-02T10:00:00+00:00", "IE", &events, &["resolve 2026-12-07", "resolve+ 2027-02-08"]);
    // asking what is meant stops nothing
    let events = ["clarification_asked@2026-11-25T10:00:00+00:00", "clarification_received@2026-11-29T10:00:00+00:00"];
    gdpr("access", MONDAY, "IE", &events, &["resolve 2026-12-23", "resolve+ 2027-02-23"]);
}

#[test]
fn a_breach_is_told_within_seventy_two_hours_that_really_pass() {
    check(
        "eu-gdpr",
        "incident",
        "2026-10-24T22:30:00+02:00",
        "DE",
        &[],
        &[
            "notify_authority 2026-10-27T21:30:00+01:00",
            "notify_subjects undated",
            "target.notify_subjects 2026-10-27T21:30:00+01:00",
            "no notify_authority_initial",
        ],
    );
    check(
        "eu-gdpr",
        "incident",
        MONDAY,
        "IE",
        &["noticed@2026-11-23T08:00:00+00:00", "aware@2026-11-23T09:00:00+00:00"],
        &[
            "notify_authority 2026-11-26T09:00:00+00:00",
            "notify_subjects undated",
            "target.notify_subjects 2026-11-26T09:00:00+00:00",
        ],
    );
}

#[test]
fn notices_under_the_dsa_have_words_and_no_numbers() {
    let day = "2026-11-24T10:00:00+00:00";
    let (ack, resolve) = (format!("target.acknowledge {day}"), format!("target.resolve {day}"));
    let undated = ["acknowledge undated", "resolve undated", "no extend_by"];
    let dsa = |kind: &str, events: &[&str], more: &[&str]| {
        check("eu-dsa", kind, MONDAY, "IE", events, &[&undated[..], &[&ack], more].concat());
    };
    dsa("content_report:other", &[], &["target.resolve 2026-11-30", "no internal_complaint"]);
    dsa("content_report:ncii", &[], &[&resolve]);
    let report = format!("target.notify_authority {day}");
    dsa("content_report:csam", &[], &[&resolve, "notify_authority undated", &report]);
    dsa(
        "content_report:other",
        &["decision_informed@2026-11-25T10:00:00+00:00"],
        &["target.resolve 2026-11-30", "window.internal_complaint 2027-05-25"],
    );
    // 29 May 2027 is a Saturday
    dsa(
        "content_report:other",
        &["decision_informed@2026-11-29T10:00:00+00:00"],
        &["target.resolve 2026-11-30", "window.internal_complaint 2027-05-31"],
    );
}
