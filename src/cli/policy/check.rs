//! `recourse policy check`: every fault of the packs by file, line and key; then what each published policy says that the
//! law, or the policy itself, contradicts.

use super::Folder;
use crate::{
    app::soundness::{self, Checked, source::Fault},
    domain::{
        policy::lint::{self, Finding},
        time::Instant,
    },
};
use anyhow::bail;
use serde::Serialize;
use std::{fmt::Write as _, path::PathBuf};

/// What is asked.
#[derive(Debug, clap::Args)]
pub struct Ask {
    #[command(flatten)]
    folder: Folder,
    /// As if it were this moment [default: now]
    #[arg(long, value_name = "RFC3339", value_parser = super::explain::moment)]
    at: Option<Instant>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    faults: &'a [Fault],
    findings: &'a [Finding],
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be opened, or there is a fault.
pub(super) fn run(configured: Option<PathBuf>, ask: &Ask, now: Instant) -> anyhow::Result<()> {
    let folder = ask.folder.chosen(configured)?;
    let at = ask.at.unwrap_or(now);
    let checked = soundness::check(folder.as_deref(), Some(at))?;
    let findings: Vec<Finding> =
        checked.products.iter().flat_map(|pack| lint::findings(pack, &checked.laws, at)).collect();
    if ask.json {
        super::say!("{}", serde_json::to_string(&Answer { faults: &checked.faults, findings: &findings })?);
    } else {
        super::say!("{}", words(&checked, &findings));
    }
    match checked.faults.len() {
        0 => Ok(()),
        1 => bail!("there is a fault in the packs"),
        n => bail!("there are {n} faults in the packs"),
    }
}

fn words(checked: &Checked, findings: &[Finding]) -> String {
    let mut text = String::new();
    // a string takes whatever is written to it
    for fault in &checked.faults {
        let _ = writeln!(text, "{fault}");
    }
    for pack in &checked.products {
        let of = findings.iter().filter(|finding| finding.product == pack.id);
        let _ = writeln!(text, "{} ({} of {})", pack.name, pack.id, pack.version);
        for finding in of {
            let rows = if finding.rows.is_empty() { "the policy".to_owned() } else { finding.rows.join(", ") };
            let _ = writeln!(text, "  {} {rows}: {}\n    {}", finding.severity.code(), finding.says, finding.source);
        }
        text.push('\n');
    }
    if checked.faults.is_empty() {
        let _ = writeln!(text, "{} products and {} rule sets: sound.", checked.products.len(), checked.laws.len());
    }
    text
}
