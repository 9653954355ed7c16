//! What becomes of a mail, as staff see it: put off, in doubt, refused, and addresses that take no mail.

use super::limits::{count, hurries};
use crate::{
    app::{
        Error, Outgoing,
        case_page::What,
        mailroom::{self, Tab},
        verbs,
    },
    domain::{
        event::Purpose,
        identity::{MailId, Reference, normal_address},
        time::{HOUR, MINUTE},
    },
    mail::outbox::Transport,
    store::{mails, suppressions},
    testing::{
        house::{House, mail},
        on_both,
        smtp::{Does, Smtp},
    },
};

const ANNA: &str = "anna@mail.example";

async fn through(house: House, script: &[Does]) -> (House, Smtp) {
    let server = Smtp::start(script).await;
    let transport = Transport::smtp(&server.url()).expect("the address is understood");
    (house.with_mail(transport, Outgoing::default()), server)
}

async fn opens(house: &House) -> Reference {
    house
        .opens(&mail(&format!("Anna Berg <{ANNA}>"), "Privacy Request", "a1@mail.example", "Please delete my account."))
        .await
}

/// The mails of the case with what became of each, oldest first.
async fn fates(house: &House, reference: Reference) -> Vec<(MailId, &'static str, String, bool)> {
    let line = |what: What| match what {
        What::MailOut { mail, purpose, fate, failed, .. } => Some((mail, purpose, fate, failed)),
        _ => None,
    };
    house.case(reference).await.timeline.into_iter().filter_map(|entry| line(entry.what)).collect()
}

on_both! {
    async fn f5_not_now_is_tried_again_and_staff_see_when(house: House) {
        let (house, server) = through(house, &[Does::Recipient("450 4.7.1 greylisted"), Does::Recipient("451 4.3.0 later")]).await;
        let reference = opens(&house).await;
        house.works().await;
        let waits = fates(&house, reference).await.remove(0);
        assert!(waits.2.contains("450 4.7.1") && waits.2.contains("next try at 24 Nov, 10:0") && !waits.3, "{waits:?}");
        house.works().await;
        assert_eq!(server.heard("RCPT").len(), 1, "not before five minutes");
        for _ in 0..2 {
            hurries(&house).await;
        }
        assert_eq!(server.message_ids().len(), 1);
        assert!(fates(&house, reference).await[0].2.starts_with("accepted"));
        assert_eq!(count(&house, "SELECT tries FROM mails").await, 3);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM mails WHERE in_doubt").await, 0);
    }

    async fn f5_a_mail_is_given_up_after_days_and_says_why(house: House) {
        let (house, _server) = through(house, &[Does::Recipient("450 4.2.2 full"); 40]).await;
        let reference = opens(&house).await;
        house.works().await;
        house.pass(48 * HOUR);
        hurries(&house).await;
        assert!(!fates(&house, reference).await[0].3, "two days are not enough");
        house.pass(48 * HOUR);
        hurries(&house).await;
        let given_up = fates(&house, reference).await.remove(0);
        assert!(given_up.3 && given_up.2.contains("given up after 96 hours") && given_up.2.contains("450 4.2.2"), "{given_up:?}");
        // asked for again it has all its patience
        mailroom::send_again(&house.app, &house.officer, given_up.0).await.expect("asked");
        let late = mailroom::send_again(&house.app, &house.officer, given_up.0).await;
        assert!(matches!(late, Err(Error::Invalid(_))), "it is on its way already: {late:?}");
        house.works().await;
        assert!(!fates(&house, reference).await[0].3);
    }

    async fn f4_a_lost_answer_is_in_doubt_at_once_and_tried_under_the_same_id(house: House) {
        let (house, server) = through(house, &[Does::HangUp]).await;
        let reference = opens(&house).await;
        house.works().await;
        let doubt = fates(&house, reference).await.remove(0);
        assert!(doubt.2.contains("may have arrived") && !doubt.3, "{doubt:?}");
        let room = mailroom::load(&house.app, &house.officer, Tab::Outgoing, None).await.expect("the room");
        assert_eq!(room.doubts.n, 1);
        hurries(&house).await;
        let ids = server.message_ids();
        assert_eq!((ids.len(), &ids[0]), (2, &ids[1]));
        let accepted = fates(&house, reference).await.remove(0);
        assert!(accepted.2.starts_with("accepted") && accepted.2.contains("may have left twice"), "{accepted:?}");
        hurries(&house).await;
        assert_eq!(server.message_ids().len(), 2, "one extra copy at most");
    }

    async fn f5_an_address_that_is_gone_gets_only_what_the_law_wants_until_staff_lift_it(house: House) {
        let (house, server) = through(house, &[Does::Recipient("550 5.1.1 no such user anna@mail.example")]).await;
        let reference = opens(&house).await;
        house.works().await;
        let refused = fates(&house, reference).await.remove(0);
        assert!(refused.3 && refused.2.contains("550 5.1.1") && refused.2.contains("another address"), "{refused:?}");
        assert!(!refused.2.contains(ANNA), "the server's words stay outside");
        let full = house.case(reference).await;
        assert!(full.blocked.is_some_and(|says| says.contains("5.1.1") && says.contains("24 Nov 2026")));
        // a reply is not even tried, and says so
        verbs::send_reply(&house.app, &house.agent, reference, i64::MAX, "One question.", false).await.expect("written");
        house.works().await;
        let reply = fates(&house, reference).await.remove(1);
        assert!(reply.3 && reply.2.contains("does not take mail since"), "{reply:?}");
        assert_eq!(server.heard("RCPT").len(), 1);
        // the law asks to tell the person: it is tried all the same, and staff see that
        verbs::set_jurisdiction(&house.app, &house.agent, reference, i64::MAX, "DE").await.expect("known");
        verbs::extend_case(&house.app, &house.agent, reference, i64::MAX, "There are very many pictures.", "").await.expect("extended");
        house.pass(MINUTE);
        house.works().await;
        let extension = fates(&house, reference).await.remove(2);
        assert!(extension.2.starts_with("accepted") && extension.2.contains("although the address bounced on 24 Nov"), "{extension:?}");
        // somebody knows better
        let page = mailroom::outgoing(&house.app, &house.agent, reply.0).await.expect("the mail");
        assert!(page.blocked.is_some());
        mailroom::lift_block(&house.app, &house.agent, reply.0).await.expect("lifted");
        assert!(matches!(mailroom::lift_block(&house.app, &house.agent, reply.0).await, Err(Error::Invalid(_))));
        house.works().await;
        assert!(fates(&house, reference).await[1].2.starts_with("accepted"));
        assert!(house.case(reference).await.blocked.is_none());
        assert_eq!(count(&house, "SELECT COUNT(*) FROM audit WHERE action = 'mail_block_lifted'").await, 1);
    }

    async fn a_refusal_that_is_not_the_addresss_fault_blocks_nothing(house: House) {
        let (house, _server) = through(house, &[Does::Recipient("550 5.7.1 policy"), Does::Sender("553 5.1.8 your domain"), Does::Mail("554 5.1.1 late")]).await;
        for number in 0..3 {
            house.opens(&mail(ANNA, "Privacy Request", &format!("n{number}@mail.example"), "What do you hold about me?")).await;
            house.works().await;
        }
        assert_eq!(count(&house, "SELECT COUNT(*) FROM mails WHERE state = 'failed'").await, 3);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM suppressions").await, 0);
    }

    async fn what_came_back_is_shown_and_can_be_sent_again(house: House) {
        let (house, server) = through(house, &[]).await;
        let reference = opens(&house).await;
        house.works().await;
        for (hard, shows) in [(false, "came back 24 Nov, 10:0"), (true, "came back 24 Nov, 10:0")] {
            let mail = fates(&house, reference).await.remove(0);
            assert!(!mail.3, "{mail:?}");
            let mut tx = house.app.db.begin().await.expect("a writer");
            mails::mail_bounced(&mut tx, mail.0, hard, "5.2.2", house.app.now()).await.expect("kept");
            tx.commit().await.expect("committed");
            let back = fates(&house, reference).await.remove(0);
            assert!(back.3 && back.2.contains(shows) && back.2.contains("5.2.2"), "{back:?}");
            let failed = mailroom::load(&house.app, &house.officer, Tab::Failed, None).await.expect("the room").outgoing.len();
            assert_eq!(failed, usize::from(hard));
            mailroom::send_again(&house.app, &house.officer, mail.0).await.expect("asked");
            house.works().await;
        }
        let ids = server.message_ids();
        assert_eq!((ids.len(), &ids[0]), (3, &ids[2]));
    }

    async fn what_is_kept_of_an_address_is_a_keyed_digest(house: House) {
        let reference = opens(&house).await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        let mail = mails::mails_of(&mut tx, reference).await.expect("mails").remove(0);
        let digest = house.app.vault.digest("address", normal_address(" Anna@Mail.Example ").as_bytes());
        assert_eq!(mail.recipient.as_ref(), Some(&digest));
        assert_eq!(mail.domain, Some(house.app.vault.digest("domain", b"mail.example")));
        assert!(mail.automatic && mail.purpose == Purpose::Acknowledgement);
        let now = house.app.now();
        suppressions::suppress(&mut tx, &digest, "5.1.1", mail.id, now).await.expect("kept");
        suppressions::suppress(&mut tx, &digest, "5.2.1", mail.id, now.plus(HOUR)).await.expect("kept");
        let known = suppressions::suppression(&mut tx, &digest).await.expect("asked").expect("known");
        assert_eq!((known.since, known.status.as_str(), known.mail), (now, "5.1.1", mail.id), "the first word counts");
        assert!(suppressions::suppression_lift(&mut tx, &digest).await.expect("asked"));
        assert!(!suppressions::suppression_lift(&mut tx, &digest).await.expect("asked"));
    }
}
