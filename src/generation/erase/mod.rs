//! Carries out an erasure, one batch at a time. Each batch commits by itself and may be done again; whoever calls
//! writes down how far it is between them. Files go before the rows that name them.

mod prepared;
mod rows;

pub use rows::Rows;

use super::{
    Error, Source,
    aim::Aim,
    engine::{Conn, Dialect, Statement, Texts},
    plan::{StepCounts, Target, mentions},
    steps::{self, Step},
};
use prepared::{Prepared, Seals, addresses, prepared};
use std::collections::BTreeSet;

/// Rows that are looked for at once on `MariaDB`: while somebody else reads an older state, a backup for instance, what is
/// gone already has to be passed over again each time.
const READ_AHEAD: usize = 50_000;
/// Keys written down together.
const PORTION: usize = 1_000;

/// How often a batch of rows to be sealed is begun anew because somebody changed one of them at that moment.
const TRIES: usize = 5;

/// An erasure under way: its steps, and the schema they were made for.
#[derive(Debug)]
pub struct Erasure<'a> {
    source: &'a Source,
    values: Vec<String>,
    steps: Vec<Prepared>,
    mentions: Vec<(String, String, Vec<String>)>,
    scope_hash: String,
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
        let scope = self.scope(&schema, target, target.subjects.len());
        if target.aim == Aim::Erase {
            // a column of a chosen category is none of our business where nothing stands in it
            if !target.extent.categories.is_empty() {
                self.can_reach(&mut conn, &schema, target).await?;
            }
        } else if let Some(fault) = scope.reach.faults.first() {
            let column = fault.column.as_deref().unwrap_or_default();
            return Err(Error::Drift(format!("{}.{column} {}", fault.table, fault.detail)));
        }
        let values = target.bound(&scope);
        let steps = steps::steps(&scope, &target.aim)
            .map_err(|circle| Error::Drift(format!("{} refer to each other", circle.join(", "))))?;
        let steps = steps.into_iter().map(|step| prepared(&scope, step)).collect();
        let erases = target.aim == Aim::Erase;
        let mentions = if erases { mentions(&scope, target, false) } else { Vec::new() };
        Ok(Erasure { source: self, values, steps, mentions, scope_hash })
    }
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

    /// How many rows each step finds: as was `counted` a moment ago, and asked now where it was not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn found_by_all(&self, counted: &StepCounts) -> Result<Vec<i64>, Error> {
        let mut known = counted.0.iter().peekable();
        let found = self.steps.iter().map(|prepared| {
            let label = prepared.step.label();
            known.next_if(|(of, _)| *of == label).map(|(_, rows)| *rows)
        });
        let found: Vec<_> = found.collect();
        let unknown = self.steps.iter().zip(&found).filter(|(_, found)| found.is_none());
        let texts: Vec<_> = unknown.map(|(prepared, _)| prepared.count.as_str()).collect();
        let mut asked = self.source.engine.conn().await?.count_all(&texts, &self.values).await?.into_iter();
        Ok(found.into_iter().map(|found| found.or_else(|| asked.next()).unwrap_or_default()).collect())
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
        conn.count(Statement::new(self.steps[n].count_listed.clone(), &self.listed(portion))).await
    }

    fn listed(&self, portion: &str) -> Vec<String> {
        [self.values.as_slice(), &[portion.to_owned()]].concat()
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
            conn.rows(Statement::once(format!("FETCH {PORTION} FROM rows_left"))).await?
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
        let prepared = &self.steps[n];
        let by_cursor = !prepared.step.frozen && prepared.step.whole.is_none() && prepared.at_once.is_none();
        if by_cursor { self.open_many(n).await } else { Ok(Rows::default()) }
    }

    /// Goes through rows that are more than one statement should change.
    async fn open_many(&self, n: usize) -> Result<Rows, Error> {
        if self.source.engine.dialect() != Dialect::Postgres {
            // rows are looked for again with every batch: a reader would keep SQLite's writer waiting, and MariaDB has no
            // cursor that lets others use its connection
            return Ok(Rows { are_many: true, ..Rows::default() });
        }
        let room = self.source.engine.room().await?;
        let mut rows = Rows::begin(self.source.engine.conn().await?).await?;
        if let Some(conn) = &mut rows.conn {
            let text = format!("DECLARE rows_left NO SCROLL CURSOR FOR {}", self.steps[n].select);
            conn.run(Statement::new(text, &self.values)).await?;
        }
        (rows.are_many, rows.room) = (true, Some(room));
        Ok(rows)
    }

    /// Does the next batch. An empty one says that `rows` came to its end; whatever was added meanwhile is found by
    /// opening again.
    ///
    /// # Errors
    /// When the database refuses, or a file stays.
    pub async fn next(&self, n: usize, rows: &mut Rows) -> Result<Batch, Error> {
        let prepared = &self.steps[n];
        if rows.ended {
            return Ok(Batch::default());
        }
        if prepared.step.whole.is_some() {
            return self.whole(n).await;
        }
        if let (Some(text), false) = (&prepared.at_once, rows.are_many) {
            let changed = self.source.engine.conn().await?.run(Statement::new(text.clone(), &self.values)).await?;
            rows.ended = usize::try_from(changed).is_ok_and(|changed| changed < prepared.batch);
            if !rows.ended && prepared.dialect != Dialect::Sqlite {
                *rows = self.open_many(n).await?;
            }
            return Ok(Batch { rows: changed, files: 0 });
        }
        let found = if let Some(conn) = &mut rows.conn {
            conn.rows(Statement::once(format!("FETCH {} FROM rows_left", prepared.batch))).await?
        } else {
            if rows.waiting.is_empty() {
                let most = if prepared.dialect == Dialect::Maria { READ_AHEAD } else { prepared.batch };
                let text = format!("{} LIMIT {most}", prepared.select);
                let found = self.source.engine.conn().await?.rows(Statement::new(text, &self.values)).await?;
                rows.waiting.extend(found);
            }
            rows.take(prepared.batch)
        };
        let was_last = rows.conn.is_some() && found.len() < prepared.batch;
        let addresses = addresses(prepared.address, &found);
        let batch = self.apply(prepared, found, addresses).await?;
        // until its rows are done the cursor keeps them where they are
        if was_last {
            rows.end().await?;
        }
        Ok(batch)
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
        let statement = Statement::new(prepared.select_listed.clone(), &self.listed(portion));
        let found = self.source.engine.conn().await?.rows(statement).await?;
        self.apply(prepared, found, portion.to_owned()).await
    }

    /// Files first, then the rows that named them; `these` are the rows, by address or key.
    async fn apply(&self, prepared: &Prepared, found: Vec<Texts>, these: String) -> Result<Batch, Error> {
        if found.is_empty() {
            return Ok(Batch::default());
        }
        let values = self.listed(&these);
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
        let rows = match &prepared.seals {
            Some(seals) => seal(&mut conn, seals, &prepared.change, &values).await?,
            None => conn.run(Statement::new(prepared.change.clone(), &values)).await?,
        };
        // nothing goes on and on about rows that stay
        Ok(Batch { rows, files: if rows > 0 { removed } else { 0 } })
    }

    /// Looks again for everything that should be gone, and for the person's texts where people write freely.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn verify(&self) -> Result<Verified, Error> {
        let mut verified = Verified::default();
        let mut conn = self.source.engine.conn().await?;
        let counts: Vec<_> = self.steps.iter().map(|prepared| prepared.count.as_str()).collect();
        let counted = conn.count_all(&counts, &self.values).await?;
        let left = self.steps.iter().zip(counted).filter(|(_, rows)| *rows > 0);
        verified.left.extend(left.map(|(prepared, rows)| (prepared.step.label(), rows)));
        for (table, text, values) in &self.mentions {
            let rows = conn.count(Statement::new(text.clone(), values)).await?;
            if rows > 0 {
                verified.mentions.push((table.clone(), rows));
            }
        }
        Ok(verified)
    }
}

/// Writes rows to where they are sealed and takes them away, both or neither.
async fn seal(conn: &mut Conn, seals: &Seals, change: &str, values: &[String]) -> Result<i64, Error> {
    for _ in 0..TRIES {
        conn.begin_writing().await?;
        let already = conn.count(Statement::new(seals.already.clone(), values)).await?;
        let written = conn.run(Statement::new(seals.write.clone(), values)).await?;
        let gone = conn.run(Statement::new(change, values)).await?;
        // a row that changed in between is not the one that was written any more
        let is_whole = gone == already + written;
        conn.end_writing(is_whole).await?;
        if is_whole {
            return Ok(gone);
        }
    }
    Err(Error::Answer("rows that are to be sealed are changed all the time"))
}
