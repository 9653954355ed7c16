//! The folder that the server embeds: every file whole or not there, its compressed siblings beside it.
//!
//! The manifest is written after all that it names, and stale files go after the manifest: a server that reads the
//! folder while it changes never sees a name without its file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use serde_json::json;
use sha2::{Digest as _, Sha256};

const MANIFEST: &str = "manifest.json";
const COMPRESSIBLE: [&str; 10] = ["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "webmanifest", "xml"];

/// A site folder while it is being made.
pub struct Site {
    root: PathBuf,
    kept: BTreeSet<String>,
    sizes: Vec<(String, usize, usize)>,
}

impl Site {
    /// Opens the folder, making it when it is missing.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(root: &Path) -> Result<Self> {
        fs::create_dir_all(root).with_context(|| format!("making {}", root.display()))?;
        Ok(Self { root: root.to_owned(), kept: BTreeSet::new(), sizes: Vec::new() })
    }

    /// Writes one file, `name` with forward slashes below the folder, and its compressed siblings.
    /// A file that has these bytes already is left alone. A sibling that would not be smaller is not made.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let unchanged = self.replace(name, bytes)?;
        let mut smallest = bytes.len();
        if Path::new(name).extension().is_some_and(|ext| COMPRESSIBLE.iter().any(|known| ext == *known)) {
            for (suffix, squeeze) in [("gz", gzip as fn(&[u8]) -> Result<Vec<u8>>), ("br", brotli)] {
                let sibling = format!("{name}.{suffix}");
                let ready = fs::metadata(self.root.join(&sibling)).ok().filter(|_| unchanged);
                let len = if let Some(ready) = ready {
                    self.kept.insert(sibling);
                    usize::try_from(ready.len())?
                } else {
                    let squeezed = squeeze(bytes)?;
                    if squeezed.len() < bytes.len() {
                        self.replace(&sibling, &squeezed)?;
                    }
                    squeezed.len()
                };
                smallest = smallest.min(len);
            }
        }
        self.sizes.push((name.to_owned(), bytes.len(), smallest));
        Ok(())
    }

    /// Names the current package and style sheet, removes what is stale, and prints the sizes.
    ///
    /// # Errors
    /// When the manifest cannot be written or a stale file cannot be removed.
    pub fn finish(mut self, pkg: &str, css: &str) -> Result<()> {
        let manifest = format!("{}\n", json!({ "pkg": pkg, "css": css }));
        // Written even when it says the same: make takes its time as the time of the whole folder.
        write_whole(&self.root.join(MANIFEST), manifest.as_bytes())?;
        self.kept.insert(MANIFEST.to_owned());
        remove_stale(&self.root, "", &self.kept)?;

        println!("{:>10} {:>10}  {}", "raw", "sent", self.root.display());
        for (name, raw, sent) in &self.sizes {
            println!("{raw:>10} {sent:>10}  {name}");
        }
        let raw: usize = self.sizes.iter().map(|row| row.1).sum();
        let sent: usize = self.sizes.iter().map(|row| row.2).sum();
        println!("{raw:>10} {sent:>10}  total");
        Ok(())
    }

    /// Writes the file unless it has these bytes already; says whether it had.
    fn replace(&mut self, name: &str, bytes: &[u8]) -> Result<bool> {
        let path = self.root.join(name);
        self.kept.insert(name.to_owned());
        if fs::read(&path).is_ok_and(|there| there == bytes) {
            return Ok(true);
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
        }
        write_whole(&path, bytes)?;
        Ok(false)
    }
}

/// Sixteen hex digits of SHA-256 over names and contents.
pub fn content_hash<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hash = Sha256::new();
    for (name, bytes) in files {
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
    let first = hash.finalize().iter().take(8).fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    format!("{first:016x}")
}

/// Every file below `root` by its name with forward slashes; nothing when `root` does not exist.
///
/// # Errors
/// When a folder or a file cannot be read.
pub fn read_tree(root: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    if root.exists() {
        read_below(root, "", &mut files)?;
    }
    Ok(files)
}

fn read_below(dir: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for (name, path, is_dir) in entries(dir)? {
        let name = format!("{prefix}{name}");
        if is_dir {
            read_below(&path, &format!("{name}/"), files)?;
        } else {
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            files.insert(name, bytes);
        }
    }
    Ok(())
}

fn remove_stale(dir: &Path, prefix: &str, kept: &BTreeSet<String>) -> Result<()> {
    for (name, path, is_dir) in entries(dir)? {
        let name = format!("{prefix}{name}");
        if is_dir {
            remove_stale(&path, &format!("{name}/"), kept)?;
            match fs::remove_dir(&path) {
                Err(err) if err.kind() != ErrorKind::DirectoryNotEmpty => {
                    return Err(err).with_context(|| format!("removing {}", path.display()));
                }
                _ => {}
            }
        } else if !kept.contains(&name) {
            fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
        }
    }
    Ok(())
}

/// Name, path and whether it is a folder, of each entry of `dir`.
fn entries(dir: &Path) -> Result<Vec<(String, PathBuf, bool)>> {
    let read = || -> std::io::Result<Vec<_>> {
        fs::read_dir(dir)?
            .map(|entry| {
                let entry = entry?;
                Ok((entry.file_name().to_string_lossy().into_owned(), entry.path(), entry.file_type()?.is_dir()))
            })
            .collect()
    };
    read().with_context(|| format!("listing {}", dir.display()))
}

/// A reader sees the old file or the new one, never a part.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    fs::write(&part, bytes).with_context(|| format!("writing {}", part.display()))?;
    fs::rename(&part, path).with_context(|| format!("writing {}", path.display()))
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut squeezed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut squeezed, &params)?;
    Ok(squeezed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path) -> Vec<String> {
        read_tree(root).unwrap().into_keys().collect()
    }

    #[test]
    fn a_second_run_removes_what_the_first_left_and_keeps_what_is_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let css = "a { color: red }".repeat(20);
        let mut site = Site::open(dir.path()).unwrap();
        site.put("pkg/old/recourse.js", css.as_bytes()).unwrap();
        site.put("style/same.css", css.as_bytes()).unwrap();
        site.finish("pkg/old", "style/same.css").unwrap();
        let written = fs::metadata(dir.path().join("style/same.css.br")).unwrap().modified().unwrap();

        let mut site = Site::open(dir.path()).unwrap();
        site.put("style/same.css", css.as_bytes()).unwrap();
        site.put("robots.txt", b"x").unwrap();
        site.finish("", "style/same.css").unwrap();

        let expected = ["manifest.json", "robots.txt", "style/same.css", "style/same.css.br", "style/same.css.gz"];
        assert_eq!(names(dir.path()), expected, "a file too short to squeeze has no siblings");
        assert!(!dir.path().join("pkg").exists());
        assert_eq!(fs::metadata(dir.path().join("style/same.css.br")).unwrap().modified().unwrap(), written);
        let manifest: serde_json::Value =
            serde_json::from_slice(&fs::read(dir.path().join(MANIFEST)).unwrap()).unwrap();
        assert_eq!(manifest, json!({ "pkg": "", "css": "style/same.css" }));
    }

    #[test]
    fn the_hash_tells_a_moved_boundary_between_files() {
        let one = content_hash([("a", &b"12"[..]), ("b", b"3")]);
        let other = content_hash([("a", &b"1"[..]), ("b", b"23")]);
        assert_eq!(one.len(), 16);
        assert_ne!(one, other);
    }
}
