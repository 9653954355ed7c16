//! `recourse policy promises`: every promise of the published policies and what keeps it; those that nothing keeps last.

use super::Folder;
use crate::{
    app::packs::Packs,
    domain::policy::{
        Matter, ProductPack,
        product::{Own, Row},
    },
};
use anyhow::{Context as _, anyhow};
use serde::Serialize;
use std::{fmt::Write as _, path::PathBuf};

/// What is asked.
#[derive(Debug, clap::Args)]
pub struct Ask {
    /// One product alone
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    folder: Folder,
}

/// A promise and what keeps it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Line<'a> {
    product: &'a str,
    row: &'a str,
    section: &'a str,
    quote: &'a str,
    /// `clock`, `subject`, `mailbox`, `text`; empty where nothing keeps it.
    kept_by: Vec<&'static str>,
    answer: String,
}

/// Runs the command.
///
/// # Errors
/// When a pack cannot be used, or there is no such product.
pub(super) fn run(configured: Option<PathBuf>, ask: &Ask) -> anyhow::Result<()> {
    let folder = ask.folder.chosen(configured)?;
    let packs = Packs::load(folder.as_deref())?;
    if let Some(id) = &ask.product
        && packs.get(id).is_none()
    {
        let there = packs.iter().map(|pack| pack.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(anyhow!("there is no product '{id}'; there are {there}"));
    }
    let meant = packs.iter().filter(|pack| ask.product.as_ref().is_none_or(|id| *id == pack.id));
    let mut lines: Vec<Line<'_>> = meant.flat_map(|pack| pack.rows.iter().map(|row| line(pack, row))).collect();
    lines.sort_by_key(|line| line.kept_by.is_empty());
    if ask.json {
        super::say!("{}", serde_json::to_string(&lines).context("the promises could not be written as JSON")?);
    } else {
        super::say!("{}", words(&lines));
    }
    Ok(())
}

fn line<'a>(pack: &'a ProductPack, row: &'a Row) -> Line<'a> {
    let mut kept_by = Vec::new();
    let mut answers = Vec::new();
    for own in pack.promises.iter().chain(&pack.targets).filter(|own| own.id == row.id && is_of_cases(own)) {
        kept_by.push("clock");
        answers.push(format!("clock {} {}", own.duty.code(), own.period.text));
    }
    for subject in pack.subjects.iter().filter(|subject| subject.id == row.id) {
        kept_by.push("subject");
        let kind = subject.kind.map_or("what the mail asks for", |kind| kind.code());
        answers.push(format!("subject line “{}” means {kind}", subject.line));
    }
    for mailbox in pack.mailboxes.iter().filter(|mailbox| mailbox.id == row.id) {
        kept_by.push("mailbox");
        let address = if mailbox.address.is_empty() { "the configured address" } else { &mailbox.address };
        answers.push(format!("mailbox {address}: {}", mailbox.purpose));
    }
    if let Some(answer) = &row.answer {
        kept_by.push("text");
        answers.push(answer.clone());
    }
    kept_by.dedup();
    let Row { id, section, quote, .. } = row;
    Line { product: &pack.id, row: id, section, quote, kept_by, answer: answers.join("; ") }
}

/// Only a case starts clocks today: what is promised of anything else is reckoned by `explain` and kept by nobody.
fn is_of_cases(own: &Own) -> bool {
    own.kinds.is_empty() || own.kinds.iter().any(|kind| matches!(kind, Matter::Case(_)))
}

fn words(lines: &[Line<'_>]) -> String {
    let mut text = String::new();
    let open = lines.iter().filter(|line| line.kept_by.is_empty()).count();
    for (nth, line) in lines.iter().enumerate() {
        // a string takes whatever is written to it
        if nth + open == lines.len() {
            let _ = writeln!(text, "Nothing keeps these yet:\n");
        }
        let _ = writeln!(text, "{}  {}, {}: “{}”", line.row, line.product, line.section, line.quote);
        if !line.answer.is_empty() {
            let _ = writeln!(text, "        {}", line.answer);
        }
    }
    let _ = writeln!(text, "\n{} promises, {open} of them without an answer.", lines.len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_listed_once_and_the_unanswered_come_last_with_their_number() {
        let packs = Packs::load(None).expect("they load");
        let pack = packs.get("imagegen-artisticmonk").expect("it is there");
        let mut lines: Vec<Line<'_>> = pack.rows.iter().map(|row| line(pack, row)).collect();
        lines.sort_by_key(|line| line.kept_by.is_empty());
        assert_eq!(lines.len(), 41);
        let of = |row: &str| lines.iter().find(|line| line.row == row).expect("it is there");
        assert_eq!(of("000-37").kept_by, ["clock"]);
        assert_eq!(of("000-03").kept_by, ["subject", "mailbox"]);
        assert_eq!(of("000-36").kept_by, ["mailbox", "text"]);
        assert!(of("000-28").kept_by.is_empty(), "there is no registry of nominees");
        assert!(of("000-35").kept_by.is_empty(), "nobody sends notices to everybody");
        let text = words(&lines);
        let (before, after) = text.split_once("Nothing keeps these yet:").expect("some are open");
        assert!(before.contains("000-37") && after.contains("000-28") && !after.contains("000-37"));
        let open = lines.iter().filter(|line| line.kept_by.is_empty()).count();
        assert!(text.ends_with(&format!("41 promises, {open} of them without an answer.\n")), "{text}");
    }
}
