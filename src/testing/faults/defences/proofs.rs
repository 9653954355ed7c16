//! Acts that cannot be taken back, at a console that runs: with a proof older than ten minutes the answer asks for another,
//! and nothing in the database is another than before; with the proof the same form is done.

use super::{
    changed,
    people::{ANOTHER, Authenticator, Browser, GUESS, comes_in},
};
use crate::{
    console::Console,
    house::{House, PRODUCT, Store},
    on_both,
    runs::planned,
    verbs::PASSWORD,
};
use std::time::Duration;

const HEAD: &str = "head@imagegen.example";
const AGENT: &str = "agent@imagegen.example";
const LONGEST: Duration = Duration::from_secs(90);

/// A form, where it is sent, and the audit's word for what it does.
struct Deed {
    path: String,
    fields: Vec<(&'static str, String)>,
    action: &'static str,
}

impl Deed {
    fn new(path: &str, fields: &[(&'static str, &str)], action: &'static str) -> Self {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { path: path.to_owned(), fields, action }
    }

    async fn sent(&self, console: &Console, browser: &mut Browser, proof: Option<&str>) -> crate::console::Answer {
        let mut fields: Vec<_> = self.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.extend(proof.map(|proof| ("prove-again", proof)));
        browser.post(console, &self.path, &fields).await
    }

    async fn done(&self, house: &House) -> i64 {
        house.count(&format!("audit WHERE action = '{}'", self.action)).await
    }

    /// Refused while the proof is old, whoever sends it how often, and nothing changes by it.
    async fn is_asked_about(&self, house: &House, console: &Console, browser: &mut Browser) {
        house.passes(11).await;
        assert!(browser.is_in(console).await, "reading goes on");
        let before = house.contents().await;
        for _ in 0..2 {
            let asked = self.sent(console, browser, None).await;
            assert_eq!((asked.status, asked.header("set-cookie")), (401, None), "{}: {}", self.action, asked.text);
            assert!(asked.body().contains("name=\"prove-again\""), "{}: {}", self.action, asked.text);
        }
        assert_eq!(changed(&before, &house.contents().await), [""; 0], "{}", self.action);
    }

    /// The same, then a wrong proof, which counts and does nothing else, and then the right one.
    async fn takes_a_proof(&self, house: &House, console: &Console, browser: &mut Browser, wrong: &str, right: &str) {
        let done = self.done(house).await;
        self.is_asked_about(house, console, browser).await;
        let before = house.contents().await;
        let refused = self.sent(console, browser, Some(wrong)).await;
        assert_eq!((refused.status, refused.header("set-cookie")), (401, None), "{}: {}", self.action, refused.text);
        let touched = changed(&before, &house.contents().await);
        let counts = ["audit", "throttles"];
        assert!(touched.iter().all(|table| counts.contains(&table.as_str())), "{}: {touched:?}", self.action);
        assert_eq!(self.done(house).await, done, "{}", self.action);
        let answer = self.sent(console, browser, Some(right)).await;
        assert!(matches!(answer.status, 200 | 303), "{}: {}", self.action, answer.text);
        // a file begins with the next press: beside it the page that asked would stand, with a proof that was used
        if answer.header("location").is_some_and(|location| location.ends_with("done=proved")) {
            assert_eq!(self.done(house).await, done, "{}", self.action);
            let begun = self.sent(console, browser, None).await;
            assert_eq!(begun.status, 200, "{}: {}", self.action, begun.text);
        }
        assert_eq!(self.done(house).await, done + 1, "{}", self.action);
    }
}

impl House {
    /// A day so many days from now, as people type it.
    async fn day(&self, days: i64) -> String {
        let text = match self.store {
            Store::Sqlite => format!("SELECT date('now', '+{days} days')"),
            Store::Postgres(_) => format!("SELECT to_char(now() + interval '{days} days', 'YYYY-MM-DD')"),
        };
        self.rows::<(String,)>(&text).await[0].0.clone()
    }
}

/// A mail from somebody.
fn mail(number: u8, subject: &str, text: &str) -> String {
    format!(
        "From: Anna <anna{number}@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: {subject}\r\n\
         Message-ID: <anna-{number}@mail.example>\r\n\r\n{text}\r\n"
    )
}

on_both! {
    async fn s14_over_http_what_cannot_be_taken_back_waits_for_a_proof_and_changes_nothing_before(house: House) {
        house.employs(HEAD, "Dana Okafor", &["officer", "lead", "responder", "admin"]).await;
        house.employs(AGENT, "Tomasz Wilk", &["agent"]).await;
        house.receives(&mail(1, "Delete my data", "Please delete my account.\r\nPassword: hunter22")).await;
        house.receives(&mail(2, "report", "This is a report about child safety, item 4471.")).await;
        let console = house.opens().await;
        house.all_is_done(Duration::from_secs(20)).await;
        let mut browser = comes_in(&console, HEAD, PASSWORD).await;
        let (authenticator, _) = Authenticator::enrolled(&console, &mut browser).await;
        let paused = browser.post(&console, "/settings/retention", &[("pause", PRODUCT), ("reason", "An audit is under way")]).await;
        assert_eq!(paused.status, 303, "{}", paused.text);
        let id = house.rows::<(i64,)>(&format!("SELECT id FROM staff WHERE email = '{AGENT}'")).await[0].0;
        let person = format!("/settings/people/{id}");
        let cases: Vec<(i64, i64)> =
            house.rows("SELECT c.id, m.id FROM cases c JOIN messages m ON m.case_id = c.id ORDER BY c.restricted").await;
        let [(ordinary, message), (restricted, _)] = cases[..] else { panic!("{cases:?}") };
        // whatever happens to the cases meanwhile was seen
        let seen = i64::MAX.to_string();
        let (soon, later) = (house.day(2).await, house.day(20).await);
        house.all_is_done(Duration::from_secs(20)).await;
        let deeds = [
            Deed::new("/settings/people", &[("name", "Ines Prada"), ("email", "new@imagegen.example"), ("role", "agent")], "staff_added"),
            Deed::new(&person, &[("do", "role"), ("role", "auditor")], "role_granted"),
            Deed::new(&person, &[("do", "take"), ("role", "auditor")], "role_taken"),
            Deed::new(&person, &[("do", "sessions")], "sessions_killed"),
            Deed::new(&person, &[("do", "factor")], "second_factor_reset"),
            Deed::new(&person, &[("do", "disable")], "staff_disabled"),
            Deed::new(&person, &[("do", "enable")], "staff_enabled"),
            Deed::new("/runs/standing", &[("product", PRODUCT), ("what", "training_opt_out"), ("until", &later), ("reason", "Counsel agreed.")], "standing_approval_granted"),
            Deed::new("/audit?action=signed_in", &[], "audit_exported"),
            Deed::new("/settings/retention", &[("resume", PRODUCT)], "retention_resumed"),
            Deed::new("/account/absence", &[("from", &soon), ("to", &later)], "absence_set"),
            Deed::new(
                &format!("/cases/R-{ordinary}"),
                &[("do", "redact"), ("seen", &seen), ("message", &message.to_string()), ("sure", "yes")],
                "message_redacted",
            ),
            Deed::new(
                &format!("/cases/R-{restricted}"),
                &[("do", "confirm"), ("seen", &seen), ("reason", "It says so itself.")],
                "restriction_confirmed",
            ),
            Deed::new("/account", &[("do", "codes")], "recovery_codes_renewed"),
            Deed::new("/account", &[("do", "others")], "sessions_ended"),
            Deed::new("/account", &[("do", "password"), ("old", PASSWORD), ("new", ANOTHER)], "password_changed"),
        ];
        for deed in &deeds {
            let right = authenticator.fresh(&house).await;
            let wrong = if right == "000000" { "111111" } else { "000000" };
            deed.takes_a_proof(&house, &console, &mut browser, wrong, &right).await;
            house.all_is_done(LONGEST).await;
        }
        // just before the ten minutes are over nobody asks
        house.passes(9).await;
        assert_eq!(browser.post(&console, "/account", &[("do", "others")]).await.status, 303);
        // another authenticator: not shown, not begun, not set up
        let offered = browser.get(&console, "/account/authenticator").await;
        assert!(offered.body().contains("class=\"secret\""), "{}", offered.text);
        for deed in [
            Deed::new("/account", &[("do", "authenticator")], "authenticator_enrolled"),
            Deed::new("/account/authenticator", &[("code", &authenticator.code(0))], "authenticator_enrolled"),
        ] {
            deed.is_asked_about(&house, &console, &mut browser).await;
            let hidden = browser.get(&console, "/account/authenticator").await;
            assert_eq!((hidden.status, hidden.header("location"), hidden.body()), (303, Some("/account"), ""));
        }
        let right = authenticator.fresh(&house).await;
        let begun = browser.post(&console, "/account", &[("do", "authenticator"), ("prove-again", &right)]).await;
        assert_eq!(begun.header("location"), Some("/account/authenticator"), "{}", begun.text);
        let (another, _) = Authenticator::enrolled(&console, &mut browser).await;
        assert_ne!(another.secret, authenticator.secret);
        console.stops().await;
    }

    async fn s14_over_http_a_run_is_approved_by_whoever_has_just_proved_it(house: House) {
        let ready = planned(house, "Please delete my account and everything in it.").await;
        let (house, before) = (&ready.house, ready.generation.dump().await);
        let console = house.opens().await;
        house.all_is_done(LONGEST).await;
        let mut browser = comes_in(&console, "approves@imagegen.example", "correct horse battery").await;
        let path = format!("/runs/{}", ready.run);
        let page = browser.get(&console, &path).await;
        let value = |name: &str| {
            let field = page.body().split(&format!("name=\"{name}\"")).nth(1).and_then(|rest| rest.split("value=\"").nth(1));
            field.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("no {name}: {}", page.text)).to_owned()
        };
        let (hash, case) = (value("scope_hash"), house.rows::<(i64,)>("SELECT id FROM cases").await[0].0);
        let mut approve = Deed::new(&path, &[("do", "approve"), ("typed", &format!("R-{case}")), ("scope_hash", &hash)], "run_approved");
        let warnings = page.body().matches("name=\"accepted\"").count();
        approve.fields.extend((0..warnings).map(|n| ("accepted", n.to_string())));
        let together = Deed::new("/runs/approve", &[("run", &format!("{}:{hash}", ready.run)), ("typed", "1")], "runs_approved_together");
        together.is_asked_about(house, &console, &mut browser).await;
        // without a second factor the password is the proof
        approve.takes_a_proof(house, &console, &mut browser, GUESS, "correct horse battery").await;
        house.comes_to(1, "runs WHERE state = 'finished'", LONGEST).await;
        assert_ne!(ready.generation.dump().await, before);
        console.stops().await;
    }

    async fn s14_over_http_a_copy_leaves_once_whoever_releases_it_has_just_proved_it(house: House) {
        let ready = planned(house, "Please send me a copy of all personal data you hold about me.").await;
        let house = &ready.house;
        let console = house.opens().await;
        house.comes_to(1, "runs WHERE state = 'packed'", LONGEST).await;
        house.all_is_done(LONGEST).await;
        let mut browser = comes_in(&console, "approves@imagegen.example", "correct horse battery").await;
        let release = Deed::new(&format!("/runs/{}", ready.run), &[("do", "release")], "export_released");
        let mails = house.count("mails").await;
        release.is_asked_about(house, &console, &mut browser).await;
        assert_eq!(house.count("mails").await, mails, "no link has left");
        release.takes_a_proof(house, &console, &mut browser, GUESS, "correct horse battery").await;
        assert!(house.count("mails").await > mails);
        console.stops().await;
    }
}
