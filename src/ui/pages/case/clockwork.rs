//! What moves a case's clocks by hand: that it takes longer, that the person was asked and answered, what happened
//! elsewhere, where the person lives. Where something is not possible, why stands in its place.

use super::{
    reports,
    tried::{Act, Tried},
};
use crate::{
    app::{
        case_page::Full,
        clockwork::{Extension, Home, Question},
    },
    domain::{
        clock::fact::{Fact, Trigger},
        policy::rule::Mode,
    },
    ui::{
        components::{
            clock::layer_word,
            field::{Field, SelectField},
        },
        paths, render,
    },
};
use leptos::prelude::*;

/// True where the answer that is awaited starts the clock anew.
pub(super) fn restarts(full: &Full) -> bool {
    full.clockwork.questions.iter().any(|one| one.mode == Mode::Restart && one.open.is_some())
}

/// Everything that can be done about the clocks, under them.
pub(super) fn acts(full: &Full, tried: &Tried) -> Option<AnyView> {
    let open = full.case.state.is_open();
    let questions = full.clockwork.questions.iter().map(|one| question(full, one, tried)).collect_view();
    let (extend, happened) = (open.then(|| extend(full, tried)), happened(full, tried));
    let doubt = if open { doubt(full, tried) } else { None };
    let (report, number) = (reports::tell(full, tried), reports::correct(full, tried));
    (open || happened.is_some() || report.is_some()).then(|| {
        view! {
            <div class="clock-acts">
                <h3 class="sr">"What you can do about the clocks"</h3>
                {extend}
                {open.then_some(questions)}
                {report}
                {number}
                {happened}
                {doubt}
            </div>
        }
        .into_any()
    })
}

/// A form that opens in its place, again when something was wrong.
pub(super) fn form(
    full: &Full,
    tried: &Tried,
    act: Act,
    open: bool,
    summary: &'static str,
    button: &'static str,
    fields: impl IntoView + 'static,
) -> AnyView {
    view! {
        <details open=open>
            <summary>{summary}</summary>
            <form method="post" action=paths::case(full.case.reference)>
                <input type="hidden" name="do" value=act.code() />
                <input type="hidden" name="seen" value=if open { tried.seen(act, full.case.seq) } else { full.case.seq } />
                {fields}
                <p class="acts"><button class="btn">{if open { tried.button(act, button, "Do it anyway") } else { button }}</button></p>
            </form>
        </details>
    }
    .into_any()
}

fn extend(full: &Full, tried: &Tried) -> AnyView {
    let act = Act::Extend;
    let open = tried.is(act) && tried.done.is_none();
    let id = act.id("reasons");
    let refused = match (&full.clockwork.extension, full.can_be_answered()) {
        (Err(says), _) => Some(*says),
        (Ok(_), false) => Some("The person left no mail address, so that nobody can be told here that it takes longer"),
        (Ok(_), true) => None,
    };
    let ends = full.clockwork.extension.as_ref().ok().map(|extension| ends(full, extension));
    let why = refused.map(|says| view! { <p class="dim not-now">{says}"."</p> });
    if why.is_some() && !open {
        return why.into_any();
    }
    let problems = tried.problems.clone();
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, true));
    let text = render::raw_text(&tried.value(act, "reasons"));
    let notice = notice(full, tried);
    let fields = view! {
        {why}
        {ends}
        <Field id=id.clone() label="Why does it take longer?"
            hint="The person reads this in the mail; the law asks for the reasons." problems>
            <textarea id=id name="reasons" rows="4" dir="auto" aria-invalid=invalid aria-describedby=described
                inner_html=text></textarea>
        </Field>
        {notice}
    };
    form(full, tried, act, open, "Extend: it takes longer", "Tell the person and extend", fields)
}

/// The mail as it leaves, to be read and changed.
fn notice(full: &Full, tried: &Tried) -> Option<impl IntoView + use<>> {
    let act = Act::Extend;
    let words = if tried.is(act) { Some(tried.value(act, "letter")) } else { full.letters.extension.clone() };
    let words = words.filter(|words| !words.is_empty()).or_else(|| full.letters.extension.clone());
    words.map(|words| {
        let (id, problems) = (act.id("letter"), tried.problems.clone());
        let (invalid, described) = (problems.invalid(&id), problems.described(&id, true));
        view! {
            <Field id=id.clone() label="The mail" hint="What stands in [[ ]] is filled in with the reasons above."
                problems>
                <textarea id=id name="letter" rows="9" dir="auto" aria-invalid=invalid aria-describedby=described
                    inner_html=render::raw_text(&words)></textarea>
            </Field>
        }
    })
}

/// Both ends, and what binds afterwards, before anything is sent.
fn ends(full: &Full, extension: &Extension) -> impl IntoView + use<> {
    let zone = extension.zone;
    let after = extension.after.filter(|(_, due)| *due < extension.extended).map(|(layer, due)| {
        let (who, due) = (layer_word(layer), due.in_words(full.zone));
        view! { <p class="hint">"Then the "{who}" binds: it still ends "{due}", whatever the law allows."</p> }
    });
    view! {
        <dl class="pairs">
            <dt>"Ends now"</dt><dd>{extension.first.in_words(zone)}</dd>
            <dt>"Would end"</dt><dd>{extension.extended.in_words(zone)}</dd>
            <dt>"By"</dt><dd>{extension.source.clone()}</dd>
        </dl>
        <p class="hint">"Possible once, and only until the first end. The person gets the reasons by mail."</p>
        {after}
    }
}

/// What was asked, in the words of its two buttons.
const fn asked(trigger: Trigger) -> (&'static str, &'static str) {
    match trigger {
        Trigger::Identity => ("We asked who they are", "We know who they are"),
        Trigger::Fee => ("We asked for a fee", "The fee was paid"),
        Trigger::Clarification => ("We asked what they mean", "We know what they mean"),
    }
}

fn question(full: &Full, one: &Question, tried: &Tried) -> AnyView {
    let (ask, answer) = asked(one.trigger);
    if one.mode == Mode::None {
        let what = one.trigger.label();
        return view! { <p class="dim not-now">"Asking "{what}" does not stop this clock: "{one.citation.clone()}"."</p> }
            .into_any();
    }
    let (asking, answering) = one.trigger.facts();
    let (act, fact, summary, button) = match one.open {
        None => (Act::Pause, asking, ask, "Write down the question"),
        Some(_) => (Act::Resume, answering, answer, "Write down the answer"),
    };
    let is_tried = tried.is(act) && tried.typed.get("fact") == fact.code();
    let does = match (one.mode, one.open) {
        (Mode::Restart, _) => "The law’s clock starts anew with the answer; until then it stands still.",
        (Mode::ExcludeDays, None) => "The days from the question to the answer do not count.",
        (Mode::ExcludeDays, Some(_)) => "The days from the question to this answer do not count.",
        (_, None) => "The law’s clock stands still from the question on, and goes on with the answer.",
        (_, Some(_)) => "The law’s clock goes on from the answer.",
    };
    let verify = (one.trigger == Trigger::Identity)
        .then_some(" This moves the clock only: for a copy or an erasure the person is verified behind “Verify”.");
    let fields = view! {
        <input type="hidden" name="fact" value=fact.code() />
        <p class="hint">{does}" "{one.citation.clone()}". Promises and targets run on."{verify}</p>
        {when(full, tried, act, act.id_of("at", fact.code()), is_tried)}
        {note(tried, act, act.id_of("note", fact.code()), is_tried, "")}
    };
    form(full, tried, act, is_tried && tried.done.is_none(), summary, button, fields)
}

fn happened(full: &Full, tried: &Tried) -> Option<AnyView> {
    let act = Act::Fact;
    let is_tried = tried.is(act);
    let offered = &full.clockwork.facts;
    // what was tried stays to be corrected
    let typed = Fact::from_code(tried.typed.get("fact")).filter(|fact| is_tried && !offered.contains(fact));
    let facts: Vec<_> =
        offered.iter().chain(&typed).map(|fact| (fact.code().to_owned(), fact.label().to_owned())).collect();
    (!facts.is_empty()).then(|| {
        let fields = view! {
            <SelectField id=act.id("fact") name="fact" label="What happened?" first="Choose" options=facts
                value=tried.value(act, "fact") problems=tried.problems.clone() />
            {when(full, tried, act, act.id("at"), is_tried)}
            {note(tried, act, act.id("note"), is_tried, "For example which item was removed.")}
        };
        let open = is_tried && tried.done.is_none();
        form(full, tried, act, open, "Write down what happened", "Write it down", fields)
    })
}

/// Finding that a rule with a condition does not apply to this case; it takes two people.
fn doubt(full: &Full, tried: &Tried) -> Option<AnyView> {
    let act = Act::RuleOut;
    if full.case.doubted.is_some() && !full.may_second_rule && !tried.is(act) {
        let says = "You, or the one for whom you stand in, found that a rule does not apply here. Its clock runs until a second person finds the same.";
        return Some(view! { <p class="dim not-now">{says}</p> }.into_any());
    }
    let mut rules: Vec<(String, String)> = Vec::new();
    for clock in full.case.clocks.iter().filter(|clock| clock.met.is_none() && !clock.condition.is_empty()) {
        if !rules.iter().any(|(rule, _)| *rule == clock.rule) {
            rules.push((clock.rule.clone(), format!("{}: {}", clock.duty.label(), clock.condition)));
        }
    }
    (!rules.is_empty()).then(|| {
        let is_tried = tried.is(act);
        let doubted = full.case.doubted.as_ref().map(|(rule, _)| rule.clone());
        let hint = match &doubted {
            Some(_) => "A colleague found this; if you find the same, the clock ends.",
            None => "Takes two people: the clock ends once a second person finds the same.",
        };
        let value = if is_tried { tried.value(act, "rule") } else { doubted.unwrap_or_default() };
        let id = act.id("reason");
        let problems = tried.problems.clone();
        let (invalid, described) = (problems.invalid(&id), problems.described(&id, true));
        let text = render::raw_text(&tried.value(act, "reason"));
        let fields = view! {
            <SelectField id=act.id("rule") name="rule" label="Which condition is not met?" first="Choose" options=rules
                value problems=problems.clone() hint />
            <Field id=id.clone() label="Why is it not met?" hint="Stands in the timeline; the person does not see it."
                problems>
                <textarea id=id name="reason" rows="3" dir="auto" aria-invalid=invalid aria-describedby=described
                    inner_html=text></textarea>
            </Field>
        };
        form(full, tried, act, is_tried && tried.done.is_none(), "A rule does not apply here", "Rule it out", fields)
    })
}

/// The moment of it, in the product's zone; now where nothing was typed.
pub(super) fn when(full: &Full, tried: &Tried, act: Act, id: String, is_tried: bool) -> impl IntoView + use<> {
    let problems = tried.problems.clone();
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, true));
    let now = full.now.local(full.zone);
    let value = if is_tried { tried.value(act, "at") } else { now.format("%Y-%m-%dT%H:%M").to_string() };
    let hint = format!("In the product’s time zone, {}.", now.format("%Z"));
    view! {
        <Field id=id.clone() label="When?" hint problems>
            <input id=id name="at" type="datetime-local" value=value aria-invalid=invalid
                aria-describedby=described />
        </Field>
    }
}

fn note(tried: &Tried, act: Act, id: String, is_tried: bool, hint: &'static str) -> impl IntoView + use<> {
    let problems = tried.problems.clone();
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, !hint.is_empty()));
    let value = if is_tried { tried.value(act, "note") } else { String::new() };
    view! {
        <Field id=id.clone() label="Note, if one is needed" hint problems>
            <input id=id name="note" value=value autocomplete="off" dir="auto" aria-invalid=invalid
                aria-describedby=described />
        </Field>
    }
}

/// Where the person lives, and whose law that makes hold.
pub(super) fn lives_in(full: &Full) -> impl IntoView + use<> {
    let Home { known, taken, laws, .. } = full.clockwork.home.clone();
    let law = if laws.is_empty() { "no law of the packs holds".to_owned() } else { laws.join(", ") };
    let says = match (known, taken) {
        (Some(place), _) => format!("{place}: {law}"),
        (None, Some(place)) => format!("not known; taken as {place}: {law}"),
        (None, None) => "not known".to_owned(),
    };
    view! { <dt>"Lives in"</dt><dd>{says}</dd> }
}

/// The form that says where the person lives.
pub(super) fn place(full: &Full, tried: &Tried) -> Option<AnyView> {
    let act = Act::Place;
    let open = tried.is(act) && tried.done.is_none();
    let places: Vec<_> =
        full.clockwork.home.places.iter().map(|place| (place.id.clone(), place.name.clone())).collect();
    let value = if open { tried.value(act, "place") } else { full.case.jurisdiction.clone().unwrap_or_default() };
    (!places.is_empty()).then(|| {
        let fields = view! {
            <SelectField id=act.id("place") name="place" label="Where does the person live?" first="Choose"
                options=places value problems=tried.problems.clone()
                hint="Decides whose law holds. The clocks are computed anew from the receipt." />
        };
        form(full, tried, act, open, "Change where they live", "Save the place", fields)
    })
}
