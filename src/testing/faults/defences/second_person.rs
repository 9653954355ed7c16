//! What takes two people takes two: not two sessions, logins or consoles of one; for the plan that was read and no other;
//! and by somebody who still may when it begins.

use super::hands::{enters, gets, hired, posts, seen};
use crate::{
    console::Console,
    generation::Generation,
    house::{House, request},
    on_both,
};
use recourse::cli::demo::company::imagegen::people;
use std::{fs, time::Duration};

const LONG: Duration = Duration::from_secs(90);

/// A plan to erase somebody, as its page offers it to whoever may approve.
struct Plan {
    run: String,
    case: i64,
    hash: String,
    warnings: Vec<String>,
}

impl Plan {
    /// The form that approves it.
    fn form(&self) -> Vec<(&str, String)> {
        let mut form = vec![
            ("do", "approve".to_owned()),
            ("typed", format!("R-{}", self.case)),
            ("scope_hash", self.hash.clone()),
        ];
        form.extend(self.warnings.iter().map(|n| ("accepted", n.clone())));
        form
    }
}

/// A house with a generation database, somebody who asks (and could approve what others ask for) and somebody else.
async fn furnished(house: &mut House) -> Generation {
    let generation = Generation::found(house.folder.path().join("generation"), &house.store).await;
    house.more = generation.configuration();
    hired(house, "dana", &["--role", "lead", "--role", "agent"]).await;
    hired(house, "approves", &["--role", "lead"]).await;
    house
        .receives(
            &request(1)
                .replace("Please send me a copy of", "Please delete my account and")
                .replace("person1@mail.example", people::HEAVY),
        )
        .await;
    generation
}

/// The values of a page's inputs of this name.
fn inputs(page: &str, name: &str) -> Vec<String> {
    let of_name = |tag: &&str| tag.contains(&format!("name=\"{name}\""));
    let value =
        |tag: &str| tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
    page.split("<input").skip(1).filter_map(|rest| rest.split('>').next()).filter(of_name).map(value).collect()
}

/// Dana verifies the person and plans the erasure; `reader` reads it.
async fn planned(house: &House, console: &Console, reader: &str) -> Plan {
    let dana = enters(console, "dana").await;
    let case = house.rows::<(i64,)>("SELECT id FROM cases").await[0].0;
    let path = format!("/cases/R-{case}");
    if house.count("events WHERE name = 'run_planned'").await == 0 {
        let who = [
            ("do", "decide"),
            ("identity", "email"),
            ("value", people::HEAVY),
            ("reason", "called back"),
            ("seen", &*seen(house, case).await),
        ];
        let decided = posts(console, &dana, &path, &who).await;
        assert_eq!(decided.status, 303, "{}", decided.text);
    }
    let made = posts(console, &dana, &path, &[("do", "plan"), ("seen", &seen(house, case).await)]).await;
    assert_eq!(made.status, 303, "{}", made.text);
    let run = made.header("location").and_then(|to| to.split('?').next()).expect("its page").to_owned();
    let page = gets(console, reader, &run).await;
    let hash = inputs(page.body(), "scope_hash").pop().unwrap_or_else(|| panic!("nothing to approve on {}", page.text));
    Plan { run, case, hash, warnings: inputs(page.body(), "accepted") }
}

/// Sends the form that approves a plan; the status, none where the console died of it.
async fn approves(console: &Console, cookie: &str, plan: &Plan) -> Option<u16> {
    let form = plan.form();
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    console.post(&plan.run, cookie, &form).await.map(|answer| answer.status)
}

/// Where the newest run stands, and how often one was approved.
async fn stands(house: &House) -> (String, i64, i64) {
    let (state,) = house.rows::<(String,)>("SELECT state FROM runs ORDER BY id DESC LIMIT 1").await.remove(0);
    (
        state,
        house.count("events WHERE name = 'run_approved'").await,
        house.count("jobs WHERE work = 'execute_run'").await,
    )
}

fn still_planned() -> (String, i64, i64) {
    ("planned".to_owned(), 0, 0)
}

on_both! {
    async fn s18_no_session_and_no_login_of_the_one_who_asked_approves(house: House) {
        let generation = furnished(&mut house).await;
        let whole = generation.dump().await;
        // the same mailbox under a tag, and another address of hers, as the operator says
        hired(&house, "dana+second", &["--role", "lead", "--role", "officer"]).await;
        hired(&house, "okafor", &["--role", "officer", "--same-person-as", "dana@imagegen.example"]).await;
        hired(&house, "agent", &["--role", "agent", "--role", "responder"]).await;
        let (console, twin) = (house.opens().await, house.opens().await);
        house.all_is_done(LONG).await;
        let second = enters(&console, "approves").await;
        let plan = planned(&house, &console, &second).await;
        for name in ["dana", "dana", "dana+second", "okafor", "agent"] {
            for console in [&console, &twin] {
                let theirs = enters(console, name).await;
                assert_eq!(approves(console, &theirs, &plan).await, Some(403), "{name}");
                let back = posts(console, &theirs, &plan.run, &[("do", "send_back"), ("reason", "no")]).await;
                assert_eq!(back.status, 403, "{name}");
                let ticked = format!("{}:{}", plan.run.rsplit('/').next().expect("a number"), plan.hash);
                let together = posts(console, &theirs, "/runs/approve", &[("run", &ticked), ("typed", "1")]).await;
                assert!(matches!(together.status, 200 | 403), "{name}: {}", together.text);
                let page = gets(console, &theirs, &plan.run).await;
                assert!(page.status == 200 && inputs(page.body(), "scope_hash").is_empty(), "{name} is offered to approve it");
                assert_eq!(stands(&house).await, still_planned(), "{name}");
            }
        }
        assert!(generation.dump().await == whole, "nothing is touched");
        // the second person does, once
        assert_eq!(approves(&console, &second, &plan).await, Some(303));
        house.comes_to(1, "runs WHERE state = 'finished'", LONG).await;
        assert_eq!((house.count("receipts").await, stands(&house).await.1), (1, 1));
        assert!(generation.dump().await != whole);
        twin.stops().await;
        console.stops().await;
    }

    async fn s18_an_approval_is_for_the_plan_that_was_read_and_the_case_as_it_was(house: House) {
        let generation = furnished(&mut house).await;
        let whole = generation.dump().await;
        let console = house.opens().await;
        house.all_is_done(LONG).await;
        let second = enters(&console, "approves").await;
        let plan = planned(&house, &console, &second).await;
        // another hash, none, no reference, a warning that was not read
        for (name, value) in [("scope_hash", "00"), ("scope_hash", ""), ("typed", "R-1234"), ("typed", "")] {
            let form: Vec<_> = plan.form().into_iter().map(|(n, v)| (n, if n == name { value.to_owned() } else { v })).collect();
            let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(posts(&console, &second, &plan.run, &form).await.status, 422, "{name} {value:?}");
        }
        if !plan.warnings.is_empty() {
            let unread = Plan { warnings: Vec::new(), run: plan.run.clone(), hash: plan.hash.clone(), case: plan.case };
            assert_eq!(approves(&console, &second, &unread).await, Some(422), "no warning was read");
        }
        assert_eq!(stands(&house).await, still_planned());
        // the case does not become another one under a plan: not of another kind, and for another person the plan is none
        let path = format!("/cases/R-{}", plan.case);
        let other = [("do", "classify"), ("to", "access"), ("reason", "as they say"), ("seen", &*seen(&house, plan.case).await)];
        assert_eq!(posts(&console, &second, &path, &other).await.status, 422);
        let dana = enters(&console, "dana").await;
        for whom in [people::PLAIN, people::HEAVY] {
            let who = [("do", "decide"), ("identity", "email"), ("value", whom), ("reason", "called back"), ("seen", &*seen(&house, plan.case).await)];
            let decided = posts(&console, &dana, &path, &who).await;
            assert!(matches!(decided.status, 303 | 422), "{}", decided.text);
            if decided.status == 303 {
                assert_eq!(approves(&console, &second, &plan).await, Some(422), "it was planned for somebody else, or on another word");
            }
        }
        assert_eq!(stands(&house).await, still_planned());
        // a plan that was sent back is not approved, and a new one with another extent has another hash
        assert_eq!(posts(&console, &second, &plan.run, &[("do", "send_back"), ("reason", "not all of it")]).await.status, 303);
        assert_eq!(approves(&console, &second, &plan).await, Some(422));
        let less = posts(&console, &dana, &format!("{path}/plan"), &[("seen", &*seen(&house, plan.case).await), ("table", "sessions")]).await;
        assert_eq!(less.status, 303, "{}", less.text);
        let run = less.header("location").and_then(|to| to.split('?').next()).expect("its page").to_owned();
        let page = gets(&console, &second, &run).await;
        let hash = inputs(page.body(), "scope_hash").pop().expect("a plan to approve");
        assert_ne!(hash, plan.hash, "another extent is another plan");
        let stale = Plan { run: run.clone(), case: plan.case, hash: plan.hash.clone(), warnings: inputs(page.body(), "accepted") };
        assert_eq!(approves(&console, &second, &stale).await, Some(422), "the old plan's hash approves no other");
        assert_eq!(posts(&console, &second, &run, &[("do", "send_back"), ("reason", "all of it")]).await.status, 303);
        let again = planned(&house, &console, &second).await;
        console.stops().await;
        assert!(generation.dump().await == whole, "nothing is touched");
        // what was approved is not what the map says any more when it begins
        let mut console = house.start(Some("run-taken:exit"));
        console.is_ready().await;
        let answer = approves(&console, &second, &again).await;
        assert!(matches!(answer, Some(303) | None), "{answer:?}");
        console.dies().await;
        let map = generation.folder.join("map.toml");
        let text = fs::read_to_string(&map).expect("the map");
        // whatever in it changes, it is another map than the one that was approved
        let other = text.replace("title = \"Times you signed in\"", "title = \"Your sign-ins\"");
        assert_ne!(text, other);
        fs::write(&map, other).expect("another map");
        let console = house.opens().await;
        house.comes_to(1, "runs WHERE state = 'stopped'", LONG).await;
        assert!(generation.dump().await == whole, "a plan that nobody approved was carried out");
        assert_eq!(house.count("receipts").await, 0);
        console.stops().await;
    }

    async fn s18_of_two_who_approve_at_once_one_does_and_it_is_done_once(house: House) {
        let generation = furnished(&mut house).await;
        hired(&house, "third", &["--role", "officer"]).await;
        let (one, other) = (house.opens().await, house.opens().await);
        house.all_is_done(LONG).await;
        let (second, third) = (enters(&one, "approves").await, enters(&other, "third").await);
        let plan = planned(&house, &one, &second).await;
        let batch = format!("{}:{}", plan.run.rsplit('/').next().expect("a number"), plan.hash);
        let form = [("run", batch.as_str()), ("typed", "1")];
        let (first, then, twice, _together) = tokio::join!(
            approves(&one, &second, &plan),
            approves(&other, &third, &plan),
            approves(&other, &second, &plan),
            posts(&one, &third, "/runs/approve", &form),
        );
        let answers = [first, then, twice];
        assert!(answers.iter().all(|status| matches!(status, Some(303 | 422))), "{answers:?}");
        assert!(answers.iter().filter(|status| **status == Some(303)).count() <= 1, "{answers:?}");
        house.comes_to(1, "runs WHERE state = 'finished'", LONG).await;
        assert_eq!((stands(&house).await.1, stands(&house).await.2), (1, 1), "approved once, done once");
        assert_eq!((house.count("receipts").await, house.count("events WHERE name = 'run_finished'").await), (1, 1));
        assert_eq!(house.count("audit WHERE action = 'run_began'").await, 1);
        let left = generation.dump().await.lines().filter(|line| line.starts_with("users: ") && line.contains(people::HEAVY)).count();
        assert_eq!(left, 0, "it was carried out");
        one.stops().await;
        other.stops().await;
    }

    async fn s18_who_lost_the_right_before_it_begins_has_approved_nothing(house: House) {
        let generation = furnished(&mut house).await;
        let whole = generation.dump().await;
        let console = house.opens().await;
        house.all_is_done(LONG).await;
        let second = enters(&console, "approves").await;
        let plan = planned(&house, &console, &second).await;
        console.stops().await;
        let mut console = house.start(Some("run-taken:exit"));
        console.is_ready().await;
        // the answer and the crash race; what counts is what was committed
        let answer = approves(&console, &second, &plan).await;
        assert!(matches!(answer, Some(303) | None), "{answer:?}");
        console.dies().await;
        assert_eq!(house.count("events WHERE name = 'run_approved'").await, 1);
        let ended = house.run(&["admin", "revoke", "--email", "approves@imagegen.example", "--role", "lead"], "").await;
        assert_eq!(ended.code, Some(0), "{}", ended.says);
        let console = house.opens().await;
        house.comes_to(1, "runs WHERE state = 'stopped'", LONG).await;
        assert!(generation.dump().await == whole, "it was carried out by somebody's word who may not say it");
        assert_eq!(house.count("receipts").await, 0);
        // the session that had the right has ended, and a new one has it no more
        assert_eq!(approves(&console, &second, &plan).await, Some(401));
        hired(&house, "other", &["--role", "agent"]).await;
        let other = enters(&console, "other").await;
        for form in [[("do", "again"), ("reason", "x")], [("do", "approve"), ("typed", "x")]] {
            assert_eq!(posts(&console, &other, &plan.run, &form).await.status, 403, "{form:?}");
        }
        console.stops().await;
    }
}
