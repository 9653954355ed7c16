//! Events in a sentence: clocks, verification, holds, runs and copies.

use super::{Teller, What};
use crate::domain::{
    clock::{self, Clock, ClockStart, Duty, Raised, period},
    event::Event,
    identity::ContentId,
    policy::place,
    run::Stop,
};

impl Teller<'_> {
    /// What binds of each duty that starts with a case, and what stands still: "acknowledge in 24 hours, resolve in
    /// 30 days".
    pub(super) fn clocks(&self, pack: &str, starts: &[ClockStart]) -> String {
        let clocks: Vec<_> = starts.iter().map(|start| Clock::started(start, pack, None, Raised::Nothing)).collect();
        let one = |duty: &Duty| {
            let clock = clock::binding_of(&clocks, *duty)?;
            let ends = if clock.paused.is_some() {
                "stands still".to_owned()
            } else {
                clock.due.in_words(clock.zone.unwrap_or(self.zone))
            };
            Some(format!("{} {}: {ends}", duty.label().to_lowercase(), period::words(&clock.period)))
        };
        let told: Vec<_> = Duty::ALL.iter().filter(|duty| **duty != Duty::ExtendBy).filter_map(one).collect();
        format!("{}; pack {pack}", told.join(", "))
    }

    /// What happened around rules, verification, holds and runs.
    pub(super) fn run(&self, event: &Event) -> What {
        let said = |lead: &str, rest: String| What::Event { lead: lead.to_owned(), rest, reason: None };
        let reasoned = |lead: &str, rest: String, reason: ContentId| What::Event {
            lead: lead.to_owned(),
            rest,
            reason: Some(self.content(reason).text),
        };
        match event {
            Event::JurisdictionSet { code } => said("Lives in", format!("{}; its law holds", place::name(code))),
            Event::LanguageSet { language } => said("Language", format!("writes {}", language.label())),
            Event::JurisdictionProposed { code } => {
                said("Place proposed", format!("{}; a second person has to say so too", place::name(code)))
            }
            Event::RuleDoubted { rule, reason } => {
                let rest = format!("{rule} may not apply here; a second person has to find the same");
                reasoned("Rule doubted", rest, *reason)
            }
            Event::RuleRuledOut { rule, reason } => {
                reasoned("Rule ruled out", format!("{rule} does not apply here"), *reason)
            }
            Event::VerificationAsked { .. } => {
                said("Verification asked", "with a link to the address on record, if there is one,".to_owned())
            }
            Event::VerificationConfirmed { .. } => {
                said("Verified", "by the link sent to the address on record".to_owned())
            }
            Event::VerifiedByStaff { reason, .. } => reasoned("Verified", "without a link".to_owned(), *reason),
            Event::RunPlanned { run, .. } => said("Plan made", format!("of run {run}")),
            Event::RunApproved { run, standing: Some(standing) } => {
                said("Run approved", format!("{run}, ahead, by standing approval {standing}; it begins by itself"))
            }
            Event::RunApproved { run, .. } => said("Run approved", format!("{run}; it begins by itself")),
            Event::RunSentBack { run, reason } => reasoned("Sent back", format!("run {run}"), *reason),
            Event::RunExpired { run } => said("Plan expired", format!("of run {run}; nobody approved it in time")),
            Event::RunCancelled { run, reason } => reasoned("Run cancelled", run.to_string(), *reason),
            Event::RunStopped { run, why } => {
                let why = Stop::from_code(why).map_or("for a reason this version does not know", Stop::label);
                said("Run stopped", format!("{run}: {why}"))
            }
            Event::RunFinished { run } => said("Run finished", format!("{run}, verified; its receipt is signed")),
            Event::ExportAsked { run, .. } => said("Copy asked for", format!("run {run} packs it")),
            Event::ExportPacked { run, review: true, .. } => {
                said("Copy packed", format!("by run {run}; a second person looks at it before it goes"))
            }
            Event::ExportPacked { run, .. } => said("Copy packed", format!("by run {run}")),
            Event::ExportReleased { run, .. } => said("Copy released", format!("of run {run}")),
            Event::ExportFetched { .. } => {
                said("Copy opened", "with link and code; a download may have begun".to_owned())
            }
            Event::ExportCodeAsked { .. } => {
                said("New code asked for", "with a link to where the copy’s own went".to_owned())
            }
            Event::ExportCodeShown { .. } => said("New code shown", "the old one no longer opens the copy".to_owned()),
            Event::ExportRevoked { reason, .. } => reasoned("Link withdrawn", "to the copy".to_owned(), *reason),
            Event::ExportDestroyed { .. } => said("Copy destroyed", "its file is gone".to_owned()),
            Event::PageGiven => said("Page given", "with a code and a PIN: the person left no address".to_owned()),
            Event::PageRenewed { code: false } => said("New PIN", "for the case’s page; the old one ended".to_owned()),
            Event::PageRenewed { code: true } => {
                said("New code and PIN", "for the case’s page; the old ones ended".to_owned())
            }
            Event::HoldPlaced { basis, reason, .. } => {
                reasoned("Hold placed", format!("({})", basis.label().to_lowercase()), *reason)
            }
            Event::HoldReleased { reason, .. } => reasoned("Hold released", String::new(), *reason),
            Event::RequesterErasureAsked { reason, .. } => {
                reasoned("Erasure from here asked for", "of the requester".to_owned(), *reason)
            }
            other => self.after(other),
        }
    }
}
