//! Servers and networks at their worst: each message comes once all the same, and the one that fails by itself holds up none.

use super::{LEASE, TOKEN, Watched, arrive, count, reads, row, watched};
use crate::{
    app::mailboxes::{self, Trouble},
    mail::inbox::{Error, Then},
    testing::{
        dovecot::DOVECOT,
        meddler::{Does, Meddler},
        on_both,
    },
};

/// The same folder, with somebody in between.
async fn meddled(deeds: &[Does]) -> (Watched, Meddler) {
    let mut watched = watched(Then::Flag);
    let meddler = Meddler::before(DOVECOT.clear, deeds).await;
    watched.server.port = meddler.port;
    (watched, meddler)
}

fn error(ended: Result<(), Trouble>) -> Error {
    match ended {
        Err(Trouble::Mailbox(error)) => error,
        other => panic!("the mailbox has no trouble: {other:?}"),
    }
}

on_both! {
    async fn f22_a_connection_cut_in_the_middle_of_a_message(house: House) {
        let (watched, _meddler) = meddled(&[Does::Pass, Does::Cut(100), Does::Cut(1)]).await;
        arrive(&watched, 0..3);
        for _ in 0..2 {
            assert!(matches!(error(reads(&house, &watched).await), Error::Cut(_)));
            assert_eq!(count(&house, "messages").await, 1, "what was cut is not kept, and what is behind it waits its turn");
        }
        reads(&house, &watched).await.expect("it is read");
        assert_eq!((count(&house, "messages").await, count(&house, "copies").await, count(&house, "unsettled").await), (3, 3, 0));
        assert_eq!(row(&house, &watched).await.left_behind, 0);
    }

    async fn f22_a_message_that_always_fails_lets_the_others_pass(house: House) {
        let (watched, meddler) = meddled(&[Does::Cut(100), Does::Cut(100), Does::Cut(100)]).await;
        arrive(&watched, 0..3);
        for _ in 0..3 {
            assert!(matches!(error(reads(&house, &watched).await), Error::Cut(_)));
        }
        reads(&house, &watched).await.expect("the others are read");
        assert_eq!((count(&house, "messages").await, meddler.asked()), (2, 5));
        let behind = row(&house, &watched).await;
        assert_eq!(behind.left_behind, 1);
        assert!(behind.left_because.expect("it says why").contains("ended"));
        make_due(&house).await;
        reads(&house, &watched).await.expect("it is tried again");
        assert_eq!((count(&house, "messages").await, row(&house, &watched).await.left_behind), (3, 0));
    }

    async fn f22_an_answer_that_is_no_imap(house: House) {
        let (watched, _meddler) = meddled(&[Does::Garble]).await;
        arrive(&watched, 0..2);
        assert_eq!(error(reads(&house, &watched).await), Error::Garbled("a message"));
        reads(&house, &watched).await.expect("the other is read");
        assert_eq!((count(&house, "messages").await, row(&house, &watched).await.left_behind), (1, 1));
        make_due(&house).await;
        reads(&house, &watched).await.expect("it is tried again");
        assert_eq!((count(&house, "messages").await, row(&house, &watched).await.left_behind), (2, 0));
    }

    async fn f22_a_message_that_the_server_refuses_to_give(house: House) {
        let (watched, _meddler) = meddled(&[Does::No]).await;
        arrive(&watched, 0..2);
        reads(&house, &watched).await.expect("the visit goes on");
        let behind = row(&house, &watched).await;
        assert_eq!((count(&house, "messages").await, behind.left_behind), (1, 1));
        assert!(behind.left_because.expect("it says why").ends_with("(SERVERBUG)"));
    }

    async fn f22_a_server_that_says_good_bye(house: House) {
        let (watched, _meddler) = meddled(&[Does::Pass, Does::Bye]).await;
        arrive(&watched, 0..3);
        assert_eq!(error(reads(&house, &watched).await), Error::Bye("a message"));
        assert!(row(&house, &watched).await.failed_at.is_some());
        reads(&house, &watched).await.expect("it is read");
        assert_eq!(count(&house, "messages").await, 3);
        assert!(row(&house, &watched).await.failed_at.is_none(), "and all is well again");
    }

    async fn a_lease_outlives_nobody(house: House) {
        let watched = watched(Then::Leave);
        assert!(mailboxes::take(&house.app, &watched, &TOKEN, -1).await.expect("asked").is_some());
        assert!(mailboxes::take(&house.app, &watched, &[2; 16], LEASE).await.expect("asked").is_some(), "it ran out");
        assert!(mailboxes::take(&house.app, &watched, &TOKEN, LEASE).await.expect("asked").is_none());
    }
}

/// What was left behind is due again.
async fn make_due(house: &super::House) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    crate::store::sql("UPDATE mailbox_copies SET again_at = 0 WHERE message_id IS NULL")
        .run(&mut tx)
        .await
        .expect("it is due");
    tx.commit().await.expect("it is kept");
}
