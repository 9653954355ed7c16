//! Which case a mail answers. It goes there only where something proves that it answers a mail of ours, or of the
//! person's own on that case, **and** its sender is the case's requester. A mail that only points at a case waits.

use crate::{
    app::{App, Error, follow_ups},
    domain::{
        case::Case,
        identity::Reference,
        mail::{Doubt, Verdict},
    },
    mail::{parse::Letter, thread},
    store::{self, Tx, cases, follow_ups::FollowUp, mails::Mail, messages::Message, threads},
};

/// Where a mail goes.
pub(in crate::app) enum Place {
    /// Into this case.
    Case(Box<Case>),
    /// Somebody who received the person's data answers what they were told on this case.
    Recipient(Box<Case>, Box<FollowUp>),
    /// It says that this mail of ours, on this case, did not arrive or may not.
    Bounced(Box<Case>, Box<Mail>),
    /// It waits; the case is the one it points at.
    Doubtful(Option<Box<Case>>, Doubt),
    /// It points nowhere.
    Nowhere,
}

/// A case that a mail names, and whether it proves that it answers a mail of that case.
struct Named {
    case: Reference,
    proven: bool,
}

/// Everything the mail names a case by, what proves it first.
async fn named(app: &App, tx: &mut Tx, product: &str, letter: &Letter) -> Result<Vec<Named>, Error> {
    let key = app.reply_key();
    let by_token = |token: Option<&str>| thread::read(&key, product, token?);
    let addressed = letter.recipients.iter().filter_map(|address| by_token(thread::token_in(address)));
    let mut named: Vec<_> = addressed.map(|case| Named { case, proven: true }).collect();
    let answers = letter.answers();
    let signed = answers.iter().find_map(|id| by_token(thread::token_of_message_id(id)));
    let known = match signed {
        Some(case) => Some(case),
        None => threads::thread_find(tx, &app.vault, &answers).await?,
    };
    named.extend(known.map(|case| Named { case, proven: true }));
    let words = letter.subject.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    named.extend(words.filter_map(|word| word.parse().ok()).take(3).map(|case| Named { case, proven: false }));
    Ok(named)
}

/// Where the mail belongs. `sender` is the digest of its address.
///
/// # Errors
/// As the database says.
pub(super) async fn place(
    app: &App,
    tx: &mut Tx,
    message: &Message,
    letter: &Letter,
    dmarc: Verdict,
    sender: &[u8],
) -> Result<Place, Error> {
    let mut doubtful = None;
    for Named { case, proven } in named(app, tx, &message.product, letter).await? {
        // of what was erased nobody is known again: a later mail is a new request
        let alive = |case: &Case| case.product == message.product && case.erased.is_none();
        let Some(case) = followed(tx, case).await?.filter(alive) else { continue };
        let theirs = cases::is_requester(tx, case.reference, sender).await?;
        // a number can be guessed; the sender's domain vouching for the address stands in for the thread
        if theirs && (proven || dmarc == Verdict::Pass) && dmarc != Verdict::Fail {
            return Ok(Place::Case(Box::new(case)));
        }
        if let (false, true, false) = (theirs, proven, dmarc == Verdict::Fail)
            && let Some(told) = follow_ups::from_recipient(tx, case.reference, sender).await?
        {
            return Ok(Place::Recipient(Box::new(case), Box::new(told)));
        }
        let why = if theirs { Doubt::Unproven } else { Doubt::Stranger };
        doubtful.get_or_insert((case, why));
    }
    Ok(doubtful.map_or(Place::Nowhere, |(case, why)| Place::Doubtful(Some(Box::new(case)), why)))
}

/// The case, locked; or the one that goes on in its place.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn followed(tx: &mut Tx, case: Reference) -> store::Result<Option<Case>> {
    // merging refuses to close a ring; the bound is for a database that somebody else changed
    const FARTHEST: usize = 20;
    let mut next = case;
    for _ in 0..FARTHEST {
        match cases::case_lock(tx, next).await? {
            Some(Case { merged: Some(into), .. }) => next = into,
            found => return Ok(found),
        }
    }
    Ok(None)
}
