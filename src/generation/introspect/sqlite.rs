//! The catalogue queries of `SQLite`. Shapes as for `PostgreSQL`. Never reads a row.

pub const COLUMNS: &str = "SELECT m.name, c.name, c.type, iif(c.\"notnull\" OR c.pk > 0, 'false', 'true'),
    iif(c.dflt_value IS NULL, 'false', 'true'), NULL, iif(l.wr, 'false', 'true'), 'false', NULL, 'false'
    FROM sqlite_schema m JOIN pragma_table_list(m.name) l ON l.schema = 'main' JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

pub const INDEXES: &str = "SELECT \"table\", \"index\", \"column\", \"unique\", leads FROM (
    SELECT m.name AS \"table\", '' AS \"index\", c.name AS \"column\", 'true' AS \"unique\", 'true' AS leads, c.pk AS place
    FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.pk > 0
    UNION ALL
    SELECT m.name, i.name, COALESCE(c.name, ''), iif(i.\"unique\" AND NOT i.partial, 'true', 'false'),
        iif(i.partial, 'false', 'true'), c.seqno
    FROM sqlite_schema m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
    WHERE m.type = 'table' AND i.origin <> 'pk') ORDER BY \"table\", \"index\", place";

pub const REFERENCES: &str = "SELECT m.name, f.id, f.\"from\", f.\"table\", COALESCE(f.\"to\",
        (SELECT k.name FROM pragma_table_info(f.\"table\") k WHERE k.pk = f.seq + 1)), f.on_delete
    FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f
    WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq";
