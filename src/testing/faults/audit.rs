//! The audit log through the program's own command line: whoever changes it behind the console's back is found out, by exit
//! code and by name; and a console that is killed in between leaves it whole.

use crate::{
    house::{House, Store, request},
    on_both,
};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, sqlite::SqliteConnectOptions,
};
use std::{fs, time::Duration};

impl House {
    /// Runs a statement as the owner of the database.
    async fn owner(&self, statements: &str) {
        let text = AssertSqlSafe(statements.to_owned());
        match &self.store {
            Store::Sqlite => {
                let options = SqliteConnectOptions::new().filename(self.data_dir().join("recourse.db"));
                let mut db = options.busy_timeout(Duration::from_secs(10)).connect().await.expect("the file opens");
                db.execute(sqlx::raw_sql(text)).await.expect("the owner may");
                db.close().await.expect("it closes");
            }
            Store::Postgres(url) => {
                let mut db = PgConnection::connect(url).await.expect("the server answers");
                db.execute(sqlx::raw_sql(text)).await.expect("the owner may");
                db.close().await.expect("it closes");
            }
        }
    }

    /// Lets the owner change what the database refuses to change.
    async fn without_triggers(&self) {
        self.owner(match self.store {
            Store::Sqlite => "DROP TRIGGER audit_stays; DROP TRIGGER audit_keeps; DROP TRIGGER audit_follows;",
            Store::Postgres(_) => "DROP TRIGGER audit_stays ON audit; DROP TRIGGER audit_follows ON audit;",
        })
        .await;
    }

    async fn is_whole(&self) {
        let ended = self.run(&["audit", "verify"], "").await;
        assert_eq!(ended.code, Some(0), "{}", ended.says);
    }

    /// `audit verify` refuses, and its words have `part`.
    async fn is_refused(&self, part: &str) {
        let ended = self.run(&["audit", "verify"], "").await;
        assert_eq!(ended.code, Some(1), "{}", ended.says);
        assert!(ended.says.contains(part), "{part} in {}", ended.says);
    }

    /// A console that did `requests` cases and stopped, and the number of the last entry.
    async fn worked(&self, requests: usize) -> i64 {
        for number in 0..requests {
            self.receives(&request(number)).await;
        }
        let console = self.opens().await;
        self.all_is_done(Duration::from_secs(20)).await;
        console.stops().await;
        self.rows::<(i64,)>("SELECT MAX(id) FROM audit").await[0].0
    }
}

on_both! {
    async fn s38_the_command_names_the_first_entry_of_each_manipulation(house: House) {
        let last = house.worked(4).await;
        assert!(last >= 5, "{last}");
        house.is_whole().await;
        let files: Vec<_> = fs::read_dir(house.data_dir().join("checkpoints")).expect("the folder lists").flatten().collect();
        assert_eq!(files.len(), 1);
        let file = files[0].path();
        let honest = fs::read_to_string(&file).expect("it reads");
        assert!(honest.lines().last().is_some_and(|line| line.starts_with(&format!("recourse-checkpoint-1 {last} "))), "{honest}");
        house.without_triggers().await;
        house.owner("CREATE TABLE kept AS SELECT * FROM audit").await;
        let first = |n: i64| format!("entry {n} is the first that is wrong");
        for (statements, says) in [
            ("UPDATE audit SET object = 'x' WHERE id = 2", first(2)),
            ("DELETE FROM audit WHERE id = 3", first(3)),
            ("UPDATE audit SET id = -id WHERE id >= 3; UPDATE audit SET id = -id + 1 WHERE id < 0; INSERT INTO audit SELECT 3, at, who, staff_id, action, case_id, object, fields, place, hash FROM kept WHERE id = 2", first(3)),
            ("UPDATE audit SET id = -3 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = -3", first(3)),
            ("DELETE FROM audit WHERE id > 4; DELETE FROM audit_checkpoints", first(5)),
            ("DELETE FROM audit; DELETE FROM audit_checkpoints", first(1)),
        ] {
            house.owner(statements).await;
            house.is_refused(&says).await;
            house.owner("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept ORDER BY id").await;
            house.is_whole().await;
        }
        // the chain of another console, whole in itself, with its checkpoints in the database
        let other = House::on(match &house.store {
            Store::Sqlite => Store::Sqlite,
            Store::Postgres(_) => House::postgres().await.store,
        });
        other.worked(5).await;
        for row in other.rows::<(i64, i64, String, String, Option<i64>, String, String, String, Vec<u8>)>(
            "SELECT id, at, who, action, case_id, object, fields, place, hash FROM audit ORDER BY id").await
        {
            let hash = data_encoding::HEXLOWER.encode(&row.8);
            let hash = if matches!(house.store, Store::Sqlite) { format!("X'{hash}'") } else { format!("'\\x{hash}'") };
            let case = row.4.map_or_else(|| "NULL".to_owned(), |case| case.to_string());
            house.owner(&format!(
                "DELETE FROM audit WHERE id = {0}; INSERT INTO audit (id, at, who, action, case_id, object, fields, place, hash)
                 VALUES ({0}, {1}, '{2}', '{3}', {case}, '{4}', '{5}', '{6}', {hash})", row.0, row.1, row.2, row.3, row.5, row.6, row.7)).await;
        }
        house.is_refused("it was rewritten").await;
        house.owner("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept ORDER BY id").await;
        // a checkpoint that nobody signed
        let forged = honest.lines().last().expect("a line").replace(&format!(" {last} "), &format!(" {} ", last - 1));
        fs::write(&file, format!("{honest}{forged}\n")).expect("it is written");
        house.is_refused("forged, or of an unknown key: 1").await;
        fs::write(&file, &honest).expect("it is written");
        house.is_whole().await;
        let ended = house.run(&["audit", "verify", "--json", "--checkpoints", "nowhere"], "").await;
        assert!(ended.code == Some(1) && ended.says.contains("there is no folder nowhere"), "{}", ended.says);
        // whoever takes the checkpoints away is not believed for it
        fs::rename(&file, house.data_dir().join("taken")).expect("it is taken away");
        house.is_refused("none is here that is believed").await;
        // nor whoever takes the keys out of the database besides: the key's file is not in it, nor is a copy that somebody kept
        let known: Vec<(String, Vec<u8>, i64)> = house.rows("SELECT key_id, public_key, valid_from FROM audit_keys").await;
        house.owner("DELETE FROM audit_keys").await;
        house.is_refused("none is here that is believed").await;
        for (id, key, from) in known {
            let key = data_encoding::HEXLOWER.encode(&key);
            let key = if matches!(house.store, Store::Sqlite) { format!("X'{key}'") } else { format!("'\\x{key}'") };
            house.owner(&format!("INSERT INTO audit_keys (key_id, public_key, valid_from) VALUES ('{id}', {key}, {from})")).await;
        }
        let alone = house.run(&["audit", "verify", "--without-checkpoints"], "").await;
        assert_eq!(alone.code, Some(0), "{}", alone.says);
        fs::remove_dir(house.data_dir().join("checkpoints")).expect("it goes");
        house.is_refused("none is here that is believed").await;
        house.more.push_str("[audit]\ncheckpoints = \"/nowhere/at/all\"\n");
        house.is_refused("there is no folder /nowhere/at/all").await;
        let ended = house.run(&["audit", "export", "--format", "jsonl", "--since", "soon"], "").await;
        assert!(ended.code == Some(1) && ended.says.contains("is no day"), "{}", ended.says);
        assert_eq!(house.run(&["audit", "export", "--since", "2026-01-01"], "").await.code, Some(0));
        // a text that is none
        let unread = match house.store {
            Store::Sqlite => "UPDATE audit SET object = CAST(X'F3' AS TEXT) WHERE id = 3",
            Store::Postgres(_) => "ALTER TABLE audit ALTER COLUMN object DROP NOT NULL; UPDATE audit SET object = NULL WHERE id = 3",
        };
        house.owner(unread).await;
        let ended = house.run(&["audit", "verify", "--without-checkpoints", "--json"], "").await;
        assert!(ended.code == Some(1) && ended.says.contains("entry 3 is the first that is wrong"), "{}", ended.says);
    }

    async fn s38_a_console_that_is_killed_leaves_the_chain_whole(house: House) {
        house.lease_ms = 2_000;
        for round in 0..3 {
            for number in 0..6 {
                house.receives(&request(round * 6 + number)).await;
            }
            let console = house.opens().await;
            let wanted = i64::try_from(round * 6 + 2).expect("few");
            house.comes_to_at_least(wanted, "audit WHERE action = 'case_opened'").await;
            console.crash().await;
            house.is_whole().await;
        }
        let console = house.opens().await;
        house.comes_to(18, "audit WHERE action = 'case_opened'", Duration::from_secs(30)).await;
        console.stops().await;
        house.is_whole().await;
        let numbers: Vec<(i64,)> = house.rows("SELECT id FROM audit ORDER BY id").await;
        assert!(numbers.iter().zip(1..).all(|((number,), wanted)| *number == wanted));
    }
}

impl House {
    /// Waits until there are `wanted` rows of `what` or more.
    async fn comes_to_at_least(&self, wanted: i64, what: &str) {
        for _ in 0..1_200 {
            if self.count(what).await >= wanted {
                return;
            }
            tokio::time::sleep(crate::console::AGAIN).await;
        }
        panic!("there never were {wanted} of {what}");
    }
}
