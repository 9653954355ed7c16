//! Holds on parts through the verbs and the job: what stays, what it means for approvals, and what is left once they end.

use super::*;
use crate::{
    app::runs::{Extent, Fate, Item, Replay},
    domain::{plan::Action, rights::Actor},
    store::holds,
};

fn part(items: &[&str]) -> Extent {
    let items = items.iter().map(|item| item.parse::<Item>().expect("an item")).collect();
    Extent { items, ..Extent::default() }
}

async fn place(house: &House, actor: &Actor, case: Reference, basis: Basis, part: &Extent) -> Result<usize, Error> {
    let (who, seen) = (account("1"), seq(house, case).await);
    let wanted = verbs::HoldWanted { basis, identities: &who, part, reason: "the bill is in dispute" };
    verbs::place_hold(&house.app, actor, case, seen, &wanted).await
}

/// Another case on which a hold on an invoice of the same person stands.
async fn in_dispute(house: &House, id: &str, items: &[&str]) -> Reference {
    let case = house.opens(&mail("Bo <bo@example.org>", "The bill", id, "It is wrong.")).await;
    assert_eq!(place(house, &house.agent, case, Basis::Dispute, &part(items)).await.expect("placed"), 1);
    case
}

async fn released(house: &House, case: Reference) {
    let held = house.case(case).await.holds;
    let seen = seq(house, case).await;
    verbs::release_hold(&house.app, &house.officer, case, seen, held[0].id, "settled").await.expect("released");
}

fn kept(run: &runs::RunPage) -> Vec<(&str, i64, bool)> {
    let kept = run.plan.tables.iter().filter(|line| line.action == Action::Keep);
    kept.map(|line| (line.table.as_str(), line.rows, line.is_on_hold())).collect()
}

on_both! {
    async fn what_is_in_dispute_stays_and_goes_once_that_is_settled(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let dispute = in_dispute(&house, "d1@example.org", &["invoices:100"]).await;
        assert_eq!(house.case(dispute).await.holds[0].part, ["invoices 100"]);
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        assert_eq!(kept(&page(&house, id).await), [("invoices", 1, true), ("users", 1, true)]);
        let held = (world.rows("invoices", "id = 100").await, world.rows("users", "id = 1").await);
        approved(&house, id).await;
        house.works().await;
        let done = page(&house, id).await;
        assert_eq!((done.state, done.stop), (RunState::Finished, None), "{:?}", done.log);
        assert_eq!((world.rows("invoices", "id = 100").await, world.rows("users", "id = 1").await), held);
        assert_eq!(world.rows("images", "user_id = 1").await, Vec::<String>::new());
        agrees_with_its_events(&house, reference).await;

        let case = house.case(reference).await;
        assert_eq!(case.freed, [], "the hold stands");
        let closing = case.closing.expect("a letter is proposed");
        assert_eq!((closing.outcome, closing.basis), (Some(Outcome::Partial), Some(Refusal::Claims)));
        assert!(closing.text.contains("until a hold ends") && !closing.text.contains("bill is in dispute"), "{}", closing.text);
        // the same run done again after a restore takes nothing that was kept
        let since = crate::domain::time::Instant(0);
        let look = Replay { since, product: None, by: None };
        let fates = |all: Vec<runs::Replayed>| all.into_iter().map(|one| one.fate).collect::<Vec<_>>();
        assert_eq!(fates(runs::replay(&house.app, &look).await.expect("it looks")), [Some(Fate::Gone)]);

        released(&house, dispute).await;
        assert_eq!(fates(runs::replay(&house.app, &look).await.expect("it looks")), [Some(Fate::Gone)], "nor once it is released");
        for case in [reference, dispute] {
            assert_eq!(house.case(case).await.freed, [(reference, id)], "{case}");
        }
        let rest = planned(&house, reference).await;
        assert_eq!(kept(&page(&house, rest).await), [("invoices", 1, false)]);
        approved(&house, rest).await;
        house.works().await;
        assert_eq!(page(&house, rest).await.state, RunState::Finished);
        assert_eq!(world.rows("users", "id = 1").await, Vec::<String>::new());
        assert_eq!(house.case(dispute).await.freed, [], "nothing is left");
    }

    /// What a hold kept from a limited run is offered again too, until the same part is erased again or everything.
    async fn what_was_kept_from_a_part_is_offered_again(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let dispute = in_dispute(&house, "d1@example.org", &["images:12"]).await;
        let reference = verified(&house, "1").await;
        let limited = async |table: &str| {
            let extent = Extent { tables: vec![table.to_owned()], ..Extent::default() };
            let chosen = runs::Chosen { extent, ..runs::Chosen::default() };
            let seen = seq(&house, reference).await;
            let id = runs::plan_run(&house.app, &house.agent, reference, seen, &chosen).await.expect("it is planned");
            approved(&house, id).await;
            house.works().await;
            assert_eq!(page(&house, id).await.state, RunState::Finished);
            id
        };
        let id = limited("images").await;
        assert_eq!(world.rows("images", "user_id = 1").await.len(), 1);
        assert_eq!(house.case(dispute).await.freed, [], "the hold stands");
        released(&house, dispute).await;
        for case in [reference, dispute] {
            assert_eq!(house.case(case).await.freed, [(reference, id)], "{case}");
        }
        limited("logins").await;
        assert_eq!(house.case(dispute).await.freed, [(reference, id)], "another part is no part of it");
        limited("images").await;
        assert_eq!(world.rows("images", "user_id = 1").await.len(), 0);
        assert_eq!(house.case(dispute).await.freed, [], "nothing is left");
    }

    /// A map that does not know any more what a hold is about stops the plan, and a plan made before cannot begin.
    async fn a_hold_that_the_map_does_not_know_any_more_stops_the_plan(house: House) {
        let world = World::new(On::Sqlite).await;
        let with = |map: &str| HashMap::from([(PRODUCT.to_owned(), world.source(map))]);
        let house = house.with_sources(with(&MAP.replace("camelCase = {}", "camelCase = { category = \"sales\" }")));
        let case = house.opens(&mail("Bo <bo@example.org>", "The bill", "d1@example.org", "It is wrong.")).await;
        let sales = Extent { categories: vec!["sales".to_owned()], ..Extent::default() };
        place(&house, &house.agent, case, Basis::Dispute, &sales).await.expect("placed");
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        assert!(kept(&page(&house, id).await).contains(&("order", 1, true)));
        runs::cancel_run(&house.app, &house.agent, id, "a new map").await.expect("it is cancelled");
        let house = house.with_sources(with(MAP));
        let id = planned(&house, reference).await;
        let stopped = page(&house, id).await;
        assert_eq!((stopped.state, stopped.stop), (RunState::Stopped, Some(Stop::Blocked)));
        assert!(stopped.plan.warnings.iter().any(|warning| warning.code == WarningCode::Hold && warning.blocks));
        assert_eq!(world.rows("order", "\"user\" = 1").await.len(), 1);
    }

    /// A hold that ended long ago, on a part that the map has no more, keeps nobody from erasing again what a backup brought
    /// back; but somebody has to read that.
    async fn what_was_once_held_and_is_known_no_more_stops_no_repetition(house: House) {
        let first = World::new(On::Sqlite).await;
        let over = |house: House, world: &World, map: &str| house.with_sources(HashMap::from([(PRODUCT.to_owned(), world.source(map))]));
        let house = over(house, &first, &MAP.replace("camelCase = {}", "camelCase = { category = \"sales\" }"));
        let dispute = house.opens(&mail("Bo <bo@example.org>", "The bill", "d1@example.org", "It is wrong.")).await;
        let sales = Extent { categories: vec!["sales".to_owned()], items: part(&["invoices:100"]).items, ..Extent::default() };
        place(&house, &house.agent, dispute, Basis::Dispute, &sales).await.expect("placed");
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        house.works().await;
        assert_eq!(page(&house, id).await.state, RunState::Finished);
        released(&house, dispute).await;
        let back = World::new(On::Sqlite).await;
        let house = over(house, &back, MAP);
        let until = house.app.now().plus(10 * DAY).local(house.app.packs.zone(PRODUCT)).format("%Y-%m-%d").to_string();
        let ahead = runs::Grant { product: PRODUCT.to_owned(), what: "replay".to_owned(), until, reason: "a restore".to_owned() };
        runs::grant_standing(&house.app, &house.officer, &ahead).await.expect("granted");
        let asked = Replay { since: crate::domain::time::Instant(0), product: None, by: Some(&house.agent) };
        let fates = runs::replay(&house.app, &asked).await.expect("it looks");
        let Some(Fate::Planned(again)) = fates[0].fate else { panic!("{fates:?}") };
        let told: Vec<_> = page(&house, again).await.plan.warnings.into_iter().filter(|w| w.code == WarningCode::Hold).map(|w| w.blocks).collect();
        assert_eq!(told, [false]);
        approved(&house, again).await;
        house.works().await;
        let done = page(&house, again).await;
        assert_eq!((done.state, done.stop), (RunState::Finished, None), "{:?}", done.log);
        assert_eq!(back.rows("order", "\"user\" = 1").await.len(), 0);
        assert_eq!(back.rows("invoices", "id = 100").await, first.rows("invoices", "id = 100").await, "what is known stays as the first time");
        agrees_with_its_events(&house, reference).await;
    }

    async fn a_hold_placed_or_released_after_the_approval_ends_it(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let reference = verified(&house, "1").await;
        let before = world.dump().await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        let dispute = in_dispute(&house, "d2@example.org", &["invoices:100"]).await;
        house.works().await;
        let stopped = page(&house, id).await;
        assert_eq!((stopped.state, stopped.stop), (RunState::Stopped, Some(Stop::Held)), "{:?}", stopped.log);
        runs::cancel_run(&house.app, &house.agent, id, "a new plan is needed").await.expect("it is cancelled");
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        released(&house, dispute).await;
        house.works().await;
        let stopped = page(&house, id).await;
        assert_eq!((stopped.state, stopped.stop), (RunState::Stopped, Some(Stop::Outgrown)), "{:?}", stopped.log);
        runs::cancel_run(&house.app, &house.agent, id, "a new plan is needed").await.expect("it is cancelled");
        // one more hold on another part is another plan too
        in_dispute(&house, "d3@example.org", &["invoices:100"]).await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        in_dispute(&house, "d4@example.org", &["images:11"]).await;
        house.works().await;
        assert_eq!(page(&house, id).await.stop, Some(Stop::Held));
        assert_eq!(world.dump().await, before);
    }

    async fn a_part_has_to_be_theirs_and_no_secret_hold_has_one(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let case = house.opens(&mail("Bo <bo@example.org>", "The bill", "d1@example.org", "It is wrong.")).await;
        let tried = async |basis, extent: &Extent| place(&house, &house.officer, case, basis, extent).await;
        let nowhere = Extent { tables: vec!["cellars".into()], ..Extent::default() };
        assert_eq!(fields(tried(Basis::Dispute, &part(&["invoices:102"])).await), ["part"], "it is Bo's");
        assert_eq!(fields(tried(Basis::Dispute, &nowhere).await), ["part"]);
        for secret in [Basis::LegalOrder, Basis::Preservation] {
            assert_eq!(fields(tried(secret, &part(&["invoices:100"])).await), ["part"]);
        }
        tried(Basis::Dispute, &part(&["devices:phone"])).await.expect("placed");
        assert_eq!(fields(tried(Basis::Dispute, &part(&["devices:phone"])).await), ["value"], "it stands already");
        tried(Basis::Dispute, &Extent::default()).await.expect("everything is more than a part");
        // which row it is stands nowhere as it is
        let mut tx = house.app.db.read().await.expect("a reader");
        let (held, sealed): (i64, Vec<u8>) = sql("SELECT id, cipher FROM holds WHERE cipher IS NOT NULL").one(&mut tx).await.expect("one");
        assert!(!String::from_utf8_lossy(&sealed).contains("phone"));
        let events = format!("{:?}", events::events_of(&mut tx, case).await.expect("events"));
        assert!(!events.contains("phone"), "{events}");
        let kept = holds::hold_part(&mut tx, &house.app.vault, crate::domain::identity::HoldId(held)).await.expect("it opens");
        assert_eq!(serde_json::from_slice::<Extent>(&kept.expect("a part")).expect("it reads"), part(&["devices:phone"]));
        drop(tx);
        // a hold on everything stands as well, so that nothing may be erased
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        assert_eq!(page(&house, id).await.stop, Some(Stop::Blocked));
    }

    async fn a_hold_of_a_restricted_case_is_about_everything_and_shows_nowhere(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let report = mail("Bo <bo@example.org>", "report", "r1@example.org", "This is a report about child safety, item 4471.");
        let walled = house.opens(&report).await;
        for images in [part(&["images:11"]), Extent { tables: vec!["images".into()], ..Extent::default() }] {
            assert_eq!(fields(place(&house, &house.officer, walled, Basis::Dispute, &images).await), ["part"]);
        }
        // one that was placed on a part, before anybody knew what the case is
        let dispute = in_dispute(&house, "d1@example.org", &["images:11"]).await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        assert!(kept(&page(&house, id).await).contains(&("images", 1, true)));
        approved(&house, id).await;
        let before = world.dump().await;
        let seen = seq(&house, dispute).await;
        verbs::classify_case(&house.app, &house.officer, dispute, seen, crate::domain::kind::Kind::MinorData, "it is about a minor").await.expect("classified");
        house.works().await;
        assert_eq!(page(&house, id).await.stop, Some(Stop::Held));
        assert_eq!(world.dump().await, before);
        runs::cancel_run(&house.app, &house.agent, id, "a new plan is needed").await.expect("it is cancelled");
        let anew = page(&house, planned(&house, reference).await).await;
        assert_eq!(anew.stop, Some(Stop::Blocked), "as a secret hold does");
        assert!(!kept(&anew).iter().any(|(_, _, on_hold)| *on_hold), "{:?}", kept(&anew));
        assert!(house.case(dispute).await.holds[0].part.is_empty());
    }

    async fn what_a_hold_had_kept_is_not_told_on_a_case_that_is_restricted_by_then(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let dispute = in_dispute(&house, "d1@example.org", &["images:11"]).await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        house.works().await;
        assert_eq!(page(&house, id).await.state, RunState::Finished);
        let seen = seq(&house, dispute).await;
        verbs::classify_case(&house.app, &house.officer, dispute, seen, crate::domain::kind::Kind::MinorData, "it is about a minor").await.expect("classified");
        released(&house, dispute).await;
        assert_eq!(house.case(dispute).await.freed, []);
    }
}
