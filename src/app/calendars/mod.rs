//! The calendars: those inside the program, and those of the operator's folder that take their place, correct them or
//! stand beside them. Reads files; which days are holidays is worked out by `domain::calendar`.

mod entry;
mod file;
mod ics;

pub use file::hours;

use super::packs::Embedded;
use crate::domain::calendar::{Calendar, Outline};
use file::{Based, Read};
use std::{collections::BTreeMap, fs, path::Path};

/// Every calendar, by its code.
#[derive(Debug, Clone)]
pub struct Calendars(BTreeMap<String, Calendar>);

/// A calendar, or business hours, that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {says}")]
pub struct BadCalendar {
    /// The file.
    pub file: String,
    /// What is wrong, with line and key.
    pub says: String,
}

impl BadCalendar {
    fn new(file: &str, says: &dyn std::fmt::Display) -> Self {
        Self { file: file.to_owned(), says: says.to_string().trim().to_owned() }
    }
}

impl Calendars {
    /// The calendars inside the program. In the folder `calendars` of the operator's `folder`, `CODE.toml` takes the place
    /// of ours or, with `base`, adds to one and takes away from it; `CODE.ics` adds its all-day events.
    ///
    /// # Errors
    /// Names the file, the line and the key where one cannot be read.
    pub fn load(folder: Option<&Path>) -> Result<Self, BadCalendar> {
        let mut calendars = Self(BTreeMap::new());
        for path in Embedded::iter().filter(|path| path.starts_with("calendars/") && ends(path, "toml")) {
            let data = Embedded::get(&path).map(|file| file.data.into_owned()).unwrap_or_default();
            let text = String::from_utf8(data).map_err(|error| BadCalendar::new(&path, &error))?;
            if let Read::Whole(outline) = file::read(&path, &text)? {
                calendars.keep(&path, &text, *outline)?;
            }
        }
        if let Some(folder) = folder.map(|folder| folder.join("calendars")).filter(|folder| folder.exists()) {
            calendars.add(&folder)?;
        }
        Ok(calendars)
    }

    /// The calendar of a code, for example `US-FED`.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Calendar> {
        self.0.get(code)
    }

    /// The codes of all calendars, in order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The operator's files: whole calendars first, then what is based on one, then events.
    fn add(&mut self, folder: &Path) -> Result<(), BadCalendar> {
        let mut based: Vec<(String, String, Based)> = Vec::new();
        let names = listed(folder)?;
        for name in names.iter().filter(|name| ends(name, "toml")) {
            let (path, text) = text_of(folder, name)?;
            match file::read(&path, &text)? {
                Read::Whole(outline) => self.keep(&path, &text, *outline)?,
                Read::Based(corrections) => based.push((path, text, *corrections)),
            }
        }
        // none of them sees what another one changed
        let before = self.clone();
        for (path, text, corrections) in based {
            let Some(base) = before.get(&corrections.base) else {
                let says = format!("base names no calendar '{}'; there are {}", corrections.base, before.names());
                return Err(BadCalendar::new(&path, &file::at(&text, "base", &says)));
            };
            self.keep(&path, &text, corrections.on(base.outline()))?;
        }
        for name in names.iter().filter(|name| ends(name, "ics")) {
            let (path, text) = text_of(folder, name)?;
            let code = name.trim_end_matches(".ics");
            let outline = ics::read(&text, code, self.get(code).map(Calendar::outline))
                .map_err(|says| BadCalendar::new(&path, &says))?;
            self.keep(&path, &text, outline)?;
        }
        Ok(())
    }

    fn keep(&mut self, path: &str, text: &str, outline: Outline) -> Result<(), BadCalendar> {
        let calendar = Calendar::new(outline).map_err(|fault| BadCalendar::new(path, &file::fault(text, &fault)))?;
        self.0.insert(calendar.code.clone(), calendar);
        Ok(())
    }

    fn names(&self) -> String {
        self.codes().collect::<Vec<_>>().join(", ")
    }
}

fn ends(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|e| e == ending)
}

fn listed(folder: &Path) -> Result<Vec<String>, BadCalendar> {
    let says = |error: std::io::Error| BadCalendar::new(&folder.display().to_string(), &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(says)? {
        names.extend(entry.map_err(says)?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

fn text_of(folder: &Path, name: &str) -> Result<(String, String), BadCalendar> {
    let path = format!("calendars/{name}");
    let text = fs::read_to_string(folder.join(name)).map_err(|error| BadCalendar::new(&path, &error))?;
    Ok((path, text))
}

#[cfg(test)]
mod tests;
