//! The audit log: what it holds, that nobody can change it unseen, and who may look at it.

mod acts;
mod begin;
mod page;
mod tampering;

use super::{
    house::{House, mail},
    on_both,
};
use crate::{
    app::{
        audit::{self, Notary, Report, Sealed, Trust},
        reading, sign_in, verbs,
    },
    domain::identity::{MessageId, Reference},
    generation::receipt::Signer,
    store::{Tx, audit::entries_from, raws, sql},
};
use std::fs;

/// Who signs checkpoints in tests.
fn notary(house: &House) -> Notary {
    Notary::open(Signer::of("audit", [5; 32]), &house.folder.path().join("checkpoints")).expect("the folder opens")
}

/// Signs a checkpoint of the last entry.
async fn seals(house: &House) -> i64 {
    let notary = notary(house);
    let mut tx = house.app.db.begin().await.expect("a writer");
    let (id, key) = (notary.signer().key_id().to_owned(), notary.signer().public_key());
    crate::store::audit::checkpoints::audit_key_use(&mut tx, &id, &key, house.app.now()).await.expect("it is kept");
    tx.commit().await.expect("it commits");
    match audit::seal(&house.app.db, &notary, 0, house.app.now()).await.expect("it is sealed") {
        Sealed::Entry(number) => number,
        Sealed::Already => 0,
    }
}

async fn verified(house: &House) -> Report {
    let keys = audit::public_keys(&house.app).await.expect("the keys");
    let trust = Trust { keys, folder: Some(house.folder.path().join("checkpoints")) };
    audit::verify(&house.app.db, &trust).await.expect("it is checked")
}

async fn text(statement: &'static str, tx: &mut Tx) -> Vec<String> {
    let rows = sql(statement).all::<(String,)>(tx).await.expect("it reads");
    rows.into_iter().map(|(text,)| text).collect()
}

async fn numbers(house: &House) -> Vec<i64> {
    let mut tx = house.app.db.read().await.expect("a reader");
    let rows = sql("SELECT id FROM audit ORDER BY id").all::<(i64,)>(&mut tx).await.expect("it reads");
    rows.into_iter().map(|(number,)| number).collect()
}

/// A case with a few things done on it.
async fn works_on_a_case(house: &House) -> Reference {
    let text = "Please delete my account.\nPassword: hunter22\n";
    let reference = house.opens(&mail("Anna Berg <anna@mail.example>", "My data", "a1@mail.example", text)).await;
    let (app, agent) = (&house.app, &house.agent);
    verbs::add_note(app, agent, reference, "called Anna Berg").await.expect("a note");
    verbs::assign_case(app, agent, reference, i64::MAX, Some(agent.id)).await.expect("assigned");
    let mut tx = app.db.read().await.expect("a reader");
    let (message,) = sql("SELECT MAX(id) FROM messages").one::<(i64,)>(&mut tx).await.expect("it reads");
    drop(tx);
    reading::show_secrets(app, agent, reference, MessageId(message)).await.expect("shown");
    reference
}

on_both! {
    async fn s38_sixteen_writers_leave_no_gap_and_a_whole_chain(house: House) {
        let reference = works_on_a_case(&house).await;
        let before = numbers(&house).await.len();
        let writers: Vec<_> = (0..16).map(|n| {
            let (app, actor) = (house.app.clone(), house.agent.clone());
            tokio::spawn(async move {
                for i in 0..5 {
                    // every third is rolled back: it leaves no gap either
                    let mut tx = app.db.begin().await.expect("a writer");
                    let action = audit::AuditAction::NoteAdded;
                    crate::store::audit::audit_append(&mut tx, app.now(), Some(actor.id), action, Some(reference), &format!("{n}.{i}"));
                    if (n + i) % 3 > 0 {
                        tx.commit().await.expect("it commits");
                    }
                }
            })
        }).collect();
        for writer in writers {
            writer.await.expect("it ends");
        }
        let numbers = numbers(&house).await;
        assert!(numbers.len() > before + 16 * 3, "{}", numbers.len());
        assert_eq!(numbers, (1..=i64::try_from(numbers.len()).expect("few")).collect::<Vec<_>>());
        let report = verified_without_folder(&house).await;
        assert!(report.whole && report.entries == numbers[numbers.len() - 1], "{report:?}");
    }

    async fn s38_erasing_a_person_keeps_the_chain_and_the_log_never_named_them(house: House) {
        let reference = works_on_a_case(&house).await;
        house.works().await;
        seals(&house).await;
        let seq = house.case(reference).await.case.seq;
        verbs::redact_message(&house.app, &house.agent, reference, seq, MessageId(1)).await.expect("redacted");
        let mut tx = house.app.db.begin().await.expect("a writer");
        for statement in [
            "UPDATE contents SET body = NULL, wrapped_key = NULL, cipher = NULL",
            "DELETE FROM case_faces",
            "UPDATE cases SET requester_digest = NULL",
        ] {
            sql(statement).run(&mut tx).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        raws::message_forget_raw(&mut tx, MessageId(1)).await.expect("it goes");
        tx.commit().await.expect("it commits");
        seals(&house).await;
        let report = verified(&house).await;
        assert!(report.whole && report.checkpoints == 2, "{report:?}");
        let mut tx = house.app.db.read().await.expect("a reader");
        let all = text("SELECT who || ' ' || action || ' ' || object || ' ' || fields || ' ' || place FROM audit", &mut tx).await;
        let all = all.join("\n").to_lowercase();
        for word in ["anna", "berg", "mail.example", "hunter", "called", "delete my"] {
            assert!(!all.contains(word), "{word} in\n{all}");
        }
    }

    async fn an_entry_says_which_fields_changed_and_the_database_refuses_to_change_it(house: House) {
        works_on_a_case(&house).await;
        let mut tx = house.app.db.read().await.expect("a reader");
        assert_eq!(text("SELECT fields FROM audit WHERE action = 'case_assigned'", &mut tx).await, ["state, owner"]);
        drop(tx);
        for statement in [
            "UPDATE audit SET object = 'x' WHERE id = 2",
            "DELETE FROM audit WHERE id = 2",
            "INSERT INTO audit SELECT id + 1000, at, who, staff_id, action, case_id, object, fields, place, hash FROM audit WHERE id = 2",
        ] {
            let mut tx = house.app.db.begin().await.expect("a writer");
            let refused = sql(statement).run(&mut tx).await.expect_err(statement).to_string();
            assert!(refused.contains("the audit log is"), "{refused}");
        }
    }

    async fn s38_failing_to_sign_in_again_and_again_is_an_entry_without_the_address(house: House) {
        let (email, client) = ("officer@imagegen.example", "198.51.100.7");
        let wrong = sign_in::Typed { email, password: "wrong", client, device: None, session: None };
        let _ = sign_in::sign_in(&house.app, wrong).await;
        let mut tx = house.app.db.read().await.expect("a reader");
        let failed = "SELECT who || ' ' || object FROM audit WHERE action = 'sign_in_slowed'";
        assert!(text(failed, &mut tx).await.is_empty(), "the free tries are nobody's business");
        drop(tx);
        for _ in 0..5 {
            let _ = sign_in::sign_in(&house.app, wrong).await;
        }
        let mut tx = house.app.db.read().await.expect("a reader");
        let failed = text(failed, &mut tx).await;
        assert!(matches!(&failed[..], [one] if one.starts_with("visitor ") && !one.contains('@')), "{failed:?}");
    }

    async fn a_checkpoint_lasts_in_a_file_for_its_owner_only_and_is_published(house: House) {
        use std::os::unix::fs::PermissionsExt as _;
        works_on_a_case(&house).await;
        let sealed = seals(&house).await;
        let file = notary(&house).file().to_owned();
        assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o600);
        // the machine lost its power within a line: what follows is a line of its own
        let text = fs::read_to_string(&file).expect("it reads");
        fs::write(&file, format!("{text}{}", &text[..40])).expect("it is written");
        assert_eq!(seals(&house).await, sealed);
        let report = verified(&house).await;
        assert!(report.whole && (report.checkpoints, report.sealed) == (2, sealed), "{report:?}");
        let mut tx = house.app.db.read().await.expect("a reader");
        let last = entries_from(&mut tx, sealed, 2).await.expect("entries");
        assert!(matches!(&last[..], [(_, hash)] if text.contains(&data_encoding::HEXLOWER.encode(hash))));
        let keys = audit::public_keys(&house.app).await.expect("the keys").keys;
        assert!(matches!(&keys[..], [one] if one.kid == notary(&house).signer().key_id()));
    }
}

async fn verified_without_folder(house: &House) -> Report {
    let keys = audit::public_keys(&house.app).await.expect("the keys");
    audit::verify(&house.app.db, &Trust { keys, folder: None }).await.expect("it is checked")
}
