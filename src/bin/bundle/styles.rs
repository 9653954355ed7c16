//! One minified style sheet out of an entry file and all that it imports.
//!
//! No browser targets are given to the minifier, so that it never rewrites a modern value into an older one.
//! A `url()` is left as written: the result lies in `/style/`, so point at public files with absolute paths.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
};

/// The style sheet of `entry` with its imports in place, minified.
///
/// # Errors
/// When a file cannot be read, or does not parse as CSS; the message names the file, line and column.
pub fn bundle(entry: &Path) -> Result<String> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(entry).map_err(|err| anyhow!("style sheet {}: {err}", entry.display()))?;
    sheet.minify(MinifyOptions::default()).map_err(|err| anyhow!("minifying {}: {err}", entry.display()))?;
    let printed = sheet
        .to_css(PrinterOptions { minify: true, ..PrinterOptions::default() })
        .map_err(|err| anyhow!("printing {}: {err}", entry.display()))?;
    Ok(printed.code)
}
