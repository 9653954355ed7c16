//! The audit log: how fast it is checked, and how many entries many writers at once add, each in a transaction of its own.

use super::{Measured, figures::per_second, ground::Ground};
use recourse::{
    app::{
        Settings,
        audit::{self, AuditAction, Trust},
    },
    domain::identity::Reference,
    store::audit::audit_append,
};
use std::time::Instant as Moment;

/// Entries that are checked.
const ENTRIES: usize = 400_000;
/// Entries that are added.
const ADDED: usize = 1_600;
/// Writers at once.
const WRITERS: usize = 16;

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

/// The chain is followed from the first entry to the last.
pub fn verified(ground: Ground) -> anyhow::Result<Measured> {
    runtime()?.block_on(async {
        let folder = tempfile::tempdir()?;
        let app = ground.house(folder.path(), Settings::default()).await?;
        for _ in 0..ENTRIES / 1_000 {
            let mut tx = app.db.begin().await?;
            for n in 0..1_000 {
                audit_append(&mut tx, app.now(), None, AuditAction::CaseOpened, Some(Reference(10_000 + n)), "");
            }
            tx.commit().await?;
        }
        let trust = Trust { keys: audit::public_keys(&app).await?, folder: None };
        let start = Moment::now();
        let report = audit::verify(&app.db, &trust).await?;
        let value = per_second(usize::try_from(report.entries)?, start);
        anyhow::ensure!(report.whole && report.entries > i64::try_from(ENTRIES)?, "the chain is not whole: {report:?}");
        app.db.close().await;
        Ok(Measured { value, unit: "entries/s" })
    })
}

/// Sixteen writers add entries, one a transaction.
pub fn added(ground: Ground) -> anyhow::Result<Measured> {
    runtime()?.block_on(async {
        let folder = tempfile::tempdir()?;
        let app = ground.house(folder.path(), Settings::default()).await?;
        let start = Moment::now();
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                let app = app.clone();
                tokio::spawn(async move {
                    for _ in 0..ADDED / WRITERS {
                        let mut tx = app.db.begin().await?;
                        audit_append(&mut tx, app.now(), None, AuditAction::ClockAlarmed, Some(Reference(10_001)), "");
                        tx.commit().await?;
                    }
                    Ok::<_, recourse::store::Error>(())
                })
            })
            .collect();
        for writer in writers {
            writer.await??;
        }
        let value = per_second(ADDED, start);
        app.db.close().await;
        Ok(Measured { value, unit: "entries/s" })
    })
}
