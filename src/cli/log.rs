//! The log on standard error. One event is one line, whatever is in it; libraries, which write down what passes through
//! them, say nothing below `info`; of a panic the place is told and never its words, which can quote what was being read.

use crate::config::Config;
use std::{
    fmt::Write as _,
    io::{self, Write},
};
use tracing::{Level, Metadata};
use tracing_subscriber::{EnvFilter, filter::filter_fn, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// What libraries say at some levels holds the names of people's files, passwords and whole mails.
const SILENT: [&str; 3] = ["object_store=off", "async_imap=off", "imap_proto=off"];

/// Starts writing the log to standard error.
pub(crate) fn log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log.level).unwrap_or_else(|_| "info".into());
    let filter = SILENT.iter().filter_map(|silence| silence.parse().ok()).fold(filter, EnvFilter::add_directive);
    let lines = fmt::layer().with_writer(|| OneLine);
    let log = tracing_subscriber::registry().with(filter).with(filter_fn(may_be_told));
    // a second start in one process, as in tests, keeps the first
    let begun =
        if config.log.json { log.with(lines.json()).try_init() } else { log.with(lines.with_ansi(false)).try_init() };
    if begun.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line()));
            tracing::error!(place, "something went wrong inside; what was under way is given up");
        }));
    }
}

/// Our own words at any level that was asked for, those of libraries from `info` on.
fn may_be_told(about: &Metadata<'_>) -> bool {
    about.target().starts_with("recourse") || *about.level() <= Level::INFO
}

/// Standard error, on which an event cannot look like two: line breaks and control characters within it are written out.
struct OneLine;

impl Write for OneLine {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let written = one_line(event);
        io::stderr().lock().write_all(&written)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// An event without anything that a terminal or a reader of lines takes for more than a character.
fn one_line(event: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(event);
    let (body, end) = text.strip_suffix('\n').map_or((&*text, ""), |body| (body, "\n"));
    let mut line = String::with_capacity(text.len());
    for c in body.chars() {
        let breaks =
            c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        match c {
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            // as JSON writes it too; there is none of them above U+FFFF
            c if breaks => {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line.push_str(end);
    line.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s39_no_input_forges_a_line_or_moves_a_cursor() {
        for (event, written) in [
            ("INFO a\n", "INFO a\n"),
            ("INFO name=x\r\n2026-01-01 ERROR forged\n", "INFO name=x\\r\\n2026-01-01 ERROR forged\n"),
            ("\u{1b}[2J\u{1b}]0;title\u{7}\n", "\\u001b[2J\\u001b]0;title\\u0007\n"),
            ("a\u{9b}31mb\0\u{8}\t\n", "a\\u009b31mb\\u0000\\u0008\\t\n"),
            ("a\u{2028}b\u{202e}c\u{85}\n", "a\\u2028b\\u202ec\\u0085\n"),
            ("Käse, 10 €", "Käse, 10 €"),
        ] {
            assert_eq!(String::from_utf8_lossy(&one_line(event.as_bytes())), written);
        }
    }

    #[test]
    fn a_line_of_json_stays_json_whatever_is_in_it() {
        let nasty = "a\u{2028}\u{7f}\u{9b}\u{202e}\u{2066}\u{85}\n\t\u{1b}\u{10ffff}";
        let event = serde_json::json!({ "name": nasty }).to_string() + "\n";
        let written = String::from_utf8(one_line(event.as_bytes())).expect("it is text");
        assert!(!written.trim_end().contains(['\u{2028}', '\u{7f}', '\u{9b}', '\u{202e}']), "{written}");
        let read: serde_json::Value = serde_json::from_str(&written).expect("it is JSON");
        assert_eq!(read["name"], nasty);
    }
}
