//! The way in from the network: connections, router, sessions, guards and headers, assets, downloads, posted mail, health, public keys. Pages are `ui`'s.

mod assets;
mod client;
mod connections;
mod downloads;
mod frame;
mod guard;
mod headers;
mod health;
mod intake;
mod pace;
mod place;
mod proving;
mod recipients;
mod well_known;

use crate::{app::App, ui};
use axum::{Router, extract::DefaultBodyLimit, middleware, routing::get};
use health::Health;
use std::time::Duration;
use tokio::{net::TcpListener, sync::watch};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate as _,
        predicate::{DefaultPredicate, NotForContentType},
    },
    csrf::CsrfLayer,
    timeout::TimeoutLayer,
};

/// The largest form.
const LARGEST_FORM: usize = 512 * 1024;
/// How long a page may take.
const LONGEST_PAGE: Duration = Duration::from_secs(30);

/// Every route of the console; `stop` turns true once the process was asked to stop.
pub fn router(app: App, stop: watch::Receiver<bool>) -> Router {
    let over_tls = headers::OverTls(app.settings.public_url.starts_with("https://"));
    let health = Health { app: app.clone(), stop };
    let intake_app = app.clone();
    let keys = get(well_known::receipt_keys).with_state(app.clone());
    let audit_keys = get(well_known::audit_keys).with_state(app.clone());
    let schema = get(well_known::portability_schema).with_state(app.clone());
    let signed_in = ui::router::routes()
        .route(ui::paths::patterns::HTML, get(frame::show))
        .route("/api/{*function}", axum::routing::post(guard::server_function))
        .layer(middleware::from_fn_with_state(app.clone(), proving::repeated))
        .layer(middleware::from_fn_with_state(app.clone(), guard::signed_in));
    let halfway = ui::router::halfway().layer(middleware::from_fn_with_state(app.clone(), guard::halfway));
    let pages = signed_in
        .merge(halfway)
        .merge(ui::router::door())
        .route(ui::paths::patterns::COPY_FILE, get(downloads::send))
        .fallback(ui::answer::no_such_page)
        .layer(middleware::from_fn_with_state(app.clone(), place::told))
        .layer(middleware::from_fn_with_state(app.clone(), client::known))
        .layer(middleware::from_fn(headers::page))
        .layer(middleware::from_fn(guard::says_where_it_comes_from))
        .layer(middleware::from_fn(guard::is_text))
        .layer(CsrfLayer::new().with_rejection_response(guard::from_elsewhere))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, LONGEST_PAGE))
        .layer(
            CompressionLayer::new()
                .quality(tower_http::CompressionLevel::Fastest)
                .compress_when(DefaultPredicate::new().and(NotForContentType::const_new(downloads::ARCHIVE))),
        )
        .with_state(app);
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready).with_state(health))
        .route(well_known::RECEIPT_KEYS, keys)
        .route(well_known::AUDIT_KEYS, audit_keys)
        .route(crate::app::exports::PORTABILITY_SCHEMA, schema)
        .merge(assets::routes())
        .merge(intake::routes(intake_app.clone()))
        .merge(recipients::routes(intake_app))
        .merge(pages)
        .layer(CatchPanicLayer::custom(headers::panicked))
        .layer(middleware::from_fn_with_state(over_tls, headers::every_answer))
}

/// Serves until `stop` turns true; what has begun is ended first.
pub async fn serve(app: App, listener: TcpListener, stop: watch::Receiver<bool>) {
    connections::serve(router(app, stop.clone()), listener, stop).await;
}
