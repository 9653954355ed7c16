//! The mail server fails, or the console does while it talks to it. A mail may arrive once more than wanted where
//! nobody can know (RFC 1047): under the same Message-ID, and marked as in doubt. It is never lost.

use crate::{
    house::{House, NOBODY_VANISHES, request},
    on_both,
    smtp::{Does, Smtp},
};
use std::time::Duration;

/// Longer than the first tries and what lies between them.
const LONG: Duration = Duration::from_secs(30);

on_both! {
    async fn f2_killed_after_the_server_took_the_mail(house: House) {
        let server = Smtp::of(&mut house, &[]).await;
        house.receives(&request(1)).await;
        house.start(Some("mail-after-effect:exit")).dies().await;
        assert_eq!(server.message_ids().len(), 1);
        let console = house.opens().await;
        house.all_is_done(LONG).await;
        console.stops().await;
        house.holds_each_once(1).await;
        arrived_twice_in_doubt(&house, &server).await;
    }

    async fn f1_killed_before_the_server_saw_the_mail(house: House) {
        let server = Smtp::of(&mut house, &[]).await;
        house.receives(&request(1)).await;
        house.start(Some("mail-before-effect:exit")).dies().await;
        assert!(server.message_ids().is_empty());
        let console = house.opens().await;
        house.all_is_done(LONG).await;
        console.stops().await;
        house.holds_each_once(1).await;
        assert_eq!(server.message_ids().len(), 1);
    }

    async fn f4_the_server_hangs_up_before_it_answers(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        let server = Smtp::of(&mut house, &[Does::HangUp]).await;
        house.receives(&request(1)).await;
        let console = house.opens().await;
        house.all_is_done(LONG).await;
        console.stops().await;
        house.holds_each_once(1).await;
        arrived_twice_in_doubt(&house, &server).await;
    }

    async fn f5_a_busy_server_is_asked_again(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        // it hangs up once it took the mail: that costs nothing
        let script = [
            Does::Sender("450 4.3.2 wait"),
            Does::Recipient("451 4.7.1 greylisted"),
            Does::Mail("452 4.3.1 full"),
            Does::LastOne,
        ];
        let server = Smtp::of(&mut house, &script).await;
        house.receives(&request(1)).await;
        let console = house.opens().await;
        house.all_is_done(LONG).await;
        console.stops().await;
        house.holds_each_once(1).await;
        let ids = server.message_ids();
        assert_eq!((ids.len(), &ids[0]), (2, &ids[1]), "once refused, once taken");
        assert_eq!(house.count("mails WHERE tries = 4").await, 1);
        assert_eq!(house.attempts("send_mail").await, [1], "a server that is busy costs no try of the job");
        assert_eq!(house.count("mails WHERE in_doubt").await, 0, "the server said that it did not take it");
    }

    async fn f5_a_refusal_is_final_and_the_case_says_so(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        let server = Smtp::of(&mut house, &[Does::Recipient("550 5.1.1 no such user")]).await;
        house.receives(&request(1)).await;
        let console = house.opens().await;
        house.all_is_done(LONG).await;
        console.stops().await;
        assert!(server.message_ids().is_empty());
        assert_eq!(house.attempts("send_mail").await, [1]);
        assert_eq!(house.count("mails WHERE state = 'failed' AND reason LIKE '%550 5.1.1%'").await, 1);
        assert_eq!(house.count("suppressions WHERE status = '5.1.1'").await, 1);
        assert_eq!(house.count("events WHERE name = 'mail_failed'").await, 1);
    }

    async fn f5_a_silent_server_holds_up_nobody_else(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        let server = Smtp::of(&mut house, &[Does::Silence; 3]).await;
        for number in 1..=3 {
            house.receives(&request(number)).await;
        }
        let console = house.opens().await;
        server.has_seen(3).await;
        house.receives(&request(4)).await;
        house.comes_to(1, "mails WHERE state = 'accepted'", Duration::from_secs(10)).await;
        house.all_is_done(Duration::from_mins(1)).await;
        console.stops().await;
        house.holds_each_once(4).await;
        assert_eq!(house.count("mails WHERE in_doubt").await, 3);
    }

    async fn f5_a_half_open_connection_is_freed_and_others_flow(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        house.workers = 2;
        let server = Smtp::of(&mut house, &[Does::NoGreeting, Does::NoRecipient, Does::Greets("421 4.3.2 too many")]).await;
        house.receives(&request(1)).await;
        let console = house.opens().await;
        server.has_heard("CONNECT").await;
        for number in 2..=4 {
            house.receives(&request(number)).await;
        }
        house.comes_to(4, "mails WHERE state = 'accepted'", Duration::from_mins(1)).await;
        console.stops().await;
        house.holds_each_once(4).await;
        assert_eq!(server.message_ids().len(), 4);
        assert_eq!(house.count("mails WHERE in_doubt").await, 0, "nothing was handed over before");
    }

    async fn f5_no_mail_leaves_in_clear_where_encryption_is_required(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        let server = Smtp::of(&mut house, &[]).await;
        house.smtp_url.push_str("?tls=required");
        house.receives(&request(1)).await;
        let console = house.opens().await;
        house.comes_to(1, "mails WHERE tries >= 2 AND state = 'queued'", LONG).await;
        console.stops().await;
        assert!(server.message_ids().is_empty());
        assert_eq!(house.count("mails WHERE state = 'accepted' OR in_doubt").await, 0);
    }
}

async fn arrived_twice_in_doubt(house: &House, server: &Smtp) {
    let ids = server.message_ids();
    assert_eq!(ids.len(), 2, "once more than wanted at most");
    assert_eq!(ids[0], ids[1], "under the same Message-ID");
    assert_eq!(house.count("mails WHERE tries = 2").await, 1);
    assert_eq!(house.count(&format!("mails WHERE in_doubt AND message_id = '{}'", ids[0])).await, 1);
}
