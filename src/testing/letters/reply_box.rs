//! The reply box's verbs: a letter is begun, changed and sent, and what it asks for or decides happens in the same act.

use crate::{
    app::{
        Error,
        letters::{self, Begun, Letter},
        verbs::{self, Answer},
    },
    domain::{
        case::{Outcome, State},
        clock::fact::Fact,
        identity::Reference,
        language::Language,
        rights::Actor,
        time::{DAY, HOUR},
    },
    testing::{
        house::{House, mail},
        on_both,
    },
};

const ANNA: &str = "Anna Berg <anna@mail.example>";
const GERMAN: &str = "Bitte löschen Sie mein Konto und alle Bilder, die ich damit jemals erstellt habe. Danke.";

fn grievance() -> String {
    mail(ANNA, "Grievance", "g1@mail.example", "I want to complain about how my request was handled by you last month.")
}

fn erasure(text: &str) -> String {
    mail(ANNA, "Privacy Request", "a1@mail.example", text)
}

async fn begins(house: &House, by: &Actor, case: Reference, letter: Letter, typed: &str) -> Result<String, Error> {
    let begun = Begun { letter, language: Language::En, reason: "", typed, recorded: None };
    letters::begin(&house.app, by, case, &begun).await
}

async fn sends(house: &House, case: Reference, letter: Letter, reason: &str, text: &str) -> Result<(), Error> {
    let answer = Answer { letter, language: Language::En, reason, text, wait: false };
    verbs::send_letter(&house.app, &house.officer, case, i64::MAX, &answer).await
}

/// The field that is wrong, and what is said of it.
fn wrong(outcome: Result<(), Error>) -> (&'static str, String) {
    match outcome {
        Err(Error::Invalid(fields)) => (fields[0].field, fields[0].says.clone()),
        other => panic!("it was not refused: {other:?}"),
    }
}

on_both! {
    async fn a_letter_is_put_in_front_of_what_was_typed_and_kept_as_the_draft(house: House) {
        let case = house.opens(&grievance()).await;
        let text = begins(&house, &house.officer, case, Letter::Clarification, "My own words.").await.expect("begun");
        assert!(text.starts_with("Dear Anna Berg,") && text.ends_with("\n\nMy own words."), "{text}");
        assert_eq!(house.case(case).await.draft, Some(text), "a closed tab loses nothing");
        assert!(house.sent().is_empty() || house.sent().iter().all(|mail| !mail.contains("My own words.")));
    }

    async fn words_that_a_browser_puts_back_into_the_box_do_not_leave_twice(house: House) {
        let case = house.opens(&grievance()).await;
        // the page is drawn anew each time, so nobody was quicker
        let sends = async |text| {
            let seen = house.case(case).await.case.seq;
            verbs::send_reply(&house.app, &house.officer, case, seen, text, false).await
        };
        sends("We are looking into it.").await.expect("sent");
        let (field, says) = wrong(sends("We are looking into it.").await);
        assert_eq!(field, "text");
        assert!(says.contains("left a moment ago"), "{says}");
        house.works().await;
        assert!(sends("We are looking into it.").await.is_err(), "nor when it has left");
        sends("We are looking into it, and need a day.").await.expect("these are others");
        house.pass(HOUR);
        sends("We are looking into it, and need a day.").await.expect("an hour later it is meant");
        house.works().await;
        assert_eq!(house.sent().iter().filter(|mail| mail.contains("We are looking into it")).count(), 3);
    }

    async fn asking_who_they_are_stops_the_clock_where_the_law_says_so_and_the_case_waits(house: House) {
        let case = house.opens(&erasure("Please delete my account and everything in it.")).await;
        verbs::set_jurisdiction(&house.app, &house.officer, case, i64::MAX, "FR").await.expect("placed");
        verbs::set_jurisdiction(&house.app, &house.agent, case, i64::MAX, "FR").await.ok();
        let full = house.case(case).await;
        let offered = full.letters.letters.iter().find(|one| one.letter == Letter::IdentityRequest).expect("offered");
        assert!(offered.does.contains("stands still"), "{}", offered.does);
        let text = begins(&house, &house.officer, case, Letter::IdentityRequest, "").await.expect("begun");
        assert!(text.contains("stands still") && text.contains("not send a copy of an identity card"), "{text}");
        sends(&house, case, Letter::IdentityRequest, "", &text).await.expect("sent");
        let full = house.case(case).await;
        assert_eq!(full.case.state, State::WaitingRequester);
        assert!(full.case.facts.iter().any(|happened| happened.fact == Fact::IdentityAsked));
        assert!(full.case.clocks.iter().any(|clock| clock.paused.is_some()), "{:?}", full.case.clocks);
        assert_eq!(full.draft, None);
    }

    async fn where_no_law_knows_the_pause_asking_changes_no_clock(house: House) {
        let case = house.opens(&grievance()).await;
        let before = house.case(case).await;
        let offered = before.letters.letters.iter().find(|one| one.letter == Letter::Clarification).expect("offered");
        assert!(offered.does.contains("does not stop the clock"), "{}", offered.does);
        let text = begins(&house, &house.officer, case, Letter::Clarification, "").await.expect("begun");
        assert!(!text.contains("stands still"), "{text}");
        let (field, says) = wrong(sends(&house, case, Letter::Clarification, "", &text).await);
        assert!(field == "text" && says.contains("[[your question]]"), "{field}: {says}");
        let text = text.replace("[[your question]]", "Which of your requests do you mean?");
        sends(&house, case, Letter::Clarification, "", &text).await.expect("sent");
        let after = house.case(case).await;
        assert_eq!((after.case.clocks, after.case.state), (before.case.clocks, State::WaitingRequester));
    }

    async fn a_refusal_needs_its_reason_and_where_to_complain_and_then_resolves_the_case(house: House) {
        let case = house.opens(&grievance()).await;
        let text = begins(&house, &house.officer, case, Letter::Refusal, "").await.expect("begun");
        assert!(text.contains("https://gac.gov.in"), "{text}");
        let (field, says) = wrong(sends(&house, case, Letter::Refusal, "", &text).await);
        assert!(field == "reason" && says.starts_with("The letter needs the reason"), "{field}: {says}");
        let silent = text.replace("https://gac.gov.in", "elsewhere");
        let (field, says) = wrong(sends(&house, case, Letter::Refusal, "It was handled in time.", &silent).await);
        assert!(field == "text" && says.contains("complain") || says.contains("appeal"), "{field}: {says}");
        assert!(says.contains('('), "it names the law: {says}");
        house.works().await;
        assert!(house.sent().iter().all(|mail| !mail.contains("cannot grant it")), "nothing left before it was whole");
        sends(&house, case, Letter::Refusal, "It was handled in time.", &text).await.expect("sent");
        house.works().await;
        let full = house.case(case).await;
        assert_eq!((full.case.state, full.case.outcome), (State::Resolved, Some(Outcome::Refused)));
        let sent = house.sent().join("\n").replace("=\r\n", "").replace("=\n", "");
        assert!(sent.contains("The reason: It was handled in time."), "{sent}");
    }

    async fn a_restricted_case_offers_only_letters_that_name_nothing(house: House) {
        let case = house.opens(&mail("V <v@mail.example>", "Data of a minor", "m1@mail.example",
            "My child is 9 years old and has an account with you. Please remove the account of my minor child.")).await;
        let full = house.case(case).await;
        assert!(full.case.is_restricted(), "{:?}", full.case.kind);
        let offered: Vec<_> = full.letters.letters.iter().map(|one| one.letter).collect();
        assert_eq!(offered, [Letter::Reply, Letter::Closing, Letter::NoMaterial]);
        assert!(!full.letters.subject.contains("minor"), "{}", full.letters.subject);
        let text = begins(&house, &house.officer, case, Letter::NoMaterial, "").await.expect("begun");
        assert!(text.starts_with("Hello,") && text.contains("do not send us any images"), "{text}");
        assert!(matches!(begins(&house, &house.agent, case, Letter::NoMaterial, "").await, Err(Error::NotFound)));
        let refused = begins(&house, &house.officer, case, Letter::Refusal, "").await.map(drop);
        assert_eq!(wrong(refused).0, "letter");
    }

    async fn the_language_is_guessed_shown_changed_and_used_only_where_somebody_signed_it(house: House) {
        let case = house.opens(&erasure(GERMAN)).await;
        house.works().await;
        let full = house.case(case).await;
        assert_eq!((full.case.language, full.letters.language), (Some(Language::De), Language::En));
        assert!(house.sent()[0].contains("We received your message"), "German is not switched on");
        let german = Begun { letter: Letter::Reply, language: Language::De, reason: "", typed: "", recorded: None };
        let refused = letters::begin(&house.app, &house.officer, case, &german).await.map(drop);
        assert_eq!(wrong(refused).0, "language");

        let house = house.answering_in("de");
        let second = house.opens(&erasure(GERMAN).replace("a1@", "a2@")).await;
        house.works().await;
        let sent = house.sent().into_iter().find(|mail| mail.contains(&second.to_string())).expect("it left");
        assert!(sent.contains("erhalten") && sent.contains("Dezember 2026") && !sent.contains("We received"), "{sent}");
        verbs::set_language(&house.app, &house.agent, second, i64::MAX, Some(Language::En)).await.expect("set");
        let full = house.case(second).await;
        assert_eq!((full.case.language, full.letters.language), (Some(Language::En), Language::En));
        let again = verbs::set_language(&house.app, &house.agent, second, i64::MAX, Some(Language::En)).await;
        assert_eq!(wrong(again).0, "language");
        house.pass(DAY);
        let begun = Begun { letter: Letter::IdentityRequest, language: Language::De, reason: "", typed: "", recorded: None };
        let text = letters::begin(&house.app, &house.officer, second, &begun).await.expect("begun");
        assert!(text.starts_with("Guten Tag Anna Berg,"), "{text}");
    }

    async fn the_notice_that_it_takes_longer_leaves_as_staff_changed_it_and_says_what_the_law_asks(house: House) {
        let case = house.opens(&erasure("Please delete my account and everything in it.")).await;
        for actor in [&house.officer, &house.agent] {
            verbs::set_jurisdiction(&house.app, actor, case, i64::MAX, "FR").await.ok();
        }
        let draft = house.case(case).await.letters.extension.expect("it can be extended");
        assert!(draft.contains("[[why it takes longer]]"), "{draft}");
        let extend = |letter: String| {
            let (app, actor) = (house.app.clone(), house.officer.clone());
            async move { verbs::extend_case(&app, &actor, case, i64::MAX, "Very many pictures.", &letter).await }
        };
        let line = draft.lines().find(|line| line.contains("by ")).expect("the date").to_owned();
        let (field, says) = wrong(extend(draft.replace(&line, "Soon.")).await);
        assert!(field == "letter" && says.contains("the new date") && says.contains("GDPR"), "{field}: {says}");
        extend(draft.replace("takes us longer", "will take us somewhat longer")).await.expect("extended");
        house.works().await;
        let sent = house.sent().join("\n").replace("=\r\n", "").replace("=\n", "");
        assert!(sent.contains("somewhat longer") && sent.contains("The reason: Very many pictures."), "{sent}");
    }
}
