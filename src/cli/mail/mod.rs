//! What mail says, without a console: reads one from standard input and changes nothing.

mod trim;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Shows what of a text would be folded away as quoted
    Trim {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Trim { json } => trim::run(*json),
    }
}
