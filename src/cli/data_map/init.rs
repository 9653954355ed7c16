//! Prints a data map that names, types and foreign keys of a live schema speak for. Reads no row and writes no file.

use super::unanswered;
use crate::{generation::propose, store::Clock};
use clap::Args;

#[derive(Debug, Args)]
pub struct Init {
    /// The database
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// The product's id
    #[arg(long, value_name = "ID")]
    pub product: Option<String>,
}

/// Prints the proposal.
///
/// # Errors
/// When the address is none or the database does not answer.
pub async fn run(init: &Init) -> anyhow::Result<()> {
    let day = Clock::System.now().utc().date_naive().to_string();
    let proposed = propose::of_database(&init.url, init.product.as_deref(), &day).await;
    print!("{}", proposed.map_err(|error| unanswered(error, "", "--url"))?);
    Ok(())
}
