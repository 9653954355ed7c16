//! One product's pack: what does not fit first, then promises, aims, laws, and what else was published.

use super::{laws, promises, reviewed};
use crate::{
    app::policies::{Home, Pair, PolicyPage, Promise, Target},
    domain::policy::lint::{Finding, Severity},
    ui::{components::link::outside, pages::case::complain, paths},
};
use leptos::prelude::*;

/// The page.
#[must_use]
pub fn page(policy: PolicyPage) -> AnyView {
    let line = &policy.line;
    let open = policy.open.len();
    view! {
        <div class="head">
            <div>
                <a class="crumb quiet" href=paths::POLICIES>"← Policies"</a>
                <h1>{line.name.clone()}</h1>
                <p class="byline"><span>"Policy of "{line.version.clone()}</span>{reviewed(&line.reviewed_by)}</p>
            </div>
        </div>
        <div class="policy">
            {contents(open)}
            {misfits(&policy.misfits)}
            {(open > 0).then(|| section("open", "Promises that nothing keeps yet", promise_list(&policy.open)))}
            {section("promises", "Promises", promise_list(&policy.promises))}
            {section("targets", "What the company aims at", targets(&policy.targets))}
            {section("places", "Whose law holds", homes(&policy.homes))}
            {laws::section(&policy.laws)}
            {section("complain", "Where people can complain", complain::list(&policy.routes))}
            {section("facts", "What is so of the product", facts(&policy.facts))}
            {section("kept", "What is kept although somebody asks for its erasure", pairs(&policy.kept))}
            {section("recipients", "Who else gets data", pairs(&policy.recipients))}
            {section("mail", "Mailboxes and subject lines", mail(&policy))}
            {section("calendars", "Calendars", pairs(&policy.calendars))}
            {section("product", "The product", product(&policy))}
        </div>
    }
    .into_any()
}

fn contents(open: usize) -> impl IntoView {
    let all = [
        ("misfits", "What does not fit"),
        ("open", "Promises that nothing keeps yet"),
        ("promises", "Promises"),
        ("targets", "What the company aims at"),
        ("places", "Whose law holds"),
        ("laws", "What the law asks"),
        ("complain", "Where people can complain"),
        ("facts", "What is so of the product"),
        ("kept", "What is kept"),
        ("recipients", "Who else gets data"),
        ("mail", "Mailboxes and subject lines"),
        ("calendars", "Calendars"),
        ("product", "The product"),
    ];
    let lines = all.into_iter().filter(|(id, _)| open > 0 || *id != "open");
    let lines = lines.map(|(id, words)| view! { <li><a href=format!("#{id}")>{words}</a></li> }).collect_view();
    view! { <nav aria-label="On this page" class="contents"><ul class="plain">{lines}</ul></nav> }
}

fn section(id: &'static str, title: &'static str, body: impl IntoView + 'static) -> AnyView {
    view! { <section aria-labelledby=id><h2 id=id tabindex="-1">{title}</h2>{body}</section> }.into_any()
}

fn misfits(found: &[Finding]) -> AnyView {
    let one = |finding: &Finding| {
        let class = if finding.severity == Severity::Problem { "tag is-over" } else { "tag is-info" };
        view! {
            <li>
                <p><span class=class><i class="mark" aria-hidden="true"></i>{finding.severity.label()}</span></p>
                <p>{finding.says.clone()}</p>
                <p class="cite">{source(&finding.source)}{rows(&finding.rows)}</p>
            </li>
        }
    };
    let lines = found.iter().map(one).collect_view();
    let none = found.is_empty().then(|| view! { <p class="dim">"Nothing was found that does not fit."</p> });
    section("misfits", "What does not fit", view! { {none}<ul class="plain rules">{lines}</ul> })
}

/// A source of the linter: its words, linked where an address ends them.
fn source(source: &str) -> AnyView {
    match source.rsplit_once(", http") {
        Some((words, rest)) if !rest.contains(' ') => outside(&format!("http{rest}"), words).into_any(),
        _ => source.to_owned().into_any(),
    }
}

fn rows(rows: &[String]) -> String {
    if rows.is_empty() { String::new() } else { format!(", row {}", rows.join(", ")) }
}

fn promise_list(promises: &[Promise]) -> AnyView {
    let one = |promise: &Promise| {
        let kept = promise.kept_by.iter().map(|says| view! { <p>{says.clone()}</p> }).collect_view();
        view! {
            <li>
                <blockquote>{promise.quote.clone()}</blockquote>
                {kept}
                <p class="cite">{promise.section.clone()}", row "{promise.id.clone()}</p>
            </li>
        }
    };
    let none = promises.is_empty().then(|| view! { <p class="dim">"None."</p> });
    view! { {none}<ul class="plain rules">{promises.iter().map(one).collect_view()}</ul> }.into_any()
}

fn targets(targets: &[Target]) -> AnyView {
    let one = |target: &Target| {
        view! {
            <li><p><b>{target.says.clone()}</b>", "{target.of.clone()}</p><p class="cite">{target.because.clone()}</p></li>
        }
    };
    view! {
        <p class="hint">"The company’s own numbers: not promised, not law. One counts only where neither gives a number."</p>
        <ul class="plain rules">{targets.iter().map(one).collect_view()}</ul>
    }
    .into_any()
}

fn homes(homes: &[Home]) -> AnyView {
    let one = |home: &Home| {
        let laws = home.laws.iter().enumerate().map(|(at, (id, short))| {
            let comma = if at > 0 { ", " } else { "" };
            view! { {comma}<a href=format!("#law-{id}")>{short.clone()}</a> }
        });
        view! {
            <tr>
                <th scope="row">{home.name.clone()}{home.is_default.then(|| view! { " "<span class="faint">"where nobody knows"</span> })}</th>
                <td>{laws.collect_view()}</td>
                <td>{home.calendar.clone().unwrap_or_else(|| "each law’s own".to_owned())}</td>
            </tr>
        }
    };
    view! {
        <table>
            <caption class="sr">"Laws and calendars by where the person lives"</caption>
            <thead><tr><th scope="col">"The person lives in"</th><th scope="col">"Laws"</th><th scope="col">"Working days"</th></tr></thead>
            <tbody>{homes.iter().map(one).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn facts(facts: &[(String, bool, String)]) -> AnyView {
    let one = |(name, holds, because): &(String, bool, String)| {
        let holds = if *holds { "yes" } else { "no" };
        view! { <dt>{name.clone()}</dt><dd><b>{holds}</b>", "{because.clone()}</dd> }
    };
    view! { <dl class="pairs wide">{facts.iter().map(one).collect_view()}</dl> }.into_any()
}

fn pairs(pairs: &[Pair]) -> AnyView {
    let one = |(what, says): &Pair| view! { <dt>{what.clone()}</dt><dd>{says.clone()}</dd> };
    if pairs.is_empty() {
        return view! { <p class="dim">"None."</p> }.into_any();
    }
    view! { <dl class="pairs wide">{pairs.iter().map(one).collect_view()}</dl> }.into_any()
}

fn mail(policy: &PolicyPage) -> AnyView {
    view! {
        <h3>"Mailboxes"</h3>
        {pairs(&policy.mailboxes)}
        <h3>"Subject lines, and what they mean"</h3>
        {pairs(&policy.subjects)}
    }
    .into_any()
}

fn product(policy: &PolicyPage) -> AnyView {
    let line = &policy.line;
    let name = Some(line.officer.clone()).filter(|name| !name.is_empty());
    let officer = std::iter::once(name.unwrap_or_else(|| "The policy names nobody".to_owned()))
        .chain(policy.contact.clone())
        .collect::<Vec<_>>()
        .join(", ");
    view! {
        <dl class="pairs wide">
            <dt>"Who answers"</dt><dd>{officer}</dd>
            <dt>"Training"</dt><dd>{line.training}</dd>
            <dt>"Languages"</dt><dd>{line.languages.join(", ")}</dd>
            <dt>"Days end by"</dt><dd>{policy.zone.clone()}</dd>
            <dt>"Promises"</dt><dd>{promises(line)}</dd>
        </dl>
    }
    .into_any()
}
