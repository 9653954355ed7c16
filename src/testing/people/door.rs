//! The door: what it tells nobody, and how long those wait who try too often.

use super::{Answer, Browser, OFFICER, PASSWORD, arm, audited, code, meddle, signed_in};
use crate::{
    app::staff,
    domain::identity::StaffId,
    testing::{house::House, on_both},
};
use axum::http::StatusCode;

async fn all_throttles(house: &House, text: &'static str) {
    meddle(house, text, StaffId(0), 0).await;
}

on_both! {
    async fn s02_the_cookie_goes_nowhere_else(house: House) {
        let mut browser = Browser::new(house.app.clone());
        let answer = browser.knocks(OFFICER, PASSWORD).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/signin/second"));
        let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
        assert_eq!(cookies.len(), 1);
        let cookie = answer.header("set-cookie");
        let (pair, flags) = cookie.split_once("; ").expect("flags");
        let token = pair.strip_prefix("__Host-recourse=").expect("its name");
        assert_eq!(token.len(), 43, "256 bits in Base64");
        assert_eq!(flags, "Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=900");
    }

    async fn s06_nobody_learns_who_has_an_account(house: House) {
        staff::create_user(&house.app, "gone@imagegen.example", "Dana Okafor", PASSWORD, &house.agent.grants).await.expect("hired");
        staff::disable(&house.app, "gone@imagegen.example", true).await.expect("disabled");
        let mut seen: Vec<(StatusCode, Vec<String>, String, u64)> = Vec::new();
        for (n, (email, password)) in [
            (OFFICER, "wrong but long enough"),
            ("nobody@imagegen.example", "wrong but long enough"),
            ("gone@imagegen.example", PASSWORD),
            (OFFICER, &"x".repeat(2_000)),
            ("nobody@imagegen.example", &"x".repeat(2_000)),
        ].into_iter().enumerate() {
            let before = house.app.hashing().begun();
            let mut browser = Browser::new(house.app.clone()).at([203, 0, 113, u8::try_from(n).expect("small")]);
            let answer = browser.knocks(email, password).await;
            let names = answer.headers.keys().map(ToString::to_string).collect();
            let body = answer.plain().replace(email, "ADDRESS");
            seen.push((answer.status, names, body, house.app.hashing().begun() - before));
        }
        assert_eq!((seen[0].0, seen[0].3), (StatusCode::UNPROCESSABLE_ENTITY, 1));
        seen.dedup();
        assert_eq!(seen.len(), 1, "they differ");
    }

    async fn s07_who_guesses_waits_and_nobody_is_locked_out(house: House) {
        let mut officer = signed_in(&house, &house.officer).await;
        // an address from which they have signed in before
        let mut home = Browser::new(house.app.clone()).at([192, 0, 2, 9]);
        home.knocks(OFFICER, PASSWORD).await;
        let given = code(&house, &house.officer).await;
        assert_eq!(home.post("/signin/second", &[("code", &given)]).await.status, StatusCode::SEE_OTHER);
        assert!(home.is_in().await);

        let stranger = |n: u8| Browser::new(house.app.clone()).at([203, 0, 113, n]);
        let mut last: Option<Answer> = None;
        for n in 0..12 {
            last = Some(stranger(n).knocks(OFFICER, "a guess that is wrong").await);
        }
        let last = last.expect("an answer");
        assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
        assert!((1..=900).contains(&last.header("retry-after").parse::<i64>().expect("seconds")));
        // the wait is everybody's, on every console, also with the right password; and the same for an unknown address
        let mut other = Browser::new(house.another_console()).at([203, 0, 113, 99]);
        assert_eq!(other.knocks(OFFICER, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
        for n in 0..6 {
            stranger(n).knocks("nobody@imagegen.example", "a guess that is wrong").await;
        }
        let unknown = stranger(7).knocks("nobody@imagegen.example", "a guess that is wrong").await;
        assert_eq!(unknown.status, StatusCode::TOO_MANY_REQUESTS);
        // whoever comes from where they were before waits for no stranger, and a session goes on
        let mut again = Browser::new(house.app.clone()).at([192, 0, 2, 9]);
        assert_eq!(again.knocks(OFFICER, PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert_eq!(officer.get("/account").await.status, StatusCode::OK);
        // and after the wait the right password opens from anywhere
        all_throttles(&house, "UPDATE throttles SET blocked_until = $1 + $2").await;
        assert_eq!(other.knocks(OFFICER, PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert!(audited(&house).await.contains(&"sign_in_slowed".to_owned()));
    }

    async fn s07_one_place_that_tries_many_accounts_waits(house: House) {
        let mut browser = Browser::new(house.app.clone());
        let mut refused = 0;
        for n in 0..34 {
            let answer = browser.knocks(&format!("p{n}@mail.example"), "").await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing was typed, so nothing was tried");
            let answer = browser.knocks(&format!("p{n}@mail.example"), "guess").await;
            refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!((1..=4).contains(&refused), "{refused}");
    }

    async fn s08_many_at_once_hash_a_few_at_a_time(house: House) {
        let long = "x".repeat(100_000);
        let mut all = tokio::task::JoinSet::new();
        for n in 0..200_u8 {
            let (mut browser, long) = (Browser::new(house.app.clone()).at([203, 0, 113, n]), long.clone());
            all.spawn(async move { browser.knocks(&format!("p{n}@mail.example"), &long).await.status });
        }
        // who leaves at once makes no room for another
        for n in 0..50_u8 {
            let mut browser = Browser::new(house.app.clone()).at([198, 18, 0, n]);
            let knocks = tokio::spawn(async move { browser.knocks(&format!("q{n}@mail.example"), "leaves at once").await });
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            knocks.abort();
        }
        let statuses = all.join_all().await;
        assert_eq!(statuses.len(), 200);
        let wrong = statuses.iter().filter(|status| **status == StatusCode::UNPROCESSABLE_ENTITY).count();
        assert!(wrong > 0 && statuses.iter().all(|status| {
            [StatusCode::UNPROCESSABLE_ENTITY, StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(status)
        }), "{statuses:?}");
        let hashing = house.app.hashing();
        assert!(hashing.begun() > 0 && hashing.most() <= 2, "{} at once", hashing.most());
        let mut browser = Browser::new(house.app.clone());
        let huge = browser.knocks(OFFICER, &"x".repeat(1_000_000)).await;
        assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    }

    async fn s22_signing_in_leads_nowhere_else(house: House) {
        arm(&house, house.officer.id).await;
        for next in ["//evil.example", "/\\evil.example", "https:evil.example", "javascript:alert(1)", "/a\r\nx: y", "evil", ""] {
            let mut browser = Browser::new(house.app.clone());
            let door = browser.post("/signin", &[("email", OFFICER), ("password", PASSWORD), ("next", next)]).await;
            assert_eq!(door.header("location"), "/signin/second", "{next}");
            let given = code(&house, &house.officer).await;
            let second = browser.post("/signin/second", &[("code", &given), ("next", next)]).await;
            assert_eq!((second.status, second.header("location")), (StatusCode::SEE_OTHER, "/"), "{next}");
        }
    }
}
