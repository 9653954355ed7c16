//! The audit log: who did what, newest first; filters stand in the address. What may not be told is not here to be drawn.

pub mod server;

use crate::{
    app::audit::{AuditAction, AuditFilter, AuditLine, AuditPage},
    ui::{
        components::{
            error_box::ErrorBox,
            field::choices,
            notice::{Blank, Meaning, Notice},
            rows::RESTRICTED,
        },
        form::Problems,
        paths,
        shell::thousands,
    },
};
use chrono_tz::Tz;
use leptos::{either::Either, prelude::*};

/// The page; `is_proved` for somebody who has just proved who they are, and exports nothing yet.
#[must_use]
pub fn page(audit: &AuditPage, is_proved: bool) -> AnyView {
    let when = audit.now.local(audit.zone).format("%a %-d %b %Y, %H:%M %Z").to_string();
    let sealed = audit.sealed.map(|(number, at)| {
        let at = at.short(audit.zone);
        view! { <span>{format!("last checkpoint {at}, up to entry {}", thousands(number))}</span> }
    });
    // what could not be understood found nothing, which says nothing about the log
    let blank = || audit.faults.is_empty().then(|| blank(&audit.filter));
    let body = if audit.lines.is_empty() { Either::Left(blank()) } else { Either::Right(table(audit)) };
    let proved = is_proved.then(|| {
        view! { <Notice meaning=Meaning::Info lead="You have proved who you are.">
        <p>"Nothing is exported yet: press the button once more."</p></Notice> }
    });
    view! {
        <div class="head">
            <div>
                <h1>"Audit log"</h1>
                <p class="byline"><span>{when}</span>{sealed}</p>
            </div>
            {export(&audit.filter)}
        </div>
        <ErrorBox problems=Problems::new(&audit.faults) />
        {proved}
        {filters(audit)}
        {body}
        {pager(audit)}
    }
    .into_any()
}

/// By POST: that somebody exported is an entry of its own.
fn export(filter: &AuditFilter) -> impl IntoView + use<> {
    let to = paths::audit(&AuditFilter { before: String::new(), ..filter.clone() });
    view! { <form class="acts" method="post" action=to><button class="btn">"Export as CSV"</button></form> }
}

fn filters(audit: &AuditPage) -> impl IntoView + use<> {
    let AuditFilter { person, action, case, from, to, .. } = audit.filter.clone();
    let people = audit.people.iter().map(|one| (one.id.0.to_string(), one.name.clone())).collect();
    let mut actions: Vec<_> =
        AuditAction::ALL.iter().map(|action| (action.code().to_owned(), action.label().to_owned())).collect();
    actions.sort_by(|a, b| a.1.cmp(&b.1));
    let problems = Problems::new(&audit.faults);
    let invalid = |id| problems.invalid(id);
    view! {
        <form class="filters" role="search" method="get" action=paths::AUDIT aria-label="Filter the log">
            <label class="sr" for="person">"Person"</label>
            <select id="person" name="person" aria-invalid=invalid("person")>{choices("Anybody", people, &person)}</select>
            <label class="sr" for="action">"Action"</label>
            <select id="action" name="action" aria-invalid=invalid("action")>
                {choices("Any action", actions, &action)}</select>
            <label class="sr" for="case">"Case"</label>
            <input id="case" name="case" value=case placeholder="Case, R-10021" autocomplete="off"
                aria-invalid=invalid("case") />
            <span class="day"><label for="from">"From"</label>
                <input id="from" name="from" type="date" value=day(&from) aria-invalid=invalid("from") /></span>
            <span class="day"><label for="to">"to"</label>
                <input id="to" name="to" type="date" value=day(&to) aria-invalid=invalid("to") /></span>
            <button class="btn">"Filter"</button>
        </form>
    }
}

/// What a browser takes for a day; anything else it would leave out, and complain.
fn day(typed: &str) -> String {
    typed.parse::<chrono::NaiveDate>().map(|day| day.to_string()).unwrap_or_default()
}

fn table(audit: &AuditPage) -> impl IntoView + use<> {
    let rows = audit.lines.iter().map(|line| row(line, audit.zone)).collect_view();
    view! {
        <table role="table" class="audit" id="entries">
            <caption class="sr">"Entries, newest first. Of restricted cases only the action is shown."</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col" class="c-at">"When"</th>
                    <th role="columnheader" scope="col">"What"</th>
                    <th role="columnheader" scope="col" class="c-who">"Who"</th>
                    <th role="columnheader" scope="col" class="c-case">"Case"</th>
                    <th role="columnheader" scope="col" class="c-on">"On, and what changed"</th>
                    <th role="columnheader" scope="col" class="c-place">"From where"</th>
                    <th role="columnheader" scope="col" class="num">"Entry"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

fn row(line: &AuditLine, zone: Tz) -> impl IntoView + use<> {
    let at = line.at.local(zone).format("%-d %b %Y, %H:%M:%S").to_string();
    let case = match line.case {
        Some(case) => view! { <a class="quiet" href=paths::case(case)>{case.to_string()}</a> }.into_any(),
        None if line.walled => view! { <span class="faint">{RESTRICTED}</span> }.into_any(),
        None => ().into_any(),
    };
    let fields = (!line.fields.is_empty()).then(|| view! { <small>"changed: "{line.fields.clone()}</small> });
    let object = (!line.object.is_empty()).then(|| view! { <span>{line.object.clone()}</span>" " });
    view! {
        <tr role="row">
            <td role="cell" class="c-at"><time datetime=line.at.rfc3339()>{at}</time></td>
            <th role="rowheader" scope="row">{line.action.clone()}</th>
            <td role="cell" class="c-who">{line.who.clone()}</td>
            <td role="cell" class="c-case">{case}</td>
            <td role="cell" class="c-on">{object}{fields}</td>
            <td role="cell" class="c-place mono">{line.place.clone()}</td>
            <td role="cell" class="num">{line.number.map(thousands)}</td>
        </tr>
    }
}

fn pager(audit: &AuditPage) -> impl IntoView + use<> {
    let start = AuditFilter { before: String::new(), ..audit.filter.clone() };
    let goes_on = !audit.filter.before.is_empty();
    let back = goes_on.then(|| view! { <a href=paths::audit(&start)>"From the newest"</a> });
    let next = audit.next.clone().map(|before| {
        let filter = AuditFilter { before, ..audit.filter.clone() };
        view! { <a rel="next" href=paths::audit(&filter)>"Older"</a> }
    });
    let is_any = back.is_some() || next.is_some();
    is_any.then(|| view! { <div class="pager">{back}{next}</div> })
}

fn blank(filter: &AuditFilter) -> impl IntoView + use<> {
    let (title, says) = if filter.before.is_empty() {
        (
            "No entry matches this filter",
            "Entries about restricted cases are found by their action and day alone, unless you work on such cases.",
        )
    } else {
        ("Nothing older", "These were the first entries that match.")
    };
    view! {
        <Blank title>
            <p>{says}</p>
            <div class="acts"><a class="btn" href=paths::AUDIT>"See all entries"</a></div>
        </Blank>
    }
}
