//! What an entry is about, in words: entries hold numbers and codes, since they are never changed. Whatever is not as its
//! action writes it is shown as it stands.

use crate::domain::{audit::AuditAction, identity::StaffId, retention::Record, rights::Role, standing::Standing};
use std::collections::HashMap;

/// What is known by name while a page, or a piece of an export, is made.
pub(super) struct Known<'a> {
    /// Everybody who ever worked here.
    pub(super) staff: &'a HashMap<StaffId, String>,
    /// Products by their ids, as tables call them.
    pub(super) products: &'a HashMap<String, String>,
}

impl Known<'_> {
    /// Somebody's name.
    pub(super) fn name(&self, of: StaffId) -> String {
        self.staff.get(&of).cloned().unwrap_or_else(|| format!("Staff {}", of.0))
    }

    /// The thing of an entry with this action.
    pub(super) fn object(&self, action: AuditAction, object: &str) -> String {
        self.said(action, object).unwrap_or_else(|| object.to_owned())
    }

    fn said(&self, action: AuditAction, object: &str) -> Option<String> {
        use AuditAction as A;
        let words: Vec<&str> = object.split(' ').collect();
        match (action, words.as_slice()) {
            (
                A::StaffAdded
                | A::PasswordReset
                | A::SecondFactorReset
                | A::StaffDisabled
                | A::StaffEnabled
                | A::SessionsKilled
                | A::AbsenceSet,
                [id],
            ) => self.person(id),
            (A::PersonJoined, [one, other]) => Some(format!("{} and {}", self.person(one)?, self.person(other)?)),
            (A::RoleGranted | A::RoleTaken, [id, role, place]) => {
                let role = Role::from_code(role)?.label();
                let place = if *place == "all" { "all products".to_owned() } else { self.product(place) };
                Some(format!("{}: {role}, {place}", self.person(id)?))
            }
            (A::SignInSlowed, [digest, hex, id]) => Some(format!("{}, {digest} {hex}", self.person(id)?)),
            (A::RetentionPaused | A::RetentionResumed, [product]) => Some(self.product(product)),
            (A::StandingApprovalGranted, [id, product, what]) => {
                let what = Standing::from_code(what)?.label();
                Some(format!("Standing approval {id}: {}, {what}", self.product(product)))
            }
            (A::StandingApprovalEnded, [id]) => numbered("Standing approval", id),
            (A::RecordsDestroyed, [record, counts @ ..]) => {
                let label = Record::from_code(record)?.label();
                let said = |count: &&str| count.split_once('=').map(|(what, n)| format!("{n} {what}"));
                let counts = counts.iter().map(said).collect::<Option<Vec<_>>>()?;
                let all: Vec<_> = std::iter::once(label.to_owned()).chain(counts).collect();
                Some(all.join(", "))
            }
            (A::MailHandedOver | A::MailFailed, [id]) => numbered("Mail", id),
            (
                A::MessageAttached
                | A::MessageReleased
                | A::MessageDiscarded
                | A::MessagePutBack
                | A::MessageReadAgain
                | A::UnreadMailViewed
                | A::MaterialDisposed,
                [id],
            ) => numbered("Message", id),
            (A::JobRunAgain, [id]) => numbered("Work", id),
            (A::SessionsEnded, [count]) => {
                numbered("", count).map(|n| if n == "1" { "1 session".to_owned() } else { format!("{n} sessions") })
            }
            (A::RecoveryCodeUsed, [left]) => numbered("", left).map(|left| format!("{left} left")),
            _ => None,
        }
    }

    fn person(&self, id: &str) -> Option<String> {
        id.parse().ok().map(|id| self.name(StaffId(id)))
    }

    fn product(&self, id: &str) -> String {
        self.products.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }
}

/// "Mail 17".
fn numbered(what: &str, id: &str) -> Option<String> {
    let id: i64 = id.parse().ok()?;
    Some(format!("{what} {id}").trim_start().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_entry_is_about_is_said_by_name() {
        let staff = HashMap::from([(StaffId(1), "Nisha Rao".to_owned()), (StaffId(2), "Arun Pillai".to_owned())]);
        let products = HashMap::from([("imagegen".to_owned(), "ImageGen".to_owned())]);
        let known = Known { staff: &staff, products: &products };
        for (action, object, says) in [
            (AuditAction::StaffDisabled, "2", "Arun Pillai"),
            (AuditAction::StaffDisabled, "9", "Staff 9"),
            (AuditAction::PersonJoined, "1 2", "Nisha Rao and Arun Pillai"),
            (AuditAction::RoleGranted, "2 auditor imagegen", "Arun Pillai: Auditor, ImageGen"),
            (AuditAction::RoleTaken, "2 lead all", "Arun Pillai: Data protection lead, all products"),
            (AuditAction::RoleTaken, "2 king all", "2 king all"),
            (AuditAction::RetentionPaused, "imagegen", "ImageGen"),
            (AuditAction::RetentionPaused, "gone", "gone"),
            (AuditAction::RecordsDestroyed, "mail mails=3", "Raw copies of mail, 3 mails"),
            (
                AuditAction::StandingApprovalGranted,
                "4 imagegen replay",
                "Standing approval 4: ImageGen, Erasures repeated after a backup was restored",
            ),
            (AuditAction::SessionsEnded, "2", "2 sessions"),
            (AuditAction::JobRunAgain, "<b>", "<b>"),
            (AuditAction::CaseOpened, "", ""),
        ] {
            assert_eq!(known.object(action, object), says, "{action:?} {object}");
        }
    }
}
