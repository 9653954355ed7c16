//! What is known by a subject's key alone: the identities that the key itself is, and the addresses on record.

use super::{
    Error, Source,
    find::{Found, Key},
    map::IdentityColumn,
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
        self.kinds_of_keys().flat_map(of_kind).collect()
    }

    /// The keys that these identities are, whether or not anybody has one of them any more.
    #[must_use]
    pub fn keys_of(&self, identities: &[Identity]) -> Vec<Key> {
        let is_key = |one: &&Identity| self.kinds_of_keys().any(|kind| kind == one.kind);
        identities.iter().filter(is_key).map(|one| Key(vec![one.value.clone()])).collect()
    }

    /// The kinds of identity that are the key of the subject's table.
    fn kinds_of_keys(&self) -> impl Iterator<Item = &str> {
        let subject = &self.map.subject;
        let key = self.map.table(subject).map(|table| table.key.as_slice()).unwrap_or_default();
        let is_key = move |one: &&IdentityColumn| one.table == *subject && matches!(key, [only] if *only == one.column);
        self.map.identities.iter().filter(is_key).map(|one| one.kind.as_str())
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
