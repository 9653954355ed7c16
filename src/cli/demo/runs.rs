//! The demo's erasures: one waits for its approval, one is finished and has a receipt; made by the same verbs as real ones.

use super::{people::Cast, story::player};
use crate::{
    app::{
        App, case_page,
        case_page::CasePage,
        runs::{self, Approval},
        verbs,
    },
    domain::{
        identity::{Identity, Reference, RunId},
        rights::Actor,
    },
};
use anyhow::{Context as _, bail};

/// Whose plan waits.
const WAITS: &str = "emeka.obiora@post.example";
/// Who is erased already.
const ERASED: &str = "bkr@bkr-garage.example";

/// Carries one erasure out and plans another.
pub async fn tell(app: &App, players: &Cast, cases: &[(String, Reference)]) -> anyhow::Result<()> {
    let (agent, lead) = (player(players, "agent")?, player(players, "lead")?);
    let run = planned(app, agent, cases, ERASED).await?;
    let page = runs::load_run(app, lead, run).await?;
    let accepted = page.plan.warnings.len();
    let approval = Approval { typed: page.reference.to_string(), scope_hash: page.plan.scope_hash, accepted };
    runs::approve_run(app, lead, run, &approval).await?;
    runs::execute_run(app, run, true).await?;
    // after the other: what goes with it is not counted twice
    planned(app, agent, cases, WAITS).await?;
    Ok(())
}

async fn planned(app: &App, agent: &Actor, cases: &[(String, Reference)], address: &str) -> anyhow::Result<RunId> {
    let reference = case_of(cases, address)?;
    let who = [Identity { kind: "email".to_owned(), value: address.to_owned() }];
    let says = "Answered from the address on record, with the user name and the month of joining.";
    verbs::verify_by_staff(app, agent, reference, i64::MAX, &who, says).await?;
    let CasePage::Full(full) = case_page::load(app, agent, reference, crate::app::runs::Letter::Proposed).await? else {
        bail!("the case is walled")
    };
    Ok(runs::plan_run(app, agent, reference, full.case.seq, &runs::Chosen::default()).await?)
}

/// The case that `address` opened.
pub(super) fn case_of(cases: &[(String, Reference)], address: &str) -> anyhow::Result<Reference> {
    let found = cases.iter().find(|(of, _)| of == address).with_context(|| format!("no case of {address}"))?;
    Ok(found.1)
}
