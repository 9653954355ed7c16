//! Reports to authorities on a case's page: the form that writes one down, and the one that corrects a number. Behind the wall
//! this is drawn for its circle alone.

use super::{
    clockwork::{form, when},
    tried::{Act, Tried},
};
use crate::{
    app::{
        case_page::{Full, What},
        verbs::MEETS_NONE,
    },
    domain::authority::Authority,
    ui::components::field::{Field, SelectField},
};
use leptos::prelude::*;

/// The form that writes a report down, where one is due or may be made.
pub(super) fn tell(full: &Full, tried: &Tried) -> Option<AnyView> {
    let act = Act::Report;
    full.clockwork.may_report.then(|| {
        let is_tried = tried.is(act);
        let mut duties = full.clockwork.reports.clone();
        duties.push((MEETS_NONE.to_owned(), "None of these: a report beyond what is due".to_owned()));
        let authorities = Authority::ALL.iter().map(|one| (one.code().to_owned(), one.label().to_owned())).collect();
        let problems = tried.problems.clone();
        let fields = view! {
            <SelectField id=act.id("meets") name="meets" label="Which report was it?" first="Choose" options=duties
                value=tried.value(act, "meets") problems=problems.clone() hint="It meets this one and no other." />
            <SelectField id=act.id("authority") name="authority" label="To whom?" first="Choose" options=authorities
                value=tried.value(act, "authority") problems=problems.clone() />
            {number(tried, act)}
            {when(full, tried, act, act.id("at"), is_tried)}
        };
        form(
            full,
            tried,
            act,
            is_tried && tried.done.is_none(),
            "Write down a report to an authority",
            "Write it down",
            fields,
        )
    })
}

/// The form that corrects the number of a report.
pub(super) fn correct(full: &Full, tried: &Tried) -> Option<AnyView> {
    let act = Act::Number;
    let told = full.timeline.iter().filter_map(|entry| match &entry.what {
        What::Event { lead, rest, .. } if lead == crate::app::timeline::REPORTED => {
            Some((entry.seq.to_string(), rest.clone()))
        }
        _ => None,
    });
    let reports: Vec<_> = told.collect();
    (!reports.is_empty()).then(|| {
        let fields = view! {
            <SelectField id=act.id("report") name="report" label="Which report?" first="Choose" options=reports
                value=tried.value(act, "report") problems=tried.problems.clone() />
            {number(tried, act)}
        };
        form(
            full,
            tried,
            act,
            tried.is(act) && tried.done.is_none(),
            "A report’s number is wrong",
            "Correct it",
            fields,
        )
    })
}

fn number(tried: &Tried, act: Act) -> impl IntoView + use<> {
    let (id, problems) = (act.id("number"), tried.problems.clone());
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, true));
    let value = tried.value(act, "number");
    view! {
        <Field id=id.clone() label="Number" hint="As the authority gave it, and nothing else: no address, no description." problems>
            <input id=id name="number" value=value autocomplete="off" aria-invalid=invalid aria-describedby=described />
        </Field>
    }
}
