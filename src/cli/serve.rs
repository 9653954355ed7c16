//! Serves the console and does the work that is due, until the process is asked to stop.

use super::{log, open};
use crate::{
    app::{App, setup, staff},
    config::Config,
    jobs::{
        notary, postman,
        runner::{self, Pace},
    },
    store::Clock,
    web,
};
use anyhow::Context as _;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

pub async fn serve(config: &Config) -> anyhow::Result<()> {
    log::log(config);
    let listener = listen(config.server.listen).await?;
    let opened = open::open(config, Clock::System).await?;
    println!("Recourse serves http://{}", config.server.listen);
    let joined = staff::join_mailboxes(&opened.app).await?;
    if joined > 0 {
        tracing::warn!(
            accounts = joined,
            "accounts with the mailbox of another one count as the same person's from now on"
        );
    }
    if let Some(token) = setup::begin_setup(&opened.app).await? {
        println!("Nobody has an account yet. Make the first one within an hour: {}/setup/{token}", config.public_url());
    }
    until_stopped(opened.app.clone(), config, listener).await?;
    opened.app.db.close().await;
    drop(opened.lock);
    Ok(())
}

/// Takes the address before anything else is touched.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another with --listen"))
}

/// Serves and works until SIGTERM or SIGINT; a second one ends the process at once.
pub async fn until_stopped(app: App, config: &Config, listener: TcpListener) -> anyhow::Result<()> {
    let signer = open::notary(config, &app.db).await?;
    let often = notary::Pace { entries: config.audit.entries, minutes: config.audit.minutes };
    let (stop, stopped) = watch::channel(false);
    let pace = Pace {
        workers: config.jobs.workers,
        poll: Duration::from_millis(config.jobs.poll_ms),
        lease: config.jobs.lease_ms,
    };
    let work = tokio::spawn(runner::run(app.clone(), pace, stopped.clone()));
    let seals = tokio::spawn(notary::run(app.clone(), signer.clone(), often, stopped.clone()));
    let post = tokio::spawn(postman::run(app.clone(), config.jobs.lease_ms, stopped.clone()));
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let mut asked = 0;
        loop {
            tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
            asked += 1;
            if asked > 1 {
                std::process::exit(1);
            }
            // nobody listens any more when the house is closed already
            let _ = stop.send(true);
        }
    });
    web::serve(app.clone(), listener, stopped).await;
    work.await?;
    post.await?;
    let last = seals.await?;
    notary::seal(&app, &signer, last).await;
    Ok(())
}
