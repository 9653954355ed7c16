//! A console is asked to stop: it takes no new work, ends what runs or gives it back, and goes.

use crate::{
    console::{AGAIN, Console},
    house::{NOBODY_VANISHES, request},
    on_both,
    smtp::{Does, Smtp},
};
use std::time::{Duration, Instant};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};

/// How long running work may take to end, and a little more.
const GRACE: Duration = Duration::from_secs(25);
/// What "at once" may take on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(3);

/// Waits until the console no longer says that it is ready.
async fn is_not_ready(console: &Console) {
    let deadline = Instant::now() + AT_ONCE;
    while console.get("/readyz").await.is_some_and(|answer| answer.status != 503) {
        assert!(Instant::now() < deadline, "it still says that it is ready");
        sleep(AGAIN).await;
    }
}

on_both! {
    async fn f23_an_idle_console_stops_at_once(house: House) {
        let mut console = house.opens().await;
        console.term().await;
        is_not_ready(&console).await;
        assert_eq!(console.ends(AT_ONCE).await.code(), Some(0), "{}", console.log());
    }

    async fn f23_running_work_is_ended_first_and_no_new_work_is_begun(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        let server = Smtp::of(&mut house, &[Does::Hold(Duration::from_secs(3))]).await;
        house.receives(&request(1)).await;
        let mut console = house.opens().await;
        server.has_seen(1).await;
        console.term().await;
        is_not_ready(&console).await;
        house.receives(&request(2)).await;
        assert_eq!(console.ends(GRACE).await.code(), Some(0), "{}", console.log());
        assert_eq!(house.attempts("send_mail").await, [1]);
        assert_eq!(house.count("mails WHERE state = 'accepted' AND NOT in_doubt").await, 1);
        assert_eq!(house.count("messages WHERE state = 'stored'").await, 1, "the later mail waits for the next console");
        assert_eq!(server.message_ids().len(), 1);
    }

    /// The lease of the test is shorter than what the work still takes.
    async fn f23_work_that_is_being_ended_is_not_taken_over_by_another_console(house: House) {
        house.lease_ms = 4_000;
        let server = Smtp::of(&mut house, &[Does::Hold(Duration::from_secs(8))]).await;
        house.receives(&request(1)).await;
        let mut console = house.opens().await;
        server.has_seen(1).await;
        let other = house.opens().await;
        console.term().await;
        assert_eq!(console.ends(GRACE).await.code(), Some(0), "{}", console.log());
        house.all_is_done(AT_ONCE).await;
        other.stops().await;
        house.holds_each_once(1).await;
        assert_eq!(server.message_ids().len(), 1, "it left once");
    }

    async fn f23_work_that_does_not_end_is_given_back(house: House) {
        let server = Smtp::of(&mut house, &[Does::Silence]).await;
        house.lease_ms = NOBODY_VANISHES;
        house.receives(&request(1)).await;
        let mut console = house.opens().await;
        server.has_seen(1).await;
        console.term().await;
        assert_eq!(console.ends(GRACE).await.code(), Some(0), "{}", console.log());
        assert_eq!(house.count("jobs WHERE work = 'send_mail' AND state = 'available' AND attempt = 0").await, 1);
        let next = house.opens().await;
        house.all_is_done(Duration::from_secs(10)).await;
        next.stops().await;
        house.holds_each_once(1).await;
        assert_eq!(house.count("mails WHERE in_doubt").await, 1, "it may have left with the first console");
    }

    async fn f23_a_second_signal_ends_it_at_once(house: House) {
        let server = Smtp::of(&mut house, &[Does::Silence]).await;
        house.receives(&request(1)).await;
        let mut console = house.opens().await;
        server.has_seen(1).await;
        console.term().await;
        is_not_ready(&console).await;
        console.term().await;
        assert_eq!(console.ends(AT_ONCE).await.code(), Some(1), "{}", console.log());
        let next = house.opens().await;
        house.all_is_done(Duration::from_secs(10)).await;
        next.stops().await;
        house.holds_each_once(1).await;
    }

    async fn f23_a_visitor_who_never_finishes_asking_does_not_keep_it(house: House) {
        let mut console = house.opens().await;
        let head = "Host: x\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99";
        let mut visitors = Vec::new();
        for begun in ["GET /readyz HT", "GET /readyz HTTP/1.1\r\nHost: x\r\n", &format!("POST /signin HTTP/1.1\r\n{head}\r\n\r\nemail=")] {
            let mut visitor = TcpStream::connect(("127.0.0.1", console.port)).await.expect("it listens");
            visitor.write_all(begun.as_bytes()).await.expect("it is sent");
            visitors.push(visitor);
        }
        // what came before it has certainly been read once a later request is answered
        assert!(console.get("/readyz").await.is_some());
        console.term().await;
        assert_eq!(console.ends(GRACE).await.code(), Some(0), "{}", console.log());
    }
}
