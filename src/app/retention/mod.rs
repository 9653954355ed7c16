//! Recourse's own retention: applies what the packs say to what it holds itself, shows what falls due, and erases a requester
//! whom two people want erased. What is restricted or held stays; why is said, but where the hold is secret.

mod apply;
mod files;
mod page;
mod requester;

use super::{App, Error};
use crate::{
    domain::{
        audit::AuditAction,
        clock::{fact::Fact, fact::Facts, fact::Happened, reckon},
        identity::Reference,
        kind::Kind,
        policy::{ProductPack, retention::Keep, rule},
        retention::{Cause, Floor, Record},
        time::{DAY, Instant},
    },
    store::{
        Tx, audit,
        retention::{self, Candidate, Gone, Over},
    },
};

pub use crate::store::{
    requester_erasures::ErasureState,
    retention::{Aside, Counted},
};
pub use apply::{Applied, apply_retention};
pub use page::{
    KeptFor, ProductRetention, RecordLine, RetentionPage, load_retention, pause_retention, resume_retention,
};
pub(super) use requester::waiting;
pub use requester::{
    CaseLine, Ending, OpenErasure, PastErasure, RequesterErased, RequesterPage, Waiting, approve_requester_erasure,
    ask_requester_erasure, erase_requester, load_requester, load_waiting, refuse_requester_erasure,
};

/// From which resolution on the records of each product and kind are not over yet, for products that `counts`; kinds behind
/// the wall are never among them.
fn over(app: &App, record: Record, now: Instant, counts: impl Fn(&ProductPack) -> bool) -> Vec<Over> {
    let line = |pack: &ProductPack, kind: &Kind| {
        let length = pack.keeps(record, *kind).and_then(Keep::length)?;
        let since = |at: Instant| reckon::kept_since(length, at, pack.zone).0;
        Some(Over {
            product: pack.id.clone(),
            kind: kind.code().to_owned(),
            now: since(now),
            week: since(now.plus(7 * DAY)),
            month: since(now.plus(30 * DAY)),
        })
    };
    let kinds = || Kind::ALL.iter().filter(|kind| !kind.is_restricted());
    app.packs
        .iter()
        .filter(|pack| counts(pack))
        .flat_map(|pack| kinds().filter_map(move |kind| line(pack, kind)))
        .collect()
}

/// The floor of the law that ends last of those that are about this record of the case; none where no law asks.
fn floor(app: &App, case: &Candidate, record: Record, happened: &[Happened]) -> Option<Floor> {
    let mut happened = happened.to_vec();
    happened.push(Happened { fact: Fact::Resolved, at: case.resolved });
    let facts = Facts::new(case.received, happened);
    let floors = app.packs.explain(&case.product, case.kind, case.jurisdiction.as_deref(), &facts).floors;
    let about = |name: &str| rule::Floor::from_code(name).is_some_and(|floor| floor.is_about(record));
    let last = floors.into_iter().filter(|span| about(span.name)).max_by_key(|span| span.until)?;
    Some(Floor { until: last.until, citation: last.citation })
}

/// Destroys a record of these cases, with an event and an entry of each.
async fn destroy(tx: &mut Tx, record: Record, of: &[Reference], cause: Cause, now: Instant) -> Result<Gone, Error> {
    let gone = retention::records_destroy(tx, record, of, cause, now).await?;
    for case in of {
        audit::audit_append(tx, now, None, AuditAction::RecordsDestroyed, Some(*case), record.code());
    }
    Ok(gone)
}
