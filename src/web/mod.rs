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

use crate::{
    app::App,
    ui::{self, listed::Listed},
};
use axum::{Router, extract::DefaultBodyLimit, middleware};
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
    listed(app, stop).into_router()
}

/// The same with the list of its addresses.
pub fn listed(app: App, stop: watch::Receiver<bool>) -> Listed {
    let over_tls = headers::OverTls(app.settings.public_url.starts_with("https://"));
    let health = Health { app: app.clone(), stop };
    let (told, known, admitted, repeated, half) = (app.clone(), app.clone(), app.clone(), app.clone(), app.clone());
    let signed_in = ui::router::routes()
        .page(ui::paths::patterns::HTML, frame::show)
        .act("/api/{*function}", guard::server_function)
        .within(|router| {
            router
                .layer(middleware::from_fn_with_state(repeated, proving::repeated))
                .layer(middleware::from_fn_with_state(admitted, guard::signed_in))
        });
    let halfway =
        ui::router::halfway().within(|router| router.layer(middleware::from_fn_with_state(half, guard::halfway)));
    let state = app.clone();
    let pages =
        signed_in.and(halfway).and(ui::router::door()).page(ui::paths::patterns::COPY_FILE, downloads::send).within(
            |router| {
                router
                    .fallback(ui::answer::no_such_page)
                    .layer(middleware::from_fn_with_state(told, place::told))
                    .layer(middleware::from_fn_with_state(known, client::known))
                    .layer(middleware::from_fn(headers::page))
                    .layer(middleware::from_fn(guard::says_where_it_comes_from))
                    .layer(middleware::from_fn(guard::is_text))
                    .layer(CsrfLayer::new().with_rejection_response(guard::from_elsewhere))
                    .layer(DefaultBodyLimit::max(LARGEST_FORM))
                    .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, LONGEST_PAGE))
                    .layer(
                        CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest).compress_when(
                            DefaultPredicate::new().and(NotForContentType::const_new(downloads::ARCHIVE)),
                        ),
                    )
                    .with_state(state)
            },
        );
    let published = Listed::default()
        .page(well_known::RECEIPT_KEYS, well_known::receipt_keys)
        .page(well_known::AUDIT_KEYS, well_known::audit_keys)
        .page(crate::app::exports::PORTABILITY_SCHEMA, well_known::portability_schema);
    let posted = intake::routes(app.clone()).and(recipients::routes(app.clone()));
    let open = published.within(|router| router.with_state(app)).and(posted);
    let ready = Listed::default().page("/readyz", health::ready).within(|router| router.with_state(health));
    Listed::default().page("/healthz", health::alive).and(ready).and(assets::routes()).and(open).and(pages).within(
        |router| {
            router
                .layer(CatchPanicLayer::custom(headers::panicked))
                .layer(middleware::from_fn_with_state(over_tls, headers::every_answer))
        },
    )
}

/// Serves until `stop` turns true; what has begun is ended first.
pub async fn serve(app: App, listener: TcpListener, stop: watch::Receiver<bool>) {
    let room = connections::Room::new(app.settings.trusted_proxies.clone());
    connections::serve(router(app, stop.clone()), listener, room, stop).await;
}
