//! Alarms when consoles die and when there are several: everybody learns of each clock once.

use crate::{
    house::{House, PRODUCT},
    many::opened_here,
    on_both,
};
use recourse::{
    app::{App, by_hand, by_hand::ByHand, staff},
    domain::{
        rights::{Actor, Role},
        time::{DAY, Instant},
    },
};
use std::time::Duration;

/// How many cases are late.
const LATE: i64 = 25;

/// Somebody who is told, and cases that have been late for long.
async fn has_late_cases(app: &App) {
    let (email, name) = ("officer@imagegen.example", "Nisha Rao");
    let id = staff::create_user(app, email, name, "correct horse battery", &[Role::Officer]).await.expect("hired");
    let officer = Actor::with_roles(id, name, &[Role::Officer], recourse::domain::sign_in::Proof::Fresh);
    let long_ago: Instant = app.now().plus(-60 * DAY);
    for number in 0..LATE {
        let typed = ByHand {
            product: PRODUCT.to_owned(),
            kind: "erasure".to_owned(),
            channel: "phone".to_owned(),
            received: long_ago.utc().format("%Y-%m-%dT%H:%M").to_string(),
            name: format!("Person {number}"),
            address: String::new(),
            text: "Please delete my account.".to_owned(),
        };
        by_hand::open_by_hand(app, &officer, &typed).await.expect("it is opened");
    }
}

async fn everybody_was_told_once(house: &House) {
    house.comes_to(0, "clocks WHERE raised = 'nothing' AND met_at IS NULL", Duration::from_secs(90)).await;
    house.all_is_done(Duration::from_mins(1)).await;
    assert_eq!(house.count("mails WHERE purpose = 'alarm'").await, LATE, "one mail a case");
    let mails = "(SELECT case_id FROM mails WHERE purpose = 'alarm' GROUP BY case_id HAVING COUNT(*) <> 1) twice";
    assert_eq!(house.count(mails).await, 0);
    assert_eq!(i64::try_from(house.outgoing().len()).expect("few"), LATE);
    // whoever left no address can read on their page that it was received
    assert_eq!(house.count("events WHERE name = 'clock_alarmed'").await, LATE, "the answer of each case is late");
    assert_eq!(house.count("clocks WHERE alarm_at IS NOT NULL").await, 0);
}

on_both! {
    async fn a_sweep_that_dies_is_ended_by_the_next_console_and_tells_nobody_twice(house: House) {
        // makes database and key, and keeps nothing
        let ended = house.run(&["ingest", "--product", "nobody"], "x").await;
        assert_eq!(ended.code, Some(75), "{}", ended.says);
        let app = opened_here(&house).await;
        has_late_cases(&app).await;
        app.db.close().await;
        house.start(Some("alarm-before-commit:exit:8")).dies().await;
        assert_eq!(house.count("mails WHERE purpose = 'alarm'").await, 7, "what was told before stays told");
        let (first, second) = (house.opens().await, house.opens().await);
        everybody_was_told_once(&house).await;
        first.stops().await;
        second.stops().await;
    }
}
