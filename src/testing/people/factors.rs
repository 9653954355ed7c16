//! Second factors: enrolled before anything else can be done, each code taken once, sealed at rest, and recovery.

use super::{Browser, OFFICER, PASSWORD, SECRET, arm, code, let_proof_age, meddle, now, signed_in};
use crate::{
    app::{authenticator::code_at, staff},
    store::sql,
    testing::on_both,
};
use axum::http::StatusCode;

/// The secret that a page offers.
fn offered(answer: &super::Answer) -> Vec<u8> {
    let text = answer.between("class=\"secret\">", "<").replace(' ', "");
    data_encoding::BASE32_NOPAD.decode(text.as_bytes()).expect("Base32")
}

fn codes(answer: &super::Answer) -> Vec<String> {
    let list = answer.between("id=\"codes\"", "</ul>");
    list.split("<code>").skip(1).map(|rest| rest.split('<').next().expect("a code").to_owned()).collect()
}

on_both! {
    async fn whoever_has_no_second_factor_enrols_one_and_does_nothing_else(house: House) {
        let mut browser = Browser::new(house.app.clone());
        let door = browser.post("/signin", &[("email", OFFICER), ("password", PASSWORD), ("next", "/queue?q=a")]).await;
        assert_eq!(door.header("location"), "/signin/second?next=%2Fqueue%3Fq%3Da");
        let second = browser.get(door.header("location")).await;
        assert_eq!(second.header("location"), "/signin/authenticator?next=%2Fqueue%3Fq%3Da");
        for path in ["/overview", "/queue", "/account", "/account/authenticator", "/runs", "/mail"] {
            assert!(browser.get(path).await.header("location").starts_with("/signin/second"), "{path}");
        }
        let first = browser.get("/signin/authenticator").await;
        let (secret, again) = (offered(&first), offered(&browser.get("/signin/authenticator").await));
        assert_eq!((secret.len(), &secret), (20, &again), "looking changes nothing");
        assert!(first.body.contains("data:image/svg+xml;base64,"));
        let wrong = browser.post("/signin/authenticator", &[("code", "000000")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(offered(&wrong), secret);
        // somebody else is offered another one
        let mut other = Browser::new(house.app.clone()).at([203, 0, 113, 5]);
        other.knocks(OFFICER, PASSWORD).await;
        assert_ne!(offered(&other.get("/signin/authenticator").await), secret);

        let given = code_at(&secret, now(&house).await);
        let done = browser.post("/signin/authenticator", &[("code", &given), ("next", "/queue?q=a")]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        let shown = codes(&done);
        assert_eq!(shown.len(), 10);
        assert!(done.body.contains("href=\"/queue?q=a\"") && browser.is_in().await);
        assert!(!other.is_in().await);
        let late = other.get("/signin/authenticator").await;
        assert_eq!(late.status, StatusCode::SEE_OTHER, "half sessions of before have ended");

        // sealed, and the codes are digests
        let mut tx = house.app.db.read().await.expect("a reader");
        let (wrapped, cipher): (Vec<u8>, Vec<u8>) = sql("SELECT wrapped_key, cipher FROM authenticators").one(&mut tx).await.expect("a row");
        assert!(![wrapped, cipher].iter().any(|bytes| bytes.windows(20).any(|window| window == secret)));
        let kept: Vec<(Vec<u8>,)> = sql("SELECT code_hash FROM recovery_codes").all(&mut tx).await.expect("they list");
        assert_eq!(kept.len(), 10);
        assert!(kept.iter().all(|(hash,)| hash.len() == 32));
    }

    async fn s10_a_code_counts_once_wherever_it_is_given(house: House) {
        arm(&house, house.officer.id).await;
        let half = async |app: &crate::app::App| {
            let mut browser = Browser::new(app.clone());
            browser.knocks(OFFICER, PASSWORD).await;
            browser
        };
        let (mut here, mut there) = (half(&house.app).await, half(&house.another_console()).await);
        let given = code(&house, &house.officer).await;
        let form = [("code", given.as_str())];
        let (one, two) = tokio::join!(here.post("/signin/second", &form), there.post("/signin/second", &form));
        let mut statuses = [one.status, two.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY]);
        let mut third = half(&house.app).await;
        assert_eq!(third.post("/signin/second", &form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        // the step before and the one after count, two steps away does not
        for (steps, status) in [(-2, 422), (-1, 303), (1, 303), (2, 422)] {
            meddle(&house, "UPDATE authenticators SET last_step = $2 WHERE staff_id = $1", house.officer.id, 0).await;
            let at = now(&house).await;
            // away from the end of a step, so that it stays the same one
            if at.0 % 30_000 > 28_000 {
                tokio::time::sleep(std::time::Duration::from_millis(2_200)).await;
            }
            let given = code_at(&SECRET, now(&house).await.plus(steps * 30_000));
            let mut browser = half(&house.app).await;
            let answer = browser.post("/signin/second", &[("code", &given)]).await;
            assert_eq!(answer.status.as_u16(), status, "{steps}");
        }
    }

    async fn s10_a_secret_is_offered_to_whoever_has_just_proved_who_they_are(house: House) {
        let mut owner = signed_in(&house, &house.officer).await;
        let first = offered(&owner.get("/account/authenticator").await);
        assert_eq!(offered(&owner.get("/account/authenticator").await), first, "looking changes nothing");
        let_proof_age(&house, &house.officer).await;
        // whoever has the cookie and nothing else sees none
        let mut thief = owner.clone();
        let seen = thief.get("/account/authenticator").await;
        assert_eq!((seen.status, seen.header("location"), seen.body.as_str()), (StatusCode::SEE_OTHER, "/account", ""));
        assert_eq!(thief.post("/account", &[("do", "authenticator")]).await.status, StatusCode::UNAUTHORIZED);
        house.pass(1_000);
        // and one that was seen before is not the one that the owner sets up
        let given = code(&house, &house.officer).await;
        let begun = owner.post("/account", &[("do", "authenticator"), ("prove-again", &given)]).await;
        assert_eq!((begun.status, begun.header("location")), (StatusCode::SEE_OTHER, "/account/authenticator"));
        let second = offered(&owner.get("/account/authenticator").await);
        assert_ne!(first, second);
        let old = code_at(&first, now(&house).await);
        let wrong = owner.post("/account/authenticator", &[("code", &old)]).await;
        assert_eq!((wrong.status, offered(&wrong)), (StatusCode::UNPROCESSABLE_ENTITY, second.clone()));
        let right = code_at(&second, now(&house).await);
        let done = owner.post("/account/authenticator", &[("code", &right)]).await;
        assert_eq!((done.status, codes(&done).len()), (StatusCode::OK, 10));
        // a form that waited too long is asked for the proof, and then offers another one to read
        let third = offered(&owner.get("/account/authenticator").await);
        let_proof_age(&house, &house.officer).await;
        house.pass(1_000);
        let right = code_at(&third, now(&house).await);
        assert_eq!(owner.post("/account/authenticator", &[("code", &right)]).await.status, StatusCode::UNAUTHORIZED);
        meddle(&house, "UPDATE authenticators SET last_step = $2 WHERE staff_id = $1", house.officer.id, 0).await;
        let proof = code_at(&second, now(&house).await);
        let late = owner.post("/account/authenticator", &[("code", &right), ("prove-again", &proof)]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(offered(&late), offered(&owner.get("/account/authenticator").await));
    }

    async fn s10_guesses_have_to_wait(house: House) {
        arm(&house, house.officer.id).await;
        let mut browser = Browser::new(house.app.clone());
        browser.knocks(OFFICER, PASSWORD).await;
        let mut last = StatusCode::OK;
        for _ in 0..8 {
            last = browser.post("/signin/second", &[("code", "000000")]).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        let given = code(&house, &house.officer).await;
        let right = browser.post("/signin/second", &[("code", &given)]).await;
        assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn s12_recovery_codes_count_once_and_a_new_password_leaves_the_factor(house: House) {
        let mut browser = signed_in(&house, &house.officer).await;
        let shown = codes(&browser.post("/account", &[("do", "codes")]).await);
        assert_eq!(shown.len(), 10);
        let typed = shown[0].to_lowercase().replace('-', " ");
        for (code, status) in [(typed.as_str(), 303), (typed.as_str(), 422), (shown[1].as_str(), 303), ("AAAAA-AAAAA", 422)] {
            let mut other = Browser::new(house.app.clone());
            other.knocks(OFFICER, PASSWORD).await;
            assert_eq!(other.post("/signin/second", &[("code", code)]).await.status.as_u16(), status, "{code}");
        }
        assert!(browser.get("/account").await.body.contains("8 recovery codes are left"));
        // new ones end the old ones
        let newer = codes(&browser.post("/account", &[("do", "codes")]).await);
        let mut other = Browser::new(house.app.clone());
        other.knocks(OFFICER, PASSWORD).await;
        assert_eq!(other.post("/signin/second", &[("code", &shown[2])]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        staff::reset_password(&house.app, OFFICER, "quartz meadow 71 tin lantern").await.expect("reset");
        let mut other = Browser::new(house.app.clone());
        assert_eq!(other.knocks(OFFICER, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(other.knocks(OFFICER, "quartz meadow 71 tin lantern").await.status, StatusCode::SEE_OTHER);
        assert!(!other.is_in().await, "the second factor is still asked for");
        assert_eq!(other.post("/signin/second", &[("code", &newer[0])]).await.status, StatusCode::SEE_OTHER);
        assert!(other.is_in().await);
        // whoever lost theirs enrols another, and the old one is worth nothing
        staff::reset_factors(&house.app, OFFICER).await.expect("reset");
        let mut other = Browser::new(house.app.clone());
        other.knocks(OFFICER, "quartz meadow 71 tin lantern").await;
        assert_eq!(other.post("/signin/second", &[("code", &newer[1])]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(other.get("/signin/authenticator").await.status, StatusCode::OK);
    }
}
