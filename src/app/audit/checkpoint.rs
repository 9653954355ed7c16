//! Signed checkpoints: this was the hash of that entry then. A line in a file outside the database each, made to last before
//! anything else happens, and a row beside the log. Whoever rewrites the log later cannot make the lines fit.

use crate::{
    app::Error,
    domain::time::Instant,
    generation::receipt::{PublicKeys, Signer},
    store::{
        Db,
        audit::{
            self,
            checkpoints::{self, Checkpoint},
        },
    },
};
use std::{
    fs,
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// The first word of every line.
const FORMAT: &str = "recourse-checkpoint-1";
/// The end that a line gets later, where a loss of power cut it off.
pub(super) const CUT_OFF: &str = " (cut off)\n";

/// Who signs checkpoints, and where they go.
#[derive(Debug, Clone)]
pub struct Notary {
    signer: Signer,
    file: PathBuf,
}

/// What sealing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// There is a checkpoint of this entry now.
    Entry(i64),
    /// Nothing was written since the last one.
    Already,
}

impl Notary {
    /// Makes the folder where it is not there, and tries whether the file of this machine's checkpoints can be added to.
    ///
    /// # Errors
    /// As the system says.
    pub fn open(signer: Signer, folder: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let notary = Self { signer, file: folder.join(format!("{}.checkpoints", machine())) };
        notary.opened()?;
        Ok(notary)
    }

    /// The public half of the key.
    #[must_use]
    pub const fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The file that lines are added to.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    fn opened(&self) -> io::Result<fs::File> {
        fs::OpenOptions::new().append(true).create(true).mode(0o600).open(&self.file)
    }

    /// Adds a line and returns once it lasts.
    fn add(&self, line: &str) -> io::Result<()> {
        let mut file = self.opened()?;
        let torn = if is_torn(&self.file)? { CUT_OFF } else { "" };
        // in one write: two consoles of one machine may share the file
        file.write_all(format!("{torn}{line}").as_bytes())?;
        file.sync_all()
    }
}

/// True where the file ends within a line: the machine lost its power while it was written.
fn is_torn(file: &Path) -> io::Result<bool> {
    let mut file = fs::File::open(file)?;
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(io::SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Signs a checkpoint of the last entry, where there is a later one than `last`.
///
/// # Errors
/// When the line cannot be written or the database does not answer: nothing is lost, the next one seals the same entries.
pub async fn seal(db: &Db, notary: &Notary, last: i64, at: Instant) -> Result<Sealed, Error> {
    let end = audit::entry_last(&mut db.read().await?).await?;
    let Some((number, hash)) = end.filter(|(number, _)| *number > last) else { return Ok(Sealed::Already) };
    let key_id = notary.signer.key_id().to_owned();
    let mut checkpoint = Checkpoint { number, hash, at, key_id, signature: Vec::new() };
    checkpoint.signature = notary.signer.signature(signed_text(&checkpoint).as_bytes());
    let (keeper, line) = (notary.clone(), line(&checkpoint));
    let written = tokio::task::spawn_blocking(move || keeper.add(&line)).await;
    written.map_err(io::Error::other).flatten().map_err(|error| Error::Internal(sqlx::Error::Io(error).into()))?;
    let mut tx = db.begin().await?;
    checkpoints::checkpoint_keep(&mut tx, &checkpoint).await?;
    tx.commit().await?;
    Ok(Sealed::Entry(number))
}

/// The bytes that are signed: the line without its last word.
fn signed_text(checkpoint: &Checkpoint) -> String {
    let Checkpoint { number, hash, at, key_id, .. } = checkpoint;
    format!("{FORMAT} {number} {} {} {key_id}", data_encoding::HEXLOWER.encode(hash), at.0)
}

fn line(checkpoint: &Checkpoint) -> String {
    format!("{} {}\n", signed_text(checkpoint), data_encoding::BASE64.encode(&checkpoint.signature))
}

/// A checkpoint as a line says it; none where the line says none. Believes nothing yet.
pub(super) fn read(line: &str) -> Option<Checkpoint> {
    let mut words = line.split(' ');
    let (format, number, hash) = (words.next()?, words.next()?, words.next()?);
    let (at, key_id, signature) = (words.next()?, words.next()?, words.next()?);
    if format != FORMAT || words.next().is_some() {
        return None;
    }
    Some(Checkpoint {
        number: number.parse().ok()?,
        hash: data_encoding::HEXLOWER.decode(hash.as_bytes()).ok()?.try_into().ok()?,
        at: Instant(at.parse().ok()?),
        key_id: key_id.to_owned(),
        signature: data_encoding::BASE64.decode(signature.as_bytes()).ok()?,
    })
}

/// True where one of the keys signed it.
pub(super) fn is_signed(checkpoint: &Checkpoint, keys: &PublicKeys) -> bool {
    let mut named = keys.keys.iter().filter(|key| key.kid == checkpoint.key_id);
    named.any(|key| key.signed(signed_text(checkpoint).as_bytes(), &checkpoint.signature))
}

/// What this machine is called, as a name for a file.
fn machine() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name: String =
        name.trim().chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).take(64).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "console".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generation::receipt::PublicKey;

    fn keys(signer: &Signer) -> PublicKeys {
        let key = PublicKey::new(signer.key_id(), &signer.public_key(), "2026-01-01T00:00:00Z".into(), None);
        PublicKeys { keys: vec![key] }
    }

    fn signed(signer: &Signer) -> String {
        let (number, at, key_id) = (12, Instant(1_795_494_600_000), signer.key_id().to_owned());
        let mut checkpoint = Checkpoint { number, hash: [7; 32], at, key_id, signature: Vec::new() };
        checkpoint.signature = signer.signature(signed_text(&checkpoint).as_bytes());
        line(&checkpoint)
    }

    #[test]
    fn s38_a_line_is_believed_as_it_was_signed_and_not_otherwise() {
        let signer = Signer::of("audit", [5; 32]);
        let line = signed(&signer);
        let read_line = read(line.trim_end()).expect("it reads");
        assert_eq!((read_line.number, read_line.hash), (12, [7; 32]));
        assert!(is_signed(&read_line, &keys(&signer)) && signer.key_id().starts_with("audit-"));
        assert!(!is_signed(&read_line, &keys(&Signer::of("audit", [6; 32]))));
        let other = Signer::of("audit", [6; 32]);
        let lent = signed(&other).replace(other.key_id(), signer.key_id());
        for changed in
            [line.replace(" 12 ", " 13 "), line.replace("0707", "0708"), line.replace("795494600000", "0"), lent]
        {
            let read_line = read(changed.trim_end()).expect("it reads");
            assert!(!is_signed(&read_line, &keys(&signer)), "{changed}");
        }
        for nothing in ["", "recourse-checkpoint-1", &line.trim_end()[..60], &line.replace("point-1", "point-2")] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }
}
