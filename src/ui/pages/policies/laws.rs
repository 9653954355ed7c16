//! The laws of a product, rule by rule; each folded, for there are many.

use super::reviewed;
use crate::{
    app::policies::{LawPage, RulePage},
    ui::{components::link::outside, pages::case::complain},
};
use leptos::prelude::*;

/// Every law, each with its rules.
pub(super) fn section(laws: &[LawPage]) -> AnyView {
    let all = laws.iter().map(law).collect_view();
    let none = laws.is_empty().then(|| view! { <p class="dim">"The packs know no law for its people."</p> });
    view! {
        <section aria-labelledby="laws">
            <h2 id="laws" tabindex="-1">"What the law asks"</h2>
            {none}
            {all}
        </section>
    }
    .into_any()
}

fn law(law: &LawPage) -> impl IntoView + use<> {
    let idle = law.rules.iter().filter(|rule| rule.idle.is_some()).count();
    let count = match (law.rules.len(), idle) {
        (1, 0) => "1 rule".to_owned(),
        (all, 0) => format!("{all} rules"),
        (all, idle) => format!("{all} rules, {idle} of them not in force or not for this product"),
    };
    let notes = law.notes.join(" ");
    let (holding, resting): (Vec<_>, Vec<_>) = law.rules.iter().partition(|rule| rule.idle.is_none());
    let rules = holding.into_iter().chain(resting).map(rule).collect_view();
    let routes = (!law.routes.is_empty()).then(|| {
        view! { <h4>"Where people can complain"</h4>{complain::list(&law.routes)} }
    });
    view! {
        <div class="law">
            <h3 id=format!("law-{}", law.id) tabindex="-1">{law.name.clone()}</h3>
            <p class="byline"><span>{law.short.clone()}</span><span>"checked "{law.version.clone()}</span>
                {reviewed(&law.reviewed_by)}</p>
            <p class="hint">{notes}</p>
            <details>
                <summary>{count}<span class="sr">" of "{law.short.clone()}</span></summary>
                <ul class="plain rules">{rules}</ul>
                {routes}
            </details>
        </div>
    }
}

fn rule(rule: &RulePage) -> impl IntoView + use<> {
    let more = rule.more.iter().map(|says| view! { <p>{says.clone()}</p> }).collect_view();
    let idle = rule.idle.clone().map(|why| {
        view! { <p><span class="tag is-paused"><i class="mark" aria-hidden="true"></i>{why}</span></p> }
    });
    let unread = (!rule.is_reviewed).then_some(" Not reviewed by a lawyer yet.");
    view! {
        <li class:idle=rule.idle.is_some()>
            <p><b>{rule.says.clone()}</b></p>
            {idle}
            <p class="of">{rule.of.clone()}</p>
            {more}
            <p class="cite">{outside(&rule.source, &rule.citation)}". "{rule.rests_on.clone()}{unread}</p>
        </li>
    }
}
