//! One product's generation database: where it is, where its files are, how it is mapped.

use super::{
    Error, Extent, Fault, advice, check,
    engine::{Conn, Engine},
    extent,
    files::Files,
    introspect,
    map::{DataMap, Erase},
    schema::Schema,
};
use crate::domain::plan::{Warning, WarningCode};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// One product's generation database; nothing is opened until it is asked something.
#[derive(Debug, Clone)]
pub struct Source {
    pub(super) engine: Engine,
    /// Where people are looked up, plans are counted and copies are read: a replica, or the database itself.
    pub(super) reader: Engine,
    pub(super) files: Option<Files>,
    pub(super) map: Arc<DataMap>,
    /// SHA-256 of the map's text, in hexadecimal.
    pub(super) digest: String,
}

impl Source {
    /// Prepares the database at `url` with the map whose text is `map`.
    ///
    /// # Errors
    /// When the address is none or the map does not hold together.
    pub fn new(url: &str, files: Option<Files>, map: &str) -> Result<Self, Vec<Fault>> {
        let engine = Engine::new(url).map_err(|error| vec![Fault::new("", None, error.to_string())])?;
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(map.as_bytes()));
        let map = DataMap::read(map)?;
        Ok(Self { reader: engine.clone(), engine, files, map: Arc::new(map), digest })
    }

    /// The same, but people are looked up, plans are counted and copies are read at `url`, which follows the database.
    ///
    /// # Errors
    /// When the address is none of the same engine.
    pub fn with_replica(self, url: &str) -> Result<Self, Error> {
        let reader = Engine::new(url)?;
        if reader.dialect() != self.engine.dialect() {
            return Err(Error::Address);
        }
        Ok(Self { reader, ..self })
    }

    /// The same without its replica: what decides about a change is read where the change is made.
    #[must_use]
    pub fn itself(&self) -> Self {
        Self { reader: self.engine.clone(), ..self.clone() }
    }

    /// What the system is called in letters to the person.
    #[must_use]
    pub fn system(&self) -> &str {
        &self.map.system
    }

    /// The map's own version.
    #[must_use]
    pub fn map_version(&self) -> &str {
        &self.map.version
    }

    /// The product the map is of.
    #[must_use]
    pub fn product(&self) -> &str {
        &self.map.product
    }

    /// Whether the map has everything that limits name.
    ///
    /// # Errors
    /// What it does not have, with what there is.
    pub fn knows(&self, extent: &Extent) -> Result<(), Error> {
        extent.known_to(&self.map).map_err(Error::Limits)
    }

    /// The categories of the map, in order: what a run can be limited to.
    #[must_use]
    pub fn categories(&self) -> Vec<String> {
        extent::categories(&self.map)
    }

    /// The tables of the map, in order, with what people call them and their key columns.
    pub fn tables(&self) -> impl Iterator<Item = (&str, String, &[String])> {
        self.map.tables.iter().map(|(name, table)| (name.as_str(), table.title(name), table.key.as_slice()))
    }

    /// True where rows of `table` are kept for a reason and a period.
    #[must_use]
    pub fn keeps(&self, table: &str) -> bool {
        self.map.table(table).is_some_and(|table| table.erase == Erase::Keep)
    }

    /// True where the live schema has this table, whether the map names it or not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_table(&self, table: &str) -> Result<bool, Error> {
        let mut conn = self.engine.conn().await?;
        Ok(introspect::read(&mut conn, self.engine.dialect()).await?.tables.contains_key(table))
    }

    /// Joins of a run that no index serves: warnings that stop nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unindexed(&self) -> Result<Vec<Warning>, Error> {
        let mut conn = self.engine.conn().await?;
        let schema = introspect::read(&mut conn, self.engine.dialect()).await?;
        Ok(advice::unindexed(&self.map, &schema, self.engine.dialect()))
    }

    /// What does not stop a plan but deserves a look: joins without an index, tables that look personal and are not
    /// mapped.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn advice(&self) -> Result<Vec<Warning>, Error> {
        let mut conn = self.engine.conn().await?;
        let schema = introspect::read(&mut conn, self.engine.dialect()).await?;
        let mut found = advice::unindexed(&self.map, &schema, self.engine.dialect());
        found.extend(advice::unmapped(&self.map, &schema));
        Ok(found)
    }

    /// What keeps the map from being used on the live schema; empty when nothing does.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn check(&self) -> Result<Vec<Warning>, Error> {
        let mut conn = self.engine.conn().await?;
        let schema = introspect::read(&mut conn, self.engine.dialect()).await?;
        Ok(self.faults(&schema))
    }

    pub(super) fn faults(&self, schema: &Schema) -> Vec<Warning> {
        let mut faults = check::check(&self.map, schema, self.engine.dialect());
        let names_files = |table: &super::map::Table| table.columns.values().any(|column| column.file);
        if let (None, Some((name, _))) = (&self.files, self.map.tables.iter().find(|(_, table)| names_files(table))) {
            faults.push(Warning {
                code: WarningCode::Drift,
                table: name.clone(),
                column: None,
                detail: "names files, but no folder and no bucket of files is given for this product".to_owned(),
                rows: 0,
                blocks: true,
            });
        }
        faults
    }

    /// The live schema, which the map has to fit.
    pub(super) async fn live(&self, conn: &mut Conn) -> Result<Arc<Schema>, Error> {
        let schema = introspect::schema(conn, self.engine.dialect()).await?;
        fitting(self.faults(&schema)).map(|()| schema)
    }

    /// The same for whoever looks at rows alone and at no file.
    pub(super) async fn live_rows(&self, conn: &mut Conn) -> Result<Arc<Schema>, Error> {
        let schema = introspect::schema(conn, self.engine.dialect()).await?;
        fitting(check::check(&self.map, &schema, self.engine.dialect())).map(|()| schema)
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.engine.close().await;
        self.reader.close().await;
    }
}

fn fitting(faults: Vec<Warning>) -> Result<(), Error> {
    let Some(fault) = faults.first() else { return Ok(()) };
    let column = fault.column.as_ref().map(|column| format!(".{column}")).unwrap_or_default();
    Err(Error::Drift(format!("{}{column}: {}", fault.table, fault.detail)))
}
