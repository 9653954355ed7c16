//! The master key: another one refuses, a change of it takes everything along, cut off anywhere nothing is lost.

use crate::{
    house::{House, Store, request, run},
    on_both,
};
use sqlx::{ConnectOptions as _, postgres::PgConnectOptions};
use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Stdio,
    str::FromStr as _,
    time::Duration,
};
use tokio::{
    process::{Child, Command},
    time::sleep,
};

const LONGEST: Duration = Duration::from_secs(20);

impl House {
    fn key_file(&self) -> PathBuf {
        self.data_dir().join("keys").join("master.key")
    }

    /// The key that the database says it is sealed with.
    async fn sealed_with(&self) -> String {
        self.rows::<(String,)>("SELECT key_id FROM house").await[0].0.clone()
    }

    /// Every wrapped key, by table.
    async fn wrapped(&self) -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        for table in self.sealed_tables().await {
            let rows: Vec<(Vec<u8>,)> = self
                .rows(&format!(
                    "SELECT wrapped_key FROM {table} WHERE wrapped_key IS NOT NULL AND LENGTH(wrapped_key) > 0"
                ))
                .await;
            all.extend(rows.into_iter().map(|(key,)| (table.clone(), key)));
        }
        all
    }

    /// The tables whose rows are sealed.
    async fn sealed_tables(&self) -> Vec<String> {
        let rows: Vec<(String,)> = self
            .rows(match self.store {
                Store::Sqlite => {
                    "SELECT t.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
                     WHERE t.type = 'table' AND c.name = 'wrapped_key' AND t.name <> 'vault_keys' ORDER BY 1"
                }
                Store::Postgres(_) => {
                    "SELECT table_name::text FROM information_schema.columns
                     WHERE table_schema = 'public' AND column_name = 'wrapped_key' AND table_name <> 'vault_keys' ORDER BY 1"
                }
            })
            .await;
        rows.into_iter().map(|(table,)| table).collect()
    }

    /// `admin rotate-key`, which may be cut off.
    async fn rotates(&self, contents: bool, failpoint: &str) -> (Option<i32>, String) {
        let mut command = self.command(&["admin", "rotate-key"]);
        if contents {
            command.arg("--contents");
        }
        command.env("FAILPOINT", failpoint);
        let ended = run(command, String::new()).await;
        (ended.code, ended.says)
    }

    /// Somebody else's connection, as a console has them; none where a file is the database.
    async fn comes_to_work(&self) -> Option<sqlx::PgConnection> {
        let Store::Postgres(url) = &self.store else { return None };
        let options = PgConnectOptions::from_str(url).expect("an address").application_name("recourse");
        Some(options.connect().await.expect("the server answers"))
    }
}

/// A command that has come to its failpoint, where it waits.
async fn comes_to_a_stop(mut command: Command) -> Child {
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let state = format!("/proc/{}/stat", child.id().expect("it runs"));
    loop {
        let state = fs::read_to_string(&state).expect("it is there");
        if state.contains(") T ") {
            break;
        }
        assert!(!state.contains(") Z "), "it ended before it came there");
        sleep(crate::console::AGAIN).await;
    }
    child
}

/// Lets it go on to its end.
async fn goes_on(child: Child) -> (Option<i32>, String) {
    let id = child.id().expect("it runs").to_string();
    assert!(Command::new("kill").args(["-CONT", &id]).status().await.expect("kill runs").success());
    let ended = child.wait_with_output().await.expect("it ends");
    (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
}

/// Asks for another key where the key's file is a mount of its own; what was said, where this machine lets us mount.
async fn mounted_by_itself(house: &House) -> Option<(Option<i32>, String)> {
    let script = "mount --bind \"$0\" \"$0\" || exit 99; exec \"$@\"";
    let rotate = house.command(&["admin", "rotate-key"]);
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", script]).arg(house.key_file());
    command.arg(rotate.as_std().get_program()).args(rotate.as_std().get_args());
    let ended = run(command, String::new()).await;
    (ended.code != Some(99) && !ended.says.contains("unshare")).then_some((ended.code, ended.says))
}

/// A console opens what is sealed: the raw mail of the first case is read from its files.
async fn still_opens(house: &House) {
    let console = house.opens().await;
    let cookie = crate::verbs::signs_in(&console).await;
    let (case, message): (i64, i64) =
        house.rows("SELECT case_id, id FROM messages WHERE case_id IS NOT NULL ORDER BY id LIMIT 1").await[0];
    let file = super::file_of(&console, &cookie, case, message).await;
    let answer = console.send("GET", &file, &[("cookie", &cookie)], b"").await.expect("an answer");
    assert_eq!((answer.status, answer.body()), (200, "what was sealed"), "{}", answer.text);
    let page = console.send("GET", &format!("/cases/R-{case}"), &[("cookie", &cookie)], b"").await.expect("an answer");
    assert!(page.body().contains("a draft that is sealed"), "the draft does not open");
    console.stops().await;
}

const WITH_FILE: &str = "From: Fiona <fiona@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: A file\r\n\
    Message-ID: <fiona@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=p\r\n\r\n\
    --p\r\nContent-Type: text/plain\r\n\r\nPlease delete my data.\r\n--p\r\nContent-Type: application/octet-stream; name=\"a.bin\"\r\n\
    Content-Disposition: attachment; filename=\"a.bin\"\r\n\r\nwhat was sealed\r\n--p--\r\n";

/// A house with a mail, a draft and somebody who works there.
async fn furnished(house: &House) {
    crate::verbs::hires(house).await;
    house.receives(WITH_FILE).await;
    let console = house.opens().await;
    house.all_is_done(LONGEST).await;
    let cookie = crate::verbs::signs_in(&console).await;
    let case = house.rows::<(i64,)>("SELECT id FROM cases").await[0].0;
    let draft = [("reference", format!("R-{case}")), ("text", "a draft that is sealed".to_owned())];
    let draft: Vec<_> = draft.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let kept = console.post("/api/keep_draft", &cookie, &draft).await.expect("an answer");
    assert_eq!(kept.status, 200, "{}", kept.text);
    console.stops().await;
}

on_both! {
    async fn s39_a_wrong_master_key_opens_nothing_and_says_so(house: House) {
        house.receives(&request(1)).await;
        let (file, id) = (house.key_file(), house.sealed_with().await);
        let right = fs::read_to_string(&file).expect("there is a key");
        for wrong in [Some("ab".repeat(32)), Some("no key".to_owned()), Some(String::new()), None] {
            match &wrong {
                Some(text) => fs::write(&file, text).expect("it is written"),
                None => fs::remove_file(&file).expect("it goes"),
            }
            for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["admin", "rotate-key"], &["check"]] {
                let ended = house.run(arguments, "").await;
                assert_eq!(ended.code, Some(1), "{arguments:?}: {}", ended.says);
                assert!(ended.says.contains("master.key") && ended.says.lines().count() == 1, "{}", ended.says);
                assert!(!ended.says.contains(right.trim()) && !ended.says.contains("abababab"), "{}", ended.says);
            }
            assert_eq!(house.ingest(&request(2)).await.code, Some(75));
        }
        fs::write(&file, &right).expect("it comes back");
        assert_eq!((house.sealed_with().await, house.count("messages").await), (id, 1));
        house.receives(&request(2)).await;
    }

    async fn s39_another_master_key_takes_everything_along_while_a_console_runs(house: House) {
        furnished(&house).await;
        let (before, old) = (fs::read_to_string(house.key_file()).expect("a key"), house.sealed_with().await);
        let (console, cookie) = at_work_again(&house).await;
        assert_eq!(house.rotates(false, "nowhere").await.0, Some(0));
        let (after, new) = (fs::read_to_string(house.key_file()).expect("a key"), house.sealed_with().await);
        assert!(before != after && old != new);
        assert_eq!(fs::read_to_string(house.key_file().with_file_name(format!("master.key.{old}"))).expect("it is kept"), before);
        // whoever runs goes on, and what they seal opens afterwards
        assert_eq!(console.send("GET", "/overview", &[("cookie", &cookie)], b"").await.map(|a| a.status), Some(200));
        house.receives(&request(7)).await;
        house.all_is_done(LONGEST).await;
        console.stops().await;
        still_opens(&house).await;
        assert_eq!(house.count("audit WHERE action = 'master_key_changed' AND who = 'operator'").await, 1);
        // the old key opens nothing any more
        fs::write(house.key_file(), &before).expect("it is written");
        let ended = house.run(&["serve", "--listen", "127.0.0.1:0"], "").await;
        assert!(ended.code == Some(1) && ended.says.contains(&new) && ended.says.contains(&old), "{}", ended.says);
        // neither key is anywhere in the database or in what was said
        let keys = [before.trim(), after.trim()];
        for (place, text) in house.contents().await {
            assert!(!keys.iter().any(|key| text.to_lowercase().contains(key)), "{place}");
        }
    }

    async fn s39_a_change_of_the_master_key_that_is_cut_off_loses_nothing(house: House) {
        furnished(&house).await;
        for failpoint in ["master-before-commit:exit", "master-changed:exit"] {
            let before = house.sealed_with().await;
            assert_eq!(house.rotates(false, failpoint).await.0, None, "{failpoint}");
            assert_eq!(house.sealed_with().await == before, failpoint.starts_with("master-before"));
            assert!(house.key_file().with_file_name("master.key.next").exists());
            // the command asked again, or a console that starts, goes on from there
            still_opens(&house).await;
            assert_eq!(house.rotates(false, "nowhere").await.0, Some(0), "{failpoint}");
            still_opens(&house).await;
            assert!(!house.key_file().with_file_name("master.key.next").exists());
        }
        // killed at any moment
        for moment in 0..12 {
            let mut command = house.command(&["admin", "rotate-key"]).stdout(Stdio::null()).spawn().expect("it starts");
            tokio::time::sleep(Duration::from_millis(8 * moment)).await;
            command.kill().await.expect("it is killed");
        }
        still_opens(&house).await;
    }

    async fn s39_a_master_key_that_cannot_be_put_in_place_is_not_taken(house: House) {
        house.receives(&request(1)).await;
        let (file, id) = (house.key_file(), house.sealed_with().await);
        let before = fs::read_to_string(&file).expect("there is a key");
        // where the old key would be kept lies something else
        let kept = file.with_file_name(format!("master.key.{id}"));
        fs::write(&kept, "ab".repeat(32)).expect("it is written");
        let (code, says) = house.rotates(false, "nowhere").await;
        assert!(code == Some(1) && says.contains(&format!("master.key.{id}")), "{says}");
        fs::remove_file(&kept).expect("it goes");
        // the file is mounted by itself: another file cannot take its name
        if let Some((code, says)) = mounted_by_itself(&house).await {
            assert!(code == Some(1) && says.contains("mount its folder"), "{says}");
        }
        assert_eq!((fs::read_to_string(&file).expect("it reads"), house.sealed_with().await), (before, id));
        // one command at a time
        let turn = fs::File::create(file.with_file_name("master.key.lock")).expect("it opens");
        turn.lock().expect("nobody holds it");
        let (code, says) = house.rotates(false, "nowhere").await;
        assert!(code == Some(1) && says.contains("another command"), "{says}");
        drop(turn);
        // what a kill left of a new key is no obstacle, and whoever could read the old one can read the new one
        fs::write(file.with_file_name("master.key.next"), "").expect("it is written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("it is ours");
        let _ = std::os::unix::fs::chown(&file, Some(12_345), Some(12_345));
        let place = |file: &Path| fs::metadata(file).map(|is| (is.uid(), is.gid(), is.mode() & 0o777)).expect("it is there");
        let was = place(&file);
        assert_eq!(house.rotates(false, "nowhere").await.0, Some(0));
        assert_eq!((place(&file), was.2), (was, 0o640));
        house.receives(&request(2)).await;
    }

    async fn s39_a_data_key_stays_for_whoever_came_while_it_was_changed(house: House) {
        house.receives(&request(1)).await;
        for place in ["contents-key-added:stop", "contents-key-portion:stop"] {
            let mut command = house.command(&["admin", "rotate-key", "--contents"]);
            command.env("FAILPOINT", place);
            let stopped = comes_to_a_stop(command).await;
            let came = house.comes_to_work().await;
            let (code, says) = goes_on(stopped).await;
            // on SQLite the data directory's lock keeps everybody else waiting until the command ends
            if came.is_some() {
                assert!(code == Some(1) && says.contains("meanwhile"), "{place}: {says}");
                assert_eq!(house.count("vault_keys WHERE retired_at IS NULL").await, 3, "{place}");
            }
        }
        assert_eq!(house.rotates(true, "nowhere").await.0, Some(0));
        assert_eq!(house.count("vault_keys").await, 2);
        house.receives(&request(2)).await;
    }

    async fn s39_a_data_key_stays_for_packages_of_a_machine_whose_clock_is_ahead(house: House) {
        house.receives(&request(1)).await;
        let ahead = std::time::UNIX_EPOCH.elapsed().expect("it is later than 1970").as_millis() + 3_600_000;
        let package = format!(
            "INSERT INTO packages (run_id, case_id, object, identity_id, made_at, downloads, most_downloads)
             VALUES (1, 1, 'a package', 1, {ahead}, 0, 0)"
        );
        // nothing else of the package is needed
        house.meddles(&match house.store {
            Store::Sqlite => format!("PRAGMA foreign_keys = OFF; {package}"),
            Store::Postgres(_) => format!("SET session_replication_role = replica; {package}"),
        }).await;
        assert_eq!(house.rotates(true, "nowhere").await.0, Some(0));
        assert_eq!(house.count("vault_keys WHERE retired_at IS NOT NULL").await, 1, "the package would not open");
        house.meddles("UPDATE packages SET destroyed_at = 1").await;
        assert_eq!(house.rotates(true, "nowhere").await.0, Some(0));
        assert_eq!(house.count("vault_keys WHERE retired_at IS NOT NULL").await, 0);
    }

    async fn s39_another_data_key_takes_over_everything_sealed(house: House) {
        furnished(&house).await;
        let tables = house.sealed_tables().await;
        assert!(tables.len() >= 10, "{tables:?}");
        let before = house.wrapped().await;
        for table in ["messages", "drafts"] {
            assert!(before.iter().any(|(of, _)| of == table), "nothing is sealed in {table}");
        }
        let key = |wrapped: &[u8]| wrapped[1..6].to_vec();
        // not while somebody works with the old one
        let console = house.opens().await;
        let (code, says) = house.rotates(true, "nowhere").await;
        assert!(code == Some(1) && says.contains("a console is running"), "{says}");
        console.stops().await;
        for failpoint in ["contents-key-added:exit", "contents-key-portion:exit:2", "nowhere"] {
            let code = house.rotates(true, failpoint).await.0;
            assert_eq!(code, if failpoint == "nowhere" { Some(0) } else { None }, "{failpoint}");
            still_opens(&house).await;
        }
        let after = house.wrapped().await;
        assert_eq!(before.len(), after.len());
        let (old, new) = (key(&before[0].1), key(&after[0].1));
        assert_ne!(old, new);
        for (table, wrapped) in &after {
            assert_eq!((wrapped[0], key(wrapped)), (2, new.clone()), "{table}");
        }
        assert_eq!(house.count("vault_keys").await, 2, "the old key is forgotten: no package needs it");
        assert_eq!(house.count("audit WHERE action = 'data_key_changed'").await, 1);
        // every table that has sealed rows is known to the command
        let places = include_str!("../../../store/keyring.rs").split("PLACES").nth(1).expect("a list");
        for table in tables {
            assert!(places.contains(&format!("\"{table}\"")), "{table} would keep the old key");
        }
        house.receives(&request(3)).await;
    }

    async fn s39_what_was_sealed_with_the_master_key_itself_goes_on(house: House) {
        house.receives(&request(1)).await;
        assert_eq!(house.count("vault_keys").await, 2);
        // as a version left it that knew no data keys: the master key was the only one
        house.meddles("DELETE FROM vault_keys; DELETE FROM jobs; DELETE FROM message_pieces; DELETE FROM messages").await;
        house.receives(&request(2)).await;
        assert_eq!(house.count("vault_keys").await, 2);
        let names: Vec<(String,)> = house.rows("SELECT DISTINCT name FROM vault_keys").await;
        assert_eq!((names.len(), &names[0].0), (1, &house.sealed_with().await));
        let console = house.opens().await;
        house.all_is_done(LONGEST).await;
        console.stops().await;
        assert_eq!(house.count("cases").await, 1);
    }
}

/// A console on a furnished house, with a session.
async fn at_work_again(house: &House) -> (crate::console::Console, String) {
    let console = house.opens().await;
    let cookie = crate::verbs::signs_in(&console).await;
    (console, cookie)
}
