//! Finds whom identities lead to: the subject's rows, and the addresses on record. Compared by code point, after what
//! the map says makes two writings alike.

use super::{
    Error, Source, alike,
    alike::as_text,
    engine::{Conn, Dialect, Statement, quoted},
    map::{DataMap, IdentityColumn, Normal},
    schema::{ColumnSchema, Schema, Type},
    scope::Scope,
};
use crate::domain::identity::Identity;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A subject's row: the values of its key columns as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub Vec<String>);

/// Whom identities lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The subject's rows, in order, without repetition; at most twenty.
    pub subjects: Vec<Key>,
    /// The kinds of identity that found something, in the order they were given.
    pub found_by: Vec<String>,
    /// The addresses on record, in order, without repetition.
    pub contacts: Vec<String>,
}

/// Somebody with more accounts than this is a slip of the map or of the one who asks.
const MOST: usize = 20;

impl Source {
    /// The kinds of identity that the map knows, in its order.
    #[must_use]
    pub fn identity_kinds(&self) -> Vec<String> {
        let mut kinds: Vec<String> = Vec::new();
        for identity in &self.map.identities {
            if !kinds.contains(&identity.kind) {
                kinds.push(identity.kind.clone());
            }
        }
        kinds
    }

    /// The kinds of identity that are mail addresses on record.
    #[must_use]
    pub fn contact_kinds(&self) -> Vec<String> {
        let mut kinds: Vec<_> = self
            .map
            .identities
            .iter()
            .filter(|identity| identity.contact)
            .map(|identity| identity.kind.clone())
            .collect();
        kinds.dedup();
        kinds
    }

    /// Finds whom `identities` lead to. Nobody found is an answer, not an error.
    ///
    /// # Errors
    /// When the database does not answer or the map does not fit it.
    pub async fn find(&self, identities: &[Identity]) -> Result<Found, Error> {
        let mut conn = self.reader.conn().await?;
        let schema = self.live_rows(&mut conn).await?;
        let mut found = Found::default();
        for identity in identities {
            let value = identity.value.trim();
            if value.is_empty() {
                continue;
            }
            let mut any = false;
            for column in self.map.identities.iter().filter(|column| column.kind == identity.kind) {
                let keys = subjects_by(&self.map, &schema, self.engine.dialect(), column, value, &mut conn).await?;
                any |= !keys.is_empty();
                found.subjects.extend(keys);
            }
            if any && !found.found_by.contains(&identity.kind) {
                found.found_by.push(identity.kind.clone());
            }
        }
        found.subjects.sort();
        found.subjects.dedup();
        if found.subjects.len() > MOST {
            return Err(Error::Answer("more than twenty accounts were found; use an identity that finds one person"));
        }
        found.contacts = self.contacts(&schema, &mut conn, &found.subjects).await?;
        Ok(found)
    }

    pub(super) async fn contacts(
        &self,
        schema: &Schema,
        conn: &mut Conn,
        subjects: &[Key],
    ) -> Result<Vec<String>, Error> {
        let mut contacts = Vec::new();
        if subjects.is_empty() {
            return Ok(contacts);
        }
        let dialect = self.engine.dialect();
        let on_record = |identity: &IdentityColumn| {
            let scope = Scope::new(&self.map, schema, dialect, subjects.len(), NaiveDate::MIN);
            format!(
                "SELECT DISTINCT {} FROM {} t WHERE {} ORDER BY 1 LIMIT 50",
                as_text(&format!("t.{}", quoted(&identity.column)), dialect),
                quoted(&identity.table),
                scope.own(&identity.table, "t")
            )
        };
        let values: Vec<_> = subjects.iter().flat_map(|key| key.0.clone()).collect();
        for text in self.map.identities.iter().filter(|identity| identity.contact).map(on_record).collect::<Vec<_>>() {
            let rows = conn.rows(Statement::new(text, &values)).await?;
            contacts.extend(rows.into_iter().filter_map(|row| row.into_iter().next().flatten()));
        }
        contacts.dedup();
        Ok(contacts)
    }
}

async fn subjects_by(
    map: &DataMap,
    schema: &Schema,
    dialect: Dialect,
    identity: &IdentityColumn,
    value: &str,
    conn: &mut Conn,
) -> Result<Vec<Key>, Error> {
    let live = schema.tables.get(&identity.table).and_then(|table| table.columns.get(&identity.column));
    let Some((value, live)) = live.and_then(|live| Some((comparable(value, identity.normal, live, dialect)?, live)))
    else {
        return Ok(Vec::new());
    };
    let matches =
        |alias: &str| equals(&format!("{alias}.{}", quoted(&identity.column)), identity.normal, live, dialect);
    let Some(subject) = map.table(&map.subject) else { return Ok(Vec::new()) };
    let is = |column: &String| schema.tables.get(&map.subject).and_then(|table| table.columns.get(column));
    let key = |column: &String| alike::text(&format!("s.{}", quoted(column)), is(column), dialect);
    let keys: Vec<_> = subject.key.iter().map(key).collect();
    let scope = Scope::new(map, schema, dialect, 0, NaiveDate::MIN);
    let conditions = up(&scope, &identity.table, &matches, 0);
    let text = format!(
        "SELECT {} FROM {} s WHERE {} LIMIT {}",
        keys.join(", "),
        quoted(&map.subject),
        conditions.join(" OR "),
        MOST + 1
    );
    let rows = conn.rows(Statement::new(text, &[value])).await?;
    Ok(rows.into_iter().map(|row| Key(row.into_iter().map(Option::unwrap_or_default).collect())).collect())
}

/// The conditions on the subject's row `s` that a row of `table` for which `matches` holds belongs to it.
fn up(scope: &Scope<'_>, table: &str, matches: &dyn Fn(&str) -> String, depth: usize) -> Vec<String> {
    let map = scope.map;
    if table == map.subject {
        return vec![matches("s")];
    }
    let Some(is) = map.table(table).filter(|_| depth < map.tables.len()) else { return Vec::new() };
    let mut conditions = Vec::new();
    for join in is.owner.iter().filter(|join| join.to != table) {
        let alias = format!("u{depth}");
        let parent = |p: &str| {
            let pairs = scope.equal((table, &alias), (&join.to, p), &join.on);
            let pairs: Vec<_> = pairs.into_iter().map(|(here, there)| (there, here)).collect();
            alike::among(&pairs, &format!("{} {alias} WHERE {}", quoted(table), matches(&alias)))
        };
        conditions.extend(up(scope, &join.to, &parent, depth + 1));
    }
    conditions
}

/// The value as it is compared; none where no row of this type can equal it.
pub(super) fn comparable(value: &str, normal: Normal, live: &ColumnSchema, dialect: Dialect) -> Option<String> {
    let value = match normal {
        Normal::Digits => value.chars().filter(char::is_ascii_digit).collect(),
        Normal::Exact | Normal::Lower => value.to_owned(),
    };
    let fits = matches!(live.kind, Type::Integer | Type::Uuid | Type::Text) && live.may_hold(&value, dialect);
    (fits && !value.is_empty()).then_some(value)
}

fn equals(column: &str, normal: Normal, live: &ColumnSchema, dialect: Dialect) -> String {
    match (dialect, normal) {
        (Dialect::Postgres, Normal::Exact) if live.kind != Type::Text => {
            format!("{column} = CAST($1::text AS {})", live.named)
        }
        // citext and some collations call different letters equal
        (Dialect::Postgres, Normal::Exact) => format!("{column}::text = $1::text"),
        (Dialect::Postgres, Normal::Lower) => format!("lower({column}::text) = lower($1::text)"),
        (Dialect::Postgres, Normal::Digits) => format!("regexp_replace({column}::text, '[^0-9]', '', 'g') = $1::text"),
        (Dialect::Sqlite, Normal::Exact) => format!("{column} = $1 COLLATE BINARY"),
        (Dialect::Sqlite, Normal::Lower) => format!("lower({column}) = lower($1) COLLATE BINARY"),
        (Dialect::Sqlite, Normal::Digits) => {
            let stripped = [" ", "-", "(", ")", "+", ".", "/"]
                .iter()
                .fold(column.to_owned(), |inner, sign| format!("replace({inner}, '{sign}', '')"));
            format!("{stripped} = $1 COLLATE BINARY")
        }
        (Dialect::Maria, Normal::Exact) if live.kind != Type::Text => {
            format!("{column} = {}", alike::value(1, Some(live)))
        }
        (Dialect::Maria, Normal::Exact) => {
            let (indexed, value) = (alike::value(1, Some(live)), alike::bytes("$1"));
            format!("({column} = {indexed} AND {} = {value})", alike::bytes(column))
        }
        (Dialect::Maria, Normal::Lower) => {
            let lower = |text: &str| alike::bytes(&format!("LOWER(CONVERT({text} USING utf8mb4))"));
            let same = format!("{} = {}", lower(column), lower("$1"));
            // such an order finds, by its index, at least those that differ in case alone
            let any_case = live.collation.as_ref().is_some_and(|collation| collation.ends_with("_ci"));
            if any_case { format!("({column} = {} AND {same})", alike::value(1, Some(live))) } else { same }
        }
        (Dialect::Maria, Normal::Digits) => {
            format!("{} = {}", alike::bytes(&format!("REGEXP_REPLACE({column}, '[^0-9]', '')")), alike::bytes("$1"))
        }
    }
}
