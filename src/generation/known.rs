//! What is known by a subject's key alone: the identities that the key itself is, and the addresses on record.

use super::{
    Error, Source,
    find::{Found, Key},
};
use crate::domain::identity::Identity;

impl Source {
    /// The identities that the keys themselves are: an account's number, where the map looks people up by it.
    #[must_use]
    pub fn names(&self, subjects: &[Key]) -> Vec<Identity> {
        let Some(table) = self.map.table(&self.map.subject) else { return Vec::new() };
        let is_key = |column: &str| table.key.len() == 1 && table.key.first().is_some_and(|key| key == column);
        let kinds = self.map.identities.iter().filter(|one| one.table == self.map.subject && is_key(&one.column));
        let of_kind = |kind: &str| {
            let name = |key: &Key| Some(Identity { kind: kind.to_owned(), value: key.0.first()?.clone() });
            subjects.iter().filter_map(name).collect::<Vec<_>>()
        };
        kinds.flat_map(|one| of_kind(&one.kind)).collect()
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
