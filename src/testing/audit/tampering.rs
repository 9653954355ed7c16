//! Whoever owns the database changes the log: every way of it is found, and the first bad entry is named.

use super::{notary, numbers, seals, verified, works_on_a_case};
use crate::{
    app::audit::{Report, Sealed, seal},
    domain::rights::{Reach, Sight},
    generation::receipt::Signer,
    store::{
        audit::{Asked, BEGINNING, entries_before, entries_from, entry_hash},
        per_engine, sql,
    },
    testing::{house::House, on_both},
};
use std::fs;

/// Runs statements as the owner of the database, who first drops what refuses them.
async fn owner(house: &House, statements: &[&'static str]) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    let drops = [
        per_engine("DROP TRIGGER IF EXISTS audit_stays ON audit", "DROP TRIGGER IF EXISTS audit_stays"),
        per_engine("DROP TRIGGER IF EXISTS audit_follows ON audit", "DROP TRIGGER IF EXISTS audit_follows"),
        per_engine("SELECT 1", "DROP TRIGGER IF EXISTS audit_keeps"),
    ];
    for statement in drops.into_iter().chain(statements.iter().map(|statement| sql(statement))) {
        statement.run(&mut tx).await.expect("the owner may");
    }
    tx.commit().await.expect("it commits");
}

/// Puts the log back as it was.
async fn restored(house: &House) {
    owner(house, &["DELETE FROM audit", "INSERT INTO audit SELECT * FROM kept ORDER BY id"]).await;
    assert!(verified(house).await.whole);
}

fn names(report: &Report) -> Option<(i64, i64)> {
    assert_eq!(report.whole, report.first_bad.is_none() && report.forged.is_empty());
    report.first_bad.as_ref().map(|bad| (bad.number, bad.until))
}

/// Computes every hash anew from entry `from` on, as somebody would who knows how.
async fn rewritten(house: &House, from: i64) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    let entries = entries_from(&mut tx, 1, 1_000).await.expect("entries");
    let (mut hash, mut room) = (BEGINNING, Vec::new());
    for (written, _) in entries {
        hash = entry_hash(&hash, &written, &mut room);
        if written.number >= from {
            let update = sql("UPDATE audit SET hash = $2 WHERE id = $1").bind(written.number).bind(hash.as_slice());
            update.run(&mut tx).await.expect("it is updated");
        }
    }
    tx.commit().await.expect("it commits");
}

on_both! {
    async fn s38_each_manipulation_is_found_and_its_first_entry_named(house: House) {
        works_on_a_case(&house).await;
        let early = seals(&house).await;
        house.works().await;
        works_on_another(&house).await;
        let last = seals(&house).await;
        assert!(early > 5 && last > early + 2, "{early} {last}");
        owner(&house, &["CREATE TABLE kept AS SELECT * FROM audit"]).await;
        assert_eq!(names(&verified(&house).await), None);
        for (statements, first) in [
            (&["UPDATE audit SET object = 'x' WHERE id = 3"][..], 3),
            (&["UPDATE audit SET at = at + 1 WHERE id = 4"], 4),
            (&["UPDATE audit SET staff_id = 2 WHERE id = 1"], 1),
            (&["UPDATE audit SET hash = (SELECT k.hash FROM kept k WHERE k.id = 4) WHERE id = 5"], 5),
            (&["DELETE FROM audit WHERE id = 5"], 5),
            (&["DELETE FROM audit WHERE id = 1"], 1),
            // everything after moves up to hide the gap
            (&["DELETE FROM audit WHERE id = 5", "UPDATE audit SET id = -id WHERE id > 5", "UPDATE audit SET id = -id - 1 WHERE id < 0"], 5),
            // one is put between, and everything after moves on
            (&["UPDATE audit SET id = -id WHERE id >= 4", "UPDATE audit SET id = -id + 1 WHERE id < 0",
               "INSERT INTO audit SELECT 4, at, who, staff_id, action, case_id, object, fields, place, hash FROM kept WHERE id = 3"], 4),
            (&["INSERT INTO audit SELECT 0, at, who, staff_id, action, case_id, object, fields, place, hash FROM kept WHERE id = 3"], 0),
            // two change places, with their hashes and without
            (&["UPDATE audit SET id = -3 WHERE id = 3", "UPDATE audit SET id = 3 WHERE id = 4", "UPDATE audit SET id = 4 WHERE id = -3"], 3),
            (&["UPDATE audit SET id = -3 WHERE id = 3", "UPDATE audit SET id = 3 WHERE id = 4", "UPDATE audit SET id = 4 WHERE id = -3",
               "UPDATE audit SET hash = (SELECT k.hash FROM kept k WHERE k.id = audit.id)"], 3),
        ] {
            owner(&house, statements).await;
            assert_eq!(names(&verified(&house).await), Some((first, first)), "{statements:?}");
            restored(&house).await;
        }

        // one is added at the end that the console did not write
        owner(&house, &["INSERT INTO audit SELECT (SELECT MAX(id) + 1 FROM kept), at, who, staff_id, action, case_id, object, fields, place, hash FROM kept WHERE id = 3"]).await;
        assert_eq!(names(&verified(&house).await), Some((last + 1, last + 1)));
        restored(&house).await;

        // the end goes, and with it what the database knows of checkpoints
        owner(&house, &["DELETE FROM audit WHERE id > 7", "DELETE FROM audit_checkpoints"]).await;
        let report = verified(&house).await;
        assert_eq!(names(&report), Some((8, 8)));
        assert!(report.first_bad.expect("it is named").why.contains("missing at the end"));
        owner(&house, &["DELETE FROM audit"]).await;
        assert_eq!(names(&verified(&house).await), Some((1, 1)));
        restored(&house).await;

        // history is written anew, hashes and all, before the first checkpoint and between the two
        owner(&house, &["UPDATE audit SET object = 'x' WHERE id = 3"]).await;
        rewritten(&house, 3).await;
        let report = verified(&house).await;
        assert_eq!(names(&report), Some((1, early)), "{report:?}");
        restored(&house).await;
        owner(&house, &["DELETE FROM audit WHERE id = (SELECT MAX(id) FROM kept)", "UPDATE audit SET object = 'y' WHERE id = (SELECT MAX(id) - 1 FROM kept)"]).await;
        rewritten(&house, early + 1).await;
        house.pass(1);
        crate::app::verbs::add_note(&house.app, &house.agent, crate::domain::identity::Reference(10_001), "more").await.expect("a note");
        assert_eq!(names(&verified(&house).await), Some((early + 1, last)));
    }

    async fn s38_a_forged_checkpoint_is_found_and_cannot_hide_a_rewriting(house: House) {
        works_on_a_case(&house).await;
        let last = seals(&house).await;
        let file = notary(&house).file().to_owned();
        let honest = fs::read_to_string(&file).expect("it reads");
        owner(&house, &["UPDATE audit SET object = 'x' WHERE id = 3"]).await;
        rewritten(&house, 1).await;
        // signed with another key, under a name of its own and under ours
        let mallory = crate::app::audit::Notary::open(Signer::of("audit", [9; 32]), &house.folder.path().join("mallory")).expect("it opens");
        assert_eq!(seal(&house.app.db, &mallory, 0, house.app.now()).await.expect("sealed"), Sealed::Entry(last));
        let forged = fs::read_to_string(mallory.file()).expect("it reads");
        let renamed = forged.replace(mallory.signer().key_id(), notary(&house).signer().key_id());
        for lines in [forged.as_str(), &renamed, "recourse-checkpoint-1 nonsense\n"] {
            fs::write(&file, lines).expect("it is written");
            let report = verified(&house).await;
            assert!(!report.whole && report.forged.len() == 1 && report.forged[0].ends_with(".checkpoints, line 1"), "{report:?}");
        }
        fs::write(&file, format!("{honest}{renamed}")).expect("it is written");
        let report = verified(&house).await;
        assert_eq!((names(&report), report.forged.len()), (Some((1, last)), 1));
        // without the files the database's own checkpoint still tells, until it goes too
        fs::remove_file(&file).expect("it goes");
        assert_eq!(names(&verified(&house).await), Some((1, last)));
        owner(&house, &["DELETE FROM audit_checkpoints"]).await;
        let report = verified(&house).await;
        assert!(report.whole && report.checkpoints == 0, "nothing outside is left that could tell: {report:?}");
    }
}

on_both! {
    async fn s38_an_entry_that_cannot_be_read_is_named_and_so_is_one_before_the_first(house: House) {
        works_on_a_case(&house).await;
        seals(&house).await;
        owner(&house, &["CREATE TABLE kept AS SELECT * FROM audit"]).await;
        let is_postgres = house.app.db.read().await.expect("a reader").is_postgres();
        let unreadable: &[&'static str] = if is_postgres {
            &["ALTER TABLE audit ALTER COLUMN object DROP NOT NULL", "UPDATE audit SET object = NULL WHERE id = 4"]
        } else {
            &["UPDATE audit SET object = CAST(X'F3' AS TEXT) WHERE id = 4"]
        };
        owner(&house, unreadable).await;
        let report = verified(&house).await;
        assert_eq!((names(&report), report.entries), (Some((4, 4)), 3), "{report:?}");
        // the first that is wrong is another one
        owner(&house, &["UPDATE audit SET at = at + 1 WHERE id = 2"]).await;
        assert_eq!(names(&verified(&house).await), Some((2, 2)));
        owner(&house, &["DELETE FROM audit WHERE id = 1"]).await;
        assert_eq!(names(&verified(&house).await), Some((1, 1)));
        restored(&house).await;

        let before = "INSERT INTO audit SELECT -9223372036854775807 - 1, at, who, staff_id, action, case_id, object, fields, place, hash FROM kept WHERE id = 3";
        owner(&house, &[before]).await;
        assert_eq!(names(&verified(&house).await), Some((i64::MIN, i64::MIN)));
        let all = Asked { sight: Sight::WHOLE, secret: Reach::Everywhere, ..Asked::default() };
        let mut tx = house.app.db.read().await.expect("a reader");
        let listed = entries_before(&mut tx, &all, None).await.expect("entries");
        assert!(listed.iter().all(|one| one.written.number > 0), "nobody is shown what is no entry");
        drop(tx);
        restored(&house).await;

        let unreadable: &[&'static str] = if is_postgres {
            &["ALTER TABLE audit_checkpoints ALTER COLUMN key_id DROP NOT NULL", "UPDATE audit_checkpoints SET key_id = NULL"]
        } else {
            &["UPDATE audit_checkpoints SET key_id = CAST(X'F3' AS TEXT)"]
        };
        owner(&house, unreadable).await;
        let report = verified(&house).await;
        assert!(!report.whole && report.forged.len() == 1, "{report:?}");
    }
}

async fn works_on_another(house: &House) {
    let before = numbers(house).await.len();
    let request =
        crate::testing::house::mail("Ben <ben@mail.example>", "Mine too", "b1@mail.example", "Please delete it.");
    let reference = house.opens(&request).await;
    for note in ["one", "two", "three"] {
        crate::app::verbs::add_note(&house.app, &house.agent, reference, note).await.expect("a note");
    }
    assert!(numbers(house).await.len() > before + 3);
}
