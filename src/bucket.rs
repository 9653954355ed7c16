//! A bucket of an S3-compatible server: opened from its settings, asked with bounded patience, and what it refuses said
//! without a key, an address or a secret. Holds no rule; store and generation each put their own on top.

use crate::config::Bucket;
use futures_util::StreamExt as _;
use object_store::{
    BackoffConfig, ClientOptions, Error, ObjectStore, RetryConfig,
    aws::AmazonS3Builder,
    client::{HttpError, HttpErrorKind},
    path::Path,
    prefix::PrefixStore,
};
use std::{error::Error as Cause, io, sync::Arc, time::Duration};

/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long it may say nothing; a long download is no fault, silence is.
const SILENCE: Duration = Duration::from_secs(25);
/// How long after its first try a request is tried again: with the last silence, less than a minute in all.
const PATIENCE: Duration = Duration::from_secs(25);
/// How often a request that was answered with 5xx or lost its connection is tried again.
const RETRIES: usize = 5;

/// Opens a bucket; nothing is asked yet.
///
/// # Errors
/// In words for the operator, when the settings name no address.
pub fn open(settings: &Bucket) -> Result<Arc<dyn ObjectStore>, String> {
    let options = ClientOptions::new()
        .with_allow_http(settings.allow_http)
        .with_connect_timeout(CONNECT)
        .with_timeout_disabled()
        .with_read_timeout(SILENCE);
    let backoff =
        BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(5), base: 2.0 };
    let region = if settings.region.is_empty() { "us-east-1" } else { &settings.region };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&settings.bucket)
        .with_region(region)
        .with_access_key_id(&settings.access_key_id)
        .with_secret_access_key(settings.secret_access_key.reveal())
        // many servers have no bulk deletion, and its list of keys in XML loses what XML cannot hold
        .with_disable_bulk_delete(true)
        .with_client_options(options)
        .with_retry(RetryConfig { backoff, max_retries: RETRIES, retry_timeout: PATIENCE });
    if !settings.endpoint.is_empty() {
        builder = builder.with_endpoint(settings.endpoint.trim_end_matches('/'));
    }
    let store = builder.build().map_err(|_| "its endpoint or region is no address that can be asked".to_owned())?;
    let prefix = Path::parse(&settings.prefix).map_err(|_| "its prefix is none".to_owned())?;
    Ok(if settings.prefix.is_empty() { Arc::new(store) } else { Arc::new(PrefixStore::new(store, prefix)) })
}

/// Asks for a list of nothing: a bucket that is not there answers 404 as a missing file does, but refuses a list.
///
/// # Errors
/// When the bucket is not there, does not answer or refuses the keys.
pub async fn there(store: &dyn ObjectStore) -> Result<(), Error> {
    match store.list(Some(&Path::from("recourse-asks-whether-this-bucket-is-there"))).next().await {
        Some(Err(error)) => Err(error),
        _ => Ok(()),
    }
}

/// What went wrong and what to do, for people: never the error's own text, which names files and addresses.
#[must_use]
pub fn why(error: &Error) -> String {
    match error {
        Error::NotFound { .. } => MISSING.to_owned(),
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => REFUSED.to_owned(),
        error => deeper(error),
    }
}

const MISSING: &str = "the bucket is not there; check its name, region and endpoint";
const REFUSED: &str = "the bucket refuses these keys; check them, and that they may list, read, write and delete";

/// What caused an error, as far as a connection or a disk did.
fn deeper(error: &Error) -> String {
    let mut cause: Option<&(dyn Cause + 'static)> = Some(error);
    let mut innermost = String::new();
    while let Some(at) = cause {
        if let Some(http) = at.downcast_ref::<HttpError>() {
            return match http.kind() {
                HttpErrorKind::Connect => "the bucket cannot be reached; check its endpoint and that it runs",
                HttpErrorKind::Timeout => "the bucket does not answer in time; try again in a moment",
                _ => "the connection to the bucket broke off; try again in a moment",
            }
            .to_owned();
        }
        if let Some(disk) = at.downcast_ref::<io::Error>() {
            return format!("a file cannot be read, written or removed: {}", disk.kind());
        }
        innermost = at.to_string();
        cause = at.source();
    }
    // of a refused list only the text holds the status
    let answered = |status: &str| innermost.contains(&format!("status code: {status}"));
    let says = if answered("404") {
        MISSING
    } else if answered("401") || answered("403") {
        REFUSED
    } else {
        "the bucket answered with an error that trying again did not end; its server’s log says more"
    };
    says.to_owned()
}
