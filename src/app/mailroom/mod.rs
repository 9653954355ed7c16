//! The mail room: mail that could not be read, mail that left, and work that gave up.

mod acts;
mod files;

pub use acts::{lift_block, read_again, run_again, send_again};
pub use files::{Download, attachment};

use super::{App, Error, queue::Count, timeline};
use crate::{
    domain::{
        identity::{MailId, MessageId, Reference},
        rights::{Act, Actor},
        time::Instant,
    },
    store::{
        Tx, audit, contents, counts, jobs,
        mails::{self, Mail},
        messages::{self, Message, MessageState},
        suppressions::{self, Suppression},
    },
};

/// A received mail that became no case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its row.
    pub id: MessageId,
    /// The product's name in tables.
    pub product: String,
    /// When it was stored.
    pub received: Instant,
    /// Bytes of the raw mail.
    pub size: i64,
    /// What kept it from being read, in words.
    pub reason: String,
}

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
    /// Mail that could not be read.
    #[default]
    Unreadable,
    /// Mail to requesters.
    Outgoing,
    /// Mail that was refused for good, and work that gave up.
    Failed,
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
    /// How many are in each part.
    pub counts: [(Tab, Count); 3],
    /// Mail that could not be read, newest first.
    pub unreadable: Vec<Unreadable>,
    /// Mail to requesters, newest first.
    pub outgoing: Vec<Outgoing>,
    /// Work that gave up, newest first.
    pub dead: Vec<DeadJob>,
    /// Mails of which nobody knows how often they arrived.
    pub doubts: Count,
    /// What to put into `after` for the next page.
    pub next: Option<String>,
}

/// One unreadable mail with its headers, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableMail {
    /// The list's facts.
    pub unreadable: Unreadable,
    /// The first lines of the raw mail, cleaned of control characters; none behind the wall.
    pub head: Option<String>,
}

const PAGE: usize = 50;

/// Loads the mail room.
///
/// # Errors
/// `NotFound` for people without the right, or as the database says.
pub async fn load(app: &App, actor: &Actor, tab: Tab, after: Option<&str>) -> Result<Mailroom, Error> {
    may_see(actor)?;
    let before = after.and_then(|id| id.parse().ok()).unwrap_or(i64::MAX);
    let limit = i64::try_from(PAGE).unwrap_or_default() + 1;
    let mut tx = app.db.read().await?;
    let troubles = counts::trouble_counts(&mut tx).await?;
    let sent = counts::mail_count(&mut tx).await?;
    let mut room = Mailroom {
        tab,
        now: app.now(),
        zone: app.zone(),
        counts: [
            (Tab::Unreadable, Count::capped(troubles.unreadable)),
            (Tab::Outgoing, Count::capped(sent)),
            (Tab::Failed, Count::capped(troubles.failed_mail + troubles.dead_jobs)),
        ],
        unreadable: Vec::new(),
        outgoing: Vec::new(),
        dead: Vec::new(),
        doubts: Count::capped(troubles.doubts),
        next: None,
    };
    match tab {
        Tab::Unreadable => {
            let rows = messages::messages_unreadable(&mut tx, before, limit).await?;
            room.next = next(&rows, |m| m.id.0);
            room.unreadable = rows.into_iter().take(PAGE).map(|m| unreadable_line(app, m)).collect();
        }
        Tab::Outgoing => {
            let rows = mails::mails_before(&mut tx, before, limit).await?;
            room.next = next(&rows, |m| m.id.0);
            room.outgoing = outgoing_lines(app, &mut tx, rows).await?;
        }
        Tab::Failed => {
            let rows = jobs::jobs_dead(&mut tx, before, limit).await?;
            room.next = next(&rows, |j| j.0);
            let line =
                |(id, work, attempts, at, error): jobs::Dead| DeadJob { id, work, attempts, at: Instant(at), error };
            room.dead = rows.into_iter().take(PAGE).map(line).collect();
            // failed mail is shown whole: it has to be helped before it is a list to page through
            if after.is_none() {
                let rows = mails::mails_failed(&mut tx, limit).await?;
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
        let envelope = texts.get(&m.content).map(|c| (timeline::who(c), c.subject.clone()));
        outgoing_line(app, &m, envelope)
    };
    Ok(rows.into_iter().take(PAGE).map(line).collect())
}

fn may_see(actor: &Actor) -> Result<(), Error> {
    if actor.may(Act::SeeMail) { Ok(()) } else { Err(Error::NotFound) }
}

fn next<T>(rows: &[T], id: impl Fn(&T) -> i64) -> Option<String> {
    (rows.len() > PAGE).then(|| rows.get(PAGE - 1).map(|row| id(row).to_string()))?
}

fn unreadable_line(app: &App, message: Message) -> Unreadable {
    Unreadable {
        id: message.id,
        product: app.packs.short(&message.product),
        received: message.received,
        size: message.size,
        reason: message.reason.unwrap_or_default(),
    }
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
    may_see(actor)?;
    let mut tx = app.db.read().await?;
    let mail = mails::mail_get(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let hidden = mail.restricted && !actor.may(Act::SeeRestricted);
    let content = if hidden { None } else { contents::content_get(&mut tx, &app.vault, mail.content).await? };
    let blocked = match &mail.recipient {
        Some(recipient) if !hidden => suppressions::suppression(&mut tx, recipient).await?,
        _ => None,
    };
    drop(tx);
    if mail.restricted && !hidden {
        let mut tx = app.db.begin().await?;
        audit::audit_append(&mut tx, app.now(), Some(actor.id), "restricted_mail_viewed", Some(mail.case), "").await?;
        tx.commit().await?;
    }
    let envelope = content.as_ref().map(|c| (c.address.clone(), c.subject.clone()));
    Ok(OutgoingMail {
        outgoing: outgoing_line(app, &mail, envelope),
        from: app.address_of(&mail.product),
        message_id: if hidden { String::new() } else { mail.message_id },
        text: content.map(|c| c.text),
        blocked: blocked.map(|block| block_words(&block, app.packs.zone(&mail.product))),
    })
}

/// That an address takes no mail, in words.
pub(super) fn block_words(block: &Suppression, zone: chrono_tz::Tz) -> String {
    format!("The address takes no mail since {} ({})", block.since.in_words(zone), block.status)
}

/// One unreadable mail with its first lines, for those who may see what nobody has read yet.
///
/// # Errors
/// `NotFound` where there is none, or as the database says.
pub async fn unreadable(app: &App, actor: &Actor, id: MessageId) -> Result<UnreadableMail, Error> {
    may_see(actor)?;
    let mut tx = app.db.read().await?;
    let message = messages::message_get(&mut tx, id).await?.filter(|m| m.state == MessageState::Unreadable);
    let message = message.ok_or(Error::NotFound)?;
    // nobody has looked at it, so it may be anything: only the circle sees its words
    let head = if actor.may(Act::SeeRestricted) {
        messages::message_raw(&mut tx, &app.vault, id).await?.map(|raw| first_lines(&raw))
    } else {
        None
    };
    drop(tx);
    if head.is_some() {
        let mut tx = app.db.begin().await?;
        audit::audit_append(&mut tx, app.now(), Some(actor.id), "unread_mail_viewed", None, &id.0.to_string()).await?;
        tx.commit().await?;
    }
    Ok(UnreadableMail { unreadable: unreadable_line(app, message), head })
}

/// The first lines, headers and text, in plain characters: enough to open a case by hand from.
fn first_lines(raw: &[u8]) -> String {
    const BYTES: usize = 16_000;
    const LINES: usize = 120;
    let text = String::from_utf8_lossy(&raw[..raw.len().min(BYTES)]).replace("\r\n", "\n");
    let lines: Vec<_> = text.lines().take(LINES).collect();
    lines.join("\n").chars().map(|c| if c.is_control() && c != '\n' { '·' } else { c }).collect()
}
