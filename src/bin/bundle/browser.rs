//! The browser's script and wasm out of the compiled library.
//!
//! The library that makes them is pinned to the version of `wasm-bindgen` in `Cargo.toml`; the two can never mismatch.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::site::read_tree;

/// The name that the server puts in its pages: `recourse.js` and `recourse_bg.wasm`.
const OUT_NAME: &str = "recourse";

/// The files of the package by name, snippets of JavaScript included (`snippets/…`).
///
/// # Errors
/// When `wasm` cannot be read or was built against another version of `wasm-bindgen`.
pub fn bindgen(wasm: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let scratch = wasm.with_extension("bindgen");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).with_context(|| format!("removing {}", scratch.display()))?;
    }
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .web(true)?
        .out_name(OUT_NAME)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(false);
    bindgen.generate(&scratch).with_context(|| format!("wasm-bindgen on {}", wasm.display()))?;
    let files = read_tree(&scratch)?;
    fs::remove_dir_all(&scratch).with_context(|| format!("removing {}", scratch.display()))?;
    Ok(files)
}
