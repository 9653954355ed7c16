//! What a mailbox is told: only after the commit, and once more where nobody knows whether it was told.

use super::{arrive, count, reads, request, row, watched};
use crate::{
    app::{
        mailboxes::{Removal, remove_copies},
        retention, verbs,
    },
    domain::{
        case::{Outcome, State},
        identity::{MessageId, Reference},
        rights::{Grant, Role},
    },
    mail::inbox::Then,
    store::{mailbox_copies::copies_of, sql},
    testing::{dovecot::Client, on_both, rights::hired},
};

/// How many messages lie in a folder.
fn lying(user: &str, folder: &str) -> usize {
    let mut client = Client::login(user);
    client.say(&format!("SELECT {folder}"));
    client
        .say("UID SEARCH ALL")
        .lines()
        .find_map(|line| line.strip_prefix("* SEARCH"))
        .map_or(0, |uids| uids.split_whitespace().count())
}

on_both! {
    async fn what_is_kept_is_marked_as_seen(house: House) {
        let watched = watched(Then::Flag);
        let mut client = arrive(&watched, 0..3);
        reads(&house, &watched).await.expect("it is read");
        client.say("SELECT INBOX");
        let flags = client.say("UID FETCH 1:* (FLAGS)");
        assert_eq!(flags.matches("\\Seen").count(), 3, "{flags}");
        assert_eq!(count(&house, "unsettled").await, 0);
    }

    async fn what_is_kept_is_moved_and_its_new_place_known(house: House) {
        let watched = watched(Then::Move("Recourse & Söhne".to_owned()));
        arrive(&watched, 0..3);
        reads(&house, &watched).await.expect("it is read");
        assert_eq!(lying(&watched.server.user, "INBOX"), 0);
        assert_eq!(lying(&watched.server.user, "\"Recourse &- S&APY-hne\""), 3);
        let mut tx = house.app.db.read().await.expect("a reader");
        let copies = copies_of(&mut tx, MessageId(2)).await.expect("it lists");
        assert_eq!(copies.len(), 1);
        assert_eq!((copies[0].uid, copies[0].moved_uid), (2, Some(2)));
        assert!(copies[0].moved_to.as_deref() == Some("Recourse & Söhne") && copies[0].moved_validity.is_some());
        drop(tx);
        arrive(&watched, 3..4);
        reads(&house, &watched).await.expect("it is read again");
        assert_eq!((count(&house, "messages").await, count(&house, "copies").await), (4, 4));
    }

    async fn what_was_kept_but_not_told_is_told_by_the_next_visit(house: House) {
        let watched = watched(Then::Move("Done".to_owned()));
        arrive(&watched, 0..3);
        reads(&house, &watched).await.expect("it is read");
        // as after a crash between the commit and the move, and after one behind the move
        let mut client = Client::login(&watched.server.user);
        client.append("INBOX", &request(7));
        let mut tx = house.app.db.begin().await.expect("a writer");
        sql("UPDATE mailbox_copies SET settled = FALSE").run(&mut tx).await.expect("it forgets");
        tx.commit().await.expect("it is kept");
        reads(&house, &watched).await.expect("it is read again");
        assert_eq!((lying(&watched.server.user, "INBOX"), lying(&watched.server.user, "Done")), (0, 4));
        assert_eq!((count(&house, "messages").await, count(&house, "unsettled").await), (4, 0));
    }

    async fn the_copies_of_one_message_are_removed_and_no_other(house: House) {
        let (moved, left) = (watched(Then::Move("Done".to_owned())), watched(Then::Leave));
        let house = house.with_mailboxes(vec![moved.clone(), left.clone()]);
        for watched in [&moved, &left] {
            arrive(watched, 0..3);
            reads(&house, watched).await.expect("it is read");
        }
        house.works().await;
        let gone = remove_copies(&house.app, MessageId(2)).await.expect("they are removed");
        assert_eq!(gone, Removal { removed: 2, left: 0 });
        let log = house.log().await;
        let told = log.iter().filter(|entry| entry.contains("mailbox_copies_removed") && entry.ends_with("message 2: removed 1"));
        assert!(told.clone().all(|entry| entry.contains(" R-")) && told.count() == 2, "each removal, with its case: {log:?}");
        assert_eq!((lying(&moved.server.user, "Done"), lying(&left.server.user, "INBOX")), (2, 2));
        assert_eq!(remove_copies(&house.app, MessageId(2)).await.expect("nothing is left to do"), Removal::default());
        reads(&house, &left).await.expect("it is read again");
        assert_eq!((count(&house, "messages").await, count(&house, "copies").await), (3, 4));
        let house = house.with_mailboxes(vec![left]);
        let gone = remove_copies(&house.app, MessageId(1)).await.expect("one is removed");
        assert_eq!(gone, Removal { removed: 1, left: 1 }, "the other mailbox is configured no more");
    }

    /// The copies of whom two people want erased are told of once each, on their own case.
    async fn the_copies_of_a_requester_who_is_erased_are_told_of_once(house: House) {
        let watched = watched(Then::Leave);
        arrive(&watched, 0..1);
        let house = house.with_mailboxes(vec![watched.clone()]);
        reads(&house, &watched).await.expect("it is read");
        house.works().await;
        let mut tx = house.app.db.read().await.expect("a reader");
        let (case,): (i64,) = sql("SELECT id FROM cases").one(&mut tx).await.expect("a case");
        drop(tx);
        let (app, case) = (&house.app, Reference(case));
        let refused = Some(Outcome::Refused);
        verbs::change_state(app, &house.officer, case, i64::MAX, State::Resolved, refused, "by phone").await.expect("resolved");
        house.works().await;
        let id = retention::ask_requester_erasure(app, &house.officer, case, "they asked").await.expect("it is asked for");
        let lead = hired(&house, "lead", &[Grant::everywhere(Role::Lead)]).await;
        retention::approve_requester_erasure(app, &lead, case, id).await.expect("approved");
        house.works().await;
        assert!(house.case(case).await.case.erased.is_some());
        assert_eq!(lying(&watched.server.user, "INBOX"), 0);
        let log = house.log().await;
        let told: Vec<_> = log.iter().filter(|entry| entry.contains("mailbox_copies_removed")).collect();
        assert_eq!(told, [&format!("system mailbox_copies_removed {case} message 1: removed 1")]);
    }

    async fn a_mailbox_that_will_not_be_told_is_read_all_the_same(house: House) {
        // a folder below one that can hold none is refused for good
        let watched = watched(Then::Move("INBOX/../x".to_owned()));
        arrive(&watched, 0..2);
        reads(&house, &watched).await.expect("it is read");
        assert_eq!((count(&house, "messages").await, count(&house, "unsettled").await), (2, 2));
        let row = row(&house, &watched).await;
        assert!(row.error.expect("it says so").contains("making the folder"), "and the mail room says so");
    }
}
