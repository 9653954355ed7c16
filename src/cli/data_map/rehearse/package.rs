//! The copy for the person, rehearsed: counted, and where `--out` asks for it written unencrypted, as the sealed package
//! has it. Reads only.

use super::{Rehearsed, Trouble, shown};
use crate::{
    domain::{copy::CopyForm, time::Instant},
    generation::{
        Source, Target,
        export::{About, CopyOrder, Shelf, Watch},
        whose_accounts,
    },
    store::vault::random,
};
use anyhow::Context as _;
use serde_json::json;
use std::{io, path::Path, sync::Arc};
use tempfile::NamedTempFile;

pub async fn copied(source: &Source, target: &Target, out: Option<&Path>, now: Instant) -> Result<Rehearsed, Trouble> {
    let mut plan = source.plan_copy(&target.subjects, &target.found_by, (CopyForm::Full, &target.extent)).await?;
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
    let file = NamedTempFile::new_in(folder).with_context(cannot)?;
    let order = CopyOrder {
        subjects: target.subjects.clone(),
        extent: target.extent.clone(),
        form: CopyForm::Full,
        scope_hash: scope_hash.to_owned(),
        spool: spool.path().to_owned(),
        about: about(source, now),
        file_key: random::<32>().map_err(anyhow::Error::new)?,
        // one file, however large
        part_bytes: 0,
    };
    let (copied, shelf) = source.write_copy(&order, OneFile(Some(file)), Arc::new(Watch::default())).await?;
    shelf.0.context("no archive was written")?.persist(out).with_context(cannot)?;
    let sha256 = copied.parts.first().map(|part| part.sha256.as_str());
    Ok(json!({ "file": out.display().to_string(), "bytes": copied.bytes(), "sha256": sha256 }))
}

/// The file of the only archive.
struct OneFile(Option<NamedTempFile>);

impl Shelf for OneFile {
    type Out = NamedTempFile;

    fn begin(&mut self, _: u32, _: bool) -> io::Result<NamedTempFile> {
        self.0.take().ok_or_else(|| io::ErrorKind::AlreadyExists.into())
    }

    fn finish(&mut self, out: NamedTempFile) -> io::Result<()> {
        self.0 = Some(out);
        Ok(())
    }
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
