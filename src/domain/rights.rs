//! Who may do what: one function decides, every verb asks it.

use super::{codes::codes, identity::StaffId, sign_in::Proof};

codes! {
    /// What a member of staff is there for; a person may have several roles.
    Role {
        Officer "officer" "Grievance officer",
        Lead "lead" "Data protection lead",
        Agent "agent" "Agent",
        Responder "responder" "Restricted responder",
    }
}

/// The member of staff on whose behalf something happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The row in `staff`.
    pub id: StaffId,
    /// As shown on screens and in mail.
    pub name: String,
    /// What they are there for; empty means they may do nothing.
    pub roles: Vec<Role>,
    /// Whether they have proved who they are a short while ago: for what cannot be taken back.
    pub proof: Proof,
}

/// Something that needs a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// See lists, clocks and the cases outside the wall.
    SeeCases,
    /// Change a case outside the wall.
    WorkCases,
    /// See and change what stands behind the restricted wall.
    SeeRestricted,
    /// Approve or send back what somebody else asked for.
    ApproveRuns,
    /// See, place and release holds that nobody else may learn of.
    SeeSecretHolds,
    /// Read mail that became no case, and mail that left.
    SeeMail,
    /// Look through the audit log, and export it.
    SeeAudit,
}

impl Actor {
    /// True when one of the actor's roles allows `act`.
    #[must_use]
    pub fn may(&self, act: Act) -> bool {
        self.roles.iter().any(|role| match act {
            Act::SeeCases | Act::WorkCases | Act::SeeMail => true,
            Act::ApproveRuns => matches!(role, Role::Officer | Role::Lead),
            Act::SeeAudit => *role == Role::Lead,
            Act::SeeSecretHolds => matches!(role, Role::Responder | Role::Lead),
            Act::SeeRestricted => *role == Role::Responder,
        })
    }

    /// The role named beside the person's name.
    #[must_use]
    pub fn title(&self) -> &'static str {
        Role::ALL.iter().find(|role| self.roles.contains(role)).map_or("No role", |role| role.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_responders_see_behind_the_wall_and_nobody_without_a_role_sees_anything() {
        let actor =
            |roles: &[Role]| Actor { id: StaffId(1), name: "A".into(), roles: roles.to_vec(), proof: Proof::Stale };
        assert!(actor(&[Role::Agent, Role::Responder]).may(Act::SeeRestricted));
        assert!(!actor(&[Role::Officer, Role::Agent]).may(Act::SeeRestricted));
        assert!(!actor(&[]).may(Act::SeeCases));
    }
}
