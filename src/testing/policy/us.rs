//! California and the United States: each rule of the packs, with dates worked out by hand.

use super::check;

const NOVEMBER: &str = "2026-11-22T09:00:00-08:00";

#[test]
fn california_confirms_in_ten_working_days_and_answers_in_forty_five() {
    // ten working days without Thanksgiving on the 26th; 10 days are left of November, 31 of December, 4 January is 45
    let expected =
        ["acknowledge 2026-12-07", "resolve 2027-01-04", "resolve+ 2027-02-18", "floor.keep_records 2028-11-20"];
    let late = "2026-11-20T23:30:00-08:00";
    for kind in ["access", "portability", "correction", "erasure", "minor_data"] {
        check("us-ca-ccpa", kind, late, "US-FED", &[], &expected);
    }
    // nothing stops it
    let asked = [
        "identity_asked@2026-11-21T09:00:00-08:00",
        "identity_received@2026-12-01T09:00:00-08:00",
        "clarification_asked@2026-11-21T09:00:00-08:00",
    ];
    check("us-ca-ccpa", "access", late, "US-FED", &asked, &expected);
    let resolved = ["resolved@2026-12-31T09:00:00-08:00"];
    let kept = [expected[0], expected[1], expected[2], "floor.keep_records 2028-12-31"];
    check("us-ca-ccpa", "access", late, "US-FED", &resolved, &kept);
}

#[test]
fn california_opts_out_in_fifteen_working_days() {
    let none = ["no acknowledge", "no extend_by"];
    for kind in ["sale_opt_out", "training_opt_out", "restriction"] {
        // without 25 December and 1 January
        let expected = ["resolve 2027-01-12", "floor.keep_records 2028-12-18"];
        check("us-ca-ccpa", kind, "2026-12-18T15:00:00-08:00", "US-FED", &[], &[&expected[..], &none].concat());
    }
    // without Martin Luther King's day on the 18th
    let expected = ["resolve 2027-01-26", "floor.keep_records 2029-01-04"];
    check("us-ca-ccpa", "objection", "2027-01-04T10:00:00-08:00", "US-FED", &[], &[&expected[..], &none].concat());
    check(
        "us-ca-ccpa",
        "objection",
        "2026-12-31T10:00:00-08:00",
        "US-FED",
        &[],
        &["floor.keep_records 2028-12-31", "no resolve"],
    );
}

#[test]
fn california_publishes_by_the_first_of_july() {
    let expected = ["send_notice 2027-07-01"];
    check("us-ca-ccpa", "yearly_metrics", "2026-12-31T23:00:00-08:00", "", &[], &expected);
    check("us-ca-ccpa", "yearly_metrics", "2026-01-01T00:00:00-08:00", "", &[], &expected);
}

#[test]
fn california_tells_residents_in_thirty_days_and_the_attorney_general_in_fifteen_more() {
    let none = ["no notify_authority", "no notify_authority_initial"];
    check("us-ca-breach", "incident", NOVEMBER, "", &[], &[&["notify_subjects 2026-12-22"], &none[..]].concat());
    check(
        "us-ca-breach",
        "incident",
        NOVEMBER,
        "",
        &["aware@2026-11-21T20:00:00-08:00", "subjects_notified@2026-12-01T10:00:00-08:00"],
        &["notify_subjects 2026-12-21", "notify_authority 2026-12-16"],
    );
    check(
        "us-ca-breach",
        "incident",
        "2025-12-31T10:00:00-08:00",
        "",
        &["subjects_notified@2026-01-10T10:00:00-08:00"],
        &[
            "notify_subjects undated",
            "target.notify_subjects 2026-01-30",
            "notify_authority undated",
            "target.notify_authority 2026-01-25",
        ],
    );
}

#[test]
fn csam_is_reported_and_kept_a_year() {
    let leap = "2028-02-29T08:00:00-05:00";
    let report = ["notify_authority undated", "target.notify_authority 2028-03-01T08:00:00-05:00", "no extend_by"];
    let kind = "content_report:csam";
    check("us-csam", kind, leap, "US-FED", &[], &[&report[..], &["no preserve", "no resolve"]].concat());
    let reported = format!("reported_to_authority@{leap}");
    check("us-csam", kind, leap, "US-FED", &[&reported], &[&report[..], &["floor.preserve 2029-03-01"]].concat());
    // told the police first, and finished the report to NCMEC weeks later: kept from the last of both
    let both = ["reported_to_authority@2028-03-01T08:00:00-05:00", "reported_to_authority@2028-03-20T08:00:00-04:00"];
    check("us-csam", kind, leap, "US-FED", &both, &[&report[..], &["floor.preserve 2029-03-20"]].concat());
    // before the REPORT Act: 6 May and 90 days are 25, 55, 86, and 4 August
    check(
        "us-csam",
        kind,
        "2024-05-06T08:00:00-04:00",
        "US-FED",
        &["reported_to_authority@2024-05-06T09:00:00-04:00"],
        &["notify_authority undated", "target.notify_authority 2024-05-07T08:00:00-04:00", "floor.preserve 2024-08-04"],
    );
    check(
        "us-csam",
        kind,
        "2024-05-07T08:00:00-04:00",
        "US-FED",
        &["reported_to_authority@2024-05-07T09:00:00-04:00"],
        &["notify_authority undated", "target.notify_authority 2024-05-08T08:00:00-04:00", "floor.preserve 2025-05-07"],
    );
}

#[test]
fn intimate_images_go_within_forty_eight_hours_of_a_valid_request() {
    let none = ["no acknowledge", "no extend_by"];
    let kind = "content_report:ncii";
    let ncii = |received: &str, events: &[&str], due: &str| {
        check("us-ncii", kind, received, "", events, &[&[due], &none[..]].concat());
    };
    ncii(NOVEMBER, &[], "resolve 2026-11-24T09:00:00-08:00");
    let made_valid =
        ["clarification_asked@2026-11-22T10:00:00-08:00", "clarification_received@2026-11-23T10:00:00-08:00"];
    ncii(NOVEMBER, &made_valid, "resolve 2026-11-25T10:00:00-08:00");
    // an hour is lost in the night to 14 March 2027
    ncii("2027-03-13T09:00:00-08:00", &[], "resolve 2027-03-15T10:00:00-07:00");
    ncii("2026-05-18T23:59:00-07:00", &[], "no resolve");
    ncii("2026-05-19T00:00:00-07:00", &[], "resolve 2026-05-21T00:00:00-07:00");
}
