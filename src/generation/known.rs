//! What is known by a subject's key alone: the identities that the key itself is, and the addresses on record.

use super::{
    Error, Source,
    engine::Dialect,
    find::{Found, Key, comparable},
    map::{IdentityColumn, Normal},
    schema::{ColumnSchema, Type},
};
use crate::domain::identity::Identity;

impl Source {
    /// The identities that the keys themselves are: an account's number, where the map looks people up by it.
    #[must_use]
    pub fn names(&self, subjects: &[Key]) -> Vec<Identity> {
        let of_kind = |kind: &str| {
            let name = |key: &Key| Some(Identity { kind: kind.to_owned(), value: key.0.first()?.clone() });
            subjects.iter().filter_map(name).collect::<Vec<_>>()
        };
        self.identities_of_keys().flat_map(|identity| of_kind(&identity.kind)).collect()
    }

    /// The keys that these identities are, as they are written down, whether or not anybody has one of them any more.
    ///
    /// # Errors
    /// When the database does not answer or the map does not fit it.
    pub async fn keys_of(&self, identities: &[Identity]) -> Result<Vec<Key>, Error> {
        let mut conn = self.reader.conn().await?;
        let schema = self.live_rows(&mut conn).await?;
        let columns = schema.tables.get(&self.map.subject).map(|table| &table.columns);
        let mut keys = Vec::new();
        for one in identities {
            for identity in self.identities_of_keys().filter(|identity| identity.kind == one.kind) {
                let Some(is) = columns.and_then(|columns| columns.get(&identity.column)) else { continue };
                let values = written(one.value.trim(), identity.normal, is, self.engine.dialect());
                keys.extend(values.into_iter().map(|value| Key(vec![value])));
            }
        }
        Ok(keys)
    }

    /// The identities that are the key of the subject's table.
    fn identities_of_keys(&self) -> impl Iterator<Item = &IdentityColumn> {
        let subject = &self.map.subject;
        let key = self.map.table(subject).map(|table| table.key.as_slice()).unwrap_or_default();
        let is_key = move |one: &&IdentityColumn| one.table == *subject && matches!(key, [only] if *only == one.column);
        self.map.identities.iter().filter(is_key)
    }

    /// The subjects of these keys, whether or not their own rows are there, and the addresses on record where they are.
    ///
    /// # Errors
    /// When the database does not answer or the map does not fit it.
    pub async fn known(&self, subjects: &[Key]) -> Result<Found, Error> {
        let mut conn = self.reader.conn().await?;
        let schema = self.live_rows(&mut conn).await?;
        let contacts = self.contacts(&schema, &mut conn, subjects).await?;
        Ok(Found { subjects: subjects.to_vec(), found_by: Vec::new(), contacts })
    }
}

/// How a key is written in its column that somebody wrote as `value`: numbers and UUIDs in one way; a text as it is, or as
/// those write it who take the map at its word.
fn written(value: &str, normal: Normal, is: &ColumnSchema, dialect: Dialect) -> Vec<String> {
    let Some(compared) = comparable(value, normal, is, dialect) else { return Vec::new() };
    match (is.kind, normal) {
        (Type::Integer, _) => compared.parse::<i128>().map(|number| number.to_string()).into_iter().collect(),
        (Type::Uuid, _) => compared.parse::<uuid::Uuid>().map(|id| id.to_string()).into_iter().collect(),
        (_, Normal::Lower) => vec![compared.to_lowercase(), compared],
        (_, Normal::Digits | Normal::Exact) => vec![value.to_owned(), compared],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_as_the_database_writes_it() {
        let (number, id, text) = (
            ColumnSchema::plain(Type::Integer, "bigint"),
            ColumnSchema::plain(Type::Uuid, "uuid"),
            ColumnSchema::plain(Type::Text, "text"),
        );
        let uuid = "0190f5fe-7c00-7a00-8a00-0123456789ab";
        for (value, normal, is, first) in [
            ("007", Normal::Exact, &number, "7"),
            ("+7", Normal::Exact, &number, "7"),
            ("No. 7", Normal::Digits, &number, "7"),
            ("0190F5FE-7C00-7A00-8A00-0123456789AB", Normal::Exact, &id, uuid),
            ("007", Normal::Exact, &text, "007"),
            ("Ada", Normal::Lower, &text, "ada"),
            ("Ada", Normal::Exact, &text, "Ada"),
            ("seven", Normal::Exact, &number, ""),
        ] {
            let keys = written(value, normal, is, Dialect::Postgres);
            assert_eq!(keys.first().map_or("", String::as_str), first, "{value}");
        }
        assert!(written("Ada", Normal::Lower, &text, Dialect::Postgres).contains(&"Ada".to_owned()));
    }
}
