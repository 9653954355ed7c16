//! The files inside the program: the browser side, the style sheet, the icon. Their names change with their
//! content, so browsers may keep them for ever.

use crate::ui::Assets;
use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, Response, StatusCode, header},
    response::IntoResponse as _,
    routing::get,
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
    Assets { css: format!("/{}", manifest.css), pkg: manifest.pkg }
});

/// Where the pages find their files.
pub fn addresses() -> Assets {
    ADDRESSES.clone()
}

/// The files' routes; they need no session.
pub fn routes() -> Router {
    Router::new()
        .route(
            "/pkg/{*path}",
            get(|path: Path<String>, headers: HeaderMap| async move { file("pkg", &path, &headers) }),
        )
        .route(
            "/style/{*path}",
            get(|path: Path<String>, headers: HeaderMap| async move { file("style", &path, &headers) }),
        )
        .route("/favicon.svg", get(|headers: HeaderMap| async move { file("", "favicon.svg", &headers) }))
}

fn file(folder: &str, path: &str, headers: &HeaderMap) -> Response<Body> {
    let name = if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let packed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts.contains(coding))
        .find_map(|(coding, ending)| Site::get(&format!("{name}{ending}")).map(|file| (Some(coding), file)));
    let Some((coding, found)) = packed.or_else(|| Site::get(&name).map(|file| (None, file))) else {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    };
    let media_type = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let kept = if folder.is_empty() { "public, max-age=86400" } else { "public, max-age=31536000, immutable" };
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, media_type)
        .header(header::CACHE_CONTROL, kept)
        .header(header::VARY, "accept-encoding");
    if let Some(coding) = coding {
        response = response.header(header::CONTENT_ENCODING, coding);
    }
    response.body(Body::from(found.data)).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
