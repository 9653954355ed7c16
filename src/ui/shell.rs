//! What stands around every page: the document, the rail, the bar at the foot of a narrow screen.

use crate::{
    app::{
        mailroom::Tab,
        people::StandIn,
        queue::{Count, View},
        rail::Rail,
    },
    domain::rights::{Act, Actor, Place::Somewhere},
    ui::{
        asked::Frame,
        components::icon::{Icon, Shape},
        paths, render,
    },
};
use leptos::{config::LeptosOptions, hydration::HydrationScripts, prelude::*};

/// The place a page belongs to, marked in the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The overview.
    Overview,
    /// The queue in one of its views.
    Queue(View),
    /// Runs.
    Runs,
    /// The mail room.
    Mail,
    /// Policies.
    Policies,
    /// The audit log.
    Audit,
    /// The people who work here.
    People,
    /// No place of the rail.
    Elsewhere,
}

const MARK: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M13 5a6 6 0 1 0 0 6' fill='none' stroke='%231b5e94' stroke-width='3'/%3E%3C/svg%3E";
/// The views of the queue that stand in the rail.
const VIEWS: [View; 4] = [View::Mine, View::Unacknowledged, View::Nobody, View::Approval];
/// What the islands' loader expects on a page that has no resources.
const NO_RESOURCES: &str = "__RESOLVED_RESOURCES=[];__SERIALIZED_ERRORS=[];__INCOMPLETE_CHUNKS=[];";

/// The whole document around `body`.
#[must_use]
pub fn document(frame: &Frame, title: &str, body: AnyView) -> impl IntoView + use<> {
    let options = LeptosOptions::builder().output_name("recourse").site_pkg_dir(frame.assets.pkg.as_str()).build();
    let nonce = frame.nonce.0.to_string();
    view! {
        <html lang="en">
            <head>
                {head(frame, &format!("{title} · Recourse"))}
                <script nonce=nonce>{NO_RESOURCES}</script>
                <HydrationScripts options islands=true />
            </head>
            <body>{body}</body>
        </html>
    }
}

/// The document around `body` without any script.
#[must_use]
pub fn bare_document(frame: &Frame, title: &str, body: AnyView) -> impl IntoView + use<> {
    view! {
        <html lang="en">
            <head>{head(frame, title)}</head>
            <body>{body}</body>
        </html>
    }
}

fn head(frame: &Frame, title: &str) -> impl IntoView + use<> {
    let (css, title) = (frame.assets.css.clone(), render::raw_text(title).trim_start().to_owned());
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title inner_html=title></title>
        <link rel="icon" href=MARK />
        <link rel="stylesheet" href=css />
    }
}

/// A page of the console: the rail and `body` beside it.
#[must_use]
pub fn house(actor: &Actor, rail: &Rail, place: Place, body: AnyView) -> AnyView {
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="house">
            {side(actor, rail, place)}
            {more(actor, rail)}
            <main id="main" tabindex="-1">{body}</main>
        </div>
    }
    .into_any()
}

/// A page without the rail: signing in, and errors that leave nothing to show beside them.
#[must_use]
pub fn door(body: AnyView) -> AnyView {
    view! {
        <main class="door" id="main">
            <p class="brand">"Recourse"</p>
            {body}
        </main>
    }
    .into_any()
}

/// A page for people from outside, who have never heard of this console.
#[must_use]
pub fn leaf(body: AnyView) -> AnyView {
    view! { <main class="door" id="main">{body}</main> }.into_any()
}

/// The same with room for letters.
#[must_use]
pub fn wide_leaf(body: AnyView) -> AnyView {
    view! { <main class="door wide" id="main">{body}</main> }.into_any()
}

fn side(actor: &Actor, rail: &Rail, place: Place) -> impl IntoView + use<> {
    let may = |act| actor.may(act, Somewhere);
    view! {
        <header class="rail">
            <a class="brand" href=paths::HOME><span>"Recourse"</span></a>
            {may(Act::SeeCases).then(|| search("find"))}
            <nav aria-label="Main">
                <ul class="places">
                    {may(Act::SeeCases).then(|| cases(rail, place))}
                    {may(Act::SeeRuns).then(|| runs(rail, place))}
                    {may(Act::SeeMailboxes).then(|| mail(may(Act::SeeMail), rail, place))}
                    <li class="not-bar">
                        <a href=paths::POLICIES aria-current=here(place == Place::Policies)>
                            <Icon shape=Shape::Policies />"Policies"
                        </a>
                    </li>
                    {may(Act::SeeAudit).then(|| audit(place))}
                    {may(Act::ManagePeople).then(|| people(place))}
                    <li class="only-bar">
                        <button class="more" type="button" popovertarget="more"><Icon shape=Shape::More
                            />"More"</button>
                    </li>
                </ul>
            </nav>
            <div class="who">
                <p><a class="quiet" href=paths::ACCOUNT>{actor.name.clone()}</a></p>
                {stands_in(rail)}
                <div class="small faint">{actor.title()}" · "{sign_out()}</div>
            </div>
        </header>
    }
}

/// Whose work somebody does now beside their own.
fn stands_in(rail: &Rail) -> impl IntoView + use<> {
    let line = |one: &StandIn| {
        let says = format!("for {} until {}", one.name, one.until.short(rail.zone));
        view! { <p class="small"><a class="quiet" href=paths::ABSENCE>{says}</a></p> }
    };
    rail.stands_in_for.iter().map(line).collect_view()
}

fn cases(rail: &Rail, place: Place) -> impl IntoView + use<> {
    let in_queue = matches!(place, Place::Queue(view) if !VIEWS.contains(&view));
    view! {
        <li>
            <a href=paths::OVERVIEW aria-current=here(place == Place::Overview)>
                <Icon shape=Shape::Overview />"Overview"
            </a>
        </li>
        <li>
            <a href=paths::QUEUE aria-current=here(in_queue)>
                <Icon shape=Shape::Queue />"Queue"{tally(rail.open, "open", false)}
            </a>
        </li>
        <li class="views"><ul class="plain">{views(rail, place)}</ul></li>
    }
}

fn runs(rail: &Rail, place: Place) -> impl IntoView + use<> {
    view! {
        <li>
            <a href=paths::RUNS aria-current=here(place == Place::Runs)>
                <Icon shape=Shape::Runs />"Runs"{tally(rail.runs, "open", false)}
            </a>
        </li>
    }
}

/// The mail room; who reads no mail goes to the list of mailboxes.
fn mail(reads: bool, rail: &Rail, place: Place) -> impl IntoView + use<> {
    let href = if reads { paths::MAIL.to_owned() } else { paths::mail(Tab::Mailboxes, None) };
    view! {
        <li>
            <a href=href aria-current=here(place == Place::Mail)>
                <Icon shape=Shape::Mail />"Mail"{tally(rail.trouble, "need somebody", true)}
            </a>
        </li>
    }
}

fn people(place: Place) -> impl IntoView {
    view! {
        <li class="not-bar">
            <a href=paths::PEOPLE aria-current=here(place == Place::People)><Icon shape=Shape::People />"People"</a>
        </li>
    }
}

fn audit(place: Place) -> impl IntoView {
    view! {
        <li class="not-bar">
            <a href=paths::AUDIT aria-current=here(place == Place::Audit)><Icon shape=Shape::Audit />"Audit log"</a>
        </li>
    }
}

fn more(actor: &Actor, rail: &Rail) -> impl IntoView + use<> {
    let may = |act| actor.may(act, Somewhere);
    let audit = may(Act::SeeAudit).then(|| view! { <li><a href=paths::AUDIT>"Audit log"</a></li> });
    let people = may(Act::ManagePeople).then(|| view! { <li><a href=paths::PEOPLE>"People"</a></li> });
    let new = may(Act::WorkCases).then(|| view! { <li><a href=paths::NEW_CASE>"New case"</a></li> });
    let (search, views) = if may(Act::SeeCases) {
        (Some(search("find-more")), Some(views(rail, Place::Elsewhere)))
    } else {
        (None, None)
    };
    view! {
        <nav class="more-places" id="more" popover="auto" aria-label="More places">
            {search}
            <ul class="plain">{views}<li><a href=paths::POLICIES>"Policies"</a></li>{audit}{people}<li><a
                href=paths::ACCOUNT>"Your account"</a></li>{new}</ul>
            {sign_out()}
        </nav>
    }
}

fn views(rail: &Rail, place: Place) -> impl IntoView + use<> {
    VIEWS
        .into_iter()
        .zip([rail.mine, rail.unacknowledged, rail.nobody, rail.approval])
        .map(|(view, count)| {
            let current = here(place == Place::Queue(view));
            view! { <li><a href=paths::view(view) aria-current=current>{view.label()}{tally(count, "cases", false)}</a></li> }
        })
        .collect_view()
}

fn search(id: &'static str) -> impl IntoView {
    view! {
        <form class="find" role="search" method="get" action=paths::QUEUE aria-label="Search">
            <label class="sr" for=id>"Search cases, people and references"</label>
            <input id=id type="search" name="q" placeholder="Search" />
        </form>
    }
}

fn sign_out() -> impl IntoView {
    view! {
        <form class="inline" method="post" action=paths::SIGNOUT>
            <button class="as-link">"Sign out"</button>
        </form>
    }
}

fn tally(count: Count, of: &'static str, alarm: bool) -> Option<impl IntoView> {
    let class = if alarm { "n is-over" } else { "n" };
    (count.n > 0 || !alarm).then(|| view! { <span class=class>{counted(count)}<span class="sr">" "{of}</span></span> })
}

fn here(is: bool) -> Option<&'static str> {
    is.then_some("page")
}

/// A count as it is shown: "47", "10,000+".
#[must_use]
pub fn counted(count: Count) -> String {
    let digits = thousands(count.n);
    if count.more { digits + "+" } else { digits }
}

/// A number with its thousands apart: "18,940".
#[must_use]
pub fn thousands(n: i64) -> String {
    let mut digits = n.to_string();
    let mut at = digits.len();
    while at > 3 {
        at -= 3;
        digits.insert(at, ',');
    }
    digits
}
