//! Passkeys: made, used and removed over HTTP; every answer counts once, for one challenge of one session, and one that may
//! be a copy's for nothing.

use super::{Browser, OFFICER, PASSWORD, arm, audited, code, key::Key, let_proof_age, meddle, now, signed_in};
use crate::{
    app::{
        App,
        second_factor::{Factor, give_factor},
        sessions::session_of,
    },
    domain::{identity::StaffId, sign_in::Ceremony},
    jobs,
    store::{ceremonies, sql},
    testing::{house::House, on_both},
};
use axum::http::StatusCode;
use serde_json::Value;

/// The challenge that a page's script asks for.
pub(super) async fn begun(browser: &mut Browser, path: &str) -> Value {
    let answer = browser.post(path, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/json", "no-store"));
    serde_json::from_str(&answer.body).expect("JSON")
}

/// A browser in which somebody has given their password.
pub(super) async fn half(app: &App, email: &str) -> Browser {
    let mut browser = Browser::new(app.clone());
    assert_eq!(browser.knocks(email, PASSWORD).await.status, StatusCode::SEE_OTHER);
    browser
}

/// Somebody's first factor, made at the door: the browser in which they are signed in, and the passkey.
pub(super) async fn enrolled(house: &House, email: &str) -> (Browser, Key) {
    let (mut browser, mut key) = (half(&house.app, email).await, Key::new());
    let made = key.makes(&begun(&mut browser, "/signin/passkey").await);
    let done = browser.post("/signin/authenticator", &[("passkey", &made), ("name", "red key")]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    (browser, key)
}

/// A recovery code that the page shows.
pub(super) fn a_code(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"codes\"").expect("codes");
    rest.split_once("<code>").expect("a code").1.split('<').next().expect("a code").to_owned()
}

pub(super) async fn count(house: &House, text: &'static str) -> i64 {
    let mut tx = house.app.db.read().await.expect("a reader");
    sql(text).one::<(i64,)>(&mut tx).await.expect("a count").0
}

/// Signs in with a passkey; the browser, and what the last form was answered with.
pub(super) async fn signs_in(app: &App, email: &str, key: &mut Key) -> (Browser, super::Answer) {
    let mut browser = half(app, email).await;
    let given = key.signs(&begun(&mut browser, "/signin/passkey").await);
    let answer = browser.post("/signin/second", &[("passkey", &given), ("next", "/queue")]).await;
    (browser, answer)
}

pub(super) fn told(house: &House, words: &str) -> usize {
    house.sent().iter().filter(|mail| mail.contains("account.") && mail.replace("=\r\n", "").contains(words)).count()
}

pub(super) async fn times(house: &House, action: &str) -> usize {
    audited(house).await.iter().filter(|done| *done == action).count()
}

on_both! {
    async fn s11_a_passkey_is_made_at_the_door_and_is_the_second_factor_from_then_on(house: House) {
        let mut browser = half(&house.app, OFFICER).await;
        let other = half(&house.app, OFFICER).await;
        let page = browser.get("/signin/authenticator").await;
        assert!(page.body.contains("data-passkey=\"create\"") && page.body.contains("data-challenge=\"/signin/passkey\""));
        let challenge = begun(&mut browser, "/signin/passkey").await;
        let wanted = &challenge["publicKey"];
        assert_eq!(wanted["rp"]["id"], "desk.imagegen.example");
        assert_eq!(wanted["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(wanted["user"]["name"], OFFICER);
        let mut key = Key::new();
        let made = key.makes(&challenge);
        let done = browser.post("/signin/authenticator", &[("passkey", &made), ("name", " red\r\nkey "), ("next", "/queue")]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert!(done.body.contains("id=\"codes\"") && done.body.contains("href=\"/queue\""));
        assert!(browser.is_in().await && !other.is_in().await);
        let account = browser.get("/account").await;
        assert!(account.body.contains("<b>red key<") && account.body.contains("never used"), "{}", account.body);
        assert!(account.body.contains("add another one before you remove it") && account.body.contains("10 recovery codes are left"));

        // sealed, and told
        let mut tx = house.app.db.read().await.expect("a reader");
        let (digest, wrapped, cipher): (Vec<u8>, Vec<u8>, Vec<u8>) =
            sql("SELECT credential, wrapped_key, cipher FROM passkeys").one(&mut tx).await.expect("a row");
        drop(tx);
        let id = data_encoding::BASE64URL_NOPAD.encode(&key.id);
        for bytes in [&digest, &wrapped, &cipher] {
            assert!(!bytes.windows(20).any(|part| part == key.id) && !bytes.windows(id.len()).any(|part| part == id.as_bytes()));
        }
        house.works().await;
        assert_eq!((told(&house, "A passkey was added"), times(&house, "passkey_added").await), (1, 1));

        // and asked for: no code of an authenticator, which there is none of
        let (browser, answer) = signs_in(&house.app, OFFICER, &mut key).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/queue"), "{}", answer.body);
        assert!(browser.is_in().await);
        let mut third = half(&house.app, OFFICER).await;
        let page = third.get("/signin/second").await;
        assert!(page.body.contains("data-passkey=\"get\"") && page.body.contains("Recovery code"), "{}", page.body);
        assert!(!page.body.contains("six digits"));
        assert!(key.is_asked_for(&begun(&mut third, "/signin/passkey").await));
        let code = a_code(&done.body);
        assert_eq!(third.post("/signin/second", &[("code", &code)]).await.status, StatusCode::SEE_OTHER);
        assert!(third.is_in().await, "a recovery code stands in for it");
        // whoever lost it is helped as with an authenticator
        crate::app::staff::reset_factors(&house.app, OFFICER).await.expect("reset");
        assert_eq!(half(&house.app, OFFICER).await.get("/signin/authenticator").await.status, StatusCode::OK);
    }

    async fn s39_second_factors_go_on_under_another_data_key(house: House) {
        let (_, mut key) = enrolled(&house, OFFICER).await;
        arm(&house, house.agent.id).await;
        // asked before, answered after
        let mut browser = half(&house.app, OFFICER).await;
        let given = key.signs(&begun(&mut browser, "/signin/passkey").await);
        let house = house.with_another_data_key().await;
        browser.app = house.app.clone();
        assert_eq!(browser.post("/signin/second", &[("passkey", &given)]).await.status, StatusCode::SEE_OTHER);
        assert!(browser.is_in().await);
        let mut browser = half(&house.app, "agent@imagegen.example").await;
        let code = code(&house, &house.agent).await;
        assert_eq!(browser.post("/signin/second", &[("code", &code)]).await.status, StatusCode::SEE_OTHER);
        assert!(browser.is_in().await);
    }

    async fn s11_an_answer_counts_once_on_whichever_console(house: House) {
        let (_, mut key) = enrolled(&house, OFFICER).await;
        let there = house.another_console();
        for _ in 0..4 {
            let mut browser = half(&house.app, OFFICER).await;
            let given = key.signs(&begun(&mut browser, "/signin/passkey").await);
            let token = browser.token.clone().expect("a token");
            let session = session_of(&house.app, &token).await.expect("it is found").expect("a session");
            let (one, two) = tokio::join!(
                give_factor(&house.app, &session, Factor::Passkey(&given), None),
                give_factor(&there, &session, Factor::Passkey(&given), None),
            );
            assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1);
        }
        assert_eq!((times(&house, "passkey_doubted").await, times(&house, "second_factor_wrong").await), (0, 4));
        // so does the challenge itself, below
        let session = count(&house, "SELECT MAX(id) FROM sessions").await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        let id = ceremonies::ceremony_begin(&mut tx, &house.app.vault, session, Ceremony::Sign, b"state").await.expect("it begins");
        tx.commit().await.expect("it is kept");
        let take = async |app: &App| {
            let mut tx = app.db.begin().await.expect("a writer");
            let taken = ceremonies::ceremony_take(&mut tx, &app.vault, session, Ceremony::Sign, id).await.expect("it answers");
            tx.commit().await.expect("it is kept");
            taken
        };
        let (one, two) = tokio::join!(take(&house.app), take(&there));
        assert_eq!([one, two].into_iter().flatten().collect::<Vec<_>>(), [b"state".to_vec()]);
    }

    async fn s11_what_is_no_answer_to_this_challenge_is_refused(house: House) {
        let (_, mut key) = enrolled(&house, OFFICER).await;
        let (_, mut foreign) = enrolled(&house, "agent@imagegen.example").await;
        let mut browser = half(&house.app, OFFICER).await;
        let mut other = half(&house.app, OFFICER).await;
        let refused = async |browser: &mut Browser, given: &str, why: &str| {
            // each try waits for none before it
            let mut tx = house.app.db.begin().await.expect("a writer");
            sql("DELETE FROM throttles").run(&mut tx).await.expect("they go");
            tx.commit().await.expect("it is kept");
            let answer = browser.post("/signin/second", &[("passkey", given)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}: {}", answer.body);
            assert!(answer.body.contains("This passkey does not count here") && !browser.is_in().await, "{why}");
        };
        let path = "/signin/passkey";
        // one that was taken, and the same under a new challenge's number
        let (_, right) = signs_in(&house.app, OFFICER, &mut key).await;
        assert_eq!(right.status, StatusCode::SEE_OTHER);
        let challenge = begun(&mut other, path).await;
        let old = key.signs(&challenge);
        assert_eq!(other.clone().post("/signin/second", &[("passkey", &old)]).await.status, StatusCode::SEE_OTHER);
        refused(&mut browser, &old, "an answer that was taken").await;
        let mut again: Value = serde_json::from_str(&old).expect("JSON");
        again["ceremony"] = begun(&mut browser, path).await["ceremony"].clone();
        refused(&mut browser, &again.to_string(), "an old answer to a new challenge").await;
        // another session's challenge
        let mut third = half(&house.app, OFFICER).await;
        let theirs = begun(&mut third, path).await;
        refused(&mut browser, &key.signs(&theirs), "another session's challenge").await;
        let mut mixed = begun(&mut browser, path).await;
        mixed["publicKey"]["challenge"] = theirs["publicKey"]["challenge"].clone();
        refused(&mut browser, &key.signs(&mixed), "a foreign challenge under a number of ours").await;
        // elsewhere, by somebody else, unverified, forged, for another use, too late, nonsense
        for origin in ["https://evil.example", "https://desk.imagegen.example:444", "http://desk.imagegen.example", "https://x.desk.imagegen.example"] {
            let mut phished = Key { origin, ..key.clone() };
            let given = phished.signs(&begun(&mut browser, path).await);
            refused(&mut browser, &given, origin).await;
        }
        let given = foreign.signs(&begun(&mut browser, path).await);
        refused(&mut browser, &given, "another person's passkey").await;
        let mut careless = Key { verifies: false, ..key.clone() };
        let given = careless.signs(&begun(&mut browser, path).await);
        refused(&mut browser, &given, "nobody was verified").await;
        let mut forged = Key { id: key.id.clone(), counter: 99, ..Key::new() };
        let given = forged.signs(&begun(&mut browser, path).await);
        refused(&mut browser, &given, "a signature by another key").await;
        let making = Key::new().makes(&begun(&mut browser, path).await);
        refused(&mut browser, &making, "an answer of another kind").await;
        let late = key.signs(&begun(&mut browser, path).await);
        let at = now(&house).await;
        let past = meddle(&house, "UPDATE ceremonies SET ends_at = $2 WHERE session_id > $1", StaffId(0), at.0 - 1).await;
        assert!(past > 0);
        refused(&mut browser, &late, "more than five minutes later").await;
        for nonsense in ["{}", "null", "x", "{\"ceremony\":1,\"credential\":{}}"] {
            refused(&mut browser, nonsense, nonsense).await;
        }
        // five minutes are enough, and nothing that was refused has harmed the passkey
        let (browser, answer) = signs_in(&house.app, OFFICER, &mut Key { counter: 100, ..key.clone() }).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(browser.is_in().await);
        assert_eq!(times(&house, "passkey_doubted").await, 0);
    }

    async fn s11_a_challenge_waits_for_five_minutes(house: House) {
        enrolled(&house, OFFICER).await;
        let mut browser = half(&house.app, OFFICER).await;
        let begins = now(&house).await;
        for _ in 0..8 {
            begun(&mut browser, "/signin/passkey").await;
        }
        let mut tx = house.app.db.read().await.expect("a reader");
        let ends: Vec<(i64,)> = sql("SELECT ends_at FROM ceremonies").all(&mut tx).await.expect("they list");
        assert_eq!(ends.len(), 5, "of one session the newest wait");
        assert!(ends.iter().all(|(at,)| (300_000..330_000).contains(&(at - begins.0))), "{ends:?} {begins:?}");
        drop(tx);
        // they go with their session
        browser.post("/signout", &[]).await;
        assert_eq!(count(&house, "SELECT COUNT(*) FROM ceremonies").await, 0);
    }

    async fn s11_a_passkey_that_does_not_count_is_none_that_went_back(house: House) {
        let (mut browser, mut key) = (half(&house.app, OFFICER).await, Key { counter: 0, ..Key::new() });
        let made = key.makes(&begun(&mut browser, "/signin/passkey").await);
        assert_eq!(browser.post("/signin/authenticator", &[("passkey", &made)]).await.status, StatusCode::OK);
        for _ in 0..3 {
            let (browser, answer) = signs_in(&house.app, OFFICER, &mut key).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            assert!(browser.is_in().await);
        }
        assert!(browser.clone().get("/account").await.body.contains("<b>Passkey 1<"));
    }

    async fn s11_passkeys_are_added_and_removed_but_for_the_last_factor(house: House) {
        let (mut browser, mut key) = enrolled(&house, OFFICER).await;
        let line = async |browser: &mut Browser, name: &str| {
            let page = browser.get("/account").await.body;
            let (_, rest) = page.split_once(&format!("<b>{name}<")).expect("a line");
        let (line, _) = rest.split_once("</li>").expect("its end");
            let (_, id) = line.split_once("name=\"passkey\" value=\"").expect("a form");
            line.contains("remove-passkey").then(|| id.split('"').next().expect("an id").to_owned())
        };
        assert_eq!(line(&mut browser, "red key").await, None, "the last one offers no button");
        let only = count(&house, "SELECT id FROM passkeys").await.to_string();
        let last = browser.post("/account", &[("do", "remove-passkey"), ("passkey", &only)]).await;
        assert_eq!(last.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", last.body);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM passkeys").await, 1);
        // the same key twice, then another; no new recovery codes
        let challenge = begun(&mut browser, "/account/passkey/challenge").await;
        assert_eq!(challenge["publicKey"]["excludeCredentials"].as_array().map(Vec::len), Some(1));
        let again = key.makes(&challenge);
        let twice = browser.post("/account/passkey", &[("passkey", &again)]).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        let (mut other, mut spare) = (signs_in(&house.app, OFFICER, &mut key).await.0, Key::new());
        let made = spare.makes(&begun(&mut browser, "/account/passkey/challenge").await);
        let (before, added) = (browser.clone(), browser.post("/account/passkey", &[("passkey", &made), ("name", "laptop")]).await);
        assert_eq!((added.status, added.header("location")), (StatusCode::SEE_OTHER, "/account?done=passkey"), "{}", added.body);
        assert!(browser.is_in().await && !before.is_in().await && !other.is_in().await);
        assert_eq!(other.get("/account").await.status, StatusCode::SEE_OTHER);
        // nobody else's can be removed, and none without a fresh proof
        let id = line(&mut browser, "red key").await.expect("a button");
        let mut agent = signed_in(&house, &house.agent).await;
        let theirs = agent.post("/account", &[("do", "remove-passkey"), ("passkey", &id)]).await;
        assert_eq!(theirs.status, StatusCode::UNPROCESSABLE_ENTITY);
        let_proof_age(&house, &house.officer).await;
        for (path, fields) in [
            ("/account", vec![("do", "remove-passkey"), ("passkey", id.as_str())]),
            ("/account/passkey", vec![("name", "another")]),
            ("/account/passkey", vec![("name", "another"), ("passkey", made.as_str())]),
            ("/account/passkey/challenge", vec![]),
        ] {
            assert_eq!(browser.post(path, &fields).await.status, StatusCode::UNAUTHORIZED, "{path} {fields:?}");
        }
        assert_eq!(count(&house, "SELECT COUNT(*) FROM passkeys").await, 2);
        // proved by the other passkey, in the page that holds the form
        let proof = spare.signs(&begun(&mut browser, "/account/challenge").await);
        let fields = [("do", "remove-passkey"), ("passkey", id.as_str()), ("prove-again-by-passkey", proof.as_str())];
        let removed = browser.post("/account", &fields).await;
        assert_eq!(removed.header("location"), "/account?done=passkey-removed", "{}", removed.body);
        assert!(browser.is_in().await && browser.get("/account?done=passkey-removed").await.body.contains("The passkey is removed"));
        let mut other = half(&house.app, OFFICER).await;
        let challenge = begun(&mut other, "/signin/passkey").await;
        assert!(!key.is_asked_for(&challenge) && spare.is_asked_for(&challenge));
        let given = key.signs(&challenge);
        let refused = other.post("/signin/second", &[("passkey", &given)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        house.works().await;
        assert_eq!((told(&house, "A passkey was removed"), times(&house, "passkey_removed").await), (1, 1));
    }

    async fn s14_a_passkey_proves_again_and_nothing_else_does(house: House) {
        let (mut browser, mut key) = enrolled(&house, OFFICER).await;
        let_proof_age(&house, &house.officer).await;
        let page = browser.post("/account", &[("do", "others"), ("mark", "kept")]).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(page.body.contains("data-challenge=\"/account/challenge\"") && page.body.contains("value=\"kept\""), "{}", page.body);
        assert!(page.body.contains("Recovery code") && !page.body.contains("name=\"password\""));
        let old = browser.clone();
        let given = key.signs(&begun(&mut browser, "/account/challenge").await);
        let with = |proof: &str| vec![("do".to_owned(), "others".to_owned()), ("prove-again-by-passkey".to_owned(), proof.to_owned())];
        let send = async |browser: &mut Browser, fields: Vec<(String, String)>| {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.post("/account", &fields).await
        };
        let done = send(&mut browser, with(&given)).await;
        assert_eq!(done.header("location"), "/account?done=others", "{}", done.body);
        assert!(browser.is_in().await && !old.is_in().await, "under a new token");
        let_proof_age(&house, &house.officer).await;
        let again = send(&mut browser, with(&given)).await;
        assert_eq!(again.status, StatusCode::UNAUTHORIZED, "once");
        assert!(again.body.contains("This passkey does not count here") && !again.body.contains(&given[20..60]), "{}", again.body);
        // the officer's passkey is nothing to the agent, who has an authenticator
        let mut agent = signed_in(&house, &house.agent).await;
        let_proof_age(&house, &house.agent).await;
        assert_eq!(agent.post("/account/challenge", &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let given = key.signs(&begun(&mut browser, "/account/challenge").await);
        assert_eq!(send(&mut agent, with(&given)).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn s14_no_answer_of_a_passkey_stands_in_for_a_password(house: House) {
        // somebody without any factor proves by their password
        let house = house.rebuilt(std::collections::HashMap::new(), |parts| {
            parts.settings.second_factor = crate::domain::sign_in::SecondFactor::Offered;
        });
        let mut browser = Browser::new(house.app.clone());
        browser.knocks(OFFICER, PASSWORD).await;
        let_proof_age(&house, &house.officer).await;
        for junk in ["x", "{\"ceremony\":1,\"credential\":{}}"] {
            let answer = browser.post("/account", &[("do", "others"), ("prove-again-by-passkey", junk)]).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{junk}");
        }
        let answer = browser.post("/account", &[("do", "others"), ("prove-again", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        // their only passkey can go where none is required, and its recovery codes go with it
        let mut key = Key::new();
        let made = key.makes(&begun(&mut browser, "/account/passkey/challenge").await);
        let added = browser.post("/account/passkey", &[("passkey", &made)]).await;
        assert!(added.body.contains("id=\"codes\""), "{}", added.body);
        let only = count(&house, "SELECT id FROM passkeys").await.to_string();
        let gone = browser.post("/account", &[("do", "remove-passkey"), ("passkey", &only)]).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM recovery_codes").await, 0);
    }

    async fn s11_where_the_address_has_no_name_passkeys_are_not_offered_and_the_page_says_why(house: House) {
        let house = house.rebuilt(std::collections::HashMap::new(), |parts| {
            parts.settings.public_url = "http://127.0.0.1:8080".to_owned();
        });
        let mut browser = half(&house.app, OFFICER).await;
        let page = browser.get("/signin/authenticator").await;
        assert!(page.body.contains("Passkeys cannot be used here") && !page.body.contains("data-passkey"), "{}", page.body);
        let none = browser.post("/signin/passkey", &[]).await;
        assert_eq!(none.status, StatusCode::FORBIDDEN);
        assert!(none.body.contains("server.public_url") && none.header("content-type").starts_with("text/plain"));
        let mut browser = signed_in(&house, &house.officer).await;
        for path in ["/account", "/account/passkey"] {
            let page = browser.get(path).await;
            assert!(page.body.contains("Passkeys cannot be used here") && !page.body.contains("data-passkey"), "{path}");
        }
    }

    async fn news_of_an_account_told_twice_are_one_mail(house: House) {
        let work = crate::domain::work::Work::SendAccountNews {
            staff: house.officer.id,
            news: crate::domain::sign_in::AccountNews::PasskeyAdded,
            at: now(&house).await,
        };
        for _ in 0..2 {
            jobs::work_on(&house.app, &work, false).await.expect("it is sent");
        }
        let ids: std::collections::HashSet<_> = house.sent().iter().map(|mail| {
            mail.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:")).expect("an id").to_owned()
        }).collect();
        assert_eq!(ids.len(), 1);
        assert!(house.sent()[0].contains("To: \"Nisha Rao\"") || house.sent()[0].contains("officer@imagegen.example"));
    }
}
