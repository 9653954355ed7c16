//! The copy for the person, rehearsed: counted, and where `--out` asks for it written unencrypted, as the sealed package
//! has it. Reads only.

use super::{Rehearsed, Trouble, shown};
use crate::{
    domain::time::Instant,
    generation::{
        Source, Target,
        export::{About, CopyOrder, Watch},
        whose_accounts,
    },
    store::vault::random,
};
use anyhow::Context as _;
use serde_json::json;
use std::{path::Path, sync::Arc};

pub async fn copied(source: &Source, target: &Target, out: Option<&Path>, now: Instant) -> Result<Rehearsed, Trouble> {
    let mut plan = source.plan_copy(&target.subjects, &target.found_by, &target.extent).await?;
    plan.warnings.extend(whose_accounts(target, 0, false));
    let mut json = shown::plan(&plan);
    if let (Some(out), true) = (out, plan.may_run()) {
        json["package"] = written(source, target, &plan.scope_hash, out, now).await?;
    }
    let refused = (out.is_some() && !plan.may_run() && !super::performed::only_nothing(&plan))
        .then(|| "no copy was written: a warning stops it".to_owned());
    Ok(Rehearsed { json, refused })
}

async fn written(
    source: &Source,
    target: &Target,
    scope_hash: &str,
    out: &Path,
    now: Instant,
) -> Result<serde_json::Value, Trouble> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = || format!("the file {} cannot be written", out.display());
    let spool = tempfile::tempdir().context("there is no folder for what waits")?;
    // readable by its owner only, and there whole or not at all
    let file = tempfile::NamedTempFile::new_in(folder).with_context(cannot)?;
    let order = CopyOrder {
        subjects: target.subjects.clone(),
        extent: target.extent.clone(),
        scope_hash: scope_hash.to_owned(),
        spool: spool.path().to_owned(),
        about: about(source, now),
        file_key: random::<32>().map_err(anyhow::Error::new)?,
    };
    let (copied, file) = source.write_copy(&order, file, Arc::new(Watch::default())).await?;
    file.persist(out).with_context(cannot)?;
    Ok(json!({ "file": out.display().to_string(), "bytes": copied.bytes, "sha256": copied.sha256 }))
}

fn about(source: &Source, now: Instant) -> About {
    About {
        product: source.product().to_owned(),
        reference: "rehearsal".to_owned(),
        run: "rehearsal".to_owned(),
        made: now.in_words(chrono_tz::UTC),
        made_at: now.rfc3339(),
        ..About::default()
    }
}
