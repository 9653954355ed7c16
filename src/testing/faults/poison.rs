//! Work that kills whoever does it: it burns a try each time, ends as a dead letter, and stops nothing else.

use crate::{
    house::{NOBODY_VANISHES, request},
    on_both,
};
use std::time::Duration;

on_both! {
    async fn f9_a_mail_that_ends_the_process_each_time_becomes_a_dead_letter(house: House) {
        house.lease_ms = 1_000;
        house.receives(&request(1)).await;
        for tried in 1..=5 {
            house.start(Some("read-before-commit:exit")).dies().await;
            assert_eq!(house.attempts("read_message").await, [tried]);
        }
        house.receives(&request(2)).await;
        let console = house.opens().await;
        house.all_is_done(Duration::from_secs(10)).await;
        console.stops().await;
        let dead: Vec<(String, i64, String)> = house.rows("SELECT work, attempt, error FROM jobs WHERE state = 'dead'").await;
        assert_eq!(dead.len(), 1);
        assert_eq!((dead[0].0.as_str(), dead[0].1), ("read_message", 5));
        assert!(!dead[0].2.is_empty(), "it says why");
        assert_eq!(house.count("messages WHERE state = 'stored'").await, 1, "the mail itself is still there");
        assert_eq!(house.count("mails WHERE state = 'accepted'").await, 1, "the other mail went its way");
    }

    async fn f9_a_panic_is_caught_and_the_console_goes_on(house: House) {
        house.receives(&request(1)).await;
        let mut console = house.start(Some("mail-before-effect:panic"));
        console.is_ready().await;
        house.comes_to(1, "jobs WHERE work = 'send_mail' AND attempt = 1 AND error LIKE '%panic%'", Duration::from_secs(10)).await;
        house.receives(&request(2)).await;
        house.comes_to(2, "cases", Duration::from_secs(10)).await;
        console.is_ready().await;
        console.crash().await;
        let console = house.opens().await;
        house.all_is_done(Duration::from_secs(20)).await;
        console.stops().await;
        house.holds_each_once(2).await;
    }

    async fn f9_a_mail_that_cannot_be_parsed_without_a_panic_is_set_aside(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        house.receives(&request(1)).await;
        let mut console = house.start(Some("parsing:panic"));
        console.is_ready().await;
        house.comes_to(1, "messages WHERE state = 'unreadable'", Duration::from_secs(10)).await;
        house.all_is_done(Duration::from_secs(10)).await;
        console.stops().await;
        assert_eq!(house.attempts("read_message").await, [1]);
        assert_eq!(house.count("cases").await, 0);
    }

    async fn f9_work_that_never_ends_does_not_keep_the_console_from_stopping(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        house.receives(&request(1)).await;
        let mut console = house.start(Some("parsing:sleep"));
        console.is_ready().await;
        house.comes_to(1, "jobs WHERE work = 'read_message' AND state = 'running'", Duration::from_secs(10)).await;
        console.term().await;
        assert_eq!(console.ends(Duration::from_secs(25)).await.code(), Some(0), "{}", console.log());
        assert_eq!(house.attempts("read_message").await, [0], "given back, and the try does not count");
        let console = house.opens().await;
        house.all_is_done(Duration::from_secs(10)).await;
        console.stops().await;
        house.holds_each_once(1).await;
    }
}
