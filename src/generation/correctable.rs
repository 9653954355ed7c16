//! The values of a person's that the map lets be corrected, as they stand; and corrections proposed from them.

use super::{
    Error, Item, Key, Source, Target,
    aim::{Aim, Correction},
    alike::as_text,
    engine::{Statement, quoted},
    map::Table,
    schema::Schema,
    scope::Scope,
};
use crate::domain::plan::{Action, Plan, PlanLine};
use chrono::NaiveDate;

/// A row of the person's with values that can be corrected. Holds what is personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correctable {
    /// The table.
    pub table: String,
    /// What people call its rows.
    pub title: String,
    /// The row's key as text.
    pub key: Vec<String>,
    /// Each column with what people call it and what stands there; none for NULL.
    pub values: Vec<(String, String, Option<String>)>,
}

/// How many rows of a table are offered.
const MOST: usize = 200;

impl Source {
    /// True where the map lets a value be corrected.
    #[must_use]
    pub fn corrects(&self) -> bool {
        self.map.tables.values().any(|table| correctable(table).next().is_some())
    }

    /// The rows of these subjects with values that the map lets be corrected, at most 200 of each table.
    ///
    /// # Errors
    /// When the database does not answer, or the map does not fit it.
    pub async fn correctable(&self, subjects: &[Key]) -> Result<Vec<Correctable>, Error> {
        let mut conn = self.engine.conn().await?;
        let schema = self.live_rows(&mut conn).await?;
        let values: Vec<_> = subjects.iter().flat_map(|key| key.0.clone()).collect();
        let mut found = Vec::new();
        for (name, columns, text) in self.selects(&schema, subjects.len()) {
            let Some(table) = self.map.table(&name) else { continue };
            for row in conn.rows(Statement::new(text, &values)).await? {
                let (key, rest) = row.split_at(table.key.len());
                let values = columns.iter().zip(rest);
                found.push(Correctable {
                    title: table.title(&name),
                    key: key.iter().cloned().map(Option::unwrap_or_default).collect(),
                    values: values.map(|(c, value)| (c.clone(), table.column_title(c), value.clone())).collect(),
                    table: name.clone(),
                });
            }
        }
        Ok(found)
    }

    /// For each table with columns that can be corrected: those, and what selects its rows' keys and them.
    fn selects(&self, schema: &Schema, subjects: usize) -> Vec<(String, Vec<String>, String)> {
        let scope = Scope::new(&self.map, schema, self.engine.dialect(), subjects, NaiveDate::MIN);
        let select = |(name, table): (&String, &Table)| {
            let columns: Vec<_> = correctable(table).cloned().collect();
            let all = table.key.iter().chain(&columns);
            let all: Vec<_> = all.map(|c| as_text(&format!("t.{}", quoted(c)), scope.dialect)).collect();
            let rows = scope.own(name, "t");
            let text =
                format!("SELECT {} FROM {} t WHERE {rows} ORDER BY 1 LIMIT {MOST}", all.join(", "), quoted(name));
            (name.clone(), columns, text)
        };
        let tables = self.map.tables.iter().filter(|(_, table)| correctable(table).next().is_some());
        tables.map(select).collect()
    }

    /// A correction of each of `sets`' columns in the row that `item` names, from what stands there now.
    ///
    /// # Errors
    /// As `correctable`; `Limits` where the row is not the subjects', or a column of it not to be corrected.
    pub async fn corrections(
        &self,
        subjects: &[Key],
        item: &Item,
        sets: Vec<(String, Option<String>)>,
    ) -> Result<Vec<Correction>, Error> {
        let rows = self.correctable(subjects).await?;
        let row = rows.into_iter().find(|row| row.table == item.table && row.key == item.key);
        let row = row.ok_or_else(|| Error::Limits(format!("the person has no such row in {}", item.table)))?;
        let correction = |(column, becomes): (String, Option<String>)| {
            let was = row.values.iter().find(|(name, ..)| *name == column).map(|(.., was)| was.clone());
            let was = was
                .ok_or_else(|| Error::Limits(format!("{}.{column} cannot be corrected; {}", row.table, known(&row))))?;
            Ok(Correction { table: row.table.clone(), key: row.key.clone(), column, was, becomes })
        };
        sets.into_iter().map(correction).collect()
    }

    /// What could be corrected: the person's rows of each table that has such columns.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn plan_corrections(&self, target: &Target) -> Result<Plan, Error> {
        let nothing = Target { aim: Aim::Correct { corrections: Vec::new() }, ..target.clone() };
        let mut plan = self.plan(&nothing).await?;
        for row in self.correctable(&target.subjects).await? {
            match plan.tables.iter_mut().find(|line| line.table == row.table) {
                Some(line) => line.rows += 1,
                None => plan.tables.push(PlanLine {
                    table: row.table,
                    action: Action::Correct,
                    rows: 1,
                    columns: row.values.into_iter().map(|(column, ..)| (column, Action::Correct)).collect(),
                    reason: None,
                    keep_until: None,
                    of_others: false,
                }),
            }
        }
        Ok(plan)
    }
}

fn correctable(table: &Table) -> impl Iterator<Item = &String> {
    table.columns.iter().filter(|(_, is)| is.correct).map(|(column, _)| column)
}

fn known(row: &Correctable) -> String {
    let columns: Vec<_> = row.values.iter().map(|(column, ..)| column.as_str()).collect();
    format!("these can: {}", columns.join(", "))
}
