//! Reads every pack at once and says everything that is wrong with them, by file, line and key. `Packs::load` stops at the
//! first fault; this looks on, so that whoever writes packs mends them in one go.

mod cross;
pub mod source;
#[cfg(test)]
mod tests;

use super::{
    calendars::Calendars,
    packs::{BadPack, files},
};
use crate::domain::{
    policy::{ProductPack, law::RuleSet},
    time::Instant,
};
use serde::de::DeserializeOwned;
use source::{Fault, Source};
use std::path::Path;

/// What was read, and what is wrong with it.
#[derive(Debug)]
pub struct Checked {
    /// Everything that is wrong, by file and line.
    pub faults: Vec<Fault>,
    /// The products that could be read.
    pub products: Vec<ProductPack>,
    /// The rule sets that could be read.
    pub laws: Vec<RuleSet>,
}

/// Reads the packs inside the program and those of `folder`. `at` is now: a calendar has to know the days to come.
///
/// # Errors
/// When a file or the folder cannot be opened at all.
pub fn check(folder: Option<&Path>, at: Instant) -> Result<Checked, BadPack> {
    let mut faults = Vec::new();
    let laws: Vec<(Source, RuleSet)> = read(folder, "law", &mut faults)?;
    let products: Vec<(Source, ProductPack)> = read(folder, "products", &mut faults)?;
    match Calendars::load(folder) {
        Ok(calendars) => {
            let all = cross::All { laws: &laws, products: &products, calendars: &calendars, at };
            faults.extend(cross::faults(&all));
        }
        Err(bad) => faults.push(Fault { file: bad.file, line: 1, key: "calendar".to_owned(), says: bad.says }),
    }
    faults.sort_by(|a, b| (&a.file, a.line, &a.key).cmp(&(&b.file, b.line, &b.key)));
    faults.dedup();
    let laws = laws.into_iter().map(|(_, law)| law).collect();
    Ok(Checked { faults, products: products.into_iter().map(|(_, pack)| pack).collect(), laws })
}

fn read<T: DeserializeOwned>(
    folder: Option<&Path>,
    kind: &str,
    faults: &mut Vec<Fault>,
) -> Result<Vec<(Source, T)>, BadPack> {
    let mut all = Vec::new();
    for (name, text) in files(folder, kind)? {
        let mut source = Source::new(format!("{kind}/{name}"), text);
        let (read, bad) = source.read();
        faults.extend(bad);
        all.extend(read.map(|read| (source, read)));
    }
    Ok(all)
}
