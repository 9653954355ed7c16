//! What falls due by the packs, product by product: the preview of the schedule; and the act that pauses it.

use super::{over, requester::Waiting, requester::waiting};
use crate::{
    app::{App, Error, desk::written, proving::proven},
    domain::{
        audit::AuditAction,
        policy::{ProductPack, retention::Keep},
        retention::Record,
        rights::{Act, Actor},
        time::Instant,
    },
    store::{
        audit,
        retention::{self, Counted, Pause},
        staff,
    },
};
use std::collections::BTreeMap;

/// The page.
#[derive(Debug, Clone)]
pub struct RetentionPage {
    /// Every product.
    pub products: Vec<ProductRetention>,
    /// Erasures of requesters that wait for somebody or are under way, of cases that the reader may see.
    pub waiting: Vec<Waiting>,
    /// True where the reader may pause the schedule.
    pub may_pause: bool,
    /// The zone of its dates.
    pub zone: chrono_tz::Tz,
}

/// One product.
#[derive(Debug, Clone)]
pub struct ProductRetention {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who paused its schedule, when and why.
    pub paused: Option<(String, Instant, String)>,
    /// A line for each kind of record, those of cases first; none where the pack says nothing.
    pub lines: Vec<RecordLine>,
    /// How many cases stay since they are open.
    pub open: i64,
    /// How many stay since they are restricted.
    pub restricted: i64,
    /// Mails that became no case and fall due now.
    pub loose: i64,
}

/// One kind of record.
#[derive(Debug, Clone)]
pub struct RecordLine {
    /// Which.
    pub record: Record,
    /// Each period in words, with the kinds that it is for, why, and where that stands.
    pub kept: Vec<KeptFor>,
    /// How many cases' records fall due, and how many stay; none for what belongs to no case.
    pub counted: Option<Counted>,
}

/// How long something is kept.
#[derive(Debug, Clone)]
pub struct KeptFor {
    /// "24 months after the case was resolved"; "as long as the console" where nothing is ever cut.
    pub period: String,
    /// Why.
    pub because: String,
    /// Where that stands.
    pub source: String,
}

/// What falls due, and what stays.
///
/// # Errors
/// `NotFound` for people who see no cases.
pub async fn load_retention(app: &App, actor: &Actor) -> Result<RetentionPage, Error> {
    if !actor.may(Act::SeeCases) {
        return Err(Error::NotFound);
    }
    let now = app.now();
    let mut tx = app.db.read().await?;
    let names = staff::staff_names(&mut tx).await?;
    let name = |id| names.get(&id).cloned().unwrap_or_else(|| "somebody who left".to_owned());
    let pauses = retention::pauses(&mut tx).await?;
    let mut counted: BTreeMap<(String, &'static str), Counted> = BTreeMap::new();
    for record in Record::OF_CASES {
        let over = over(app, record, now, |_| true);
        for (product, counts) in retention::counts(&mut tx, &over, record, now).await? {
            counted.insert((product, record.code()), counts);
        }
    }
    let loose = retention::loose_count(&mut tx, &over(app, Record::Mail, now, |_| true)).await?;
    let stays = retention::open_and_restricted(&mut tx).await?;
    let waiting = waiting(&mut tx, actor, &names).await?;
    drop(tx);
    let one = |pack: &ProductPack| {
        let of = |(product, ..): &&(String, i64, i64)| *product == pack.id;
        let (open, restricted) = stays.iter().find(of).map_or((0, 0), |(_, open, restricted)| (*open, *restricted));
        let line = |record: &Record| RecordLine {
            record: *record,
            kept: pack.retention.iter().filter(|keep| keep.of == *record).map(kept_for).collect(),
            counted: Record::OF_CASES
                .contains(record)
                .then(|| counted.get(&(pack.id.clone(), record.code())).cloned().unwrap_or_default()),
        };
        let pause = pauses.iter().find(|pause| pause.product == pack.id);
        ProductRetention {
            id: pack.id.clone(),
            name: pack.name.clone(),
            paused: pause.map(|pause| (name(pause.by), pause.at, pause.reason.clone())),
            lines: if pack.retention.is_empty() { Vec::new() } else { Record::ALL.iter().map(line).collect() },
            open,
            restricted,
            loose: loose.iter().find(|(product, _)| *product == pack.id).map_or(0, |(_, count)| *count),
        }
    };
    Ok(RetentionPage {
        products: app.packs.iter().map(one).collect(),
        waiting,
        may_pause: actor.may(Act::ApproveRuns),
        zone: app.zone(),
    })
}

fn kept_for(keep: &Keep) -> KeptFor {
    let after = if keep.of == Record::Log { "after it was written" } else { "after the case was resolved" };
    let kinds = keep.kinds.iter().map(|kind| kind.label().to_lowercase()).collect::<Vec<_>>().join(", ");
    let of = if kinds.is_empty() { String::new() } else { format!(", of {kinds}") };
    KeptFor {
        period: keep
            .length()
            .map_or_else(|| "as long as the console".to_owned(), |length| format!("{} {after}{of}", length.in_words())),
        because: keep.because.clone(),
        source: keep.source.clone(),
    }
}

/// Has the schedule leave a product alone until somebody lets it go on.
///
/// # Errors
/// When the actor may not, there is no such product, no reason is given, or it is paused already.
pub async fn pause_retention(app: &App, actor: &Actor, product: &str, reason: &str) -> Result<(), Error> {
    may_pause(actor)?;
    app.packs.get(product).ok_or(Error::NotFound)?;
    let reason = written("reason", reason, "Say why; colleagues and auditors will read it")?;
    let mut tx = app.db.begin().await?;
    let (at, by) = (app.now(), actor.id);
    let pause = Pause { product: product.to_owned(), by, at, reason: reason.to_owned() };
    if !retention::pause(&mut tx, &pause).await? {
        return Err(Error::field("reason", "The schedule of this product is paused already"));
    }
    audit::audit_append(&mut tx, at, Some(by), AuditAction::RetentionPaused, None, product);
    tx.commit().await?;
    Ok(())
}

/// Lets the schedule go on: what is over meanwhile is destroyed with its next turn, which cannot be taken back.
///
/// # Errors
/// When the actor may not, did not prove who they are, or it is not paused.
pub async fn resume_retention(app: &App, actor: &Actor, product: &str) -> Result<(), Error> {
    may_pause(actor)?;
    proven(actor)?;
    let mut tx = app.db.begin().await?;
    if !retention::resume(&mut tx, product).await? {
        return Err(Error::field("resume", "The schedule of this product is not paused"));
    }
    audit::audit_append(&mut tx, app.now(), Some(actor.id), AuditAction::RetentionResumed, None, product);
    tx.commit().await?;
    Ok(())
}

fn may_pause(actor: &Actor) -> Result<(), Error> {
    if actor.may(Act::ApproveRuns) {
        return Ok(());
    }
    Err(Error::NotAllowed(
        "Your role does not pause the schedule. A grievance officer or the data protection lead does.".into(),
    ))
}
