//! The erasure of a requester from here: one asks, another approves, a job does it and looks again; what is open, held or
//! behind the wall stays, and nothing that is read once more brings anybody back.

use super::{ANA, answered, chain_is_whole, count, holds, raws, readable, resolve, with_file};
use crate::{
    app::{
        Error,
        intake::Read,
        retention::{self, RequesterPage},
    },
    domain::{
        hold::Basis,
        identity::Reference,
        rights::{Actor, Grant, Role},
        sign_in::Proof,
        time::DAY,
    },
    store::requester_erasures::ErasureState,
    testing::{
        house::{House, PRODUCT, mail},
        on_both,
        rights::hired,
    },
};

pub(super) async fn lead(house: &House) -> Actor {
    hired(house, "lead", &[Grant::everywhere(Role::Lead)]).await
}

pub(super) async fn page(house: &House, actor: &Actor, case: Reference) -> RequesterPage {
    retention::load_requester(&house.app, actor, case).await.expect("the page loads")
}

/// Why a case stays; none where it goes.
pub(super) fn stays(page: &RequesterPage, case: Reference) -> Option<String> {
    page.lines.iter().find(|line| line.reference == case).expect("it is listed").stays.clone()
}

pub(super) async fn ask(house: &House, case: Reference) -> i64 {
    retention::ask_requester_erasure(&house.app, &house.officer, case, "they asked by phone")
        .await
        .expect("it is asked for")
}

on_both! {
    async fn one_asks_another_approves_and_nothing_is_left(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        let two = answered(&house, ANA, "a2@mail.example").await;
        let open = house.opens(&mail(ANA, "Privacy Request", "a3@mail.example", "Please correct my name.")).await;
        let other = answered(&house, "Ben Ode <ben@mail.example>", "b1@mail.example").await;
        house.works().await;
        let (app, lead) = (&house.app, lead(&house).await);
        let seen = page(&house, &house.officer, one).await;
        assert_eq!((stays(&seen, one), stays(&seen, two)), (None, None));
        assert!(stays(&seen, open).expect("it stays").contains("open"));
        assert!(seen.lines.iter().all(|line| line.reference != other) && seen.lines[0].holds.0 == 1);
        assert!(retention::ask_requester_erasure(app, &house.officer, one, " ").await.is_err());
        let id = ask(&house, one).await;
        assert!(retention::ask_requester_erasure(app, &house.officer, one, "again").await.is_err(), "one at a time");
        let own = retention::approve_requester_erasure(app, &house.officer, one, id).await;
        assert!(matches!(own, Err(Error::Invalid(_))), "never one's own: {own:?}");
        let agent = retention::approve_requester_erasure(app, &house.agent, one, id).await;
        assert!(matches!(agent, Err(Error::NotAllowed(_))), "{agent:?}");
        let stale = Actor { proof: Proof::Stale, ..lead.clone() };
        let stale = retention::approve_requester_erasure(app, &stale, one, id).await;
        assert!(matches!(stale, Err(Error::Unproved)), "{stale:?}");
        assert!(matches!(retention::approve_requester_erasure(app, &lead, two, id).await, Err(Error::NotFound)));
        house.works().await;
        assert!(house.case(one).await.case.erased.is_none(), "nothing before it is approved");
        retention::approve_requester_erasure(app, &lead, one, id).await.expect("approved");
        assert!(retention::approve_requester_erasure(app, &lead, one, id).await.is_err(), "once");
        house.works().await;
        for case in [one, two] {
            assert!(house.case(case).await.case.erased.is_some(), "{case}");
        }
        assert!(house.case(open).await.case.erased.is_none() && house.case(other).await.case.erased.is_none());
        assert_eq!(raws(&house).await, 2, "what is open, and somebody else’s");
        let past = count(&house, "SELECT COUNT(*) FROM requester_erasures WHERE state = 'done' AND ended_at IS NOT NULL").await;
        assert_eq!(past, 1);
        let told = count(&house, "SELECT COUNT(*) FROM audit WHERE action = 'requester_erased' AND object LIKE '%cases=2 mails=2%'").await;
        assert_eq!(told, 1, "{}", readable(&house).await);
        let refused = retention::load_requester(app, &house.officer, one).await.expect("it loads");
        assert!(refused.lines.is_empty() && refused.past[0].state == ErasureState::Done);
        // twice does it once
        let seq = house.case(one).await.case.seq;
        retention::erase_requester(app, id).await.expect("nothing to do");
        assert_eq!(house.case(one).await.case.seq, seq);
        chain_is_whole(&house).await;
    }

    async fn what_is_read_once_more_brings_nobody_back_and_a_new_mail_is_a_new_case(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        let lead = lead(&house).await;
        let id = ask(&house, one).await;
        retention::approve_requester_erasure(&house.app, &lead, one, id).await.expect("approved");
        house.works().await;
        assert_eq!(raws(&house).await, 0);
        assert!(!readable(&house).await.contains("canary"));
        // the very same bytes, and the same words that came by another way
        assert_eq!(house.receives(&with_file(ANA, "a1@mail.example")).await, Read::Already);
        let again = format!("Received: from elsewhere by mx.imagegen.example; Mon, 2 Nov 2026 10:00:00 +0000\n{}", with_file(ANA, "a1@mail.example"));
        assert_eq!(house.receives(&again).await, Read::Already);
        assert_eq!(raws(&house).await, 0, "the copy that came again is not kept either");
        assert!(!readable(&house).await.contains("canary"));
        // an answer in the old thread, and a mail that names the old case
        let reply = format!("From: {ANA}\nTo: privacy@imagegen.example\nSubject: Re: [{one}] Privacy Request\nMessage-ID: <a9@mail.example>\nIn-Reply-To: <a1@mail.example>\n\nA copy of my data again, please.\n");
        let Read::Opened(new) = house.receives(&reply).await else { panic!("a person is never suppressed") };
        assert!(new != one);
        assert!(house.case(one).await.case.erased.is_some());
    }

    async fn what_stays_says_why_and_a_secret_hold_does_not(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        let lead = lead(&house).await;
        let id = ask(&house, one).await;
        holds(&house, one, Basis::LegalOrder).await;
        let seen = page(&house, &house.agent, one).await;
        assert!(stays(&seen, one).expect("it stays").ends_with("or law asks for it"));
        retention::approve_requester_erasure(&house.app, &lead, one, id).await.expect("approved");
        house.works().await;
        assert!(house.case(one).await.case.erased.is_none(), "a hold that came meanwhile stands in the way");
        assert_eq!(raws(&house).await, 1);
        let told = count(&house, "SELECT COUNT(*) FROM audit WHERE action = 'requester_erased' AND object LIKE '%stayed=1'").await;
        assert_eq!(told, 1);
        assert!(retention::ask_requester_erasure(&house.app, &house.officer, one, "again").await.is_err(), "nothing would go");
        // of what law asks for the page says which law
        let erased = house.opens(&mail("ben@mail.example", "Privacy Request", "b1@mail.example", "Please delete my account.")).await;
        resolve(&house, erased).await;
        let law = stays(&page(&house, &house.agent, erased).await, erased).expect("it stays");
        assert!(law.contains("IT Rules 2021 r. 3(1)(h)") && law.starts_with("until "), "{law}");
    }

    async fn s18_an_approval_is_worth_what_its_giver_may_do_when_it_begins(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        let (lead, id) = (lead(&house).await, ask(&house, one).await);
        retention::approve_requester_erasure(&house.app, &lead, one, id).await.expect("approved");
        crate::app::staff::revoke(&house.app, "lead@imagegen.example", &[Grant::everywhere(Role::Lead)]).await.expect("taken");
        house.works().await;
        assert!(house.case(one).await.case.erased.is_none());
        assert_eq!(raws(&house).await, 1);
        let seen = page(&house, &house.officer, one).await;
        assert_eq!((seen.open.is_none(), seen.past[0].state), (true, ErasureState::Lapsed));
        let told = count(&house, "SELECT COUNT(*) FROM audit WHERE action = 'requester_erasure_lapsed' AND who = 'system'").await;
        assert_eq!(told, 1);
        // asked for and approved anew it is done
        let id = ask(&house, one).await;
        let other = hired(&house, "other", &[Grant::everywhere(Role::Lead)]).await;
        retention::approve_requester_erasure(&house.app, &other, one, id).await.expect("approved");
        house.works().await;
        assert!(house.case(one).await.case.erased.is_some());
        chain_is_whole(&house).await;
    }

    async fn s18_another_login_of_who_asked_approves_nothing_nor_does_who_leads_another_product(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        let (app, id) = (&house.app, ask(&house, one).await);
        let twin = hired(&house, "officer+two", &[Grant::everywhere(Role::Lead)]).await;
        let own = retention::approve_requester_erasure(app, &twin, one, id).await;
        assert!(matches!(own, Err(Error::Invalid(_))), "{own:?}");
        assert!(page(&house, &twin, one).await.open.is_some_and(|open| !open.may_approve && open.ending == retention::Ending::Withdraw));
        assert!(page(&house, &house.agent, one).await.open.is_some_and(|open| !open.may_approve && open.ending == retention::Ending::No));
        let elsewhere = hired(&house, "elsewhere", &[Grant::of(Role::Lead, "imgus")]).await;
        let theirs = retention::approve_requester_erasure(app, &elsewhere, one, id).await;
        assert!(matches!(theirs, Err(Error::NotFound)), "{theirs:?}");
        assert!(matches!(retention::load_requester(app, &elsewhere, one).await, Err(Error::NotFound)));
        assert!(retention::load_retention(app, &elsewhere).await.expect("it loads").waiting.is_empty());
        let mixed = hired(&house, "mixed", &[Grant::of(Role::Lead, "imgus"), Grant::of(Role::Agent, PRODUCT)]).await;
        let approved = retention::approve_requester_erasure(app, &mixed, one, id).await;
        assert!(matches!(approved, Err(Error::NotAllowed(_))), "{approved:?}");
        assert_eq!(retention::load_retention(app, &mixed).await.expect("it loads").waiting.len(), 1);
        house.works().await;
        assert!(house.case(one).await.case.erased.is_none());
        let lead = hired(&house, "lead", &[Grant::of(Role::Lead, PRODUCT)]).await;
        retention::approve_requester_erasure(app, &lead, one, id).await.expect("approved");
    }

    async fn an_erasure_can_be_refused_and_is_over_after_a_week(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        let (app, lead) = (&house.app, lead(&house).await);
        let id = ask(&house, one).await;
        let agent = retention::refuse_requester_erasure(app, &house.agent, one, id).await;
        assert!(matches!(agent, Err(Error::NotAllowed(_))), "{agent:?}");
        retention::refuse_requester_erasure(app, &house.officer, one, id).await.expect("taken back");
        assert!(retention::approve_requester_erasure(app, &lead, one, id).await.is_err());
        let id = ask(&house, one).await;
        house.pass(8 * DAY);
        let late = retention::approve_requester_erasure(app, &lead, one, id).await;
        assert!(matches!(late, Err(Error::Invalid(_))), "{late:?}");
        house.works().await;
        assert!(house.case(one).await.case.erased.is_none());
        let walled = house.opens(&mail("eve@mail.example", "report", "e1@mail.example", "This is a report about child safety, item 4471.")).await;
        assert!(matches!(retention::load_requester(app, &house.officer, walled).await, Err(Error::NotFound)));
        assert!(matches!(retention::load_requester(app, &house.agent, walled).await, Err(Error::NotFound)));
        assert!(retention::ask_requester_erasure(app, &house.officer, walled, "no").await.is_err());
    }
}
