//! Takes connections and answers what comes over them, each with a deadline for the head of a request and for reading its
//! answer: whoever says little and slowly, or never reads, is left. One place has a part of the room only. How long a body
//! may take is each place's own affair. Knows no page.

use super::client;
use crate::domain::network::Network;
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, getrlimit};
use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

/// How long the head of a request may take, and how long a connection may lie idle.
const LONGEST_HEAD: Duration = Duration::from_secs(15);
/// How long an answer may wait for somebody who reads nothing of it.
const LONGEST_READ: Duration = Duration::from_secs(30);
/// The largest head of a request.
const LARGEST_HEAD: usize = 64 * 1024;
/// How many connections are served at once, where the system lets this process have as many files open.
const MOST: usize = 2_048;
/// How long open connections may take to end when the process is asked to stop.
const LONGEST_END: Duration = Duration::from_secs(20);

/// How many connections there is room for; more wait in the system's queue.
pub struct Room {
    most: usize,
    /// Who may have all of them: the proxies in front.
    trusted: Vec<Network>,
    /// Who has how many, by the owners of each; those without are swept out now and then.
    taken: HashMap<String, Arc<()>>,
}

impl Room {
    /// As much as the system gives: a quarter of its files is left for everything that is no connection.
    pub fn new(trusted: Vec<Network>) -> Self {
        let files = getrlimit(Resource::Nofile).current.and_then(|files| usize::try_from(files).ok());
        Self { most: files.map_or(MOST, |files| (files / 4 * 3).clamp(1, MOST)), trusted, taken: HashMap::new() }
    }

    /// A seat, held as long as it lives; none where this place has half of the room already.
    fn seat(&mut self, peer: IpAddr) -> Option<Arc<()>> {
        if self.trusted.iter().any(|network| network.contains(peer)) {
            return Some(Arc::default());
        }
        if self.taken.len() > self.most {
            self.taken.retain(|_, seat| Arc::strong_count(seat) > 1);
        }
        let seat = self.taken.entry(client::named(peer)).or_default();
        // the one that stays here is nobody's
        (Arc::strong_count(seat) <= self.most.div_ceil(2)).then(|| seat.clone())
    }
}

/// Serves until `stop` turns true; what has begun is ended first.
pub async fn serve(router: Router, listener: TcpListener, mut room: Room, stop: watch::Receiver<bool>) {
    let mut stopping = stop.clone();
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            // a closed channel means that nobody can ask any more: stop too
            _ = stopping.wait_for(|stop| *stop) => break,
            Some(_) = open.join_next() => {}
            accepted = listener.accept(), if open.len() < room.most => match accepted {
                Ok((stream, peer)) => if let Some(seat) = room.seat(peer.ip()) {
                    let answered = answer(stream, peer, router.clone(), stop.clone());
                    open.spawn(async move {
                        answered.await;
                        drop(seat);
                    });
                }
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
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(LONGEST_READ));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_HEAD)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // whoever breaks off is no trouble of ours
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// Asks over so many connections at once that all stay open; how many were answered.
    async fn answered(trusted: &[&str], connections: usize) -> usize {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let place = listener.local_addr().expect("an address");
        let trusted = trusted.iter().map(|network| network.parse().expect("a network")).collect();
        let room = Room { most: 10, trusted, taken: HashMap::new() };
        let (stop, stopped) = watch::channel(false);
        let router = Router::default().fallback(|| async { "here" });
        let asking = async move {
            let answered = answers(place, connections).await;
            stop.send(true).expect("it listens");
            answered
        };
        tokio::join!(serve(router, listener, room, stopped), asking).1
    }

    async fn answers(place: SocketAddr, connections: usize) -> usize {
        let (mut open, mut answered) = (Vec::new(), 0);
        for _ in 0..connections {
            let mut stream = TcpStream::connect(place).await.expect("it connects");
            // whoever has no seat is closed at once, perhaps before the request is written
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
            let mut said = [0; 15];
            answered += usize::from(stream.read_exact(&mut said).await.is_ok_and(|_| said == *b"HTTP/1.1 200 OK"));
            open.push(stream);
        }
        // whoever goes makes room
        open.remove(0);
        sleep(Duration::from_millis(100)).await;
        let mut stream = TcpStream::connect(place).await.expect("it connects");
        stream.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.expect("it is written");
        stream.read_exact(&mut [0; 15]).await.expect("it is answered");
        answered
    }

    #[tokio::test]
    async fn s40_one_place_has_half_of_the_room_and_a_proxy_all_of_it() {
        assert_eq!(answered(&[], 9).await, 5);
        assert_eq!(answered(&["127.0.0.0/8"], 9).await, 9);
    }

    #[test]
    fn there_is_room_for_as_many_as_the_system_lets_files_be_open() {
        let mut room = Room::new(Vec::new());
        assert!((1..=MOST).contains(&room.most));
        room.most = 4;
        for n in 0..100_u8 {
            assert!(room.seat(IpAddr::from([192, 0, 2, n])).is_some());
        }
        assert!(room.taken.len() <= 6, "who has gone is forgotten");
    }
}
