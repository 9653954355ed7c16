//! A file for what has to wait until its turn. It has no name, and is sealed under a key that exists in memory alone:
//! what a killed process leaves behind cannot be read by anybody.

use super::sealed::{Opener, PREFIX, SEALED_CHUNK, Sealer};
use std::{
    fs::File,
    io::{self, Read as _, Seek as _, Write},
    path::Path,
};
use zeroize::Zeroizing;

/// What was written waits here to be read once.
pub struct Spool {
    key: Zeroizing<[u8; 32]>,
    sealer: Sealer<File>,
}

/// A key of its own for every spool: nonces need no randomness.
const PREFIX_OF_ALL: [u8; PREFIX] = [0; PREFIX];

impl Spool {
    /// An empty one in `folder`.
    ///
    /// # Errors
    /// When there is no place for it, or no randomness.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).map_err(io::Error::other)?;
        let sealer = Sealer::new(&key, PREFIX_OF_ALL, tempfile::tempfile_in(folder)?);
        Ok(Self { key, sealer })
    }

    /// Gives everything, in order, to `take`.
    ///
    /// # Errors
    /// When it cannot be read again, or `take` fails.
    pub fn drain(self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut file = self.sealer.finish()?;
        let length = file.stream_position()?;
        file.rewind()?;
        let opener = Opener::new(&self.key, PREFIX_OF_ALL);
        let mut piece = Vec::with_capacity(SEALED_CHUNK);
        let (mut read, mut n) = (0, 0);
        while read < length {
            piece.clear();
            read += (&file).take(SEALED_CHUNK as u64).read_to_end(&mut piece)? as u64;
            take(&Zeroizing::new(opener.open(n, read == length, &piece).map_err(io::Error::other)?))?;
            n += 1;
        }
        Ok(())
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sealer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sealer.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_comes_back_and_cannot_be_read_meanwhile() {
        let folder = tempfile::tempdir().expect("a folder");
        for length in [0, 10, 65_536, 200_000] {
            let text = "lighthouse".repeat(length / 10);
            let mut spool = Spool::new(folder.path()).expect("there is room");
            spool.write_all(text.as_bytes()).expect("it takes it");
            assert_eq!(std::fs::read_dir(folder.path()).expect("it lists").count(), 0, "it has a name");
            let mut back = Vec::new();
            spool
                .drain(|part| {
                    back.extend_from_slice(part);
                    Ok(())
                })
                .expect("it comes back");
            assert!(back == text.as_bytes(), "{length}");
        }
    }
}
