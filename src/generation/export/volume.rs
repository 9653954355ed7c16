//! One archive while it is written: its open entry, what waits for its end in sealed spools, what is in it. It can be laid
//! aside after its entries and taken up again for its end, with another file to write to.

use super::{
    layout::TableCopy,
    told::{CopiedPart, Entry},
};
use crate::{domain::plan::FileCount, generation::spool::Spool};
use sha2::{Digest as _, Sha256};
use std::{
    io::{self, Write},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use zip::{
    CompressionMethod, DateTime, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

/// What is in one archive.
#[derive(Debug, Clone, Default)]
pub struct Holds {
    /// Tables with the rows that are here.
    pub tables: Vec<(Arc<TableCopy>, i64)>,
    /// The files that are here.
    pub files: FileCount,
    /// Files that rows name but that were not there.
    pub missing: i64,
    /// The first pictures.
    pub pictures: Vec<String>,
    /// Pictures in all.
    pub all_pictures: usize,
}

/// One archive.
pub struct Volume<W: Write> {
    zip: ZipWriter<StreamWriter<Out<W>>>,
    sink: Sink<W>,
    /// The entry that is being written.
    open: Option<(String, u64, Sha256)>,
    /// Parts of the page.
    pub page: Spool,
    missing: List,
    all: List,
    kept: Vec<Entry>,
    body: Option<u64>,
    pub holds: Holds,
}

/// Where the archive goes, shared with the packer of ZIP: counts and hashes.
struct Sink<W>(Arc<Mutex<Going<W>>>);

struct Going<W> {
    /// None while it is laid aside.
    to: Option<W>,
    bytes: u64,
    digest: Sha256,
}

impl<W> Sink<W> {
    fn going(&self) -> MutexGuard<'_, Going<W>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An archive that was broken off gets no end that makes it look whole.
struct Out<W> {
    sink: Sink<W>,
    broken_off: Arc<AtomicBool>,
}

impl<W: Write> Write for Out<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.broken_off.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        let mut going = self.sink.going();
        let to = going.to.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        let written = to.write(bytes)?;
        going.digest.update(&bytes[..written]);
        going.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.going().to.as_mut().map_or(Ok(()), Write::flush)
    }
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

impl<W: Write> Volume<W> {
    /// An empty one that is written to `to`.
    pub fn new(to: W, folder: &Path, broken_off: Arc<AtomicBool>) -> io::Result<Self> {
        let going = Arc::new(Mutex::new(Going { to: Some(to), bytes: 0, digest: Sha256::new() }));
        let out = Out { sink: Sink(going.clone()), broken_off };
        Ok(Self {
            page: Spool::new(folder)?,
            missing: List::new(folder)?,
            all: List::new(folder)?,
            zip: ZipWriter::new_stream(out),
            sink: Sink(going),
            open: None,
            kept: Vec::new(),
            body: None,
            holds: Holds::default(),
        })
    }

    /// Its bytes until now, but for what compression still holds back.
    pub fn bytes(&self) -> u64 {
        self.sink.going().bytes
    }

    /// True while nothing of the person is in it.
    pub fn is_empty(&self) -> bool {
        self.holds.tables.is_empty() && self.holds.files.count == 0
    }

    /// Begins an entry.
    pub fn begin(&mut self, path: String, method: CompressionMethod) -> io::Result<()> {
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

    /// Adds to the open entry.
    pub fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some((_, size, digest)) = &mut self.open {
            *size += bytes.len() as u64;
            digest.update(bytes);
        }
        self.zip.write_all(bytes)
    }

    /// Ends the open entry; returns its size.
    pub fn close(&mut self, kept: bool) -> io::Result<u64> {
        let Some((path, bytes, digest)) = self.open.take() else { return Ok(0) };
        let entry = Entry { path, bytes, sha256: data_encoding::HEXLOWER.encode(&digest.finalize()) };
        self.all.push(&entry)?;
        self.kept.extend(kept.then_some(entry));
        Ok(bytes)
    }

    /// A whole entry of text.
    pub fn entry(&mut self, path: &str, text: &str) -> io::Result<()> {
        self.begin(path.to_owned(), CompressionMethod::Deflated)?;
        self.put(text.as_bytes())?;
        self.close(true).map(|_| ())
    }

    /// A file that is not there.
    pub fn missing(&mut self, path: &str) -> io::Result<()> {
        self.holds.missing += 1;
        self.missing.push(&path)
    }

    /// Lays it aside until it gets its end; what it was written to.
    pub fn lay_aside(&mut self) -> io::Result<W> {
        let mut going = self.sink.going();
        self.body = Some(going.bytes);
        going.to.take().ok_or_else(|| io::ErrorKind::BrokenPipe.into())
    }

    /// Takes it up again.
    pub fn take_up(&mut self, to: W) {
        self.sink.going().to = Some(to);
    }

    /// The page around what waited for it.
    pub fn index(&mut self, head: &str, foot: &str, folder: &Path) -> io::Result<()> {
        self.begin("index.html".to_owned(), CompressionMethod::Deflated)?;
        self.put(head.as_bytes())?;
        let page = std::mem::replace(&mut self.page, Spool::new(folder)?);
        page.drain(|part| self.put(part))?;
        self.put(foot.as_bytes())?;
        self.close(true).map(|_| ())
    }

    /// The manifest, a JSON object, with the lists that waited for it: the last entry.
    pub fn manifest(&mut self, object: &str, folder: &Path) -> io::Result<()> {
        let missing = std::mem::replace(&mut self.missing, List::new(folder)?);
        let all = std::mem::replace(&mut self.all, List::new(folder)?);
        self.begin("manifest.json".to_owned(), CompressionMethod::Deflated)?;
        self.put(object.strip_suffix("\n}").unwrap_or(object).as_bytes())?;
        self.put(b",\n  \"missing_files\": [")?;
        missing.spool.drain(|part| self.put(part))?;
        self.put(b"],\n  \"entries\": [")?;
        all.spool.drain(|part| self.put(part))?;
        self.put(b"]\n}\n")?;
        self.close(true).map(|_| ())
    }

    /// Ends the archive; what was packed, and what it was written to.
    pub fn end(self) -> io::Result<(CopiedPart, W)> {
        self.zip.finish()?;
        let mut going = self.sink.going();
        let to = going.to.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let part = CopiedPart {
            bytes: going.bytes,
            body: self.body.unwrap_or(going.bytes),
            sha256: data_encoding::HEXLOWER.encode(&going.digest.clone().finalize()),
            rows: self.holds.tables.iter().map(|(_, rows)| rows).sum(),
            files: self.holds.files,
            entries: self.kept,
        };
        Ok((part, to))
    }
}
