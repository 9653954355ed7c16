//! Asks a running console whether it is well, for supervisors that have no HTTP client.

use crate::config::Config;
use anyhow::{Context as _, bail};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

pub async fn healthcheck(config: &Config) -> anyhow::Result<()> {
    let address = config.server.listen;
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(format!("GET /readyz HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).await?;
        let mut answer = String::new();
        stream.take(4_096).read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = timeout(Duration::from_secs(5), ask)
        .await
        .with_context(|| format!("{address} did not answer within five seconds"))?
        .with_context(|| format!("nothing answers on {address}"))?;
    match answer.split_whitespace().nth(1) {
        Some("200") => Ok(()),
        Some(status) => bail!("{address} is not ready (status {status})"),
        None => bail!("{address} does not speak HTTP"),
    }
}
