//! Rows that are kept for a time, each by its own date; and what is left of values that are made coarse.

use super::{
    on_every_engine,
    world::{On, World, carry_out, target},
};
use crate::domain::plan::{Action, WarningCode};
use std::fmt::Write as _;

const HEAD: &str = "product = \"imagegen-artisticmonk\"\nversion = \"1\"\nsystem = \"ImageGen\"\nsubject = \"users\"\n\
    [[identity]]\nkind = \"account\"\ntable = \"users\"\ncolumn = \"id\"\n\
    [tables.users]\nkey = [\"id\"]\nerase = \"delete\"\ncolumns = { id = {} }\n";

/// A table of a person's rows with `rows`, which are kept for `period` after their `at`.
async fn kept(on: On, kind: &str, period: &str, rows: &[(i64, &str)]) -> (World, String) {
    let world = World::empty(on).await;
    let mut text = format!(
        "CREATE TABLE users (id BIGINT PRIMARY KEY); INSERT INTO users VALUES (1), (2);
         CREATE TABLE bills (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), at {kind} NULL);"
    );
    for (id, at) in rows {
        let at = if at.is_empty() { "NULL".to_owned() } else { format!("'{at}'") };
        write!(text, "INSERT INTO bills VALUES ({id}, 1, {at}), ({id} + 100, 2, {at});").expect("text");
    }
    world.run(&text).await;
    let bills = format!(
        "[tables.bills]\nkey = [\"id\"]\nowner = [{{ to = \"users\", on = {{ user_id = \"id\" }} }}]\nerase = \"keep\"\n\
         keep = {{ reason = \"books\", period = \"{period}\", after = \"at\" }}\n\
         columns = {{ id = {{}}, user_id = {{ erase = \"null\" }}, at = {{}} }}\n"
    );
    (world, format!("{HEAD}{bills}"))
}

on_every_engine! {
    /// The tests' day is 24 November 2026. A bill of 24 November 2018 is kept to the end of that day, and so is one of any
    /// moment that may be of that day where the desk is.
    async fn each_row_is_kept_by_its_own_date(on: On) {
        for (kind, until, rows) in [
            ("DATE", "2032-05-06", [(1, "2018-11-23"), (2, "2018-11-24"), (3, "2024-05-06"), (4, ""), (5, "2010-01-01")]),
            ("TIMESTAMP", "2032-05-07", [(1, "2018-11-22 23:59:59"), (2, "2018-11-23 00:00:00"), (3, "2024-05-06 07:08:09"), (4, ""), (5, "2010-01-01 00:00:00")]),
        ] {
            let (world, map) = kept(on, kind, "P8Y", &rows).await;
            let source = world.source(&map);
            let who = target(&source, "account", "1").await;
            let plan = source.plan(&who).await.expect("it plans");
            let of = |action| plan.tables.iter().find(|line| line.table == "bills" && line.action == action);
            assert_eq!(of(Action::Delete).map(|line| line.rows), Some(2), "{kind}: {:#?}", plan.tables);
            let stays = of(Action::Keep).expect("some are kept");
            assert_eq!((stays.rows, stays.keep_until.as_deref()), (3, Some(until)), "{kind}");
            let undated: Vec<_> = plan.warnings.iter().map(|w| (w.code, w.table.as_str(), w.rows, w.blocks)).collect();
            assert_eq!(undated, [(WarningCode::TypeMismatch, "bills", 1, false)], "{kind}");
            let (done, verified) = carry_out(&source, &who).await.expect("it is carried out");
            assert_eq!(verified.left, [], "{done:#?}");
            for (id, left) in [(1, 0), (2, 1), (3, 1), (4, 1), (5, 0)] {
                assert_eq!(world.rows("bills", &format!("id = {id} AND user_id IS NULL")).await.len(), left, "{kind} {id}");
            }
            assert_eq!(world.rows("bills", "user_id = 2").await.len(), 5);
            assert_eq!(world.rows("bills", "user_id = 1").await.len(), 0);
        }
    }

    /// What stands for no date is none: such a row stays, and the plan says so.
    async fn what_stands_for_no_date_is_none(on: On) {
        let (world, map) = kept(on, "DATE", "P8Y", &[(1, "0001-01-01"), (2, "9999-12-31"), (3, "2010-01-01"), (4, "")]).await;
        let mut undated = 3;
        if on == On::Postgres {
            world.run("INSERT INTO bills VALUES (5, 1, 'infinity'), (6, 1, '-infinity')").await;
            undated = 5;
        }
        let source = world.source(&map);
        let who = target(&source, "account", "1").await;
        let plan = source.plan(&who).await.expect("it plans");
        let stays = plan.tables.iter().find(|line| line.action == Action::Keep).expect("some are kept");
        assert_eq!((stays.rows, stays.keep_until.as_deref()), (undated, None));
        let warned: Vec<_> = plan.warnings.iter().map(|w| (w.code, w.rows, w.blocks)).collect();
        assert_eq!(warned, [(WarningCode::TypeMismatch, undated, false)]);
        carry_out(&source, &who).await.expect("it is carried out");
        assert_eq!(world.rows("bills", "id < 100").await.len(), usize::try_from(undated).expect("few"));
        assert_eq!(world.rows("bills", "id = 3").await.len(), 0);
    }

    /// A month after 31 October ends on 1 December where November is short of that day: kept for the longer time.
    async fn a_period_of_months_ends_on_the_later_day(on: On) {
        let rows = [(1, "2026-10-23"), (2, "2026-10-24"), (3, "2026-10-31"), (4, "2026-11-24")];
        let (world, map) = kept(on, "DATE", "P1M", &rows).await;
        let source = world.source(&map);
        let who = target(&source, "account", "1").await;
        let plan = source.plan(&who).await.expect("it plans");
        let kept = plan.tables.iter().find(|line| line.action == Action::Keep).expect("some are kept");
        assert_eq!((kept.rows, kept.keep_until.as_deref()), (3, Some("2026-12-24")));
        carry_out(&source, &who).await.expect("it is carried out");
        assert_eq!(world.rows("bills", "user_id IS NULL").await.len(), 3);
        assert_eq!(world.rows("bills", "id = 1").await.len(), 0);
    }

    /// Of an address its network is left, of a moment its day or month, whatever it stands in; and once more changes nothing.
    async fn what_is_made_coarse_stays_coarse(on: On) {
        let world = World::empty(on).await;
        let (v4, v6) = match on {
            On::Postgres => ("INET", "INET"),
            On::Maria => ("INET4", "INET6"),
            On::Sqlite => ("TEXT", "TEXT"),
        };
        world.run(&format!(
            "CREATE TABLE users (id BIGINT PRIMARY KEY); INSERT INTO users VALUES (1), (2);
             CREATE TABLE visits (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), ip VARCHAR(60),
                four {v4}, six {v6}, day TIMESTAMP NULL, month TIMESTAMP NULL, born DATE);"
        )).await;
        let cases = [
            ("198.51.100.77", "198.51.100.0"), ("203.0.113.9", "203.0.113.0"), ("2001:db8:aa:bb::1", "2001:db8:aa::"),
            ("2001:db8::1", "2001:db8::"), ("::1", "::"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
            ("12:30:45", ""), ("localhost", ""), ("2026-01-02T03:04:05Z", "2026-01-02"), ("198.51.100.77:80", ""),
        ];
        for (n, (ip, _)) in cases.iter().enumerate() {
            for (user, id) in [(1, n), (2, n + 100)] {
                world.run(&format!("INSERT INTO visits VALUES ({id}, {user}, '{ip}', '198.51.100.77', '2001:db8:aa:bb::1',
                    '2026-03-14 15:09:26', '2026-03-14 15:09:26', '1990-07-15')")).await;
            }
        }
        world.run("INSERT INTO visits VALUES (50, 1, NULL, NULL, NULL, NULL, NULL, NULL)").await;
        let coarse = "{ erase = \"truncate\" }";
        let month = "{ erase = \"truncate\", value = \"month\" }";
        let map = format!(
            "{HEAD}[tables.visits]\nkey = [\"id\"]\nowner = [{{ to = \"users\", on = {{ user_id = \"id\" }} }}]\nerase = \"change\"\n[tables.visits.columns]\n\
             id = {{}}\nuser_id = {{}}\nip = {coarse}\nfour = {coarse}\nsix = {coarse}\nday = {coarse}\nmonth = {month}\nborn = {month}\n"
        );
        // the account itself stays here: its rows refer to it
        let map = map.replace("erase = \"delete\"\ncolumns = { id = {} }", "erase = \"change\"\ncolumns = { id = {}, note = { erase = \"null\" } }");
        world.run("ALTER TABLE users ADD COLUMN note VARCHAR(9)").await;
        let source = world.source(&map);
        let others = world.rows("visits", "user_id = 2").await;
        let who = target(&source, "account", "1").await;
        assert_eq!(source.check().await.expect("it checks"), []);
        let (done, verified) = carry_out(&source, &who).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        for (n, (ip, left)) in cases.iter().enumerate() {
            let found = world.rows("visits", &format!("id = {n} AND ip = '{left}'")).await.len();
            assert_eq!(found, 1, "{ip}: {:?}", world.rows("visits", &format!("id = {n}")).await);
        }
        let typed = match on {
            On::Postgres => "four = '198.51.100.0/24' AND six = '2001:db8:aa::/48'",
            On::Maria | On::Sqlite => "four = '198.51.100.0' AND six = '2001:db8:aa::'",
        };
        let moments = match on {
            On::Sqlite => "day = '2026-03-14' AND month = '2026-03-01' AND born = '1990-07-01'",
            _ => "day = '2026-03-14 00:00:00' AND month = '2026-03-01 00:00:00' AND born = '1990-07-01'",
        };
        for condition in [typed, moments] {
            assert_eq!(world.rows("visits", &format!("user_id = 1 AND {condition}")).await.len(), cases.len(), "{condition}");
        }
        assert_eq!(world.rows("visits", "user_id = 2").await, others);
        let once = world.dump().await;
        let (done, _) = carry_out(&source, &who).await.expect("it is carried out");
        assert!(done.iter().all(|(_, rows, _)| *rows == 0), "{done:?}");
        assert_eq!(world.dump().await, once);
    }
}
