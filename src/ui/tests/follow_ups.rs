//! What a case and a run say of recipients and backups.

use super::{
    pages::{case_html, fields},
    samples,
};
use crate::{
    app::{case_page::CasePage, error::FieldError},
    domain::{
        case::{Outcome, State},
        follow_up::{Standing, Step},
        kind::Kind,
    },
    ui::pages::case::tried::{Act, Tried},
};

fn page(tried: &Tried) -> String {
    case_html(CasePage::Full(Box::new(samples::full(Kind::Erasure))), tried)
}

#[test]
fn each_recipient_says_where_it_stands_and_offers_what_leads_on() {
    let html = page(&Tried::default());
    for there in ["overdue", "told", "could not be told", "it answered 503", "confirmed", "need not be told", "run out"]
    {
        assert!(html.contains(there), "{there}");
    }
    assert!(html.contains("Hosting &lt;providers") && !html.contains("Hosting <providers"));
    let offered = |step: Step| html.matches(&format!("name=\"step\" value=\"{}\"", step.code())).count();
    let wanted = |step| samples::follow_ups().iter().filter(|one| one.steps.contains(&step)).count();
    for step in Step::ALL {
        assert_eq!(offered(*step), wanted(*step), "{step:?}");
        assert!(wanted(*step) > 0, "{step:?}");
    }
}

#[test]
fn a_missing_reason_opens_the_form_of_that_recipient_alone() {
    let typed = fields(&[("do", "follow-up"), ("follow-up", "2"), ("step", "waived"), ("reason", "<b>because</b>")]);
    let errors = [FieldError::new("reason", "Say why")];
    let html = page(&Tried::invalid(Act::FollowUp, typed, &errors));
    assert!(html.contains("href=\"#follow-up-reason-2\"") && html.contains("id=\"follow-up-reason-2\""));
    assert!(html.contains("&lt;b&gt;because") && !html.contains("<b>because"));
    let open = html.matches("<details open").count();
    assert_eq!(open, page(&Tried::default()).matches("<details open").count() + 1);
}

#[test]
fn a_resolved_case_says_that_somebody_has_still_to_be_told() {
    let mut full = samples::full(Kind::Erasure);
    assert!(!page(&Tried::default()).contains("still to be told"));
    (full.case.state, full.case.outcome) = (State::Resolved, Some(Outcome::Granted));
    let says = |full| case_html(CasePage::Full(Box::new(full)), &Tried::default());
    assert!(says(full.clone()).contains("2 recipients have still to be told"));
    full.follow_ups.retain(|one| one.state == Standing::Told);
    assert!(!says(full).contains("still to be told"));
}
