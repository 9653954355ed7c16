//! Acts that cannot be taken back ask again who somebody is: nothing is done before, and what was typed is kept.

use super::{Browser, OFFICER, PASSWORD, arm, audited, code, let_proof_age, signed_in};
use crate::{
    app::{Error, runs, staff, verbs},
    domain::{
        identity::MessageId,
        rights::{Actor, Role},
        sign_in::{Proof, SecondFactor},
    },
    store::sql,
    testing::{
        house::{House, PRODUCT, mail},
        on_both,
    },
};
use axum::http::StatusCode;

async fn granted(house: &House) -> i64 {
    let mut tx = house.app.db.read().await.expect("a reader");
    sql("SELECT COUNT(*) FROM standing_approvals").one::<(i64,)>(&mut tx).await.expect("a count").0
}

const WHY: &str = "Counsel has \"agreed\" <to> it.\r\nSee the file & note.";

fn grant() -> [(&'static str, &'static str); 4] {
    [("product", PRODUCT), ("what", "training_opt_out"), ("until", "2026-12-20"), ("reason", WHY)]
}

on_both! {
    async fn s14_an_old_proof_is_asked_for_again_and_the_form_repeated(house: House) {
        let mut browser = signed_in(&house, &house.officer).await;
        let_proof_age(&house, &house.officer).await;
        let page = browser.post("/runs/standing", &grant()).await;
        assert_eq!((page.status, granted(&house).await), (StatusCode::UNAUTHORIZED, 0));
        assert!(page.header("set-cookie").is_empty() && browser.is_in().await, "reading goes on");
        assert!(page.body.contains("action=\"/runs/standing\"") && page.body.contains("name=\"prove-again\""));
        assert!(page.body.contains("Counsel has &quot;agreed&quot; &lt;to&gt; it.") && page.body.contains("&amp; note."), "{}", page.body);
        let sent = |proof: &str| {
            let mut fields: Vec<_> = grant().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            fields.push(("prove-again".to_owned(), proof.to_owned()));
            fields
        };
        let wrong = sent("000000");
        let wrong: Vec<_> = wrong.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let page = browser.post("/runs/standing", &wrong).await;
        assert_eq!((page.status, granted(&house).await), (StatusCode::UNAUTHORIZED, 0));
        assert!(page.body.contains("Counsel has") && !page.body.contains("value=\"000000\""));
        let (old, given) = (browser.clone(), code(&house, &house.officer).await);
        let right = sent(&given);
        let right: Vec<_> = right.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let done = browser.post("/runs/standing", &right).await;
        assert_eq!((done.status, granted(&house).await), (StatusCode::SEE_OTHER, 1), "{}", done.body);
        assert!(browser.is_in().await && !old.is_in().await);
        // for ten minutes nothing is asked
        assert_eq!(browser.post("/runs/standing", &grant()).await.status, StatusCode::SEE_OTHER);
    }

    async fn s14_every_act_that_cannot_be_taken_back_asks(house: House) {
        let mut browser = signed_in(&house, &house.officer).await;
        let_proof_age(&house, &house.officer).await;
        for (path, fields) in [
            ("/account", vec![("do", "password"), ("old", PASSWORD), ("new", "lamp orbit velvet 93 tundra")]),
            ("/account", vec![("do", "codes")]),
            ("/account", vec![("do", "others")]),
            ("/account/authenticator", vec![("code", "123456")]),
            ("/runs/approve", vec![("run", "E-1:hash"), ("typed", "1")]),
        ] {
            assert_eq!(browser.post(path, &fields).await.status, StatusCode::UNAUTHORIZED, "{path} {fields:?}");
        }
        let stale = Actor { proof: Proof::Stale, ..house.officer.clone() };
        let batch = runs::approve_batch(&house.app, &stale, &[], "").await;
        assert!(matches!(batch, Err(Error::Unproved)), "{batch:?}");
        // what a mail brought is destroyed, or made unreadable for good
        let letter = mail("Anna <anna@mail.example>", "report", "a1@mail.example", "This is a report about child safety, item 4471.");
        let reference = house.opens(&letter).await;
        let before = house.case(reference).await.case.seq;
        let confirmed = verbs::confirm_restriction(&house.app, &stale, reference, i64::MAX, "sure").await;
        assert!(matches!(confirmed, Err(Error::Unproved)), "{confirmed:?}");
        let redacted = verbs::redact_message(&house.app, &stale, reference, i64::MAX, MessageId(1)).await;
        assert!(matches!(redacted, Err(Error::Unproved)), "{redacted:?}");
        assert_eq!(house.case(reference).await.case.seq, before, "nothing was done");
        // the log leaves the house
        let id = staff::create_user(&house.app, "lead@imagegen.example", "Tomasz Wilk", PASSWORD, &[Role::Lead]).await.expect("hired");
        let lead = Actor::with_roles(id, "Tomasz Wilk", &[Role::Lead], Proof::Fresh);
        let mut browser = signed_in(&house, &lead).await;
        let_proof_age(&house, &lead).await;
        let export = browser.post("/audit?action=signed_in", &[]).await;
        assert_eq!(export.status, StatusCode::UNAUTHORIZED);
        assert!(export.body.contains("action=\"/audit?action=signed_in\""), "{}", export.body);
        assert!(!audited(&house).await.contains(&"audit_exported".to_owned()));
        let given = code(&house, &lead).await;
        // beside a file the page that asked would stand, with a proof that was used
        let proved = browser.post("/audit?action=signed_in", &[("prove-again", &given)]).await;
        assert_eq!(proved.header("location"), "/audit?action=signed_in&done=proved", "{}", proved.body);
        assert!(browser.get(proved.header("location")).await.body.contains("Nothing is exported yet"));
        assert!(!audited(&house).await.contains(&"audit_exported".to_owned()));
        let export = browser.post("/audit?action=signed_in", &[]).await;
        assert_eq!((export.status, export.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8; header=present"));
    }

    async fn s14_half_a_session_proves_nothing(house: House) {
        arm(&house, house.officer.id).await;
        let mut half = Browser::new(house.app.clone());
        half.knocks(OFFICER, PASSWORD).await;
        let given = code(&house, &house.officer).await;
        let out = half.post("/signout", &[("prove-again", &given)]).await;
        assert_eq!((out.status, out.header("location")), (StatusCode::SEE_OTHER, "/signin"));
        assert!(!audited(&house).await.contains(&"proved_again".to_owned()));
        let mut tx = house.app.db.read().await.expect("a reader");
        assert_eq!(sql("SELECT COUNT(*) FROM sessions").one::<(i64,)>(&mut tx).await.expect("a count"), (0,));
        drop(tx);
        // the code was not taken
        half.knocks(OFFICER, PASSWORD).await;
        assert_eq!(half.post("/signin/second", &[("code", &given)]).await.status, StatusCode::SEE_OTHER);
        // whoever leaves proves nothing either
        let_proof_age(&house, &house.officer).await;
        let out = half.post("/signout", &[("prove-again", "000000")]).await;
        assert_eq!((out.status, out.header("location")), (StatusCode::SEE_OTHER, "/signin"));
    }

    async fn s14_a_page_that_asks_for_a_proof_holds_no_password(house: House) {
        let new = "lamp orbit velvet 93 tundra";
        let mut browser = signed_in(&house, &house.officer).await;
        assert!(browser.get("/account").await.body.contains("id=\"old\""));
        let_proof_age(&house, &house.officer).await;
        assert!(!browser.get("/account").await.body.contains("id=\"old\""), "the proof comes first");
        // a page that was open for long still has the fields
        let fields = [("do", "password"), ("old", PASSWORD), ("new", new)];
        let page = browser.post("/account", &fields).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(!page.body.contains(PASSWORD) && !page.body.contains(new), "{}", page.body);
        assert!(page.body.contains("name=\"do\"") && page.body.contains("type those again afterwards"), "{}", page.body);
        let given = code(&house, &house.officer).await;
        let proved = browser.post("/account", &[("do", "password"), ("prove-again", &given)]).await;
        assert_eq!(proved.header("location"), "/account?done=proved");
        assert!(browser.get("/account?done=proved").await.body.contains("id=\"old\""));
        assert_eq!(browser.post("/account", &fields).await.header("location"), "/account?done=password");
    }

    async fn s14_without_a_factor_the_password_is_asked_for(house: House) {
        let house = house.rebuilt(std::collections::HashMap::new(), |parts| parts.settings.second_factor = SecondFactor::Offered);
        let mut browser = Browser::new(house.app.clone());
        let door = browser.knocks(OFFICER, PASSWORD).await;
        assert_eq!(door.header("location"), "/", "nobody has to have a factor here");
        assert!(browser.is_in().await);
        let_proof_age(&house, &house.officer).await;
        let page = browser.post("/account", &[("do", "others")]).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(page.body.contains("type=\"password\""));
        let page = browser.post("/account", &[("do", "others"), ("prove-again", "another password")]).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        let done = browser.post("/account", &[("do", "others"), ("prove-again", PASSWORD)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert!(browser.is_in().await);
        // every sign of it counts, also a space at its ends
        let spaced = "  lamp orbit velvet 93 tundra ";
        staff::reset_password(&house.app, OFFICER, spaced).await.expect("reset");
        browser.knocks(OFFICER, spaced).await;
        let_proof_age(&house, &house.officer).await;
        for (typed, status) in [(spaced.trim(), StatusCode::UNAUTHORIZED), (spaced, StatusCode::SEE_OTHER)] {
            let answer = browser.post("/account", &[("do", "others"), ("prove-again", typed)]).await;
            assert_eq!(answer.status, status, "{typed:?}");
        }
    }
}
