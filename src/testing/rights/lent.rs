//! What somebody does by the right of a colleague who is away: they are never the second person after that colleague, and the
//! log has both names.

use super::{OTHER, PRODUCT, browser, entry, hired, now, scene, stands_in};
use crate::{
    app::{
        Error,
        case_page::{self, CasePage, Full},
        runs::{self, Letter},
        verbs::{self, Classified, Placed, RuledOut},
    },
    domain::{
        hold::Basis,
        identity::{HoldId, Reference, StaffId},
        kind::Kind,
        rights::{Actor, Grant, Role},
        standing::Standing,
        time::DAY,
    },
    store::{
        holds::{NewHold, hold_place},
        standing::standing_grant,
    },
    testing::{
        house::{House, mail},
        on_both,
    },
};

const RULE: &str = "it-intimate-child";
const NOW: i64 = i64::MAX;

/// A case behind the wall, with a rule that holds only under a condition.
async fn behind(house: &House) -> Reference {
    let text = "I report an item for child safety. The item number is 4471. Please look at it.";
    house.opens(&mail("seun@mail.example", "Child safety report", "c1@mail.example", text)).await
}

async fn held(house: &House, case: Reference, basis: Basis, by: StaffId) -> HoldId {
    let mut tx = house.app.db.begin().await.expect("a writer");
    let subject = format!("{} {by:?}", basis.code());
    let (subject, at) = (subject.as_bytes(), house.app.now());
    let new = NewHold { product: PRODUCT, case, subject, basis, part: None, by, at };
    let hold = hold_place(&mut tx, &house.app.vault, &new).await.expect("a hold");
    tx.commit().await.expect("kept");
    hold
}

async fn seen(house: &House, actor: &Actor, case: Reference) -> Full {
    match case_page::load(&house.app, actor, case, Letter::Proposed).await.expect("the page") {
        CasePage::Full(full) => *full,
        CasePage::Walled(_) => panic!("they see it"),
    }
}

fn is_refused<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    let Err(Error::Invalid(fields)) = &outcome else { panic!("{outcome:?}") };
    assert!(fields[0].says.contains("stand in for who did"), "{fields:?}");
}

on_both! {
    async fn s18_nobody_is_the_second_person_by_the_right_of_the_first(house: House) {
        house.pass(78 * DAY);
        let (app, circle) = (&house.app, [Grant::everywhere(Role::Responder)]);
        let lender = hired(&house, "lender", &circle).await;
        let twin = hired(&house, "lender+two", &circle).await;
        let second = hired(&house, "second", &circle).await;
        // one has no right of their own, the other none behind the wall
        let deputy = hired(&house, "deputy", &[Grant::everywhere(Role::Engineer)]).await;
        let deputy = stands_in(&house, deputy.id, lender.id).await;
        let case = behind(&house).await;
        let rule = async |actor: &Actor| verbs::rule_out(app, actor, case, NOW, RULE, "it shows nobody").await;
        assert_eq!(rule(&lender).await.expect("kept"), RuledOut::Doubted);
        is_refused(rule(&deputy).await);
        assert!(!seen(&house, &deputy, case).await.may_second_rule && seen(&house, &second, case).await.may_second_rule);
        assert_eq!(rule(&second).await.expect("kept"), RuledOut::Done);
        // open and secret holds; also where the colleague placed it with another login of theirs
        for (basis, by) in [(Basis::Dispute, &lender), (Basis::LegalOrder, &lender), (Basis::Dispute, &twin)] {
            let hold = held(&house, case, basis, by.id).await;
            is_refused(verbs::release_hold(app, &deputy, case, NOW, hold, "it is over").await);
            let offered = async |actor: &Actor| seen(&house, actor, case).await.holds.iter().any(|held| held.may_release);
            assert!(!offered(&deputy).await && !offered(&twin).await && offered(&second).await, "{basis:?}");
            verbs::release_hold(app, &second, case, NOW, hold, "it is over").await.expect("released");
        }
        // the right to work on cases is their own, that to see this one is lent
        let deputy = hired(&house, "agent-too", &[Grant::everywhere(Role::Agent)]).await;
        let deputy = stands_in(&house, deputy.id, lender.id).await;
        let classify = async |actor: &Actor| verbs::classify_case(app, actor, case, NOW, Kind::Inquiry, "it is none").await.expect("kept");
        assert_eq!((classify(&lender).await, classify(&deputy).await), (Classified::Proposed, Classified::Proposed));
        assert_eq!(classify(&second).await, Classified::Done);
    }

    async fn s18_where_somebody_lives_takes_two_rights_too(house: House) {
        house.pass(78 * DAY);
        let lender = hired(&house, "lender", &[Grant::everywhere(Role::Agent)]).await;
        let deputy = hired(&house, "deputy", &[Grant::everywhere(Role::Engineer)]).await;
        let deputy = stands_in(&house, deputy.id, lender.id).await;
        let case = house.opens(&mail("a@mail.example", "Privacy Request", "a1@mail.example", "Please delete my account.")).await;
        let set = async |actor: &Actor, code| verbs::set_jurisdiction(&house.app, actor, case, NOW, code).await;
        assert_eq!(set(&lender, "DE").await.expect("known"), Placed::Done);
        assert_eq!(set(&lender, "IN").await.expect("known"), Placed::Proposed);
        is_refused(set(&deputy, "IN").await);
        assert_eq!(set(&house.officer, "IN").await.expect("known"), Placed::Done);
    }

    async fn the_log_names_the_colleague_whose_right_it_was(house: House) {
        let (app, all) = (&house.app, Grant::everywhere);
        let (asker, lead) = (hired(&house, "asker", &[all(Role::Lead)]).await, hired(&house, "lead", &[all(Role::Lead)]).await);
        let responder = hired(&house, "resp", &[all(Role::Responder)]).await;
        let deputy = hired(&house, "deputy", &[all(Role::Agent)]).await;
        let instead_of = |of: &Actor| (Some(deputy.id.0), format!("instead of {}", of.id.0));
        // of two colleagues the one who did not ask
        stands_in(&house, deputy.id, asker.id).await;
        let one = stands_in(&house, deputy.id, lead.id).await;
        let scene = scene(&house, PRODUCT, asker.id).await;
        verbs::add_note(app, &one, scene.case, "Seen").await.expect("noted");
        assert_eq!(entry(&house, "note_added").await, (Some(deputy.id.0), String::new()), "their own right");
        runs::send_back_run(app, &one, scene.run, "not like this").await.expect("sent back");
        assert_eq!(entry(&house, "run_sent_back").await, instead_of(&lead));
        let hold = held(&house, scene.case, Basis::LegalOrder, asker.id).await;
        verbs::release_hold(app, &one, scene.case, NOW, hold, "it is over").await.expect("released");
        assert_eq!(entry(&house, "secret_hold_released").await, instead_of(&lead));
        // behind the wall the right to see the case is the colleague's
        let one = stands_in(&house, deputy.id, responder.id).await;
        let case = behind(&house).await;
        verbs::add_note(app, &one, case, "Seen").await.expect("noted");
        assert_eq!(entry(&house, "note_added").await, instead_of(&responder));
    }

    async fn a_standing_approval_says_when_whoever_granted_it_may_no_longer(house: House) {
        let (app, lead) = (&house.app, hired(&house, "lead", &[Grant::everywhere(Role::Lead)]).await);
        let mut tx = app.db.begin().await.expect("a writer");
        let at = tx.db_now().await.expect("the time");
        standing_grant(&mut tx, PRODUCT, Standing::Replay, "why", lead.id, at, at.plus(DAY)).await.expect("granted");
        tx.commit().await.expect("kept");
        let elsewhere = hired(&house, "elsewhere", &[Grant::of(Role::Lead, OTHER), Grant::of(Role::Agent, PRODUCT)]).await;
        let line = async |actor: &Actor| runs::load_standing(app, actor).await.expect("the list").remove(0);
        let one = line(&house.officer).await;
        assert_eq!((one.holds, one.lapsed, one.may_end), (true, false, true));
        assert!(!line(&elsewhere).await.may_end, "who approves runs of another product");
        crate::app::staff::revoke(app, "lead@imagegen.example", &[Grant::everywhere(Role::Lead)]).await.expect("taken");
        let one = line(&house.officer).await;
        assert_eq!((one.holds, one.lapsed, one.may_end), (false, true, true));
        let page = browser(&house, elsewhere.id).await.get("/runs/standing").await;
        assert!(page.body.contains("lead may no longer approve runs") && !page.body.contains("End it now"), "{}", page.body);
    }

    async fn of_several_cases_those_are_given_that_can_be(house: House) {
        let reads = scene(&house, PRODUCT, house.officer.id).await;
        let works = scene(&house, OTHER, house.officer.id).await;
        let mixed = hired(&house, "mixed", &[Grant::of(Role::Auditor, PRODUCT), Grant::of(Role::Agent, OTHER)]).await;
        let mixed = now(&house, mixed.id).await;
        let given = verbs::assign_many(&house.app, &mixed, &[reads.case, works.case], Some(mixed.id)).await.expect("given");
        assert_eq!((given.done, given.skipped.len(), given.skipped[0].0), (1, 1, reads.case));
    }
}
