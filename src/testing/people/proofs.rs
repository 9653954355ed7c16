//! Acts that cannot be taken back ask again who somebody is: nothing is done before, and what was typed is kept.

use super::{Browser, OFFICER, PASSWORD, code, let_proof_age, signed_in};
use crate::{
    app::{Error, runs},
    domain::{
        rights::Actor,
        sign_in::{Proof, SecondFactor},
    },
    store::sql,
    testing::{
        house::{House, PRODUCT},
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
    }
}
