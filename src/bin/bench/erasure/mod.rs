//! How long it takes to erase one person with 200,000 rows among 1,300,000 of others, against statements that were
//! written by hand for that schema and run in one transaction. Both find the database as warm as a plan leaves it.

pub mod large;
mod run;
pub mod small;
pub mod world;

use crate::{
    RUNS,
    ground::Ground,
    spent::{Meter, Spent, median},
};
use anyhow::bail;
use recourse::app::Settings;
use run::{Desk, target};
use world::{Size, Template};

/// How much slower than by hand it may be: this part of its speed has to be left.
const BAR: f64 = 0.7;

/// What every run cost.
#[derive(Default)]
struct Costs {
    ours: Vec<Spent>,
    by_hand: Vec<Spent>,
    plan: Vec<Spent>,
    verify: Vec<Spent>,
    rows: i64,
}

/// The rows of the table for one engine.
pub fn rows(ground: Ground) -> anyhow::Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let costs = runtime.block_on(measured(ground))?;
    let bar = match ground {
        Ground::Sqlite => "beside it".to_owned(),
        Ground::Postgres | Ground::Maria => format!("≥ {BAR} of the speed by hand"),
    };
    let engine = ground.name();
    let rows = costs.rows;
    let (ours, by_hand) = (median(costs.ours), median(costs.by_hand));
    let (plan, verify) = (median(costs.plan), median(costs.verify));
    eprintln!("erasure, {engine}: done");
    Ok(vec![
        format!(
            "| erasure, {rows} rows of 1.5 million, {engine} | {bar} | {:.2} ({} against {}) |",
            by_hand.wall / ours.wall,
            said(ours),
            said(by_hand)
        ),
        format!("| its plan, {engine} | < 2 s | {} |", said(plan)),
        format!("| its re-query, {engine} | beside it | {} |", said(verify)),
    ])
}

fn said(spent: Spent) -> String {
    format!("{:.2} s, processors {:.2} s", spent.wall, spent.cpu)
}

async fn measured(ground: Ground) -> anyhow::Result<Costs> {
    let folder = tempfile::tempdir()?;
    let app = ground.house(folder.path(), Settings::default()).await?;
    let desk = Desk::new(&app).await?;
    let template = Template::make(ground, Size::Usual).await?;
    let mut costs = Costs::default();
    for n in 0..RUNS {
        let copy = template.copy().await?;
        let source = copy.source()?;
        let target = target(&source, 1).await?;
        let meter = Meter::start(template.server)?;
        let (plan, counted) = source.counted(&target).await?;
        costs.plan.push(meter.spent()?);
        if !plan.may_run() {
            bail!("the plan is stopped: {:?}", plan.warnings);
        }
        let run = desk.approved(&plan, &target).await?;
        let meter = Meter::start(template.server)?;
        costs.rows = desk.carry_out(run, &source, &target, &counted).await?;
        costs.ours.push(meter.spent()?);
        desk.finished(run).await?;
        let meter = Meter::start(template.server)?;
        let verified = source.erasure(&target).await?.verify().await?;
        costs.verify.push(meter.spent()?);
        if !verified.left.is_empty() {
            bail!("something is left: {verified:?}");
        }
        source.close().await;
        let left = copy.left().await?;
        copy.drop().await?;

        let copy = template.copy().await?;
        let source = copy.source()?;
        source.plan(&target).await?;
        source.close().await;
        let meter = Meter::start(template.server)?;
        copy.by_hand(1).await?;
        costs.by_hand.push(meter.spent()?);
        if copy.left().await? != left {
            bail!("by hand another database is left");
        }
        copy.drop().await?;
        eprintln!("erasure {}: {:?} against {:?}", n + 1, costs.ours.last(), costs.by_hand.last());
    }
    app.db.close().await;
    Ok(costs)
}
