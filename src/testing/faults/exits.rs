//! What each command says to whoever started it: one exit code for each kind of end, one line for each refusal.

use crate::{
    console::Console,
    house::{Ended, House, PRODUCT, Store, free_port, program, request},
    on_both,
};
use std::{fs, net::TcpListener};

/// Kept.
const OK: Option<i32> = Some(0);
/// The mail server should give up: the command line is wrong.
const USAGE: Option<i32> = Some(64);
/// The mail server should keep the mail and try again.
const TRY_LATER: Option<i32> = Some(75);

/// Hands a mail in under a configuration that is `change`d.
async fn ingest_with(house: &House, change: impl FnOnce(String) -> String) -> Ended {
    let file = house.folder.path().join("changed.toml");
    fs::write(&file, change(house.configuration())).expect("it is written");
    crate::house::run(program(&file, &["ingest", "--product", PRODUCT]), request(1)).await
}

/// Starts a console under a configuration that is `change`d.
async fn serve_with(house: &House, change: impl FnOnce(String) -> String) -> Ended {
    let file = house.folder.path().join("changed.toml");
    fs::write(&file, change(house.configuration())).expect("it is written");
    let listen = format!("127.0.0.1:{}", free_port());
    crate::house::run(program(&file, &["serve", "--listen", &listen]), String::new()).await
}

/// The command ended with `code` and said why on one line, with `word` in it.
fn refuses(ended: &Ended, code: Option<i32>, word: &str) {
    assert_eq!(ended.code, code, "{}", ended.says);
    assert_eq!(ended.says.lines().count(), 1, "one line: {}", ended.says);
    assert!(ended.says.contains(word), "it names {word:?}: {}", ended.says);
}

/// A configuration whose database cannot be reached or opened.
fn gone(house: &House, configuration: &str) -> String {
    match &house.store {
        Store::Sqlite => {
            let file = house.data_dir().join("recourse.db");
            for beside in ["recourse.db", "recourse.db-wal", "recourse.db-shm"] {
                let _ = fs::remove_file(house.data_dir().join(beside));
            }
            fs::write(&file, "this is no database, and long enough to be read as the header of one: ".repeat(20))
                .expect("it is written");
            configuration.to_owned()
        }
        Store::Postgres(url) => {
            configuration.replace(url, &format!("postgres://test@127.0.0.1:{}/nobody", free_port()))
        }
    }
}

on_both! {
    async fn ingest_says_kept_for_every_mail_that_is_kept(house: House) {
        let long = "x".repeat(200_000);
        for mail in [request(1), request(1), String::new(), "\0\u{1}no mail at all".to_owned(), format!("Subject: {long}\n\n{long}")] {
            assert_eq!(house.ingest(&mail).await.code, OK);
        }
        assert_eq!(house.count("messages").await, 4, "each once, readable or not");
        assert_eq!(ingest_with(&house, |c| c.replace("[mail]", "[mail]\nmax_bytes = 100")).await.code, OK);
        assert_eq!(house.count("messages").await, 4, "what is longer than what is read is kept too, and known again");
    }

    async fn ingest_says_usage_only_for_a_wrong_command_line(house: House) {
        for arguments in [&["ingest"][..], &["ingest", "--product"], &["ingest", "--product", PRODUCT, "--colour"], &["ingest", PRODUCT]] {
            let ended = house.run(arguments, &request(1)).await;
            assert_eq!(ended.code, USAGE, "{arguments:?}: {}", ended.says);
        }
    }

    async fn ingest_lets_the_mail_server_refuse_what_can_never_be_kept(house: House) {
        if matches!(house.store, Store::Postgres(_)) {
            // the size is looked at before any database is
            return;
        }
        let ended = house.ingest(&"x".repeat(256 * 1024 * 1024 + 1)).await;
        refuses(&ended, Some(69), "268435456 bytes");
        assert_eq!(house.count("messages").await, 0);
    }

    async fn ingest_asks_to_try_later_for_everything_else(house: House) {
        refuses(&house.run(&["ingest", "--product", "no-such"], &request(1)).await, TRY_LATER, "no-such");
        refuses(&ingest_with(&house, |c| c.replace("[jobs]", "[jobs]\nworkrs = 3")).await, TRY_LATER, "workrs");
        refuses(&ingest_with(&house, |c| format!("{c}[")).await, TRY_LATER, "configuration");
        refuses(&ingest_with(&house, |c| c.replace("/data\"", "/nowhere\"")).await, TRY_LATER, "nowhere");
        assert_eq!(house.count("messages").await, 0);

        house.receives(&request(1)).await;
        let key = house.data_dir().join("keys").join("master.key");
        let right = fs::read(&key).expect("there is a key");
        fs::remove_file(&key).expect("it goes");
        refuses(&house.ingest(&request(2)).await, TRY_LATER, "master.key");
        fs::write(&key, "ab".repeat(32)).expect("it is written");
        refuses(&house.ingest(&request(2)).await, TRY_LATER, "master.key");
        fs::write(&key, right).expect("it comes back");
        house.receives(&request(2)).await;

        refuses(&ingest_with(&house, |c| gone(&house, &c)).await, TRY_LATER, "database");
    }

    async fn serve_refuses_on_one_line_what_it_cannot_do(house: House) {
        let failed = Some(1);
        refuses(&serve_with(&house, |c| c.replace("[jobs]", "[jobs]\nworkrs = 3")).await, failed, "workrs");
        refuses(&serve_with(&house, |c| c.replace("[database]", "[databse]")).await, failed, "databse");
        refuses(&serve_with(&house, |c| c.replace("/data\"", "/nowhere\"")).await, failed, "nowhere");
        refuses(&serve_with(&house, |c| format!("{c}[products.no-such]\naddress = \"a@b.example\"\n")).await, failed, "no-such");
        refuses(&serve_with(&house, |c| c.replace("smtp_url = \"\"", "smtp_url = \"mail.example\"")).await, failed, "smtp_url");
        let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let listen = taken.local_addr().expect("it has an address").to_string();
        refuses(&house.run(&["serve", "--listen", &listen], "").await, failed, &listen);
        house.receives(&request(1)).await;
        let ended = serve_with(&house, |c| gone(&house, &c)).await;
        refuses(&ended, failed, "database");
        assert!(!ended.says.contains("test@"), "the address may hold a password: {}", ended.says);
    }

    async fn a_secret_in_the_database_address_is_never_said(house: House) {
        let hidden = |c: String| c.replace(&format!("url = \"{}\"", house.database_url()), "url = \"postgres://u:hunter2@127.0.0.1:1/x y z?&%\"");
        let ended = serve_with(&house, hidden).await;
        assert_eq!(ended.code, Some(1), "{}", ended.says);
        assert!(!ended.says.contains("hunter2"), "{}", ended.says);
    }
}

on_both! {
    async fn healthcheck_tells_a_running_console_from_none(house: House) {
        let console: Console = house.opens().await;
        let listen = format!("127.0.0.1:{}", console.port);
        assert_eq!(house.run(&["healthcheck", "--listen", &listen], "").await.code, OK);
        console.crash().await;
        refuses(&house.run(&["healthcheck", "--listen", &listen], "").await, Some(1), &listen);
    }
}
