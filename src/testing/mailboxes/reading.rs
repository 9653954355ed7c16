//! Reading: over TLS and STARTTLS, in order, from a cursor that nothing but us moves.

use super::{LEASE, PRODUCT, TOKEN, arrive, count, kept_sizes, reads, request, row, trust, watched};
use crate::{
    app::{
        intake,
        mailboxes::{self, Trouble, Visit},
    },
    domain::{mail::Came, time::Instant},
    mail::inbox::{Error, Security, Then, Trust},
    store::sql,
    testing::{dovecot::DOVECOT, on_both},
};

on_both! {
    async fn a_mail_in_a_mailbox_becomes_a_case_over_each_kind_of_connection(house: House) {
        for (number, (port, security)) in
            [(DOVECOT.tls, Security::Implicit(trust())), (DOVECOT.clear, Security::StartTls(trust())), (DOVECOT.clear, Security::Clear)]
                .into_iter()
                .enumerate()
        {
            let mut watched = watched(Then::Leave);
            (watched.server.port, watched.server.security) = (port, security);
            arrive(&watched, number..number + 1);
            reads(&house, &watched).await.expect("it is read");
        }
        house.works().await;
        assert_eq!((count(&house, "messages").await, count(&house, "cases").await), (3, 3));
        let mut tx = house.app.db.read().await.expect("a reader");
        let came = sql("SELECT COUNT(*) FROM messages WHERE came = 'imap'").one::<(i64,)>(&mut tx).await.expect("it counts");
        assert_eq!(came, (3,));
    }

    async fn two_hundred_messages_come_in_order_and_once(house: House) {
        let watched = watched(Then::Leave);
        let mut client = arrive(&watched, 0..0);
        // each is longer than the one before, so that its size tells its place
        let mail = |number: usize| [request(1000 + number), vec![b'x'; number], b"\r\n".to_vec()].concat();
        for number in 0..200 {
            client.append("INBOX", &mail(number));
        }
        reads(&house, &watched).await.expect("it is read");
        let wanted: Vec<_> = (0..200).map(|number| i64::try_from(mail(number).len()).expect("small")).collect();
        assert_eq!(kept_sizes(&house).await, wanted);
        reads(&house, &watched).await.expect("it is read again");
        client.append("INBOX", &mail(200));
        reads(&house, &watched).await.expect("it is read again");
        assert_eq!(kept_sizes(&house).await.len(), 201);
        assert_eq!(row(&house, &watched).await.waiting, 0);
    }

    async fn what_others_have_seen_or_removed_changes_nothing(house: House) {
        let watched = watched(Then::Leave);
        let mut client = arrive(&watched, 0..4);
        client.say("SELECT INBOX");
        client.say("UID STORE 1:2 +FLAGS (\\Seen)");
        client.say("UID STORE 3 +FLAGS (\\Deleted)");
        client.say("EXPUNGE");
        reads(&house, &watched).await.expect("it is read");
        assert_eq!(count(&house, "messages").await, 3);
        let flags = client.say("UID FETCH 1:* (FLAGS)");
        assert_eq!(flags.matches("\\Seen").count(), 2, "fetching marks nothing: {flags}");
    }

    async fn a_visit_that_stops_in_the_middle_goes_on_where_it_stopped(house: House) {
        let watched = watched(Then::Leave);
        arrive(&watched, 0..10);
        let (held, cursor) = mailboxes::take(&house.app, &watched, &TOKEN, LEASE).await.expect("asked").expect("it is free");
        let mut visit = Visit::begin(&house.app, &watched, held, cursor).await.expect("it begins");
        let asked = std::cell::Cell::new(0);
        visit.turn(|| { asked.set(asked.get() + 1); asked.get() > 4 }).await.expect("it stops in good order");
        assert_eq!(count(&house, "messages").await, 4);
        assert_eq!(row(&house, &watched).await.waiting, 6, "progress is shown");
        drop(visit);
        reads(&house, &watched).await.expect("it is read");
        assert_eq!((count(&house, "messages").await, count(&house, "copies").await), (10, 10));
    }

    async fn clocks_run_from_when_the_mailbox_got_it(house: House) {
        let watched = watched(Then::Leave);
        let mut client = arrive(&watched, 0..0);
        for number in 0..2 {
            let mail = String::from_utf8(request(number)).expect("it is text");
            client.say(&format!("APPEND INBOX \"20-Nov-2020 08:30:00 +0530\" {{{}+}}\r\n{mail}", mail.len()));
            reads(&house, &watched).await.expect("it is read");
            house.clock.set(Instant(1_577_836_800_000));
        }
        let mut tx = house.app.db.read().await.expect("a reader");
        let at = sql("SELECT received_at FROM messages ORDER BY id").all::<(i64,)>(&mut tx).await.expect("it lists");
        assert_eq!(at, [(1_605_841_200_000,), (1_577_836_800_000,)], "but nothing comes from the future");
    }

    async fn what_came_by_another_way_before_is_known(house: House) {
        let watched = watched(Then::Leave);
        intake::keep(&house.app, PRODUCT, request(1), Came::Pipe).await.expect("it is kept");
        arrive(&watched, 1..2);
        reads(&house, &watched).await.expect("it is read");
        assert_eq!((count(&house, "messages").await, count(&house, "copies").await), (1, 1), "the row knows its copy");
    }

    async fn nobody_is_let_in_or_believed_by_mistake(house: House) {
        let refusals = |error: Trouble| match error { Trouble::Mailbox(error) => error, other => panic!("{other}") };
        let mut wrong = watched(Then::Leave);
        wrong.server.password = zeroize::Zeroizing::new("hunter2".to_owned());
        let error = refusals(reads(&house, &wrong).await.expect_err("the password is wrong"));
        assert_eq!(error, Error::Refused);
        let says = row(&house, &wrong).await;
        let error = says.error.expect("it says why");
        assert!(says.failed_at.is_some() && error.contains("password") && !error.contains("hunter2") && !error.contains(&wrong.server.user), "{error}");

        let mut stranger = watched(Then::Leave);
        (stranger.server.port, stranger.server.security) = (DOVECOT.tls, Security::Implicit(Trust::system().expect("the system trusts somebody")));
        assert!(matches!(refusals(reads(&house, &stranger).await.expect_err("nobody signed it")), Error::Untrusted(_)));
        (stranger.server.host, stranger.server.security) = ("127.0.0.1".to_owned(), Security::Implicit(trust()));
        assert!(matches!(refusals(reads(&house, &stranger).await.expect_err("it has another name")), Error::Untrusted(_)));

        let mut nowhere = watched(Then::Leave);
        nowhere.folder = "No such folder".to_owned();
        assert_eq!(refusals(reads(&house, &nowhere).await.expect_err("it is not there")), Error::NoFolder);
        nowhere.server.port = 1;
        assert!(matches!(refusals(reads(&house, &nowhere).await.expect_err("nobody listens")), Error::Unreachable(_)));
    }
}
