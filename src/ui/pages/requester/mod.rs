//! The erasure of a requester from Recourse itself: what would go and what stays, the form that asks for it, and the one in
//! which a second person decides.

pub mod server;

use crate::{
    app::retention::{Aside, CaseLine, Ending, ErasureState, OpenErasure, PastErasure, RequesterPage, Waiting},
    ui::{
        components::{
            error_box::ErrorBox,
            field::Field,
            notice::{Meaning, Notice},
        },
        form::Problems,
        paths, render,
        shell::thousands,
    },
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// The words of the window's title.
pub const TITLE: &str = "Erase this requester from here";

/// What stands on the page besides what it tells.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// The reason that was typed.
    pub reason: String,
    /// What is wrong with it.
    pub problems: Problems,
    /// What was done before this page was asked for.
    pub done: String,
}

/// The page.
#[must_use]
pub fn page(requester: &RequesterPage, sent: &Sent) -> AnyView {
    let done = match sent.done.as_str() {
        "asked" => Some("Asked for. A second person has to approve it."),
        "approved" => Some("Approved. It is being done; this page says when nothing is left."),
        "refused" => Some("Refused. Nothing was erased."),
        "withdrawn" => Some("Withdrawn. Nothing was erased."),
        _ => None,
    };
    let goes = requester.lines.iter().any(|line| line.stays.is_none());
    let form = match (&requester.open, goes) {
        (Some(open), _) => Some(decide(requester, open)),
        (None, true) => Some(ask(requester, sent)),
        (None, false) => None,
    };
    view! {
        <ErrorBox problems=sent.problems.clone() />
        <div class="head"><div>
            <a class="crumb quiet" href=paths::case(requester.reference)>{format!("← {} {}", requester.reference, requester.kind)}</a>
            <h1>{TITLE}</h1>
            <p class="byline"><span>{requester.product.clone()}</span><span>"Their cases with this product, and what we keep of them"</span></p>
        </div></div>
        {done.map(|lead| view! { <Notice meaning=Meaning::Done lead /> })}
        <p class="intro">"Names, texts, addresses, raw mail, files and drafts go for good, with the copies in mailboxes that can be
            found. What happened and when stays without them, and so does the audit log. Nobody is remembered by it: a later
            mail of theirs opens a new case."</p>
        <div class="stack">
            {table(&requester.lines)}
            {aside(requester.aside)}
            {form}
            {past(&requester.past, requester.zone)}
        </div>
    }
    .into_any()
}

/// The erasures that wait for a second person or are under way, where there are any.
#[must_use]
pub fn waiting(waiting: &[Waiting], zone: Tz) -> Option<AnyView> {
    let lines = waiting.iter().map(|one| {
        let says = format!("{}, asked by {} {}", one.state.label(), one.by, one.at.short(zone));
        view! { <li><a href=paths::requester(one.reference)>{one.reference.to_string()}</a>" "{says}</li> }
    });
    let lines = lines.collect_view();
    (!waiting.is_empty()).then(|| {
        view! {
            <section aria-labelledby="h-waiting"><h2 id="h-waiting">"Requesters to be erased from here"</h2>
                <ul class="plain">{lines}</ul></section>
        }
        .into_any()
    })
}

fn table(lines: &[CaseLine]) -> AnyView {
    if lines.is_empty() {
        return view! { <p>"Nothing is kept of this requester any more."</p> }.into_any();
    }
    let row = |line: &CaseLine| {
        let (mails, texts, places) = line.holds;
        let (class, says) = if line.stays.is_none() { ("tag is-over", "goes") } else { ("tag is-paused", "stays:") };
        let why = line.stays.clone().map(|why| format!(" {why}"));
        view! {
            <tr role="row">
                <th role="rowheader" scope="row"><a href=paths::case(line.reference)>{line.reference.to_string()}</a>" "{line.kind}</th>
                <td role="cell" class="num" data-head="Raw mails">{thousands(mails)}</td>
                <td role="cell" class="num" data-head="Texts">{thousands(texts)}</td>
                <td role="cell" class="num" data-head="In mailboxes">{thousands(places)}</td>
                <td role="cell" class="how"><span class=class><i class="mark" aria-hidden="true"></i>{says}</span>{why}</td>
            </tr>
        }
    };
    let rows = lines.iter().map(row).collect_view();
    let goes: Vec<_> = lines.iter().filter(|line| line.stays.is_none()).collect();
    let sum = |of: fn(&CaseLine) -> i64| thousands(goes.iter().map(|line| of(line)).sum());
    let cases = if goes.len() == 1 { "1 case goes".to_owned() } else { format!("{} cases go", goes.len()) };
    view! {
        <table role="table" class="plan sums">
            <caption class="sr">"The requester’s cases, what is kept of each, and what becomes of it"</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Case"</th>
                    <th role="columnheader" scope="col" class="num">"Raw mails"</th>
                    <th role="columnheader" scope="col" class="num">"Texts"</th>
                    <th role="columnheader" scope="col" class="num">"In mailboxes"</th>
                    <th role="columnheader" scope="col" class="how">"What becomes of it"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
            <tfoot role="rowgroup"><tr role="row">
                <th role="rowheader" scope="row">{cases}</th>
                <td role="cell" class="num" data-head="Raw mails">{sum(|line| line.holds.0)}</td>
                <td role="cell" class="num" data-head="Texts">{sum(|line| line.holds.1)}</td>
                <td role="cell" class="num" data-head="In mailboxes">{sum(|line| line.holds.2)}</td>
                <td role="cell" class="how"></td>
            </tr></tfoot>
        </table>
    }
    .into_any()
}

fn aside(aside: Aside) -> Option<AnyView> {
    let mails = |count: i64| if count == 1 { "1 mail".to_owned() } else { format!("{} mails", thousands(count)) };
    let goes = (aside.goes > 0)
        .then(|| format!("{} of theirs that became no case: goes with what goes above. ", mails(aside.goes)));
    let waits = (aside.waits > 0).then(|| {
        format!("{} from their address under Mail: stays until somebody decides about it.", mails(aside.waits))
    });
    let says = format!("{}{}", goes.unwrap_or_default(), waits.unwrap_or_default());
    (!says.is_empty()).then(|| view! { <p>{says}</p> }.into_any())
}

fn ask(requester: &RequesterPage, sent: &Sent) -> AnyView {
    let problems = &sent.problems;
    let (invalid, described) = (problems.invalid("reason"), problems.described("reason", true));
    let reason = render::raw_text(&sent.reason);
    view! {
        <section class="confirm" aria-labelledby="h-ask">
            <h2 id="h-ask">"Ask for it"</h2>
            <form method="post" action=paths::requester(requester.reference)>
                <Field id="reason" label="Why" hint="Stands in the case’s timeline; whoever approves reads it." problems=problems.clone()>
                    <textarea id="reason" name="reason" rows="3" dir="auto" aria-invalid=invalid
                        aria-describedby=described inner_html=reason></textarea>
                </Field>
                <p class="acts"><button class="btn main" name="do" value="ask">"Ask for the erasure"</button>
                    <span class="hint">"Nothing goes until a second person has approved it."</span></p>
            </form>
        </section>
    }
    .into_any()
}

fn decide(requester: &RequesterPage, open: &OpenErasure) -> AnyView {
    let zone = requester.zone;
    let says = format!("Asked by {}, {}; {}.", open.by, open.at.short(zone), open.state.label());
    let why = (!open.reason.is_empty()).then(|| view! { <p dir="auto">{format!("“{}”", open.reason)}</p> });
    let waits = open.state == ErasureState::Asked;
    let scope = open.scope.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let time = match (waits, open.is_over) {
        (true, true) => Some("Its seven days are over: refuse or withdraw it, and ask anew.".to_owned()),
        (true, false) => Some(format!("It can be approved until {}.", open.until.short(zone))),
        (false, _) => None,
    };
    let approve = (waits && open.may_approve && !open.is_over).then(|| {
        view! { <button class="btn risk" name="do" value="approve">"Approve: erase for good"</button> }
    });
    let words = match open.ending {
        Ending::Withdraw => Some("Withdraw"),
        Ending::Refuse => Some("Refuse"),
        Ending::No => None,
    };
    let words = words.filter(|_| waits);
    let refuse = words.map(|words| view! { <button class="btn" name="do" value="refuse">{words}</button> });
    let form = (approve.is_some() || refuse.is_some()).then(|| {
        view! {
            <form method="post" action=paths::requester(requester.reference)>
                <input type="hidden" name="erasure" value=open.id />
                <p class="acts">{approve}{refuse}</p>
            </form>
        }
    });
    view! {
        <section class="confirm" aria-labelledby="h-decide" id="approve">
            <h2 id="h-decide">"An erasure was asked for"</h2>
            <p>{says}</p>
            {why}
            <p>"It is about "{scope}". What is kept by then stays; no case is added."</p>
            {time.map(|says| view! { <p>{says}</p> })}
            {form}
        </section>
    }
    .into_any()
}

fn past(past: &[PastErasure], zone: Tz) -> Option<AnyView> {
    let line = |one: &PastErasure| {
        let at = one.at.map(|at| at.short(zone)).unwrap_or_default();
        let (asked, decided) = &one.by;
        let decided = if decided.is_empty() { String::new() } else { format!(", decided by {decided}") };
        let gone = &one.gone;
        let went = [(gone.cases, "case"), (gone.mails, "raw mail"), (gone.texts, "text"), (gone.drafts, "draft")];
        let went = went.map(|(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" })).join(", ");
        let left = match gone.left {
            0 => "nothing was left.".to_owned(),
            left => format!(
                "nothing was left here. Look in the mailboxes: {left} of their copies could not be found again."
            ),
        };
        let went = (gone.cases > 0).then(|| view! { <p class="dim">{went}"; looked at again, "{left}</p> });
        view! {
            <li><p><b>{format!("{}. Asked by {asked}{decided}: {} {at}", one.id, one.state.label())}</b></p>{went}</li>
        }
    };
    let lines = past.iter().map(line).collect_view();
    (!past.is_empty()).then(|| {
        view! { <section aria-labelledby="h-past"><h2 id="h-past">"Before"</h2><ul class="plain plans">{lines}</ul></section> }
            .into_any()
    })
}
