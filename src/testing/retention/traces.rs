//! What an erasure of a requester finds: mail that became no case, copies of mail, what came back after, and what it says of
//! what it could not find; and that it comes to its end.

use super::{
    ANA, answered, applies, chain_is_whole, count, ends, raws, readable,
    requester::{ask, lead, page},
    resolve,
    stays::lies_in_a_mailbox,
    with_file,
};
use crate::{
    app::{Error, intake::Read, quarantine, retention, verbs},
    domain::{
        identity::{MessageId, Reference},
        time::DAY,
    },
    store::{drafts, requester_erasures::ErasureState, sql},
    testing::{
        house::{House, mail},
        on_both,
    },
};

async fn erases(house: &House, case: Reference) {
    let id = ask(house, case).await;
    retention::approve_requester_erasure(&house.app, &lead(house).await, case, id).await.expect("approved");
    house.works().await;
}

async fn changes(house: &House, statement: &'static str) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    sql(statement).run(&mut tx).await.expect("it is changed");
    tx.commit().await.expect("kept");
}

/// The same words, come by another way.
fn again(raw: &str, way: &str) -> String {
    format!("Received: from {way} by mx.imagegen.example; Mon, 2 Nov 2026 10:00:00 +0000\n{raw}")
}

on_both! {
    async fn mail_that_became_no_case_goes_with_its_person_however_much_there_is(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        let bens = house.opens(&mail("ben@mail.example", "Privacy Request", "b1@mail.example", "A copy, please.")).await;
        let aside = mail(ANA, "Privacy Request", "a2@mail.example", "Canarybird once more.");
        let third = house.opens(&aside).await;
        resolve(&house, third).await;
        changes(&house, "UPDATE messages SET state = 'discarded', case_id = NULL, who = 'Canarybird', reason = 'Canarybird again' WHERE id = 3").await;
        // it came by two ways, before anybody knew whose it is
        assert_eq!(house.receives(&again(&aside, "elsewhere")).await, Read::Already);
        let mut tx = house.app.db.begin().await.expect("a writer");
        for number in 0..210_i64 {
            sql("INSERT INTO messages (product, state, received_at, size, raw_digest, wrapped_key, cipher, came, sender)
                 SELECT product, 'discarded', received_at, size, $1, wrapped_key, cipher, came, sender FROM messages WHERE id = 3")
                .bind(number.to_le_bytes().to_vec()).run(&mut tx).await.expect("one more");
        }
        // this one may be evidence in somebody else’s case, and that one somebody has to decide about
        sql("UPDATE messages SET near_id = $1 WHERE id = 5").bind(bens).run(&mut tx).await.expect("it points there");
        sql("UPDATE messages SET state = 'quarantined', reason = 'many' WHERE id = 6").run(&mut tx).await.expect("it waits");
        tx.commit().await.expect("kept");
        lies_in_a_mailbox(&house).await;
        let seen = page(&house, &house.officer, one).await;
        assert_eq!((seen.aside.goes, seen.aside.waits), (210, 1));
        erases(&house, one).await;
        assert_eq!(raws(&house).await, 3, "somebody else’s mail, what points at their case, and what waits");
        assert_eq!(count(&house, "SELECT COUNT(*) FROM messages WHERE reason = 'Canarybird again'").await, 0);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM mailbox_copies WHERE message_id IN (SELECT id FROM messages WHERE LENGTH(wrapped_key) = 0)").await, 0);
        let past = page(&house, &house.officer, one).await.past;
        assert!(past[0].gone.left >= 211, "nobody reads that mailbox any more, and it is said: {:?}", past[0].gone);
        chain_is_whole(&house).await;
    }

    async fn a_copy_goes_where_the_first_one_goes(house: House) {
        let first = with_file(ANA, "a1@mail.example");
        let case = house.opens(&first).await;
        changes(&house, "UPDATE messages SET state = 'quarantined', case_id = NULL, reason = 'many' WHERE id = 1").await;
        assert_eq!(house.receives(&again(&first, "elsewhere")).await, Read::Already);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM messages WHERE case_id IS NULL AND sender IS NOT NULL").await, 2);
        quarantine::attach(&house.app, &house.agent, MessageId(1), &case.to_string()).await.expect("it belongs there");
        assert_eq!(count(&house, "SELECT COUNT(*) FROM messages WHERE case_id IS NOT NULL").await, 2);
    }

    async fn unreadable_mail_that_somebody_discarded_ends_too(house: House) {
        house.opens(&with_file(ANA, "a1@mail.example")).await;
        changes(&house, "UPDATE messages SET state = 'discarded', case_id = NULL, restricted = TRUE, reason = 'from Canarybird, spam'").await;
        house.pass(366 * DAY);
        applies(&house).await;
        assert_eq!(raws(&house).await, 0);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM messages WHERE reason IS NOT NULL").await, 0, "what somebody typed goes with it");
    }

    async fn nothing_is_begun_on_an_erased_case_and_what_came_anyway_goes(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        let two = answered(&house, ANA, "a2@mail.example").await;
        let id = ask(&house, two).await;
        ends(&house, one).await;
        let mut tx = house.app.db.begin().await.expect("a writer");
        drafts::draft_keep(&mut tx, &house.app.vault, one, house.agent.id, "Dear Canarybird", house.app.now()).await.expect("late");
        tx.commit().await.expect("kept");
        let late = verbs::keep_draft(&house.app, &house.agent, one, "Dear Canarybird").await;
        assert!(matches!(late, Err(Error::Invalid(_))), "{late:?}");
        retention::approve_requester_erasure(&house.app, &lead(&house).await, two, id).await.expect("approved");
        house.works().await;
        assert_eq!(count(&house, "SELECT COUNT(*) FROM drafts").await, 0);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM requester_erasures WHERE state = 'done'").await, 1);
        assert!(!readable(&house).await.contains("canary"));
    }

    async fn copies_in_mailboxes_are_known_as_long_as_the_case_is_kept(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        lies_in_a_mailbox(&house).await;
        house.pass(366 * DAY);
        applies(&house).await;
        assert_eq!((raws(&house).await, count(&house, "SELECT COUNT(*) FROM mailbox_copies").await), (0, 1));
        erases(&house, one).await;
        let past = page(&house, &house.officer, one).await.past;
        assert_eq!((past[0].state, past[0].gone.left), (ErasureState::Done, 1));
        let told = count(&house, "SELECT COUNT(*) FROM audit WHERE action = 'requester_erased' AND object LIKE '%left=1%'").await;
        assert_eq!(told, 1);
    }

    async fn an_erasure_comes_to_its_end_whatever_became_of_its_job(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        let two = answered(&house, ANA, "a2@mail.example").await;
        let (other, id) = (ask(&house, one).await, ask(&house, two).await);
        retention::approve_requester_erasure(&house.app, &lead(&house).await, two, id).await.expect("approved");
        // a mailbox was away for a day
        changes(&house, "UPDATE jobs SET state = 'dead', finished_at = run_at WHERE work = 'erase_requester'").await;
        house.works().await;
        assert!(house.case(two).await.case.erased.is_none());
        applies(&house).await;
        house.works().await;
        assert!(house.case(one).await.case.erased.is_some() && house.case(two).await.case.erased.is_some());
        let seen = page(&house, &house.officer, one).await;
        assert!(seen.open.is_none(), "nobody has to decide about what is gone");
        assert_eq!((seen.past[0].id, seen.past[0].state), (other, ErasureState::Overtaken));
    }

    async fn a_case_of_another_address_that_was_merged_goes_too(house: House) {
        let one = house.opens(&mail(ANA, "Privacy Request", "a1@mail.example", "A copy, please.")).await;
        let two = house.opens(&mail("ana@work.example", "Privacy Request", "w1@mail.example", "A copy for Canarybird.")).await;
        verbs::merge_case(&house.app, &house.officer, two, i64::MAX, &one.to_string(), "she writes from work").await.expect("merged");
        resolve(&house, one).await;
        erases(&house, one).await;
        assert!(house.case(two).await.case.erased.is_some());
        assert!(!readable(&house).await.contains("canary"));
    }
}
