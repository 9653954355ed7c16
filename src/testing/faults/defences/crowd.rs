//! Many who sign in at once at a console that runs: their passwords are hashed a few at a time, whatever they send takes no
//! more room than that, and whoever asks whether the console works is answered.

use super::people::Browser;
use crate::{
    console::{AGAIN, Console, form},
    on_both,
    verbs::{EMAIL, PASSWORD, hires},
};
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::task::JoinSet;

/// How many passwords a console hashes at the same time, and the room of one in KiB.
const AT_ONCE: u64 = 2;
const HASH: u64 = 19 * 1024;

/// What the kernel says of a process's memory, in KiB.
fn memory(console: &Console, what: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", console.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap_or_else(|| panic!("{what} in {status}"));
    line.trim_start_matches(':').trim().split(' ').next().and_then(|text| text.parse().ok()).expect("a number")
}

on_both! {
    async fn s08_over_http_two_hundred_at_once_take_the_room_of_a_few_hashes_and_the_console_stays_ready(house: House) {
        house.behind_a_proxy();
        hires(&house).await;
        let console = Arc::new(house.opens().await);
        // whatever is loaded once is loaded
        assert_eq!(Browser::default().knocks(&console, EMAIL, PASSWORD).await.status, 303);
        let base = memory(&console, "VmRSS");
        // what people type, what is too long to be one, what is too long to be read
        let lengths = [24, 100_000, 1_000_000];
        let bodies = lengths.map(|length| "x".repeat(length));
        let over = Arc::new(AtomicBool::new(false));
        let asked = tokio::spawn({
            let (console, over) = (Arc::clone(&console), Arc::clone(&over));
            async move {
                let mut statuses = Vec::new();
                while !over.load(Ordering::SeqCst) {
                    statuses.push(console.get("/readyz").await.map(|answer| answer.status));
                    tokio::time::sleep(AGAIN).await;
                }
                statuses
            }
        });
        let mut all = JoinSet::new();
        for n in 0..200_usize {
            let (console, length) = (Arc::clone(&console), lengths[n % 3]);
            let typed = form(&[("email", &format!("p{n}@mail.example")), ("password", "")]);
            let body = [typed.as_slice(), bodies[n % 3].as_bytes()].concat();
            all.spawn(async move {
                let place = format!("203.0.113.{n}");
                let headers = [
                    ("sec-fetch-site", "same-origin"), ("x-forwarded-for", place.as_str()),
                    ("content-type", "application/x-www-form-urlencoded"),
                ];
                (length, console.send("POST", "/signin", &headers, &body).await.map(|answer| answer.status))
            });
        }
        let answers = all.join_all().await;
        over.store(true, Ordering::SeqCst);
        let ready = asked.await.expect("it asked");
        assert!(ready.len() > 1 && ready.iter().all(|status| *status == Some(200)), "{ready:?}");
        let mut looked_at = 0;
        for (length, status) in &answers {
            match status {
                Some(413) => assert_eq!(*length, 1_000_000),
                Some(422) => { assert!(*length < 1_000_000); looked_at += 1; }
                Some(429 | 503) => assert!(*length < 1_000_000, "{status:?}"),
                other => panic!("{other:?} for {length}"),
            }
        }
        assert!(looked_at > 0 && answers.iter().any(|(_, status)| *status == Some(413)), "{answers:?}");
        let most = memory(&console, "VmHWM");
        assert!(most < base + AT_ONCE * HASH + 64 * 1024, "{base} KiB before, {most} at most");
        // and whoever works here comes in
        assert_eq!(Browser::default().knocks(&console, EMAIL, PASSWORD).await.status, 303);
        Arc::into_inner(console).expect("nobody else has it").stops().await;
    }
}
