//! Entries as a file: CSV or a JSON object a line, oldest first, a thousand at a time, so that memory stays small. What the
//! reader may not know is left out as on the page.

use super::{
    objects::Known,
    page::{AuditFilter, AuditLine, asked, line},
};
use crate::{
    app::{App, Error, proving::proven},
    domain::{
        audit::{AuditAction, Entry},
        codes::codes,
        identity::StaffId,
        rights::{Act, Actor, Place, Reach, Sight},
        time::Instant,
    },
    generation::export::csv_text,
    store::{
        self, Db,
        audit::{self, Asked, Listed},
        staff,
    },
};
use futures_util::{Stream, stream};
use serde::Serialize;
use std::collections::HashMap;

codes! {
    /// How entries are written.
    Format {
        Csv "csv" "CSV",
        Jsonl "jsonl" "JSON lines",
    }
}

/// Which moments an export spans.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// From this moment on.
    pub since: Option<Instant>,
    /// Until before this moment.
    pub until: Option<Instant>,
}

/// How much of each entry is written.
#[derive(Debug, Clone)]
enum Columns {
    /// As on the page, with what tables call the products.
    Shown(HashMap<String, String>),
    /// Everything that is stored, codes and hashes too: enough to compute the chain anew.
    Stored,
}

/// One entry as it is stored, as an object of JSON.
#[derive(Serialize)]
struct Stored<'a> {
    number: i64,
    at: String,
    millis: i64,
    who: &'a str,
    staff: Option<i64>,
    name: Option<&'a str>,
    action: &'a str,
    case: Option<String>,
    object: &'a str,
    fields: &'a str,
    place: &'a str,
    hash: String,
}

const STORED: &str = "number,at,millis,who,staff,name,action,case,object,fields,place,hash\r\n";
const SHOWN: &str = "number,at,who,action,case,object,fields,place\r\n";

/// What a reader asked for on the page, as CSV; that they did is an entry itself, committed before the first byte leaves.
///
/// # Errors
/// `NotFound` for those who may not see the log; `Invalid` where the filter cannot be understood; `Unproved` when the proof
/// is stale.
pub async fn exported(
    app: &App,
    actor: &Actor,
    filter: &AuditFilter,
) -> Result<impl Stream<Item = Result<Vec<u8>, store::Error>> + Send + use<>, Error> {
    let (asked, faults) = asked(actor, filter, app.zone())?;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    proven(actor)?;
    let mut tx = app.db.begin().await?;
    audit::entry_add(
        &mut tx,
        Entry::new(app.now(), actor.doing(Act::SeeAudit, Place::Somewhere), AuditAction::AuditExported).object("csv"),
    );
    tx.commit().await?;
    Ok(rows(app.db.clone(), asked, Format::Csv, Columns::Shown(app.packs.shorts())))
}

/// Everything within `span`, for whoever has the database anyway.
pub fn whole(db: Db, span: Span, format: Format) -> impl Stream<Item = Result<Vec<u8>, store::Error>> + Send {
    let asked = Asked {
        sight: Sight::WHOLE,
        secret: Reach::Everywhere,
        from: span.since,
        until: span.until,
        ..Asked::default()
    };
    rows(db, asked, format, Columns::Stored)
}

/// Pieces of a file, one for each thousand entries; the head of a CSV comes first.
fn rows(
    db: Db,
    asked: Asked,
    format: Format,
    columns: Columns,
) -> impl Stream<Item = Result<Vec<u8>, store::Error>> + Send {
    stream::try_unfold((db, asked, None, columns), move |(db, asked, after, columns)| async move {
        let mut tx = db.read().await?;
        let mut piece = match (after, format, &columns) {
            (None, Format::Csv, Columns::Stored) => STORED.as_bytes().to_vec(),
            (None, Format::Csv, Columns::Shown(_)) => SHOWN.as_bytes().to_vec(),
            _ => Vec::new(),
        };
        let listed = audit::entries_rising(&mut tx, &asked, after.unwrap_or_default()).await?;
        let last = listed.last().map(|last| last.written.number);
        let names = staff::staff_names(&mut tx).await?;
        drop(tx);
        for one in listed {
            match &columns {
                Columns::Shown(products) => {
                    let known = Known { staff: &names, products };
                    shown(&mut piece, &line(one, asked.is_of_all(), &known));
                }
                Columns::Stored => stored(&mut piece, &one, format, &names),
            }
        }
        let end = after.is_some() && last.is_none();
        Ok((!end).then_some((piece, (db, asked, last.or(Some(i64::MAX)), columns))))
    })
}

fn shown(out: &mut Vec<u8>, line: &AuditLine) {
    let case =
        if line.walled { "restricted case".to_owned() } else { line.case.map(|r| r.to_string()).unwrap_or_default() };
    let number = line.number.map(|n| n.to_string()).unwrap_or_default();
    let who = line.who.as_deref().unwrap_or_default();
    cells(out, [&number, &millis(line.at), who, &line.action, &case, &line.object, &line.fields, &line.place]);
}

fn stored(out: &mut Vec<u8>, listed: &Listed, format: Format, names: &HashMap<StaffId, String>) {
    let written = &listed.written;
    let row = Stored {
        number: written.number,
        at: millis(Instant(written.at)),
        millis: written.at,
        who: &written.who,
        staff: written.staff,
        name: written.staff.and_then(|id| names.get(&StaffId(id))).map(String::as_str),
        action: &written.action,
        case: written.case.map(|case| crate::domain::identity::Reference(case).to_string()),
        object: &written.object,
        fields: &written.fields,
        place: &written.place,
        hash: data_encoding::HEXLOWER.encode(&listed.hash),
    };
    match format {
        Format::Jsonl => {
            // a struct of texts and numbers becomes JSON always
            out.extend(serde_json::to_vec(&row).unwrap_or_default());
            out.push(b'\n');
        }
        Format::Csv => {
            let (number, at_millis) = (row.number.to_string(), row.millis.to_string());
            let (staff, case) = (row.staff.map(|id| id.to_string()).unwrap_or_default(), row.case.unwrap_or_default());
            let (name, object, fields) = (row.name.unwrap_or_default(), row.object, row.fields);
            cells(
                out,
                [
                    &number, &row.at, &at_millis, row.who, &staff, name, row.action, &case, object, fields, row.place,
                    &row.hash,
                ],
            );
        }
    }
}

/// A line of CSV (RFC 4180); no text becomes a formula. An empty one is nothing at all.
fn cells<const N: usize>(out: &mut Vec<u8>, cells: [&str; N]) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        if !cell.is_empty() {
            csv_text(out, cell);
        }
    }
    out.extend_from_slice(b"\r\n");
}

fn millis(at: Instant) -> String {
    at.utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s34_no_cell_becomes_a_formula_and_every_line_has_its_columns() {
        let mut out = Vec::new();
        cells(&mut out, ["=1+1", "a,b", "say \"hi\"", "", "@x"]);
        assert_eq!(String::from_utf8_lossy(&out), "'=1+1,\"a,b\",\"say \"\"hi\"\"\",,'@x\r\n");
        assert_eq!((STORED.split(',').count(), SHOWN.split(',').count()), (12, 8));
    }
}
