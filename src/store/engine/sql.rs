//! One statement with its values. The text is the same for both engines, or one marked pair.
//! The only place, with its filter builder, where text that is not a literal becomes SQL.

use super::{Tx, tx::Conn};
use crate::{
    domain::{
        identity::{
            CeremonyId, ContentId, DownloadId, FollowUpId, HoldId, MailId, MessageId, PackageId, PasskeyId, Reference,
            RunId, StaffId, VerificationId,
        },
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

    fn text(&mut self, postgres: bool) -> SqlStr {
        use sqlx::SqlSafeStr as _;
        match &mut self.text {
            Text::Pair { postgres: text, .. } if postgres => (*text).into_sql_str(),
            Text::Both(text) | Text::Pair { sqlite: text, .. } => (*text).into_sql_str(),
            Text::Built(text) => AssertSqlSafe(std::mem::take(text)).into_sql_str(),
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

    /// The statement: `head`, the conditions, `tail`.
    #[must_use]
    pub fn sql(self, head: &'static str, tail: &'static str) -> Sql {
        Sql { text: Text::Built(format!("{head}{}{tail}", self.text)), values: self.values }
    }
}
