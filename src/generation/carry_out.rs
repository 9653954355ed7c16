//! Carries an erasure out in one go, remembering in memory alone: for a copy of a database, and for tests. A console
//! writes down how far it is instead, in `app/runs/execute`; order and rounds are the same there.

use super::{
    Error,
    erase::{Batch, Erasure, Verified},
};

/// How often rows that came meanwhile are gone after.
pub const ROUNDS: usize = 3;

/// What one step did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Rows deleted or changed.
    pub rows: i64,
    /// Files removed and looked for again.
    pub files: i64,
}

/// What an erasure did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CarriedOut {
    /// For each step in order.
    pub steps: Vec<Counted>,
    /// What the last re-query found.
    pub verified: Verified,
}

impl Erasure<'_> {
    /// Does every step until a re-query finds nothing left, three rounds at most. Keys of rows that cannot be found
    /// again once others are gone are read before the first write.
    ///
    /// # Errors
    /// When the database does not answer, refuses a change in every round, or a file stays.
    pub async fn carry_out(&self) -> Result<CarriedOut, Error> {
        let mut keys = Vec::new();
        for (n, step) in self.steps().iter().enumerate() {
            keys.push(if step.frozen { self.all_keys(n).await? } else { Vec::new() });
        }
        let mut done = CarriedOut { steps: vec![Counted::default(); keys.len()], ..CarriedOut::default() };
        for round in 1..=ROUNDS {
            match self.round(&keys, &mut done.steps).await {
                // a row that came after its step had ended keeps another from going: from the first step again
                Err(error) if error.is_refusal() && round < ROUNDS => continue,
                ended => ended?,
            }
            done.verified = self.verify().await?;
            for (n, portions) in keys.iter().enumerate() {
                let left = self.left_of(n, portions).await?;
                done.verified.left.extend((left > 0).then(|| (self.steps()[n].label(), left)));
            }
            if done.verified.left.is_empty() {
                break;
            }
        }
        Ok(done)
    }

    async fn all_keys(&self, n: usize) -> Result<Vec<String>, Error> {
        let (mut rows, mut portions) = (self.open_keys(n).await?, Vec::new());
        while let Some(portion) = self.next_keys(n, &mut rows).await? {
            portions.push(portion);
        }
        Ok(portions)
    }

    async fn round(&self, keys: &[Vec<String>], done: &mut [Counted]) -> Result<(), Error> {
        for (n, portions) in keys.iter().enumerate() {
            let mut add = |batch: Batch| {
                done[n].rows += batch.rows;
                done[n].files += batch.files;
            };
            if self.steps()[n].frozen {
                for portion in portions {
                    add(self.portion(n, portion).await?);
                }
                continue;
            }
            let mut rows = self.open(n).await?;
            loop {
                let batch = self.next(n, &mut rows).await?;
                if batch == Batch::default() {
                    break;
                }
                add(batch);
            }
        }
        Ok(())
    }

    /// How many rows of written-down portions a step would find now.
    async fn left_of(&self, n: usize, portions: &[String]) -> Result<i64, Error> {
        let mut left = 0;
        for portion in portions {
            left += self.found_of(n, portion).await?;
        }
        Ok(left)
    }
}
