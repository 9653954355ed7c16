//! Retention: per product how long each record is kept and why, what falls due, what stays; and the button that pauses.

pub mod server;

use crate::{
    app::retention::{Counted, ProductRetention, RecordLine, RetentionPage},
    domain::retention::Record,
    ui::{
        components::{
            error_box::ErrorBox,
            field::Field,
            notice::{Blank, Meaning, Notice},
        },
        form::Problems,
        pages::requester::waiting,
        paths, render,
        shell::thousands,
    },
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// The words of the window's title.
pub const TITLE: &str = "Retention";

/// What stands on the page besides what it tells.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// The product of the form that was sent.
    pub product: String,
    /// The reason that was typed.
    pub reason: String,
    /// What is wrong with it.
    pub problems: Problems,
    /// What was done before this page was asked for, to the product.
    pub done: String,
}

/// The page.
#[must_use]
pub fn page(retention: &RetentionPage, sent: &Sent) -> AnyView {
    let done = retention.products.iter().find(|one| one.id == sent.product).and_then(|one| match sent.done.as_str() {
        "paused" => Some(format!("{} is paused. Nothing of it is destroyed until somebody lets it go on.", one.name)),
        "resumed" => Some(format!("{} goes on. What is over is destroyed within the hour.", one.name)),
        _ => None,
    });
    let none = retention.products.is_empty().then(|| {
        view! { <Blank title="No product"><p>"Nobody has set up a product yet."</p></Blank> }
    });
    let products = retention.products.iter().map(|product| section(product, retention.zone, sent)).collect_view();
    view! {
        <ErrorBox problems=sent.problems.clone() />
        <div class="head">
            <div>
                <a class="crumb quiet" href=paths::POLICIES>"← Policies"</a>
                <h1>{TITLE}</h1>
                <p class="byline"><span>"How long this console itself keeps what people wrote to it"</span></p>
            </div>
        </div>
        {done.map(|lead| view! { <Notice meaning=Meaning::Done lead=lead /> })}
        <p class="intro">"Once an hour what is over is destroyed for good: raw mail, files, texts, names and addresses. What
            happened and when stays, and so does the audit log. Nothing of an open or a restricted case goes, nor what a hold
            or a law keeps."</p>
        {waiting(&retention.waiting, retention.zone)}
        {none}
        <div class="stack">{products}</div>
    }
    .into_any()
}

fn section(product: &ProductRetention, zone: Tz, sent: &Sent) -> AnyView {
    let id = format!("p-{}", product.id);
    let labelled = id.clone();
    let body = if product.lines.is_empty() {
        view! {
            <Notice meaning=Meaning::Warning lead="The pack of this product says nothing of retention.">
                <p>"Nothing of it is ever destroyed. Whoever keeps the packs adds a line for each kind of record."</p>
            </Notice>
        }
        .into_any()
    } else {
        table(product)
    };
    view! {
        <section aria-labelledby=labelled>
            <h2 id=id tabindex="-1">{product.name.clone()}</h2>
            {paused(product, zone)}
            {body}
            {product.is_seen.then(|| view! { <p class="dim">{stays(product)}</p> })}
            {product.may_pause.then(|| acts(product, sent))}
        </section>
    }
    .into_any()
}

fn paused(product: &ProductRetention, zone: Tz) -> Option<AnyView> {
    let (by, at, reason) = product.paused.clone()?;
    let lead = format!("Paused by {by}, {}.", at.short(zone));
    Some(view! { <Notice meaning=Meaning::Warning lead><p dir="auto">{reason}</p></Notice> }.into_any())
}

fn stays(product: &ProductRetention) -> String {
    let cases = |n: i64| if n == 1 { "1 case".to_owned() } else { format!("{} cases", thousands(n)) };
    let loose = match product.loose {
        0 => String::new(),
        1 => " 1 mail that became no case falls due now.".to_owned(),
        n => format!(" {} mails that became no case fall due now.", thousands(n)),
    };
    format!("Stays: {} open, {} restricted.{loose}", cases(product.open), cases(product.restricted))
}

fn table(product: &ProductRetention) -> AnyView {
    let rows = product.lines.iter().map(row).collect_view();
    let caption = format!("Records of {}: how long each is kept, how many fall due, how many stay", product.name);
    view! {
        <table role="table" class="plan sums retention">
            <caption class="sr">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Record"</th>
                    <th role="columnheader" scope="col" class="num">"Due now"</th>
                    <th role="columnheader" scope="col" class="num">"7 days"</th>
                    <th role="columnheader" scope="col" class="num">"30 days"</th>
                    <th role="columnheader" scope="col" class="why">"Over, and stays"</th>
                    <th role="columnheader" scope="col" class="how">"Kept for"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(line: &RecordLine) -> impl IntoView + use<> {
    let kept = line.kept.iter().map(|kept| {
        view! {
            <p>{kept.period.clone()}</p>
            <p class="cite">{kept.because.clone()}" ("{kept.source.clone()}")"</p>
        }
    });
    let kept = kept.collect_view();
    let number = |of: fn(&Counted) -> i64| {
        line.counted.as_ref().map_or_else(|| "–".to_owned(), |counted| thousands(of(counted)))
    };
    let why = line.counted.as_ref().map(over_and_stays).unwrap_or_default();
    let why = if line.record == Record::Audit { "never cut".to_owned() } else { why };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{line.record.label()}</th>
            <td role="cell" class="num" data-head="Due now">{number(|counted| counted.now)}</td>
            <td role="cell" class="num" data-head="7 days">{number(|counted| counted.week)}</td>
            <td role="cell" class="num" data-head="30 days">{number(|counted| counted.month)}</td>
            <td role="cell" class="why dim">{why}</td>
            <td role="cell" class="how">{kept}</td>
        </tr>
    }
}

fn over_and_stays(counted: &Counted) -> String {
    let stays = &counted.stays;
    let all =
        [(stays.held, "by a hold"), (stays.law, "as law asks"), (stays.unfinished, "something is still to be done")];
    let said = all.into_iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{} {why}", thousands(n)));
    said.collect::<Vec<_>>().join(", ")
}

fn acts(product: &ProductRetention, sent: &Sent) -> AnyView {
    let (id, name) = (product.id.clone(), product.name.clone());
    if product.paused.is_some() {
        return view! {
            <form method="post" action=paths::RETENTION>
                <p class="acts"><button class="btn" name="resume" value=id>"Let it go on"<span class="sr">": "{name}</span></button>
                    <span class="hint">"What is over by then is destroyed, and that cannot be taken back."</span></p>
            </form>
        }
        .into_any();
    }
    let mine = sent.product == product.id;
    let field = format!("reason-{}", product.id);
    let problems = if mine { sent.problems.clone() } else { Problems::default() };
    let (invalid, described) = (problems.invalid(&field), problems.described(&field, true));
    let reason = render::raw_text(if mine { &sent.reason } else { "" });
    let open = mine && !sent.problems.is_empty();
    view! {
        <details class="act from-start" open=open>
            <summary class="btn">"Pause"<span class="sr">": "{name}</span></summary>
            <form class="sheet" method="post" action=paths::RETENTION>
                <Field id=field.clone() label="Why" hint="Colleagues and auditors will read it. Name no person." problems=problems>
                    <textarea id=field name="reason" rows="3" dir="auto" aria-invalid=invalid aria-describedby=described
                        inner_html=reason></textarea>
                </Field>
                <p class="acts"><button class="btn main" name="pause" value=id>"Pause the schedule"</button></p>
            </form>
        </details>
    }
    .into_any()
}
