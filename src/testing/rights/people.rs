//! Roles and accounts that change: over HTTP, by an administrator who has just proved who they are; whoever loses something
//! is out at once, on every console.

use super::{browser, hired, meddle, now};
use crate::{
    app::{Error, people, staff},
    domain::{
        identity::StaffId,
        rights::{Grant, Role},
        time::DAY,
    },
    store::sql,
    testing::{
        browser::Browser,
        house::{House, PRODUCT},
        on_both,
    },
};
use axum::http::StatusCode;

const AGENT: &str = "agent@imagegen.example";

/// A browser of the same session on another console.
fn elsewhere(house: &House, browser: &Browser) -> Browser {
    Browser { app: house.another_console(), ..browser.clone() }
}

async fn roles(house: &House, id: StaffId) -> Vec<(Role, Option<String>)> {
    now(house, id).await.grants.into_iter().map(|grant| (grant.role, grant.product)).collect()
}

async fn entries(house: &House, action: &str) -> Vec<(Option<i64>, String, String)> {
    let mut tx = house.app.db.read().await.expect("a reader");
    let text = "SELECT staff_id, object, fields FROM audit WHERE action = $1 ORDER BY id";
    sql(text).bind(action).all(&mut tx).await.expect("it lists")
}

on_both! {
    async fn s05_a_change_of_roles_ends_the_sessions_on_every_console(house: House) {
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        let agent = house.agent.id;
        let path = format!("/settings/people/{}", agent.0);
        for fields in [
            vec![("do", "role"), ("role", "auditor"), ("product", PRODUCT)],
            vec![("do", "take"), ("role", "auditor"), ("product", PRODUCT)],
            vec![("do", "sessions")],
            vec![("do", "factor")],
            vec![("do", "disable")],
        ] {
            let here = browser(&house, agent).await;
            let there = elsewhere(&house, &browser(&house, agent).await);
            assert!(here.is_in().await && there.is_in().await, "{fields:?}");
            let mut boss = browser(&house, admin.id).await;
            let answer = boss.post(&path, &fields).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{fields:?}: {}", answer.body);
            assert!(!here.is_in().await && !there.is_in().await, "{fields:?}");
        }
        assert_eq!(browser(&house, admin.id).await.post(&path, &[("do", "enable")]).await.status, StatusCode::SEE_OTHER);
        for product in [None, Some(PRODUCT)] {
            let there = elsewhere(&house, &browser(&house, agent).await);
            let grant = Grant { product: product.map(str::to_owned), ..Grant::everywhere(Role::Engineer) };
            staff::grant(&house.app, AGENT, std::slice::from_ref(&grant)).await.expect("granted on the command line");
            assert!(!there.is_in().await);
            let there = elsewhere(&house, &browser(&house, agent).await);
            staff::revoke(&house.app, AGENT, &[grant]).await.expect("taken on the command line");
            assert!(!there.is_in().await);
        }
        assert_eq!(roles(&house, agent).await, [(Role::Agent, None)]);
        let granted = entries(&house, "role_granted").await;
        let object = format!("{} auditor {PRODUCT}", agent.0);
        assert_eq!(granted[0], (Some(admin.id.0), object, "role, until, deputy".to_owned()));
    }

    async fn s14_roles_change_only_for_an_administrator_who_has_just_proved_it(house: House) {
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        let agent = house.agent.id;
        let path = format!("/settings/people/{}", agent.0);
        let acts: [&[(&str, &str)]; 7] = [
            &[("do", "role"), ("role", "auditor")],
            &[("do", "take"), ("role", "agent")],
            &[("do", "disable")],
            &[("do", "enable")],
            &[("do", "sessions")],
            &[("do", "factor")],
            &[("do", "person"), ("other", "1")],
        ];
        let mut boss = browser(&house, admin.id).await;
        crate::testing::people::let_proof_age(&house, &admin).await;
        for fields in acts {
            let answer = boss.post(&path, fields).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{fields:?}");
        }
        let invite = [("name", "Dana"), ("email", "dana@imagegen.example"), ("role", "agent")];
        assert_eq!(boss.post("/settings/people", &invite).await.status, StatusCode::UNAUTHORIZED);
        let mut officer = browser(&house, house.officer.id).await;
        for fields in acts {
            assert_eq!(officer.post(&path, fields).await.status, StatusCode::NOT_FOUND, "{fields:?}");
        }
        assert_eq!(officer.post("/settings/people", &invite).await.status, StatusCode::NOT_FOUND);
        assert_eq!(roles(&house, agent).await, [(Role::Agent, None)]);
        assert!(entries(&house, "role_granted").await.is_empty());
        // fresh again, and the invitation is done with its link
        let mut boss = browser(&house, admin.id).await;
        let invite = [invite[0], invite[1], invite[2], ("product", PRODUCT), ("until", "2099-12-31")];
        let answer = boss.post("/settings/people", &invite).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        house.works().await;
        assert!(house.sent().iter().any(|mail| mail.contains("dana@imagegen.example")));
        let page = boss.get("/settings/people").await;
        assert!(page.body.contains("Dana") && page.body.contains("invited, has no password yet"), "{}", page.body);
    }

    async fn nobody_gives_themselves_a_role_and_an_administrator_stays(house: House) {
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        let mut boss = browser(&house, admin.id).await;
        let own = format!("/settings/people/{}", admin.id.0);
        for fields in [
            [("do", "role"), ("role", "officer")],
            [("do", "take"), ("role", "admin")],
            [("do", "disable"), ("role", "")],
            [("do", "factor"), ("role", "")],
        ] {
            let answer = boss.post(&own, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        }
        // nor by another login, nor as a deputy
        let other = hired(&house, "admin+two", &[Grant::everywhere(Role::Auditor)]).await;
        let answer = boss.post(&format!("/settings/people/{}", other.id.0), &[("do", "role"), ("role", "officer")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let deputy = admin.id.0.to_string();
        let fields = [("do", "role"), ("role", "agent"), ("deputy", deputy.as_str())];
        let answer = boss.post(&format!("/settings/people/{}", house.agent.id.0), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(roles(&house, admin.id).await, [(Role::Admin, None)]);
        for (field, value) in [("role", "king"), ("product", "none"), ("until", "yesterday"), ("until", "2020-01-01"), ("deputy", "999")] {
            let mut fields = vec![("do", "role"), ("role", "agent")];
            fields.retain(|(name, _)| *name != field);
            fields.push((field, value));
            let answer = boss.post(&format!("/settings/people/{}", house.agent.id.0), &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        }
    }

    async fn s18_no_administrator_invites_themselves_into_a_role(house: House) {
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        let other = hired(&house, "okafor", &[Grant::everywhere(Role::Auditor)]).await;
        let mut boss = browser(&house, admin.id).await;
        let ids = [admin.id.0.to_string(), other.id.0.to_string()];
        let joined = [("do", "person"), ("other", ids[1].as_str())];
        assert_eq!(boss.post(&format!("/settings/people/{}", admin.id.0), &joined).await.status, StatusCode::SEE_OTHER);
        let mut boss = browser(&house, admin.id).await;
        for (email, same_as) in [
            ("Admin+two@imagegen.example", ""),
            ("okafor+two@imagegen.example", ""),
            ("new@imagegen.example", ids[0].as_str()),
            ("new@imagegen.example", ids[1].as_str()),
        ] {
            let fields = [("name", "Dana"), ("email", email), ("role", "lead"), ("same_as", same_as)];
            let answer = boss.post("/settings/people", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{email} {same_as}");
            assert!(answer.body.contains("Nobody gives themselves a role"), "{}", answer.body);
        }
        house.works().await;
        assert!(house.sent().is_empty(), "nobody is invited");
    }

    async fn s18_every_account_with_a_mailbox_is_of_one_person(house: House) {
        let role = [Grant::everywhere(Role::Agent)];
        let agent = |name: &'static str| hired(&house, name, &role);
        let (one, two, alias) = (agent("dana").await, agent("dana+two").await, agent("okafor").await);
        // accounts of before anybody asked
        meddle(&house, "UPDATE staff SET person_id = NULL WHERE id > $1", 0).await;
        assert!(!now(&house, two.id).await.is(one.id));
        for joined in [1, 0] {
            assert_eq!(staff::join_mailboxes(&house.app).await.expect("joined"), joined);
            assert!(now(&house, two.id).await.is(one.id) && !now(&house, alias.id).await.is(one.id));
        }
        let log = entries(&house, "person_joined").await;
        assert_eq!(log[0], (None, format!("{} {}", two.id.0, one.id.0), "person".to_owned()));
        // whoever is said to be somebody is still who their mailbox says, and all of them are
        let (email, name) = ("dana+three@imagegen.example", "Dana");
        let person = staff::Person { email, name, password: "correct horse battery" };
        let access = staff::Access { grants: vec![Grant::everywhere(Role::Agent)], same_as: Some(alias.id) };
        let three = staff::create(&house.app, &person, &access).await.expect("hired");
        let three = now(&house, three).await;
        assert!([&one, &two, &alias].iter().all(|login| three.is(login.id)));
    }

    async fn an_administrator_is_one_who_signs_in_and_may_manage_people_now(house: House) {
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        let take = async |role| people::take_role(&house.app, &admin, admin.id, role, None).await;
        // somebody who has no password yet is none
        let access = staff::Access::from(&[Role::Admin][..]);
        let invited = staff::invite(&house.app, "new@imagegen.example", "New", &access).await.expect("invited");
        assert!(matches!(take(Role::Admin).await, Err(Error::Invalid(_))), "nobody would be left");
        // where nobody goes on being one, other acts are none the less done
        meddle(&house, "UPDATE staff_grants SET ends_at = granted_at + 999999999999 WHERE staff_id = $1", admin.id.0).await;
        assert!(!staff::has_admin(&house.app).await.expect("it reads"));
        people::disable_person(&house.app, &admin, house.agent.id).await.expect("disabled");
        // who lost the role since their page was loaded does nothing with it any more
        meddle(&house, "DELETE FROM staff_grants WHERE staff_id = $1", admin.id.0).await;
        let late = people::disable_person(&house.app, &admin, invited).await;
        assert!(matches!(late, Err(Error::NotFound)), "{late:?}");
        let typed = people::Invited { email: "x@imagegen.example".to_owned(), name: "X".to_owned(), ..people::Invited::default() };
        let typed = people::Invited { grant: people::GrantTyped { role: "agent".to_owned(), ..Default::default() }, ..typed };
        let late = people::invite_person(&house.app, &admin, &typed).await;
        assert!(matches!(late, Err(Error::NotFound)), "{late:?}");
    }

    async fn several_roles_are_given_and_taken_together_or_not_at_all(house: House) {
        let (engineer, auditor) = (Grant::everywhere(Role::Engineer), Grant::of(Role::Auditor, PRODUCT));
        let refused = staff::grant(&house.app, AGENT, &[engineer.clone(), Grant::of(Role::Auditor, "none")]).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        assert_eq!(roles(&house, house.agent.id).await, [(Role::Agent, None)]);
        staff::grant(&house.app, AGENT, &[engineer.clone(), auditor]).await.expect("given");
        let there = roles(&house, house.agent.id).await;
        assert_eq!(there.len(), 3);
        let refused = staff::revoke(&house.app, AGENT, &[engineer, Grant::everywhere(Role::Lead)]).await;
        let Err(Error::Invalid(fields)) = refused else { panic!("{refused:?}") };
        assert!(fields[0].says.contains("lead for all products"), "{fields:?}");
        assert_eq!(roles(&house, house.agent.id).await, there);
    }

    async fn s05_a_role_ends_by_the_databases_clock(house: House) {
        let mut tx = house.app.db.read().await.expect("a reader");
        let at = tx.db_now().await.expect("the time");
        drop(tx);
        let auditor = hired(&house, "auditor", &[Grant { until: Some(at.plus(DAY)), ..Grant::everywhere(Role::Auditor) }]).await;
        let mut browser = browser(&house, auditor.id).await;
        assert_eq!(browser.get("/queue").await.status, StatusCode::OK);
        meddle(&house, "UPDATE staff_grants SET ends_at = 1 WHERE staff_id = $1", auditor.id.0).await;
        assert_eq!(browser.get("/queue").await.status, StatusCode::NOT_FOUND, "in the same session");
        assert!(now(&house, auditor.id).await.grants.is_empty());
    }

    async fn a_name_is_short_and_hides_nothing(house: House) {
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        let mut boss = browser(&house, admin.id).await;
        let long = "x".repeat(101);
        for (name, says) in [
            ("", "Enter the name"),
            (long.as_str(), "100 characters"),
            ("Dana\u{7}Okafor", "on one line"),
            ("Dana\nOkafor", "on one line"),
            ("Dana \u{202e}rofakO", "direction of writing"),
            ("Dana\u{200f}", "direction of writing"),
            ("Dana\u{2066}x", "direction of writing"),
        ] {
            let fields = [("name", name), ("email", "dana@imagegen.example"), ("role", "agent")];
            let answer = boss.post("/settings/people", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
            assert!(answer.body.contains("href=\"#name\"") && answer.body.contains(says), "{name:?}: {}", answer.body);
        }
        for (name, email) in [("\u{e9}".repeat(100), "one@imagegen.example"), ("李小龙".to_owned(), "two@imagegen.example")] {
            let fields = [("name", name.as_str()), ("email", email), ("role", "agent")];
            assert_eq!(boss.post("/settings/people", &fields).await.status, StatusCode::SEE_OTHER, "{name}");
        }
    }

    async fn an_invitation_says_everything_that_is_wrong_at_once(house: House) {
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        let mut boss = browser(&house, admin.id).await;
        let fields = [("name", " "), ("email", "no address"), ("role", ""), ("product", "none"), ("until", "soon")];
        let answer = boss.post("/settings/people", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["name", "email", "role", "product", "until"] {
            assert!(answer.body.contains(&format!("href=\"#{field}\"")), "{field}: {}", answer.body);
        }
    }

    async fn heavy_acts_are_asked_about_once_more(house: House) {
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        browser(&house, house.agent.id).await;
        let mut boss = browser(&house, admin.id).await;
        let page = boss.get(&format!("/settings/people/{}", house.agent.id.0)).await;
        for does in ["take", "sessions", "factor", "disable"] {
            // the button that does it stands behind one that opens, without any script
            let (before, _) = page.body.split_once(&format!("value=\"{does}\"")).unwrap_or_else(|| panic!("no {does}"));
            let open = before.matches("<details").count() - before.matches("</details>").count();
            assert_eq!(open, 1, "{does}");
        }
    }

    async fn a_form_that_comes_late_is_told_that_it_is_so_already(house: House) {
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        let other = hired(&house, "other", &[Grant::everywhere(Role::Auditor)]).await;
        browser(&house, other.id).await;
        let mut boss = browser(&house, admin.id).await;
        let path = format!("/settings/people/{}", other.id.0);
        let third = house.agent.id.0.to_string();
        for (fields, says) in [
            (vec![("do", "take"), ("role", "auditor")], "They do not have this role any more"),
            (vec![("do", "person"), ("other", third.as_str())], "Both accounts count as one person already"),
            (vec![("do", "disable")], "It is disabled already"),
            (vec![("do", "enable")], "It is not disabled"),
        ] {
            assert_eq!(boss.post(&path, &fields).await.status, StatusCode::SEE_OTHER, "{fields:?}");
            let before = entries(&house, "role_taken").await.len();
            let late = boss.post(&path, &fields).await;
            assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
            assert!(late.body.contains(says) && late.body.contains("Whose account this is"), "{fields:?}: {}", late.body);
            assert_eq!(entries(&house, "role_taken").await.len(), before);
        }
    }
}
