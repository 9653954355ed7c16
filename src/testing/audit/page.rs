//! The page over HTTP: for those alone who may see the log, silent about what they may not know, words shown as words.

use super::works_on_a_case;
use crate::{
    app::{audit::AuditAction as Action, case_page, runs::Letter, staff, verbs},
    domain::{
        rights::{Act, Actor, Grant, Place, Reach, Role, Sight},
        sign_in::Proof,
    },
    store::{audit::entry_add, sql, staff::staff_by_email},
    testing::{
        browser::{Answer, Browser},
        house::{House, PRODUCT, mail},
        on_both,
        people::minted,
        rights::hired,
    },
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};

const PASSWORD: &str = "correct horse battery";

async fn asked(house: &House, email: &str, method: Method, path: &str) -> Answer {
    let mut tx = house.app.db.read().await.expect("a reader");
    let (whom, _) = staff_by_email(&mut tx, email).await.expect("it reads").expect("they work here");
    drop(tx);
    let mut browser = Browser::with(house.app.clone(), &minted(house, whom).await);
    browser.ask(Request::builder().method(method).uri(path), Body::empty()).await
}

/// The rows of the table in which `words` stand.
fn rows<'a>(answer: &'a Answer, words: &str) -> Vec<&'a str> {
    answer.body.split("<tr").skip(1).filter(|row| row.contains(words)).collect()
}

async fn lead(house: &House) -> Actor {
    let roles = vec![Role::Lead];
    let id = staff::create_user(&house.app, "lead@imagegen.example", "Tomasz <b>Wilk</b>", PASSWORD, &roles).await;
    Actor::with_roles(id.expect("hired"), "Tomasz <b>Wilk</b>", &roles, Proof::Fresh)
}

const LEAD: &str = "lead@imagegen.example";

on_both! {
    async fn s16_those_who_may_not_see_the_log_find_nothing_there(house: House) {
        works_on_a_case(&house).await;
        lead(&house).await;
        for method in [Method::GET, Method::POST] {
            for email in ["agent@imagegen.example", "officer@imagegen.example"] {
                let answer = asked(&house, email, method.clone(), "/audit").await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{email}");
                assert!(!answer.body.contains("secret_shown") && !answer.body.contains("href=\"/audit\""));
            }
        }
        let answer = asked(&house, LEAD, Method::GET, "/audit").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("Looked at covered secrets") && answer.body.contains("href=\"/audit\""));
        let mut tx = house.app.db.read().await.expect("a reader");
        let exported = sql("SELECT COUNT(*) FROM audit WHERE action = 'audit_exported'").one::<(i64,)>(&mut tx).await;
        assert_eq!(exported.expect("it reads").0, 0, "who may not, exported nothing");
    }

    async fn s16_of_a_restricted_case_the_log_tells_the_action_and_nothing_else(house: House) {
        let report = mail("Someone <one@mail.example>", "report", "r1@mail.example", "This is a report about child safety, item 4471.");
        let reference = house.opens(&report).await;
        let plain = works_on_a_case(&house).await;
        case_page::load(&house.app, &house.officer, reference, Letter::Proposed).await.expect("a page");
        lead(&house).await;
        let page = asked(&house, LEAD, Method::GET, "/audit").await;
        let told = rows(&page, "Looked at a restricted case")[0];
        assert!(told.contains("Restricted case"), "{told}");
        for never in [reference.to_string().as_str(), "Nisha", "198.51"] {
            assert!(!told.contains(never), "{never} in {told}");
        }
        // neither the person nor the case finds it
        let officer = house.officer.id.0;
        for filter in [format!("person={officer}"), format!("case={reference}"), format!("person={officer}&action=restricted_case_viewed")] {
            let page = asked(&house, LEAD, Method::GET, &format!("/audit?{filter}")).await;
            assert!(rows(&page, "Looked at a restricted case").is_empty(), "{filter}");
        }
        let found = asked(&house, LEAD, Method::GET, &format!("/audit?case={plain}")).await;
        assert_eq!(rows(&found, "Looked at covered secrets").len(), 1);
        let csv = asked(&house, LEAD, Method::POST, "/audit").await;
        let line = csv.body.lines().find(|line| line.contains("Looked at a restricted case")).expect("a line").to_owned();
        assert!(line.ends_with("Z,,Looked at a restricted case,restricted case,,,"), "{line}");
    }

    async fn s16_who_may_not_know_of_secret_holds_does_not_learn_of_them_here(house: House) {
        let reference = works_on_a_case(&house).await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        let action = crate::app::audit::AuditAction::SecretHoldPlaced;
        entry_add(&mut tx, crate::domain::audit::Entry::new(house.app.now(), Some(house.officer.id), action).on(Some(reference)));
        tx.commit().await.expect("it commits");
        let lead = lead(&house).await;
        assert!(lead.may(Act::SeeSecretHolds, Place::Everywhere));
        let page = asked(&house, LEAD, Method::GET, "/audit").await;
        assert_eq!(rows(&page, "Placed a secret hold").len(), 1);
        let asked_as = |secret| crate::store::audit::Asked { secret, sight: Sight::WHOLE, ..Default::default() };
        let mut tx = house.app.db.read().await.expect("a reader");
        for (secret, count) in [(Reach::Everywhere, 1), (Reach::default(), 0)] {
            let entries = crate::store::audit::entries_before(&mut tx, &asked_as(secret), None).await.expect("entries");
            let found = entries.iter().filter(|one| one.written.action == "secret_hold_placed").count();
            assert_eq!(found, count);
        }
    }

    async fn s25_whatever_stands_in_an_entry_is_shown_as_words(house: House) {
        let lead = lead(&house).await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        let entry = crate::domain::audit::Entry::new(house.app.now(), Some(lead.id), crate::app::audit::AuditAction::JobRunAgain);
        entry_add(&mut tx, entry.object("<script>alert(1)</script>").fields(&["=cmd()", "\"><img src=x>"]));
        tx.commit().await.expect("it commits");
        let page = asked(&house, LEAD, Method::GET, "/audit").await;
        for markup in ["<script>alert", "<img src=x", "<b>Wilk"] {
            assert!(!page.body.contains(markup), "{markup}");
        }
        assert!(page.body.contains("&lt;script&gt;alert(1)"));
        let csv = asked(&house, LEAD, Method::POST, "/audit").await;
        assert!(csv.body.contains(",'=cmd()") || csv.body.contains(",\"'=cmd()"), "{}", csv.body);
        assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"audit.csv\"");
        assert_eq!(csv.headers["x-content-type-options"], "nosniff");
        let typed = asked(&house, LEAD, Method::GET, "/audit?case=%22%3E%3Cimg%20src%3Dx%3E&from=never").await;
        assert_eq!(typed.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!typed.body.contains("<img src=x") && typed.body.contains("Enter a day"));
    }

    async fn s16_no_address_tells_how_many_entries_are_not_shown(house: House) {
        let reference = works_on_a_case(&house).await;
        for n in 0..60 {
            verbs::add_note(&house.app, &house.agent, reference, &format!("note {n}")).await.expect("a note");
        }
        hired(&house, "part", &[Grant::of(Role::Lead, PRODUCT)]).await;
        let page = async |path: &str| asked(&house, "part@imagegen.example", Method::GET, path).await;
        let first = page("/audit?action=note_added").await;
        let next = first.body.split("href=\"").find(|link| link.contains("before=")).expect("a next page");
        let next = next.split('"').next().expect("an address").replace("&amp;", "&");
        assert_eq!(rows(&page(&next).await, "Added a note").len(), 11);
        // nobody makes such an address themselves
        let before = next.split("before=").nth(1).expect("a place");
        for typed in ["30", "-1", "a.b", "9223372036854775807", &before[..before.len() - 4]] {
            let answer = page(&format!("/audit?action=note_added&before={typed}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
            assert_eq!(rows(&answer, "Added a note").len(), 50, "the newest: {typed}");
        }
    }

    async fn the_log_is_paged_and_an_export_is_whole_and_an_entry_itself(house: House) {
        let reference = works_on_a_case(&house).await;
        lead(&house).await;
        for n in 0..60 {
            verbs::add_note(&house.app, &house.agent, reference, &format!("note {n}")).await.expect("a note");
        }
        let first = asked(&house, LEAD, Method::GET, "/audit?action=note_added").await;
        assert_eq!(rows(&first, "Added a note").len(), 50);
        let next = first.body.split("href=\"").find(|link| link.contains("before=")).expect("a next page");
        let next = next.split('"').next().expect("an address").replace("&amp;", "&");
        let second = asked(&house, LEAD, Method::GET, &next).await;
        assert_eq!(rows(&second, "Added a note").len(), 11);
        let csv = asked(&house, LEAD, Method::POST, "/audit?action=note_added").await;
        assert_eq!(csv.body.lines().count(), 62, "a head and every note");
        let log = asked(&house, LEAD, Method::GET, "/audit").await;
        let exported = rows(&log, "Exported the audit log")[0];
        assert!(exported.contains("198.51.100.7") && exported.contains("Wilk"), "{exported}");
        let none = asked(&house, LEAD, Method::GET, "/audit?action=run_finished").await;
        assert!(none.body.contains("No entry matches this filter"));
        for (day, count) in [("2026-11-24", 50), ("2026-11-23", 0)] {
            let page = asked(&house, LEAD, Method::GET, &format!("/audit?action=note_added&from={day}&to={day}")).await;
            assert_eq!(rows(&page, "Added a note").len(), count, "{day}");
        }
    }

    async fn the_log_speaks_of_people_roles_and_products_by_name(house: House) {
        let lead = lead(&house).await;
        let agent = house.agent.id.0;
        let mut tx = house.app.db.begin().await.expect("a writer");
        let mut entry = |action, object: String| {
            entry_add(&mut tx, crate::domain::audit::Entry::new(house.app.now(), Some(lead.id), action).object(&object));
        };
        entry(Action::StaffDisabled, agent.to_string());
        entry(Action::RoleGranted, format!("{agent} auditor {PRODUCT}"));
        entry(Action::RetentionPaused, PRODUCT.to_owned());
        tx.commit().await.expect("it commits");
        let name = house.app.packs.short(PRODUCT);
        let page = asked(&house, LEAD, Method::GET, "/audit").await;
        let csv = asked(&house, LEAD, Method::POST, "/audit").await;
        for (action, says) in [
            ("Disabled an account", house.agent.name.clone()),
            ("Gave a role", format!("{}: Auditor, {name}", house.agent.name)),
            ("Paused the schedule of retention", name.clone()),
        ] {
            let told = rows(&page, action);
            assert!(told[0].contains(&says), "{action}: {told:?}");
            assert!(csv.body.lines().any(|line| line.contains(action) && line.contains(&says)), "{action}: {}", csv.body);
        }
    }

    async fn a_filter_that_cannot_be_understood_lists_nothing_and_says_what_to_do(house: House) {
        works_on_a_case(&house).await;
        lead(&house).await;
        for (filter, field, says) in [
            ("from=2026-11-24&to=2026-11-23", "to", "The last day is before the first"),
            ("case=zzz", "case", "Enter a case’s reference"),
            ("from=never", "from", "Enter a day"),
            ("action=no_such_action", "action", "There is no such action"),
            ("person=somebody", "person", "There is no such person"),
        ] {
            let page = asked(&house, LEAD, Method::GET, &format!("/audit?{filter}")).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{filter}");
            assert!(page.body.contains(&format!("href=\"#{field}\"")) && page.body.contains(says), "{filter}: {}", page.body);
            assert!(rows(&page, "Added a note").is_empty() && !page.body.contains("No entry matches"), "{filter}");
            let csv = asked(&house, LEAD, Method::POST, &format!("/audit?{filter}")).await;
            assert_eq!(csv.status, StatusCode::UNPROCESSABLE_ENTITY, "{filter}: nothing is exported");
        }
        let page = asked(&house, LEAD, Method::GET, "/audit?from=2026-11-24&to=2026-11-24&action=note_added").await;
        assert_eq!((page.status, rows(&page, "Added a note").len()), (StatusCode::OK, 1));
    }
}
