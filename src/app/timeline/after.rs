//! Events in a sentence: what followed a change of the person's data.

use super::{REPORTED, Teller, What};
use crate::domain::{event::Event, identity::FollowUpId, retention::Record};

impl Teller<'_> {
    /// What happened around recipients, backups, sealed rows and replays.
    pub(super) fn after(&self, event: &Event) -> What {
        let said = |lead: &str, rest: String| What::Event { lead: lead.to_owned(), rest, reason: None };
        let who = |id: &FollowUpId| self.recipients.get(id).cloned().unwrap_or_else(|| "a recipient".to_owned());
        match event {
            Event::ReplayPlanned { run, repeats, .. } => {
                said("Plan made", format!("of run {run}, which repeats {repeats} after a restore"))
            }
            Event::RecipientTold { follow_up, way } => {
                said("Recipient told", format!("{}, {}", who(follow_up), way.label()))
            }
            Event::RecipientAnswered { follow_up } => {
                said("Recipient answered", format!("{} by mail; see whether it confirms", who(follow_up)))
            }
            Event::RecipientConfirmed { follow_up } => said("Recipient confirmed", who(follow_up)),
            Event::RecipientFailed { follow_up, why } => {
                said("Recipient not told", format!("{}: {}", who(follow_up), why.label()))
            }
            Event::RecipientRetried { follow_up } => said("Tried again", format!("to tell {}", who(follow_up))),
            Event::RecipientWaived { follow_up, reason } => {
                self.told("Recipient need not be told", &who(follow_up), *reason)
            }
            Event::BackupsExpired { .. } => {
                said("Backups run out", "copies from before the erasure are gone".to_owned())
            }
            Event::SealedDestroyed { .. } => {
                said("Sealed rows destroyed", "what the erasure kept out of use until its day is gone".to_owned())
            }
            Event::AuthorityTold { authority, at, number, .. } => {
                let rest =
                    format!("{}, {}; number {}", authority.label(), at.in_words(self.zone), self.content(*number).text);
                said(REPORTED, rest)
            }
            Event::ReportCorrected { number, .. } => {
                said("Report’s number corrected", format!("it is {}", self.content(*number).text))
            }
            Event::RecordsDestroyed { record: Record::Case, cause } => {
                said("Erased", format!("names, text, addresses and mail of this case, since {}", cause.label()))
            }
            Event::RecordsDestroyed { record, cause } => {
                said("Destroyed", format!("{}, since {}", record.label().to_lowercase(), cause.label()))
            }
            Event::RequesterErasureApproved { .. } => {
                said("Erasure from here approved", "of the requester; it begins by itself".to_owned())
            }
            Event::RequesterErasureRefused { withdrawn, .. } => {
                let lead = if *withdrawn { "Erasure from here withdrawn" } else { "Erasure from here refused" };
                said(lead, "nothing was erased".to_owned())
            }
            Event::RequesterErased { cases, .. } => {
                let cases = if *cases == 1 { "one case".to_owned() } else { format!("{cases} cases") };
                said("Requester erased", format!("from {cases}; it was looked again and nothing was left"))
            }
            _ => said(event.name(), String::new()),
        }
    }
}
