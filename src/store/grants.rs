//! Roles that people have, for products and until moments, with their deputies; absences; which accounts are of one person.
//! What somebody may do now is read in one statement, beside their session or their account.

use super::{Result, Tx, row::known, sql};
use crate::domain::{
    identity::StaffId,
    rights::{Actor, Grant, Role},
    sign_in::Proof,
    time::Instant,
};

/// One row a grant that counts now of accounts `s`, and one a further login `o` of the same person or of the colleague `w`
/// whose grant it is; `$1` is the database's clock. Whoever is disabled has no deputy: they are gone, and not away.
macro_rules! granted {
    ($columns:literal, $from:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            "s.id AS account, s.name AS account_name, g.id AS given, g.staff_id AS of_staff, g.role, g.product,
             g.ends_at AS until, o.id AS login, COALESCE(o.person_id, o.id) = COALESCE(s.person_id, s.id) AS is_own ",
            $from,
            " LEFT JOIN staff_grants g ON (g.ends_at IS NULL OR g.ends_at > $1) AND (g.staff_id = s.id OR (g.deputy_id = s.id
              AND EXISTS (SELECT 1 FROM staff_absences a JOIN staff f ON f.id = a.staff_id
              WHERE a.staff_id = g.staff_id AND a.from_at <= $1 AND a.until_at > $1 AND f.disabled_at IS NULL)))
              LEFT JOIN staff w ON w.id = g.staff_id
              JOIN staff o ON COALESCE(o.person_id, o.id) IN (COALESCE(s.person_id, s.id), COALESCE(w.person_id, w.id))
              WHERE s.disabled_at IS NULL",
            $rest
        )
    };
}
pub(in crate::store) use granted;

/// A row of [`granted`].
#[derive(sqlx::FromRow)]
pub(in crate::store) struct GrantedRow {
    account: i64,
    account_name: String,
    given: Option<i64>,
    of_staff: Option<i64>,
    role: Option<String>,
    product: Option<String>,
    until: Option<i64>,
    login: i64,
    is_own: bool,
}

/// One actor an account, in the order of the rows, in which those of an account and of a grant stand together.
pub(in crate::store) fn actors(rows: Vec<GrantedRow>) -> Result<Vec<Actor>> {
    let mut staff: Vec<Actor> = Vec::new();
    let mut last = None;
    for row in rows {
        let id = StaffId(row.account);
        if staff.last().is_none_or(|last| last.id != id) {
            let name = row.account_name.clone();
            staff.push(Actor { id, name, grants: Vec::new(), logins: Vec::new(), proof: Proof::Stale });
        }
        let Some(actor) = staff.last_mut() else { continue };
        let login = StaffId(row.login);
        if row.is_own && !actor.logins.contains(&login) {
            actor.logins.push(login);
        }
        let (Some(given), Some(code), Some(of)) = (row.given, row.role, row.of_staff.map(StaffId)) else { continue };
        if last.replace((id, given)) != Some((id, given)) {
            actor.grants.push(Grant {
                role: known(Role::from_code(&code), "staff_grants", row.account, "role", &code)?,
                product: row.product,
                until: row.until.map(Instant),
                lent_by: Some(of).filter(|of| *of != id).into_iter().collect(),
            });
        }
        let lent_by = actor.grants.last_mut().map(|grant| &mut grant.lent_by);
        if let Some(lent_by) = lent_by.filter(|lent_by| !row.is_own && !lent_by.contains(&login)) {
            lent_by.push(login);
        }
    }
    Ok(staff)
}

/// The member of staff with what they may do now; none when unknown or disabled.
///
/// # Errors
/// As the database says, or when a stored role is unknown to this version.
pub async fn actor_get(tx: &mut Tx, id: StaffId) -> Result<Option<Actor>> {
    let now = tx.db_now().await?;
    let text = granted!("", "FROM staff s", " AND s.id = $2 ORDER BY g.id, o.id");
    Ok(actors(sql(text).bind(now).bind(id).all(tx).await?)?.pop())
}

/// Everybody who may sign in, by name, with what they may do now.
///
/// # Errors
/// As the database says, or when a stored role is unknown to this version.
pub async fn staff_all(tx: &mut Tx) -> Result<Vec<Actor>> {
    let now = tx.db_now().await?;
    actors(sql(granted!("", "FROM staff s", " ORDER BY s.name, s.id, g.id, o.id")).bind(now).all(tx).await?)
}

/// A role as it is given: to whom, for what, until when, with whom as deputy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its row; 0 before it has one.
    pub id: i64,
    /// Whose it is.
    pub staff: StaffId,
    /// The role.
    pub role: Role,
    /// For which product; none for all of them.
    pub product: Option<String>,
    /// Until before when.
    pub ends: Option<Instant>,
    /// Who stands in while they are away.
    pub deputy: Option<StaffId>,
}

/// Gives a role; where it is given already for the same product, its end and deputy become these.
///
/// # Errors
/// As the database says.
pub async fn grant_give(tx: &mut Tx, given: &Given, at: Instant) -> Result<()> {
    sql("INSERT INTO staff_grants (staff_id, role, product, ends_at, deputy_id, granted_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (staff_id, role, COALESCE(product, '')) DO UPDATE SET ends_at = EXCLUDED.ends_at,
         deputy_id = EXCLUDED.deputy_id, granted_at = EXCLUDED.granted_at")
    .bind(given.staff)
    .bind(given.role.code())
    .bind(given.product.clone())
    .bind(given.ends)
    .bind(given.deputy)
    .bind(at)
    .run(tx)
    .await?;
    Ok(())
}

/// Takes a role away; false where it was not given.
///
/// # Errors
/// As the database says.
pub async fn grant_take(tx: &mut Tx, staff: StaffId, role: Role, product: Option<&str>) -> Result<bool> {
    let text =
        "DELETE FROM staff_grants WHERE staff_id = $1 AND role = $2 AND COALESCE(product, '') = COALESCE($3, '')";
    Ok(sql(text).bind(staff).bind(role.code()).bind(product).run(tx).await? > 0)
}

#[derive(sqlx::FromRow)]
struct GivenRow {
    id: i64,
    staff_id: i64,
    role: String,
    product: Option<String>,
    ends_at: Option<i64>,
    deputy_id: Option<i64>,
}

/// Every role as it is given, ended ones too, in the order in which they were.
///
/// # Errors
/// As the database says, or when a stored role is unknown to this version.
pub async fn grants_all(tx: &mut Tx) -> Result<Vec<Given>> {
    let text = "SELECT id, staff_id, role, product, ends_at, deputy_id FROM staff_grants ORDER BY id";
    let given = |row: GivenRow| {
        Ok(Given {
            id: row.id,
            staff: StaffId(row.staff_id),
            role: known(Role::from_code(&row.role), "staff_grants", row.id, "role", &row.role)?,
            product: row.product,
            ends: row.ends_at.map(Instant),
            deputy: row.deputy_id.map(StaffId),
        })
    };
    sql(text).all::<GivenRow>(tx).await?.into_iter().map(given).collect()
}

/// The names of those for whom an account stands in now, each with the latest moment until which a role of theirs is lent.
///
/// # Errors
/// As the database says.
pub async fn grants_lent_to(tx: &mut Tx, deputy: StaffId) -> Result<Vec<(String, Instant)>> {
    let now = tx.db_now().await?;
    let text = "SELECT f.name, MAX(CASE WHEN g.ends_at < a.until_at THEN g.ends_at ELSE a.until_at END) AS until
         FROM staff_grants g JOIN staff f ON f.id = g.staff_id JOIN staff_absences a ON a.staff_id = g.staff_id
         WHERE g.deputy_id = $1 AND (g.ends_at IS NULL OR g.ends_at > $2) AND a.from_at <= $2 AND a.until_at > $2
         AND f.disabled_at IS NULL GROUP BY f.id, f.name ORDER BY f.name, f.id";
    let rows: Vec<(String, i64)> = sql(text).bind(deputy).bind(now).all(tx).await?;
    Ok(rows.into_iter().map(|(name, until)| (name, Instant(until))).collect())
}

/// How many accounts that somebody may sign in with, and has a password for, are an administrator's without an end.
///
/// # Errors
/// As the database says.
pub async fn admins(tx: &mut Tx) -> Result<i64> {
    let text = "SELECT COUNT(*) FROM staff_grants g JOIN staff s ON s.id = g.staff_id
         WHERE g.role = $1 AND g.ends_at IS NULL AND s.disabled_at IS NULL AND s.password_hash <> ''";
    Ok(sql(text).bind(Role::Admin.code()).one::<(i64,)>(tx).await?.0)
}

/// Since when and until when somebody is away, past absences too.
///
/// # Errors
/// As the database says.
pub async fn absence_get(tx: &mut Tx, staff: StaffId) -> Result<Option<(Instant, Instant)>> {
    let row = sql("SELECT from_at, until_at FROM staff_absences WHERE staff_id = $1").bind(staff);
    Ok(row.maybe::<(i64, i64)>(tx).await?.map(|(from, until)| (Instant(from), Instant(until))))
}

/// Somebody is away for a while, or not any more.
///
/// # Errors
/// As the database says.
pub async fn absence_set(tx: &mut Tx, staff: StaffId, away: Option<(Instant, Instant)>) -> Result<()> {
    sql("DELETE FROM staff_absences WHERE staff_id = $1").bind(staff).run(tx).await?;
    if let Some((from, until)) = away {
        let text = "INSERT INTO staff_absences (staff_id, from_at, until_at) VALUES ($1, $2, $3)";
        sql(text).bind(staff).bind(from).bind(until).run(tx).await?;
    }
    Ok(())
}

/// Says that an account is of the person of another one.
///
/// # Errors
/// As the database says.
pub async fn person_join(tx: &mut Tx, staff: StaffId, other: StaffId) -> Result<()> {
    let text = "UPDATE staff SET person_id = (SELECT COALESCE(p.person_id, p.id) FROM staff p WHERE p.id = $2)
         WHERE COALESCE(person_id, id) = (SELECT COALESCE(m.person_id, m.id) FROM staff m WHERE m.id = $1)";
    sql(text).bind(staff).bind(other).run(tx).await?;
    Ok(())
}
