//! Those who ask too often, too slowly or from made-up addresses.

use super::at_work;
use crate::{console::Console, house::PRODUCT, on_both, verbs::EMAIL};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";

/// A wrong password from an address that the request says; the status, and the seconds to wait.
async fn knocks(console: &Console, email: &str, says: &[(&str, &str)]) -> (u16, Option<u64>) {
    let always = [("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")];
    let body = crate::console::form(&[("email", email), ("password", "a guess that is wrong")]);
    let answer = console.send("POST", "/signin", &[&always[..], says].concat(), &body).await.expect("an answer");
    (answer.status, answer.header("retry-after").and_then(|seconds| seconds.parse().ok()))
}

/// How many of so many tries from as many said addresses were told to wait.
async fn slowed(console: &Console, tries: u8, header: &str) -> usize {
    let mut slowed = 0;
    for n in 0..tries {
        let said = match header {
            "forwarded" => format!("for=203.0.113.{n}"),
            _ => format!("203.0.113.{n}"),
        };
        // each account once, so that nobody waits for its sake
        let (status, _) = knocks(console, &format!("p{n}.{header}.{tries}@mail.example"), &[(header, &said)]).await;
        assert!([422, 429].contains(&status), "{status}");
        slowed += usize::from(status == 429);
    }
    slowed
}

/// Writes a little at a time until the other side has had enough; how long that took.
async fn trickles(console: &Console, head: &str, longest: Duration) -> (Duration, String) {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(("127.0.0.1", console.port)).await.expect("it connects");
    stream.write_all(head.as_bytes()).await.expect("it is written");
    let (mut from, mut to) = stream.into_split();
    let drip = tokio::spawn(async move {
        loop {
            sleep(Duration::from_secs(1)).await;
            if to.write_all(b"x").await.is_err() {
                return;
            }
        }
    });
    let mut said = Vec::new();
    let ended = timeout(longest, from.read_to_end(&mut said)).await;
    drip.abort();
    assert!(ended.is_ok(), "the connection was still open after {longest:?}");
    (begun.elapsed(), String::from_utf8_lossy(&said).into_owned())
}

/// Asks again and again and reads nothing, until the other side has had enough.
async fn never_reads(console: &Console, longest: Duration) {
    let stream = TcpStream::connect(("127.0.0.1", console.port)).await.expect("it connects");
    let (_unread, mut to) = stream.into_split();
    let asks = format!("GET /signin HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", console.port).repeat(100);
    let left = timeout(longest, async { while to.write_all(asks.as_bytes()).await.is_ok() {} }).await;
    assert!(left.is_ok(), "the connection was still open after {longest:?}");
}

on_both! {
    async fn s40_made_up_addresses_hide_nobody(house: House) {
        let console = house.opens().await;
        for header in ["x-forwarded-for", "x-real-ip", "forwarded", "x-client-ip", "true-client-ip", "cf-connecting-ip"] {
            slowed(&console, 6, header).await;
        }
        // thirty-six tries from what was one place all along
        assert_eq!(slowed(&console, 5, "x-forwarded-for").await, 5);
        console.stops().await;
    }

    async fn s40_a_proxy_that_is_named_tells_places_apart(house: House) {
        house.more = format!("{}\n[server]\ntrusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]\n", house.more);
        let console = house.opens().await;
        assert_eq!(slowed(&console, 45, "x-forwarded-for").await, 0, "forty-five places, one try each");
        // the right-most that is no proxy of ours counts, whatever stands left of it
        let mut last = (0, None);
        for n in 0..45_u8 {
            let said = format!("198.51.100.{n}, 192.0.2.77, 10.1.1.1");
            last = knocks(&console, &format!("q{n}@mail.example"), &[("x-forwarded-for", &said)]).await;
        }
        assert_eq!(last.0, 429);
        assert!(last.1.is_some_and(|seconds| seconds > 0));
        assert_eq!(knocks(&console, "r@mail.example", &[("x-forwarded-for", "192.0.2.78")]).await.0, 422, "others go on");
        console.stops().await;
    }

    async fn s40_whoever_is_slow_is_left(house: House) {
        house.more = format!("{}\n[[intake.tokens]]\nname = \"provider\"\nproduct = \"{PRODUCT}\"\ntoken = \"{TOKEN}\"\n", house.more);
        let console = house.opens().await;
        let host = format!("Host: 127.0.0.1:{}\r\n", console.port);
        let slow_head = format!("GET /signin HTTP/1.1\r\n{host}X-Slow: ");
        let head = trickles(&console, &slow_head, Duration::from_secs(25));
        let silence = trickles(&console, "", Duration::from_secs(25));
        let body_head = format!(
            "POST /signin HTTP/1.1\r\n{host}Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\nemail="
        );
        let body = trickles(&console, &body_head, Duration::from_secs(45));
        let recipient_head = format!("POST /intake/recipients HTTP/1.1\r\n{host}Content-Length: 500\r\n\r\n{{");
        let recipient = trickles(&console, &recipient_head, Duration::from_secs(25));
        let many = async {
            let mut open = Vec::new();
            for _ in 0..300 {
                let mut stream = TcpStream::connect(("127.0.0.1", console.port)).await.expect("it connects");
                stream.write_all(b"GET / HTTP/1.1\r\n").await.expect("it is written");
                open.push(stream);
            }
            // meanwhile others are answered
            for _ in 0..5 {
                assert_eq!(console.get("/readyz").await.map(|answer| answer.status), Some(200));
                sleep(Duration::from_millis(500)).await;
            }
            open.len()
        };
        let unread = never_reads(&console, Duration::from_secs(90));
        let (head, silence, body, recipient, many, ()) = tokio::join!(head, silence, body, recipient, many, unread);
        assert_eq!(many, 300);
        assert!(!head.1.contains("200 OK") && !silence.1.contains("200 OK"), "{head:?} {silence:?}");
        assert!(body.1.starts_with("HTTP/1.1 503") || body.1.is_empty(), "{body:?}");
        assert!(recipient.1.starts_with("HTTP/1.1 408"), "{recipient:?}");
        // heads and bodies have their bounds
        let long = format!("GET /signin HTTP/1.1\r\n{host}X-Long: {}\r\n\r\n", "x".repeat(200_000));
        let mut stream = TcpStream::connect(("127.0.0.1", console.port)).await.expect("it connects");
        let _ = stream.write_all(long.as_bytes()).await;
        let mut said = Vec::new();
        let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut said)).await.expect("it ends");
        assert!(!String::from_utf8_lossy(&said).contains("200 OK"));
        console.stops().await;
    }

    async fn s40_posted_mail_has_a_pace(house: House) {
        house.more = format!(
            "{}\n[intake]\nper_minute = 5\n[[intake.tokens]]\nname = \"provider\"\nproduct = \"{PRODUCT}\"\ntoken = \"{TOKEN}\"\n\
             [[intake.tokens]]\nname = \"another\"\nproduct = \"{PRODUCT}\"\ntoken = \"{OTHER}\"\n", house.more
        );
        let (console, _, _) = at_work(&house).await;
        let posts = async |token: &str, n: usize| {
            let mail = format!("From: a{n}@mail.example\r\nMessage-ID: <posted-{n}@mail.example>\r\nSubject: x\r\n\r\nMy data.\r\n");
            let (bearer, place) = (format!("Bearer {token}"), format!("/intake/{PRODUCT}"));
            let headers = [("authorization", bearer.as_str()), ("content-type", "message/rfc822")];
            let answer = console.send("POST", &place, &headers, mail.as_bytes()).await.expect("an answer");
            (answer.status, answer.header("retry-after").and_then(|seconds| seconds.parse::<u64>().ok()))
        };
        for n in 0..5 {
            assert_eq!(posts(TOKEN, n).await, (200, None));
        }
        let (status, wait) = posts(TOKEN, 5).await;
        assert_eq!(status, 429);
        assert!(wait.is_some_and(|seconds| (1..=60).contains(&seconds)), "{wait:?}");
        assert_eq!(house.count("messages").await, 6, "what was not taken is still the provider's");
        // whoever guesses tokens is told the same
        let mut last = (0, None);
        for n in 0..40 {
            last = posts("guessed", n).await;
        }
        assert_eq!(last.0, 429);
        assert!(last.1.is_some());
        // a provider that has posted little goes on, from the same place: everybody is at one behind a proxy that nobody named
        assert_eq!(posts(OTHER, 41).await, (200, None));
        assert_eq!(house.count("messages").await, 7);
        // signing in goes on meanwhile
        assert_eq!(knocks(&console, EMAIL, &[]).await.0, 422);
        console.stops().await;
    }
}
