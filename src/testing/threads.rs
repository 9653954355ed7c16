//! Which case a mail answers, what waits, what staff decide about it, and what comes back: on both engines.

use super::{
    house::{ADDRESS, House, PRODUCT, RELAY, START, mail},
    on_both,
};
use crate::{
    app::{Error, intake::Read, quarantine, verbs},
    domain::{
        case::{Case, Outcome, State},
        clock::Duty,
        event::{Event, Recorded},
        identity::{MessageId, Reference},
        kind::Kind,
        mail::{Doubt, Verdict},
        time::{HOUR, MINUTE},
    },
    store::{cases, events, raws},
};

const ANNA: &str = "Anna Berg <anna@mail.example>";
const EVE: &str = "Eve <eve@evil.example>";

fn request() -> String {
    mail(ANNA, "Privacy Request", "a1@mail.example", "Please delete my account and all my pictures.")
}

/// The first header of this name in the newest mail that holds `needle`.
fn header(house: &House, needle: &str, name: &str) -> String {
    let sent = house.sent();
    let found = sent.iter().find(|mail| mail.contains(needle)).expect("such a mail was sent");
    let unfolded = found.replace("\r\n ", " ").replace("\r\n\t", " ");
    let value = unfolded.lines().find_map(|l| l.strip_prefix(&format!("{name}: ")).map(str::to_owned));
    value.unwrap_or_else(|| panic!("{name} is missing in:\n{found}"))
}

async fn history(house: &House, reference: Reference) -> Vec<Recorded> {
    let mut tx = house.app.db.read().await.expect("a reader");
    events::events_of(&mut tx, reference).await.expect("events")
}

async fn agrees_with_its_events(house: &House, reference: Reference) -> Case {
    let mut folded = Case::fold(reference, PRODUCT, &history(house, reference).await).expect("a sound history");
    folded.clocks.sort_by_key(|c| (c.due, c.duty.code()));
    let mut tx = house.app.db.read().await.expect("a reader");
    let stored = cases::case_get(&mut tx, reference).await.expect("a row").expect("a case");
    assert_eq!(folded, stored);
    stored
}

async fn waiting(house: &House) -> Vec<quarantine::Waiting> {
    quarantine::list(&house.app, &house.officer, false, i64::MAX, 50).await.expect("a list")
}

async fn only_waiting(house: &House) -> MessageId {
    let waiting = waiting(house).await;
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    waiting[0].id
}

fn acknowledged(case: &Case) -> Option<crate::domain::time::Instant> {
    case.clocks.iter().find(|c| c.duty == Duty::Acknowledge).and_then(|c| c.met)
}

/// A report of a mail server about the mail with this Message-ID.
fn report(message_id: &str, to: &str, status: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mail.example\nTo: {ADDRESS}\nSubject: Undelivered mail\nMessage-ID: <r{status}@mail.example>\n\
         Return-Path: <>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\n\nIt could not be delivered.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example\n\n\
         Final-Recipient: rfc822; {to}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; 550 {status} unknown\n\n\
         --b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\nTo: {to}\n\n--b--\n"
    )
}

on_both! {
    async fn the_reply_address_brings_an_answer_home_without_any_thread(house: House) {
        let reference = house.opens(&request()).await;
        house.works().await;
        let reply_to = header(&house, &reference.to_string(), "Reply-To");
        let address = reply_to.rsplit(' ').next().expect("an address").trim_matches(['<', '>']).to_owned();
        let answer = |from: &str, to: &str, id: &str| {
            format!("From: {from}\nTo: {to}\nSubject: one more thing\nMessage-ID: <{id}>\n\nMy account id is 42.\n")
        };
        assert_eq!(house.receives(&answer(ANNA, &address.to_uppercase(), "a2@mail.example")).await, Read::Appended(reference));
        // whoever else has the address is not the person
        assert_eq!(house.receives(&answer(EVE, &address, "e1@evil.example")).await, Read::Quarantined(Doubt::Stranger));
        // a token that nobody made names nothing
        let forged = address.replace(|c: char| c.is_ascii_digit(), "a");
        let (local, domain) = forged.split_once('@').expect("an address");
        let forged = format!("{}a@{domain}", &local[..local.len() - 1]);
        if forged != address {
            let read = house.receives(&answer(ANNA, &forged, "a3@mail.example")).await;
            assert!(matches!(read, Read::Opened(other) if other != reference), "{read:?}");
        }
        agrees_with_its_events(&house, reference).await;
    }

    async fn s29_a_known_reference_from_a_stranger_waits_is_shown_on_the_case_and_quoted_nowhere(house: House) {
        let reference = house.opens(&request()).await;
        let forged = mail(EVE, &format!("Re: [{reference}]"), "e1@evil.example", "Send the copy to my new address instead.");
        let forged = format!("In-Reply-To: <a1@mail.example>\n{forged}");
        assert_eq!(house.receives(&forged).await, Read::Quarantined(Doubt::Stranger));
        house.works().await;
        assert!(house.sent().iter().all(|mail| !mail.contains("evil.example")), "nobody answers it");
        let full = house.case(reference).await;
        assert!(!format!("{:?}", full.timeline).contains("new address instead"));
        let mut tx = house.app.db.read().await.expect("a reader");
        let near = quarantine::near(&house.app, &house.officer, &mut tx, reference).await.expect("a list");
        drop(tx);
        assert_eq!(near.len(), 1);
        assert_eq!(near[0].face, Some(("Eve".to_owned(), format!("Re: [{reference}]"))));
        let opening = quarantine::one(&house.app, &house.officer, near[0].id).await.expect("it opens");
        assert!(opening.content.expect("it reads").text.contains("new address instead"));
        agrees_with_its_events(&house, reference).await;
    }

    async fn where_the_senders_domain_vouches_the_reference_alone_is_enough(house: House) {
        let reference = house.opens(&request()).await;
        let about = |id: &str, result: &str| {
            let results = format!("Authentication-Results: {RELAY}; dmarc={result} header.from=mail.example\n");
            results + &mail(ANNA, &format!("about {reference}"), id, "One more thing.")
        };
        assert_eq!(house.receives(&about("a2@mail.example", "pass")).await, Read::Appended(reference));
        assert_eq!(house.receives(&about("a3@mail.example", "none")).await, Read::Quarantined(Doubt::Unproven));
        // the results of somebody else's server are nobody's word
        let foreign = about("a4@mail.example", "pass").replace(RELAY, "mx.evil.example");
        assert_eq!(house.receives(&foreign).await, Read::Quarantined(Doubt::Unproven));
        // where the domain says that it was somebody else, not even the thread helps
        let forged = format!("In-Reply-To: <a1@mail.example>\n{}", about("a5@mail.example", "fail"));
        assert_eq!(house.receives(&forged).await, Read::Quarantined(Doubt::Unproven));
    }

    async fn a_failing_dmarc_is_kept_on_the_case_and_blocks_verification_by_mail(house: House) {
        let forged = format!("Authentication-Results: {RELAY}; spf=fail; dmarc=fail (p=reject) header.from=mail.example\n{}", request());
        let reference = house.opens(&forged).await;
        let case = agrees_with_its_events(&house, reference).await;
        assert!(case.doubtful);
        let asked = verbs::ask_verification(&house.app, &house.agent, reference, i64::MAX, &[]).await;
        let Err(Error::Invalid(fields)) = asked else { panic!("it has to be refused: {asked:?}") };
        assert!(fields.iter().any(|f| f.says.contains("another way")), "{fields:?}");
        let received = history(&house, reference).await;
        assert!(received.iter().any(|r| matches!(r.event, Event::MessageReceived { dmarc: Verdict::Fail, .. })));
    }

    async fn too_many_mails_of_one_sender_wait_and_none_is_lost(house: House) {
        let most = usize::try_from(house.app.settings.mail.per_sender).expect("a count");
        for n in 0..most {
            house.opens(&mail(EVE, &format!("hello {n}"), &format!("e{n}@evil.example"), "a question")).await;
        }
        let more = mail(EVE, "hello again", "more@evil.example", "a question");
        assert_eq!(house.receives(&more).await, Read::Quarantined(Doubt::Many));
        house.opens(&request()).await;
        house.pass(HOUR + MINUTE);
        house.opens(&mail(EVE, "later", "later@evil.example", "a question")).await;
        let id = only_waiting(&house).await;
        let reference = quarantine::release(&house.app, &house.officer, id).await.expect("released");
        let case = agrees_with_its_events(&house, reference).await;
        assert_eq!((case.received, case.state), (START, State::New), "its clocks count from the moment it reached us");
        assert!(waiting(&house).await.is_empty());
    }

    async fn staff_decide_about_mail_that_waits_once(house: House) {
        let reference = house.opens(&request()).await;
        let named = mail(ANNA, &format!("about {reference}"), "a2@mail.example", "One more thing.");
        house.receives(&named).await;
        let id = only_waiting(&house).await;
        let wrong = quarantine::attach(&house.app, &house.officer, id, "R-99999").await;
        assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
        let refused = quarantine::discard(&house.app, &house.officer, id, " ").await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        quarantine::discard(&house.app, &house.officer, id, "looks forged").await.expect("discarded");
        assert!(waiting(&house).await.is_empty());
        let discarded = quarantine::list(&house.app, &house.officer, true, i64::MAX, 10).await.expect("a list");
        assert_eq!(discarded.iter().map(|w| w.why.as_str()).collect::<Vec<_>>(), ["looks forged"]);
        quarantine::put_back(&house.app, &house.officer, id).await.expect("put back");
        assert_eq!(quarantine::attach(&house.app, &house.officer, id, &reference.to_string()).await.expect("attached"), reference);
        let again = quarantine::attach(&house.app, &house.officer, id, &reference.to_string()).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
        // whose form comes late is told so, and not that there is no such mail
        let token = crate::testing::people::minted(&house, house.officer.id).await;
        let mut browser = crate::testing::browser::Browser::with(house.app.clone(), &token);
        for fields in [[("do", "release"), ("reason", "")], [("do", "discard"), ("reason", "")], [("do", "put_back"), ("reason", "")]] {
            let late = browser.post(&format!("/mail/in/{}", id.0), &fields).await;
            assert_eq!(late.header("location"), "/mail?tab=waiting&done=already", "{fields:?}: {}", late.body);
        }
        assert!(browser.get("/mail?tab=waiting&done=already").await.body.contains("it is so already"));
        let none = browser.post("/mail/in/99999", &[("do", "release")]).await;
        assert_eq!(none.status, axum::http::StatusCode::NOT_FOUND);
        assert!(format!("{:?}", house.case(reference).await.timeline).contains("One more thing."));
        agrees_with_its_events(&house, reference).await;
    }

    async fn what_points_at_a_restricted_case_waits_behind_the_wall(house: House) {
        let report = mail(ANNA, "report", "a1@mail.example", "This is a report about child safety, item 4471.");
        let reference = house.opens(&report).await;
        let named = mail(EVE, &format!("about {reference}"), "e1@evil.example", "What became of it?");
        assert_eq!(house.receives(&named).await, Read::Quarantined(Doubt::Stranger));
        let seen = quarantine::list(&house.app, &house.agent, false, i64::MAX, 10).await.expect("a list");
        assert_eq!((seen[0].near, seen[0].face.clone(), seen[0].walled), (None, None, true));
        assert_eq!(quarantine::one(&house.app, &house.agent, seen[0].id).await.expect("a page").content, None);
        let refused = quarantine::release(&house.app, &house.agent, seen[0].id).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        let released = quarantine::release(&house.app, &house.officer, seen[0].id).await.expect("released");
        assert!(agrees_with_its_events(&house, released).await.is_restricted());
    }

    async fn a_bounced_acknowledgement_unmeets_its_clock_and_another_way_meets_it(house: House) {
        let reference = house.opens(&request()).await;
        house.works().await;
        assert!(acknowledged(&house.case(reference).await.case).is_some());
        let message_id = header(&house, &reference.to_string(), "Message-ID");
        house.pass(HOUR);
        let read = house.receives(&report(&message_id, "anna@mail.example", "5.1.1")).await;
        assert_eq!(read, Read::Appended(reference));
        let case = agrees_with_its_events(&house, reference).await;
        assert_eq!(acknowledged(&case), None);
        let bounced = history(&house, reference).await;
        assert!(bounced.iter().any(|r| matches!(&r.event, Event::MailBounced { hard: true, status, .. } if status == "status 5.1.1")));
        // the same report once more changes nothing
        house.receives(&report(&message_id, "anna@mail.example", "5.1.1").replace("r5.1.1@", "again@")).await;
        let count = history(&house, reference).await.iter().filter(|r| matches!(r.event, Event::MailBounced { .. })).count();
        assert_eq!(count, 1);
        verbs::acknowledge_otherwise(&house.app, &house.agent, reference, i64::MAX, "told on the phone").await.expect("told");
        let case = agrees_with_its_events(&house, reference).await;
        assert_eq!(acknowledged(&case), Some(START.plus(HOUR)));
    }

    async fn a_report_that_names_no_mail_of_ours_changes_no_clock(house: House) {
        let reference = house.opens(&request()).await;
        house.works().await;
        let read = house.receives(&report("<nobody-knows@this.example>", "anna@mail.example", "5.1.1")).await;
        assert_eq!(read, Read::Quarantined(Doubt::Unproven));
        assert!(acknowledged(&agrees_with_its_events(&house, reference).await).is_some());
    }

    async fn mail_beyond_the_limits_makes_a_case_that_says_so_and_its_sender_is_told_once(house: House) {
        let big = mail(ANNA, "Privacy Request", "big@mail.example", &"x".repeat(house.app.settings.max_message));
        let reference = house.opens(&big).await;
        let full = house.case(reference).await;
        assert_eq!(full.requester, "Anna Berg");
        assert!(format!("{:?}", full.timeline).contains("was not opened"), "{:?}", full.timeline);
        assert!(!format!("{:?}", full.timeline).contains("xxxxxxxxxx"));
        house.works().await;
        let told: Vec<_> = house.sent().into_iter().filter(|mail| mail.contains("could not open")).collect();
        assert_eq!(told.len(), 1);
    }

    async fn an_address_that_is_there_for_one_kind_decides_and_says_so(house: House) {
        let raw = mail(ANNA, "hello", "a1@mail.example", "I do not agree with your answer.").replace(ADDRESS, "Grievance@imagegen.example");
        let reference = house.opens(&raw).await;
        let opened = history(&house, reference).await;
        let Event::CaseOpened { kind, rule, .. } = &opened[0].event else { panic!("a case opens first") };
        assert_eq!((*kind, rule.as_str()), (Kind::Grievance, "address grievance@imagegen.example"));
    }

    async fn merged_cases_are_followed_and_never_in_a_ring(house: House) {
        let first = house.opens(&request()).await;
        house.pass(HOUR);
        let second = house.opens(&mail(ANNA, "Privacy Request", "a2@mail.example", "Please delete my account.")).await;
        let merge = async |from, into: Reference| verbs::merge_case(&house.app, &house.officer, from, i64::MAX, &into.to_string(), "asked twice").await;
        let backwards = merge(first, second).await;
        assert!(matches!(backwards, Err(Error::Invalid(_))), "the later goes into the earlier: {backwards:?}");
        merge(second, first).await.expect("merged");
        let case = agrees_with_its_events(&house, second).await;
        assert_eq!((case.state, case.outcome, case.merged), (State::Resolved, Some(Outcome::Duplicate), Some(first)));
        let answer = format!("In-Reply-To: <a2@mail.example>\n{}", mail(ANNA, "Re: hello", "a3@mail.example", "My id is 42."));
        assert_eq!(house.receives(&answer).await, Read::Appended(first));
        let ring = merge(first, second).await;
        assert!(matches!(ring, Err(Error::Invalid(_))), "{ring:?}");
        assert_eq!(agrees_with_its_events(&house, second).await.state, State::Resolved);
        agrees_with_its_events(&house, first).await;
    }
}

/// A mail with a file.
fn with_file(id: &str, text: &str) -> String {
    format!(
        "From: {ANNA}\nTo: {ADDRESS}\nSubject: report\nMessage-ID: <{id}>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\n\n{text}\n--b\nContent-Type: application/octet-stream; name=\"item.bin\"\nContent-Transfer-Encoding: base64\n\nc3ludGhldGlj\n--b--\n"
    )
}

on_both! {
    async fn what_came_with_a_restricted_case_goes_once_it_is_confirmed_and_leaves_name_size_and_digest(house: House) {
        let reference = house.opens(&with_file("a1@mail.example", "This is a report about child safety, item 4471.")).await;
        let raw = async |id: i64| {
            let mut tx = house.app.db.read().await.expect("a reader");
            raws::message_raw(&mut tx, &house.app.vault, MessageId(id)).await.expect("it opens")
        };
        assert!(raw(1).await.is_some());
        let refused = verbs::confirm_restriction(&house.app, &house.agent, reference, i64::MAX, "sure").await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        verbs::confirm_restriction(&house.app, &house.officer, reference, i64::MAX, "the location was checked").await.expect("confirmed");
        house.works().await;
        assert_eq!(raw(1).await, None);
        let full = house.case(reference).await;
        let shown = format!("{:?}", full.timeline);
        assert!(shown.contains("item 4471") && shown.contains("item.bin") && !shown.contains("c3ludGhldGlj"), "{shown}");
        let told: Vec<_> = house.sent().into_iter().filter(|mail| mail.contains("do not send")).collect();
        assert!(!told.is_empty(), "the person is asked to send nothing of the sort");
        // what comes later goes too, and reading the same mail again brings nothing back
        let later = format!("In-Reply-To: <a1@mail.example>\n{}", with_file("a2@mail.example", "One more thing."));
        assert_eq!(house.receives(&later).await, Read::Appended(reference));
        house.works().await;
        assert_eq!(raw(2).await, None);
        assert_eq!(house.receives(&later).await, Read::Already);
        let disposed = history(&house, reference).await.iter().filter(|r| matches!(r.event, Event::MaterialDisposed { .. })).count();
        assert_eq!(disposed, 2);
        crate::app::material::dispose(&house.app, MessageId(1)).await.expect("it may run twice");
        assert_eq!(history(&house, reference).await.iter().filter(|r| matches!(r.event, Event::MaterialDisposed { .. })).count(), 2);
        let case = agrees_with_its_events(&house, reference).await;
        assert!(case.confirmed);
    }

    async fn mail_that_waits_moves_behind_the_wall_with_the_case_it_points_at(house: House) {
        let reference = house.opens(&request()).await;
        house.receives(&mail(EVE, &format!("about {reference}"), "e1@evil.example", "something I saw")).await;
        let seen = async |actor| quarantine::list(&house.app, actor, false, i64::MAX, 10).await.expect("a list").remove(0);
        assert!(seen(&house.agent).await.face.is_some());
        verbs::classify_case(&house.app, &house.officer, reference, i64::MAX, Kind::ContentCsam, "a report").await.expect("classified");
        let hidden = seen(&house.agent).await;
        assert_eq!((hidden.face, hidden.near, hidden.walled), (None, None, true));
    }

    async fn too_many_answers_on_a_restricted_case_wait_behind_the_wall(house: House) {
        let report = mail(ANNA, "report", "a1@mail.example", "This is a report about child safety, item 4471.");
        let reference = house.opens(&report).await;
        let answer = |n: usize| {
            format!("In-Reply-To: <a1@mail.example>\n{}", mail(ANNA, "Re: report", &format!("b{n}@mail.example"), "One more word."))
        };
        let most = usize::try_from(house.app.settings.mail.per_sender).expect("a count");
        for n in 1..most {
            assert_eq!(house.receives(&answer(n)).await, Read::Appended(reference));
        }
        assert_eq!(house.receives(&answer(most)).await, Read::Quarantined(Doubt::Many));
        let waiting = quarantine::list(&house.app, &house.agent, false, i64::MAX, 10).await.expect("a list");
        assert_eq!((waiting[0].face.clone(), waiting[0].walled), (None, true));
        assert_eq!(quarantine::one(&house.app, &house.agent, waiting[0].id).await.expect("a page").content, None);
    }

    async fn what_nobody_could_read_stays_sealed_whatever_becomes_of_it(house: House) {
        assert_eq!(house.receives(" \n\n").await, Read::SetAside);
        let id = waiting(&house).await[0].id;
        quarantine::discard(&house.app, &house.officer, id, "it is empty").await.expect("discarded");
        quarantine::put_back(&house.app, &house.officer, id).await.expect("put back");
        assert_eq!(quarantine::one(&house.app, &house.agent, id).await.expect("a page").content, None);
        assert!(quarantine::one(&house.app, &house.officer, id).await.expect("a page").content.is_some());
    }
}
