//! The form of a package that a password opens: the same entries once more, each under AES-256 with the code as its
//! password (the AE-2 form, which 7-Zip opens), for people who keep the file where others come.

use super::at_rest::{self, Begun};
use crate::{
    app::{App, Error, failpoint::failpoint},
    domain::identity::DownloadId,
    generation::sealed::CHUNK,
    store::{
        downloads::{self, Download},
        package_parts,
    },
};
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    pin::pin,
};
use tokio::runtime::Handle;
use zip::{AesMode, CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Makes the locked form that a fetching waits for. May run twice: the file is then written once more. What nobody is to
/// have any more when it is made, and what could not be made, is removed; on the `last` try the fetching is taken back.
///
/// # Errors
/// When the store does not answer: it is tried again.
pub async fn lock_download(app: &App, id: DownloadId, last: bool) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let Some((download, password)) = downloads::download_to_lock(&mut tx, &app.vault, id).await? else {
        return Ok(());
    };
    drop(tx);
    let made = Box::pin(make(app, &download, password)).await;
    failpoint("export-locked");
    let mut tx = app.db.begin().await?;
    let wanted = if let Ok((bytes, sha256)) = &made {
        downloads::download_locked(&mut tx, id, i64::try_from(*bytes).unwrap_or(i64::MAX), sha256).await?
    } else {
        if last {
            downloads::download_failed(&mut tx, &download).await?;
        }
        false
    };
    tx.commit().await?;
    if !wanted {
        app.packages.remove(&download.object).await?;
    }
    made.map(|_| ())
}

async fn make(app: &App, download: &Download, password: String) -> Result<(u64, String), Error> {
    let mut tx = app.db.read().await?;
    let parts = package_parts::parts_of(&mut tx, download.package).await?;
    drop(tx);
    let part = parts.into_iter().find(|part| part.part == download.part.0).ok_or(Error::NotFound)?;
    let bytes = |bytes: Option<i64>| u64::try_from(bytes.unwrap_or_default()).unwrap_or_default();
    let archive = at_rest::open(app, &part.object, bytes(part.body), bytes(part.bytes)).await?;
    let Begun { out, give_up, pieces } = at_rest::begin(app, &download.object)?;
    let handle = Handle::current();
    let locking = async {
        let ended = tokio::task::spawn_blocking(move || {
            let out = Counted { out, sum: Sha256::new(), bytes: 0 };
            let Counted { out, sum, bytes } = locked(Window::new(archive, handle), out, &password)?;
            at_rest::end(out)?;
            Ok((bytes, data_encoding::HEXLOWER.encode(&sum.finalize())))
        });
        let ended: io::Result<(u64, String)> = ended.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        if ended.is_err() {
            // the store may have given up already
            let _ = give_up.send(Err(io::Error::other("given up"))).await;
        }
        drop(give_up);
        ended
    };
    let (kept, made) = tokio::join!(app.packages.put(&download.object, pieces), locking);
    kept?;
    made.map_err(|error| Error::Package(error.to_string()))
}

/// Every entry once more, under the password.
fn locked<W: Write>(from: Window, out: W, password: &str) -> io::Result<W> {
    let mut from = ZipArchive::new(from).map_err(io::Error::other)?;
    let mut to = ZipWriter::new_stream(out);
    for n in 0..from.len() {
        let mut entry = from.by_index(n).map_err(io::Error::other)?;
        let stored = entry.compression() == CompressionMethod::Stored;
        let options = SimpleFileOptions::default()
            .compression_method(if stored { CompressionMethod::Stored } else { CompressionMethod::Deflated })
            .compression_level((!stored).then_some(1))
            .large_file(true)
            .with_aes_encryption(AesMode::Aes256, password);
        let name = entry.name().map_err(io::Error::other)?.into_owned();
        to.start_file(name, options).map_err(io::Error::other)?;
        io::copy(&mut entry, &mut to)?;
    }
    Ok(to.finish().map_err(io::Error::other)?.into_inner())
}

/// What goes through, counted and summed.
struct Counted<W> {
    out: W,
    sum: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let n = self.out.write(piece)?;
        self.sum.update(&piece[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Bytes that are asked for together.
const WIDE: u64 = 8 * CHUNK as u64;

/// An archive in the store as something that can be read at any place, from a thread that may wait.
struct Window {
    archive: at_rest::Archive,
    handle: Handle,
    at: u64,
    starts: u64,
    held: Vec<u8>,
}

impl Window {
    fn new(archive: at_rest::Archive, handle: Handle) -> Self {
        Self { archive, handle, at: 0, starts: 0, held: Vec::new() }
    }

    fn look(&mut self) -> io::Result<&[u8]> {
        let within = |held: &[u8], starts: u64, at: u64| {
            let offset = usize::try_from(at.checked_sub(starts)?).ok()?;
            (offset < held.len()).then_some(offset)
        };
        if within(&self.held, self.starts, self.at).is_none() {
            let starts = self.at - self.at % WIDE;
            let range = starts..(starts + WIDE).min(self.archive.bytes);
            self.held.clear();
            self.starts = starts;
            self.handle.block_on(async {
                let mut pieces = pin!(self.archive.read(range).await.map_err(io::Error::other)?);
                while let Some(piece) = pieces.next().await {
                    self.held.extend_from_slice(&piece?);
                }
                io::Result::Ok(())
            })?;
        }
        Ok(within(&self.held, self.starts, self.at).map_or(&[], |offset| &self.held[offset..]))
    }
}

impl Read for Window {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.archive.bytes {
            return Ok(0);
        }
        let held = self.look()?;
        let n = held.len().min(into.len());
        into[..n].copy_from_slice(&held[..n]);
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.archive.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a place before the start"))?;
        Ok(self.at)
    }
}
