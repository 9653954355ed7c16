//! The measurements of mail in: how many messages a second, what a very large one takes, whether memory stays flat however
//! many come, and how soon many mailboxes have been looked at.

#[path = "../../testing/dovecot.rs"]
#[expect(clippy::expect_used, reason = "without its server there is nothing to measure")]
mod dovecot;

use super::{Measured, figures::per_second, ground::Ground, memory};
use anyhow::{Context as _, bail};
use recourse::{
    app::{App, Settings, intake, mailboxes::Watched},
    domain::mail::Came,
    jobs::postman,
    mail::inbox::{Security, Server, Then, Trust},
    store::sql,
};
use std::{
    future::Future,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant as Moment},
};
use tokio::sync::watch;
use zeroize::Zeroizing;

const PRODUCT: &str = "imagegen-artisticmonk";

/// A request of 10 KB; a different one each time.
fn request() -> Vec<u8> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let body = "Please delete my account and all the pictures I made with it. Thank you for your help.\r\n".repeat(114);
    format!(
        "From: Person {n} <p{n}@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: Privacy Request\r\n\
         Message-ID: <{n}@mail.example>\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A request with files of `size` bytes as they travel.
fn large(size: usize) -> Vec<u8> {
    let line = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9\r\n";
    let mut raw = b"From: Person <large@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: Privacy Request\r\n\
        Message-ID: <large@mail.example>\r\nContent-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\n\r\n\
        Please delete these pictures.\r\n--part\r\nContent-Type: image/png; name=one.png\r\n\
        Content-Transfer-Encoding: base64\r\n\r\n"
        .to_vec();
    raw.reserve_exact(size);
    while raw.len() < size {
        raw.extend_from_slice(line.as_bytes());
    }
    raw.extend_from_slice(b"--part--\r\n");
    raw
}

async fn take_in(app: &App, raw: Vec<u8>) -> anyhow::Result<()> {
    let message = intake::keep(app, PRODUCT, raw, Came::Pipe).await?.context("a message that is new")?;
    intake::read(app, message).await?;
    Ok(())
}

/// Runs `work` in a house of its own on one thread.
fn at_home<F: Future<Output = anyhow::Result<T>>, T>(ground: Ground, work: impl FnOnce(App) -> F) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        let app = ground.house(folder.path(), Settings::default()).await?;
        let done = work(app.clone()).await;
        app.db.close().await;
        done
    })
}

/// Kept as a mailbox's backlog is, eight in one transaction; then parse, thread, classify, store, clocks, acknowledgement
/// queued, each in its own, several under way as in the runner of jobs: messages a second on one thread.
pub fn messages(ground: Ground) -> anyhow::Result<Measured> {
    const MESSAGES: usize = 1_500;
    const TOGETHER: usize = 8;
    at_home(ground, |app| async move {
        let start = Moment::now();
        for _ in 0..MESSAGES / TOGETHER {
            let mut kept = Vec::new();
            let mut tx = app.db.begin().await?;
            for _ in 0..TOGETHER {
                kept.push(intake::keep_in(&app, &mut tx, PRODUCT, request(), Came::Imap, app.now()).await?.message);
            }
            tx.commit().await?;
            let read = kept.into_iter().map(|message| intake::read(&app, message));
            futures_util::future::try_join_all(read).await?;
        }
        Ok(Measured { value: per_second(MESSAGES / TOGETHER * TOGETHER, start), unit: "messages/s" })
    })
}

/// One message of 25 MB from its bytes to its case: milliseconds, and memory above rest as a share of its size.
pub fn of_25_mb() -> anyhow::Result<Vec<String>> {
    const SIZE: usize = 25_000_000;
    let (spent, above) = at_home(Ground::Sqlite, |app| async move {
        take_in(&app, request()).await?;
        let raw = large(SIZE);
        // the message itself belongs to what it takes
        let rest = memory::resting()?.saturating_sub(u64::try_from(raw.len())? / 1024);
        let start = Moment::now();
        take_in(&app, raw).await?;
        Ok((start.elapsed(), memory::highest()?.saturating_sub(rest) * 1024))
    })?;
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let share = above as f64 / SIZE as f64;
    eprintln!("a message of 25 MB: done");
    Ok(vec![
        format!("| a message of 25 MB from its bytes to its case, SQLite | < 2 s | {} ms |", spent.as_millis()),
        format!("| memory for it, itself included | < 3 times its size | {share:.1} times |"),
    ])
}

/// Memory after the first thousand messages and after all.
pub fn flat(full: bool) -> anyhow::Result<String> {
    let (first, all) = (1_000, if full { 100_000 } else { 10_000 });
    let (before, after) = at_home(Ground::Sqlite, |app| async move {
        let mut before = 0;
        for n in 0..all {
            if n == first {
                before = memory::resting()?;
            }
            take_in(&app, request()).await?;
        }
        Ok((before / 1024, memory::highest()? / 1024))
    })?;
    eprintln!("memory over {all} messages: done");
    Ok(format!("| the most memory until message {first}, and until message {all} | flat | {before} MiB, {after} MiB |"))
}

/// Fifty mailboxes on one server, one new mail in each: until the last of them is kept.
pub fn mailboxes() -> anyhow::Result<String> {
    const MAILBOXES: usize = 50;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let spent = runtime.block_on(async {
        let server = &*dovecot::DOVECOT;
        let trust = Trust::file(&server.certificate).map_err(|error| anyhow::anyhow!("{error}"))?;
        let watched = |_| Watched {
            product: PRODUCT.to_owned(),
            name: dovecot::fresh_user(),
            server: Server {
                host: "localhost".to_owned(),
                port: server.tls,
                security: Security::Implicit(trust.clone()),
                user: String::new(),
                password: Zeroizing::new(dovecot::PASSWORD.to_owned()),
            },
            folder: "INBOX".to_owned(),
            then: Then::Leave,
            poll: Duration::from_secs(30),
        };
        let mut mailboxes: Vec<_> = (0..MAILBOXES).map(watched).collect();
        for mailbox in &mut mailboxes {
            mailbox.server.user.clone_from(&mailbox.name);
            dovecot::Client::login(&mailbox.name).append("INBOX", &request());
        }
        let folder = tempfile::tempdir()?;
        let settings = Settings { mailboxes, ..Settings::default() };
        let app = Ground::Sqlite.house(folder.path(), settings).await?;
        let (stop, stopped) = watch::channel(false);
        let start = Moment::now();
        let postman = tokio::spawn(postman::run(app.clone(), 30_000, stopped));
        while kept(&app).await? < MAILBOXES {
            if start.elapsed() > Duration::from_mins(2) {
                bail!("not every mailbox was read within two minutes");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let spent = start.elapsed();
        stop.send(true)?;
        postman.await?;
        app.db.close().await;
        Ok(spent)
    })?;
    eprintln!("{MAILBOXES} mailboxes: done");
    Ok(format!(
        "| {MAILBOXES} mailboxes over TLS, one new mail in each, all kept | < 30 s | {} ms |",
        spent.as_millis()
    ))
}

async fn kept(app: &App) -> anyhow::Result<usize> {
    let mut tx = app.db.read().await?;
    let (kept,): (i64,) = sql("SELECT COUNT(*) FROM messages").one(&mut tx).await?;
    Ok(usize::try_from(kept)?)
}
