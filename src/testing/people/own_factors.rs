//! One's own factors on the page of one's account: the authenticator removed, passkeys renamed, and recovery codes that are
//! shown whatever else fails.

use super::{
    OFFICER, audited,
    key::Key,
    let_proof_age,
    passkeys::{begun, count, enrolled, told},
    signed_in,
};
use crate::{store::sql, testing::on_both};
use axum::http::StatusCode;

on_both! {
    async fn an_authenticator_is_removed_where_another_factor_stays(house: House) {
        let mut browser = signed_in(&house, &house.officer).await;
        assert!(!browser.get("/account").await.body.contains("remove-authenticator"), "the last one offers no button");
        let remove = [("do", "remove-authenticator")];
        assert_eq!(browser.post("/account", &remove).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut key = Key::new();
        let made = key.makes(&begun(&mut browser, "/account/passkey/challenge").await);
        assert_eq!(browser.post("/account/passkey", &[("passkey", &made)]).await.header("location"), "/account?done=passkey");
        assert!(browser.get("/account").await.body.contains("remove-authenticator"));
        let_proof_age(&house, &house.officer).await;
        assert_eq!(browser.post("/account", &remove).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM authenticators").await, 1);
        let (other, before) = (signed_in(&house, &house.officer).await, browser.clone());
        let proof = key.signs(&begun(&mut browser, "/account/challenge").await);
        let removed = browser.post("/account", &[remove[0], ("prove-again-by-passkey", &proof)]).await;
        assert_eq!(removed.header("location"), "/account?done=authenticator-removed", "{}", removed.body);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM authenticators").await, 0);
        assert!(browser.is_in().await && !before.is_in().await && !other.is_in().await);
        let late = browser.post("/account", &remove).await;
        assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.body.contains("removed already"), "{}", late.body);
        // now the passkey is the last
        let only = count(&house, "SELECT id FROM passkeys").await.to_string();
        let last = browser.post("/account", &[("do", "remove-passkey"), ("passkey", &only)]).await;
        assert_eq!(last.status, StatusCode::UNPROCESSABLE_ENTITY);
        house.works().await;
        assert_eq!(told(&house, "The authenticator app was removed"), 1);
        assert!(audited(&house).await.contains(&"authenticator_removed".to_owned()));
    }

    async fn a_passkey_is_renamed_by_its_person(house: House) {
        let (mut browser, _) = enrolled(&house, OFFICER).await;
        let id = count(&house, "SELECT id FROM passkeys").await.to_string();
        let rename = |name| [("do", "rename-passkey"), ("passkey", id.as_str()), ("name", name)];
        let named = async || {
            let mut tx = house.app.db.read().await.expect("a reader");
            sql("SELECT name FROM passkeys").one::<(String,)>(&mut tx).await.expect("a name").0
        };
        assert_eq!(browser.post("/account", &rename(" \r\n ")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut agent = signed_in(&house, &house.agent).await;
        assert_eq!(agent.post("/account", &rename("mine")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(named().await, "red key");
        assert_eq!(browser.post("/account", &rename(" blue\r\nkey ")).await.header("location"), "/account?done=passkey-renamed");
        assert_eq!(named().await, "blue key");
        assert!(browser.get("/account").await.body.contains("<b>blue key<"));
        let_proof_age(&house, &house.officer).await;
        assert_eq!(browser.post("/account", &rename("grey key")).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(named().await, "blue key");
    }

    async fn recovery_codes_are_shown_whatever_else_fails(house: House) {
        let mut browser = signed_in(&house, &house.officer).await;
        // what the console's pages count is away
        let mut tx = house.app.db.begin().await.expect("a writer");
        sql("ALTER TABLE cases RENAME TO elsewhere").run(&mut tx).await.expect("it is renamed");
        tx.commit().await.expect("it is kept");
        assert_eq!(browser.get("/account").await.status, StatusCode::INTERNAL_SERVER_ERROR);
        let shown = browser.post("/account", &[("do", "codes")]).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
        assert_eq!(shown.between("id=\"codes\"", "</ul>").matches("<code>").count(), 10);
        assert!(shown.body.contains("href=\"/account?done=codes\"") && shown.cookie("__Host-recourse").is_some());
    }
}
