//! The command line: one file a command. Reads arguments and configuration, calls the house, says what happened.

pub(crate) mod admin;
mod audit;
mod calendar;
mod check;
mod data_map;
pub mod demo;
mod grants;
mod healthcheck;
mod ingest;
mod log;
mod mail;
mod mailboxes;
mod migrate;
pub mod open;
mod plan;
pub(crate) mod policy;
mod receipt;
mod recipients;
mod run;
mod serve;

use crate::{
    app::intake::KeepError,
    config::{Config, Flags},
};
use clap::{Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

/// A console for privacy requests and grievances.
#[derive(Debug, Parser)]
#[command(name = "recourse", version, about, disable_help_subcommand = true)]
struct Arguments {
    /// The configuration file [default: recourse.toml in the folder of --data-dir, else in the working directory, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where Recourse keeps its files
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the console and does the work that is due
    Serve {
        /// Address and port
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Serves a console filled with synthetic cases, on this machine only
    Demo {
        /// Address and port; loopback only
        #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
    /// Takes one mail from standard input; exit code 75 asks the mail server to keep it
    Ingest {
        /// The product it was sent to
        #[arg(long, value_name = "ID")]
        product: String,
    },
    /// Manages the people who work here
    Admin {
        #[command(subcommand)]
        command: admin::Admin,
    },
    /// Brings the database to this version's schema
    Migrate,
    /// Checks configuration, key, database and packs without changing anything
    Check,
    /// Looks after the map of a product's generation database
    DataMap {
        #[command(subcommand)]
        command: data_map::DataMap,
    },
    /// Says what the policy packs ask, promise and leave open
    Policy {
        #[command(subcommand)]
        command: policy::Policy,
    },
    /// Repeats erasures after a restore
    Run {
        #[command(subcommand)]
        command: run::Command,
    },
    /// Says whether a receipt is to be believed, and what it says
    Receipt {
        #[command(subcommand)]
        command: receipt::Command,
    },
    /// Says whether the audit log is what it was, and writes it out
    Audit {
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Shows how a mail on standard input is understood
    Mail {
        #[command(subcommand)]
        command: mail::Command,
    },
    /// Reckons in business hours, and shows the holidays of a calendar
    Calendar {
        #[command(subcommand)]
        command: calendar::Command,
    },
    /// Asks a running console whether it is well
    Healthcheck {
        /// Address and port [default: the configured one]
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<SocketAddr>,
    },
}

/// `EX_USAGE` of sysexits.
const USAGE: u8 = 64;
/// `EX_UNAVAILABLE` of sysexits: trying again cannot help, so the sender is to be told at once.
const NEVER: u8 = 69;
/// `EX_TEMPFAIL` of sysexits.
const TRY_LATER: u8 = 75;

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let is_ingest = std::env::args().any(|arg| arg == "ingest");
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let is_help = !error.use_stderr();
            // nothing can be done when even this cannot be written
            let _ = error.print();
            return match (is_help, is_ingest) {
                (true, _) => ExitCode::SUCCESS,
                (false, true) => ExitCode::from(USAGE),
                (false, false) => ExitCode::from(2),
            };
        }
    };
    let is_ingest = matches!(arguments.command, Command::Ingest { .. });
    let outcome = std::panic::catch_unwind(|| run(arguments));
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("recourse: {}", one_line(&error));
            let is_too_large = matches!(error.downcast_ref(), Some(KeepError::TooLarge));
            ExitCode::from(match (is_ingest, is_too_large) {
                (true, true) => NEVER,
                (true, false) => TRY_LATER,
                (false, _) => 1,
            })
        }
        Err(_) => ExitCode::from(if is_ingest { TRY_LATER } else { 1 }),
    }
}

/// The error and what caused it, on one line.
fn one_line(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        // many errors repeat their cause in their own words
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
    }
    parts.join(": ")
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    // TLS connections have to know whose cryptography they use before the first one is made
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Arguments { config: file, data_dir, command } = arguments;
    let flags = |listen| Flags { file, data_dir, listen };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        match command {
            Command::Serve { listen } => serve::serve(&Config::load(&flags(listen))?).await,
            Command::Demo { listen } => demo::demo(flags(Some(listen))).await,
            Command::Ingest { product } => ingest::ingest(&Config::load(&flags(None))?, &product).await,
            Command::Admin { command } => admin::run(&Config::load(&flags(None))?, command).await,
            Command::Migrate => migrate::migrate(&Config::load(&flags(None))?).await,
            Command::Check => check::check(&Config::load(&flags(None))?).await,
            Command::DataMap { command } => data_map::run(&flags(None), command).await,
            Command::Policy { command } => policy::run(Config::load(&flags(None))?.policies.folder, command),
            Command::Run { command } => run::run(&Config::load(&flags(None))?, command).await,
            Command::Receipt { command } => receipt::run(&flags(None), command).await,
            Command::Audit { command } => audit::run(&Config::load(&flags(None))?, command).await,
            Command::Mail { command } => mail::run(&command),
            Command::Calendar { command } => calendar::run(&flags(None), command),
            Command::Healthcheck { listen } => healthcheck::healthcheck(&Config::load(&flags(listen))?).await,
        }
    });
    // a thread that works without end, on a mail say, was given its time
    runtime.shutdown_background();
    outcome
}
