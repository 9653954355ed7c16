//! Which address leads to which page. `web` mounts these and guards them; nothing here looks at a session.

use crate::{
    app::App,
    ui::{
        pages::{
            account, audit, case, consents, copy, factor, mailroom, new_case, overview, password, pickup, plan,
            policies, prove, queue, requester, retention, run, runs, setup, signin, verify,
        },
        paths::{self, patterns},
    },
};
use axum::{
    Router,
    response::Redirect,
    routing::{get, post},
};

/// The pages of those who are signed in.
pub fn routes() -> Router<App> {
    Router::new()
        .route(paths::HOME, get(|| async { Redirect::to(paths::OVERVIEW) }))
        .route(paths::QUEUE, get(queue::server::show).post(queue::server::assign))
        .route(patterns::CASE, get(case::server::show).post(case::server::act))
        .route(patterns::PLAN, get(plan::server::show).post(plan::server::make))
        .route(patterns::CONSENTS, get(consents::server::show))
        .route(patterns::REQUESTER, get(requester::server::show).post(requester::server::act))
        .route(paths::RETENTION, get(retention::server::show).post(retention::server::act))
        .route(patterns::FILE, get(case::server::download))
        .route(paths::OVERVIEW, get(overview::server::show))
        .route(paths::NEW_CASE, get(new_case::server::show).post(new_case::server::open))
        .route(paths::RUNS, get(runs::server::show))
        .route(paths::APPROVE, get(runs::approve::show).post(runs::approve::decide))
        .route(paths::STANDING, get(runs::standing::show).post(runs::standing::act))
        .route(patterns::RUN, get(run::server::show).post(run::server::act))
        .route(patterns::RECEIPT, get(run::server::receipt))
        .route(paths::POLICIES, get(policies::server::list))
        .route(patterns::POLICY, get(policies::server::show))
        .route(paths::AUDIT, get(audit::server::show).post(audit::server::export))
        .route(paths::MAIL, get(mailroom::server::show))
        .route(patterns::MAIL_IN, get(mailroom::server::waiting).post(mailroom::server::decide))
        .route(patterns::MAIL_OUT, get(mailroom::server::outgoing).post(mailroom::server::send_again))
        .route(patterns::WORK, post(mailroom::server::run_again))
        .route(paths::ACCOUNT, get(account::server::show).post(account::server::act))
        .route(paths::AUTHENTICATOR, get(account::authenticator::show).post(account::authenticator::enrol))
        .route(paths::PASSKEY, get(account::passkey::show).post(account::passkey::add))
        .route(paths::PASSKEY_CHALLENGE, post(account::passkey::begin))
        .route(paths::PROOF_CHALLENGE, post(prove::server::begin))
        .route(paths::SIGNOUT, post(signin::server::sign_out))
}

/// The pages of those whose password was right and who have nothing else yet.
pub fn halfway() -> Router<App> {
    Router::new()
        .route(paths::SECOND, get(factor::server::ask).post(factor::server::give))
        .route(paths::DOOR_CHALLENGE, post(factor::server::begin))
        .route(paths::ENROL, get(factor::server::offer).post(factor::server::enrol))
}

/// The pages of everybody.
pub fn door() -> Router<App> {
    Router::new()
        .route(paths::SIGNIN, get(signin::server::show).post(signin::server::sign_in))
        .route(paths::RESET, get(password::server::show).post(password::server::send))
        .route(patterns::PASSWORD, get(password::server::look).post(password::server::take))
        .route(patterns::SETUP, get(setup::server::show).post(setup::server::make))
        .route(paths::PICKUP, get(pickup::server::show).post(pickup::server::act))
        .route(paths::VERIFIED, get(verify::server::thanks))
        .route(patterns::COPY, get(copy::server::show).post(copy::server::act))
        .route(patterns::VERIFY, get(verify::server::show).post(verify::server::confirm))
}
