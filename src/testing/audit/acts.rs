//! Which entry stands for what: whatever changes a case has one on that case, whoever did it, and what is restricted stays
//! behind the wall. That no transaction records an event without an entry, `store::Tx` looks after in every test.

use crate::{
    app::{proving, quarantine, second_factor::Factor, setup, sign_in, staff, verbs},
    domain::{
        identity::MessageId,
        rights::Role,
        sign_in::{Proof, SecondFactor},
        time::HOUR,
    },
    mail::outbox::Transport,
    store::sql,
    testing::{
        browser::Browser,
        house::{House, mail},
        on_both,
        smtp::{Does, Smtp},
    },
};
use std::collections::HashMap;

const ANNA: &str = "Anna Berg <anna@mail.example>";
const EVE: &str = "Eve <eve@evil.example>";
const OFFICER: &str = "officer@imagegen.example";
const PASSWORD: &str = "correct horse battery";

fn request(id: &str) -> String {
    mail(ANNA, "Privacy Request", id, "Please delete my account.")
}

fn report() -> String {
    mail(ANNA, "report", "r1@mail.example", "This is a report about child safety, item 4471.")
}

/// Whose doing an action was, and from where; of the last of its kind.
async fn who_and_where(house: &House, action: &str) -> (String, String) {
    let mut tx = house.app.db.read().await.expect("a reader");
    let last = sql("SELECT who, place FROM audit WHERE action = $1 ORDER BY id DESC LIMIT 1").bind(action);
    last.one::<(String, String)>(&mut tx).await.expect("an entry")
}

on_both! {
    async fn what_the_command_line_does_is_the_command_lines(house: House) {
        let app = &house.app;
        staff::reset_password(app, OFFICER, "lamp orbit velvet 93 tundra").await.expect("it is reset");
        staff::reset_factors(app, OFFICER).await.expect("they are forgotten");
        staff::disable(app, OFFICER, true).await.expect("disabled");
        staff::disable(app, OFFICER, false).await.expect("enabled");
        staff::end_sessions(app, OFFICER).await.expect("ended");
        for action in ["password_reset", "second_factor_reset", "staff_disabled", "staff_enabled", "sessions_killed", "staff_added"] {
            assert_eq!(who_and_where(&house, action).await, ("operator".to_owned(), String::new()), "{action}");
        }
    }

    async fn s23_whoever_makes_the_first_account_is_no_operator_and_comes_from_somewhere(house: House) {
        let mut tx = house.app.db.begin().await.expect("a writer");
        for statement in ["DELETE FROM staff_grants", "DELETE FROM staff"] {
            sql(statement).run(&mut tx).await.expect("it goes");
        }
        tx.commit().await.expect("it is kept");
        let link = setup::begin_setup(&house.app).await.expect("it begins").expect("a link");
        let first = [("name", "Nisha Rao"), ("email", "first@imagegen.example"), ("password", "lamp orbit velvet 93 tundra")];
        let made = Browser::new(house.app.clone()).post(&format!("/setup/{link}"), &first).await;
        assert_eq!(made.header("location"), "/signin?done=password", "{}", made.body);
        let (who, place) = who_and_where(&house, "staff_added").await;
        assert!(who == "visitor" && place.starts_with("digest "), "{who} {place}");
    }

    async fn of_a_stranger_at_the_door_the_log_keeps_no_address(house: House) {
        let mut stranger = Browser::new(house.app.clone());
        for _ in 0..6 {
            stranger.post("/signin", &[("email", OFFICER), ("password", "something else entirely")]).await;
        }
        let (who, place) = who_and_where(&house, "sign_in_slowed").await;
        assert!(who == "visitor" && place.starts_with("digest ") && !place.contains("198.51"), "{who} {place}");
    }

    async fn a_wrong_password_is_an_entry_where_it_is_asked_for_again(house: House) {
        let house = house.rebuilt(HashMap::new(), |parts| parts.settings.second_factor = SecondFactor::Offered);
        let typed = sign_in::Typed { email: OFFICER, password: PASSWORD, client: "198.51.100.7", device: None, session: None };
        let entered = sign_in::sign_in(&house.app, typed).await.expect("they come in");
        let session = crate::app::sessions::session_of(&house.app, entered.as_str()).await.expect("it reads").expect("a session");
        assert!(proving::prove(&house.app, &session, Factor::Code("another password")).await.is_err());
        assert_eq!(house.log().await.last().map(String::as_str), Some("staff password_wrong"));
    }

    async fn a_mail_set_aside_handed_over_or_given_up_is_an_entry(house: House) {
        house.receives(" \n\n").await;
        assert_eq!(house.log().await.last().map(String::as_str), Some("system message_set_aside 1"));
        let server = Smtp::start(&[Does::Recipient("550 5.1.1 no such user")]).await;
        let transport = Transport::smtp(&server.url()).expect("the address is understood");
        let house = house.with_mail(transport, crate::app::Outgoing::default());
        let gone = house.opens(&request("a1@mail.example")).await;
        house.works().await;
        let log = house.log().await;
        assert!(log.contains(&format!("system mail_failed {gone} 1")) && log.contains(&format!("system address_blocked {gone} 1")), "{log:?}");
        let other = house.opens(&mail("Ben <ben@mail.example>", "Mine too", "b1@mail.example", "Please delete my account.")).await;
        house.works().await;
        let log = house.log().await;
        assert!(log.contains(&format!("system mail_handed_over {other} 2")), "{log:?}");
    }

    async fn of_a_merge_both_cases_know(house: House) {
        let first = house.opens(&request("a1@mail.example")).await;
        house.pass(HOUR);
        let second = house.opens(&request("a2@mail.example")).await;
        verbs::merge_case(&house.app, &house.officer, second, i64::MAX, &first.to_string(), "asked twice").await.expect("merged");
        let log = house.log().await;
        for entry in [format!("staff case_merged {second}"), format!("staff case_absorbed {first} {second}")] {
            assert!(log.contains(&entry), "{entry} in {log:?}");
        }
    }

    async fn s16_what_is_done_with_mail_near_a_case_is_on_that_case_and_behind_its_wall(house: House) {
        let reference = house.opens(&report()).await;
        house.receives(&mail(EVE, &format!("about {reference}"), "e1@evil.example", "What became of it?")).await;
        let (app, officer, id) = (&house.app, &house.officer, MessageId(2));
        assert!(quarantine::one(app, officer, id).await.expect("a page").content.is_some());
        quarantine::discard(app, officer, id, "spam").await.expect("discarded");
        quarantine::put_back(app, officer, id).await.expect("put back");
        let log = house.log().await;
        for action in ["unread_mail_viewed", "message_discarded", "message_put_back"] {
            let entry = format!("staff {action} {reference} 2");
            assert!(log.contains(&entry), "{entry} in {log:?}");
        }
        // who may look at the log and not behind the wall reads the action alone
        let id = staff::create_user(app, "lead@imagegen.example", "Tomasz Wilk", PASSWORD, &[Role::Lead]).await.expect("hired");
        let lead = crate::domain::rights::Actor::with_roles(id, "Tomasz Wilk", &[Role::Lead], Proof::Fresh);
        let page = crate::app::audit::load(app, &lead, &crate::app::audit::AuditFilter::default()).await.expect("a page");
        let shown: Vec<_> = page.lines.iter().filter(|line| line.action == "Looked at an unread mail" || line.action == "Discarded a mail").collect();
        assert_eq!(shown.len(), 2);
        assert!(shown.iter().all(|line| line.walled && line.who.is_none() && line.object.is_empty()), "{shown:?}");
    }
}
