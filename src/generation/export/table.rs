//! Writes one table's rows: a line of JSON, a line of CSV, and for the first of them cells for the page.

use super::{
    REDACTED,
    cells::{Value, as_bool, csv_text, is_json, is_number, json_text},
    files,
    layout::{ColumnCopy, Form, TableCopy},
};
use crate::generation::{
    Error,
    live::{Cell, LiveRow},
    map::Redact,
};

/// Rows of a table that the page shows.
pub const SHOWN_ROWS: usize = 100;
/// Characters of a cell that the page shows.
const SHOWN_LETTERS: usize = 500;
/// When what was written is handed on.
const FULL: usize = 256 * 1024;

/// What was written and not handed on yet.
pub struct TableWriter<'t> {
    pub table: &'t TableCopy,
    file_key: &'t [u8; 32],
    /// The person's own keys: what names them is about nobody else.
    own: &'t [String],
    /// Which columns had something withheld.
    withheld: Vec<bool>,
    /// `,"name":` of each column, the first without its comma.
    names: Vec<Vec<u8>>,
    /// Rows until now.
    pub rows: i64,
    json: Vec<u8>,
    csv: Vec<u8>,
    /// The first rows, for the page.
    pub shown: Vec<Vec<Option<String>>>,
}

impl<'t> TableWriter<'t> {
    /// Begins with the names of the columns.
    pub fn new(table: &'t TableCopy, file_key: &'t [u8; 32], own: &'t [String]) -> Self {
        let names = table.columns.iter().enumerate().map(|(n, column)| {
            let mut name = if n == 0 { Vec::new() } else { vec![b','] };
            json_text(&mut name, &column.name);
            name.push(b':');
            name
        });
        // spreadsheets take it for Unicode by this mark
        let mut csv = "\u{feff}".as_bytes().to_vec();
        for (n, column) in table.columns.iter().enumerate() {
            if n > 0 {
                csv.push(b',');
            }
            csv_text(&mut csv, &column.name);
        }
        csv.extend_from_slice(b"\r\n");
        let names = names.collect();
        let withheld = vec![false; table.columns.len()];
        Self { table, file_key, own, withheld, names, rows: 0, json: b"[".to_vec(), csv, shown: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the database answered in an unexpected form.
    pub fn row(&mut self, row: &LiveRow) -> Result<(), Error> {
        let columns = &self.table.columns;
        let shared = self.table.tells_shared && row.cell(columns.len(), false)? != Cell::Null;
        let mut shown = (self.shown.len() < SHOWN_ROWS).then(|| Vec::with_capacity(columns.len()));
        self.json.extend_from_slice(if self.rows == 0 { b"\n{" } else { b",\n{" });
        for (i, column) in columns.iter().enumerate() {
            let cell = row.cell(i, column.form == Form::Bytes)?;
            let mut made = String::new();
            let own = matches!(&cell, Cell::Text(text) if self.own.iter().any(|key| key == text));
            let value = value(column, &cell, (shared, own), self.file_key, &mut made);
            self.withheld[i] |= value == Value::Text(REDACTED);
            self.json.extend_from_slice(&self.names[i]);
            value.json(&mut self.json);
            if i > 0 {
                self.csv.push(b',');
            }
            if value == Value::Null && columns.len() == 1 {
                // an empty line would be no row
                self.csv.extend_from_slice(b"\"\"");
            }
            value.csv(&mut self.csv);
            if let Some(shown) = &mut shown {
                shown.push(cut(value));
            }
        }
        self.json.push(b'}');
        self.csv.extend_from_slice(b"\r\n");
        self.shown.extend(shown);
        self.rows += 1;
        Ok(())
    }

    /// The columns in which something was withheld.
    pub fn withheld(&self) -> impl Iterator<Item = String> {
        let columns = self.withheld.iter().zip(&self.table.columns).filter(|(withheld, _)| **withheld);
        columns.map(|(_, column)| column.name.clone())
    }

    /// True when enough was written to hand it on.
    pub fn is_full(&self) -> bool {
        self.json.len() + self.csv.len() >= FULL
    }

    /// What was written since the last time: JSON and CSV.
    pub fn take(&mut self) -> (Vec<u8>, Vec<u8>) {
        // a little more than full: one row fewer to make room for
        let room = FULL + FULL / 8;
        let json = std::mem::replace(&mut self.json, Vec::with_capacity(room));
        let csv = std::mem::replace(&mut self.csv, Vec::with_capacity(room / 2));
        (json, csv)
    }

    /// Writes the end and gives what is left.
    pub fn end(&mut self) -> (Vec<u8>, Vec<u8>) {
        self.json.extend_from_slice(b"\n]\n");
        (std::mem::take(&mut self.json), std::mem::take(&mut self.csv))
    }
}

/// What is written for a cell; `made` holds what had to be made for it.
fn value<'v>(
    column: &ColumnCopy,
    cell: &'v Cell<'_>,
    (shared, own): (bool, bool),
    file_key: &[u8; 32],
    made: &'v mut String,
) -> Value<'v> {
    let redacted = match column.redact {
        Some(Redact::Always) => !own,
        Some(Redact::Shared) => shared,
        None => false,
    };
    match cell {
        Cell::Null => Value::Null,
        _ if redacted => Value::Text(REDACTED),
        Cell::Bytes(bytes) => {
            data_encoding::BASE64.encode_append(bytes, made);
            Value::Text(made)
        }
        Cell::Text(text) => match column.form {
            Form::Number if is_number(text) => Value::Plain(text),
            Form::Bool => as_bool(text).map_or(Value::Text(text), Value::Plain),
            Form::Json if is_json(text) => Value::Json(text),
            Form::File if !text.is_empty() => {
                *made = files::path(file_key, text);
                Value::Text(made)
            }
            _ => Value::Text(text),
        },
    }
}

/// As much of it as the page shows.
fn cut(value: Value<'_>) -> Option<String> {
    let (Value::Plain(text) | Value::Json(text) | Value::Text(text)) = value else { return None };
    match text.char_indices().nth(SHOWN_LETTERS) {
        Some((end, _)) => Some(format!("{}…", &text[..end])),
        None => Some(text.to_owned()),
    }
}
