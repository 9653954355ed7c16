//! A mail becomes a case with clocks, is acknowledged, worked and answered: on both engines, through the verbs.

use super::{
    house::{ADDRESS, House, PRODUCT, START, mail},
    on_both,
};
use crate::{
    app::{Error, by_hand, by_hand::ByHand, case_page::What, intake, intake::Read, queue, verbs},
    domain::{
        case::{Case, Outcome, State},
        clock::{Duty, Layer},
        kind::Kind,
        mail::{Came, Doubt},
        time::{DAY, HOUR, Instant, MINUTE},
    },
    store::{cases, events, messages, raws},
};

const ANNA: &str = "Anna Berg <anna@mail.example>";

fn request() -> String {
    mail(ANNA, "Privacy Request", "a1@mail.example", "Please delete my account and all my pictures.")
}

fn notes(full: &crate::app::case_page::Full) -> Vec<String> {
    let text = |what: &What| match what {
        What::Note { text } => Some(text.clone()),
        _ => None,
    };
    full.timeline.iter().filter_map(|entry| text(&entry.what)).collect()
}

/// What the events make of the case is what its row and its clocks say.
async fn agrees_with_its_events(house: &House, full: &crate::app::case_page::Full) {
    let mut tx = house.app.db.read().await.expect("a reader");
    let history = events::events_of(&mut tx, full.case.reference).await.expect("events");
    let mut folded = Case::fold(full.case.reference, PRODUCT, &history).expect("a sound history");
    folded.clocks.sort_by_key(|c| (c.due, c.duty.code()));
    let stored = cases::case_get(&mut tx, full.case.reference).await.expect("a row").expect("a case");
    assert_eq!(folded, stored);
}

on_both! {
    async fn a_mail_becomes_a_case_with_clocks_and_is_acknowledged(house: House) {
        let reference = house.opens(&request()).await;
        let full = house.case(reference).await;
        assert_eq!((full.case.kind, full.case.state, full.case.received), (Kind::Erasure, State::New, START));
        let due = |duty| full.case.clocks.iter().find(|c| c.duty == duty).map(|c| (c.layer, c.due, c.met));
        assert_eq!(due(Duty::Acknowledge), Some((Layer::Promise, START.plus(24 * HOUR), None)));
        // 24 December 2026, 23:59:59.999 in India
        assert_eq!(due(Duty::Resolve), Some((Layer::Promise, Instant(1_798_136_999_999), None)));
        assert!(full.case.clocks.iter().all(|c| c.pack == "imagegen-artisticmonk 2026-01-31"));
        house.pass(7 * MINUTE);
        house.works().await;
        let sent = house.sent();
        assert_eq!(sent.len(), 1);
        for needle in [
            "In-Reply-To: <a1@mail.example>", "References: <a1@mail.example>", "Auto-Submitted: auto-replied", "erasure",
            &reference.to_string(), "anna@mail.example", ADDRESS, "Rajan (ArtisticMonk)", "24 Dec 2026, 23:59 IST",
        ] {
            assert!(sent[0].contains(needle), "{needle} is missing in:\n{}", sent[0]);
        }
        let full = house.case(reference).await;
        let met = full.case.clocks.iter().find(|c| c.duty == Duty::Acknowledge).and_then(|c| c.met);
        assert_eq!(met, Some(START.plus(7 * MINUTE)));
        agrees_with_its_events(&house, &full).await;
    }

    async fn the_same_message_twice_makes_one_whichever_way_it_travelled(house: House) {
        house.opens(&request()).await;
        assert_eq!(house.receives(&request()).await, Read::Already);
        let relayed = format!("Received: from elsewhere\n{}", request());
        assert_eq!(house.receives(&relayed).await, Read::Already);
        house.works().await;
        assert_eq!(house.sent().len(), 1);
        let page = queue::list(&house.app, &house.officer, &queue::QueueFilter::default()).await.expect("the queue");
        assert_eq!(page.rows.len(), 1);
    }

    async fn reading_twice_opens_one_case(house: House) {
        let message = intake::keep(&house.app, PRODUCT, request().as_bytes(), Came::Pipe).await.expect("kept").expect("new");
        let (first, second) = tokio::join!(intake::read(&house.app, message), intake::read(&house.app, message));
        let opened = [first, second].into_iter().filter(|r| matches!(r, Ok(Read::Opened(_)))).count();
        assert_eq!(opened, 1);
    }

    async fn an_answer_goes_to_its_case_and_a_strangers_does_not(house: House) {
        let reference = house.opens(&request()).await;
        verbs::send_reply(&house.app, &house.agent, reference, i64::MAX, "Which account is it?", true).await.expect("sent");
        house.works().await;
        assert_eq!(house.case(reference).await.case.state, State::WaitingRequester);
        let ours = house.sent().iter().find(|m| m.contains("Which account")).and_then(|m| {
            m.lines().find_map(|l| l.strip_prefix("Message-ID: ").map(str::to_owned))
        }).expect("our Message-ID");
        let answer = |from: &str, id: &str| {
            format!("From: {from}\nSubject: Re: hello\nMessage-ID: <{id}>\nIn-Reply-To: {ours}\n\nThe one I write from.\n")
        };
        let stranger = house.receives(&answer("Eve <eve@evil.example>", "e1@evil.example")).await;
        assert_eq!(stranger, Read::Quarantined(Doubt::Stranger));
        assert_eq!(house.receives(&answer("ANNA@mail.example", "a2@mail.example")).await, Read::Appended(reference));
        let full = house.case(reference).await;
        assert_eq!(full.case.state, State::Open);
        agrees_with_its_events(&house, &full).await;
        // the reference in the subject line can be guessed: alone it proves nothing, not even with the right address
        let named = |from: &str, id: &str| mail(from, &format!("about [{reference}]"), id, "One more thing.");
        assert_eq!(house.receives(&named(ANNA, "a3@mail.example")).await, Read::Quarantined(Doubt::Unproven));
        let stranger = house.receives(&named("eve@evil.example", "e2@evil.example")).await;
        assert_eq!(stranger, Read::Quarantined(Doubt::Stranger));
        let full = house.case(reference).await;
        agrees_with_its_events(&house, &full).await;
    }

    async fn automatic_mail_is_never_answered_and_reopens_nothing(house: House) {
        let newsletter = format!("Auto-Submitted: auto-generated\n{}", mail("news@mail.example", "Hello", "n1@mail.example", "News."));
        house.opens(&newsletter).await;
        house.works().await;
        assert!(house.sent().is_empty());
        let reference = house.opens(&request()).await;
        verbs::change_state(&house.app, &house.agent, reference, i64::MAX, State::Resolved, Some(Outcome::Granted), "done").await.expect("resolved");
        let away = format!("Auto-Submitted: auto-replied\nIn-Reply-To: <a1@mail.example>\n{}", mail(ANNA, "Away", "a9@mail.example", "I am away."));
        assert_eq!(house.receives(&away).await, Read::Appended(reference));
        assert_eq!(house.case(reference).await.case.state, State::Resolved);
        let person = format!("In-Reply-To: <a1@mail.example>\n{}", mail(ANNA, "Re: hello", "a10@mail.example", "It is not done."));
        house.receives(&person).await;
        let full = house.case(reference).await;
        assert_eq!((full.case.state, full.case.outcome, full.case.resolved), (State::Open, None, None));
        assert!(full.case.clocks.iter().any(|c| c.duty == Duty::Resolve && c.met.is_none()));
    }

    async fn mail_that_holds_nothing_is_kept_and_listed_with_its_reason(house: House) {
        assert_eq!(house.receives(" \n\n").await, Read::SetAside);
        let mut tx = house.app.db.read().await.expect("a reader");
        let listed = messages::messages_waiting(&mut tx, &crate::domain::rights::Reach::Everywhere, false, i64::MAX, 10).await.expect("a list");
        let reasons: Vec<_> = listed.iter().filter_map(|(m, _)| m.reason.as_deref()).collect();
        assert_eq!(reasons, ["the message is empty"]);
        let raw = raws::message_raw(&mut tx, &house.app.vault, listed[0].0.id).await.expect("it opens").expect("it is there");
        assert_eq!(raw, b" \r\n\r\n");
    }

    async fn mail_that_names_nobody_opens_a_case_that_is_not_answered(house: House) {
        for raw in ["no headers at all\nreally", "Subject: from nobody\n\nhello\n"] {
            assert!(matches!(house.receives(raw).await, Read::Opened(_)), "{raw}");
        }
        house.works().await;
        assert!(house.sent().is_empty());
    }

    async fn a_case_opened_by_hand_is_never_received_in_the_future(house: House) {
        let mut typed = ByHand {
            product: PRODUCT.into(), kind: "minor_data".into(), channel: "phone".into(), received: "2026-11-24T10:01".into(),
            name: "Post Person".into(), address: String::new(), text: "Wants a copy.".into(),
        };
        let refused = by_hand::open_by_hand(&house.app, &house.officer, &typed).await;
        assert!(matches!(refused, Err(Error::Invalid(fields)) if fields.len() == 1 && fields[0].field == "received"));
        typed.received = "2026-11-20T09:30".into();
        let reference = by_hand::open_by_hand(&house.app, &house.officer, &typed).await.expect("opened").reference;
        let full = house.case(reference).await;
        assert_eq!(full.case.received.rfc3339(), "2026-11-20T04:00:00Z");
        house.works().await;
        assert!(house.sent().is_empty(), "nobody to write to");
        verbs::acknowledge_otherwise(&house.app, &house.officer, reference, i64::MAX, "told on the phone").await.expect("recorded");
        let full = house.case(reference).await;
        assert!(full.case.clocks.iter().any(|c| c.duty == Duty::Acknowledge && c.met.is_some()));
        agrees_with_its_events(&house, &full).await;
    }

    async fn two_people_at_once_both_keep_their_words(house: House) {
        let reference = house.opens(&request()).await;
        let seen = house.case(reference).await.case.seq;
        verbs::add_note(&house.app, &house.officer, reference, "I look into it").await.expect("noted");
        let second = verbs::send_reply(&house.app, &house.agent, reference, seen, "Dear Anna", false).await;
        let Err(Error::Conflict { since, seq }) = second else { panic!("the second has to be told: {second:?}") };
        assert!(matches!(&since[..], [entry] if entry.who == "Nisha Rao" && matches!(&entry.what, What::Note { text } if text == "I look into it")));
        verbs::send_reply(&house.app, &house.agent, reference, seq, "Dear Anna", false).await.expect("sent anyway");
        verbs::add_note(&house.app, &house.agent, reference, "mine too").await.expect("notes never collide");
        assert_eq!(notes(&house.case(reference).await), ["I look into it", "mine too"]);
        // the acknowledgement that the system sent meanwhile surprises nobody
        let seen = house.case(reference).await.case.seq;
        house.works().await;
        verbs::assign_case(&house.app, &house.agent, reference, seen, Some(house.agent.id)).await.expect("no conflict");
    }

    async fn states_change_with_reasons_and_outcomes_only(house: House) {
        let reference = house.opens(&request()).await;
        let change = |to, outcome, reason: &'static str| {
            let house = &house;
            async move { verbs::change_state(&house.app, &house.agent, reference, i64::MAX, to, outcome, reason).await }
        };
        let faults = |result| match result {
            Err(Error::Invalid(fields)) => fields.iter().map(|f| f.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(faults(change(State::Resolved, None, " ").await), ["outcome", "reason"]);
        assert_eq!(faults(change(State::Closed, None, "too early").await), ["to"]);
        house.pass(DAY);
        change(State::Resolved, Some(Outcome::Partial), "the rest is kept for tax").await.expect("resolved");
        let full = house.case(reference).await;
        assert_eq!(full.case.outcome, Some(Outcome::Partial));
        assert!(full.case.clocks.iter().all(|c| c.duty != Duty::Resolve || c.met == Some(START.plus(DAY))));
        change(State::Closed, None, "nothing left").await.expect("closed");
        let full = house.case(reference).await;
        assert_eq!((full.case.state, full.case.outcome), (State::Closed, Some(Outcome::Partial)));
        agrees_with_its_events(&house, &full).await;
    }

    async fn the_queue_pages_by_the_binding_clock_and_filters(house: House) {
        for n in 0..120 {
            house.pass(MINUTE);
            let kind = if n % 2 == 0 { "Please delete my account." } else { "Please send me a copy of my data." };
            house.opens(&mail(&format!("Person {n} <p{n}@mail.example>"), "Privacy Request", &format!("q{n}@mail.example"), kind)).await;
        }
        let mut filter = queue::QueueFilter::default();
        let mut seen = Vec::new();
        loop {
            let page = queue::list(&house.app, &house.agent, &filter).await.expect("a page");
            assert_eq!(page.total.n, 120);
            assert_eq!(page.first, i64::try_from(seen.len()).expect("small") + 1);
            seen.extend(page.rows.iter().map(|r| (r.clock.as_ref().map(|c| c.due), r.reference)));
            filter.after = page.next;
            if filter.after.is_none() { break; }
        }
        assert_eq!(seen.len(), 120);
        assert!(seen.windows(2).all(|w| w[0] < w[1]), "sorted, and none twice");
        let count = |filter: queue::QueueFilter| {
            let house = &house;
            async move { queue::list(&house.app, &house.agent, &filter).await.expect("a page").total.n }
        };
        assert_eq!(count(queue::QueueFilter { kind: Some(Kind::Access), ..Default::default() }).await, 60);
        assert_eq!(count(queue::QueueFilter { q: "person 11".into(), ..Default::default() }).await, 11);
        assert_eq!(count(queue::QueueFilter { q: "100%_".into(), ..Default::default() }).await, 0);
        assert_eq!(count(queue::QueueFilter { q: seen[7].1.to_string(), ..Default::default() }).await, 1);
        assert_eq!(count(queue::QueueFilter { view: queue::View::Unacknowledged, ..Default::default() }).await, 120);
        assert_eq!(count(queue::QueueFilter { view: queue::View::Mine, ..Default::default() }).await, 0);
        house.pass(25 * HOUR);
        assert_eq!(count(queue::QueueFilter { view: queue::View::Breached, ..Default::default() }).await, 120);
    }
}
