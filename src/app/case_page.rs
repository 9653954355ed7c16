//! What a case's page shows: to responders and ordinary readers everything they may see, to others the clocks.

use super::{
    App, Error,
    clockwork::{self, Clockwork},
    exports::{self, PackageLine},
    follow_ups::{self, FollowUpLine},
    letters::{self, LetterBox},
    mailroom, material, pickup,
    proof::{self, Held, Proof},
    quarantine::{self, Waiting},
    queue::Choice,
    runs::{self, Closing, Letter},
    subject, timeline,
};
use crate::{
    domain::{
        audit::AuditAction,
        case::{Case, State},
        clock::{Clock, Duty, binding_of},
        copy::CopyForm,
        event::{Event, Purpose, Recorded},
        identity::{Reference, RunId, StaffId},
        kind::Kind,
        rights::{Act, Actor},
        run::{RunKind, RunState},
        secrets,
        time::Instant,
    },
    store::{audit, cases, contents, drafts, events, pickups, staff, suppressions},
};

pub use super::timeline::{Attachment, Entry, What};

/// A line of "before closing".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What has to be so.
    pub says: &'static str,
    /// True when it is.
    pub done: bool,
}

/// Another case of the same requester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// `R-10021`.
    pub reference: Reference,
    /// "access, closed 14 Mar 2026".
    pub says: String,
}

/// A case as those outside the circle see a restricted one.
#[derive(Debug, Clone)]
pub struct Walled {
    /// `R-10021`.
    pub reference: Reference,
    /// Open or closed; nothing finer.
    pub state: State,
    /// Who works on it.
    pub owner: Option<String>,
    /// Every clock.
    pub clocks: Vec<Clock>,
    /// The moment the page speaks of.
    pub now: Instant,
    /// The zone of its dates.
    pub zone: chrono_tz::Tz,
}

/// A case in full.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Full {
    /// The case itself.
    pub case: Case,
    /// The product's name in tables.
    pub product: String,
    /// The owner's name.
    pub owner: Option<String>,
    /// The requester's name as they gave it; may be empty.
    pub requester: String,
    /// Where answers go; none when the person left no address.
    pub address: Option<String>,
    /// True where letters are put on a page of the case: the person has no address.
    pub on_page: bool,
    /// True where the case has such a page, also while it is restricted.
    pub has_page: bool,
    /// That the address takes no mail, where it does not.
    pub blocked: Option<String>,
    /// The first mail's subject line.
    pub subject: String,
    /// Oldest first.
    pub timeline: Vec<Entry>,
    /// What is left before closing.
    pub checks: Vec<Check>,
    /// How sure we are that the person is the holder of the account.
    pub proof: Proof,
    /// What a person can be looked up by.
    pub identity_kinds: Vec<String>,
    /// True where the product has a generation database to look into.
    pub looks_up: bool,
    /// True where what is recorded of the person's consents can be looked up.
    pub reviews_consents: bool,
    /// What kind of run can answer it; none where staff act by themselves.
    pub answer: Option<RunKind>,
    /// The least that a copy has to be.
    pub least_copy: CopyForm,
    /// What a hold can be limited to: categories, and tables with what people call them.
    pub parts: (Vec<String>, Vec<(String, String)>),
    /// Holds of this case that stand.
    pub holds: Vec<Held>,
    /// Erasures that left something because of a hold which stands no more, each with its case.
    pub freed: Vec<(Reference, RunId)>,
    /// The runs of the case, newest first.
    pub runs: Vec<(RunId, RunKind, RunState)>,
    /// What follows once the person's data was changed: recipients to tell, backups that run out.
    pub follow_ups: Vec<FollowUpLine>,
    /// Copies of the data that were let go, newest first.
    pub packages: Vec<PackageLine>,
    /// The letter that would end the case, as it is proposed; only where a run was asked for and none is open.
    pub closing: Option<Closing>,
    /// Other cases of the same requester.
    pub linked: Vec<Linked>,
    /// Mail that points at this case and waits for a decision.
    pub near: Vec<Waiting>,
    /// What is destroyed once a restricted kind is confirmed, in words.
    pub goes: String,
    /// Whom the case can be given to; only responders for a restricted one.
    pub staff: Vec<Choice<StaffId>>,
    /// False for those who only read.
    pub may_work: bool,
    /// True where the reader may be the second person for the kind that somebody proposed.
    pub may_second_kind: bool,
    /// True where they may be it for the rule that somebody found not to apply.
    pub may_second_rule: bool,
    /// What this person had begun to write.
    pub draft: Option<String>,
    /// What can be written to the person.
    pub letters: LetterBox,
    /// What can be done about its clocks, and whom the person can turn to.
    pub clockwork: Clockwork,
    /// The moment the page speaks of.
    pub now: Instant,
    /// The zone of its dates.
    pub zone: chrono_tz::Tz,
}

impl Full {
    /// True where letters reach the person: by mail, or on the page of their case.
    #[must_use]
    pub const fn can_be_answered(&self) -> bool {
        self.address.is_some() || self.on_page
    }

    /// True where the reader may do something with it: they work on cases, and it was not erased.
    #[must_use]
    pub const fn takes_work(&self) -> bool {
        self.may_work && self.case.erased.is_none()
    }
}

/// A case's page.
#[derive(Debug, Clone)]
pub enum CasePage {
    /// For everybody who may see it whole.
    Full(Box<Full>),
    /// For those outside the circle.
    Walled(Walled),
}

/// Loads a case's page, with the proposed `letter` where it can be ended by one. Every view of a restricted case by its circle is audited.
///
/// # Errors
/// `NotFound` where there is no such case.
pub async fn load(app: &App, actor: &Actor, reference: Reference, letter: Letter) -> Result<CasePage, Error> {
    let mut tx = app.db.read().await?;
    let theirs = |case: &Case| actor.may(Act::SeeCases, &case.product);
    let case = cases::case_get(&mut tx, reference).await?.filter(theirs).ok_or(Error::NotFound)?;
    let (now, zone) = (app.now(), app.packs.zone(&case.product));
    let everybody = staff::staff_all(&mut tx).await?;
    let names = staff::staff_names(&mut tx).await?;
    let owner = case.owner.and_then(|id| names.get(&id).cloned());
    let circle = actor.may(Act::SeeRestricted, &case.product);
    if case.is_restricted() && !circle {
        let state = if case.state.is_open() { State::Open } else { State::Closed };
        // a rule's own sentence would say what the case is about
        // of each duty the one that counts: periods and rivals would say what the case is about
        let counts = |duty| {
            binding_of(&case.clocks, duty).or_else(|| case.clocks.iter().find(|c| c.duty == duty && c.met.is_some()))
        };
        let clocks = [Duty::Acknowledge, Duty::Resolve].into_iter().filter_map(counts).cloned();
        let clocks = clocks.filter_map(Clock::walled).collect();
        return Ok(CasePage::Walled(Walled { reference, state, owner, clocks, now, zone }));
    }
    let events = events::events_of(&mut tx, reference).await?;
    let events = proof::open_to(actor, &case.product, events);
    let timeline = timeline::entries(app, &mut tx, &case, &events).await?;
    let first = contents::content_first(&mut tx, &app.vault, reference).await?.unwrap_or_default();
    let proof = proof::proof(app, &mut tx, &case, &events, &names).await?;
    let freed = super::held::freed(&mut tx, actor, &case).await?;
    let holds = proof::held(app, &mut tx, actor, &case, &names).await?;
    let runs = runs::of_case(&mut tx, actor, reference).await?;
    let mut follow_ups = follow_ups::of_case(app, &mut tx, reference).await?;
    let packages = exports::of_case(&mut tx, reference).await?;
    let may_close = case.kind.run().is_some() && case.state.is_open() && case.run.is_none();
    let closing = if may_close { Some(runs::proposed(app, &mut tx, &case, &first.name, letter).await?) } else { None };
    let linked = cases::cases_linked(&mut tx, reference, &actor.sight(Act::SeeCases)).await?;
    let known = match cases::requester_digest(&mut tx, reference).await? {
        Some(digest) => suppressions::suppression(&mut tx, &digest).await?,
        None => None,
    };
    let near = quarantine::near(app, actor, &mut tx, reference).await?;
    let goes = if case.is_restricted() { goes(app, &case, &timeline) } else { String::new() };
    let on_page = first.address.is_empty() && pickup::has_page(&mut tx, &case).await?;
    let has_page = pickups::pickup_is_there(&mut tx, reference).await?;
    let letters = letters::offer(app, &case, &first, now)?;
    let draft = drafts::draft_get(&mut tx, &app.vault, reference, actor.id).await?;
    drop(tx);
    if case.is_restricted() {
        let mut tx = app.db.begin().await?;
        let by = actor.doing(Act::SeeRestricted, &case.product);
        audit::audit_append(&mut tx, now, by, AuditAction::RestrictedCaseViewed, Some(reference), "");
        tx.commit().await?;
    }
    let restricted = case.is_restricted();
    let may_own = |a: &&Actor| a.may_in_case(Act::WorkCases, &case.product, restricted);
    let may_work = actor.may(Act::WorkCases, &case.product);
    let may_second = |by: StaffId| actor.second(by, Act::WorkCases, case.place()).is_some();
    let may_second_kind = case.proposed.is_some_and(|(_, by)| may_second(by));
    let may_second_rule = case.doubted.as_ref().is_some_and(|(_, by)| may_second(*by));
    if !may_work {
        for one in &mut follow_ups {
            one.steps.clear();
        }
    }
    Ok(CasePage::Full(Box::new(Full {
        product: app.packs.short(&case.product),
        owner,
        requester: first.name,
        address: Some(first.address).filter(|a| !a.is_empty()),
        on_page,
        has_page,
        blocked: known.map(|known| mailroom::block_words(&known, zone)),
        subject: secrets::masked(&first.subject),
        timeline,
        checks: checks(&case, &events, &packages),
        proof,
        identity_kinds: subject::kinds(app, &case.product),
        parts: app.sources.get(&case.product).map(crate::generation::Source::limits).unwrap_or_default(),
        looks_up: app.sources.contains_key(&case.product),
        reviews_consents: may_work && super::consents::can_be_reviewed(app, &case) && case.verified.is_some(),
        answer: runs::answers(app, &case),
        least_copy: exports::least_form(app, &case),
        holds,
        freed,
        runs,
        follow_ups,
        packages,
        closing,
        linked: linked.into_iter().map(|one| linked_line(one, zone)).collect(),
        near,
        goes,
        staff: everybody.iter().filter(may_own).map(|a| Choice { id: a.id, name: a.name.clone() }).collect(),
        may_work,
        may_second_kind,
        may_second_rule,
        draft,
        letters,
        clockwork: clockwork::of(app, &case, now),
        now,
        zone,
        case,
    })))
}

/// What goes once a restricted kind is confirmed, in numbers.
fn goes(app: &App, case: &Case, timeline: &[Entry]) -> String {
    let files =
        |entry: &Entry| if let What::MailIn { attachments, .. } = &entry.what { Some(attachments.len()) } else { None };
    let mails: Vec<_> = timeline.iter().filter_map(files).collect();
    let goes = material::goes(app, &case.product);
    if goes.is_empty() {
        return "The product's pack says that everything is preserved: nothing is destroyed.".to_owned();
    }
    let what = goes.iter().map(|one| one.label()).collect::<Vec<_>>().join(", ");
    format!(
        "For good, and not to be undone: {what} ({} mails with {} files). Name, size and a digest of each file stay. The person is asked to send nothing of the sort.",
        mails.len(),
        mails.iter().sum::<usize>()
    )
}

fn checks(case: &Case, events: &[Recorded], packages: &[PackageLine]) -> Vec<Check> {
    let acknowledged = case.clocks.iter().any(|c| c.duty == Duty::Acknowledge && c.met.is_some());
    let mut checks = vec![
        Check { says: "Acknowledged", done: acknowledged },
        Check { says: "It is clear what it is about", done: case.kind != Kind::Inquiry },
        Check { says: "Somebody owns it", done: case.owner.is_some() },
    ];
    if case.kind.needs_identity() {
        checks.push(Check { says: "Identity verified", done: case.verified.is_some() });
    }
    if case.kind == Kind::Erasure {
        let finished = events.iter().any(|recorded| matches!(recorded.event, Event::RunFinished { .. }));
        checks.push(Check { says: "Erased and verified, or refused", done: finished || case.resolved.is_some() });
    }
    if case.kind.run() == Some(RunKind::Export) {
        // a link that was withdrawn before anybody used it has brought the person nothing
        let released = packages.iter().any(|package| package.works || package.fetched.0 > 0);
        checks.push(Check { says: "Copy released, or answered", done: released || case.resolved.is_some() });
    }
    checks.extend([
        Check {
            says: "The person was answered",
            done: [Purpose::Reply, Purpose::Closing, Purpose::Delivery]
                .iter()
                .any(|purpose| timeline::was_accepted(events, *purpose)),
        },
        Check { says: "Resolved with an outcome", done: case.resolved.is_some() },
    ]);
    checks
}

fn linked_line(
    (reference, kind, state, resolved): (Reference, Kind, State, Option<Instant>),
    zone: chrono_tz::Tz,
) -> Linked {
    let when = resolved.map(|at| format!(" {}", at.local(zone).format("%-d %b %Y"))).unwrap_or_default();
    Linked { reference, says: format!("{}, {}{when}", kind.label().to_lowercase(), state.label().to_lowercase()) }
}
