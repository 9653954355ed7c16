//! The pages of runs, and what a case says of them.

use super::{
    pages::{case_html, fields, house},
    samples,
};
use crate::{
    app::{case_page::CasePage, error::FieldError, runs::Closing},
    domain::{
        case::{Outcome, Verified},
        identity::{ContentId, RunId},
        kind::Kind,
        plan::WarningCode,
        run::{RunState, Stop},
    },
    ui::{
        pages::{
            case::tried::{Act as CaseAct, Tried as CaseTried},
            run::{
                self,
                tried::{Act, Done, Tried},
            },
            runs::{self, Runs},
        },
        shell::Place,
    },
};

fn html(run: &crate::app::runs::RunPage, tried: &Tried) -> String {
    house(&run::title(run), Place::Runs, || run::page(run, tried, &samples::actor()))
}

fn plain(state: RunState) -> String {
    html(&samples::run(state, None), &Tried::default())
}

pub(super) fn all() -> Vec<String> {
    let runs = |open: &[RunState]| {
        let open = open.iter().map(|state| samples::run_line(1, *state, None)).collect();
        Runs {
            open,
            ended: vec![samples::run_line(2, RunState::Finished, None)],
            erasures: Vec::new(),
            approves: true,
            sees_cases: true,
            now: samples::NOW,
            zone: samples::ZONE,
        }
    };
    let lists = [runs(&[RunState::Planned]), runs(&[])];
    let lists = lists.iter().map(|list| house("Runs", Place::Runs, || runs::page(list)));
    RunState::ALL.iter().map(|state| plain(*state)).chain(lists).collect()
}

#[test]
fn a_plan_says_its_numbers_and_asks_for_the_reference() {
    let html = plain(RunState::Planned);
    for there in [
        "Plan of run E-771: erase one person from ImageGen",
        "2 warnings to accept, none that stops the run",
        "form=\"approve\" name=\"accepted\" id=\"accepted-0\" value=\"0\"",
        "5,711 rows and 2,412 files",
        ", and changes 12 more",
        "Approve and erase 5,711 rows",
        "name=\"scope_hash\" value=\"9f2c41d70b6ea85c\"",
        "9f2c 41d7 0b6e a85c",
        "until 31 Mar 2034: tax &lt;b&gt;law",
        "email, order reference",
        "nobody yet; you may",
        ">4711<",
    ] {
        assert!(html.contains(there), "{there}");
    }
}

#[test]
fn who_may_not_approve_reads_why_and_has_no_form() {
    let html = html(&samples::run(RunState::Planned, Some("You asked for this run.")), &Tried::default());
    assert!(html.contains("You asked for this run.") && html.contains("nobody yet"));
    for never in ["value=\"approve\"", "value=\"send_back\"", "name=\"accepted\""] {
        assert!(!html.contains(never), "{never}");
    }
    assert!(html.contains("value=\"cancel\""));
}

#[test]
fn a_refused_approval_keeps_what_was_typed_and_ticked_and_leads_to_what_is_missing() {
    let typed = fields(&[("do", "approve"), ("typed", "R-<1>"), ("accepted", "0"), ("scope_hash", "older")]);
    let errors = [FieldError::new("typed", "Type it"), FieldError::new("accepted", "Tick every one")];
    let run = samples::run(RunState::Planned, None);
    let tried = Tried::invalid(Act::Approve, typed.clone(), &errors, &run);
    let said = html(&run, &tried);
    for there in [
        "<a href=\"#typed\">Type it<",
        "<a href=\"#accepted-1\">Tick every one<",
        "value=\"R-&lt;1&gt;\"",
        "id=\"accepted-0\" value=\"0\" checked",
        "id=\"accepted-1-error\"",
        "name=\"scope_hash\" value=\"older\"",
    ] {
        assert!(said.contains(there), "{there}");
    }
    // somebody was quicker: the form is gone, the words lead to the page
    let run = samples::run(RunState::Running, None);
    let said = html(&run, &Tried::invalid(Act::Approve, typed, &errors[..1], &run));
    assert!(said.contains("<a href=\"#main\">Type it<") && !said.contains("id=\"typed\""));
}

#[test]
fn what_blocks_a_plan_comes_first_and_a_hold_stays_unnamed() {
    let mut run = samples::run(RunState::Stopped, None);
    run.stop = Some(Stop::Blocked);
    run.plan.warnings[1].blocks = true;
    run.plan.warnings[1].code = WarningCode::Hold;
    run.plan.warnings[1].rows = 0;
    let html = html(&run, &Tried::default());
    let at = [html.find("1 thing stops the run"), html.find("Not now."), html.find("Rows shared with other people")];
    assert!(at.is_sorted() && at[0].is_some(), "{at:?}");
    assert!(html.contains("This erasure may not run now.") && !html.contains("A hold"));
    assert!(!html.contains("value=\"again\"") && html.contains("value=\"cancel\""));
    assert!(plain(RunState::Stopped).contains("value=\"again\""), "one that can go on");
}

#[test]
fn a_receipt_counts_what_went_and_tells_what_stayed() {
    let html = plain(RunState::Finished);
    for there in [
        "Receipt of run E-771",
        "Looked for again at 10:19: nothing is left of what had to go.",
        "5,711 rows and 2,412 files erased, 12 rows changed, 9 rows kept.",
        "kept until 31 Mar 2034: tax &lt;b&gt;",
        "/runs/E-771/receipt.json",
        "receipts-2026",
        "Approved by",
    ] {
        assert!(html.contains(there), "{there}");
    }
    assert!(!html.contains("<form method=\"post\" action=\"/runs"), "nothing is left to decide");
    let mut forged = samples::run(RunState::Finished, None);
    forged.receipt.as_mut().expect("it has one").valid = false;
    assert!(self::html(&forged, &Tried::default()).contains("not valid"));
}

#[test]
fn a_run_that_was_cut_short_says_how_far_it_came_and_leads_to_what_is_left() {
    let mut run = samples::run(RunState::Running, None);
    run.state = RunState::Cancelled;
    run.steps[1].done = 1_200;
    run.steps[1].files = 40;
    (run.steps[1].ended, run.steps[2].ended, run.steps[2].done) = (false, false, 0);
    let said = html(&run, &Tried::default());
    for there in [
        "2 of 4 steps were done: 1,200 rows and 40 files are gone, 21 rows changed.",
        "Go on with a new plan",
        "/cases/R-20418/plan",
    ] {
        assert!(said.contains(there), "{there}");
    }
    (run.state, run.stop) = (RunState::Stopped, Some(Stop::Held));
    assert!(html(&run, &Tried::default()).contains("2 of 4 steps were done"));
    run.steps.clear();
    run.state = RunState::Cancelled;
    let never = html(&run, &Tried::default());
    assert!(!never.contains("steps were done") && never.contains("Make a new one"));
}

#[test]
fn what_a_hold_keeps_has_no_day() {
    let mut run = samples::run(RunState::Planned, None);
    let kept = run.plan.tables.last_mut().expect("a line");
    (kept.keep_until, kept.reason) = (None, Some(crate::domain::plan::ON_HOLD.into()));
    let said = html(&run, &Tried::default());
    assert!(said.contains("until it is released: a hold") && said.contains("on a part, which stays"));
    assert!(plain(RunState::Planned).contains("none on anything of it"));
}

#[test]
fn a_plan_that_was_sent_back_says_why_as_text() {
    let html = plain(RunState::SentBack);
    assert!(html.contains("Ask &lt;again&gt;") && html.contains("What would have happened"));
}

#[test]
fn what_was_done_is_said_only_while_it_is_news() {
    let said = |state| html(&samples::run(state, None), &Tried { done: Some(Done::Approved), ..Tried::default() });
    assert!(said(RunState::Running).contains(Done::Approved.label()));
    assert!(!said(RunState::Finished).contains(Done::Approved.label()));
}

fn case(change: impl FnOnce(&mut crate::app::case_page::Full), tried: &CaseTried) -> String {
    let mut full = samples::full(Kind::Erasure);
    change(&mut full);
    case_html(CasePage::Full(Box::new(full)), tried)
}

#[test]
fn a_hold_of_a_restricted_case_offers_no_part() {
    let page = |kind| {
        let change = |full: &mut crate::app::case_page::Full| (full.looks_up, full.case.kind) = (true, kind);
        case(change, &CaseTried::default())
    };
    assert!(page(Kind::Erasure).contains("Limit the hold to a part"));
    let walled = page(Kind::MinorData);
    assert!(walled.contains("Place the hold") && !walled.contains("Limit the hold to a part"));
}

#[test]
fn a_case_says_what_is_missing_then_plans_then_leads_to_its_run() {
    let verified = Some(Verified { at: samples::NOW, identity: ContentId(1), by: None });
    let missing = case(|_| (), &CaseTried::default());
    assert!(missing.contains("Verify the person before") && !missing.contains("value=\"plan\""));
    let ready = case(|full| full.case.verified = verified, &CaseTried::default());
    assert!(ready.contains("name=\"do\" value=\"plan\""));
    let open = case(
        |full| {
            full.case.verified = verified;
            full.case.run = Some(RunId(12));
            full.runs = vec![(RunId(12), crate::domain::run::RunKind::Erase, RunState::Planned)];
        },
        &CaseTried::default(),
    );
    assert!(open.contains("Run E-12 waits for approval.") && open.contains("href=\"/runs/E-12\""));
    assert!(!open.contains("value=\"plan\""));
    let typed = fields(&[("do", "plan"), ("seen", "9")]);
    let failed = CaseTried::invalid(CaseAct::Plan, typed, &[FieldError::new("run", "It did not answer")]);
    assert!(case(|_| (), &failed).contains("<a href=\"#plan\">It did not answer<"));
}

#[test]
fn the_closing_letter_is_folded_until_a_run_has_finished_and_never_loses_its_words() {
    let closing = || Closing { outcome: Some(Outcome::Granted), basis: None, text: "Dear <Lena>,".into() };
    let before = case(|full| full.closing = Some(closing()), &CaseTried::default());
    assert!(before.contains("Refuse or answer without a run") && !before.contains("h-letter"));
    let after = case(
        |full| {
            full.closing = Some(closing());
            full.runs = vec![(RunId(12), crate::domain::run::RunKind::Erase, RunState::Finished)];
        },
        &CaseTried::default(),
    );
    for there in ["id=\"h-letter\"", "Dear &lt;Lena&gt;,</textarea>", "value=\"granted\" selected"] {
        assert!(after.contains(there), "{there}");
    }
    let typed = fields(&[("do", "close"), ("seen", "3"), ("outcome", "refused"), ("text", "My words")]);
    let errors = [FieldError::new("basis", "Choose why")];
    let gone = case(|full| full.closing = None, &CaseTried::invalid(CaseAct::Close, typed, &errors));
    for there in ["<a href=\"#close-basis\">Choose why<", "My words</textarea>", "value=\"refused\" selected"] {
        assert!(gone.contains(there), "{there}");
    }
}
