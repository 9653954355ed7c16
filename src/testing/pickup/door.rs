//! The page over HTTP: the same bytes whatever keeps it shut, nothing remembered in the browser, words shown as words.

use super::{HERE, asks};
use crate::{
    app::pickup::{self, Access, Key},
    store::sql,
    testing::{
        browser::{Answer, Browser},
        house::House,
        on_both,
    },
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};

async fn asked(house: &House, method: Method, body: impl Into<Body>) -> Answer {
    let request = Request::builder().method(method).uri("/case");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    Browser::new(house.app.clone()).ask(request, body.into()).await
}

fn form(access: &Access, rest: &str) -> String {
    format!("code={}&pin={}{rest}", access.code.as_deref().unwrap_or_default(), access.pin)
}

/// No script, no cookie, in no cache.
fn is_closed(answer: &Answer) {
    let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"));
    assert!(header("x-robots-tag").contains("noindex") && !answer.headers.contains_key("set-cookie"));
    assert!(!answer.body.contains("<script"), "{}", answer.body);
}

on_both! {
    async fn whatever_keeps_it_shut_looks_the_same(house: House) {
        let (reference, access) = asks(&house, "erasure", "Please delete everything.").await;
        let empty = asked(&house, Method::GET, "").await;
        assert_eq!(empty.status, StatusCode::OK);
        is_closed(&empty);
        let code = access.code.clone().expect("a code");
        // what was handed over first has ended
        pickup::renew_page(&house.app, &house.agent, reference, i64::MAX, false).await.expect("a new PIN");
        let mut shut = Vec::new();
        for body in [
            "code=ZZZZ-ZZZZ&pin=000000".to_owned(),
            form(&access, ""),
            format!("code={code}&pin=123456&do=write&text=hello"),
            "code=&pin=".to_owned(),
            "pin=1&do=code".to_owned(),
            "code=%00%ff%F0%9F&pin=%27%3B--&do=%3Cscript%3E".to_owned(),
            format!("code={}&pin={}", "9".repeat(20_000), "9".repeat(20_000)),
        ] {
            let answer = asked(&house, Method::POST, body).await;
            is_closed(&answer);
            shut.push((answer.status, answer.body));
        }
        let (status, first) = shut[0].clone();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(first.contains("open nothing together") && !first.contains("ZZZZ"));
        assert!(shut.iter().all(|(s, body)| (*s, body.as_str()) == (status, first.as_str())), "they differ");
        let long = asked(&house, Method::POST, vec![b'x'; 600_000]).await;
        assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
        // too many tries look the same too, there or not
        let mut busy = Vec::new();
        for code in [code.as_str(), "QQQQ-QQQQ"] {
            for _ in 0..8 {
                busy.push(asked(&house, Method::POST, format!("code={code}&pin=000000")).await);
            }
            let last = busy.pop().expect("an answer");
            assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
            let seconds: i64 = last.headers["retry-after"].to_str().expect("text").parse().expect("a number");
            assert!((1..=8).contains(&seconds), "{seconds}");
            is_closed(&last);
        }
    }

    async fn s07_who_keeps_a_code_waiting_waits_too(house: House) {
        let (_, access) = asks(&house, "erasure", "Please delete everything.").await;
        let code = access.code.expect("a code");
        for _ in 0..40 {
            asked(&house, Method::POST, format!("code={code}&pin=000000")).await;
        }
        // no wait is over before the test is
        let mut tx = house.app.db.begin().await.expect("a writer");
        let text = "UPDATE throttles SET blocked_until = blocked_until + 600000 WHERE blocked_until > 0";
        sql(text).run(&mut tx).await.expect("it runs");
        tx.commit().await.expect("it is kept");
        // each of these counted for the address, also while the code had to wait
        let other = asked(&house, Method::POST, "code=QQQQ-QQQQ&pin=000000").await;
        assert_eq!(other.status, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn words_are_words_and_the_page_remembers_nothing(house: House) {
        let (reference, access) = asks(&house, "erasure", "Please delete everything.").await;
        let page = asked(&house, Method::POST, form(&access, "")).await;
        assert_eq!(page.status, StatusCode::OK);
        is_closed(&page);
        assert!(page.body.contains(&reference.to_string()) && page.body.contains("name=\"text\""));
        assert!(asked(&house, Method::GET, "").await.body.contains("name=\"pin\""), "nothing was remembered");
        let text = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%0D%0A%22%3E%3Cimg+src%3Dx%3E+%E2%80%AE+%F0%9F%98%80";
        let page = asked(&house, Method::POST, form(&access, &format!("&do=write&text={text}"))).await;
        assert_eq!(page.status, StatusCode::OK);
        is_closed(&page);
        assert!(page.body.contains("&lt;script&gt;alert(1)") && !page.body.contains("<img"), "{}", page.body);
        let empty = asked(&house, Method::POST, form(&access, "&do=write&text=+")).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.body.contains("Write what you want to tell us") && empty.body.contains("&lt;script&gt;"));
        // there is no copy, and the page says so by having none
        let none = asked(&house, Method::POST, form(&access, "&do=code")).await;
        assert!(none.status == StatusCode::OK && !none.body.contains("id=\"code\""), "{}", none.body);
        let key = Key { code: access.code.as_deref().expect("a code"), pin: &access.pin };
        assert_eq!(pickup::page_of(&house.app, HERE, key).await.expect("it opens").letters.len(), 2);
    }
}
