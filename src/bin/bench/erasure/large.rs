//! The same work for people with 20,000, 200,000 and 2,000,000 rows among 13,000,000 of others: copies, plans and
//! erasures, each beside statements by hand, with the memory that they take above rest. Takes the better part of an hour.

use super::{
    BAR,
    run::{Desk, target},
    said,
    world::{Copy, Size, Template},
};
use crate::{
    export,
    export::by_hand,
    ground::Ground,
    memory,
    spent::{Meter, Spent, median},
};
use anyhow::bail;
use recourse::app::Settings;

/// What was measured of one person; one figure a round.
#[derive(Default)]
struct Costs {
    rows: i64,
    copied: i64,
    export: Vec<Spent>,
    export_by_hand: Vec<Spent>,
    plan: Vec<Spent>,
    erasure: Vec<Spent>,
    erasure_by_hand: Vec<Spent>,
    verify: Vec<Spent>,
    /// KiB above rest, at most, of copies and of erasures.
    memory: (u64, u64),
}

/// The rows of the table for one engine.
pub fn rows(ground: Ground) -> anyhow::Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut rows = Vec::new();
    for costs in runtime.block_on(measured(ground))? {
        let (engine, n) = (ground.name(), costs.rows);
        let (ours, by_hand) = (median(costs.export), median(costs.export_by_hand));
        rows.push(format!(
            "| copy, {} rows among 13 million of others, {engine} | ≥ {} of the speed by hand | {:.2} ({} against {}; {} MiB above rest) |",
            costs.copied,
            export::BAR,
            by_hand.wall / ours.wall,
            said(ours),
            said(by_hand),
            costs.memory.0 / 1024,
        ));
        let (ours, by_hand) = (median(costs.erasure), median(costs.erasure_by_hand));
        rows.push(format!(
            "| erasure, {n} rows among them, {engine} | ≥ {BAR} of the speed by hand | {:.2} ({} against {}; {} MiB above rest) |",
            by_hand.wall / ours.wall,
            said(ours),
            said(by_hand),
            costs.memory.1 / 1024,
        ));
        rows.push(format!("| its plan, {engine} | < 2 s | {} |", said(median(costs.plan))));
        rows.push(format!("| its re-query, {engine} | beside it | {} |", said(median(costs.verify))));
    }
    // what comes after may fail, and this took long
    for row in &rows {
        eprintln!("{row}");
    }
    Ok(rows)
}

async fn measured(ground: Ground) -> anyhow::Result<Vec<Costs>> {
    // a copy of MariaDB's takes minutes to make
    let rounds = if ground == Ground::Maria { 1 } else { 3 };
    let folder = tempfile::tempdir()?;
    let app = ground.house(folder.path(), Settings::default()).await?;
    let desk = Desk::new(&app).await?;
    let template = Template::make(ground, Size::Large).await?;
    eprintln!("large, {}: the database is there", ground.name());
    let mut all: Vec<_> = Size::Large.people().iter().map(|person| (*person, Costs::default())).collect();
    for _ in 0..rounds {
        let copy = template.copy().await?;
        for (person, costs) in &mut all {
            exported(&copy, *person, template.server, costs).await?;
            erased(&desk, &copy, *person, template.server, costs).await?;
        }
        let left = copy.left().await?;
        copy.drop().await?;
        let copy = template.copy().await?;
        for (person, costs) in &mut all {
            // so that it finds the database as warm
            let source = copy.source()?;
            source.plan(&target(&source, *person).await?).await?;
            source.close().await;
            let meter = Meter::start(template.server)?;
            copy.by_hand(*person).await?;
            costs.erasure_by_hand.push(meter.spent()?);
            eprintln!("large, {}, person {person}, by hand: {:?}", ground.name(), costs.erasure_by_hand.last());
        }
        if copy.left().await? != left {
            bail!("by hand another database is left");
        }
        copy.drop().await?;
    }
    app.db.close().await;
    Ok(all.into_iter().map(|(_, costs)| costs).collect())
}

async fn exported(copy: &Copy, person: i64, server: Option<u32>, costs: &mut Costs) -> anyhow::Result<()> {
    let (source, folder) = (export::source(copy)?, tempfile::tempdir()?);
    source.check().await?;
    // whoever is first finds the database cold
    by_hand::copy(copy, person, folder.path())?;
    let rest = memory::resting()?;
    let meter = Meter::start(server)?;
    let copied = export::package(&source, &person.to_string(), folder.path()).await?;
    costs.export.push(meter.spent()?);
    costs.memory.0 = costs.memory.0.max(memory::highest()?.saturating_sub(rest));
    source.close().await;
    costs.copied = copied.tables.iter().map(|table| table.rows).sum();
    let meter = Meter::start(server)?;
    by_hand::copy(copy, person, folder.path())?;
    costs.export_by_hand.push(meter.spent()?);
    let others = by_hand::rows(folder.path())?;
    if others.iter().any(|rows| i64::try_from(*rows) != Ok(costs.copied)) {
        bail!("{} rows were packed and {others:?} copied by hand", costs.copied);
    }
    eprintln!("large, person {person}, copy: {:?} against {:?}", costs.export.last(), costs.export_by_hand.last());
    Ok(())
}

async fn erased(
    desk: &Desk<'_>,
    copy: &Copy,
    person: i64,
    server: Option<u32>,
    costs: &mut Costs,
) -> anyhow::Result<()> {
    let source = copy.source()?;
    let target = target(&source, person).await?;
    let meter = Meter::start(server)?;
    let (plan, counted) = source.counted(&target).await?;
    costs.plan.push(meter.spent()?);
    if !plan.may_run() {
        bail!("the plan is stopped: {:?}", plan.warnings);
    }
    let run = desk.approved(&plan, &target).await?;
    let rest = memory::resting()?;
    let meter = Meter::start(server)?;
    costs.rows = desk.carry_out(run, &source, &target, &counted).await?;
    costs.erasure.push(meter.spent()?);
    costs.memory.1 = costs.memory.1.max(memory::highest()?.saturating_sub(rest));
    desk.finished(run).await?;
    let meter = Meter::start(server)?;
    let verified = source.erasure(&target).await?.verify().await?;
    costs.verify.push(meter.spent()?);
    if !verified.left.is_empty() {
        bail!("something is left: {verified:?}");
    }
    source.close().await;
    eprintln!("large, person {person}: plan {:?}, erasure {:?}", costs.plan.last(), costs.erasure.last());
    Ok(())
}
