//! Carries out an erasure, one batch at a time. Each batch commits by itself and may be done again; whoever calls
//! writes down how far it is between them. Files go before the rows that name them.

use super::{
    Error, Source,
    engine::{Conn, Dialect, Statement, Texts, quoted},
    find::as_text,
    plan::{Target, mentions},
    scope::Scope,
    steps::{self, Step},
};

/// Rows in one batch: long enough to be quick, short enough to let others at the tables.
const BATCH: usize = 5_000;
/// Rows in one batch of a table whose rows name files.
const BATCH_WITH_FILES: usize = 500;
/// Keys written down together.
const PORTION: usize = 1_000;

/// An erasure under way: its steps, and the schema they were made for.
#[derive(Debug)]
pub struct Erasure<'a> {
    source: &'a Source,
    values: Vec<String>,
    steps: Vec<Prepared>,
    mentions: Vec<(String, String, Vec<String>)>,
    scope_hash: String,
}

#[derive(Debug)]
struct Prepared {
    step: Step,
    /// Selects addresses and files of the rows that are left.
    select: String,
    /// The same for the keys of a portion.
    select_listed: String,
    /// Selects the keys of the rows, for steps whose rows have to be written down.
    keys: String,
    count: String,
    count_listed: String,
    apply: String,
    /// For each file column: files of these rows that other rows name too.
    elsewhere: Vec<String>,
    batch: usize,
}

/// What one batch did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Batch {
    /// Rows deleted or changed.
    pub rows: i64,
    /// Files removed and looked for again.
    pub files: i64,
}

/// What a re-query found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Steps that would still find rows, with how many.
    pub left: Vec<(String, i64)>,
    /// Tables in which the person is still mentioned, with how many rows.
    pub mentions: Vec<(String, i64)>,
}

/// Rows still to be done of one step. Keeps a cursor open where the engine has one that does not hinder others.
pub struct Rows {
    conn: Option<Conn>,
    read: usize,
}

impl Rows {
    /// Begins to read one moment on `conn`.
    async fn begin(conn: Conn) -> Result<Self, Error> {
        let mut rows = Self { conn: Some(conn), read: 0 };
        if let Some(conn) = &mut rows.conn {
            conn.begin_reading().await?;
        }
        Ok(rows)
    }

    /// Gives the connection back: a new one for each step would cost more than most steps do.
    async fn end(&mut self) -> Result<(), Error> {
        if let Some(conn) = &mut self.conn {
            conn.end_reading().await?;
        }
        self.conn = None;
        Ok(())
    }
}

impl Drop for Rows {
    /// Reading that was cut off is ended with its connection.
    fn drop(&mut self) {
        if let Some(conn) = &mut self.conn {
            conn.close_on_drop();
        }
    }
}

impl Source {
    /// Prepares the erasure of `target`.
    ///
    /// # Errors
    /// When the database does not answer, or the map no longer fits it.
    pub async fn erasure(&self, target: &Target) -> Result<Erasure<'_>, Error> {
        let mut conn = self.engine.conn().await?;
        let schema = self.live(&mut conn).await?;
        let scope_hash = self.scope_hash(&schema, target);
        let dialect = self.engine.dialect();
        let scope = Scope::new(&self.map, &schema, dialect, target.subjects.len(), target.today);
        let steps = steps::steps(&scope, &target.pseudonym)
            .map_err(|circle| Error::Drift(format!("{} refer to each other", circle.join(", "))))?;
        let steps = steps.into_iter().map(|step| prepared(&scope, step)).collect();
        let mentions = mentions(&scope, target, false);
        Ok(Erasure { source: self, values: target.values(), steps, mentions, scope_hash })
    }
}

/// Where a row stands: how the engine finds it again at once.
fn address(scope: &Scope<'_>, table: &str) -> Address {
    let live = scope.schema.tables.get(table);
    match scope.dialect {
        Dialect::Postgres => Address::Ctid,
        Dialect::Sqlite if live.is_some_and(|table| table.has_row_id) => Address::RowId,
        Dialect::Sqlite => Address::Key,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Address {
    Ctid,
    RowId,
    Key,
}

fn prepared(scope: &Scope<'_>, step: Step) -> Prepared {
    let table = quoted(&step.table);
    let address = address(scope, &step.table);
    let key = json_key(scope, &step.table);
    let at = match address {
        Address::Ctid => "t.ctid::text".to_owned(),
        Address::RowId => "CAST(t.rowid AS TEXT)".to_owned(),
        Address::Key => key.clone(),
    };
    let there = match address {
        Address::Ctid => "ctid = ANY($1::text::tid[])".to_owned(),
        Address::RowId => "rowid IN (SELECT CAST(value AS INTEGER) FROM json_each($1))".to_owned(),
        Address::Key => scope.listed(&step.table, &table, 1),
    };
    let files = step.files.iter().map(|file| format!(", t.{}", quoted(file))).collect::<Vec<_>>().concat();
    let listed = scope.listed(&step.table, "t", 1);
    let still: Vec<_> =
        [&step.recheck, &step.to_do].into_iter().flatten().map(|pred| format!(" AND ({pred})")).collect();
    let recheck = still.concat();
    // a recheck rests on the subject's keys; the portion then is the value after them
    let listed = if step.recheck.is_some() { scope.listed(&step.table, "t", scope.values() + 1) } else { listed };
    let apply = if step.deletes() {
        format!("DELETE FROM {table} WHERE {there}")
    } else {
        format!("UPDATE {table} SET {} WHERE {there}", step.sets.join(", "))
    };
    let elsewhere = step.files.iter().map(|file| elsewhere(scope, &table, file, &there)).collect();
    let batch = if step.files.is_empty() { BATCH } else { BATCH_WITH_FILES };
    let total = as_text("count(*)", scope.dialect);
    Prepared {
        select: format!("SELECT {at}{files} FROM {table} t WHERE {}", step.rows),
        select_listed: format!("SELECT {at}{files} FROM {table} t WHERE {listed}{recheck}"),
        keys: format!("SELECT {key} FROM {table} t WHERE {}", step.rows),
        count: format!("SELECT {total} FROM {table} t WHERE {}", step.rows),
        count_listed: format!("SELECT {total} FROM {table} t WHERE {listed}{recheck}"),
        apply,
        elsewhere,
        batch,
        step,
    }
}

/// A row's key as a JSON array of texts.
fn json_key(scope: &Scope<'_>, table: &str) -> String {
    let columns = scope.map.table(table).map(|table| table.key.clone()).unwrap_or_default();
    let list: Vec<_> = columns.iter().map(|c| as_text(&format!("t.{}", quoted(c)), scope.dialect)).collect();
    match scope.dialect {
        Dialect::Postgres => format!("jsonb_build_array({})::text", list.join(", ")),
        Dialect::Sqlite => format!("json_array({})", list.join(", ")),
    }
}

/// Which of the files in the second value are named by rows other than those at the addresses in the first.
fn elsewhere(scope: &Scope<'_>, table: &str, file: &str, there: &str) -> String {
    let names = match scope.dialect {
        Dialect::Postgres => "SELECT jsonb_array_elements_text($2::text::jsonb)",
        Dialect::Sqlite => "SELECT value FROM json_each($2)",
    };
    format!("SELECT DISTINCT {0} FROM {table} WHERE {0} IN ({names}) AND NOT ({there})", quoted(file))
}

impl Erasure<'_> {
    /// What the steps do, in order: the same list whenever map, schema and target are the same.
    #[must_use]
    pub fn steps(&self) -> Vec<&Step> {
        self.steps.iter().map(|prepared| &prepared.step).collect()
    }

    /// What an approval is bound to, for map, schema and target as they are now.
    #[must_use]
    pub fn scope_hash(&self) -> &str {
        &self.scope_hash
    }

    /// How many rows the `n`-th step would find now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn found(&self, n: usize) -> Result<i64, Error> {
        let mut conn = self.source.engine.conn().await?;
        conn.count(Statement::new(self.steps[n].count.clone(), &self.values)).await
    }

    /// How many rows of a written-down portion the `n`-th step would find now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn found_of(&self, n: usize, portion: &str) -> Result<i64, Error> {
        let mut conn = self.source.engine.conn().await?;
        conn.count(Statement::new(self.steps[n].count_listed.clone(), &self.listed(n, portion))).await
    }

    fn listed(&self, n: usize, portion: &str) -> Vec<String> {
        let before = if self.steps[n].step.recheck.is_some() { self.values.clone() } else { Vec::new() };
        [before, vec![portion.to_owned()]].concat()
    }

    /// Begins to read the keys of a frozen step's rows.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_keys(&self, n: usize) -> Result<Rows, Error> {
        let mut rows = Rows::begin(self.source.engine.conn().await?).await?;
        if let (Dialect::Postgres, Some(conn)) = (self.source.engine.dialect(), &mut rows.conn) {
            let text = format!("DECLARE rows_left NO SCROLL CURSOR FOR {}", self.steps[n].keys);
            conn.run(Statement::new(text, &self.values)).await?;
        }
        Ok(rows)
    }

    /// The next portion of keys as JSON, to be written down; none after the last.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn next_keys(&self, n: usize, rows: &mut Rows) -> Result<Option<String>, Error> {
        let Some(conn) = &mut rows.conn else { return Ok(None) };
        let statement = match self.source.engine.dialect() {
            Dialect::Postgres => Statement::new(format!("FETCH {PORTION} FROM rows_left"), &[]),
            Dialect::Sqlite => {
                let text = format!("{} ORDER BY 1 LIMIT {PORTION} OFFSET {}", self.steps[n].keys, rows.read);
                Statement::new(text, &self.values)
            }
        };
        let found = conn.rows(statement).await?;
        rows.read += found.len();
        let keys: Vec<_> = found.iter().filter_map(|row| row.first()?.as_deref()).collect();
        if keys.is_empty() {
            rows.end().await?;
        }
        Ok((!keys.is_empty()).then(|| format!("[{}]", keys.join(","))))
    }

    /// Begins, or begins again, to go through the rows of the `n`-th step.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open(&self, n: usize) -> Result<Rows, Error> {
        if self.source.engine.dialect() == Dialect::Sqlite || self.steps[n].step.frozen {
            // SQLite's rows are looked for again with every batch: a reader would keep the writer waiting
            return Ok(Rows { conn: None, read: 0 });
        }
        let mut rows = Rows::begin(self.source.engine.conn().await?).await?;
        if let Some(conn) = &mut rows.conn {
            let text = format!("DECLARE rows_left NO SCROLL CURSOR FOR {}", self.steps[n].select);
            conn.run(Statement::new(text, &self.values)).await?;
        }
        Ok(rows)
    }

    /// Does the next batch. An empty one says that `rows` came to its end; whatever was added meanwhile is found by
    /// opening again.
    ///
    /// # Errors
    /// When the database refuses, or a file stays.
    pub async fn next(&self, n: usize, rows: &mut Rows) -> Result<Batch, Error> {
        let prepared = &self.steps[n];
        let found = if let Some(conn) = &mut rows.conn {
            let found = conn.rows(Statement::new(format!("FETCH {} FROM rows_left", prepared.batch), &[])).await?;
            if found.is_empty() {
                rows.end().await?;
                return Ok(Batch::default());
            }
            found
        } else {
            let text = format!("{} LIMIT {}", prepared.select, prepared.batch);
            self.source.engine.conn().await?.rows(Statement::new(text, &self.values)).await?
        };
        self.apply(prepared, found).await
    }

    /// Does a written-down portion of a frozen step.
    ///
    /// # Errors
    /// As `next`.
    pub async fn portion(&self, n: usize, portion: &str) -> Result<Batch, Error> {
        let prepared = &self.steps[n];
        let statement = Statement::new(prepared.select_listed.clone(), &self.listed(n, portion));
        let found = self.source.engine.conn().await?.rows(statement).await?;
        self.apply(prepared, found).await
    }

    /// Files first, then the rows that named them.
    async fn apply(&self, prepared: &Prepared, found: Vec<Texts>) -> Result<Batch, Error> {
        if found.is_empty() {
            return Ok(Batch::default());
        }
        let addresses = self.addresses(&found);
        let mut conn = self.source.engine.conn().await?;
        let mut files = Vec::new();
        for (column, elsewhere) in prepared.elsewhere.iter().enumerate() {
            let mut names: Vec<_> = found.iter().filter_map(|row| row.get(column + 1)?.clone()).collect();
            names.sort();
            names.dedup();
            let listed = serde_json::to_string(&names).unwrap_or_default();
            let asked = Statement::new(elsewhere.clone(), &[addresses.clone(), listed]);
            let stay: Vec<_> = conn.rows(asked).await?.into_iter().filter_map(|row| row.into_iter().next()?).collect();
            files.extend(names.into_iter().filter(|name| !stay.contains(name)));
        }
        let removed = i64::try_from(files.len()).unwrap_or(i64::MAX);
        if let (Some(store), false) = (self.source.files.clone(), files.is_empty()) {
            tokio::task::spawn_blocking(move || store.remove(&files))
                .await
                .map_err(|_| Error::Answer("removing files was cut off"))??;
        }
        let rows = conn.run(Statement::new(prepared.apply.clone(), &[addresses])).await?;
        Ok(Batch { rows, files: removed })
    }

    fn addresses(&self, found: &[Texts]) -> String {
        let first = found.iter().filter_map(|row| row.first()?.as_deref());
        match self.source.engine.dialect() {
            // {"(0,1)","(0,2)"}
            Dialect::Postgres => {
                let quoted: Vec<_> = first.map(|address| format!("\"{address}\"")).collect();
                format!("{{{}}}", quoted.join(","))
            }
            Dialect::Sqlite => format!("[{}]", first.collect::<Vec<_>>().join(",")),
        }
    }

    /// Looks again for everything that should be gone, and for the person's texts where people write freely.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn verify(&self) -> Result<Verified, Error> {
        let mut verified = Verified::default();
        let mut conn = self.source.engine.conn().await?;
        for prepared in &self.steps {
            let rows = conn.count(Statement::new(prepared.count.clone(), &self.values)).await?;
            if rows > 0 {
                verified.left.push((prepared.step.label(), rows));
            }
        }
        for (table, text, values) in &self.mentions {
            let rows = conn.count(Statement::new(text.clone(), values)).await?;
            if rows > 0 {
                verified.mentions.push((table.clone(), rows));
            }
        }
        Ok(verified)
    }
}
