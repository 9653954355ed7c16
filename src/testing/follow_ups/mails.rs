//! A recipient that is told by mail: what leaves and what is kept, its answer, and mail that does not arrive.

use super::*;
use crate::{
    app::intake::Read,
    domain::clock::Duty,
    mail::outbox::Transport,
    testing::{
        house::ADDRESS,
        smtp::{Does, Smtp},
    },
};

const GROQ: &str = "privacy@groq.example";

fn by_mail() -> Vec<Partner> {
    vec![partner("groq", Reach::Mail(GROQ.to_owned()))]
}

fn header<'m>(mail: &'m str, name: &str) -> &'m str {
    mail.lines()
        .find_map(|line| line.strip_prefix(&format!("{name}: ")))
        .unwrap_or_else(|| panic!("no {name} in {mail}"))
        .trim()
}

on_both! {
    async fn the_mail_that_leaves_names_the_person_and_what_is_kept_does_not(house: House) {
        let smtp = Smtp::start(&[]).await;
        let world = World::new(On::Sqlite).await;
        let house = with_partners(house, &world, by_mail(), |parts| {
            parts.transport = Transport::smtp(&smtp.url()).expect("an address");
        });
        let (reference, _) = erased(&house, "1").await;
        house.works().await;
        let mails = smtp.mails();
        let notice = mails.iter().find(|mail| header(mail, "To").contains(GROQ)).expect("it is told").replace("=\r\n", "");
        assert!(notice.contains("- account: 1\r\n"), "{notice}");
        assert!(notice.contains("we erased their data") && !notice.to_lowercase().contains("ada@"), "{notice}");
        assert!(!notice.contains("Auto-Submitted"), "it wants an answer");
        assert_eq!(state(&house, reference, "Groq").await, Standing::Told);
        let mut tx = house.app.db.read().await.expect("a reader");
        let (kept,): (String,) = sql("SELECT c.body FROM contents c JOIN mails m ON m.content_id = c.id WHERE m.purpose = 'recipient'")
            .one(&mut tx).await.expect("it is kept");
        assert!(kept.contains("which only this mail has") && !kept.contains("account: 1"), "{kept}");
        drop(tx);
        // what goes to the person never names it in its thread
        verbs::send_reply(&house.app, &house.agent, reference, i64::MAX, "It is done.", false).await.expect("sent");
        house.works().await;
        let last = smtp.mails().pop().expect("a mail");
        assert!(last.contains("It is done.") && !last.contains(header(&notice, "Message-ID")), "{last}");
        agrees_with_its_events(&house, reference).await;
    }

    /// A machine would be told that everything is gone: what a hold kept only staff can say.
    async fn of_what_a_hold_kept_staff_tell(house: House) {
        let (house, world) = house_with(house, On::Sqlite, by_mail()).await;
        let dispute = house.opens(&mail("Bo <bo@example.org>", "The bill", "d1@example.org", "It is wrong.")).await;
        let who = [Identity { kind: "account".to_owned(), value: "1".to_owned() }];
        let part = crate::generation::Extent { items: vec!["invoices:100".parse().expect("an item")], ..crate::generation::Extent::default() };
        let wanted = verbs::HoldWanted { basis: crate::domain::hold::Basis::Dispute, identities: &who, part: &part, reason: "in dispute" };
        verbs::place_hold(&house.app, &house.agent, dispute, i64::MAX, &wanted).await.expect("it is placed");
        let (reference, _) = erased(&house, "1").await;
        assert_eq!(world.rows("invoices", "id = 100 AND user_id = 1").await.len(), 1);
        let line = &lines(&house, reference).await["Groq"];
        assert_eq!((line.way, line.state), (Way::Hand, Standing::Waiting));
        assert_eq!(sealed(&house).await, 0, "nothing is handed on");
    }

    async fn its_answer_lands_on_the_case_and_reopens_nothing(house: House) {
        let (house, _world) = house_with(house, On::Sqlite, by_mail()).await;
        let (reference, _) = erased(&house, "1").await;
        house.works().await;
        let closing = house.case(reference).await.closing.expect("a letter is proposed");
        runs::close_with_letter(&house.app, &house.agent, reference, i64::MAX, &closing).await.expect("it leaves");
        house.works().await;
        assert_eq!(house.case(reference).await.case.state, State::Resolved);
        let notice = house.sent().into_iter().find(|mail| header(mail, "To").contains(GROQ)).expect("it is told");
        let answer = |from: &str, id: &str| format!(
            "From: {from}\nTo: {}\nSubject: Re: a notice\nMessage-ID: <{id}>\nIn-Reply-To: {}\n\nErased on our side.\n",
            header(&notice, "Reply-To"), header(&notice, "Message-ID"),
        );
        let stranger = house.receives(&answer("eve@evil.example", "e1@evil.example")).await;
        assert!(matches!(stranger, Read::Quarantined(_)), "{stranger:?}");
        let theirs = house.receives(&answer(&format!("Groq <{GROQ}>"), "g1@groq.example")).await;
        assert_eq!(theirs, Read::Appended(reference));
        let full = house.case(reference).await;
        assert_eq!(full.case.state, State::Resolved);
        let entry = full.timeline.iter().find(|entry| format!("{:?}", entry.what).contains("Erased on our side")).expect("it is shown");
        assert_eq!(entry.who, "Groq");
        assert_eq!(state(&house, reference, "Groq").await, Standing::Told, "what it means is for staff to say");
        step(&house, reference, "Groq", Step::Confirmed, "").await.expect("confirmed");
        assert_eq!(sealed(&house).await, 0);
        assert!(names_of(&house, reference).await.contains(&"recipient_answered"));
        // and the person learns nothing of it
        verbs::send_reply(&house.app, &house.agent, reference, i64::MAX, "One more word.", false).await.expect("sent");
        house.works().await;
        let last = house.sent().into_iter().find(|mail| mail.contains("One more word")).expect("it left");
        assert!(!last.contains("groq"), "{last}");
        agrees_with_its_events(&house, reference).await;
    }

    async fn whoever_was_told_by_hand_gets_no_mail_and_stays_told(house: House) {
        let (house, _world) = house_with(house, On::Sqlite, by_mail()).await;
        let (reference, _) = erased(&house, "1").await;
        step(&house, reference, "Groq", Step::Told, "").await.expect("told by phone");
        house.works().await;
        assert!(!house.sent().iter().any(|mail| header(mail, "To").contains(GROQ)));
        assert_eq!(state(&house, reference, "Groq").await, Standing::Told);
        assert!(!names_of(&house, reference).await.contains(&"recipient_failed"));
        // a mail that is asked for counts again, also when it comes back
        step(&house, reference, "Groq", Step::Again, "").await.expect("once more, by mail");
        house.works().await;
        let notice = house.sent().into_iter().find(|mail| header(mail, "To").contains(GROQ)).expect("it is told");
        assert_eq!(state(&house, reference, "Groq").await, Standing::Told);
        let report = format!(
            "From: mailer-daemon@mx.example\nTo: {ADDRESS}\nSubject: Undelivered\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"cut\"\n\n--cut\nContent-Type: text/plain\n\n\
             It did not arrive.\n--cut\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
             Final-Recipient: rfc822; {GROQ}\nAction: failed\nStatus: 5.1.1\n\n--cut\nContent-Type: message/rfc822\n\n\
             Message-ID: {}\nSubject: x\n\nx\n--cut--\n",
            header(&notice, "Message-ID"),
        );
        assert_eq!(house.receives(&report).await, Read::Appended(reference));
        let line = lines(&house, reference).await.remove("Groq").expect("it is there");
        assert_eq!((line.state, line.error.as_deref()), (Standing::Failed, Some("the mail came back")));
        agrees_with_its_events(&house, reference).await;
    }

    async fn a_mail_that_does_not_leave_is_left_to_staff(house: House) {
        let smtp = Smtp::start(&[Does::Recipient("550 5.1.1 no such user")]).await;
        let world = World::new(On::Sqlite).await;
        let house = with_partners(house, &world, by_mail(), |parts| {
            parts.transport = Transport::smtp(&smtp.url()).expect("an address");
        });
        // as if the acknowledgement had left before
        let reference = verified(&house, DELETE, "1").await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        sql("UPDATE jobs SET state = 'completed' WHERE work = 'send_mail'").run(&mut tx).await.expect("it is set aside");
        tx.commit().await.expect("it is kept");
        let run = runs::plan_run(&house.app, &house.agent, reference, i64::MAX, &runs::Chosen::default()).await.expect("it is planned");
        approved(&house, run).await;
        runs::execute_run(&house.app, run, false).await.expect("it is carried out");
        house.works().await;
        let line = lines(&house, reference).await.remove("Groq").expect("it is there");
        assert_eq!((line.state, line.way), (Standing::Failed, Way::Mail));
        assert!(line.steps.contains(&Step::Again) && line.steps.contains(&Step::Told), "{line:?}");
        let names = names_of(&house, reference).await;
        assert!(names.windows(2).any(|two| two == ["mail_failed", "recipient_failed"]), "{names:?}");
        step(&house, reference, "Groq", Step::Told, "").await.expect("told by phone");
        assert_eq!(state(&house, reference, "Groq").await, Standing::Told);
        agrees_with_its_events(&house, reference).await;
    }

    async fn the_laws_duty_to_tell_is_met_once_everybody_was_told(house: House) {
        let (house, _world) = house_with(house, On::Sqlite, by_mail()).await;
        let reference = verified(&house, DELETE, "1").await;
        for actor in [&house.agent, &house.officer] {
            // it takes two where a duty would end later
            let _ = verbs::set_jurisdiction(&house.app, actor, reference, i64::MAX, "DE").await;
        }
        let met = async || {
            let case = house.case(reference).await.case;
            case.clocks.iter().find(|c| c.duty == Duty::NotifyRecipients).map(|c| c.met)
        };
        let run = runs::plan_run(&house.app, &house.agent, reference, i64::MAX, &runs::Chosen::default()).await.expect("it is planned");
        approved(&house, run).await;
        house.works().await;
        assert_eq!(state(&house, reference, "Groq").await, Standing::Told);
        step(&house, reference, "Stripe", Step::Told, "").await.expect("told");
        let closing = house.case(reference).await.closing.expect("a letter is proposed");
        runs::close_with_letter(&house.app, &house.agent, reference, i64::MAX, &closing).await.expect("it leaves");
        assert_eq!(met().await, Some(None), "the law of the place asks for it once it was granted");
        house.pass(DAY);
        step(&house, reference, HOSTING, Step::Waived, "has nothing of this account").await.expect("waived");
        assert_eq!(met().await, Some(Some(house.app.now())));
        assert_eq!(house.case(reference).await.case.state, State::Resolved);
        agrees_with_its_events(&house, reference).await;
    }
}
