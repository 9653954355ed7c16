//! What moves clocks by hand: extending, asking and answering, facts, where the person lives. On both engines, through
//! the verbs, and what the page of the case offers afterwards.

use super::{
    house::{House, PRODUCT, START, mail},
    on_both,
};
use crate::{
    app::{
        Error,
        case_page::{Full, What},
        policies, verbs,
    },
    domain::{
        case::{Case, Outcome, State},
        clock::{
            Clock, Duty, Layer, binding_of,
            fact::{Fact, Trigger},
        },
        identity::Reference,
        kind::Kind,
        policy::rule::Mode,
        time::{DAY, HOUR, Instant, MINUTE},
    },
    store::{cases, events},
};

fn request() -> String {
    let text = "Please delete my account and all my pictures.";
    mail("Anna Berg <anna@mail.example>", "Privacy Request", "a1@mail.example", text)
}

/// A request for erasure by somebody in Germany.
async fn german(house: &House) -> Reference {
    let reference = house.opens(&request()).await;
    verbs::set_jurisdiction(&house.app, &house.agent, reference, i64::MAX, "DE").await.expect("the pack knows it");
    reference
}

fn law(case: &Case) -> &Clock {
    let is_law = |c: &&Clock| c.duty == Duty::Resolve && c.layer == Layer::Law;
    case.clocks.iter().find(is_law).expect("the GDPR gives a month")
}

async fn extends(house: &House, reference: Reference, reasons: &str) -> Result<(), Error> {
    verbs::extend_case(&house.app, &house.agent, reference, i64::MAX, reasons, "").await
}

async fn happens(house: &House, reference: Reference, fact: Fact, at: Option<Instant>) -> Result<(), Error> {
    verbs::record_fact(&house.app, &house.agent, reference, i64::MAX, fact, at, "").await
}

/// What was wrong with which field.
fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>) -> (&'static str, String) {
    match outcome {
        Err(Error::Invalid(faults)) if faults.len() == 1 => (faults[0].field, faults[0].says.clone()),
        other => panic!("one refusal was expected: {other:?}"),
    }
}

/// The case as the officer sees it, after a look whether its events tell the same.
async fn seen(house: &House, reference: Reference) -> Full {
    let mut tx = house.app.db.read().await.expect("a reader");
    let history = events::events_of(&mut tx, reference).await.expect("events");
    let mut folded = Case::fold(reference, PRODUCT, &history).expect("a sound history");
    folded.clocks.sort_by_key(|c| (c.due, c.duty.code(), c.layer.code()));
    let stored = cases::case_get(&mut tx, reference).await.expect("a row").expect("a case");
    assert_eq!(folded, stored);
    drop(tx);
    house.case(reference).await
}

fn told(full: &Full) -> Vec<String> {
    let line = |what: &What| match what {
        What::Event { lead, rest, .. } => Some(format!("{lead} {rest}")),
        _ => None,
    };
    full.timeline.iter().filter_map(|entry| line(&entry.what)).collect()
}

on_both! {
    async fn an_extension_is_told_with_reasons_once_and_moves_the_law_alone(house: House) {
        let reference = german(&house).await;
        house.works().await;
        let full = seen(&house, reference).await;
        let before = law(&full.case).due;
        let offered = full.clockwork.extension.clone().expect("it can be extended");
        assert_eq!((offered.first, Some(offered.extended)), (before, law(&full.case).extended));
        // the promise of thirty days does not wait
        let promise = binding_of(&full.case.clocks, Duty::Resolve).expect("a clock").clone();
        assert_eq!((promise.layer, offered.after), (Layer::Promise, Some((Layer::Promise, promise.due))));
        assert_eq!(refused(extends(&house, reference, "  ").await).0, "reasons");
        house.pass(3 * DAY);
        extends(&house, reference, "Four thousand pictures lie in three archives.").await.expect("told");
        house.works().await;
        let letter = house.sent().into_iter().find(|mail| mail.contains("Four thousand pictures")).expect("a letter");
        for words in ["anna@mail.example", "GDPR Art. 12(3)", "24 Dec 2026", &reference.to_string()] {
            assert!(letter.contains(words), "{words} is missing in:\n{letter}");
        }
        let full = seen(&house, reference).await;
        assert!(law(&full.case).is_extended);
        assert_eq!((law(&full.case).due, binding_of(&full.case.clocks, Duty::Resolve)), (offered.extended, Some(&promise)));
        let (field, says) = refused(extends(&house, reference, "Once more.").await);
        assert!(field == "reasons" && says.contains("already"), "{says}");
        assert!(full.clockwork.extension.is_err());
    }

    async fn what_is_too_late_or_has_no_law_is_not_extended(house: House) {
        let reference = house.opens(&request()).await;
        let full = seen(&house, reference).await;
        assert!(full.clockwork.extension.as_ref().is_err_and(|says| says.contains("No law")), "{:?}", full.clockwork.extension);
        verbs::set_jurisdiction(&house.app, &house.agent, reference, i64::MAX, "DE").await.expect("known");
        house.pass(40 * DAY);
        let full = seen(&house, reference).await;
        assert!(full.clockwork.extension.is_err_and(|says| says.contains("run out")));
        assert!(refused(extends(&house, reference, "Too late.").await).1.contains("run out"));
        house.works().await;
        assert!(!house.sent().iter().any(|mail| mail.contains("Too late.")));
    }

    async fn who_comes_second_is_told_and_nothing_is_sent(house: House) {
        let reference = german(&house).await;
        let number = house.case(reference).await.case.seq;
        verbs::add_note(&house.app, &house.officer, reference, "I look into it.").await.expect("noted");
        let late = verbs::extend_case(&house.app, &house.agent, reference, number, "Much to find.", "").await;
        assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
        let late = verbs::set_jurisdiction(&house.app, &house.agent, reference, number, "FR").await;
        assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
        house.works().await;
        assert!(!house.sent().iter().any(|mail| mail.contains("Much to find.")));
    }

    async fn asking_stops_the_law_and_the_answer_starts_it_again(house: House) {
        let reference = german(&house).await;
        let full = seen(&house, reference).await;
        let before = law(&full.case).due;
        let question = full.clockwork.questions.iter().find(|q| q.trigger == Trigger::Identity).expect("it is known");
        assert_eq!((question.mode, question.open), (Mode::Suspend, None));
        house.pass(2 * DAY);
        let asked = house.clock.now();
        happens(&house, reference, Fact::IdentityAsked, None).await.expect("asked");
        let full = seen(&house, reference).await;
        assert_eq!(law(&full.case).paused, Some(asked));
        assert_eq!(full.clockwork.questions.iter().find_map(|q| q.open), Some(asked));
        let promise = binding_of(&full.case.clocks, Duty::Resolve).expect("a clock").clone();
        assert_eq!((promise.layer, promise.paused), (Layer::Promise, None), "a promise runs on");
        assert!(refused(happens(&house, reference, Fact::IdentityAsked, None).await).1.contains("already"));
        house.pass(3 * DAY);
        let early = happens(&house, reference, Fact::IdentityReceived, Some(asked.plus(-HOUR))).await;
        assert_eq!(refused(early), ("at", "Enter a moment after the question".to_owned()));
        happens(&house, reference, Fact::IdentityReceived, None).await.expect("answered");
        let full = seen(&house, reference).await;
        assert_eq!((law(&full.case).paused, law(&full.case).pauses.len()), (None, 1));
        assert!(law(&full.case).due.since(before) >= 3 * DAY);
        // a second question lies after the first answer, and within the same minute counts
        let early = happens(&house, reference, Fact::IdentityAsked, Some(asked.plus(DAY))).await;
        assert_eq!(refused(early), ("at", "Enter a moment after the last answer".to_owned()));
        let minute = Instant(house.clock.now().0 / MINUTE * MINUTE);
        house.pass(30_000);
        happens(&house, reference, Fact::IdentityAsked, Some(minute)).await.expect("asked again");
        assert!(law(&seen(&house, reference).await.case).paused.is_some());
        assert!(told(&full).iter().any(|line| line.starts_with("Learned who the person is")));
    }

    async fn a_note_has_its_limit_as_every_reason(house: House) {
        let reference = house.opens(&request()).await;
        let notes = async |note: &str| {
            verbs::record_fact(&house.app, &house.agent, reference, i64::MAX, Fact::Removed, None, note).await
        };
        let (field, says) = refused(notes(&"x".repeat(100_001)).await);
        assert!(field == "note" && says.contains("100,000 characters"), "{field}: {says}");
        // characters are counted, whatever they take
        notes(&"\u{939}".repeat(100_000)).await.expect("recorded");
    }

    async fn facts_have_their_bounds(house: House) {
        let reference = german(&house).await;
        let at = |millis| Some(house.clock.now().plus(millis));
        assert_eq!(refused(happens(&house, reference, Fact::Removed, at(HOUR)).await).0, "at");
        assert_eq!(refused(happens(&house, reference, Fact::Removed, at(-DAY)).await).0, "at");
        assert_eq!(refused(happens(&house, reference, Fact::IdentityReceived, None).await).0, "fact");
        assert!(refused(happens(&house, reference, Fact::FeeAsked, None).await).1.contains("No rule"));
        assert!(refused(happens(&house, reference, Fact::AcknowledgementBounced, None).await).1.contains("already"));
        // the page offers what makes sense for such a case
        let offered = seen(&house, reference).await.clockwork.facts;
        assert!(!offered.contains(&Fact::AcknowledgementBounced) && !offered.contains(&Fact::OrderReceived), "{offered:?}");
        house.works().await;
        assert!(house.case(reference).await.clockwork.facts.contains(&Fact::AcknowledgementBounced));
        happens(&house, reference, Fact::AcknowledgementBounced, None).await.expect("it came back");
        let full = seen(&house, reference).await;
        assert!(binding_of(&full.case.clocks, Duty::Acknowledge).is_some(), "it counts as not acknowledged");
        verbs::change_state(&house.app, &house.agent, reference, i64::MAX, State::Resolved, Some(Outcome::Granted), "done").await.expect("resolved");
        assert!(refused(happens(&house, reference, Fact::IdentityAsked, None).await).1.contains("resolved"));
    }

    async fn a_place_where_a_duty_is_lost_takes_two(house: House) {
        use verbs::Placed;
        // 10 February 2027: a month ends before thirty days
        house.pass(78 * crate::domain::time::DAY);
        let reference = house.opens(&request()).await;
        let set = async |actor, code| verbs::set_jurisdiction(&house.app, actor, reference, i64::MAX, code).await.expect("kept");
        let place = async || seen(&house, reference).await.case.jurisdiction;
        assert_eq!(set(&house.agent, "DE").await, Placed::Done, "a month by the GDPR comes on top");
        assert_eq!(set(&house.agent, "IN").await, Placed::Proposed, "the month would be gone");
        let again = verbs::set_jurisdiction(&house.app, &house.agent, reference, i64::MAX, "IN").await;
        assert!(refused(again).1.contains("already"), "one person twice is one");
        assert_eq!(place().await.as_deref(), Some("DE"));
        assert_eq!(set(&house.officer, "IN").await, Placed::Done);
        assert_eq!(place().await.as_deref(), Some("IN"));
    }

    async fn an_extension_whose_notice_never_left_is_none(house: House) {
        let reference = house.opens(&request()).await;
        verbs::set_jurisdiction(&house.app, &house.agent, reference, i64::MAX, "DE").await.expect("known");
        let first = law(&seen(&house, reference).await.case).due;
        verbs::extend_case(&house.app, &house.agent, reference, i64::MAX, "There are very many pictures.", "").await.expect("extended");
        let extended = law(&seen(&house, reference).await.case).due;
        assert!(extended > first);
        // nothing can be written there, until nobody waits any more
        std::fs::write(house.folder.path().join("outgoing"), "").expect("it is written");
        let mut tx = house.app.db.read().await.expect("a reader");
        let (mail,): (i64,) =
            crate::store::sql("SELECT id FROM mails WHERE purpose = 'extension'").one(&mut tx).await.expect("it is there");
        drop(tx);
        let send = || crate::app::deliver::send_mail(&house.app, crate::domain::identity::MailId(mail));
        assert!(matches!(send().await.expect("it is tried"), crate::app::deliver::Delivered::Later(..)));
        house.pass(house.app.settings.outgoing.patience);
        assert_eq!(send().await.expect("it is recorded"), crate::app::deliver::Delivered::Failed);
        let case = seen(&house, reference).await.case;
        assert_eq!(law(&case).due, first);
        assert!(!law(&case).is_extended && law(&case).extended.is_some(), "it can be told again");
    }

    async fn where_the_person_lives_decides_whose_law_holds(house: House) {
        let reference = house.opens(&request()).await;
        let full = seen(&house, reference).await;
        assert_eq!((full.clockwork.home.known.clone(), full.clockwork.home.taken.as_deref()), (None, Some("India")));
        for (code, says) in [("XX", "Choose"), ("", "Choose")] {
            let outcome = verbs::set_jurisdiction(&house.app, &house.agent, reference, i64::MAX, code).await;
            assert!(refused(outcome).1.contains(says));
        }
        verbs::set_jurisdiction(&house.app, &house.agent, reference, i64::MAX, "DE").await.expect("known");
        let again = verbs::set_jurisdiction(&house.app, &house.agent, reference, i64::MAX, "DE").await;
        assert!(refused(again).1.contains("already"));
        let full = seen(&house, reference).await;
        assert_eq!(full.clockwork.home.known.as_deref(), Some("Germany"));
        assert!(law(&full.case).source.starts_with("GDPR"));
        assert!(told(&full).iter().any(|line| line.starts_with("Lives in Germany")), "{:?}", told(&full));
        let routes: Vec<_> = full.clockwork.routes.iter().map(|turn| turn.route.id.as_str()).collect();
        assert!(routes.contains(&"eu-supervisory-authority"), "{routes:?}");
    }

    async fn an_office_that_does_not_work_yet_stands_last_and_says_so(house: House) {
        let text = "I want to complain: you ignored my request.";
        let reference = house.opens(&mail("Anna Berg <anna@mail.example>", "Grievance", "g1@mail.example", text)).await;
        let full = seen(&house, reference).await;
        assert_eq!(full.case.kind, Kind::Grievance);
        let works: Vec<_> = full.clockwork.routes.iter().map(|turn| (turn.route.id.as_str(), turn.works)).collect();
        assert!(works.contains(&("in-gac", true)), "{works:?}");
        assert!(works.iter().any(|(_, works)| !works), "{works:?}");
        assert!(works.is_sorted_by_key(|(_, works)| !works), "{works:?}");
    }

    async fn an_alarm_is_a_line_of_the_timeline(house: House) {
        let reference = house.opens(&request()).await;
        house.pass(23 * HOUR);
        crate::app::alarms::sweep_clocks(&house.app).await.expect("swept");
        let full = seen(&house, reference).await;
        assert!(told(&full).contains(&"Nisha Rao was told by mail".to_owned()), "{:?}", told(&full));
        let is_alarm = |what: &What| matches!(what, What::MailOut { purpose, .. } if *purpose == "Alarm to staff");
        assert!(!full.timeline.iter().any(|entry| is_alarm(&entry.what)));
    }

    async fn policies_are_there_for_everybody_who_sees_cases(house: House) {
        let lines = policies::list(&house.app, &house.agent).expect("a list");
        assert!(lines.len() >= 5);
        let imagegen = policies::one(&house.app, &house.agent, PRODUCT).expect("a page");
        assert_eq!(imagegen.promises.len() + imagegen.open.len(), imagegen.line.kept + imagegen.line.open);
        assert!(imagegen.misfits.iter().any(|found| found.says.contains("lawyer")));
        assert!(imagegen.laws.iter().all(|law| law.rules.iter().all(|rule| !rule.is_reviewed)));
        assert!(imagegen.routes.is_sorted_by_key(|turn| !turn.works));
        assert!(matches!(policies::one(&house.app, &house.agent, "nobody"), Err(Error::NotFound)));
        let nobody = crate::domain::rights::Actor { grants: Vec::new(), ..house.agent.clone() };
        assert!(matches!(policies::list(&house.app, &nobody), Err(Error::NotFound)));
        assert_eq!(START, house.clock.now());
    }
}
