//! A person's choice about a use of their data, as the map says where it stands: the flags that are set, the rows that are
//! added where nothing was ever said, or the statements that the map has instead.

use super::{
    Fault, Source,
    alike::{as_text, identical},
    check::fits,
    engine::{Dialect, quoted},
    map::{Choice, DataMap, Flag, Statements},
    schema::{Schema, Type},
    scope::Scope,
    steps::{Does, Step, Whole, literal},
};
use crate::domain::plan::{Action, Warning, WarningCode};
use std::collections::BTreeMap;

impl Source {
    /// The uses of people's data that the map says how to stop, each once.
    #[must_use]
    pub fn uses(&self) -> Vec<&str> {
        self.map.uses()
    }
}

impl DataMap {
    /// The uses that the map says how to stop, each once.
    #[must_use]
    pub fn uses(&self) -> Vec<&str> {
        let mut uses: Vec<_> = self.choices.iter().map(|choice| choice.what.as_str()).collect();
        uses.dedup();
        uses
    }
}

/// What the map gets wrong about choices, by itself.
pub fn unsound(map: &DataMap) -> Vec<Fault> {
    let mut faults = Vec::new();
    for choice in &map.choices {
        let mut fault = |table: &str, column: Option<&str>, says: &str| {
            faults.push(Fault::new(table, column, format!("choice {}: {says}", choice.what)));
        };
        if choice.what.trim().is_empty() {
            fault("", None, "what has to say what use it is about");
        }
        match (&choice.flag, &choice.statements) {
            (Some(flag), None) => {
                let Some(table) = map.table(&flag.table) else {
                    fault(&flag.table, None, "names a table that the map does not have");
                    continue;
                };
                let columns = flag.only.keys().chain(&flag.at).chain([&flag.column]);
                for column in columns.filter(|column| !table.columns.contains_key(*column)) {
                    fault(&flag.table, Some(column), "names a column that the map does not list");
                }
                if flag.stop == flag.allow {
                    fault(&flag.table, Some(&flag.column), "stop and allow are the same value");
                }
                if flag.add && !table.owner.iter().any(|join| join.to == map.subject) {
                    fault(&flag.table, None, "add needs an owner that is the subject's own table");
                }
            }
            (None, Some(statements)) => {
                let key = map.table(&map.subject).map(|table| table.key.clone()).unwrap_or_default();
                let all = [&statements.stop, &statements.allow, &statements.not_stopped, &statements.not_allowed];
                let names = |text: &&String| !key.iter().all(|column| text.contains(&format!("{{{column}}}")));
                if all.into_iter().any(|text| names(&text)) {
                    let says = format!("each statement has to name the person, by {}", braced(&key));
                    fault("", None, &says);
                }
            }
            _ => fault("", None, "needs either flag or statements"),
        }
    }
    faults
}

fn braced(key: &[String]) -> String {
    key.iter().map(|column| format!("{{{column}}}")).collect::<Vec<_>>().join(" and ")
}

/// What of the map's choices does not fit the schema: code, table, column, and why.
pub fn unfit<'m>(map: &'m DataMap, schema: &Schema) -> Vec<(WarningCode, &'m str, &'m str, String)> {
    let mut faults = Vec::new();
    for flag in map.choices.iter().filter_map(|choice| choice.flag.as_ref()) {
        let Some(live) = schema.tables.get(&flag.table) else { continue };
        let values = flag.only.iter().chain([(&flag.column, &flag.stop), (&flag.column, &flag.allow)]);
        for (column, value) in values {
            let unfit = live.columns.get(column).and_then(|is| fits(value, is.kind, is.longest).err());
            faults.extend(unfit.map(|says| (WarningCode::TypeMismatch, flag.table.as_str(), column.as_str(), says)));
        }
        if let Some(at) = &flag.at
            && live.columns.get(at).is_some_and(|is| !matches!(is.kind, Type::Timestamp | Type::Date | Type::Text))
        {
            let says = "at wants a column that holds a moment or a day".to_owned();
            faults.push((WarningCode::TypeMismatch, &flag.table, at, says));
        }
        let owner = map.table(&flag.table).and_then(|table| table.owner.iter().find(|join| join.to == map.subject));
        let said = |column: &String| {
            flag.only.contains_key(column)
                || *column == flag.column
                || flag.at.as_ref() == Some(column)
                || owner.is_some_and(|join| join.on.contains_key(column))
        };
        let listed = map.table(&flag.table).into_iter().flat_map(|table| table.columns.keys());
        for column in listed.filter(|column| flag.add && !said(column)) {
            if live.columns.get(column).is_some_and(|is| !is.nullable && !is.has_default) {
                let says = "a row that is added would have nothing here, and it may not be null; give it a default";
                faults.push((WarningCode::NotNull, &flag.table, column, says.to_owned()));
            }
        }
    }
    faults
}

/// Why a choice cannot be written down.
pub fn faults(map: &DataMap, what: &str) -> Vec<Warning> {
    if map.choices.iter().any(|choice| choice.what == what) {
        return Vec::new();
    }
    let known = map.uses().join(", ");
    let known = if known.is_empty() { "none".to_owned() } else { known };
    vec![Warning {
        code: WarningCode::Drift,
        table: String::new(),
        column: None,
        detail: format!("The data map does not say where a choice about {what} stands; it knows: {known}."),
        rows: 0,
        blocks: true,
    }]
}

/// The steps that write a choice down; none where the map does not know the use.
pub fn steps(scope: &Scope<'_>, what: &str, stops: bool) -> Vec<Step> {
    let mut written = Vec::new();
    for choice in scope.map.choices.iter().filter(|choice| choice.what == what) {
        match (&choice.flag, &choice.statements) {
            (Some(flag), _) => {
                written.extend(set(scope, flag, stops));
                written.extend(flag.add.then(|| add(scope, flag, stops)).flatten());
            }
            (None, Some(statements)) => written.push(stated(scope, choice, statements, stops)),
            (None, None) => {}
        }
    }
    written
}

const fn value(flag: &Flag, stops: bool) -> &String {
    if stops { &flag.stop } else { &flag.allow }
}

/// The condition that a row of the flag's table speaks of this use.
fn speaks(scope: &Scope<'_>, flag: &Flag, alias: &str) -> String {
    let only = flag.only.iter().map(|(column, value)| {
        format!(" AND {alias}.{} = {}", quoted(column), literal(scope, &flag.table, column, value))
    });
    scope.own(&flag.table, alias) + &only.collect::<Vec<_>>().concat()
}

/// The person's rows get the value.
fn set(scope: &Scope<'_>, flag: &Flag, stops: bool) -> Option<Step> {
    let (table, column) = (&flag.table, &flag.column);
    let becomes = literal(scope, table, column, value(flag, stops));
    let at = format!("t.{}", quoted(column));
    let differs = format!("NOT {}", identical(scope.dialect, &at, scope.column(table, column), &becomes));
    let mut sets = vec![format!("{} = {becomes}", quoted(column))];
    let mut columns = BTreeMap::from([(column.clone(), Action::Fixed)]);
    if let Some(at) = &flag.at {
        sets.push(format!("{} = {}", quoted(at), now(scope.dialect)));
        columns.insert(at.clone(), Action::Fixed);
    }
    scope.map.table(table)?;
    let rows = format!("{} AND {differs}", speaks(scope, flag, "t"));
    Some(Step { sets, columns, to_do: Some(differs), ..Step::new(table, Does::Choose, rows) })
}

/// Who never said anything gets a row that says it.
fn add(scope: &Scope<'_>, flag: &Flag, stops: bool) -> Option<Step> {
    let (table, subject) = (scope.map.table(&flag.table)?, &scope.map.subject);
    let owner = table.owner.iter().find(|join| join.to == *subject)?;
    let mut columns: Vec<(&String, String)> =
        owner.on.iter().map(|(here, there)| (here, format!("s.{}", quoted(there)))).collect();
    let said = flag.only.iter().chain(std::iter::once((&flag.column, value(flag, stops))));
    columns.extend(said.map(|(column, value)| (column, literal(scope, &flag.table, column, value))));
    columns.extend(flag.at.iter().map(|at| (at, now(scope.dialect))));
    let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().map(|(name, value)| (quoted(name), value)).unzip();
    let on: Vec<_> = owner.on.iter().map(|(here, there)| format!("t.{} = s.{}", quoted(here), quoted(there))).collect();
    let only: Vec<_> = flag
        .only
        .iter()
        .map(|(column, value)| format!(" AND t.{} = {}", quoted(column), literal(scope, &flag.table, column, value)))
        .collect();
    let without = format!(
        "FROM {} s WHERE {} AND NOT EXISTS (SELECT 1 FROM {} t WHERE {}{})",
        quoted(subject),
        scope.own(subject, "s"),
        quoted(&flag.table),
        on.join(" AND "),
        only.concat()
    );
    let whole = Whole {
        count: format!("SELECT {} {without}", as_text("count(*)", scope.dialect)),
        change: format!(
            "INSERT INTO {} ({}) SELECT {} {without}",
            quoted(&flag.table),
            names.join(", "),
            values.join(", ")
        ),
    };
    let columns = BTreeMap::from([(flag.column.clone(), Action::Fixed)]);
    Some(Step { columns, whole: Some(whole), ..Step::new(&flag.table, Does::Add, String::new()) })
}

/// The map's own statement.
fn stated(scope: &Scope<'_>, choice: &Choice, statements: &Statements, stops: bool) -> Step {
    let (change, count) =
        if stops { (&statements.stop, &statements.not_stopped) } else { (&statements.allow, &statements.not_allowed) };
    let count = format!("SELECT {}", as_text(&format!("({})", with_keys(scope, count)), scope.dialect));
    let whole = Whole { count, change: with_keys(scope, change) };
    Step { whole: Some(whole), ..Step::new(&scope.map.subject, Does::State, choice.what.clone()) }
}

/// A statement of the map with the person's key in the place of `{column}`; each stands for the keys of all their accounts.
fn with_keys(scope: &Scope<'_>, statement: &str) -> String {
    let Some(subject) = scope.map.table(&scope.map.subject) else { return statement.to_owned() };
    let width = subject.key.len();
    let mut text = statement.to_owned();
    for (n, column) in subject.key.iter().enumerate() {
        let values = (0..scope.subjects).map(|i| scope.value(&scope.map.subject, column, i * width + n + 1));
        text = text.replace(&format!("{{{column}}}"), &format!("({})", values.collect::<Vec<_>>().join(", ")));
    }
    text
}

/// The present moment by the database's clock.
fn now(dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => "CURRENT_TIMESTAMP".to_owned(),
        Dialect::Sqlite => "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')".to_owned(),
        Dialect::Maria => "UTC_TIMESTAMP()".to_owned(),
    }
}
