//! Reports to authorities: each meets the clock it was made for and no other, its number is sealed and can be corrected; and a
//! notice without an address is answered by code and PIN.

use super::readable;
use crate::{
    app::{
        Error,
        by_hand::{self, ByHand},
        verbs::{self, Told},
    },
    domain::{authority::Authority, case::Case, clock::Duty, identity::Reference, time::DAY},
    testing::{
        house::{House, PRODUCT, START, mail},
        on_both,
    },
};

async fn reported(house: &House) -> Reference {
    let text = "I report an item for child safety. The item number is 4471. Please look at it.";
    house.opens(&mail("seun@mail.example", "Child safety report", "c1@mail.example", text)).await
}

fn open(case: &Case) -> Vec<(Duty, String)> {
    let due = case.clocks.iter().filter(|clock| clock.duty.is_report() && clock.met.is_none());
    due.map(|clock| (clock.duty, clock.rule.clone())).collect()
}

fn fields(outcome: Result<(), Error>) -> Vec<&'static str> {
    match outcome {
        Err(Error::Invalid(fields)) => fields.iter().map(|field| field.field).collect(),
        other => panic!("{other:?}"),
    }
}

on_both! {
    async fn a_report_meets_the_clock_it_was_made_for_and_no_other(house: House) {
        // the law of California knows the CyberTipline, that of India the police
        let house = house.whose_pack_says("\"in-cert-in\", \"in-pocso\"]\ncalendar = \"IN\"", "\"in-cert-in\", \"in-pocso\", \"us-csam\"]\ncalendar = \"IN\"");
        let case = reported(&house).await;
        let (app, officer) = (&house.app, &house.officer);
        let due = verbs::report_duties(&house.case(case).await.case);
        assert!(due.len() >= 2, "{due:?}");
        let before = open(&house.case(case).await.case);
        let told = Told { meets: &due[0].0, authority: Some(Authority::CyberTipline), number: "184471", at: Some(START) };
        for (authority, at) in [(told.authority, Some(START.plus(DAY))), (None, None)] {
            let bad = Told { meets: "notify_authority nothing", number: " ", authority, at };
            let wrong = fields(verbs::tell_authority(app, officer, case, i64::MAX, &bad).await);
            let all = ["meets", "authority", "number", "at"];
            assert_eq!(wrong, if at.is_none() { all.to_vec() } else { vec!["meets", "number", "at"] }, "all at once");
        }
        for number in ["https://report.example/4471", "a@b.example", "1\n2"] {
            let bad = Told { number, ..told };
            assert_eq!(fields(verbs::tell_authority(app, officer, case, i64::MAX, &bad).await), ["number"], "{number}");
        }
        let agent = verbs::tell_authority(app, &house.agent, case, i64::MAX, &told).await;
        assert!(matches!(agent, Err(Error::NotFound)), "behind the wall: {agent:?}");
        verbs::tell_authority(app, officer, case, i64::MAX, &told).await.expect("written down");
        let full = house.case(case).await;
        let after = open(&full.case);
        assert_eq!(after.len() + 1, before.len(), "one clock is met: {before:?} {after:?}");
        assert!(after.iter().all(|(duty, rule)| format!("{} {rule}", duty.code()) != due[0].0));
        assert!(format!("{:?}", full.timeline).contains("184471"), "its circle reads the number");
        // computing the clocks again meets nothing more
        verbs::record_fact(app, officer, case, i64::MAX, crate::domain::clock::fact::Fact::Removed, None, "").await.expect("recorded");
        assert_eq!(open(&house.case(case).await.case), after);
        let again = verbs::tell_authority(app, officer, case, i64::MAX, &told).await;
        assert_eq!(fields(again), ["meets"], "it is met already");
        let beyond = Told { meets: verbs::MEETS_NONE, authority: Some(Authority::Police), number: "FIR 12/2026", at: Some(START) };
        verbs::tell_authority(app, officer, case, i64::MAX, &beyond).await.expect("written down");
        assert_eq!(open(&house.case(case).await.case), after, "it meets nothing");
        // a wrong number
        let seq = house.case(case).await.case.seq;
        assert_eq!(fields(verbs::correct_report(app, officer, case, i64::MAX, seq + 9, "184472").await), ["report"]);
        let report = full.timeline.iter().find(|entry| format!("{:?}", entry.what).contains("184471")).expect("it is told").seq;
        verbs::correct_report(app, officer, case, i64::MAX, report, "184472").await.expect("corrected");
        assert!(format!("{:?}", house.case(case).await.timeline).contains("184472"));
        let says = readable(&house).await;
        assert!(!says.contains("184471") && !says.contains("184472") && !says.contains("fir 12"), "numbers are sealed: {says}");
        house.works().await;
        assert!(house.sent().iter().all(|mail| !mail.contains("184471")), "nobody is told");
    }

    async fn a_fact_no_longer_stands_for_every_report_at_once(house: House) {
        let case = reported(&house).await;
        let before = open(&house.case(case).await.case);
        let fact = crate::domain::clock::fact::Fact::ReportedToAuthority;
        let refused = verbs::record_fact(&house.app, &house.officer, case, i64::MAX, fact, None, "no. 7").await;
        assert_eq!(fields(refused), ["fact"]);
        assert_eq!(open(&house.case(case).await.case), before);
    }

    async fn a_notice_without_an_address_is_taken_and_answered_by_code_and_pin(house: House) {
        let typed = ByHand {
            product: PRODUCT.to_owned(),
            kind: "content_report:csam".to_owned(),
            channel: "form".to_owned(),
            received: "2026-11-24T09:00".to_owned(),
            text: "Item 4471 shows what it must not.".to_owned(),
            ..ByHand::default()
        };
        let refused = by_hand::open_by_hand(&house.app, &house.agent, &typed).await.err();
        assert!(matches!(refused, Some(Error::Invalid(_))), "only the circle opens one");
        let opened = by_hand::open_by_hand(&house.app, &house.officer, &typed).await.expect("nobody has to say who they are");
        assert!(opened.access.is_some(), "code and PIN to hand over");
        let full = house.case(opened.reference).await;
        assert!(full.case.is_restricted() && full.address.is_none() && full.has_page && full.requester.is_empty());
        assert!(!readable(&house).await.contains("4471"));
    }
}
