//! Two consoles that write to each other come to rest.

use super::limits::hurries;
use crate::{
    app::{Outgoing, intake},
    domain::mail::Came,
    testing::{
        house::{House, PRODUCT, mail},
        on_both,
    },
};

/// Carries what left one house to the other, once each; how many mails that were.
async fn carries(from: &House, to: &House, already: &mut Vec<String>) -> usize {
    let mut carried = 0;
    for raw in from.sent() {
        if !already.contains(&raw) {
            if let Some(message) = intake::keep(&to.app, PRODUCT, raw.as_bytes(), Came::Pipe).await.expect("it is kept")
            {
                intake::read(&to.app, message).await.expect("it is read");
            }
            already.push(raw);
            carried += 1;
        }
    }
    carried
}

on_both! {
    async fn s28_two_consoles_that_answer_each_other_stop_after_two_mails(house: House) {
        let outgoing = || Outgoing { automatic_per_hour: 5, ..Outgoing::default() };
        let files = |house: &House| crate::mail::outbox::Transport::Files(house.folder.path().join("outgoing"));
        let first = { let way = files(&house); house.with_mail(way, outgoing()) };
        let other = House::sqlite().await;
        let other = { let way = files(&other); other.with_mail(way, outgoing()) };
        // somebody forges the other console as the sender, or it really writes
        first.opens(&mail("Other desk <privacy@imgen.example>", "Privacy Request", "x1@imgen.example", "What do you hold?")).await;
        let (mut of_first, mut of_other, mut mails) = (Vec::new(), Vec::new(), 0);
        for _ in 0..6 {
            hurries(&first).await;
            mails += carries(&first, &other, &mut of_first).await;
            hurries(&other).await;
            mails += carries(&other, &first, &mut of_other).await;
        }
        assert!((1..=2).contains(&mails), "{mails} automatic mails went to and fro");
        assert!(first.sent().iter().all(|mail| mail.starts_with("Return-Path: <>\r\n") && mail.contains("Auto-Submitted: auto-")));
    }

    async fn s28_even_where_every_mark_is_stripped_two_consoles_come_to_rest(house: House) {
        let outgoing = || Outgoing { automatic_per_hour: 5, ..Outgoing::default() };
        let way = crate::mail::outbox::Transport::Files(house.folder.path().join("outgoing"));
        let house = house.with_mail(way, outgoing());
        // a machine that answers each mail with a new one, as a person would write it
        let mut answered = 0;
        house.opens(&mail("Robot <robot@mail.example>", "Privacy Request", "r0@mail.example", "What do you hold?")).await;
        for round in 1..20 {
            hurries(&house).await;
            let sent = house.sent().len();
            if sent > answered {
                answered = sent;
                house.receives(&mail("Robot <robot@mail.example>", "Thank you", &format!("r{round}@mail.example"), &format!("Round {round}."))).await;
            }
        }
        assert!(house.sent().len() <= 5, "{} in an hour", house.sent().len());
    }
}
