//! Takes connections and answers what comes over them, each with a deadline for the head of a request: whoever says little
//! and slowly is left. How long a body may take is each place's own affair. Knows no page.

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::ServiceExt as _;

/// How long the head of a request may take, and how long a connection may lie idle.
const LONGEST_HEAD: Duration = Duration::from_secs(15);
/// The largest head of a request.
const LARGEST_HEAD: usize = 64 * 1024;
/// How many connections are served at once; more wait in the system's queue.
const MOST: usize = 2_048;
/// How long open connections may take to end when the process is asked to stop.
const LONGEST_END: Duration = Duration::from_secs(20);

/// Serves until `stop` turns true; what has begun is ended first.
pub async fn serve(router: Router, listener: TcpListener, stop: watch::Receiver<bool>) {
    let mut stopping = stop.clone();
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            // a closed channel means that nobody can ask any more: stop too
            _ = stopping.wait_for(|stop| *stop) => break,
            Some(_) = open.join_next() => {}
            accepted = listener.accept(), if open.len() < MOST => match accepted {
                Ok((stream, peer)) => { open.spawn(answer(stream, peer, router.clone(), stop.clone())); }
                Err(error) if is_theirs(&error) => {}
                Err(error) => {
                    // out of file handles, say: those that end give theirs back
                    tracing::warn!(%error, "a connection could not be taken");
                    sleep(Duration::from_secs(1)).await;
                }
            },
        }
    }
    drop(listener);
    let ended = timeout(LONGEST_END, async { while open.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        tracing::warn!(open = open.len(), "connections that did not end in time were closed");
    }
}

/// True for what ends one connection and says nothing about the next.
fn is_theirs(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn answer(stream: TcpStream, peer: SocketAddr, router: Router, mut stop: watch::Receiver<bool>) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_HEAD)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // whoever breaks off is no trouble of ours
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
