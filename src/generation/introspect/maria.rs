//! The catalogue queries of `MariaDB` and `MySQL`: tables of the database that the address names. Shapes as for
//! `PostgreSQL`. Never reads a row.

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

/// A table of another database that refers to one of ours is named with its database.
pub const REFERENCES: &str = "SELECT CASE WHEN k.TABLE_SCHEMA = DATABASE() THEN CAST(k.TABLE_NAME AS CHAR)
        ELSE CONCAT(k.TABLE_SCHEMA, '.', k.TABLE_NAME) END,
    CAST(k.CONSTRAINT_NAME AS CHAR), CAST(k.COLUMN_NAME AS CHAR), CAST(k.REFERENCED_TABLE_NAME AS CHAR),
    CAST(k.REFERENCED_COLUMN_NAME AS CHAR), CAST(r.DELETE_RULE AS CHAR)
    FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r
        ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
        AND r.TABLE_NAME = k.TABLE_NAME
    WHERE k.REFERENCED_TABLE_SCHEMA = DATABASE()
    ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION";
