//! Packs on a thread of its own: what it is handed is compressed, hashed and written while the database already gives the
//! next rows. Where an archive has grown to its size another one is begun; their pages and manifests are written at the
//! end, when it is known how many there are.

use super::{
    Shelf,
    files::{SHOWN_PICTURES, is_picture},
    head::{self, Ending},
    layout::TableCopy,
    manifest, page, portability,
    table::{Frame, SHOWN_ROWS},
    told::CopiedPart,
    volume::{Holds, Volume},
    words::Words,
};
use crate::{
    domain::copy::CopyForm,
    generation::{Error, spool::Spool},
};
use bytes::Bytes;
use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::mpsc::Receiver;
use zip::CompressionMethod;

/// The most archives of one package; the last one takes whatever is left.
const MOST_PARTS: usize = 100;

/// What is handed to the packer, in this order.
pub enum Handed {
    /// A table begins.
    Table(Arc<TableCopy>),
    /// Rows of that table.
    Rows(Rows),
    /// No more rows of it.
    TableEnd,
    /// A file begins.
    File(String),
    /// More of it.
    FileBytes(Bytes),
    /// No more of it.
    FileEnd,
    /// A file that is not there.
    Missing(String),
    /// Everything was handed over.
    End(Box<Ending>),
}

/// Some rows of a table, in its order.
pub struct Rows {
    /// How many.
    pub count: i64,
    /// As JSON, with commas between them.
    pub json: Vec<u8>,
    /// As lines of CSV; empty where none is wanted.
    pub csv: Vec<u8>,
    /// The first of them, for the page.
    pub shown: Vec<Vec<Option<String>>>,
}

/// How a package is packed.
pub struct Packing<'p> {
    pub folder: &'p Path,
    pub part_bytes: u64,
    pub form: CopyForm,
    pub words: &'static Words,
}

/// Packs what `handed` hands over, until its end.
///
/// # Errors
/// When something cannot be written, or whoever hands over went away.
pub fn pack<S: Shelf>(
    mut handed: Receiver<Handed>,
    shelf: S,
    packing: &Packing<'_>,
) -> Result<(Vec<CopiedPart>, S), Error> {
    let broken_off = Arc::new(AtomicBool::new(false));
    let done = Packer::new(shelf, packing, broken_off.clone()).and_then(|mut packer| {
        while let Some(part) = handed.blocking_recv() {
            match part {
                Handed::End(ending) => {
                    return packer.end(*ending).inspect_err(|_| broken_off.store(true, Ordering::Relaxed));
                }
                part => packer.take(part).inspect_err(|_| broken_off.store(true, Ordering::Relaxed))?,
            }
        }
        broken_off.store(true, Ordering::Relaxed);
        Err(io::ErrorKind::ConnectionAborted.into())
    });
    done.map_err(|error| Error::Package(error.kind()))
}

struct Packer<S: Shelf> {
    // before the shelf: what was begun ends before it hears of it
    volume: Volume<S::Out>,
    full: Vec<Volume<S::Out>>,
    table: Option<Open>,
    shelf: S,
    folder: PathBuf,
    part_bytes: u64,
    form: CopyForm,
    words: &'static Words,
    broken_off: Arc<AtomicBool>,
}

/// The table that is being written, as far as it is in this archive.
struct Open {
    table: Arc<TableCopy>,
    frame: Frame,
    /// Its CSV waits until its JSON is done.
    csv: Option<Spool>,
    rows: i64,
    shown: Vec<Vec<Option<String>>>,
    /// The archive's size when it began.
    since: u64,
    /// True where an earlier archive has its first rows.
    goes_on: bool,
}

impl<S: Shelf> Packer<S> {
    fn new(mut shelf: S, packing: &Packing<'_>, broken_off: Arc<AtomicBool>) -> io::Result<Self> {
        let out = shelf.begin(1, false)?;
        Ok(Self {
            volume: Volume::new(out, packing.folder, broken_off.clone())?,
            full: Vec::new(),
            table: None,
            shelf,
            folder: packing.folder.to_owned(),
            part_bytes: packing.part_bytes,
            form: packing.form,
            words: packing.words,
            broken_off,
        })
    }

    fn take(&mut self, handed: Handed) -> io::Result<()> {
        match handed {
            Handed::Table(table) => {
                self.make_room()?;
                self.begin_table(table, false)
            }
            Handed::Rows(rows) => {
                if self.table.as_ref().is_some_and(|open| open.rows > 0)
                    && self.is_full()
                    && let Some(table) = self.end_table(true)?
                {
                    self.next_volume()?;
                    self.begin_table(table, true)?;
                }
                self.rows(rows)
            }
            Handed::TableEnd => self.end_table(false).map(|_| ()),
            Handed::File(path) => {
                self.make_room()?;
                if is_picture(&path) {
                    let holds = &mut self.volume.holds;
                    holds.all_pictures += 1;
                    holds.pictures.extend((holds.all_pictures <= SHOWN_PICTURES).then(|| path.clone()));
                }
                // pictures are compressed already
                self.volume.begin(path, CompressionMethod::Stored)
            }
            Handed::FileBytes(bytes) => self.volume.put(&bytes),
            Handed::FileEnd => {
                let bytes = self.volume.close(false)?;
                self.volume.holds.files.count += 1;
                self.volume.holds.files.bytes += i64::try_from(bytes).unwrap_or(i64::MAX);
                Ok(())
            }
            Handed::Missing(path) => self.volume.missing(&path),
            Handed::End(_) => Ok(()),
        }
    }

    fn begin_table(&mut self, table: Arc<TableCopy>, goes_on: bool) -> io::Result<()> {
        let frame = Frame::new(&table, self.form);
        let csv = frame.csv_head.as_ref().map(|_| Spool::new(&self.folder)).transpose()?;
        self.volume.begin(table.json(), CompressionMethod::Deflated)?;
        self.volume.put(&frame.json_head)?;
        let since = self.volume.bytes();
        self.table = Some(Open { table, frame, csv, rows: 0, shown: Vec::new(), since, goes_on });
        Ok(())
    }

    fn rows(&mut self, rows: Rows) -> io::Result<()> {
        let Some(open) = &mut self.table else { return Ok(()) };
        self.volume.put(if open.rows == 0 { b"\n" } else { b",\n" })?;
        self.volume.put(&rows.json)?;
        if let Some(csv) = &mut open.csv {
            csv.write_all(&rows.csv)?;
        }
        open.rows += rows.count;
        let room = SHOWN_ROWS - open.shown.len();
        open.shown.extend(rows.shown.into_iter().take(room));
        Ok(())
    }

    /// Ends the open table in this archive, and with `more` to come in the next.
    fn end_table(&mut self, more: bool) -> io::Result<Option<Arc<TableCopy>>> {
        let Some(open) = self.table.take() else { return Ok(None) };
        let volume = &mut self.volume;
        volume.put(&open.frame.json_foot)?;
        volume.close(true)?;
        if let (Some(csv), Some(head)) = (open.csv, &open.frame.csv_head) {
            volume.begin(open.table.csv(), CompressionMethod::Deflated)?;
            volume.put(head)?;
            csv.drain(|part| volume.put(part))?;
            volume.close(true)?;
        }
        let section = page::section(self.words, self.form, &open.table, open.rows, &open.shown, more || open.goes_on);
        volume.page.write_all(section.as_bytes())?;
        volume.holds.tables.push((open.table.clone(), open.rows));
        Ok(Some(open.table))
    }

    /// True where the archive has its size; CSV that waits will take about as much as the JSON did.
    fn is_full(&self) -> bool {
        if self.part_bytes == 0 || self.full.len() + 1 >= MOST_PARTS {
            return false;
        }
        let bytes = self.volume.bytes();
        let waits = self.table.as_ref().filter(|open| open.csv.is_some()).map_or(0, |open| bytes - open.since);
        bytes + waits >= self.part_bytes
    }

    fn make_room(&mut self) -> io::Result<()> {
        if self.is_full() && !self.volume.is_empty() { self.next_volume() } else { Ok(()) }
    }

    fn next_volume(&mut self) -> io::Result<()> {
        let out = self.volume.lay_aside()?;
        self.shelf.finish(out)?;
        let number = u32::try_from(self.full.len() + 2).unwrap_or(u32::MAX);
        let out = self.shelf.begin(number, false)?;
        let next = Volume::new(out, &self.folder, self.broken_off.clone())?;
        self.full.push(std::mem::replace(&mut self.volume, next));
        Ok(())
    }

    fn end(self, ending: Ending) -> io::Result<(Vec<CopiedPart>, S)> {
        let Self { volume, mut full, mut shelf, folder, .. } = self;
        full.push(volume);
        let all: Vec<Holds> = full.iter().map(|volume| volume.holds.clone()).collect();
        let mut parts = Vec::new();
        let broken_off = |_: &io::Error| self.broken_off.store(true, Ordering::Relaxed);
        for (n, mut volume) in full.into_iter().enumerate() {
            if n + 1 < all.len() {
                volume.take_up(shelf.begin(u32::try_from(n + 1).unwrap_or(u32::MAX), true)?);
            }
            last_entries(&mut volume, &ending, (&all, n), &folder).inspect_err(broken_off)?;
            let (part, out) = volume.end()?;
            shelf.finish(out)?;
            parts.push(part);
        }
        Ok((parts, shelf))
    }
}

/// What an archive says of itself.
fn last_entries<W: io::Write>(
    volume: &mut Volume<W>,
    ending: &Ending,
    (all, n): (&[Holds], usize),
    folder: &Path,
) -> io::Result<()> {
    volume.index(&head::head(ending, all, n), &page::foot(ending, &all[n]), folder)?;
    if ending.form == CopyForm::Portable {
        volume.entry(portability::PATH, &portability::schema(ending.told.dialect, &all[n].tables)?)?;
    }
    volume.manifest(&manifest::manifest(ending, all, n)?, folder)
}
