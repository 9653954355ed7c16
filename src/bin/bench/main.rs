//! Measures what the design promises, and prints the table that the README shows. Never decides a test.
//! Every figure is the median of five runs; `PostgreSQL` is a server of the bench's own.

mod audit;
mod clocks;
mod erasure;
mod export;
mod figures;
mod ground;
mod mail;
mod memory;
mod process;
mod sign_in;
mod spent;

use ground::Ground;

/// Runs of each measurement.
const RUNS: usize = 5;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let full = arguments.iter().any(|argument| argument == "full");
    let mut rows = Vec::new();
    // `bench mail`, say, leaves everything else out; `bench mail full` and `bench full` take longer
    let only = arguments.into_iter().find(|argument| argument != "full");
    let asked = |name: &str| only.as_deref().is_none_or(|only| only == name);
    // first, while there is little in memory
    if asked("export") || asked("generation") {
        rows.extend(export::rows(full)?);
    }
    if asked("mail") {
        rows.extend(mail(full)?);
    }
    if asked("figures") {
        rows.extend(figures()?);
    }
    if asked("figures") || asked("sign_in") {
        rows.push(sign_in::row()?);
    }
    if asked("clocks") {
        rows.push(row("1,000,000 due instants by every rule of law, one core", "< 2 s", clocks::computed)?);
        rows.extend(alarms()?);
    }
    for ground in [Ground::Postgres, Ground::Sqlite] {
        if asked("audit") {
            let name = ground.name();
            rows.push(row(&format!("audit log checked, {name}"), "≥ 200,000 entries/s", || audit::verified(ground))?);
            rows.push(row(&format!("audit entries of 16 writers, {name}"), "beside it", || audit::added(ground))?);
        }
    }
    for ground in [Ground::Postgres, Ground::Maria, Ground::Sqlite] {
        if asked("erasure") || asked("generation") {
            rows.extend(erasure::rows(ground)?);
        }
        if asked("small") || asked("generation") {
            rows.push(erasure::small::row(ground)?);
        }
    }
    for ground in [Ground::Postgres, Ground::Maria] {
        if full && (asked("large") || asked("generation")) {
            rows.extend(erasure::large::rows(ground)?);
        }
    }
    println!("| Work | Bar | Measured |\n|---|---|---|");
    for row in rows {
        println!("{row}");
    }
    Ok(())
}

fn mail(full: bool) -> anyhow::Result<Vec<String>> {
    let mut rows = mail::of_25_mb()?;
    rows.push(row("mail in, SQLite, one core, 10 KB bodies", "≥ 300 messages/s", || mail::messages(Ground::Sqlite))?);
    rows.push(row("mail in, PostgreSQL 15", "beside it", || mail::messages(Ground::Postgres))?);
    rows.push(row("fsyncs of the same disk", "beside it", figures::fsyncs)?);
    rows.push(mail::flat(full)?);
    rows.push(mail::mailboxes()?);
    Ok(rows)
}

fn figures() -> anyhow::Result<Vec<String>> {
    Ok(vec![
        row("no-op jobs, SQLite", "≥ 1,000/s", || figures::jobs(Ground::Sqlite))?,
        row("no-op jobs, PostgreSQL 15", "≥ 2,000/s", || figures::jobs(Ground::Postgres))?,
        process::start()?,
        process::idle()?,
        process::first_load()?,
    ])
}

fn alarms() -> anyhow::Result<Vec<String>> {
    let said = |name: &str, measured: &Measured| {
        eprintln!("{name}: done");
        format!(
            "| 200 clocks that need somebody found among 1,000,000, {name} | beside it | {:.1} {} |",
            measured.value, measured.unit
        )
    };
    Ok(vec![said("SQLite", &clocks::found(Ground::Sqlite)?), said("PostgreSQL 15", &clocks::found(Ground::Postgres)?)])
}

/// One measured value with its unit.
pub struct Measured {
    /// The value.
    pub value: f64,
    /// How it is said.
    pub unit: &'static str,
}

/// One row of the table: the median of several runs.
fn row(work: &str, bar: &str, run: impl Fn() -> anyhow::Result<Measured>) -> anyhow::Result<String> {
    let mut runs = (0..RUNS).map(|_| run()).collect::<anyhow::Result<Vec<_>>>()?;
    runs.sort_by(|a, b| a.value.total_cmp(&b.value));
    let median = &runs[runs.len() / 2];
    eprintln!("{work}: done");
    Ok(format!("| {work} | {bar} | {:.0} {} |", median.value, median.unit))
}
