//! Makes a plan: looks the verified person up, counts, asks nobody's approval yet.

use super::{Secret, aim_of, answers, source_of, unanswered};
use crate::{
    app::{
        App, Error,
        desk::{Desk, look},
        exports, subject,
        subject::Known,
    },
    domain::{
        case::Case,
        copy::CopyForm,
        event::Event,
        identity::{Identity, Reference, RunId},
        rights::Actor,
        run::{RunKind, RunState, Stop, open_until},
        work::Work,
    },
    generation::{Aim, Extent, Found, Key, Target, one_account, texts_of},
    store::{contents, holds, jobs, runs},
};

/// Characters of a pseudonym after its `p_`.
const PSEUDONYM: usize = crate::generation::PSEUDONYM_LENGTH - 2;

/// Plans what the case asks for: an erasure, or a copy of the data. Where a warning stops it the plan is kept to be read,
/// and the run stands stopped. Otherwise an erasure waits for a second person; a copy, which changes nothing and goes
/// nowhere by itself, is packed at once.
///
/// # Errors
/// When the case asks for neither, the person is not verified, a run is open already, the generation database does
/// not answer, or others were quicker.
pub async fn plan_run(app: &App, actor: &Actor, reference: Reference, seen: i64) -> Result<RunId, Error> {
    plan_wished(app, actor, reference, seen, &Wishes::default()).await
}

/// What staff wish beyond what the case asks for.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// A full copy where a summary would do.
    pub full_copy: bool,
}

/// The same as staff wish it.
///
/// # Errors
/// As `plan_run`.
pub async fn plan_wished(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    wishes: &Wishes,
) -> Result<RunId, Error> {
    let (kind, aim, product, known) = asked_for(app, actor, reference).await?;
    let form = form_of(app, &look(app, actor, reference).await?, wishes);
    let source = source_of(app, &product)?;
    let identities = known.identities.clone();
    let found = source.find(&identities).await.map_err(|error| unanswered(&product, &error))?;
    if !known.leads_to(app, &product, &found) {
        return Err(Error::field(
            "run",
            "What the person was verified by leads to another account now. Verify them again before anything is done",
        ));
    }
    let target = target_of(app, &product, &identities, found, aim).await?;
    let counted = match kind {
        RunKind::Export => source.plan_copy(&target.subjects, &target.found_by, (form, &target.extent)).await,
        _ => source.plan(&target).await,
    };
    let mut plan = counted.map_err(|error| unanswered(&product, &error))?;
    plan.warnings.extend(one_account(&target));

    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    if ready(app, &desk.case)? != kind || (kind.is_copy() && form_of(app, &desk.case, wishes) != form) {
        return Err(Error::field("run", "The case asks for something else now; look at it again"));
    }
    let verified = desk.case.verified.map(|verified| verified.identity);
    let secret = serde_json::to_vec(&Secret { identities, verified, target }).unwrap_or_default();
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
    } else if kind == RunKind::Export {
        planned.state = RunState::Approved;
        jobs::job_enqueue(&mut desk.tx, &Work::PackExport { run }, 0).await?;
    }
    runs::run_save(&mut desk.tx, &planned).await?;
    desk.commit("run_planned").await?;
    Ok(run)
}

/// The form of a copy: what the rules ask for, or more where staff wish it.
fn form_of(app: &App, case: &Case, wishes: &Wishes) -> CopyForm {
    match exports::least_form(app, case) {
        CopyForm::Summary if wishes.full_copy => CopyForm::Full,
        least => least,
    }
}

/// What the case asks for, where it can be planned now.
fn ready(app: &App, case: &Case) -> Result<RunKind, Error> {
    let Some(kind) = answers(app, case) else {
        return Err(Error::field(
            "run",
            "No run answers a case of this kind here; classify it, or have the data map say where the choice stands",
        ));
    };
    if !case.state.is_open() {
        return Err(Error::field("run", "The case is resolved; reopen it first"));
    }
    if case.verified.is_none() {
        return Err(Error::field(
            "run",
            "Verify the person first: nobody’s data goes, or leaves, on a stranger’s word",
        ));
    }
    if let Some(run) = case.run {
        return Err(Error::field("run", format!("Run {run} of this case is open already; decide about it first")));
    }
    Ok(kind)
}

/// What is asked for, the product, and what the verified person is looked up by.
async fn asked_for(app: &App, actor: &Actor, reference: Reference) -> Result<(RunKind, Aim, String, Known), Error> {
    let case = look(app, actor, reference).await?;
    let kind = ready(app, &case)?;
    let mut tx = app.db.read().await?;
    let identity = case.verified.map(|verified| verified.identity);
    let content = match identity {
        Some(id) => contents::content_get(&mut tx, &app.vault, id).await?.unwrap_or_default(),
        None => contents::Content::default(),
    };
    let known = Known::read(&content);
    if kind == RunKind::Export && exports::addressee(app, &mut tx, reference, &known).await?.is_none() {
        return Err(Error::field(
            "run",
            "There is no mail address to send the link to: have the person confirm by a link, or answer by hand",
        ));
    }
    Ok((kind, aim_of(case.kind).unwrap_or_default(), case.product, known))
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
    let holds = if stops { holds_on(app, product, &found.subjects).await? } else { Vec::new() };
    let keyed = app.vault.digest("pseudonym", serde_json::json!([product, found.subjects]).to_string().as_bytes());
    let pseudonym = data_encoding::BASE32_NOPAD.encode(&keyed).to_lowercase();
    let pseudonym = format!("p_{}", &pseudonym[..PSEUDONYM]);
    let (subjects, found_by, extent) = (found.subjects, found.found_by, Extent::default());
    Ok(Target { subjects, found_by, texts, pseudonym, today, holds, extent, aim })
}

/// The holds that stand on these accounts now.
pub(super) async fn holds_on(app: &App, product: &str, subjects: &[Key]) -> Result<Vec<i64>, Error> {
    let digests: Vec<_> = subjects.iter().map(|key| subject::digest(app, product, key)).collect();
    let mut tx = app.db.read().await?;
    Ok(holds::holds_on(&mut tx, product, &digests).await?.into_iter().map(|hold| hold.id.0).collect())
}
