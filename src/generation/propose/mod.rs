//! Proposes a data map from a live schema: names, types, keys and foreign keys, never a row. Every line says why it
//! stands there; what is unsure is marked `# decide:`. What comes out holds together as a map; whether it is right is for
//! the person who knows the schema.

mod consents;
pub mod evidence;
mod mapped;
mod ways;
pub mod words;
mod write;

use super::{Error, engine::Engine, introspect, schema::Schema};

/// Proposes a map for the database at `url`.
///
/// # Errors
/// When the address is none or the database does not answer.
pub async fn of_database(url: &str, product: Option<&str>, day: &str) -> Result<String, Error> {
    let engine = Engine::new(url)?;
    let read = async {
        let mut conn = engine.conn().await?;
        introspect::read(&mut conn, engine.dialect()).await
    };
    let schema = read.await;
    engine.close().await;
    Ok(of_schema(&schema?, product, day))
}

/// Columns that are named like a key of `subject` or another table although no foreign key says so: table, column, to.
#[must_use]
pub fn named_like_keys(schema: &Schema, subject: &str) -> Vec<(String, String, String)> {
    let named = ways::all(schema, subject).into_iter().filter(|way| !way.is_sure && way.from != way.to);
    named.filter_map(|way| Some((way.from.clone(), way.on.first()?.0.clone(), way.to))).collect()
}

/// Proposes a map for a schema; `day` is its version.
#[must_use]
pub fn of_schema(schema: &Schema, product: Option<&str>, day: &str) -> String {
    let Some((subject, why)) = ways::subject(schema) else { return write::example(product, day) };
    let ways = ways::all(schema, &subject);
    let tables = mapped::tables(schema, &subject, &ways);
    write::map(schema, (&subject, &why), &tables, product, day)
}
