//! Tries that keep others waiting: whoever has the password, or somebody's session, or a whole network, keeps nobody else out.

use super::{Browser, OFFICER, PASSWORD, arm, code, let_proof_age, links::mailed, meddle, signed_in, stretch_waits};
use crate::{
    app::staff,
    domain::{identity::StaffId, sign_in::SecondFactor},
    store::{sql, staff as stored},
    testing::{house::House, on_both},
};
use axum::http::StatusCode;

const NEW: &str = "quartz meadow 71 tin lantern";

/// Tries codes that are wrong until it has to wait; the last answer's status.
async fn guesses(house: &House, browser: &mut Browser, path: &str, field: &str) -> StatusCode {
    let mut last = StatusCode::OK;
    for n in 0..8 {
        last = browser.post(path, &[("do", "others"), (field, "000000")]).await.status;
        if n == 5 {
            stretch_waits(house).await;
        }
    }
    last
}

/// Somebody with the password and nothing else guesses the second factor, until strangers have to wait.
async fn strangers_guess(house: &House, password: &str) {
    let mut stranger = Browser::new(house.app.clone()).at([203, 0, 113, 8]);
    assert_eq!(stranger.knocks(OFFICER, password).await.status, StatusCode::SEE_OTHER);
    assert_eq!(guesses(house, &mut stranger, "/signin/second", "code").await, StatusCode::TOO_MANY_REQUESTS);
}

/// What the right code is answered with in a browser that has just given the password.
async fn comes_in(house: &House, browser: &mut Browser, password: &str) -> StatusCode {
    assert_eq!(browser.knocks(OFFICER, password).await.status, StatusCode::SEE_OTHER);
    let given = code(house, &house.officer).await;
    browser.post("/signin/second", &[("code", &given)]).await.status
}

on_both! {
    async fn s07_whoever_has_the_password_keeps_nobody_from_the_second_factor(house: House) {
        arm(&house, house.officer.id).await;
        let mut home = Browser::new(house.app.clone()).at([192, 0, 2, 9]);
        assert_eq!(comes_in(&house, &mut home, PASSWORD).await, StatusCode::SEE_OTHER);
        let mut owner = signed_in(&house, &house.officer).await;
        strangers_guess(&house, PASSWORD).await;
        // strangers wait together, on every console
        let mut other = Browser::new(house.another_console()).at([203, 0, 113, 9]);
        assert_eq!(comes_in(&house, &mut other, PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
        // the browser that they signed in with before waits for none of them, and who is in proves
        assert_eq!(comes_in(&house, &mut home, PASSWORD).await, StatusCode::SEE_OTHER);
        let_proof_age(&house, &house.officer).await;
        let given = code(&house, &house.officer).await;
        let proved = owner.post("/account", &[("do", "others"), ("prove-again", &given)]).await;
        assert_eq!(proved.header("location"), "/account?done=others", "{}", proved.body);
        // whoever has stolen the browser as well waits for themselves
        let mut thief = Browser { token: None, ..home.clone() }.at([198, 18, 0, 2]);
        assert_eq!(thief.knocks(OFFICER, PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert_eq!(guesses(&house, &mut thief, "/signin/second", "code").await, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn s07_a_new_password_or_factor_ends_the_wait_for_the_second_factor(house: House) {
        arm(&house, house.officer.id).await;
        let fresh = || Browser::new(house.app.clone()).at([198, 18, 0, 1]);
        let mut password = PASSWORD;
        for what in ["machine", "link", "own", "factors"] {
            strangers_guess(&house, password).await;
            assert_eq!(comes_in(&house, &mut fresh(), password).await, StatusCode::TOO_MANY_REQUESTS, "{what}");
            let to = if password == PASSWORD { NEW } else { PASSWORD };
            match what {
                "machine" => staff::reset_password(&house.app, OFFICER, to).await.expect("reset"),
                "link" => {
                    fresh().post("/reset", &[("email", OFFICER)]).await;
                    let link = mailed(&house).await.expect("a mail");
                    assert_eq!(fresh().post(&link, &[("password", to)]).await.status, StatusCode::SEE_OTHER);
                }
                "own" => {
                    let fields = [("do", "password"), ("old", password), ("new", to)];
                    let changed = signed_in(&house, &house.officer).await.post("/account", &fields).await;
                    assert_eq!(changed.header("location"), "/account?done=password", "{}", changed.body);
                }
                _ => {
                    staff::reset_factors(&house.app, OFFICER).await.expect("reset");
                    arm(&house, house.officer.id).await;
                }
            }
            password = if what == "factors" { password } else { to };
            assert_eq!(comes_in(&house, &mut fresh(), password).await, StatusCode::SEE_OTHER, "{what}");
        }
    }

    async fn s14_whoever_guesses_in_one_session_keeps_no_other_from_proving(house: House) {
        let (mut thief, mut owner) = (signed_in(&house, &house.officer).await, signed_in(&house, &house.officer).await);
        let_proof_age(&house, &house.officer).await;
        assert_eq!(guesses(&house, &mut thief, "/account", "prove-again").await, StatusCode::TOO_MANY_REQUESTS);
        let given = code(&house, &house.officer).await;
        let proved = owner.post("/account", &[("do", "others"), ("prove-again", &given)]).await;
        assert_eq!(proved.status, StatusCode::SEE_OTHER, "{}", proved.body);
        // nor by the password
        let house = house.rebuilt(std::collections::HashMap::new(), |parts| parts.settings.second_factor = SecondFactor::Offered);
        staff::reset_factors(&house.app, OFFICER).await.expect("reset");
        let (mut thief, mut owner) = (Browser::new(house.app.clone()), Browser::new(house.app.clone()));
        thief.knocks(OFFICER, PASSWORD).await;
        owner.knocks(OFFICER, PASSWORD).await;
        let_proof_age(&house, &house.officer).await;
        assert_eq!(guesses(&house, &mut thief, "/account", "prove-again").await, StatusCode::TOO_MANY_REQUESTS);
        let proved = owner.post("/account", &[("do", "others"), ("prove-again", PASSWORD)]).await;
        assert_eq!(proved.status, StatusCode::SEE_OTHER, "{}", proved.body);
    }

    async fn s07_one_network_is_not_all_strangers(house: House) {
        let within = |site: u16, n: u16| Browser::new(house.app.clone()).at([0x2001, 0xdb8, site, n, 0, 0, 0, 1]);
        let asks = async |mut browser: Browser, who: String| {
            browser.post("/reset", &[("email", &format!("{who}@mail.example"))]).await.status
        };
        let mut accepted = 0;
        for n in 0..40 {
            accepted += u8::from(asks(within(1, n), format!("p{n}")).await == StatusCode::OK);
            if n == 30 {
                stretch_waits(&house).await;
            }
        }
        assert_eq!(accepted, 31, "each from a network of its own, all within one");
        assert_eq!(asks(within(2, 0), "q".to_owned()).await, StatusCode::OK, "others do not wait");
        // the same at the door
        let knocks = async |mut browser: Browser, who: &str| browser.knocks(who, "a guess that is wrong").await.status;
        assert_eq!(knocks(within(3, 0), "a@mail.example").await, StatusCode::UNPROCESSABLE_ENTITY);
        meddle(&house, "UPDATE throttles SET failures = failures + $1 + $2", StaffId(0), 99).await;
        assert_eq!(knocks(within(3, 1), "b@mail.example").await, StatusCode::UNPROCESSABLE_ENTITY);
        stretch_waits(&house).await;
        assert_eq!(knocks(within(3, 2), "c@mail.example").await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(knocks(within(4, 2), "c@mail.example").await, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn s07_strangers_keep_nobody_from_a_new_password_in_their_own_browser(house: House) {
        arm(&house, house.officer.id).await;
        let mut home = Browser::new(house.app.clone()).at([192, 0, 2, 9]);
        assert_eq!(comes_in(&house, &mut home, PASSWORD).await, StatusCode::SEE_OTHER);
        let asks = async |browser: &Browser| browser.clone().post("/reset", &[("email", OFFICER)]).await.status;
        let stranger = |n: u8| Browser::new(house.app.clone()).at([203, 0, 113, n]);
        for n in 0..4 {
            assert_eq!(asks(&stranger(n)).await, StatusCode::OK);
        }
        stretch_waits(&house).await;
        assert_eq!(asks(&stranger(5)).await, StatusCode::TOO_MANY_REQUESTS);
        for _ in 0..4 {
            assert_eq!(asks(&home).await, StatusCode::OK);
        }
        stretch_waits(&house).await;
        assert_eq!(asks(&home).await, StatusCode::TOO_MANY_REQUESTS, "and fills no outbox either");
    }

    async fn s10_a_code_waits_for_what_changes_the_account_and_holds_nothing_meanwhile(house: House) {
        let mut browser = signed_in(&house, &house.officer).await;
        let shown = browser.post("/account", &[("do", "codes")]).await;
        let code = shown.between("<code>", "</code>").to_owned();
        let mut half = Browser::new(house.app.clone());
        half.knocks(OFFICER, PASSWORD).await;
        // somebody makes new codes, and has the account already
        let mut tx = house.app.db.begin().await.expect("a writer");
        stored::stamp_move(&mut tx, house.officer.id).await.expect("it moves");
        let gives = tokio::spawn(async move { half.post("/signin/second", &[("code", &code)]).await.status });
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        crate::store::factors::recovery_forget(&mut tx, house.officer.id).await.expect("nobody holds them");
        tx.commit().await.expect("it is kept");
        assert_eq!(gives.await.expect("an answer"), StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn two_who_wait_for_each_other_are_told_to_try_again(house: House) {
        let (mut one, mut other) = (house.app.db.begin().await.expect("a writer"), house.app.db.read().await.expect("a reader"));
        if !one.is_postgres() {
            return;
        }
        drop(other);
        other = house.app.db.begin().await.expect("a writer");
        let (officer, agent) = (house.officer.id, house.agent.id);
        stored::account_lock(&mut one, officer).await.expect("it is free");
        stored::account_lock(&mut other, agent).await.expect("it is free");
        // whoever is given up lets the other one go on
        let crossed = async |mut tx: crate::store::Tx, whom| stored::account_lock(&mut tx, whom).await;
        let (one, other) = tokio::join!(crossed(one, agent), crossed(other, officer));
        let failed: Vec<_> = [one, other].into_iter().filter_map(Result::err).collect();
        assert!(matches!(&failed[..], [error] if error.is_passing()), "{failed:?}");
    }

    async fn what_is_sent_without_its_button_is_no_try(house: House) {
        let mut browser = Browser::new(house.app.clone());
        browser.knocks(OFFICER, PASSWORD).await;
        let form = [("next", "/queue"), ("name", "red key"), ("passkey", "")];
        for _ in 0..8 {
            let answer = browser.post("/signin/authenticator", &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.body.contains("The passkey is not made yet") && answer.body.contains("value=\"red key\""), "{}", answer.body);
            assert!(answer.body.contains("value=\"/queue\""), "{}", answer.body);
        }
        arm(&house, house.officer.id).await;
        let mut browser = Browser::new(house.app.clone());
        browser.knocks(OFFICER, PASSWORD).await;
        for _ in 0..8 {
            assert_eq!(browser.post("/signin/second", &[("passkey", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let given = code(&house, &house.officer).await;
        assert_eq!(browser.post("/signin/second", &[("code", &given)]).await.status, StatusCode::SEE_OTHER);
        let mut tx = house.app.db.read().await.expect("a reader");
        let text = "SELECT COUNT(*) FROM audit WHERE action = 'second_factor_wrong'";
        assert_eq!(sql(text).one::<(i64,)>(&mut tx).await.expect("a count"), (0,));
    }
}
