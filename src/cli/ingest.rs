//! Takes one mail from standard input and keeps it. Exit code 0 once it is kept, readable or not; 75 when it was
//! not, so that the mail server keeps it and tries again.

use super::open;
use crate::{app::intake, config::Config, domain::mail::Came, store::Clock};
use anyhow::Context as _;
use tokio::io::AsyncReadExt as _;

pub async fn ingest(config: &Config, product: &str) -> anyhow::Result<()> {
    let opened = open::open(config, Clock::System).await?;
    let limit = u64::try_from(intake::LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    let mut raw = Vec::new();
    tokio::io::stdin()
        .take(limit)
        .read_to_end(&mut raw)
        .await
        .context("the mail could not be read from standard input")?;
    intake::keep(&opened.app, product, raw, Came::Pipe).await?;
    opened.app.db.close().await;
    Ok(())
}
