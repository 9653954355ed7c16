//! A thousand small erasures from end to end: each of thirty rows and five files, from the one approval of them all through
//! the queue of jobs to their signed receipts. Mails, verifications and plans before it are not counted.

use super::world::filled;
use crate::{
    figures::per_second,
    ground::Ground,
    spent::{Meter, Spent},
};
use anyhow::{Context as _, bail};
use recourse::{
    app::{
        App, Settings, intake,
        runs::{self, Ticked},
        staff, verbs,
    },
    cli::demo::company::IMAGEGEN,
    domain::{
        identity::Identity,
        mail::Came,
        rights::{Actor, Role},
    },
    generation::{Files, Source},
    jobs::runner::{self, Pace},
    store::{cases, sql},
};
use std::{collections::HashMap, fs, time::Duration};
use tokio::sync::watch;

const PRODUCT: &str = "imagegen-artisticmonk";
const ERASURES: usize = 1_000;
/// Runs at a time; more would only wait for each other.
const WORKERS: usize = 8;

/// The row of the table; console and generation database are on the same engine.
pub fn row(ground: Ground) -> anyhow::Result<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let spent = runtime.block_on(measured(ground))?;
    let bar = match ground {
        Ground::Postgres => "≥ 50/s",
        Ground::Sqlite => "≥ 20/s",
        Ground::Maria => "beside it",
    };
    let name = ground.name();
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let rate = ERASURES as f64 / spent.wall;
    Ok(format!(
        "| {ERASURES} erasures of 30 rows and 5 files each under one approval, to the last receipt, {name} | {bar} | {rate:.0}/s (processors {:.1} ms each) |",
        spent.cpu
    ))
}

async fn measured(ground: Ground) -> anyhow::Result<Spent> {
    let folder = tempfile::tempdir()?;
    let files = folder.path().join("files");
    fs::create_dir(&files)?;
    for n in 1..=10_000 {
        fs::write(files.join(format!("{n}.png")), [7; 512])?;
    }
    let (url, server) = filled(ground, &folder.path().join("generation.db"), include_str!("small.sql")).await?;
    let source = Source::new(&url, Some(Files::Folder(files.clone())), IMAGEGEN.map);
    let source = source.map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    let sources = HashMap::from([(PRODUCT.to_owned(), source)]);
    let app = ground.house_with(folder.path(), Settings::default(), sources).await?;
    let by = planned(&app).await?;
    let waiting = runs::load_waiting(&app, &by).await?;
    let ticked = waiting.into_iter().map(|one| Ticked { run: one.line.id, scope_hash: one.scope_hash });
    let ticked: Vec<_> = ticked.collect();
    eprintln!("{} runs wait for approval on {}", ticked.len(), ground.name());

    let (stop, stopped) = watch::channel(false);
    let meter = Meter::start(server)?;
    let start = std::time::Instant::now();
    let done = runs::approve_batch(&app, &by, &ticked, &ticked.len().to_string()).await?;
    if done.approved != ERASURES {
        bail!("{:?} were not approved", done.refused);
    }
    let work = tokio::spawn(runner::run(app.clone(), Pace { workers: WORKERS, ..Pace::default() }, stopped));
    loop {
        let (receipts,): (i64,) = sql("SELECT COUNT(*) FROM receipts").one(&mut app.db.read().await?).await?;
        if usize::try_from(receipts)? == ERASURES {
            break;
        }
        let (other,): (i64,) =
            sql("SELECT COUNT(*) FROM runs WHERE state = 'stopped'").one(&mut app.db.read().await?).await?;
        if other > 0 || start.elapsed() > Duration::from_mins(10) {
            bail!("{receipts} receipts, and {other} runs stopped");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let spent = meter.spent()?;
    stop.send(true)?;
    work.await?;
    eprintln!("small erasures, {}: {:.1}/s", ground.name(), per_second(ERASURES, start));
    let left = fs::read_dir(&files)?.count();
    if left != 10_000 - 5 * ERASURES {
        bail!("{left} files are left");
    }
    app.db.close().await;
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let each = spent.cpu / ERASURES as f64 * 1_000.0;
    Ok(Spent { cpu: each, ..spent })
}

/// A run of each of the first thousand people, planned; who may approve them.
async fn planned(app: &App) -> anyhow::Result<Actor> {
    let mut actors = Vec::new();
    for (name, role) in [("asks", Role::Agent), ("approves", Role::Lead)] {
        let email = format!("{name}@imagegen.example");
        let id = staff::create_user(app, &email, name, "correct-horse-battery", &[role]).await?;
        actors.push(Actor::with_roles(id, name, &[role], recourse::domain::sign_in::Proof::Fresh));
    }
    for n in 1..=ERASURES {
        let mail = format!(
            "From: p{n}@mail.example\r\nTo: privacy@imagegen.example\r\nSubject: Delete my account\r\n\
             Message-ID: <{n}@mail.example>\r\n\r\nPlease delete my account and everything in it.\r\n"
        );
        let message = intake::keep(app, PRODUCT, mail.into_bytes(), Came::Pipe).await?.context("a new mail")?;
        let intake::Read::Opened(case) = intake::read(app, message).await? else { bail!("the mail opened no case") };
        let seen = async || {
            let case = cases::case_get(&mut app.db.read().await?, case).await?;
            anyhow::Ok(case.context("a case")?.seq)
        };
        let who = [Identity { kind: "account".to_owned(), value: n.to_string() }];
        verbs::verify_by_staff(app, &actors[0], case, seen().await?, &who, "known").await?;
        runs::plan_run(app, &actors[0], case, seen().await?, &runs::Chosen::default()).await?;
    }
    // mails and the rest are not what is measured
    let mut tx = app.db.begin().await?;
    sql("UPDATE jobs SET state = 'completed' WHERE work <> 'execute_run' AND state = 'available'").run(&mut tx).await?;
    tx.commit().await?;
    actors.pop().context("who approves")
}
