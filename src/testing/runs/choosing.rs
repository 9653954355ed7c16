//! Runs about less than everything, or about something else than erasure: chosen accounts, parts, choices, corrections,
//! the end of a restriction.

use super::*;
use crate::{
    app::{
        letters::Letter,
        runs::{Chosen, SetValue},
        verbs::Answer,
    },
    domain::{kind::Kind, language::Language, run::RunKind},
    generation::{Extent, Item},
};

/// The map with a choice about training, a restriction, and a name that can be corrected.
fn map() -> String {
    let columns = "name = { correct = true }, trains = {}, is_restricted = {}, referred_by";
    MAP.replace("name = {}, referred_by", columns).replace(
        "[tables.users]",
        r#"[[choice]]
what = "training"
flag = { table = "users", column = "trains", stop = "false", allow = "true" }
[[choice]]
what = "restriction"
flag = { table = "users", column = "is_restricted", stop = "true", allow = "false" }
[tables.users]"#,
    )
}

async fn house_with_choices(house: House) -> (House, World) {
    let world = World::new(On::Sqlite).await;
    world.run("ALTER TABLE users ADD COLUMN trains BOOLEAN; ALTER TABLE users ADD COLUMN is_restricted BOOLEAN").await;
    let sources = HashMap::from([(PRODUCT.to_owned(), world.source(&map()))]);
    (house.with_sources(sources), world)
}

/// A verified request of this kind.
async fn asks(house: &House, kind: Kind) -> Reference {
    let reference = verified(house, "1").await;
    let seen = seq(house, reference).await;
    verbs::classify_case(&house.app, &house.officer, reference, seen, kind, "as they say on the phone")
        .await
        .expect("it is classified");
    assert_eq!(house.case(reference).await.case.kind, kind);
    reference
}

async fn plans(house: &House, reference: Reference, chosen: &Chosen) -> Result<RunId, Error> {
    let seen = seq(house, reference).await;
    runs::plan_run(&house.app, &house.agent, reference, seen, chosen).await
}

/// Plans, has it approved and carried out; the run as it ended.
async fn done(house: &House, reference: Reference, chosen: &Chosen) -> runs::RunPage {
    let id = plans(house, reference, chosen).await.expect("it is planned");
    assert_eq!(page(house, id).await.state, RunState::Planned, "{:?}", page(house, id).await.plan.warnings);
    approved(house, id).await;
    house.works().await;
    let page = page(house, id).await;
    assert_eq!((page.state, page.stop), (RunState::Finished, None), "{:?}", page.log);
    assert!(page.receipt.as_ref().is_some_and(|receipt| receipt.valid));
    agrees_with_its_events(house, reference).await;
    page
}

async fn tombstones(house: &House) -> i64 {
    let mut tx = house.app.db.read().await.expect("a reader");
    sql("SELECT COUNT(*) FROM tombstones").one::<(i64,)>(&mut tx).await.expect("it counts").0
}

async fn tells_of_the_lifting(house: &House, reference: Reference) {
    let seen = seq(house, reference).await;
    let text = "The reason is gone. From tomorrow on your data is used again as before.";
    let answer = Answer { letter: Letter::Lifting, language: Language::En, reason: "", text, wait: false };
    verbs::send_letter(&house.app, &house.agent, reference, seen, &answer).await.expect("it is sent");
}

on_both! {
    async fn who_opts_out_is_out_once_a_second_person_agreed(house: House) {
        let (house, world) = house_with_choices(house).await;
        let others = world.rows("users", "id <> 1").await;
        let reference = asks(&house, Kind::TrainingOptOut).await;
        assert_eq!(house.case(reference).await.answer, Some(RunKind::OptOut));
        let run = done(&house, reference, &Chosen::default()).await;
        assert_eq!(run.kind, RunKind::OptOut);
        assert_eq!(world.rows("users", "id = 1 AND NOT trains").await.len(), 1);
        assert_eq!(world.rows("users", "id <> 1").await, others);
        assert_eq!(tombstones(&house).await, 0, "nobody was erased");
        // and in again
        let seen = seq(&house, reference).await;
        verbs::classify_case(&house.app, &house.officer, reference, seen, Kind::TrainingOptIn, "changed their mind").await.expect("classified");
        assert_eq!(done(&house, reference, &Chosen::default()).await.kind, RunKind::OptIn);
        assert_eq!(world.rows("users", "id = 1 AND trains").await.len(), 1);
    }

    async fn a_choice_that_the_map_does_not_know_is_made_by_hand(house: House) {
        let (house, _world) = house_with_choices(house).await;
        let reference = asks(&house, Kind::MarketingOptOut).await;
        assert_eq!(house.case(reference).await.answer, None);
        assert_eq!(fields(plans(&house, reference, &Chosen::default()).await), ["run"]);
    }

    async fn a_restriction_ends_only_after_the_person_was_told(house: House) {
        let (house, world) = house_with_choices(house).await;
        let reference = asks(&house, Kind::Restriction).await;
        let lifts = Chosen { lifts: true, ..Chosen::default() };
        assert_eq!(fields(plans(&house, reference, &lifts).await), ["lifts"], "there is none yet");
        done(&house, reference, &Chosen::default()).await;
        assert_eq!(world.rows("users", "id = 1 AND is_restricted").await.len(), 1);
        assert_eq!(fields(plans(&house, reference, &lifts).await), ["lifts"], "the person does not know");
        house.pass(DAY);
        tells_of_the_lifting(&house, reference).await;
        house.works().await;
        let run = done(&house, reference, &lifts).await;
        assert_eq!(run.kind, RunKind::Release);
        assert_eq!(world.rows("users", "id = 1 AND is_restricted").await.len(), 0);
        assert_eq!(fields(plans(&house, reference, &lifts).await), ["lifts"], "it is lifted");
    }

    async fn a_value_is_corrected_as_it_was_read_and_approved(house: House) {
        let (house, world) = house_with_choices(house).await;
        let reference = asks(&house, Kind::Correction).await;
        assert_eq!(fields(plans(&house, reference, &Chosen::default()).await), ["sets"]);
        let choosable = runs::choosable(&house.app, &house.agent, reference).await.expect("it loads");
        assert_eq!(choosable.rows.len(), 1);
        let set = |was: &str, becomes: Option<&str>| Chosen {
            sets: vec![SetValue {
                item: Item { table: "users".into(), key: vec!["1".into()] },
                column: "name".into(),
                was: Some(was.into()),
                becomes: becomes.map(str::to_owned),
            }],
            ..Chosen::default()
        };
        assert_eq!(fields(plans(&house, reference, &set("Adah", Some("Eve"))).await), ["sets"], "it stood otherwise");
        let theirs = Chosen { sets: vec![SetValue { item: Item { table: "users".into(), key: vec!["2".into()] }, ..set("Bo", None).sets[0].clone() }], ..Chosen::default() };
        assert_eq!(fields(plans(&house, reference, &theirs).await), ["run"], "somebody else's");
        let id = plans(&house, reference, &set("Ada", Some("Eve"))).await.expect("it is planned");
        let waiting = page(&house, id).await;
        assert_eq!(waiting.meant.corrections.iter().map(|one| (one.was.as_deref(), one.becomes.as_deref())).collect::<Vec<_>>(), [(Some("Ada"), Some("Eve"))]);
        assert!(!format!("{:?}", waiting.plan).contains("Eve"), "no value stands in what is kept in plain");
        approved(&house, id).await;
        house.works().await;
        let ended = page(&house, id).await;
        assert_eq!((ended.state, ended.meant.corrections.len()), (RunState::Finished, 0), "{:?}", ended.log);
        assert_eq!(world.rows("users", "name = 'Eve'").await.len(), 1);
    }

    async fn a_part_is_erased_and_no_more(house: House) {
        let (house, world) = house_with_choices(house).await;
        let reference = verified(&house, "1").await;
        let part = Extent { tables: vec!["logins".into()], ..Extent::default() };
        let run = done(&house, reference, &Chosen { extent: part, ..Chosen::default() }).await;
        assert_eq!(run.plan.limits, ["table logins"]);
        assert_eq!(world.rows("logins", "user_id = 1").await.len(), 0);
        assert_eq!(world.rows("users", "id = 1").await.len(), 1);
        assert_eq!(tombstones(&house).await, 0, "the person is still there");
        let file = runs::receipt_file(&house.app, &house.agent, run.id).await.expect("a receipt");
        let keys = runs::public_keys(&house.app).await.expect("keys");
        let told = serde_json::from_str::<Signed>(&file).expect("it reads").verify(&keys).expect("it is believed");
        assert_eq!(told.limits, ["table logins"]);
        let letter = house.case(reference).await.closing.expect("a letter is proposed").text;
        assert!(letter.contains("- We limited this to: Kinds of records: Logins, with whatever belongs to it."), "{letter}");
        assert!(!letter.contains("still there") && !letter.contains("Only this"), "{letter}");
        let nothing = Chosen { extent: Extent { tables: vec!["no_such".into()], ..Extent::default() }, ..Chosen::default() };
        assert_eq!(fields(plans(&house, reference, &nothing).await), ["run"]);
    }

    async fn a_letter_names_days_and_limits_in_its_own_language(house: House) {
        let (house, _world) = house_with_choices(house.answering_in("de")).await;
        let reference = verified(&house, "1").await;
        let seen = seq(&house, reference).await;
        let german = Some(crate::domain::language::Language::De);
        verbs::set_language(&house.app, &house.agent, reference, seen, german).await.expect("set");
        for (extent, says) in [
            (Extent { tables: vec!["logins".into()], ..Extent::default() }, "beschränkt auf: Arten von Datensätzen: Logins, mit allem"),
            (Extent::default(), "längstens bis 6. Mai 2032"),
        ] {
            done(&house, reference, &Chosen { extent, ..Chosen::default() }).await;
            let letter = house.case(reference).await.closing.expect("a letter is proposed").text;
            assert!(letter.contains(says) && !letter.contains("table logins") && !letter.contains("May"), "{letter}");
        }
    }

    async fn of_several_accounts_only_the_chosen_ones_are_touched(house: House) {
        let (house, world) = house_with_choices(house).await;
        let reference = house.opens(&mail(ADA, "Privacy Request", "a1@example.org", "Please delete my account.")).await;
        let seen = seq(&house, reference).await;
        // the tablet is Ada's and Bo's
        let tablet = [Identity { kind: "device".to_owned(), value: "tablet".to_owned() }];
        verbs::verify_by_staff(&house.app, &house.agent, reference, seen, &tablet, "showed the device").await.expect("verified");
        let stopped = plans(&house, reference, &Chosen::default()).await.expect("it is kept to be read");
        let read = page(&house, stopped).await;
        assert_eq!((read.state, read.stop), (RunState::Stopped, Some(Stop::Blocked)));
        runs::cancel_run(&house.app, &house.agent, stopped, "whose is it").await.expect("cancelled");
        let wrong = Chosen { accounts: vec![vec!["77".into()]], ..Chosen::default() };
        assert_eq!(fields(plans(&house, reference, &wrong).await), ["accounts"]);
        let bo = world.rows("users", "id = 2").await;
        let run = done(&house, reference, &Chosen { accounts: vec![vec!["1".into()]], ..Chosen::default() }).await;
        assert!(run.plan.warnings.iter().any(|w| w.code == WarningCode::OtherSubject && w.detail.starts_with("1 of 2 accounts")), "{:?}", run.plan.warnings);
        assert_eq!(world.rows("users", "id = 1").await.len(), 0);
        assert_eq!(world.rows("users", "id = 2").await.len(), bo.len());
        assert_eq!(tombstones(&house).await, 1);
    }
}
