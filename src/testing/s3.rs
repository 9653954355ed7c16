//! An S3 server of a test's own, from the same registry as everything else: checks signatures, takes uploads in parts.
//! It keeps a bucket as a folder of plain files, so that a test can look behind it, and can be told to fail.

use crate::{bucket, config::Bucket};
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use object_store::ObjectStore;
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

const SECRET: &str = "only-for-tests";

/// A server; it ends with the test's runtime.
pub struct S3 {
    root: PathBuf,
    address: SocketAddr,
    faults: Arc<Faults>,
}

/// What a server does wrong.
#[derive(Default)]
struct Faults {
    /// So many requests are answered with 503.
    slow_down: AtomicUsize,
    /// Requests of this method are answered with this status.
    refuses: Mutex<Option<(&'static str, StatusCode)>>,
    /// Requests that were seen.
    seen: AtomicUsize,
}

impl S3 {
    /// Serves the folders in `root` as buckets.
    pub async fn serve(root: &Path) -> Self {
        // as main does, before the first connection
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(root).expect("the folder is there"));
        builder.set_auth(SimpleAuth::from_single("tester", SECRET));
        let (service, faults) = (builder.build(), Arc::new(Faults::default()));
        let told = faults.clone();
        let router = Router::new().fallback(move |request: Request| {
            let (service, faults) = (service.clone(), told.clone());
            async move {
                if let Some(status) = faults.next(request.method().as_str()) {
                    let says = "<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>";
                    return Response::builder().status(status).body(Body::from(says)).expect("a response");
                }
                let answer = service.call(request.map(s3s::Body::http_body_unsync)).await;
                answer.map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), |found| found.map(Body::new))
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has one");
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { root: root.to_owned(), address, faults }
    }

    /// The settings of a bucket of this server.
    pub fn settings(&self, bucket: &str) -> Bucket {
        serde_json::from_value(serde_json::json!({
            "bucket": bucket,
            "endpoint": format!("http://{}", self.address),
            "access_key_id": "tester",
            "secret_access_key": SECRET,
            "allow_http": true,
        }))
        .expect("settings")
    }

    /// A bucket of this server, opened as the program does.
    pub fn open(&self, bucket: &str) -> Arc<dyn ObjectStore> {
        bucket::open(&self.settings(bucket)).expect("it opens")
    }

    /// Makes an empty bucket.
    pub fn create(&self, bucket: &str) {
        fs::create_dir(self.root.join(bucket)).expect("it is made");
    }

    /// Uploads that were begun and neither completed nor ended.
    pub fn open_uploads(&self) -> usize {
        let entries = fs::read_dir(&self.root).expect("it lists").flatten();
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(".upload")).count()
    }

    /// Requests that came so far.
    pub fn seen(&self) -> usize {
        self.faults.seen.load(Ordering::SeqCst)
    }

    /// Answers the next `requests` with 503, `SlowDown`.
    pub fn slows_down(&self, requests: usize) {
        self.faults.slow_down.store(requests, Ordering::SeqCst);
    }

    /// Answers every request of `method` with `status`.
    pub fn refuses(&self, method: &'static str, status: StatusCode) {
        *self.faults.refuses.lock().expect("nobody panicked") = Some((method, status));
    }

    /// The settings of a bucket behind a wire that breaks after each `bytes` that a connection sent.
    pub async fn behind_a_bad_wire(&self, bucket: &str, bytes: u64) -> Bucket {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let (near, far) = (listener.local_addr().expect("it has one"), self.address);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(wire(client, far, bytes));
            }
        });
        Bucket { endpoint: format!("http://{near}"), ..self.settings(bucket) }
    }
}

impl Faults {
    fn next(&self, method: &str) -> Option<StatusCode> {
        self.seen.fetch_add(1, Ordering::SeqCst);
        if self.slow_down.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Some(StatusCode::SERVICE_UNAVAILABLE);
        }
        let refuses = *self.refuses.lock().expect("nobody panicked");
        refuses.filter(|(refused, _)| *refused == method).map(|(_, status)| status)
    }
}

/// Carries both directions until the client has sent `bytes`, then drops both ends.
async fn wire(client: TcpStream, far: SocketAddr, bytes: u64) -> std::io::Result<()> {
    let (from, mut back) = client.into_split();
    let (mut answers, mut to) = TcpStream::connect(far).await?.into_split();
    let mut from = from.take(bytes);
    tokio::select! {
        ended = tokio::io::copy(&mut from, &mut to) => { ended?; to.shutdown().await }
        ended = tokio::io::copy(&mut answers, &mut back) => ended.map(|_| ()),
    }
}
