//! What the page of a case says to its person: where the case stands, what was promised, the letters, what they wrote here
//! themselves, and where their copy is. Of a restricted case it says where it stands, in words that fit any case.

use super::gate::{self, Client, Key, Refused};
use crate::{
    app::{App, Error, exports},
    domain::{
        case::{Case, Outcome, State},
        clock::{Duty, Layer, binding_of},
        event::{By, Event, Purpose},
        identity::{ContentId, PackageId},
        secrets,
        time::Instant,
    },
    mail::compose,
    store::{Tx, contents, events, packages},
};
use std::collections::HashMap;

/// A letter, or what the person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLetter {
    /// When.
    pub at: Instant,
    /// True for what the person wrote on this page.
    pub theirs: bool,
    /// Its subject line; empty for what the person wrote.
    pub subject: String,
    /// Its words.
    pub text: String,
}

/// A copy that can be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCopy {
    /// Where.
    pub link: String,
    /// Until when.
    pub until: Instant,
    /// True where fetchings are left.
    pub works: bool,
}

/// What the page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The product's name.
    pub product: String,
    /// The case's number, as letters give it; none of a restricted case.
    pub reference: Option<String>,
    /// Where it stands, in words.
    pub says: &'static str,
    /// What was promised: what, and until when.
    pub dates: Vec<(&'static str, Instant)>,
    /// Letters and messages, oldest first.
    pub letters: Vec<KeptLetter>,
    /// The copy of their data, where one was released.
    pub copy: Option<KeptCopy>,
    /// True where the person can write here.
    pub may_write: bool,
    /// The zone in which moments are said.
    pub zone: chrono_tz::Tz,
}

/// Opens the page. Changes nothing of the case.
///
/// # Errors
/// As `Refused` tells them apart.
pub async fn page_of(app: &App, client: Client<'_>, key: Key<'_>) -> Result<Standing, Refused> {
    let (mut tx, case) = gate::open(app, client, key).await?;
    Ok(standing(app, &mut tx, &case).await?)
}

/// What the page of this case says.
pub(super) async fn standing(app: &App, tx: &mut Tx, case: &Case) -> Result<Standing, Error> {
    let neutral = Standing {
        product: app.letterhead(&case.product).product,
        reference: None,
        says: neutrally(case.state),
        dates: Vec::new(),
        letters: Vec::new(),
        copy: None,
        may_write: false,
        zone: app.packs.zone(&case.product),
    };
    if case.is_restricted() {
        return Ok(neutral);
    }
    let kept: HashMap<ContentId, contents::Content> =
        contents::contents_of(tx, &app.vault, case.reference).await?.into_iter().collect();
    let mut letters = Vec::new();
    for recorded in events::events_of(tx, case.reference).await? {
        let (content, theirs, purpose) = match (&recorded.event, recorded.by) {
            (Event::LetterKept { content, purpose }, _) => (content, false, Some(*purpose)),
            (Event::StatementRecorded { content }, By::Requester) => (content, true, None),
            _ => continue,
        };
        let content = kept.get(content).cloned().unwrap_or_default();
        let text = match purpose {
            Some(Purpose::Delivery) => {
                compose::with_link(&content.text, "", &exports::link(app, &content.message_id)).0
            }
            // whoever looks over a shoulder, or has found code and PIN, reads no card here
            None => secrets::masked(&content.text),
            Some(_) => content.text,
        };
        letters.push(KeptLetter { at: recorded.at, theirs, subject: content.subject, text });
    }
    Ok(Standing {
        reference: Some(case.reference.to_string()),
        says: in_words(case),
        dates: dates(case),
        letters,
        copy: copy(app, tx, case, &kept).await?,
        may_write: true,
        ..neutral
    })
}

/// Where a case of any kind stands.
const fn neutrally(state: State) -> &'static str {
    if state.is_open() { "We have it, and work on it." } else { "It is dealt with." }
}

fn in_words(case: &Case) -> &'static str {
    match (case.state, case.outcome) {
        (State::New, _) => "We have it. Nobody has begun to work on it yet.",
        (State::Open | State::WaitingApproval, _) => "We are working on it.",
        (State::WaitingRequester, _) => "We wait for your answer. You can write it below.",
        (_, Some(Outcome::Granted)) => "It is done.",
        (_, Some(Outcome::Partial)) => "It is done in part; the last letter says what was not, and why.",
        (_, Some(Outcome::Refused)) => "It was refused; the last letter says why, and what you can do.",
        (_, Some(Outcome::Withdrawn)) => "You took it back.",
        _ => neutrally(State::Closed),
    }
}

/// What law and promise say, of each duty the earliest; what only we aim at is no promise.
fn dates(case: &Case) -> Vec<(&'static str, Instant)> {
    let duties =
        [(Duty::Acknowledge, "You hear from us that we have it by"), (Duty::Resolve, "You have our answer by")];
    let promised = duties.into_iter().filter_map(|(duty, says)| {
        let clock = binding_of(&case.clocks, duty)?;
        let stands = clock.met.is_none() && clock.paused.is_none() && clock.layer != Layer::Target;
        stands.then_some((says, clock.due))
    });
    if case.state.is_open() { promised.collect() } else { Vec::new() }
}

/// The newest package that can still be had, with the link that its letter has.
async fn copy(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    kept: &HashMap<ContentId, contents::Content>,
) -> Result<Option<KeptCopy>, Error> {
    let Some(package) = offered(tx, case).await? else { return Ok(None) };
    for content in kept.values().filter(|content| !content.message_id.is_empty()) {
        let link = exports::link(app, &content.message_id);
        let token = link.rsplit('/').next().unwrap_or_default();
        let found = packages::package_find(tx, &crate::store::sessions::token_hash(token)).await?;
        if let Some(found) = found.filter(|found| found.id == package) {
            let works = found.downloads < found.most_downloads;
            return Ok(Some(KeptCopy { link, until: found.expires_at.unwrap_or(Instant(0)), works }));
        }
    }
    Ok(None)
}

/// The newest package of the case that can still be had.
pub(super) async fn offered(tx: &mut Tx, case: &Case) -> Result<Option<PackageId>, Error> {
    let now = tx.db_now().await?;
    let all = packages::packages_of_case(tx, case.reference).await?;
    let counts = |p: &packages::Package| p.ended_at.is_none() && p.expires_at.is_some_and(|until| until.0 > now.0);
    Ok(all.into_iter().find(counts).map(|package| package.id))
}
