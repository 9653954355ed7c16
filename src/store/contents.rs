//! Names, text and addresses, apart from the events that point to them, so that they can be erased.
//! Content of a restricted case is sealed under a key of its own; nothing readable of it stays.

use super::{Error, Result, Tx, per_engine, sql, vault::Sealed, vault::Vault};
use crate::domain::{
    identity::{ContentId, Reference},
    time::Instant,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One piece of content. Fields that a purpose does not use stay empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// The name of who wrote it, as they gave it.
    pub name: String,
    /// The address it came from or goes to.
    pub address: String,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The HTML part of a mail that leaves.
    pub html: String,
    /// The Message-ID of a mail that arrived.
    pub message_id: String,
    /// The thread of a mail that leaves: Message-IDs, oldest first; the last one is what it answers.
    pub references: Vec<String>,
    /// What came with a mail, undecoded.
    pub files: Vec<File>,
    /// True where a mail that arrived has an HTML version too.
    pub rich: bool,
    /// What is known of where a mail that arrived comes from, a line each.
    pub trust: Vec<String>,
    /// What was wrong with a mail that arrived, or special about it, a line each.
    pub remarks: Vec<String>,
}

/// An attachment by what the mail says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The name in the mail, cleaned of path parts.
    pub name: String,
    /// The type the mail claims.
    pub media_type: String,
    /// Bytes as they stand in the mail, still encoded.
    pub encoded_size: i64,
    /// Its place in the mail, from 0.
    pub part: i64,
    /// Its Content-ID, for pictures within the text; may be empty.
    #[serde(default)]
    pub content_id: String,
    /// What kind of thing it is, as a code; empty for a file.
    #[serde(default)]
    pub what: String,
}

pub(super) const SEALED_AS: &str = "content";

/// Keeps one piece of content; sealed when its case is restricted.
///
/// # Errors
/// As the database says, or when sealing fails.
pub async fn content_keep(
    tx: &mut Tx,
    vault: &Vault,
    case: Reference,
    restricted: bool,
    purpose: &'static str,
    content: &Content,
    at: Instant,
) -> Result<ContentId> {
    let (body, sealed) = encode(vault, case, restricted, content)?;
    let (id,): (i64,) = sql(
        "INSERT INTO contents (case_id, purpose, body, wrapped_key, cipher, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(case)
    .bind(purpose)
    .bind(body)
    .bind(sealed.as_ref().map(|s| s.wrapped_key.clone()))
    .bind(sealed.map(|s| s.cipher))
    .bind(at)
    .one(tx)
    .await?;
    Ok(ContentId(id))
}

type Encoded = (Option<String>, Option<Sealed>);

fn encode(vault: &Vault, case: Reference, restricted: bool, content: &Content) -> Result<Encoded> {
    let json = serde_json::to_string(content).map_err(|e| bad(case.0, &e))?;
    Ok(if restricted { (None, Some(vault.seal(SEALED_AS, json.as_bytes())?)) } else { (Some(json), None) })
}

#[derive(sqlx::FromRow)]
struct ContentRow {
    id: i64,
    body: Option<String>,
    wrapped_key: Option<Vec<u8>>,
    cipher: Option<Vec<u8>>,
}

fn decode(vault: &Vault, row: ContentRow) -> Result<(ContentId, Content)> {
    let json = match (row.body, row.wrapped_key, row.cipher) {
        (Some(body), _, _) => body.into_bytes(),
        (None, Some(wrapped_key), Some(cipher)) => vault.open(SEALED_AS, &Sealed { wrapped_key, cipher })?,
        // erased: the row stays so that the timeline can say that something was here
        _ => return Ok((ContentId(row.id), Content::default())),
    };
    let content = serde_json::from_slice(&json).map_err(|e| bad(row.id, &e))?;
    Ok((ContentId(row.id), content))
}

fn bad(row: i64, e: &serde_json::Error) -> Error {
    Error::BadRow { table: "contents", row, column: "body", says: e.to_string() }
}

/// Everything kept of a case. The caller has checked that the reader may see it.
///
/// # Errors
/// As the database says, or when something sealed does not open.
pub async fn contents_of(tx: &mut Tx, vault: &Vault, case: Reference) -> Result<Vec<(ContentId, Content)>> {
    let rows = sql("SELECT id, body, wrapped_key, cipher FROM contents WHERE case_id = $1 ORDER BY id")
        .bind(case)
        .all::<ContentRow>(tx)
        .await?;
    rows.into_iter().map(|row| decode(vault, row)).collect()
}

/// One piece of content. The caller has checked that the reader may see it.
///
/// # Errors
/// As the database says, or when something sealed does not open.
pub async fn content_get(tx: &mut Tx, vault: &Vault, id: ContentId) -> Result<Option<Content>> {
    let row = sql("SELECT id, body, wrapped_key, cipher FROM contents WHERE id = $1")
        .bind(id)
        .maybe::<ContentRow>(tx)
        .await?;
    Ok(row.map(|row| decode(vault, row)).transpose()?.map(|(_, content)| content))
}

/// Several pieces of content at once. The caller has checked that the reader may see them.
///
/// # Errors
/// As the database says, or when something sealed does not open.
pub async fn contents_get(tx: &mut Tx, vault: &Vault, ids: &[ContentId]) -> Result<HashMap<ContentId, Content>> {
    let wanted = serde_json::to_string(ids).map_err(|e| bad(0, &e))?;
    let rows = per_engine(
        "SELECT id, body, wrapped_key, cipher FROM contents WHERE id IN (SELECT value::BIGINT FROM json_array_elements_text($1::JSON))",
        "SELECT id, body, wrapped_key, cipher FROM contents WHERE id IN (SELECT value FROM json_each($1))",
    )
    .bind(wanted)
    .all::<ContentRow>(tx)
    .await?;
    rows.into_iter().map(|row| decode(vault, row)).collect()
}

/// Seals, or opens for good, everything kept of a case: what follows when it goes behind the wall or comes back.
///
/// # Errors
/// As the database says, or when something sealed does not open.
pub async fn contents_reseal(tx: &mut Tx, vault: &Vault, case: Reference, restricted: bool) -> Result<()> {
    for (id, content) in contents_of(tx, vault, case).await? {
        content_replace(tx, vault, case, restricted, id, &content).await?;
    }
    Ok(())
}

/// Writes a piece of content anew; sealed under a new key when its case is restricted.
///
/// # Errors
/// As the database says, or when sealing fails.
pub async fn content_replace(
    tx: &mut Tx,
    vault: &Vault,
    case: Reference,
    restricted: bool,
    id: ContentId,
    content: &Content,
) -> Result<()> {
    let (body, sealed) = encode(vault, case, restricted, content)?;
    sql("UPDATE contents SET body = $2, wrapped_key = $3, cipher = $4 WHERE id = $1")
        .bind(id)
        .bind(body)
        .bind(sealed.as_ref().map(|s| s.wrapped_key.clone()))
        .bind(sealed.map(|s| s.cipher))
        .run(tx)
        .await?;
    Ok(())
}

/// The first piece of content of a case: what it was opened with. The caller has checked that the reader may see it.
///
/// # Errors
/// As the database says, or when something sealed does not open.
pub async fn content_first(tx: &mut Tx, vault: &Vault, case: Reference) -> Result<Option<Content>> {
    let row = sql("SELECT id, body, wrapped_key, cipher FROM contents WHERE case_id = $1 ORDER BY id LIMIT 1")
        .bind(case)
        .maybe::<ContentRow>(tx)
        .await?;
    Ok(row.map(|row| decode(vault, row)).transpose()?.map(|(_, content)| content))
}

/// Forgets of the mails of these ordinary cases what came with them, by name, and that they have an HTML version: their raw
/// bytes are gone. What cannot be read stays as it is.
///
/// # Errors
/// As the database says.
pub async fn contents_forget_files(tx: &mut Tx, cases: &[Reference]) -> Result<()> {
    let ids = serde_json::to_string(&cases.iter().map(|case| case.0).collect::<Vec<_>>()).map_err(|e| bad(0, &e))?;
    let rows = per_engine(
        "SELECT id, body FROM contents WHERE purpose = 'mail_in' AND body IS NOT NULL AND case_id IN
         (SELECT CAST(v AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)) AS v)",
        "SELECT id, body FROM contents WHERE purpose = 'mail_in' AND body IS NOT NULL AND case_id IN
         (SELECT value FROM json_each($1))",
    )
    .bind(ids)
    .all::<(i64, String)>(tx)
    .await?;
    let anew = rows.into_iter().filter_map(|(id, body)| {
        let content: Content = serde_json::from_str(&body).ok()?;
        let had_any = content.rich || !content.files.is_empty();
        let bare = Content { files: Vec::new(), rich: false, ..content };
        let body = serde_json::to_string(&bare).ok().filter(|_| had_any)?;
        Some(serde_json::json!({ "id": id, "body": body }))
    });
    let anew = serde_json::Value::Array(anew.collect()).to_string();
    per_engine(
        "UPDATE contents SET body = n.body FROM json_to_recordset(CAST($1 AS JSON)) AS n (id BIGINT, body TEXT)
         WHERE contents.id = n.id",
        "UPDATE contents SET body = n.body FROM (SELECT value ->> 'id' AS id, value ->> 'body' AS body FROM json_each($1)) AS n
         WHERE contents.id = n.id",
    )
    .bind(anew)
    .run(tx)
    .await?;
    Ok(())
}
