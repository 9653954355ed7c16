//! The clocks of a case's page: what each says of itself, what can be done, and what a walled one never says.

use super::{
    pages::{case_html, fields},
    samples::{self, NOW, clock},
};
use crate::{
    app::{
        case_page::{CasePage, Full, Walled},
        error::FieldError,
    },
    domain::{
        clock::{Clock, Duty, Layer},
        kind::Kind,
        time::{DAY, HOUR},
    },
    ui::pages::case::tried::{Act, Tried},
};

/// A clock of the GDPR, with everything a pack says of it.
fn law(from: i64, due: i64) -> Clock {
    let mut clock = clock(Duty::Resolve, Layer::Law, "P1M", NOW.plus(from), NOW.plus(due), None);
    clock.start.rule = "gdpr-rights".into();
    clock.start.pack = "eu-gdpr 2026-11-22".into();
    clock.start.source = "GDPR Art. 12(3)".into();
    clock.start.url = "https://eur-lex.example/gdpr".into();
    clock.start.evidence = "S1".into();
    clock.start.confidence = "high".into();
    clock.start.note = "Without undue delay.".into();
    clock.start.zone = Some(chrono_tz::Europe::Berlin);
    clock
}

fn page(clocks: Vec<Clock>) -> String {
    let mut full: Full = samples::full(Kind::Erasure);
    full.case.clocks = clocks;
    case_html(CasePage::Full(Box::new(full)), &Tried::default())
}

/// The text of the clocks' section, without markup.
fn said(html: &str) -> String {
    let (_, section) = html.split_once("<h2 id=\"clocks\"").unwrap_or_default();
    let (section, _) = section.split_once("</section>").unwrap_or_default();
    let mut text = String::new();
    // it begins inside the heading's tag
    let mut inside = true;
    for c in section.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn says(text: &str, all: &[&str]) {
    for there in all {
        assert!(text.contains(there), "{there} is missing in: {text}");
    }
}

#[test]
fn a_clock_says_where_it_comes_from_and_how_sure_that_is() {
    let html = page(vec![law(-20 * DAY, 10 * DAY)]);
    assert!(html.contains("href=\"https://eur-lex.example/gdpr\"") && html.contains(">GDPR Art. 12(3)<"));
    let wanted =
        ["the text of the law", "sure.", "Berlin, Europe", "eu-gdpr 2026-11-22", "gdpr-rights", "Without undue"];
    says(&said(&html), &wanted);
    assert!(said(&html).contains("CET"), "its end is told in its own zone");
    let mut odd = law(-20 * DAY, 10 * DAY);
    odd.start.url = "javascript:alert(1)".into();
    assert!(!page(vec![odd]).contains("javascript:"));
}

#[test]
fn a_clock_that_stands_still_says_since_when_and_what_is_left() {
    let mut still = law(-20 * DAY, 10 * DAY);
    still.start.paused = Some(NOW.plus(-2 * DAY));
    let html = page(vec![still.clone()]);
    says(
        &said(&html),
        &["Stands still since", "22 Nov, 10:12", "12 d left when the answer comes", "It ends no earlier than"],
    );
    assert!(html.contains("class=\"still\""), "a thin stretch of the bar");
    // beside a promise that runs it does not bind
    let promise = clock(Duty::Resolve, Layer::Promise, "P30D", NOW.plus(-20 * DAY), NOW.plus(12 * DAY), None);
    says(&said(&page(vec![still, promise])), &["Does not bind meanwhile: the promise runs on."]);
}

#[test]
fn a_clock_that_stood_still_or_was_extended_says_so() {
    let mut longer = law(-40 * DAY, 50 * DAY);
    longer.start.pauses = vec![(NOW.plus(-30 * DAY), NOW.plus(-28 * DAY))];
    longer.start.extended = Some(longer.due);
    longer.start.is_extended = true;
    let mut by = longer.clone();
    by.start.duty = Duty::ExtendBy;
    by.start.due = NOW.plus(-5 * DAY);
    by.met = Some(NOW.plus(-6 * DAY));
    let text = said(&page(vec![longer.clone(), by.clone()]));
    says(&text, &["Stood still 2 d from 25 Oct, 10:12 to 27 Oct, 10:12.", "Extended from 19 Nov 2026"]);
    assert!(!text.contains("Say that it takes longer"), "it is no duty that stands alone: {text}");
    longer.start.is_extended = false;
    longer.start.due = NOW.plus(5 * DAY);
    by.start.due = longer.due;
    by.met = None;
    says(
        &said(&page(vec![longer, by])),
        &["Can be extended until 13 Jan 2027", "if the person is told by 29 Nov 2026"],
    );
}

#[test]
fn breached_met_and_target_are_told_apart_in_words() {
    let late = law(-40 * DAY, -3 * DAY);
    says(&said(&page(vec![late])), &["Breached: overdue by 3 d.", "It was due"]);
    let from = NOW.plus(-9 * DAY);
    let met = clock(Duty::Acknowledge, Layer::Promise, "PT24H", from, from.plus(DAY), Some(from.plus(HOUR)));
    let done = clock(Duty::Resolve, Layer::Promise, "P30D", from, from.plus(30 * DAY), Some(from.plus(DAY)));
    says(
        &said(&page(vec![met.clone(), done])),
        &["No clock runs: every duty is done.", "met in 1 h", "met 16 Nov, 10:12"],
    );
    let target = clock(Duty::Resolve, Layer::Target, "P5D", from, NOW.plus(2 * DAY), None);
    let only = said(&page(vec![met, target.clone()]));
    says(&only, &["the company’s own number, not law", "no law asks for it"]);
    let beside = said(&page(vec![target, law(-9 * DAY, 20 * DAY)]));
    says(&beside, &["The company’s own aim, not law; it does not bind"]);
}

#[test]
fn a_walled_clock_says_neither_rule_nor_citation_nor_place() {
    let mut still = law(-20 * DAY, 10 * DAY);
    still.start.paused = Some(NOW.plus(-2 * DAY));
    still.start.extended = Some(NOW.plus(70 * DAY));
    let mut by = still.clone();
    by.start.duty = Duty::ExtendBy;
    let mut report = law(-DAY, DAY);
    report.start.duty = Duty::NotifyAuthority;
    let clocks = vec![still, law(-20 * DAY, 11 * DAY), by, report].into_iter().filter_map(Clock::walled).collect();
    let CasePage::Walled(walled) = samples::walled() else { panic!("it is walled") };
    let html = case_html(CasePage::Walled(Walled { clocks, ..walled }), &Tried::default());
    says(&said(&html), &["tands still since"]);
    let never =
        ["1 month", "gdpr", "GDPR", "Art. 12", "eur-lex", "Berlin", "CET", "undue", "extended", "Report", "authority"];
    for word in never.into_iter().chain(["How sure", "complain", "Lives in", "<form method=\"post\" action=\"/cases"]) {
        assert!(!html.contains(word), "{word}");
    }
}

#[test]
fn what_can_be_done_is_offered_and_what_cannot_says_why() {
    let html = page(vec![law(-20 * DAY, 10 * DAY)]);
    let there = [
        "name=\"do\" value=\"extend\"",
        "name=\"do\" value=\"pause\"",
        "name=\"fact\" value=\"identity_asked\"",
        "value=\"2026-11-24T10:12\"",
        "name=\"do\" value=\"place\"",
        "<option value=\"removed\">",
        "name=\"do\" value=\"report\"",
        "<option value=\"notify_authority a-rule\">",
    ];
    says(&html, &there);
    says(&said(&html), &["Asking a fee does not stop this clock: GDPR Art. 12(5).", "the promise binds"]);
    says(&html, &["Grievance, by 26 Nov 2026", "has to be resolved by 27 Nov 2026"]);
    let mut full = samples::full(Kind::Erasure);
    full.clockwork.extension = Err("The first period has run out");
    let html = case_html(CasePage::Full(Box::new(full)), &Tried::default());
    assert!(html.contains("The first period has run out") && !html.contains("value=\"extend\""));
}

#[test]
fn routes_that_do_not_work_yet_stand_last_and_say_so() {
    let html = page(vec![law(-20 * DAY, 10 * DAY)]);
    let (works, not_yet) = (html.find("Write to the Committee."), html.find("Write to the Board."));
    assert!(works.is_some() && works < not_yet);
    says(&html, &["does not take complaints yet (from 13 May 2027, not certain)"]);
}

#[test]
fn a_refused_question_opens_its_form_again_with_its_moment() {
    let typed = fields(&[("do", "pause"), ("seen", "5"), ("fact", "identity_asked"), ("at", "2026-12-24T10:00")]);
    let tried = Tried::invalid(Act::Pause, typed, &[FieldError::new("at", "Not in the future")]);
    let html = case_html(samples::case(Kind::Erasure), &tried);
    says(&html, &["<a href=\"#pause-at-identity_asked\">Not in the future<", "value=\"2026-12-24T10:00\""]);
    assert!(html.contains("id=\"pause-at-identity_asked\"") && html.contains("name=\"seen\" value=\"5\""));
    let typed = fields(&[("do", "extend"), ("seen", "5"), ("reasons", "So <much>")]);
    let tried = Tried::invalid(Act::Extend, typed, &[FieldError::new("reasons", "Too late")]);
    let html = case_html(samples::case(Kind::Erasure), &tried);
    says(&html, &["<a href=\"#extend-reasons\">Too late<", "So &lt;much&gt;</textarea>"]);
}
