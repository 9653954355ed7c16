//! What something costs: time on the clock, and processor time of this process and of the `PostgreSQL` server under it.

use anyhow::Context as _;
use std::{fs, time::Instant};

/// Seconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// On the clock.
    pub wall: f64,
    /// Of processors, here and in the server.
    pub cpu: f64,
}

/// Measures from its making on.
pub struct Meter {
    server: Option<u32>,
    start: Instant,
    cpu: f64,
}

impl Meter {
    /// Begins; `server` is the first process of a `PostgreSQL` server that works for us.
    pub fn start(server: Option<u32>) -> anyhow::Result<Self> {
        Ok(Self { server, cpu: cpu(server)?, start: Instant::now() })
    }

    /// What was spent until now.
    pub fn spent(&self) -> anyhow::Result<Spent> {
        let wall = self.start.elapsed().as_secs_f64();
        Ok(Spent { wall, cpu: cpu(self.server)? - self.cpu })
    }
}

/// The median of each.
pub fn median(mut runs: Vec<Spent>) -> Spent {
    let middle = runs.len() / 2;
    runs.sort_by(|a, b| a.wall.total_cmp(&b.wall));
    let wall = runs[middle].wall;
    runs.sort_by(|a, b| a.cpu.total_cmp(&b.cpu));
    Spent { wall, cpu: runs[middle].cpu }
}

/// The process that a server's process `pid` was started by.
pub fn parent(pid: u32) -> anyhow::Result<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    Ok(u32::try_from(field(&stat, 4).context("a process without a parent")?)?)
}

/// Processor seconds until now: ours with those of programs that we ran and that ended, and those of the server with all it started and still runs.
fn cpu(server: Option<u32>) -> anyhow::Result<f64> {
    /// Linux counts in hundredths of a second.
    const TICKS: f64 = 100.0;
    let own = fs::read_to_string("/proc/self/stat")?;
    // 16 and 17 are those of children that ended
    let mut ticks = sum(&own, 14..=17);
    if let Some(server) = server {
        ticks += sum(&fs::read_to_string(format!("/proc/{server}/stat"))?, 14..=17);
        for entry in fs::read_dir("/proc")?.flatten() {
            // a process may end while it is looked at
            let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
            if field(&stat, 4) == Some(u64::from(server)) {
                ticks += sum(&stat, 14..=15);
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let ticks = ticks as f64;
    Ok(ticks / TICKS)
}

fn sum(stat: &str, fields: std::ops::RangeInclusive<usize>) -> u64 {
    fields.filter_map(|n| field(stat, n)).sum()
}

/// The `n`-th field, as proc(5) counts them; the second is a name in brackets that may hold anything.
fn field(stat: &str, n: usize) -> Option<u64> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(n - 3)?.parse().ok()
}
