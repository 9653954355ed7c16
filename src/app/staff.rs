//! Adds people who work here.

use super::{App, Error, FieldError, passwords};
use crate::{
    domain::{audit::AuditAction, identity::StaffId, rights::Role},
    store::{audit, staff},
};

/// Adds a member of staff who signs in with `email` and `password`.
///
/// # Errors
/// `Invalid` names what needs another look.
pub async fn create_user(app: &App, email: &str, name: &str, password: &str, roles: &[Role]) -> Result<StaffId, Error> {
    let mut faults = Vec::new();
    if email.trim().parse::<lettre::Address>().is_err() {
        faults.push(FieldError::new("email", "the mail address is not valid"));
    }
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        faults.push(FieldError::new("name", "the name is empty or not on one line"));
    }
    if password.chars().count() < passwords::SHORTEST || password.len() > passwords::LONGEST {
        faults.push(FieldError::new(
            "password",
            format!("the password needs at least {} characters", passwords::SHORTEST),
        ));
    }
    if roles.is_empty() {
        faults.push(FieldError::new("role", "give at least one role: officer, agent or responder"));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let password = password.to_owned();
    let hash = tokio::task::spawn_blocking(move || passwords::hash(&password))
        .await
        .ok()
        .and_then(Result::ok)
        .ok_or(Error::Busy)?;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let id = staff::staff_add(&mut tx, email, name.trim(), &hash, roles, now).await?;
    let id = id.ok_or_else(|| Error::field("email", "somebody signs in with this address already"))?;
    audit::audit_append(&mut tx, now, None, AuditAction::StaffAdded, None, &id.0.to_string());
    tx.commit().await?;
    Ok(id)
}
