//! Durable work: once claimed it is fenced, once unique it is one, once failed it comes back, once hopeless it is shown.

use super::{
    house::{House, PRODUCT},
    on_both,
};
use crate::{
    app::{intake, mailroom, mailroom::Tab},
    domain::{
        identity::{DownloadId, MailId, MessageId, RunId},
        mail::Came,
        time::{MINUTE, SECOND},
        work::Work,
    },
    jobs,
    store::{
        jobs::{job_complete, job_enqueue, job_extend, job_retry, jobs_claim, jobs_due, jobs_rescue, tick_take},
        sql,
    },
};

async fn enqueue(house: &House, work: &Work) -> i64 {
    let mut tx = house.app.db.begin().await.expect("a transaction");
    let id = job_enqueue(&mut tx, work, 0).await.expect("enqueued");
    tx.commit().await.expect("committed");
    id
}

async fn state(house: &House, id: i64) -> (String, i64) {
    let mut tx = house.app.db.read().await.expect("a reader");
    sql("SELECT state, attempt FROM jobs WHERE id = $1").bind(id).one(&mut tx).await.expect("the job")
}

/// Makes every lease run out.
async fn leases_end(house: &House) {
    let mut tx = house.app.db.begin().await.expect("a transaction");
    sql("UPDATE jobs SET lease_until = 0 WHERE state = 'running'").run(&mut tx).await.expect("updated");
    tx.commit().await.expect("committed");
}

on_both! {
    async fn f3_work_of_a_transaction_that_was_rolled_back_never_was(house: House) {
        let mut tx = house.app.db.begin().await.expect("a transaction");
        job_enqueue(&mut tx, &Work::TidyUp, 0).await.expect("enqueued");
        drop(tx);
        assert_eq!(jobs::drain(&house.app).await.expect("drained"), 0);
    }

    async fn work_that_may_take_hours_leaves_room_for_mail(house: House) {
        let long = [Work::PackExport { run: RunId(1) }, Work::LockDownload { download: DownloadId(1) }];
        for work in &long {
            assert!(work.is_long() && work.longest_minutes() > 60);
            enqueue(&house, work).await;
        }
        let mail = enqueue(&house, &Work::TidyUp).await;
        let mut tx = house.app.db.begin().await.expect("a transaction");
        let short = jobs_claim(&mut tx, 10, 30 * SECOND, false).await.expect("claimed");
        assert_eq!(short.iter().map(|job| job.id).collect::<Vec<_>>(), [mail], "the names in the statement are those of the work");
        assert!(!jobs_due(&mut tx, false).await.expect("asked") && jobs_due(&mut tx, true).await.expect("asked"));
        assert_eq!(jobs_claim(&mut tx, 10, 30 * SECOND, true).await.expect("claimed").len(), 2);
    }

    async fn f7_a_stale_worker_changes_nothing(house: House) {
        let id = enqueue(&house, &Work::TidyUp).await;
        let mut tx = house.app.db.begin().await.expect("a transaction");
        let stale = jobs_claim(&mut tx, 1, 30 * SECOND, true).await.expect("claimed").remove(0);
        tx.commit().await.expect("committed");
        leases_end(&house).await;
        let mut tx = house.app.db.begin().await.expect("a transaction");
        assert_eq!(jobs_rescue(&mut tx).await.expect("rescued"), (1, 0));
        let fresh = jobs_claim(&mut tx, 1, 30 * SECOND, true).await.expect("claimed").remove(0);
        assert_eq!((fresh.id, fresh.attempt), (id, 2));
        assert!(!job_extend(&mut tx, &stale, MINUTE).await.expect("asked"));
        assert!(!job_complete(&mut tx, &stale).await.expect("asked"));
        assert!(!job_retry(&mut tx, &stale, Some(0), "late").await.expect("asked"));
        assert!(job_complete(&mut tx, &fresh).await.expect("asked"));
        tx.commit().await.expect("committed");
        assert_eq!(state(&house, id).await, ("completed".into(), 2));
    }

    async fn f9_a_job_that_kills_its_worker_each_time_becomes_a_dead_letter_and_can_be_revived(house: House) {
        let id = enqueue(&house, &Work::TidyUp).await;
        for attempt in 1..=Work::TidyUp.max_attempts() {
            let mut tx = house.app.db.begin().await.expect("a transaction");
            let claimed = jobs_claim(&mut tx, 1, 30 * SECOND, true).await.expect("claimed");
            assert_eq!(claimed.first().map(|j| j.attempt), Some(attempt), "the attempt counts at the claim");
            tx.commit().await.expect("committed");
            leases_end(&house).await;
            let mut tx = house.app.db.begin().await.expect("a transaction");
            jobs_rescue(&mut tx).await.expect("rescued");
            // after the first time it waits a moment
            sql("UPDATE jobs SET run_at = 0").run(&mut tx).await.expect("updated");
            tx.commit().await.expect("committed");
        }
        assert_eq!(state(&house, id).await.0, "dead");
        let room = mailroom::load(&house.app, &house.agent, Tab::Failed, None).await.expect("the mail room");
        assert_eq!(room.dead.iter().map(|d| d.id).collect::<Vec<_>>(), [id]);
        mailroom::run_again(&house.app, &house.agent, id).await.expect("revived");
        house.works().await;
        assert_eq!(state(&house, id).await, ("completed".into(), 1));
    }

    async fn f9_what_went_down_together_twice_comes_back_apart(house: House) {
        let (one, two) = (enqueue(&house, &Work::TidyUp).await, enqueue(&house, &Work::SendMail { mail: MailId(7) }).await);
        let mut together = Vec::new();
        for _ in 0..2 {
            let mut tx = house.app.db.begin().await.expect("a transaction");
            assert_eq!(jobs_claim(&mut tx, 2, 30 * SECOND, true).await.expect("claimed").len(), 2);
            tx.commit().await.expect("committed");
            leases_end(&house).await;
            let mut tx = house.app.db.begin().await.expect("a transaction");
            jobs_rescue(&mut tx).await.expect("rescued");
            let due = sql("SELECT run_at FROM jobs WHERE id IN ($1, $2)").bind(one).bind(two).all::<(i64,)>(&mut tx).await.expect("both");
            tx.commit().await.expect("committed");
            together.push(due[0] == due[1]);
        }
        assert_eq!(together, [true, false]);
    }

    async fn f11_fifty_at_once_with_one_key_are_one(house: House) {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let db = house.app.db.clone();
            tasks.spawn(async move {
                let mut tx = db.begin().await.expect("a transaction");
                let id = job_enqueue(&mut tx, &Work::SendMail { mail: MailId(77) }, 0).await.expect("enqueued");
                tx.commit().await.expect("committed");
                id
            });
        }
        let mut ids = tasks.join_all().await;
        ids.dedup();
        assert_eq!(ids.len(), 1, "all get the same id");
        house.works().await;
        let again = enqueue(&house, &Work::SendMail { mail: MailId(77) }).await;
        assert_ne!(again, ids[0], "after completion it may be asked for again");
    }

    async fn a_tick_is_taken_once(house: House) {
        let tick = house.app.now();
        let mut tx = house.app.db.begin().await.expect("a transaction");
        assert!(tick_take(&mut tx, "tidy_up", tick).await.expect("asked"));
        assert!(!tick_take(&mut tx, "tidy_up", tick).await.expect("asked"));
        tx.commit().await.expect("committed");
    }

    async fn work_that_has_nothing_to_work_on_is_done(house: House) {
        let id = enqueue(&house, &Work::ReadMessage { message: MessageId(99) }).await;
        house.works().await;
        assert_eq!(state(&house, id).await.0, "completed");
    }

    async fn a_message_is_kept_together_with_its_job_or_not_at_all(house: House) {
        let kept = intake::keep(&house.app, PRODUCT, b"From: a@mail.example\r\n\r\nhi\r\n", Came::Pipe).await.expect("kept");
        assert!(kept.is_some());
        assert!(intake::keep(&house.app, "nobody", b"x", Came::Pipe).await.is_err());
        assert_eq!(jobs::drain(&house.app).await.expect("drained"), 2, "reading it, then acknowledging");
        let large = intake::keep(&house.app, PRODUCT, vec![b'x'; 1_000_001], Came::Pipe).await;
        assert!(large.expect("kept").is_some(), "what is larger than what is read is kept all the same");
    }
}
