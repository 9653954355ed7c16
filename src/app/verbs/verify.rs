//! Finds out whether a request comes from the holder of the account: by a link to the address on record, or by a
//! decision of staff. The person who wrote in learns nothing of whether there is an account.

use crate::{
    app::{
        App, Error,
        acknowledge::{self, Addressee},
        desk::no_run,
        desk::{self, Desk, written},
        letters, subject,
        subject::Known,
        verification,
    },
    domain::{
        audit::AuditAction,
        case::Case,
        event::{By, Event, Purpose},
        identity::{Identity, Reference},
        rights::Actor,
        time::Instant,
    },
    generation::Found,
    mail::compose::{self, Facts, Letter},
    store::{Tx, contents, contents::Content, verifications},
};

/// What came of asking; for staff only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A link goes to the address on record.
    Sent,
    /// There is no such account; the person was told the same as ever.
    NobodyFound,
    /// There is an account but no address to write to; the person was told the same as ever.
    NoAddress,
}

/// Sends a link to the address on record of the one account that the identities lead to. A requester who writes from
/// elsewhere gets a mail that says the same whether or not there is an account. Older links of the case end.
///
/// # Errors
/// When several accounts are found, nobody could be written to at all, the product has no generation database, or
/// others were quicker.
pub async fn ask_verification(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    identities: &[Identity],
) -> Result<Asked, Error> {
    let Case { product, doubtful, .. } = desk::look(app, actor, reference).await?;
    if doubtful {
        return Err(Error::field(
            "value",
            "The sender's own domain does not confirm that this mail came from it, so a link by mail proves nothing here. Find out another way who the person is, and decide yourself",
        ));
    }
    let identities = subject::typed(app, &product, identities)?;
    let found = subject::find(app, &product, &identities).await?;
    let on_record = on_record(&found)?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    only_open(&desk)?;
    let requester = requester(&mut desk).await?;
    let is_theirs = |address: &&String| address.eq_ignore_ascii_case(requester.address.trim());
    let record = on_record.iter().find(is_theirs).or(on_record.first());
    if record.is_none() && requester.address.is_empty() {
        return Err(Error::field(
            "value",
            "No mail address is on record for this, and the person left none; look for something else or decide yourself",
        ));
    }
    desk.take_up().await?;
    let mut known = Known::new(app, &product, identities, Some(&found));
    known.address = record.cloned();
    let identity = desk.keep(subject::PURPOSE, &known.kept()).await?;
    subject::remember(app, &mut desk.tx, reference, &product, &found.subjects).await?;
    let message_id = acknowledge::message_id(app, &desk.case, Purpose::Verification)?;
    let hash = verification::hash(app, &message_id);
    let verification =
        verifications::verification_ask(&mut desk.tx, reference, &hash, identity, None, verification::VALID).await?;
    desk.record(Event::VerificationAsked { verification, identity }).await?;
    if let Some(address) = record {
        let queued = queue_link(app, &mut desk.tx, &desk.case, address, &message_id, desk.now).await?;
        desk.record(queued).await?;
    }
    if !requester.address.is_empty() && record.is_none_or(|address| !is_theirs(&address)) {
        send_neutral(&mut desk, requester).await?;
    }
    desk.commit(AuditAction::VerificationAsked).await?;
    Ok(match (found.subjects.is_empty(), record) {
        (true, _) => Asked::NobodyFound,
        (false, None) => Asked::NoAddress,
        (false, Some(_)) => Asked::Sent,
    })
}

/// The addresses on record of the one account found to which a link can go.
fn on_record(found: &Found) -> Result<Vec<String>, Error> {
    if found.subjects.len() > 1 {
        return Err(Error::field(
            "value",
            format!(
                "{} accounts are found by this; enter something that only one has, for example the account’s id",
                found.subjects.len()
            ),
        ));
    }
    let usable = |address: &String| address.parse::<lettre::Address>().is_ok();
    Ok(found.contacts.iter().map(|address| address.trim().to_owned()).filter(usable).collect())
}

fn only_open(desk: &Desk<'_>) -> Result<(), Error> {
    if !desk.case.state.is_open() {
        return Err(Error::field("value", "The case is resolved; reopen it first"));
    }
    no_run(&desk.case, "value")
}

async fn requester(desk: &mut Desk<'_>) -> Result<Addressee, Error> {
    let kept = contents::contents_of(&mut desk.tx, &desk.app.vault, desk.case.reference).await?;
    let answers = kept.iter().map(|(_, c)| c.message_id.clone()).filter(|id| !id.is_empty()).collect();
    let first = kept.into_iter().next().map(|(_, first)| first).unwrap_or_default();
    Ok(Addressee { name: first.name, address: first.address, answers })
}

/// Queues a link to the address on record: no name, no words and no thread of who wrote in, for it may be somebody else.
/// Returns the event that the caller has to record.
async fn queue_link(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    address: &str,
    message_id: &str,
    now: Instant,
) -> Result<Event, Error> {
    let language = letters::language_of(app, case);
    let until = letters::when(app, case, language, verification::valid_until(now));
    // behind the wall the mail does not say what is asked for
    let names_request = !case.is_restricted();
    let facts = Facts { until, names_request, ..letters::facts(app, case, "", language) };
    let written = compose::write(Letter::Verification, language, &facts, "")?;
    let content = Content {
        address: address.to_owned(),
        subject: written.subject,
        text: written.text,
        html: written.html,
        ..Content::default()
    };
    let purpose = Purpose::Verification;
    acknowledge::queue_as(app, tx, case, purpose, message_id, &content, now).await
}

async fn send_neutral(desk: &mut Desk<'_>, to: Addressee) -> Result<(), Error> {
    let language = letters::language_of(desk.app, &desk.case);
    let facts = letters::facts(desk.app, &desk.case, "", language);
    let written = compose::write(Letter::Neutral, language, &facts, "")?;
    let purpose = Purpose::Verification;
    let queued = acknowledge::queue(desk.app, &mut desk.tx, &desk.case, purpose, to, written, desk.now).await?;
    desk.record(queued).await
}

/// Staff decide that the person is who they say: by a call back, a voucher's number, a paper. Open links end.
///
/// # Errors
/// When no reason is given, the case is not open, or others were quicker.
pub async fn verify_by_staff(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    identities: &[Identity],
    reason: &str,
) -> Result<(), Error> {
    let product = desk::look(app, actor, reference).await?.product;
    let reason = written("reason", reason, "Say how you know that the person is the holder of the account");
    let (identities, reason) = both(subject::typed(app, &product, identities), reason)?;
    // staff may decide while the generation database is away; what they typed is looked up when a run is planned
    let found = match app.sources.get(&product) {
        Some(source) => source.find(&identities).await.ok(),
        None => None,
    };
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    only_open(&desk)?;
    desk.take_up().await?;
    let known = Known::new(app, &product, identities, found.as_ref());
    let identity = desk.keep(subject::PURPOSE, &known.kept()).await?;
    if let Some(found) = &found {
        subject::remember(app, &mut desk.tx, reference, &product, &found.subjects).await?;
    }
    let reason = desk.keep_reason(reason).await?;
    verifications::verifications_end(&mut desk.tx, reference).await?;
    desk.record(Event::VerifiedByStaff { identity, reason }).await?;
    verification::identified(app, &mut desk.tx, &mut desk.case, By::Staff(actor.id), desk.now).await?;
    desk.commit(AuditAction::VerifiedByStaff).await
}

/// Two answers of one form, or everything that is wrong with both.
pub(super) fn both<A, B>(a: Result<A, Error>, b: Result<B, Error>) -> Result<(A, B), Error> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(Error::Invalid(mut a)), Err(Error::Invalid(b))) => {
            a.extend(b);
            Err(Error::Invalid(a))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}
