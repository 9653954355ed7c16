//! Links by mail: invitations and new passwords. Each counts once, for a while, for the account as it was; asking for one
//! tells nobody who has an account.

use super::{Browser, OFFICER, PASSWORD, arm, meddle, signed_in, stretch_waits};
use crate::{
    app::staff,
    domain::identity::StaffId,
    store::sql,
    testing::{house::House, on_both},
};
use axum::http::StatusCode;

const NEW: &str = "quartz meadow 71 tin lantern";

/// The link of the newest mail that left.
pub(super) async fn mailed(house: &House) -> Option<String> {
    house.works().await;
    let mails = house.sent();
    let mail = mails.iter().rev().find(|mail| mail.contains("/password/"))?.replace("=\r\n", "").replace("=3D", "=");
    let (_, rest) = mail.split_once("https://desk.imagegen.example/password/").expect("a link");
    Some(format!(
        "/password/{}",
        rest.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).next().expect("a token")
    ))
}

fn forget_mails(house: &House) {
    let _ = std::fs::remove_dir_all(house.folder.path().join("outgoing"));
}

async fn asks(house: &House, email: &str) -> super::Answer {
    Browser::new(house.app.clone()).post("/reset", &[("email", email)]).await
}

on_both! {
    async fn s06_asking_for_a_new_password_tells_nothing(house: House) {
        staff::disable(&house.app, "agent@imagegen.example", true).await.expect("disabled");
        let before = house.app.hashing().begun();
        let mut seen = Vec::new();
        for email in [OFFICER, "nobody@imagegen.example", "agent@imagegen.example", "no address"] {
            let answer = asks(&house, email).await;
            let names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            seen.push((answer.status, names, answer.plain()));
        }
        assert_eq!(seen[0].0, StatusCode::OK);
        seen.dedup();
        assert_eq!((seen.len(), house.app.hashing().begun() - before), (1, 0));
        // as much is written down for each, and one mail leaves
        let mut tx = house.app.db.read().await.expect("a reader");
        for text in ["SELECT COUNT(*) FROM account_links", "SELECT COUNT(*) FROM jobs WHERE work = 'send_account_link'"] {
            assert_eq!(sql(text).one::<(i64,)>(&mut tx).await.expect("a count"), (4,), "{text}");
        }
        drop(tx);
        house.works().await;
        assert_eq!(house.sent().iter().filter(|mail| mail.contains("/password/")).count(), 1);
        // a fourth mail to the same address has to wait, there or not
        for email in [OFFICER, "nobody@imagegen.example"] {
            let mut last = asks(&house, email).await;
            for n in 0..4 {
                let mut browser = Browser::new(house.app.clone()).at([203, 0, 113, n]);
                last = browser.post("/reset", &[("email", email)]).await;
            }
            assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS, "{email}");
        }
    }

    async fn s12_a_link_counts_once_and_leaves_the_second_factor(house: House) {
        let session = signed_in(&house, &house.officer).await;
        asks(&house, OFFICER).await;
        let link = mailed(&house).await.expect("a mail");
        let mut browser = Browser::new(house.app.clone());
        for _ in 0..3 {
            assert_eq!(browser.get(&link).await.status, StatusCode::OK, "looking uses nothing up");
        }
        let weak = browser.post(&link, &[("password", "password1234")]).await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut other = Browser::new(house.another_console());
        let form = [("password", NEW)];
        let (one, two) = tokio::join!(browser.post(&link, &form), other.post(&link, &form));
        let mut statuses = [one.status, two.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::NOT_FOUND], "of two one counts");
        assert!(browser.token.is_none() && !session.is_in().await);
        assert_eq!(browser.get(&link).await.status, StatusCode::NOT_FOUND);
        assert_eq!(browser.knocks(OFFICER, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(browser.knocks(OFFICER, NEW).await.header("location"), "/signin/second");
        assert_eq!(browser.get("/signin/second").await.status, StatusCode::OK, "the factor is still there");
        assert!(!browser.is_in().await);
    }

    async fn s12_a_link_is_for_the_account_as_it_was(house: House) {
        arm(&house, house.officer.id).await;
        for what in ["time", "password", "factors", "disabled", "hash"] {
            let mut tx = house.app.db.begin().await.expect("a writer");
            sql("DELETE FROM throttles").run(&mut tx).await.expect("they go");
            tx.commit().await.expect("it is kept");
            forget_mails(&house);
            asks(&house, OFFICER).await;
            let link = mailed(&house).await.expect("a mail");
            let mut browser = Browser::new(house.app.clone());
            assert_eq!(browser.get(&link).await.status, StatusCode::OK, "{what}");
            let mut stored = None;
            match what {
                "time" => { meddle(&house, "UPDATE account_links SET ends_at = $1 + $2", StaffId(0), 1).await; }
                "password" => staff::reset_password(&house.app, OFFICER, NEW).await.expect("reset"),
                "factors" => staff::reset_factors(&house.app, OFFICER).await.expect("reset"),
                "hash" => {
                    let mut tx = house.app.db.read().await.expect("a reader");
                    let rows: Vec<(Vec<u8>,)> = sql("SELECT token_hash FROM account_links ORDER BY id DESC").all(&mut tx).await.expect("they list");
                    stored = Some(format!("/password/{}", data_encoding::BASE64URL_NOPAD.encode(&rows[0].0)));
                }
                _ => staff::disable(&house.app, OFFICER, true).await.expect("disabled"),
            }
            let tried = stored.unwrap_or(link);
            assert_eq!(browser.get(&tried).await.status, StatusCode::NOT_FOUND, "{what}");
            assert_eq!(browser.post(&tried, &[("password", "lamp orbit velvet 93 tundra")]).await.status, StatusCode::NOT_FOUND, "{what}");
            if what == "disabled" {
                staff::disable(&house.app, OFFICER, false).await.expect("enabled");
                assert_eq!(browser.get(&tried).await.status, StatusCode::NOT_FOUND, "a link of before stays dead");
            }
        }
    }

    async fn s12_a_link_loses_against_what_is_done_to_the_account_meanwhile(house: House) {
        asks(&house, OFFICER).await;
        let link = mailed(&house).await.expect("a mail");
        // the command line has set a password, and is about to commit
        let mut tx = house.app.db.begin().await.expect("a writer");
        crate::store::staff::password_set(&mut tx, house.officer.id, "set by hand").await.expect("it is set");
        let mut browser = Browser::new(house.app.clone());
        let takes = tokio::spawn(async move { browser.post(&link, &[("password", NEW)]).await.status });
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        tx.commit().await.expect("it is kept");
        assert_eq!(takes.await.expect("an answer"), StatusCode::NOT_FOUND);
        let mut tx = house.app.db.read().await.expect("a reader");
        let text = "SELECT password_hash FROM staff WHERE id = $1";
        let (hash,): (String,) = sql(text).bind(house.officer.id).one(&mut tx).await.expect("a row");
        assert_eq!(hash, "set by hand");
    }

    async fn s07_strangers_together_fill_no_outbox(house: House) {
        let mut refused = Vec::new();
        for n in 0..62_u8 {
            if n == 61 {
                stretch_waits(&house).await;
            }
            let mut browser = Browser::new(house.app.clone()).at([203, 0, 113, n]);
            let answer = browser.post("/reset", &[("email", &format!("p{n}@mail.example"))]).await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                refused.push(answer.header("retry-after").parse::<i64>().expect("seconds"));
            }
        }
        assert!(matches!(refused[..], [seconds] if (590..=605).contains(&seconds)), "five seconds and the test's own: {refused:?}");
        let mut tx = house.app.db.read().await.expect("a reader");
        let links = sql("SELECT COUNT(*) FROM account_links").one::<(i64,)>(&mut tx).await.expect("a count");
        assert_eq!(links, (61,));
    }

    async fn an_invited_person_sets_a_password_and_a_factor(house: House) {
        staff::invite(&house.app, "dana@imagegen.example", "Dana Okafor", &house.agent.grants[..].into()).await.expect("invited");
        let mut browser = Browser::new(house.app.clone());
        for guess in ["", " ", "nothing at all"] {
            let answer = browser.knocks("dana@imagegen.example", guess).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let link = mailed(&house).await.expect("a mail");
        assert!(house.sent().iter().any(|mail| mail.contains("Subject: Your account in Recourse")));
        let set = browser.post(&link, &[("password", NEW)]).await;
        let door = browser.get(set.header("location")).await;
        assert!(door.status == StatusCode::OK && door.body.contains("Your password is set."), "{}", door.body);
        assert!(!browser.get("/signin").await.body.contains("is set"), "said once");
        browser.knocks("dana@imagegen.example", NEW).await;
        assert_eq!(browser.get("/signin/authenticator").await.status, StatusCode::OK);
        assert!(!browser.is_in().await);
    }
}
