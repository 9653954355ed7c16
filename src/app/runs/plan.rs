//! Makes a plan: looks the verified person up, counts, asks nobody's approval yet.

use super::{
    Chosen, Secret, choose, source_of,
    standing::{approved_ahead, standing_for},
    unanswered,
};
use crate::{
    app::{
        App, Error,
        desk::{Desk, look},
        exports, held, pickup,
        proving::proven,
        subject::{self, Known},
    },
    domain::{
        audit::AuditAction,
        case::Case,
        copy::CopyForm,
        event::Event,
        identity::{Identity, Reference, RunId},
        rights::Actor,
        run::{RunKind, RunState, Stop, open_until},
        standing::Standing,
        work::Work,
    },
    generation::{Aim, Extent, Found, Target, pseudonym, texts_of, whose_accounts},
    store::{
        jobs,
        runs::{self, Run},
        standing::StandingApproval,
        vault::random,
    },
};

/// Plans what the case asks for, as far as it was chosen: an erasure, a change, or a copy of the data. Where a warning
/// stops it the plan is kept to be read, and the run stands stopped. Otherwise what changes data waits for a second
/// person; a copy, which changes nothing and goes nowhere by itself, is packed at once.
///
/// # Errors
/// When no run answers the case, the person is not verified, a run is open already, the choice does not fit what is
/// found, the generation database does not answer, or others were quicker; for a stale proof, where what is planned is a copy
/// that nobody looks at before it goes.
pub async fn plan_run(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    chosen: &Chosen,
) -> Result<RunId, Error> {
    let case = look(app, actor, reference).await?;
    let answer = choose::ready(app, &case)?;
    if answer.is_copy() && !exports::is_reviewed(app, &case) {
        proven(actor)?;
    }
    let product = case.product.clone();
    let known = asked_by(app, &case, answer).await?;
    let form = form_of(app, &case, chosen);
    let source = source_of(app, &product)?;
    let mut found = choose::find(app, source, &product, &known).await?;
    let (theirs, left_out) = choose::accounts(&found, chosen)?;
    found.subjects = theirs;
    let aim = choose::aim(app, &case, source, &found.subjects, chosen).await?;
    let kind = if answer == RunKind::Export { answer } else { aim.kind() };
    let identities = known.identities;
    let extent = if kind.may_be_limited() { chosen.extent.clone() } else { Extent::default() };
    let target = Target { extent, ..target_of(app, &product, &identities, found, aim).await? };
    let counted = match kind {
        RunKind::Export => source.plan_copy(&target.subjects, &target.found_by, (form, &target.extent)).await,
        _ => source.plan(&target).await,
    };
    let mut plan = counted.map_err(|error| unanswered(&product, &error))?;
    plan.warnings.extend(whose_accounts(&target, left_out.len(), !chosen.accounts.is_empty()));

    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let is_same = !answer.is_copy() || form_of(app, &desk.case, chosen) == form;
    if choose::ready(app, &desk.case)? != answer || !is_same {
        return Err(Error::field("run", "The case asks for something else now; look at it again"));
    }
    let verified = desk.case.verified.map(|verified| verified.identity);
    subject::remember(app, &mut desk.tx, reference, &product, &target.subjects).await?;
    let secret = Secret { identities, verified, target, left_out, replays: None };
    let secret = serde_json::to_vec(&secret).unwrap_or_default();
    let asked = (actor.id, desk.now);
    let until = open_until(desk.tx.db_now().await?);
    let what = (kind, reference, product.as_str());
    let run = runs::run_plan(&mut desk.tx, &app.vault, what, &plan, &secret, asked, until).await?;
    runs::checkpoints::log_add(&mut desk.tx, run, desk.now, "Plan made").await?;
    desk.take_up().await?;
    let scope_hash = plan.scope_hash.clone();
    desk.record(match kind {
        RunKind::Export => Event::ExportAsked { run, scope_hash },
        _ => Event::RunPlanned { run, scope_hash },
    })
    .await?;
    let mut planned = runs::run_lock(&mut desk.tx, run).await?.ok_or(Error::NotFound)?;
    if !plan.may_run() {
        planned.state = RunState::Stopped;
        planned.stop = Some(Stop::Blocked);
        desk.record(Event::RunStopped { run, why: Stop::Blocked.code().to_owned() }).await?;
        desk.followed_by(AuditAction::RunStopped, &run.to_string());
    } else if let Some(approval) = ahead(&mut desk, &planned).await? {
        planned.state = RunState::Approved;
        planned.standing = Some(approval.id);
        planned.decided_by = Some(approval.granted_by);
        planned.decided_at = Some(approval.granted_at);
        let says = format!("Approved ahead, by standing approval {}", approval.id);
        runs::checkpoints::log_add(&mut desk.tx, run, desk.now, &says).await?;
        jobs::job_enqueue(&mut desk.tx, &Work::ExecuteRun { run }, 0).await?;
        desk.record(Event::RunApproved { run, standing: Some(approval.id) }).await?;
        desk.followed_by(AuditAction::RunApproved, &approved_ahead(run, &approval));
    } else if kind == RunKind::Export {
        planned.state = RunState::Approved;
        jobs::job_enqueue(&mut desk.tx, &Work::PackExport { run }, 0).await?;
    }
    runs::run_save(&mut desk.tx, &planned).await?;
    desk.commit(AuditAction::RunPlanned).await?;
    Ok(run)
}

/// The form of a copy: what the rules ask for, or more where staff wish it.
fn form_of(app: &App, case: &Case, chosen: &Chosen) -> CopyForm {
    match exports::least_form(app, case) {
        CopyForm::Summary if chosen.full_copy => CopyForm::Full,
        least => least,
    }
}

/// The standing approval that such a plan may begin under: none where somebody has to read a warning first.
async fn ahead(desk: &mut Desk<'_>, planned: &Run) -> Result<Option<StandingApproval>, Error> {
    let Some(what) = Standing::of_case(desk.case.kind).filter(|_| !planned.plan.has_to_be_read()) else {
        return Ok(None);
    };
    standing_for(&mut desk.tx, &planned.product, what, planned.asked_by).await
}

/// What the verified person is looked up by. Whoever asks for a copy has to be reachable.
async fn asked_by(app: &App, case: &Case, kind: RunKind) -> Result<Known, Error> {
    let mut tx = app.db.read().await?;
    let known = choose::known(app, &mut tx, case).await?;
    if kind == RunKind::Export
        && exports::addressee(app, &mut tx, case.reference, &known).await?.is_none()
        && !pickup::has_page(&mut tx, case).await?
    {
        return Err(Error::field(
            "run",
            "There is no mail address to send the link to: have the person confirm by a link, or answer by hand",
        ));
    }
    Ok(known)
}

/// Whom an erasure is about, with the holds that stand on them now.
pub(super) async fn target_of(
    app: &App,
    product: &str,
    identities: &[Identity],
    found: Found,
    aim: Aim,
) -> Result<Target, Error> {
    let texts = texts_of(identities, found.contacts);
    let today = app.now().local(app.packs.zone(product)).date_naive();
    let stops = aim.is_stopped_by_holds();
    let (holds, held) = if stops { held::on(app, product, &found.subjects).await? } else { Default::default() };
    let pseudonym = pseudonym(random()?);
    let (subjects, found_by, extent) = (found.subjects, found.found_by, Extent::default());
    Ok(Target {
        subjects,
        found_by,
        texts,
        pseudonym,
        today,
        holds,
        held,
        extent,
        aim,
        run: String::new(),
        begun: None,
    })
}
