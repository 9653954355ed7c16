//! Writes one table's rows: a line of JSON, a line of CSV, and for the first of them cells for the page.

use super::{
    REDACTED,
    cells::{Value, as_bool, csv_text, is_json, is_number, json_text},
    files,
    layout::{ColumnCopy, Form, TableCopy},
    pack::Rows,
    portability,
};
use crate::{
    domain::copy::CopyForm,
    generation::{
        Error,
        live::{Cell, LiveRow},
        map::Redact,
    },
};

/// Rows of a table that the page shows.
pub const SHOWN_ROWS: usize = 100;
/// Characters of a cell that the page shows.
const SHOWN_LETTERS: usize = 500;
/// When what was written is handed on.
const FULL: usize = 256 * 1024;

/// What stands around a table's rows in its entries.
pub struct Frame {
    /// Before the first row of JSON.
    pub json_head: Vec<u8>,
    /// After the last one.
    pub json_foot: Vec<u8>,
    /// The names of the columns in CSV; none where none is written.
    pub csv_head: Option<Vec<u8>>,
}

impl Frame {
    /// A list of rows; or, of portable data, a document that says what it is.
    pub fn new(table: &TableCopy, form: CopyForm) -> Self {
        if form == CopyForm::Portable {
            let (json_head, json_foot) = portability::frame(table);
            return Self { json_head, json_foot, csv_head: None };
        }
        // spreadsheets take it for Unicode by this mark
        let mut csv = "\u{feff}".as_bytes().to_vec();
        for (n, column) in table.columns.iter().enumerate() {
            if n > 0 {
                csv.push(b',');
            }
            csv_text(&mut csv, &column.name);
        }
        csv.extend_from_slice(b"\r\n");
        Self { json_head: b"[".to_vec(), json_foot: b"\n]\n".to_vec(), csv_head: Some(csv) }
    }
}

/// How a table's rows are written.
#[derive(Clone, Copy)]
pub struct Manner<'t> {
    /// In which form.
    pub form: CopyForm,
    /// What the page shows in place of what is withheld.
    pub withheld: &'t str,
    /// The key by which files get other names.
    pub file_key: &'t [u8; 32],
    /// The person's own keys: what names them is about nobody else.
    pub own: &'t [String],
}

/// What was written and not handed on yet.
pub struct TableWriter<'t> {
    pub table: &'t TableCopy,
    manner: Manner<'t>,
    /// Which columns had something withheld.
    withheld: Vec<bool>,
    /// `,"name":` of each column, the first without its comma.
    names: Vec<Vec<u8>>,
    /// Rows until now.
    pub rows: i64,
    /// Rows that were handed on.
    taken: i64,
    json: Vec<u8>,
    csv: Vec<u8>,
    /// The first rows since the last time, for a page that begins here.
    shown: Vec<Vec<Option<String>>>,
}

impl<'t> TableWriter<'t> {
    /// Begins without rows.
    pub fn new(table: &'t TableCopy, manner: Manner<'t>) -> Self {
        let names = table.columns.iter().enumerate().map(|(n, column)| {
            let mut name = if n == 0 { Vec::new() } else { vec![b','] };
            json_text(&mut name, &column.name);
            name.push(b':');
            name
        });
        let (names, withheld) = (names.collect(), vec![false; table.columns.len()]);
        let (json, csv, shown) = (Vec::new(), Vec::new(), Vec::new());
        Self { table, manner, withheld, names, rows: 0, taken: 0, json, csv, shown }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the database answered in an unexpected form.
    pub fn row(&mut self, row: &LiveRow) -> Result<(), Error> {
        let (columns, manner) = (&self.table.columns, self.manner);
        let with_csv = manner.form != CopyForm::Portable;
        let shared = self.table.tells_shared && row.cell(columns.len(), false)? != Cell::Null;
        let mut shown = (self.shown.len() < SHOWN_ROWS).then(|| Vec::with_capacity(columns.len()));
        self.json.extend_from_slice(if self.json.is_empty() { b"{" } else { b",\n{" });
        for (i, column) in columns.iter().enumerate() {
            let cell = row.cell(i, column.form == Form::Bytes)?;
            let mut made = String::new();
            let own = matches!(&cell, Cell::Text(text) if manner.own.iter().any(|key| key == text));
            let value = value(column, &cell, (shared, own), manner.file_key, &mut made);
            let is_withheld = value == Value::Text(REDACTED);
            self.withheld[i] |= is_withheld;
            self.json.extend_from_slice(&self.names[i]);
            value.json(&mut self.json);
            if with_csv {
                if i > 0 {
                    self.csv.push(b',');
                }
                if value == Value::Null && columns.len() == 1 {
                    // an empty line would be no row
                    self.csv.extend_from_slice(b"\"\"");
                }
                value.csv(&mut self.csv);
            }
            if let Some(shown) = &mut shown {
                shown.push(cut(if is_withheld { Value::Text(manner.withheld) } else { value }));
            }
        }
        self.json.push(b'}');
        if with_csv {
            self.csv.extend_from_slice(b"\r\n");
        }
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

    /// What was written since the last time; none where nothing was.
    pub fn take(&mut self) -> Option<Rows> {
        let count = self.rows - std::mem::replace(&mut self.taken, self.rows);
        // a little more than full: one row fewer to make room for
        let room = if self.is_full() { FULL + FULL / 8 } else { 0 };
        let json = std::mem::replace(&mut self.json, Vec::with_capacity(room));
        let csv = std::mem::replace(&mut self.csv, Vec::with_capacity(room / 2));
        let shown = std::mem::take(&mut self.shown);
        (count > 0).then_some(Rows { count, json, csv, shown })
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
