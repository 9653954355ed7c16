//! Bad packs, each with the place where it is bad.

use super::*;
use chrono::DateTime;
use std::fs;

const RULE: &str = r#"
[[rule]]
id = "t-resolve"
kinds = ["access"]
from = "2020-01-01"
until = "2026-01-01"
duty = "resolve"
period = "P30D"
citation = "T 1"
source = "https://example.org"
evidence = "S1"
confidence = "high"
"#;

const LAW: &str = r#"
id = "t-law"
name = "A law"
short = "Law"
version = "2026-11-22"
zone = "Asia/Kolkata"
provisions = ["1"]
"#;

fn now() -> Instant {
    Instant::of(&DateTime::parse_from_rfc3339("2026-11-23T09:00:00Z").expect("a good instant"))
}

/// Every fault that a folder with these files has, as printed.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().expect("it has one")).expect("it is made");
        fs::write(file, text).expect("it is written");
    }
    let checked = check(Some(folder.path()), Some(now())).expect("it reads");
    checked.faults.iter().map(ToString::to_string).collect()
}

/// The packs have this one fault: file, line and key, and these words in what it says.
#[track_caller]
fn check_one(files: &[(&str, &str)], place: &str, says: &str) {
    let found = faults(files);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(&format!("{place}: ")), "{} is not at {place}", found[0]);
    assert!(found[0].contains(says), "{} does not say {says}", found[0]);
}

/// The rule set above with a rule in which `from` was put for `what`.
#[track_caller]
fn check_rule(what: &str, from: &str, place: &str, says: &str) {
    assert!(RULE.contains(what), "{what} is not in the rule");
    let text = format!("{LAW}{}", RULE.replace(what, from));
    check_one(&[("law/t-law.toml", &text)], &format!("law/t-law.toml:{place}"), says);
}

/// A pack of ours with something else in place of `what`: the fault's key and words.
#[track_caller]
fn check_product(what: &str, with: &str, key: &str, says: &str) {
    let text = files(None, "products").expect("they are there").remove(0).1;
    assert!(text.contains(what), "{what} is not in the pack");
    let text = text.replacen(what, with, 1);
    let found = faults(&[("products/imagegen-artisticmonk.toml", &text)]);
    let of_key = format!(": {key}: ");
    let hit = found.iter().find(|fault| fault.contains(&of_key) && fault.contains(says));
    let hit = hit.unwrap_or_else(|| panic!("{found:#?} do not say {says}"));
    let line: usize = hit.split(':').nth(1).and_then(|line| line.parse().ok()).expect("it has a line");
    let there = text.lines().nth(line - 1).unwrap_or_default();
    let last = key.rsplit('.').next().unwrap_or(key).split('[').next().unwrap_or(key);
    // a key that is missing is missing from its table
    assert!(there.contains(last) || there.starts_with("[["), "line {line} is '{there}', not {last}");
}

#[test]
fn the_packs_inside_the_program_have_no_fault() {
    assert_eq!(faults(&[]), Vec::<String>::new());
    assert_eq!(faults(&[("law/t-law.toml", &format!("{LAW}{RULE}"))]), Vec::<String>::new());
}

#[test]
fn a_rule_that_cannot_be_is_found_at_its_line() {
    check_rule("period = \"P30D\"", "period = \"30 days\"", "15: rule[t-resolve].period", "write PT24H for hours");
    check_rule("period = \"P30D\"", "period = \"P0D\"", "15: rule[t-resolve].period", "'P0D' is no period");
    check_rule("[\"access\"]", "[\"acess\"]", "11: rule[t-resolve].kinds", "'acess' is no kind");
    check_rule("citation = \"T 1\"", "citation = \" \"", "16: rule[t-resolve].citation", "say where the rule stands");
    check_rule("citation = \"T 1\"\n", "", "9: rule[t-resolve].citation", "missing field");
    check_rule("confidence", "konfidence", "19: rule[t-resolve].konfidence", "unknown field");
    check_rule("until = \"2026-01-01\"", "until = \"2019-01-01\"", "13: rule[t-resolve].until", "lies before from");
    check_rule("from = \"2020-01-01\"", "from = \"1 Jan 2020\"", "12: rule[t-resolve].from", "");
    check_rule("period = \"P30D\"", "undated = \"soon\"", "9: rule[t-resolve].target", "gives its own");
    check_rule("duty = \"resolve\"", "duty = \"solve\"", "14: rule[t-resolve].duty", "solve");
    check_rule(
        "period = \"P30D\"",
        "period = \"P30D\"\nextension = { add = \"P10D\", total = \"P20D\", reasons = true }",
        "9: rule[t-resolve].extension.total",
        "not longer",
    );
    check_rule(
        "period = \"P30D\"",
        "period = \"P30D\"\napplies_if = [\"hosts_user_contents\"]",
        "16: rule[t-resolve].applies_if",
        "no product answers 'hosts_user_contents'",
    );
}

#[test]
fn every_bad_rule_of_a_file_is_found_at_once() {
    let text = format!(
        "{LAW}{}{}{}",
        RULE.replace("P30D", "30"),
        RULE.replace("t-resolve", "t-good"),
        RULE.replace("t-resolve", "t-bad").replace("\"S1\"", "\"S9\"")
    );
    let found = faults(&[("law/t-law.toml", &text)]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].starts_with("law/t-law.toml:15: rule[t-resolve].period: "), "{}", found[0]);
    assert!(found[1].starts_with("law/t-law.toml:42: rule[t-bad].evidence: "), "{}", found[1]);
}

#[test]
fn versions_that_overlap_are_found_at_the_later_one() {
    let later = RULE.replace("2020-01-01", "2026-01-01").replace("2026-01-01\"\nduty", "2027-01-01\"\nduty");
    let text = format!("{LAW}{RULE}{later}");
    check_one(&[("law/t-law.toml", &text)], "law/t-law.toml:24: rule[t-resolve].from", "holds on the same day");
    let text = format!("{LAW}{RULE}{}", later.replace("from = \"2026-01-01\"", "from = \"2026-01-02\""));
    assert_eq!(faults(&[("law/t-law.toml", &text)]), Vec::<String>::new());
}

#[test]
fn the_head_of_a_rule_set_is_looked_at_too() {
    let with = |what: &str, with: &str| format!("{}{RULE}", LAW.replace(what, with));
    let check = |text: &str, place: &str, says: &str| {
        check_one(&[("law/t-law.toml", text)], &format!("law/t-law.toml:{place}"), says);
    };
    check(&with("Asia/Kolkata", "Asia/Nowhere"), "6: zone", "IANA");
    check(&with("\"t-law\"", "\"t-other\""), "2: id", "differ");
    check(&with("[\"1\"]", "[\"9..1\"]"), "7: provisions", "no provision");
    check(&with("zone =", "calendar = \"XX\"\nzone ="), "6: calendar", "no calendar 'XX'");
    // India's holidays are announced year by year, and here they would count
    check(&with("zone =", "roll = true\ncalendar = \"IN\"\nzone ="), "7: calendar", "does not know the holidays of");
    check(&LAW.replace("provisions", "provisons"), "7: provisons", "unknown field");
    let found = faults(&[("law/t-law.toml", &format!("{LAW}{RULE}\nsurprise"))]);
    assert!(found[0].starts_with("law/t-law.toml:21: "), "{found:#?}");
}

#[test]
fn a_promise_that_cannot_be_read_is_the_only_fault() {
    let text = files(None, "products").expect("they are there").remove(0).1;
    let text = text.replacen("period = \"P15D\"", "period = \"15 days\"", 1);
    let found = faults(&[("products/imagegen-artisticmonk.toml", &text)]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains(": promise[000-39].period: '15 days' is no period"), "{}", found[0]);
}

#[test]
fn a_product_that_names_what_is_not_there_is_found() {
    check_product("\"in-spdi\"", "\"in-sdpi\"", "jurisdiction[IN].regimes", "no rule set 'in-sdpi'");
    check_product("training =", "hours_calendar = \"XX\"\ntraining =", "hours_calendar", "no calendar 'XX'");
    check_product("calendar = \"IE\"", "calendar = \"EI\"", "jurisdiction[IE].calendar", "no calendar 'EI'");
    check_product("code = \"FR\"", "code = \"EU\"", "jurisdiction[EU].code", "twice");
    check_product("kinds = [\"policy_change\"]", "kinds = [\"policy\"]", "promise[000-35].kinds", "'policy'");
    check_product("id = \"000-02\"", "id = \"000-01\"", "row[000-01].id", "twice");
    check_product("id = \"000-38\"\nduty", "id = \"000-99\"\nduty", "promise[000-99]", "there is no row of this id");
    check_product("[fact.hosts_user_content]", "[fact.hosts]", "jurisdiction[IN].regimes", "hosts_user_content");
    check_product("period = \"P7D\"", "period = \"BD7\"", "promise[000-35].period", "hours, days or months");
    check_product("Asia/Kolkata", "India", "zone", "IANA");
    check_product("provision = \"5(9)\"\n", "", "claim[000-36].provision", "is missing");
    check_product("id = \"000-40\"\npurpose", "id = \"000-77\"\npurpose", "mailbox[000-77].id", "there is no row");
    check_product("id = \"imagegen-artisticmonk\"", "id = \"imagegen\"", "id", "differ");
}

#[test]
fn a_record_that_is_kept_shorter_than_a_law_asks_is_found() {
    let case = "of = \"case\"\nperiod = \"P24M\"";
    check_product(case, "of = \"case\"\nperiod = \"P23M\"", "retention.period", "11 CCR § 7101 asks (P24M)");
    let mail = "of = \"mail\"\nperiod = \"P1Y\"";
    check_product(mail, "of = \"mail\"\nperiod = \"P11M\"", "retention.period", "DPDP Rules r. 8(3) asks (P1Y)");
    check_product(mail, "of = \"mail\"\nperiod = \"P3Y\"", "retention.period", "kept longer than case");
    check_product(mail, "of = \"mail\"", "retention.period", "is missing");
    check_product("of = \"mail\"", "of = \"export\"", "retention.kinds", "another line says");
    check_product("of = \"audit\"", "of = \"audit\"\nperiod = \"P9Y\"", "retention.period", "never cut");
    check_product("of = \"log\"", "of = \"log\"\nkinds = [\"access\"]", "retention.kinds", "no record of a case");
    check_product("source = \"GDPR Art. 5(2)\"", "source = \" \"", "retention.source", "says nothing");
    check_product("of = \"mail\"", "of = \"letters\"", "retention.of", "letters");
}
