//! The pages of retention over HTTP, as a browser without scripts sends their forms.

use super::{ANA, answered};
use crate::{
    app::staff,
    domain::{identity::StaffId, rights::Role},
    testing::{
        browser::Browser,
        house::{House, PRODUCT, mail},
        on_both,
        people::minted,
    },
    ui::paths,
};
use axum::http::StatusCode;

async fn browser(house: &House, whom: StaffId) -> Browser {
    Browser::with(house.app.clone(), &minted(house, whom).await)
}

on_both! {
    async fn what_falls_due_is_shown_and_the_schedule_is_paused_by_who_may(house: House) {
        let mut agent = browser(&house, house.agent.id).await;
        let mut hired = Vec::new();
        for (email, name, role) in [("lead@imagegen.example", "Tomasz Wilk", Role::Lead), ("admin@imagegen.example", "Ada Root", Role::Admin)] {
            let id = staff::create_user(&house.app, email, name, "correct horse battery", &[role]).await.expect("hired");
            hired.push(browser(&house, id).await);
        }
        let [lead, admin] = &mut hired[..] else { panic!("two") };
        let page = agent.get(paths::RETENTION).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        for words in ["11 CCR § 7101", "Raw copies of mail", "1 year after the case was resolved", "never cut", "imgus"] {
            assert!(page.body.contains(words), "{words}");
        }
        assert!(!page.body.contains("Pause the schedule"), "an agent pauses nothing");
        for other in [&mut agent, &mut browser(&house, house.officer.id).await, &mut *admin] {
            let refused = other.post(paths::RETENTION, &[("pause", PRODUCT), ("reason", "x")]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
        let empty = lead.post(paths::RETENTION, &[("pause", PRODUCT), ("reason", " ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.body.contains(&format!("href=\"#reason-{PRODUCT}\"")), "{}", empty.body);
        let done = lead.post(paths::RETENTION, &[("pause", PRODUCT), ("reason", "counsel <looks>")]).await;
        let there = format!("/settings/retention?done=paused&product={PRODUCT}");
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, there.as_str()));
        let page = lead.get(&there).await.body;
        assert!(page.contains("ImageGen By ArtisticMonk is paused."), "{page}");
        assert!(page.contains("Paused by Tomasz Wilk") && page.contains("counsel &lt;looks&gt;"), "{page}");
        // who runs the system reads the periods, and nothing of cases
        let page = admin.get(paths::RETENTION).await.body;
        assert!(page.contains("1 year after the case was resolved") && page.contains("Paused by Tomasz Wilk"), "{page}");
        assert!(!page.contains("counsel") && !page.contains("Stays:"), "{page}");
        let twice = lead.post(paths::RETENTION, &[("pause", PRODUCT), ("reason", "again")]).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = lead.post(paths::RETENTION, &[("resume", PRODUCT)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let nothing = lead.post(paths::RETENTION, &[("pause", "nobody"), ("reason", "x")]).await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
        let policies = admin.get(paths::POLICIES).await.body;
        assert!(policies.contains("href=\"/settings/retention\""));
    }

    async fn a_requester_is_erased_by_two_on_the_pages(house: House) {
        let case = answered(&house, ANA, "a1@mail.example").await;
        let (mut officer, mut agent) = (browser(&house, house.officer.id).await, browser(&house, house.agent.id).await);
        let address = paths::requester(case);
        assert!(agent.get(&paths::case(case)).await.body.contains(&format!("href=\"{address}\"")));
        let page = agent.get(&address).await;
        assert!(page.status == StatusCode::OK && page.body.contains("1 case goes") && page.body.contains("Ask for the erasure"));
        let empty = agent.post(&address, &[("do", "ask"), ("reason", "")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.body.contains("href=\"#reason\""));
        let asked = agent.post(&address, &[("do", "ask"), ("reason", "they asked by phone")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER);
        let waits = agent.get(&address).await.body;
        assert!(waits.contains("Asked by Arun Pillai") && !waits.contains("Approve: erase for good"), "{waits}");
        let own = agent.post(&address, &[("do", "approve"), ("erasure", "1")]).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN);
        assert!(waits.contains("Withdraw") && !waits.contains(">Refuse<"), "{waits}");
        for list in [paths::RETENTION, paths::RUNS, paths::OVERVIEW] {
            assert!(officer.get(list).await.body.contains(&format!("href=\"{address}\"")), "{list}");
        }
        let seen = officer.get(&address).await.body;
        for words in ["Approve: erase for good", "they asked by phone", "It can be approved until", ">Refuse<"] {
            assert!(seen.contains(words), "{words}: {seen}");
        }
        assert!(officer.get(&paths::case(case)).await.body.contains("Erasure from here asked for"));
        let wrong = officer.post(&address, &[("do", "approve"), ("erasure", "77")]).await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND);
        let approved = officer.post(&address, &[("do", "approve"), ("erasure", "1")]).await;
        assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.body);
        house.works().await;
        let page = officer.get(&paths::case(case)).await.body;
        assert!(page.contains("Everything of this case was erased") && !page.contains("Lopez") && !page.contains("Canarybird"));
        assert!(!page.contains("name=\"do\" value=\"reply\"") && !page.contains("value=\"assign\""));
        let late = officer.post(&paths::case(case), &[("do", "note"), ("seen", "99"), ("text", "hello")]).await;
        assert_eq!(late.status, StatusCode::FORBIDDEN);
        let page = officer.get(&address).await.body;
        assert!(page.contains("is done and verified") && page.contains("1 case, 1 raw mail, "), "{page}");
        // who asked takes it back, and nobody waits for it any more
        let other = answered(&house, ANA, "a2@mail.example").await;
        let there = paths::requester(other);
        assert_eq!(agent.post(&there, &[("do", "ask"), ("reason", "again")]).await.status, StatusCode::SEE_OTHER);
        let back = agent.post(&there, &[("do", "refuse"), ("erasure", "2")]).await;
        assert_eq!(back.header("location"), paths::requester_done(other, "withdrawn"), "{}", back.body);
        assert!(agent.get(&paths::case(other)).await.body.contains("Erasure from here withdrawn"));
        assert!(!officer.get(paths::RUNS).await.body.contains(&format!("href=\"{there}\"")));
        // behind the wall there is no such page
        let walled = house.opens(&mail("eve@mail.example", "report", "e1@mail.example", "This is a report about child safety, item 4471.")).await;
        for reader in [&mut officer, &mut agent] {
            assert_eq!(reader.get(&paths::requester(walled)).await.status, StatusCode::NOT_FOUND);
        }
        assert!(!officer.get(&paths::case(walled)).await.body.contains("/requester\""));
        assert_eq!(agent.get("/cases/R-99999/requester").await.status, StatusCode::NOT_FOUND);
        // a report to an authority is written down there
        let told = officer.post(&paths::case(walled), &[("do", "report"), ("seen", "99"), ("meets", ""), ("authority", "police"), ("number", "x"), ("at", "2026-11-24T10:00")]).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(told.body.contains("href=\"#report-meets\""), "{}", told.body);
    }
}
