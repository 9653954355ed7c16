//! The measurements of clocks: how fast they are computed by the real rules, and how fast the few that need somebody
//! are found among a million.

use super::{Measured, RUNS, ground::Ground};
use recourse::{
    app::Settings,
    app::packs::Packs,
    domain::{
        clock::{
            fact::{Fact, Facts, Happened},
            period::Period,
            reckon::{self, Ground as Place},
        },
        identity::Reference,
        policy::rule::Pause,
        time::{DAY, Instant},
    },
    store::{Tx, clocks::clocks_due, per_engine},
};
use std::{hint::black_box, time::Instant as Moment};

/// Milliseconds for a million due instants: every rule of every law that has a number, one after the other, with its
/// zone, its calendar, its rolls and a question that was asked and answered.
pub fn computed() -> anyhow::Result<Measured> {
    let packs = Packs::load(None)?;
    let mut rules: Vec<(Period, Place<'_>, &[Pause])> = Vec::new();
    for law in packs.laws() {
        let calendar = law.calendar.as_deref().or(Some("DE")).and_then(|code| packs.calendar(code));
        for rule in law.rules.iter().filter(|rule| rule.duty.is_some() && !rule.backwards) {
            let place = Place { zone: law.zone, calendar, roll: rule.roll.unwrap_or(law.roll) };
            rules.extend(rule.period.iter().map(|period| (period.period, place, rule.pauses.as_slice())));
        }
    }
    let start = Moment::now();
    for (n, (period, place, pauses)) in rules.iter().cycle().take(1_000_000).enumerate() {
        let from = Instant(1_700_000_000_000 + i64::try_from(n)? * 61_003);
        let facts = if pauses.is_empty() { Facts::new(from, Vec::new()) } else { questioned(from) };
        black_box(reckon::due(*period, &reckon::course(*period, from, pauses, &facts, place), place));
    }
    Ok(Measured { value: start.elapsed().as_secs_f64() * 1_000.0, unit: "ms" })
}

fn questioned(from: Instant) -> Facts {
    let happened = |fact, days| Happened { fact, at: from.plus(days * DAY) };
    Facts::new(from, vec![happened(Fact::IdentityAsked, 2), happened(Fact::IdentityReceived, 5)])
}

/// Milliseconds to find the next two hundred clocks that need somebody, of a thousand that do, among a million open ones.
pub fn found(ground: Ground) -> anyhow::Result<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        let app = ground.house(folder.path(), Settings::default()).await?;
        let mut tx = app.db.begin().await?;
        fill(&mut tx).await?;
        tx.commit().await?;
        let mut runs = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let mut tx = app.db.read().await?;
            let start = Moment::now();
            let due = clocks_due(&mut tx, Instant(1_000), (Instant(0), Reference(0)), 200).await?;
            runs.push(start.elapsed().as_secs_f64() * 1_000.0);
            anyhow::ensure!(due.len() == 200, "{} cases were found", due.len());
        }
        app.db.close().await;
        runs.sort_by(f64::total_cmp);
        Ok(Measured { value: runs[RUNS / 2], unit: "ms" })
    })
}

/// Two hundred thousand open cases with five open clocks each; one clock of the first thousand cases is due.
async fn fill(tx: &mut Tx) -> anyhow::Result<()> {
    per_engine(
        "INSERT INTO cases (product, kind, restricted, state, open, channel, received_at, sort_due, seq)
         SELECT 'p', 'access', FALSE, 'open', TRUE, 'mail', i, i, 1 FROM generate_series(1, 200000) i",
        "INSERT INTO cases (product, kind, restricted, state, open, channel, received_at, sort_due, seq)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
         SELECT 'p', 'access', FALSE, 'open', TRUE, 'mail', i, i, 1 FROM n",
    )
    .run(tx)
    .await?;
    per_engine(
        "INSERT INTO clocks (case_id, duty, layer, rule, start, raised, alarm_at)
         SELECT c.id, 'resolve', 'law', 'r' || k, '{}', 'nothing',
         CASE WHEN c.received_at <= 1000 AND k = 1 THEN c.received_at ELSE 1000000 + c.received_at END
         FROM cases c, generate_series(1, 5) k",
        "INSERT INTO clocks (case_id, duty, layer, rule, start, raised, alarm_at)
         WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 5)
         SELECT c.id, 'resolve', 'law', 'r' || k, '{}', 'nothing',
         CASE WHEN c.received_at <= 1000 AND k = 1 THEN c.received_at ELSE 1000000 + c.received_at END
         FROM cases c, n",
    )
    .run(tx)
    .await?;
    Ok(())
}
