//! What goes over the wire, against a server that misbehaves at each step.

use crate::{
    domain::time::Instant,
    mail::outbox::{Automatic, Letter, SendError, Transport},
    testing::smtp::{Does, Smtp},
};
use std::time::{Duration, Instant as Moment};

fn letter(number: usize) -> Letter {
    Letter {
        sender: None,
        from: ("ImageGen".into(), "privacy@imagegen.example".into()),
        to: (String::new(), "r@mail.example".into()),
        reply_to: Some("privacy+abc@imagegen.example".into()),
        subject: "Hello".into(),
        text: "hi\n.\n..two dots".into(),
        html: "<p>hi</p>".into(),
        message_id: format!("m{number}@imagegen.example"),
        references: Vec::new(),
        automatic: Some(Automatic::Replied),
        date: Instant(1_790_000_000_000),
    }
}

fn reaching(server: &Smtp, more: &str) -> Transport {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Transport::smtp(&format!("{}{more}", server.url())).expect("the address is understood")
}

#[tokio::test]
async fn one_connection_carries_many_mails_and_each_has_its_envelope() {
    let server = Smtp::start(&[]).await;
    let transport = reaching(&server, "");
    for number in 0..5 {
        let sender = (number % 2 == 0).then(|| "privacy@imagegen.example".to_owned());
        transport.send(&Letter { sender, ..letter(number) }).await.expect("it leaves");
    }
    assert_eq!(server.heard("CONNECT").len(), 1);
    let froms = server.heard("MAIL");
    assert_eq!(froms.iter().filter(|line| line.starts_with("MAIL FROM:<>")).count(), 2, "{froms:?}");
    assert_eq!(froms.iter().filter(|line| line.starts_with("MAIL FROM:<privacy@imagegen.example>")).count(), 3);
    assert_eq!(server.message_ids().len(), 5);
    let mail = &server.mails()[0];
    assert!(mail.contains("\r\n..\r\n...two dots"), "dots are doubled on the wire: {mail}");
    assert!(mail.contains("Reply-To: ImageGen <privacy+abc@imagegen.example>\r\n"), "{mail}");
}

#[tokio::test]
async fn at_once_there_are_few_connections() {
    let server = Smtp::start(&[Does::Hold(Duration::from_millis(200)); 30]).await;
    let transport = reaching(&server, "");
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..30 {
        let transport = transport.clone();
        tasks.spawn(async move { transport.send(&letter(number)).await });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert!(server.heard("CONNECT").len() <= 8, "{}", server.heard("CONNECT").len());
}

#[tokio::test]
async fn f5_each_answer_says_what_becomes_of_the_mail_and_the_connection_lives_on() {
    let script = [
        Does::Recipient("450 4.2.1 greylisted r@mail.example"),
        Does::Recipient("550 5.1.1 r@mail.example unknown"),
        Does::Recipient("550 5.7.1 go away"),
        Does::Sender("553 5.1.8 your domain"),
        Does::Mail("554 5.6.0 no"),
        Does::Mail("452 4.3.1 full"),
    ];
    let server = Smtp::start(&script).await;
    let transport = reaching(&server, "");
    let mut outcomes = Vec::new();
    for number in 0..=script.len() {
        outcomes.push(transport.send(&letter(number)).await);
    }
    let says: Vec<_> = outcomes.iter().filter_map(|o| o.as_ref().err().map(ToString::to_string)).collect();
    assert!(says.iter().all(|says| !says.contains("mail.example") && !says.contains("go away")), "{says:?}");
    assert!(
        matches!(
            &outcomes[..],
            [
                Err(SendError::Busy(_)),
                Err(SendError::Gone { status, .. }),
                Err(SendError::Refused(_)),
                Err(SendError::Refused(_)),
                Err(SendError::Refused(_)),
                Err(SendError::Busy(_)),
                Ok(())
            ] if status == "5.1.1"
        ),
        "{outcomes:?}"
    );
    assert_eq!(server.heard("CONNECT").len(), 1, "a refusal costs no connection");
}

#[tokio::test]
async fn f5_a_connection_that_ended_meanwhile_costs_no_try_and_one_given_up_is_never_used_again() {
    let script = [
        Does::LastOne,
        Does::Hold(Duration::ZERO),
        Does::HangUp,
        Does::Recipient("421 4.3.2 closing"),
        Does::Greets("421 4.3.2 too many"),
        Does::Greets("554 5.3.2 never"),
    ];
    let server = Smtp::start(&script).await;
    let transport = reaching(&server, "");
    transport.send(&letter(1)).await.expect("it leaves");
    transport.send(&letter(2)).await.expect("on a new connection");
    assert!(matches!(transport.send(&letter(3)).await, Err(SendError::InDoubt(_))), "the answer is missing");
    assert!(matches!(transport.send(&letter(4)).await, Err(SendError::Busy(_))));
    assert!(matches!(transport.send(&letter(5)).await, Err(SendError::Unreachable(_))), "no mail's fault");
    assert!(matches!(transport.send(&letter(5)).await, Err(SendError::Unreachable(_))), "no mail's fault either");
    transport.send(&letter(5)).await.expect("at last");
    assert_eq!(server.message_ids().len(), 4);
}

#[tokio::test]
async fn f5_silence_before_the_mail_is_no_doubt_and_ends_in_time() {
    let server = Smtp::start(&[Does::NoRecipient, Does::NoGreeting]).await;
    let transport = reaching(&server, "");
    let silent = Smtp::start(&[Does::Silence]).await;
    let begun = Moment::now();
    let (doubt, first, second) = tokio::join!(
        async {
            let (transport, mail) = (reaching(&silent, ""), letter(9));
            let (sent, ()) = tokio::join!(transport.send(&mail), silent.has_seen(1));
            sent
        },
        async { transport.send(&letter(1)).await },
        async {
            server.has_heard("RCPT").await;
            transport.send(&letter(2)).await
        }
    );
    assert!(matches!(first, Err(SendError::Unreachable(_))), "{first:?}");
    assert!(matches!(second, Err(SendError::Unreachable(_))), "{second:?}");
    assert!(matches!(doubt, Err(SendError::InDoubt(_))), "it had the whole mail: {doubt:?}");
    assert!(begun.elapsed() < Duration::from_secs(45));
    transport.send(&letter(3)).await.expect("others flow");
    assert_eq!(server.message_ids(), ["m3@imagegen.example"]);
}

#[tokio::test]
async fn f5_where_encryption_is_stripped_or_broken_nothing_leaves_in_clear() {
    let server = Smtp::start(&[]).await;
    for (more, needle) in [("?tls=required", "no encryption"), ("/desk.example?tls=required", "no encryption")] {
        let error = reaching(&server, more).send(&letter(1)).await.expect_err("it stays");
        assert!(matches!(&error, SendError::Unreachable(says) if says.contains(needle)), "{error:?}");
    }
    let with_password = format!("smtp://user:hunter2@127.0.0.1:{}?tls=opportunistic", server.port);
    let transport = Transport::smtp(&with_password).expect("understood");
    assert!(matches!(transport.send(&letter(1)).await, Err(SendError::Unreachable(_))), "no password in clear");
    let broken = Smtp::offering(Some("STARTTLS"), &[]).await;
    let error = reaching(&broken, "?tls=required").send(&letter(1)).await.expect_err("it stays");
    assert!(matches!(error, SendError::Unreachable(_)), "{error:?}");
    let implicit = Transport::smtp(&server.url().replace("smtp:", "smtps:")).expect("understood");
    assert!(matches!(implicit.send(&letter(1)).await, Err(SendError::Unreachable(_))));
    for server in [&server, &broken] {
        assert!(server.heard("MAIL").is_empty() && server.heard("AUTH").is_empty());
    }
    reaching(&server, "?tls=opportunistic").send(&letter(1)).await.expect("where nothing is asked for, it leaves");
}
