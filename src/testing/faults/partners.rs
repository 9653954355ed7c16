//! What follows an erasure when the process dies: a recipient's machine hears a second message with the number of the
//! first and never one with another; what a restored backup brought back is planned once and erased once.

use crate::{
    generation::Generation,
    house::{House, PRODUCT, run},
    many::opened_here,
    on_both,
    runs::ready,
};
use axum::{Router, http::HeaderMap, routing::post};
use recourse::{
    app::runs::{self, Approval},
    domain::{identity::RunId, rights::Actor, sign_in::Proof},
    store::staff,
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

const DELETE: &str = "Please delete my account and everything in it.";
const LONGEST: Duration = Duration::from_secs(90);

/// A recipient's machine that takes whatever comes: the key and the body of each message.
struct Machine {
    port: u16,
    heard: Arc<Mutex<Vec<(String, String)>>>,
}

impl Machine {
    async fn starts() -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = heard.clone();
        let hear = move |headers: HeaderMap, body: String| {
            let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
            kept.lock().unwrap_or_else(PoisonError::into_inner).push((key, body));
            async { "{}" }
        };
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = socket.local_addr().expect("an address").port();
        tokio::spawn(axum::serve(socket, Router::new().route("/hook", post(hear))).into_future());
        Self { port, heard }
    }

    fn heard(&self) -> Vec<(String, String)> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The configuration of a product with a generation database, backups and, where there is one, a machine to be told.
fn product(generation: &Generation, machine: Option<&Machine>) -> String {
    let told = machine.map(|machine| {
        format!(
            "[products.{PRODUCT}.recipients.groq]\nwebhook = \"http://127.0.0.1:{}/hook\"\nsecret = \"{}\"\nidentify_by = [\"email\", \"account\"]\n",
            machine.port,
            "k".repeat(32)
        )
    });
    format!("backups = \"P30D\"\n{}{}", generation.configuration(), told.unwrap_or_default())
}

/// Plans the erasures of a restored backup again; true when the command came to its end.
async fn replays(house: &House, failpoint: &str) -> bool {
    let mut command = house.command(&["run", "replay", "--since", "2020-01-01", "--by", "asks@imagegen.example"]);
    command.env("FAILPOINT", failpoint);
    let ended = run(command, String::new()).await;
    assert!(matches!(ended.code, None | Some(0)), "{}", ended.says);
    ended.code.is_some()
}

/// The second person approves the run that waits.
async fn approves(house: &House, id: RunId) {
    let app = opened_here(house).await;
    let mut tx = app.db.read().await.expect("a reader");
    let (by, _) =
        staff::staff_by_email(&mut tx, "approves@imagegen.example").await.expect("it reads").expect("they work");
    let by = staff::actor_get(&mut tx, by).await.expect("it reads").expect("they work");
    let by = Actor { proof: Proof::Fresh, ..by };
    drop(tx);
    let page = runs::load_run(&app, &by, id).await.expect("it loads");
    let accepted = page.plan.warnings.len();
    let approval = Approval { typed: page.reference.to_string(), scope_hash: page.plan.scope_hash, accepted };
    runs::approve_run(&app, &by, id, &approval).await.expect("it is approved");
    for source in app.sources.values() {
        source.close().await;
    }
    app.db.close().await;
}

on_both! {
    async fn a_recipient_is_told_again_only_under_the_number_it_knows(house: House) {
        let machine = Machine::starts().await;
        let mut ready = ready(house, DELETE).await;
        ready.house.more = product(&ready.generation, Some(&machine));
        let house = ready.house;
        house.start(Some("recipient-before-effect:exit")).dies().await;
        assert!(machine.heard().is_empty());
        house.start(Some("recipient-after-effect:exit")).dies().await;
        assert_eq!((machine.heard().len(), house.count("events WHERE name = 'recipient_told'").await), (1, 0));
        let console = house.opens().await;
        house.comes_to(1, "follow_ups WHERE recipient = 'groq' AND state = 'told'", LONGEST).await;
        console.stops().await;
        let heard = machine.heard();
        assert_eq!((heard.len(), &heard[0].0), (2, &heard[1].0), "the same number");
        assert!(heard.iter().all(|(number, body)| number.starts_with("n-") && body.contains(number.as_str())));
        assert_eq!(house.count("events WHERE name = 'recipient_told'").await, 1);
        assert_eq!(house.count("follow_ups").await, 4, "three recipients and the backups");
    }

    async fn what_a_restore_brought_back_is_planned_once_and_erased_once(house: House) {
        let mut ready = ready(house, DELETE).await;
        ready.house.more = product(&ready.generation, None);
        let house = &mut ready.house;
        let backup = ready.generation.copy(house.folder.path().join("backup")).await;
        let console = house.opens().await;
        house.comes_to(1, "runs WHERE state = 'finished'", LONGEST).await;
        console.stops().await;
        let once = ready.generation.dump().await;
        assert!(replays(house, "nowhere").await);
        assert_eq!(house.count("runs").await, 1, "nothing is there again");

        house.more = product(&backup, None);
        assert!(!replays(house, "replay-before-plan:exit").await);
        assert_eq!(house.count("runs").await, 1);
        assert!(!replays(house, "replay-planned:exit").await);
        assert!(replays(house, "nowhere").await);
        assert_eq!(house.count("runs").await, 2, "it is planned once");
        approves(house, RunId(2)).await;
        house.start(Some("run-checkpoint:exit")).dies().await;
        house.start(Some("run-before-finish:exit")).dies().await;
        let console = house.opens().await;
        house.comes_to(2, "runs WHERE state = 'finished'", LONGEST).await;
        console.stops().await;
        assert_eq!((house.count("receipts").await, house.count("events WHERE name = 'run_finished'").await), (2, 2));
        assert!(backup.dump().await == once, "what is there is what was there after the first time");
        assert!(replays(house, "nowhere").await);
        assert_eq!(house.count("runs").await, 2, "and it is not done twice");
    }
}
