//! The schema as it was last read, for as long as it is still that. A schema takes several catalogue queries; whether it
//! changed since takes one, the *stamp*: its answer differs whenever theirs would. Never decides by time alone that a
//! schema still holds.
//!
//! On `SQLite` (its own count of changes) and `PostgreSQL` (which transaction wrote each row of the catalogue) every
//! change shows at once. `MariaDB` tells when a table was last altered by the second only, and nothing of tables of other
//! databases: there a change within two seconds of the reading is always taken for one, and what is kept serves for
//! `WINDOW` at most. So the one thing that may stay unseen, for that long, is a reference from a table of another database
//! of the same server.

use super::read;
use crate::generation::{
    Error,
    engine::{Conn, Dialect, Statement},
    schema::Schema,
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The longest that a schema of `MariaDB` is kept.
const WINDOW: Duration = Duration::from_secs(2);

/// What the tables' catalogue rows are, and who wrote them: whatever changes a table writes its rows anew.
const POSTGRES: &str = "SELECT md5(string_agg(s.part, ';' ORDER BY s.part)) FROM (
    SELECT 'n' || current_schema() AS part
    UNION ALL SELECT concat_ws(',', 'c', c.oid, c.xmin, a.attnum, a.xmin, y.oid, y.xmin) FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 LEFT JOIN pg_type y ON y.oid = a.atttypid
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT concat_ws(',', 'i', i.indexrelid, i.xmin) FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
        WHERE c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT concat_ws(',', 'k', k.oid, k.xmin, c.oid, c.xmin) FROM pg_constraint k
        JOIN pg_class o ON o.oid = k.confrelid JOIN pg_class c ON c.oid = k.conrelid
        WHERE k.contype = 'f' AND o.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT concat_ws(',', 'h', h.inhparent, h.inhrelid) FROM pg_inherits h) s";

const SQLITE: &str = "SELECT CAST(schema_version AS TEXT) FROM pragma_schema_version";

/// Each table with the second of its last alteration; behind it whether that is long enough ago to tell it from the next.
const MARIA: &str = "SELECT CAST(TABLE_NAME AS CHAR), CAST(CREATE_TIME AS CHAR), CAST(TABLE_TYPE AS CHAR),
    CASE WHEN CREATE_TIME < NOW() - INTERVAL 2 SECOND THEN 'settled' ELSE 'fresh' END
    FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME";

/// What is known of one database; shared by its connections.
#[derive(Debug, Default)]
pub struct Known(Mutex<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    stamp: String,
    at: Instant,
    schema: Arc<Schema>,
}

impl Known {
    fn of(&self, stamp: &str, dialect: Dialect) -> Option<Arc<Schema>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref().filter(|kept| kept.stamp == stamp)?;
        let is_in_time = dialect != Dialect::Maria || kept.at.elapsed() < WINDOW;
        is_in_time.then(|| Arc::clone(&kept.schema))
    }
}

/// The schema as it is now, read anew only where it may have changed since it was last read.
///
/// # Errors
/// When the database does not answer.
pub async fn schema(conn: &mut Conn, dialect: Dialect) -> Result<Arc<Schema>, Error> {
    // before the schema: what changes in between makes the stamp an old one, never the schema
    let stamp = stamp(conn, dialect).await?;
    if let Some(schema) = stamp.as_deref().and_then(|stamp| conn.known.of(stamp, dialect)) {
        return Ok(schema);
    }
    let at = Instant::now();
    let schema = Arc::new(read(conn, dialect).await?);
    let mut kept = conn.known.0.lock().unwrap_or_else(PoisonError::into_inner);
    *kept = stamp.map(|stamp| Kept { stamp, at, schema: Arc::clone(&schema) });
    Ok(schema)
}

/// None where nothing read now may be kept.
async fn stamp(conn: &mut Conn, dialect: Dialect) -> Result<Option<String>, Error> {
    let text = match dialect {
        Dialect::Postgres => POSTGRES,
        Dialect::Sqlite => SQLITE,
        Dialect::Maria => MARIA,
    };
    let mut rows = conn.rows(Statement::new(text, &[])).await?;
    if dialect == Dialect::Maria {
        // what the account may see is part of it
        rows.extend(conn.rows(Statement::new("SHOW GRANTS", &[])).await?);
    }
    let parts: Vec<_> = rows.into_iter().flatten().map(Option::unwrap_or_default).collect();
    Ok((!parts.iter().any(|part| part == "fresh")).then(|| parts.join("\n")))
}
