//! Forms from elsewhere are refused, whatever they ask for, and nothing changes; reading changes nothing either.

use super::{at_work, changed, routes};
use crate::{
    console::{Console, form},
    house::PRODUCT,
    on_both,
};

/// What fills the names in addresses.
fn names(reference: &str) -> [(&str, &str); 9] {
    [
        ("reference", reference),
        ("message", "1"),
        ("part", "1"),
        ("id", "1"),
        ("product", PRODUCT),
        ("token", "madeup"),
        ("ticket", "madeup"),
        ("name", "copy.zip"),
        ("*function", "keep_draft"),
    ]
}

/// What a form could ask for, wherever it is sent.
fn wishes(reference: &str) -> Vec<u8> {
    form(&[
        ("do", "note"),
        ("seen", "3"),
        ("text", "From elsewhere"),
        ("reference", reference),
        ("email", "officer@imagegen.example"),
        ("password", "correct horse battery staple"),
        ("pick", reference),
        ("to", "access"),
        ("reason", "because"),
        ("product", PRODUCT),
        ("kind", "access"),
        ("channel", "phone"),
        ("name", "Mallory Foreign"),
    ])
}

const STRANGE: [(&str, &[(&str, &str)]); 8] = [
    ("another site", &[("sec-fetch-site", "cross-site")]),
    ("another host of the same site", &[("sec-fetch-site", "same-site")]),
    ("another site that also lies", &[("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1")]),
    ("another origin, in a browser of old", &[("origin", "https://evil.example")]),
    ("another port", &[("origin", "http://127.0.0.1:1")]),
    ("an origin that is none", &[("origin", "null")]),
    (
        "an origin that is none, and a page of ours as referrer",
        &[("origin", "null"), ("referer", "http://127.0.0.1/queue")],
    ),
    ("nobody says where", &[]),
];

async fn sends(
    console: &Console,
    method: &str,
    path: &str,
    cookie: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (u16, bool) {
    let always = [("cookie", cookie), ("content-type", "application/x-www-form-urlencoded")];
    let headers = [&always[..], headers].concat();
    let answer =
        console.send(method, path, &headers, body).await.unwrap_or_else(|| panic!("{method} {path}: no answer"));
    (answer.status, answer.header("set-cookie").is_some())
}

on_both! {
    async fn s19_whatever_comes_from_elsewhere_is_refused_and_changes_nothing(house: House) {
        let (console, cookie, reference) = at_work(&house).await;
        let (names, wishes) = (names(&reference), wishes(&reference));
        let before = house.contents().await;
        let unsafe_ones: Vec<_> = routes::all().into_iter().filter(|route| route.post).collect();
        assert!(unsafe_ones.len() > 25, "{}", unsafe_ones.len());
        for route in &unsafe_ones {
            let path = route.with(&names);
            for (who, headers) in STRANGE {
                let answer = sends(&console, "POST", &path, &cookie, headers, &wishes).await;
                // a token opens these, and the browser has none: its cookie is worth nothing there
                let expected = if route.is_for_machines() { 401 } else { 403 };
                assert_eq!(answer, (expected, false), "{path} from {who}");
            }
            // other ways of asking than the page has
            for method in ["PUT", "PATCH", "DELETE"] {
                let (status, _) = sends(&console, method, &path, &cookie, STRANGE[0].1, &wishes).await;
                assert!([403, 405].contains(&status), "{method} {path}: {status}");
            }
        }
        let after = house.contents().await;
        assert_eq!(changed(&before, &after), [""; 0]);
        // the same form from a page of ours does something: the comparison would have shown it
        let (status, _) = sends(&console, "POST", &format!("/cases/{reference}"), &cookie, &[("sec-fetch-site", "same-origin")], &wishes).await;
        let seen = house.contents().await;
        assert!(status == 409 || status == 303, "{status}");
        let own = form(&[("do", "note"), ("seen", &house.rows::<(i64,)>("SELECT seq FROM cases").await[0].0.to_string()), ("text", "From here")]);
        let (status, _) = sends(&console, "POST", &format!("/cases/{reference}"), &cookie, &[("sec-fetch-site", "same-origin")], &own).await;
        assert_eq!(status, 303);
        assert!(changed(&seen, &house.contents().await).contains(&"events".to_owned()));
        console.stops().await;
    }

    async fn s19_reading_changes_nothing(house: House) {
        let (console, cookie, reference) = at_work(&house).await;
        let names = names(&reference);
        let before = house.contents().await;
        for route in routes::all() {
            if route.pattern.contains("{*path}") {
                continue;
            }
            let path = route.with(&names);
            for method in ["GET", "HEAD", "OPTIONS"] {
                for headers in [&[("sec-fetch-site", "same-origin")][..], STRANGE[0].1] {
                    let (status, _) = sends(&console, method, &path, &cookie, headers, b"").await;
                    assert!(status < 500, "{method} {path}: {status}");
                    // whoever is signed in is sent on from the door, however they ask
                    let is_sent_on = status == 303 && path.starts_with("/signin/");
                    assert!(route.get || status == 405 || status == 404 || is_sent_on, "{method} {path}: {status}");
                }
            }
        }
        let after = house.contents().await;
        assert_eq!(changed(&before, &after), [""; 0]);
        assert_eq!(console.send("GET", "/overview", &[("cookie", &cookie)], b"").await.map(|answer| answer.status), Some(200), "still signed in");
        console.stops().await;
    }
}
