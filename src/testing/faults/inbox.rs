//! Mail on its way in while things break: each message becomes one case, none is lost, and whoever handed it over is told
//! the truth.

use crate::{
    console::AGAIN,
    dovecot::{Client, DOVECOT, PASSWORD, fresh_user},
    house::{Ended, House, NOBODY_VANISHES, PRODUCT, Store, request, run},
    on_both,
};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection, sqlite::SqliteConnectOptions};
use std::time::{Duration, Instant};
use tokio::{process::Command, time::sleep};

/// Longer than a lease and what follows.
const LONG: Duration = Duration::from_secs(40);

/// The house reads the mailbox of this user; by default it looks once an hour and otherwise trusts IDLE.
fn reads(house: &mut House, user: &str, then: &str, password: &str) {
    let mailbox = format!(
        "[[products.{PRODUCT}.mailbox]]\nname = \"{user}\"\nhost = \"localhost\"\nport = {}\ntls = \"implicit\"\n\
         ca_file = \"{}\"\nuser = \"{user}\"\npassword = \"{password}\"\nthen = \"{then}\"\npoll_seconds = 3600\n",
        DOVECOT.tls,
        DOVECOT.certificate.display(),
    );
    house.more.push_str(&mailbox);
}

/// A new user with so many requests in the mailbox.
fn with_mail(numbers: std::ops::Range<usize>) -> (String, Client) {
    let user = fresh_user();
    let mut client = Client::login(&user);
    for number in numbers {
        client.append("INBOX", request(number).as_bytes());
    }
    (user, client)
}

/// How many messages of the inbox carry the flag.
fn seen(client: &mut Client) -> usize {
    client.say("SELECT INBOX");
    client.say("UID FETCH 1:* (FLAGS)").matches("\\Seen").count()
}

async fn comes_to_be_seen(client: &mut Client, wanted: usize) {
    let deadline = Instant::now() + LONG;
    while seen(client) != wanted {
        assert!(Instant::now() < deadline, "not all are marked");
        sleep(AGAIN).await;
    }
}

on_both! {
    async fn f22_killed_between_the_commit_and_the_flag(house: House) {
        // eight are kept by one commit: a backlog of twenty takes three
        for (place, from) in [("mailbox-after-commit:exit:2", 0), ("mailbox-before-flag:exit", 100), ("mailbox-after-flag:exit", 200), ("mailbox-before-commit:exit:2", 300)] {
            house.more.clear();
            let (user, mut client) = with_mail(from..from + 20);
            reads(&mut house, &user, "flag", PASSWORD);
            house.start(Some(place)).dies().await;
            let console = house.opens().await;
            comes_to_be_seen(&mut client, 20).await;
            house.all_is_done(LONG).await;
            console.stops().await;
        }
        assert_eq!(house.count("mailbox_copies WHERE NOT settled").await, 0);
        house.holds_each_once(80).await;
    }

    async fn a_mail_that_arrives_while_the_console_waits_is_fetched_at_once(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        let (user, mut client) = with_mail(0..1);
        reads(&mut house, &user, "move:Recourse", PASSWORD);
        let console = house.opens().await;
        house.comes_to(1, "messages WHERE came = 'imap'", LONG).await;
        client.append("INBOX", request(1).as_bytes());
        house.comes_to(2, "messages WHERE came = 'imap'", LONG).await;
        house.all_is_done(LONG).await;
        console.stops().await;
        assert_eq!(house.count("mailboxes WHERE lease_until IS NOT NULL").await, 0, "it was given back");
        house.holds_each_once(2).await;
    }

    async fn f22_one_mailbox_in_trouble_holds_up_no_other(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        let (wrong, _) = with_mail(0..1);
        reads(&mut house, &wrong, "leave", "hunter2");
        for number in 1..=3 {
            let (user, _) = with_mail(number..number + 1);
            reads(&mut house, &user, "leave", PASSWORD);
        }
        let console = house.opens().await;
        house.comes_to(3, "messages", LONG).await;
        house.comes_to(1, "mailboxes WHERE failed_at IS NOT NULL AND error LIKE '%password%'", LONG).await;
        house.all_is_done(LONG).await;
        let log = console.log();
        assert!(log.contains("password") && !log.contains("hunter2"), "{log}");
        console.stops().await;
        house.holds_each_once(3).await;
    }

    async fn check_logs_in_to_each_mailbox_and_says_what_is_wrong(house: House) {
        let (user, _) = with_mail(0..1);
        reads(&mut house, &user, "leave", PASSWORD);
        house.run(&["migrate"], "").await;
        let ended = house.run(&["check"], "").await;
        assert_eq!(ended.code, Some(0), "{}", ended.says);
        reads(&mut house, &fresh_user(), "leave", "hunter2");
        let ended = house.run(&["check"], "").await;
        assert_eq!(ended.code, Some(1), "{}", ended.says);
        assert!(!ended.says.contains("hunter2"), "{}", ended.says);
    }

    async fn f22_a_locked_database_makes_the_mail_server_keep_the_mail(house: House) {
        house.receives(&request(0)).await;
        let ended = locked_out(&house).await;
        assert_eq!(ended.code, Some(75), "{}", ended.says);
        assert_eq!(house.count("messages").await, 1);
        house.receives(&request(1)).await;
        assert_eq!(house.count("messages").await, 2);
    }
}

/// Hands a mail in while somebody else holds what has to be written.
async fn locked_out(house: &House) -> Ended {
    match &house.store {
        Store::Sqlite => {
            let options = SqliteConnectOptions::new().filename(house.data_dir().join("recourse.db"));
            let mut other = options.connect().await.expect("it opens");
            other.execute("BEGIN IMMEDIATE").await.expect("it is locked");
            let ended = house.ingest(&request(1)).await;
            other.execute("ROLLBACK").await.expect("it is let go");
            other.close().await.expect("it closes");
            ended
        }
        Store::Postgres(url) => {
            let mut other = PgConnection::connect(url).await.expect("it connects");
            other.execute("BEGIN").await.expect("it begins");
            other.execute("LOCK TABLE messages").await.expect("it is locked");
            let ended = house.ingest(&request(1)).await;
            other.execute("ROLLBACK").await.expect("it is let go");
            other.close().await.expect("it closes");
            ended
        }
    }
}

#[tokio::test]
async fn f22_two_consoles_read_each_message_once() {
    let mut house = House::postgres().await;
    house.lease_ms = NOBODY_VANISHES;
    for folder in 0..4 {
        let (user, _) = with_mail(folder * 100..folder * 100 + 30);
        reads(&mut house, &user, "flag", PASSWORD);
    }
    let (first, second) = (house.opens().await, house.opens().await);
    house.comes_to(120, "messages", Duration::from_mins(2)).await;
    house.all_is_done(Duration::from_mins(1)).await;
    first.stops().await;
    second.stops().await;
    assert_eq!(house.count("mailbox_copies").await, 120);
    house.holds_each_once(120).await;
}

/// The limit of a file's size stands for a disk that is full: writing fails the same way.
#[tokio::test]
async fn f22_a_full_disk_makes_the_mail_server_keep_the_mail() {
    let house = House::sqlite();
    house.receives(&request(0)).await;
    let program = house.command(&["ingest", "--product", PRODUCT]);
    let mut command = Command::new("bash");
    command.args(["-c", "trap '' XFSZ; ulimit -f 2000; exec \"$0\" \"$@\""]);
    command.arg(program.as_std().get_program()).args(program.as_std().get_args());
    let large = format!("{}{}", request(1), "x".repeat(4_000_000));
    let ended = run(command, large.clone()).await;
    assert_eq!(ended.code, Some(75), "{}", ended.says);
    assert_eq!(house.count("messages").await, 1);
    house.receives(&large).await;
    assert_eq!(house.count("messages").await, 2);
}
