//! What is left of a moment or an address that is made coarse: the day or the month, the network. As SQL on each engine;
//! doing it twice changes nothing more. A text that is neither becomes empty: it was to be made coarse, and nobody knows how.

use crate::generation::{
    engine::Dialect,
    schema::{ColumnSchema, Type},
};

/// What `at`, a column that holds what `is` says, becomes: moments are cut to their day or, where `month`, to the first of
/// their month; an IPv4 address keeps 24 bits, an IPv6 address 48, as text too.
pub(super) fn truncated(dialect: Dialect, is: Option<&ColumnSchema>, at: &str, month: bool) -> String {
    let kind = is.map_or(Type::Timestamp, |is| is.kind);
    let named = is.map_or("timestamptz", |is| is.named.as_str());
    match (dialect, kind) {
        (Dialect::Sqlite, _) => format!("CASE WHEN typeof({at}) = 'text' THEN {} ELSE {at} END", of_sqlite(at, month)),
        (Dialect::Postgres, Type::Text) => of_postgres(at, month),
        (Dialect::Maria, Type::Text) => of_maria(at, month),
        (Dialect::Postgres, Type::Address) => {
            format!("network(set_masklen({at}::inet, CASE WHEN family({at}::inet) = 4 THEN 24 ELSE 48 END))::{named}")
        }
        (Dialect::Maria, Type::Address) if named == "inet4" => {
            format!("CAST(INET_NTOA(INET_ATON(CAST({at} AS CHAR)) & 4294967040) AS INET4)")
        }
        (Dialect::Maria, Type::Address) => format!("CAST({} AS INET6)", network_of(&format!("CAST({at} AS CHAR)"))),
        (Dialect::Postgres, _) => {
            let unit = if month { "month" } else { "day" };
            format!("date_trunc('{unit}', {at})::{named}")
        }
        (Dialect::Maria, kind) => {
            let to = if kind == Type::Date { "DATE" } else { "DATETIME" };
            let day = if month { format!("DATE_FORMAT({at}, '%Y-%m-01')") } else { at.to_owned() };
            format!("CAST(CAST({day} AS DATE) AS {to})")
        }
    }
}

/// The first 48 bits of an IPv6 address, by functions of `MariaDB`.
fn network_of(text: &str) -> String {
    format!("INET6_NTOA(CONCAT(LEFT(INET6_ATON({text}), 6), REPEAT(CHAR(0), 10)))")
}

fn of_maria(at: &str, month: bool) -> String {
    let day = if month { format!("CONCAT(LEFT({at}, 7), '-01')") } else { format!("LEFT({at}, 10)") };
    format!(
        "CASE WHEN IS_IPV4({at}) THEN INET_NTOA(INET_ATON({at}) & 4294967040) WHEN IS_IPV6({at}) THEN {}
         WHEN {at} REGEXP '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}' THEN {day} ELSE '' END",
        network_of(at)
    )
}

/// No cast is used that a text could make fail.
fn of_postgres(at: &str, month: bool) -> String {
    let part = |n: usize| format!("split_part({at}, ':', {n})");
    let before = format!("split_part({at}, '::', 1)");
    let day = if month { format!("left({at}, 7) || '-01'") } else { format!("left({at}, 10)") };
    let colons = |text: &str| format!("length({text}) - length(replace({text}, ':', ''))");
    format!(
        "CASE WHEN {at} ~ '^[0-9]{{1,3}}([.][0-9]{{1,3}}){{3}}$' THEN regexp_replace({at}, '[0-9]+$', '0')
         WHEN {at} ~ '^[0-9a-fA-F:.]+(%.*)?$' AND (strpos({at}, '::') > 0 OR {} = 7) THEN
             CASE WHEN strpos({at}, '::') > 0 AND {} < 2 THEN {before} || '::'
             ELSE {} || ':' || {} || ':' || {} || '::' END
         WHEN {at} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}' THEN {day} ELSE '' END",
        colons(at),
        colons(&before),
        part(1),
        part(2),
        part(3)
    )
}

fn of_sqlite(at: &str, month: bool) -> String {
    let day = if month { format!("substr({at}, 1, 7) || '-01'") } else { format!("substr({at}, 1, 10)") };
    let colons = |text: &str| format!("length({text}) - length(replace({text}, ':', ''))");
    let before = format!("substr({at}, 1, instr({at}, '::') - 1)");
    let behind = |text: &str| format!("substr({text}, instr({text}, ':') + 1)");
    let fourth = behind(&behind(&behind(at)));
    format!(
        "CASE WHEN {at} GLOB '[0-9]*.[0-9]*.[0-9]*.[0-9]*' AND {at} NOT GLOB '*[^0-9.]*'
             AND length({at}) - length(replace({at}, '.', '')) = 3 THEN rtrim({at}, '0123456789') || '0'
         WHEN {at} NOT GLOB '*[^0-9a-fA-F:.]*' AND (instr({at}, '::') > 0 OR {} = 7) THEN
             CASE WHEN instr({at}, '::') > 0 AND {} < 2 THEN {before} || '::'
             ELSE substr({at}, 1, length({at}) - length({fourth})) || ':' END
         WHEN {at} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-*' THEN {day} ELSE '' END",
        colons(at),
        colons(&before),
    )
}
