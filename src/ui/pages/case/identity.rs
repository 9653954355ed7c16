//! Whose account a case is about: the forms that find out, and what the facts say of it.

use super::{
    acts::written,
    tried::{Act, Tried},
};
use crate::{
    app::{case_page::Full, proof::Proof},
    domain::identity::Identity,
    ui::{
        components::field::{Field, SelectField},
        paths,
    },
};
use leptos::prelude::*;

/// The forms behind the button: one set of fields, two ways to decide. Only for kinds in which it matters.
pub(super) fn verify(full: &Full, tried: &Tried) -> Option<impl IntoView + use<>> {
    let case = &full.case;
    let offered = case.state.is_open() && case.kind.is_right() && !case.is_restricted();
    let act = if tried.is(Act::Decide) { Act::Decide } else { Act::Ask };
    let open = tried.is(act) && tried.done.is_none();
    let ask = if full.looks_up {
        view! {
            <p class="hint">"Whoever writes from another address gets a mail that says the same whether or not there is an account."</p>
            <p class="acts"><button class="btn main" name="do" value=Act::Ask.code()>
                {tried.button(act, "Send a link to the address on record", "Send a link anyway")}</button></p>
            <hr />
        }
        .into_any()
    } else {
        view! { <p class="hint">"This product has no generation database here, so nobody can be looked up."</p> }
            .into_any()
    };
    offered.then(|| {
        view! {
            <details class="act" name="act" open=open>
                <summary class="btn">{Act::Ask.label()}</summary>
                <form class="sheet" method="post" action=paths::case(case.reference)>
                    <input type="hidden" name="seen" value=tried.seen(act, case.seq) />
                    {looked_up_by(full, tried, act)}
                    {ask}
                    {written(tried, Act::Decide, "reason", "Or decide yourself: how do you know who it is?")}
                    <p class="acts"><button class="btn" name="do" value=Act::Decide.code()>
                        {tried.button(act, "Decide that it is them", "Decide anyway")}</button></p>
                </form>
            </details>
        }
    })
}

/// What the person is looked up by: a kind and a value, at first the address they write from.
pub(super) fn looked_up_by(full: &Full, tried: &Tried, act: Act) -> impl IntoView + use<> {
    let problems = tried.problems.clone();
    let kinds: Vec<_> = full.identity_kinds.iter().map(|kind| (kind.clone(), in_words(kind))).collect();
    let theirs = full.address.clone().filter(|_| full.identity_kinds.iter().any(|kind| kind == "email"));
    let (kind, value) = if tried.is(act) {
        (tried.value(act, "identity"), tried.value(act, "value"))
    } else {
        (theirs.as_ref().map(|_| "email".to_owned()).unwrap_or_default(), theirs.unwrap_or_default())
    };
    let id = act.id("value");
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, false));
    view! {
        <SelectField id=act.id("identity") name="identity" label="Look up by" options=kinds value=kind
            problems=problems.clone() />
        <Field id=id.clone() label="Value" problems>
            <input id=id name="value" value=value autocomplete="off" dir="auto" aria-invalid=invalid
                aria-describedby=described />
        </Field>
    }
}

/// How sure we are, as a pair of the facts.
pub(super) fn pair(full: &Full) -> Option<impl IntoView + use<>> {
    let zone = full.zone;
    let says = match &full.proof {
        Proof::Missing if !full.case.kind.is_right() => return None,
        Proof::Missing => view! { <dd>"not verified"</dd> }.into_any(),
        Proof::Asked(at) => view! { <dd>{format!("asked {}", at.in_words(zone))}</dd> }.into_any(),
        Proof::Verified { at, by, identities } => {
            let how = by.as_ref().map_or_else(
                || "by the link sent to the address on record".to_owned(),
                |name| format!("by decision of {name}"),
            );
            let found = identities.iter().map(|identity| view! { <p dir="auto">{line(identity)}</p> }).collect_view();
            view! {
                <dd>
                    <span class="tag is-ok is-met"><i class="mark" aria-hidden="true"></i>"Verified"</span>
                    " "{at.in_words(zone)}", "{how}{found}
                </dd>
            }
            .into_any()
        }
    };
    Some(view! { <dt>"Identity"</dt>{says} })
}

fn line(identity: &Identity) -> String {
    format!("{}: {}", in_words(&identity.kind), identity.value)
}

/// A kind of identity as a screen calls it: "Email", "Voucher id".
fn in_words(kind: &str) -> String {
    let plain = kind.replace('_', " ");
    let mut letters = plain.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
