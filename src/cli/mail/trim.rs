//! Shows of a text on standard input what somebody wrote and what would be folded away as quoted. Exit code 0 for any
//! input: bytes that are no UTF-8 are replaced, never refused.

use crate::mail::quoted::{self, Trimmed};
use anyhow::Context as _;
use std::io::{self, Read as _, Write as _};

/// How much of the input is looked at, in bytes.
const LARGEST: u64 = 256 * 1024 * 1024;

pub fn run(as_json: bool) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(LARGEST).read_to_end(&mut bytes).context("standard input cannot be read")?;
    let said = said(quoted::trim(&String::from_utf8_lossy(&bytes)), as_json);
    // whoever reads may have seen enough
    match io::stdout().lock().write_all(said.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("standard output cannot be written")
        }
        _ => Ok(()),
    }
}

fn said(trimmed: Trimmed, as_json: bool) -> String {
    let Trimmed { visible, quoted } = trimmed;
    if as_json {
        return format!("{}\n", serde_json::json!({ "visible": visible, "quoted": quoted }));
    }
    let rule = "─".repeat(40);
    format!("{visible}\n{rule}\n{quoted}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_are_said() {
        let trimmed = || quoted::trim("Yes.\n\n> Really?\n");
        let json: serde_json::Value = serde_json::from_str(&said(trimmed(), true)).expect("JSON");
        assert_eq!(json, serde_json::json!({ "visible": "Yes.", "quoted": "> Really?" }));
        let words = said(trimmed(), false);
        assert!(words.starts_with("Yes.\n─") && words.ends_with("─\n> Really?\n"), "{words}");
    }
}
