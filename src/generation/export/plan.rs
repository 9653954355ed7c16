//! What a copy would have in it, counted in one moment of the database; and the hash that binds an approval to it.

use super::{
    layout::{TableCopy, layout},
    portions::Portions,
    words,
};
use crate::{
    domain::{
        copy::CopyForm,
        language::Language,
        plan::{Action, FileCount, Plan, PlanLine, SubjectCount, Warning, WarningCode},
    },
    generation::{
        Error, Extent, Key, Source,
        engine::{Conn, Statement},
        introspect,
        plan::not_theirs,
        schema::Schema,
    },
};
use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};

impl Source {
    /// What a copy of the subjects' data in this form, as far as `extent` goes, would have in it now.
    ///
    /// # Errors
    /// When the database does not answer, the files cannot be looked at, or a limit names what is not there.
    pub async fn plan_copy(
        &self,
        subjects: &[Key],
        found_by: &[String],
        (form, extent): (CopyForm, &Extent),
    ) -> Result<Plan, Error> {
        extent.known_to(&self.map).map_err(Error::Limits)?;
        let mut conn = self.reader.conn().await?;
        conn.begin_snapshot().await?;
        let schema = introspect::read(&mut conn, self.engine.dialect()).await?;
        let mut plan = Plan {
            subject: SubjectCount {
                accounts: i64::try_from(subjects.len()).unwrap_or(i64::MAX),
                found_by: found_by.to_vec(),
            },
            limits: extent.in_words(),
            warnings: self.faults(&schema),
            map_version: self.map.version.clone(),
            scope_hash: self.copy_hash(&schema, subjects, (form, extent)),
            copy: Some(form),
            ..Plan::default()
        };
        if subjects.is_empty() {
            let says = "Nobody was found by these identities. Look for another one, or answer that nothing is held.";
            plan.warnings.push(nothing(says));
        }
        if plan.may_run() {
            let layout = layout(&self.map, &schema, self.engine.dialect(), subjects.len(), (form, extent));
            let values = layout.values(subjects);
            for table in layout.tables {
                let rows = conn.count(Statement::new(table.count.clone(), &values)).await?;
                plan.tables.extend((rows > 0).then(|| line(&table, rows, form)));
            }
            if let Some(names) = layout.files {
                let names = Statement::new(names, &values);
                plan.files = self.count_copied(&mut conn, names, form.has_rows()).await?;
            }
            for (table, wanted, text) in layout.items {
                let missing = wanted - conn.count(Statement::new(text, &values)).await?;
                plan.warnings.extend((missing > 0).then(|| not_theirs(&table, missing, plan.tables.is_empty())));
            }
            if plan.tables.is_empty() && plan.warnings.is_empty() {
                plan.warnings.push(nothing("The person has nothing within these limits."));
            }
        }
        Ok(plan)
    }

    async fn count_copied(&self, conn: &mut Conn, names_of: Statement, measured: bool) -> Result<FileCount, Error> {
        /// Names that are asked about together: no more wait in memory.
        const TOGETHER: usize = 1_000;
        /// Files whose size is asked for; what is packed is measured in any case.
        const MEASURED: i64 = 5_000;
        let mut count = FileCount::default();
        let Some(files) = &self.files else { return Ok(count) };
        let mut names = Vec::with_capacity(TOGETHER);
        let mut portions = Portions::open(conn, self.engine.dialect(), 0, names_of).await?;
        while let Some(mut rows) = portions.next(conn) {
            while let Some(row) = rows.try_next().await? {
                names.extend(row.text(0)?);
                if names.len() == TOGETHER {
                    // somebody waits for the plan, and a bucket is asked for each file
                    let bytes = if measured && count.count < MEASURED { files.bytes(&names).await? } else { 0 };
                    add(&mut count, names.len(), bytes);
                    names.clear();
                }
            }
        }
        let bytes = if measured && count.count < MEASURED { files.bytes(&names).await? } else { 0 };
        add(&mut count, names.len(), bytes);
        portions.close(conn).await?;
        Ok(count)
    }

    /// Over form, map, schema, subject keys and limits; not over counts.
    pub(super) fn copy_hash(&self, schema: &Schema, subjects: &[Key], (form, extent): (CopyForm, &Extent)) -> String {
        let mut lines = vec![
            "recourse copy 2".to_owned(),
            format!("form {}", form.code()),
            self.map.product.clone(),
            self.digest.clone(),
            schema.fingerprint(self.map.tables.keys()),
        ];
        let mut subjects = subjects.to_vec();
        subjects.sort();
        lines.extend(subjects.iter().map(|key| format!("subject {}", key.0.join("\u{1f}"))));
        lines.extend(extent.lines());
        data_encoding::HEXLOWER.encode(&Sha256::digest(lines.join("\n").as_bytes()))
    }
}

fn nothing(says: &str) -> Warning {
    let code = WarningCode::NothingFound;
    Warning { code, table: String::new(), column: None, detail: says.to_owned(), rows: 0, blocks: true }
}

fn add(count: &mut FileCount, files: usize, bytes: u64) {
    count.count += i64::try_from(files).unwrap_or(i64::MAX);
    count.bytes += i64::try_from(bytes).unwrap_or(i64::MAX);
}

fn line(table: &TableCopy, rows: i64, form: CopyForm) -> PlanLine {
    let out = table.left_out.iter().map(|column| (column.name.clone(), Action::LeaveOut));
    let copied = if form.has_rows() { Action::Copy } else { Action::Summarise };
    let redacted = table.columns.iter().filter(|column| column.redact.is_some());
    PlanLine {
        table: table.name.clone(),
        action: if table.why_not.is_some() { Action::LeaveOut } else { copied },
        rows,
        columns: out.chain(redacted.map(|column| (column.name.clone(), Action::Redact))).collect(),
        reason: table.why_not.as_ref().map(|why| why.says(words::of(Language::En))),
        keep_until: None,
        of_others: false,
    }
}
