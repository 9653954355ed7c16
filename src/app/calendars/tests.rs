//! Our calendars against lists by hand, and the operator's files, good and bad.

use super::*;
use chrono::NaiveDate;
use std::path::PathBuf;

mod inside;
mod operator;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a test writes good dates")
}

/// A policy folder of an operator.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        fs::create_dir(folder.0.path().join("calendars")).expect("it is made");
        for (name, text) in files {
            fs::write(folder.0.path().join("calendars").join(name), text).expect("it is written");
        }
        folder
    }

    fn load(files: &[(&str, &str)]) -> Result<Calendars, BadCalendar> {
        Calendars::load(Some(Self::with(files).0.path()))
    }

    fn refused(name: &str, text: &str) -> String {
        Self::load(&[(name, text)]).expect_err("it is refused").to_string()
    }

    fn desk(text: &str) -> Result<crate::domain::calendar::hours::Hours, String> {
        let folder = Self::with(&[("desk.toml", text)]);
        let path: PathBuf = folder.0.path().join("calendars/desk.toml");
        let shown = path.display().to_string();
        hours(&path).map_err(|bad| bad.to_string().replace(&shown, "desk.toml"))
    }
}
