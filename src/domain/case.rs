//! A case: what its events make of it. `Case::apply` is the only code that changes a case's state or clocks.

pub use super::state::{Channel, Outcome, State};
use super::{
    clock::{
        Clock, ClockStart, Duty, Raised,
        fact::{Fact, Facts, Happened},
    },
    event::{By, Event, Purpose, Recorded},
    identity::{ContentId, MailId, Reference, RunId, StaffId},
    kind::Kind,
    language::Language,
    mail::Verdict,
    retention::Record,
    rights::Place,
    time::Instant,
};

/// A case as its events make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// `R-10021`.
    pub reference: Reference,
    /// The product's id, for example `imagegen-artisticmonk`.
    pub product: String,
    /// What is asked for.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// How it ended; only on resolved and closed cases.
    pub outcome: Option<Outcome>,
    /// Who works on it.
    pub owner: Option<StaffId>,
    /// How it came.
    pub channel: Channel,
    /// When it reached us; where its clocks start.
    pub received: Instant,
    /// When it was resolved, if it is.
    pub resolved: Option<Instant>,
    /// Where the person lives, where staff know it; decides which laws hold.
    pub jurisdiction: Option<String>,
    /// The language the person writes, where it is known; what it changes is the pack's to say.
    pub language: Option<Language>,
    /// Every clock, met or running.
    pub clocks: Vec<Clock>,
    /// What was written down that clocks care about, in the order in which it was.
    pub facts: Vec<Happened>,
    /// Where one person says that the person lives, while a second one has to say so too.
    pub place_proposed: Option<(String, StaffId)>,
    /// Rules that two people found not to apply here.
    pub ruled_out: Vec<String>,
    /// A rule that one person found not to apply here.
    pub doubted: Option<(String, StaffId)>,
    /// A change of kind that waits for a second person.
    pub proposed: Option<(Kind, StaffId)>,
    /// How the person was verified, if they were.
    pub verified: Option<Verified>,
    /// The run that waits for approval or is under way.
    pub run: Option<RunId>,
    /// Whenever the person was told that we have their request, and by which mail; without what came back.
    pub told: Vec<(Option<MailId>, Instant)>,
    /// The case that goes on in this one's place.
    pub merged: Option<Reference>,
    /// True once a responder said that a restricted kind is right.
    pub confirmed: bool,
    /// True where something that was written comes from an address whose domain does not confirm it.
    pub doubtful: bool,
    /// When everything that can be read of it was destroyed.
    pub erased: Option<Instant>,
    /// Reports to authorities, each with the duty and the rule that it meets.
    pub reports: Vec<Report>,
    /// The last event's number.
    pub seq: i64,
}

/// That an authority was told, as far as clocks care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The duty and the rule that it meets; none of reports that were written down without saying so: they meet every one.
    pub meets: Option<(Duty, String)>,
    /// When the authority had it.
    pub at: Instant,
}

/// That a person is who they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Since when.
    pub at: Instant,
    /// The content that holds what they are looked up by.
    pub identity: ContentId,
    /// The member of staff who decided it; none where the person used the link.
    pub by: Option<StaffId>,
}

/// Events that do not tell a case's story.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadHistory {
    /// There is no event.
    #[error("the case has no event")]
    Empty,
    /// The first event does not open the case.
    #[error("the case does not begin with case_opened")]
    NotOpened,
    /// An event is missing or stands twice.
    #[error("event {found} stands where {expected} belongs")]
    Gap {
        /// The number that belongs there.
        expected: i64,
        /// The number found.
        found: i64,
    },
}

impl Case {
    /// The case that these events, oldest first, make.
    ///
    /// # Errors
    /// When the events do not begin with `case_opened` or leave a gap.
    pub fn fold(reference: Reference, product: &str, events: &[Recorded]) -> Result<Self, BadHistory> {
        let (first, rest) = events.split_first().ok_or(BadHistory::Empty)?;
        let mut case = Self::open(reference, product, first)?;
        for recorded in rest {
            case.apply(recorded)?;
        }
        Ok(case)
    }

    /// The case right after its first event.
    ///
    /// # Errors
    /// When `first` does not open a case.
    pub fn open(reference: Reference, product: &str, first: &Recorded) -> Result<Self, BadHistory> {
        let Event::CaseOpened { kind, channel, received, .. } = &first.event else { return Err(BadHistory::NotOpened) };
        if first.seq != 1 {
            return Err(BadHistory::Gap { expected: 1, found: first.seq });
        }
        Ok(Self {
            reference,
            product: product.to_owned(),
            kind: *kind,
            state: State::New,
            outcome: None,
            owner: None,
            channel: *channel,
            received: *received,
            resolved: None,
            jurisdiction: None,
            language: None,
            clocks: Vec::new(),
            facts: Vec::new(),
            place_proposed: None,
            ruled_out: Vec::new(),
            doubted: None,
            proposed: None,
            verified: None,
            run: None,
            told: Vec::new(),
            merged: None,
            confirmed: false,
            doubtful: false,
            erased: None,
            reports: Vec::new(),
            seq: 1,
        })
    }

    /// What one more event makes of the case.
    ///
    /// # Errors
    /// When the event is not the next one.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<(), BadHistory> {
        if recorded.seq != self.seq + 1 {
            return Err(BadHistory::Gap { expected: self.seq + 1, found: recorded.seq });
        }
        self.seq = recorded.seq;
        self.decide(recorded.at, recorded.by, &recorded.event);
        match &recorded.event {
            Event::ClocksStarted { pack, clocks } => {
                let before = std::mem::take(&mut self.clocks);
                let clock = |start: &ClockStart| self.started(&before, pack, start);
                self.clocks = clocks.iter().map(clock).collect::<Vec<_>>();
            }
            Event::MailAccepted { .. } | Event::LetterKept { .. } | Event::AcknowledgedOtherwise { .. } => {
                if let Some((_, at)) = self.told.first().copied() {
                    self.meet(Duty::Acknowledge, at);
                }
            }
            Event::MailBounced { purpose, .. } => {
                let told = self.told.first().map(|(_, at)| *at);
                self.clocks.iter_mut().filter(|c| c.duty == Duty::Acknowledge).for_each(|c| c.met = told);
                if *purpose == Purpose::Extension {
                    self.clocks.iter_mut().filter(|c| c.duty == Duty::ExtendBy).for_each(|c| c.met = None);
                }
            }
            Event::FactRecorded { fact, at, .. } => self.learn(*fact, *at),
            Event::ClockAlarmed { duty, layer, rule, due, raised } => {
                let told = |c: &&mut Clock| (c.duty, c.layer, &c.rule, c.due) == (*duty, *layer, rule, *due);
                self.clocks.iter_mut().filter(told).for_each(|c| c.raised = *raised);
            }
            Event::Assigned { to, .. } => {
                self.owner = *to;
            }
            Event::Classified { to, .. } => self.kind = *to,
            Event::RunPlanned { .. } | Event::ReplayPlanned { .. } | Event::ExportPacked { review: true, .. } => {
                self.go_on(State::WaitingApproval, recorded.at);
            }
            Event::RunApproved { .. }
            | Event::RunStopped { .. }
            | Event::RunSentBack { .. }
            | Event::RunExpired { .. }
            | Event::RunCancelled { .. }
            | Event::RunFinished { .. }
            | Event::ExportReleased { .. } => self.go_on(State::Open, recorded.at),
            Event::MailFailed { purpose: Purpose::Extension, .. } => {
                self.clocks.iter_mut().filter(|c| c.duty == Duty::ExtendBy).for_each(|c| c.met = None);
            }
            Event::StateChanged { to, outcome, .. } => self.enter(*to, *outcome, recorded.at),
            Event::AuthorityTold { duty, rule, at, .. } => {
                let asked = |c: &&mut Clock| c.duty == *duty && c.rule == *rule && c.met.is_none();
                self.clocks.iter_mut().filter(asked).for_each(|c| c.met = Some(*at));
            }
            Event::CaseOpened { .. }
            | Event::RecordsDestroyed { .. }
            | Event::RequesterErasureAsked { .. }
            | Event::RequesterErasureApproved { .. }
            | Event::RequesterErasureRefused { .. }
            | Event::RequesterErased { .. }
            | Event::ReportCorrected { .. }
            | Event::MessageReceived { .. }
            | Event::MessageQuarantined { .. }
            | Event::MessageDiscarded { .. }
            | Event::MessageRedacted { .. }
            | Event::MaterialDisposed { .. }
            | Event::RestrictionConfirmed { .. }
            | Event::Merged { .. }
            | Event::Absorbed { .. }
            | Event::StatementRecorded { .. }
            | Event::PageGiven
            | Event::PageRenewed { .. }
            | Event::MailQueued { .. }
            | Event::MailFailed { .. }
            | Event::NoteAdded { .. }
            | Event::JurisdictionSet { .. }
            | Event::LanguageSet { .. }
            | Event::JurisdictionProposed { .. }
            | Event::RuleDoubted { .. }
            | Event::RuleRuledOut { .. }
            | Event::ClassificationProposed { .. }
            | Event::VerificationAsked { .. }
            | Event::VerificationConfirmed { .. }
            | Event::VerifiedByStaff { .. }
            | Event::ExportAsked { .. }
            | Event::RecipientTold { .. }
            | Event::RecipientAnswered { .. }
            | Event::RecipientConfirmed { .. }
            | Event::RecipientFailed { .. }
            | Event::RecipientRetried { .. }
            | Event::RecipientWaived { .. }
            | Event::BackupsExpired { .. }
            | Event::SealedDestroyed { .. }
            | Event::ExportPacked { review: false, .. }
            | Event::ExportFetched { .. }
            | Event::ExportCodeAsked { .. }
            | Event::ExportCodeShown { .. }
            | Event::ExportRevoked { .. }
            | Event::ExportDestroyed { .. }
            | Event::HoldPlaced { .. }
            | Event::HoldReleased { .. } => {}
        }
        Ok(())
    }

    /// What two people or a link have decided so far; `store::cases` reads just the events this looks at.
    pub fn decide(&mut self, at: Instant, by: By, event: &Event) {
        let by = if let By::Staff(by) = by { Some(by) } else { None };
        match event {
            Event::ClassificationProposed { to, .. } => self.proposed = by.map(|by| (*to, by)),
            Event::Classified { .. } => {
                self.proposed = None;
                // what was confirmed was the kind before
                self.confirmed = false;
            }
            Event::FactRecorded { fact, at: happened, .. } => {
                self.facts.push(Happened { fact: *fact, at: *happened });
                match fact {
                    Fact::AcknowledgementBounced => self.told.clear(),
                    Fact::ReportedToAuthority => self.reports.push(Report { meets: None, at: *happened }),
                    _ => {}
                }
            }
            // a person's reply tells the requester as much as our confirmation does
            Event::MailAccepted { mail, purpose } if purpose.acknowledges() => self.told.push((Some(*mail), at)),
            Event::AcknowledgedOtherwise { .. } => self.told.push((None, at)),
            // on their page, where they look for it
            Event::LetterKept { purpose, .. } if purpose.acknowledges() => self.told.push((None, at)),
            Event::MailFailed { purpose: Purpose::Extension, .. } => {
                self.facts.push(Happened { fact: Fact::ExtensionFailed, at });
            }
            Event::MailBounced { mail, purpose, .. } => {
                self.told.retain(|(told, _)| *told != Some(*mail));
                if *purpose == Purpose::Extension {
                    self.facts.push(Happened { fact: Fact::ExtensionFailed, at });
                }
            }
            Event::AuthorityTold { duty, rule, at: told, .. } => {
                self.facts.push(Happened { fact: Fact::ReportedToAuthority, at: *told });
                self.reports.push(Report { meets: Some((*duty, rule.clone())), at: *told });
            }
            Event::RecordsDestroyed { record: Record::Case, .. } => self.erased = Some(at),
            Event::MessageReceived { dmarc: Verdict::Fail, automatic: false, .. } => self.doubtful = true,
            Event::RestrictionConfirmed { .. } => self.confirmed = true,
            Event::Merged { into, .. } => self.merged = Some(*into),
            Event::StateChanged { from, to, .. } if from.is_open() != to.is_open() => {
                let fact = if to.is_open() { Fact::Reopened } else { Fact::Resolved };
                self.facts.push(Happened { fact, at });
            }
            Event::RuleDoubted { rule, .. } => self.doubted = by.map(|by| (rule.clone(), by)),
            Event::RuleRuledOut { rule, .. } => {
                self.ruled_out.push(rule.clone());
                self.doubted = None;
            }
            Event::JurisdictionProposed { code } => self.place_proposed = by.map(|by| (code.clone(), by)),
            Event::JurisdictionSet { code } => {
                self.jurisdiction = Some(code.clone());
                self.place_proposed = None;
            }
            Event::LanguageSet { language } => self.language = Some(*language),
            Event::VerificationConfirmed { identity, .. } | Event::VerifiedByStaff { identity, .. } => {
                self.verified = Some(Verified { at, identity: *identity, by });
            }
            Event::RunPlanned { run, .. } | Event::ReplayPlanned { run, .. } | Event::ExportAsked { run, .. } => {
                self.run = Some(*run);
            }
            Event::RunSentBack { .. }
            | Event::RunExpired { .. }
            | Event::RunCancelled { .. }
            | Event::RunFinished { .. }
            | Event::ExportReleased { .. } => self.run = None,
            _ => {}
        }
    }

    /// Where a run leads an open case. What is erased again after a restore reopens no case that has ended.
    fn go_on(&mut self, state: State, at: Instant) {
        if self.state.is_open() {
            self.enter(state, None, at);
        }
    }

    fn enter(&mut self, state: State, outcome: Option<Outcome>, at: Instant) {
        let was_open = self.state.is_open();
        self.state = state;
        if state.is_open() {
            self.outcome = None;
            self.resolved = None;
            self.clocks.iter_mut().filter(|c| c.duty == Duty::Resolve).for_each(|c| c.met = None);
        } else if was_open {
            self.outcome = outcome;
            self.resolved = Some(at);
            self.meet(Duty::Resolve, at);
        }
    }

    /// What a fact does to clocks that run already; where it moves their ends, `clocks_started` follows.
    fn learn(&mut self, fact: Fact, at: Instant) {
        match fact {
            Fact::AcknowledgementBounced => {
                self.clocks.iter_mut().filter(|c| c.duty == Duty::Acknowledge).for_each(|c| c.met = None);
            }
            Fact::Extended => self.meet(Duty::ExtendBy, at),
            Fact::ReportedToAuthority => {
                self.meet(Duty::NotifyAuthorityInitial, at);
                self.meet(Duty::NotifyAuthority, at);
            }
            Fact::SubjectsNotified => self.meet(Duty::NotifySubjects, at),
            Fact::RecipientsNotified => self.meet(Duty::NotifyRecipients, at),
            _ => {}
        }
    }

    /// A clock as it starts anew: what was done, and told of it, stays done and told.
    fn started(&self, before: &[Clock], pack: &str, start: &ClockStart) -> Clock {
        let met = before.iter().filter(|c| c.duty == start.duty).find_map(|c| c.met);
        // a report to one authority is none to another
        let met = if start.duty.is_report() { self.reported(start) } else { met };
        let raised = before.iter().find(|c| c.is_same(start)).map_or(Raised::Nothing, |c| c.raised);
        Clock::started(start, pack, met.or_else(|| self.done(start.duty)), raised)
    }

    /// When the authority of a rule was told.
    fn reported(&self, start: &ClockStart) -> Option<Instant> {
        let is_it = |report: &&Report| {
            report.meets.as_ref().is_none_or(|(duty, rule)| *duty == start.duty && *rule == start.rule)
        };
        self.reports.iter().filter(is_it).map(|report| report.at).min()
    }

    /// When a duty was done that no clock stood for then.
    fn done(&self, duty: Duty) -> Option<Instant> {
        let fact = match duty {
            Duty::Acknowledge => return self.told.first().map(|(_, at)| *at),
            Duty::ExtendBy => Fact::Extended,
            Duty::NotifySubjects => Fact::SubjectsNotified,
            Duty::NotifyRecipients => Fact::RecipientsNotified,
            _ => return None,
        };
        if fact == Fact::Extended {
            return self.facts().stands(fact, Fact::ExtensionFailed);
        }
        self.facts.iter().find(|happened| happened.fact == fact).map(|happened| happened.at)
    }

    /// What clocks are computed from.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts::new(self.received, self.facts.clone())
    }

    fn meet(&mut self, duty: Duty, at: Instant) {
        self.clocks.iter_mut().filter(|c| c.duty == duty && c.met.is_none()).for_each(|c| c.met = Some(at));
    }

    /// True when only responders may see more than the clocks.
    #[must_use]
    pub const fn is_restricted(&self) -> bool {
        self.kind.is_restricted()
    }

    /// Where whatever is done on it is done.
    #[must_use]
    pub const fn place(&self) -> Place<'_> {
        Place::of(self.product.as_str(), self.is_restricted())
    }

    /// The clock the case is sorted by: the earliest that binds and is not met. None once all are met or the case
    /// is resolved.
    #[must_use]
    pub fn binding(&self) -> Option<&Clock> {
        super::clock::binding(&self.clocks).filter(|_| self.state.is_open())
    }
}
