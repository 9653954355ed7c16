//! What follows a run: recipients are told by webhook, mail or hand, confirm or not; backups run out; what a restored
//! backup brought back is erased again.

mod mails;
mod replays;
mod sealed;
mod webhooks;

use super::{
    generation::world::{MAP, On, World},
    house::{House, PRODUCT, mail},
    on_both,
};
use crate::{
    app::{
        Parts, case_page,
        follow_ups::{self, FollowUpLine, Partner, Reach},
        queue,
        runs::{self, Approval},
        verbs,
    },
    domain::{
        case::{Case, Outcome, State},
        follow_up::{Standing, Step, Way},
        identity::{Identity, Reference, RunId},
        run::RunKind,
        time::DAY,
    },
    store::{events, follow_ups as rows, sql},
};
use std::collections::HashMap;

const ADA: &str = "Ada <ada@example.org>";

/// A house over a small generation database, with these partners and backups of thirty days.
async fn house_with(house: House, on: On, partners: Vec<Partner>) -> (House, World) {
    let world = World::new(on).await;
    let house = with_partners(house, &world, partners, |_| {});
    (house, world)
}

fn with_partners(house: House, world: &World, partners: Vec<Partner>, change: impl FnOnce(&mut Parts)) -> House {
    let sources = HashMap::from([(PRODUCT.to_owned(), world.source(MAP))]);
    house.rebuilt(sources, |parts| {
        parts.settings.partners.insert(PRODUCT.to_owned(), partners);
        parts.settings.backups.insert(PRODUCT.to_owned(), "P30D".parse().expect("a period"));
        change(parts);
    })
}

fn partner(id: &str, reach: Reach) -> Partner {
    Partner {
        id: id.to_owned(),
        reach,
        within: "P7D".parse().expect("a period"),
        kinds: Vec::new(),
        identify_by: vec!["account".to_owned()],
    }
}

/// A request, verified by the account's number.
async fn verified(house: &House, asks: &str, account: &str) -> Reference {
    verified_by(house, asks, ("account", account)).await
}

async fn verified_by(house: &House, asks: &str, (kind, value): (&str, &str)) -> Reference {
    let id = format!("{}-{}@example.org", value.replace('@', "."), asks.len());
    let reference = house.opens(&mail(ADA, "Privacy Request", &id, asks)).await;
    let who = [Identity { kind: kind.to_owned(), value: value.to_owned() }];
    verbs::verify_by_staff(&house.app, &house.agent, reference, i64::MAX, &who, "known number")
        .await
        .expect("verified");
    reference
}

const DELETE: &str = "Please delete my account.";

async fn approved(house: &House, run: RunId) {
    let page = runs::load_run(&house.app, &house.officer, run).await.expect("it loads");
    let accepted = page.plan.warnings.len();
    let approval = Approval { typed: page.reference.to_string(), scope_hash: page.plan.scope_hash, accepted };
    runs::approve_run(&house.app, &house.officer, run, &approval).await.expect("it is approved");
}

/// An erasure from request to receipt; what follows has begun and, by webhook or mail, has been tried once.
async fn erased(house: &House, account: &str) -> (Reference, RunId) {
    erased_by(house, ("account", account)).await
}

async fn erased_by(house: &House, identity: (&str, &str)) -> (Reference, RunId) {
    let reference = verified_by(house, DELETE, identity).await;
    let run = runs::plan_run(&house.app, &house.agent, reference, i64::MAX, &runs::Chosen::default())
        .await
        .expect("it is planned");
    approved(house, run).await;
    runs::execute_run(&house.app, run, false).await.expect("it is carried out");
    let page = runs::load_run(&house.app, &house.officer, run).await.expect("it loads");
    assert_eq!(page.state, crate::domain::run::RunState::Finished, "{:?}", page.log);
    (reference, run)
}

/// Everything that follows on a case, by recipient; the backups under `backups`.
async fn lines(house: &House, reference: Reference) -> HashMap<String, FollowUpLine> {
    let lines = house.case(reference).await.follow_ups.into_iter();
    lines.map(|line| (line.recipient.clone().unwrap_or_else(|| "backups".to_owned()), line)).collect()
}

async fn state(house: &House, reference: Reference, recipient: &str) -> Standing {
    lines(house, reference).await[recipient].state
}

async fn step(
    house: &House,
    reference: Reference,
    recipient: &str,
    step: Step,
    reason: &str,
) -> Result<(), crate::app::Error> {
    let id = lines(house, reference).await[recipient].id;
    follow_ups::recipient_step(&house.app, &house.agent, reference, i64::MAX, (id, step), reason).await
}

async fn names_of(house: &House, reference: Reference) -> Vec<&'static str> {
    let mut tx = house.app.db.read().await.expect("a reader");
    let history = events::events_of(&mut tx, reference).await.expect("events");
    history.iter().map(|recorded| recorded.event.name()).collect()
}

/// The stored case is what its events make of it, and no event holds what identifies the person.
async fn agrees_with_its_events(house: &House, reference: Reference) {
    let stored = house.case(reference).await.case;
    let mut tx = house.app.db.read().await.expect("a reader");
    let history = events::events_of(&mut tx, reference).await.expect("events");
    let mut folded = Case::fold(reference, PRODUCT, &history).expect("a sound history");
    folded.clocks.sort_by_key(|c| (c.due, c.duty.code(), c.layer.code()));
    let mut sorted = stored;
    sorted.clocks.sort_by_key(|c| (c.due, c.duty.code(), c.layer.code()));
    assert_eq!(folded, sorted);
}

async fn sealed(house: &House) -> i64 {
    let mut tx = house.app.db.read().await.expect("a reader");
    sql("SELECT COUNT(*) FROM follow_ups WHERE cipher IS NOT NULL").one::<(i64,)>(&mut tx).await.expect("it counts").0
}

const HOSTING: &str = "Hosting, payment and analytics providers";

on_both! {
    async fn whoever_the_configuration_does_not_name_is_a_task_for_staff(house: House) {
        let (house, _world) = house_with(house, On::Sqlite, Vec::new()).await;
        let (reference, run) = erased(&house, "1").await;
        let now = house.app.now();
        let all = lines(&house, reference).await;
        assert_eq!(all.len(), 4);
        for recipient in [HOSTING, "Stripe", "Groq"] {
            let line = &all[recipient];
            assert_eq!((line.state, line.way, line.did, line.run), (Standing::Waiting, Way::Hand, RunKind::Erase, Some(run)));
            assert_eq!(line.steps, [Step::Told, Step::Confirmed, Step::Waived]);
            // 1 December 2026, the end of the day in India
            assert_eq!(line.due.rfc3339(), "2026-12-01T18:29:59Z");
        }
        assert_eq!(sealed(&house).await, 0, "nothing is handed on, so nothing is kept");
        let refused = step(&house, reference, "Stripe", Step::Waived, " ").await;
        assert!(matches!(refused, Err(crate::app::Error::Invalid(_))), "{refused:?}");
        let refused = step(&house, reference, "Stripe", Step::Again, "").await;
        assert!(matches!(refused, Err(crate::app::Error::Invalid(_))), "{refused:?}");
        step(&house, reference, "Stripe", Step::Waived, "never had this account").await.expect("waived");
        step(&house, reference, "Groq", Step::Told, "").await.expect("told");
        step(&house, reference, "Groq", Step::Confirmed, "").await.expect("confirmed");
        house.pass(8 * DAY);
        let all = lines(&house, reference).await;
        assert_eq!((all["Stripe"].state, all["Groq"].state), (Standing::Waived, Standing::Confirmed));
        assert_eq!((all["Groq"].told, all["Groq"].by.as_deref()), (Some(now), Some("Arun Pillai")));
        assert!(all[HOSTING].late && !all["Groq"].late && !all["backups"].late);
        let names = names_of(&house, reference).await;
        assert_eq!(names[names.len() - 3..], ["recipient_waived", "recipient_told", "recipient_confirmed"]);
        agrees_with_its_events(&house, reference).await;
        let again = step(&house, reference, "Groq", Step::Told, "").await;
        assert!(matches!(again, Err(crate::app::Error::Invalid(_))), "what is settled stays settled: {again:?}");

        // the queue lists it, once however many have to be told, and whether or not it is resolved
        let filter = queue::QueueFilter { view: queue::View::Recipients, ..queue::QueueFilter::default() };
        let listed = async || {
            let page = queue::list(&house.app, &house.agent, &filter).await.expect("it lists");
            (page.rows.iter().map(|row| row.reference).collect::<Vec<_>>(), page.total.n)
        };
        assert_eq!(listed().await, (vec![reference], 1));
        let closing = house.case(reference).await.closing.expect("a letter is proposed");
        runs::close_with_letter(&house.app, &house.agent, reference, i64::MAX, &closing).await.expect("it leaves");
        assert_eq!(listed().await, (vec![reference], 1));

        // the overview says so, though nobody has to open the case for it
        let overview = crate::app::overview::overview(&house.app, &house.agent).await.expect("it loads");
        assert_eq!((overview.following.open, overview.following.late), (1, 1));
        assert!(overview.troubles.iter().any(|t| t.title == format!("Tell {HOSTING} about {reference}")), "{:?}", overview.troubles);
    }

    async fn backups_close_by_themselves_on_their_day_and_the_letter_names_it(house: House) {
        let (house, _world) = house_with(house, On::Sqlite, Vec::new()).await;
        let (reference, run) = erased(&house, "1").await;
        let closing = house.case(reference).await.closing.expect("a letter is proposed");
        for needle in ["gone by 24 Dec 2026", "Stripe; Groq"] {
            assert!(closing.text.contains(needle), "{needle}: {}", closing.text);
        }
        let page = runs::load_run(&house.app, &house.agent, run).await.expect("it loads");
        assert!(page.follow_ups.iter().any(|line| line.recipient.is_none() && line.state == Standing::Waiting));
        house.pass(29 * DAY);
        follow_ups::end_follow_ups(&house.app).await.expect("it looks");
        assert_eq!(state(&house, reference, "backups").await, Standing::Waiting);
        let known = async || {
            let mut tx = house.app.db.read().await.expect("a reader");
            sql("SELECT COUNT(*) FROM replay_keys").one::<(i64,)>(&mut tx).await.expect("it counts").0
        };
        assert_eq!(known().await, 1);
        house.pass(2 * DAY);
        follow_ups::end_follow_ups(&house.app).await.expect("it ends");
        follow_ups::end_follow_ups(&house.app).await.expect("it ends once");
        assert_eq!(state(&house, reference, "backups").await, Standing::Over);
        assert_eq!(names_of(&house, reference).await.iter().filter(|name| **name == "backups_expired").count(), 1);
        assert_eq!(known().await, 0, "and nobody can be found any more");
        agrees_with_its_events(&house, reference).await;
    }

    async fn what_staff_did_by_hand_is_told_once_and_a_refusal_is_not(house: House) {
        let (house, _world) = house_with(house, On::Sqlite, Vec::new()).await;
        let resolve = async |reference, outcome| {
            verbs::change_state(&house.app, &house.agent, reference, i64::MAX, State::Resolved, Some(outcome), "done in the product").await.expect("resolved");
        };
        let reopen = async |reference| {
            verbs::change_state(&house.app, &house.agent, reference, i64::MAX, State::Open, None, "once more").await.expect("open");
        };
        let refused = verified(&house, "Please correct my name, it is wrong in my data.", "2").await;
        resolve(refused, Outcome::Refused).await;
        assert!(lines(&house, refused).await.is_empty());
        reopen(refused).await;
        let kind = house.case(refused).await.case.kind;
        assert_eq!(kind, crate::domain::kind::Kind::Correction, "the mail asks for a correction");
        resolve(refused, Outcome::Granted).await;
        let all = lines(&house, refused).await;
        assert_eq!(all.len(), 3);
        assert!(all.values().all(|line| line.run.is_none() && line.did == RunKind::Correct), "{all:?}");
        reopen(refused).await;
        resolve(refused, Outcome::Granted).await;
        assert_eq!(lines(&house, refused).await.len(), 3, "nobody is told twice");
        assert_eq!(house.case(refused).await.case.state, State::Resolved);
        // a copy tells nobody
        let copy = verified(&house, "Please send me a copy of my data.", "2").await;
        resolve(copy, Outcome::Granted).await;
        assert!(lines(&house, copy).await.is_empty());
        agrees_with_its_events(&house, refused).await;
    }

    async fn outside_the_circle_nobody_learns_of_a_restricted_case(house: House) {
        let (house, _world) = house_with(house, On::Sqlite, Vec::new()).await;
        let (reference, _) = erased(&house, "1").await;
        house.pass(9 * DAY);
        let mut tx = house.app.db.begin().await.expect("a writer");
        sql("UPDATE cases SET restricted = $1, kind = 'minor_data' WHERE id = $2").bind(true).bind(reference).run(&mut tx).await.expect("it changes");
        tx.commit().await.expect("it is kept");
        let seen = async |actor| crate::app::overview::overview(&house.app, actor).await.expect("it loads").following;
        assert_eq!(seen(&house.agent).await, follow_ups::Following::default());
        let filter = queue::QueueFilter { view: queue::View::Recipients, ..queue::QueueFilter::default() };
        for (actor, wanted) in [(&house.agent, 0), (&house.officer, 1)] {
            let page = queue::list(&house.app, actor, &filter).await.expect("it lists");
            let count = page.counts.iter().find(|(view, _)| *view == queue::View::Recipients).and_then(|(_, count)| *count);
            assert_eq!((page.rows.len(), count.map(|count| count.n)), (wanted, i64::try_from(wanted).ok()));
        }
        assert_eq!(seen(&house.officer).await.late, 3);
        let page = case_page::load(&house.app, &house.agent, reference, runs::Letter::Proposed).await.expect("it loads");
        assert!(matches!(page, case_page::CasePage::Walled(_)));
        let mut tx = house.app.db.read().await.expect("a reader");
        assert_eq!(rows::follow_ups_of(&mut tx, reference).await.expect("they read").len(), 4);
    }
}
