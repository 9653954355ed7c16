//! Shows of a text on standard input what somebody wrote and what would be folded away as quoted. Exit code 0 for any
//! input: bytes that are no UTF-8 are replaced, never refused.

use crate::mail::quoted::{self, Trimmed};
use anyhow::Context as _;
use std::io::{self, Write as _};

pub fn run(as_json: bool) -> anyhow::Result<()> {
    let (bytes, _) = super::input().context("standard input cannot be read")?;
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
