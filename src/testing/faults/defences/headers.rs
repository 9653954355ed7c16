//! What every answer carries, of whatever kind it is: policies, cookies, nothing for other sites.

use super::at_work;
use crate::{
    console::{Answer, Console},
    house::House,
    on_both,
    verbs::{EMAIL, PASSWORD, signs_in},
};
use std::collections::HashSet;

/// A mail with a file.
const WITH_FILE: &str = "From: Fiona <fiona@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: A file\r\n\
    Message-ID: <fiona@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=p\r\n\r\n\
    --p\r\nContent-Type: text/plain\r\n\r\nPlease delete my data.\r\n--p\r\nContent-Type: text/html; name=\"evil.html\"\r\n\
    Content-Disposition: attachment; filename=\"evil.html\"\r\n\r\n<script>alert(1)</script>\r\n--p--\r\n";

/// An answer of each kind that the console gives, by its status and what it is.
async fn of_every_kind(house: &House) -> (Console, Vec<(&'static str, Answer)>) {
    let (console, cookie, reference) = at_work(house).await;
    house.receives(WITH_FILE).await;
    house.all_is_done(std::time::Duration::from_secs(20)).await;
    let (case, message): (i64, i64) = house.rows("SELECT case_id, id FROM messages ORDER BY id DESC LIMIT 1").await[0];
    let file = super::file_of(&console, &cookie, case, message).await;
    let html = format!("/cases/R-{case}/messages/{message}/html");
    let mut all = Vec::new();
    let own = [
        ("sec-fetch-site", "same-origin"),
        ("cookie", cookie.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let afresh = [own[0], own[2]];
    let css = {
        let page = console.get("/signin").await.expect("an answer");
        page.body()
            .split("href=\"/style/")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .map(|name| format!("/style/{name}"))
    };
    for (what, status, method, path, headers, body) in [
        ("a page at the door", 200, "GET", "/signin", &own[..0], &b""[..]),
        ("a page", 200, "GET", "/overview", &own, b""),
        ("a case", 200, "GET", &*format!("/cases/{reference}"), &own, b""),
        ("a page that is not there", 404, "GET", "/no-such-page", &own[..0], b""),
        ("a case that is not there", 404, "GET", "/cases/R-999999", &own, b""),
        ("nobody signed in", 303, "GET", "/queue", &own[..0], b""),
        ("a session that ended", 401, "POST", "/cases/new", &own[..1], b""),
        // with the session's cookie it would end that session
        ("a form that was done", 303, "POST", "/signin", &afresh, form_in().as_bytes()),
        ("a form with a mistake", 422, "POST", "/signin", &own, b"email=&password="),
        ("a form that is none", 400, "POST", "/signin", &own[..2], b"email=x"),
        ("a form that is too large", 413, "POST", "/signin", &own, &vec![b'x'; 600_000]),
        ("a form from elsewhere", 403, "POST", "/signin", &own[..0], b"email=x"),
        ("another way of asking", 405, "DELETE", "/signin", &own, b""),
        ("a download", 200, "GET", &file, &own, b""),
        ("a mail's own HTML", 404, "GET", &html, &own, b""),
        ("a link that does not count", 404, "GET", "/verify/madeup", &own[..0], b""),
        ("a copy that is not there", 404, "GET", "/copy/file/madeup/copy.zip", &own[..0], b""),
        ("health", 200, "GET", "/healthz", &own[..0], b""),
        ("readiness", 200, "GET", "/readyz", &own[..0], b""),
        ("public keys", 200, "GET", "/.well-known/recourse-receipt-keys", &own[..0], b""),
        ("a style sheet", 404, "GET", css.as_deref().unwrap_or("/robots.txt"), &own[..0], b""),
        ("a file of ours that is not there", 404, "GET", "/pkg/nothing.js", &own[..0], b""),
        ("posted mail without a token", 401, "POST", "/intake/imagegen-artisticmonk", &own[..0], b"x"),
    ] {
        let answer = console.send(method, path, headers, body).await.unwrap_or_else(|| panic!("{what}: no answer"));
        assert!(
            answer.status == status || (answer.status == 200 && status == 404),
            "{what}: {}\n{}",
            answer.status,
            answer.text
        );
        all.push((what, answer));
    }
    (console, all)
}

fn form_in() -> String {
    format!("email={EMAIL}&password={}", PASSWORD.replace(' ', "+"))
}

fn policy(answer: &Answer) -> String {
    answer.header("content-security-policy").unwrap_or_default().to_owned()
}

fn nonce(answer: &Answer) -> Option<String> {
    Some(policy(answer).split("'nonce-").nth(1)?.split('\'').next()?.to_owned())
}

on_both! {
    async fn s20_every_kind_of_answer_has_a_policy_that_lets_nothing_through(house: House) {
        let (console, answers) = of_every_kind(&house).await;
        for (what, answer) in &answers {
            let policy = policy(answer);
            assert!(policy.contains("default-src 'none'"), "{what}: {policy}");
            for loose in ["unsafe-inline", "'unsafe-eval'", "*", "http:", "https:", "allow-"] {
                assert!(!policy.contains(loose), "{what}: {policy}");
            }
            assert_eq!(answer.text.to_lowercase().matches("\ncontent-security-policy:").count(), 1, "{what}");
            let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
            if is_page && !policy.starts_with("sandbox") {
                for part in ["base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
                    assert!(policy.contains(part), "{what}: {policy}");
                }
                // pages for people from outside have no script, and may have none
                let nonce = nonce(answer).map(|nonce| format!("nonce=\"{nonce}\""));
                assert_eq!(nonce.is_some(), policy.contains("script-src"), "{what}: {policy}");
                for tag in answer.body().split("<script").skip(1) {
                    let tag = tag.split('>').next().unwrap_or_default();
                    assert!(nonce.as_ref().is_some_and(|nonce| tag.contains(nonce)), "{what}: {tag}");
                }
                assert!(!answer.body().contains(" style=\"") && !answer.body().contains("<style"), "{what}");
            }
        }
        // a page that panics is answered like any other
        let mut broken = house.start(Some("page:panic:1"));
        broken.is_ready().await;
        let answer = broken.get("/signin").await.expect("an answer");
        assert_eq!(answer.status, 500);
        assert!(policy(&answer).contains("default-src 'none'"), "{}", answer.text);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(!answer.text.contains("what a panic says") && answer.body().contains("Nothing was changed"), "{}", answer.text);
        broken.stops().await;
        console.stops().await;
    }

    async fn s20_no_nonce_comes_twice(house: House) {
        let console = house.opens().await;
        let mut seen = HashSet::new();
        for n in 0..1_000 {
            let answer = console.get(if n % 2 == 0 { "/signin" } else { "/no-such-page" }).await.expect("an answer");
            let nonce = nonce(&answer).expect("a nonce");
            let bits = data_encoding::BASE64.decode(nonce.as_bytes()).expect("Base64").len() * 8;
            assert!(bits >= 128, "{bits} bits");
            assert!(seen.insert(nonce), "a nonce came twice");
        }
        console.stops().await;
    }

    async fn s21_every_kind_of_answer_keeps_other_sites_out(house: House) {
        let (console, answers) = of_every_kind(&house).await;
        for (what, answer) in &answers {
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
            assert!(["same-origin", "no-referrer"].contains(&answer.header("referrer-policy").unwrap_or_default()), "{what}");
            assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"), "{what}");
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{what}");
            assert!(answer.header("permissions-policy").is_some_and(|policy| policy.contains("camera=()")), "{what}");
            assert_eq!(answer.header("strict-transport-security"), None, "{what}: this address is not reached over TLS");
            assert_eq!(answer.header("server"), None, "{what}");
            assert!(!answer.text.to_lowercase().contains("\naccess-control-"), "{what}");
            let is_public = ["health", "readiness", "public keys", "a style sheet", "a file of ours that is not there"].contains(what);
            if !is_public && answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
                assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
            }
        }
        let download = &answers.iter().find(|(what, _)| *what == "a download").expect("it was asked for").1;
        assert_eq!(download.header("cache-control"), Some("no-store"));
        // whoever asks across origins is told nothing of a permission
        for path in ["/signin", "/overview", "/intake/imagegen-artisticmonk", "/api/keep_draft"] {
            let headers = [("origin", "https://evil.example"), ("access-control-request-method", "POST"), ("access-control-request-headers", "authorization")];
            let answer = console.send("OPTIONS", path, &headers, b"").await.expect("an answer");
            assert!(!answer.text.to_lowercase().contains("\naccess-control-") && !answer.text.contains("evil.example"), "{}", answer.text);
        }
        let cookie = signs_in(&console).await;
        let out = console.post("/signout", &cookie, &[]).await.expect("an answer");
        assert_eq!(out.header("clear-site-data"), Some("\"cache\", \"storage\""));
        console.stops().await;

        house.more = format!("{}\n[server]\npublic_url = \"https://privacy.imagegen.example\"\n", house.more);
        let console = house.opens().await;
        for path in ["/signin", "/no-such-page", "/healthz", "/pkg/nothing.js"] {
            let answer = console.get(path).await.expect("an answer");
            assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000; includeSubDomains"), "{path}");
        }
        console.stops().await;
    }

    async fn s02_the_sessions_cookie_goes_nowhere_else(house: House) {
        let (console, _, _) = at_work(&house).await;
        let answer = console.post("/signin", "theme=dark", &[("email", EMAIL), ("password", PASSWORD)]).await.expect("an answer");
        assert_eq!(answer.status, 303);
        let cookies: Vec<_> = answer.text.lines().filter_map(|line| line.strip_prefix("set-cookie: ")).collect();
        // the other one says that somebody signed in with this browser before, and opens nothing
        assert_eq!(cookies.len(), 2, "{cookies:?}");
        let cookie = cookies.into_iter().find(|one| one.starts_with("__Host-recourse=")).expect("the session's");
        let (pair, flags) = cookie.split_once("; ").expect("flags");
        let token = pair.strip_prefix("__Host-recourse=").expect("its name");
        assert!(data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).expect("Base64").len() * 8 >= 128);
        let flags: Vec<_> = flags.split("; ").collect();
        for flag in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
            assert!(flags.contains(&flag), "{cookie}");
        }
        assert!(!flags.iter().any(|flag| flag.starts_with("Domain")), "{cookie}");
        // no other answer sets one
        for path in ["/overview", "/queue", "/account", "/signin"] {
            let answer = console.send("GET", path, &[("cookie", pair)], b"").await.expect("an answer");
            assert_eq!((answer.status, answer.header("set-cookie")), (200, None), "{path}");
        }
        // the token counts in the cookie and nowhere else
        for headers in [&[("authorization", &*format!("Bearer {token}"))][..], &[("cookie", &*format!("recourse={token}"))], &[("x-session", token)]] {
            assert_eq!(console.send("GET", "/overview", headers, b"").await.map(|a| a.status), Some(303));
        }
        assert_eq!(console.get(&format!("/overview?__Host-recourse={token}")).await.map(|a| a.status), Some(303));
        console.stops().await;
    }
}
