//! Somebody at the desk presses a button and the console dies under it: what they did happened, or it did not.

use crate::{
    console::Console,
    house::{House, NOBODY_VANISHES, request},
    on_both,
};
use std::time::Duration;

pub const EMAIL: &str = "officer@imagegen.example";
pub const PASSWORD: &str = "correct horse battery staple";

/// Hires somebody who may do everything.
pub async fn hires(house: &House) {
    let arguments =
        ["admin", "create-user", "--email", EMAIL, "--name", "Nisha Rao", "--role", "officer", "--role", "responder"];
    let ended = house.run(&[&arguments[..], &["--password-stdin"]].concat(), PASSWORD).await;
    assert_eq!(ended.code, Some(0), "{}", ended.says);
}

/// Signs in; the session's cookie.
pub async fn signs_in(console: &Console) -> String {
    let answer = console.post("/signin", "", &[("email", EMAIL), ("password", PASSWORD)]).await.expect("it answers");
    let cookie = answer.header("set-cookie").unwrap_or_else(|| panic!("no session: {}", answer.text));
    cookie.split(';').next().expect("a cookie has a value").to_owned()
}

/// Answers the only case; the status, or none where the console died.
async fn replies(house: &House, console: &Console, cookie: &str) -> Option<u16> {
    let seen = house.rows::<(i64,)>("SELECT seq FROM cases").await[0].0.to_string();
    let reference = house.rows::<(i64,)>("SELECT id FROM cases").await[0].0;
    let form = [("do", "reply"), ("seen", &seen), ("text", "Here is the copy of your data.")];
    console.post(&format!("/cases/R-{reference}"), cookie, &form).await.map(|answer| answer.status)
}

on_both! {
    async fn f3_a_reply_that_was_rolled_back_never_was_and_can_be_sent_again(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        hires(&house).await;
        house.receives(&request(1)).await;
        let console = house.opens().await;
        house.all_is_done(Duration::from_secs(10)).await;
        let cookie = signs_in(&console).await;
        console.stops().await;
        let before = (house.count("events").await, house.count("audit").await, house.count("contents").await);

        let mut console = house.start(Some("verb-before-commit:exit"));
        console.is_ready().await;
        assert_eq!(replies(&house, &console, &cookie).await, None);
        console.dies().await;
        assert_eq!(house.count("mails").await, 1, "the acknowledgement only");
        assert_eq!((house.count("events").await, house.count("audit").await, house.count("contents").await), before);

        let console = house.opens().await;
        assert_eq!(replies(&house, &console, &cookie).await, Some(303), "the session outlives the console");
        house.all_is_done(Duration::from_secs(10)).await;
        console.stops().await;
        assert_eq!(house.count("mails WHERE purpose = 'reply' AND state = 'accepted'").await, 1);
        assert_eq!(house.outgoing().len(), 2, "acknowledgement and reply");
    }

    async fn f3_a_reply_that_was_answered_for_leaves_after_a_crash(house: House) {
        hires(&house).await;
        house.receives(&request(1)).await;
        let console = house.opens().await;
        house.all_is_done(Duration::from_secs(10)).await;
        let cookie = signs_in(&console).await;
        console.stops().await;

        let mut console = house.start(Some("mail-before-effect:exit"));
        console.is_ready().await;
        // the answer and the crash race; what counts is what was committed
        let status = replies(&house, &console, &cookie).await;
        assert!(matches!(status, Some(303) | None), "{status:?}");
        console.dies().await;
        assert_eq!(house.count("mails WHERE purpose = 'reply'").await, 1, "it was committed before it was worked on");
        assert_eq!(house.outgoing().len(), 1);

        let console = house.opens().await;
        house.all_is_done(Duration::from_secs(10)).await;
        console.stops().await;
        assert_eq!(house.count("events WHERE name = 'mail_accepted'").await, 2);
        assert_eq!(house.outgoing().len(), 2);
    }
}
