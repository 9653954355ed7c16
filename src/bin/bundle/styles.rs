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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn imports_come_into_place_and_modern_values_stay_as_written() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("parts")).unwrap();
        let main = dir.path().join("main.css");
        fs::write(&main, "@layer base, parts;\n@import \"parts/base.css\" layer(base);\n").unwrap();
        fs::write(dir.path().join("parts/base.css"), "@import \"deep.css\";\nbody { & > p { inset: 0 } }").unwrap();
        let deep = "p { color: light-dark(oklch(98% 0.01 95), oklch(20% 0.02 260)); }";
        fs::write(dir.path().join("parts/deep.css"), deep).unwrap();

        let css = bundle(&main).unwrap();

        assert_eq!(
            css,
            "@layer base{p{color:light-dark(oklch(98% .01 95),oklch(20% .02 260))}body{&>p{inset:0}}}@layer parts;"
        );
    }

    #[test]
    fn a_fault_names_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let main = dir.path().join("main.css");
        fs::write(&main, "@import \"missing.css\";").unwrap();
        assert!(bundle(&main).unwrap_err().to_string().contains("main.css"));
    }
}
