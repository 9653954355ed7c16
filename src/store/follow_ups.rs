//! What is left to do after a person's data was changed: recipients that have to be told, backups that have to run out.
//! What a recipient knows the person by is sealed and forgotten once nobody needs it; lists and events never hold it.

use super::{Result, Tx, per_engine, row::known, sql, vault::Sealed, vault::Vault};
use crate::domain::{
    follow_up::{Standing, Way},
    identity::{FollowUpId, MailId, Reference, RunId, StaffId},
    rights::Sight,
    run::RunKind,
    time::Instant,
};

/// One thing that is left to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// Its row.
    pub id: FollowUpId,
    /// The case.
    pub case: Reference,
    /// The run it follows; none where staff did it by hand.
    pub run: Option<RunId>,
    /// The product.
    pub product: String,
    /// The pack's id of the recipient; none where only time has to do it.
    pub recipient: Option<String>,
    /// What was done to the data.
    pub did: RunKind,
    /// How it is done.
    pub way: Way,
    /// Where it stands.
    pub state: Standing,
    /// By what both sides know it; the same with every try.
    pub number: String,
    /// Since when.
    pub made_at: Instant,
    /// By when a recipient has to be told, or backups are free.
    pub due_at: Instant,
    /// When the recipient was told.
    pub told_at: Option<Instant>,
    /// When it said that it followed.
    pub confirmed_at: Option<Instant>,
    /// Who said so last, where it was staff.
    pub by: Option<StaffId>,
    /// The latest mail.
    pub mail: Option<MailId>,
    /// Why the last try failed: a class, never an address.
    pub error: Option<String>,
}

/// Something to begin.
#[derive(Debug, Clone)]
pub struct NewFollowUp<'a> {
    /// The case.
    pub case: Reference,
    /// The run it follows.
    pub run: Option<RunId>,
    /// The product.
    pub product: &'a str,
    /// The recipient, or none for what only time has to do.
    pub recipient: Option<&'a str>,
    /// What was done to the data.
    pub did: RunKind,
    /// How it is done.
    pub way: Way,
    /// Public, made of random bits.
    pub number: &'a str,
    /// What the recipient knows the person by; none where nothing may be handed on.
    pub known_by: Option<&'a [u8]>,
    /// Now.
    pub at: Instant,
    /// By when.
    pub due: Instant,
}

#[derive(sqlx::FromRow)]
struct FollowUpRow {
    id: i64,
    case_id: i64,
    run_id: Option<i64>,
    product: String,
    recipient: Option<String>,
    did: String,
    way: String,
    state: String,
    number: String,
    made_at: i64,
    due_at: i64,
    told_at: Option<i64>,
    confirmed_at: Option<i64>,
    by_id: Option<i64>,
    mail_id: Option<i64>,
    error: Option<String>,
}

impl FollowUpRow {
    fn read(self) -> Result<FollowUp> {
        let (table, id) = ("follow_ups", self.id);
        Ok(FollowUp {
            id: FollowUpId(id),
            case: Reference(self.case_id),
            run: self.run_id.map(RunId),
            did: known(RunKind::from_code(&self.did), table, id, "did", &self.did)?,
            way: known(Way::from_code(&self.way), table, id, "way", &self.way)?,
            state: known(Standing::from_code(&self.state), table, id, "state", &self.state)?,
            product: self.product,
            recipient: self.recipient,
            number: self.number,
            made_at: Instant(self.made_at),
            due_at: Instant(self.due_at),
            told_at: self.told_at.map(Instant),
            confirmed_at: self.confirmed_at.map(Instant),
            by: self.by_id.map(StaffId),
            mail: self.mail_id.map(MailId),
            error: self.error,
        })
    }
}

/// The columns, and whatever says which.
macro_rules! follow_ups_where {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, f.case_id, f.run_id, f.product, f.recipient, f.did, f.way, f.state, f.number, f.made_at, f.due_at,
             f.told_at, f.confirmed_at, f.by_id, f.mail_id, f.error FROM follow_ups f ",
            $rest
        )
    };
}

pub(super) const SEALED_AS: &str = "follow-up";

/// Begins one.
///
/// # Errors
/// As the database says, or when there is no randomness.
pub async fn follow_up_begin(tx: &mut Tx, vault: &Vault, new: &NewFollowUp<'_>) -> Result<FollowUpId> {
    let sealed = new.known_by.map(|known_by| vault.seal(SEALED_AS, known_by)).transpose()?;
    let (id,): (i64,) = sql("INSERT INTO follow_ups (case_id, run_id, product, recipient, did, way, state, open, number, wrapped_key, cipher, made_at, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id")
        .bind(new.case)
        .bind(new.run)
        .bind(new.product)
        .bind(new.recipient)
        .bind(new.did.code())
        .bind(new.way.code())
        .bind(Standing::Waiting.code())
        .bind(true)
        .bind(new.number)
        .bind(sealed.as_ref().map(|sealed| sealed.wrapped_key.clone()))
        .bind(sealed.map(|sealed| sealed.cipher))
        .bind(new.at)
        .bind(new.due)
        .one(tx)
        .await?;
    Ok(FollowUpId(id))
}

/// One, read only.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn follow_up_get(tx: &mut Tx, id: FollowUpId) -> Result<Option<FollowUp>> {
    let row = sql(follow_ups_where!("WHERE f.id = $1")).bind(id).maybe::<FollowUpRow>(tx).await?;
    row.map(FollowUpRow::read).transpose()
}

/// One, locked for the rest of the transaction. Its case has to be locked before it.
///
/// # Errors
/// As `follow_up_get`.
pub async fn follow_up_lock(tx: &mut Tx, id: FollowUpId) -> Result<Option<FollowUp>> {
    per_engine("SELECT id FROM follow_ups WHERE id = $1 FOR UPDATE", "SELECT id FROM follow_ups WHERE id = $1")
        .bind(id)
        .maybe::<(i64,)>(tx)
        .await?;
    follow_up_get(tx, id).await
}

/// The one that both sides know by this number.
///
/// # Errors
/// As `follow_up_get`.
pub async fn follow_up_by_number(tx: &mut Tx, number: &str) -> Result<Option<FollowUp>> {
    let row = sql(follow_ups_where!("WHERE f.number = $1")).bind(number).maybe::<FollowUpRow>(tx).await?;
    row.map(FollowUpRow::read).transpose()
}

/// The one whose latest mail this is.
///
/// # Errors
/// As `follow_up_get`.
pub async fn follow_up_of_mail(tx: &mut Tx, mail: MailId) -> Result<Option<FollowUp>> {
    let row = sql(follow_ups_where!("WHERE f.mail_id = $1")).bind(mail).maybe::<FollowUpRow>(tx).await?;
    row.map(FollowUpRow::read).transpose()
}

/// The latest of a case whose mail went to this address, by its keyed digest.
///
/// # Errors
/// As `follow_up_get`.
pub async fn follow_up_to(tx: &mut Tx, case: Reference, address: &[u8]) -> Result<Option<FollowUp>> {
    let text = follow_ups_where!(
        "JOIN mails m ON m.id = f.mail_id WHERE f.case_id = $1 AND m.recipient = $2 ORDER BY f.id DESC LIMIT 1"
    );
    sql(text).bind(case).bind(address).maybe::<FollowUpRow>(tx).await?.map(FollowUpRow::read).transpose()
}

/// Everything of a case, oldest first; at most two hundred.
///
/// # Errors
/// As `follow_up_get`.
pub async fn follow_ups_of(tx: &mut Tx, case: Reference) -> Result<Vec<FollowUp>> {
    let rows = sql(follow_ups_where!("WHERE f.case_id = $1 ORDER BY f.id LIMIT 200"));
    rows.bind(case).all::<FollowUpRow>(tx).await?.into_iter().map(FollowUpRow::read).collect()
}

/// Saves where it stands.
///
/// # Errors
/// As the database says.
pub async fn follow_up_save(tx: &mut Tx, one: &FollowUp, now: Instant) -> Result<()> {
    sql("UPDATE follow_ups SET state = $2, open = $3, told_at = $4, confirmed_at = $5, by_id = $6, mail_id = $7, error = $8,
         ended_at = CASE WHEN $3 THEN NULL ELSE COALESCE(ended_at, $9) END WHERE id = $1")
        .bind(one.id)
        .bind(one.state.code())
        .bind(one.state.is_open())
        .bind(one.told_at)
        .bind(one.confirmed_at)
        .bind(one.by)
        .bind(one.mail)
        .bind(one.error.as_deref())
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// What the recipient knows the person by; none where nothing was handed on or it was forgotten.
///
/// # Errors
/// As the database says, or when it does not open.
pub async fn follow_up_known_by(tx: &mut Tx, vault: &Vault, id: FollowUpId) -> Result<Option<Vec<u8>>> {
    let row = sql("SELECT wrapped_key, cipher FROM follow_ups WHERE id = $1")
        .bind(id)
        .maybe::<(Option<Vec<u8>>, Option<Vec<u8>>)>(tx)
        .await?;
    match row {
        Some((Some(wrapped_key), Some(cipher))) => Ok(Some(vault.open(SEALED_AS, &Sealed { wrapped_key, cipher })?)),
        _ => Ok(None),
    }
}

/// Forgets what the recipient knows the person by.
///
/// # Errors
/// As the database says.
pub async fn follow_up_forget(tx: &mut Tx, id: FollowUpId) -> Result<()> {
    sql("UPDATE follow_ups SET wrapped_key = NULL, cipher = NULL WHERE id = $1").bind(id).run(tx).await?;
    Ok(())
}

/// Backups whose time is over, oldest first; at most two hundred.
///
/// # Errors
/// As `follow_up_get`.
pub async fn follow_ups_over(tx: &mut Tx, now: Instant) -> Result<Vec<FollowUp>> {
    let text =
        follow_ups_where!("WHERE f.open AND f.way = 'time' AND f.due_at <= $1 ORDER BY f.due_at, f.id LIMIT 200");
    sql(text).bind(now).all::<FollowUpRow>(tx).await?.into_iter().map(FollowUpRow::read).collect()
}

/// Sealed rows whose last day is over, oldest first, those after `seen`; at most two hundred.
///
/// # Errors
/// As `follow_up_get`.
pub async fn follow_ups_sealed(
    tx: &mut Tx,
    now: Instant,
    seen: Option<(Instant, FollowUpId)>,
) -> Result<Vec<FollowUp>> {
    let (due, id) = seen.unwrap_or((Instant(i64::MIN), FollowUpId(0)));
    let text = follow_ups_where!(
        "WHERE f.open AND f.way = 'sealed' AND f.due_at <= $1 AND (f.due_at > $2 OR (f.due_at = $2 AND f.id > $3))
         ORDER BY f.due_at, f.id LIMIT 200"
    );
    let rows = sql(text).bind(now).bind(due).bind(id).all::<FollowUpRow>(tx).await?;
    rows.into_iter().map(FollowUpRow::read).collect()
}

/// How many recipients wait to be told: in all, and by their time or since a failure; of the cases that
/// `sight` reaches.
///
/// # Errors
/// As the database says.
pub async fn follow_ups_count(tx: &mut Tx, sight: &Sight, now: Instant) -> Result<(i64, i64)> {
    sql("SELECT COUNT(*), COUNT(CASE WHEN f.due_at <= $1 OR f.state = 'failed' THEN 1 END) FROM
         (SELECT f.due_at, f.state FROM follow_ups f JOIN cases c ON c.id = f.case_id
          WHERE f.open AND f.recipient IS NOT NULL AND SEEN(c.product) AND (NOT c.restricted OR CIRCLE(c.product)) LIMIT 10001) f")
    .bind(now)
    .seen_by(sight)
    .one(tx)
    .await
}

/// Recipients that should have been told by now, or could not be; the longest overdue first.
///
/// # Errors
/// As `follow_up_get`.
pub async fn follow_ups_late(tx: &mut Tx, sight: &Sight, now: Instant, limit: i64) -> Result<Vec<FollowUp>> {
    let text = follow_ups_where!(
        "JOIN cases c ON c.id = f.case_id WHERE f.open AND f.recipient IS NOT NULL AND (f.due_at <= $1 OR f.state = 'failed')
         AND SEEN(c.product) AND (NOT c.restricted OR CIRCLE(c.product)) ORDER BY f.due_at, f.id LIMIT $2"
    );
    let rows = sql(text).bind(now).bind(limit).seen_by(sight).all::<FollowUpRow>(tx).await?;
    rows.into_iter().map(FollowUpRow::read).collect()
}
