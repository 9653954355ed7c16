//! How long Recourse keeps what it holds itself: when a record of a case falls due for destruction, or why it stays. A
//! function of the case, its holds, the law's floors and the product's period alone; destroys nothing and reads no clock.

mod length;
#[cfg(test)]
mod tests;

use super::{clock::period::Period, clock::reckon, codes::codes, time::Instant};
use chrono_tz::Tz;

pub use length::covers;

codes! {
    /// A kind of record.
    Record {
        Case "case" "Names, text and addresses",
        Mail "mail" "Raw copies of mail",
        Attachment "attachment" "Files that came with mail",
        Export "export" "Copies of people’s data",
        IdentityProof "identity_proof" "What people were verified by",
        Log "log" "Places of sign-ins and work that gave up",
        Audit "audit" "The audit log",
    }
}

impl Record {
    /// The records that belong to a case, in the order in which they are destroyed; the last one takes all others with it.
    pub const OF_CASES: [Self; 5] = [Self::IdentityProof, Self::Export, Self::Attachment, Self::Mail, Self::Case];
}

codes! {
    /// Why something was destroyed.
    Cause {
        Period "period" "its time was over",
        Asked "asked" "the requester was erased from here",
    }
}

/// A hold as retention knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// None stands.
    No,
    /// One stands that colleagues may know of.
    Openly,
    /// One stands that nobody outside the circle may learn of: neither source nor count.
    Secretly,
}

/// What a floor of the law asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floor {
    /// Its last moment.
    pub until: Instant,
    /// Where it stands.
    pub citation: String,
}

/// What retention has to know of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// When the case was resolved last; none while it is open.
    pub closed: Option<Instant>,
    /// True behind the wall.
    pub restricted: bool,
    /// Whether a hold stands on it, its person or its account.
    pub held: Held,
    /// True while something is still to be done: a run, a mail that has not left, a copy to be fetched, a recipient to tell.
    pub unfinished: bool,
    /// The floor that ends last of those that are about this record.
    pub floor: Option<Floor>,
}

/// Why a record stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stay {
    /// The case is open.
    Open,
    /// The case is behind the wall: its records end by a decision of people alone.
    Restricted,
    /// A hold stands that colleagues may know of.
    Held,
    /// Law asks for it: a floor until its last moment; none of which more may be said.
    Law(Option<Floor>),
    /// Something of the case is still to be done.
    Unfinished,
    /// Nobody gave a period.
    Kept,
}

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is destroyed once this moment is over.
    Due(Instant),
    /// It stays, for this reason.
    Stays(Stay),
}

/// What becomes of a record of a case that is kept for `period` after the case was resolved, at `now`.
#[must_use]
pub fn fate(period: Option<Period>, zone: Tz, standing: &Standing, now: Instant) -> Fate {
    let Standing { closed, restricted, held, unfinished, floor } = standing;
    let stays = Fate::Stays;
    match (closed, held, period) {
        _ if *restricted => stays(Stay::Restricted),
        (None, ..) => stays(Stay::Open),
        (_, Held::Secretly, _) => stays(Stay::Law(None)),
        (_, Held::Openly, _) => stays(Stay::Held),
        _ if *unfinished => stays(Stay::Unfinished),
        (.., None) => stays(Stay::Kept),
        (Some(closed), Held::No, Some(period)) => {
            let end = reckon::kept_until(period, *closed, zone);
            match floor.as_ref().filter(|floor| floor.until > end && floor.until >= now) {
                Some(floor) => stays(Stay::Law(Some(floor.clone()))),
                None => Fate::Due(end),
            }
        }
    }
}

/// The same where somebody asked for the erasure: no period is waited for, everything else stands in its way as before.
#[must_use]
pub fn fate_asked(zone: Tz, standing: &Standing, now: Instant) -> Fate {
    match fate(Some(Period::Elapsed(1)), zone, standing, now) {
        Fate::Due(_) => Fate::Due(now),
        stays @ Fate::Stays(..) => stays,
    }
}
