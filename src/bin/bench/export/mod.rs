//! How quickly a person's 200,000 rows leave in a sealed package that holds them as JSON and as CSV, against the
//! database's own `COPY` of the same rows in both forms into `zip -1`. And how much memory that takes.

pub mod by_hand;
mod memory;

use crate::{
    RUNS,
    erasure::world::{Copy, Size, Template},
    ground::Ground,
    spent::{Meter, Spent, median},
};
use anyhow::bail;
use recourse::{
    domain::{copy::CopyForm, identity::Identity},
    generation::{
        Extent, Source,
        export::{About, Copied, CopyOrder, Shelf, Watch},
        sealed::Sealer,
    },
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How much slower than `COPY` it may be: this part of its speed has to be left.
pub const BAR: f64 = 0.5;

/// The rows of the table.
pub fn rows(full: bool) -> anyhow::Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measured(full))
}

async fn measured(full: bool) -> anyhow::Result<Vec<String>> {
    let template = Template::make(Ground::Postgres, Size::Usual).await?;
    let copy = template.copy().await?;
    let mut rows = memory::rows(&copy, full).await?;
    let source = source(&copy)?;
    let folder = tempfile::tempdir()?;
    let (mut ours, mut by_hand, mut copied) = (Vec::new(), Vec::new(), Copied::default());
    // the first of each finds the database cold
    for n in 0..=RUNS {
        let meter = Meter::start(template.server)?;
        copied = package(&source, "1", folder.path()).await?;
        ours.extend((n > 0).then_some(meter.spent()?));
        let meter = Meter::start(template.server)?;
        by_hand::copy(&copy, 1, folder.path())?;
        by_hand.extend((n > 0).then_some(meter.spent()?));
        eprintln!("export {n}: {:?} against {:?}", ours.last(), by_hand.last());
    }
    source.close().await;
    copy.drop().await?;
    let (ours, by_hand) = (median(ours), median(by_hand));
    let count: i64 = copied.tables.iter().map(|table| table.rows).sum();
    let others = by_hand::rows(folder.path())?;
    if others.iter().any(|rows| i64::try_from(*rows) != Ok(count)) {
        bail!("{count} rows were packed and {others:?} copied by hand");
    }
    rows.insert(
        0,
        format!(
            "| export, {count} rows of 1.5 million, PostgreSQL 15 | ≥ {BAR} of the speed of COPY | {:.2} ({} against {}) |",
            by_hand.wall / ours.wall,
            said(ours),
            said(by_hand)
        ),
    );
    Ok(rows)
}

fn said(spent: Spent) -> String {
    format!("{:.2} s, processors {:.2} s", spent.wall, spent.cpu)
}

/// The database through the demo's data map, with every column: `COPY` leaves none out either.
pub fn source(copy: &Copy) -> anyhow::Result<Source> {
    let map = recourse::cli::demo::company::IMAGEGEN.map.replace(", file = true", "");
    let lines =
        map.lines().map(|line| line.split_once(", leave_out").map_or(line.to_owned(), |(is, _)| format!("{is} }}")));
    let map = lines.collect::<Vec<_>>().join("\n");
    Source::new(&copy.url, None, &map).map_err(|faults| anyhow::anyhow!("{faults:?}"))
}

/// Packs one account's rows into a sealed file.
pub async fn package(source: &Source, account: &str, folder: &Path) -> anyhow::Result<Copied> {
    let identity = Identity { kind: "account".to_owned(), value: account.to_owned() };
    let found = source.find(&[identity]).await?;
    let plan = source.plan_copy(&found.subjects, &found.found_by, (CopyForm::Full, &Extent::default())).await?;
    let order = CopyOrder {
        subjects: found.subjects,
        extent: Extent::default(),
        form: CopyForm::Full,
        scope_hash: plan.scope_hash,
        spool: folder.to_owned(),
        about: About { product: "ImageGen".to_owned(), ..About::default() },
        file_key: [3; 32],
        part_bytes: 0,
    };
    let (copied, _) = source.write_copy(&order, Sealed(folder.join("package")), Arc::new(Watch::default())).await?;
    Ok(copied)
}

/// A package in one sealed file.
struct Sealed(PathBuf);

impl Shelf for Sealed {
    type Out = Sealer<fs::File>;

    fn begin(&mut self, _: u32, _: bool) -> io::Result<Self::Out> {
        Ok(Sealer::new(&[1; 32], [2; 19], fs::File::create(&self.0)?))
    }

    fn finish(&mut self, out: Self::Out) -> io::Result<()> {
        out.finish().map(|_| ())
    }
}
