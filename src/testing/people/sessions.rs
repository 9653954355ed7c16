//! Sessions: new tokens at every change of what they may do, ends that count everywhere, nothing stored that opens a door.

use super::{Browser, OFFICER, PASSWORD, arm, code, let_proof_age, meddle, now, signed_in};
use crate::{app::staff, store::sql, testing::on_both};
use axum::http::StatusCode;

on_both! {
    async fn s01_a_token_changes_with_what_it_opens(house: House) {
        // somebody else's session, whole, put into the browser: it ends where the browser signs in
        let planted = signed_in(&house, &house.agent).await;
        arm(&house, house.officer.id).await;
        let mut browser = planted.clone();
        assert!(browser.is_in().await);
        assert_eq!(browser.knocks(OFFICER, PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert!(!planted.is_in().await);
        let planted = planted.token.expect("a token");
        let mut tokens = vec![planted, "made-up".to_owned(), browser.token.clone().expect("a token")];
        assert!(!browser.is_in().await, "half a session opens nothing");
        let given = code(&house, &house.officer).await;
        assert_eq!(browser.post("/signin/second", &[("code", &given)]).await.status, StatusCode::SEE_OTHER);
        tokens.push(browser.token.clone().expect("a token"));
        assert!(browser.is_in().await);
        // proved again
        let_proof_age(&house, &house.officer).await;
        let given = code(&house, &house.officer).await;
        let answer = browser.post("/account", &[("do", "codes"), ("prove-again", &given)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        tokens.push(browser.token.clone().expect("a token"));
        // another password
        let fields = [("do", "password"), ("old", PASSWORD), ("new", "lamp orbit velvet 93 tundra")];
        assert_eq!(browser.post("/account", &fields).await.header("location"), "/account?done=password");
        let last = browser.token.clone().expect("a token");
        assert!(browser.is_in().await);
        for old in &tokens {
            assert_ne!(*old, last);
            assert!(!Browser::with(house.app.clone(), old).is_in().await, "{old}");
        }
    }

    async fn s03_what_is_stored_opens_nothing(house: House) {
        let browser = signed_in(&house, &house.officer).await;
        assert!(browser.is_in().await);
        let mut tx = house.app.db.read().await.expect("a reader");
        let rows: Vec<(Vec<u8>,)> = sql("SELECT token_hash FROM sessions").all(&mut tx).await.expect("it lists");
        drop(tx);
        assert_eq!(rows.len(), 1);
        for encoding in [data_encoding::BASE64URL_NOPAD, data_encoding::HEXLOWER, data_encoding::BASE64] {
            let stored = encoding.encode(&rows[0].0);
            assert!(!Browser::with(house.app.clone(), &stored).is_in().await, "{stored}");
        }
    }

    async fn s04_sessions_end_by_the_databases_clock(house: House) {
        let here = signed_in(&house, &house.officer).await;
        let there = Browser { app: house.another_console(), ..here.clone() };
        for text in [
            "UPDATE sessions SET idle_until = $2 WHERE staff_id = $1",
            "UPDATE sessions SET ends_at = $2 WHERE staff_id = $1",
        ] {
            let at = now(&house).await;
            meddle(&house, text, house.officer.id, at.plus(30_000).0).await;
            assert!(here.is_in().await && there.is_in().await, "{text}");
            meddle(&house, text, house.officer.id, at.plus(-1).0).await;
            assert!(!here.is_in().await && !there.is_in().await, "{text}");
            meddle(&house, text, house.officer.id, at.plus(3_600_000).0).await;
        }
        assert!(here.is_in().await);
    }

    async fn s04_a_page_that_asks_by_itself_keeps_no_session(house: House) {
        let mut browser = signed_in(&house, &house.officer).await;
        let soon = now(&house).await.plus(20 * 60_000).0;
        meddle(&house, "UPDATE sessions SET idle_until = $2 WHERE staff_id = $1", house.officer.id, soon).await;
        let idle = async || {
            let mut tx = house.app.db.read().await.expect("a reader");
            sql("SELECT idle_until FROM sessions").one::<(i64,)>(&mut tx).await.expect("a row").0
        };
        let told = browser.post("/api/run_progress", &[("run", "E-1")]).await;
        assert_eq!((told.status, idle().await), (StatusCode::NOT_FOUND, soon), "{}", told.body);
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
        assert!(idle().await > soon, "whoever opens a page is there");
    }

    async fn s05_what_ends_a_session_ends_it_on_every_console(house: House) {
        let console = house.another_console();
        let fresh = async || {
            let mine = signed_in(&house, &house.officer).await;
            let other = signed_in(&house, &house.officer).await;
            (mine, Browser { app: console.clone(), ..other })
        };
        let (mut mine, other) = fresh().await;
        let out = mine.post("/signout", &[]).await;
        assert_eq!(out.header("clear-site-data"), "\"cache\", \"storage\"");
        assert!(out.header("set-cookie").contains("Max-Age=0") && mine.token.is_none());
        assert!(other.is_in().await, "signing out ends one session");

        let (mut mine, other) = fresh().await;
        let fields = [("do", "password"), ("old", PASSWORD), ("new", "lamp orbit velvet 93 tundra")];
        assert_eq!(mine.post("/account", &fields).await.status, StatusCode::SEE_OTHER);
        assert!(mine.is_in().await && !other.is_in().await, "a new password");

        let (mut mine, other) = fresh().await;
        assert_eq!(mine.post("/account", &[("do", "codes")]).await.status, StatusCode::OK);
        assert!(mine.is_in().await && !other.is_in().await, "new recovery codes");

        let (mut mine, other) = fresh().await;
        assert_eq!(mine.post("/account", &[("do", "others")]).await.status, StatusCode::SEE_OTHER);
        assert!(mine.is_in().await && !other.is_in().await, "all others");

        let (mut mine, other) = fresh().await;
        let mut tx = house.app.db.read().await.expect("a reader");
        let (id,): (i64,) = sql("SELECT MAX(id) FROM sessions").one(&mut tx).await.expect("a row");
        drop(tx);
        // somebody else's session is none of mine
        let mut agent = signed_in(&house, &house.agent).await;
        let answer = agent.post("/account", &[("do", "end"), ("session", &id.to_string())]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(other.is_in().await);
        assert_eq!(mine.post("/account", &[("do", "end"), ("session", &id.to_string())]).await.status, StatusCode::SEE_OTHER);
        assert!(mine.is_in().await && !other.is_in().await, "one of them");
        // a form that comes late, and one about somebody else's, are told the same on the page itself
        let late = mine.post("/account", &[("do", "end"), ("session", &id.to_string())]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.body.contains("it has ended already") && late.body.contains("Where you are signed in"), "{}", late.body);
        assert!(answer.body.contains("it has ended already"), "{}", answer.body);

        for what in ["disable", "password", "factors", "kill"] {
            let (mine, other) = fresh().await;
            assert!(mine.is_in().await && other.is_in().await, "{what}");
            let app = &house.app;
            match what {
                "disable" => staff::disable(app, OFFICER, true).await,
                "password" => staff::reset_password(app, OFFICER, "quartz meadow 71 tin lantern").await,
                "factors" => staff::reset_factors(app, OFFICER).await,
                _ => staff::end_sessions(app, OFFICER).await.map(|ended| assert!(ended >= 2)),
            }.expect("it is done");
            assert!(!mine.is_in().await && !other.is_in().await, "{what}");
            if what == "disable" {
                staff::disable(app, OFFICER, false).await.expect("enabled");
                assert!(!mine.is_in().await, "an old session is not worth more than before");
            }
        }
    }
}
