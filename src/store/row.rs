//! Helpers to turn stored codes into domain types, naming the bad row when they do not fit.

use super::Error;

/// The value of a stored code.
///
/// # Errors
/// When the code is unknown to this version; names table, row and column.
pub fn known<T>(
    value: Option<T>,
    table: &'static str,
    row: i64,
    column: &'static str,
    found: &str,
) -> Result<T, Error> {
    value.ok_or_else(|| Error::BadRow { table, row, column, says: format!("'{found}' is unknown to this version") })
}
