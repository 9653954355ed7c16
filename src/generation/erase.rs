//! Carries out an erasure, one batch at a time. Each batch commits by itself and may be done again; whoever calls
//! writes down how far it is between them. Files go before the rows that name them.

use super::{
    Error, Source,
    aim::Aim,
    alike,
    alike::as_text,
    engine::{Conn, Dialect, Statement, Texts, quoted},
    plan::{Target, mentions},
    scope::Scope,
    steps::{self, Step, Whole},
};
use std::collections::{BTreeSet, VecDeque};

/// Rows in one batch: long enough to be quick, short enough to let others at the tables.
const BATCH: usize = 10_000;
/// Rows in one batch of a table whose rows name files.
const BATCH_WITH_FILES: usize = 500;
/// Rows that are looked for at once on `MariaDB`: while somebody else reads an older state, a backup for instance, what is
/// gone already has to be passed over again each time.
const READ_AHEAD: usize = 50_000;
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
    change: String,
    /// Files of these rows that other rows name too.
    elsewhere: String,
    batch: usize,
    address: Address,
    dialect: Dialect,
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
    /// What was read ahead.
    waiting: VecDeque<Texts>,
}

impl Rows {
    /// Begins to read one moment on `conn`.
    async fn begin(conn: Conn) -> Result<Self, Error> {
        let mut rows = Self { conn: Some(conn), read: 0, waiting: VecDeque::new() };
        if let Some(conn) = &mut rows.conn {
            conn.begin_reading().await?;
        }
        Ok(rows)
    }

    /// The next of what was read ahead.
    fn take(&mut self, most: usize) -> Vec<Texts> {
        self.waiting.drain(..most.min(self.waiting.len())).collect()
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
        target.extent.known_to(&self.map).map_err(Error::Limits)?;
        let mut conn = self.engine.conn().await?;
        let schema = self.live(&mut conn).await?;
        let scope_hash = self.scope_hash(&schema, target);
        let dialect = self.engine.dialect();
        let reach = self.reach(&schema, target);
        if target.aim != Aim::Erase
            && let Some(fault) = reach.faults.first()
        {
            return Err(Error::Drift(fault.detail.clone()));
        }
        if !target.extent.categories.is_empty() {
            self.can_reach(&mut conn, &schema, target).await?;
        }
        let values = [target.values(), reach.values.clone()].concat();
        let scope = Scope::new(&self.map, &schema, dialect, target.subjects.len(), target.today).reaching(reach);
        let steps = steps::steps(&scope, &target.aim, &target.pseudonym)
            .map_err(|circle| Error::Drift(format!("{} refer to each other", circle.join(", "))))?;
        let steps = steps.into_iter().map(|step| prepared(&scope, step)).collect();
        let erases = target.aim == Aim::Erase;
        let mentions = if erases { mentions(&scope, target, false) } else { Vec::new() };
        Ok(Erasure { source: self, values, steps, mentions, scope_hash })
    }
}

/// Where a row stands: how the engine finds it again at once.
fn address(scope: &Scope<'_>, table: &str) -> Address {
    let live = scope.schema.tables.get(table);
    match scope.dialect {
        Dialect::Postgres if live.is_some_and(|table| table.has_row_id) => Address::Ctid,
        Dialect::Sqlite if live.is_some_and(|table| table.has_row_id) => Address::RowId,
        // a partitioned table's rows have the same address in each of its parts
        Dialect::Postgres | Dialect::Sqlite | Dialect::Maria => Address::Key,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Address {
    Ctid,
    RowId,
    Key,
}

fn prepared(scope: &Scope<'_>, step: Step) -> Prepared {
    if let Some(Whole { count, change }) = step.whole.clone() {
        let none = String::new;
        return Prepared {
            select: none(),
            select_listed: none(),
            keys: none(),
            count,
            count_listed: none(),
            change,
            elsewhere: none(),
            batch: 0,
            address: Address::Key,
            dialect: scope.dialect,
            step,
        };
    }
    let table = quoted(&step.table);
    let address = address(scope, &step.table);
    let key = json_row(scope, &step.table, false);
    let at = match address {
        Address::Ctid => "t.ctid::text".to_owned(),
        Address::RowId => "CAST(t.rowid AS TEXT)".to_owned(),
        Address::Key => key,
    };
    let at_value = |n: usize| match address {
        Address::Ctid => format!("t.ctid = ANY(${n}::text::tid[])"),
        Address::RowId => format!("t.rowid IN (SELECT CAST(value AS INTEGER) FROM json_each(${n}))"),
        Address::Key => scope.listed(&step.table, "t", n),
    };
    let files = step.files.iter().map(|file| format!(", t.{}", quoted(file))).collect::<Vec<_>>().concat();
    let still = [&step.recheck, &step.to_do].into_iter().flatten().map(|pred| format!(" AND ({pred})"));
    // a recheck rests on the subject's keys; the portion then is the value after them
    let portion = if step.recheck.is_some() { scope.values() + 1 } else { 1 };
    let listed = scope.written_down(&step.table, "t", portion) + &still.collect::<Vec<_>>().concat();
    let which = match (step.frozen, scope.dialect) {
        (true, _) => listed.clone(),
        // the cursor's snapshot holds the rows where they are
        (false, Dialect::Postgres) => at_value(1),
        (false, Dialect::Sqlite | Dialect::Maria) => format!("{} AND ({})", at_value(scope.values() + 1), step.rows),
    };
    let change = if scope.dialect == Dialect::Maria {
        changed_by_key(scope, &step, &which)
    } else if step.deletes() {
        format!("DELETE FROM {table} AS t WHERE {which}")
    } else {
        format!("UPDATE {table} AS t SET {} WHERE {which}", step.sets.join(", "))
    };
    let these = if step.frozen { scope.listed(&step.table, "t", 1) } else { at_value(1) };
    let elsewhere = if step.files.is_empty() { String::new() } else { elsewhere(scope, &step, &these) };
    let batch = if step.files.is_empty() { BATCH } else { BATCH_WITH_FILES };
    let total = as_text("count(*)", scope.dialect);
    let keys = json_row(scope, &step.table, true);
    // an order in which no two are alike
    let keys = if scope.dialect == Dialect::Maria { alike::bytes(&keys) } else { keys };
    Prepared {
        select: format!("SELECT {at}{files} FROM {table} t WHERE {}", step.rows),
        select_listed: format!("SELECT {at}{files} FROM {table} t WHERE {listed}"),
        keys: format!("SELECT {keys} FROM {table} t WHERE {}", step.rows),
        count: format!("SELECT {total} FROM {table} t WHERE {}", step.rows),
        count_listed: format!("SELECT {total} FROM {table} t WHERE {listed}"),
        change,
        elsewhere,
        batch,
        address,
        dialect: scope.dialect,
        step,
    }
}

/// `MariaDB`: the rows are looked for first, and then changed by their keys. A condition in the change itself would be
/// worked out for every row of the table, and may not look into the same table everywhere.
fn changed_by_key(scope: &Scope<'_>, step: &Step, which: &str) -> String {
    let table = quoted(&step.table);
    let key = scope.map.table(&step.table).map(|table| table.key.clone()).unwrap_or_default();
    let found: Vec<_> = key.iter().enumerate().map(|(i, c)| format!("t.{} AS recourse_key_{i}", quoted(c))).collect();
    let same: Vec<_> = key.iter().enumerate().map(|(i, c)| format!("t.{} = d.recourse_key_{i}", quoted(c))).collect();
    // the bound keeps what is looked for a table of its own
    let found = format!("(SELECT {} FROM {table} t WHERE {which} LIMIT {})", found.join(", "), i64::MAX);
    let joined = format!("{found} AS d STRAIGHT_JOIN {table} AS t ON {}", same.join(" AND "));
    if step.deletes() {
        format!("DELETE t FROM {joined}")
    } else {
        format!("UPDATE {joined} SET {}", step.sets.join(", "))
    }
}

/// A row's key as a JSON array of texts; with the columns by which it is somebody's, where `owned`.
fn json_row(scope: &Scope<'_>, table: &str, owned: bool) -> String {
    let mut columns = scope.map.table(table).map(|table| table.key.clone()).unwrap_or_default();
    if owned {
        columns.extend(scope.guards(table));
    }
    let text = |c: &String| alike::text(&format!("t.{}", quoted(c)), scope.column(table, c), scope.dialect);
    let list: Vec<_> = columns.iter().map(text).collect();
    match scope.dialect {
        Dialect::Postgres => format!("jsonb_build_array({})::text", list.join(", ")),
        Dialect::Sqlite | Dialect::Maria => format!("json_array({})", list.join(", ")),
    }
}

/// Which of the files in the second value are named by any row of the map's tables other than `these` of the step, whose
/// addresses or keys are the first value; rows that stay may go on naming one in another column.
fn elsewhere(scope: &Scope<'_>, step: &Step, these: &str) -> String {
    let names = match scope.dialect {
        Dialect::Postgres => "SELECT jsonb_array_elements_text($2::text::jsonb)",
        Dialect::Sqlite | Dialect::Maria => "SELECT value FROM json_each($2)",
    };
    let mut branches = Vec::new();
    for (name, column) in scope.file_columns() {
        let loses = name == step.table && step.files.iter().any(|file| file == column);
        let other_rows = if loses { format!(" AND NOT ({these})") } else { String::new() };
        let (from, at) = (quoted(name), format!("t.{}", quoted(column)));
        if scope.dialect == Dialect::Maria {
            let side = alike::Side::new("t", column, scope.column(name, column));
            let listed = alike::listed_texts(2, "f", side.is);
            let among = alike::among(&alike::pairs_with_list("f", &[side]), &listed);
            branches.push(format!("SELECT {} FROM {from} t WHERE {among}{other_rows}", alike::bytes(&at)));
            continue;
        }
        branches.push(format!("SELECT {at} FROM {from} t WHERE {at} IN ({names}){other_rows}"));
    }
    branches.join(" UNION ")
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
        let found = if self.source.engine.dialect() == Dialect::Postgres {
            conn.rows(Statement::new(format!("FETCH {PORTION} FROM rows_left"), &[])).await?
        } else {
            if rows.waiting.is_empty() {
                let text = format!("{} ORDER BY 1 LIMIT {READ_AHEAD} OFFSET {}", self.steps[n].keys, rows.read);
                rows.waiting.extend(conn.rows(Statement::new(text, &self.values)).await?);
                rows.read += rows.waiting.len();
            }
            rows.take(PORTION)
        };
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
        let step = &self.steps[n].step;
        if self.source.engine.dialect() != Dialect::Postgres || step.frozen || step.whole.is_some() {
            // rows are looked for again with every batch: a reader would keep SQLite's writer waiting, and MariaDB has no
            // cursor that lets others use its connection
            return Ok(Rows { conn: None, read: 0, waiting: VecDeque::new() });
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
        if prepared.step.whole.is_some() {
            return self.whole(n).await;
        }
        let found = if let Some(conn) = &mut rows.conn {
            let found = conn.rows(Statement::new(format!("FETCH {} FROM rows_left", prepared.batch), &[])).await?;
            if found.is_empty() {
                rows.end().await?;
                return Ok(Batch::default());
            }
            found
        } else {
            if rows.waiting.is_empty() {
                let most = if prepared.dialect == Dialect::Maria { READ_AHEAD } else { prepared.batch };
                let text = format!("{} LIMIT {most}", prepared.select);
                let found = self.source.engine.conn().await?.rows(Statement::new(text, &self.values)).await?;
                rows.waiting.extend(found);
            }
            rows.take(prepared.batch)
        };
        let addresses = addresses(prepared.address, &found);
        let before = if rows.conn.is_none() { self.values.clone() } else { Vec::new() };
        let values = [before, vec![addresses.clone()]].concat();
        self.apply(prepared, found, addresses, values).await
    }

    /// Does a step that is one statement. What is left then is for the re-query to find.
    async fn whole(&self, n: usize) -> Result<Batch, Error> {
        let before = self.found(n).await?;
        if before == 0 {
            return Ok(Batch::default());
        }
        let mut conn = self.source.engine.conn().await?;
        conn.run(Statement::new(self.steps[n].change.clone(), &self.values)).await?;
        drop(conn);
        Ok(Batch { rows: before - self.found(n).await?, files: 0 })
    }

    /// Does a written-down portion of a frozen step.
    ///
    /// # Errors
    /// As `next`.
    pub async fn portion(&self, n: usize, portion: &str) -> Result<Batch, Error> {
        let prepared = &self.steps[n];
        let values = self.listed(n, portion);
        let statement = Statement::new(prepared.select_listed.clone(), &values);
        let found = self.source.engine.conn().await?.rows(statement).await?;
        self.apply(prepared, found, portion.to_owned(), values).await
    }

    /// Files first, then the rows that named them: `these` for the files that other rows name too, `values` for the rows.
    async fn apply(
        &self,
        prepared: &Prepared,
        found: Vec<Texts>,
        these: String,
        values: Vec<String>,
    ) -> Result<Batch, Error> {
        if found.is_empty() {
            return Ok(Batch::default());
        }
        let mut conn = self.source.engine.conn().await?;
        let mut files: Vec<_> = found.into_iter().flat_map(|row| row.into_iter().skip(1).flatten()).collect();
        files.sort();
        files.dedup();
        if !files.is_empty() {
            let listed = serde_json::to_string(&files).unwrap_or_default();
            let stay = conn.rows(Statement::new(prepared.elsewhere.clone(), &[these, listed])).await?;
            let stay: BTreeSet<_> = stay.into_iter().filter_map(|row| row.into_iter().next()?).collect();
            files.retain(|name| !stay.contains(name));
        }
        let removed = i64::try_from(files.len()).unwrap_or(i64::MAX);
        if let (Some(store), false) = (&self.source.files, files.is_empty()) {
            store.remove(&files).await?;
        }
        let rows = conn.run(Statement::new(prepared.change.clone(), &values)).await?;
        Ok(Batch { rows, files: removed })
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

/// Where rows stand, as one value.
fn addresses(address: Address, found: &[Texts]) -> String {
    let first = found.iter().filter_map(|row| row.first()?.as_deref());
    match address {
        // {"(0,1)","(0,2)"}
        Address::Ctid => {
            let quoted: Vec<_> = first.map(|address| format!("\"{address}\"")).collect();
            format!("{{{}}}", quoted.join(","))
        }
        Address::RowId | Address::Key => format!("[{}]", first.collect::<Vec<_>>().join(",")),
    }
}
