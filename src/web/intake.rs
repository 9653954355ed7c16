//! Mail that a provider posts: the raw message, kept and committed before it is answered. Known by a token that belongs to
//! one product; no session, no cookie. Whoever shows no right token learns nothing, not even which products there are.

use super::{client, pace::Pace};
use crate::{
    app::{App, Poster, intake, intake::KeepError},
    domain::mail::Came,
    ui::{asked::Client, listed::Listed},
};
use axum::{
    Extension,
    body::Body,
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware,
    response::{IntoResponse as _, Response},
};
use futures_util::{Stream, StreamExt as _};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use subtle::ConstantTimeEq as _;
use tokio::time::timeout;

/// The largest body: the largest mail, with room for a form around it.
const LARGEST: usize = intake::LARGEST + 64 * 1024;
/// How long a provider may take to post one mail.
const LONGEST: Duration = Duration::from_mins(5);
/// What providers call the raw mail in their forms.
const FIELDS: [&str; 3] = ["email", "body-mime", "message"];

/// How often somebody may show a wrong token in a minute.
const WRONG_PER_MINUTE: u32 = 30;

/// How often who may post, and how often who may not may try.
#[derive(Clone)]
struct Paces {
    posters: Option<Arc<Pace>>,
    strangers: Arc<Pace>,
}

/// The one address of this place.
pub fn routes(app: App) -> Listed {
    let minute = Duration::from_mins(1);
    let posters = app.settings.posts_per_minute;
    let paces = Paces {
        posters: (posters > 0).then(|| Arc::new(Pace::new(posters, minute))),
        strangers: Arc::new(Pace::new(WRONG_PER_MINUTE, minute)),
    };
    Listed::default().act("/intake/{product}", take).within(|router| {
        router
            .layer(DefaultBodyLimit::disable())
            .layer(Extension(paces))
            .layer(middleware::from_fn_with_state(app.clone(), client::known))
            .with_state(app)
    })
}

/// POST: one mail, as `message/rfc822` or in a field of a form.
async fn take(
    State(app): State<App>,
    Extension(paces): Extension<Paces>,
    client: Client,
    Path(product): Path<String>,
    request: Request,
) -> Response {
    let now = Instant::now();
    // the right token is taken whatever strangers do, who may come from the same place
    let Some(token) = known(&app, &product, request.headers()) else {
        return match paces.strangers.keeps(&client.0, now) {
            Ok(()) => says(StatusCode::UNAUTHORIZED, "The token is missing or not right.\n"),
            Err(seconds) => too_often(seconds),
        };
    };
    if let Some(Err(seconds)) = paces.posters.map(|pace| pace.keeps(&token, now)) {
        return too_often(seconds);
    }
    let raw = match timeout(LONGEST, raw_of(request)).await {
        Ok(Ok(raw)) => raw,
        Ok(Err(refused)) => return refused.answer(),
        Err(_) => return later("The mail took too long to arrive.\n"),
    };
    match intake::keep(&app, &product, raw, Came::Http).await {
        Ok(_) => ([(header::CONTENT_TYPE, "application/json")], "{\"kept\":true}\n").into_response(),
        Err(KeepError::TooLarge) => Refused::Large.answer(),
        Err(error) => {
            tracing::error!(product, %error, "a posted mail could not be kept");
            later("The mail could not be kept.\n")
        }
    }
}

/// The token's name, where it is one of this product's. Every known token is looked at, whichever is right.
fn known(app: &App, product: &str, headers: &HeaderMap) -> Option<String> {
    let shown = app.vault.digest(Poster::DIGEST, token(headers).unwrap_or_default().as_bytes());
    let fits = app.settings.posters.iter().filter(|poster| bool::from(poster.token.ct_eq(&shown)));
    let found = fits.filter(|poster| poster.product == product).count() > 0;
    found.then(|| data_encoding::HEXLOWER.encode(&shown))
}

/// The token of `Bearer`, or the password of `Basic` for providers that know nothing but an address.
fn token(headers: &HeaderMap) -> Option<String> {
    let (scheme, given) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(given.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(data_encoding::BASE64.decode(given.trim().as_bytes()).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

/// Why there is no mail to keep.
enum Refused {
    Large,
    Empty,
    NoField,
    Broken,
}

impl Refused {
    fn answer(&self) -> Response {
        match self {
            Self::Large => says(StatusCode::PAYLOAD_TOO_LARGE, "The mail is larger than what can be kept.\n"),
            Self::Empty => says(StatusCode::BAD_REQUEST, "There is no mail in this request.\n"),
            // so that the provider keeps what it has until somebody set it up rightly
            Self::NoField => {
                tracing::warn!("a form was posted without a raw mail in it; have the provider post raw messages");
                later("There is no field email, body-mime or message with the raw mail.\n")
            }
            Self::Broken => later("The request ended before it was whole.\n"),
        }
    }
}

async fn raw_of(request: Request) -> Result<Vec<u8>, Refused> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let raw = if kind.starts_with("multipart/form-data") {
        of_multipart(request).await?
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        of_form(&of_body(request).await?).ok_or(Refused::NoField)?
    } else {
        of_body(request).await?
    };
    if raw.is_empty() { Err(Refused::Empty) } else { Ok(raw) }
}

async fn of_body(request: Request<Body>) -> Result<Vec<u8>, Refused> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > LARGEST) {
        return Err(Refused::Large);
    }
    collected(request.into_body().into_data_stream(), length.unwrap_or_default()).await
}

/// All bytes of a stream, in memory once.
async fn collected<E>(
    mut stream: impl Stream<Item = Result<bytes::Bytes, E>> + Unpin,
    expected: usize,
) -> Result<Vec<u8>, Refused> {
    let mut all = Vec::with_capacity(expected);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Refused::Broken)?;
        if all.len() + chunk.len() > LARGEST {
            return Err(Refused::Large);
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

async fn of_multipart(request: Request) -> Result<Vec<u8>, Refused> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Refused::Broken)?;
    while let Some(field) = form.next_field().await.map_err(|_| Refused::Broken)? {
        if field.name().is_some_and(|name| FIELDS.contains(&name)) {
            return collected(field, 0).await;
        }
    }
    Err(Refused::NoField)
}

/// The first known field of a form, its bytes as they were: a raw mail need not be UTF-8.
fn of_form(body: &[u8]) -> Option<Vec<u8>> {
    body.split(|b| *b == b'&').find_map(|pair| {
        let at = pair.iter().position(|b| *b == b'=')?;
        let name = decoded(&pair[..at]);
        FIELDS.iter().any(|field| field.as_bytes() == name).then(|| decoded(&pair[at + 1..]))
    })
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|two| data_encoding::HEXLOWER_PERMISSIVE.decode(two).ok());
        let byte = match (first, digits) {
            (b'%', Some(byte)) => {
                rest = &behind[2..];
                byte[0]
            }
            (first, _) => {
                rest = behind;
                if *first == b'+' { b' ' } else { *first }
            }
        };
        out.push(byte);
    }
    out
}

fn later(text: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "30")], text).into_response()
}

pub(super) fn too_often(seconds: u64) -> Response {
    let text = "This was asked for too often. Try again later.\n";
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())], text).into_response()
}

fn says(status: StatusCode, text: &'static str) -> Response {
    (status, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_gives_the_bytes_back_as_they_were() {
        let form = b"sender=a%40b.example&body-mime=From%3A+a%0D%0a%0d%0A%FF%+%2&email=later";
        assert_eq!(of_form(form).expect("it is there"), b"From: a\r\n\r\n\xff% %2");
        assert_eq!(of_form(b"subject=x&emails=y"), None);
    }
}
