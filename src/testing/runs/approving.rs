//! Plans approved together, and ahead: each by its own hash, never by who asked, and not one longer than it holds.

use super::*;
use crate::{
    app::runs::{Chosen, Grant, Ticked},
    domain::{kind::Kind, rights::Actor, standing::Standing},
};

/// The map with a choice about training.
fn map() -> String {
    MAP.replace("name = {}, referred_by", "name = {}, trains = {}, referred_by").replace(
        "[tables.users]",
        "[[choice]]\nwhat = \"training\"\nflag = { table = \"users\", column = \"trains\", stop = \"false\", allow = \"true\" }\n[tables.users]",
    )
}

async fn house_with_a_choice(house: House) -> (House, World) {
    let world = World::new(On::Sqlite).await;
    world.run("ALTER TABLE users ADD COLUMN trains BOOLEAN").await;
    let sources = HashMap::from([(PRODUCT.to_owned(), world.source(&map()))]);
    (house.with_sources(sources), world)
}

/// A verified request by the account's holder.
async fn asks(house: &House, kind: Kind, account_id: &str) -> Reference {
    let from = format!("Somebody <a{account_id}@example.org>");
    let id = format!("{account_id}-{}@example.org", kind.code());
    let reference = house.opens(&mail(&from, "Privacy Request", &id, "Please.")).await;
    let (app, agent) = (&house.app, &house.agent);
    let seen = seq(house, reference).await;
    verbs::verify_by_staff(app, agent, reference, seen, &account(account_id), "called back").await.expect("verified");
    if house.case(reference).await.case.kind != kind {
        let seen = seq(house, reference).await;
        verbs::classify_case(app, &house.officer, reference, seen, kind, "as they say").await.expect("classified");
    }
    reference
}

async fn waiting(house: &House, actor: &Actor) -> Vec<Ticked> {
    let listed = runs::load_waiting(&house.app, actor).await.expect("it loads");
    listed.into_iter().map(|one| Ticked { run: one.line.id, scope_hash: one.scope_hash }).collect()
}

fn grant(until: &str) -> Grant {
    Grant {
        product: PRODUCT.to_owned(),
        what: Standing::TrainingOptOut.code().to_owned(),
        until: until.to_owned(),
        reason: "Opt-outs are honoured at once".to_owned(),
    }
}

async fn plans(house: &House, by: &Actor, reference: Reference) -> runs::RunPage {
    let seen = seq(house, reference).await;
    let id = runs::plan_run(&house.app, by, reference, seen, &Chosen::default()).await.expect("it is planned");
    page(house, id).await
}

/// The day `days` from now, as a form sends it.
fn day(house: &House, days: i64) -> String {
    house.app.now().plus(days * DAY).local(house.app.packs.zone(PRODUCT)).format("%Y-%m-%d").to_string()
}

on_both! {
    async fn several_plans_are_approved_by_one_number_each_by_its_own_hash(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let mut ids = Vec::new();
        for account_id in ["0", "1", "2"] {
            let reference = asks(&house, Kind::Erasure, account_id).await;
            ids.push(planned(&house, reference).await);
        }
        assert!(runs::load_waiting(&house.app, &house.agent).await.is_err(), "an agent approves nothing");
        let mut ticked = waiting(&house, &house.officer).await;
        assert_eq!(ticked.iter().map(|one| one.run).collect::<Vec<_>>(), ids);
        for wrong in ["", "2", "three", "R-1"] {
            assert_eq!(fields(runs::approve_batch(&house.app, &house.officer, &ticked, wrong).await), ["typed"]);
        }
        assert_eq!(fields(runs::approve_batch(&house.app, &house.officer, &[], "0").await), ["run"]);
        assert!(runs::approve_batch(&house.app, &house.agent, &ticked, "3").await.is_err());
        // one of them was another plan when it was read
        ticked[1].scope_hash = "00".into();
        let done = runs::approve_batch(&house.app, &house.officer, &ticked, " 3 ").await.expect("it is decided");
        assert_eq!((done.approved, done.refused.iter().map(|(run, _)| *run).collect::<Vec<_>>()), (2, vec![ids[1]]));
        house.works().await;
        for (n, id) in ids.iter().enumerate() {
            let expected = if n == 1 { RunState::Planned } else { RunState::Finished };
            assert_eq!(page(&house, *id).await.state, expected, "{:?}", page(&house, *id).await.log);
        }
        assert_eq!(world.rows("users", "1 = 1").await.len(), 1);
        assert_eq!(waiting(&house, &house.officer).await.iter().map(|one| one.run).collect::<Vec<_>>(), [ids[1]]);
        // once more, with those that are done already
        ticked[1].scope_hash = page(&house, ids[1]).await.plan.scope_hash;
        let again = runs::approve_batch(&house.app, &house.officer, &ticked, "3").await.expect("it is decided");
        assert_eq!((again.approved, again.refused.len()), (1, 2));
    }

    async fn s18_nobody_approves_their_own_plan_among_others(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let reference = asks(&house, Kind::Erasure, "1").await;
        let mine = plans(&house, &house.officer, reference).await;
        assert_eq!(waiting(&house, &house.officer).await, []);
        let ticked = [Ticked { run: mine.id, scope_hash: mine.plan.scope_hash }];
        let done = runs::approve_batch(&house.app, &house.officer, &ticked, "1").await.expect("it is decided");
        assert_eq!((done.approved, done.refused.len()), (0, 1));
        house.works().await;
        assert_eq!(world.rows("users", "id = 1").await.len(), 1);
    }

    async fn an_opt_out_begins_under_a_standing_approval_and_is_counted(house: House) {
        let (house, world) = house_with_a_choice(house).await;
        let id = runs::grant_standing(&house.app, &house.officer, &grant(&day(&house, 30))).await.expect("granted");
        let reference = asks(&house, Kind::TrainingOptOut, "1").await;
        let run = plans(&house, &house.agent, reference).await;
        assert_eq!((run.state, run.standing), (RunState::Approved, Some(id)));
        house.works().await;
        let (log, run_id) = (house.log().await, run.id);
        let granted = format!("system run_approved {reference} {run_id}: standing approval {id} of staff {}", house.officer.id.0);
        let acts = [format!("staff run_planned {reference}"), granted, format!("system run_began {reference} {run_id}")];
        let at = acts.map(|act| log.iter().position(|entry| *entry == act));
        assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{at:?} in {log:?}");
        let ended = page(&house, run.id).await;
        assert_eq!((ended.state, ended.stop), (RunState::Finished, None), "{:?}", ended.log);
        assert_eq!(world.rows("users", "id = 1 AND NOT trains").await.len(), 1);
        agrees_with_its_events(&house, reference).await;
        let file = runs::receipt_file(&house.app, &house.agent, run.id).await.expect("a receipt");
        let keys = runs::public_keys(&house.app).await.expect("keys");
        let told = serde_json::from_str::<Signed>(&file).expect("it reads").verify(&keys).expect("it is believed");
        assert_eq!((told.standing, told.approved.map(|who| who.staff)), (Some(id), Some(house.officer.id.0)));
        let listed = runs::load_standing(&house.app, &house.agent).await.expect("it loads");
        assert_eq!(listed.iter().map(|one| (one.id, one.uses, one.holds)).collect::<Vec<_>>(), [(id, 1, true)]);
    }

    async fn s18_a_standing_approval_is_for_others_for_its_kind_and_for_its_time(house: House) {
        let (house, world) = house_with_a_choice(house).await;
        let id = runs::grant_standing(&house.app, &house.officer, &grant(&day(&house, 1))).await.expect("granted");
        // who granted it has to wait for somebody else
        let own = asks(&house, Kind::TrainingOptOut, "0").await;
        assert_eq!(plans(&house, &house.officer, own).await.state, RunState::Planned);
        // an erasure and the opposite choice wait
        let erasure = asks(&house, Kind::Erasure, "2").await;
        assert_eq!(plans(&house, &house.agent, erasure).await.state, RunState::Planned);
        let opt_in = asks(&house, Kind::TrainingOptIn, "2").await;
        assert_eq!(plans(&house, &house.agent, opt_in).await.state, RunState::Planned);
        // what was not begun when it ended does not begin
        let reference = asks(&house, Kind::TrainingOptOut, "1").await;
        let run = plans(&house, &house.agent, reference).await;
        assert_eq!(run.state, RunState::Approved);
        assert!(matches!(runs::end_standing(&house.app, &house.agent, id).await, Err(Error::NotAllowed(_))));
        runs::end_standing(&house.app, &house.officer, id).await.expect("ended");
        assert_eq!(fields(runs::end_standing(&house.app, &house.officer, id).await), ["end"]);
        house.works().await;
        assert_eq!(page(&house, run.id).await.stop, Some(Stop::Unapproved));
        assert_eq!(world.rows("users", "trains IS NOT NULL").await.len(), 0);
    }

    async fn a_standing_approval_needs_a_right_a_reason_and_an_end(house: House) {
        let (house, _world) = house_with_a_choice(house).await;
        let app = &house.app;
        let good = grant(&day(&house, 90));
        assert!(matches!(runs::grant_standing(app, &house.agent, &good).await, Err(Error::NotAllowed(_))));
        assert_eq!(fields(runs::grant_standing(app, &house.officer, &Grant::default()).await), ["product", "what", "until", "reason"]);
        for until in [day(&house, 92), day(&house, -1), "tomorrow".to_owned(), "2026-02-30".to_owned()] {
            let tried = runs::grant_standing(app, &house.officer, &Grant { until: until.clone(), ..good.clone() }).await;
            assert_eq!(fields(tried), ["until"], "{until}");
        }
        assert!(runs::load_standing(app, &house.agent).await.expect("it loads").is_empty());
        runs::grant_standing(app, &house.officer, &good).await.expect("granted");
    }
}
