//! The data keys: kept wrapped by the master key, opened once at the start, wrapped anew when the master key changes. Also
//! where everything lies that is sealed, so that it can be taken over by another data key. Makes no key and never commits,
//! but for the first opening of a database.

use super::{
    Db, Result, Tx, ceremonies, contents, downloads, drafts, factors, follow_ups, holds,
    master::MasterKey,
    passkeys, per_engine, raws, runs, sql,
    vault::{Vault, VaultError, key_name, random},
};
use crate::domain::{
    identity::StaffId,
    time::{DAY, Instant},
};

/// What makes digests and links.
const NAMES: &str = "names";
/// What wraps things' own keys.
const CONTENTS: &str = "contents";
/// What a data key is wrapped as.
fn purpose(of: &str) -> String {
    format!("data key for {of}")
}

type Key = (i64, String, Vec<u8>);

/// The data keys of this database, where this is the master key that wraps them; makes them at a first start. None where
/// they are wrapped by another one.
///
/// # Errors
/// As the database says, or when a key was changed.
pub async fn keyring(db: &Db, master: &MasterKey) -> Result<Option<Vault>> {
    let mut tx = db.read().await?;
    let (id, keys) = (master_id(&mut tx).await?, keys(&mut tx).await?);
    drop(tx);
    match id {
        Some(id) if id != master.id() => Ok(None),
        Some(_) if !keys.is_empty() => opened(master, &keys).map(Some),
        _ => begun(db, master).await,
    }
}

/// The first opening. What was sealed with the master key itself, before there were data keys, goes on with it as one.
async fn begun(db: &Db, master: &MasterKey) -> Result<Option<Vault>> {
    let mut tx = db.begin().await?;
    // two consoles may start at once: the first one's keys stay
    let is_first = sql("INSERT INTO house (one, key_id) VALUES (1, $1) ON CONFLICT (one) DO NOTHING")
        .bind(master.id())
        .run(&mut tx)
        .await?
        == 1;
    if master_id_lock(&mut tx).await?.as_deref() != Some(master.id()) {
        return Ok(None);
    }
    if keys(&mut tx).await?.is_empty() {
        for of in [NAMES, CONTENTS] {
            let key = if is_first { random::<32>()?.into() } else { master.itself() };
            key_add(&mut tx, master, of, &key, db.now()).await?;
        }
    }
    let vault = opened(master, &keys(&mut tx).await?)?;
    tx.commit().await?;
    Ok(Some(vault))
}

fn opened(master: &MasterKey, keys: &[Key]) -> Result<Vault> {
    let of = |of: &'static str| {
        let own = keys.iter().filter(move |(_, purpose, _)| purpose == of);
        own.map(move |(_, _, wrapped)| master.unwrap(&purpose(of), wrapped).map(|key| *key))
    };
    let names = of(NAMES).next().ok_or(VaultError::Closed)??;
    // the newest is the one that seals
    let contents = of(CONTENTS).rev().collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(Vault::of(&names, &contents))
}

/// The name of the master key that wraps the data keys; none before the first start.
///
/// # Errors
/// As the database says.
pub async fn master_id(tx: &mut Tx) -> Result<Option<String>> {
    Ok(sql("SELECT key_id FROM house WHERE one = 1").maybe::<(String,)>(tx).await?.map(|(id,)| id))
}

/// The same, and nobody else changes it until the end of the transaction.
///
/// # Errors
/// As the database says.
pub async fn master_id_lock(tx: &mut Tx) -> Result<Option<String>> {
    let found =
        per_engine("SELECT key_id FROM house WHERE one = 1 FOR UPDATE", "SELECT key_id FROM house WHERE one = 1");
    Ok(found.maybe::<(String,)>(tx).await?.map(|(id,)| id))
}

async fn keys(tx: &mut Tx) -> Result<Vec<Key>> {
    sql("SELECT id, purpose, wrapped_key FROM vault_keys ORDER BY id").all(tx).await
}

async fn key_add(tx: &mut Tx, master: &MasterKey, of: &str, key: &[u8; 32], at: Instant) -> Result<()> {
    sql("INSERT INTO vault_keys (name, purpose, wrapped_key, made_at) VALUES ($1, $2, $3, $4)")
        .bind(key_name(key))
        .bind(of)
        .bind(master.wrap(&purpose(of), key)?)
        .bind(at)
        .run(tx)
        .await?;
    Ok(())
}

/// Wraps every data key by another master key, and remembers that one. There are a handful of data keys.
///
/// # Errors
/// As the database says, or when one of them does not open with the old master key.
pub async fn keys_rewrap(tx: &mut Tx, old: &MasterKey, new: &MasterKey) -> Result<()> {
    let mut wrapped = Vec::new();
    for (id, of, key) in keys(tx).await? {
        let key = old.unwrap(&purpose(&of), &key)?;
        wrapped.push((id, new.wrap(&purpose(&of), &key)?));
    }
    KEYS.put(tx, &wrapped).await?;
    sql("UPDATE house SET key_id = $1 WHERE one = 1").bind(new.id()).run(tx).await?;
    Ok(())
}

/// Adds another key for contents, unless one that was added before has not taken everything over yet.
///
/// # Errors
/// As the database says.
pub async fn contents_key_add(tx: &mut Tx, master: &MasterKey, at: Instant) -> Result<()> {
    let working = sql("SELECT COUNT(*) FROM vault_keys WHERE purpose = $1 AND retired_at IS NULL").bind(CONTENTS);
    if working.one::<(i64,)>(tx).await?.0 < 2 {
        key_add(tx, master, CONTENTS, &random::<32>()?, at).await?;
    }
    Ok(())
}

/// From now on the older keys for contents are there for packages of before only.
///
/// # Errors
/// As the database says.
pub async fn contents_keys_retire(tx: &mut Tx) -> Result<()> {
    let at = tx.db_now().await?;
    sql("UPDATE vault_keys SET retired_at = $2 WHERE purpose = $1 AND retired_at IS NULL
         AND id < (SELECT MAX(id) FROM vault_keys WHERE purpose = $1)")
    .bind(CONTENTS)
    .bind(at)
    .run(tx)
    .await?;
    Ok(())
}

/// Forgets retired keys once no package of before is left; how many stay. What was made within a day after counts as made
/// before: the machine that wrote down when had a clock of its own.
///
/// # Errors
/// As the database says.
pub async fn contents_keys_forget(tx: &mut Tx) -> Result<i64> {
    sql("DELETE FROM vault_keys WHERE retired_at IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM packages WHERE destroyed_at IS NULL AND made_at <= vault_keys.retired_at + $1)")
    .bind(DAY)
    .run(tx)
    .await?;
    let left = sql("SELECT COUNT(*) FROM vault_keys WHERE retired_at IS NOT NULL");
    Ok(left.one::<(i64,)>(tx).await?.0)
}

/// How many other processes work on this database, as far as its server knows; none on `SQLite`, where the lock of the data
/// directory says so. The caller has one connection.
///
/// # Errors
/// As the database says.
pub async fn others_at_work(tx: &mut Tx) -> Result<i64> {
    let others = per_engine(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'recourse' AND pid <> pg_backend_pid()",
        "SELECT 0",
    );
    Ok(others.one::<(i64,)>(tx).await?.0)
}

/// A table whose rows have keys of their own.
pub struct Place {
    list: &'static str,
    postgres: &'static str,
    sqlite: &'static str,
    purpose: fn(i64) -> String,
}

/// `$number` is what tells the table's rows apart: a column, or a number made of several.
macro_rules! place {
    ($table:literal, $number:literal, $purpose:expr) => {
        Place {
            list: concat!(
                "SELECT ",
                $number,
                " AS number, wrapped_key FROM ",
                $table,
                " WHERE ",
                $number,
                " > $1 AND wrapped_key IS NOT NULL
                 AND LENGTH(wrapped_key) > 0 ORDER BY 1 LIMIT 500"
            ),
            postgres: concat!(
                "UPDATE ",
                $table,
                " SET wrapped_key = new.wrapped FROM (SELECT CAST(one ->> 0 AS BIGINT) AS number,
                 decode(one ->> 1, 'hex') AS wrapped FROM jsonb_array_elements(CAST($1 AS jsonb)) one) new WHERE ",
                $number,
                " = new.number"
            ),
            sqlite: concat!(
                "UPDATE ",
                $table,
                " SET wrapped_key = new.wrapped FROM (SELECT json_extract(value, '$[0]') AS number,
                 unhex(json_extract(value, '$[1]')) AS wrapped FROM json_each($1)) new WHERE ",
                $number,
                " = new.number"
            ),
            purpose: $purpose,
        }
    };
}

/// Every table with sealed rows; packages aside, whose keys lie in their files.
pub const PLACES: &[Place] = &[
    place!("contents", "id", |_| contents::SEALED_AS.to_owned()),
    place!("messages", "id", |_| raws::SEALED_AS.to_owned()),
    place!("holds", "id", |_| holds::SEALED_AS.to_owned()),
    place!("runs", "id", |_| runs::SEALED_AS.to_owned()),
    place!("run_keys", "((run_id * 1048576 + step) * 1048576 + portion)", |_| runs::checkpoints::SEALED_AS.to_owned()),
    place!("downloads", "id", |_| downloads::SEALED_AS.to_owned()),
    place!("drafts", "(case_id * 4294967296 + staff_id)", |_| drafts::SEALED_AS.to_owned()),
    place!("follow_ups", "id", |_| follow_ups::SEALED_AS.to_owned()),
    place!("replay_keys", "run_id", |_| runs::replay::SEALED_AS.to_owned()),
    place!("authenticators", "staff_id", |id| factors::purpose(StaffId(id))),
    place!("passkeys", "(staff_id * 4294967296 + id)", |n| passkeys::purpose(StaffId(n >> 32))),
    place!("ceremonies", "(session_id * 4294967296 + id)", |n| ceremonies::purpose(n >> 32)),
];

const KEYS: Place = place!("vault_keys", "id", |_| String::new());

impl Place {
    /// Wraps the next few hundred rows' keys after `after` by the newest data key. The last row that was looked at, none at
    /// the end of the table.
    ///
    /// # Errors
    /// As the database says, or when a row's key does not open.
    pub async fn take_over(&self, tx: &mut Tx, vault: &Vault, after: i64) -> Result<Option<i64>> {
        let rows: Vec<(i64, Vec<u8>)> = sql(self.list).bind(after).all(tx).await?;
        let Some(last) = rows.last().map(|(number, _)| *number) else { return Ok(None) };
        let mut wrapped = Vec::new();
        for (number, key) in rows {
            wrapped.extend(vault.rewrapped(&(self.purpose)(number), &key)?.map(|key| (number, key)));
        }
        self.put(tx, &wrapped).await?;
        Ok(Some(last))
    }

    async fn put(&self, tx: &mut Tx, wrapped: &[(i64, Vec<u8>)]) -> Result<()> {
        let all = wrapped.iter().map(|(number, key)| serde_json::json!([number, data_encoding::HEXLOWER.encode(key)]));
        let all = all.collect::<serde_json::Value>().to_string();
        per_engine(self.postgres, self.sqlite).bind(all).run(tx).await?;
        Ok(())
    }
}
