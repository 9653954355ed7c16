//! What an erasure would do, counted in one moment of the database; and the hash that binds an approval to it.

mod answers;
mod questions;

use answers::Asks;
pub use questions::mentions;
use questions::{FileQuestions, Questions};

use super::{
    Error, Key, Source,
    aim::Aim,
    choices, corrections,
    engine::{Conn, Statement},
    extent::Extent,
    held::Held,
    introspect,
    map::Shared,
    reach::Reach,
    schema::Schema,
    scope::{Scope, kept_until},
    slow::slow,
    steps::{self, Step},
};
use crate::domain::{
    identity::Identity,
    plan::{Action, Plan, PlanLine, SubjectCount, Warning, WarningCode},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Whom an erasure is about, and what makes it the same erasure tomorrow. Holds what identifies a person: to be sealed
/// wherever it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The subject's rows.
    pub subjects: Vec<Key>,
    /// The kinds of identity that found them.
    pub found_by: Vec<String>,
    /// Texts to look for where people write freely: addresses, names of accounts.
    pub texts: Vec<String>,
    /// What takes the place of a value where the map wants a pseudonym: the same for all accounts and however often the
    /// run is taken up, and forgotten with the rest of this when it ends.
    pub pseudonym: String,
    /// The day that periods of rows that are kept are judged by.
    pub today: NaiveDate,
    /// Holds on everything of the subject: their ids, for the hash. Any of them blocks.
    pub holds: Vec<i64>,
    /// Holds on parts: what they are about stays.
    #[serde(default)]
    pub held: Held,
    /// What the run is limited to.
    #[serde(default)]
    pub extent: Extent,
    /// What is done.
    #[serde(default)]
    pub aim: Aim,
    /// What sealed rows say that they were sealed by: the run, as it is called, once it begins.
    #[serde(default)]
    pub run: String,
    /// The day on which it began, from which the period of rows without a date counts where they are sealed; none before.
    #[serde(default)]
    pub begun: Option<NaiveDate>,
}

/// The texts to look for where people write freely: what the person was looked up by, but for bare numbers, and the
/// addresses on record.
#[must_use]
pub fn texts_of(identities: &[Identity], contacts: Vec<String>) -> Vec<String> {
    let texts = identities.iter().filter(|identity| !identity.value.bytes().all(|b| b.is_ascii_digit()));
    let mut texts: Vec<_> = texts.map(|identity| identity.value.clone()).chain(contacts).collect();
    texts.sort_by_key(|text| text.to_lowercase());
    texts.dedup_by_key(|text| text.to_lowercase());
    texts
}

/// A pseudonym made of `chance` alone, so that nothing leads from it to the person, not even with the person's keys and
/// every key of ours; and two runs never have the same one.
#[must_use]
pub fn pseudonym(chance: [u8; 17]) -> String {
    let text = data_encoding::BASE32_NOPAD.encode(&chance).to_lowercase();
    format!("p_{}", &text[..super::PSEUDONYM_LENGTH - 2])
}

/// An identity that several people share, a tablet say, must not take somebody else's account along: where several
/// accounts were found, somebody has to say which of them are the person's, and the one who approves reads it.
#[must_use]
pub fn whose_accounts(target: &Target, left_out: usize, were_chosen: bool) -> Option<Warning> {
    let says = match (target.subjects.len(), left_out) {
        (0 | 1, 0) => return None,
        _ if !were_chosen => {
            "What the person was looked up by leads to several accounts. Choose those that are theirs, or look them up \
             by what leads to theirs alone, such as the account’s number."
                .to_owned()
        }
        (chosen, 0) => format!("All {chosen} accounts that were found were chosen as this person’s."),
        (chosen, _) => format!(
            "{} of {} accounts that were found were chosen as this person’s; nothing of the others is touched.",
            chosen,
            chosen + left_out
        ),
    };
    Some(warning(WarningCode::OtherSubject, "", 0, !were_chosen, &says))
}

/// How many rows the steps of a run found when it was planned, by their labels, in their order; some were not asked.
#[derive(Debug, Default)]
pub struct StepCounts(pub(super) Vec<(String, i64)>);

impl Target {
    /// The subject's keys as the first values of every statement.
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        self.subjects.iter().flat_map(|key| key.0.clone()).collect()
    }

    /// What every statement of the run is given first, as `Scope::values` counts it.
    #[must_use]
    pub(super) fn bound(&self, scope: &Scope<'_>) -> Vec<String> {
        let held = scope.within.as_ref().map(|within| within.reach.values.clone()).unwrap_or_default();
        [self.values(), scope.reach.values.clone(), held, vec![self.pseudonym.clone(), self.run.clone()]].concat()
    }

    /// True where a hold stands that did not when `approved` was planned.
    #[must_use]
    pub fn is_held_anew(&self, approved: &Self) -> bool {
        let known = |hold: &&i64| !approved.holds.contains(hold) && !approved.held.holds.contains(hold);
        self.holds.iter().chain(&self.held.holds).any(|hold| known(&hold))
    }
}

impl Source {
    /// What an erasure of `target` would do now.
    ///
    /// # Errors
    /// When the database does not answer, the files cannot be looked at, or a limit names what is not there.
    pub async fn plan(&self, target: &Target) -> Result<Plan, Error> {
        Ok(self.counted(target).await?.0)
    }

    /// The same with what was counted, so that whoever begins at once need not count again.
    ///
    /// # Errors
    /// As `plan`.
    pub async fn counted(&self, target: &Target) -> Result<(Plan, StepCounts), Error> {
        target.extent.known_to(&self.map).map_err(Error::Limits)?;
        let mut conn = self.reader.conn().await?;
        conn.begin_reading().await?;
        let counted = self.plan_at(&mut conn, target).await?;
        conn.end_reading().await?;
        Ok(counted)
    }

    async fn plan_at(&self, conn: &mut Conn, target: &Target) -> Result<(Plan, StepCounts), Error> {
        let schema = introspect::schema(conn, self.engine.dialect()).await?;
        let mut plan = Plan {
            subject: SubjectCount {
                accounts: i64::try_from(target.subjects.len()).unwrap_or(i64::MAX),
                found_by: target.found_by.clone(),
            },
            limits: target.extent.in_words(),
            warnings: self.faults(&schema),
            map_version: self.map.version.clone(),
            scope_hash: self.scope_hash(&schema, target),
            ..Plan::default()
        };
        let may_ask = plan.warnings.is_empty() && !target.subjects.is_empty();
        if !target.holds.is_empty() {
            let says = "This erasure may not run now. Ask the grievance officer or the data protection lead.";
            plan.warnings.push(warning(WarningCode::Hold, "", 0, true, says));
        }
        if !self.knows_what_is_held(&schema, &target.held.extent) {
            let says = "A hold is about a part that the data map or the database does not have any more, so that nobody can say \
                        what has to stay. Have it placed again on what there is now, or released.";
            plan.warnings.push(warning(WarningCode::Hold, "", 0, true, says));
        }
        if !self.knows_what_is_held(&schema, &target.held.earlier) {
            let says = "Of what a hold kept the first time, the data map or the database does not have a part any more. \
                        What there is of it goes with the rest.";
            plan.warnings.push(warning(WarningCode::Hold, "", 0, false, says));
        }
        if target.subjects.is_empty() {
            let says = "Nobody was found by these identities. Look for another one, or answer that nothing is held.";
            plan.warnings.push(warning(WarningCode::NothingFound, "", 0, true, says));
        }
        if may_ask {
            if target.aim != Aim::Erase {
                plan.warnings.extend(self.reach(&schema, target).faults);
            }
            // what an erasure cannot do to one column says nothing of the others; a correction is about its column alone
            if target.aim == Aim::Erase || plan.may_run() {
                let questions = self.questions(&schema, target);
                let counted = self.count(conn, target, questions, &mut plan).await?;
                plan.warnings.extend(slow(conn, &self.map, &schema, self.engine.dialect()).await?);
                return Ok((plan, counted));
            }
        }
        Ok((plan, StepCounts::default()))
    }

    /// Whether something of a chosen category stands where nothing can be done to it.
    ///
    /// # Errors
    /// When it does, with table and column, or the database does not answer.
    pub(super) async fn can_reach(&self, conn: &mut Conn, schema: &Schema, target: &Target) -> Result<(), Error> {
        let Questions { values, faults, .. } = self.questions(schema, target);
        for (fault, text) in faults {
            if conn.count(Statement::new(text, &values)).await? > 0 {
                let column = fault.column.as_deref().unwrap_or_default();
                return Err(Error::Drift(format!("{}.{column} {}", fault.table, fault.detail)));
            }
        }
        Ok(())
    }

    /// The conditions of a run for `subjects` subjects: its limits, and what holds on parts forbid.
    pub(super) fn scope<'s>(&'s self, schema: &'s Schema, target: &Target, subjects: usize) -> Scope<'s> {
        Scope::new(&self.map, schema, self.engine.dialect(), subjects, target.today)
            .beginning(target.begun.unwrap_or(target.today))
            .reaching(self.reach(schema, target))
            .holding(&target.held)
    }

    /// What the limits of a run mean on this schema, and the values that its statements need besides keys.
    pub(super) fn reach(&self, schema: &Schema, target: &Target) -> Reach {
        match &target.aim {
            Aim::Erase => Reach::of_erasure(&self.map, schema, &target.extent, self.engine.dialect()),
            Aim::Choose { what, .. } => Reach { faults: choices::faults(&self.map, what), ..Reach::default() },
            Aim::Correct { corrections } => Reach {
                faults: corrections::faults(&self.map, schema, corrections),
                values: target.aim.values(),
                ..Reach::default()
            },
        }
    }

    async fn count(
        &self,
        conn: &mut Conn,
        target: &Target,
        questions: Questions,
        plan: &mut Plan,
    ) -> Result<StepCounts, Error> {
        let values = questions.values;
        let mut asks = Asks::new(&values);
        asks.counts(questions.lines.iter().map(|(.., text)| text));
        asks.counts(questions.shared.iter().map(|(.., text)| text));
        let singles = questions.kept.iter().map(|(_, text, _)| text);
        let singles = singles.chain(questions.kept_back.iter().map(|(_, text)| text));
        let singles = singles.chain(questions.faults.iter().chain(&questions.undated).map(|(_, text)| text));
        let singles = singles.chain(questions.held.iter().chain(&questions.torn).map(|(.., text)| text));
        let singles = singles.chain(questions.items.iter().map(|(.., text)| text));
        singles.for_each(|text| asks.ask(text));
        questions.mentions.iter().for_each(|(_, text, values)| asks.one(text, values));
        let mut answers = asks.answered(conn, &self.reader).await?;

        let counts = answers.counts(questions.lines.len())?;
        let shared = answers.counts(questions.shared.len())?;
        let mut step_counts = StepCounts::default();
        for ((label, line, _), rows) in questions.lines.into_iter().zip(counts) {
            step_counts.0.push((label, rows));
            plan.tables.extend((rows > 0).then_some(PlanLine { rows, ..line }));
        }
        for (mut line, _, period) in questions.kept {
            let mut row = answers.row().into_iter();
            line.rows = row.next().flatten().and_then(|text| text.parse().ok()).unwrap_or_default();
            let last = row.next().flatten().and_then(|text| text.get(..10)?.parse::<NaiveDate>().ok());
            line.keep_until = last.zip(period).map(|(last, period)| kept_until(last, period).to_string());
            plan.tables.extend(Some(line).filter(|line| line.rows > 0));
        }
        for (line, _) in questions.kept_back {
            let rows = answers.count()?;
            plan.tables.extend((rows > 0).then_some(PlanLine { rows, ..line }));
        }
        for ((table, rule, _), rows) in questions.shared.into_iter().zip(shared).filter(|(_, rows)| *rows > 0) {
            plan.warnings.push(shared_warning(&table, rule, rows));
        }
        for (fault, _) in questions.faults.into_iter().chain(questions.undated) {
            let rows = answers.count()?;
            plan.warnings.extend((rows > 0).then_some(Warning { rows, ..fault }));
        }
        for (table, column, _) in questions.held {
            let rows = answers.count()?;
            if rows > 0 {
                let says = "Rows of the person that stay refer to rows that go, and this may not be null. Choose this \
                            table as well, or let the column be null.";
                let stuck = warning(WarningCode::NotNull, &table, rows, true, says);
                plan.warnings.push(Warning { column: Some(column), ..stuck });
            }
        }
        for (table, column, _) in questions.torn {
            let rows = answers.count()?;
            if rows > 0 {
                let says = "Rows that a hold keeps refer to rows that would go, in a circle of tables that nothing lets go of. \
                            Have the hold widened to those rows, or released.";
                let torn = warning(WarningCode::Hold, &table, rows, true, says);
                plan.warnings.push(Warning { column: Some(column), ..torn });
            }
        }
        for (table, column, [rows, changed, held]) in questions.corrections {
            let missing = conn.count(Statement::new(rows, &values)).await? == 0;
            if missing {
                plan.warnings.push(not_theirs(&table, 1, true));
            } else if conn.count(Statement::new(changed, &values)).await? > 0 {
                let says = "The value is not the one any more that was to be corrected. Look at it again.";
                let changed = warning(WarningCode::Drift, &table, 1, true, says);
                plan.warnings.push(Warning { column: Some(column), ..changed });
            } else if !held.is_empty() && conn.count(Statement::new(held, &values)).await? > 0 {
                let says =
                    "The row is under a hold, so that its values stay as they are. Have the hold released first.";
                let held = warning(WarningCode::Hold, &table, 1, true, says);
                plan.warnings.push(Warning { column: Some(column), ..held });
            }
        }
        for (table, wanted, _) in questions.items {
            let missing = wanted - answers.count()?;
            if missing > 0 {
                plan.warnings.push(not_theirs(&table, missing, plan.tables.is_empty()));
            }
        }
        of_nothing(target, plan);
        for (table, ..) in questions.mentions {
            let rows = answers.count()?;
            if rows > 0 {
                let says =
                    "Other people’s rows mention this person by what they were looked up by. They stay as they are.";
                plan.warnings.push(warning(WarningCode::OtherSubject, &table, rows, false, says));
            }
        }
        for asked in questions.files {
            self.count_files(conn, &values, asked, plan).await?;
        }
        Ok(step_counts)
    }

    async fn count_files(
        &self,
        conn: &mut Conn,
        values: &[String],
        asked: FileQuestions,
        plan: &mut Plan,
    ) -> Result<(), Error> {
        let Some(files) = &self.files else { return Ok(()) };
        let stay = conn.count(Statement::new(asked.shared, values)).await?;
        if stay > 0 {
            let says = "Files of the person are named by other rows too. They stay until the last such row goes.";
            plan.warnings.push(warning(WarningCode::SharedRow, &asked.table, stay, false, says));
        }
        let mut after = String::new();
        loop {
            let names = conn.rows(Statement::new(asked.page.clone(), &[values, &[after.clone()]].concat())).await?;
            let names: Vec<_> = names.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect();
            let Some(last) = names.last() else { return Ok(()) };
            after.clone_from(last);
            plan.files.count += i64::try_from(names.len()).unwrap_or(i64::MAX);
            plan.files.bytes += i64::try_from(files.bytes(&names).await?).unwrap_or(i64::MAX);
        }
    }

    /// Over map, schema, subject keys, limits, what is done to what, keeps and holds; not over counts.
    pub(super) fn scope_hash(&self, schema: &Schema, target: &Target) -> String {
        let mut lines = vec![
            "recourse scope 1".to_owned(),
            self.map.product.clone(),
            self.digest.clone(),
            schema.fingerprint(self.map.tables.keys().chain(self.map.sealing().map(|(.., into)| into))),
        ];
        let mut subjects = target.subjects.clone();
        subjects.sort();
        lines.extend(subjects.iter().map(|key| format!("subject {}", key.0.join("\u{1f}"))));
        let scope = self.scope(schema, target, 1);
        lines.extend(target.extent.lines());
        lines.extend(target.aim.lines());
        lines.extend(steps::steps(&scope, &target.aim).unwrap_or_default().iter().map(Step::label));
        for (name, table) in &self.map.tables {
            lines.extend(table.keep.as_ref().map(|keep| format!("keep {name} {} after {}", keep.period, keep.after)));
            lines.extend(table.seal_into.as_ref().map(|into| format!("seal {name} into {into}")));
        }
        lines.extend(target.holds.iter().map(|hold| format!("hold {hold}")));
        lines.extend(target.held.lines());
        data_encoding::HEXLOWER.encode(&Sha256::digest(lines.join("\n").as_bytes()))
    }
}

/// Says where a plan has nothing to do, or nothing within its limits.
fn of_nothing(target: &Target, plan: &mut Plan) {
    let has_nothing_to_do = !plan.tables.is_empty() && plan.tables.iter().all(|line| line.action == Action::Keep);
    if target.aim == Aim::Erase && has_nothing_to_do {
        let says = "Everything within this plan is kept, so nothing would be erased.";
        plan.warnings.push(warning(WarningCode::NothingFound, "", 0, false, says));
    }
    if matches!(target.aim, Aim::Choose { .. }) && plan.tables.is_empty() && plan.may_run() {
        let says = "It stands as it was asked for already, so nothing would be changed.";
        plan.warnings.push(warning(WarningCode::NothingFound, "", 0, false, says));
    }
    let is_limited = !target.extent.is_whole();
    if is_limited && plan.tables.is_empty() && plan.may_run() {
        let says = "The person has nothing within these limits.";
        plan.warnings.push(warning(WarningCode::NothingFound, "", 0, true, says));
    }
}

fn shared_warning(table: &str, rule: Option<Shared>, rows: i64) -> Warning {
    let says = match rule {
        Some(Shared::Keep) => "Rows are somebody else’s as well. They stay as they are.",
        Some(Shared::Detach) => "Rows are somebody else’s as well. They stay; only the link to this person goes.",
        Some(Shared::Delete) => "Rows are somebody else’s as well. They go all the same.",
        None => "Rows are somebody else’s as well, and the data map does not say what becomes of them. Say it there.",
    };
    warning(WarningCode::SharedRow, table, rows, rule.is_none(), says)
}

/// Items that are not there, or are somebody else's: which of the two is nobody's to know.
pub(super) fn not_theirs(table: &str, rows: i64, blocks: bool) -> Warning {
    warning(WarningCode::NothingFound, table, rows, blocks, "The person has no such item here.")
}

fn warning(code: WarningCode, table: &str, rows: i64, blocks: bool, says: &str) -> Warning {
    Warning { code, table: table.to_owned(), column: None, detail: says.to_owned(), rows, blocks }
}
