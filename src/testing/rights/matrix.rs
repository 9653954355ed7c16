//! Every address and every server function against everybody who may ask, as the checked-in table says.

use super::{Scene, browser, fail, hired, scene};
use crate::{
    domain::{
        rights::{Actor, Grant, Role},
        sign_in::Stage,
        time::HOUR,
    },
    store::sessions::{Lasts, session_start},
    testing::{
        browser::{Answer, Browser},
        house::{House, PRODUCT},
        on_both,
        people::arm,
    },
    ui::pages::rights::{COLUMNS, Expected, Row, table},
    web,
};
use axum::http::StatusCode;
use std::collections::BTreeSet;

/// What an answer means.
fn meaning(path: &str, answer: &Answer) -> Expected {
    let to = answer.header("location");
    match answer.status {
        StatusCode::UNAUTHORIZED => Expected::Door,
        StatusCode::FORBIDDEN => Expected::No,
        StatusCode::NOT_FOUND => Expected::Hidden,
        StatusCode::SEE_OTHER if to.starts_with("/signin/second") => Expected::Second,
        // signing out leads to the door
        StatusCode::SEE_OTHER if to.starts_with("/signin") && path != "/signout" => Expected::Door,
        StatusCode::SEE_OTHER if to == "/" => Expected::Home,
        status => {
            assert!(!status.is_server_error(), "{path}: {status} {}", answer.body);
            Expected::Yes
        }
    }
}

/// Half a session of somebody who has a second factor.
async fn halfway(house: &House, whom: &Actor) -> Browser {
    arm(house, whom.id).await;
    let mut tx = house.app.db.begin().await.expect("a writer");
    let token = format!("half-{}", tx.db_now().await.expect("the time").0);
    let lasts = Lasts { idle: HOUR, whole: HOUR };
    let _ = crate::store::sessions::sessions_end(&mut tx, whom.id, None).await.expect("they end");
    session_start(&mut tx, &token, whom.id, Stage::Half, "192.0.2.7", lasts).await.expect("it starts");
    tx.commit().await.expect("it is kept");
    Browser::with(house.app.clone(), &token)
}

async fn asks(house: &House, scene: &Scene, row: &Row, column: usize, people: &[Actor]) -> Expected {
    let mut browser = match column {
        0 => Browser::new(house.app.clone()),
        1 => halfway(house, &people[0]).await,
        n => browser(house, people[n - 1].id).await,
    };
    let path = scene.address(&row.path, people[0].id);
    let answer = if row.method == "GET" {
        browser.get(&path).await
    } else {
        fail(house, scene.mail, scene.job).await;
        let form = scene.form(&row.path);
        let fields: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(&path, &fields).await
    };
    meaning(&row.path, &answer)
}

/// The rows that there have to be: every address, and every server function.
fn wanted(house: &House) -> BTreeSet<(String, String)> {
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let listed = web::listed(house.app.clone(), stopped);
    let routes = listed.routes().iter().map(|route| (route.method.to_owned(), route.path.to_owned()));
    let functions = leptos::server_fn::axum::server_fn_paths();
    routes.chain(functions.map(|(path, method)| (method.to_string(), path.to_owned()))).collect()
}

on_both! {
    async fn s15_every_address_answers_every_role_as_the_table_says(house: House) {
        let rows = table();
        assert!(!rows.is_empty(), "the table cannot be read");
        let named: BTreeSet<_> = rows.iter().map(|row| (row.method.clone(), row.path.clone())).collect();
        let wanted = wanted(&house);
        assert_eq!(wanted.difference(&named).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "addresses without a row");
        assert_eq!(named.difference(&wanted).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "rows without an address");
        assert_eq!(named.len(), rows.len(), "an address has two rows");
        // nobody asks as the one about whom the page of a person is, nor as the one who asked for the run
        let mut people = vec![hired(&house, "halfway", &[Grant::everywhere(Role::Agent)]).await];
        for role in Role::ALL {
            people.push(hired(&house, &format!("the-{}", role.code()), &[Grant::everywhere(*role)]).await);
        }
        assert_eq!(COLUMNS.len(), people.len() + 1);
        let scene = scene(&house, PRODUCT, house.officer.id).await;
        let mut wrong = Vec::new();
        for row in &rows {
            // what the bundle brings along
            let is_bundled = ["/robots.txt", "/script/passkey.js"].contains(&row.path.as_str());
            for (column, (name, expected)) in COLUMNS.iter().zip(row.expected).enumerate() {
                let answer = asks(&house, &scene, row, column, &people).await;
                let may_be_missing = is_bundled && answer == Expected::Hidden;
                if answer != expected && !may_be_missing {
                    wrong.push(format!("{} {} {name}: {answer:?}", row.method, row.path));
                }
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}

#[test]
fn s15_nothing_adds_an_address_but_the_router_that_writes_them_down() {
    let mut found = Vec::new();
    let mut folders = vec![std::path::PathBuf::from("src/web"), std::path::PathBuf::from("src/ui")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("it reads").flatten().map(|entry| entry.path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if !entry.ends_with("listed.rs") {
                let text = std::fs::read_to_string(&entry).expect("it is text");
                for call in [".route(", ".route_service(", ".merge(", ".nest(", "Router::new"] {
                    if text.contains(call) {
                        found.push(format!("{} {call}", entry.display()));
                    }
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:?}");
}

on_both! {
    async fn the_page_of_rights_says_what_each_row_is_and_leads_back(house: House) {
        let rows = table();
        assert!(rows.iter().all(|row| !row.says.is_empty() && !row.under.is_empty()), "a row without words");
        for (role, back) in [(Role::Admin, "/settings/people"), (Role::Auditor, "/policies")] {
            let whom = hired(&house, role.code(), &[Grant::everywhere(role)]).await;
            let page = browser(&house, whom.id).await.get("/settings/rights").await;
            assert!(page.body.contains(&format!("<a href=\"{back}\" class=\"crumb quiet\"")), "{}", page.body);
            assert!(page.body.contains("Give several cases to somebody") && page.body.contains("Open to everybody"));
        }
    }
}
