//! One product's generation database: where it is, where its files are, how it is mapped.

use super::{
    Error, Fault, check,
    engine::{Conn, Engine},
    files::Files,
    introspect,
    map::DataMap,
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
                detail: "names files, but the configuration says no folder and no bucket of files for this product"
                    .to_owned(),
                rows: 0,
                blocks: true,
            });
        }
        faults
    }

    /// The live schema, which the map has to fit.
    pub(super) async fn live(&self, conn: &mut Conn) -> Result<Schema, Error> {
        let schema = introspect::read(conn, self.engine.dialect()).await?;
        match self.faults(&schema).first() {
            None => Ok(schema),
            Some(fault) => {
                let column = fault.column.as_ref().map(|column| format!(".{column}")).unwrap_or_default();
                Err(Error::Drift(format!("{}{column}: {}", fault.table, fault.detail)))
            }
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.engine.close().await;
        self.reader.close().await;
    }
}
