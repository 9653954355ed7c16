//! The measurements inside one process.

use super::{Measured, ground::Ground};
use recourse::{
    app::Settings,
    domain::{identity::MessageId, work::Work},
    jobs::runner::{self, Pace},
    store::{jobs::job_enqueue, sql},
};
use std::{fs, io::Write as _, time::Instant as Moment};
use tokio::sync::watch;

/// How many a second.
pub fn per_second(count: usize, since: Moment) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let count = count as f64;
    count / since.elapsed().as_secs_f64()
}

/// How often the disk under the bench makes one block last, a second.
pub fn fsyncs() -> anyhow::Result<Measured> {
    const TIMES: usize = 300;
    let folder = tempfile::tempdir()?;
    let mut file = fs::File::create(folder.path().join("block"))?;
    let start = Moment::now();
    for _ in 0..TIMES {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
    }
    Ok(Measured { value: per_second(TIMES, start), unit: "fsyncs/s" })
}

/// Jobs that find nothing to do, through the runner: claimed, run, each ended by its own acknowledgement.
pub fn jobs(ground: Ground) -> anyhow::Result<Measured> {
    const JOBS: i64 = 3_000;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        let app = ground.house(folder.path(), Settings::default()).await?;
        let mut tx = app.db.begin().await?;
        for n in 0..JOBS {
            job_enqueue(&mut tx, &Work::ReadMessage { message: MessageId(1_000_000 + n) }, 0).await?;
        }
        tx.commit().await?;
        let (stop, stopped) = watch::channel(false);
        let start = Moment::now();
        let work = tokio::spawn(runner::run(app.clone(), Pace { workers: 16, ..Pace::default() }, stopped));
        loop {
            let mut tx = app.db.read().await?;
            let (left,): (i64,) = sql("SELECT COUNT(*) FROM jobs WHERE state <> 'completed' AND work = 'read_message'")
                .one(&mut tx)
                .await?;
            if left == 0 {
                break;
            }
            drop(tx);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let value = per_second(usize::try_from(JOBS)?, start);
        stop.send(true)?;
        work.await?;
        app.db.close().await;
        Ok(Measured { value, unit: "jobs/s" })
    })
}
