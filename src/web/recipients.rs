//! What recipients of people's data post back: that they followed. Known by the signature of their own key; no session, no
//! cookie. Whoever cannot sign learns nothing, not even which numbers there are.

use super::{client, intake::too_often, pace::Pace, place};
use crate::{
    app::{
        App,
        follow_ups::{self, Heard, SIGNATURE},
    },
    ui::{asked::Client, listed::Listed},
};
use axum::{
    Extension,
    body::to_bytes,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse as _, Response},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// The largest message.
const LARGEST: usize = 16 * 1024;
/// How long one may take to arrive.
const LONGEST: Duration = Duration::from_secs(10);

/// How often somebody may post in a minute what is not signed rightly.
const WRONG_PER_MINUTE: u32 = 30;

/// The one address of this place.
pub fn routes(app: App) -> Listed {
    let strangers = Arc::new(Pace::new(WRONG_PER_MINUTE, Duration::from_mins(1)));
    Listed::default().act("/intake/recipients", take).within(|router| {
        router
            .layer(Extension(strangers))
            .layer(middleware::from_fn_with_state(app.clone(), place::told))
            .layer(middleware::from_fn_with_state(app.clone(), client::known))
            .with_state(app)
    })
}

/// POST: a JSON object with the number of a notice.
async fn take(
    State(app): State<App>,
    Extension(strangers): Extension<Arc<Pace>>,
    client: Client,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let header = head.headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let body = match timeout(LONGEST, to_bytes(body, LARGEST)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            return (StatusCode::PAYLOAD_TOO_LARGE, "The message is too large or broke off.\n").into_response();
        }
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, "The message took too long to arrive.\n").into_response(),
    };
    match follow_ups::hear(&app, header, &body).await {
        Ok(Heard::Noted) => ([(header::CONTENT_TYPE, "application/json")], "{\"noted\":true}\n").into_response(),
        Ok(Heard::Useless) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "It does not say \"confirmed\": true, or that is settled.\n")
                .into_response()
        }
        // a right signature is taken whatever strangers do, who may come from the same place
        Ok(Heard::Unknown) => match strangers.keeps(&client.0, Instant::now()) {
            Ok(()) => (StatusCode::UNAUTHORIZED, "The signature is missing or not right.\n").into_response(),
            Err(seconds) => too_often(seconds),
        },
        Err(error) => {
            tracing::error!(%error, "a recipient's confirmation could not be kept");
            let again = [(header::RETRY_AFTER, "30")];
            (StatusCode::SERVICE_UNAVAILABLE, again, "The confirmation could not be kept.\n").into_response()
        }
    }
}
