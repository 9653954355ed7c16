//! A review of consents through the desk: who may look, what goes into the letter, and that nothing of it is kept.

use super::{
    generation::{
        consents::{SCHEMA, TABLES},
        world::{MAP, On, World},
    },
    house::{House, PRODUCT, mail},
    on_both,
};
use crate::{
    app::{Error, consents, letters::Letter, verbs},
    domain::{
        identity::{Identity, Reference},
        kind::Kind,
        language::Language,
    },
    store::sql,
};
use std::collections::HashMap;

/// A house whose product records consents.
async fn recording(house: House) -> (House, World) {
    let world = World::new(On::Sqlite).await;
    world.run(SCHEMA).await;
    let sources = HashMap::from([(PRODUCT.to_owned(), world.source(&format!("{MAP}{TABLES}")))]);
    (house.with_sources(sources), world)
}

async fn asked(house: &House, kind: Kind) -> Reference {
    let text = "What did I agree to, and when?";
    let reference = house.opens(&mail("Ada <ada@example.org>", "My consents", "c1@example.org", text)).await;
    if house.case(reference).await.case.kind != kind {
        verbs::classify_case(&house.app, &house.officer, reference, i64::MAX, kind, "as they write")
            .await
            .expect("it is");
    }
    reference
}

async fn verify(house: &House, reference: Reference, account: &str) {
    let who = [Identity { kind: "account".to_owned(), value: account.to_owned() }];
    verbs::verify_by_staff(&house.app, &house.agent, reference, i64::MAX, &who, "called back").await.expect("verified");
}

fn fields(result: Result<impl std::fmt::Debug, Error>) -> Vec<&'static str> {
    match result {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("it should be refused by its fields: {other:?}"),
    }
}

on_both! {
    async fn what_is_recorded_is_told_to_the_verified_person_and_kept_nowhere(house: House) {
        let (house, _world) = recording(house).await;
        let reference = asked(&house, Kind::ConsentReview).await;
        assert!(!house.case(reference).await.reviews_consents);
        assert_eq!(fields(consents::review(&house.app, &house.agent, reference).await), ["letter"], "nobody is verified");
        verify(&house, reference, "1").await;
        assert!(house.case(reference).await.reviews_consents);
        let review = consents::review(&house.app, &house.agent, reference).await.expect("it reads");
        assert_eq!((review.lines.len(), review.more, review.may_be_told), (4, false, true));
        let mut tx = house.app.db.read().await.expect("a reader");
        let (looks,): (i64,) = sql("SELECT COUNT(*) FROM audit WHERE action = 'consents_viewed'").one(&mut tx).await.expect("counted");
        let (events,): (i64,) = sql("SELECT COUNT(*) FROM events WHERE case_id = $1").bind(reference).one(&mut tx).await.expect("counted");
        drop(tx);
        assert_eq!(looks, 1);
        verbs::keep_draft(&house.app, &house.agent, reference, "Kept before").await.expect("kept");

        let text = consents::begin_letter(&house.app, &house.agent, reference, Language::En, "Yours").await.expect("it is begun");
        assert!(text.contains("- ads: withdrawn on 1 Feb 2026, 05:30 IST; given before on 3 Jan 2026, 05:30 IST"), "{text}");
        assert!(text.contains("- training: not given; recorded on 5 January 2026") && text.ends_with("Yours"), "{text}");
        // among them are some that were never given
        assert!(text.contains("what we have recorded of your consents") && !text.contains("that you have given us"), "{text}");
        let looked = house.log().await.iter().filter(|entry| entry.contains("consents_viewed")).count();
        assert_eq!(looked, 2, "whoever puts it into a letter reads it too");
        let hindi = consents::begin_letter(&house.app, &house.agent, reference, Language::Hi, "").await;
        assert_eq!(fields(hindi), ["language"], "it is not on here");
        let mut tx = house.app.db.read().await.expect("a reader");
        let (now,): (i64,) = sql("SELECT COUNT(*) FROM events WHERE case_id = $1").bind(reference).one(&mut tx).await.expect("counted");
        let (plain,): (i64,) = sql("SELECT COUNT(*) FROM contents WHERE body LIKE '%withdrawn on 1 Feb%'").one(&mut tx).await.expect("counted");
        drop(tx);
        assert_eq!((now, plain), (events, 0), "looking and beginning record nothing");

        // what only staff know has to stand in it before it goes
        let answer = |text| verbs::Answer { letter: Letter::Closing, language: Language::En, reason: "", text, wait: false };
        let gaps = verbs::send_letter(&house.app, &house.officer, reference, i64::MAX, &answer(&text)).await;
        assert_eq!(fields(gaps), ["text"]);
        let whole = text.replace("[[what is done with the data, and with whom it is shared]]", "we keep it to run the service");
        verbs::send_letter(&house.app, &house.officer, reference, i64::MAX, &answer(&whole)).await.expect("it leaves");
        house.works().await;
        assert!(house.sent().iter().any(|raw| raw.contains("withdrawn on 1 Feb 2026")), "it is told");
        assert!(!consents::review(&house.app, &house.agent, reference).await.expect("it reads").may_be_told, "the case is resolved");
    }

    async fn a_draft_that_was_kept_stays_below_the_letter(house: House) {
        let (house, _world) = recording(house).await;
        let reference = asked(&house, Kind::ConsentReview).await;
        verify(&house, reference, "1").await;
        verbs::keep_draft(&house.app, &house.agent, reference, "Half a page of mine").await.expect("kept");
        // the page of consents has no reply box, and sends nothing that was typed
        let text = consents::begin_letter(&house.app, &house.agent, reference, Language::En, "").await.expect("it is begun");
        assert!(text.contains("- ads: withdrawn") && text.ends_with("\n\nHalf a page of mine"), "{text}");
        let mut tx = house.app.db.read().await.expect("a reader");
        let draft = crate::store::drafts::draft_get(&mut tx, &house.app.vault, reference, house.agent.id).await.expect("it opens");
        assert_eq!(draft, Some(text));
    }

    /// What leads to several accounts may lead to somebody else's: nothing of it is shown or told.
    async fn consents_of_several_accounts_are_not_mixed(house: House) {
        let (house, _world) = recording(house).await;
        let reference = asked(&house, Kind::ConsentReview).await;
        let who = [Identity { kind: "device".to_owned(), value: "tablet".to_owned() }];
        verbs::verify_by_staff(&house.app, &house.agent, reference, i64::MAX, &who, "shown").await.expect("verified");
        assert_eq!(fields(consents::review(&house.app, &house.agent, reference).await), ["letter"]);
        let begun = consents::begin_letter(&house.app, &house.agent, reference, Language::En, "").await;
        assert_eq!(fields(begun), ["letter"]);
        verify(&house, reference, "1").await;
        consents::review(&house.app, &house.agent, reference).await.expect("it reads");
    }

    async fn nothing_recorded_is_an_answer_and_other_cases_are_no_reviews(house: House) {
        let (house, _world) = recording(house).await;
        let reference = asked(&house, Kind::ConsentReview).await;
        verify(&house, reference, "0").await;
        let text = consents::begin_letter(&house.app, &house.agent, reference, Language::En, "").await.expect("it is begun");
        assert!(text.contains("Nothing is recorded: we find no consent of yours."), "{text}");
        assert!(!text.contains("what we have recorded of your consents, each"), "{text}");
        assert!(!text.contains("[[the consents") && text.contains("[[what is done with the data"), "{text}");
        let other = house.opens(&mail("Bo <bo@example.org>", "Privacy Request", "c2@example.org", "Please delete my account.")).await;
        verify(&house, other, "2").await;
        assert_eq!(fields(consents::review(&house.app, &house.agent, other).await), ["letter"]);
        assert_eq!(fields(consents::begin_letter(&house.app, &house.agent, other, Language::En, "").await), ["letter"]);
        let withdrawal = asked_by_cy(&house).await;
        assert!(!consents::review(&house.app, &house.agent, withdrawal).await.expect("it reads").may_be_told, "seen, and answered by staff");
    }
}

async fn asked_by_cy(house: &House) -> Reference {
    let reference =
        house.opens(&mail("Cy <cy@example.org>", "Hello", "c3@example.org", "I withdraw my consent.")).await;
    if house.case(reference).await.case.kind != Kind::ConsentWithdrawal {
        let kind = Kind::ConsentWithdrawal;
        verbs::classify_case(&house.app, &house.officer, reference, i64::MAX, kind, "as they write")
            .await
            .expect("it is");
    }
    verify(house, reference, "0").await;
    reference
}
