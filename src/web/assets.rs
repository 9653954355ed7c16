//! The files inside the program: the browser side, a script and the style sheet. Their addresses change with their
//! content, so browsers may keep them for ever.

use crate::ui::{Assets, listed::Listed, paths};
use axum::{
    body::Body,
    http::{HeaderMap, Response, StatusCode, Uri, header},
    response::IntoResponse as _,
};
use rust_embed::RustEmbed;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "site"]
struct Site;

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct Manifest {
    pkg: String,
    css: String,
}

static ADDRESSES: LazyLock<Assets> = LazyLock::new(|| {
    let manifest = Site::get("manifest.json")
        .and_then(|file| serde_json::from_slice::<Manifest>(&file.data).ok())
        .unwrap_or_default();
    let script = Site::get(paths::PASSKEY_SCRIPT.trim_start_matches('/'));
    let hash = script.map(|file| data_encoding::HEXLOWER.encode(&file.metadata.sha256_hash()[..8])).unwrap_or_default();
    let passkeys = format!("{}?{hash}", paths::PASSKEY_SCRIPT);
    Assets { css: format!("/{}", manifest.css), pkg: manifest.pkg, passkeys }
});

/// Where the pages find their files.
pub fn addresses() -> Assets {
    ADDRESSES.clone()
}

/// The files' routes; they need no session.
pub fn routes() -> Listed {
    Listed::default()
        .page("/pkg/{*path}", file)
        .page("/style/{*path}", file)
        .page(paths::PASSKEY_SCRIPT, file)
        .page("/robots.txt", file)
}

/// A file by its whole address: the folder is part of its name.
async fn file(uri: Uri, headers: HeaderMap) -> Response<Body> {
    let name = uri.path().trim_start_matches('/');
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let packed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts.contains(coding))
        .find_map(|(coding, ending)| Site::get(&format!("{name}{ending}")).map(|file| (Some(coding), file)));
    let Some((coding, found)) = packed.or_else(|| Site::get(name).map(|file| (None, file))) else {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    };
    let media_type = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    // only what is asked for under another address once it changes may be kept for ever
    let kept = if name.contains('/') { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, media_type)
        .header(header::CACHE_CONTROL, kept)
        .header(header::VARY, "accept-encoding");
    if let Some(coding) = coding {
        response = response.header(header::CONTENT_ENCODING, coding);
    }
    response.body(Body::from(found.data)).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
