//! The policy packs: those inside the program, or those of the operator's folder in their place.

use crate::domain::policy::ProductPack;
use std::{fs, path::Path};

#[derive(rust_embed::RustEmbed)]
#[folder = "policies"]
pub(super) struct Embedded;

/// Every product's pack, by id.
#[derive(Debug, Clone)]
pub struct Packs(Vec<ProductPack>);

/// A pack that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("policy pack {file}: {says}")]
pub struct BadPack {
    /// The file.
    pub file: String,
    /// What is wrong, with line and key.
    pub says: String,
}

impl Packs {
    /// The packs inside the program; a file of the same name in `folder` takes an embedded one's place.
    ///
    /// # Errors
    /// When a pack does not read or leaves a duty without a period.
    pub fn load(folder: Option<&Path>) -> Result<Self, BadPack> {
        let mut packs = Vec::new();
        let own = folder.map(|folder| folder.join("products"));
        let listed = own.as_deref().map(listed).transpose()?.unwrap_or_default();
        let embedded = Embedded::iter().filter_map(|path| path.strip_prefix("products/").map(str::to_owned));
        let mut names: Vec<String> = embedded.chain(listed.iter().cloned()).collect();
        names.sort();
        names.dedup();
        for name in names {
            let text = match own.as_deref().filter(|_| listed.contains(&name)) {
                Some(folder) => fs::read_to_string(folder.join(&name)).map_err(|e| bad(&name, &e))?,
                None => embedded_text(&format!("products/{name}"))?,
            };
            packs.push(read(&name, &text)?);
        }
        if packs.is_empty() {
            return Err(BadPack { file: "products/".to_owned(), says: "there is no product".to_owned() });
        }
        Ok(Self(packs))
    }

    /// The pack of a product.
    #[must_use]
    pub fn get(&self, product: &str) -> Option<&ProductPack> {
        self.0.iter().find(|pack| pack.id == product)
    }

    /// Every pack.
    pub fn iter(&self) -> impl Iterator<Item = &ProductPack> {
        self.0.iter()
    }

    /// The product's name in tables; its id where the pack is gone.
    #[must_use]
    pub fn short(&self, product: &str) -> String {
        self.get(product).map_or_else(|| product.to_owned(), |pack| pack.short.clone())
    }

    /// The product's zone; the first product's where the pack is gone.
    #[must_use]
    pub fn zone(&self, product: &str) -> chrono_tz::Tz {
        self.get(product).map_or_else(|| self.first_zone(), |pack| pack.zone)
    }

    pub(super) fn first_zone(&self) -> chrono_tz::Tz {
        self.0.first().map_or(chrono_tz::UTC, |pack| pack.zone)
    }
}

/// The word list that classification uses: the operator's, or the one inside the program.
///
/// # Errors
/// When the file cannot be read.
pub fn word_list(folder: Option<&Path>) -> Result<String, BadPack> {
    match folder.map(|folder| folder.join("intake.toml")).filter(|file| file.exists()) {
        Some(file) => fs::read_to_string(&file).map_err(|e| bad("intake.toml", &e)),
        None => embedded_text("intake.toml"),
    }
}

fn embedded_text(path: &str) -> Result<String, BadPack> {
    let file = Embedded::get(path).ok_or_else(|| bad(path, &"is missing"))?;
    String::from_utf8(file.data.into_owned()).map_err(|e| bad(path, &e))
}

fn listed(folder: &Path) -> Result<Vec<String>, BadPack> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(|e| bad(&folder.display().to_string(), &e))?;
    Ok(entries
        .flatten()
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "toml"))
        .collect())
}

fn read(name: &str, text: &str) -> Result<ProductPack, BadPack> {
    let pack: ProductPack = toml::from_str(text).map_err(|e| bad(name, &e))?;
    if name != format!("{}.toml", pack.id) {
        return Err(bad(name, &format!("the id {} and the file's name differ", pack.id)));
    }
    match pack.faults().as_slice() {
        [] => Ok(pack),
        faults => Err(bad(name, &faults.join("; "))),
    }
}

fn bad(file: &str, says: &dyn std::fmt::Display) -> BadPack {
    BadPack { file: file.to_owned(), says: says.to_string().trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packs_inside_the_program_are_sound() {
        let packs = Packs::load(None).expect("they load");
        assert!(packs.get("imagegen-artisticmonk").is_some());
    }

    #[test]
    fn a_pack_of_the_operator_takes_the_place_of_ours_and_a_bad_one_is_refused_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let products = folder.path().join("products");
        fs::create_dir(&products).expect("it is made");
        let ours = embedded_text("products/imagegen-artisticmonk.toml").expect("it is there");
        let file = products.join("imagegen-artisticmonk.toml");
        fs::write(&file, ours.replace("version = \"2026-01-31\"", "version = \"2027-01-01\"")).expect("it is written");
        let packs = Packs::load(Some(folder.path())).expect("they load");
        assert_eq!(packs.get("imagegen-artisticmonk").map(|p| p.version.as_str()), Some("2027-01-01"));
        fs::write(&file, ours.replace("period = \"PT24H\"", "period = \"24h\"")).expect("it is written");
        let says = Packs::load(Some(folder.path())).expect_err("it is refused").to_string();
        assert!(says.contains("imagegen-artisticmonk.toml") && says.contains("24h"), "{says}");
        fs::write(&file, format!("surprise = 1\n{ours}")).expect("it is written");
        let says = Packs::load(Some(folder.path())).expect_err("it is refused").to_string();
        assert!(says.contains("surprise"), "{says}");
    }
}
