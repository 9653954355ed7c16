//! A run that changes something, rehearsed: planned, and where `--apply` asks for it carried out on the copy, looked for again, and signed
//! with a key that is made for this rehearsal and kept nowhere.

use super::{REHEARSAL, Rehearsed, Trouble, shown};
use crate::{
    domain::{
        plan::{Action, FileCount, Plan, WarningCode},
        run::RunKind,
        time::Instant,
    },
    generation::{
        Aim, CarriedOut, Does, Erasure, Error, SealedRows, Source, Step, Target,
        receipt::{FORMAT, Mention, PublicKey, Receipt, Signed, Signer, StepDone, Who},
        whose_accounts,
    },
    store::vault::random,
};
use serde_json::{Value, json};

pub async fn performed(source: &Source, target: &Target, apply: bool, now: Instant) -> Result<Rehearsed, Trouble> {
    let mut plan = source.plan(target).await?;
    plan.warnings.extend(whose_accounts(target, 0, false));
    // where nothing is found, or the map does not fit, nothing is joined
    if target.aim == Aim::Erase && !plan.tables.is_empty() {
        let unindexed = source.unindexed().await?.into_iter();
        let in_plan: Vec<_> = unindexed.filter(|w| plan.tables.iter().any(|line| line.table == w.table)).collect();
        // each of them by itself, in place of the sum
        plan.warnings.retain(|warning| warning.code != WarningCode::NoIndex);
        plan.warnings.extend(in_plan);
    }
    if !apply || !plan.may_run() {
        let refused = (apply && !only_nothing(&plan)).then(|| "nothing was changed: a warning stops it".to_owned());
        return Ok(Rehearsed { json: shown::plan(&plan), refused });
    }
    let erasure = source.erasure(target).await?;
    if erasure.scope_hash() != plan.scope_hash {
        return Err(Error::Drift("the schema changed meanwhile; nothing was changed".to_owned()).into());
    }
    let done = erasure.carry_out().await?;
    let left = left(&plan, &done);
    let verified = left.is_empty();
    let removed: i64 = done.steps.iter().map(|step| step.files).sum();
    let files = FileCount { count: removed, bytes: plan.files.bytes };
    let sealed = source.sealed_by(REHEARSAL).await?;
    let receipt = receipt((source, &plan), &erasure, (&done, &sealed), verified, now, target.aim.kind());
    let json = json!({
        "tables": tables(&plan, &erasure.steps(), &done, source),
        "files": shown::files(files),
        "verified": verified,
        "left": left,
        "receipt": signed(&Receipt { files, ..receipt })?,
    });
    let refused = (!verified).then(|| "it was carried out, but the re-query found rows that are left".to_owned());
    Ok(Rehearsed { json, refused })
}

/// True where nothing stops a plan but that there is nothing to do.
pub fn only_nothing(plan: &Plan) -> bool {
    plan.warnings.iter().filter(|warning| warning.blocks).all(|warning| warning.code == WarningCode::NothingFound)
}

/// What each step did, in the words of the plan; what is kept stands as it was planned.
fn tables(plan: &Plan, steps: &[&Step], done: &CarriedOut, source: &Source) -> Vec<Value> {
    let row = |table: &str, action: Action, rows: i64| json!({ "table": table, "action": action.code(), "rows": rows });
    let own = steps.iter().zip(&done.steps).filter(|(step, did)| {
        let kept = step.does == Does::Change && source.keeps(&step.table);
        step.does != Does::Loosen && !kept && did.rows > 0
    });
    let own = own.map(|(step, did)| row(&step.table, step.action(), did.rows));
    let kept = plan.kept_in_use();
    own.chain(kept.map(|line| row(&line.table, Action::Keep, line.rows))).collect()
}

/// What should be gone and is not; others' mentions only where the plan did not know them.
fn left(plan: &Plan, done: &CarriedOut) -> Vec<Value> {
    let known = |table: &str| {
        let of_table = |w: &&crate::domain::plan::Warning| w.code == WarningCode::OtherSubject && w.table == table;
        plan.warnings.iter().find(of_table).map_or(0, |warning| warning.rows)
    };
    let rows = done.verified.left.iter().map(|(what, rows)| json!({ "what": what, "rows": rows }));
    let mentions = done.verified.mentions.iter().filter(|(table, rows)| *rows > known(table));
    rows.chain(mentions.map(|(table, rows)| json!({ "what": format!("{table} mentions"), "rows": rows }))).collect()
}

fn receipt(
    (source, plan): (&Source, &Plan),
    erasure: &Erasure<'_>,
    (done, sealed): (&CarriedOut, &[SealedRows]),
    verified: bool,
    now: Instant,
    kind: RunKind,
) -> Receipt {
    let label = REHEARSAL.to_owned();
    let after = |step: &str| done.verified.left.iter().filter(|(left, _)| left == step).map(|(_, rows)| rows).sum();
    let steps = erasure.steps().into_iter().zip(&done.steps);
    let steps =
        steps.map(|(step, did)| StepDone { step: step.label(), rows: did.rows, found_after: after(&step.label()) });
    let mentions = done.verified.mentions.iter().map(|(table, rows)| Mention { table: table.clone(), rows: *rows });
    Receipt {
        format: FORMAT.to_owned(),
        run: label.clone(),
        case: label,
        product: source.product().to_owned(),
        system: source.system().to_owned(),
        kind: kind.code().to_owned(),
        scope_hash: plan.scope_hash.clone(),
        limits: plan.limits.clone(),
        map_version: plan.map_version.clone(),
        asked: Who { staff: 0, at: now.rfc3339() },
        approved: None,
        standing: None,
        started_at: now.rfc3339(),
        finished_at: now.rfc3339(),
        steps: steps.collect(),
        kept: plan.kept_in_use().cloned().chain(sealed.iter().map(SealedRows::line)).collect(),
        files: plan.files,
        mentions: mentions.collect(),
        package: None,
        repeats: None,
        verified,
        key_id: String::new(),
    }
}

/// The receipt, signed, as one line, with the public half of the key that signed it.
fn signed(receipt: &Receipt) -> Result<String, Trouble> {
    let signer = Signer::new(random::<32>().map_err(anyhow::Error::new)?);
    let receipt = Receipt { key_id: signer.key_id().to_owned(), ..receipt.clone() };
    let (body, signature) = signer.sign(&receipt);
    let key = PublicKey::new(signer.key_id(), &signer.public_key(), receipt.started_at.clone(), None);
    let receipt = Signed { public_key: Some(key), ..Signed::new(&body, &signature, signer.key_id()) };
    Ok(serde_json::to_string(&receipt).map_err(anyhow::Error::new)?)
}
