//! Sends archives: whole or from where a download broke off (RFC 9110 §14), to whoever has the address of a fetching.
//! Nothing is used up here, whatever a program asks for and however often.

use crate::{
    app::{
        App,
        exports::{self, File},
    },
    store::downloads::Download,
    ui::{asked::Frame, pages::copy::server},
};
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use std::ops::Range;

/// The type of what is sent; never compressed once more, so that ranges mean what they say.
pub const ARCHIVE: &str = "application/zip";

/// GET and HEAD: the archive, or a page that says why there is none yet or any more.
pub async fn send(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    Path((ticket, name)): Path<(String, String)>,
) -> Response<Body> {
    let Ok(Some(File::Ready(download))) = exports::file_of(&app, &ticket).await else {
        return server::not_ready(State(app), frame, Path((ticket, name))).await;
    };
    if name != name_of(&download) {
        return server::gone(&frame);
    }
    let bytes = u64::try_from(download.bytes.unwrap_or_default()).unwrap_or_default();
    let tag = format!("\"{}\"", download.sha256.as_deref().unwrap_or_default());
    let (status, range) = match asked_for(&headers, bytes, &tag) {
        Asked::All => (StatusCode::OK, 0..bytes),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Nothing => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
    };
    let mut response = match exports::bytes_of(&app, &ticket, &download, range.clone()).await {
        Ok(_) if status == StatusCode::RANGE_NOT_SATISFIABLE => Response::new(Body::empty()),
        Ok(stream) => Response::new(Body::from_stream(stream)),
        Err(error) => {
            tracing::error!(package = download.package.0, ?error, "a package could not be read");
            return server::later(&frame);
        }
    };
    *response.status_mut() = status;
    describe(response.headers_mut(), &download, bytes, &range, status, &tag);
    response
}

/// What the archive is called: an address with another name leads nowhere.
fn name_of(download: &Download) -> String {
    let (part, of) = download.part;
    exports::archive_name(usize::try_from(part).unwrap_or(1), usize::try_from(of).unwrap_or(1), download.locked)
}

enum Asked {
    All,
    Part(Range<u64>),
    Nothing,
}

/// One range is answered as such; several, and those of another file, get the whole.
fn asked_for(headers: &HeaderMap, bytes: u64, tag: &str) -> Asked {
    let Some(range) = headers.get(header::RANGE).and_then(|range| range.to_str().ok()) else { return Asked::All };
    if headers.get(header::IF_RANGE).is_some_and(|of| of.as_bytes() != tag.as_bytes()) {
        return Asked::All;
    }
    let Ok(parsed) = http_range_header::parse_range_header(range) else { return Asked::All };
    // the last bytes, more of them than there are: all of it
    if let Some(wanted) = range.strip_prefix("bytes=-").and_then(|wanted| wanted.parse::<u64>().ok()) {
        return if wanted == 0 { Asked::Nothing } else { Asked::Part(bytes.saturating_sub(wanted)..bytes) };
    }
    match parsed.validate(bytes) {
        Ok(ranges) => match ranges.as_slice() {
            [one] => Asked::Part(*one.start()..*one.end() + 1),
            _ => Asked::All,
        },
        Err(_) if range.contains(',') => Asked::All,
        Err(_) => Asked::Nothing,
    }
}

fn describe(
    headers: &mut HeaderMap,
    download: &Download,
    bytes: u64,
    range: &Range<u64>,
    status: StatusCode,
    tag: &str,
) {
    let name = name_of(download);
    let part = match status {
        StatusCode::PARTIAL_CONTENT => Some(format!("bytes {}-{}/{bytes}", range.start, range.end - 1)),
        StatusCode::RANGE_NOT_SATISFIABLE => Some(format!("bytes */{bytes}")),
        _ => None,
    };
    for (header, value) in [
        (header::CONTENT_TYPE, Some(ARCHIVE.to_owned())),
        (header::CONTENT_LENGTH, Some((range.end - range.start).to_string())),
        (header::CONTENT_RANGE, part),
        (header::CONTENT_DISPOSITION, Some(format!("attachment; filename=\"{name}\""))),
        (header::ACCEPT_RANGES, Some("bytes".to_owned())),
        (header::ETAG, Some(tag.to_owned())),
        (header::CACHE_CONTROL, Some("no-store".to_owned())),
        (header::CONTENT_SECURITY_POLICY, Some("sandbox; default-src 'none'".to_owned())),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(header, value);
        }
    }
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    // the address holds the ticket: it is told nobody
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
}
