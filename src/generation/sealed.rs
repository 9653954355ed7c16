//! Authenticated encryption in pieces (XChaCha20-Poly1305, STREAM): each piece opens by itself at its place, so that a
//! download can begin anywhere, and no piece can be cut off, moved, repeated or changed without being found out.
//! A key and a prefix serve one file only.

use aead_stream::{NewStream as _, StreamBE32, StreamPrimitive as _};
use chacha20poly1305::XChaCha20Poly1305;
use std::{
    io::{self, Write},
    ops::Range,
};
use zeroize::Zeroizing;

/// Bytes of plain text in every piece but the last.
pub const CHUNK: usize = 65_536;
/// Bytes that sealing adds to a piece.
pub const TAG: usize = 16;
/// Bytes of a sealed piece.
pub const SEALED_CHUNK: usize = CHUNK + TAG;
/// Bytes of the prefix that all nonces of a file begin with.
pub const PREFIX: usize = 19;

type Stream = StreamBE32<XChaCha20Poly1305>;

fn stream(key: &[u8; 32], prefix: &[u8; PREFIX]) -> Stream {
    // the cipher forgets its key when it is dropped
    Stream::new(key.into(), prefix.into())
}

/// A sealed piece that does not open: it was changed, moved, cut, or sealed under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a piece of what was sealed does not open: it was changed, cut or moved, or belongs to another key")]
pub struct Closed;

/// Seals what is written to it.
pub struct Sealer<W: Write> {
    stream: Stream,
    out: W,
    next: u32,
    /// The piece that is being filled; a full one waits until it is known whether it is the last.
    piece: Zeroizing<Vec<u8>>,
}

impl<W: Write> Sealer<W> {
    /// Seals under `key`; no two files may have the same key and prefix.
    #[must_use]
    pub fn new(key: &[u8; 32], prefix: [u8; PREFIX], out: W) -> Self {
        let piece = Zeroizing::new(Vec::with_capacity(SEALED_CHUNK));
        Self { stream: stream(key, &prefix), out, next: 0, piece }
    }

    /// Seals the last piece, also when it is empty. What is not finished does not open to its end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let too_long = || io::Error::new(io::ErrorKind::FileTooLarge, "more than can be sealed under one key");
        let after = self.next.checked_add(1).ok_or_else(too_long)?;
        self.stream
            .encrypt_in_place(self.next, last, b"", &mut *self.piece)
            .map_err(|_| io::Error::other("a piece cannot be sealed"))?;
        self.out.write_all(&self.piece)?;
        self.piece.clear();
        self.next = after;
        Ok(())
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.piece.len() == CHUNK && !bytes.is_empty() {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// Whole pieces alone are handed on.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Opens sealed pieces, in any order.
pub struct Opener {
    stream: Stream,
}

impl Opener {
    /// Opens what was sealed under `key` with `prefix`.
    #[must_use]
    pub fn new(key: &[u8; 32], prefix: [u8; PREFIX]) -> Self {
        Self { stream: stream(key, &prefix) }
    }

    /// Opens the `n`-th piece, counted from 0. `last` has to be true for the last piece and for no other.
    ///
    /// # Errors
    /// When it is not that piece as it was sealed.
    pub fn open(&self, n: u32, last: bool, sealed: &[u8]) -> Result<Vec<u8>, Closed> {
        let mut piece = sealed.to_vec();
        self.stream.decrypt_in_place(n, last, b"", &mut piece).map_err(|_| Closed)?;
        Ok(piece)
    }
}

/// How many pieces `plain` bytes make; nothing at all is sealed as one empty piece.
#[must_use]
pub const fn pieces(plain: u64) -> u64 {
    let pieces = plain.div_ceil(CHUNK as u64);
    if pieces == 0 { 1 } else { pieces }
}

/// How long `plain` bytes are when they are sealed.
#[must_use]
pub const fn sealed_length(plain: u64) -> u64 {
    plain + pieces(plain) * TAG as u64
}

/// The pieces that hold a range of plain bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Their numbers, to be read and opened one after the other.
    pub pieces: Range<u32>,
    /// Where they stand in the sealed file.
    pub sealed: Range<u64>,
    /// How many bytes to leave out at the beginning of the first piece.
    pub skip: usize,
    /// The number of the file's last piece, which has to be opened as such.
    pub last: u32,
}

impl Span {
    /// The pieces that hold `range` of a file of `plain` bytes; none where it reaches beyond its end.
    #[must_use]
    pub fn of(range: &Range<u64>, plain: u64) -> Option<Self> {
        const SEALED: u64 = SEALED_CHUNK as u64;
        if range.start > range.end || range.end > plain {
            return None;
        }
        let last = u32::try_from(pieces(plain) - 1).ok()?;
        let first = u32::try_from(range.start / CHUNK as u64).ok()?.min(last);
        let end = u32::try_from(pieces(range.end)).ok()?.max(first + 1);
        let skip = usize::try_from(range.start - u64::from(first) * CHUNK as u64).ok()?;
        let sealed = u64::from(first) * SEALED..(u64::from(end) * SEALED).min(sealed_length(plain));
        Some(Self { pieces: first..end, sealed, skip, last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];
    const NONCES: [u8; PREFIX] = [9; PREFIX];

    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|i| u8::try_from(i * 31 % 251).expect("a byte")).collect()
    }

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::new(&KEY, NONCES, Vec::new());
        // in uneven portions
        for part in plain.chunks(10_007) {
            sealer.write_all(part).expect("it takes them");
        }
        sealer.finish().expect("it ends")
    }

    fn open_all(sealed: &[u8]) -> Result<Vec<u8>, Closed> {
        let (opener, mut plain) = (Opener::new(&KEY, NONCES), Vec::new());
        let parts: Vec<_> = sealed.chunks(SEALED_CHUNK).collect();
        for (n, part) in parts.iter().enumerate() {
            plain.extend(opener.open(u32::try_from(n).expect("few"), n + 1 == parts.len(), part)?);
        }
        Ok(plain)
    }

    #[test]
    fn what_was_sealed_opens_whole_and_in_any_part() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 500] {
            let plain = bytes(length);
            let sealed = sealed(&plain);
            let length = length as u64;
            assert_eq!(sealed.len() as u64, sealed_length(length), "{length}");
            assert_eq!(open_all(&sealed), Ok(plain.clone()), "{length}");
            let key = Opener::new(&KEY, NONCES);
            for from in [0, 1, length / 2, length.saturating_sub(1), length] {
                for to in [from, from + 1, from + CHUNK as u64, length] {
                    let range = from..to;
                    let Some(span) = Span::of(&range, length) else {
                        assert!(to > length || from > to, "{range:?} of {length}");
                        continue;
                    };
                    let at = |n: u64| usize::try_from(n).expect("it fits");
                    let part = &sealed[at(span.sealed.start)..at(span.sealed.end)];
                    let mut opened = Vec::new();
                    for (n, piece) in span.pieces.clone().zip(part.chunks(SEALED_CHUNK)) {
                        opened.extend(key.open(n, n == span.last, piece).expect("it opens"));
                    }
                    let opened = &opened[span.skip..][..at(to - from)];
                    assert_eq!(opened, &plain[at(from)..at(to)], "{range:?} of {length}");
                }
            }
        }
    }

    #[test]
    fn what_was_changed_cut_moved_or_repeated_does_not_open() {
        let whole = sealed(&bytes(3 * CHUNK));
        let piece = |n: usize| &whole[n * SEALED_CHUNK..(n + 1) * SEALED_CHUNK];
        let mut changed = whole.clone();
        changed[SEALED_CHUNK + 5] ^= 1;
        for (why, broken) in [
            ("changed", changed),
            ("cut after a piece", whole[..2 * SEALED_CHUNK].to_vec()),
            ("cut within a piece", whole[..whole.len() - 1].to_vec()),
            ("moved", [piece(1), piece(0), piece(2)].concat()),
            ("repeated", [piece(0), piece(1), piece(1), piece(2)].concat()),
            ("left out", [piece(0), piece(2)].concat()),
            ("continued", [&whole, &[0_u8; 40][..]].concat()),
        ] {
            assert_eq!(open_all(&broken), Err(Closed), "{why}");
        }
        assert_eq!(Opener::new(&[8; 32], NONCES).open(0, false, piece(0)), Err(Closed));
        assert_eq!(Opener::new(&KEY, [0; PREFIX]).open(0, false, piece(0)), Err(Closed));
        let mut broken_off = Sealer::new(&KEY, NONCES, Vec::new());
        broken_off.write_all(&bytes(2 * CHUNK + 1)).expect("it takes them");
        assert_eq!(open_all(&broken_off.out), Err(Closed), "without its end");
    }
}
