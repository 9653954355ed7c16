//! The accounts of people who work here.

use super::{Result, Tx, devices, per_engine, sql};
use crate::domain::{
    identity::{StaffId, normal_address},
    rights::Actor,
    time::Instant,
};

pub use super::grants::{actor_get, staff_all};

/// Adds a member of staff who may do nothing yet; none when the address is taken.
///
/// # Errors
/// As the database says.
pub async fn staff_add(tx: &mut Tx, email: &str, name: &str, hash: &str, at: Instant) -> Result<Option<StaffId>> {
    let row = sql(
        "INSERT INTO staff (email, name, password_hash, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (email) DO NOTHING RETURNING id",
    )
    .bind(normal_address(email))
    .bind(name)
    .bind(hash)
    .bind(at)
    .maybe::<(i64,)>(tx)
    .await?;
    Ok(row.map(|(id,)| StaffId(id)))
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

/// Whoever changes what people may do waits for whoever does so already, until the transaction ends.
///
/// # Errors
/// As the database says.
pub async fn people_lock(tx: &mut Tx) -> Result<()> {
    sql("UPDATE house SET one = 1 WHERE one = 1").run(tx).await?;
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
    people_lock(tx).await?;
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

/// Somebody has signed in.
///
/// # Errors
/// As the database says.
pub async fn staff_arrived(tx: &mut Tx, id: StaffId) -> Result<()> {
    let now = tx.db_now().await?;
    sql("UPDATE staff SET signed_in_at = $2 WHERE id = $1").bind(id).bind(now).run(tx).await?;
    Ok(())
}

/// An account as the list of people shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Colleague {
    id: i64,
    /// The address they sign in with.
    pub email: String,
    /// Their name.
    pub name: String,
    /// False until they have set their first password.
    pub has_password: bool,
    /// True when they have a second factor.
    pub is_armed: bool,
    /// Since when nobody may sign in with it.
    disabled_at: Option<i64>,
    signed_in_at: Option<i64>,
    person: i64,
    away_from: Option<i64>,
    away_until: Option<i64>,
}

impl Colleague {
    /// Whose it is.
    #[must_use]
    pub const fn staff(&self) -> StaffId {
        StaffId(self.id)
    }

    /// The account that stands for its person.
    #[must_use]
    pub const fn person(&self) -> StaffId {
        StaffId(self.person)
    }

    /// True while nobody may sign in with it.
    #[must_use]
    pub const fn is_disabled(&self) -> bool {
        self.disabled_at.is_some()
    }

    /// When somebody last signed in with it.
    #[must_use]
    pub fn signed_in(&self) -> Option<Instant> {
        self.signed_in_at.map(Instant)
    }

    /// Since when and until when they are away, past absences too.
    #[must_use]
    pub fn away(&self) -> Option<(Instant, Instant)> {
        self.away_from.map(Instant).zip(self.away_until.map(Instant))
    }
}

/// Every account, disabled ones too, by name.
///
/// # Errors
/// As the database says.
pub async fn colleagues(tx: &mut Tx) -> Result<Vec<Colleague>> {
    sql("SELECT s.id, s.email, s.name, s.password_hash <> '' AS has_password, s.disabled_at, s.signed_in_at,
         (EXISTS (SELECT 1 FROM authenticators f WHERE f.staff_id = s.id)
         OR EXISTS (SELECT 1 FROM passkeys p WHERE p.staff_id = s.id)) AS is_armed, COALESCE(s.person_id, s.id) AS person,
         a.from_at AS away_from, a.until_at AS away_until
         FROM staff s LEFT JOIN staff_absences a ON a.staff_id = s.id ORDER BY s.name, s.id")
    .all(tx)
    .await
}

/// The names of everybody who ever worked here, disabled people too: timelines speak of them.
///
/// # Errors
/// As the database says.
pub async fn staff_names(tx: &mut Tx) -> Result<std::collections::HashMap<StaffId, String>> {
    let rows = sql("SELECT id, name FROM staff").all::<(i64, String)>(tx).await?;
    Ok(rows.into_iter().map(|(id, name)| (StaffId(id), name)).collect())
}
