//! The catalogue queries of `PostgreSQL`: tables of the schema that names without a prefix mean. Never reads a row.

/// Table, column, type, whether NULL is allowed, whether filled in by itself, most characters, whether rows have an
/// address, whether the database works the value out,
/// the order of its texts, whether the table keeps older states of its rows.
pub const COLUMNS: &str = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL)::text,
    (NOT a.attnotnull)::text, (a.atthasdef OR a.attidentity <> '')::text,
    CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 4
        THEN (a.atttypmod - 4)::text END,
    (c.relkind = 'r' AND NOT EXISTS (SELECT 1 FROM pg_inherits h WHERE h.inhparent = c.oid))::text,
    (a.attgenerated <> '')::text, NULL, 'false'
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
        AND a.attnum > 0 AND NOT a.attisdropped";

/// Each part of each index, the primary key first: table, index, column (empty for an expression), whether the index
/// names one row, whether rows are looked up by it. An index of the rows where its first column is not null serves
/// whoever looks for a value in it.
pub const INDEXES: &str = "SELECT c.relname::text, i.indexrelid::text, COALESCE(a.attname::text, ''),
    (i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL)::text,
    (m.amname IN ('btree', 'hash') AND (i.indpred IS NULL
        OR pg_get_expr(i.indpred, c.oid) = format('(%I IS NOT NULL)', (SELECT f.attname FROM pg_attribute f
            WHERE f.attrelid = c.oid AND f.attnum = i.indkey[0]))))::text
    FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
    JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) ON k.place <= i.indnkeyatts
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum <> 0
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND i.indisvalid AND i.indisready
    ORDER BY i.indisprimary DESC, i.indexrelid, k.place";

/// Each column of each foreign key: table, key, column, other table, other column, what becomes of the row.
pub const REFERENCES: &str = "SELECT c.relname::text, k.oid::text, a.attname::text, o.relname::text, b.attname::text,
    k.confdeltype::text
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class o ON o.oid = k.confrelid
    JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS p(here, there, place) ON true
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.here
    JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = p.there
    WHERE k.contype = 'f' AND o.relnamespace = current_schema()::regnamespace
    ORDER BY k.oid, p.place";
