//! `recourse mail`: says how a mail is read. Needs no configuration, opens no database, touches nothing.

mod inspect;
mod trim;

use clap::Subcommand;
use std::io::Read as _;

/// What can be done with a mail or a text from standard input.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Says what Recourse reads in a mail from standard input; exit code 0 for any input
    Inspect {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Shows what of a text would be folded away as quoted
    Trim {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs one.
///
/// # Errors
/// When nothing can be read or written.
pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Inspect { json } => inspect::run(*json),
        Command::Trim { json } => trim::run(*json),
    }
}

/// More than any mail server hands over; what lies beyond is left.
const MOST: u64 = 256 << 20;

/// Standard input, at most 256 MB, and whether there was more.
fn input() -> anyhow::Result<(Vec<u8>, bool)> {
    let mut raw = Vec::new();
    std::io::stdin().lock().take(MOST + 1).read_to_end(&mut raw)?;
    let is_cut = raw.len() as u64 > MOST;
    raw.truncate(usize::try_from(MOST)?);
    Ok((raw, is_cut))
}
