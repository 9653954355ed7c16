//! Secrets: covered wherever a mail is shown, shown for one view, and redacted for good in every copy of ours.

use crate::{
    app::{
        Error,
        case_page::{Full, What},
        intake::Read,
        queue, reading, verbs,
    },
    domain::{
        event::Event,
        identity::{MessageId, Reference},
        kind::Kind,
    },
    store::{contents, events, raws, sql},
    testing::{
        house::{House, mail},
        on_both,
    },
};

const CARD: &str = "4242 4242 4242 4242";
const COVERED: &str = "•••• •••• •••• 4242";

fn request() -> String {
    let text = format!("Please delete my account.\nCard {CARD}\nPassword: hunter22\n");
    mail("Anna Berg <anna@mail.example>", &format!("Card {CARD}"), "a1@mail.example", &text)
}

fn first_mail(full: &Full) -> (MessageId, String, String, usize) {
    let found = full.timeline.iter().find_map(|entry| match &entry.what {
        What::MailIn { message, subject, text, secrets, .. } => {
            Some((*message, subject.clone(), text.clone(), *secrets))
        }
        _ => None,
    });
    found.expect("a mail")
}

/// Everything that is stored of the case's words and of the mail, opened.
async fn stored(house: &House, reference: Reference, message: MessageId) -> String {
    let mut tx = house.app.db.read().await.expect("a reader");
    let kept = contents::contents_of(&mut tx, &house.app.vault, reference).await.expect("contents");
    let raw = raws::message_raw(&mut tx, &house.app.vault, message).await.expect("opens").expect("is there");
    let faces = sql("SELECT who || about FROM case_faces").all::<(String,)>(&mut tx).await.expect("faces");
    let mails: Vec<_> = kept.iter().filter(|(_, content)| !content.message_id.is_empty()).collect();
    format!("{mails:?} {} {faces:?}", String::from_utf8_lossy(&raw))
}

async fn audited(house: &House, action: &str) -> usize {
    let mut tx = house.app.db.read().await.expect("a reader");
    let rows = sql("SELECT object FROM audit WHERE action = $1").bind(action.to_owned()).all::<(String,)>(&mut tx);
    rows.await.expect("rows").len()
}

on_both! {
    async fn secrets_are_covered_until_somebody_asks_and_that_is_written_down(house: House) {
        let reference = house.opens(&request()).await;
        let full = house.case(reference).await;
        let (message, subject, text, secrets) = first_mail(&full);
        assert_eq!((subject.as_str(), secrets), (format!("Card {COVERED}").as_str(), 3));
        assert!(text.contains(COVERED) && text.contains("Password: [password]") && !text.contains("hunter22"), "{text}");
        assert_eq!(full.subject, format!("Card {COVERED}"));
        let page = queue::list(&house.app, &house.officer, &queue::QueueFilter::default()).await.expect("the queue");
        assert!(!format!("{:?}", page.rows).contains(CARD), "lists cover them too");
        assert_eq!(audited(&house, "secret_shown").await, 0);
        let shown = reading::show_secrets(&house.app, &house.agent, reference, message).await.expect("shown");
        assert!(shown.text.contains(CARD) && shown.text.contains("hunter22"));
        assert_eq!(audited(&house, "secret_shown").await, 1);
        let other = reading::show_secrets(&house.app, &house.agent, reference, MessageId(message.0 + 1)).await;
        assert!(matches!(other, Err(Error::NotFound)));
    }

    async fn redacted_is_redacted_in_every_copy_and_the_same_mail_is_still_known(house: House) {
        let reference = house.opens(&request()).await;
        let full = house.case(reference).await;
        let (message, ..) = first_mail(&full);
        assert!(stored(&house, reference, message).await.contains("hunter22"));
        let found = verbs::redact_message(&house.app, &house.agent, reference, full.case.seq, message).await.expect("redacted");
        assert_eq!(found, 3);
        let left = stored(&house, reference, message).await;
        assert!(!left.contains("hunter22") && !left.contains(CARD), "{left}");
        let full = house.case(reference).await;
        let (_, _, text, secrets) = first_mail(&full);
        assert_eq!(secrets, 0);
        assert!(text.starts_with("Please delete my account.") && text.contains(COVERED), "{text}");
        let mut tx = house.app.db.read().await.expect("a reader");
        let history = events::events_of(&mut tx, reference).await.expect("events");
        drop(tx);
        assert!(history.iter().any(|r| matches!(r.event, Event::MessageRedacted { message: m, found: 3, .. } if m == message)));
        assert_eq!(house.receives(&request()).await, Read::Already, "the same mail again");
        let relayed = format!("Received: from elsewhere\n{}", request());
        assert_eq!(house.receives(&relayed).await, Read::Already, "and the same by another way");
        let again = verbs::redact_message(&house.app, &house.agent, reference, i64::MAX, message).await;
        assert!(matches!(again, Err(Error::Invalid(_))), "{again:?}");
        assert_eq!(audited(&house, "message_redacted").await, 1);
    }

    async fn behind_the_wall_only_the_circle_shows_and_redacts(house: House) {
        let reference = house.opens(&request()).await;
        let (message, ..) = first_mail(&house.case(reference).await);
        let why = "it is about a minor";
        verbs::classify_case(&house.app, &house.officer, reference, i64::MAX, Kind::MinorData, why).await.expect("sealed");
        let shown = reading::show_secrets(&house.app, &house.agent, reference, message).await;
        assert!(matches!(shown, Err(Error::NotFound)));
        let redacted = verbs::redact_message(&house.app, &house.agent, reference, i64::MAX, message).await;
        assert!(matches!(redacted, Err(Error::NotFound)));
        verbs::redact_message(&house.app, &house.officer, reference, i64::MAX, message).await.expect("redacted");
        assert!(!stored(&house, reference, message).await.contains("hunter22"));
        let mut tx = house.app.db.read().await.expect("a reader");
        let readable = sql("SELECT COUNT(*) FROM contents WHERE case_id = $1 AND body IS NOT NULL").bind(reference);
        assert_eq!(readable.one::<(i64,)>(&mut tx).await.expect("a count").0, 0, "it stays sealed");
    }

    async fn others_who_were_quicker_are_told(house: House) {
        let reference = house.opens(&request()).await;
        let full = house.case(reference).await;
        let (message, ..) = first_mail(&full);
        verbs::add_note(&house.app, &house.officer, reference, "look first").await.expect("noted");
        let late = verbs::redact_message(&house.app, &house.agent, reference, full.case.seq, message).await;
        assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
        assert!(stored(&house, reference, message).await.contains("hunter22"));
    }
}
