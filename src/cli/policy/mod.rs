//! `recourse policy`: what the packs say, without a console, a database or a configuration.

/// Writes a line to standard output. Whoever reads it may have heard enough and gone: that is no error.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}
use say;

mod check;
mod explain;
mod promises;

use crate::store::Clock;
use clap::Subcommand;
use std::path::PathBuf;

/// What can be asked of the packs.
#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Says which clocks, windows and floors hold for a case, and why the others do not
    Explain(Box<explain::Ask>),
    /// Says what is wrong with the packs, and what published policies say that the law or they themselves contradict
    Check(check::Ask),
    /// Lists every promise and what keeps it; those that nothing keeps come last
    Promises(promises::Ask),
}

/// The operator's folder of packs, where it is not the configured one.
#[derive(Debug, clap::Args)]
pub struct Folder {
    /// A folder of packs whose files take the place of those inside the program [default: the configured one]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Folder {
    /// The folder to read: the one given, or the one `configured`.
    ///
    /// # Errors
    /// When the one given is no folder.
    fn chosen(&self, configured: Option<PathBuf>) -> anyhow::Result<Option<PathBuf>> {
        match &self.folder {
            Some(folder) if !folder.is_dir() => {
                anyhow::bail!(
                    "there is no folder {}; give one with products/, law/ or calendars/ in it",
                    folder.display()
                )
            }
            Some(folder) => Ok(Some(folder.clone())),
            None => Ok(configured),
        }
    }
}

/// Runs one of them. `configured` is the folder of packs that the configuration names, if it names one.
///
/// # Errors
/// When a pack cannot be used, or what was asked makes no sense; says what to do.
pub fn run(configured: Option<PathBuf>, command: Policy) -> anyhow::Result<()> {
    match command {
        Policy::Explain(ask) => explain::run(configured, &ask),
        Policy::Check(ask) => check::run(configured, &ask, Clock::System.now()),
        Policy::Promises(ask) => promises::run(configured, &ask),
    }
}
