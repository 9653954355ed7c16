//! A passkey whose count of signatures goes back may have a copy: it proves nothing any more, and neither does whoever used it.

use super::{
    Browser, OFFICER,
    key::Key,
    let_proof_age,
    passkeys::{a_code, begun, count, enrolled, half, signs_in, times, told},
};
use crate::testing::on_both;
use axum::http::StatusCode;

/// Recovery codes of somebody who is in: one of them.
async fn a_recovery_code(browser: &mut Browser) -> String {
    let shown = browser.post("/account", &[("do", "codes")]).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    a_code(&shown.body)
}

on_both! {
    async fn s11_a_count_that_goes_back_is_doubted_and_told(house: House) {
        let (first, mut key) = enrolled(&house, OFFICER).await;
        key.counter = 40;
        let (second, answer) = signs_in(&house.app, OFFICER, &mut key).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let mut copy = Key { counter: 40, ..key.clone() };
        let (browser, answer) = signs_in(&house.app, OFFICER, &mut copy).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "the same count again");
        assert!(!browser.is_in().await && !first.is_in().await && !second.is_in().await, "whose sessions these are is open");
        house.works().await;
        assert_eq!((told(&house, "count of uses has gone back"), times(&house, "passkey_doubted").await), (1, 1));
        // no count is good enough from now on, and it is not asked for; a recovery code or the administrator helps
        let mut browser = half(&house.app, OFFICER).await;
        let page = browser.get("/signin/second").await;
        assert!(!page.body.contains("data-passkey") && page.body.contains("Recovery code"), "{}", page.body);
        let none = browser.post("/signin/passkey", &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(browser.get("/signin/authenticator").await.status, StatusCode::SEE_OTHER, "nobody enrols another with the password alone");
    }

    async fn s11_two_challenges_do_not_hide_a_copy(house: House) {
        let (_, mut key) = enrolled(&house, OFFICER).await;
        // both begin before either is answered, so that both remember the same count
        let (mut mine, mut theirs) = (half(&house.app, OFFICER).await, half(&house.another_console(), OFFICER).await);
        let mut copy = key.clone();
        let one = key.signs(&begun(&mut mine, "/signin/passkey").await);
        let two = copy.signs(&begun(&mut theirs, "/signin/passkey").await);
        assert_eq!(mine.post("/signin/second", &[("passkey", &one)]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(theirs.post("/signin/second", &[("passkey", &two)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(times(&house, "passkey_doubted").await, 1);
    }

    async fn s11_a_doubted_passkey_makes_room_for_another_on_the_same_device(house: House) {
        let (mut first, mut key) = enrolled(&house, OFFICER).await;
        let code = a_recovery_code(&mut first).await;
        key.counter = 40;
        assert_eq!(signs_in(&house.app, OFFICER, &mut key).await.1.status, StatusCode::SEE_OTHER);
        let mut copy = Key { counter: 40, ..key.clone() };
        assert_eq!(signs_in(&house.app, OFFICER, &mut copy).await.1.status, StatusCode::UNPROCESSABLE_ENTITY);
        // a recovery code leads in, and the device may make another, since the browser is not told to look for the old one
        let mut browser = half(&house.app, OFFICER).await;
        assert_eq!(browser.post("/signin/second", &[("code", &code)]).await.status, StatusCode::SEE_OTHER);
        let page = browser.get("/account").await.body;
        assert!(page.contains("Does not count since") && page.contains("Add another, then remove it."), "{page}");
        let doubted = count(&house, "SELECT id FROM passkeys").await.to_string();
        let last = browser.post("/account", &[("do", "remove-passkey"), ("passkey", &doubted)]).await;
        assert_eq!(last.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing would be left");
        let challenge = begun(&mut browser, "/account/passkey/challenge").await;
        assert!(challenge["publicKey"]["excludeCredentials"].as_array().is_none_or(Vec::is_empty), "{challenge}");
        let mut another = Key::new();
        let made = another.makes(&challenge);
        let added = browser.post("/account/passkey", &[("passkey", &made), ("name", "laptop")]).await;
        assert_eq!(added.header("location"), "/account?done=passkey", "{}", added.body);
        let gone = browser.post("/account", &[("do", "remove-passkey"), ("passkey", &doubted)]).await;
        assert_eq!(gone.header("location"), "/account?done=passkey-removed", "{}", gone.body);
        assert_eq!(signs_in(&house.app, OFFICER, &mut another).await.1.status, StatusCode::SEE_OTHER);
    }

    async fn s11_whoever_proves_by_a_copy_is_in_no_longer(house: House) {
        let (_, mut key) = enrolled(&house, OFFICER).await;
        key.counter = 40;
        let (mut browser, answer) = signs_in(&house.app, OFFICER, &mut key).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let (other, _) = signs_in(&house.app, OFFICER, &mut key).await;
        assert!(browser.is_in().await && other.is_in().await);
        let_proof_age(&house, &house.officer).await;
        let mut copy = Key { counter: 7, ..key.clone() };
        let given = copy.signs(&begun(&mut browser, "/account/challenge").await);
        let proved = browser.post("/account", &[("do", "others"), ("prove-again-by-passkey", &given)]).await;
        assert_eq!((proved.status, times(&house, "passkey_doubted").await), (StatusCode::UNAUTHORIZED, 1));
        assert!(!browser.is_in().await && !other.is_in().await, "which of them is the copy's holder nobody knows");
        house.works().await;
        assert_eq!(told(&house, "All your sessions in Recourse have ended"), 1);
    }
}
