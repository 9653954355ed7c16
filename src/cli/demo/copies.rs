//! The demo's copies of people's data: one is packed and waits for somebody to look at it, one was let go and fetched
//! once. Both lie as real packages in the demo's folder, made by the same verbs as any other.

use super::{people::Cast, runs::case_of, story::player};
use crate::{
    app::{
        App, case_page,
        case_page::CasePage,
        exports::{self, Code},
        runs::{self, Letter},
        verbs, verification,
    },
    domain::{
        event::Purpose,
        identity::{Identity, Reference, RunId},
        rights::Actor,
        time::HOUR,
    },
    jobs,
    store::{Clock, mails},
};
use anyhow::{Context as _, bail};

/// Whose copy waits for review.
const WAITS: &str = "kenji.t@post.example";
/// Whose copy was fetched.
const FETCHED: &str = "thomas@bergqvist.example";

/// Packs two copies; lets one go, to somebody who fetches it. All of it some time ago: a new code can be had by now.
pub async fn tell(app: &App, clock: &Clock, players: &Cast, cases: &[(String, Reference)]) -> anyhow::Result<()> {
    let now = clock.now();
    clock.set(now.plus(-2 * HOUR));
    let (agent, lead) = (player(players, "agent")?, player(players, "lead")?);
    packed(app, agent, case_of(cases, WAITS)?, WAITS).await?;
    let reference = case_of(cases, FETCHED)?;
    let (run, code) = packed(app, agent, reference, FETCHED).await?;
    clock.set(now.plus(-HOUR));
    exports::release_export(app, lead, run).await?;
    jobs::send_for(app, reference).await?;
    let link = exports::link(app, &last_mail(app, reference, Purpose::Delivery).await?);
    clock.set(now.plus(-HOUR / 2));
    exports::fetch_package(app, token(&link), &code.shown(), (1, false)).await?;
    clock.set(now);
    Ok(())
}

/// The holder confirms by the link in the mail and is shown a code; the copy is packed.
async fn packed(app: &App, agent: &Actor, reference: Reference, address: &str) -> anyhow::Result<(RunId, Code)> {
    let who = [Identity { kind: "email".to_owned(), value: address.to_owned() }];
    verbs::ask_verification(app, agent, reference, i64::MAX, &who).await?;
    jobs::send_for(app, reference).await?;
    let link = verification::link(app, &last_mail(app, reference, Purpose::Verification).await?);
    let code = verification::confirm_verification(app, token(&link)).await?.context("no code was shown")?;
    let CasePage::Full(full) = case_page::load(app, agent, reference, Letter::Proposed).await? else {
        bail!("the case is walled");
    };
    let run = runs::plan_run(app, agent, reference, full.case.seq, &runs::Chosen::default()).await?;
    exports::pack_export(app, run, true).await?;
    Ok((run, code))
}

/// The Message-ID of the newest mail of a case that was written for `purpose`; links are made from it.
async fn last_mail(app: &App, reference: Reference, purpose: Purpose) -> anyhow::Result<String> {
    let mut tx = app.db.read().await?;
    let mails = mails::mails_of(&mut tx, reference).await?;
    let last = mails.into_iter().rfind(|mail| mail.purpose == purpose);
    Ok(last.with_context(|| format!("case {reference} has no such mail"))?.message_id)
}

/// The last part of a link.
fn token(link: &str) -> &str {
    link.rsplit('/').next().unwrap_or_default()
}
