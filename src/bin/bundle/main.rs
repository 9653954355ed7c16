//! Turns the compiled browser side and the style sheets into the folder that the server embeds.
//!
//! The folder holds `pkg/<hash>/` (script and wasm), `style/<hash>.css`, the public files as they are, ready-made
//! `.br` and `.gz` siblings, and `manifest.json`, which names the current hashes. It must never bring a style or a
//! script down to older browsers: `light-dark()`, `oklch()` and `@layer` reach the browser as they were written.
//!
//! Usage: `bundle [--wasm FILE] --style FILE --public DIR --out DIR`. Without `--wasm` only styles and public files
//! are made, and the manifest's `pkg` is empty.

mod browser;
mod site;
mod styles;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use site::{Site, content_hash};

const USAGE: &str = "usage: bundle [--wasm FILE] --style FILE --public DIR --out DIR";

/// What the command line asks for.
struct Args {
    wasm: Option<PathBuf>,
    style: PathBuf,
    public: PathBuf,
    out: PathBuf,
}

impl Args {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let (mut wasm, mut style, mut public, mut out) = (None, None, None, None);
        while let Some(flag) = words.next() {
            let slot = match flag.as_str() {
                "--wasm" => &mut wasm,
                "--style" => &mut style,
                "--public" => &mut public,
                "--out" => &mut out,
                other => bail!("unknown argument {other}\n{USAGE}"),
            };
            let value = words.next().with_context(|| format!("{flag} needs a value\n{USAGE}"))?;
            *slot = Some(PathBuf::from(value));
        }
        Ok(Self { wasm, style: style.context(USAGE)?, public: public.context(USAGE)?, out: out.context(USAGE)? })
    }
}

fn main() -> Result<()> {
    let args = Args::parse(std::env::args().skip(1))?;
    let mut site = Site::open(&args.out)?;

    let css = styles::bundle(&args.style)?;
    let css_path = format!("style/{}.css", content_hash([("css", css.as_bytes())]));
    site.put(&css_path, css.as_bytes())?;

    let pkg_path = match &args.wasm {
        None => String::new(),
        Some(wasm) => {
            let files = browser::bindgen(wasm)?;
            let hash = content_hash(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
            let pkg = format!("pkg/{hash}");
            for (name, bytes) in &files {
                site.put(&format!("{pkg}/{name}"), bytes)?;
            }
            pkg
        }
    };

    for (name, bytes) in site::read_tree(&args.public)? {
        site.put(&name, &bytes)?;
    }
    site.finish(&pkg_path, &css_path)
}
