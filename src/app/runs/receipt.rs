//! Writes and signs the receipt of a finished run, hands it out, publishes the keys.

use super::{Secret, seen_by};
use crate::{
    app::{App, Error, subject},
    domain::{
        identity::{RunId, StaffId},
        plan::FileCount,
        rights::{Act, Actor},
        run::RunKind,
        time::Instant,
    },
    generation::{
        SealedRows, Verified,
        export::{Copied, CopiedPart},
        receipt::{FORMAT, Mention, PackageSum, PartSum, PublicKey, PublicKeys, Receipt, Signed, StepDone, Who},
    },
    store::{
        Db, Tx,
        holds::{self, ErasureOf},
        packages::Package,
        runs::{Run, checkpoints, receipts, receipts::ReceiptRow},
    },
};

/// Signs what the run did, in the transaction that ends it, and remembers by keyed digest who was erased.
pub(super) async fn sign(
    app: &App,
    tx: &mut Tx,
    run: &Run,
    secret: &Secret,
    (verified, sealed): (&Verified, &[SealedRows]),
    now: Instant,
) -> Result<(), Error> {
    let steps = checkpoints::steps_of(tx, run.id).await?;
    let removed: i64 = steps.iter().map(|step| step.files).sum();
    let who = |staff: Option<StaffId>, at: Option<Instant>| Who {
        staff: staff.map_or(0, |staff| staff.0),
        at: at.unwrap_or(now).rfc3339(),
    };
    let receipt = Receipt {
        format: FORMAT.to_owned(),
        run: run.id.to_string(),
        case: run.case.to_string(),
        product: run.product.clone(),
        system: app.sources.get(&run.product).map(|source| source.system().to_owned()).unwrap_or_default(),
        kind: run.kind.code().to_owned(),
        scope_hash: run.plan.scope_hash.clone(),
        limits: run.plan.limits.clone(),
        map_version: run.plan.map_version.clone(),
        asked: who(Some(run.asked_by), Some(run.asked_at)),
        approved: Some(who(run.decided_by, run.decided_at)),
        standing: run.standing,
        started_at: run.started_at.unwrap_or(now).rfc3339(),
        finished_at: now.rfc3339(),
        steps: steps.into_iter().map(|s| StepDone { step: s.label, rows: s.done, found_after: 0 }).collect(),
        kept: run.plan.kept_in_use().cloned().chain(sealed.iter().map(SealedRows::line)).collect(),
        // what a cut-off worker removed without writing it down was in scope when the run began, and is gone
        files: FileCount { count: removed.max(run.files.count), bytes: run.files.bytes },
        mentions: verified.mentions.iter().map(|(t, rows)| Mention { table: t.clone(), rows: *rows }).collect(),
        package: None,
        repeats: secret.replays.map(|run| run.to_string()),
        verified: verified.left.is_empty(),
        key_id: app.signer.key_id().to_owned(),
    };
    let (body, signature) = app.signer.sign(&receipt);
    let row = ReceiptRow { body, signature, key_id: app.signer.key_id().to_owned() };
    receipts::receipt_keep(tx, run.id, &row, now).await?;
    if run.kind != RunKind::Erase {
        return Ok(());
    }
    let extent = &secret.target.extent;
    let limits = (!extent.is_whole()).then(|| app.vault.digest("limits", extent.lines().join("\n").as_bytes()));
    for key in &secret.target.subjects {
        let digest = subject::digest(app, &run.product, key);
        // who had a part of their data erased may well come back with a backup
        if extent.is_whole() {
            receipts::tombstone_keep(tx, &run.product, &digest, run.id, now).await?;
        }
        let (product, subject, limits) = (run.product.as_str(), digest.as_slice(), limits.as_deref());
        let erasure = ErasureOf { product, subject, run: run.id, case: run.case, limits };
        holds::held_back_forget(tx, &erasure).await?;
        if run.plan.holds_some() {
            holds::held_back_keep(tx, &erasure).await?;
        }
    }
    Ok(())
}

/// Signs what a copy was, in the transaction that lets it go.
pub(in crate::app) async fn sign_export(
    app: &App,
    tx: &mut Tx,
    run: &Run,
    package: &Package,
    now: Instant,
) -> Result<(), Error> {
    let steps = checkpoints::steps_of(tx, run.id).await?;
    let at = |at: Option<Instant>| at.unwrap_or(now).rfc3339();
    let receipt = Receipt {
        format: FORMAT.to_owned(),
        run: run.id.to_string(),
        case: run.case.to_string(),
        product: run.product.clone(),
        system: app.sources.get(&run.product).map(|source| source.system().to_owned()).unwrap_or_default(),
        kind: run.kind.code().to_owned(),
        scope_hash: run.plan.scope_hash.clone(),
        limits: run.plan.limits.clone(),
        map_version: run.plan.map_version.clone(),
        asked: Who { staff: run.asked_by.0, at: run.asked_at.rfc3339() },
        approved: run.decided_by.map(|staff| Who { staff: staff.0, at: at(run.decided_at) }),
        standing: run.standing,
        started_at: at(run.started_at),
        finished_at: now.rfc3339(),
        steps: steps.into_iter().map(|s| StepDone { step: s.label, rows: s.done, found_after: s.done }).collect(),
        kept: Vec::new(),
        files: run.files,
        mentions: Vec::new(),
        package: Some(sum_of(run, package)),
        repeats: None,
        verified: true,
        key_id: app.signer.key_id().to_owned(),
    };
    let (body, signature) = app.signer.sign(&receipt);
    let row = ReceiptRow { body, signature, key_id: app.signer.key_id().to_owned() };
    Ok(receipts::receipt_keep(tx, run.id, &row, now).await?)
}

fn sum_of(run: &Run, package: &Package) -> PackageSum {
    let copied = package.manifest.as_deref().and_then(|text| serde_json::from_str::<Copied>(text).ok());
    let copied = copied.unwrap_or_default();
    let part = |part: &CopiedPart| PartSum { bytes: part.bytes, sha256: part.sha256.clone() };
    PackageSum {
        bytes: package.bytes.unwrap_or_default(),
        sha256: package.sha256.clone().unwrap_or_default(),
        form: run.plan.copy,
        parts: if copied.parts.len() > 1 { copied.parts.iter().map(part).collect() } else { Vec::new() },
        limited: copied.limited,
    }
}

/// The receipt of a run as a file that `recourse receipt verify` reads.
///
/// # Errors
/// `NotFound` where there is none or the run is not the actor's to see.
pub async fn receipt_file(app: &App, actor: &Actor, id: RunId) -> Result<String, Error> {
    let mut tx = app.db.read().await?;
    seen_by(&mut tx, actor, Act::SeeCases, id).await?;
    let row = receipts::receipt_get(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let file = Signed::new(&row.body, &row.signature, &row.key_id);
    Ok(serde_json::to_string_pretty(&file).unwrap_or_default() + "\n")
}

/// The public keys that signed receipts, for everybody.
///
/// # Errors
/// As the database says.
pub async fn public_keys(app: &App) -> Result<PublicKeys, Error> {
    public_keys_in(&app.db).await
}

/// The same from a database alone, for those who have no house around it.
///
/// # Errors
/// As the database says.
pub async fn public_keys_in(db: &Db) -> Result<PublicKeys, Error> {
    let mut tx = db.read().await?;
    let keys = receipts::receipt_keys(&mut tx).await?;
    let key = |(id, key, from, until): (String, Vec<u8>, Instant, Option<Instant>)| {
        PublicKey::new(&id, &key, from.rfc3339(), until.map(Instant::rfc3339))
    };
    Ok(PublicKeys { keys: keys.into_iter().map(key).collect() })
}
