//! Rows that have to be kept for a time after an erasure, out of use: each goes to where they are sealed, once, until its
//! own day, and everything else goes as ever.

use super::{
    on_every_engine,
    world::{On, World, carry_out, target, today},
};
use crate::{
    domain::plan::{Action, Plan, WarningCode},
    generation::{Extent, Item, Source, Target},
};
use chrono::Days;

const HEAD: &str = "product = \"imagegen-artisticmonk\"\nversion = \"1\"\nsystem = \"ImageGen\"\nsubject = \"users\"\n\
    [[identity]]\nkind = \"account\"\ntable = \"users\"\ncolumn = \"id\"\n\
    [tables.users]\nkey = [\"id\"]\nerase = \"delete\"\ncolumns = { id = {} }\n";

const PROMPTS: &str = "[tables.order]\nkey = [\"Id\"]\nerase = \"seal\"\nseal_into = \"orderSealed\"\n\
    owner = [{ to = \"users\", on = { userId = \"id\" } }]\nlink = [{ to = \"order\", on = { from = \"Id\" }, others = \"null\" }]\n\
    keep = { reason = \"logs are kept for a year\", period = \"P1Y\", after = \"at\" }\n\
    [tables.order.columns]\nId = {}\nuserId = {}\nfrom = {}\nat = {}\nmail = { erase = \"pseudonym\", category = \"contact\" }\ntext = { category = \"content\" }\nobject = { file = true }\n";

/// A schema with names that have to be quoted, a number the database gives out, a column it works out, a row that points to
/// another, and where rows are sealed.
pub fn schema(on: On) -> String {
    let (id, length) = match on {
        On::Postgres => {
            ("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "INT GENERATED ALWAYS AS (length(text)) STORED")
        }
        On::Maria => ("BIGINT AUTO_INCREMENT PRIMARY KEY", "INT GENERATED ALWAYS AS (length(text)) STORED"),
        On::Sqlite => ("INTEGER PRIMARY KEY", "INT GENERATED ALWAYS AS (length(text)) STORED"),
    };
    let columns = format!(
        "\"userId\" BIGINT NOT NULL REFERENCES users (id), \"from\" BIGINT REFERENCES \"order\" (\"Id\"), at DATE NULL,
        mail VARCHAR(60) NOT NULL, text VARCHAR(200) NOT NULL, object VARCHAR(60), length {length}"
    );
    format!(
        "CREATE TABLE users (id BIGINT PRIMARY KEY); INSERT INTO users VALUES (1), (2);
         CREATE TABLE \"order\" (\"Id\" {id}, {columns});
         CREATE TABLE \"orderSealed\" (\"Id\" BIGINT PRIMARY KEY, \"userId\" BIGINT NOT NULL, \"from\" BIGINT, at DATE NULL, mail VARCHAR(60) NOT NULL,
            text VARCHAR(200) NOT NULL, object VARCHAR(60), length INT, sealed_until DATE NOT NULL, sealed_run VARCHAR(40) NOT NULL);
         CREATE INDEX by_run ON \"orderSealed\" (sealed_run, sealed_until);"
    )
}

fn row(on: On, id: i64, user: i64, from: &str, at: &str, text: &str) -> String {
    let own = if on == On::Postgres { " OVERRIDING SYSTEM VALUE" } else { "" };
    let at = if at.is_empty() { "NULL".to_owned() } else { format!("'{at}'") };
    format!(
        "INSERT INTO \"order\" (\"Id\", \"userId\", \"from\", at, mail, text, object){own}
         VALUES ({id}, {user}, {from}, {at}, 'm{user}@example.org', '{text}', NULL);"
    )
}

/// Of person 1 two rows within their year, one past it and one without a date; of person 2 two.
pub fn rows(on: On) -> String {
    [
        row(on, 10, 1, "NULL", "2026-11-23", "one"),
        row(on, 11, 1, "10", "2025-11-24", "the last day"),
        row(on, 12, 1, "NULL", "2025-11-23", "past it"),
        row(on, 20, 2, "NULL", "2026-01-01", "of somebody else"),
        row(on, 13, 1, "20", "", "no date"),
        row(on, 21, 2, "10", "2026-01-01", "made of one"),
    ]
    .concat()
}

/// The map; `SQLite` does not tell of columns that it works out.
pub fn map(on: On) -> String {
    let length = if on == On::Sqlite { "" } else { "length = { erase = \"null\" }\n" };
    format!("{HEAD}{PROMPTS}{length}")
}

async fn world(on: On) -> World {
    let world = World::empty(on).await;
    world.run(&schema(on)).await;
    world.run(&rows(on)).await;
    world
}

fn line(plan: &Plan, action: Action) -> &crate::domain::plan::PlanLine {
    plan.tables.iter().find(|line| line.action == action).unwrap_or_else(|| panic!("{:#?}", plan.tables))
}

async fn again(source: &Source, run: &str) -> Target {
    Target { run: run.to_owned(), ..target(source, "account", "1").await }
}

on_every_engine! {
    async fn rows_go_to_where_they_are_sealed_and_past_ones_go(on: On) {
        let world = world(on).await;
        let source = world.source(&map(on));
        assert_eq!(source.check().await.expect("it checks"), []);
        let who = target(&source, "account", "1").await;
        let plan = source.plan(&who).await.expect("it plans");
        let sealed = line(&plan, Action::Seal);
        assert_eq!((sealed.rows, sealed.keep_until.as_deref()), (3, Some("2027-11-24")));
        assert_eq!((sealed.reason.as_deref(), plan.totals().sealed), (Some("logs are kept for a year"), 3));
        let gone = plan.tables.iter().find(|line| line.table == "order" && line.action == Action::Delete);
        assert_eq!(gone.map(|line| line.rows), Some(1));
        let warned: Vec<_> = plan.warnings.iter().map(|warning| (warning.code, warning.rows, warning.blocks)).collect();
        assert_eq!(warned, [(WarningCode::TypeMismatch, 1, false)]);

        let others = world.rows("order", "\"Id\" = 20").await;
        let (done, verified) = carry_out(&source, &who).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        assert_eq!(world.rows("order", "1 = 1").await.len(), 2, "{done:#?}");
        assert_eq!(world.rows("order", "\"Id\" = 20").await, others);
        assert_eq!(world.rows("order", "\"Id\" = 21 AND \"from\" IS NULL").await.len(), 1, "it forgot what it was made of");
        assert_eq!(world.rows("users", "id = 1").await.len(), 0);
        for (id, until) in [(10, "2027-11-23 "), (11, "2026-11-24"), (13, "2027-11-24")] {
            let is = format!("\"Id\" = {id} AND \"userId\" = 1 AND sealed_until = '{}' AND sealed_run = 'E-1'
                AND mail = 'p_aaaaaaaaaaaaaaaaaaaaaaaaaa'", until.trim());
            assert_eq!(world.rows("orderSealed", &is).await.len(), 1, "{id}: {:?}", world.rows("orderSealed", "1 = 1").await);
        }
        assert_eq!(world.rows("orderSealed", "1 = 1").await.len(), 3);
        let rows = source.sealed_by("E-1").await.expect("it counts");
        assert_eq!((rows.len(), rows[0].rows, rows[0].last.to_string().as_str()), (1, 3, "2027-11-24"));
        assert_eq!((rows[0].table.as_str(), rows[0].into.as_str()), ("order", "orderSealed"));
        assert_eq!(source.sealed_by("E-2").await.expect("it counts"), []);
    }

    /// A date that stands for none, or for no end, is none: no row is sealed for ever, and no run forgets what it sealed.
    async fn what_stands_for_no_date_is_sealed_from_the_day_of_the_run(on: On) {
        let world = world(on).await;
        let mut wanted = 5;
        world.run(&[row(on, 14, 1, "NULL", "9999-12-31", "no end"), row(on, 15, 1, "NULL", "0001-01-01", "nothing")].concat()).await;
        if on == On::Postgres {
            world.run(&[row(on, 16, 1, "NULL", "infinity", "no end"), row(on, 17, 1, "NULL", "20000-01-01", "no end")].concat()).await;
            wanted = 7;
        }
        let source = world.source(&map(on));
        let who = target(&source, "account", "1").await;
        let plan = source.plan(&who).await.expect("it plans");
        let sealed = line(&plan, Action::Seal);
        assert_eq!((sealed.rows, sealed.keep_until.as_deref()), (wanted, Some("2027-11-24")));
        assert_eq!(plan.warnings.iter().map(|w| (w.code, w.rows)).collect::<Vec<_>>(), [(WarningCode::TypeMismatch, wanted - 2)]);
        let (done, verified) = carry_out(&source, &who).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        let rows = source.sealed_by("E-1").await.expect("it counts");
        assert_eq!((rows[0].rows, rows[0].last.to_string().as_str()), (wanted, "2027-11-24"));
        // whatever somebody else wrote there since
        let never = if on == On::Postgres { "infinity" } else { "9999-12-31" };
        world.run(&format!("UPDATE \"orderSealed\" SET sealed_until = '{never}' WHERE \"Id\" = 14")).await;
        let found = source.sealed_in("orderSealed", "E-1").await.expect("it counts").expect("there are some");
        assert_eq!((found.0, found.1.to_string().as_str()), (wanted, "9999-12-31"));
    }

    /// A second erasure of the same person seals what came since; what a restored backup brought back is not sealed twice.
    async fn nothing_is_sealed_twice(on: On) {
        let world = world(on).await;
        let source = world.source(&map(on));
        let first = again(&source, "E-1").await;
        carry_out(&source, &first).await.expect("it is carried out");
        let sealed = world.rows("orderSealed", "1 = 1").await;
        world.run("INSERT INTO users VALUES (1)").await;
        world.run(&[row(on, 10, 1, "NULL", "2026-11-23", "one"), row(on, 11, 1, "10", "2025-11-24", "the last day"),
            row(on, 30, 1, "NULL", "2026-11-20", "later")].concat()).await;
        let second = Target { run: "E-2".to_owned(), ..again(&source, "E-1").await };
        let plan = source.plan(&second).await.expect("it plans");
        assert_eq!((line(&plan, Action::Seal).rows, plan.may_run()), (3, true), "{:#?}", plan.warnings);
        let (done, verified) = carry_out(&source, &second).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        assert_eq!(world.rows("orderSealed", "sealed_run = 'E-1'").await, sealed);
        assert_eq!(world.rows("orderSealed", "sealed_run = 'E-2' AND \"Id\" = 30").await.len(), 1);
        assert_eq!(world.rows("orderSealed", "1 = 1").await.len(), 4);
        assert_eq!(world.rows("order", "\"userId\" = 1").await.len(), 0);
    }

    /// A row that has the key of a sealed one and says something else stops the plan, and is never lost.
    async fn a_key_that_is_taken_stops_the_plan(on: On) {
        let world = world(on).await;
        let source = world.source(&map(on));
        carry_out(&source, &again(&source, "E-1").await).await.expect("it is carried out");
        world.run("INSERT INTO users VALUES (1)").await;
        world.run(&row(on, 10, 1, "NULL", "2026-11-23", "something else")).await;
        let who = again(&source, "E-2").await;
        let plan = source.plan(&who).await.expect("it plans");
        let taken = plan.warnings.iter().find(|warning| warning.code == WarningCode::KeyColumn).expect("it is said");
        assert_eq!((taken.rows, taken.blocks, taken.column.as_deref()), (1, true, Some("Id")));
        // nobody may begin it; whoever did would find it left
        let erasure = source.erasure(&who).await.expect("it prepares");
        let steps: Vec<_> = erasure.steps().iter().map(|step| step.label()).collect();
        let seal = steps.iter().position(|step| step.starts_with("order seal")).expect("there is a step");
        let mut rows = erasure.open(seal).await.expect("it opens");
        assert_eq!(erasure.next(seal, &mut rows).await.expect("it tries").rows, 0);
        assert_eq!(world.rows("order", "\"Id\" = 10").await.len(), 1);
        assert_eq!(world.rows("orderSealed", "\"Id\" = 10 AND text = 'one'").await.len(), 1);
    }

    /// Nor is its file, and whatever has a place goes there.
    async fn what_has_no_place_keeps_its_file_and_holds_nothing_up(on: On) {
        let world = world(on).await;
        let source = world.source(&map(on));
        carry_out(&source, &again(&source, "E-1").await).await.expect("it is carried out");
        world.run("INSERT INTO users VALUES (1)").await;
        world.run(&[row(on, 10, 1, "NULL", "2026-11-23", "something else"), row(on, 30, 1, "NULL", "2026-11-23", "new")].concat()).await;
        world.run("UPDATE \"order\" SET object = 'taken.png' WHERE \"Id\" = 10; UPDATE \"order\" SET object = 'new.png' WHERE \"Id\" = 30").await;
        for name in ["taken.png", "new.png"] {
            std::fs::write(world.files().join(name), name).expect("it is written");
        }
        let erasure = source.erasure(&again(&source, "E-2").await).await.expect("it prepares");
        let seal = erasure.steps().iter().position(|step| step.label().starts_with("order seal")).expect("a step");
        let mut rows = erasure.open(seal).await.expect("it opens");
        let mut batches = Vec::new();
        for _ in 0..3 {
            let batch = erasure.next(seal, &mut rows).await.expect("it is done");
            batches.push((batch.rows, batch.files));
        }
        assert_eq!(batches, [(1, 1), (0, 0), (0, 0)]);
        assert!(world.files().join("taken.png").exists() && !world.files().join("new.png").exists());
        assert_eq!(world.rows("orderSealed", "sealed_run = 'E-2'").await.len(), 1);
        assert_eq!(erasure.found(seal).await.expect("it counts"), 1, "it is left, and said");
    }

    /// A row that changes at that very moment is not committed into both tables because another was there already.
    async fn what_changes_meanwhile_is_in_one_table(on: On) {
        if on == On::Maria {
            // a trigger may not change the table that is read
            return;
        }
        let world = world(on).await;
        let source = world.source(&map(on));
        carry_out(&source, &again(&source, "E-1").await).await.expect("it is carried out");
        world.run("INSERT INTO users VALUES (1)").await;
        world.run(&[row(on, 10, 1, "NULL", "2026-11-23", "one"), row(on, 30, 1, "NULL", "2026-11-23", "new")].concat()).await;
        world.run(match on {
            On::Postgres => "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN UPDATE \"order\" SET text = 'changed' WHERE \"Id\" = 30; RETURN NULL; END $$;
                CREATE TRIGGER meddles AFTER INSERT ON \"orderSealed\" FOR EACH ROW EXECUTE FUNCTION meddle()",
            _ => "CREATE TRIGGER meddles AFTER INSERT ON \"orderSealed\" BEGIN UPDATE \"order\" SET text = 'changed' WHERE \"Id\" = 30; END",
        }).await;
        assert!(carry_out(&source, &again(&source, "E-2").await).await.is_err(), "it goes on changing");
        assert_eq!(world.rows("order", "\"Id\" IN (SELECT \"Id\" FROM \"orderSealed\" WHERE sealed_run = 'E-2')").await, Vec::<String>::new());
        assert_eq!(world.rows("order", "\"Id\" = 30 AND text = 'new'").await.len(), 1);
    }

    /// A moment stands there in UTC, and the desk may have the next day already: its period ends on no earlier day than theirs.
    async fn a_moment_counts_from_the_day_of_the_desk(on: On) {
        let world = World::empty(on).await;
        world.run(&schema(on).replace("at DATE NULL", "at TIMESTAMP NULL")).await;
        let ends = [("2026-11-23 20:00:00", Some("2027-11-24")), ("2025-11-23 20:00:00", Some("2026-11-24")), ("2025-11-22 20:00:00", None)];
        let rows: Vec<_> = ends.iter().zip(1..).map(|((at, _), id)| row(on, id, 1, "NULL", at, "x")).collect();
        world.run(&rows.concat()).await;
        let source = world.source(&map(on));
        let plan = source.plan(&again(&source, "E-1").await).await.expect("it plans");
        assert_eq!((line(&plan, Action::Seal).rows, line(&plan, Action::Seal).keep_until.as_deref()), (2, Some("2027-11-24")));
        let (done, verified) = carry_out(&source, &again(&source, "E-1").await).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        for ((at, until), id) in ends.iter().zip(1..) {
            let is = until.map_or_else(|| "1 = 1".to_owned(), |until| format!("sealed_until = '{until}'"));
            let found = world.rows("orderSealed", &format!("\"Id\" = {id} AND {is}")).await;
            assert_eq!(found.len(), usize::from(until.is_some()), "{at}: {:?}", world.rows("orderSealed", "1 = 1").await);
        }
        assert_eq!(world.rows("order", "\"userId\" = 1").await.len(), 0);
    }

    /// Where nothing says from when, it is from the day on which the run began, however old its plan is.
    async fn what_has_no_date_counts_from_the_day_of_the_run(on: On) {
        let world = world(on).await;
        let source = world.source(&map(on));
        let began = today().checked_add_days(Days::new(5));
        let (_, verified) = carry_out(&source, &Target { begun: began, ..again(&source, "E-1").await }).await.expect("it is carried out");
        assert_eq!(verified.left, []);
        assert_eq!(world.rows("orderSealed", "\"Id\" = 13 AND sealed_until = '2027-11-29'").await.len(), 1);
        assert_eq!(world.rows("orderSealed", "\"Id\" = 10 AND sealed_until = '2027-11-23'").await.len(), 1);
    }

    async fn a_part_is_sealed_as_a_whole_or_not_at_all(on: On) {
        let world = world(on).await;
        let source = world.source(&map(on));
        let only = async |extent| Target { extent, ..again(&source, "E-1").await };
        let items = vec![Item { table: "order".into(), key: vec!["13".into()] }];
        let one = only(Extent { items, ..Extent::default() }).await;
        assert_eq!(line(&source.plan(&one).await.expect("it plans"), Action::Seal).rows, 1);
        let (done, verified) = carry_out(&source, &one).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        assert_eq!(world.rows("orderSealed", "\"Id\" = 13").await.len(), 1);
        assert_eq!(world.rows("order", "\"userId\" = 1").await.len(), 3);
        // a category that is not all that a row says
        let contact = only(Extent { categories: vec!["contact".into()], ..Extent::default() }).await;
        let plan = source.plan(&contact).await.expect("it plans");
        let fault = plan.warnings.iter().find(|warning| warning.blocks).expect("it is said");
        assert_eq!((fault.column.as_deref(), fault.rows), (Some("mail"), 3), "{fault:?}");
        assert!(source.erasure(&contact).await.is_err());
        let table = only(Extent { tables: vec!["order".into()], ..Extent::default() }).await;
        let (_, verified) = carry_out(&source, &table).await.expect("it is carried out");
        assert_eq!(verified.left, []);
        assert_eq!((world.rows("orderSealed", "1 = 1").await.len(), world.rows("users", "id = 1").await.len()), (3, 1));
    }

    /// Cut off at any moment, in the middle of a batch too, a row is in one of the two tables and never in both.
    async fn cut_off_anywhere_no_row_is_lost_or_doubled(on: On) {
        let world = world(on).await;
        // several batches
        let more: Vec<_> = (100..1_500).map(|id| format!("({id}, 1, '2026-11-23', 'm1@example.org', 'row {id}')")).collect();
        let own = if on == On::Postgres { " OVERRIDING SYSTEM VALUE" } else { "" };
        world.run(&format!("INSERT INTO \"order\" (\"Id\", \"userId\", at, mail, text){own} VALUES {}", more.join(", "))).await;
        let source = world.source(&map(on));
        let who = again(&source, "E-1").await;
        let wanted = 1_400 + 3;
        let mut micros = 200;
        loop {
            let cut = source.erasure(&who).await.expect("it prepares");
            let ended = tokio::time::timeout(std::time::Duration::from_micros(micros), cut.carry_out()).await;
            // in one moment, since what was cut off may end at this one
            let text = if on == On::Maria { "CHAR" } else { "TEXT" };
            let both = "SELECT count(*) FROM \"order\" WHERE \"Id\" IN (SELECT \"Id\" FROM \"orderSealed\")";
            let all = "SELECT (SELECT count(*) FROM \"order\" WHERE \"userId\" = 1 AND \"Id\" <> 12) + (SELECT count(*) FROM \"orderSealed\")";
            for (count, expected) in [(both, 0), (all, wanted)] {
                let found = world.texts(&format!("SELECT CAST(({count}) AS {text})")).await;
                assert_eq!(found, [expected.to_string()], "after {micros} µs");
            }
            if let Ok(done) = ended {
                assert_eq!(done.expect("it is carried out").verified.left, []);
                break;
            }
            micros += micros / 4;
        }
        assert_eq!(world.rows("orderSealed", "sealed_run = 'E-1'").await.len(), wanted);
    }

    async fn what_is_sealed_ends_on_its_day(on: On) {
        let world = world(on).await;
        let source = world.source(&map(on));
        carry_out(&source, &again(&source, "E-1").await).await.expect("it is carried out");
        let day = |days| today().checked_add_days(Days::new(days)).expect("a day");
        let over = async |today| source.sealed_over("orderSealed", today, "").await.expect("it looks");
        assert_eq!(over(day(0)).await, Vec::<String>::new());
        assert_eq!(over(day(1)).await, ["E-1"]);
        assert_eq!(source.sealed_over("orderSealed", day(1), "E-1").await.expect("it looks"), Vec::<String>::new());
        assert_eq!(source.destroy_sealed("orderSealed", "E-2", day(1)).await.expect("it is done"), 0);
        assert_eq!(source.destroy_sealed("orderSealed", "E-1", day(1)).await.expect("it is done"), 1);
        assert_eq!(world.rows("orderSealed", "\"Id\" = 11").await.len(), 0);
        assert_eq!(source.sealed_left("orderSealed", "E-1").await.expect("it counts"), 2);
        assert_eq!(source.destroy_sealed("orderSealed", "E-1", day(400)).await.expect("it is done"), 2);
        assert_eq!(source.sealed_left("orderSealed", "E-1").await.expect("it counts"), 0);
        assert!(source.sealed_left("users", "E-1").await.is_err(), "no other table is touched");
        assert!(source.destroy_sealed("nothing", "E-1", day(1)).await.is_err());
    }

    /// Months are counted to the later day where the last one is short, as for rows that are kept.
    async fn a_year_and_a_month_end_on_the_right_day(on: On) {
        for (period, ends) in [
            ("P1M", [("2026-10-31", "2026-12-01"), ("2026-11-01", "2026-12-01"), ("2026-11-24", "2026-12-24")]),
            ("P15M", [("2025-11-30", "2027-03-01"), ("2025-11-28", "2027-02-28"), ("2026-01-31", "2027-05-01")]),
            ("P400D", [("2026-02-28", "2027-04-04"), ("2025-12-31", "2027-02-04"), ("2026-11-24", "2027-12-29")]),
        ] {
            let world = World::empty(on).await;
            world.run(&schema(on)).await;
            let rows: Vec<_> = ends.iter().zip(1..).map(|((at, _), id)| row(on, id, 1, "NULL", at, "x")).collect();
            world.run(&rows.concat()).await;
            let source = world.source(&map(on).replace("P1Y", period));
            carry_out(&source, &again(&source, "E-1").await).await.expect("it is carried out");
            for ((at, until), id) in ends.iter().zip(1..) {
                let is = format!("\"Id\" = {id} AND sealed_until = '{until}'");
                let found = world.rows("orderSealed", "1 = 1").await;
                assert_eq!(world.rows("orderSealed", &is).await.len(), 1, "{period} after {at}: {found:?}");
            }
        }
    }

    async fn what_a_sealed_table_lacks_is_said(on: On) {
        for (from, to, says) in [
            ("orderSealed\" (", "other\" (", "make it: CREATE TABLE"),
            ("length INT,", "length INT NOT NULL,", "orderSealed.length is NOT NULL"),
            ("mail VARCHAR(60) NOT NULL,\n            text", "text", "lacks the column mail: ALTER TABLE"),
            ("sealed_run VARCHAR(40)", "ran VARCHAR(40)", "lacks the column sealed_run: ALTER TABLE"),
            ("sealed_until DATE", "sealed_until BIGINT", "orderSealed.sealed_until is"),
            ("\"Id\" BIGINT PRIMARY KEY, \"userId\" BIGINT NOT NULL,", "\"Id\" BIGINT NOT NULL, \"userId\" BIGINT NOT NULL,", "has to have the key"),
            ("\"from\" BIGINT, at", "\"from\" BIGINT NOT NULL, at", "orderSealed.from is NOT NULL"),
            ("mail VARCHAR(60) NOT NULL,\n", "mail VARCHAR(60) NOT NULL UNIQUE,\n", "stand there once only"),
            ("sealed_run VARCHAR(40) NOT NULL)", "sealed_run VARCHAR(40) NOT NULL, FOREIGN KEY (\"userId\") REFERENCES users (id))", "refers to users"),
            ("mail VARCHAR(60) NOT NULL,\n            text VARCHAR(200)", "mail VARCHAR(60) NOT NULL,\n            text BIGINT", "orderSealed.text is bigint"),
        ] {
            // SQLite keeps what is written, whatever the column says
            if on == On::Sqlite && (from.starts_with("sealed_until") || from.starts_with("length")) {
                continue;
            }
            let world = World::empty(on).await;
            let schema = schema(on);
            let (before, after) = schema.split_at(schema.find("CREATE TABLE \"orderSealed").expect("it is there"));
            assert!(after.contains(from), "{from}");
            let after = after.replacen(from, to, 1);
            let after = if to == "other\" (" || to.starts_with("ran") { after.split("CREATE INDEX").next().expect("it is there") } else { &after };
            world.run(&format!("{before}{after}")).await;
            let source = world.source(&map(on));
            let faults = source.check().await.expect("it checks");
            let of_table = faults.iter().find(|fault| fault.table == "order" && fault.detail.to_lowercase().contains(&says.to_lowercase()));
            assert!(of_table.is_some_and(|fault| fault.blocks), "{says}: {faults:#?}");
        }
    }

    /// A value that the database works out would say what a column said before it changed.
    async fn what_was_worked_out_needs_a_word_of_its_own(on: On) {
        let world = world(on).await;
        let source = world.source(&map(on).replace("length = { erase = \"null\" }", "length = {}"));
        let faults = source.check().await.expect("it checks");
        let said = faults.iter().filter(|fault| fault.blocks && fault.column.as_deref() == Some("length")).count();
        // SQLite does not tell of such columns, and they are not sealed
        assert_eq!((said, faults.len()), if on == On::Sqlite { (0, 0) } else { (1, 1) }, "{faults:?}");
    }

    /// What is printed can be run, and then the map fits.
    async fn the_table_that_is_printed_does(on: On) {
        let world = World::empty(on).await;
        let schema = schema(on);
        world.run(schema.split("CREATE TABLE \"orderSealed").next().expect("it is there")).await;
        world.run(&rows(on)).await;
        let source = world.source(&map(on));
        let faults = source.check().await.expect("it checks");
        let (_, made) = faults[0].detail.split_once("make it: ").expect("it is printed");
        world.run(made).await;
        assert_eq!(source.check().await.expect("it checks"), [], "{made}");
        assert_eq!(source.advice().await.expect("it looks").iter().filter(|found| found.table == "orderSealed").count(), 0);
        let (done, verified) = carry_out(&source, &again(&source, "E-1").await).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        assert_eq!(world.rows("orderSealed", "1 = 1").await.len(), 3);
    }
}
