//! Whoever tries passwords at a console that runs: learns nothing of who has an account, waits on every console, and keeps
//! nobody out.

use super::people::{Browser, GUESS, comes_in};
use crate::{
    console::Answer,
    house::House,
    on_both,
    verbs::{EMAIL, PASSWORD, hires},
};
use std::{fs, time::Duration};

/// As long as the officer's, so that answers can be compared to the byte.
const NOBODY: &str = "nobody7@imagegen.example";
const DISABLED: &str = "expired@imagegen.example";
const INVITED: &str = "invited@imagegen.example";

/// An answer as it came, but for what differs by its nature: the hour, the nonce, the address that was typed, and to the
/// second how long to wait.
fn told(answer: &Answer, email: &str) -> String {
    let nonce = answer.text.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    let text = answer.text.replace(nonce, "NONCE").replace(email, "ADDRESS");
    let (head, body) = text.split_once("\r\n\r\n").expect("a body");
    let hour = |line: &str| match line.split_once(": ") {
        Some((name, _)) if ["date", "retry-after"].contains(&name) => name.to_owned(),
        _ => line.to_owned(),
    };
    format!("{}\n\n{body}", head.lines().map(hour).collect::<Vec<_>>().join("\n"))
}

/// A house with the officer, somebody who was disabled, and somebody who never set a password.
async fn peopled(house: &mut House) {
    house.behind_a_proxy();
    hires(house).await;
    house.employs(DISABLED, "Dana Okafor", &["agent"]).await;
    house.admin("disable", DISABLED, &[], "").await;
    house.admin("create-user", INVITED, &["--name", "Tomasz Wilk", "--role", "agent", "--invite"], "").await;
}

on_both! {
    async fn s06_over_http_the_door_answers_every_address_alike(house: House) {
        peopled(&mut house).await;
        let console = house.opens().await;
        let mut seen: Vec<Vec<String>> = Vec::new();
        for (n, email) in [EMAIL, NOBODY, DISABLED, INVITED].into_iter().enumerate() {
            let mut stranger = Browser::at(format!("203.0.113.{n}"));
            let mut answers = Vec::new();
            for turn in 0..8 {
                if turn == 6 {
                    house.stretches_waits().await;
                }
                // of those who may not come in the right password is none either
                let password = if email == EMAIL { GUESS } else { PASSWORD };
                let long = "x".repeat(2_000);
                let answer = stranger.knocks(&console, email, if turn == 0 { &long } else { password }).await;
                assert_eq!((answer.status, answer.header("set-cookie")), (if turn < 6 { 422 } else { 429 }, None), "{email} {turn}");
                if let Some(seconds) = answer.header("retry-after") {
                    assert!((3_500..=3_700).contains(&seconds.parse::<i64>().expect("seconds")), "{email}: {seconds}");
                }
                answers.push(told(&answer, email));
            }
            seen.push(answers);
        }
        for (n, other) in seen.iter().enumerate() {
            assert_eq!(other, &seen[0], "{n}");
        }
        assert!(seen[0][0].contains("ADDRESS") && seen[0][0].contains("NONCE"), "{}", seen[0][0]);
        console.stops().await;
    }

    async fn s06_over_http_asking_for_a_new_password_answers_every_address_alike(house: House) {
        peopled(&mut house).await;
        let console = house.opens().await;
        house.all_is_done(Duration::from_secs(20)).await;
        let mailed = |house: &House, whom: &str| {
            let mails = house.outgoing().into_iter().map(|file| fs::read_to_string(file).expect("it reads").replace("=\r\n", ""));
            mails.filter(|mail| mail.contains(whom) && mail.contains("/password/")).count()
        };
        assert_eq!(mailed(&house, INVITED), 1, "the invitation");
        let mut seen: Vec<Vec<String>> = Vec::new();
        for (n, email) in [EMAIL, NOBODY, DISABLED].into_iter().enumerate() {
            let mut stranger = Browser::at(format!("203.0.113.{n}"));
            let (mut answers, links) = (Vec::new(), house.count("account_links").await);
            for turn in 0..5 {
                if turn == 4 {
                    house.stretches_waits().await;
                }
                let answer = stranger.post(&console, "/reset", &[("email", email)]).await;
                assert_eq!((answer.status, answer.header("set-cookie")), (if turn < 4 { 200 } else { 429 }, None), "{email} {turn}");
                answers.push(told(&answer, email));
            }
            seen.push(answers);
            assert_eq!(house.count("account_links").await - links, 4, "as much is written down for {email}");
        }
        for (n, other) in seen.iter().enumerate() {
            assert_eq!(other, &seen[0], "{n}");
        }
        house.all_is_done(Duration::from_secs(20)).await;
        assert!(mailed(&house, EMAIL) >= 1);
        assert_eq!((mailed(&house, NOBODY), mailed(&house, DISABLED)), (0, 0));
        console.stops().await;
    }

    async fn s07_over_http_who_guesses_waits_on_every_console_and_nobody_is_locked_out(house: House) {
        house.behind_a_proxy();
        hires(&house).await;
        let (here, there) = (house.opens().await, house.opens().await);
        // a browser in which the officer has signed in before, and one in which they are
        let mut home = Browser::at("198.51.100.7");
        assert_eq!(home.knocks(&here, EMAIL, PASSWORD).await.status, 303);
        let working = comes_in(&there, EMAIL, PASSWORD).await;
        // from many places, at both consoles by turns: what is counted here counts there
        let guesses = async || {
            for n in 0..6 {
                let mut stranger = Browser::at(format!("203.0.113.{n}"));
                let answer = stranger.knocks(if n % 2 == 0 { &here } else { &there }, EMAIL, GUESS).await;
                assert_eq!(answer.status, 422, "{n}: {}", answer.text);
            }
            house.stretches_waits().await;
        };
        guesses().await;
        for console in [&here, &there] {
            for password in [GUESS, PASSWORD] {
                let waits = Browser::at("203.0.113.99").knocks(console, EMAIL, password).await;
                assert_eq!((waits.status, waits.header("set-cookie")), (429, None), "{}", waits.text);
                assert!(waits.header("retry-after").is_some_and(|seconds| seconds.parse::<i64>().is_ok_and(|seconds| seconds > 0)));
                assert!(waits.body().contains("There were too many tries"), "{}", waits.text);
            }
        }
        // another account does not wait, and a session goes on
        assert_eq!(Browser::at("203.0.113.99").knocks(&here, NOBODY, GUESS).await.status, 422);
        assert!(working.is_in(&here).await && working.is_in(&there).await);
        // the browser that is known waits for no stranger, wherever it is and whichever console it asks
        for console in [&there, &here] {
            let mut known = home.without_session();
            assert_eq!(known.knocks(console, EMAIL, PASSWORD).await.status, 303);
            assert!(known.is_in(&here).await);
            home = known;
        }
        // it stands for nobody else, and a stolen one waits by itself
        let mut thief = home.without_session();
        for n in 0..11 {
            assert_eq!(thief.knocks(if n % 2 == 0 { &here } else { &there }, EMAIL, GUESS).await.status, 422, "{n}");
        }
        house.stretches_waits().await;
        for console in [&here, &there] {
            assert_eq!(thief.knocks(console, EMAIL, PASSWORD).await.status, 429);
        }
        // when the wait is over the right password opens from anywhere, and nothing is left of it
        house.ends_waits().await;
        let mut anywhere = Browser::at("203.0.113.98");
        assert_eq!(anywhere.knocks(&there, EMAIL, PASSWORD).await.status, 303);
        assert_eq!(Browser::at("203.0.113.97").knocks(&here, EMAIL, GUESS).await.status, 422);
        // what staff read of it names the account by its number, and nothing that was typed
        let told: Vec<(String, String)> =
            house.rows("SELECT who, object FROM audit WHERE action = 'sign_in_slowed' ORDER BY id").await;
        let officer = house.rows::<(i64,)>("SELECT id FROM staff").await[0].0.to_string();
        assert!(!told.is_empty(), "nobody was told");
        for (who, object) in &told {
            assert!(who == "visitor" && object.ends_with(&format!(" {officer}")) && !object.contains('@'), "{who} {object}");
        }
        assert_eq!(house.count(&format!("audit WHERE object LIKE '%{GUESS}%' OR who LIKE '%{GUESS}%'")).await, 0);
        here.stops().await;
        there.stops().await;
    }

    async fn s07_over_http_one_place_that_tries_many_accounts_waits_on_every_console(house: House) {
        house.behind_a_proxy();
        hires(&house).await;
        let (here, there) = (house.opens().await, house.opens().await);
        let mut stranger = Browser::at("203.0.113.9");
        for n in 0..31 {
            let console = if n % 2 == 0 { &here } else { &there };
            assert_eq!(stranger.knocks(console, &format!("p{n}@mail.example"), GUESS).await.status, 422, "{n}");
        }
        house.stretches_waits().await;
        for console in [&here, &there] {
            assert_eq!(stranger.knocks(console, EMAIL, PASSWORD).await.status, 429);
            assert_eq!(Browser::at("203.0.113.10").knocks(console, EMAIL, PASSWORD).await.status, 303, "from elsewhere");
        }
        here.stops().await;
        there.stops().await;
    }
}
