//! Destroys records of cases, a statement for all of them: what can be read goes, rows and digests that tell nothing of a
//! person stay. Decides nothing: the caller has asked whether they may go, and holds the cases' locks.

use super::ids;
use crate::{
    domain::{
        event::Event,
        identity::Reference,
        retention::{Cause, Record},
        time::Instant,
    },
    store::{Result, Sql, Tx, cases, contents, per_engine, raws},
};

/// How much went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Gone {
    /// Cases of which something was destroyed.
    pub cases: u64,
    /// Raw mails.
    pub mails: u64,
    /// Texts, names and addresses, of mails, notes and answers.
    pub texts: u64,
    /// Drafts.
    pub drafts: u64,
    /// Lists of what was in copies of people's data.
    pub copies: u64,
    /// Notes of where a mail lies in a mailbox.
    pub places: u64,
    /// Copies in mailboxes that could not be found again: somebody has to look for them there.
    pub left: u64,
}

impl Gone {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            cases: self.cases + other.cases,
            mails: self.mails + other.mails,
            texts: self.texts + other.texts,
            drafts: self.drafts + other.drafts,
            copies: self.copies + other.copies,
            places: self.places + other.places,
            left: self.left + other.left,
        }
    }
}

/// A statement on the cases of `$1`, both engines.
macro_rules! on_cases {
    ($head:literal) => {
        per_engine(concat!($head, ids_postgres!()), concat!($head, ids_sqlite!()))
    };
    ($head:literal, $tail:literal) => {
        per_engine(concat!($head, ids_postgres!(), $tail), concat!($head, ids_sqlite!(), $tail))
    };
}

/// Destroys a record of these cases, everything with `Record::Case`; says so in each of them, and when.
///
/// # Errors
/// As the database says.
pub async fn records_destroy(
    tx: &mut Tx,
    record: Record,
    of: &[Reference],
    cause: Cause,
    now: Instant,
) -> Result<Gone> {
    let gone = destroy(tx, record, of).await?;
    if record == Record::Case {
        overtaken(tx, of, now).await?;
    }
    let event = Event::RecordsDestroyed { record, cause };
    cases::cases_record_alike(tx, of, now, &event).await?;
    gone_mark(tx, record, of, now).await?;
    Ok(Gone { cases: u64::try_from(of.len()).unwrap_or(u64::MAX), ..gone })
}

/// Destroys once more what came to these cases after everything of them was destroyed; says nothing, since it was said.
///
/// # Errors
/// As the database says.
pub async fn case_destroy(tx: &mut Tx, of: &[Reference]) -> Result<Gone> {
    destroy(tx, Record::Case, of).await
}

async fn destroy(tx: &mut Tx, record: Record, of: &[Reference]) -> Result<Gone> {
    let mut gone = Gone::default();
    let cases = ids(of);
    let everything = record == Record::Case;
    if everything || record == Record::IdentityProof {
        gone.texts += proofs(tx, &cases).await?;
    }
    if everything || record == Record::Export {
        gone.copies += exports(tx, &cases).await?;
    }
    if everything || record == Record::Mail {
        gone.mails += raws::cases_forget_raw(tx, of).await?;
    }
    if matches!(record, Record::Mail | Record::Attachment) {
        contents::contents_forget_files(tx, of).await?;
    }
    if everything {
        // as long as anything of the case is left, somebody may ask that its copies in mailboxes go too
        let places = on_cases!(
            "DELETE FROM mailbox_copies WHERE settled AND message_id IN (SELECT m.id FROM messages m WHERE m.case_id IN ",
            ")"
        );
        gone.places += run(tx, places, &cases).await?;
        gone.texts += texts(tx, &cases).await?;
        gone.drafts += run(tx, on_cases!("DELETE FROM drafts WHERE case_id IN "), &cases).await?;
        threads(tx, &cases).await?;
    }
    Ok(gone)
}

/// Erasures that were asked for on these cases and that nobody can decide about any more.
async fn overtaken(tx: &mut Tx, of: &[Reference], now: Instant) -> Result<()> {
    let asked = on_cases!(
        "UPDATE requester_erasures SET state = 'overtaken', ended_at = $2 WHERE state = 'asked' AND case_id IN "
    );
    asked.bind(ids(of)).bind(now).run(tx).await?;
    Ok(())
}

async fn run(tx: &mut Tx, statement: Sql, cases: &str) -> Result<u64> {
    statement.bind(cases).run(tx).await
}

/// What people were looked up by, and the links by which they confirmed it.
async fn proofs(tx: &mut Tx, cases: &str) -> Result<u64> {
    let texts = on_cases!(
        "UPDATE contents SET body = NULL, wrapped_key = NULL, cipher = NULL
         WHERE purpose = 'identities' AND (body IS NOT NULL OR cipher IS NOT NULL) AND case_id IN "
    );
    let texts = run(tx, texts, cases).await?;
    run(tx, on_cases!("DELETE FROM verifications WHERE case_id IN "), cases).await?;
    Ok(texts)
}

/// What was in a copy, and who fetched it; the files are gone.
async fn exports(tx: &mut Tx, cases: &str) -> Result<u64> {
    let fetched = on_cases!(
        "DELETE FROM downloads WHERE package_id IN (SELECT p.id FROM packages p WHERE p.destroyed_at IS NOT NULL AND p.case_id IN ",
        ")"
    );
    run(tx, fetched, cases).await?;
    let lists = on_cases!(
        "UPDATE packages SET manifest = NULL, token_hash = NULL
         WHERE (manifest IS NOT NULL OR token_hash IS NOT NULL) AND destroyed_at IS NOT NULL AND case_id IN "
    );
    run(tx, lists, cases).await
}

/// Every text, name and address, and the face that lists show.
async fn texts(tx: &mut Tx, cases: &str) -> Result<u64> {
    let texts = on_cases!(
        "UPDATE contents SET body = NULL, wrapped_key = NULL, cipher = NULL
         WHERE (body IS NOT NULL OR cipher IS NOT NULL) AND case_id IN "
    );
    let texts = run(tx, texts, cases).await?;
    run(tx, on_cases!("DELETE FROM case_faces WHERE case_id IN "), cases).await?;
    Ok(texts)
}

/// By what the case and its person were known again: a later mail of theirs is a new request.
async fn threads(tx: &mut Tx, cases: &str) -> Result<()> {
    for statement in [
        on_cases!("DELETE FROM threads WHERE case_id IN "),
        on_cases!("DELETE FROM pickups WHERE case_id IN "),
        on_cases!("DELETE FROM case_accounts WHERE case_id IN "),
        on_cases!("UPDATE mails SET recipient = NULL, domain = NULL WHERE case_id IN "),
        on_cases!("UPDATE messages SET sender = NULL, who = NULL, about = NULL WHERE case_id IN "),
        on_cases!("UPDATE follow_ups SET wrapped_key = NULL, cipher = NULL WHERE NOT open AND case_id IN "),
        on_cases!("UPDATE cases SET requester_digest = NULL WHERE id IN "),
    ] {
        run(tx, statement, cases).await?;
    }
    Ok(())
}

/// A record of these cases is gone since `now`.
///
/// # Errors
/// As the database says.
pub async fn gone_mark(tx: &mut Tx, record: Record, of: &[Reference], now: Instant) -> Result<()> {
    on_cases!(
        "INSERT INTO retained (case_id, record, gone_at) SELECT c.id, $2, $3 FROM cases c WHERE c.id IN ",
        " ON CONFLICT (case_id, record) DO UPDATE SET gone_at = excluded.gone_at, kept_until = NULL"
    )
    .bind(ids(of))
    .bind(record.code())
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// What is still there of cases of which everything was destroyed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Left {
    /// Texts, names and addresses.
    pub texts: i64,
    /// Raw mails, with or without their bytes' key.
    pub mails: i64,
    /// Faces, drafts, copies of data and who fetched them, digests of the person and their accounts.
    pub traces: i64,
}

impl Left {
    /// True where nothing is.
    #[must_use]
    pub const fn is_nothing(self) -> bool {
        self.texts == 0 && self.mails == 0 && self.traces == 0
    }
}

/// Looks what is still there of these cases.
///
/// # Errors
/// As the database says.
pub async fn left_of(tx: &mut Tx, of: &[Reference]) -> Result<Left> {
    macro_rules! left {
        ($ids:ident) => {
            concat!(
                "SELECT (SELECT COUNT(*) FROM contents t WHERE (t.body IS NOT NULL OR t.cipher IS NOT NULL) AND t.case_id IN ",
                $ids!(),
                ") AS texts, (SELECT COUNT(*) FROM messages m WHERE (LENGTH(m.wrapped_key) > 0 OR LENGTH(m.cipher) > 0
                 OR EXISTS (SELECT 1 FROM message_pieces p WHERE p.message_id = m.id)) AND m.case_id IN ",
                $ids!(),
                ") AS mails, (SELECT COUNT(*) FROM case_faces f WHERE f.case_id IN ",
                $ids!(),
                ") + (SELECT COUNT(*) FROM drafts d WHERE d.case_id IN ",
                $ids!(),
                ") + (SELECT COUNT(*) FROM threads t WHERE t.case_id IN ",
                $ids!(),
                ") + (SELECT COUNT(*) FROM case_accounts a WHERE a.case_id IN ",
                $ids!(),
                ") + (SELECT COUNT(*) FROM packages p WHERE (p.destroyed_at IS NULL OR p.manifest IS NOT NULL
                 OR p.token_hash IS NOT NULL OR EXISTS (SELECT 1 FROM downloads w WHERE w.package_id = p.id)) AND p.case_id IN ",
                $ids!(),
                ") + (SELECT COUNT(*) FROM cases c WHERE c.requester_digest IS NOT NULL AND c.id IN ",
                $ids!(),
                ") AS traces"
            )
        };
    }
    per_engine(left!(ids_postgres), left!(ids_sqlite)).bind(ids(of)).one(tx).await
}
