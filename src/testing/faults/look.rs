//! Looks into the database behind the program's back, reading only, and compares it with what left the house.

use crate::{
    console::AGAIN,
    house::{House, Store},
};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, FromRow, PgConnection,
    postgres::PgRow,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// A row that both databases can give.
pub trait AnyRow: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> AnyRow for T {}

impl House {
    /// The rows of a query without parameters.
    pub async fn rows<T: AnyRow>(&self, query: &str) -> Vec<T> {
        let query = AssertSqlSafe(query.to_owned());
        match &self.store {
            Store::Sqlite => {
                let options = SqliteConnectOptions::new().filename(self.data_dir().join("recourse.db")).read_only(true);
                let mut db = options.busy_timeout(Duration::from_secs(10)).connect().await.expect("the file opens");
                let rows = sqlx::query_as(query).fetch_all(&mut db).await.expect("the query runs");
                db.close().await.expect("it closes");
                rows
            }
            Store::Postgres(url) => {
                let mut db = PgConnection::connect(url).await.expect("the server answers");
                let rows = sqlx::query_as(query).fetch_all(&mut db).await.expect("the query runs");
                db.close().await.expect("it closes");
                rows
            }
        }
    }

    /// How many rows there are of `what`: a table with or without a condition.
    pub async fn count(&self, what: &str) -> i64 {
        self.rows::<(i64,)>(&format!("SELECT COUNT(*) FROM {what}")).await[0].0
    }

    /// Waits until there are `wanted` rows of `what`, at most `longest`.
    pub async fn comes_to(&self, wanted: i64, what: &str, longest: Duration) {
        let deadline = Instant::now() + longest;
        loop {
            let found = self.count(what).await;
            if found == wanted {
                return;
            }
            if Instant::now() > deadline {
                let jobs: Vec<(String, String, i64, Option<String>)> = self
                    .rows(
                        "SELECT work, state, attempt, error FROM jobs WHERE state <> 'completed' ORDER BY id LIMIT 20",
                    )
                    .await;
                panic!("after {longest:?} there were {found} and not {wanted} of {what}; unfinished jobs: {jobs:#?}");
            }
            sleep(AGAIN).await;
        }
    }

    /// Waits until no job waits or runs.
    pub async fn all_is_done(&self, longest: Duration) {
        self.comes_to(0, "jobs WHERE state IN ('available', 'running')", longest).await;
    }

    /// How often each job of a kind was tried, in the order they were asked for.
    pub async fn attempts(&self, work: &str) -> Vec<i64> {
        let rows: Vec<(i64,)> = self.rows(&format!("SELECT attempt FROM jobs WHERE work = '{work}' ORDER BY id")).await;
        rows.into_iter().map(|(attempt,)| attempt).collect()
    }

    /// Every one of `requests` mails is read, opened one case and had one acknowledgement; nothing is left over
    /// and nothing is there twice.
    pub async fn holds_each_once(&self, requests: i64) {
        for what in [
            "messages",
            "messages WHERE state = 'read'",
            "cases",
            "case_faces",
            "audit WHERE action = 'case_opened'",
            "mails",
            "mails WHERE state = 'accepted' AND purpose = 'acknowledgement'",
            "jobs WHERE work = 'read_message' AND state = 'completed'",
            "jobs WHERE work = 'send_mail' AND state = 'completed'",
        ] {
            assert_eq!(self.count(what).await, requests, "{what}");
        }
        for event in ["case_opened", "message_received", "mail_queued", "mail_accepted"] {
            assert_eq!(self.count(&format!("events WHERE name = '{event}'")).await, requests, "{event}");
            let twice = format!(
                "(SELECT case_id FROM events WHERE name = '{event}' GROUP BY case_id HAVING COUNT(*) > 1) twice"
            );
            assert_eq!(self.count(&twice).await, 0, "{event} twice in one case");
        }
        if self.smtp_url.is_empty() {
            let ids: Vec<(String,)> = self.rows("SELECT message_id FROM mails").await;
            let mut wanted: Vec<_> = ids.into_iter().map(|(id,)| format!("{id}.eml")).collect();
            let mut found: Vec<_> = self
                .outgoing()
                .iter()
                .filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned()))
                .collect();
            wanted.sort();
            found.sort();
            assert_eq!(found, wanted, "one file for each mail, named by its Message-ID");
        }
    }
}
