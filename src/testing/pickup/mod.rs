//! People without an address: their case's page opens with the code and PIN they were handed, shows our letters and takes
//! theirs, and tells nobody else anything.

mod door;

use super::{
    generation::world::{On, World},
    house::House,
    on_both, retention,
};
use crate::{
    app::{
        Error,
        by_hand::{self, ByHand, Opened},
        case_page::What,
        exports,
        pickup::{self, Access, Client, Key, Refused, Standing},
        runs::{self, Approval, Closing, Refusal},
        verbs,
    },
    cli::demo::company::IMGUS,
    domain::{
        case::{Outcome, State},
        clock::Duty,
        event::Event,
        identity::{Identity, Reference},
    },
    store::{Db, events, sql},
};
use std::collections::HashMap;

const DEVICE: &str = "igus-7f3a-91c2-04be";
const HERE: Client<'_> = Client("192.0.2.7");

/// The house over the database of an app without accounts.
async fn over_imgus(house: House) -> (House, World) {
    let world = World::empty(On::Sqlite).await;
    IMGUS.found(&world.url, &world.files()).await.expect("it is founded");
    let sources = HashMap::from([(IMGUS.product.to_owned(), world.source(IMGUS.map))]);
    (house.with_sources(sources), world)
}

/// Somebody asks in the app; an officer writes it down.
async fn asks(house: &House, kind: &str, text: &str) -> (Reference, Access) {
    let typed = ByHand {
        product: IMGUS.product.into(),
        kind: kind.into(),
        channel: "form".into(),
        received: "2026-11-24T04:00".into(),
        text: text.into(),
        ..ByHand::default()
    };
    let opened = by_hand::open_by_hand(&house.app, &house.officer, &typed).await.expect("it is opened");
    let Opened { reference, access: Some(access) } = opened else { panic!("nothing to hand over") };
    (reference, access)
}

fn key(access: &Access) -> Key<'_> {
    Key { code: access.code.as_deref().unwrap_or_default(), pin: &access.pin }
}

async fn opened(house: &House, access: &Access) -> Standing {
    pickup::page_of(&house.app, HERE, key(access)).await.unwrap_or_else(|refused| panic!("{refused:?}"))
}

async fn is_wrong(house: &House, code: &str, pin: &str) -> bool {
    matches!(pickup::page_of(&house.app, HERE, Key { code, pin }).await, Err(Refused::Wrong))
}

async fn events_of(house: &House, reference: Reference) -> Vec<Event> {
    let mut tx = house.app.db.read().await.expect("a reader");
    events::events_of(&mut tx, reference).await.expect("events").into_iter().map(|recorded| recorded.event).collect()
}

async fn verified(house: &House, reference: Reference) {
    let who = [Identity { kind: "device".to_owned(), value: DEVICE.to_uppercase() }];
    verbs::verify_by_staff(&house.app, &house.agent, reference, i64::MAX, &who, "The app shows this number.")
        .await
        .expect("verified");
}

/// Ends every wait, whichever clock counts it.
async fn waits_over(house: &House) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    sql("UPDATE throttles SET blocked_until = 0").run(&mut tx).await.expect("they end");
    tx.commit().await.expect("it is kept");
}

on_both! {
    async fn what_a_mail_would_have_carried_is_read_on_the_page(house: House) {
        let (house, _world) = over_imgus(house).await;
        let (reference, access) = asks(&house, "erasure", "Please delete everything.").await;
        let full = house.case(reference).await;
        assert!(full.on_page && full.can_be_answered() && full.address.is_none());
        assert!(full.case.clocks.iter().any(|c| c.duty == Duty::Acknowledge && c.met.is_some()), "it can be read there");
        let kept = |what: &What| matches!(what, What::LetterKept { purpose: "Acknowledgement", text, .. } if text.contains(&reference.to_string()));
        assert!(full.timeline.iter().any(|entry| kept(&entry.what)), "{:?}", full.timeline);

        let page = opened(&house, &access).await;
        assert_eq!((page.reference.as_deref(), page.letters.len(), page.may_write), (Some(reference.to_string().as_str()), 1, true));
        assert!(page.says.contains("Nobody has begun"), "{}", page.says);
        assert!(page.dates.is_empty(), "what we aim at is no promise");
        verbs::set_jurisdiction(&house.app, &house.agent, reference, i64::MAX, "GB").await.expect("placed");
        assert_eq!(opened(&house, &access).await.dates.len(), 1, "the law is one");

        verbs::send_reply(&house.app, &house.agent, reference, i64::MAX, "Which device is it?", true).await.expect("kept");
        let page = opened(&house, &access).await;
        assert!(page.says.contains("your answer") && page.letters[1].text.contains("Which device is it?"), "{page:?}");
        let page = pickup::write_to_case(&house.app, HERE, key(&access), " It is mine.\n").await.expect("written");
        assert_eq!((page.letters[2].theirs, page.letters[2].text.as_str()), (true, "It is mine."));
        let page = pickup::write_to_case(&house.app, HERE, key(&access), "My card is 4111 1111 1111 1111, of 11/30.").await.expect("written");
        let said = &page.letters[3].text;
        assert!(said.starts_with("My card is") && !said.contains("4111 1111 1111"), "{said}");
        let full = house.case(reference).await;
        assert_eq!(full.case.state, State::Open, "it is ours again");
        assert!(full.timeline.iter().any(|e| matches!(&e.what, What::Statement { channel: None, text } if text == "It is mine.")));
        let late = verbs::send_reply(&house.app, &house.agent, reference, full.case.seq - 2, "Again", false).await;
        assert!(matches!(late, Err(Error::Conflict { .. })), "who did not see the message is told: {late:?}");

        verified(&house, reference).await;
        let run = runs::plan_run(&house.app, &house.agent, reference, i64::MAX, &runs::Chosen::default()).await.expect("planned");
        let plan = runs::load_run(&house.app, &house.officer, run).await.expect("a page").plan;
        let approval = Approval { typed: reference.to_string(), scope_hash: plan.scope_hash, accepted: plan.warnings.len() };
        runs::approve_run(&house.app, &house.officer, run, &approval).await.expect("approved");
        house.works().await;
        let proposed = house.case(reference).await.closing.expect("a letter");
        assert!(proposed.text.contains("imgus app"), "{}", proposed.text);
        runs::close_with_letter(&house.app, &house.agent, reference, i64::MAX, &proposed).await.expect("closed");
        let page = opened(&house, &access).await;
        assert_eq!(page.says, "It is done.");
        assert!(page.letters.last().is_some_and(|letter| letter.text.contains(&run.to_string())), "{page:?}");
        // a word of thanks opens it again, as a mail would
        pickup::write_to_case(&house.app, HERE, key(&access), "Thank you.").await.expect("written");
        assert_eq!(house.case(reference).await.case.state, State::Open);
        house.works().await;
        assert!(house.sent().is_empty(), "no mail ever left");
        let mut tx = house.app.db.read().await.expect("a reader");
        assert_eq!(sql("SELECT COUNT(*) FROM mails").one::<(i64,)>(&mut tx).await.expect("a number").0, 0);
    }

    async fn a_copy_is_fetched_with_a_code_of_its_own(house: House) {
        let (house, _world) = over_imgus(house).await;
        let (reference, access) = asks(&house, "access", "Please send me what you keep.").await;
        assert!(matches!(pickup::new_copy_code(&house.app, HERE, key(&access)).await, Err(Refused::Other(Error::NotFound))));
        verified(&house, reference).await;
        let run = runs::plan_run(&house.app, &house.agent, reference, i64::MAX, &runs::Chosen::default()).await.expect("planned");
        house.works().await;
        assert!(opened(&house, &access).await.copy.is_none(), "nobody looked at it yet");
        exports::release_export(&house.app, &house.officer, run).await.expect("released");
        let page = opened(&house, &access).await;
        let copy = page.copy.expect("a copy");
        assert!(copy.works && page.letters.last().is_some_and(|letter| letter.text.contains(&copy.link)), "{:?}", page.letters);
        let token = copy.link.rsplit('/').next().expect("a token");
        let offer = exports::offer_of(&house.app, token).await.expect("it looks").expect("it counts");
        assert!(!offer.by_mail);
        assert!(exports::ask_code(&house.app, token).await.is_err(), "there is nowhere to mail to");
        let first = pickup::new_copy_code(&house.app, HERE, key(&access)).await.expect("a code");
        house.pass(1_000);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let second = pickup::new_copy_code(&house.app, HERE, key(&access)).await.expect("a code");
        assert!(exports::fetch_package(&house.app, token, &first.shown(), (1, false)).await.is_err(), "the old one ended");
        assert!(exports::fetch_package(&house.app, token, &access.pin, (1, false)).await.is_err(), "a PIN is no code");
        exports::fetch_package(&house.app, token, &second.shown(), (1, false)).await.expect("it opens");
        let shown = events_of(&house, reference).await.into_iter().filter(|e| matches!(e, Event::ExportCodeShown { .. })).count();
        assert_eq!((shown, house.sent().len()), (2, 0));
    }

    async fn staff_make_a_new_pin_and_the_old_one_ends(house: House) {
        let (reference, first) = asks(&house, "erasure", "Please delete everything.").await;
        let code = first.code.clone().expect("a code");
        assert!(!is_wrong(&house, &code.to_lowercase().replace('-', " "), &first.pin).await, "however it is typed");
        let late = pickup::renew_page(&house.app, &house.agent, reference, 1, false).await;
        assert!(matches!(late, Err(Error::Conflict { .. })), "others did something since: {late:?}");
        let second = pickup::renew_page(&house.app, &house.agent, reference, i64::MAX, false).await.expect("a PIN");
        assert_eq!(second.code, None);
        assert!(is_wrong(&house, &code, &first.pin).await && !is_wrong(&house, &code, &second.pin).await);
        let third = pickup::renew_page(&house.app, &house.officer, reference, i64::MAX, true).await.expect("both");
        let new_code = third.code.clone().expect("a code");
        assert!(is_wrong(&house, &code, &third.pin).await && is_wrong(&house, &code, &second.pin).await);
        assert!(!is_wrong(&house, &new_code, &third.pin).await);
        let renewed: Vec<_> = events_of(&house, reference).await.into_iter().filter(|e| matches!(e, Event::PageRenewed { .. })).collect();
        assert_eq!(renewed, [Event::PageRenewed { code: false }, Event::PageRenewed { code: true }]);
        let mut tx = house.app.db.read().await.expect("a reader");
        let audited = sql("SELECT COUNT(*) FROM audit WHERE action = 'page_renewed'").one::<(i64,)>(&mut tx).await;
        assert_eq!(audited.expect("a number").0, 2);
        // by mail nobody needs a page
        let mailed = house.opens(&crate::testing::house::mail("A <a@mail.example>", "Privacy Request", "p1@mail.example", "Delete my data.")).await;
        assert!(!house.case(mailed).await.has_page);
        assert!(matches!(pickup::renew_page(&house.app, &house.agent, mailed, i64::MAX, true).await, Err(Error::Invalid(_))));
    }

    async fn neither_code_nor_pin_is_anywhere(house: House) {
        let (reference, access) = asks(&house, "erasure", "Please delete everything.").await;
        pickup::write_to_case(&house.app, HERE, key(&access), "Hello").await.expect("written");
        let code = access.code.clone().expect("a code");
        let dump = everything(&house.app.db).await;
        assert!(dump.contains("pickups") && dump.contains("page_given"), "the dump says something");
        for secret in [code.as_str(), &code.replace('-', ""), &access.pin] {
            assert!(!dump.contains(secret), "{secret} is in the database");
        }
        assert!(!format!("{:?} {:?}", house.case(reference).await, access).contains(&code));
    }

    async fn a_restricted_case_says_only_where_it_stands(house: House) {
        let (reference, access) = asks(&house, "minor_data", "About somebody under 18.").await;
        let full = house.case(reference).await;
        assert!(full.has_page && !full.on_page && !full.can_be_answered());
        assert!(full.case.clocks.iter().all(|c| c.duty != Duty::Acknowledge || c.met.is_none()), "nothing can be read there");
        let page = opened(&house, &access).await;
        assert_eq!((page.says, page.may_write), ("We have it, and work on it.", false));
        assert_eq!((page.reference, page.letters.len(), page.dates.len()), (None, 0, 0));
        let page = pickup::write_to_case(&house.app, HERE, key(&access), "More words").await.expect("the same page");
        assert_eq!(page.letters, []);
        // from a page that was open before: nothing that arrives is lost
        let theirs = |what: &What| matches!(what, What::Statement { channel: None, text } if text == "More words");
        assert!(house.case(reference).await.timeline.iter().any(|entry| theirs(&entry.what)));
        let walled = crate::app::case_page::load(&house.app, &house.agent, reference, runs::Letter::Proposed).await;
        assert!(matches!(walled, Ok(crate::app::case_page::CasePage::Walled(_))));
        let refused = verbs::send_reply(&house.app, &house.officer, reference, i64::MAX, "Dear you", false).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "there is nowhere to put it: {refused:?}");
        let (outcome, basis) = (Some(Outcome::Refused), Some(Refusal::Unidentified));
        let closing = Closing { outcome, basis, text: "No.".into() };
        assert!(runs::close_with_letter(&house.app, &house.officer, reference, i64::MAX, &closing).await.is_err());
        assert_eq!(events_of(&house, reference).await.iter().filter(|e| matches!(e, Event::LetterKept { .. })).count(), 0);
    }

    async fn messages_are_bounded_and_the_same_words_count_once(house: House) {
        let (reference, access) = asks(&house, "erasure", "Please delete everything.").await;
        let says = async |text: &str| pickup::write_to_case(&house.app, HERE, key(&access), text).await;
        for wrong in ["", "  \n ", "\0\0", &"x".repeat(pickup::LONGEST + 1)] {
            assert!(matches!(says(wrong).await, Err(Refused::Other(Error::Invalid(_)))), "{}", wrong.len());
        }
        for n in [1, 1, 2, 2, 2] {
            says(&format!("<b>message</b> {n} \u{202e}é")).await.expect("written");
        }
        let theirs = |page: &Standing| page.letters.iter().filter(|letter| letter.theirs).count();
        assert_eq!(theirs(&opened(&house, &access).await), 2);
        for n in 3..=20 {
            says(&format!("message {n}")).await.expect("written");
        }
        assert!(matches!(says("one too many").await, Err(Refused::Other(Error::Invalid(_)))));
        assert_eq!(house.case(reference).await.timeline.iter().filter(|e| matches!(e.what, What::Statement { channel: None, .. })).count(), 20);
        house.pass(crate::domain::time::DAY);
        says("tomorrow").await.expect("written");
    }

    async fn a_page_does_not_lead_into_a_case_that_is_erased(house: House) {
        let (first, _) = asks(&house, "erasure", "Delete it.").await;
        let (second, access) = asks(&house, "erasure", "Delete it, I said.").await;
        verbs::merge_case(&house.app, &house.officer, second, i64::MAX, &first.to_string(), "asked twice").await.expect("merged");
        opened(&house, &access).await;
        retention::ends(&house, first).await;
        let seq = house.case(first).await.case.seq;
        let written = pickup::write_to_case(&house.app, HERE, key(&access), "And now?").await;
        assert!(matches!(written, Err(Refused::Wrong)), "{written:?}");
        assert_eq!(house.case(first).await.case.seq, seq, "nothing is written there, and it stays closed");
    }

    async fn guessing_is_slowed_for_a_while_and_never_for_good(house: House) {
        let (_, access) = asks(&house, "erasure", "Please delete everything.").await;
        let code = access.code.clone().expect("a code");
        for code in [code.as_str(), "ZZZZ-ZZZZ"] {
            for n in 0..6 {
                assert!(is_wrong(&house, code, "not it").await, "try {n}");
            }
            let busy = pickup::page_of(&house.app, HERE, Key { code, pin: &access.pin }).await;
            assert!(matches!(busy, Err(Refused::Busy(1..=2))), "a code that is not there waits as well: {busy:?}");
        }
        waits_over(&house).await;
        assert!(!is_wrong(&house, &code, &access.pin).await, "it opens again");
        // many at once are no way around it
        let guesses = (0..40).map(|n| {
            let (app, code) = (house.app.clone(), code.clone());
            tokio::spawn(async move { pickup::page_of(&app, Client("203.0.113.9"), Key { code: &code, pin: &format!("{n:06}") }).await.is_err_and(|r| matches!(r, Refused::Wrong)) })
        });
        let mut tried = 0;
        for guess in guesses.collect::<Vec<_>>() {
            tried += usize::from(guess.await.expect("it ends"));
        }
        assert!((1..=6).contains(&tried), "{tried} of forty were looked at");
        waits_over(&house).await;
        // one place that tries many codes is slowed too, others are not
        let mut looked = 0;
        for n in 0..60 {
            let code = format!("AAAA-{:04}", 2222 + n);
            // a page of one's own in between buys nothing
            let own = pickup::page_of(&house.app, Client("203.0.113.77"), key(&access)).await;
            assert!(matches!(own, Ok(_) | Err(Refused::Busy(_))));
            looked += usize::from(matches!(pickup::page_of(&house.app, Client("203.0.113.77"), Key { code: &code, pin: "000000" }).await, Err(Refused::Wrong)));
        }
        assert!((20..40).contains(&looked), "{looked} of sixty were looked at");
        assert!(!is_wrong(&house, &code, &access.pin).await);
    }
}

/// What the database has of cases outside what is sealed, as text.
async fn everything(db: &Db) -> String {
    let mut tx = db.read().await.expect("a reader");
    let mut dump = String::new();
    for rows in [
        sql("SELECT 'pickups ' || case_id FROM pickups"),
        sql("SELECT name || ' ' || data FROM events"),
        sql("SELECT action || ' ' || object FROM audit"),
        sql("SELECT who || ' ' || about || ' ' || address FROM case_faces"),
    ] {
        let rows = rows.all::<(String,)>(&mut tx).await.expect("rows");
        dump.extend(rows.into_iter().map(|(row,)| row + "\n"));
    }
    dump
}
