//! What the linter says of the five policies: every known error comes out, and nothing that is none.

use super::{at, packs};
use crate::domain::{
    policy::lint::{Finding, Severity, findings},
    time::Instant,
};

fn now() -> Instant {
    at("2026-11-23T09:00:00+05:30")
}

fn of(product: &str, moment: Instant) -> Vec<Finding> {
    let packs = packs();
    findings(packs.get(product).expect("it is there"), packs.laws(), moment)
}

/// A problem about exactly these rows says all of these words, and its source has the last of them.
#[track_caller]
fn check(product: &str, rows: &[&str], words: &[&str], source: &str) {
    let all = of(product, now());
    let found = all.iter().find(|f| f.rows == rows && words.iter().all(|word| f.says.contains(word)));
    let Some(found) = found else { panic!("{product} {rows:?} {words:?} is not among {all:#?}") };
    assert_eq!(found.severity, Severity::Problem);
    assert!(found.source.contains(source), "{found:?}");
}

const IMAGEGEN: &str = "imagegen-artisticmonk";

#[test]
fn imagegen_cites_a_rule_that_is_not_there() {
    let words = ["cites 5(9)", "IT Rules 2021, which has no such", "It is in the SPDI Rules 2011", "r. 3(2)(a)(i)"];
    check(IMAGEGEN, &["000-36"], &words, "meity.gov.in");
}

#[test]
fn imagegen_says_that_the_act_asks_for_thirty_days() {
    let words =
        ["not in force for this before 13 May 2027", "not certain", "does not ask for 30 days", "90 days at most"];
    check(IMAGEGEN, &["000-30"], &words, "DPDP Rules r. 14(3)");
    check(IMAGEGEN, &["000-23"], &["before 13 May 2027"], "s.9(1)");
    check(IMAGEGEN, &["000-27"], &["takes no complaints before 13 May 2027", "gac.gov.in"], "G.S.R. 843(E)");
}

#[test]
fn imagegen_promises_less_than_the_law_asks() {
    let (thirty, fifteen) = (["000-38"], ["000-39"]);
    check(IMAGEGEN, &thirty, &["30 days", "7 days", "grievance"], "https://www.meity.gov.in");
    check(IMAGEGEN, &thirty, &["30 days", "36 hours", "content report"], "r. 3(2)(a)(i) proviso");
    check(IMAGEGEN, &thirty, &["30 days", "2 hours", "intimate image"], "r. 3(2)(b)");
    check(IMAGEGEN, &thirty, &["30 days", "3 hours", "legal order"], "r. 3(1)(d)");
    check(IMAGEGEN, &fifteen, &["15 days", "7 days", "data of a minor"], "r. 3(2)(a)(i)");
    check(IMAGEGEN, &fifteen, &["15 days", "36 hours", "child safety"], "r. 3(2)(a)(i) proviso");
    check(IMAGEGEN, &fifteen, &["15 days", "2 hours", "child safety", "Only if"], "r. 3(2)(b)");
    check(IMAGEGEN, &fifteen, &["POCSO Act ss. 19(1), 20", "immediately"], "Act 32 of 2012");
    // the acknowledgement is as fast as the law's
    assert!(of(IMAGEGEN, now()).iter().all(|finding| finding.rows != ["000-37"]));
}

#[test]
fn imagegen_tells_of_breaches_only_where_there_is_a_risk() {
    let rows = ["000-21", "000-33"];
    check(IMAGEGEN, &rows, &["Under the CERT-In Directions there is no such threshold", "6 hours"], "(ii)");
    check(IMAGEGEN, &rows, &["From 13 May 2027", "DPDP Act", "each affected", "72 hours"], "r. 7");
}

#[test]
fn imgen_contradicts_itself_and_takes_silence_for_consent() {
    let words = ["delete all data", "Fully retained for auditing", "tax law", "Security logs", "what is kept"];
    check("imgen", &["002-16", "002-15"], &words, "Account Deletion");
    check("imgen", &["002-12", "002-09"], &["Deleted immediately after transmission", "prompts and parameters"], "");
    check("imgen", &["002-25"], &["consent to cookies", "GDPR", "clear act"], "Art. 7(3), Art. 4(11)");
}

#[test]
fn imgprompts_lost_its_lists_and_imgus_its_address() {
    check("imgprompts", &["003-07"], &["“You can:”", "text is lost"], "rights");
    check("imgprompts", &["003-04"], &["Typical retention logic:"], "retention");
    check("imgus", &["004-18"], &["text is lost", "where to write"], "Section 11");
    check("imgus", &["004-01", "004-11", "004-12", "004-17"], &["contact data", "reference"], "Section 01");
    check("imgus", &["004-03", "004-05"], &["quality improvements"], "Section 03");
}

#[test]
fn four_policies_name_no_deadline_and_nobody_has_signed_anything() {
    for product in ["imagodraw", "imgen", "imgprompts", "imgus"] {
        let all = of(product, now());
        assert!(all.iter().any(|f| f.severity == Severity::Notice && f.says.contains("no deadline")), "{product}");
    }
    for product in [IMAGEGEN, "imagodraw", "imgen", "imgprompts", "imgus"] {
        let all = of(product, now());
        assert!(all.iter().any(|f| f.severity == Severity::Notice && f.says.contains("No lawyer")), "{product}");
        let first_notice = all.iter().position(|f| f.severity == Severity::Notice).unwrap_or(all.len());
        assert!(all[first_notice..].iter().all(|f| f.severity == Severity::Notice), "problems come first");
        assert!(all.iter().all(|f| f.product == product && !f.says.is_empty() && !f.source.is_empty()));
    }
    assert!(of("imagodraw", now()).iter().all(|f| f.severity == Severity::Notice), "ImagoDraw says nothing wrong");
}

#[test]
fn what_is_in_force_later_is_said_differently_later() {
    let later = at("2027-06-01T09:00:00+05:30");
    let all = of(IMAGEGEN, later);
    assert!(all.iter().all(|f| f.rows != ["000-23"] && f.rows != ["000-27"]), "{all:#?}");
    let act = all.iter().find(|f| f.rows == ["000-30"]).expect("the Act still fixes no thirty days");
    assert!(act.says.contains("90 days at most") && !act.says.contains("not in force"), "{}", act.says);
}

#[test]
fn a_fact_that_nobody_answers_is_found() {
    let packs = packs();
    let mut pack = packs.get(IMAGEGEN).expect("it is there").clone();
    pack.answers.remove("hosts_user_content");
    let all = findings(&pack, packs.laws(), now());
    let open: Vec<_> = all.iter().filter(|f| f.says.contains("hosts_user_content")).collect();
    assert_eq!(open.len(), 1, "{open:#?}");
    assert!(open[0].source.contains("[fact.hosts_user_content]"));
}

#[test]
fn what_is_kept_here_and_promised_to_go_is_found() {
    let all = of("imgen", now());
    let told = all.iter().find(|f| f.rows == ["002-16"] && f.says.contains("2 years after the answer")).expect("found");
    assert_eq!((told.severity, told.source.as_str()), (Severity::Notice, "11 CCR § 7101"));
    let packs = packs();
    let mut pack = packs.get("imgen").expect("it is there").clone();
    let claim = r#"id = "002-13"
        says = "kept_at_most"
        what = "mail"
        period = "P30D""#;
    pack.claims.push(toml::from_str(claim).expect("a claim"));
    assert!(pack.claims.last().expect("there is one").faults().is_empty());
    let all = findings(&pack, packs.laws(), now());
    let found = all.iter().find(|f| f.rows == ["002-13"]).expect("it is found");
    assert_eq!(found.severity, Severity::Problem);
    assert!(found.says.contains("gone after 30 days") && found.says.contains("for 6 months"), "{}", found.says);
    pack.claims.last_mut().expect("there is one").period =
        toml::from_str::<std::collections::HashMap<String, _>>("p = \"P6M\"").expect("a period").remove("p");
    assert!(findings(&pack, packs.laws(), now()).iter().all(|f| f.rows != ["002-13"]), "it is kept");
    pack.retention.clear();
    let all = findings(&pack, packs.laws(), now());
    assert!(all.iter().any(|f| f.severity == Severity::Problem && f.says.contains("Nobody says how long the mail")));
}
