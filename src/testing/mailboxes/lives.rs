//! The life of a folder and the consoles that read it: numbers that mean nothing any more, and two at once.

use super::{LEASE, TOKEN, arrive, count, reads, reads_as, request, row, watched};
use crate::{
    app::mailboxes::{self, Trouble, Visit},
    domain::identity::MessageId,
    mail::inbox::Then,
    store::{raws, sql},
    testing::on_both,
};

on_both! {
    async fn a_folder_with_new_numbers_brings_nothing_twice(house: House) {
        let mut watched = watched(Then::Leave);
        watched.folder = "Requests".to_owned();
        let mut client = arrive(&watched, 0..0);
        client.say("CREATE Requests");
        for number in 0..5 {
            client.append("Requests", &request(number));
        }
        reads(&house, &watched).await.expect("it is read");
        client.say("DELETE Requests");
        client.say("CREATE Requests");
        for number in [4, 2, 9] {
            client.append("Requests", &request(number));
        }
        reads(&house, &watched).await.expect("it is read again");
        house.works().await;
        assert_eq!((count(&house, "messages").await, count(&house, "cases").await), (6, 6), "one of them is new");
        assert_eq!(count(&house, "copies").await, 3, "only the numbers of this life are known");
        client.append("Requests", &request(10));
        reads(&house, &watched).await.expect("it is read again");
        assert_eq!((count(&house, "messages").await, count(&house, "copies").await), (7, 4));
    }

    async fn what_was_destroyed_here_is_not_taken_over_again_from_a_folder_with_new_numbers(house: House) {
        let mut watched = watched(Then::Leave);
        watched.folder = "Erased".to_owned();
        let mut client = arrive(&watched, 0..0);
        client.say("CREATE Erased");
        for number in 20..23 {
            client.append("Erased", &request(number));
        }
        reads(&house, &watched).await.expect("it is read");
        house.works().await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        let all = sql("SELECT id FROM messages").all::<(i64,)>(&mut tx).await.expect("they are listed");
        for (id,) in all {
            raws::message_forget_raw(&mut tx, MessageId(id)).await.expect("it is destroyed");
        }
        tx.commit().await.expect("it is kept");
        client.say("DELETE Erased");
        client.say("CREATE Erased");
        for number in 20..23 {
            client.append("Erased", &request(number));
        }
        reads(&house, &watched).await.expect("it is read again");
        house.works().await;
        assert_eq!((count(&house, "messages").await, count(&house, "cases").await), (3, 3), "nobody came back");
        let mut tx = house.app.db.read().await.expect("a reader");
        let (kept,): (i64,) = sql("SELECT COUNT(*) FROM message_pieces").one(&mut tx).await.expect("it counts");
        assert_eq!(kept, 0, "and nothing of what was destroyed is kept again");
    }

    async fn a_folder_is_read_by_one_console(house: House) {
        let watched = watched(Then::Leave);
        arrive(&watched, 0..2);
        reads(&house, &watched).await.expect("it is read");
        let other = [2; 16];
        assert!(matches!(reads_as(&house, &watched, &other).await, Err(Trouble::Lost)));
        mailboxes::give_back(&house.app, &TOKEN).await.expect("it is given back");
        reads_as(&house, &watched, &other).await.expect("it is read");
        assert!(row(&house, &watched).await.is_held);
    }

    async fn whoever_lost_the_folder_keeps_nothing_more(house: House) {
        let watched = watched(Then::Leave);
        arrive(&watched, 0..6);
        let (held, cursor) = mailboxes::take(&house.app, &watched, &TOKEN, LEASE).await.expect("asked").expect("free");
        let mut slow = Visit::begin(&house.app, &watched, held, cursor).await.expect("it begins");
        let asked = std::cell::Cell::new(0);
        slow.turn(|| { asked.set(asked.get() + 1); asked.get() > 2 }).await.expect("it stops");
        mailboxes::give_back(&house.app, &TOKEN).await.expect("as if the lease ran out");
        reads_as(&house, &watched, &[2; 16]).await.expect("the other reads it all");
        assert!(matches!(slow.turn(|| false).await, Err(Trouble::Lost)));
        assert_eq!((count(&house, "messages").await, count(&house, "copies").await), (6, 6));
    }
}
