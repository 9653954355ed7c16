//! Whether the log is what it was: every entry's hash is computed anew, and every checkpoint has to fit. Reads entry after
//! entry with the same little memory however many there are, and changes nothing.

use super::checkpoint::{CUT_OFF, is_signed, read};
use crate::{
    app::Error,
    domain::audit::Written,
    generation::receipt::PublicKeys,
    store::{
        self, Db,
        audit::{self, BEGINNING, Hash, checkpoints, checkpoints::Checkpoint},
    },
};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};

/// How many entries are read at a time.
const AT_ONCE: i64 = 4_000;
/// The longest line of a checkpoint that is looked at, in bytes.
const LONGEST: u64 = 4_096;

/// What checking rests on.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The keys that are believed.
    pub keys: PublicKeys,
    /// The folder of checkpoints; none where only the database's own are there.
    pub folder: Option<PathBuf>,
}

/// What checking found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// True where everything fits.
    pub whole: bool,
    /// How many entries fit, from the first on.
    pub entries: i64,
    /// The hash of the last of them, in hexadecimal.
    pub hash: String,
    /// Checkpoints of the folder that are believed, and the entry of the last one.
    pub checkpoints: usize,
    /// The last entry that a believed checkpoint of the folder seals; 0 where there is none.
    pub sealed: i64,
    /// The first entry that does not fit.
    pub first_bad: Option<Bad>,
    /// Checkpoints that nobody signed whose key is known: where they stand.
    pub forged: Vec<String>,
}

/// The first entry that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bad {
    /// Its number.
    pub number: i64,
    /// The last entry that it may be instead: where only a checkpoint tells, it is one of several.
    pub until: i64,
    /// What is wrong.
    pub why: String,
}

/// What has to be the hash of which entry, and who says so.
type Known = BTreeMap<i64, Vec<(Hash, String)>>;

/// Checks everything; goes on while the log grows.
///
/// # Errors
/// As the database says, or when the folder cannot be read.
pub async fn verify(db: &Db, trust: &Trust) -> Result<Report, Error> {
    let (mut known, mut report) = (Known::new(), Report::default());
    if let Some(folder) = &trust.folder {
        in_folder(folder, &trust.keys, &mut known, &mut report)
            .map_err(|error| Error::Internal(sqlx::Error::Io(error).into()))?;
        report.checkpoints = known.values().map(Vec::len).sum();
        report.sealed = known.keys().next_back().copied().unwrap_or_default();
    }
    in_database(db, &trust.keys, &mut known, &mut report).await?;
    report.first_bad = chain(db, &known, &mut report).await?;
    report.whole = report.first_bad.is_none() && report.forged.is_empty();
    Ok(report)
}

/// Follows the chain to its end, or to the first entry that does not fit.
async fn chain(db: &Db, known: &Known, report: &mut Report) -> Result<Option<Bad>, Error> {
    let (mut hash, mut sealed, mut room) = (BEGINNING, 0, Vec::with_capacity(256));
    // from the smallest number that there is: whatever stands before the first entry does not belong there
    let mut next = ahead(db, i64::MIN);
    loop {
        let Page { entries, unreadable } = next.await.map_err(|_| Error::Busy)??;
        let Some(after) = entries.last().map(|(last, _)| last.number).or(unreadable) else { break };
        // the next ones are fetched while these are looked at
        next = ahead(db, after.saturating_add(1));
        for (written, stored) in entries {
            let written = &written;
            if let Some(bad) = out_of_place(report.entries + 1, written.number) {
                return Ok(Some(bad));
            }
            hash = audit::entry_hash(&hash, written, &mut room);
            if hash.as_slice() != stored {
                return Ok(Some(Bad::at(written.number, "it was changed, or another one stood before it")));
            }
            if let Some(known) = known.get(&written.number) {
                if let Some((_, who)) = known.iter().find(|(wanted, _)| *wanted != hash) {
                    let why = format!("it was rewritten: the checkpoint in {who} had another hash");
                    return Ok(Some(Bad { number: sealed + 1, until: written.number, why }));
                }
                sealed = written.number;
            }
            report.entries = written.number;
            report.hash = data_encoding::HEXLOWER.encode(&hash);
        }
        if let Some(number) = unreadable {
            let changed = || Bad::at(number, "it was changed: a column holds what no entry can hold");
            return Ok(Some(out_of_place(report.entries + 1, number).unwrap_or_else(changed)));
        }
    }
    let later = known.range(report.entries + 1..).next_back();
    Ok(later.map(|(number, who)| {
        let who = who.first().map(|(_, who)| who.as_str()).unwrap_or_default();
        let why = format!("it is missing at the end: the checkpoint in {who} saw {number} entries");
        Bad { number: report.entries + 1, until: report.entries + 1, why }
    }))
}

fn out_of_place(wanted: i64, found: i64) -> Option<Bad> {
    if found > wanted {
        return Some(Bad::at(wanted, &format!("it is missing: entry {found} comes next")));
    }
    (found < wanted).then(|| Bad::at(found, "it does not belong there: entries are numbered from 1"))
}

impl Bad {
    fn at(number: i64, why: &str) -> Self {
        Self { number, until: number, why: why.to_owned() }
    }
}

/// Entries as far as they can be read, each with the hash that is stored with it.
struct Page {
    entries: Vec<(Written, Vec<u8>)>,
    /// The number of the entry behind them, where that one cannot be read.
    unreadable: Option<i64>,
}

fn ahead(db: &Db, first: i64) -> tokio::task::JoinHandle<Result<Page, store::Error>> {
    let db = db.clone();
    tokio::spawn(async move {
        let (mut tx, mut most) = (db.read().await?, Most::default());
        let (entries, is_cut) = loop {
            let rows = audit::entries_from(&mut tx, first, most.asked).await;
            if let Some(read) = most.judge(rows)? {
                break read;
            }
        };
        let behind = entries.last().map_or(first, |(last, _)| last.number.saturating_add(1));
        let unreadable = if is_cut { audit::entry_number_from(&mut tx, behind).await? } else { None };
        Ok(Page { entries, unreadable })
    })
}

/// How many rows to ask for, until these are as many as can be read.
struct Most {
    asked: i64,
    /// So many can be read.
    good: i64,
    /// So many cannot; none where it never failed.
    bad: Option<i64>,
}

impl Default for Most {
    fn default() -> Self {
        Self { asked: AT_ONCE, good: 0, bad: None }
    }
}

impl Most {
    /// The rows, and true where one stands behind them that cannot be read; none where fewer or more have to be asked for.
    fn judge<T>(&mut self, rows: Result<Vec<T>, store::Error>) -> Result<Option<(Vec<T>, bool)>, store::Error> {
        match (rows, self.bad) {
            (Ok(rows), None) => return Ok(Some((rows, false))),
            (Ok(rows), Some(bad)) if self.asked + 1 == bad => return Ok(Some((rows, true))),
            (Ok(_), Some(bad)) => {
                self.good = self.asked;
                self.asked = i64::midpoint(self.good, bad);
            }
            (Err(error), _) if error.is_unreadable() => {
                self.bad = Some(self.asked);
                self.asked = i64::midpoint(self.good, self.asked);
            }
            (Err(error), _) => return Err(error),
        }
        Ok(None)
    }
}

/// The database's own checkpoints: they tell whoever changed the log and not them.
async fn in_database(db: &Db, keys: &PublicKeys, known: &mut Known, report: &mut Report) -> Result<(), Error> {
    let mut first = i64::MIN;
    loop {
        let (mut tx, mut most) = (db.read().await?, Most::default());
        let (page, is_cut) = loop {
            let rows = checkpoints::checkpoints_from(&mut tx, first, most.asked).await;
            if let Some(read) = most.judge(rows)? {
                break read;
            }
        };
        let last = page.last().map(|last| last.number);
        for checkpoint in page {
            let place = format!("the database, entry {}", checkpoint.number);
            judge(Some(checkpoint), place, keys, known, report);
        }
        if is_cut {
            report.forged.push("the database, one that cannot be read".to_owned());
        }
        match last.and_then(|last| last.checked_add(1)).filter(|_| !is_cut) {
            Some(next) => first = next,
            None => return Ok(()),
        }
    }
}

/// Every line of every file `*.checkpoints` of the folder.
fn in_folder(folder: &Path, keys: &PublicKeys, known: &mut Known, report: &mut Report) -> io::Result<()> {
    let mut files: Vec<_> =
        folder.read_dir()?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|end| end == "checkpoints"));
    files.sort();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut lines = BufReader::new(File::open(&file)?);
        for number in 1.. {
            let mut line = Vec::new();
            if lines.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            // cut off while it was written: it never was a checkpoint
            if line.ends_with(CUT_OFF.as_bytes()) || !line.ends_with(b"\n") {
                continue;
            }
            let line = line.trim_ascii_end();
            let checkpoint = std::str::from_utf8(line).ok().and_then(read);
            judge(checkpoint, format!("{name}, line {number}"), keys, known, report);
        }
    }
    Ok(())
}

fn judge(checkpoint: Option<Checkpoint>, place: String, keys: &PublicKeys, known: &mut Known, report: &mut Report) {
    match checkpoint.filter(|checkpoint| is_signed(checkpoint, keys)) {
        Some(checkpoint) => known.entry(checkpoint.number).or_default().push((checkpoint.hash, place)),
        None => report.forged.push(place),
    }
}
