//! Who may pass: people with a session, and requests that say where they come from.

use crate::{
    app::{
        App, Error,
        sessions::{self, Session},
    },
    domain::{rights::Actor, sign_in::Stage},
    ui::{self, asked::Frame, islands::ProgressToTell, pages::signin::server::token},
};
use axum::{
    Extension,
    body::Body,
    extract::{FromRequestParts as _, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use leptos::{prelude::provide_context, server_fn::ServerFn as _};

/// The session of a request.
async fn session(app: &App, headers: &HeaderMap, uri: &Uri) -> Result<Option<Session>, Error> {
    let Some(token) = token(headers) else { return Ok(None) };
    // what a page asks by itself is no sign of anybody
    if uri.path() == ProgressToTell::PATH {
        return sessions::session_of(app, token).await;
    }
    sessions::session_used(app, token).await
}

/// Tells the pages who asks, and in which session.
pub(super) fn admit(request: &mut Request, session: Session) {
    request.extensions_mut().insert(session.actor.clone());
    request.extensions_mut().insert(session);
}

/// Lets people with half a session through to where the second factor is given; sends others where they belong.
pub async fn halfway(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match session(&app, request.headers(), request.uri()).await {
        Ok(Some(session)) if session.stage == Stage::Half => {
            admit(&mut request, session);
            next.run(request).await
        }
        Ok(Some(_)) => Redirect::to(ui::paths::HOME).into_response(),
        Ok(None) => Redirect::to(ui::paths::SIGNIN).into_response(),
        Err(error) => busy(&error),
    }
}

/// Lets people with a whole session through and tells the pages who they are; sends others to the door.
pub async fn signed_in(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let found = session(&app, request.headers(), request.uri()).await;
    match found {
        Ok(Some(session)) if session.stage == Stage::Full || request.uri().path() == ui::paths::SIGNOUT => {
            admit(&mut request, session);
            next.run(request).await
        }
        Ok(Some(_)) if request.method() == Method::GET => {
            let wanted = request.uri().path_and_query().map_or(ui::paths::HOME, |path| path.as_str());
            Redirect::to(&ui::paths::second_then(ui::paths::local(wanted))).into_response()
        }
        Ok(None) if request.uri().path() == ui::paths::SIGNOUT => Redirect::to(ui::paths::SIGNIN).into_response(),
        Ok(None) if request.method() == Method::GET => {
            let wanted = request.uri().path_and_query().map(|path| path.as_str().to_owned());
            Redirect::to(&ui::paths::signin_then(wanted.as_deref())).into_response()
        }
        Ok(_) => {
            let (mut parts, _) = request.into_parts();
            match Frame::from_request_parts(&mut parts, &app).await {
                Ok(frame) => ui::answer::signed_out(&frame),
                Err(response) => response,
            }
        }
        Err(error) => busy(&error),
    }
}

fn busy(error: &Error) -> Response {
    tracing::warn!(%error, "a session could not be looked up");
    let says = "The database is busy. Try again in a moment.\n";
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], says).into_response()
}

/// Refuses requests that change something without saying where they come from: browsers always say so, with
/// `Sec-Fetch-Site` or `Origin`. Whether the place is ours is judged before this.
pub async fn says_where_it_comes_from(request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers();
    let says =
        headers.contains_key("sec-fetch-site") || headers.get(header::ORIGIN).is_some_and(|origin| origin != "null");
    if is_safe || says {
        return next.run(request).await;
    }
    elsewhere()
}

/// Refuses questions that hold a NUL: no text has one, and not every database can look for it. In the address itself it leads
/// to what is not there, as anything else that was made up.
pub async fn is_text(request: Request, next: Next) -> Response {
    if request.uri().query().is_some_and(|query| query.contains("%00")) {
        return (StatusCode::BAD_REQUEST, "This address holds a sign that is no text.\n").into_response();
    }
    next.run(request).await
}

/// What a form gets that was sent from another place.
pub fn from_elsewhere(_: tower_http::csrf::ProtectionError) -> Response {
    elsewhere()
}

fn elsewhere() -> Response {
    let says = "This form was not sent from a page of this console, so nothing was done. \
                A proxy in front of it has to keep the headers Host and Origin.\n";
    (StatusCode::FORBIDDEN, says).into_response()
}

/// The islands' server functions, on behalf of whoever is signed in.
pub async fn server_function(
    State(app): State<App>,
    Extension(actor): Extension<Actor>,
    mut request: Request<Body>,
) -> Response {
    // to a plain form they would answer with a way back to whatever page the form says it came from, errors in its address
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    request.headers_mut().remove(header::REFERER);
    let context = move || {
        provide_context(app.clone());
        provide_context(actor.clone());
    };
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}
