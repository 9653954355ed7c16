//! The HTML version of a mail as a document of its own, for the frame on its case's page. Whatever is in it: its policy
//! lets it load nothing, run nothing, lead nowhere, and be shown on our own pages only.

use crate::{
    app::{
        App, Error,
        reading::{self, Rich, Version},
    },
    domain::{identity::MessageId, rights::Actor},
};
use axum::{
    Extension,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use sha2::{Digest as _, Sha256};

/// The frame's own style: the mail's words on paper, in both themes, and nothing of the mail's own style.
const STYLE: &str = "html{color-scheme:light dark}body{margin:12px;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
    table{border-collapse:collapse}td,th{padding:2px 6px;text-align:start;vertical-align:top}img{max-width:100%;height:auto}\
    blockquote{margin:8px 0;padding-inline-start:12px;border-inline-start:2px solid color-mix(in srgb,currentcolor 25%,transparent)}\
    pre{white-space:pre-wrap}";

/// GET: the document; with `pictures=1` with the pictures that the mail brings along.
pub async fn show(
    State(app): State<App>,
    Extension(actor): Extension<Actor>,
    Path((reference, message)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let with_pictures = query.iter().any(|(name, value)| name == "pictures" && value == "1");
    let found = match (reference.parse(), message.parse()) {
        (Ok(reference), Ok(message)) => reading::html(&app, &actor, reference, MessageId(message), with_pictures).await,
        _ => Err(Error::NotFound),
    };
    let (status, body) = match found {
        Ok(Version::Html(Rich { html, .. })) => (StatusCode::OK, html),
        Ok(Version::TooMuch) => (
            StatusCode::OK,
            "<p>This HTML is larger or more tangled than a letter can be. Read the text.</p>".to_owned(),
        ),
        Ok(Version::None) | Err(Error::NotFound) => (StatusCode::NOT_FOUND, "<p>There is nothing here.</p>".to_owned()),
        Err(error) => {
            tracing::warn!(%error, "a mail could not be shown");
            (StatusCode::SERVICE_UNAVAILABLE, "<p>The mail could not be read just now.</p>".to_owned())
        }
    };
    let document = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>Mail</title><style>{STYLE}</style></head>\
         <body dir=\"auto\">{body}</body></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy(with_pictures)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, document).into_response()
}

/// Its own policy: a sandbox without any permission, the style above by its hash, pictures only from the document itself.
fn policy(with_pictures: bool) -> HeaderValue {
    let hash = data_encoding::BASE64.encode(&Sha256::digest(STYLE.as_bytes()));
    let pictures = if with_pictures { "data:" } else { "'none'" };
    let policy = format!(
        "sandbox; default-src 'none'; img-src {pictures}; style-src 'sha256-{hash}'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'self'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("sandbox; default-src 'none'"))
}
