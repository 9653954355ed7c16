//! Writes the archive, on a thread of its own: what it is handed is compressed, hashed and written while the database
//! already gives the next rows. What has to wait for its turn waits in sealed spools.

use super::Entry;
use crate::generation::{Error, spool::Spool};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::mpsc::Receiver;
use zip::{
    CompressionMethod, DateTime, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

/// What is handed to the packer, in this order.
pub enum Part {
    /// A table's entries begin: their name without folder and ending.
    Table(String),
    /// Rows of that table.
    Rows {
        /// As JSON.
        json: Vec<u8>,
        /// As CSV.
        csv: Vec<u8>,
    },
    /// No more rows of it.
    TableEnd,
    /// A part of the page, which is written at the end.
    Page(String),
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

/// What goes around that which waited.
pub struct Ending {
    /// The page before its tables.
    pub page_head: String,
    /// The page after them.
    pub page_foot: String,
    /// The manifest, a JSON object.
    pub manifest: String,
}

/// What was packed.
pub struct Packed<W> {
    /// Every entry but the files.
    pub entries: Vec<Entry>,
    /// The size of the archive.
    pub bytes: u64,
    /// Its digest.
    pub sha256: String,
    /// Where it was written to.
    pub out: W,
}

/// Packs what `parts` hands over, until its end.
///
/// # Errors
/// When something cannot be written, or whoever hands over went away.
pub fn pack<W: Write>(mut parts: Receiver<Part>, out: W, folder: &Path) -> Result<Packed<W>, Error> {
    let broken_off = Arc::new(AtomicBool::new(false));
    let done = Packer::new(out, folder, broken_off.clone()).and_then(|mut packer| {
        while let Some(part) = parts.blocking_recv() {
            match part {
                Part::End(ending) => return packer.end(*ending, &broken_off),
                part => packer.part(part).inspect_err(|_| broken_off.store(true, Ordering::Relaxed))?,
            }
        }
        broken_off.store(true, Ordering::Relaxed);
        Err(io::ErrorKind::ConnectionAborted.into())
    });
    done.map_err(|error| Error::Package(error.kind()))
}

/// Counts and hashes the archive. An archive that was broken off gets no end that makes it look whole.
struct Out<W> {
    inner: W,
    bytes: u64,
    digest: Sha256,
    broken_off: Arc<AtomicBool>,
}

impl<W: Write> Write for Out<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.broken_off.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        let written = self.inner.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

struct Packer<W: Write> {
    zip: ZipWriter<StreamWriter<Out<W>>>,
    folder: PathBuf,
    /// The entry that is being written.
    open: Option<(String, u64, Sha256)>,
    /// The name of the table, and its CSV, which waits until its JSON is done.
    table: Option<(String, Spool)>,
    page: Spool,
    missing: List,
    all: List,
    kept: Vec<Entry>,
}

/// JSON values that wait, with commas between them.
struct List {
    spool: Spool,
    is_empty: bool,
}

impl List {
    fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self { spool: Spool::new(folder)?, is_empty: true })
    }

    fn push(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        self.spool.write_all(if self.is_empty { b"\n" } else { b",\n" })?;
        self.is_empty = false;
        serde_json::to_writer(&mut self.spool, value)?;
        Ok(())
    }
}

impl<W: Write> Packer<W> {
    fn new(inner: W, folder: &Path, broken_off: Arc<AtomicBool>) -> io::Result<Self> {
        let out = Out { inner, bytes: 0, digest: Sha256::new(), broken_off };
        Ok(Self {
            page: Spool::new(folder)?,
            missing: List::new(folder)?,
            all: List::new(folder)?,
            zip: ZipWriter::new_stream(out),
            folder: folder.to_owned(),
            open: None,
            table: None,
            kept: Vec::new(),
        })
    }

    fn part(&mut self, part: Part) -> io::Result<()> {
        match part {
            Part::Table(stem) => {
                self.begin(format!("data/{stem}.json"), CompressionMethod::Deflated)?;
                self.table = Some((stem, Spool::new(&self.folder)?));
                Ok(())
            }
            Part::Rows { json, csv } => {
                self.put(&json)?;
                self.table.as_mut().map_or(Ok(()), |(_, spool)| spool.write_all(&csv))
            }
            Part::TableEnd => {
                self.close(true)?;
                let Some((stem, spool)) = self.table.take() else { return Ok(()) };
                self.begin(format!("data/{stem}.csv"), CompressionMethod::Deflated)?;
                spool.drain(|part| self.put(part))?;
                self.close(true)
            }
            Part::Page(text) => self.page.write_all(text.as_bytes()),
            // pictures are compressed already
            Part::File(path) => self.begin(path, CompressionMethod::Stored),
            Part::FileBytes(bytes) => self.put(&bytes),
            Part::FileEnd => self.close(false),
            Part::Missing(path) => self.missing.push(&path),
            Part::End(_) => Ok(()),
        }
    }

    fn begin(&mut self, path: String, method: CompressionMethod) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .compression_level((method == CompressionMethod::Deflated).then_some(1))
            .last_modified_time(DateTime::default())
            .unix_permissions(0o600)
            // how large it gets is not known before
            .large_file(true);
        self.zip.start_file(path.as_str(), options)?;
        self.open = Some((path, 0, Sha256::new()));
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some((_, size, digest)) = &mut self.open {
            *size += bytes.len() as u64;
            digest.update(bytes);
        }
        self.zip.write_all(bytes)
    }

    fn close(&mut self, kept: bool) -> io::Result<()> {
        let Some((path, bytes, digest)) = self.open.take() else { return Ok(()) };
        let entry = Entry { path, bytes, sha256: data_encoding::HEXLOWER.encode(&digest.finalize()) };
        self.all.push(&entry)?;
        self.kept.extend(kept.then_some(entry));
        Ok(())
    }

    fn end(mut self, ending: Ending, broken_off: &AtomicBool) -> io::Result<Packed<W>> {
        self.last_entries(ending).inspect_err(|_| broken_off.store(true, Ordering::Relaxed))?;
        let out = self.zip.finish()?.into_inner();
        let sha256 = data_encoding::HEXLOWER.encode(&out.digest.finalize());
        Ok(Packed { entries: self.kept, bytes: out.bytes, sha256, out: out.inner })
    }

    fn last_entries(&mut self, ending: Ending) -> io::Result<()> {
        self.begin("index.html".to_owned(), CompressionMethod::Deflated)?;
        self.put(ending.page_head.as_bytes())?;
        let page = std::mem::replace(&mut self.page, Spool::new(&self.folder)?);
        page.drain(|part| self.put(part))?;
        self.put(ending.page_foot.as_bytes())?;
        self.close(true)?;

        let missing = std::mem::replace(&mut self.missing, List::new(&self.folder)?);
        let all = std::mem::replace(&mut self.all, List::new(&self.folder)?);
        self.begin("manifest.json".to_owned(), CompressionMethod::Deflated)?;
        self.put(ending.manifest.strip_suffix("\n}").unwrap_or(&ending.manifest).as_bytes())?;
        self.put(b",\n  \"missing_files\": [")?;
        missing.spool.drain(|part| self.put(part))?;
        self.put(b"],\n  \"entries\": [")?;
        all.spool.drain(|part| self.put(part))?;
        self.put(b"]\n}\n")?;
        self.close(true)
    }
}
