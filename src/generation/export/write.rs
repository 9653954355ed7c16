//! Reads everything in one moment of the database and hands it to the packer: the tables, the files, and what the
//! package says about itself.

use super::{
    Copied, CopiedTable, CopyOrder, LeftOut, Watch,
    files::FilesDone,
    layout::{ColumnCopy, Layout, TableCopy, layout},
    manifest,
    pack::{Ending, Part, pack},
    page,
    portions::Portions,
    table::TableWriter,
};
use crate::generation::{
    Error, Source,
    engine::{Conn, Statement},
};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use std::{collections::BTreeSet, io, sync::Arc};
use tokio::sync::mpsc::{self, Sender};

/// Parts that wait between database and packer.
const WAITING: usize = 4;

/// The way to the packer.
pub struct Pack(Sender<Part>);

impl Pack {
    async fn send(&self, part: Part) -> Result<(), Error> {
        // why the packer went away is what it returns
        self.0.send(part).await.map_err(|_| Error::Package(io::ErrorKind::BrokenPipe))
    }

    /// A file begins.
    pub async fn file(&self, path: String) -> Result<(), Error> {
        self.send(Part::File(path)).await
    }

    /// More of it.
    pub async fn file_bytes(&self, bytes: Bytes) -> Result<(), Error> {
        self.send(Part::FileBytes(bytes)).await
    }

    /// No more of it.
    pub async fn file_end(&self) -> Result<(), Error> {
        self.send(Part::FileEnd).await
    }

    /// A file that is not there.
    pub async fn missing(&self, path: String) -> Result<(), Error> {
        self.send(Part::Missing(path)).await
    }
}

/// What was found, for page and manifest.
pub struct Told<'t> {
    /// Each table that is copied, with its rows.
    pub tables: Vec<(&'t TableCopy, i64)>,
    /// Each table that is left out, with its rows; those with none are not there.
    pub left_out: Vec<(&'t TableCopy, i64)>,
    /// The files.
    pub files: FilesDone,
    /// Columns in which something was withheld: table and name.
    pub withheld: BTreeSet<(String, String)>,
}

impl<'t> Told<'t> {
    /// The columns of a table in which something was withheld.
    pub fn redacted(&self, table: &'t TableCopy) -> impl Iterator<Item = &'t ColumnCopy> {
        let withheld = |column: &&ColumnCopy| self.withheld.contains(&(table.name.clone(), column.name.clone()));
        table.columns.iter().filter(withheld)
    }

    /// The tables that are left out, in words.
    pub fn left_out(&self) -> Vec<LeftOut> {
        let left_out = self.left_out.iter().map(|(table, rows)| LeftOut {
            table: table.name.clone(),
            title: table.title.clone(),
            rows: *rows,
            why: table.why_not.clone().unwrap_or_default(),
        });
        left_out.collect()
    }
}

impl Source {
    /// Writes the package to `out` and gives it back, at its end.
    ///
    /// # Errors
    /// When the database or the files do not answer, the scope is not the approved one, `out` does not take it, or it
    /// was stopped. Nothing but an unfinished `out` stays of such an attempt.
    pub async fn write_copy<W: io::Write + Send + 'static>(
        &self,
        order: &CopyOrder,
        out: W,
        watch: Arc<Watch>,
    ) -> Result<(Copied, W), Error> {
        let (sender, parts) = mpsc::channel(WAITING);
        let folder = order.spool.clone();
        let thread = tokio::task::spawn_blocking(move || pack(parts, out, &folder));
        let copied = self.copy_all(order, Pack(sender), &watch).await;
        let packed = thread.await.map_err(|_| Error::Answer("packing was cut off"))?;
        let (mut copied, packed) = match (copied, packed) {
            // the packer knows why it went away
            (Ok(_) | Err(Error::Package(_)), Err(why)) => return Err(why),
            (copied, packed) => (copied?, packed?),
        };
        (copied.entries, copied.bytes, copied.sha256) = (packed.entries, packed.bytes, packed.sha256);
        Ok((copied, packed.out))
    }

    async fn copy_all(&self, order: &CopyOrder, pack: Pack, watch: &Watch) -> Result<Copied, Error> {
        let mut conn = self.reader.conn().await?;
        conn.begin_snapshot().await?;
        // all rows are read, and the reader may be slow
        conn.without_hurry().await?;
        order.extent.known_to(&self.map).map_err(Error::Limits)?;
        let schema = self.live(&mut conn).await?;
        if order.subjects.is_empty() || self.copy_hash(&schema, &order.subjects, &order.extent) != order.scope_hash {
            return Err(Error::Drift("this is not the copy that was approved".to_owned()));
        }
        let layout = layout(&self.map, &schema, self.engine.dialect(), order.subjects.len(), &order.extent);
        let told = self.copy_tables(&mut conn, &layout, order, &pack, watch).await?;
        let ending = Ending {
            page_head: page::head(&order.about, &self.map.system, &told),
            page_foot: page::foot(&told),
            manifest: manifest::manifest(&order.about, &self.map, &order.extent, &told)
                .map_err(|error| Error::Package(io::Error::from(error).kind()))?,
        };
        watch.go_on()?;
        pack.send(Part::End(Box::new(ending))).await?;
        Ok(copied(&told))
    }

    async fn copy_tables<'t>(
        &self,
        conn: &mut Conn,
        layout: &'t Layout,
        order: &CopyOrder,
        pack: &Pack,
        watch: &Watch,
    ) -> Result<Told<'t>, Error> {
        let values = layout.values(&order.subjects);
        let mut told =
            Told { tables: Vec::new(), left_out: Vec::new(), files: FilesDone::default(), withheld: BTreeSet::new() };
        // a person with a key of several columns is named by no one of them
        let own: Vec<_> = order.subjects.iter().filter(|key| key.0.len() == 1).flat_map(|key| key.0.clone()).collect();
        for (n, table) in layout.tables.iter().enumerate() {
            watch.go_on()?;
            if table.why_not.is_some() {
                let rows = conn.count(Statement::new(table.count.clone(), &values)).await?;
                told.left_out.extend((rows > 0).then_some((table, rows)));
                continue;
            }
            watch.begin_table(&table.name);
            let select = Statement::new(table.select.clone(), &values);
            let portions = Portions::open(conn, self.engine.dialect(), n, select).await?;
            let mut writer = TableWriter::new(table, &order.file_key, &own);
            let rows = copy_rows(conn, portions, &mut writer, pack, watch).await?;
            told.withheld.extend(writer.withheld().map(|column| (table.name.clone(), column)));
            told.tables.push((table, rows));
        }
        if let Some(names) = &layout.files {
            let names = (layout.tables.len(), Statement::new(names.clone(), &values));
            told.files = self.copy_files(conn, names, &order.file_key, pack, watch).await?;
        }
        Ok(told)
    }
}

/// Hands over the rows of one table; one without rows gets no entries.
async fn copy_rows(
    conn: &mut Conn,
    mut portions: Portions,
    writer: &mut TableWriter<'_>,
    pack: &Pack,
    watch: &Watch,
) -> Result<i64, Error> {
    while let Some(mut rows) = portions.next(conn) {
        watch.go_on()?;
        while let Some(row) = rows.try_next().await? {
            if writer.rows == 0 {
                pack.send(Part::Table(writer.table.stem.clone())).await?;
            }
            writer.row(&row)?;
            if writer.is_full() {
                let (json, csv) = writer.take();
                pack.send(Part::Rows { json, csv }).await?;
                watch.rows_done(writer.rows);
                watch.go_on()?;
            }
        }
    }
    portions.close(conn).await?;
    let rows = writer.rows;
    watch.rows_done(rows);
    if rows > 0 {
        pack.send(Part::Page(page::table(writer.table, rows, &writer.shown))).await?;
        let (json, csv) = writer.end();
        pack.send(Part::Rows { json, csv }).await?;
        pack.send(Part::TableEnd).await?;
    }
    Ok(rows)
}

fn copied(told: &Told<'_>) -> Copied {
    let tables = told.tables.iter().map(|(table, rows)| CopiedTable {
        table: table.name.clone(),
        title: table.title.clone(),
        rows: *rows,
        columns: table.columns.iter().map(|column| column.name.clone()).collect(),
        left_out: table.left_out.iter().map(|(column, _, why)| (column.clone(), why.clone())).collect(),
        redacted: told.redacted(table).map(|column| column.name.clone()).collect(),
    });
    Copied {
        tables: tables.collect(),
        left_out: told.left_out(),
        files: told.files.count,
        missing: told.files.missing,
        ..Copied::default()
    }
}
