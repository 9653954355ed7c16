//! Alarms: once at risk, once breached, once only; at once for a short clock; never for what nobody has to do.

use super::{
    house::{House, PRODUCT, START, mail},
    on_both,
};
use crate::{
    app::{Alarms, alarms, verbs},
    domain::{
        case::{Case, Outcome, State},
        clock::{Clock, Duty, Raised, binding_of},
        identity::{Reference, StaffId},
        kind::Kind,
        time::{HOUR, Instant, MINUTE},
    },
    mail::{reach::Reach, webhook::Webhook},
    store::{cases, clocks, events},
};
use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use std::sync::{Arc, Mutex};

fn request() -> String {
    mail(
        "Anna Berg <anna@mail.example>",
        "Privacy Request",
        "a1@mail.example",
        "Please delete my account and all my pictures.",
    )
}

fn intimate() -> String {
    let text = "Somebody made an intimate picture of me without my consent. Please take it down.";
    mail("Anna Berg <anna@mail.example>", "Please help", "n1@mail.example", text)
}

/// The alarms that left, each with whom it went to.
fn alarms_sent(house: &House) -> Vec<String> {
    let is_alarm = |mail: &String| mail.contains("Subject: A clock is") || mail.contains("Subject: A short clock");
    house.sent().into_iter().filter(is_alarm).collect()
}

async fn sweep(house: &House) -> usize {
    let told = alarms::sweep_clocks(&house.app).await.expect("the sweep ends");
    house.works().await;
    told
}

/// The case as stored, after a look whether its events tell the same.
async fn stored(house: &House, reference: Reference) -> Case {
    let mut tx = house.app.db.read().await.expect("a reader");
    let history = events::events_of(&mut tx, reference).await.expect("events");
    let mut folded = Case::fold(reference, PRODUCT, &history).expect("a sound history");
    folded.clocks.sort_by_key(|c| (c.due, c.duty.code(), c.layer.code()));
    let stored = cases::case_get(&mut tx, reference).await.expect("a row").expect("a case");
    assert_eq!(folded, stored);
    stored
}

fn resolve(case: &Case) -> &Clock {
    binding_of(&case.clocks, Duty::Resolve).expect("a clock to resolve it")
}

fn at(house: &House, moment: Instant) {
    house.clock.set(moment);
}

/// A machine that is told of short clocks: answers 503 once, then takes what comes.
struct Listener {
    address: std::net::SocketAddr,
    heard: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

impl Listener {
    async fn listens() -> Self {
        // as main does, before the first connection
        let _ = rustls::crypto::ring::default_provider().install_default();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = heard.clone();
        let hear = move |headers: HeaderMap, body: String| {
            let kept = kept.clone();
            async move {
                let mut kept = kept.lock().expect("nobody panicked");
                kept.push((headers, body));
                if kept.len() == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NO_CONTENT }
            }
        };
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("an address");
        tokio::spawn(axum::serve(socket, Router::new().route("/hook", post(hear))).into_future());
        Self { address, heard }
    }

    fn alarms(&self) -> Alarms {
        let webhook =
            Webhook { url: format!("http://{}/hook", self.address), secret: "key".to_owned(), reach: Reach::default() };
        Alarms { deputies: vec!["deputy@imagegen.example".to_owned()], webhook: Some(webhook) }
    }
}

on_both! {
    async fn a_clock_of_two_hours_calls_owner_deputy_and_webhook_at_once(house: House) {
        let listener = Listener::listens().await;
        let house = house.with_alarms(listener.alarms());
        let reference = house.opens(&intimate()).await;
        let case = stored(&house, reference).await;
        assert_eq!(resolve(&case).period, "PT2H");
        house.works().await;
        let sent = alarms_sent(&house);
        let to = |address: &str| sent.iter().filter(|mail| mail.contains(address)).count();
        assert_eq!((to("officer@imagegen.example"), to("deputy@imagegen.example"), sent.len()), (1, 1, 2));
        // the first answer was 503: it is told again, under the same key
        house.pass(HOUR);
        for _ in 0..100 {
            house.works().await;
            if listener.heard.lock().expect("nobody panicked").len() > 1 {
                break;
            }
            // on PostgreSQL the next try waits for the server's clock
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let heard = listener.heard.lock().expect("nobody panicked").clone();
        let keys: Vec<_> = heard.iter().map(|(headers, _)| headers["idempotency-key"].clone()).collect();
        assert_eq!((keys.len(), &keys[0]), (2, &keys[1]));
        let (headers, body) = &heard[1];
        assert!(headers["recourse-signature"].to_str().expect("text").starts_with("sha256="));
        assert_eq!(heard[0].1, *body);
        let told: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert_eq!((&told["case"], &told["restricted"]), (&reference.to_string().into(), &true.into()));
        assert_eq!(told["clocks"][0]["duty"], "next_step");
        for word in ["intimate", "ncii", "anna", "resolve", "3(2)"] {
            assert!(!body.contains(word), "{word} in {body}");
        }
        // nothing new: nobody is called again
        house.pass(HOUR);
        house.works().await;
        assert_eq!(listener.heard.lock().expect("nobody panicked").len(), 2);
    }

    async fn a_case_that_turns_out_to_be_faster_calls_them_from_the_original_receipt(house: House) {
        let listener = Listener::listens().await;
        let house = house.with_alarms(listener.alarms());
        let reference = house.opens(&request()).await;
        house.works().await;
        assert_eq!(alarms_sent(&house), [""; 0], "a day is not short");
        house.pass(3 * HOUR);
        verbs::classify_case(&house.app, &house.officer, reference, i64::MAX, Kind::ContentNcii, "it is about an intimate image")
            .await
            .expect("classified");
        let case = stored(&house, reference).await;
        assert_eq!(resolve(&case).due, START.plus(2 * HOUR), "from the receipt, though that is over");
        house.works().await;
        assert_eq!(alarms_sent(&house).len(), 2);
        assert_eq!(sweep(&house).await, 1, "and the breach is told too");
    }

    async fn a_clock_is_told_of_once_at_risk_and_once_breached(house: House) {
        let reference = house.opens(&request()).await;
        house.works().await;
        verbs::assign_case(&house.app, &house.officer, reference, i64::MAX, Some(house.agent.id)).await.expect("assigned");
        let case = stored(&house, reference).await;
        let (risk, due) = (resolve(&case).risk(), resolve(&case).due);
        at(&house, risk.plus(-1));
        assert_eq!(sweep(&house).await, 0);
        at(&house, risk);
        assert_eq!(sweep(&house).await, 1);
        assert_eq!(sweep(&house).await, 0, "nobody is told twice");
        assert_eq!(resolve(&stored(&house, reference).await).raised, Raised::AtRisk);
        let sent = alarms_sent(&house);
        assert_eq!(sent.len(), 1, "the owner and nobody else: there is no lead");
        for needle in ["agent@imagegen.example", "A clock is at risk", &reference.to_string(), "Resolve", "Auto-Submitted"] {
            assert!(sent[0].contains(needle), "{needle} is missing in:\n{}", sent[0]);
        }
        assert!(!sent[0].contains("anna@mail.example") && !sent[0].contains("pictures"), "{}", sent[0]);
        at(&house, due);
        assert_eq!(sweep(&house).await, 0, "the last moment is in time");
        at(&house, due.plus(1));
        assert_eq!(sweep(&house).await, 1);
        at(&house, due.plus(HOUR));
        assert_eq!(sweep(&house).await, 0);
        assert_eq!(resolve(&stored(&house, reference).await).raised, Raised::Breached);
        assert!(alarms_sent(&house).iter().any(|mail| mail.contains("A clock is breached")));
    }

    async fn two_consoles_that_sweep_at_once_tell_once(house: House) {
        for number in 0..12 {
            let id = format!("a{number}@mail.example");
            house.opens(&mail("anna@mail.example", "Privacy Request", &id, "Please delete my account.")).await;
        }
        let case = stored(&house, Reference(10_001)).await;
        at(&house, resolve(&case).due.plus(MINUTE));
        let (first, second) = tokio::join!(alarms::sweep_clocks(&house.app), alarms::sweep_clocks(&house.app));
        assert_eq!(first.expect("it ends") + second.expect("it ends"), 12);
        house.works().await;
        assert_eq!(alarms_sent(&house).len(), 12, "only the breach is told, not that it had been at risk before");
    }

    async fn what_is_resolved_or_answered_in_time_alarms_nobody(house: House) {
        let reference = house.opens(&request()).await;
        house.works().await;
        let case = stored(&house, reference).await;
        let due = case.clocks.iter().map(|c| c.due).max().expect("clocks");
        let refused = Some(Outcome::Withdrawn);
        verbs::change_state(&house.app, &house.officer, reference, i64::MAX, State::Resolved, refused, "They took it back.")
            .await
            .expect("resolved");
        at(&house, due.plus(HOUR));
        assert_eq!(sweep(&house).await, 0);
        // reopened late, the clock is breached at once, and that is told
        verbs::change_state(&house.app, &house.officer, reference, i64::MAX, State::Open, None, "A mistake.").await.expect("open");
        assert_eq!(sweep(&house).await, 1);
    }

    async fn an_alarm_about_a_restricted_case_says_nothing_of_it(house: House) {
        let reference = house.opens(&intimate()).await;
        let case = stored(&house, reference).await;
        assert!(case.is_restricted());
        at(&house, case.clocks.iter().map(|c| c.due).max().expect("clocks").plus(MINUTE));
        sweep(&house).await;
        let sent = alarms_sent(&house);
        assert!(!sent.is_empty());
        for mail in sent {
            assert!(mail.contains("officer@imagegen.example"), "it goes to the circle: {mail}");
            for word in ["intimate", "Content report", "Resolve", "removal", "3(2)", "anna"] {
                assert!(!mail.contains(word), "{word} in:\n{mail}");
            }
        }
    }

    async fn one_case_that_cannot_be_read_holds_up_no_other_alarm(house: House) {
        let (first, second) = (house.opens(&request()).await, {
            let other = mail("Ben Ost <ben@mail.example>", "Privacy Request", "b1@mail.example", "Please delete my account.");
            house.opens(&other).await
        });
        let mut tx = house.app.db.begin().await.expect("a writer");
        crate::store::sql("UPDATE clocks SET raised = 'of another version', alarm_at = 1 WHERE case_id = $1 AND duty = 'resolve'")
            .bind(first)
            .run(&mut tx)
            .await
            .expect("it is spoilt");
        tx.commit().await.expect("it is kept");
        let case = stored(&house, second).await;
        at(&house, resolve(&case).due.plus(MINUTE));
        assert!(alarms::sweep_clocks(&house.app).await.is_err(), "somebody has to see that one could not be told of");
        assert_eq!(resolve(&stored(&house, second).await).raised, Raised::Breached);
    }

    async fn a_row_that_says_otherwise_than_its_case_is_put_right_and_not_looked_at_for_ever(house: House) {
        let reference = house.opens(&request()).await;
        let reason = "They took it back.";
        verbs::change_state(&house.app, &house.officer, reference, i64::MAX, State::Resolved, Some(Outcome::Spam), reason)
            .await
            .expect("resolved");
        let mut tx = house.app.db.begin().await.expect("a writer");
        crate::store::sql("UPDATE clocks SET alarm_at = 1").run(&mut tx).await.expect("as a migration might");
        tx.commit().await.expect("it is kept");
        assert_eq!(sweep(&house).await, 0);
        let mut tx = house.app.db.read().await.expect("a reader");
        let (left,): (i64,) = crate::store::sql("SELECT COUNT(*) FROM clocks WHERE alarm_at IS NOT NULL").one(&mut tx).await.expect("a count");
        assert_eq!(left, 0);
    }

    async fn an_owner_who_may_not_see_the_case_is_not_called(house: House) {
        let reference = house.opens(&request()).await;
        verbs::assign_case(&house.app, &house.officer, reference, i64::MAX, Some(house.agent.id)).await.expect("assigned");
        verbs::classify_case(&house.app, &house.officer, reference, i64::MAX, Kind::ContentNcii, "it is about an intimate image")
            .await
            .expect("classified");
        house.works().await;
        let sent = alarms_sent(&house);
        assert!(sent.iter().all(|mail| mail.contains("officer@imagegen.example")) && !sent.is_empty(), "{sent:?}");
    }

    async fn from_child_safety_to_another_kind_takes_two_even_where_no_end_comes_later(house: House) {
        let text = "I report an item for child safety. The item number is 4471.";
        let reference = house.opens(&mail("seun@mail.example", "Child safety report", "c1@mail.example", text)).await;
        let to = Kind::ContentNcii;
        let done = verbs::classify_case(&house.app, &house.officer, reference, i64::MAX, to, "it shows an adult").await;
        assert_eq!(done.expect("kept"), verbs::Classified::Proposed, "the report to the police would be gone");
    }

    async fn the_sweep_reads_no_clock_that_needs_nobody(house: House) {
        house.opens(&request()).await;
        let mut tx = house.app.db.begin().await.expect("a transaction");
        let plan = clocks::sweep_plan(&mut tx, house.app.now()).await.expect("the engine tells");
        assert!(plan.contains("clocks_by_alarm"), "{plan}");
        assert_eq!(clocks::clocks_due(&mut tx, house.app.now(), (Instant(0), Reference(0)), 10).await.expect("none"), []);
    }

    async fn an_owner_who_left_is_not_told(house: House) {
        let reference = house.opens(&request()).await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        let mut case = cases::case_lock(&mut tx, reference).await.expect("a row").expect("a case");
        let event = crate::domain::event::Event::Assigned { from: None, to: Some(house.agent.id) };
        cases::case_record(&mut tx, &mut case, crate::domain::event::By::System, house.app.now(), event).await.expect("assigned");
        cases::case_save(&mut tx, &case).await.expect("saved");
        let done = crate::app::audit::AuditAction::CaseAssigned;
        crate::store::audit::audit_append(&mut tx, house.app.now(), None, done, Some(reference), "");
        crate::store::sql("UPDATE staff SET disabled_at = $2 WHERE id = $1").bind(house.agent.id).bind(house.app.now())
            .run(&mut tx).await.expect("they left");
        tx.commit().await.expect("it is kept");
        let case = stored(&house, reference).await;
        assert_eq!(case.owner, Some(StaffId(house.agent.id.0)));
        at(&house, resolve(&case).risk());
        sweep(&house).await;
        assert!(alarms_sent(&house).iter().all(|mail| mail.contains("officer@imagegen.example")));
        assert!(!alarms_sent(&house).is_empty(), "somebody has to learn of it");
    }
}
