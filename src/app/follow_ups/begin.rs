//! Begins what follows, in the transaction of what it follows: one row a recipient of the product's pack, and one for the
//! backups of an erasure. What cannot be told by itself becomes a task for staff.

use super::{Handed, Partner, Reach, name, number, partner, tell};
use crate::{
    app::{App, Error, desk::Desk, runs::Secret, subject::Known},
    domain::{
        case::{Case, Outcome},
        event::By,
        follow_up::{self, Way, changes, tell_by},
        identity::{Identity, RunId},
        run::RunKind,
        time::Instant,
        work::Work,
    },
    generation::Aim,
    store::{
        Tx, contents,
        follow_ups::{self, NewFollowUp},
        jobs,
        runs::Run,
    },
};

/// What was done to a person's data.
struct Change {
    run: Option<RunId>,
    did: RunKind,
    /// The use of the data that a choice is about.
    uses: Option<String>,
    /// By what the person was looked up, and what their account is called.
    identities: Vec<Identity>,
    /// True where it has to be staff who tell, whatever the configuration says.
    by_hand: bool,
}

/// What follows from a run that has just finished. What is erased again after a restore concerns our own copies alone.
pub(in crate::app) async fn after_run(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    run: &Run,
    secret: &Secret,
    now: Instant,
) -> Result<(), Error> {
    if run.kind.is_copy() {
        return Ok(());
    }
    if secret.replays.is_none() {
        let mut identities = secret.identities.clone();
        let own = app.sources.get(&run.product).map(|source| source.names(&secret.target.subjects));
        identities.extend(own.unwrap_or_default().into_iter().filter(|own| !secret.identities.contains(own)));
        let uses = match &secret.target.aim {
            Aim::Choose { what, .. } => Some(what.clone()),
            Aim::Erase | Aim::Correct { .. } => None,
        };
        // which part a limited run was about, or what a hold kept of it, only staff can say
        let is_whole = secret.target.extent.is_whole() && secret.target.held.extent.is_whole();
        let by_hand = case.is_restricted() || !is_whole;
        let change = Change { run: Some(run.id), did: run.kind, uses, identities, by_hand };
        recipients(app, tx, case, &change, now).await?;
    }
    if run.kind == RunKind::Erase {
        backups(app, tx, case, Some(run.id), now).await?;
    }
    Ok(())
}

/// What follows where staff resolve a case whose request they met by hand. Of what was granted in part only they know what
/// was done, so that they tell.
pub(in crate::app) async fn after_resolving(desk: &mut Desk<'_>, outcome: Option<Outcome>) -> Result<(), Error> {
    let (app, now) = (desk.app, desk.now);
    let by_hand = match outcome {
        Some(Outcome::Granted) => desk.case.is_restricted(),
        Some(Outcome::Partial) => true,
        _ => return Ok(()),
    };
    let Some(did) = changes(desk.case.kind) else { return Ok(()) };
    let known = follow_ups::follow_ups_of(&mut desk.tx, desk.case.reference).await?;
    // a run did it, or it was resolved before; what a cancelled run had sealed until then tells nobody anything
    if known.iter().any(|one| one.did == did && one.way != Way::Sealed) {
        return Ok(());
    }
    let identities = match desk.case.verified {
        Some(verified) => {
            let content = contents::content_get(&mut desk.tx, &app.vault, verified.identity).await?;
            Known::read(&content.unwrap_or_default()).identities
        }
        None => Vec::new(),
    };
    let uses = desk.case.kind.choice().map(|(what, _)| what.to_owned());
    let change = Change { run: None, did, uses, identities, by_hand };
    recipients(app, &mut desk.tx, &mut desk.case, &change, now).await?;
    if did == RunKind::Erase {
        backups(app, &mut desk.tx, &mut desk.case, None, now).await?;
    }
    Ok(())
}

async fn recipients(app: &App, tx: &mut Tx, case: &mut Case, change: &Change, now: Instant) -> Result<(), Error> {
    let product = case.product.clone();
    let all: Vec<_> = app.packs.get(&product).map(|pack| pack.copy.recipients.iter()).into_iter().flatten().collect();
    for recipient in all {
        let partner = partner(app, &product, &recipient.id);
        let is_told = |partner: &Partner| {
            let of_this = partner.kinds.is_empty() || partner.kinds.contains(&change.did);
            of_this && !matches!(partner.reach, Reach::Never)
        };
        if !partner.is_none_or(is_told) {
            continue;
        }
        let known_by: Vec<_> = partner.map(|partner| handed_on(partner, change)).unwrap_or_default();
        let way = match partner {
            // who is not named cannot be told of by a machine
            Some(partner) if !change.by_hand && !known_by.is_empty() => match partner.reach {
                Reach::Mail(_) => Way::Mail,
                Reach::Webhook(_) => Way::Webhook,
                Reach::Never => Way::Hand,
            },
            _ => Way::Hand,
        };
        let handed = Handed { known_by, uses: change.uses.clone() };
        let handed = serde_json::to_vec(&handed).unwrap_or_default();
        let within = partner.map_or(follow_up::WITHIN, |partner| partner.within);
        let new = NewFollowUp {
            case: case.reference,
            run: change.run,
            product: &product,
            recipient: Some(&recipient.id),
            did: change.did,
            way,
            number: &number()?,
            known_by: (way != Way::Hand).then_some(handed.as_slice()),
            at: now,
            due: tell_by(within, now, app.packs.zone(&product)),
        };
        let id = follow_ups::follow_up_begin(tx, &app.vault, &new).await?;
        match (way, partner.map(|partner| &partner.reach)) {
            (Way::Webhook, _) => {
                jobs::job_enqueue(tx, &Work::TellRecipient { follow_up: id }, 0).await?;
            }
            (Way::Mail, Some(Reach::Mail(address))) => {
                let mut one = follow_ups::follow_up_lock(tx, id).await?.ok_or(Error::NotFound)?;
                let called = name(app, &product, &recipient.id);
                tell::queue_mail(app, tx, case, &mut one, (&called, address), By::System, now).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// What of the person's identities this recipient may have.
fn handed_on(partner: &Partner, change: &Change) -> Vec<Identity> {
    change.identities.iter().filter(|identity| partner.identify_by.contains(&identity.kind)).cloned().collect()
}

/// The backups of an erasure, where the configuration says how long they last.
async fn backups(app: &App, tx: &mut Tx, case: &mut Case, run: Option<RunId>, now: Instant) -> Result<(), Error> {
    let Some(period) = app.settings.backups.get(&case.product) else { return Ok(()) };
    let product = case.product.clone();
    let new = NewFollowUp {
        case: case.reference,
        run,
        product: &product,
        recipient: None,
        did: RunKind::Erase,
        way: Way::Time,
        number: &number()?,
        known_by: None,
        at: now,
        due: follow_up::gone_by(*period, now, app.packs.zone(&product)),
    };
    follow_ups::follow_up_begin(tx, &app.vault, &new).await?;
    Ok(())
}
