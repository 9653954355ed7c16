//! The door: what it tells nobody, and how long those wait who try too often.

use super::{Answer, Browser, OFFICER, PASSWORD, arm, code, links::mailed, meddle, signed_in, stretch_waits};
use crate::{
    app::staff,
    domain::identity::StaffId,
    store::{sql, throttles},
    testing::{
        house::{House, mail},
        on_both,
    },
};
use axum::http::StatusCode;

async fn all_throttles(house: &House, text: &'static str) {
    meddle(house, text, StaffId(0), 0).await;
}

/// The officer signs in with a browser, whole.
async fn comes_in(house: &House, browser: &mut Browser) {
    arm(house, house.officer.id).await;
    browser.knocks(OFFICER, PASSWORD).await;
    let given = code(house, &house.officer).await;
    assert_eq!(browser.post("/signin/second", &[("code", &given)]).await.status, StatusCode::SEE_OTHER);
}

on_both! {
    /// Two of them, since each has one job: the session's ends soon and opens the console, the browser's lasts and opens
    /// nothing. Before somebody is in there is one.
    async fn s02_the_two_cookies_go_nowhere_else(house: House) {
        arm(&house, house.officer.id).await;
        let mut browser = Browser::new(house.app.clone());
        let cookies = |answer: &Answer| -> Vec<String> {
            answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text").to_owned()).collect()
        };
        let named = |cookie: &str, name: &str, seconds: &str| {
            let (pair, flags) = cookie.split_once("; ").expect("flags");
            let value = pair.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).expect("its name");
            assert_eq!(value.len(), 43, "256 bits in Base64");
            assert_eq!(flags, format!("Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age={seconds}"));
        };
        let answer = browser.knocks(OFFICER, PASSWORD).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/signin/second"));
        let set = cookies(&answer);
        assert_eq!(set.len(), 1, "{set:?}");
        named(&set[0], "__Host-recourse", "900");
        let given = code(&house, &house.officer).await;
        let set = cookies(&browser.post("/signin/second", &[("code", &given)]).await);
        assert_eq!(set.len(), 2, "{set:?}");
        named(&set[0], "__Host-recourse", "43200");
        named(&set[1], "__Host-recourse-device", "7776000");
        // what is kept of the browser's is a hash, and it opens nothing
        let device = browser.device.clone().expect("the browser's");
        assert!(!Browser::with(house.app.clone(), &device).is_in().await);
        let mut tx = house.app.db.read().await.expect("a reader");
        let rows: Vec<(Vec<u8>,)> = sql("SELECT token_hash FROM devices").all(&mut tx).await.expect("they list");
        assert_eq!(rows, [(crate::store::sessions::token_hash(&device),)]);
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

    async fn s06_tries_from_an_address_shared_with_staff_tell_nothing(house: House) {
        let office = [192, 0, 2, 9];
        let mut home = Browser::new(house.app.clone()).at(office);
        comes_in(&house, &mut home).await;
        staff::create_user(&house.app, "gone@imagegen.example", "Dana Okafor", PASSWORD, &house.agent.grants).await.expect("hired");
        staff::disable(&house.app, "gone@imagegen.example", true).await.expect("disabled");
        let mut seen = Vec::new();
        for email in [OFFICER, "nobody@imagegen.example", "gone@imagegen.example"] {
            let mut stranger = Browser::new(house.app.clone()).at(office);
            let mut statuses = Vec::new();
            for n in 0..8 {
                if n == 6 {
                    stretch_waits(&house).await;
                }
                statuses.push(stranger.knocks(email, "a guess that is wrong").await.status.as_u16());
            }
            seen.push(statuses);
        }
        assert_eq!(seen[0][4..7], [422, 422, 429], "{seen:?}");
        seen.dedup();
        assert_eq!(seen.len(), 1, "{seen:?}");
    }

    async fn s07_who_guesses_waits_and_nobody_is_locked_out(house: House) {
        let mut officer = signed_in(&house, &house.officer).await;
        // a browser with which they have signed in before
        let mut home = Browser::new(house.app.clone()).at([192, 0, 2, 9]);
        comes_in(&house, &mut home).await;
        assert!(home.is_in().await);

        let stranger = |n: u8| Browser::new(house.app.clone()).at([203, 0, 113, n]);
        let mut last: Option<Answer> = None;
        for n in 0..12 {
            if n == 6 {
                stretch_waits(&house).await;
            }
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
        stretch_waits(&house).await;
        let unknown = stranger(7).knocks("nobody@imagegen.example", "a guess that is wrong").await;
        assert_eq!(unknown.status, StatusCode::TOO_MANY_REQUESTS);
        // the address alone says nothing: it may be shared with whoever guesses
        let mut colleague = Browser::new(house.app.clone()).at([192, 0, 2, 9]);
        assert_eq!(colleague.knocks(OFFICER, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
        // the browser waits for no stranger, wherever it is, and a session goes on
        let known = Browser { token: None, ..home.clone() }.at([198, 18, 0, 1]);
        assert_eq!(known.clone().knocks(OFFICER, PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert_eq!(officer.get("/account").await.status, StatusCode::OK);
        // it stands for one account, and whoever has stolen it waits as well
        for n in 0..6 {
            stranger(n).knocks("agent@imagegen.example", "a guess that is wrong").await;
        }
        stretch_waits(&house).await;
        let agents = known.clone().knocks("agent@imagegen.example", PASSWORD).await;
        assert_eq!(agents.status, StatusCode::TOO_MANY_REQUESTS, "another account's");
        let mut thief = known.clone().at([198, 18, 0, 2]);
        for _ in 0..11 {
            assert_eq!(thief.knocks(OFFICER, "a guess that is wrong").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        stretch_waits(&house).await;
        assert_eq!(thief.knocks(OFFICER, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
        // and after the wait the right password opens from anywhere
        all_throttles(&house, "UPDATE throttles SET blocked_until = $1 + $2").await;
        assert_eq!(other.knocks(OFFICER, PASSWORD).await.status, StatusCode::SEE_OTHER);
    }

    async fn s07_who_keeps_an_account_waiting_waits_too(house: House) {
        let mut poller = Browser::new(house.app.clone()).at([203, 0, 113, 8]);
        for n in 0..40 {
            let answer = poller.knocks(OFFICER, "a guess that is wrong").await;
            assert_eq!(answer.status == StatusCode::TOO_MANY_REQUESTS, n > 5, "{n}");
            if n == 5 {
                stretch_waits(&house).await;
            }
        }
        stretch_waits(&house).await;
        // each of these counted for the address, also while the account had to wait
        let elsewhere = poller.knocks("somebody-else@imagegen.example", "a guess that is wrong").await;
        assert_eq!(elsewhere.status, StatusCode::TOO_MANY_REQUESTS);
        // what staff read of it tells whether it was one account or many, and whose
        let mut tx = house.app.db.read().await.expect("a reader");
        let slowed: Vec<(String, String)> =
            sql("SELECT who, object FROM audit WHERE action = 'sign_in_slowed'").all(&mut tx).await.expect("they list");
        let (who, object) = slowed.first().expect("an entry");
        assert!(slowed.iter().all(|one| one == &slowed[0]), "{slowed:?}");
        assert_eq!(who, "visitor");
        let parts: Vec<_> = object.split(' ').collect();
        assert!(matches!(parts[..], ["digest", digest, staff]
            if digest.len() == 16 && staff == house.officer.id.0.to_string()), "{object}");
    }

    async fn s07_a_new_password_opens_an_account_that_strangers_keep_waiting(house: House) {
        arm(&house, house.officer.id).await;
        let guesses = async || {
            for n in 0..6 {
                let mut stranger = Browser::new(house.app.clone()).at([203, 0, 113, n]);
                stranger.knocks(OFFICER, "a guess that is wrong").await;
            }
            stretch_waits(&house).await;
            let mut new = Browser::new(house.app.clone()).at([198, 18, 0, 1]);
            assert_eq!(new.knocks(OFFICER, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
        };
        guesses().await;
        let mut mine = Browser::new(house.app.clone()).at([198, 18, 0, 1]);
        mine.post("/reset", &[("email", OFFICER)]).await;
        let link = mailed(&house).await.expect("a mail");
        let new = "quartz meadow 71 tin lantern";
        assert_eq!(mine.post(&link, &[("password", new)]).await.status, StatusCode::SEE_OTHER);
        assert!(mine.token.is_none() && mine.device.is_some());
        let mut another = Browser::new(house.app.clone()).at([198, 18, 0, 2]);
        assert_eq!(another.knocks(OFFICER, new).await.status, StatusCode::SEE_OTHER, "the wait is over");
        // the strangers go on; the browser that the link was opened with is known
        guesses().await;
        assert_eq!(mine.knocks(OFFICER, new).await.status, StatusCode::SEE_OTHER);
        // the command line clears it as well
        staff::reset_password(&house.app, OFFICER, PASSWORD).await.expect("reset");
        assert_eq!(another.knocks(OFFICER, PASSWORD).await.status, StatusCode::SEE_OTHER);
    }

    async fn s07_what_a_browser_is_known_by_ends_with_password_factors_and_account(house: House) {
        let rows = async || {
            let mut tx = house.app.db.read().await.expect("a reader");
            sql("SELECT COUNT(*) FROM devices").one::<(i64,)>(&mut tx).await.expect("a count").0
        };
        for what in ["password", "factors", "disable"] {
            let mut home = Browser::new(house.app.clone());
            comes_in(&house, &mut home).await;
            assert_eq!(rows().await, 1, "{what}");
            let first = home.device.clone();
            // signing out leaves it; signing in again makes it another one in the place of the first
            let out = home.post("/signout", &[]).await;
            assert_eq!(out.header("clear-site-data"), "\"cache\", \"storage\"");
            assert!(home.token.is_none() && home.device == first, "{what}");
            comes_in(&house, &mut home).await;
            assert!(home.device != first && rows().await == 1, "{what}");
            match what {
                "password" => staff::reset_password(&house.app, OFFICER, PASSWORD).await,
                "factors" => staff::reset_factors(&house.app, OFFICER).await,
                _ => staff::disable(&house.app, OFFICER, true).await,
            }.expect("it is done");
            assert_eq!(rows().await, 0, "{what}");
        }
    }

    async fn s07_who_has_to_wait_holds_nobody_up(house: House) {
        let mut browser = Browser::new(house.app.clone());
        for n in 0..32 {
            browser.knocks(&format!("p{n}@mail.example"), "guess").await;
        }
        stretch_waits(&house).await;
        // somebody else writes meanwhile, and counts a stranger
        let mut tx = house.app.db.begin().await.expect("a writer");
        let all = house.app.vault.digest("sign-in strangers", b"");
        throttles::throttle_try(&mut tx, &all, 300, 1).await.expect("it is counted");
        let soon = std::time::Duration::from_secs(4);
        let answer = tokio::time::timeout(soon, browser.knocks("another@mail.example", "guess")).await.expect("soon");
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        let setup = tokio::time::timeout(soon, browser.get("/setup/nothing")).await.expect("soon");
        assert_eq!(setup.status, StatusCode::NOT_FOUND, "looking writes nothing");
        drop(tx);
    }

    async fn s06_an_address_that_is_none_is_said_to_be_none(house: House) {
        let mut browser = Browser::new(house.app.clone());
        let nul = ["/signin", "/reset"].map(|path| (path, "officer\0@imagegen.example"));
        let line = ["/signin", "/reset"].map(|path| (path, "officer\r\n@imagegen.example"));
        for (path, email) in nul.into_iter().chain(line) {
            let answer = browser.post(path, &[("email", email), ("password", PASSWORD)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {email:?}");
        }
        let mut officer = signed_in(&house, &house.officer).await;
        // in any other field it is a sign like others that cannot be shown
        let letter = mail("Anna <anna@mail.example>", "Privacy Request", "a1@mail.example", "Please delete my account.");
        let reference = house.opens(&letter).await;
        let noted = officer.post(&format!("/cases/{reference}"), &[("do", "note"), ("text", "one\0two")]).await;
        assert_eq!(noted.status, StatusCode::SEE_OTHER, "{}", noted.body);
        assert!(officer.get(&format!("/cases/{reference}")).await.body.contains("one\u{fffd}two"));
        assert_eq!(officer.get("/queue?q=a%00b").await.status, StatusCode::BAD_REQUEST);
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
