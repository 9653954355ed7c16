//! What falls due by the packs, product by product: the preview of the schedule; and the act that pauses it.

use super::{over, requester::Waiting, requester::waiting};
use crate::{
    app::{App, Error, desk::written, proving::proven},
    domain::{
        audit::AuditAction,
        policy::{ProductPack, retention::Keep},
        retention::Record,
        rights::{Act, Actor, Place},
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
    /// Every product of the reader’s.
    pub products: Vec<ProductRetention>,
    /// Erasures of requesters that wait for somebody or are under way, of cases that the reader may see.
    pub waiting: Vec<Waiting>,
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
    /// True where the reader sees its cases; of others nothing is counted, and no reason is told.
    pub is_seen: bool,
    /// True where the reader may pause its schedule.
    pub may_pause: bool,
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

/// How long each record is kept; and of products whose cases the reader sees, what falls due, and what stays.
///
/// # Errors
/// `NotFound` for people who read no policies.
pub async fn load_retention(app: &App, actor: &Actor) -> Result<RetentionPage, Error> {
    if !actor.may(Act::SeePolicies, Place::Somewhere) {
        return Err(Error::NotFound);
    }
    let now = app.now();
    let sees = |pack: &ProductPack| actor.may(Act::SeeCases, &pack.id);
    let mut tx = app.db.read().await?;
    let names = staff::staff_names(&mut tx).await?;
    let name = |id| names.get(&id).cloned().unwrap_or_else(|| "somebody who left".to_owned());
    let pauses = retention::pauses(&mut tx).await?;
    let mut counted: BTreeMap<(String, &'static str), Counted> = BTreeMap::new();
    for record in Record::OF_CASES {
        let over = over(app, record, now, sees);
        for (product, counts) in retention::counts(&mut tx, &over, record, now).await? {
            counted.insert((product, record.code()), counts);
        }
    }
    let loose = retention::loose_count(&mut tx, &over(app, Record::Mail, now, sees)).await?;
    let stays = retention::open_and_restricted(&mut tx, &actor.reach(Act::SeeCases)).await?;
    let waiting = waiting(&mut tx, actor).await?;
    drop(tx);
    let one = |pack: &ProductPack| {
        let of = |(product, ..): &&(String, i64, i64)| *product == pack.id;
        let (open, restricted) = stays.iter().find(of).map_or((0, 0), |(_, open, restricted)| (*open, *restricted));
        let line = |record: &Record| RecordLine {
            record: *record,
            kept: pack.retention.iter().filter(|keep| keep.of == *record).map(kept_for).collect(),
            counted: (sees(pack) && Record::OF_CASES.contains(record))
                .then(|| counted.get(&(pack.id.clone(), record.code())).cloned().unwrap_or_default()),
        };
        let pause = pauses.iter().find(|pause| pause.product == pack.id);
        let reason = |pause: &Pause| if sees(pack) { pause.reason.clone() } else { String::new() };
        ProductRetention {
            id: pack.id.clone(),
            name: pack.name.clone(),
            is_seen: sees(pack),
            may_pause: actor.may(Act::PauseRetention, &pack.id),
            paused: pause.map(|pause| (name(pause.by), pause.at, reason(pause))),
            lines: if pack.retention.is_empty() { Vec::new() } else { Record::ALL.iter().map(line).collect() },
            open,
            restricted,
            loose: loose.iter().find(|(product, _)| *product == pack.id).map_or(0, |(_, count)| *count),
        }
    };
    let theirs = app.packs.iter().filter(|pack| actor.may(Act::SeePolicies, &pack.id));
    Ok(RetentionPage { products: theirs.map(one).collect(), waiting, zone: app.zone() })
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
    may_pause(app, actor, product)?;
    let reason = written("reason", reason, "Say why; colleagues and auditors will read it")?;
    let mut tx = app.db.begin().await?;
    let (at, by) = (app.now(), actor.id);
    let pause = Pause { product: product.to_owned(), by, at, reason: reason.to_owned() };
    if !retention::pause(&mut tx, &pause).await? {
        return Err(Error::field("reason", "The schedule of this product is paused already"));
    }
    let by = actor.doing(Act::PauseRetention, product);
    audit::audit_append(&mut tx, at, by, AuditAction::RetentionPaused, None, product);
    tx.commit().await?;
    Ok(())
}

/// Lets the schedule go on: what is over meanwhile is destroyed with its next turn, which cannot be taken back.
///
/// # Errors
/// When the actor may not, did not prove who they are, or it is not paused.
pub async fn resume_retention(app: &App, actor: &Actor, product: &str) -> Result<(), Error> {
    may_pause(app, actor, product)?;
    proven(actor)?;
    let mut tx = app.db.begin().await?;
    if !retention::resume(&mut tx, product).await? {
        return Err(Error::field("resume", "The schedule of this product is not paused"));
    }
    let by = actor.doing(Act::PauseRetention, product);
    audit::audit_append(&mut tx, app.now(), by, AuditAction::RetentionResumed, None, product);
    tx.commit().await?;
    Ok(())
}

/// A product that is not theirs is told as one that never was.
fn may_pause(app: &App, actor: &Actor, product: &str) -> Result<(), Error> {
    let says = || Error::NotAllowed("Your role does not pause the schedule. The data protection lead does.".to_owned());
    if !actor.may(Act::PauseRetention, Place::Somewhere) {
        return Err(says());
    }
    let found = app.packs.get(product).is_some() && actor.may(Act::SeePolicies, product);
    if !found {
        return Err(Error::NotFound);
    }
    if actor.may(Act::PauseRetention, product) { Ok(()) } else { Err(says()) }
}
