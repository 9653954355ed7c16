//! What a person does on the page of their case: writes to it, and has the code of their copy shown.

use super::{
    gate::{self, Client, Key, Refused},
    standing::{self, Standing},
};
use crate::{
    app::{App, Error, desk::written, exports, exports::Code, failpoint::failpoint},
    domain::{
        audit::AuditAction,
        case::{Case, State},
        event::{By, Event, Recorded},
        identity::ContentId,
        time::{DAY, Instant},
    },
    store::{Tx, audit, cases, contents, contents::Content, events},
};

/// The longest message, in characters.
pub const LONGEST: usize = 10_000;
/// Messages a day on one case.
const A_DAY: usize = 20;

/// Adds what the person wrote to their case; a case that waited for them, or was resolved, is ours again. The same words
/// twice in a row count once. What is written while the case has become a restricted one is kept behind the wall.
///
/// # Errors
/// As `Refused` tells them apart; `Invalid` where the message is empty, too long, or one too many.
pub async fn write_to_case(app: &App, client: Client<'_>, key: Key<'_>, text: &str) -> Result<Standing, Refused> {
    let (mut tx, mut case) = gate::open(app, client, key).await?;
    let text = text.replace('\0', "");
    let text = written("text", &text, "Write what you want to tell us")?;
    if text.chars().count() > LONGEST {
        return Err(Error::field("text", "Shorten the message to 10,000 characters").into());
    }
    let now = app.now();
    let earlier = theirs(app, &mut tx, &case).await?;
    if earlier.last().is_none_or(|(_, last)| last.text != text) {
        let today = earlier.iter().filter(|(recorded, _)| now.since(recorded.at) < DAY).count();
        if today >= A_DAY {
            return Err(Error::field(
                "text",
                "That is enough for one day; we have read everything. Write again tomorrow",
            )
            .into());
        }
        add(app, &mut tx, &mut case, text, now).await?;
    }
    let standing = standing::standing(app, &mut tx, &case).await?;
    failpoint("verb-before-commit");
    tx.commit().await?;
    app.wake();
    Ok(standing)
}

async fn add(app: &App, tx: &mut Tx, case: &mut Case, text: &str, now: Instant) -> Result<(), Error> {
    let content = Content { text: text.to_owned(), ..Content::default() };
    let (reference, restricted) = (case.reference, case.is_restricted());
    let kept = contents::content_keep(tx, &app.vault, reference, restricted, "statement", &content, now).await?;
    cases::case_record(tx, case, By::Requester, now, Event::StatementRecorded { content: kept }).await?;
    if matches!(case.state, State::WaitingRequester | State::Resolved | State::Closed) {
        let event = Event::StateChanged { from: case.state, to: State::Open, outcome: None, reason: None };
        cases::case_record(tx, case, By::System, now, event).await?;
    }
    cases::case_save(tx, case).await?;
    audit::audit_append(tx, now, None, AuditAction::MessageWritten, Some(reference), "");
    Ok(())
}

/// What the person wrote on this page before, oldest first.
async fn theirs(app: &App, tx: &mut Tx, case: &Case) -> Result<Vec<(Recorded, Content)>, Error> {
    let mut all = Vec::new();
    for recorded in events::events_of(tx, case.reference).await? {
        let id: Option<ContentId> = match (&recorded.event, recorded.by) {
            (Event::StatementRecorded { content }, By::Requester) => Some(*content),
            _ => None,
        };
        if let Some(id) = id {
            let content = contents::content_get(tx, &app.vault, id).await?.unwrap_or_default();
            all.push((recorded, content));
        }
    }
    Ok(all)
}

/// Shows a new code for the copy that was released, once; an older one no longer opens it.
///
/// # Errors
/// As `Refused` tells them apart; `NotFound` where there is no copy to be had.
pub async fn new_copy_code(app: &App, client: Client<'_>, key: Key<'_>) -> Result<Code, Refused> {
    let (mut tx, mut case) = gate::open(app, client, key).await?;
    let package = if case.is_restricted() { None } else { standing::offered(&mut tx, &case).await? };
    let package = package.ok_or(Error::NotFound)?;
    let code = exports::show_code(app, &mut tx, &mut case, package).await?;
    failpoint("verb-before-commit");
    tx.commit().await?;
    app.wake();
    Ok(code)
}
