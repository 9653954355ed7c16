//! A rule that holds only under a condition: two people find that it does not, and its clocks end; one alone cannot.

use super::{
    house::{House, START, mail},
    on_both,
};
use crate::{
    app::{Error, verbs, verbs::RuledOut},
    domain::{
        clock::{Duty, Layer, binding_of},
        identity::Reference,
        rights::{Actor, Role},
        time::HOUR,
    },
};

const RULE: &str = "it-intimate-child";

async fn reported(house: &House) -> Reference {
    let text = "I report an item for child safety. The item number is 4471. Please look at it.";
    house.opens(&mail("seun@mail.example", "Child safety report", "c1@mail.example", text)).await
}

fn field(error: Option<Error>) -> Option<&'static str> {
    match error {
        Some(Error::Invalid(fields)) => fields.first().map(|field| field.field),
        other => panic!("{other:?}"),
    }
}

on_both! {
    async fn two_people_rule_out_what_holds_only_under_a_condition(house: House) {
        let reference = reported(&house).await;
        let (app, officer) = (&house.app, &house.officer);
        let due = |full: &crate::app::case_page::Full| binding_of(&full.case.clocks, Duty::Resolve).map(|c| (c.layer, c.due));
        assert_eq!(due(&house.case(reference).await), Some((Layer::Law, START.plus(2 * HOUR))));
        let says = "The item shows nobody who complained.";
        assert_eq!(verbs::rule_out(app, officer, reference, i64::MAX, RULE, says).await.expect("kept"), RuledOut::Doubted);
        assert_eq!(field(verbs::rule_out(app, officer, reference, i64::MAX, RULE, says).await.err()), Some("rule"));
        assert_eq!(due(&house.case(reference).await), Some((Layer::Law, START.plus(2 * HOUR))), "one person twice is one");
        let second = Actor::with_roles(house.agent.id, "Dana Okafor", &[Role::Responder], crate::domain::sign_in::Proof::Fresh);
        let twin = Actor { logins: vec![officer.id, second.id], ..second.clone() };
        assert_eq!(field(verbs::rule_out(app, &twin, reference, i64::MAX, RULE, says).await.err()), Some("rule"), "two logins of one person are one");
        assert_eq!(verbs::rule_out(app, &second, reference, i64::MAX, RULE, says).await.expect("kept"), RuledOut::Done);
        let full = house.case(reference).await;
        assert_eq!(due(&full), Some((Layer::Law, START.plus(36 * HOUR))));
        assert!(full.case.clocks.iter().all(|clock| clock.rule != RULE));
        // it stays out when the clocks are computed again
        verbs::record_fact(app, officer, reference, i64::MAX, crate::domain::clock::fact::Fact::Removed, None, "item 4471")
            .await
            .expect("recorded");
        assert!(house.case(reference).await.case.clocks.iter().all(|clock| clock.rule != RULE));
    }

    async fn what_the_law_asks_without_a_condition_cannot_be_ruled_out(house: House) {
        let reference = reported(&house).await;
        for rule in ["it-acknowledge", "000-39", "nothing", ""] {
            let refused = verbs::rule_out(&house.app, &house.officer, reference, i64::MAX, rule, "no").await.err();
            assert_eq!(field(refused), Some("rule"), "{rule}");
        }
        let refused = verbs::rule_out(&house.app, &house.officer, reference, i64::MAX, RULE, " ").await.err();
        assert_eq!(field(refused), Some("reason"));
        let seen = house.case(reference).await.case.seq;
        verbs::rule_out(&house.app, &house.officer, reference, seen, RULE, "because").await.expect("kept");
        let second = Actor::with_roles(house.agent.id, "Dana Okafor", &[Role::Responder], crate::domain::sign_in::Proof::Fresh);
        let late = verbs::rule_out(&house.app, &second, reference, seen, RULE, "because").await.err();
        assert!(matches!(late, Some(Error::Conflict { .. })), "the second has to have seen the first");
    }
}
