//! An S3 server as a process of its own, for tests of what is on the wire and of what lies in a bucket: checks signatures,
//! takes uploads in parts, keeps a bucket as a folder of plain files. From the registry, not from this crate.
//!
//! Usage: `s3_server PORT FOLDER BUCKET`; port 0 takes a free one. Prints the address once it listens. The access key is
//! `tester`, its secret `only-for-tests`.

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use std::{env, error::Error, fs, path::PathBuf};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = env::args().skip(1);
    let (Some(port), Some(folder), Some(bucket)) = (words.next(), words.next(), words.next()) else {
        return Err("usage: s3_server PORT FOLDER BUCKET".into());
    };
    let folder = PathBuf::from(folder);
    fs::create_dir_all(folder.join(bucket))?;
    let files = FileSystem::new(&folder).map_err(|error| format!("{}: {error:?}", folder.display()))?;
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single("tester", "only-for-tests"));
    let service = builder.build();
    let router = Router::new().fallback(move |request: Request| {
        let service = service.clone();
        async move { answer(service.call(request.map(s3s::Body::http_body_unsync)).await) }
    });
    let listener = TcpListener::bind(("127.0.0.1", port.parse::<u16>()?)).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

fn answer<E>(found: Result<s3s::HttpResponse, E>) -> Response {
    found.map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), |found| found.map(Body::new))
}
