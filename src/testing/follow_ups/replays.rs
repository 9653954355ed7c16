//! A backup from before an erasure is restored: whoever was erased is found by the keys that were kept, planned again,
//! approved by a second person and erased again; nobody else is touched, and nothing is done twice.

use super::*;
use crate::{
    app::{
        Error,
        intake::Read,
        runs::{Fate, Replay, Replayed},
    },
    domain::{
        hold::Basis,
        run::{RunState, Stop},
        standing::Standing,
        time::Instant,
    },
    generation::{Extent, receipt::Signed},
    store::raws,
    testing::house::START,
};
use std::time::Duration;

/// Another database takes the place of the one that was erased from: as it was before.
async fn restored(house: House, on: On) -> (House, World) {
    let world = World::new(on).await;
    (with_partners(house, &world, Vec::new(), |_| {}), world)
}

async fn replayed(house: &House, since: Instant, dry: bool) -> Vec<Replayed> {
    let by = (!dry).then_some(&house.agent);
    runs::replay(&house.app, &Replay { since, product: None, by }).await.expect("it looks")
}

/// The fates, for erasures of which one is expected.
async fn fate(house: &House) -> Option<Fate> {
    let all = replayed(house, START, false).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().and_then(|one| one.fate)
}

async fn planned(house: &House) -> RunId {
    match fate(house).await {
        Some(Fate::Planned(run)) => run,
        other => panic!("nothing was planned: {other:?}"),
    }
}

async fn count(house: &House, what: &'static str) -> i64 {
    let mut tx = house.app.db.read().await.expect("a reader");
    sql(what).one::<(i64,)>(&mut tx).await.expect("it counts").0
}

async fn stands(house: &House, run: RunId) -> (RunState, Option<Stop>) {
    let page = runs::load_run(&house.app, &house.officer, run).await.expect("it loads");
    (page.state, page.stop)
}

async fn closed(house: &House, reference: Reference) {
    let closing = house.case(reference).await.closing.expect("a letter is proposed");
    runs::close_with_letter(&house.app, &house.agent, reference, i64::MAX, &closing).await.expect("it leaves");
    house.works().await;
}

async fn erased_once_more(house: House, on: On) {
    let (house, world) = house_with(house, on, Vec::new()).await;
    let (reference, first) = erased(&house, "1").await;
    closed(&house, reference).await;
    let once = world.dump().await;
    assert_eq!(fate(&house).await, Some(Fate::Gone));
    house.pass(3 * DAY);
    let (house, world) = restored(house, on).await;
    let back = world.dump().await;
    assert_ne!(back, once);
    assert!(replayed(&house, house.app.now(), false).await.is_empty(), "what finished before the backup is in it");
    let looked = replayed(&house, START, true).await;
    assert!(matches!(looked[0].fate, Some(Fate::Back(rows, files)) if rows > 5 && files == 2), "{looked:?}");
    assert_eq!(count(&house, "SELECT COUNT(*) FROM runs").await, 1, "looking plans nothing");
    let events = names_of(&house, reference).await.len();

    let again = planned(&house).await;
    let case = house.case(reference).await.case;
    assert_eq!((case.state, case.run), (State::Resolved, Some(again)), "the case stays resolved");
    assert_eq!(fate(&house).await, Some(Fate::Waits(again)), "it is planned once");
    house.works().await;
    assert_eq!(world.dump().await, back, "nothing begins without approval");
    let page = runs::load_run(&house.app, &house.officer, again).await.expect("it loads");
    assert_eq!(page.repeats, Some(first));
    let accepted = page.plan.warnings.len();
    let right = Approval { typed: reference.to_string(), scope_hash: page.plan.scope_hash.clone(), accepted };
    let own = runs::approve_run(&house.app, &house.agent, again, &right).await;
    assert!(matches!(own, Err(Error::NotAllowed(_))), "{own:?}");
    approved(&house, again).await;
    house.works().await;
    assert_eq!(stands(&house, again).await, (RunState::Finished, None), "{:?}", page.log);
    assert_eq!(world.dump().await, once, "gone as the first time, and nobody else was touched");
    let case = house.case(reference).await.case;
    assert_eq!((case.state, case.run), (State::Resolved, None));
    assert!(case.clocks.iter().all(|c| c.duty != crate::domain::clock::Duty::Resolve || c.met.is_some()));
    let told = lines(&house, reference).await;
    assert!(told.values().all(|line| line.recipient.is_none() || line.run == Some(first)), "nobody is told again");
    assert_eq!(names_of(&house, reference).await.len(), events + 3, "planned, approved, finished");

    let file = runs::receipt_file(&house.app, &house.agent, again).await.expect("it is handed out");
    let keys = runs::public_keys(&house.app).await.expect("they are published");
    let receipt = serde_json::from_str::<Signed>(&file).expect("it reads").verify(&keys).expect("it is believed");
    assert_eq!(receipt.repeats, Some(first.to_string()));
    for personal in ["ada", "tablet", "phone"] {
        assert!(!file.to_lowercase().contains(&format!("\"{personal}")), "{personal}");
    }
    assert_eq!(fate(&house).await, Some(Fate::Gone), "the latest stands for both");
    assert_eq!(count(&house, "SELECT COUNT(*) FROM audit WHERE action = 'replay_found_nothing'").await, 2);
    assert_eq!(count(&house, "SELECT COUNT(*) FROM runs WHERE cipher IS NOT NULL").await, 0);
    agrees_with_its_events(&house, reference).await;
}

on_both! {
    async fn what_a_backup_brought_back_is_erased_again(house: House) {
        erased_once_more(house, On::Sqlite).await;
    }

    async fn and_so_on_a_postgresql_generation_database(house: House) {
        erased_once_more(house, On::Postgres).await;
    }

    async fn and_so_on_a_mariadb_generation_database(house: House) {
        erased_once_more(house, On::Maria).await;
    }

    async fn a_standing_approval_for_replays_lets_them_begin(house: House) {
        let (house, world) = house_with(house, On::Sqlite, Vec::new()).await;
        let (reference, _) = erased(&house, "1").await;
        let once = world.dump().await;
        let (house, world) = restored(house, On::Sqlite).await;
        let until = house.app.now().plus(10 * DAY).local(house.app.packs.zone(PRODUCT)).format("%Y-%m-%d").to_string();
        let what = Standing::Replay.code().to_owned();
        let grant = runs::Grant { product: PRODUCT.to_owned(), what, until, reason: "a restore is under way".to_owned() };
        let id = runs::grant_standing(&house.app, &house.officer, &grant).await.expect("granted");
        let Some(Fate::Approved(run)) = fate(&house).await else { panic!("it waits for somebody") };
        house.works().await;
        assert_eq!(stands(&house, run).await, (RunState::Finished, None));
        assert_eq!(world.dump().await, once);
        let page = runs::load_run(&house.app, &house.officer, run).await.expect("it loads");
        assert_eq!(page.standing, Some(id));
        let approved = format!("system run_approved {reference} {run}: standing approval {id} of staff {}", house.officer.id.0);
        assert!(house.log().await.contains(&approved));
        agrees_with_its_events(&house, reference).await;
    }

    async fn a_hold_stops_what_would_be_erased_again(house: House) {
        let (house, _world) = house_with(house, On::Sqlite, Vec::new()).await;
        let (reference, _) = erased(&house, "1").await;
        closed(&house, reference).await;
        let (house, world) = restored(house, On::Sqlite).await;
        let back = world.dump().await;
        let order = house.opens(&mail("Court <court@law.example>", "Order", "c1@law.example", "Keep the data.")).await;
        let who = [Identity { kind: "account".to_owned(), value: "1".to_owned() }];
        let part = Extent::default();
        let wanted = verbs::HoldWanted { basis: Basis::LegalOrder, identities: &who, part: &part, reason: "order 7" };
        verbs::place_hold(&house.app, &house.officer, order, i64::MAX, &wanted).await.expect("it is placed");
        let Some(Fate::Stopped(held)) = fate(&house).await else { panic!("a hold stops it") };
        assert_eq!(stands(&house, held).await, (RunState::Stopped, Some(Stop::Blocked)));
        assert_eq!(house.case(reference).await.case.state, State::Resolved);
        assert_eq!(fate(&house).await, Some(Fate::Waits(held)));
        house.works().await;
        assert_eq!(world.dump().await, back);
        let placed = house.case(order).await.holds[0].id;
        let lead = crate::domain::rights::Actor { id: house.agent.id, ..house.officer.clone() };
        verbs::release_hold(&house.app, &lead, order, i64::MAX, placed, "the order ended").await.expect("it is released");
        runs::cancel_run(&house.app, &house.agent, held, "the hold is gone").await.expect("it is cancelled");
        // a hold that comes after the approval stops it as well
        let again = planned(&house).await;
        approved(&house, again).await;
        let part = Extent::default();
        let wanted = verbs::HoldWanted { basis: Basis::LegalOrder, identities: &who, part: &part, reason: "order 8" };
        verbs::place_hold(&house.app, &house.officer, order, i64::MAX, &wanted).await.expect("it is placed");
        house.works().await;
        assert_eq!(stands(&house, again).await, (RunState::Stopped, Some(Stop::Held)));
        assert_eq!(world.dump().await, back);
        agrees_with_its_events(&house, reference).await;
    }

    async fn cut_off_anywhere_it_goes_on_and_ends_the_same(house: House) {
        let (house, world) = house_with(house, On::Sqlite, Vec::new()).await;
        let (reference, _) = erased(&house, "1").await;
        let once = world.dump().await;
        closed(&house, reference).await;
        let (house, world) = restored(house, On::Sqlite).await;
        let again = planned(&house).await;
        approved(&house, again).await;
        // each turn gets a little farther before it is dropped where it stands
        let mut turns = 0;
        while stands(&house, again).await.0 != RunState::Finished {
            turns += 1;
            let turn = runs::execute_run(&house.app, again, false);
            let _ = tokio::time::timeout(Duration::from_millis(2 * turns), turn).await;
            assert!(turns < 2_000, "it comes to an end");
        }
        assert_eq!(world.dump().await, once);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM receipts").await, 2);
        assert_eq!(names_of(&house, reference).await.iter().filter(|name| **name == "run_finished").count(), 2);
        assert_eq!(fate(&house).await, Some(Fate::Gone));
        agrees_with_its_events(&house, reference).await;
    }

    async fn the_letter_tells_of_the_first_time_only(house: House) {
        let (house, _world) = house_with(house, On::Sqlite, Vec::new()).await;
        let (reference, first) = erased(&house, "1").await;
        let before = house.case(reference).await.closing.expect("a letter is proposed").text;
        let (house, world) = restored(house, On::Sqlite).await;
        world.run("DELETE FROM logins").await;
        let again = planned(&house).await;
        assert_eq!(house.case(reference).await.case.state, State::WaitingApproval, "an open case waits with its run");
        approved(&house, again).await;
        house.works().await;
        let case = house.case(reference).await;
        assert_eq!((case.case.state, stands(&house, again).await.0), (State::Open, RunState::Finished));
        let after = case.closing.expect("a letter is proposed").text;
        assert_eq!(after, before);
        assert!(after.contains(&first.to_string()) && !after.contains(&again.to_string()), "{after}");
        agrees_with_its_events(&house, reference).await;
    }

    async fn whom_nobody_knows_any_more_is_said(house: House) {
        let (house, _world) = house_with(house, On::Sqlite, Vec::new()).await;
        let (_, run) = erased(&house, "1").await;
        house.pass(31 * DAY);
        follow_ups::end_follow_ups(&house.app).await.expect("it ends");
        let (house, world) = restored(house, On::Sqlite).await;
        let back = world.dump().await;
        assert_eq!(replayed(&house, START, false).await, [Replayed { run, case: None, fate: None }]);
        assert_eq!(world.dump().await, back);
    }

    async fn a_mail_that_is_read_again_brings_nobody_back(house: House) {
        let (house, _world) = house_with(house, On::Sqlite, Vec::new()).await;
        let raw = mail(ADA, "Privacy Request", "r1@example.org", "Please delete my account.");
        house.opens(&raw).await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        let (id,): (i64,) = sql("SELECT id FROM messages").one(&mut tx).await.expect("it is kept");
        raws::message_forget_raw(&mut tx, crate::domain::identity::MessageId(id)).await.expect("it is destroyed");
        tx.commit().await.expect("it is kept");
        assert_eq!(house.receives(&raw).await, Read::Already);
        assert_eq!(house.receives(&format!("Received: from elsewhere\n{raw}")).await, Read::Already);
        house.works().await;
        assert_eq!(count(&house, "SELECT COUNT(*) FROM cases").await, 1);
        // it is the message that is known, never the person: a new request is a new case
        let other = mail(ADA, "Privacy Request", "r2@example.org", "I came back; please send me a copy of my data.");
        assert!(matches!(house.receives(&other).await, Read::Opened(_)));
    }
}
