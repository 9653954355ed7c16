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
    let run = plan(app, agent, case_of(cases, ERASED)?, ("email", ERASED)).await?;
    carry_out(app, lead, run).await?;
    // after the other: what goes with it is not counted twice
    plan(app, agent, case_of(cases, WAITS)?, ("email", WAITS)).await?;
    Ok(())
}

/// Approves a plan, as somebody else than whoever made it, and has it carried out.
pub(super) async fn carry_out(app: &App, lead: &Actor, run: RunId) -> anyhow::Result<()> {
    let page = runs::load_run(app, lead, run).await?;
    let accepted = page.plan.warnings.len();
    let approval = Approval { typed: page.reference.to_string(), scope_hash: page.plan.scope_hash, accepted };
    runs::approve_run(app, lead, run, &approval).await?;
    runs::execute_run(app, run, true).await?;
    Ok(())
}

/// Verifies the person by what they are looked up by, a kind and a value, and plans what the case asks for.
pub(super) async fn plan(
    app: &App,
    agent: &Actor,
    reference: Reference,
    (kind, value): (&str, &str),
) -> anyhow::Result<RunId> {
    let who = [Identity { kind: kind.to_owned(), value: value.to_owned() }];
    let says = "Answered from the address on record, with the user name and the month of joining.";
    verbs::verify_by_staff(app, agent, reference, i64::MAX, &who, says).await?;
    let CasePage::Full(full) = case_page::load(app, agent, reference, runs::Letter::Proposed).await? else {
        bail!("the case is walled")
    };
    Ok(runs::plan_run(app, agent, reference, full.case.seq, &runs::Chosen::default()).await?)
}

/// The case that `address` opened, or a case without one by its subject.
pub(super) fn case_of(cases: &[(String, Reference)], address: &str) -> anyhow::Result<Reference> {
    let found = cases.iter().find(|(of, _)| of == address).with_context(|| format!("no case of {address}"))?;
    Ok(found.1)
}
