//! Asks what a plan has to know, all in one moment of the database. Where that takes long and the engine lets a second
//! connection see the same moment, it helps along. Knows nothing of what the questions mean.

use crate::generation::{
    Error,
    engine::{Conn, Engine, Statement, Texts},
};
use futures_util::future::{self, Either};
use std::{
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
    vec,
};
use tokio::{sync::OwnedSemaphorePermit, time::sleep};

/// How many counts of one table alone are asked for in one statement, for few round trips.
const COUNTS: usize = 4;
/// What takes less time than this needs no help.
const PATIENCE: Duration = Duration::from_millis(100);

/// Questions, in the order in which their answers will be read.
pub(super) struct Asks<'a> {
    values: &'a [String],
    statements: Vec<Statement>,
}

/// Rows for each question, in order.
pub(super) struct Answers(vec::IntoIter<Vec<Texts>>);

/// Questions that nobody took yet, and what was answered.
struct Desk {
    open: vec::IntoIter<(usize, Statement)>,
    answered: Vec<Vec<Texts>>,
    /// True once a second connection took one.
    is_helped: bool,
}

impl<'a> Asks<'a> {
    /// None yet; each is given `values`.
    pub const fn new(values: &'a [String]) -> Self {
        Self { values, statements: Vec::new() }
    }

    /// Several that count something each; `Answers::counts` reads them. What looks into other tables may take long, and
    /// is asked alone, so that two connections share it.
    pub fn counts<'t>(&mut self, texts: impl IntoIterator<Item = &'t String>) {
        let texts: Vec<_> = texts.into_iter().map(String::as_str).collect();
        let is_alone = |text: &str| text.matches("SELECT").count() > 1;
        for alike in texts.chunk_by(|one, other| !is_alone(one) && !is_alone(other)) {
            for some in alike.chunks(COUNTS) {
                self.one(&format!("SELECT ({})", some.join("), (")), self.values);
            }
        }
    }

    /// One that counts something, or asks for one row.
    pub fn ask(&mut self, text: &str) {
        self.one(text, self.values);
    }

    /// The same with values of its own.
    pub fn one(&mut self, text: &str, values: &[String]) {
        self.statements.push(Statement::new(text, values));
    }

    /// Asks them on `conn`, and after a while on another connection to `engine` as well.
    ///
    /// # Errors
    /// As the database says.
    pub async fn answered(self, conn: &mut Conn, engine: &Engine) -> Result<Answers, Error> {
        let snapshot = conn.begin_counting().await?;
        let answered = vec![Vec::new(); self.statements.len()];
        let open = self.statements.into_iter().enumerate().collect::<Vec<_>>().into_iter();
        let desk = Mutex::new(Desk { open, answered, is_helped: false });
        match future::select(pin!(work(&desk, conn, false)), pin!(help(&desk, engine, snapshot))).await {
            Either::Left((ended, helper)) => {
                ended?;
                if locked(&desk).is_helped {
                    helper.await?;
                }
            }
            Either::Right((ended, first)) => {
                ended?;
                first.await?;
            }
        }
        let desk = desk.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Answers(desk.answered.into_iter()))
    }
}

impl Answers {
    /// What `n` statements counted that were asked by one `Asks::counts`.
    ///
    /// # Errors
    /// When they are no numbers.
    pub fn counts(&mut self, n: usize) -> Result<Vec<i64>, Error> {
        let mut counts = Vec::with_capacity(n);
        while counts.len() < n {
            let row = self.row();
            let before = counts.len();
            counts.extend(row.into_iter().filter_map(|count| count?.parse::<i64>().ok()));
            if counts.len() == before {
                return Err(Error::Answer("numbers were expected"));
            }
        }
        Ok(counts)
    }

    /// What the next one counted.
    ///
    /// # Errors
    /// When it is no number.
    pub fn count(&mut self) -> Result<i64, Error> {
        let first = self.row().into_iter().next().flatten();
        first.and_then(|text| text.parse().ok()).ok_or(Error::Answer("a number was expected"))
    }

    /// The first row of the next one.
    pub fn row(&mut self) -> Texts {
        self.0.next().and_then(|rows| rows.into_iter().next()).unwrap_or_default()
    }
}

fn locked(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes one after the other until none is open.
async fn work(desk: &Mutex<Desk>, conn: &mut Conn, helps: bool) -> Result<(), Error> {
    loop {
        let next = {
            let mut desk = locked(desk);
            let next = desk.open.next();
            desk.is_helped |= helps && next.is_some();
            next
        };
        let Some((n, statement)) = next else { return Ok(()) };
        let rows = conn.rows(statement).await?;
        locked(desk).answered[n] = rows;
    }
}

/// The same on a connection of its own that sees what `snapshot` names; where there is none, it never ends.
async fn help(desk: &Mutex<Desk>, engine: &Engine, snapshot: Option<String>) -> Result<(), Error> {
    sleep(PATIENCE).await;
    let Some(snapshot) = snapshot else { return future::pending().await };
    // without help it takes longer, and that is all
    let Ok((_room, mut conn)) = beside(engine, &snapshot).await else { return future::pending().await };
    work(desk, &mut conn, true).await?;
    conn.end_reading().await
}

async fn beside(engine: &Engine, snapshot: &str) -> Result<(OwnedSemaphorePermit, Conn), Error> {
    let room = engine.room_now()?;
    let mut conn = engine.conn().await?;
    conn.begin_counting_at(snapshot).await?;
    Ok((room, conn))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::generation::world::{On, World};
    use std::collections::BTreeSet;

    /// What `questions` answer, each after some seconds, and which connections answered.
    async fn asked(conn: &mut Conn, engine: &Engine, questions: &[(&str, f64)]) -> (Vec<Option<String>>, usize) {
        let mut asks = Asks::new(&[]);
        for (what, seconds) in questions {
            asks.ask(&format!("SELECT ({what})::text, pg_backend_pid()::text FROM pg_sleep({seconds})"));
        }
        let mut answers = asks.answered(conn, engine).await.expect("answers");
        let rows: Vec<_> = questions.iter().map(|_| answers.row()).collect();
        let who: BTreeSet<_> = rows.iter().map(|row| row[1].clone()).collect();
        (rows.into_iter().map(|row| row[0].clone()).collect(), who.len())
    }

    async fn reading(engine: &Engine) -> Conn {
        let mut conn = engine.conn().await.expect("it answers");
        conn.begin_reading().await.expect("a moment");
        conn.rows(Statement::new("SELECT '1'", &[])).await.expect("the moment is taken");
        conn
    }

    #[tokio::test]
    async fn a_second_connection_answers_of_the_same_moment() {
        let world = World::empty(On::Postgres).await;
        let engine = Engine::new(&world.url).expect("an address");
        let mut other = engine.conn().await.expect("it answers");
        other.run(Statement::new("CREATE TABLE t (id BIGINT)", &[])).await.expect("a table");
        let mut conn = reading(&engine).await;
        other.run(Statement::new("INSERT INTO t VALUES (1)", &[])).await.expect("a row that came later");
        let (answers, who) = asked(&mut conn, &engine, &[("SELECT count(*) FROM t", 0.1); 8]).await;
        conn.end_reading().await.expect("its end");
        assert_eq!(answers, vec![Some("0".to_owned()); 8]);
        assert_eq!(who, 2, "each had its part");
    }

    /// Whoever reads on one connection and changes on another has to come by both, whoever plans meanwhile.
    #[tokio::test]
    async fn nobody_helps_where_the_connections_are_wanted_for_changes() {
        let world = World::empty(On::Postgres).await;
        let engine = Engine::new(&world.url).expect("an address");
        let rooms = (engine.room().await.expect("room"), engine.room().await.expect("room"));
        let mut conn = reading(&engine).await;
        assert_eq!(asked(&mut conn, &engine, &[("SELECT 1", 0.1); 4]).await.1, 1);
        drop(rooms);
        assert_eq!(asked(&mut conn, &engine, &[("SELECT 1", 0.1); 4]).await.1, 2);
        conn.end_reading().await.expect("its end");
        drop((engine.room().await.expect("room"), engine.room().await.expect("the helper let go of its own")));
    }

    /// The first connection has nothing to do while the last question is answered on the other.
    #[tokio::test]
    async fn whoever_waits_for_the_other_is_not_cut_off() {
        let world = World::empty(On::Postgres).await;
        world
            .run("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = 400', current_database()); END $$")
            .await;
        let engine = Engine::new(&world.url).expect("an address");
        let mut conn = reading(&engine).await;
        assert_eq!(asked(&mut conn, &engine, &[("SELECT 1", 0.3), ("SELECT 2", 1.5)]).await.1, 2);
        conn.end_reading().await.expect("it is still there");
    }
}
