//! What stands in the way of retention wherever it stands: a hold on the account, on the far end of a chain of merged cases,
//! behind the wall; a copy whose files are there, an erasure to be done once more, a pause.

use super::{
    ANA, answered, applies, count, counted, holds, lead_of, preview, raws, releases,
    requester::{ask, lead, page, stays},
    resolve, texts,
};
use crate::{
    app::{
        retention,
        runs::{self, Approval, Chosen},
        verbs,
    },
    domain::{
        clock::fact::Fact,
        hold::Basis,
        identity::{Identity, Reference},
        kind::Kind,
        plan::{FileCount, Plan, SubjectCount},
        retention::Record,
        rights::{Grant, Role},
        run::RunKind,
        time::DAY,
    },
    store::{jobs, retention as kept, runs as runs_store, sql},
    testing::{
        generation::world::{MAP, On, World},
        house::{House, PRODUCT, mail},
        on_both,
    },
};
use std::collections::HashMap;

const BEN: &str = "Ben Ode <ben@mail.example>";

/// The same house over a small generation database.
async fn over_a_world(house: House) -> (House, World) {
    let world = World::new(On::Sqlite).await;
    let sources = HashMap::from([(PRODUCT.to_owned(), world.source(MAP))]);
    (house.with_sources(sources), world)
}

fn account() -> Vec<Identity> {
    vec![Identity { kind: "account".to_owned(), value: "1".to_owned() }]
}

async fn verified(house: &House, case: Reference) {
    let says = "called back on the known number";
    verbs::verify_by_staff(&house.app, &house.agent, case, i64::MAX, &account(), says).await.expect("verified");
}

async fn asks_for_erasure(house: &House, id: &str) -> Reference {
    house.opens(&mail(ANA, "Privacy Request", id, "Please delete my account.")).await
}

async fn is_erased(house: &House, case: Reference) -> bool {
    house.case(case).await.case.erased.is_some()
}

/// Has a plan for the case that nobody carried out, by hand.
async fn has_a_run(house: &House, case: Reference) -> i64 {
    let plan = Plan {
        subject: SubjectCount::default(),
        limits: Vec::new(),
        tables: Vec::new(),
        files: FileCount::default(),
        warnings: Vec::new(),
        map_version: String::new(),
        scope_hash: String::new(),
        copy: None,
    };
    let mut tx = house.app.db.begin().await.expect("a writer");
    let (what, asked) = ((RunKind::Export, case, PRODUCT), (house.agent.id, house.app.now()));
    let run = runs_store::run_plan(&mut tx, &house.app.vault, what, &plan, b"{}", asked, house.app.now()).await;
    let run = run.expect("a run");
    sql("UPDATE runs SET open = $2, state = 'finished' WHERE id = $1")
        .bind(run)
        .bind(false)
        .run(&mut tx)
        .await
        .expect("over");
    tx.commit().await.expect("kept");
    run.0
}

on_both! {
    async fn a_hold_on_a_living_account_keeps_the_cases_that_are_about_it(house: House) {
        let (house, _world) = over_a_world(house).await;
        let theirs = asks_for_erasure(&house, "a1@mail.example").await;
        verified(&house, theirs).await;
        resolve(&house, theirs).await;
        let police = house.opens(&mail("desk@police.example", "An order", "p1@mail.example", "Keep what there is.")).await;
        let wanted = verbs::HoldWanted { basis: Basis::Dispute, identities: &account(), part: &runs::Extent::default(), reason: "an order" };
        assert_eq!(verbs::place_hold(&house.app, &house.agent, police, i64::MAX, &wanted).await.expect("placed"), 1);
        house.pass(800 * DAY);
        assert_eq!(stays(&page(&house, &house.agent, theirs).await, theirs).as_deref(), Some("a hold stands"));
        let all = (raws(&house).await, texts(&house).await);
        applies(&house).await;
        assert_eq!((raws(&house).await, texts(&house).await), all, "nobody finished a run, and the hold counts all the same");
        let hold = house.case(police).await.holds[0].id;
        releases(&house, hold).await;
        applies(&house).await;
        assert!(is_erased(&house, theirs).await);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM case_accounts").await, 0, "whom it was about goes with it");
    }

    async fn a_plan_says_whom_a_case_is_about_where_nobody_could_look_before(house: House) {
        let case = asks_for_erasure(&house, "a1@mail.example").await;
        verified(&house, case).await;
        assert_eq!(count(&house, "SELECT COUNT(*) FROM case_accounts").await, 0, "the generation database was away");
        let (house, _world) = over_a_world(house).await;
        runs::plan_run(&house.app, &house.agent, case, i64::MAX, &Chosen::default()).await.expect("planned");
        assert_eq!(count(&house, "SELECT COUNT(*) FROM case_accounts").await, 1);
    }

    async fn a_hold_is_followed_along_merged_cases_both_ways(house: House) {
        let mut chain = Vec::new();
        for (who, id) in [(ANA, "a1@mail.example"), (BEN, "b1@mail.example"), ("cy@mail.example", "c1@mail.example"), ("di@mail.example", "d1@mail.example")] {
            chain.push(house.opens(&mail(who, "Privacy Request", id, "A copy of my data, please.")).await);
        }
        for pair in chain.windows(2).rev() {
            let (into, from) = (pair[0].to_string(), pair[1]);
            verbs::merge_case(&house.app, &house.officer, from, i64::MAX, &into, "the same matter").await.expect("merged");
        }
        resolve(&house, chain[0]).await;
        house.pass(800 * DAY);
        let all = (raws(&house).await, texts(&house).await);
        for end in [0, 3] {
            let hold = holds(&house, chain[end], Basis::Dispute).await;
            assert_eq!(counted(&preview(&house).await, Record::Case).stays.held, 4);
            applies(&house).await;
            assert_eq!((raws(&house).await, texts(&house).await), all, "from {end}");
            releases(&house, hold).await;
        }
        // whoever merged them said that they are one matter: they go together, and each is shown
        let seen = page(&house, &house.officer, chain[0]).await;
        assert_eq!(seen.lines.iter().map(|line| line.reference).collect::<Vec<_>>(), chain);
        applies(&house).await;
        for case in chain {
            assert!(is_erased(&house, case).await, "{case}");
        }
    }

    async fn what_is_merged_into_an_open_case_however_far_stays(house: House) {
        let mut chain = Vec::new();
        for number in 0..6 {
            let id = format!("m{number}@mail.example");
            chain.push(house.opens(&mail(&format!("p{number}@mail.example"), "Privacy Request", &id, "A copy, please.")).await);
        }
        for pair in chain.windows(2).rev() {
            verbs::merge_case(&house.app, &house.officer, pair[1], i64::MAX, &pair[0].to_string(), "the same").await.expect("merged");
        }
        house.works().await;
        house.pass(800 * DAY);
        applies(&house).await;
        assert!(!is_erased(&house, chain[5]).await, "the first of them is open");
    }

    async fn a_hold_behind_the_wall_counts_as_what_nobody_may_learn_of(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        let walled = house.opens(&mail(ANA, "report", "e1@mail.example", "This is a report about child safety, item 4471.")).await;
        resolve(&house, walled).await;
        house.pass(800 * DAY);
        holds(&house, walled, Basis::Dispute).await;
        let seen = counted(&preview(&house).await, Record::Case).stays;
        assert_eq!((seen.held, seen.law), (0, 1), "colleagues outside the circle learn of no hold");
        let says = stays(&page(&house, &house.agent, one).await, one).expect("it stays");
        // a mail that has not left is told in the very same words
        let other = answered(&house, BEN, "b1@mail.example").await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        sql("UPDATE mails SET state = 'queued' WHERE case_id = $1").bind(other).run(&mut tx).await.expect("it waits");
        tx.commit().await.expect("kept");
        assert_eq!(stays(&page(&house, &house.agent, other).await, other).as_deref(), Some(says.as_str()));
    }

    async fn an_erasure_that_a_backup_may_undo_keeps_its_case(house: House) {
        let (house, _world) = over_a_world(house).await;
        let case = asks_for_erasure(&house, "a1@mail.example").await;
        verified(&house, case).await;
        let run = runs::plan_run(&house.app, &house.agent, case, i64::MAX, &Chosen::default()).await.expect("planned");
        let plan = runs::load_run(&house.app, &house.officer, run).await.expect("it loads").plan;
        let approval = Approval { typed: case.to_string(), scope_hash: plan.scope_hash, accepted: plan.warnings.len() };
        runs::approve_run(&house.app, &house.officer, run, &approval).await.expect("approved");
        resolve(&house, case).await;
        assert_eq!(count(&house, "SELECT COUNT(*) FROM replay_keys").await, 1);
        let says = stays(&page(&house, &house.officer, case).await, case).expect("it stays");
        assert!(says.contains("backups"), "nobody could decide about a repetition on a case that is erased: {says}");
        house.pass(91 * DAY);
        let mut tx = house.app.db.begin().await.expect("a writer");
        sql("UPDATE follow_ups SET open = FALSE WHERE recipient IS NOT NULL").run(&mut tx).await.expect("all were told");
        tx.commit().await.expect("kept");
        crate::app::follow_ups::end_follow_ups(&house.app).await.expect("they run out");
        let says = stays(&page(&house, &house.officer, case).await, case).expect("law asks for it yet");
        assert!(says.starts_with("until "), "{says}");
    }

    async fn a_copy_stays_to_be_dealt_with_until_its_file_is_destroyed(house: House) {
        let case = answered(&house, ANA, "a1@mail.example").await;
        let run = has_a_run(&house, case).await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        let (identity,): (i64,) = sql("SELECT MIN(id) FROM contents").one(&mut tx).await.expect("a content");
        sql("INSERT INTO packages (run_id, case_id, object, identity_id, made_at, manifest, ended_at) VALUES ($1, $2, 'x', $3, 0, 'x', 1)")
            .bind(run).bind(case).bind(identity).run(&mut tx).await.expect("a package");
        tx.commit().await.expect("kept");
        house.pass(800 * DAY);
        applies(&house).await;
        assert!(!is_erased(&house, case).await, "its file waits to be destroyed");
        let mut tx = house.app.db.begin().await.expect("a writer");
        sql("UPDATE packages SET destroyed_at = 2").run(&mut tx).await.expect("destroyed");
        tx.commit().await.expect("kept");
        applies(&house).await;
        assert!(is_erased(&house, case).await);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM packages WHERE manifest IS NOT NULL").await, 0);
    }

    async fn a_pause_counts_from_the_next_batch_on(house: House) {
        let case = answered(&house, ANA, "a1@mail.example").await;
        let lead = lead_of(&house, &Grant::of(Role::Lead, PRODUCT));
        let free = async || {
            let mut tx = house.app.db.begin().await.expect("a writer");
            kept::still_free(&mut tx, Record::Case, &[case]).await.expect("it looks").len()
        };
        assert_eq!(free().await, 1);
        retention::pause_retention(&house.app, &lead, PRODUCT, "counsel looks at something").await.expect("paused");
        assert_eq!(free().await, 0, "whatever a turn found before the pause is asked about again");
    }

    async fn copies_in_mailboxes_stay_where_law_keeps_their_case(house: House) {
        let text = "I want to file a grievance with your grievance officer about how I was answered.";
        let case = house.opens(&mail(ANA, "Grievance", "g1@mail.example", text)).await;
        assert_eq!(house.case(case).await.case.kind, Kind::Grievance);
        resolve(&house, case).await;
        house.pass(200 * DAY);
        lies_in_a_mailbox(&house).await;
        let id = ask(&house, case).await;
        verbs::record_fact(&house.app, &house.officer, case, i64::MAX, Fact::Removed, None, "").await.expect("removed late");
        retention::approve_requester_erasure(&house.app, &lead(&house).await, case, id).await.expect("approved");
        house.works().await;
        assert!(!is_erased(&house, case).await, "law keeps it by now");
        assert_eq!(count(&house, "SELECT COUNT(*) FROM audit WHERE action = 'mailbox_copies_removed'").await, 0);
    }

    async fn work_that_gave_up_is_seen_until_it_is_done(house: House) {
        house.opens(&mail(ANA, "Privacy Request", "a1@mail.example", "A copy, please.")).await;
        house.works().await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        for (work, key) in [("read_message", "read_message:1"), ("send_mail", "send_mail:999")] {
            sql("INSERT INTO jobs (work, data, unique_key, state, run_at, max_attempts, created_at, finished_at) VALUES ($1, $3, $2, 'dead', 0, 1, 0, 1)")
                .bind(work).bind(key).bind(format!("{{\"work\":\"{work}\",\"message\":1,\"mail\":999}}")).run(&mut tx).await.expect("a job");
        }
        sql("UPDATE messages SET state = 'stored'").run(&mut tx).await.expect("unread");
        kept::log_forget(&mut tx, house.app.now()).await.expect("it forgets");
        let dead = jobs::jobs_dead(&mut tx, i64::MAX, 10).await.expect("it lists");
        assert_eq!(dead.len(), 1, "a mail that nobody read is still to be read");
        sql("UPDATE messages SET state = 'read'").run(&mut tx).await.expect("read");
        kept::log_forget(&mut tx, house.app.now()).await.expect("it forgets");
        assert_eq!(jobs::jobs_dead(&mut tx, i64::MAX, 10).await.expect("it lists").len(), 0);
    }
}

/// A mailbox that nobody reads any more has a copy of each message.
pub(super) async fn lies_in_a_mailbox(house: &House) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    sql("INSERT INTO mailboxes (id, name, folder, product) VALUES (7, 'old', 'INBOX', $1)")
        .bind(PRODUCT)
        .run(&mut tx)
        .await
        .expect("a mailbox");
    sql("INSERT INTO mailbox_copies (mailbox_id, uid_validity, uid, message_id, settled) SELECT 7, 1, m.id, m.id, $1 FROM messages m")
        .bind(true).run(&mut tx).await.expect("copies");
    tx.commit().await.expect("kept");
}
