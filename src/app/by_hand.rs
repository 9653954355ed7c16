//! Opens a case that came by phone, post or a form: staff say how, when and what.

use super::{App, Error, FieldError, intake, intake::Request, pickup::Access};
use crate::{
    domain::{
        audit::AuditAction,
        case::Channel,
        event::{By, Event},
        identity::Reference,
        kind::Kind,
        rights::{Act, Actor, Place},
        time::{DAY, Instant},
    },
    mail::parse,
    store::{audit, contents::Content},
};
use chrono::{LocalResult, NaiveDateTime, TimeZone as _};

/// What staff typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ByHand {
    /// The product's id.
    pub product: String,
    /// The kind's code.
    pub kind: String,
    /// `phone`, `post` or `form`.
    pub channel: String,
    /// As `<input type="datetime-local">` sends it, in the product's zone.
    pub received: String,
    /// The requester's name.
    pub name: String,
    /// The requester's mail address; may be empty.
    pub address: String,
    /// What they asked for.
    pub text: String,
}

/// The longest ago that a request may have reached us; earlier is a slip of the pen.
const OLDEST: i64 = 3 * 366 * DAY;

/// What was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The case.
    pub reference: Reference,
    /// What opens the case's page, this once: for a person who left no address to answer to.
    pub access: Option<Access>,
}

/// Opens the case. Who left no address is answered on a page of the case.
///
/// # Errors
/// `Invalid` names each field that needs another look.
pub async fn open_by_hand(app: &App, actor: &Actor, typed: &ByHand) -> Result<Opened, Error> {
    if !actor.may(Act::WorkCases, Place::Somewhere) {
        return Err(Error::NotAllowed("Your role does not open cases. Ask an administrator.".to_owned()));
    }
    let now = app.now();
    let mut faults = Vec::new();
    let mut wrong = |field, says: &str| faults.push(FieldError::new(field, says));
    let pack = app.packs.get(&typed.product).filter(|pack| actor.may(Act::WorkCases, &pack.id));
    if pack.is_none() {
        wrong("product", "Choose the product");
    }
    let kind = typed.kind.parse::<Kind>().ok();
    match kind {
        None => wrong("kind", "Choose what it is about"),
        Some(kind) if kind.is_restricted() && !actor.may(Act::SeeRestricted, &typed.product) => {
            wrong("kind", "Only restricted responders open cases of this kind; tell one of them");
        }
        Some(_) => {}
    }
    let channel = Channel::from_code(&typed.channel).filter(|c| *c != Channel::Mail);
    if channel.is_none() {
        wrong("channel", "Choose how it reached us");
    }
    let received = moment(&typed.received, app.packs.zone(&typed.product));
    match received {
        None => wrong("received", "Enter the day and time it reached us, for example 2026-11-24T10:30"),
        Some(at) if at > now => wrong("received", "Enter a time that is not in the future"),
        Some(at) if now.since(at) > OLDEST => {
            wrong("received", "Look at the year: more than three years ago is too long");
        }
        Some(_) => {}
    }
    let address = typed.address.trim();
    let is_plain = !address.contains(|c: char| c == '"' || c.is_whitespace() || c.is_control());
    if !address.is_empty() && (!is_plain || address.parse::<lettre::Address>().is_err()) {
        wrong("address", "Enter a mail address like name@mail.example, or leave it empty");
    }
    if typed.text.trim().is_empty() {
        wrong("text", "Write down what the person asked for");
    }
    if typed.text.len() > 100_000 {
        wrong("text", "Shorten the text to 100,000 characters");
    }
    let (Some(kind), Some(channel), Some(received), true) = (kind, channel, received, faults.is_empty()) else {
        return Err(Error::Invalid(faults));
    };
    let content = Content {
        name: parse::line(&typed.name).chars().take(200).collect(),
        address: address.to_owned(),
        text: typed.text.replace('\0', "").trim().to_owned(),
        ..Content::default()
    };
    let by = By::Staff(actor.id);
    let access = if content.address.is_empty() { Some(Access::new()?) } else { None };
    let request = Request {
        product: &typed.product,
        kind,
        rule: "staff".to_owned(),
        channel,
        received,
        by,
        content,
        purpose: "statement",
        access: access.as_ref(),
        unopened: false,
        acknowledge: true,
    };
    let mut tx = app.db.begin().await?;
    let case =
        intake::open_case(app, &mut tx, request, by, |content| Event::StatementRecorded { content }, now).await?;
    audit::audit_append(
        &mut tx,
        now,
        actor.doing(Act::WorkCases, &typed.product),
        AuditAction::CaseOpened,
        Some(case.reference),
        "",
    );
    tx.commit().await?;
    app.wake();
    Ok(Opened { reference: case.reference, access })
}

/// The moment a `datetime-local` field means in `zone`; the earlier one where the clock was set back.
#[must_use]
pub fn moment(typed: &str, zone: chrono_tz::Tz) -> Option<Instant> {
    let typed = typed.trim();
    let naive = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(typed, format).ok())?;
    match zone.from_local_datetime(&naive) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(Instant::of(&at)),
        LocalResult::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_means_the_products_zone() {
        let at = moment("2026-11-24T10:30", chrono_tz::Asia::Kolkata).expect("a moment");
        assert_eq!(at.rfc3339(), "2026-11-24T05:00:00Z");
        assert_eq!(moment("31 02 2026", chrono_tz::Asia::Kolkata), None);
        assert_eq!(moment("2026-03-29T02:30", chrono_tz::Europe::Berlin), None);
    }
}
