//! Who is away is stood in for: by whom an administrator named, for as long, and with both names.

use super::{PRODUCT, browser, entry, hired, meddle, now, scene, stands_in};
use crate::{
    app::{people, runs, verbs},
    domain::{
        rights::{Act, Grant, Role},
        run::RunState,
        time::DAY,
    },
    store::sql,
    testing::on_both,
};
use axum::http::StatusCode;

on_both! {
    async fn a_deputy_does_what_the_absent_may_and_both_are_written_down(house: House) {
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        let lead = hired(&house, "lead", &[Grant::of(Role::Lead, PRODUCT)]).await;
        let engineer = hired(&house, "engineer", &[Grant::everywhere(Role::Engineer)]).await;
        let asker = hired(&house, "asker", &[Grant::everywhere(Role::Agent)]).await;
        let scene = scene(&house, PRODUCT, asker.id).await;
        let path = format!("/cases/{}", scene.case);
        let deputy = engineer.id.0.to_string();
        let fields = [("do", "role"), ("role", "lead"), ("product", PRODUCT), ("deputy", deputy.as_str())];
        let answer = browser(&house, admin.id).await.post(&format!("/settings/people/{}", lead.id.0), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let mut one = browser(&house, engineer.id).await;
        assert_eq!(one.get(&path).await.status, StatusCode::NOT_FOUND, "nobody is away");
        // away from tomorrow on
        let mut theirs = browser(&house, lead.id).await;
        let day = |n: i64| house.app.now().plus(n * DAY).local(house.app.zone()).format("%Y-%m-%d").to_string();
        let answer = theirs.post("/account/absence", &[("from", &day(2)), ("to", &day(1))]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = theirs.post("/account/absence", &[("from", &day(0)), ("to", &day(9))]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        // the database of a test on PostgreSQL has a clock of its own
        let mut tx = house.app.db.begin().await.expect("a writer");
        let at = tx.db_now().await.expect("the time");
        sql("UPDATE staff_absences SET from_at = $1, until_at = $2").bind(at.plus(-DAY)).bind(at.plus(DAY)).run(&mut tx).await.expect("moved");
        tx.commit().await.expect("kept");
        assert_eq!(one.get(&path).await.status, StatusCode::OK, "in the same session");
        let deputy = now(&house, engineer.id).await;
        verbs::add_note(&house.app, &deputy, scene.case, "Seen").await.expect("noted");
        assert_eq!(entry(&house, "note_added").await, (Some(engineer.id.0), format!("instead of {}", lead.id.0)));
        let reason = "not like this";
        runs::send_back_run(&house.app, &deputy, scene.run, reason).await.expect("sent back");
        assert_eq!(entry(&house, "run_sent_back").await, (Some(engineer.id.0), format!("instead of {}", lead.id.0)));
        let audit = browser(&house, lead.id).await.get("/audit").await;
        assert!(audit.body.contains("engineer, instead of lead"), "{}", audit.body);
        // back again
        let answer = browser(&house, lead.id).await.post("/account/absence", &[("do", "back")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(!now(&house, engineer.id).await.may(Act::SeeCases, PRODUCT));
        assert_eq!(one.get(&path).await.status, StatusCode::NOT_FOUND);
    }

    async fn s18_nobody_approves_by_the_right_of_the_one_who_asked(house: House) {
        let lead = hired(&house, "lead", &[Grant::everywhere(Role::Lead)]).await;
        let deputy = hired(&house, "deputy", &[Grant::everywhere(Role::Agent)]).await;
        let scene = scene(&house, PRODUCT, lead.id).await;
        let deputy = stands_in(&house, deputy.id, lead.id).await;
        assert!(deputy.may(Act::ApproveRuns, PRODUCT));
        let refused = runs::send_back_run(&house.app, &deputy, scene.run, "no").await;
        assert!(matches!(refused, Err(crate::app::Error::NotAllowed(_))), "{refused:?}");
        let page = runs::load_run(&house.app, &deputy, scene.run).await.expect("the page");
        assert!(page.not_yours.is_some_and(|says| says.contains("stand in")) && page.state == RunState::Planned);
        // whoever is gone, and not away, has no deputy
        crate::app::staff::disable(&house.app, "lead@imagegen.example", true).await.expect("disabled");
        assert!(!now(&house, deputy.id).await.may(Act::ApproveRuns, PRODUCT));
        let absence = people::load_absence(&house.app, &deputy).await.expect("the page");
        assert!(absence.away.is_none());
    }

    async fn who_goes_away_reads_who_stands_in_now_and_in_what_nobody_does(house: House) {
        let admin = hired(&house, "admin", &[Grant::everywhere(Role::Admin)]).await;
        let (ended, own) = (Grant::everywhere(Role::Auditor), [Grant::everywhere(Role::Agent), Grant::of(Role::Lead, PRODUCT)]);
        let lead = hired(&house, "lead", &[own[0].clone(), own[1].clone(), ended]).await;
        let [one, gone] = [hired(&house, "one", &own).await, hired(&house, "gone", &own).await];
        let typed = |role: &str, product: &str, deputy: &crate::domain::rights::Actor| people::GrantTyped {
            role: role.to_owned(), product: product.to_owned(), until: String::new(), deputy: deputy.id.0.to_string(),
        };
        for typed in [typed("agent", "", &one), typed("lead", PRODUCT, &gone), typed("auditor", "", &gone)] {
            people::give_role(&house.app, &admin, lead.id, &typed).await.expect("given");
        }
        let page = async || people::load_absence(&house.app, &lead).await.expect("the page");
        let mut named = page().await.deputies;
        named.sort();
        assert_eq!((named, page().await.alone.len()), (vec!["gone".to_owned(), "one".to_owned()], 0));
        meddle(&house, "UPDATE staff_grants SET ends_at = 1 WHERE staff_id = $1 AND role = 'auditor'", lead.id.0).await;
        crate::app::staff::disable(&house.app, "gone@imagegen.example", true).await.expect("disabled");
        let shown = page().await;
        assert_eq!(shown.deputies, ["one"]);
        assert!(shown.alone.len() == 1 && shown.alone[0].starts_with("Data protection lead for "), "{:?}", shown.alone);
        let answer = browser(&house, lead.id).await.get("/account/absence").await;
        assert!(answer.body.contains("Nobody stands in for you as Data protection lead"), "{}", answer.body);
        // nor is anybody named who cannot sign in
        let refused = people::give_role(&house.app, &admin, lead.id, &typed("lead", PRODUCT, &gone)).await;
        assert!(matches!(refused, Err(crate::app::Error::Invalid(_))), "{refused:?}");
    }

    async fn empty_days_end_no_absence_and_what_was_typed_stays(house: House) {
        let lead = hired(&house, "lead", &[Grant::everywhere(Role::Lead)]).await;
        let mut theirs = browser(&house, lead.id).await;
        let day = |n: i64| house.app.now().plus(n * DAY).local(house.app.zone()).format("%Y-%m-%d").to_string();
        let (first, last) = (day(1), day(9));
        let answer = theirs.post("/account/absence", &[("do", "away"), ("from", &first), ("to", "")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("href=\"#to\"") && answer.body.contains(&format!("value=\"{first}\"")), "{}", answer.body);
        let away = [("do", "away"), ("from", first.as_str()), ("to", last.as_str())];
        assert_eq!(theirs.post("/account/absence", &away).await.header("location"), "/account/absence?done=set");
        let page = theirs.get("/account/absence").await;
        assert!([&first, &last].iter().all(|day| page.body.contains(&format!("value=\"{day}\""))), "the days that stand");
        let empty = theirs.post("/account/absence", &[("do", "away"), ("from", ""), ("to", " ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.body.contains("href=\"#from\"") && empty.body.contains("href=\"#to\""), "{}", empty.body);
        assert!(people::load_absence(&house.app, &lead).await.expect("the page").away.is_some(), "it stands");
        assert!(empty.body.contains("I am back"), "a button of its own ends it");
        assert_eq!(theirs.post("/account/absence", &[("do", "back")]).await.header("location"), "/account/absence?done=back");
        assert!(people::load_absence(&house.app, &lead).await.expect("the page").away.is_none());
        let late = theirs.post("/account/absence", &[("do", "back")]).await;
        assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.body.contains("You are not away"), "{}", late.body);
    }

    async fn a_deputy_reads_for_whom_they_act_and_until_when(house: House) {
        let lead = hired(&house, "Lakshmi", &[Grant::everywhere(Role::Lead), Grant::everywhere(Role::Agent)]).await;
        let deputy = hired(&house, "deputy", &[Grant::everywhere(Role::Agent)]).await;
        let before = browser(&house, deputy.id).await.get("/overview").await;
        assert!(!before.body.contains("Lakshmi"));
        stands_in(&house, deputy.id, lead.id).await;
        let mut tx = house.app.db.read().await.expect("a reader");
        let (until,): (i64,) = sql("SELECT until_at FROM staff_absences").one(&mut tx).await.expect("an absence");
        drop(tx);
        let until = crate::domain::time::Instant(until).short(house.app.zone());
        let mut theirs = browser(&house, deputy.id).await;
        let page = theirs.get("/overview").await;
        let says = format!("You stand in for Lakshmi until {until}.");
        assert_eq!(page.body.matches(&says).count(), 1, "once, whatever the roles: {}", page.body);
        let rail = format!("for Lakshmi until {until}");
        for path in ["/overview", "/account", "/policies"] {
            assert!(theirs.get(path).await.body.contains(&rail), "{path}");
        }
        assert!(theirs.get("/account/absence").await.body.contains(&says));
        assert!(!browser(&house, lead.id).await.get("/overview").await.body.contains("stand in for"));
        // a role that ends before its person is back
        meddle(&house, "UPDATE staff_grants SET ends_at = 1 WHERE staff_id = $1", lead.id.0).await;
        assert!(!theirs.get("/overview").await.body.contains("Lakshmi"));
    }
}
