//! A case's events as the page tells them: mails, notes and statements in full, everything else in a sentence.
//! The caller has checked that the reader may see the case.

use super::{
    App, Error,
    case_page::{Attachment, Entry, What},
};
use crate::{
    domain::{
        case::Case,
        event::{By, Event, Purpose, Recorded},
        identity::{ContentId, MailId, StaffId},
    },
    store::{Tx, contents, contents::Content, mails, mails::Mail, mails::MailState, staff},
};
use std::collections::HashMap;

/// Everything an entry may need to be told.
struct Teller<'a> {
    case: &'a Case,
    zone: chrono_tz::Tz,
    names: HashMap<StaffId, String>,
    contents: HashMap<ContentId, Content>,
    mails: HashMap<MailId, Mail>,
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
        requester,
    };
    Ok(events.iter().map(|event| teller.entry(event)).collect())
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
        self.contents.get(&id).cloned().unwrap_or_default()
    }

    fn entry(&self, recorded: &Recorded) -> Entry {
        let who = match recorded.by {
            By::System => "Recourse".to_owned(),
            By::Requester if self.requester.is_empty() => "The person".to_owned(),
            By::Requester => self.requester.clone(),
            By::Staff(id) => self.name(id),
        };
        Entry { seq: recorded.seq, at: recorded.at, who, what: self.what(recorded) }
    }

    fn what(&self, recorded: &Recorded) -> What {
        let event = |lead: &str, rest: String| What::Event { lead: lead.to_owned(), rest, reason: None };
        match &recorded.event {
            Event::MessageReceived { message, content, automatic } => {
                let content = self.content(*content);
                let attachments = content.files.into_iter().map(|f| Attachment {
                    name: f.name,
                    media_type: f.media_type,
                    encoded_size: f.encoded_size,
                    part: f.part,
                });
                What::MailIn {
                    message: *message,
                    address: content.address,
                    subject: content.subject,
                    text: content.text,
                    attachments: attachments.collect(),
                    automatic: *automatic,
                }
            }
            Event::StatementRecorded { content } => {
                What::Statement { channel: self.case.channel, text: self.content(*content).text }
            }
            Event::MailQueued { mail, content, purpose } => {
                let content = self.content(*content);
                let (fate, failed) = self.mails.get(mail).map_or((String::new(), false), |m| fate(m, self.zone));
                let (address, subject, text) = (content.address, content.subject, content.text);
                What::MailOut { mail: *mail, address, subject, text, purpose: purpose.label(), fate, failed }
            }
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
            Event::ClocksStarted { pack, clocks } => {
                let list: Vec<_> =
                    clocks.iter().map(|c| format!("{} {}", c.duty.label().to_lowercase(), c.period)).collect();
                event(
                    "Clocks started",
                    format!("{} from {}; pack {pack}", list.join(", "), self.case.received.short(self.zone)),
                )
            }
            Event::MailAccepted { purpose, .. } => {
                event(&format!("{} accepted", purpose.label()), "by the mail server".to_owned())
            }
            Event::MailFailed { purpose, reason, .. } => {
                event(&format!("{} failed", purpose.label()), format!("{reason}; see the mail for what to do"))
            }
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
        }
    }
}

/// Where a mail stands, in words, and whether somebody has to help it.
pub fn fate(mail: &Mail, zone: chrono_tz::Tz) -> (String, bool) {
    let doubt = if mail.in_doubt { "; it may have left twice, with the same Message-ID" } else { "" };
    match (mail.state, mail.accepted) {
        (MailState::Accepted, Some(at)) => (format!("accepted {}{doubt}", at.short(zone)), false),
        (MailState::Failed, _) => {
            (format!("failed: {}", mail.reason.as_deref().unwrap_or("no reason was given")), true)
        }
        (state, _) => (format!("{}{doubt}", state.label()), false),
    }
}

/// True when one of the case's mails of this purpose was accepted.
pub fn was_accepted(events: &[Recorded], purpose: Purpose) -> bool {
    events.iter().any(|r| matches!(&r.event, Event::MailAccepted { purpose: p, .. } if *p == purpose))
}
