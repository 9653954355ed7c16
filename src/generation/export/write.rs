//! Reads everything in one moment of the database and hands it to the packer: the tables, the files, and what the
//! package says about itself.

use super::{
    Copied, CopyOrder, Shelf, Watch,
    head::Ending,
    layout::{Layout, layout},
    limits::Limits,
    pack::{Handed, Packing, pack},
    portions::Portions,
    table::{Manner, TableWriter},
    told::Told,
    words::{self, Words},
};
use crate::{
    domain::language::Language,
    generation::{
        Error, Extent, Source,
        engine::{Conn, Statement},
    },
};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use std::{io, sync::Arc};
use tokio::sync::mpsc::{self, Sender};

/// Parts that wait between database and packer.
const WAITING: usize = 4;

/// The way to the packer.
pub struct Pack(Sender<Handed>);

impl Pack {
    async fn send(&self, part: Handed) -> Result<(), Error> {
        // why the packer went away is what it returns
        self.0.send(part).await.map_err(|_| Error::Package(io::ErrorKind::BrokenPipe))
    }

    /// A file begins.
    pub async fn file(&self, path: String) -> Result<(), Error> {
        self.send(Handed::File(path)).await
    }

    /// More of it.
    pub async fn file_bytes(&self, bytes: Bytes) -> Result<(), Error> {
        self.send(Handed::FileBytes(bytes)).await
    }

    /// No more of it.
    pub async fn file_end(&self) -> Result<(), Error> {
        self.send(Handed::FileEnd).await
    }

    /// A file that is not there.
    pub async fn missing(&self, path: String) -> Result<(), Error> {
        self.send(Handed::Missing(path)).await
    }
}

impl Source {
    /// What a copy is limited to, a line each in this language; empty where it is everything.
    #[must_use]
    pub fn limits_in_words(&self, extent: &Extent, language: Language) -> Vec<String> {
        Limits::new(&self.map, extent).lines(words::of(language))
    }

    /// The same of limits as a plan keeps them, which `Extent::in_words` wrote; what nobody can read any more stays as it is.
    #[must_use]
    pub fn limits_told(&self, limits: &[String], language: Language) -> Vec<String> {
        match Limits::read(&self.map, limits) {
            Some(limits) => limits.lines(words::of(language)),
            None => limits.to_vec(),
        }
    }

    /// Writes the package `onto` a shelf and gives it back, at its end.
    ///
    /// # Errors
    /// When the database or the files do not answer, the scope is not the approved one, the shelf does not take it, or it
    /// was stopped. Nothing but unfinished goes on the shelf stays of such an attempt.
    pub async fn write_copy<S: Shelf>(
        &self,
        order: &CopyOrder,
        onto: S,
        watch: Arc<Watch>,
    ) -> Result<(Copied, S), Error> {
        let (sender, handed) = mpsc::channel(WAITING);
        let (folder, form, part_bytes) = (order.spool.clone(), order.form, order.part_bytes);
        let words = words::of(order.about.language);
        let thread = tokio::task::spawn_blocking(move || {
            pack(handed, onto, &Packing { folder: &folder, part_bytes, form, words })
        });
        let copied = self.copy_all(order, Pack(sender), words, &watch).await;
        let packed = thread.await.map_err(|_| Error::Answer("packing was cut off"))?;
        let (mut copied, (parts, onto)) = match (copied, packed) {
            // the packer knows why it went away
            (Ok(_) | Err(Error::Package(_)), Err(why)) => return Err(why),
            (copied, packed) => (copied?, packed?),
        };
        copied.parts = parts;
        Ok((copied, onto))
    }

    async fn copy_all(&self, order: &CopyOrder, pack: Pack, words: &Words, watch: &Watch) -> Result<Copied, Error> {
        let mut conn = self.reader.conn().await?;
        conn.begin_snapshot().await?;
        // all rows are read, and the reader may be slow
        conn.without_hurry().await?;
        order.extent.known_to(&self.map).map_err(Error::Limits)?;
        let schema = self.live(&mut conn).await?;
        let what = (order.form, &order.extent);
        if order.subjects.is_empty() || self.copy_hash(&schema, &order.subjects, what) != order.scope_hash {
            return Err(Error::Drift("this is not the copy that was approved".to_owned()));
        }
        let layout = layout(&self.map, &schema, self.engine.dialect(), order.subjects.len(), what);
        let told = if order.form.has_rows() {
            self.copy_tables(&mut conn, &layout, order, &pack, (words, watch)).await?
        } else {
            self.summed_up(&mut conn, &layout, order, watch).await?
        };
        let limits = Limits::new(&self.map, &order.extent);
        let (form, language) = (Some(order.form), order.about.language);
        let limited = limits.lines(words::of(Language::En));
        let copied = Copied { form, language, limited, ..told.copied() };
        let (about, map) = (order.about.clone(), (self.map.system.clone(), self.map.version.clone()));
        let ending = Ending { about, map, form: order.form, extent: order.extent.clone(), limits, told };
        watch.go_on()?;
        pack.send(Handed::End(Box::new(ending))).await?;
        Ok(copied)
    }

    async fn copy_tables(
        &self,
        conn: &mut Conn,
        layout: &Layout,
        order: &CopyOrder,
        pack: &Pack,
        (words, watch): (&Words, &Watch),
    ) -> Result<Told, Error> {
        let values = layout.values(&order.subjects);
        let mut told = Told::new(self.engine.dialect());
        // a person with a key of several columns is named by no one of them
        let own: Vec<_> = order.subjects.iter().filter(|key| key.0.len() == 1).flat_map(|key| key.0.clone()).collect();
        let manner = Manner { form: order.form, withheld: words.withheld, file_key: &order.file_key, own: &own };
        for (n, table) in layout.tables.iter().enumerate() {
            watch.go_on()?;
            if table.why_not.is_some() {
                let rows = conn.count(Statement::new(table.count.clone(), &values)).await?;
                told.left_out.extend((rows > 0).then(|| (table.clone(), rows)));
                continue;
            }
            watch.begin_table(&table.name);
            let select = Statement::new(table.select.clone(), &values);
            let portions = Portions::open(conn, self.engine.dialect(), n, select).await?;
            let mut writer = TableWriter::new(table, manner);
            let begins = Handed::Table(table.clone());
            let rows = copy_rows(conn, portions, (&mut writer, begins), pack, watch).await?;
            told.withheld.extend(writer.withheld().map(|column| (table.name.clone(), column)));
            told.tables.push((table.clone(), rows));
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
    (writer, begins): (&mut TableWriter<'_>, Handed),
    pack: &Pack,
    watch: &Watch,
) -> Result<i64, Error> {
    let mut begins = Some(begins);
    while let Some(mut rows) = portions.next(conn) {
        watch.go_on()?;
        while let Some(row) = rows.try_next().await? {
            if let Some(begins) = begins.take() {
                pack.send(begins).await?;
            }
            writer.row(&row)?;
            if writer.is_full()
                && let Some(rows) = writer.take()
            {
                pack.send(Handed::Rows(rows)).await?;
                watch.rows_done(writer.rows);
                watch.go_on()?;
            }
        }
    }
    portions.close(conn).await?;
    watch.rows_done(writer.rows);
    if writer.rows > 0 {
        if let Some(rows) = writer.take() {
            pack.send(Handed::Rows(rows)).await?;
        }
        pack.send(Handed::TableEnd).await?;
    }
    Ok(writer.rows)
}
