//! The catalogue queries of `MariaDB` and `MySQL`: tables of the database that the address names. Shapes as for
//! `PostgreSQL`. Never reads a row.

use crate::generation::{
    Error,
    engine::{Conn, Statement},
};

/// `MariaDB` keeps JSON as text with a check.
pub const COLUMNS: &str = "SELECT CAST(c.TABLE_NAME AS CHAR), CAST(c.COLUMN_NAME AS CHAR),
    CASE WHEN j.named IS NULL THEN CAST(c.COLUMN_TYPE AS CHAR) ELSE 'json' END,
    CASE WHEN c.IS_NULLABLE = 'YES' THEN 'true' ELSE 'false' END,
    CASE WHEN c.COLUMN_DEFAULT IS NULL AND c.EXTRA NOT LIKE '%auto_increment%' THEN 'false' ELSE 'true' END,
    CAST(c.CHARACTER_MAXIMUM_LENGTH AS CHAR), 'false',
    CASE WHEN COALESCE(c.GENERATION_EXPRESSION, '') = '' THEN 'false' ELSE 'true' END,
    CASE WHEN j.named IS NULL THEN CAST(c.COLLATION_NAME AS CHAR) END,
    CASE WHEN t.TABLE_TYPE = 'SYSTEM VERSIONED' THEN 'true' ELSE 'false' END
    FROM information_schema.COLUMNS c
    JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
    LEFT JOIN (SELECT /*M! k.TABLE_NAME AS at, */ k.CONSTRAINT_NAME AS named FROM information_schema.CHECK_CONSTRAINTS k
        WHERE k.CONSTRAINT_SCHEMA = DATABASE() AND k.CHECK_CLAUSE LIKE 'json\\_valid(%') j
        ON c.DATA_TYPE = 'longtext' AND j.named = c.COLUMN_NAME /*M! AND j.at = c.TABLE_NAME */
    WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_SCHEMA = DATABASE()
        AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')";

/// An index over a column's first characters names no row, but leads to it. A unique one of long texts is kept as a hash,
/// by which rows are not looked up.
pub const INDEXES: &str = "SELECT CAST(s.TABLE_NAME AS CHAR), CAST(s.INDEX_NAME AS CHAR),
    CAST(COALESCE(s.COLUMN_NAME, '') AS CHAR),
    CASE WHEN s.NON_UNIQUE = 0 AND s.SUB_PART IS NULL THEN 'true' ELSE 'false' END,
    CASE WHEN s.INDEX_TYPE = 'BTREE' /*M! AND s.IGNORED = 'NO' */ THEN 'true' ELSE 'false' END
    FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = DATABASE()
    ORDER BY s.INDEX_NAME <> 'PRIMARY', s.TABLE_NAME, s.INDEX_NAME, s.SEQ_IN_INDEX";

/// A table of another database that refers to one of ours is named with its database. What becomes of the row is told
/// to few accounts.
pub const REFERENCES: &str = "SELECT CASE WHEN k.TABLE_SCHEMA = DATABASE() THEN CAST(k.TABLE_NAME AS CHAR)
        ELSE CONCAT(k.TABLE_SCHEMA, '.', k.TABLE_NAME) END,
    CAST(k.CONSTRAINT_NAME AS CHAR), CAST(k.COLUMN_NAME AS CHAR), CAST(k.REFERENCED_TABLE_NAME AS CHAR),
    CAST(k.REFERENCED_COLUMN_NAME AS CHAR), CAST(r.DELETE_RULE AS CHAR)
    FROM information_schema.KEY_COLUMN_USAGE k LEFT JOIN information_schema.REFERENTIAL_CONSTRAINTS r
        ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
        AND r.TABLE_NAME = k.TABLE_NAME
    WHERE k.REFERENCED_TABLE_SCHEMA = DATABASE()
    ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION";

/// True where the account may not see every table of the database: a reference from one it does not see would go unseen.
///
/// # Errors
/// When the database does not answer.
pub async fn hides_tables(conn: &mut Conn) -> Result<bool, Error> {
    let name = conn.rows(Statement::new("SELECT CAST(DATABASE() AS CHAR)", &[])).await?;
    let name = name.into_iter().flatten().flatten().next().unwrap_or_default();
    let grants = conn.rows(Statement::new("SHOW GRANTS", &[])).await?;
    Ok(!grants.iter().flatten().flatten().any(|grant| shows_all(grant, &name)))
}

/// True where a line such as "GRANT SELECT, DELETE ON `shop`.* TO …" lets all tables of `database` be seen.
fn shows_all(grant: &str, database: &str) -> bool {
    /// What is granted on tables; `USAGE` and what is granted on procedures show none.
    const ON_TABLES: [&str; 8] =
        ["ALL PRIVILEGES", "SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES", "CREATE", "ALTER"];
    let Some((granted, rest)) = grant.strip_prefix("GRANT ").and_then(|rest| rest.split_once(" ON ")) else {
        return false;
    };
    let Some((on, _)) = rest.split_once(".* TO ") else { return false };
    // a name in a grant on a whole database is a pattern
    let pattern = on.trim_matches(['`', '"']).replace("``", "`").replace("\"\"", "\"");
    let here = on == "*" || pattern.replace('\\', "") == database || like(&pattern, database);
    here && granted.split(", ").any(|right| ON_TABLES.contains(&right))
}

/// Whether a pattern of `%`, `_` and `\` fits a name.
fn like(pattern: &str, name: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return name.is_empty() };
    let (rest, mut letters) = (&pattern[first.len_utf8()..], name.chars());
    match first {
        '%' => name.char_indices().any(|(at, _)| like(rest, &name[at..])) || like(rest, ""),
        '_' => letters.next().is_some() && like(rest, letters.as_str()),
        '\\' if !rest.is_empty() => {
            rest.chars().next() == letters.next()
                && like(&rest[rest.chars().next().map_or(0, char::len_utf8)..], letters.as_str())
        }
        letter => letters.next() == Some(letter) && like(rest, letters.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_right_on_all_tables_shows_all_of_them() {
        for grant in [
            "GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION",
            "GRANT REFERENCES ON `my\\_shop`.* TO `run`@`%`",
            "GRANT REFERENCES ON \"my\\_shop\".* TO \"run\"@\"%\"",
            "GRANT EXECUTE, SELECT ON `my_shop`.* TO `role`",
            "GRANT SELECT ON `my%`.* TO `run`@`%`",
            "GRANT SELECT ON `%\\_sh__`.* TO `run`@`%`",
        ] {
            assert!(shows_all(grant, "my_shop"), "{grant}");
        }
        for grant in [
            "GRANT USAGE ON *.* TO `run`@`%` IDENTIFIED BY PASSWORD '*x'",
            "GRANT EXECUTE ON `my_shop`.* TO `run`@`%`",
            "GRANT SELECT ON `my_shop`.`users` TO `run`@`%`",
            "GRANT SELECT ON `my\\_shops`.* TO `run`@`%`",
            "GRANT SELECT ON `my\\%`.* TO `run`@`%`",
            "GRANT `role` TO `run`@`%`",
        ] {
            assert!(!shows_all(grant, "my_shop"), "{grant}");
        }
    }
}
