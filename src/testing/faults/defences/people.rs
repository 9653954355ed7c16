//! People at the desk as tests play them: a browser that keeps its cookies, an authenticator in somebody's hand, and time
//! that passes where the console reads it. Judges nothing.

use crate::{
    console::{Answer, Console},
    house::{House, Store},
    verbs::{EMAIL, PASSWORD},
};
use std::collections::BTreeMap;
use totp_rs::{Builder, Secret};

/// The cookie of a session.
const SESSION: &str = "__Host-recourse";
/// One minute in milliseconds.
pub const MINUTE: i64 = 60_000;
/// Wrong, and long enough to be looked at.
pub const GUESS: &str = "a guess that is wrong";
/// A password that may be set in the place of the first.
pub const ANOTHER: &str = "lamp orbit velvet 93 tundra";

/// A browser: sends what it was given back, and says where it is where a proxy says so for it.
#[derive(Clone, Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
    place: String,
}

impl Browser {
    /// One at an address of its own, for consoles that believe the proxy in front of them.
    pub fn at(place: impl Into<String>) -> Self {
        Self { place: place.into(), ..Self::default() }
    }

    /// One that has a session's token and nothing else.
    pub fn with(token: &str) -> Self {
        Self { cookies: BTreeMap::from([(SESSION.to_owned(), token.to_owned())]), ..Self::default() }
    }

    /// The same one without its session, as it is after a night.
    pub fn without_session(&self) -> Self {
        let mut same = self.clone();
        same.cookies.remove(SESSION);
        same
    }

    /// The token of its session.
    pub fn token(&self) -> String {
        self.cookies.get(SESSION).unwrap_or_else(|| panic!("no session among {:?}", self.cookies.keys())).clone()
    }

    /// Asks for a page.
    pub async fn get(&mut self, console: &Console, path: &str) -> Answer {
        self.asks(console, "GET", path, b"").await
    }

    /// Sends a form from one of the console's own pages.
    pub async fn post(&mut self, console: &Console, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.asks(console, "POST", path, &crate::console::form(fields)).await
    }

    async fn asks(&mut self, console: &Console, method: &str, path: &str, body: &[u8]) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![("sec-fetch-site", "same-origin"), ("cookie", cookies.as_str())];
        if method == "POST" {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        if !self.place.is_empty() {
            headers.push(("x-forwarded-for", self.place.as_str()));
        }
        let answer = console.send(method, path, &headers, body).await;
        let answer = answer.unwrap_or_else(|| panic!("{method} {path}: no answer"));
        let head = answer.text.split("\r\n\r\n").next().unwrap_or_default();
        let set = head.lines().filter_map(|line| line.split_once(": "));
        for (_, cookie) in set.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            let (name, rest) = cookie.split_once('=').expect("a cookie has a value");
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Types an address and a password at the door.
    pub async fn knocks(&mut self, console: &Console, email: &str, password: &str) -> Answer {
        self.post(console, "/signin", &[("email", email), ("password", password)]).await
    }

    /// Whether the console lets it in; else it is sent to the door.
    pub async fn is_in(&self, console: &Console) -> bool {
        let answer = self.clone().get(console, "/account").await;
        if answer.status == 200 {
            return true;
        }
        let leads_to = answer.header("location").unwrap_or_default();
        assert!(answer.status == 303 && leads_to.starts_with("/signin"), "{}", answer.text);
        assert!(!answer.body().contains(EMAIL), "{}", answer.text);
        false
    }
}

/// The browser of the officer, who has no second factor and is in.
pub async fn officer_in(console: &Console) -> Browser {
    comes_in(console, EMAIL, PASSWORD).await
}

/// The browser of somebody without a second factor, who is in.
pub async fn comes_in(console: &Console, email: &str, password: &str) -> Browser {
    let mut browser = Browser::default();
    let answer = browser.knocks(console, email, password).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{}", answer.text);
    browser
}

/// An authenticator in somebody's hand.
pub struct Authenticator {
    /// What it was shown.
    pub secret: Vec<u8>,
}

impl Authenticator {
    /// Sets one up for whoever is in with this browser, and has proved it lately; also the recovery codes.
    pub async fn enrolled(console: &Console, browser: &mut Browser) -> (Self, Vec<String>) {
        let page = browser.get(console, "/account/authenticator").await;
        let shown = page.body().split("class=\"secret\">").nth(1).and_then(|rest| rest.split('<').next());
        let shown = shown.unwrap_or_else(|| panic!("no secret is offered: {}", page.text)).replace(' ', "");
        let secret = data_encoding::BASE32_NOPAD.decode(shown.as_bytes()).expect("Base32");
        let this = Self { secret };
        let done = browser.post(console, "/account/authenticator", &[("code", &this.code(0))]).await;
        assert_eq!(done.status, 200, "{}", done.text);
        (this, recovery_codes(&done))
    }

    /// The code of the step that is so many after the present one.
    pub fn code(&self, steps: i64) -> String {
        let step = step_now().checked_add_signed(steps).expect("after 1970");
        let totp = Builder::new().with_secret(Secret::new(self.secret.as_slice().into())).build_noncompliant();
        totp.generate(step * 30).to_string()
    }

    /// The code of the present step, as if none of it had been given.
    pub async fn fresh(&self, house: &House) -> String {
        house.meddles("UPDATE authenticators SET last_step = 0").await;
        self.code(0)
    }
}

/// The present step of every authenticator.
pub fn step_now() -> u64 {
    std::time::UNIX_EPOCH.elapsed().expect("a clock").as_secs() / 30
}

/// The recovery codes that a page shows.
pub fn recovery_codes(answer: &Answer) -> Vec<String> {
    let list = answer.body().split("id=\"codes\"").nth(1).and_then(|rest| rest.split("</ul>").next());
    let list = list.unwrap_or_else(|| panic!("no codes: {}", answer.text));
    list.split("<code>").skip(1).map(|rest| rest.split('<').next().expect("a code").to_owned()).collect()
}

impl House {
    /// The database's clock in milliseconds, as it would be asked for.
    pub fn clock(&self) -> &'static str {
        match self.store {
            Store::Sqlite => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
            Store::Postgres(_) => "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT",
        }
    }

    /// Lets so many minutes pass for every session and every link.
    pub async fn passes(&self, minutes: i64) {
        let by = minutes * MINUTE;
        let sessions = ["created_at", "proved_at", "seen_at", "idle_until", "ends_at"];
        let moved: Vec<_> = sessions.iter().map(|column| format!("{column} = {column} - {by}")).collect();
        self.meddles(&format!("UPDATE sessions SET {}", moved.join(", "))).await;
        self.meddles(&format!("UPDATE account_links SET ends_at = ends_at - {by}")).await;
    }

    /// Lets no wait be over before the test is.
    pub async fn stretches_waits(&self) {
        let clock = self.clock();
        self.meddles(&format!("UPDATE throttles SET blocked_until = {clock} + 3630000 WHERE blocked_until > 0")).await;
    }

    /// Lets everybody's wait be over.
    pub async fn ends_waits(&self) {
        self.meddles(&format!("UPDATE throttles SET blocked_until = {}", self.clock())).await;
    }

    /// The consoles of this house believe the proxy in front of them, which is the test.
    pub fn behind_a_proxy(&mut self) {
        self.more = format!("{}\n[server]\ntrusted_proxies = [\"127.0.0.1\"]\n", self.more);
    }

    /// Somebody is hired for these roles.
    pub async fn employs(&self, email: &str, name: &str, roles: &[&str]) {
        let mut arguments = vec!["admin", "create-user", "--email", email, "--name", name, "--password-stdin"];
        for role in roles {
            arguments.extend(["--role", role]);
        }
        let ended = self.run(&arguments, PASSWORD).await;
        assert_eq!(ended.code, Some(0), "{}", ended.says);
    }

    /// An act of the command line on somebody's account, which has to succeed.
    pub async fn admin(&self, act: &str, email: &str, more: &[&str], input: &str) {
        let ended = self.run(&[&["admin", act, "--email", email][..], more].concat(), input).await;
        assert_eq!(ended.code, Some(0), "{act}: {}", ended.says);
    }
}
