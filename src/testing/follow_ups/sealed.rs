//! What an erasure sealed stays until its day and is destroyed then, unless the person is held; nothing is sealed or
//! destroyed twice.

use super::*;
use crate::{
    app::runs::{Fate, Replay},
    domain::{
        hold::Basis,
        plan::Action,
        time::{HOUR, Instant},
    },
    generation::{Extent, receipt::Signed},
    testing::house::START,
};

const LOGINS: &str = "[tables.logins]\nkey = [\"user_id\", \"at\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }]\nerase = \"delete\"\n";
const SEALED: &str = "[tables.logins]\nkey = [\"user_id\", \"at\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }]\nerase = \"seal\"\n\
    seal_into = \"logins_sealed\"\nkeep = { reason = \"logs are kept for a year\", period = \"P1Y\", after = \"at\" }\n";
const TABLE: &str = "CREATE TABLE logins_sealed (user_id BIGINT NOT NULL, at TIMESTAMP NOT NULL, address TEXT,
    sealed_until DATE NOT NULL, sealed_run VARCHAR(40) NOT NULL, PRIMARY KEY (user_id, at))";

/// A house over the small generation database, whose sign-ins are sealed for a year.
async fn sealing(house: House, on: On) -> (House, World) {
    sealing_by(house, on, SEALED).await
}

async fn sealing_by(house: House, on: On, sealed: &str) -> (House, World) {
    let world = World::new(on).await;
    world.run(TABLE).await;
    assert!(MAP.contains(LOGINS));
    let sources = HashMap::from([(PRODUCT.to_owned(), world.source(&MAP.replace(LOGINS, sealed)))]);
    let period = "P30D".parse().expect("a period");
    let house = house.rebuilt(sources, |parts| {
        parts.settings.backups.insert(PRODUCT.to_owned(), period);
    });
    (house, world)
}

async fn sealed_line(house: &House, reference: Reference) -> FollowUpLine {
    let mut lines = house.case(reference).await.follow_ups.into_iter();
    lines.rfind(|line| line.way == Way::Sealed).expect("it follows")
}

async fn held(
    house: &House,
    case: Reference,
    basis: Basis,
    (kind, value): (&str, &str),
    part: &Extent,
) -> Result<usize, crate::app::Error> {
    let who = [Identity { kind: kind.to_owned(), value: value.to_owned() }];
    let wanted = verbs::HoldWanted { basis, identities: &who, part, reason: "order 7" };
    verbs::place_hold(&house.app, &house.officer, case, i64::MAX, &wanted).await
}

/// What is sealed stays past its day while the hold of `order` stands, and goes once somebody else released it.
async fn kept_until_the_hold_is_released(house: &House, world: &World, (reference, order): (Reference, Reference)) {
    passes(house, "2027-01-10");
    follow_ups::destroy_sealed(&house.app).await.expect("it looks");
    assert_eq!((left(world).await, sealed_line(house, reference).await.state), (2, Standing::Waiting));
    let placed = house.case(order).await.holds[0].id;
    let lead = crate::domain::rights::Actor { id: house.agent.id, ..house.officer.clone() };
    verbs::release_hold(&house.app, &lead, order, i64::MAX, placed, "the order ended").await.expect("it is released");
    follow_ups::destroy_sealed(&house.app).await.expect("it destroys");
    assert_eq!((left(world).await, sealed_line(house, reference).await.state), (0, Standing::Over));
}

/// A run that had sealed two rows when it was stopped and cancelled.
async fn cancelled(house: House) -> (House, World, Reference, RunId) {
    let (house, world) = sealing(house, On::Sqlite).await;
    world
        .run("CREATE TRIGGER refuses BEFORE DELETE ON users BEGIN SELECT RAISE(ABORT, 'constraint: not now'); END")
        .await;
    let reference = verified(&house, DELETE, "1").await;
    let run = runs::plan_run(&house.app, &house.agent, reference, i64::MAX, &runs::Chosen::default()).await;
    let run = run.expect("it is planned");
    approved(&house, run).await;
    let _ = runs::execute_run(&house.app, run, true).await.expect("it begins");
    let page = runs::load_run(&house.app, &house.officer, run).await.expect("it loads");
    assert_eq!((page.state, left(&world).await), (crate::domain::run::RunState::Stopped, 2), "{:?}", page.log);
    runs::cancel_run(&house.app, &house.officer, run, "another way").await.expect("it is cancelled");
    (house, world, reference, run)
}

async fn sealed_lines(house: &House, reference: Reference) -> usize {
    house.case(reference).await.follow_ups.into_iter().filter(|line| line.way == Way::Sealed).count()
}

/// How many tables and people are known of which something was sealed, or may have been.
async fn known(house: &House) -> i64 {
    let mut tx = house.app.db.read().await.expect("a reader");
    let count = sql("SELECT (SELECT COUNT(*) FROM sealed_tables) + (SELECT COUNT(*) FROM sealed_subjects)");
    count.one::<(i64,)>(&mut tx).await.expect("it counts").0
}

async fn left(world: &World) -> usize {
    world.rows("logins_sealed", "1 = 1").await.len()
}

fn passes(house: &House, day: &str) {
    let day = format!("{day}T12:00:00Z").parse::<chrono::DateTime<chrono::Utc>>().expect("a day");
    house.pass(Instant::of(&day).since(house.app.now()));
}

async fn count(house: &House, reference: Reference, name: &str) -> usize {
    names_of(house, reference).await.iter().filter(|event| **event == name).count()
}

async fn kept_and_destroyed(house: House, on: On) {
    let (house, world) = sealing(house, on).await;
    let (reference, run) = erased(&house, "1").await;
    let by_run = format!("sealed_run = '{run}' AND user_id = 1");
    assert_eq!((world.rows("logins_sealed", &by_run).await.len(), left(&world).await), (2, 2));
    let line = sealed_line(&house, reference).await;
    assert_eq!((line.state, line.run, line.recipient, line.steps), (Standing::Waiting, Some(run), None, Vec::new()));
    assert_eq!(line.due.local(house.app.packs.zone(PRODUCT)).date_naive().to_string(), "2027-01-04");
    let file = runs::receipt_file(&house.app, &house.agent, run).await.expect("it is handed out");
    let keys = runs::public_keys(&house.app).await.expect("they are published");
    let receipt = serde_json::from_str::<Signed>(&file).expect("it reads").verify(&keys).expect("it is believed");
    let sealed = receipt.kept.iter().find(|line| line.action == Action::Seal).expect("it is told");
    assert_eq!((sealed.table.as_str(), sealed.rows, sealed.keep_until.as_deref()), ("logins", 2, Some("2027-01-04")));
    let letter = house.case(reference).await.closing.expect("a letter is proposed").text;
    assert!(letter.contains("2 entries in logins, until 4 January 2027"), "{letter}");

    // they are moments in UTC, of which the desk may have the next day already
    passes(&house, "2027-01-03");
    follow_ups::destroy_sealed(&house.app).await.expect("it looks");
    assert_eq!(left(&world).await, 2, "the last day is kept to its end");
    passes(&house, "2027-01-04");
    follow_ups::end_follow_ups(&house.app).await.expect("it looks");
    follow_ups::destroy_sealed(&house.app).await.expect("it destroys");
    assert_eq!((left(&world).await, sealed_line(&house, reference).await.state), (1, Standing::Waiting));
    passes(&house, "2027-01-05");
    follow_ups::destroy_sealed(&house.app).await.expect("it destroys");
    follow_ups::destroy_sealed(&house.app).await.expect("it may run twice");
    assert_eq!((left(&world).await, sealed_line(&house, reference).await.state), (0, Standing::Over));
    assert_eq!(count(&house, reference, "sealed_destroyed").await, 1);
    let log = house.log().await;
    assert!(log.contains(&format!("system sealed_destroyed {reference} {run}: in all 2 in logins_sealed")), "{log:?}");
    let destroyed = format!("system sealed_rows_destroyed {reference} {run}: 1 in logins_sealed");
    assert_eq!(log.iter().filter(|entry| **entry == destroyed).count(), 2, "each time on its case: {log:?}");
    assert_eq!(world.rows("logins", "1 = 1").await.len(), 1, "of somebody else");
    agrees_with_its_events(&house, reference).await;

    // a backup of the time when they were sealed: it is destroyed again, and nothing else
    world.run(&format!("INSERT INTO logins_sealed VALUES (1, '2026-01-02 03:04:05', NULL, '2027-01-02', '{run}'),
        (9, '2026-01-02 03:04:05', NULL, '2027-01-02', 'rehearsal'), (8, '2026-01-02 03:04:05', NULL, '2027-01-02', 'E-999')")).await;
    follow_ups::destroy_sealed(&house.app).await.expect("it destroys");
    assert_eq!((left(&world).await, world.rows("logins_sealed", "user_id = 1").await.len()), (2, 0));
    assert_eq!(count(&house, reference, "sealed_destroyed").await, 1);
}

on_both! {
    async fn what_is_sealed_stays_until_its_day(house: House) {
        kept_and_destroyed(house, On::Sqlite).await;
    }

    async fn and_so_on_a_postgresql_generation_database(house: House) {
        kept_and_destroyed(house, On::Postgres).await;
    }

    async fn and_so_on_a_mariadb_generation_database(house: House) {
        kept_and_destroyed(house, On::Maria).await;
    }

    async fn a_hold_keeps_what_is_sealed(house: House) {
        let (house, world) = sealing(house, On::Sqlite).await;
        let (reference, _) = erased(&house, "1").await;
        let order = house.opens(&mail("Court <court@law.example>", "Order", "c1@law.example", "Keep the data.")).await;
        // the account is gone, and known by its number alone
        let whole = Extent::default();
        let part = Extent { tables: vec!["logins".to_owned()], ..Extent::default() };
        assert!(held(&house, order, Basis::LegalOrder, ("account", "7"), &whole).await.is_err(), "nobody had this number");
        assert!(held(&house, order, Basis::LegalOrder, ("email", "ada@example.org"), &whole).await.is_err(), "nobody knows whose that was");
        assert!(held(&house, order, Basis::Dispute, ("account", "1"), &part).await.is_err(), "what is sealed is held as a whole");
        assert_eq!(held(&house, order, Basis::LegalOrder, ("account", "001"), &whole).await.expect("it is placed"), 1);
        assert!(held(&house, order, Basis::LegalOrder, ("account", "1"), &whole).await.is_err(), "it stands already");
        kept_until_the_hold_is_released(&house, &world, (reference, order)).await;
    }

    /// Of a person who was verified by an address, whom this case erased, nobody knows the number.
    async fn a_hold_by_the_case_keeps_what_its_own_run_sealed(house: House) {
        let (house, world) = sealing(house, On::Sqlite).await;
        let (reference, _) = erased_by(&house, ("email", "ada@example.org")).await;
        let whole = Extent::default();
        assert!(held(&house, reference, Basis::Dispute, ("email", "bo@example.com"), &whole).await.is_err(), "somebody else");
        assert_eq!(held(&house, reference, Basis::Dispute, ("email", "ada@example.org"), &whole).await.expect("it is placed"), 1);
        passes(&house, "2027-01-10");
        follow_ups::destroy_sealed(&house.app).await.expect("it looks");
        assert_eq!((left(&world).await, sealed_line(&house, reference).await.state), (2, Standing::Waiting));
    }

    /// Whoever came back under the same address has another account: what is kept of the first is held all the same.
    async fn a_hold_keeps_what_is_sealed_whoever_else_is_found(house: House) {
        let (house, world) = sealing(house, On::Sqlite).await;
        let (reference, _) = erased_by(&house, ("email", "ada@example.org")).await;
        world.run("INSERT INTO users VALUES (9, 'ada@example.org', 'Ada', NULL); INSERT INTO logins VALUES (9, '2026-11-20 00:00:00', NULL)").await;
        let logins = Extent { tables: vec!["logins".to_owned()], ..Extent::default() };
        let (whole, ada) = (Extent::default(), ("email", "ada@example.org"));
        let part = held(&house, reference, Basis::Dispute, ada, &logins).await;
        assert!(matches!(&part, Err(crate::app::Error::Invalid(fields)) if fields[0].field == "part"), "{part:?}");
        assert_eq!(held(&house, reference, Basis::Dispute, ("account", "9"), &logins).await.expect("of one account alone"), 1);
        let order = house.opens(&mail("Court <court@law.example>", "Order", "c1@law.example", "Keep the data.")).await;
        let both = ["1", "9"].map(|number| Identity { kind: "account".to_owned(), value: number.to_owned() });
        let wanted = verbs::HoldWanted { basis: Basis::LegalOrder, identities: &both, part: &whole, reason: "order 7" };
        assert_eq!(verbs::place_hold(&house.app, &house.officer, order, i64::MAX, &wanted).await.expect("it is placed"), 2);
        for hold in house.case(order).await.holds {
            let lead = crate::domain::rights::Actor { id: house.agent.id, ..house.officer.clone() };
            verbs::release_hold(&house.app, &lead, order, i64::MAX, hold.id, "the order ended").await.expect("it is released");
        }
        assert_eq!(held(&house, reference, Basis::Dispute, ada, &whole).await.expect("it is placed"), 2);
        passes(&house, "2027-01-10");
        follow_ups::destroy_sealed(&house.app).await.expect("it looks");
        assert_eq!((left(&world).await, sealed_line(&house, reference).await.state), (2, Standing::Waiting));
    }

    /// A worker that stood still when its run was cancelled may end its batch much later: what it sealed then has an end too.
    async fn what_a_cancelled_run_seals_late_has_an_end_as_well(house: House) {
        let (house, world, reference, _) = cancelled(house).await;
        world.run("CREATE TABLE late AS SELECT * FROM logins_sealed; DELETE FROM logins_sealed").await;
        house.pass(HOUR);
        follow_ups::destroy_sealed(&house.app).await.expect("it looks");
        assert_eq!(sealed_lines(&house, reference).await, 0);
        world.run("INSERT INTO logins_sealed SELECT * FROM late; DROP TABLE late").await;
        house.pass(HOUR);
        follow_ups::destroy_sealed(&house.app).await.expect("it looks again");
        assert_eq!(sealed_lines(&house, reference).await, 1);
        passes(&house, "2027-01-10");
        follow_ups::destroy_sealed(&house.app).await.expect("it destroys");
        assert_eq!((left(&world).await, sealed_line(&house, reference).await.state), (0, Standing::Over));
    }

    async fn what_a_cancelled_run_never_sealed_is_forgotten_after_a_day(house: House) {
        let (house, world, reference, _) = cancelled(house).await;
        world.run("DELETE FROM logins_sealed").await;
        house.pass(HOUR);
        follow_ups::destroy_sealed(&house.app).await.expect("it looks");
        assert_eq!(known(&house).await, 2);
        house.pass(DAY);
        follow_ups::destroy_sealed(&house.app).await.expect("it looks");
        assert_eq!((known(&house).await, sealed_lines(&house, reference).await), (0, 0));
    }

    /// Staff did by hand what the run was cancelled for: recipients and backups follow from that.
    async fn what_follows_a_cancelled_run_is_begun_by_hand(house: House) {
        let (house, _world, reference, _) = cancelled(house).await;
        house.pass(HOUR);
        follow_ups::destroy_sealed(&house.app).await.expect("it looks");
        assert_eq!(house.case(reference).await.follow_ups.len(), 1);
        let done = verbs::change_state(&house.app, &house.agent, reference, i64::MAX, State::Resolved, Some(Outcome::Granted), "by hand").await;
        done.expect("it is resolved");
        let ways: Vec<_> = house.case(reference).await.follow_ups.into_iter().map(|line| line.way).collect();
        assert_eq!(ways, [Way::Sealed, Way::Hand, Way::Hand, Way::Hand, Way::Time]);
    }

    /// What was sealed when a run was cancelled has an end as well, and whoever holds the person holds it.
    async fn what_a_cancelled_run_sealed_stays_until_its_day(house: House) {
        let (house, world, reference, run) = cancelled(house).await;
        follow_ups::destroy_sealed(&house.app).await.expect("it looks");
        assert_eq!(sealed_lines(&house, reference).await, 0, "a batch may be under way");
        house.pass(HOUR);
        follow_ups::destroy_sealed(&house.app).await.expect("it looks");
        follow_ups::destroy_sealed(&house.app).await.expect("it looks once more");
        assert_eq!(sealed_lines(&house, reference).await, 1);
        let line = sealed_line(&house, reference).await;
        assert_eq!((line.run, line.state), (Some(run), Standing::Waiting));
        assert_eq!(line.due.local(house.app.packs.zone(PRODUCT)).date_naive().to_string(), "2027-01-04");
        // their account is there, but what was sealed is no part of it any more
        let order = house.opens(&mail("Court <court@law.example>", "Order", "c1@law.example", "Keep the data.")).await;
        held(&house, order, Basis::LegalOrder, ("account", "1"), &Extent::default()).await.expect("it is placed");
        kept_until_the_hold_is_released(&house, &world, (reference, order)).await;
        agrees_with_its_events(&house, reference).await;
    }

    /// Whoever had nothing to seal leaves no trace of it.
    async fn what_was_never_sealed_is_forgotten(house: House) {
        let (house, _world) = sealing(house, On::Sqlite).await;
        let (reference, _) = erased(&house, "0").await;
        assert!(house.case(reference).await.follow_ups.iter().all(|line| line.way != Way::Sealed));
        assert_eq!(known(&house).await, 0);
    }

    /// The year of what has no date begins with the run, and not with the plan that waited for its approval.
    async fn what_has_no_date_is_kept_from_the_day_of_the_run(house: House) {
        let (house, _world) = sealing_by(house, On::Sqlite, &SEALED.replace("after = \"at\"", "after = \"address\"")).await;
        let reference = verified(&house, DELETE, "1").await;
        let run = runs::plan_run(&house.app, &house.agent, reference, i64::MAX, &runs::Chosen::default()).await.expect("it is planned");
        house.pass(3 * DAY);
        approved(&house, run).await;
        runs::execute_run(&house.app, run, false).await.expect("it is carried out");
        let zone = house.app.packs.zone(PRODUCT);
        let today = house.app.now().local(zone).date_naive();
        let due = sealed_line(&house, reference).await.due.local(zone).date_naive();
        assert_eq!(Some(due), today.checked_add_months(chrono::Months::new(12)), "{today}");
    }

    /// A table that is not there any more is no table without rows.
    async fn what_cannot_be_looked_at_is_not_over(house: House) {
        let (house, world) = sealing(house, On::Sqlite).await;
        let (reference, _) = erased(&house, "1").await;
        world.run("ALTER TABLE logins_sealed RENAME TO elsewhere").await;
        passes(&house, "2027-01-10");
        assert!(follow_ups::destroy_sealed(&house.app).await.is_err());
        assert_eq!(sealed_line(&house, reference).await.state, Standing::Waiting);
        world.run("ALTER TABLE elsewhere RENAME TO logins_sealed").await;
        follow_ups::destroy_sealed(&house.app).await.expect("it destroys");
        assert_eq!((left(&world).await, sealed_line(&house, reference).await.state), (0, Standing::Over));
    }

    /// A product may drop the table one day, and everything in it.
    async fn what_was_in_a_table_that_is_dropped_is_over_after_a_week(house: House) {
        let (house, world) = sealing(house, On::Sqlite).await;
        let (reference, run) = erased(&house, "1").await;
        world.run("DROP TABLE logins_sealed").await;
        passes(&house, "2027-01-13");
        assert!(follow_ups::destroy_sealed(&house.app).await.is_err(), "somebody may know where it is");
        assert_eq!(sealed_line(&house, reference).await.state, Standing::Over);
        assert!(house.log().await.contains(&format!("system sealed_destroyed {reference} {run}: in all logins_sealed was dropped")));
        follow_ups::destroy_sealed(&house.app).await.expect("nobody misses it any more");
        agrees_with_its_events(&house, reference).await;
    }

    /// The whole database as it was before: what was sealed is back where it was, and is sealed again by the replay.
    async fn what_a_backup_brought_back_is_sealed_again(house: House) {
        let (house, _world) = sealing(house, On::Sqlite).await;
        let (reference, first) = erased(&house, "1").await;
        let (house, world) = sealing(house, On::Sqlite).await;
        let replay = Replay { since: START, product: None, by: Some(&house.agent) };
        let fates = runs::replay(&house.app, &replay).await.expect("it looks");
        let Some(Fate::Planned(again)) = fates.into_iter().next().and_then(|one| one.fate) else { panic!("it is planned") };
        approved(&house, again).await;
        house.works().await;
        assert_eq!(left(&world).await, 2);
        assert_eq!(world.rows("logins_sealed", &format!("sealed_run = '{again}'")).await.len(), 2);
        let line = sealed_line(&house, reference).await;
        assert_eq!((line.run, line.state), (Some(again), Standing::Waiting));
        passes(&house, "2027-01-10");
        follow_ups::destroy_sealed(&house.app).await.expect("it destroys");
        assert_eq!(left(&world).await, 0);
        let over = house.case(reference).await.follow_ups.into_iter().filter(|line| line.way == Way::Sealed);
        let over: Vec<_> = over.map(|line| (line.run, line.state)).collect();
        assert_eq!(over, [(Some(first), Standing::Over), (Some(again), Standing::Over)]);
        agrees_with_its_events(&house, reference).await;
    }
}
