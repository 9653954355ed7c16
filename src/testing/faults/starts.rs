//! Several starts at once on an empty house, and a start on a database that a newer version has been at.

use crate::{
    house::{House, Store, request},
    on_both,
};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection, sqlite::SqliteConnectOptions};
use std::{process::Stdio, time::Duration};
use tokio::{task::JoinSet, time::sleep};

/// Notes a migration that this version does not know.
async fn a_newer_version_has_been_here(house: &House) {
    let note = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations LIMIT 1";
    match &house.store {
        Store::Sqlite => {
            let options = SqliteConnectOptions::new().filename(house.data_dir().join("recourse.db"));
            let mut db = options.connect().await.expect("it opens");
            db.execute(note).await.expect("it is noted");
            db.close().await.expect("it closes");
        }
        Store::Postgres(url) => {
            let mut db = PgConnection::connect(url).await.expect("it connects");
            db.execute(note).await.expect("it is noted");
            db.close().await.expect("it closes");
        }
    }
}

on_both! {
    async fn f24_consoles_that_start_at_once_on_an_empty_house_all_run(house: House) {
        let mut consoles: Vec<_> = (0..4).map(|_| house.start(None)).collect();
        // who waits in vain for the lock of the others ends with an error, which this would say
        for console in &mut consoles {
            console.is_ready().await;
        }
        house.receives(&request(1)).await;
        house.all_is_done(Duration::from_secs(10)).await;
        for console in consoles {
            console.stops().await;
        }
        house.holds_each_once(1).await;
    }

    async fn f24_mails_that_arrive_at_once_on_an_empty_house_are_all_kept(house: House) {
        let mut processes = JoinSet::new();
        for number in 0..10 {
            processes.spawn(crate::house::run(house.command(&["ingest", "--product", crate::house::PRODUCT]), request(number)));
        }
        for ended in processes.join_all().await {
            assert_eq!(ended.code, Some(0), "{}", ended.says);
        }
        assert_eq!(house.count("messages").await, 10);
    }

    async fn f24_killed_at_any_moment_of_the_first_start_the_next_one_completes_it(house: House) {
        for moment in 0..20 {
            let mut first = house.command(&["migrate"]).stdout(Stdio::null()).spawn().expect("the program starts");
            sleep(Duration::from_millis(5 * moment)).await;
            first.kill().await.expect("it is killed");
        }
        let console = house.opens().await;
        house.receives(&request(1)).await;
        house.all_is_done(Duration::from_secs(10)).await;
        console.stops().await;
        house.holds_each_once(1).await;
    }

    async fn f24_a_newer_database_is_refused_and_left_alone(house: House) {
        house.receives(&request(1)).await;
        a_newer_version_has_been_here(&house).await;
        let refused = house.run(&["serve", "--listen", "127.0.0.1:0"], "").await;
        assert_eq!(refused.code, Some(1), "{}", refused.says);
        assert_eq!(refused.says.lines().count(), 1, "{}", refused.says);
        assert!(refused.says.contains("newer version"), "{}", refused.says);
        assert_eq!(house.ingest(&request(2)).await.code, Some(75), "the mail server keeps the mail until then");
        assert_eq!(house.run(&["check"], "").await.code, Some(1));
        assert_eq!(house.count("messages").await, 1);
        assert_eq!(house.count("jobs WHERE state <> 'available'").await, 0, "no work was begun");
    }
}
