//! Where the console sends a browser on to: places of its own, whatever a form or an address says.

use super::at_work;
use crate::{
    console::{encoded, form},
    on_both,
    verbs::{EMAIL, PASSWORD},
};

/// Addresses that a browser would follow out of the console, or that would become something else on the way.
const OUTSIDE: [&str; 26] = [
    "//evil.example",
    "///evil.example",
    "////evil.example/",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "http://evil.example/",
    "HtTpS://evil.example",
    "//evil.example%2f..",
    "%2f%2fevil.example",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "/queue\r\nSet-Cookie: a=b",
    "/queue\r\n\r\n<script>alert(1)</script>",
    "/\u{2028}/evil.example",
    "//\u{ff45}vil.example",
];

on_both! {
    async fn s22_nothing_leads_out_of_the_console(house: House) {
        let (console, cookie, _) = at_work(&house).await;
        let origin = format!("http://127.0.0.1:{}", console.port);
        let stays = |location: Option<&str>, asked: &str| {
            let location = location.unwrap_or_else(|| panic!("{asked:?} leads nowhere"));
            let base: reqwest::Url = origin.parse().expect("an address");
            let led = base.join(location).unwrap_or_else(|_| panic!("{location} is none"));
            assert_eq!(led.origin().ascii_serialization(), origin, "{asked:?} leads to {location}");
        };
        for next in OUTSIDE {
            let answer = console.post("/signin", "", &[("email", EMAIL), ("password", PASSWORD), ("next", next)]).await.expect("an answer");
            assert_eq!(answer.status, 303, "{next:?}");
            stays(answer.header("location"), next);
            // the session's and the browser's own, and none that `next` smuggled in
            let text = answer.text.to_lowercase();
            let cookies: Vec<_> = text.lines().filter(|line| line.starts_with("set-cookie:")).collect();
            assert!(cookies.len() == 2 && cookies.iter().all(|one| one.contains(" __host-recourse")), "{next:?}: {cookies:?}");
            for path in ["/signin", "/signin/second", "/signin/authenticator"] {
                let shown = console.get(&format!("{path}?next={}", encoded(next))).await.expect("an answer");
                // what is a path of ours, however odd, may be kept
                let kept = !next.starts_with("/\u{2028}") && shown.body().contains("evil.example");
                assert!(!kept && !shown.body().contains("alert(1)"), "{path} keeps {next:?}");
                if let Some(location) = shown.header("location") {
                    stays(Some(location), next);
                }
            }
        }
        // an address that nobody may see without a session is where signing in leads to, on this host
        for path in ["//evil.example/queue", "/queue//evil.example", "/%2f/evil.example", "/queue?next=//evil.example"] {
            let answer = console.get(path).await.expect("an answer");
            if answer.status == 303 {
                stays(answer.header("location"), path);
            }
        }
        // what the islands call never sends anybody back to where a form says it came from
        let draft = form(&[("reference", "R-1"), ("text", "x")]);
        for referer in ["https://evil.example/page", "//evil.example", &format!("{origin}/queue")] {
            let headers = [
                ("sec-fetch-site", "same-origin"), ("cookie", cookie.as_str()), ("referer", referer),
                ("accept", "text/html,application/xhtml+xml"), ("content-type", "application/x-www-form-urlencoded"),
            ];
            for path in ["/api/keep_draft", "/api/run_progress", "/api/nothing"] {
                let answer = console.send("POST", path, &headers, &draft).await.expect("an answer");
                assert_eq!(answer.header("location"), None, "{path} from {referer}: {}", answer.text);
                assert!(!answer.text.contains("__err") && !answer.text.contains("evil.example"), "{}", answer.text);
                assert!(!["sqlx", "src/", "panicked"].iter().any(|inside| answer.text.contains(inside)), "{}", answer.text);
            }
        }
        console.stops().await;
    }
}
