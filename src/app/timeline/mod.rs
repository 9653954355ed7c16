//! A case's events as the page tells them: mails, notes and statements in full, everything else in a sentence.
//! The caller has checked that the reader may see the case.

mod after;
mod fate;
mod told;

pub use fate::fate;

use super::{App, Error, follow_ups, reading};
use crate::{
    domain::{
        case::Case,
        clock::Raised,
        event::{By, Event, Purpose, Recorded},
        identity::{ContentId, FollowUpId, MailId, MessageId, StaffId},
        mail::Verdict,
        state::Channel,
        time::{Instant, MINUTE},
    },
    store::{Tx, contents, contents::Content, mails, mails::Mail, staff},
};
use std::collections::HashMap;

/// What an entry about a report to an authority begins with.
pub const REPORTED: &str = "Reported";

/// An attachment of a mail, by what the mail says of it; its content was not looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Attachment {
    /// The name in the mail, cleaned of path parts.
    pub name: String,
    /// The type the mail claims.
    pub media_type: String,
    /// Bytes as they stand in the mail, still encoded.
    pub encoded_size: i64,
    /// Its place in the mail, from 0; what a download names.
    pub part: i64,
    /// What kind of thing it is, as a code; empty for a file.
    pub what: String,
}

/// One thing in the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The event's number in the case.
    pub seq: i64,
    /// When it happened.
    pub at: Instant,
    /// "Nisha Rao", the requester's name, or "Recourse".
    pub who: String,
    /// What it was.
    pub what: What,
}

/// What an entry shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A mail of the requester.
    MailIn {
        /// Where the raw message is kept.
        message: MessageId,
        /// The address it came from.
        address: String,
        /// The subject line, its secrets covered.
        subject: String,
        /// The whole text, its secrets covered.
        text: String,
        /// How many secrets are covered in both.
        secrets: usize,
        /// True where it has an HTML version too.
        rich: bool,
        /// Whether it comes from where it says.
        dmarc: Verdict,
        /// What is known of that, a line each.
        trust: Vec<String>,
        /// What was wrong with it, or special about it, a line each.
        remarks: Vec<String>,
        /// What came with it.
        attachments: Vec<Attachment>,
        /// True for out-of-office notes and the like.
        automatic: bool,
    },
    /// What the person said by phone, post or form, as staff wrote it down; or wrote on the page of the case.
    Statement {
        /// How it came; none for what they wrote on the page.
        channel: Option<Channel>,
        /// What was written down.
        text: String,
    },
    /// A mail to the requester.
    MailOut {
        /// The mail in the outbox.
        mail: MailId,
        /// Where it went.
        address: String,
        /// The subject line.
        subject: String,
        /// The text.
        text: String,
        /// "Acknowledgement" or "Reply".
        purpose: &'static str,
        /// Where the mail stands: "waiting to be sent", "accepted 28 Oct, 11:03", "failed".
        fate: String,
        /// True when it will not be tried again without somebody's help.
        failed: bool,
    },
    /// A letter on the case's page, kept for the person to read.
    LetterKept {
        /// The subject line.
        subject: String,
        /// The text.
        text: String,
        /// "Acknowledgement" or "Reply".
        purpose: &'static str,
    },
    /// A note that never leaves the house.
    Note {
        /// What was written.
        text: String,
    },
    /// Everything else: "Case opened" + " as erasure; rule 000-15".
    Event {
        /// The bold words.
        lead: String,
        /// The rest of the sentence.
        rest: String,
        /// A reason that staff gave.
        reason: Option<String>,
    },
}

/// Everything an entry may need to be told.
struct Teller<'a> {
    case: &'a Case,
    zone: chrono_tz::Tz,
    names: HashMap<StaffId, String>,
    contents: HashMap<ContentId, Content>,
    mails: HashMap<MailId, Mail>,
    /// What those are called who received the person's data.
    recipients: HashMap<FollowUpId, String>,
    requester: String,
}

/// The entries of these events.
///
/// # Errors
/// As the database says, or when something sealed does not open.
pub async fn entries(app: &App, tx: &mut Tx, case: &Case, events: &[Recorded]) -> Result<Vec<Entry>, Error> {
    let kept = contents::contents_of(tx, &app.vault, case.reference).await?;
    let requester = kept.first().map(|(_, c)| who(c)).unwrap_or_default();
    let teller = Teller {
        case,
        zone: app.packs.zone(&case.product),
        names: staff::staff_names(tx).await?,
        contents: kept.into_iter().collect(),
        mails: mails::mails_of(tx, case.reference).await?.into_iter().map(|m| (m.id, m)).collect(),
        recipients: follow_ups::names(app, tx, case.reference).await?,
        requester,
    };
    let mut told = String::new();
    // computed anew and the same as before is nothing to tell
    let is_news = |recorded: &&Recorded| match &recorded.event {
        Event::ClocksStarted { pack, clocks } => {
            let says = teller.clocks(pack, clocks);
            let is_news = says != told;
            told = says;
            is_news
        }
        // that staff were told stands there already
        Event::MailAccepted { purpose: Purpose::Alarm, .. } => false,
        _ => true,
    };
    Ok(events.iter().filter(is_news).map(|event| teller.entry(event)).collect())
}

/// A person's name, or their address where they gave none.
pub fn who(content: &Content) -> String {
    [&content.name, &content.address].into_iter().find(|s| !s.is_empty()).cloned().unwrap_or_default()
}

impl Teller<'_> {
    fn name(&self, id: StaffId) -> String {
        self.names.get(&id).cloned().unwrap_or_else(|| "somebody who left".to_owned())
    }

    fn content(&self, id: ContentId) -> Content {
        if self.case.erased.is_some() {
            return Content { text: "Erased.".to_owned(), ..Content::default() };
        }
        self.contents.get(&id).cloned().unwrap_or_default()
    }

    fn entry(&self, recorded: &Recorded) -> Entry {
        let who = match recorded.by {
            // whoever pressed the button of the link, which may not be who wrote in
            _ if matches!(
                recorded.event,
                Event::VerificationConfirmed { .. } | Event::ExportFetched { .. } | Event::ExportCodeShown { .. }
            ) =>
            {
                "the account’s holder".to_owned()
            }
            _ if matches!(recorded.event, Event::ExportCodeAsked { .. }) => "somebody with the link".to_owned(),
            By::System => match &recorded.event {
                // a recipient's answer, which is not the person's
                Event::MessageReceived { content, .. } => who(&self.content(*content)),
                _ => "Recourse".to_owned(),
            },
            By::Requester if self.requester.is_empty() => "The person".to_owned(),
            By::Requester => self.requester.clone(),
            By::Staff(id) => self.name(id),
        };
        Entry { seq: recorded.seq, at: recorded.at, who, what: self.what(recorded) }
    }

    /// A line with a reason that somebody gave.
    fn told(&self, lead: &str, rest: &str, reason: ContentId) -> What {
        What::Event { lead: lead.to_owned(), rest: rest.to_owned(), reason: Some(self.content(reason).text) }
    }

    /// A mail that came, its secrets covered.
    fn mail_in(&self, message: MessageId, content: ContentId, automatic: bool, dmarc: Verdict) -> What {
        let (content, secrets) = reading::covered(self.content(content));
        let attachments = content.files.into_iter().map(|f| Attachment {
            name: f.name,
            media_type: f.media_type,
            encoded_size: f.encoded_size,
            part: f.part,
            what: f.what,
        });
        What::MailIn {
            message,
            address: content.address,
            subject: content.subject,
            text: content.text,
            secrets,
            rich: content.rich,
            dmarc,
            trust: content.trust,
            remarks: content.remarks,
            attachments: attachments.collect(),
            automatic,
        }
    }

    /// A letter on the case's page; what the person wrote comes back in what is quoted.
    fn letter_kept(&self, content: ContentId, purpose: Purpose) -> What {
        let (Content { subject, text, .. }, _) = reading::covered(self.content(content));
        What::LetterKept { subject, text, purpose: purpose.label() }
    }

    fn what(&self, recorded: &Recorded) -> What {
        let event = |lead: &str, rest: String| What::Event { lead: lead.to_owned(), rest, reason: None };
        match &recorded.event {
            Event::MessageReceived { message, content, automatic, dmarc } => {
                self.mail_in(*message, *content, *automatic, *dmarc)
            }
            Event::StatementRecorded { content } => {
                let channel = (recorded.by != By::Requester).then_some(self.case.channel);
                What::Statement { channel, text: self.content(*content).text }
            }
            Event::MailQueued { content, purpose: Purpose::Alarm, .. } => {
                event(&who(&self.content(*content)), "was told by mail".to_owned())
            }
            Event::MailQueued { mail, content, purpose } => {
                let content = self.content(*content);
                let (fate, failed) = self.mails.get(mail).map_or((String::new(), false), |m| fate(m, self.zone));
                // what the person wrote comes back in what is quoted
                let (content, _) = reading::covered(content);
                let (address, subject, text) = (content.address, content.subject, content.text);
                What::MailOut { mail: *mail, address, subject, text, purpose: purpose.label(), fate, failed }
            }
            Event::LetterKept { content, purpose } => self.letter_kept(*content, *purpose),
            Event::NoteAdded { content } => What::Note { text: self.content(*content).text },
            Event::CaseOpened { kind, channel, received, rule } => {
                let kind = kind.label().to_lowercase();
                let why = match rule.as_str() {
                    "staff" => format!("by hand; reached us by {} on {}", channel.code(), received.in_words(self.zone)),
                    "unsure" => "because nothing in it said clearly what it is about; please classify it".to_owned(),
                    rule => format!("matched by rule {rule}"),
                };
                event("Case opened", format!("as {kind}, {why}"))
            }
            Event::ClocksStarted { pack, clocks } => event("Clocks computed", self.clocks(pack, clocks)),
            Event::FactRecorded { fact, at, note } => {
                // what was written down as it happened needs no second date
                let late = recorded.at.since(*at) > MINUTE;
                let rest = if late { format!("on {}", at.in_words(self.zone)) } else { String::new() };
                What::Event { lead: fact.label().to_owned(), rest, reason: note.map(|id| self.content(id).text) }
            }
            Event::ClockAlarmed { duty, layer, due, raised, .. } => event(
                if *raised == Raised::Breached { "Breached" } else { "At risk" },
                format!(
                    "{}, by {} until {}",
                    duty.label().to_lowercase(),
                    layer.label().to_lowercase(),
                    due.in_words(self.zone)
                ),
            ),
            Event::MailAccepted { purpose, .. } => {
                event(&format!("{} accepted", purpose.label()), "by the mail server".to_owned())
            }
            Event::MailFailed { purpose, reason, .. } => {
                event(&format!("{} failed", purpose.label()), format!("{reason}; see the mail for what to do"))
            }
            Event::MailBounced { purpose, hard, status, .. } => event(
                &format!("{} came back", purpose.label()),
                format!("{}, {status}", if *hard { "for good" } else { "it may work later" }),
            ),
            Event::MessageQuarantined { why, .. } => event("A mail waits", format!("because {}", why.label())),
            Event::MessageDiscarded { reason, .. } => self.told("A mail that waited was discarded", "", *reason),
            Event::MessageRedacted { found, .. } => {
                event("Redacted", format!("{found} secrets in a mail, for good, in its raw copy too"))
            }
            Event::MaterialDisposed { content, .. } => {
                let files = self.content(*content).files;
                let names = files.iter().map(|f| f.name.clone()).collect::<Vec<_>>().join(", ");
                event("Material destroyed", names)
            }
            Event::RestrictionConfirmed { reason } => self.told("Kind confirmed", "by a responder", *reason),
            Event::Merged { into, reason } => self.told("Merged", &format!("into {into}, which goes on"), *reason),
            Event::Absorbed { case } => event("Merged", format!("{case} is the same and ended; its mail comes here")),
            Event::AcknowledgedOtherwise { how } => What::Event {
                lead: "Acknowledged".to_owned(),
                rest: "by another way than mail".to_owned(),
                reason: Some(self.content(*how).text),
            },
            Event::Assigned { to, .. } => match to {
                Some(id) => event("Assigned", format!("to {}", self.name(*id))),
                None => event("Assigned", "to nobody".to_owned()),
            },
            Event::ClassificationProposed { to, reason } => What::Event {
                lead: "Kind proposed".to_owned(),
                rest: format!("{}; a second person has to classify likewise", to.label().to_lowercase()),
                reason: Some(self.content(*reason).text),
            },
            Event::Classified { from, to, reason } => What::Event {
                lead: "Classified".to_owned(),
                rest: format!("as {}, before {}", to.label().to_lowercase(), from.label().to_lowercase()),
                reason: Some(self.content(*reason).text),
            },
            Event::StateChanged { from, to, outcome, reason } => {
                let outcome = outcome.map(|o| format!(", {}", o.label().to_lowercase())).unwrap_or_default();
                let lead = if !from.is_open() && to.is_open() { "Reopened" } else { to.label() };
                What::Event {
                    lead: lead.to_owned(),
                    rest: format!("before: {}{outcome}", from.label().to_lowercase()),
                    reason: reason.map(|id| self.content(id).text),
                }
            }
            other => self.run(other),
        }
    }
}

/// True when one of the case's mails of this purpose was accepted, or such a letter is on its page.
pub fn was_accepted(events: &[Recorded], purpose: Purpose) -> bool {
    let is = |recorded: &Recorded| match &recorded.event {
        Event::MailAccepted { purpose, .. } | Event::LetterKept { purpose, .. } => Some(*purpose),
        _ => None,
    };
    events.iter().any(|recorded| is(recorded) == Some(purpose))
}
