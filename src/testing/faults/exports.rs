//! F21 for copies: the process is killed at each place of packing and at many pieces of the file. The next one begins
//! again; one package comes of it, with the same rows, and no other file stays, nor any that can be read.

use crate::{
    console::AGAIN,
    house::House,
    on_both,
    runs::{Ready, copied, ready},
};
use recourse::{app::exports::Copied, cli::demo::company::imagegen::people};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

/// Places that every packing passes.
const PLACES: &[&str] =
    &["export-taken", "export-begun", "export-piece", "export-written", "export-read-back", "export-before-commit"];
/// How many houses at a time.
const AT_ONCE: usize = 4;

/// What came of it: each table with its rows, and the files.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    tables: Vec<(String, i64)>,
    files: i64,
    parts: i64,
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let each = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    entries.flatten().map(|entry| entry.path()).flat_map(each).collect()
}

/// Nothing of the person lies about in plain: not in the store of packages, not where rows wait.
fn nothing_can_be_read(house: &House) {
    for place in ["packages", "spool"] {
        for file in files_below(&house.data_dir().join(place)) {
            let bytes = fs::read(&file).unwrap_or_default();
            for never in [people::HEAVY.as_bytes(), b"PK\x03\x04", b"\x89PNG", b"index.html"] {
                assert!(!bytes.windows(never.len()).any(|part| part == never), "{} can be read", file.display());
            }
        }
    }
}

/// Waits until the package is there and every other file is gone.
async fn outcome(house: &House) -> Outcome {
    house.comes_to(1, "runs WHERE state = 'packed'", Duration::from_secs(90)).await;
    house.comes_to(0, "packages WHERE ended_at IS NOT NULL AND destroyed_at IS NULL", Duration::from_secs(30)).await;
    assert_eq!(house.count("packages WHERE sha256 IS NOT NULL AND destroyed_at IS NULL").await, 1);
    assert_eq!(house.count("events WHERE name = 'export_packed'").await, 1);
    nothing_can_be_read(house);
    // an archive to which something was added when all others were written has a second file
    let own = "SELECT COUNT(*), SUM(CASE WHEN part.body < part.bytes THEN 1 ELSE 0 END) FROM package_parts part
               JOIN packages p ON p.id = part.package_id WHERE p.sha256 IS NOT NULL AND p.destroyed_at IS NULL";
    let (parts, ends) = house.rows::<(i64, i64)>(own).await.remove(0);
    let files = files_below(&house.data_dir().join("packages")).len();
    assert_eq!(i64::try_from(files), Ok(parts + ends), "the package's own files and no other");
    assert!(files_below(&house.data_dir().join("spool")).is_empty());
    let kept = "SELECT manifest FROM packages WHERE sha256 IS NOT NULL AND destroyed_at IS NULL";
    let (manifest,) = house.rows::<(String,)>(kept).await.remove(0);
    let copied: Copied = serde_json::from_str(&manifest).expect("it reads");
    let tables = copied.tables.into_iter().map(|table| (table.table, table.rows)).collect();
    Outcome { tables, files: copied.files.count, parts }
}

/// Kills the process the `nth` time it passes `place`; true when it came that far.
async fn killed(ready: &Ready, place: &str, nth: usize, expected: &Outcome) -> bool {
    let (house, _generation) = copied(ready).await;
    let mut console = house.start(Some(&format!("{place}:exit:{nth}")));
    let deadline = Instant::now() + Duration::from_secs(90);
    let died = loop {
        if console.has_ended() {
            break true;
        }
        if house.count("runs WHERE state = 'packed'").await == 1 {
            break console.has_ended();
        }
        assert!(Instant::now() < deadline, "{place} {nth}: neither killed nor packed:\n{}", console.log());
        sleep(AGAIN).await;
    };
    if died {
        nothing_can_be_read(&house);
        let next = house.opens().await;
        let found = outcome(&house).await;
        next.stops().await;
        assert_eq!(found, *expected, "killed at {place}, time {nth}");
    } else {
        console.stops().await;
    }
    died
}

/// Kills packing everywhere, the same every time.
async fn killed_everywhere(house: House, pieces: &[usize]) -> i64 {
    let ready = Arc::new(ready(house, "Please send me a copy of all personal data you hold about me.").await);
    let expected = {
        let (house, _generation) = copied(&ready).await;
        let console = house.opens().await;
        let outcome = outcome(&house).await;
        console.stops().await;
        let rows: i64 = outcome.tables.iter().map(|(_, rows)| rows).sum();
        assert!(outcome.files > 200 && rows > 500, "{} files, {rows} rows", outcome.files);
        Arc::new(outcome)
    };
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut kills = JoinSet::new();
    let places = PLACES.iter().map(|place| (*place, 1)).chain(pieces.iter().map(|nth| ("export-piece", *nth)));
    for (place, nth) in places {
        let (ready, expected, turns) = (Arc::clone(&ready), Arc::clone(&expected), Arc::clone(&turns));
        kills.spawn(async move {
            let _turn = turns.acquire().await.expect("it is never closed");
            (place, nth, killed(&ready, place, nth, &expected).await)
        });
    }
    for (place, nth, died) in kills.join_all().await {
        assert!(died || nth > 1, "no packing passes {place}");
    }
    expected.parts
}

on_both! {
    async fn f21_a_copy_killed_anywhere_is_packed_once_and_leaves_nothing_to_read(house: House) {
        assert_eq!(killed_everywhere(house, &[2, 3, 5]).await, 1);
    }
}
