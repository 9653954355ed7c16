//! A run from its plan to its receipt, through the verbs and the job: on both stores, against both engines.

mod approving;
mod away;
mod choosing;
mod held;
mod story;

use super::{
    generation::world::{MAP, On, World},
    house::{House, PRODUCT, mail},
    on_both,
    rights::{entry, hired, stands_in},
};
use crate::{
    app::{
        Error,
        runs::{self, Approval, Closing, Executed, Refusal},
        verbs,
    },
    domain::{
        case::{Case, Outcome, State},
        hold::Basis,
        identity::{Identity, Reference, RunId},
        plan::WarningCode,
        rights::{Grant, Role},
        run::{RunState, Stop},
        time::{DAY, HOUR},
    },
    generation::receipt::Signed,
    store::{events, runs::checkpoints, sql},
};
use sqlx::Connection as _;
use std::collections::HashMap;

const ADA: &str = "Ada <ada@example.org>";

/// A house whose product has the small generation database.
async fn house_over(house: House, on: On) -> (House, World) {
    let world = World::new(on).await;
    let sources = HashMap::from([(PRODUCT.to_owned(), world.source(MAP))]);
    (house.with_sources(sources), world)
}

fn account(value: &str) -> Vec<Identity> {
    vec![Identity { kind: "account".to_owned(), value: value.to_owned() }]
}

async fn seq(house: &House, reference: Reference) -> i64 {
    house.case(reference).await.case.seq
}

/// A verified request for erasure.
async fn verified(house: &House, value: &str) -> Reference {
    let reference = house.opens(&mail(ADA, "Privacy Request", "a1@example.org", "Please delete my account.")).await;
    let seen = seq(house, reference).await;
    verbs::verify_by_staff(
        &house.app,
        &house.agent,
        reference,
        seen,
        &account(value),
        "called back on the known number",
    )
    .await
    .expect("it is verified");
    reference
}

async fn planned(house: &House, reference: Reference) -> RunId {
    let seen = seq(house, reference).await;
    runs::plan_run(&house.app, &house.agent, reference, seen, &runs::Chosen::default()).await.expect("it is planned")
}

async fn approval(house: &House, id: RunId) -> Approval {
    let page = runs::load_run(&house.app, &house.officer, id).await.expect("it loads");
    let accepted = page.plan.warnings.len();
    Approval { typed: page.reference.to_string(), scope_hash: page.plan.scope_hash, accepted }
}

async fn approved(house: &House, id: RunId) {
    let approval = approval(house, id).await;
    runs::approve_run(&house.app, &house.officer, id, &approval).await.expect("it is approved");
}

async fn page(house: &House, id: RunId) -> runs::RunPage {
    runs::load_run(&house.app, &house.officer, id).await.expect("it loads")
}

fn fields(result: Result<impl std::fmt::Debug, Error>) -> Vec<&'static str> {
    match result {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("it should be refused by its fields: {other:?}"),
    }
}

async fn agrees_with_its_events(house: &House, reference: Reference) {
    let stored = house.case(reference).await.case;
    let mut tx = house.app.db.read().await.expect("a reader");
    let history = events::events_of(&mut tx, reference).await.expect("events");
    let mut folded = Case::fold(reference, PRODUCT, &history).expect("a sound history");
    folded.clocks.sort_by_key(|c| (c.due, c.duty.code()));
    assert_eq!(folded, stored);
}

/// After the approval the database changes: the run stops before its first write, and needs a new plan.
async fn stops_at_its_beginning(house: House, change: &str, stop: Stop) {
    let (house, world) = house_over(house, On::Sqlite).await;
    let reference = verified(&house, "1").await;
    let id = planned(&house, reference).await;
    approved(&house, id).await;
    world.run(change).await;
    let before = world.dump().await;
    house.works().await;
    let stopped = page(&house, id).await;
    assert_eq!((stopped.state, stopped.stop), (RunState::Stopped, Some(stop)), "{change}: {:?}", stopped.log);
    assert_eq!(world.dump().await, before);
    assert_eq!(fields(runs::try_run_again(&house.app, &house.officer, id).await), ["again"]);
    runs::cancel_run(&house.app, &house.agent, id, "a new plan is needed").await.expect("it is cancelled");
    assert_eq!(house.case(reference).await.case.run, None);
}

/// Lets a plan grow older by `millis`.
async fn age(house: &House, id: RunId, millis: i64) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    sql("UPDATE runs SET expires_at = expires_at - $2 WHERE id = $1")
        .bind(id)
        .bind(millis)
        .run(&mut tx)
        .await
        .expect("it ages");
    tx.commit().await.expect("it is kept");
}

on_both! {
    async fn nothing_is_planned_for_somebody_who_is_not_verified(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let reference = house.opens(&mail(ADA, "Privacy Request", "a1@example.org", "Please delete my account.")).await;
        let seen = seq(&house, reference).await;
        let tried = runs::plan_run(&house.app, &house.agent, reference, seen, &runs::Chosen::default()).await;
        assert_eq!(fields(tried), ["run"]);
    }

    async fn s18_the_one_who_asked_may_not_approve_and_each_answer_has_to_be_right(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let reference = verified(&house, "1").await;
        let seen = seq(&house, reference).await;
        let id = runs::plan_run(&house.app, &house.officer, reference, seen, &runs::Chosen::default()).await.expect("it is planned");
        let right = approval(&house, id).await;
        // asked by the officer: neither may the officer approve, nor an agent, who has no right to
        for actor in [&house.officer, &house.agent] {
            let tried = runs::approve_run(&house.app, actor, id, &right).await;
            assert!(matches!(tried, Err(Error::NotAllowed(_))), "{tried:?}");
        }
        runs::cancel_run(&house.app, &house.officer, id, "asked by the wrong person").await.expect("it is cancelled");
        let id = planned(&house, reference).await;
        let right = approval(&house, id).await;
        for (wrong, field) in [
            (Approval { typed: "R-1".into(), ..right.clone() }, "typed"),
            (Approval { typed: String::new(), ..right.clone() }, "typed"),
            (Approval { accepted: right.accepted - 1, ..right.clone() }, "accepted"),
            (Approval { scope_hash: "00".into(), ..right.clone() }, "typed"),
        ] {
            assert_eq!(fields(runs::approve_run(&house.app, &house.officer, id, &wrong).await), [field]);
        }
        // nor does a proof of long ago
        let stale = crate::domain::rights::Actor { proof: crate::domain::sign_in::Proof::Stale, ..house.officer.clone() };
        let tried = runs::approve_run(&house.app, &stale, id, &right).await;
        assert!(matches!(tried, Err(Error::Unproved)), "{tried:?}");
        let before = world.dump().await;
        house.works().await;
        assert_eq!(world.dump().await, before);
        // two who approve at once: one does
        let (one, two) = tokio::join!(
            runs::approve_run(&house.app, &house.officer, id, &right),
            runs::approve_run(&house.app, &house.officer, id, &right)
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
        house.works().await;
        assert_eq!(page(&house, id).await.state, RunState::Finished);
    }

    async fn a_plan_can_be_sent_back_and_grows_too_old(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let before = world.dump().await;
        let reference = verified(&house, "1").await;
        let first = planned(&house, reference).await;
        let seen = seq(&house, reference).await;
        assert_eq!(fields(runs::plan_run(&house.app, &house.agent, reference, seen, &runs::Chosen::default()).await), ["run"]);
        assert_eq!(fields(runs::send_back_run(&house.app, &house.officer, first, " ").await), ["reason"]);
        runs::send_back_run(&house.app, &house.officer, first, "look at the shared device").await.expect("it goes back");
        let sent_back = page(&house, first).await;
        assert_eq!((sent_back.state, sent_back.reason.as_deref()), (RunState::SentBack, Some("look at the shared device")));
        assert_eq!(house.case(reference).await.case.state, State::Open);
        let right = approval(&house, first).await;
        assert_eq!(fields(runs::approve_run(&house.app, &house.officer, first, &right).await), ["typed"]);

        let second = planned(&house, reference).await;
        let right = approval(&house, second).await;
        age(&house, second, 7 * DAY + HOUR).await;
        assert_eq!(fields(runs::approve_run(&house.app, &house.officer, second, &right).await), ["typed"]);
        runs::expire_runs(&house.app).await.expect("it expires");
        runs::expire_runs(&house.app).await.expect("it expires once");
        assert_eq!(page(&house, second).await.state, RunState::Expired);
        assert_eq!(house.case(reference).await.case.state, State::Open);
        agrees_with_its_events(&house, reference).await;
        house.works().await;
        assert_eq!(world.dump().await, before);
    }

    async fn an_approval_does_not_hold_for_many_more_rows(house: House) {
        let rows: Vec<_> = (0..150).map(|n| format!("({}, 1, NULL, NULL, 'new')", 1000 + n)).collect();
        stops_at_its_beginning(house, &format!("INSERT INTO images VALUES {}", rows.join(", ")), Stop::Outgrown).await;
    }

    async fn nor_for_another_schema(house: House) {
        stops_at_its_beginning(house, "ALTER TABLE logins ADD COLUMN country TEXT", Stop::Drift).await;
    }

    async fn nor_for_nobody(house: House) {
        let change = "UPDATE users SET referred_by = NULL; UPDATE images SET remix_of = NULL;
            DELETE FROM likes; DELETE FROM images WHERE user_id = 1; DELETE FROM logins; DELETE FROM user_devices;
            UPDATE invoices SET user_id = NULL; UPDATE usage_log SET user_id = NULL; DELETE FROM \"order\";
            DELETE FROM users WHERE id = 1";
        stops_at_its_beginning(house, change, Stop::NothingFound).await;
    }

    async fn s18_an_approver_who_lost_the_right_has_approved_nothing(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let before = world.dump().await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        sql("DELETE FROM staff_grants WHERE staff_id = $1").bind(house.officer.id).run(&mut tx).await.expect("it goes");
        tx.commit().await.expect("it is kept");
        house.works().await;
        assert_eq!(page(&house, id).await.stop, Some(Stop::Unapproved));
        assert_eq!(world.dump().await, before);
    }

    async fn a_few_more_rows_are_still_what_was_approved(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        world.run("INSERT INTO images VALUES (14, 1, NULL, NULL, 'new')").await;
        house.works().await;
        assert_eq!(page(&house, id).await.state, RunState::Finished);
        assert_eq!(world.rows("images", "user_id = 1").await.len(), 0);
    }

    async fn what_stops_a_plan_keeps_it_from_being_approved(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let reference = verified(&house, "99").await;
        let id = planned(&house, reference).await;
        let stopped = page(&house, id).await;
        assert_eq!((stopped.state, stopped.stop), (RunState::Stopped, Some(Stop::Blocked)));
        assert!(stopped.plan.warnings.iter().any(|w| w.code == WarningCode::NothingFound && w.blocks));
        assert_eq!(house.case(reference).await.case.state, State::Open);
        let right = approval(&house, id).await;
        assert_eq!(fields(runs::approve_run(&house.app, &house.officer, id, &right).await), ["typed"]);
        agrees_with_its_events(&house, reference).await;
    }

    async fn a_shared_identity_takes_nobody_else_along(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let before = world.dump().await;
        let reference = house.opens(&mail(ADA, "Privacy Request", "a1@example.org", "Please delete my account.")).await;
        let tablet = vec![Identity { kind: "device".to_owned(), value: "tablet".to_owned() }];
        let seen = seq(&house, reference).await;
        verbs::verify_by_staff(&house.app, &house.agent, reference, seen, &tablet, "seen it").await.expect("verified");
        let id = planned(&house, reference).await;
        assert_eq!(page(&house, id).await.stop, Some(Stop::Blocked));
        house.works().await;
        assert_eq!(world.dump().await, before);
    }

    async fn a_hold_stops_the_plan_and_the_run_and_says_nothing_of_itself(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let before = world.dump().await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        // the order is another case's, placed after the approval
        let order = house.opens(&mail("Court <court@law.example>", "Order", "c1@law.example", "Keep the data.")).await;
        let seen = seq(&house, order).await;
        let (who, part) = (account("1"), runs::Extent::default());
        let wanted = verbs::HoldWanted { basis: Basis::LegalOrder, identities: &who, part: &part, reason: "order 7 of today" };
        verbs::place_hold(&house.app, &house.officer, order, seen, &wanted).await.expect("it is placed");
        house.works().await;
        let stopped = page(&house, id).await;
        assert_eq!((stopped.state, stopped.stop), (RunState::Stopped, Some(Stop::Held)));
        assert_eq!(world.dump().await, before);
        runs::cancel_run(&house.app, &house.agent, id, "not now").await.expect("it is cancelled");
        let again = planned(&house, reference).await;
        let held = page(&house, again).await;
        assert_eq!(held.stop, Some(Stop::Blocked));
        let says = format!("{:?} {:?} {:?}", held.plan.warnings, held.log, house.case(reference).await.timeline);
        for secret in ["order 7", "legal", "Legal", "court", &order.to_string()] {
            assert!(!says.contains(secret), "{secret} in {says}");
        }
    }

    async fn a_run_is_carried_out_once_however_often_its_job_runs(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        let (one, two) =
            tokio::join!(runs::execute_run(&house.app, id, false), runs::execute_run(&house.app, id, false));
        // one of them may have found itself overtaken; then there is nothing more for it to do
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        house.works().await;
        let after = world.dump().await;
        assert_eq!(runs::execute_run(&house.app, id, false).await.expect("it looks"), Executed::Done);
        assert_eq!(world.dump().await, after);
        let done = page(&house, id).await;
        assert_eq!(done.state, RunState::Finished);
        assert!(done.steps.iter().all(|step| step.done == step.found), "{:?}", done.steps);
        let history = house.case(reference).await;
        let finished = history.timeline.iter().filter(|entry| format!("{:?}", entry.what).contains("Run finished"));
        assert_eq!(finished.count(), 1);
    }

    /// What takes a name's place is the run's own: the same in all its rows, known to nothing that outlives the run.
    async fn a_pseudonym_leads_back_to_nobody(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let sealed = async |id: RunId| {
            let mut tx = house.app.db.read().await.expect("a reader");
            let secret = crate::store::runs::run_secret(&mut tx, &house.app.vault, id).await.expect("it opens")?;
            let secret: serde_json::Value = serde_json::from_slice(&secret).expect("it reads");
            Some(secret["target"]["pseudonym"].as_str().expect("there is one").to_owned())
        };
        let reference = verified(&house, "1").await;
        let first = planned(&house, reference).await;
        let unused = sealed(first).await.expect("it is kept while the run is open");
        runs::cancel_run(&house.app, &house.agent, first, "once more").await.expect("it is cancelled");
        assert_eq!(sealed(first).await, None);
        let second = planned(&house, reference).await;
        let pseudonym = sealed(second).await.expect("it is kept while the run is open");
        assert!(pseudonym != unused && pseudonym.len() == crate::generation::PSEUDONYM_LENGTH, "{pseudonym} {unused}");
        approved(&house, second).await;
        house.works().await;
        assert_eq!(page(&house, second).await.state, RunState::Finished);
        assert_eq!(world.rows("usage_log", &format!("account = '{pseudonym}'")).await.len(), 2);
        assert_eq!(sealed(second).await, None);
    }

    async fn f7_a_worker_that_was_overtaken_writes_nothing(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        checkpoints::steps_begin(&mut tx, id, &[("users delete".to_owned(), 3)]).await.expect("it begins");
        let first = crate::store::runs::run_take(&mut tx, id).await.expect("it is taken");
        let second = crate::store::runs::run_take(&mut tx, id).await.expect("it is taken over");
        let (now, some) = (house.app.now(), checkpoints::Progress { n: 0, rows: 1, files: 0, ended: false });
        let last = checkpoints::Progress { ended: true, ..some };
        assert!(!checkpoints::steps_advance(&mut tx, id, first, &[some], now).await.expect("it asks"));
        assert!(!checkpoints::steps_advance(&mut tx, id, first, &[last], now).await.expect("it asks"));
        assert!(checkpoints::steps_advance(&mut tx, id, second, &[some], now).await.expect("it asks"));
        let steps = checkpoints::steps_of(&mut tx, id).await.expect("it reads");
        assert_eq!((steps[0].done, steps[0].ended_at), (1, None));
        // what nobody wrote down is made good: it has done at least what it had found
        assert!(checkpoints::steps_advance(&mut tx, id, second, &[last], now).await.expect("it asks"));
        let steps = checkpoints::steps_of(&mut tx, id).await.expect("it reads");
        assert_eq!((steps[0].done, steps[0].ended_at), (3, Some(now.0)));
    }

    async fn f21_a_database_that_is_away_is_waited_for_and_never_done(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        // the disk with the files is not mounted
        let (files, aside) = (world.files(), world.folder.path().join("aside"));
        std::fs::rename(&files, &aside).expect("it is moved");
        let tried = runs::execute_run(&house.app, id, false).await.expect("it tries");
        assert!(matches!(tried, Executed::Later(_)), "{tried:?}");
        assert_eq!(page(&house, id).await.state, RunState::Approved);
        std::fs::rename(&aside, &files).expect("it is back");
        house.works().await;
        assert_eq!(page(&house, id).await.state, RunState::Finished);
    }

    async fn a_rule_of_the_database_stops_the_run_at_once_and_it_can_go_on(house: House) {
        let (house, world) = house_over(house, On::Postgres).await;
        world.run("ALTER TABLE usage_log ADD CONSTRAINT short CHECK (length(account) < 10)").await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        house.works().await;
        let stopped = page(&house, id).await;
        assert_eq!((stopped.state, stopped.stop), (RunState::Stopped, Some(Stop::Refused)), "{:?}", stopped.log);
        assert_eq!(world.rows("users", "id = 1").await.len(), 1);
        world.run("ALTER TABLE usage_log DROP CONSTRAINT short").await;
        let own = runs::try_run_again(&house.app, &house.agent, id).await;
        assert!(matches!(own, Err(Error::NotAllowed(_))), "{own:?}");
        let stale = crate::domain::rights::Actor { proof: crate::domain::sign_in::Proof::Stale, ..house.officer.clone() };
        let unproved = runs::try_run_again(&house.app, &stale, id).await;
        assert!(matches!(unproved, Err(Error::Unproved)), "{unproved:?}");
        // by whoever stands in for the officer, and the log has both
        let deputy = hired(&house, "deputy", &[Grant::everywhere(Role::Agent)]).await;
        let deputy = stands_in(&house, deputy.id, house.officer.id).await;
        runs::try_run_again(&house.app, &deputy, id).await.expect("it goes on");
        assert_eq!(entry(&house, "run_tried_again").await, (Some(deputy.id.0), format!("instead of {}", house.officer.id.0)));
        house.works().await;
        let done = page(&house, id).await;
        assert_eq!(done.state, RunState::Finished, "{:?}", done.log);
        assert!(done.steps.iter().all(|step| step.done == step.found), "{:?}", done.steps);
        agrees_with_its_events(&house, reference).await;
    }

    async fn a_cancelled_run_says_how_far_it_came_and_another_ends_it(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        runs::cancel_run(&house.app, &house.officer, id, "wrong day").await.expect("it is cancelled");
        house.works().await;
        assert_eq!(page(&house, id).await.state, RunState::Cancelled);
        assert_eq!(world.rows("users", "id = 1").await.len(), 1);
        let again = planned(&house, reference).await;
        approved(&house, again).await;
        house.works().await;
        assert_eq!(page(&house, again).await.state, RunState::Finished);
        agrees_with_its_events(&house, reference).await;
    }

    async fn a_run_is_cancelled_between_two_batches(house: House) {
        let (house, world) = house_over(house, On::Postgres).await;
        // a batch of this table waits for a lock that this test holds
        world.run("CREATE FUNCTION waits() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_advisory_xact_lock(7); RETURN OLD; END $$;
            CREATE TRIGGER waits BEFORE DELETE ON logins FOR EACH ROW EXECUTE FUNCTION waits()").await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        approved(&house, id).await;
        let mut lock = sqlx::PgConnection::connect(&world.url).await.expect("it connects");
        sqlx::query("SELECT pg_advisory_lock(7)").execute(&mut lock).await.expect("it is held");
        let app = house.app.clone();
        let worker = tokio::spawn(async move { runs::execute_run(&app, id, false).await });
        let waits = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut lock).await.expect("it counts") == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        runs::cancel_run(&house.app, &house.officer, id, "stop now").await.expect("it is cancelled");
        // small batches within a moment are not each asked about
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        sqlx::query("SELECT pg_advisory_unlock(7)").execute(&mut lock).await.expect("it is released");
        worker.await.expect("it ends").expect("it is done");
        let stopped = page(&house, id).await;
        assert_eq!((stopped.state, stopped.reason.as_deref()), (RunState::Cancelled, Some("stop now")));
        let logins = stopped.steps.iter().find(|step| step.table == "logins").expect("a step");
        assert_eq!(logins.done, 2, "the batch that was under way is counted");
        assert_eq!(world.rows("logins", "user_id = 1").await.len(), 0);
        assert_eq!(world.rows("users", "id = 1").await.len(), 1, "and nothing after it");
        let again = planned(&house, reference).await;
        approved(&house, again).await;
        house.works().await;
        assert_eq!(page(&house, again).await.state, RunState::Finished);
    }

    async fn runs_are_listed_while_open_and_after(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let reference = verified(&house, "1").await;
        let id = planned(&house, reference).await;
        let (open, ended) = runs::load_runs(&house.app, &house.agent).await.expect("they load");
        assert_eq!((open.len(), ended.len(), open[0].id, open[0].reference), (1, 0, id, reference));
        approved(&house, id).await;
        house.works().await;
        let (open, ended) = runs::load_runs(&house.app, &house.agent).await.expect("they load");
        assert_eq!((open.len(), ended.len(), ended[0].id), (0, 1, id));
    }
}
