//! How many mails an address gets: automatic ones in an hour, all in a minute. What is more waits and is not lost.

use crate::{
    app::{Outgoing, deliver, deliver::Delivered, mailroom},
    domain::{
        identity::MailId,
        time::{HOUR, MINUTE},
    },
    mail::outbox::Transport,
    store::{outflow, sql},
    testing::{
        house::{House, mail},
        on_both,
    },
};

/// The same house with limits; its mail goes into files.
fn limited(house: House, outgoing: Outgoing) -> House {
    let folder = house.folder.path().join("outgoing");
    house.with_mail(Transport::Files(folder), outgoing)
}

/// Has everything tried that waits, now.
pub(super) async fn hurries(house: &House) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    sql("UPDATE jobs SET run_at = 0 WHERE state = 'available'").run(&mut tx).await.expect("updated");
    tx.commit().await.expect("committed");
    house.works().await;
}

pub(super) async fn count(house: &House, what: &'static str) -> i64 {
    let mut tx = house.app.db.read().await.expect("a reader");
    sql(what).one::<(i64,)>(&mut tx).await.expect("counted").0
}

async fn requests(house: &House, from: &str, many: std::ops::Range<usize>) {
    for number in many {
        house
            .opens(&mail(from, "Privacy Request", &format!("q{number}@mail.example"), "What do you hold about me?"))
            .await;
    }
}

on_both! {
    async fn an_address_gets_so_many_automatic_mails_an_hour_and_the_rest_later(house: House) {
        let house = limited(house, Outgoing { automatic_per_hour: 5, ..Outgoing::default() });
        requests(&house, "Anna Berg <anna@mail.example>", 0..8).await;
        requests(&house, "Ben <ben@mail.example>", 8..9).await;
        house.works().await;
        assert_eq!(house.sent().len(), 6, "five to one address, one to the other");
        hurries(&house).await;
        assert_eq!(house.sent().len(), 6, "asking again does not help");
        let room = mailroom::load(&house.app, &house.officer, mailroom::Tab::Outgoing, None).await.expect("the room");
        let held: Vec<_> = room.outgoing.iter().filter(|m| m.fate.contains("held back")).collect();
        assert_eq!(held.len(), 3);
        assert!(held.iter().all(|m| m.fate.contains("next try at") && !m.failed), "{held:?}");
        house.pass(HOUR + MINUTE);
        hurries(&house).await;
        assert_eq!(house.sent().len(), 9, "none was dropped");
        assert_eq!(count(&house, "SELECT COUNT(*) FROM jobs WHERE state = 'dead' OR attempt > 1").await, 0, "waiting costs no try");
    }

    async fn two_who_send_at_once_do_not_count_past_each_other(house: House) {
        let house = limited(house, Outgoing { automatic_per_hour: 3, ..Outgoing::default() });
        requests(&house, "Anna Berg <anna@mail.example>", 0..12).await;
        let mut tasks = tokio::task::JoinSet::new();
        let mut tx = house.app.db.read().await.expect("a reader");
        let mails: Vec<(i64,)> = sql("SELECT id FROM mails WHERE purpose = 'acknowledgement'").all(&mut tx).await.expect("mails");
        drop(tx);
        for (id,) in mails {
            let app = house.app.clone();
            tasks.spawn(async move { deliver::send_mail(&app, MailId(id)).await });
        }
        let outcomes = tasks.join_all().await;
        let accepted = outcomes.iter().filter(|o| matches!(o, Ok(Delivered::Accepted))).count();
        assert_eq!((accepted, house.sent().len()), (3, 3), "{outcomes:?}");
    }

    async fn a_domain_gets_no_more_in_a_minute_than_it_may(house: House) {
        let (mut taken, mut waits) = (0, Vec::new());
        for _ in 0..40 {
            let mut tx = house.app.db.begin().await.expect("a writer");
            match outflow::outflow_take(&mut tx, b"domain", 20).await.expect("asked") {
                0 => taken += 1,
                wait => waits.push(wait),
            }
            tx.commit().await.expect("committed");
        }
        assert!((5..=6).contains(&taken), "a quarter at once: {taken}");
        assert!(waits.iter().all(|wait| (1..=4_000).contains(wait)), "{waits:?}");
        let mut tx = house.app.db.begin().await.expect("a writer");
        assert_eq!(outflow::outflow_take(&mut tx, b"other", 20).await.expect("asked"), 0, "another domain is free");
        assert_eq!(outflow::outflow_take(&mut tx, b"one", 1).await.expect("asked"), 0);
        assert!(outflow::outflow_take(&mut tx, b"one", 1).await.expect("asked") > 50_000, "one a minute is one a minute");
    }

    async fn a_mail_that_waits_for_its_pace_is_put_off_and_takes_nothing(house: House) {
        let house = limited(house, Outgoing { domain_per_minute: 4, recipient_per_minute: 1, ..Outgoing::default() });
        requests(&house, "Anna Berg <anna@mail.example>", 0..3).await;
        house.works().await;
        assert_eq!(house.sent().len(), 1);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM mails WHERE state = 'queued' AND tries = 0 AND reason LIKE '%a minute'").await, 2);
        // the domain has a place left once its pace allows: the others took none
        let mut tx = house.app.db.begin().await.expect("a writer");
        sql("UPDATE outflow SET next_at = 0").run(&mut tx).await.expect("updated");
        tx.commit().await.expect("committed");
        hurries(&house).await;
        assert_eq!(house.sent().len(), 2);
    }
}
