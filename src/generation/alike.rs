//! When two values are the same. `MariaDB` calls texts equal whose letters differ in case or accent, and forgets spaces at
//! the end: here texts are compared byte for byte besides, in such a way that its indexes still serve. Text only.

use super::{
    engine::{Dialect, quoted},
    schema::{ColumnSchema, Type},
};
use std::fmt::Write as _;

/// A column with its name in a statement.
pub struct Side<'c> {
    /// The expression.
    pub at: String,
    /// What it holds.
    pub is: Option<&'c ColumnSchema>,
}

impl<'c> Side<'c> {
    /// A column of `alias`.
    pub fn new(alias: &str, column: &str, is: Option<&'c ColumnSchema>) -> Self {
        Self { at: format!("{alias}.{}", quoted(column)), is }
    }

    fn collation(&self) -> Option<&'c str> {
        self.is?.collation.as_deref()
    }
}

/// A text as its bytes, for `MariaDB`.
pub fn bytes(text: &str) -> String {
    format!("CAST(CONVERT({text} USING utf8mb4) AS BINARY)")
}

/// Expressions, left and right, that have to be equal for the two columns to be the same. `by_its_own_rule` where the
/// right one is a key: what the database calls the same then is one row of it, and no other.
pub fn same(dialect: Dialect, left: &Side<'_>, right: &Side<'_>, by_its_own_rule: bool) -> Vec<(String, String)> {
    let plain = (left.at.clone(), right.at.clone());
    match (dialect, left.collation(), right.collation()) {
        (Dialect::Maria, Some(a), Some(b)) => {
            let exact = (bytes(&left.at), bytes(&right.at));
            match (a == b, by_its_own_rule) {
                (true, true) => vec![plain],
                (true, false) => vec![plain, exact],
                // the database would not compare them by itself
                (false, _) => vec![exact],
            }
        }
        _ => vec![plain],
    }
}

/// The same as a condition.
pub fn is_same(dialect: Dialect, left: &Side<'_>, right: &Side<'_>) -> String {
    all_equal(&same(dialect, left, right, false))
}

/// The condition that each pair is equal.
pub fn all_equal(pairs: &[(String, String)]) -> String {
    pairs.iter().map(|(left, right)| format!("{left} = {right}")).collect::<Vec<_>>().join(" AND ")
}

/// The `n`-th value as the type of a column of `MariaDB`.
pub fn value(n: usize, is: Option<&ColumnSchema>) -> String {
    from_text(&format!("${n}"), is)
}

/// A text as the type of a column of `MariaDB`; whoever calls knows that it is one of its values.
pub fn from_text(text: &str, is: Option<&ColumnSchema>) -> String {
    let Some(is) = is else { return text.to_owned() };
    match (is.kind, &is.collation) {
        (Type::Integer | Type::Bool, _) if is.named.contains("unsigned") => format!("CAST({text} AS UNSIGNED)"),
        (Type::Integer | Type::Bool, _) => format!("CAST({text} AS SIGNED)"),
        (Type::Number, _) => number(text, &is.named),
        (Type::Date, _) => format!("CAST({text} AS DATE)"),
        (Type::Timestamp, _) => format!("CAST({text} AS DATETIME(6))"),
        (Type::Bytes, _) => format!("UNHEX({text})"),
        // in another order the column's index would not serve
        (_, Some(collation)) => format!("CONVERT({text} USING {}) COLLATE {collation}", charset(collation)),
        _ => text.to_owned(),
    }
}

/// A text as a number of the type `named`: in another one it might be rounded.
fn number(text: &str, named: &str) -> String {
    let exact = named.split(' ').next().filter(|named| named.starts_with("decimal"));
    let kind = exact.unwrap_or(if named.starts_with("float") { "FLOAT" } else { "DOUBLE" });
    format!("CAST({text} AS {kind})")
}

/// The condition that columns are, as one, any of the rows of values, each given by its number; `of` are the columns that
/// the values come from. For `MariaDB`.
pub fn known(columns: &[Side<'_>], of: &[Option<&ColumnSchema>], rows: &[Vec<usize>]) -> String {
    let is_text: Vec<_> = columns.iter().map(|column| column.collation().is_some()).collect();
    let typed = |row: &Vec<usize>| {
        let each = row.iter().zip(columns.iter().zip(of));
        tuple(each.map(|(n, (column, of))| value(*n, if column.collation().is_some() { column.is } else { *of })))
    };
    let exact = |row: &Vec<usize>| {
        let each = row.iter().zip(of).zip(&is_text);
        tuple(each.map(|((n, of), is_text)| if *is_text { bytes(&format!("${n}")) } else { value(*n, *of) }))
    };
    let list = |one: &dyn Fn(&Vec<usize>) -> String| rows.iter().map(one).collect::<Vec<_>>().join(", ");
    let here = tuple(columns.iter().map(|column| column.at.clone()));
    let mut condition = format!("{here} IN ({})", list(&typed));
    if is_text.contains(&true) {
        let here = columns.iter().zip(&is_text);
        let here = tuple(here.map(|(column, is_text)| if *is_text { bytes(&column.at) } else { column.at.clone() }));
        let _ = write!(condition, " AND {here} IN ({})", list(&exact));
        condition = format!("({condition})");
    }
    condition
}

/// A column as text, in the one form in which its values are written down. `MariaDB` writes bytes as hexadecimal digits.
pub fn text(at: &str, is: Option<&ColumnSchema>, dialect: Dialect) -> String {
    match is {
        Some(is) if dialect == Dialect::Maria && is.kind == Type::Bytes => format!("HEX({at})"),
        Some(is) if dialect == Dialect::Maria && is.named.starts_with("bit") => format!("CAST({at} + 0 AS CHAR)"),
        _ => as_text(at, dialect),
    }
}

/// An expression as text, whatever its type.
#[must_use]
pub fn as_text(expression: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => format!("{expression}::text"),
        Dialect::Sqlite => format!("CAST({expression} AS TEXT)"),
        Dialect::Maria => format!("CAST({expression} AS CHAR)"),
    }
}

/// The `n`-th value, a JSON array of arrays of texts, as a table `alias` with the columns `c0`, `c1`, … of `MariaDB`.
pub fn listed(n: usize, alias: &str, columns: &[Option<&ColumnSchema>]) -> String {
    let columns: Vec<_> =
        columns.iter().enumerate().map(|(i, is)| format!("c{i} {} PATH '$[{i}]'", in_json(*is))).collect();
    format!("JSON_TABLE(${n}, '$[*]' COLUMNS ({})) {alias}", columns.join(", "))
}

/// The `n`-th value, a JSON array of texts, as a table `alias` with the column `c0` of `MariaDB`.
pub fn listed_texts(n: usize, alias: &str, is: Option<&ColumnSchema>) -> String {
    format!("JSON_TABLE(${n}, '$[*]' COLUMNS (c0 {} PATH '$')) {alias}", in_json(is))
}

/// The type in which a column's text is read out of JSON; as the column's own, so that its index serves.
fn in_json(is: Option<&ColumnSchema>) -> String {
    match is {
        Some(ColumnSchema { collation: Some(collation), named, kind: Type::Text, .. }) => {
            format!("{named} CHARACTER SET {} COLLATE {collation}", charset(collation))
        }
        Some(is) if is.kind == Type::Integer && is.named.contains("unsigned") => "BIGINT UNSIGNED".to_owned(),
        Some(is) if is.kind == Type::Integer => "BIGINT".to_owned(),
        _ => "VARCHAR(700) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin".to_owned(),
    }
}

/// A column `c{i}` of such a table as the type of the column it is compared with.
pub fn listed_column(alias: &str, i: usize, is: Option<&ColumnSchema>) -> String {
    let at = format!("{alias}.c{i}");
    match is.map(|is| is.kind) {
        Some(Type::Integer | Type::Text | Type::Other) => at,
        Some(Type::Uuid) => format!("CAST({at} AS UUID)"),
        _ => from_text(&at, is),
    }
}

/// Columns of a row, and those of a list of keys, that have to be equal; `bytes` of texts as well.
pub fn pairs_with_list(alias: &str, columns: &[Side<'_>]) -> Vec<(String, String)> {
    let pair = |(i, column): (usize, &Side<'_>)| {
        let there = listed_column(alias, i, column.is);
        let mut pairs = vec![(column.at.clone(), there.clone())];
        if column.collation().is_some() {
            pairs.push((bytes(&column.at), bytes(&there)));
        }
        pairs
    };
    columns.iter().enumerate().flat_map(pair).collect()
}

/// The condition that the left sides are, as one, among what the right sides select `from`.
pub fn among(pairs: &[(String, String)], from: &str) -> String {
    let right: Vec<_> = pairs.iter().map(|(_, right)| right.as_str()).collect();
    format!("{} IN (SELECT {} FROM {from})", tuple(pairs.iter().map(|(left, _)| left.clone())), right.join(", "))
}

/// A value of the map as a literal of a column of `MariaDB`, or what is empty for it.
pub fn literal(value: &str, is: Option<&ColumnSchema>) -> String {
    let text = format!("'{}'", value.replace('\'', "''"));
    let Some(is) = is else { return text };
    match is.kind {
        Type::Bool => if value == "true" { "1" } else { "0" }.to_owned(),
        Type::Integer | Type::Number | Type::Date => from_text(&text, Some(is)),
        Type::Timestamp => {
            let utc = chrono::DateTime::parse_from_rfc3339(value).map(|at| at.naive_utc());
            let at = utc.map_or_else(|_| value.to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S%.6f").to_string());
            let digits = is.named.find('(').map_or("", |from| &is.named[from..]);
            format!("CAST('{at}' AS DATETIME{digits})")
        }
        _ => text,
    }
}

/// The condition that a column holds something else than `becomes`, with nothing being no other thing.
pub fn differs(at: &str, is: Option<&ColumnSchema>, becomes: &str) -> String {
    if is.is_some_and(|is| is.collation.is_some()) {
        return format!("({at} IS NOT NULL AND NOT ({} <=> {}))", bytes(at), bytes(becomes));
    }
    format!("({at} IS NOT NULL AND NOT ({at} <=> {becomes}))")
}

/// The set of characters, by which every collation's name begins.
fn charset(collation: &str) -> &str {
    collation.split('_').next().unwrap_or(collation)
}

/// The condition that a column holds exactly `value`, nothing being the same as nothing.
pub fn identical(dialect: Dialect, at: &str, is: Option<&ColumnSchema>, value: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("({at} IS NOT DISTINCT FROM {value})"),
        Dialect::Sqlite => format!("({at} IS {value})"),
        Dialect::Maria if is.is_some_and(|is| is.collation.is_some()) => {
            format!("({} <=> {})", bytes(at), bytes(value))
        }
        Dialect::Maria => format!("({at} <=> {value})"),
    }
}

/// Several expressions as one.
pub fn tuple(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<_> = parts.collect();
    if parts.len() == 1 { parts.concat() } else { format!("({})", parts.join(", ")) }
}
