//! The mail room: mail that waits for somebody, mail that left, and work that gave up.

mod acts;
pub mod boxes;
mod files;

pub(in crate::app) use acts::reads_only;
pub use acts::{lift_block, run_again, send_again};
pub use files::{Download, attachment};

use super::{
    App, Error,
    quarantine::{self, Waiting},
    queue::Count,
    timeline,
};
use crate::{
    domain::{
        audit::AuditAction,
        identity::{MailId, Reference},
        rights::{Act, Actor, Place, Reach},
        secrets,
        time::Instant,
    },
    store::{
        Tx, audit, contents, counts, jobs,
        mails::{self, Mail},
        suppressions::{self, Suppression},
    },
};

/// A mail to a requester, in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its row.
    pub id: MailId,
    /// The case it belongs to.
    pub reference: Reference,
    /// When it was written.
    pub at: Instant,
    /// "Acknowledgement", "Reply".
    pub purpose: &'static str,
    /// "waiting", "accepted", "failed", in words.
    pub fate: String,
    /// True when it will not be tried again without somebody's help.
    pub failed: bool,
    /// Whom it went to and what it is called; none for a restricted case.
    pub envelope: Option<(String, String)>,
}

/// One outgoing mail in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// The list's facts.
    pub outgoing: Outgoing,
    /// The sender's address.
    pub from: String,
    /// Its Message-ID.
    pub message_id: String,
    /// The text part; none for those outside the circle of a restricted case.
    pub text: Option<String>,
    /// Since when the address takes no mail, and why, where it does not.
    pub blocked: Option<String>,
    /// True where the reader may have it sent again.
    pub works: bool,
}

/// A job that gave up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadJob {
    /// Its row.
    pub id: i64,
    /// "`read_message`", "`send_mail`".
    pub work: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it gave up.
    pub at: Instant,
    /// What the last try said; never a person's words.
    pub error: String,
}

/// The part of the mail room that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// Mail that waits for somebody to decide: in quarantine, or not readable.
    #[default]
    Waiting,
    /// Mail that somebody discarded.
    Discarded,
    /// Mail to requesters.
    Outgoing,
    /// Mail that was refused for good, and work that gave up.
    Failed,
    /// The mailboxes that are read.
    Mailboxes,
}

/// The whole page; only the list of the chosen tab is filled.
#[derive(Debug, Clone)]
pub struct Mailroom {
    /// The part looked at.
    pub tab: Tab,
    /// The moment the page speaks of.
    pub now: Instant,
    /// The zone of its dates.
    pub zone: chrono_tz::Tz,
    /// The parts that the reader may open, and how many are in each.
    pub counts: Vec<(Tab, Option<Count>)>,
    /// Mail that waits or was discarded, newest first.
    pub waiting: Vec<Waiting>,
    /// Mail to requesters, newest first.
    pub outgoing: Vec<Outgoing>,
    /// Work that gave up, newest first.
    pub dead: Vec<DeadJob>,
    /// True where the reader may have work that gave up tried again.
    pub works: bool,
    /// The folders of mailboxes, by product and name.
    pub folders: Vec<boxes::Folder>,
    /// Mails of which nobody knows how often they arrived.
    pub doubts: Count,
    /// What to put into `after` for the next page.
    pub next: Option<String>,
}

const PAGE: usize = 50;

fn right_of(tab: Tab) -> Act {
    if tab == Tab::Mailboxes { Act::SeeMailboxes } else { Act::SeeMail }
}

/// Loads the mail room.
///
/// # Errors
/// `NotFound` for people without the right, or as the database says.
pub async fn load(app: &App, actor: &Actor, tab: Tab, after: Option<&str>) -> Result<Mailroom, Error> {
    let right = right_of(tab);
    if !actor.may(right, Place::Somewhere) {
        return Err(Error::NotFound);
    }
    let (seen, boxes) = (actor.reach(Act::SeeMail), actor.reach(Act::SeeMailboxes));
    let watched = app.settings.mailboxes.iter().filter(|watched| boxes.holds(&watched.product)).count();
    let before = after.and_then(|id| id.parse().ok()).unwrap_or(i64::MAX);
    let limit = i64::try_from(PAGE).unwrap_or_default() + 1;
    let mut tx = app.db.read().await?;
    let troubles = counts::trouble_counts(&mut tx, &seen).await?;
    let sent = counts::mail_count(&mut tx, &seen).await?;
    let counts = [
        (Tab::Waiting, Some(Count::capped(troubles.waiting))),
        (Tab::Outgoing, Some(Count::capped(sent))),
        (Tab::Failed, Some(Count::capped(troubles.failed_mail + troubles.dead_jobs))),
        (Tab::Mailboxes, Some(Count::capped(i64::try_from(watched).unwrap_or(i64::MAX)))),
        (Tab::Discarded, None),
    ];
    let mut room = Mailroom {
        tab,
        now: app.now(),
        zone: app.zone(),
        counts: counts.into_iter().filter(|(tab, _)| actor.may(right_of(*tab), Place::Somewhere)).collect(),
        waiting: Vec::new(),
        outgoing: Vec::new(),
        dead: Vec::new(),
        works: actor.may(Act::WorkCases, Place::Everywhere),
        folders: Vec::new(),
        doubts: Count::capped(troubles.doubts),
        next: None,
    };
    match tab {
        Tab::Mailboxes => room.folders = boxes::folders(app, &mut tx, &boxes).await?,
        Tab::Waiting | Tab::Discarded => {
            drop(tx);
            let rows = quarantine::list(app, actor, tab == Tab::Discarded, before, limit).await?;
            room.next = next(&rows, |m| m.id.0);
            room.waiting = rows.into_iter().take(PAGE).collect();
        }
        Tab::Outgoing => {
            let rows = mails::mails_before(&mut tx, &seen, before, limit).await?;
            room.next = next(&rows, |m| m.id.0);
            room.outgoing = outgoing_lines(app, &mut tx, rows).await?;
        }
        Tab::Failed => {
            // work belongs to no product
            let all = seen == Reach::Everywhere;
            let rows = if all { jobs::jobs_dead(&mut tx, before, limit).await? } else { Vec::new() };
            room.next = next(&rows, |j| j.0);
            let line =
                |(id, work, attempts, at, error): jobs::Dead| DeadJob { id, work, attempts, at: Instant(at), error };
            room.dead = rows.into_iter().take(PAGE).map(line).collect();
            // failed mail is shown whole: it has to be helped before it is a list to page through
            if after.is_none() {
                let rows = mails::mails_failed(&mut tx, &seen, limit).await?;
                room.outgoing = outgoing_lines(app, &mut tx, rows).await?;
            }
        }
    }
    Ok(room)
}

/// The lines of a list of mails; those of restricted cases without their envelope.
async fn outgoing_lines(app: &App, tx: &mut Tx, rows: Vec<Mail>) -> Result<Vec<Outgoing>, Error> {
    let ids: Vec<_> = rows.iter().filter(|m| !m.restricted).map(|m| m.content).collect();
    let texts = contents::contents_get(tx, &app.vault, &ids).await?;
    let line = |m: Mail| {
        let envelope = texts.get(&m.content).map(|c| (timeline::who(c), secrets::masked(&c.subject)));
        outgoing_line(app, &m, envelope)
    };
    Ok(rows.into_iter().take(PAGE).map(line).collect())
}

fn next<T>(rows: &[T], id: impl Fn(&T) -> i64) -> Option<String> {
    (rows.len() > PAGE).then(|| rows.get(PAGE - 1).map(|row| id(row).to_string()))?
}

fn outgoing_line(app: &App, mail: &Mail, envelope: Option<(String, String)>) -> Outgoing {
    let (fate, failed) = timeline::fate(mail, app.packs.zone(&mail.product));
    let purpose = mail.purpose.label();
    Outgoing { id: mail.id, reference: mail.case, at: mail.created, purpose, fate, failed, envelope }
}

/// One outgoing mail; of a restricted case its words only for the circle.
///
/// # Errors
/// `NotFound` where there is none, or as the database says.
pub async fn outgoing(app: &App, actor: &Actor, id: MailId) -> Result<OutgoingMail, Error> {
    let mut tx = app.db.read().await?;
    let theirs = |mail: &Mail| actor.may(Act::SeeMail, &mail.product);
    let mail = mails::mail_get(&mut tx, id).await?.filter(theirs).ok_or(Error::NotFound)?;
    let hidden = mail.restricted && !actor.may(Act::SeeRestricted, &mail.product);
    let content = if hidden { None } else { contents::content_get(&mut tx, &app.vault, mail.content).await? };
    let blocked = match &mail.recipient {
        Some(recipient) if !hidden => suppressions::suppression(&mut tx, recipient).await?,
        _ => None,
    };
    drop(tx);
    if mail.restricted && !hidden {
        let mut tx = app.db.begin().await?;
        let by = actor.doing(Act::SeeRestricted, &mail.product);
        audit::audit_append(&mut tx, app.now(), by, AuditAction::RestrictedMailViewed, Some(mail.case), "");
        tx.commit().await?;
    }
    let envelope = content.as_ref().map(|c| (c.address.clone(), secrets::masked(&c.subject)));
    Ok(OutgoingMail {
        outgoing: outgoing_line(app, &mail, envelope),
        from: app.address_of(&mail.product),
        message_id: if hidden { String::new() } else { mail.message_id },
        text: content.map(|c| secrets::masked(&c.text)),
        blocked: blocked.map(|block| block_words(&block, app.packs.zone(&mail.product))),
        works: actor.may_in_case(Act::WorkCases, &mail.product, mail.restricted),
    })
}

/// That an address takes no mail, in words.
pub(super) fn block_words(block: &Suppression, zone: chrono_tz::Tz) -> String {
    format!("The address takes no mail since {} ({})", block.since.in_words(zone), block.status)
}
