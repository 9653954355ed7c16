//! F21: the process is killed at each place of a run in turn, and at each of its checkpoints. It always ends with the
//! same rows and files gone, everybody else's untouched, and one receipt.

use crate::{
    console::AGAIN,
    generation::{Generation, copy_folder, copy_store},
    house::{House, PRODUCT},
    on_both,
};
use recourse::{
    app::{
        intake::{self, Read},
        runs::{self, Approval, Extent},
        staff, verbs,
    },
    cli::{demo::company::imagegen::people, open},
    config::{Config, Flags},
    domain::{
        hold::Basis,
        identity::{Identity, RunId},
        mail::Came,
        rights::{Actor, Role},
        run::RunKind,
        work::Work,
    },
    generation::receipt::{Receipt, Signed},
    store::{Clock, jobs::job_enqueue, runs::receipts::receipt_get, sql},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

/// Places that every run passes at least once.
const PLACES: &[&str] = &[
    "run-taken",
    "run-before-keys",
    "run-keys-written",
    "run-begun",
    "run-before-batch",
    "run-after-batch",
    "run-checkpoint",
    "run-step-ended",
    "run-steps-done",
    "run-verified",
    "run-before-finish",
    "run-finished",
];
/// What the person asks for.
const WORDS: &str = "Please delete my account and everything in it.";
/// How many houses at a time.
const AT_ONCE: usize = 4;

/// A house with a run that may begin, and its generation database: to be copied.
pub struct Ready {
    pub house: House,
    pub generation: Generation,
    pub run: RunId,
}

async fn opened(house: &House) -> open::Opened {
    // writes the configuration where there is none yet
    drop(house.command(&["check"]));
    let flags = Flags { file: Some(house.folder.path().join("recourse.toml")), ..Flags::default() };
    let config = Config::load(&flags).expect("the configuration reads");
    open::open(&config, Clock::System).await.expect("it opens")
}

/// A house with a run for what the `words` of a mail ask for: approved, where that takes a second person.
pub async fn ready(house: House, words: &str) -> Ready {
    let generation = Generation::found(house.folder.path().join("generation"), &house.store).await;
    ready_over(house, generation, words, &Extent::default()).await
}

/// The same with a run that waits for that second person.
pub async fn planned(house: House, words: &str) -> Ready {
    let generation = Generation::found(house.folder.path().join("generation"), &house.store).await;
    planned_over(house, generation, words, &Extent::default()).await.0
}

/// The first over a generation database that is there, with a hold on `held` where that is something.
async fn ready_over(house: House, generation: Generation, words: &str, held: &Extent) -> Ready {
    let (ready, approves) = planned_over(house, generation, words, held).await;
    let opened = opened(&ready.house).await;
    let app = &opened.app;
    let page = runs::load_run(app, &approves, ready.run).await.expect("it loads");
    if page.kind == RunKind::Erase {
        let approval = Approval {
            typed: page.reference.to_string(),
            scope_hash: page.plan.scope_hash.clone(),
            accepted: page.plan.warnings.len(),
        };
        runs::approve_run(app, &approves, ready.run, &approval).await.expect("it is approved");
    }
    closed(opened).await;
    ready
}

async fn closed(opened: open::Opened) {
    for source in opened.app.sources.values() {
        source.close().await;
    }
    opened.app.db.close().await;
}

/// A house with a run that waits, and who may approve it.
async fn planned_over(mut house: House, generation: Generation, words: &str, held: &Extent) -> (Ready, Actor) {
    house.more = generation.configuration();
    house.lease_ms = 1_000;
    let opened = opened(&house).await;
    let app = &opened.app;
    let mail = format!(
        "From: Somebody <{0}>\r\nTo: privacy@imagegen.example\r\nSubject: Privacy Request\r\nMessage-ID: <e1@mail.example>\r\n\r\n\
         {words}\r\n",
        people::HEAVY
    );
    let message =
        intake::keep(app, PRODUCT, mail.as_bytes(), Came::Pipe).await.expect("it is kept").expect("it is new");
    let Read::Opened(reference) = intake::read(app, message).await.expect("it is read") else { panic!("no case") };
    let mut actors = Vec::new();
    for (name, role) in [("asks", Role::Agent), ("approves", Role::Lead)] {
        let email = format!("{name}@imagegen.example");
        let id = staff::create_user(app, &email, name, "correct horse battery", &[role]).await.expect("they are hired");
        actors.push(Actor::with_roles(id, name, &[role], recourse::domain::sign_in::Proof::Fresh));
    }
    let who = [Identity { kind: "email".to_owned(), value: people::HEAVY.to_owned() }];
    let seen = async || {
        let mut tx = app.db.read().await.expect("a reader");
        recourse::store::cases::case_get(&mut tx, reference).await.expect("it reads").expect("a case").seq
    };
    verbs::verify_by_staff(app, &actors[0], reference, seen().await, &who, "known").await.expect("it is verified");
    if !held.is_whole() {
        let wanted = verbs::HoldWanted { basis: Basis::Dispute, identities: &who, part: held, reason: "in dispute" };
        verbs::place_hold(app, &actors[0], reference, seen().await, &wanted).await.expect("it is placed");
    }
    let run = runs::plan_run(app, &actors[0], reference, seen().await, &runs::Chosen::default())
        .await
        .expect("it is planned");
    closed(opened).await;
    (Ready { house, generation, run }, actors.swap_remove(1))
}

/// A copy of it all.
pub async fn copied(ready: &Ready) -> (House, Generation) {
    let mut house = House::on(copy_store(&ready.house.store).await);
    copy_folder(&ready.house.data_dir(), &house.data_dir());
    let generation = ready.generation.copy(house.folder.path().join("generation")).await;
    house.more = generation.configuration();
    house.lease_ms = ready.house.lease_ms;
    (house, generation)
}

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    dump: String,
    steps: Vec<(String, i64)>,
    files: i64,
}

/// Waits for the end of the run and looks at what it left.
async fn outcome(house: &House, generation: &Generation, run: RunId) -> Outcome {
    house.comes_to(1, "runs WHERE state = 'finished'", Duration::from_secs(90)).await;
    assert_eq!(house.count("receipts").await, 1);
    assert_eq!(house.count("events WHERE name = 'run_finished'").await, 1);
    assert_eq!(house.count("run_keys").await, 0);
    let opened = opened(house).await;
    let keys = runs::public_keys(&opened.app).await.expect("they are published");
    let mut tx = opened.app.db.read().await.expect("a reader");
    let row = receipt_get(&mut tx, run).await.expect("it reads").expect("there is one");
    drop(tx);
    let receipt: Receipt = Signed::new(&row.body, &row.signature, &row.key_id).verify(&keys).expect("it is believed");
    opened.app.db.close().await;
    assert!(receipt.verified);
    let steps = receipt.steps.into_iter().map(|step| (step.step, step.rows)).collect();
    Outcome { dump: generation.dump().await, steps, files: receipt.files.count }
}

/// Kills the process the `nth` time it passes `place`; true when it came that far. Then lets another one end the run.
async fn killed(ready: &Ready, place: &str, nth: usize, expected: &Outcome) -> bool {
    let (house, generation) = copied(ready).await;
    let mut console = house.start(Some(&format!("{place}:exit:{nth}")));
    let deadline = Instant::now() + Duration::from_secs(90);
    let died = loop {
        if console.has_ended() {
            break true;
        }
        // the last place is passed after the run has finished
        if place != "run-finished" && house.count("runs WHERE state = 'finished'").await == 1 {
            break console.has_ended();
        }
        assert!(Instant::now() < deadline, "{place} {nth}: neither killed nor finished:\n{}", console.log());
        sleep(AGAIN).await;
    };
    if died {
        let next = house.opens().await;
        let found = outcome(&house, &generation, ready.run).await;
        next.stops().await;
        assert!(found == *expected, "killed at {place}, time {nth}: {:?} {} files", found.steps, found.files);
    } else {
        console.stops().await;
    }
    died
}

/// What the run comes to when nobody kills anything.
async fn undisturbed(ready: &Ready, accounts_left: usize) -> Outcome {
    let (house, generation) = copied(ready).await;
    let before = generation.dump().await;
    let console = house.opens().await;
    let outcome = outcome(&house, &generation, ready.run).await;
    console.stops().await;
    assert!(outcome.files > 200, "{}", outcome.files);
    assert!(before.lines().count() - outcome.dump.lines().count() > 1_000, "much is gone");
    let accounts = |dump: &str| dump.lines().filter(|l| l.starts_with("users: ") && l.contains(people::HEAVY)).count();
    assert_eq!((accounts(&before), accounts(&outcome.dump)), (1, accounts_left));
    let invoices =
        |dump: &str| dump.lines().filter(|l| l.starts_with("invoices: ")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        invoices(&before) == invoices(&outcome.dump),
        accounts_left == 1,
        "invoices in dispute stay as they are"
    );
    outcome
}

/// Every place once, on a generation database of `MariaDB`.
#[tokio::test]
async fn f21_a_run_on_mariadb_killed_anywhere_ends_the_same_way() {
    let house = House::sqlite();
    let generation = Generation::found_on_maria(house.folder.path().join("generation")).await;
    let ready = Arc::new(ready_over(house, generation, WORDS, &Extent::default()).await);
    every_place_once(ready, 0).await;
}

/// Every place once, with invoices that are in dispute: they stay, and the account that they need.
#[tokio::test]
async fn f21_a_run_that_a_hold_keeps_back_killed_anywhere_ends_the_same_way() {
    let house = House::sqlite();
    let generation = Generation::found(house.folder.path().join("generation"), &house.store).await;
    let held = Extent { tables: vec!["invoices".to_owned()], ..Extent::default() };
    let ready = Arc::new(ready_over(house, generation, WORDS, &held).await);
    every_place_once(ready, 1).await;
}

async fn every_place_once(ready: Arc<Ready>, accounts_left: usize) {
    let expected = Arc::new(undisturbed(&ready, accounts_left).await);
    let (turns, mut kills) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for place in PLACES {
        let (ready, expected, turns) = (Arc::clone(&ready), Arc::clone(&expected), Arc::clone(&turns));
        kills.spawn(async move {
            let _turn = turns.acquire().await.expect("it is never closed");
            (place, killed(&ready, place, 1, &expected).await)
        });
    }
    for (place, died) in kills.join_all().await {
        assert!(died, "no run passes {place}");
    }
}

/// Rows that are sealed are killed in the middle of their way too: each of them is in one of the two tables in the end.
async fn sealing_killed(house: House, generation: Generation) {
    let generation = generation.sealing().await;
    let ready = Arc::new(ready_over(house, generation, WORDS, &Extent::default()).await);
    let expected = Arc::new(undisturbed(&ready, 0).await);
    let sealed = expected.dump.lines().filter(|line| line.starts_with("sessions_sealed: ")).count();
    let step = expected.steps.iter().find(|(step, _)| step == "sessions seal").expect("they are sealed");
    assert!(sealed > 0 && i64::try_from(sealed) == Ok(step.1), "{sealed} {step:?}");
    let (turns, mut kills) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    // a step has a batch and one that finds nothing more
    for n in 8..44 {
        let (ready, expected, turns) = (Arc::clone(&ready), Arc::clone(&expected), Arc::clone(&turns));
        kills.spawn(async move {
            let _turn = turns.acquire().await.expect("it is never closed");
            killed(&ready, "run-after-batch", n, &expected).await
        });
    }
    let died = kills.join_all().await.into_iter().filter(|died| *died).count();
    assert!(died >= 15, "{died}");
}

#[tokio::test]
async fn f21_what_is_sealed_on_mariadb_is_neither_lost_nor_doubled() {
    let house = House::sqlite();
    let generation = Generation::found_on_maria(house.folder.path().join("generation")).await;
    sealing_killed(house, generation).await;
}

on_both! {
    async fn f21_what_is_sealed_is_neither_lost_nor_doubled(house: House) {
        let generation = Generation::found(house.folder.path().join("generation"), &house.store).await;
        sealing_killed(house, generation).await;
    }

    /// The job that destroys what is over is killed before a batch and before its entry: the next one ends it, and says once
    /// how much went.
    async fn f21_sealed_rows_that_are_over_are_destroyed_however_often_it_is_killed(house: House) {
        let generation = Generation::found(house.folder.path().join("generation"), &house.store).await.sealing().await;
        let ready = ready_over(house, generation, WORDS, &Extent::default()).await;
        let (house, generation) = (ready.house, ready.generation);
        let console = house.opens().await;
        house.comes_to(1, "runs WHERE state = 'finished'", Duration::from_secs(90)).await;
        house.comes_to(0, "jobs WHERE work = 'destroy_sealed' AND state IN ('available', 'running')", Duration::from_secs(90)).await;
        console.stops().await;
        let left = async || generation.dump().await.lines().filter(|line| line.starts_with("sessions_sealed: ")).count();
        let sealed = left().await;
        assert!(sealed > 0);
        generation.run("UPDATE sessions_sealed SET sealed_until = '2020-01-01'").await;
        let opened = opened(&house).await;
        let mut tx = opened.app.db.begin().await.expect("a writer");
        sql("UPDATE follow_ups SET due_at = 1 WHERE way = 'sealed'").run(&mut tx).await.expect("its day comes");
        job_enqueue(&mut tx, &Work::DestroySealed, 0).await.expect("it is asked for");
        tx.commit().await.expect("it is kept");
        opened.app.db.close().await;
        drop(opened);
        house.start(Some("sealed-before-batch:exit")).dies().await;
        assert_eq!(left().await, sealed);
        house.start(Some("sealed-before-entry:exit")).dies().await;
        assert_eq!((left().await, house.count("audit WHERE action = 'sealed_rows_destroyed'").await), (0, 0));
        let console = house.opens().await;
        house.comes_to(1, "events WHERE name = 'sealed_destroyed'", Duration::from_secs(90)).await;
        console.stops().await;
        assert_eq!((left().await, house.count("follow_ups WHERE way = 'sealed' AND open").await), (0, 0));
        let told = format!("audit WHERE action = 'sealed_destroyed' AND object LIKE '%: in all {sealed} in sessions_sealed'");
        assert_eq!(house.count(&told).await, 1);
    }

    async fn f21_a_run_killed_anywhere_ends_the_same_way_with_one_receipt(house: House) {
        let ready = Arc::new(ready(house, WORDS).await);
        let expected = Arc::new(undisturbed(&ready, 0).await);
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let mut kills = JoinSet::new();
        let mut kill = |place: &'static str, nth: usize| {
            let (ready, expected, turns) = (Arc::clone(&ready), Arc::clone(&expected), Arc::clone(&turns));
            kills.spawn(async move {
                let _turn = turns.acquire().await.expect("it is never closed");
                (place, nth, killed(&ready, place, nth, &expected).await)
            });
        };
        for place in PLACES {
            kill(place, 1);
        }
        // small batches are written down together
        for nth in 2..6 {
            kill("run-checkpoint", nth);
        }
        for nth in 2..34 {
            kill("run-after-batch", nth);
        }
        for nth in (2..34).step_by(4) {
            kill("run-step-ended", nth);
        }
        let mut passed = 0;
        for (place, nth, died) in kills.join_all().await {
            assert!(died || nth > 1, "no run passes {place}");
            passed += usize::from(died);
        }
        println!("killed {passed} times");
        assert!(passed >= 35, "{passed}");
    }
}
