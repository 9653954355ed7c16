//! How much memory this process holds, and held at most, in KiB, as the system counts it.

use anyhow::Context as _;
use std::fs;

/// What is held now; from now on the most is counted anew.
pub fn resting() -> anyhow::Result<u64> {
    fs::write("/proc/self/clear_refs", "5")?;
    kilobytes("VmRSS")
}

/// The most that was held since it was last counted anew.
pub fn highest() -> anyhow::Result<u64> {
    kilobytes("VmHWM")
}

fn kilobytes(field: &str) -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next()).context("a figure of the system")?;
    Ok(number.parse()?)
}
