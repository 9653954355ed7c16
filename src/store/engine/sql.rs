//! One statement with its values. The text is the same for both engines, or one marked pair.
//! The only place, with its filter builder, where text that is not a literal becomes SQL.

use super::{Tx, tx::Conn};
use crate::{
    domain::{
        identity::{
            CeremonyId, ContentId, DownloadId, FollowUpId, HoldId, MailId, MessageId, PackageId, PasskeyId, Reference,
            RunId, StaffId, VerificationId,
        },
        rights::{Reach, Sight},
        time::Instant,
    },
    store::Result,
};
use sqlx::{AssertSqlSafe, FromRow, Postgres, SqlStr, Sqlite, postgres::PgRow, sqlite::SqliteRow};

/// A value with its type, NULLs included.
#[derive(Debug, Clone)]
pub enum Value {
    /// BIGINT or INTEGER.
    Int(Option<i64>),
    /// TEXT.
    Text(Option<String>),
    /// BYTEA or BLOB.
    Bytes(Option<Vec<u8>>),
    /// BOOLEAN, or INTEGER 0 and 1.
    Bool(Option<bool>),
}

macro_rules! from {
    ($($ty:ty => |$v:ident| $value:expr),+ $(,)?) => { $(
        impl From<$ty> for Value { fn from($v: $ty) -> Self { $value } }
    )+ };
}

from! {
    i64 => |v| Self::Int(Some(v)),
    Option<i64> => |v| Self::Int(v),
    bool => |v| Self::Bool(Some(v)),
    Option<bool> => |v| Self::Bool(v),
    &str => |v| Self::Text(Some(v.to_owned())),
    Option<&str> => |v| Self::Text(v.map(str::to_owned)),
    String => |v| Self::Text(Some(v)),
    &String => |v| Self::Text(Some(v.clone())),
    Option<String> => |v| Self::Text(v),
    Vec<u8> => |v| Self::Bytes(Some(v)),
    &[u8] => |v| Self::Bytes(Some(v.to_vec())),
    Option<&[u8]> => |v| Self::Bytes(v.map(<[u8]>::to_vec)),
    Option<Vec<u8>> => |v| Self::Bytes(v),
    Instant => |v| Self::Int(Some(v.0)),
    Option<Instant> => |v| Self::Int(v.map(|at| at.0)),
    StaffId => |v| Self::Int(Some(v.0)),
    Option<StaffId> => |v| Self::Int(v.map(|id| id.0)),
    Reference => |v| Self::Int(Some(v.0)),
    Option<Reference> => |v| Self::Int(v.map(|id| id.0)),
    MessageId => |v| Self::Int(Some(v.0)),
    MailId => |v| Self::Int(Some(v.0)),
    VerificationId => |v| Self::Int(Some(v.0)),
    RunId => |v| Self::Int(Some(v.0)),
    HoldId => |v| Self::Int(Some(v.0)),
    PackageId => |v| Self::Int(Some(v.0)),
    Option<PackageId> => |v| Self::Int(v.map(|id| id.0)),
    DownloadId => |v| Self::Int(Some(v.0)),
    FollowUpId => |v| Self::Int(Some(v.0)),
    Option<MailId> => |v| Self::Int(v.map(|id| id.0)),
    Option<RunId> => |v| Self::Int(v.map(|id| id.0)),
    ContentId => |v| Self::Int(Some(v.0)),
    PasskeyId => |v| Self::Int(Some(v.0)),
    CeremonyId => |v| Self::Int(Some(v.0)),
}

enum Text {
    Both(&'static str),
    Pair { postgres: &'static str, sqlite: &'static str },
    Built(String),
    BuiltPair { postgres: String, sqlite: String },
}

/// Puts the condition of a reach in the place of every `MARK(column)` of a statement.
fn reached(text: &str, mark: &str, reach: &Reach, first: usize) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, (column, after))) =
        rest.split_once(mark).and_then(|(before, tail)| Some((before, tail.strip_prefix('(')?.split_once(')')?)))
    {
        out.push_str(before);
        match reach {
            Reach::Everywhere => out.push_str("TRUE"),
            Reach::Only(products) if products.is_empty() => out.push_str("FALSE"),
            Reach::Only(products) => {
                let numbers: Vec<_> = (first..first + products.len()).map(|n| format!("${n}")).collect();
                out.extend([column, " IN (", &numbers.join(", "), ")"]);
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// One statement with its values.
pub struct Sql {
    text: Text,
    values: Vec<Value>,
}

/// A statement whose text both engines understand; values stand as `$1`, `$2`, ….
#[must_use]
pub const fn sql(text: &'static str) -> Sql {
    Sql { text: Text::Both(text), values: Vec::new() }
}

/// A statement in which the engines differ: the marked place.
#[must_use]
pub const fn per_engine(postgres: &'static str, sqlite: &'static str) -> Sql {
    Sql { text: Text::Pair { postgres, sqlite }, values: Vec::new() }
}

/// A row type that both engines can fill.
pub trait Row: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin {}

macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Int(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
                Value::Bool(v) => query.bind(v),
            };
        }
        query
    }};
}

impl Sql {
    /// Adds the next value.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Puts a condition in the place of every `MARK(column)`: that the product in this column is one of `reach`. After all
    /// other values.
    #[must_use]
    pub fn within(mut self, mark: &'static str, reach: &Reach) -> Self {
        let first = self.values.len() + 1;
        self.text = match self.text {
            Text::Both(text) => Text::Built(reached(text, mark, reach, first)),
            Text::Built(text) => Text::Built(reached(&text, mark, reach, first)),
            Text::Pair { postgres, sqlite } => Text::BuiltPair {
                postgres: reached(postgres, mark, reach, first),
                sqlite: reached(sqlite, mark, reach, first),
            },
            Text::BuiltPair { postgres, sqlite } => Text::BuiltPair {
                postgres: reached(&postgres, mark, reach, first),
                sqlite: reached(&sqlite, mark, reach, first),
            },
        };
        if let Reach::Only(products) = reach {
            self.values.extend(products.iter().map(Value::from));
        }
        self
    }

    /// Puts the conditions of a sight in the place of `SEEN(column)` and `CIRCLE(column)`, both of which the statement has.
    /// After all other values.
    #[must_use]
    pub fn seen_by(self, sight: &Sight) -> Self {
        self.within("SEEN", &sight.seen).within("CIRCLE", &sight.circle)
    }

    fn text(&mut self, postgres: bool) -> SqlStr {
        use sqlx::SqlSafeStr as _;
        match &mut self.text {
            Text::Pair { postgres: text, .. } if postgres => (*text).into_sql_str(),
            Text::Both(text) | Text::Pair { sqlite: text, .. } => (*text).into_sql_str(),
            Text::BuiltPair { postgres: text, .. } if postgres => AssertSqlSafe(std::mem::take(text)).into_sql_str(),
            Text::Built(text) | Text::BuiltPair { sqlite: text, .. } => {
                AssertSqlSafe(std::mem::take(text)).into_sql_str()
            }
        }
    }

    /// Runs it; returns how many rows were changed.
    ///
    /// # Errors
    /// As the database says.
    pub async fn run(mut self, tx: &mut Tx) -> Result<u64> {
        Ok(match tx.conn() {
            Conn::Postgres(conn) => {
                let text = self.text(true);
                bound!(sqlx::query::<Postgres>(text), self.values).execute(conn).await?.rows_affected()
            }
            Conn::Sqlite(conn) => {
                let text = self.text(false);
                bound!(sqlx::query::<Sqlite>(text), self.values).execute(conn).await?.rows_affected()
            }
        })
    }

    /// Every row; only for statements that bound their number.
    ///
    /// # Errors
    /// As the database says, or when a column does not fit.
    pub async fn all<T: Row>(mut self, tx: &mut Tx) -> Result<Vec<T>> {
        Ok(match tx.conn() {
            Conn::Postgres(conn) => {
                let text = self.text(true);
                bound!(sqlx::query_as::<Postgres, T>(text), self.values).fetch_all(conn).await?
            }
            Conn::Sqlite(conn) => {
                let text = self.text(false);
                bound!(sqlx::query_as::<Sqlite, T>(text), self.values).fetch_all(conn).await?
            }
        })
    }

    /// The one row, or none.
    ///
    /// # Errors
    /// As the database says, or when a column does not fit.
    pub async fn maybe<T: Row>(mut self, tx: &mut Tx) -> Result<Option<T>> {
        Ok(match tx.conn() {
            Conn::Postgres(conn) => {
                let text = self.text(true);
                bound!(sqlx::query_as::<Postgres, T>(text), self.values).fetch_optional(conn).await?
            }
            Conn::Sqlite(conn) => {
                let text = self.text(false);
                bound!(sqlx::query_as::<Sqlite, T>(text), self.values).fetch_optional(conn).await?
            }
        })
    }

    /// The one row.
    ///
    /// # Errors
    /// When there is none, and as `maybe`.
    pub async fn one<T: Row>(self, tx: &mut Tx) -> Result<T> {
        self.maybe(tx).await?.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }
}

/// A condition whose parts depend on what was asked; numbers the values as it goes.
/// Parts are literals of this program; what people typed only ever becomes a value.
#[derive(Default)]
pub struct Filter {
    text: String,
    values: Vec<Value>,
}

impl Filter {
    /// Starts with values that the statement's own text uses as `$1`, ….
    #[must_use]
    pub fn new(values: Vec<Value>) -> Self {
        Self { text: String::new(), values }
    }

    /// Adds `AND part`; each `?` in the part takes the next of `values`.
    pub fn and(&mut self, part: &'static str, values: impl IntoIterator<Item = Value>) {
        self.text.push_str(" AND ");
        self.part(part, values);
    }

    /// The same with `OR`: the part before opens the parenthesis that this one closes.
    pub fn or(&mut self, part: &'static str, values: impl IntoIterator<Item = Value>) {
        self.text.push_str(" OR ");
        self.part(part, values);
    }

    fn part(&mut self, part: &'static str, values: impl IntoIterator<Item = Value>) {
        let mut values = values.into_iter();
        for piece in part.split_inclusive('?') {
            match piece.strip_suffix('?').zip(values.next()) {
                Some((text, value)) => {
                    self.values.push(value);
                    self.text.push_str(text);
                    self.text.push('$');
                    self.text.push_str(&self.values.len().to_string());
                }
                None => self.text.push_str(piece),
            }
        }
    }

    /// Adds `AND part`, in which `MARK(column)` says that the product in this column is one of `reach`.
    pub fn and_within(&mut self, part: &'static str, mark: &'static str, reach: &Reach) {
        self.text.push_str(" AND ");
        self.part_within(part, mark, reach);
    }

    /// The same with `OR`: the part before opens the parenthesis that this one closes.
    pub fn or_within(&mut self, part: &'static str, mark: &'static str, reach: &Reach) {
        self.text.push_str(" OR ");
        self.part_within(part, mark, reach);
    }

    fn part_within(&mut self, part: &'static str, mark: &'static str, reach: &Reach) {
        self.text.push_str(&reached(part, mark, reach, self.values.len() + 1));
        if let Reach::Only(products) = reach {
            self.values.extend(products.iter().map(Value::from));
        }
    }

    /// The statement: `head`, the conditions, `tail`.
    #[must_use]
    pub fn sql(self, head: &'static str, tail: &'static str) -> Sql {
        Sql { text: Text::Built(format!("{head}{}{tail}", self.text)), values: self.values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s16_a_mark_becomes_a_condition_on_the_products_and_nothing_where_there_are_none() {
        let check = |reach: Reach, expected: &str| {
            assert_eq!(reached("a = $1 AND SEEN(c.product) OR SEEN(p)", "SEEN", &reach, 2), expected);
        };
        check(Reach::Everywhere, "a = $1 AND TRUE OR TRUE");
        check(Reach::default(), "a = $1 AND FALSE OR FALSE");
        check(Reach::Only(vec!["x".into(), "y".into()]), "a = $1 AND c.product IN ($2, $3) OR p IN ($2, $3)");
    }
}
