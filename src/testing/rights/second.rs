//! Two who have to agree are two people: not two sessions, logins or roles of one, and not somebody who may no longer.

use super::{OTHER, PRODUCT, browser, hired, now, scene};
use crate::{
    app::{Error, runs, staff, verbs},
    domain::{
        kind::Kind,
        rights::{Grant, Role},
    },
    testing::on_both,
};
use axum::http::StatusCode;

on_both! {
    async fn s18_another_login_of_the_same_person_is_no_second_person(house: House) {
        let asker = hired(&house, "dana", &[Grant::everywhere(Role::Lead)]).await;
        // the same mailbox, and another address that an administrator says is hers
        let tagged = hired(&house, "dana+second", &[Grant::everywhere(Role::Lead), Grant::everywhere(Role::Responder)]).await;
        let alias = hired(&house, "okafor", &[Grant::everywhere(Role::Officer)]).await;
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        let scene = scene(&house, PRODUCT, asker.id).await;
        assert!(now(&house, tagged.id).await.is(asker.id) && !now(&house, alias.id).await.is(asker.id));
        let other = asker.id.0.to_string();
        let fields = [("do", "person"), ("other", other.as_str())];
        let answer = browser(&house, admin.id).await.post(&format!("/settings/people/{}", alias.id.0), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let path = format!("/runs/{}", scene.run);
        for login in [asker.id, tagged.id, alias.id] {
            for _session in 0..2 {
                let mut browser = browser(&house, login).await;
                for fields in [vec![("do", "approve"), ("typed", "x")], vec![("do", "send_back"), ("reason", "no")]] {
                    assert_eq!(browser.post(&path, &fields).await.status, StatusCode::FORBIDDEN, "{login:?} {fields:?}");
                }
                let page = runs::load_run(&house.app, &now(&house, login).await, scene.run).await.expect("the page");
                assert!(page.not_yours.is_some_and(|says| says.contains("You asked for this run")));
            }
        }
        // a hold that one login placed is not released, and a kind that one proposed is not confirmed, by the other
        let case = scene.case;
        let one = now(&house, asker.id).await;
        let restricted = crate::testing::house::mail("b@mail.example", "report", "p1@mail.example", "This is a report about child safety, item 7.");
        let behind = house.opens(&restricted).await;
        let responder = hired(&house, "resp", &[Grant::everywhere(Role::Responder)]).await;
        verbs::classify_case(&house.app, &responder, behind, i64::MAX, Kind::Inquiry, "it is none").await.expect("proposed");
        let twin = hired(&house, "resp+two", &[Grant::everywhere(Role::Responder)]).await;
        let again = verbs::classify_case(&house.app, &twin, behind, i64::MAX, Kind::Inquiry, "I agree with myself").await;
        assert_eq!(again.expect("proposed"), verbs::Classified::Proposed);
        assert!(house.case(behind).await.case.is_restricted());
        let second = hired(&house, "second", &[Grant::everywhere(Role::Lead)]).await;
        assert!(second.second(one.id, crate::domain::rights::Act::ApproveRuns, PRODUCT).is_some(), "{case}");
        let answer = browser(&house, second.id).await.post(&path, &[("do", "send_back"), ("reason", "no")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }

    async fn s18_whoever_lost_the_role_meanwhile_approves_nothing_any_more(house: House) {
        let asker = hired(&house, "asker", &[Grant::everywhere(Role::Agent)]).await;
        let lead = hired(&house, "lead", &[Grant::of(Role::Lead, PRODUCT), Grant::everywhere(Role::Agent)]).await;
        let scene = scene(&house, PRODUCT, asker.id).await;
        let path = format!("/runs/{}", scene.run);
        let fields = [("do", "send_back"), ("reason", "no")];
        let mut old = browser(&house, lead.id).await;
        staff::revoke(&house.app, "lead@imagegen.example", &[Grant::of(Role::Lead, PRODUCT)]).await.expect("taken");
        assert_eq!(old.post(&path, &fields).await.status, StatusCode::UNAUTHORIZED, "the old session has ended");
        assert_eq!(browser(&house, lead.id).await.post(&path, &fields).await.status, StatusCode::FORBIDDEN);
        // the role for another product is none here
        staff::grant(&house.app, "lead@imagegen.example", &[Grant::of(Role::Lead, OTHER)]).await.expect("given");
        assert_eq!(browser(&house, lead.id).await.post(&path, &fields).await.status, StatusCode::FORBIDDEN);
        // an actor that was read before and acts late: the run itself looks once more before it begins
        let stale = runs::send_back_run(&house.app, &now(&house, lead.id).await, scene.run, "no").await;
        assert!(matches!(stale, Err(Error::NotAllowed(_))), "{stale:?}");
    }
}
