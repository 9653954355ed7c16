//! Makes sure that a release binary has its screens: it embeds `site/`, which `make bundle` makes.

use std::{env, fs, path::Path, process::ExitCode};

const SITE: &str = "site";
const MANIFEST: &str = "site/manifest.json";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    if let Err(err) = fs::create_dir_all(SITE) {
        println!("cargo::error=cannot make the folder {SITE}/: {err}");
        return ExitCode::FAILURE;
    }
    let embeds = env::var_os("CARGO_FEATURE_SSR").is_some();
    // Custom profiles report the built-in one that they inherit from, so this holds for them too.
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if embeds && release {
        println!("cargo::rerun-if-changed={MANIFEST}");
        let manifest = fs::read_to_string(Path::new(MANIFEST)).unwrap_or_default();
        if !manifest.contains(r#""pkg":"pkg/"#) {
            println!(
                "cargo::error=site/ has no browser side, so this binary would have no screens: run `make build`, or `make bundle` first"
            );
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
