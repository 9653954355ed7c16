//! A console dies in the middle of its work, and another one begins where it stopped.

use crate::{
    house::{House, request},
    on_both,
};
use std::time::{Duration, Instant};

/// How long another console may take to end what a dead one began: the lease, one look for stuck leases (a third
/// of it), one poll, and the time that a start takes on a busy machine.
fn until_taken_over(house: &House) -> Duration {
    Duration::from_millis(house.lease_ms * 4 / 3 + 50) + Duration::from_secs(3)
}

/// A mail arrives and the console that works on it ends at `failpoint`, again and again if it were let.
async fn dies_at(house: &House, failpoint: &str) {
    house.receives(&request(1)).await;
    house.start(Some(failpoint)).dies().await;
}

/// The next console ends the work, in time, as if nothing had been.
async fn next_console_ends_the_work(house: &House) {
    let mut console = house.start(None);
    console.is_ready().await;
    let ready = Instant::now();
    house.all_is_done(until_taken_over(house)).await;
    println!("done {:?} after the start", ready.elapsed());
    console.stops().await;
    house.holds_each_once(1).await;
}

on_both! {
    async fn f1_after_the_claim(house: House) {
        dies_at(&house, "job-claimed:exit").await;
        assert_eq!(house.attempts("read_message").await, [1], "the try counts at the claim");
        next_console_ends_the_work(&house).await;
        assert_eq!(house.attempts("read_message").await, [2]);
        assert_eq!(house.attempts("send_mail").await, [1]);
        assert_eq!(house.attempts("tidy_up").await, [2], "it was claimed together with the mail");
    }

    async fn f1_before_a_mail_is_taken_in(house: House) {
        dies_at(&house, "read-before-commit:exit").await;
        assert_eq!(house.count("cases").await, 0);
        next_console_ends_the_work(&house).await;
        assert_eq!(house.attempts("read_message").await, [2]);
        assert_eq!(house.attempts("send_mail").await, [1]);
    }

    async fn f1_before_a_mail_is_handed_over(house: House) {
        dies_at(&house, "mail-before-effect:exit").await;
        assert!(house.outgoing().is_empty());
        next_console_ends_the_work(&house).await;
        assert_eq!(house.attempts("send_mail").await, [2]);
    }

    async fn f2_after_a_mail_was_taken_in(house: House) {
        dies_at(&house, "intake-after-commit:exit").await;
        assert_eq!(house.count("cases").await, 1);
        next_console_ends_the_work(&house).await;
        assert_eq!(house.attempts("read_message").await, [2], "read again, to no effect");
        assert_eq!(house.attempts("send_mail").await, [1]);
    }

    async fn f2_after_a_mail_was_handed_over(house: House) {
        dies_at(&house, "mail-after-effect:exit").await;
        let left = house.outgoing();
        assert_eq!(left.len(), 1);
        assert_eq!(house.count("mails WHERE state = 'sending'").await, 1, "its end was not recorded");
        next_console_ends_the_work(&house).await;
        assert_eq!(house.outgoing(), left, "the same Message-ID is the same file");
        assert_eq!(house.attempts("send_mail").await, [2]);
        assert_eq!(house.count("mails WHERE in_doubt").await, 1);
    }

    async fn f3_between_the_case_and_its_acknowledgement(house: House) {
        dies_at(&house, "intake-after-commit:exit").await;
        assert_eq!(house.count("mails WHERE state = 'queued'").await, 1, "the mail is in the transaction of the case");
        assert!(house.outgoing().is_empty());
        next_console_ends_the_work(&house).await;
    }

    async fn f3_a_case_that_was_rolled_back_never_was(house: House) {
        dies_at(&house, "intake-before-commit:exit").await;
        for what in ["cases", "case_faces", "events", "clocks", "contents", "threads", "mails", "audit WHERE action <> 'chain_began'", "jobs WHERE work = 'send_mail'"] {
            assert_eq!(house.count(what).await, 0, "{what} of half a case");
        }
        assert_eq!(house.count("messages WHERE state = 'stored'").await, 1, "the mail itself is kept");
        assert!(house.outgoing().is_empty());
        next_console_ends_the_work(&house).await;
    }
}
