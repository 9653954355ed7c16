//! Which address leads to which page. `web` mounts these and guards them; nothing here looks at a session.

use crate::{
    app::App,
    domain::rights::{Act, Place},
    ui::{
        asked::Asked,
        listed::Listed,
        pages::{
            account, audit, case, consents, copy, factor, mailroom, new_case, overview, password, people, pickup, plan,
            policies, prove, queue, requester, retention, rights, run, runs, setup, signin, verify,
        },
        paths::{self, patterns},
    },
};
use axum::response::Redirect;

/// Where somebody begins, by what they are there for.
async fn home(asked: Asked) -> Redirect {
    let may = |act| asked.actor.may(act, Place::Somewhere);
    Redirect::to(match () {
        () if may(Act::SeeCases) => paths::OVERVIEW,
        () if may(Act::SeeRuns) => paths::RUNS,
        () if may(Act::ManagePeople) => paths::PEOPLE,
        () => paths::ACCOUNT,
    })
}

/// The pages of those who are signed in.
pub fn routes() -> Listed<App> {
    Listed::default()
        .page(paths::HOME, home)
        .form(paths::QUEUE, queue::server::show, queue::server::assign)
        .form(patterns::CASE, case::server::show, case::server::act)
        .form(patterns::PLAN, plan::server::show, plan::server::make)
        .page(patterns::CONSENTS, consents::server::show)
        .form(patterns::REQUESTER, requester::server::show, requester::server::act)
        .form(paths::RETENTION, retention::server::show, retention::server::act)
        .page(patterns::FILE, case::server::download)
        .page(paths::OVERVIEW, overview::server::show)
        .form(paths::NEW_CASE, new_case::server::show, new_case::server::open)
        .page(paths::RUNS, runs::server::show)
        .form(paths::APPROVE, runs::approve::show, runs::approve::decide)
        .form(paths::STANDING, runs::standing::show, runs::standing::act)
        .form(patterns::RUN, run::server::show, run::server::act)
        .page(patterns::RECEIPT, run::server::receipt)
        .page(paths::POLICIES, policies::server::list)
        .page(patterns::POLICY, policies::server::show)
        .form(paths::AUDIT, audit::server::show, audit::server::export)
        .page(paths::MAIL, mailroom::server::show)
        .form(patterns::MAIL_IN, mailroom::server::waiting, mailroom::server::decide)
        .form(patterns::MAIL_OUT, mailroom::server::outgoing, mailroom::server::send_again)
        .act(patterns::WORK, mailroom::server::run_again)
        .form(paths::ACCOUNT, account::server::show, account::server::act)
        .form(paths::AUTHENTICATOR, account::authenticator::show, account::authenticator::enrol)
        .form(paths::PASSKEY, account::passkey::show, account::passkey::add)
        .act(paths::PASSKEY_CHALLENGE, account::passkey::begin)
        .act(paths::PROOF_CHALLENGE, prove::server::begin)
        .form(paths::ABSENCE, account::absence::show, account::absence::act)
        .form(paths::PEOPLE, people::server::show, people::server::invite)
        .form(patterns::PERSON, people::server::one, people::server::act)
        .page(paths::RIGHTS, rights::server::show)
        .act(paths::SIGNOUT, signin::server::sign_out)
}

/// The pages of those whose password was right and who have nothing else yet.
pub fn halfway() -> Listed<App> {
    Listed::default()
        .form(paths::SECOND, factor::server::ask, factor::server::give)
        .act(paths::DOOR_CHALLENGE, factor::server::begin)
        .form(paths::ENROL, factor::server::offer, factor::server::enrol)
}

/// The pages of everybody.
pub fn door() -> Listed<App> {
    Listed::default()
        .form(paths::SIGNIN, signin::server::show, signin::server::sign_in)
        .form(paths::RESET, password::server::show, password::server::send)
        .form(patterns::PASSWORD, password::server::look, password::server::take)
        .form(patterns::SETUP, setup::server::show, setup::server::make)
        .form(paths::PICKUP, pickup::server::show, pickup::server::act)
        .page(paths::VERIFIED, verify::server::thanks)
        .form(patterns::COPY, copy::server::show, copy::server::act)
        .form(patterns::VERIFY, verify::server::show, verify::server::confirm)
}
