//! What a person agreed to, as the map says where it is recorded: read as it stands, newest first, a bounded number. Never
//! changes anything; what it returns is the person's and goes nowhere by itself.

use super::{
    Error, Fault, Key, Source,
    alike::{as_text, identical},
    check::fits,
    engine::{Statement, quoted},
    map::{Consent, DataMap},
    schema::{Schema, Type},
    scope::Scope,
    steps::literal,
};
use crate::domain::{plan::WarningCode, time::Instant};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

/// The most that is read of each place, and told in all.
pub const MOST: usize = 100;

/// Where a consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It was given and not taken back.
    Given,
    /// It is not given: never, or not any more.
    NotGiven,
    /// It was given and taken back.
    Withdrawn,
}

/// When something was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// A moment; what the database wrote without a zone is taken for UTC.
    Moment(Instant),
    /// A day.
    Day(NaiveDate),
    /// Something else, as it stands there.
    Text(String),
}

/// One consent. Holds what is personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What it is about, in the map's words, or as it stands there.
    pub what: String,
    /// Where it stands.
    pub stands: Stands,
    /// When that was recorded.
    pub at: Option<When>,
    /// When a consent that was taken back had been given.
    pub given: Option<When>,
    /// How it came: a form, a version of the app.
    pub how: Option<String>,
    /// Which words or which version of the policy it was given to.
    pub version: Option<String>,
}

/// What is recorded of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consents {
    /// Newest first, those without a day last.
    pub lines: Vec<Recorded>,
    /// True where there is more than is told.
    pub more: bool,
}

impl Source {
    /// True where the map says where consents are recorded.
    #[must_use]
    pub fn records_consents(&self) -> bool {
        !self.map.consents.is_empty()
    }

    /// What these subjects agreed to, as far as it is recorded.
    ///
    /// # Errors
    /// When the database does not answer, or the map does not fit it.
    pub async fn consents(&self, subjects: &[Key]) -> Result<Consents, Error> {
        let mut found = Consents::default();
        if subjects.is_empty() {
            return Ok(found);
        }
        let mut conn = self.reader.conn().await?;
        let schema = self.live_rows(&mut conn).await?;
        let values: Vec<_> = subjects.iter().flat_map(|key| key.0.clone()).collect();
        for (consent, text) in self.map.consents.iter().zip(self.selects_of_consents(&schema, subjects.len())) {
            let rows = conn.rows(Statement::new(text, &values)).await?;
            found.more |= rows.len() > MOST;
            found.lines.extend(rows.into_iter().take(MOST).filter_map(|row| recorded(consent, row)));
        }
        found.lines.sort_by_cached_key(|line| std::cmp::Reverse(line.at.as_ref().map_or((false, 0), order)));
        found.more |= found.lines.len() > MOST;
        found.lines.truncate(MOST);
        Ok(found)
    }

    /// For each place, what selects: what it is about, whether it is given, since when that is so, when it was given, when
    /// withdrawn, how, to which version.
    fn selects_of_consents(&self, schema: &Schema, subjects: usize) -> Vec<String> {
        let scope = Scope::new(&self.map, schema, self.engine.dialect(), subjects, NaiveDate::MIN);
        let select = |consent: &Consent| {
            let at = |column: &String| format!("t.{}", quoted(column));
            let text = |column: &Option<String>| {
                column.as_ref().map_or_else(|| "NULL".to_owned(), |column| as_text(&at(column), scope.dialect))
            };
            let state = consent.state.as_ref().map_or_else(
                || "NULL".to_owned(),
                |state| {
                    let is = scope.column(&consent.table, &state.column);
                    let given = literal(&scope, &consent.table, &state.column, &state.given);
                    let given = identical(scope.dialect, &at(&state.column), is, &given);
                    let says = format!("WHEN {given} THEN 'given' ELSE 'not'");
                    format!("CASE WHEN {} IS NULL THEN 'unsaid' {says} END", at(&state.column))
                },
            );
            let moments: Vec<_> =
                [&consent.withdrawn_at, &consent.at, &consent.given_at].into_iter().flatten().collect();
            let newest = match moments.as_slice() {
                [] => "1".to_owned(),
                [one] => format!("({0} IS NULL), {0} DESC", at(one)),
                several => {
                    let newest = several.iter().map(|column| at(column)).collect::<Vec<_>>().join(", ");
                    format!("(COALESCE({newest}) IS NULL), COALESCE({newest}) DESC")
                }
            };
            format!(
                "SELECT {}, {state}, {}, {}, {}, {}, {} FROM {} t WHERE {} ORDER BY {newest} LIMIT {}",
                text(&consent.of),
                text(&consent.at),
                text(&consent.given_at),
                text(&consent.withdrawn_at),
                text(&consent.how),
                text(&consent.version),
                quoted(&consent.table),
                scope.own(&consent.table, "t"),
                MOST + 1
            )
        };
        self.map.consents.iter().map(select).collect()
    }
}

/// A row as a consent; none where nothing was ever said.
fn recorded(consent: &Consent, row: Vec<Option<String>>) -> Option<Recorded> {
    let mut cells = row.into_iter().map(|cell| cell.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()));
    let mut next = || cells.next().flatten();
    let (of, state, at, given, withdrawn) = (next(), next(), next(), next(), next());
    let (how, version) = (next(), next());
    let moment = |text: Option<String>| text.map(|text| when(&text));
    let (stands, at, given) = match (state.as_deref(), moment(withdrawn), moment(given)) {
        (Some("unsaid"), _, _) | (None, None, None) => return None,
        (Some("not"), withdrawn, given) => (Stands::NotGiven, withdrawn.or_else(|| moment(at)), given),
        (_, Some(withdrawn), given) => (Stands::Withdrawn, Some(withdrawn), given),
        (_, None, given) => (Stands::Given, given.or_else(|| moment(at)), None),
    };
    let what = match (&consent.what, of) {
        (Some(what), _) => what.clone(),
        (None, Some(of)) => consent.labels.get(&of).cloned().unwrap_or(of),
        (None, None) => return None,
    };
    Some(Recorded { what, stands, at, given, how, version })
}

/// A moment or a day as the engines write them.
fn when(text: &str) -> When {
    let bare = text.replacen('T', " ", 1);
    let with_zone = DateTime::parse_from_str(&bare, "%Y-%m-%d %H:%M:%S%.f%#z").ok();
    let moment = with_zone
        .or_else(|| DateTime::parse_from_rfc3339(text).ok())
        .map(|at| at.to_utc())
        .or_else(|| Some(NaiveDateTime::parse_from_str(&bare, "%Y-%m-%d %H:%M:%S%.f").ok()?.and_utc()));
    match (moment, text.parse::<NaiveDate>()) {
        (Some(at), _) => When::Moment(Instant(at.timestamp_millis())),
        (None, Ok(day)) => When::Day(day),
        (None, Err(_)) => When::Text(text.to_owned()),
    }
}

/// What to sort by: whatever has a moment comes before what has none.
fn order(when: &When) -> (bool, i64) {
    match when {
        When::Moment(at) => (true, at.0),
        When::Day(day) => (true, day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()),
        When::Text(_) => (false, 0),
    }
}

/// What the map gets wrong about consents, by itself.
pub fn unsound(map: &DataMap) -> Vec<Fault> {
    let mut faults = Vec::new();
    for consent in &map.consents {
        let Consent { table: name, what, of, labels, state, at, given_at, withdrawn_at, how, version } = consent;
        let mut fault = |column: Option<&str>, says: &str| {
            faults.push(Fault::new(name, column, format!("consent: {says}")));
        };
        let Some(table) = map.table(name) else {
            fault(None, "names a table that the map does not have");
            continue;
        };
        if table.owner.is_empty() && *name != map.subject {
            fault(None, "is recorded in a table whose rows belong to nobody; it needs an owner");
        }
        let columns = [of, at, given_at, withdrawn_at, how, version].into_iter().flatten();
        for column in columns.chain(state.as_ref().map(|state| &state.column)) {
            if !table.columns.contains_key(column) {
                fault(Some(column), "names a column that the map does not list");
            }
        }
        match (what, of) {
            (Some(words), None) if words.trim().is_empty() => fault(None, "what has to say what it is about"),
            (Some(_), None) if !labels.is_empty() => {
                fault(None, "labels need the column of, whose values they are for");
            }
            (Some(_), None) | (None, Some(_)) => {}
            _ => fault(None, "needs either what, the words, or of, the column that says it"),
        }
        if state.is_none() && given_at.is_none() {
            fault(None, "says neither by state nor by given_at whether it was given");
        }
        if at.is_some() && state.is_none() {
            fault(None, "at says since when a state is so; without state use given_at");
        }
        if withdrawn_at.is_some() && given_at.is_none() {
            fault(None, "withdrawn_at needs given_at");
        }
    }
    faults
}

/// What of the map's consents does not fit the schema: code, table, column, and why.
pub fn unfit<'m>(map: &'m DataMap, schema: &Schema) -> Vec<(WarningCode, &'m str, &'m str, String)> {
    let mut faults = Vec::new();
    for consent in &map.consents {
        let Some(live) = schema.tables.get(&consent.table) else { continue };
        let mut fault = |column: &'m String, says: String| {
            faults.push((WarningCode::TypeMismatch, consent.table.as_str(), column.as_str(), says));
        };
        if let Some(state) = &consent.state
            && let Some(Err(says)) = live.columns.get(&state.column).map(|is| fits(&state.given, is.kind, is.longest))
        {
            fault(&state.column, says);
        }
        let mut first: Option<Type> = None;
        for column in [&consent.at, &consent.given_at, &consent.withdrawn_at].into_iter().flatten() {
            let Some(kind) = live.columns.get(column).map(|is| is.kind) else { continue };
            if !matches!(kind, Type::Timestamp | Type::Date | Type::Text) {
                fault(column, "a consent's date wants a column that holds a moment or a day".to_owned());
            } else if first.is_some_and(|first| first != kind) {
                fault(column, "the dates of one consent have to be of one type".to_owned());
            }
            first = first.or(Some(kind));
        }
        for column in [&consent.of, &consent.how, &consent.version].into_iter().flatten() {
            if live.columns.get(column).is_some_and(|is| is.kind == Type::Bytes) {
                fault(column, "bytes say nothing to a reader; name another column".to_owned());
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_each_engine_writes_them() {
        let at = |text: &str| match when(text) {
            When::Moment(at) => at.rfc3339(),
            When::Day(day) => day.to_string(),
            When::Text(text) => format!("text {text}"),
        };
        for (text, expected) in [
            ("2026-01-02 03:04:05+00", "2026-01-02T03:04:05"),
            ("2026-01-02 03:04:05.250+05:30", "2026-01-01T21:34:05"),
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05"),
            ("2026-01-02 03:04:05.000000", "2026-01-02T03:04:05"),
            ("2026-01-02", "2026-01-02"),
            ("spring", "text spring"),
        ] {
            assert!(at(text).starts_with(expected), "{text}: {}", at(text));
        }
    }
}
