//! The people who work here, and their roles.

use super::{Result, Tx, devices, per_engine, row::known, sql};
use crate::domain::{
    identity::{StaffId, normal_address},
    rights::{Actor, Role},
    sign_in::Proof,
    time::Instant,
};

/// Adds a member of staff; none when the address is taken.
///
/// # Errors
/// As the database says.
pub async fn staff_add(
    tx: &mut Tx,
    email: &str,
    name: &str,
    hash: &str,
    roles: &[Role],
    at: Instant,
) -> Result<Option<StaffId>> {
    let row = sql(
        "INSERT INTO staff (email, name, password_hash, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (email) DO NOTHING RETURNING id",
    )
    .bind(normal_address(email))
    .bind(name)
    .bind(hash)
    .bind(at)
    .maybe::<(i64,)>(tx)
    .await?;
    let Some((id,)) = row else { return Ok(None) };
    for role in roles {
        sql("INSERT INTO staff_roles (staff_id, role) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(role.code())
            .run(tx)
            .await?;
    }
    Ok(Some(StaffId(id)))
}

/// Who signs in with this address, and the stored hash; nobody when unknown or disabled.
///
/// # Errors
/// As the database says.
pub async fn staff_by_email(tx: &mut Tx, email: &str) -> Result<Option<(StaffId, String)>> {
    let row = sql("SELECT id, password_hash FROM staff WHERE email = $1 AND disabled_at IS NULL")
        .bind(normal_address(email))
        .maybe::<(i64, String)>(tx)
        .await?;
    Ok(row.map(|(id, hash)| (StaffId(id), hash)))
}

/// An account as signing in sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Account {
    /// Whose it is.
    id: i64,
    /// The address they sign in with.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The stored hash of the password; empty before the first one is set.
    pub password_hash: String,
    /// Grows with every change of password or factors.
    pub stamp: i64,
    /// Since when nobody may sign in with it.
    disabled_at: Option<i64>,
}

impl Account {
    /// Whose it is.
    #[must_use]
    pub const fn staff(&self) -> StaffId {
        StaffId(self.id)
    }

    /// True while nobody may sign in with it.
    #[must_use]
    pub const fn is_disabled(&self) -> bool {
        self.disabled_at.is_some()
    }
}

/// The account of an address, disabled ones too.
///
/// # Errors
/// As the database says.
pub async fn account_by_email(tx: &mut Tx, email: &str) -> Result<Option<Account>> {
    sql("SELECT id, email, name, password_hash, stamp, disabled_at FROM staff WHERE email = $1")
        .bind(normal_address(email))
        .maybe(tx)
        .await
}

/// The account of a member of staff, disabled ones too.
///
/// # Errors
/// As the database says.
pub async fn account_get(tx: &mut Tx, id: StaffId) -> Result<Option<Account>> {
    sql("SELECT id, email, name, password_hash, stamp, disabled_at FROM staff WHERE id = $1").bind(id).maybe(tx).await
}

/// Holds an account until the transaction ends: what changes it, and then ends its sessions, waits and finds what was begun.
///
/// # Errors
/// As the database says.
pub async fn account_lock(tx: &mut Tx, id: StaffId) -> Result<()> {
    per_engine("SELECT id FROM staff WHERE id = $1 FOR UPDATE", "SELECT id FROM staff WHERE id = $1")
        .bind(id)
        .maybe::<(i64,)>(tx)
        .await?;
    Ok(())
}

/// Sets a password, and makes what was made for the old one worthless: links, and what browsers kept.
///
/// # Errors
/// As the database says.
pub async fn password_set(tx: &mut Tx, id: StaffId, hash: &str) -> Result<()> {
    sql("UPDATE staff SET password_hash = $2, stamp = stamp + 1 WHERE id = $1").bind(id).bind(hash).run(tx).await?;
    devices::devices_end(tx, id).await
}

/// Keeps another hash of the same password, unless it was changed meanwhile.
///
/// # Errors
/// As the database says.
pub async fn password_rehash(tx: &mut Tx, id: StaffId, old: &str, hash: &str) -> Result<()> {
    let text = "UPDATE staff SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    sql(text).bind(id).bind(old).bind(hash).run(tx).await?;
    Ok(())
}

/// Makes links and enrolments that were begun worthless.
///
/// # Errors
/// As the database says.
pub async fn stamp_move(tx: &mut Tx, id: StaffId) -> Result<()> {
    sql("UPDATE staff SET stamp = stamp + 1 WHERE id = $1").bind(id).run(tx).await?;
    Ok(())
}

/// Lets nobody, or somebody again, sign in with an account, and forgets its browsers; false where it stood so already.
///
/// # Errors
/// As the database says.
pub async fn staff_disable(tx: &mut Tx, id: StaffId, at: Option<Instant>) -> Result<bool> {
    let text = "UPDATE staff SET disabled_at = $2, stamp = stamp + 1
         WHERE id = $1 AND (disabled_at IS NULL) = (CAST($2 AS BIGINT) IS NOT NULL)";
    let done = sql(text).bind(id).bind(at).run(tx).await? > 0;
    devices::devices_end(tx, id).await?;
    Ok(done)
}

/// Whether anybody ever had an account. Holds the house's row, so that of two first accounts one is made.
///
/// # Errors
/// As the database says.
pub async fn staff_is_empty(tx: &mut Tx) -> Result<bool> {
    sql("UPDATE house SET one = 1 WHERE one = 1").run(tx).await?;
    staff_seems_empty(tx).await
}

/// The same for readers, who hold nothing.
///
/// # Errors
/// As the database says.
pub async fn staff_seems_empty(tx: &mut Tx) -> Result<bool> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM staff").one(tx).await?;
    Ok(count == 0)
}

/// The member of staff with their roles; none when unknown or disabled.
///
/// # Errors
/// As the database says, or when a stored role is unknown to this version.
pub async fn actor_get(tx: &mut Tx, id: StaffId) -> Result<Option<Actor>> {
    let rows =
        sql("SELECT s.id, s.name, COALESCE(r.role, '') FROM staff s LEFT JOIN staff_roles r ON r.staff_id = s.id
         WHERE s.disabled_at IS NULL AND s.id = $1 ORDER BY r.role")
        .bind(id)
        .all::<(i64, String, String)>(tx)
        .await?;
    Ok(actors(rows)?.pop())
}

/// Everybody who may sign in, by name.
///
/// # Errors
/// As the database says, or when a stored role is unknown to this version.
pub async fn staff_all(tx: &mut Tx) -> Result<Vec<Actor>> {
    let rows =
        sql("SELECT s.id, s.name, COALESCE(r.role, '') FROM staff s LEFT JOIN staff_roles r ON r.staff_id = s.id
         WHERE s.disabled_at IS NULL ORDER BY s.name, s.id, r.role")
        .all::<(i64, String, String)>(tx)
        .await?;
    actors(rows)
}

/// Everybody who may sign in, with the address they sign in with.
///
/// # Errors
/// As the database says, or when a stored role is unknown to this version.
pub async fn staff_mailboxes(tx: &mut Tx) -> Result<Vec<(Actor, String)>> {
    let addresses = sql("SELECT id, email FROM staff WHERE disabled_at IS NULL").all::<(i64, String)>(tx).await?;
    let addresses: std::collections::HashMap<i64, String> = addresses.into_iter().collect();
    let everybody = staff_all(tx).await?;
    Ok(everybody.into_iter().filter_map(|a| addresses.get(&a.id.0).cloned().map(|address| (a, address))).collect())
}

/// One actor a person from one row a role.
fn actors(rows: Vec<(i64, String, String)>) -> Result<Vec<Actor>> {
    let mut staff: Vec<Actor> = Vec::new();
    for (id, name, code) in rows {
        if staff.last().is_none_or(|last| last.id.0 != id) {
            staff.push(Actor { id: StaffId(id), name, roles: Vec::new(), proof: Proof::Stale });
        }
        if let (Some(actor), false) = (staff.last_mut(), code.is_empty()) {
            actor.roles.push(known(Role::from_code(&code), "staff_roles", id, "role", &code)?);
        }
    }
    Ok(staff)
}

/// The names of everybody who ever worked here, disabled people too: timelines speak of them.
///
/// # Errors
/// As the database says.
pub async fn staff_names(tx: &mut Tx) -> Result<std::collections::HashMap<StaffId, String>> {
    let rows = sql("SELECT id, name FROM staff").all::<(i64, String)>(tx).await?;
    Ok(rows.into_iter().map(|(id, name)| (StaffId(id), name)).collect())
}
