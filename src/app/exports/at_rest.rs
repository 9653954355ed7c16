//! Packages as they lie in the store of files: a header that names the key, then the archive, sealed in chunks that can
//! be opened one by one. The package's own key stands in the header, wrapped by a data key, which no
//! database holds unwrapped.

use crate::{
    app::{App, Error, failpoint::failpoint},
    generation::sealed::{Opener, PREFIX, SEALED_CHUNK, Sealer, Span},
    store::{
        objects,
        package_parts::end_of,
        vault::{Sealed, random},
    },
};
use bytes::{Bytes, BytesMut};
use futures_util::{
    Stream, StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use serde::{Deserialize, Serialize};
use std::{io, ops::Range, sync::Arc};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

/// Bytes before the first chunk.
const HEADER: usize = 1_024;
const FORMAT: &str = "recourse-package-1";
/// The purpose that a file's key is sealed for: of this name alone, so that no file can take another's place.
fn purpose(object: &str) -> String {
    format!("package {object}")
}
/// Parts that wait for the store.
const WAITING: usize = 4;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    key_id: String,
    wrapped_key: String,
    sealed: String,
}

/// Where an archive is written to: sealed on the way to the store.
pub(super) type Out = Sealer<Parts>;

/// Hands pieces on to the store; ends with an error where the store has given up.
pub(super) struct Parts {
    to: mpsc::Sender<io::Result<Bytes>>,
    held: BytesMut,
}

/// Pieces are gathered to this many bytes before they go on.
const PIECE: usize = 256 * 1_024;

impl io::Write for Parts {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(piece);
        if self.held.len() >= PIECE {
            self.flush()?;
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        failpoint("export-piece");
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the store of packages took no more");
        self.to.blocking_send(Ok(self.held.split().freeze())).map_err(gone)
    }
}

/// A piece on its way to the store, or why there are no more.
type Piece = io::Result<Bytes>;

/// A file that is begun.
pub(super) struct Begun {
    /// Where the archive is written to, from a thread that may wait.
    pub out: Out,
    /// Tells the store that the file is given up; what is never told so is taken for whole.
    pub give_up: mpsc::Sender<Piece>,
    /// What the store takes.
    pub pieces: mpsc::Receiver<Piece>,
}

/// Begins the file `object` under a key of its own.
///
/// # Errors
/// When there is no randomness.
pub(super) fn begin(app: &App, object: &str) -> Result<Begun, Error> {
    let key = Zeroizing::new(random::<32>()?);
    let prefix = random::<PREFIX>()?;
    let sealed = app.vault.seal(&purpose(object), &[key.as_slice(), &prefix].concat())?;
    let header = Header {
        format: FORMAT.to_owned(),
        key_id: app.vault.key_id().to_owned(),
        wrapped_key: data_encoding::BASE64.encode(&sealed.wrapped_key),
        sealed: data_encoding::BASE64.encode(&sealed.cipher),
    };
    let mut head = serde_json::to_vec(&header).unwrap_or_default();
    head.resize(HEADER - 1, b' ');
    head.push(b'\n');
    let (to, pieces) = mpsc::channel(WAITING);
    let parts = Parts { to: to.clone(), held: BytesMut::from(head.as_slice()) };
    Ok(Begun { out: Sealer::new(&key, prefix, parts), give_up: to, pieces })
}

/// An archive that can be read: one file, or its body and its end.
#[derive(Clone)]
pub(super) struct Archive {
    files: Vec<File>,
    /// The archive's size in bytes.
    pub bytes: u64,
}

/// A file that can be read.
#[derive(Clone)]
struct File {
    objects: objects::Objects,
    object: String,
    opener: Arc<Opener>,
    /// Bytes of the archive that lie here.
    bytes: u64,
}

fn damaged(what: &str) -> Error {
    Error::Package(what.to_owned())
}

/// Opens an archive of `bytes` bytes, the first `body` of which lie in the file `object`.
///
/// # Errors
/// When the store does not answer, or a file is another than was written.
pub(super) async fn open(app: &App, object: &str, body: u64, bytes: u64) -> Result<Archive, Error> {
    let mut files = vec![file(app, object, body.min(bytes)).await?];
    if body < bytes {
        files.push(file(app, &end_of(object), bytes - body).await?);
    }
    Ok(Archive { files, bytes })
}

async fn file(app: &App, object: &str, bytes: u64) -> Result<File, Error> {
    let mut pieces = app.packages.read(object, 0..HEADER as u64).await?;
    let mut head = Vec::with_capacity(HEADER);
    while let Some(piece) = pieces.next().await {
        head.extend_from_slice(&piece?);
    }
    let header: Header = serde_json::from_slice(&head).map_err(|_| damaged("its head cannot be read"))?;
    if header.format != FORMAT || !app.vault.knows(&header.key_id) {
        return Err(damaged("it was sealed with another key"));
    }
    let decoded =
        |text: &str| data_encoding::BASE64.decode(text.as_bytes()).map_err(|_| damaged("its head cannot be read"));
    let sealed = Sealed { wrapped_key: decoded(&header.wrapped_key)?, cipher: decoded(&header.sealed)? };
    let unsealed =
        app.vault.open(&purpose(object), &sealed).map_err(|_| damaged("it is not the file that was written"))?;
    let keys = Zeroizing::new(unsealed);
    let (key, prefix) = keys.split_at_checked(32).ok_or_else(|| damaged("its head cannot be read"))?;
    let (Ok(key), Ok(prefix)) = (key.try_into(), prefix.try_into()) else {
        return Err(damaged("its head cannot be read"));
    };
    let opener = Arc::new(Opener::new(key, prefix));
    Ok(File { objects: app.packages.clone(), object: object.to_owned(), opener, bytes })
}

impl Archive {
    /// The bytes of the archive from `range`, chunk by chunk.
    ///
    /// # Errors
    /// When the store does not answer; a piece is an error where the file was changed or cut.
    pub async fn read(&self, range: Range<u64>) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>, Error> {
        let (mut from, mut wanted) = (0, Vec::new());
        for file in &self.files {
            let within = |at: u64| at.clamp(from, from + file.bytes) - from;
            let part = within(range.start)..within(range.end);
            from += file.bytes;
            wanted.extend((part.start < part.end).then(|| (file.clone(), part)));
        }
        let mut wanted = wanted.into_iter();
        let first = match wanted.next() {
            Some((file, part)) => Some(file.read(part).await?),
            None => None,
        };
        // the end is asked for when the body was read: nothing is kept waiting
        let rest = stream::iter(wanted)
            .then(|(file, part)| async move { file.read(part).await.map_err(io::Error::other) })
            .try_flatten();
        Ok(stream::iter(first).flatten().chain(rest))
    }
}

impl File {
    async fn read(&self, range: Range<u64>) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>, Error> {
        let span = Span::of(&range, self.bytes).ok_or_else(|| damaged("it has no such part"))?;
        let at = |place: u64| HEADER as u64 + place;
        let pieces = self.objects.read(&self.object, at(span.sealed.start)..at(span.sealed.end)).await?;
        let state =
            Reading { pieces, held: BytesMut::new(), left: range.end - range.start, span, opener: self.opener.clone() };
        Ok(stream::try_unfold(state, |mut state| async move {
            let Some(chunk) = state.next().await? else { return Ok(None) };
            Ok(Some((chunk, state)))
        }))
    }
}

/// A file on its way out of the store.
struct Reading {
    pieces: BoxStream<'static, crate::store::Result<Bytes>>,
    held: BytesMut,
    span: Span,
    left: u64,
    opener: Arc<Opener>,
}

impl Reading {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(n) = self.span.pieces.next() else { return Ok(None) };
        while self.held.len() < SEALED_CHUNK {
            let Some(piece) = self.pieces.next().await else { break };
            self.held.extend_from_slice(&piece.map_err(io::Error::other)?);
        }
        let sealed = self.held.split_to(SEALED_CHUNK.min(self.held.len()));
        let plain = self.opener.open(n, n == self.span.last, &sealed).map_err(io::Error::other)?;
        let mut plain = Bytes::from(plain);
        let _ = plain.split_to(std::mem::take(&mut self.span.skip).min(plain.len()));
        plain.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= plain.len() as u64;
        Ok(Some(plain))
    }
}

/// Ends a file that was written to its end; the store learns of it when every sender is gone.
///
/// # Errors
/// When the store took no more.
pub(super) fn end(out: Out) -> io::Result<()> {
    io::Write::flush(&mut out.finish()?)
}
