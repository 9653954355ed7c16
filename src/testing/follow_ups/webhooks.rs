//! A recipient with a machine of its own: signed messages that are checked by code of its own, tries that repeat under one
//! number, answers that confirm, and confirmations that come later.

use super::*;
use crate::{jobs, mail::signed::Hook, web};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State as Kept,
    http::{HeaderMap, Request, StatusCode},
    routing::post,
};
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, Mutex};
use tower::ServiceExt as _;

const SECRET: &str = "a key of thirty-two characters..";

/// What one POST was: its headers and its body.
type Heard = Vec<(HeaderMap, String)>;

/// A recipient's machine: answers as it is told, then takes what comes.
struct Machine {
    url: String,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Clone)]
struct Script {
    answers: Arc<Mutex<Vec<(StatusCode, &'static str)>>>,
    heard: Arc<Mutex<Heard>>,
}

impl Machine {
    /// `answers` from the last to the first.
    async fn starts(answers: &[(StatusCode, &'static str)]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let script = Script { answers: Arc::new(Mutex::new(answers.to_vec())), heard: heard.clone() };
        let hear = |Kept(script): Kept<Script>, headers: HeaderMap, body: String| async move {
            script.heard.lock().expect("nobody panicked").push((headers, body));
            script.answers.lock().expect("nobody panicked").pop().unwrap_or((StatusCode::OK, "{}"))
        };
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook?token=hunter2", socket.local_addr().expect("an address"));
        let routes = Router::new().route("/hook", post(hear)).with_state(script);
        tokio::spawn(axum::serve(socket, routes).into_future());
        Self { url, heard }
    }

    fn partner(&self) -> Partner {
        partner(
            "groq",
            Reach::Webhook(Hook {
                url: self.url.clone(),
                secret: SECRET.to_owned(),
                reach: crate::mail::reach::Reach::default(),
            }),
        )
    }

    fn heard(&self) -> Heard {
        self.heard.lock().expect("nobody panicked").clone()
    }
}

/// HMAC-SHA256 as RFC 2104 writes it, from the hash alone: other code than ours.
fn hmac(key: &str, message: &str) -> String {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key.as_bytes());
    let padded = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    data_encoding::HEXLOWER.encode(&Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize())
}

/// As a recipient checks it.
fn is_genuine(headers: &HeaderMap, body: &str, now: i64) -> bool {
    let header = headers["recourse-signature"].to_str().expect("it is text");
    let (at, sum) = header.split_once(",v1=").expect("two parts");
    let at: i64 = at.strip_prefix("t=").and_then(|at| at.parse().ok()).expect("a moment");
    sum == hmac(SECRET, &format!("{at}.{body}")) && (now - at).abs() < 300
}

/// As a recipient signs what it posts back.
fn signs(secret: &str, at: i64, body: &str) -> String {
    format!("t={at},v1={}", hmac(secret, &format!("{at}.{body}")))
}

async fn posts(house: &House, signature: &str, body: String) -> (StatusCode, String) {
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    posts_to(web::router(house.app.clone(), stopped), signature, body).await
}

async fn posts_to(console: Router, signature: &str, body: String) -> (StatusCode, String) {
    let request = Request::post("/intake/recipients")
        .header("host", "desk.imagegen.example")
        .header("recourse-signature", signature)
        .body(Body::from(body))
        .expect("a request");
    let response = console.oneshot(request).await.expect("an answer");
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("it is text"))
}

fn seconds(house: &House) -> i64 {
    house.app.now().0 / 1_000
}

on_both! {
    async fn a_machine_is_told_again_under_one_number_until_it_takes_it(house: House) {
        let machine = Machine::starts(&[(StatusCode::ACCEPTED, "thank you"), (StatusCode::SERVICE_UNAVAILABLE, "later")]).await;
        let (house, _world) = house_with(house, On::Sqlite, vec![machine.partner()]).await;
        let (reference, _) = erased(&house, "1").await;
        assert_eq!((machine.heard().len(), sealed(&house).await), (0, 1), "nothing leaves inside a transaction");
        house.works().await;
        assert_eq!(state(&house, reference, "Groq").await, Standing::Waiting);
        house.pass(DAY);
        for _ in 0..100 {
            house.works().await;
            if machine.heard().len() > 1 {
                break;
            }
            // on PostgreSQL the next try waits for the server's clock
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let heard = machine.heard();
        assert_eq!(heard.len(), 2);
        assert_eq!(heard[0].1, heard[1].1, "the same message");
        let said: serde_json::Value = serde_json::from_str(&heard[1].1).expect("JSON");
        assert_eq!(said["subject"], serde_json::json!([{ "kind": "account", "value": "1" }]));
        assert_eq!((said["action"].as_str(), said["recipient"].as_str()), (Some("erase"), Some("groq")));
        assert_eq!(said["callback"], "https://desk.imagegen.example/intake/recipients");
        for (headers, body) in &heard {
            assert_eq!(headers["idempotency-key"].to_str().ok(), said["id"].as_str());
            // a number in hexadecimal may hold the three letters of a name
            let words = body.replace(said["id"].as_str().expect("a number"), "");
            assert!(!words.to_lowercase().contains("ada"), "no address and no name: {body}");
        }
        assert!(is_genuine(&heard[1].0, &heard[1].1, seconds(&house)));
        assert!(!is_genuine(&heard[1].0, &heard[0].1.replace("erase", "opt_in"), seconds(&house)));
        let line = lines(&house, reference).await.remove("Groq").expect("it is there");
        assert_eq!((line.state, line.told, line.confirmed), (Standing::Told, Some(house.app.now()), None));
        assert_eq!(sealed(&house).await, 1, "it may have to be told again");
        house.works().await;
        assert_eq!(machine.heard().len(), 2, "who was told is told no more");
        agrees_with_its_events(&house, reference).await;
    }

    async fn an_answer_may_confirm_at_once_and_then_nothing_is_kept(house: House) {
        let machine = Machine::starts(&[(StatusCode::OK, "{\"confirmed\": true}")]).await;
        let (house, _world) = house_with(house, On::Sqlite, vec![machine.partner()]).await;
        let (reference, _) = erased(&house, "1").await;
        house.works().await;
        assert_eq!((state(&house, reference, "Groq").await, sealed(&house).await), (Standing::Confirmed, 0));
        let names = names_of(&house, reference).await;
        assert!(names.windows(2).any(|two| two == ["recipient_told", "recipient_confirmed"]), "{names:?}");
    }

    async fn a_confirmation_counts_with_the_recipients_own_signature_only(house: House) {
        let machine = Machine::starts(&[]).await;
        let (house, _world) = house_with(house, On::Sqlite, vec![machine.partner()]).await;
        let (reference, _) = erased(&house, "1").await;
        house.works().await;
        let said: serde_json::Value = serde_json::from_str(&machine.heard()[0].1).expect("JSON");
        let number = said["id"].as_str().expect("a number");
        let body = serde_json::json!({ "id": number, "confirmed": true }).to_string();
        let (now, other) = (seconds(&house), serde_json::json!({ "id": "n-00", "confirmed": true }).to_string());
        // what no number of ours could be, and no database be asked for
        let odd = |id: &str| serde_json::json!({ "id": id, "confirmed": true }).to_string();
        let (nul, long, foreign) = (odd("\0"), odd(&"x".repeat(10_000)), odd("n-\u{e4}"));
        let mut answers = Vec::new();
        for (signature, body) in [
            (signs(SECRET, now, &nul), &nul),
            (signs(SECRET, now, &long), &long),
            (signs(SECRET, now, &foreign), &foreign),
            (String::new(), &body),
            ("t=,v1=".to_owned(), &body),
            (signs("another key of thirty-two signs..", now, &body), &body),
            (signs(SECRET, now - 301, &body), &body),
            (signs(SECRET, now + 301, &body), &body),
            (signs(SECRET, now, &other), &other),
            (signs("nobody's key", now, &other), &other),
            (signs(SECRET, now, "{}"), &body),
            (signs(SECRET, now, "no JSON"), &"no JSON".to_owned()),
        ] {
            answers.push(posts(&house, &signature, body.clone()).await);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "nobody learns more than that: {answers:?}");
        assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
        let no = serde_json::json!({ "id": number, "confirmed": false }).to_string();
        assert_eq!(posts(&house, &signs(SECRET, now, &no), no.clone()).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(state(&house, reference, "Groq").await, Standing::Told);
        for _ in 0..2 {
            let (status, says) = posts(&house, &signs(SECRET, now, &body), body.clone()).await;
            assert_eq!((status, says.as_str()), (StatusCode::OK, "{\"noted\":true}\n"));
        }
        assert_eq!((state(&house, reference, "Groq").await, sealed(&house).await), (Standing::Confirmed, 0));
        assert_eq!(names_of(&house, reference).await.iter().filter(|name| **name == "recipient_confirmed").count(), 1);
        let mut tx = house.app.db.read().await.expect("a reader");
        let from = sql("SELECT place FROM audit WHERE action = 'recipient_confirmed'").one::<(String,)>(&mut tx).await;
        assert!(from.expect("an entry").0.starts_with("digest "), "from where it came, and no address");
        drop(tx);
        let large = format!("{{\"id\":\"{}\"}}", "x".repeat(20_000));
        assert_eq!(posts(&house, "t=1,v1=00", large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        agrees_with_its_events(&house, reference).await;
    }

    async fn s40_a_right_signature_waits_for_no_stranger(house: House) {
        let machine = Machine::starts(&[]).await;
        let (house, _world) = house_with(house, On::Sqlite, vec![machine.partner()]).await;
        let (reference, _) = erased(&house, "1").await;
        house.works().await;
        let said: serde_json::Value = serde_json::from_str(&machine.heard()[0].1).expect("JSON");
        let body = serde_json::json!({ "id": said["id"], "confirmed": true }).to_string();
        let (_stop, stopped) = tokio::sync::watch::channel(false);
        let console = web::router(house.app.clone(), stopped);
        let mut last = StatusCode::OK;
        for number in ["n-00", "\0"].into_iter().cycle().take(40) {
            let body = serde_json::json!({ "id": number, "confirmed": true }).to_string();
            last = posts_to(console.clone(), "t=1,v1=00", body).await.0;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        // from the same place, as everybody is behind a proxy that nobody named
        let (status, _) = posts_to(console, &signs(SECRET, seconds(&house), &body), body).await;
        assert_eq!((status, state(&house, reference, "Groq").await), (StatusCode::OK, Standing::Confirmed));
    }

    async fn a_machine_that_never_takes_it_is_left_to_staff_who_can_try_again(house: House) {
        let machine = Machine::starts(&[(StatusCode::FOUND, "elsewhere")]).await;
        let (house, _world) = house_with(house, On::Sqlite, vec![machine.partner()]).await;
        let (reference, _) = erased(&house, "1").await;
        let id = lines(&house, reference).await["Groq"].id;
        let work = crate::domain::work::Work::TellRecipient { follow_up: id };
        // a redirect is followed nowhere; this is the last try
        jobs::work_on(&house.app, &work, true).await.expect("it gives up");
        let line = lines(&house, reference).await.remove("Groq").expect("it is there");
        assert_eq!((line.state, line.error.as_deref()), (Standing::Failed, Some("it answered 302")));
        let overview = crate::app::overview::overview(&house.app, &house.agent).await.expect("it loads");
        let trouble = overview.troubles.iter().find(|t| t.title == format!("Tell Groq about {reference}")).expect("it is listed");
        assert!(trouble.says.contains("302") && !trouble.says.contains("hunter2"), "{}", trouble.says);
        step(&house, reference, "Groq", Step::Again, "").await.expect("it is asked for");
        house.works().await;
        assert_eq!(state(&house, reference, "Groq").await, Standing::Told);
        let heard = machine.heard();
        assert_eq!(heard[0].0["idempotency-key"], heard[1].0["idempotency-key"], "it is the same notice");
        let names = names_of(&house, reference).await;
        for name in ["recipient_failed", "recipient_retried", "recipient_told"] {
            assert!(names.contains(&name), "{name}: {names:?}");
        }
        // nobody listens any more, and nothing of the address is said
        let gone = Hook { url: "http://127.0.0.1:1/hook?token=hunter2".to_owned(), secret: SECRET.to_owned(), reach: crate::mail::reach::Reach::default() };
        let says = format!("{:?}", crate::mail::signed::post(&gone, "n-1", "{}", 0).await);
        assert!(says.contains("Unreachable") && !says.contains("hunter2") && !says.contains("127"), "{says}");
    }

    async fn a_recipient_is_told_of_what_it_wants_to_know_by_what_it_knows(house: House) {
        let machine = Machine::starts(&[]).await;
        let mut choosy = machine.partner();
        choosy.kinds = vec![RunKind::Correct];
        let mut stranger = partner("stripe", choosy.reach.clone());
        stranger.identify_by = vec!["customer".to_owned()];
        let nobody = partner("service-providers", Reach::Never);
        let (house, _world) = house_with(house, On::Sqlite, vec![choosy, stranger, nobody]).await;
        let (reference, _) = erased(&house, "1").await;
        house.works().await;
        let all = lines(&house, reference).await;
        assert!(!all.contains_key("Groq") && !all.contains_key(HOSTING), "they need not know of erasures");
        assert_eq!(all["Stripe"].way, Way::Hand, "nothing it knows the person by may be handed on");
        assert!(machine.heard().is_empty());
    }
}
