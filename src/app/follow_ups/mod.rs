//! What follows once a person's data was changed: whoever received it is told, backups run out. Begun in the transaction
//! that ends the run or resolves the case; the outside is reached by jobs that may run twice. Of a person, nothing but what
//! the configuration lets be handed on ever leaves, and events hold ids and codes alone.

mod answer;
mod begin;
mod end;
mod page;
mod sealed;
mod step;
mod tell;

pub use crate::mail::signed::HEADER as SIGNATURE;
pub use answer::{Heard, hear};
pub(in crate::app) use answer::{answered, filled, from_recipient, mail_accepted, mail_failed};
pub(in crate::app) use begin::{after_resolving, after_run};
pub use end::end_follow_ups;
pub use page::{FollowUpLine, Following, LateCase};
pub(in crate::app) use page::{following, names, of_case, of_run, said_of};
pub use sealed::destroy_sealed;
pub(in crate::app) use sealed::{after_sealing, before_sealing};
pub use step::recipient_step;
pub use tell::{Told, tell_recipient};

use super::{App, Error};
use crate::{
    domain::{
        case::Case,
        clock::{fact::Fact, period::Period},
        event::{By, Event},
        follow_up::Standing,
        identity::Identity,
        run::RunKind,
        time::Instant,
    },
    mail::signed::Hook,
    store::{Tx, cases, follow_ups, follow_ups::FollowUp, vault::random},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A recipient that the configuration says how to reach.
#[derive(Debug, Clone)]
pub struct Partner {
    /// The pack's id of it.
    pub id: String,
    /// How it is reached.
    pub reach: Reach,
    /// By when it has to be told.
    pub within: Period,
    /// What it is told of; empty for everything.
    pub kinds: Vec<RunKind>,
    /// By which kinds of identity it knows the person.
    pub identify_by: Vec<String>,
}

/// How a recipient is reached; never printed.
#[derive(Clone)]
pub enum Reach {
    /// A mail address.
    Mail(String),
    /// A machine of its own.
    Webhook(Hook),
    /// It need not be told, whatever happens.
    Never,
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mail(_) => "(mail)",
            Self::Webhook(_) => "(webhook)",
            Self::Never => "(never)",
        })
    }
}

/// What is handed on to a recipient, as it is sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Handed {
    /// By what it knows the person.
    known_by: Vec<Identity>,
    /// The use of the data that a choice is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uses: Option<String>,
}

impl Handed {
    fn read(bytes: Option<&[u8]>) -> Self {
        bytes.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default()
    }
}

/// The configuration's word on a recipient of a product.
fn partner<'a>(app: &'a App, product: &str, id: &str) -> Option<&'a Partner> {
    app.settings.partners.get(product)?.iter().find(|partner| partner.id == id)
}

/// What a recipient is called; its id where the pack does not have it any more.
fn name(app: &App, product: &str, id: &str) -> String {
    let pack = app.packs.get(product);
    let named = pack.and_then(|pack| pack.copy.recipients.iter().find(|recipient| recipient.id == id));
    named.map_or_else(|| id.to_owned(), |recipient| recipient.name.clone())
}

/// Records what happened to a follow-up and saves where it stands. What the recipient knows the person by is forgotten once
/// it has no use any more; where the last recipient was told, the law's duty to tell them is met, also where its clock
/// starts only once the case is resolved.
async fn record(
    tx: &mut Tx,
    case: &mut Case,
    one: &FollowUp,
    (by, event): (By, Event),
    now: Instant,
) -> Result<(), Error> {
    follow_ups::follow_up_save(tx, one, now).await?;
    if matches!(one.state, Standing::Confirmed | Standing::Waived | Standing::Over) {
        follow_ups::follow_up_forget(tx, one.id).await?;
    }
    cases::case_record(tx, case, by, now, event).await?;
    let known = case.facts.iter().any(|happened| happened.fact == Fact::RecipientsNotified);
    if known || one.recipient.is_none() || one.state.is_open() {
        return Ok(());
    }
    let all = follow_ups::follow_ups_of(tx, case.reference).await?;
    let theirs = || all.iter().filter(|other| other.recipient.is_some());
    let told = theirs().any(|other| matches!(other.state, Standing::Told | Standing::Confirmed));
    if told && !theirs().any(|other| other.state.is_open()) {
        let fact = Event::FactRecorded { fact: Fact::RecipientsNotified, at: now, note: None };
        cases::case_record(tx, case, By::System, now, fact).await?;
    }
    Ok(())
}

/// A number that nobody can guess.
fn number() -> Result<String, Error> {
    Ok(format!("n-{}", data_encoding::HEXLOWER.encode(&random::<16>()?)))
}
