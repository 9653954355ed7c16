//! Retention when consoles die and when there are several: everything that is over goes, once, and nothing else does.

use crate::{
    house::{House, PRODUCT},
    many::opened_here,
    on_both,
};
use recourse::{
    app::{App, by_hand, by_hand::ByHand, staff, verbs},
    domain::{
        case::{Outcome, State},
        rights::{Actor, Role},
        time::DAY,
    },
    store::sql,
};
use std::time::Duration;

/// How many cases are over; three batches.
const OVER: i64 = 130;

/// Cases that were answered more than two years ago, and one that is open.
async fn has_old_cases(app: &App) {
    let (email, name) = ("officer@imagegen.example", "Nisha Rao");
    let id = staff::create_user(app, email, name, "correct horse battery", &[Role::Officer]).await.expect("hired");
    let officer = Actor::with_roles(id, name, &[Role::Officer], recourse::domain::sign_in::Proof::Fresh);
    for number in 0..=OVER {
        let typed = ByHand {
            product: PRODUCT.to_owned(),
            kind: "inquiry".to_owned(),
            channel: "phone".to_owned(),
            received: app.now().plus(-2 * DAY).utc().format("%Y-%m-%dT%H:%M").to_string(),
            name: format!("Person {number}"),
            address: String::new(),
            text: "What do you keep of me?".to_owned(),
        };
        let case = by_hand::open_by_hand(app, &officer, &typed).await.expect("it is opened").reference;
        if number < OVER {
            let done = Some(Outcome::Refused);
            verbs::change_state(app, &officer, case, i64::MAX, State::Resolved, done, "told by phone")
                .await
                .expect("resolved");
        }
    }
    let mut tx = app.db.begin().await.expect("a writer");
    let long_ago = app.now().plus(-800 * DAY);
    sql("UPDATE cases SET resolved_at = $1 WHERE NOT open").bind(long_ago).run(&mut tx).await.expect("long ago");
    tx.commit().await.expect("it is kept");
}

async fn each_went_once(house: &House) {
    house.all_is_done(Duration::from_mins(2)).await;
    assert_eq!(house.count("retained WHERE record = 'case' AND gone_at IS NOT NULL").await, OVER);
    assert_eq!(
        house.count("contents c JOIN cases s ON s.id = c.case_id WHERE NOT s.open AND c.body IS NOT NULL").await,
        0
    );
    assert_eq!(house.count("case_faces").await, 1, "the open one stays");
    assert!(house.count("contents WHERE body IS NOT NULL").await >= 1, "the open one stays");
    let twice = "(SELECT case_id, data FROM events WHERE name = 'records_destroyed' GROUP BY case_id, data HAVING COUNT(*) > 1) twice";
    assert_eq!(house.count(twice).await, 0, "each is told once");
    assert_eq!(house.count("cases c WHERE seq <> (SELECT MAX(e.seq) FROM events e WHERE e.case_id = c.id)").await, 0);
}

on_both! {
    async fn a_schedule_that_dies_between_batches_is_ended_by_the_next_console(house: House) {
        // makes database and key, and keeps nothing
        let ended = house.run(&["ingest", "--product", "nobody"], "x").await;
        assert_eq!(ended.code, Some(75), "{}", ended.says);
        let app = opened_here(&house).await;
        has_old_cases(&app).await;
        app.db.close().await;
        house.start(Some("retention-before-commit:exit:2")).dies().await;
        let gone = house.count("retained WHERE gone_at IS NOT NULL").await;
        assert!(gone > 0 && gone < OVER, "one batch went whole, the other not at all: {gone}");
        let (first, second) = (house.opens().await, house.opens().await);
        house.comes_to(OVER, "retained WHERE record = 'case' AND gone_at IS NOT NULL", Duration::from_secs(90)).await;
        each_went_once(&house).await;
        first.stops().await;
        second.stops().await;
    }

    async fn what_was_committed_before_the_console_died_is_not_done_again(house: House) {
        let ended = house.run(&["ingest", "--product", "nobody"], "x").await;
        assert_eq!(ended.code, Some(75), "{}", ended.says);
        let app = opened_here(&house).await;
        has_old_cases(&app).await;
        app.db.close().await;
        house.start(Some("retention-after-commit:exit:2")).dies().await;
        let events = house.count("events WHERE name = 'records_destroyed'").await;
        assert!(events > 0);
        let console = house.opens().await;
        house.comes_to(OVER, "retained WHERE record = 'case' AND gone_at IS NOT NULL", Duration::from_secs(90)).await;
        each_went_once(&house).await;
        console.stops().await;
    }
}
