//! Every address against everybody who may ask, over HTTP: nobody, half a session and each role, as the written table says.

use super::{
    hands::{PASSWORD, enters, hired},
    others::{Things, scene},
    quiet::enrols,
};
use crate::{console::Console, house::House, on_both};
use recourse::ui::pages::rights::{COLUMNS, Expected, Row, table};

/// The roles, in the order of the table's columns behind nobody and half a session.
const ROLES: [&str; 7] = ["officer", "lead", "agent", "responder", "auditor", "engineer", "admin"];

/// What an answer means.
fn meaning(row: &Row, status: u16, to: &str) -> Expected {
    match status {
        401 => Expected::Door,
        403 => Expected::No,
        404 => Expected::Hidden,
        303 if to.starts_with("/signin/second") => Expected::Second,
        // signing out leads to the door
        303 if to.starts_with("/signin") && row.path != "/signout" => Expected::Door,
        303 if to == "/" => Expected::Home,
        status => {
            assert!(status < 500, "{} {}: {status}", row.method, row.path);
            Expected::Yes
        }
    }
}

/// The address with a thing that is there in each gap, or with a token that nobody has.
fn address(row: &Row, things: &Things, person: i64) -> String {
    let (token, person) = ("x".repeat(43), person.to_string());
    let id = match row.path.as_str() {
        path if path.starts_with("/runs/") => &things.run,
        path if path.starts_with("/mail/in/") => &things.waiting,
        path if path.starts_with("/mail/out/") => &things.mail,
        path if path.starts_with("/mail/failed/") => &things.job,
        _ => &person,
    };
    [
        ("{reference}", things.case.as_str()),
        ("{message}", &things.message),
        ("{part}", &things.part),
        ("{product}", things.product),
        ("{id}", id),
        ("{token}", &token),
        ("{ticket}", &token),
        ("{name}", "a.zip"),
        ("{*path}", "none.css"),
        ("{*function}", "none"),
    ]
    .iter()
    .fold(row.path.clone(), |path, (gap, value)| path.replace(gap, value))
}

/// What a form has to hold, so that nothing but a right can be missing, and as little as possible is done.
fn form<'t>(row: &Row, things: &'t Things) -> Vec<(&'static str, &'t str)> {
    match row.path.as_str() {
        "/cases/{reference}" => vec![("do", "note"), ("text", "Seen")],
        "/queue" => vec![("case", &things.case), ("to", "nobody")],
        "/runs/{id}" => vec![("do", "approve"), ("typed", "another")],
        "/runs/standing" => vec![("do", "grant")],
        "/settings/retention" => vec![("pause", things.product)],
        "/mail/in/{id}" => vec![("do", "attach"), ("to", "R-1")],
        "/api/keep_draft" => vec![("reference", &things.case), ("text", "Dear")],
        "/api/run_progress" => vec![("run", &things.run)],
        _ => Vec::new(),
    }
}

/// A session of the person of a column; half of one for the second.
async fn session(console: &Console, column: usize) -> String {
    match column {
        0 => String::new(),
        1 => {
            let form = [("email", "halfway@imagegen.example"), ("password", PASSWORD)];
            let answer = console.post("/signin", "", &form).await.expect("an answer");
            assert!(answer.header("location").is_some_and(|to| to.starts_with("/signin/second")), "{}", answer.text);
            let cookie = answer.header("set-cookie").expect("half a session");
            cookie.split(';').next().expect("a value").to_owned()
        }
        n => enters(console, &format!("the-{}", ROLES[n - 2])).await,
    }
}

/// Forms after which somebody has to sign in again to be who they were.
const ENDS_A_SESSION: [&str; 5] = ["/signout", "/signin", "/signin/second", "/signin/authenticator", "/signin/passkey"];

/// What the answer of the console to one column was.
async fn asks(house: &House, console: &Console, things: &Things, row: &Row, (cookie, person): (&str, i64)) -> Expected {
    let path = address(row, things, person);
    let answer = if row.method == "GET" {
        console.send("GET", &path, &[("cookie", cookie)], b"").await
    } else {
        let failed = format!("UPDATE mails SET state = 'failed' WHERE id = {}", things.mail);
        let dead = format!("UPDATE jobs SET state = 'dead' WHERE id = {}", things.job);
        if row.path.starts_with("/mail/") {
            house.meddles(&failed).await;
            house.meddles(&dead).await;
        }
        console.post(&path, cookie, &form(row, things)).await
    };
    let answer = answer.unwrap_or_else(|| panic!("{} {path}: no answer", row.method));
    meaning(row, answer.status, answer.header("location").unwrap_or_default())
}

on_both! {
    async fn s15_every_address_answers_every_role_over_http_as_the_table_says(house: House) {
        let (house, console, things, _) = scene(house).await;
        hired(&house, "halfway", &["--role", "agent"]).await;
        for role in ROLES {
            hired(&house, &format!("the-{role}"), &["--role", role]).await;
        }
        assert_eq!(COLUMNS.len(), ROLES.len() + 2);
        enrols(&console, &enters(&console, "halfway").await).await;
        let person = house.rows::<(i64,)>("SELECT id FROM staff WHERE email = 'halfway@imagegen.example'").await[0].0;
        let (rows, mut wrong) = (table(), Vec::new());
        assert!(rows.len() > 70, "the table cannot be read");
        for (column, name) in COLUMNS.iter().enumerate() {
            let mut cookie = session(&console, column).await;
            for row in &rows {
                // what the bundle brings along
                let is_bundled = ["/robots.txt", "/script/passkey.js"].contains(&row.path.as_str());
                let (answer, expected) = (asks(&house, &console, &things, row, (&cookie, person)).await, row.expected[column]);
                if answer != expected && !(is_bundled && answer == Expected::Hidden) {
                    wrong.push(format!("{} {} {name}: {answer:?}", row.method, row.path));
                }
                if row.method == "POST" && ENDS_A_SESSION.contains(&row.path.as_str()) {
                    cookie = session(&console, column).await;
                }
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
        console.stops().await;
    }
}
