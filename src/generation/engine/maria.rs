//! Connections to `MariaDB`, and to `MySQL` where it does not differ: a session's settings, and values as text. Never
//! relies on how a server was set up.

use super::{ACQUIRE, CONNECTIONS, IDLE, STATEMENTS, pool_options};
use crate::generation::Error;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Executor as _, Row as _,
    mysql::{MySqlConnectOptions, MySqlConnection, MySqlPool, MySqlPoolOptions, MySqlRow},
};
use std::str::FromStr as _;

/// What a session has to be, whatever the server's own settings are. Names are quoted as everywhere and texts hold
/// backslashes as they are; a value that does not fit is refused. READ COMMITTED: a change locks the rows it changes, and
/// neither the gaps between them nor rows that it only looks at.
const SETTINGS: &str = "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
    time_zone = '+00:00', autocommit = 1, completion_type = 0, sql_auto_is_null = 0, sql_safe_updates = 0,
    foreign_key_checks = 1, unique_checks = 1, sql_select_limit = DEFAULT,
    lock_wait_timeout = 5, innodb_lock_wait_timeout = 5, net_write_timeout = 600, wait_timeout = 28800";

/// `MariaDB` remembers what a subquery answered for a value, and calls texts that differ in case the same value: somebody
/// else's row would get the answer for the first one's.
const OF_MARIADB: &str = "SET SESSION optimizer_switch = 'subquery_cache=off',
    idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0, idle_write_transaction_timeout = 0";

/// Longest time for a statement, in seconds.
const STATEMENT: u32 = 300;

/// Prepares connections; nothing is opened yet.
pub fn pool(url: &str) -> Result<MySqlPool, Error> {
    let options = MySqlConnectOptions::from_str(url)
        .map_err(|_| Error::Address)?
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .timezone(None)
        .set_names(false)
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging();
    let pool = pool_options!(MySqlPoolOptions).after_connect(|conn, _| {
        Box::pin(async move {
            conn.execute("SET NAMES utf8mb4 COLLATE utf8mb4_bin").await?;
            conn.execute(SETTINGS).await?;
            conn.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
            if is_mariadb(conn).await? {
                conn.execute(OF_MARIADB).await?;
            }
            limit(conn, STATEMENT).await
        })
    });
    Ok(pool.connect_lazy_with(options))
}

/// How long one statement may take, in seconds; 0 for as long as it likes. `MySQL` bounds reading only.
async fn limit(conn: &mut MySqlConnection, seconds: u32) -> Result<(), sqlx::Error> {
    let text = if is_mariadb(conn).await? {
        format!("SET SESSION max_statement_time = {seconds}")
    } else {
        format!("SET SESSION max_execution_time = {}", u64::from(seconds) * 1_000)
    };
    conn.execute(AssertSqlSafe(text)).await.map(|_| ())
}

/// Lets one statement be read for as long as a day.
pub async fn without_hurry(conn: &mut MySqlConnection) -> Result<(), Error> {
    conn.execute("SET SESSION net_write_timeout = 86400").await?;
    Ok(limit(conn, 0).await?)
}

async fn is_mariadb(conn: &mut MySqlConnection) -> Result<bool, sqlx::Error> {
    let version: String = sqlx::query_scalar("SELECT CAST(VERSION() AS CHAR)").fetch_one(conn).await?;
    Ok(version.contains("MariaDB"))
}

/// A value that was asked for as text. Where texts are compared byte for byte the server calls them bytes.
pub fn text(row: &MySqlRow, i: usize) -> Result<Option<String>, Error> {
    Ok(row.try_get_unchecked(i)?)
}
