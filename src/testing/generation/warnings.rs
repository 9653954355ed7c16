//! Each warning stops the plan that deserves it.

use super::{
    on_every_engine,
    world::{MAP, On, World, carry_out, target},
};
use crate::domain::plan::{Plan, Warning, WarningCode};

/// The plan for Ada after `change` was made to the database and `from` replaced by `to` in the map.
async fn plan(on: On, change: &str, from: &str, to: &str) -> Plan {
    let world = World::new(on).await;
    world.run(change).await;
    assert!(MAP.contains(from), "{from}");
    let source = world.source(&MAP.replacen(from, to, 1));
    let mut ada = target(&world.source(MAP), "account", "1").await;
    if ada.subjects.is_empty() {
        ada.subjects.push(crate::generation::Key(vec!["1".to_owned()]));
    }
    source.plan(&ada).await.expect("it plans")
}

async fn stops(on: On, change: &str, from: &str, to: &str, code: WarningCode, table: &str, column: Option<&str>) {
    let plan = plan_of(on, change, from, to).await;
    let fits = |w: &&Warning| w.code == code && w.table == table && w.column.as_deref() == column && w.blocks;
    assert!(plan.warnings.iter().any(|w| fits(&w)), "{code:?} {table}: {:#?}", plan.warnings);
    assert!(!plan.may_run());
}

/// As `plan`, but a map that no longer fits cannot be used to look Ada up: her key is given.
async fn plan_of(on: On, change: &str, from: &str, to: &str) -> Plan {
    if change.is_empty() {
        return plan(on, "", from, to).await;
    }
    let world = World::new(on).await;
    let mut ada = target(&world.source(MAP), "account", "1").await;
    ada.found_by = vec!["account".to_owned()];
    world.run(change).await;
    world.source(&MAP.replacen(from, to, 1)).plan(&ada).await.expect("it plans")
}

on_every_engine! {
    /// Of a join that no index serves a plan speaks once, and only where the table is so large that it matters.
    async fn large_joins_without_an_index_are_said_once(on: On) {
        let world = World::empty(on).await;
        world.run("CREATE TABLE users (id BIGINT PRIMARY KEY); INSERT INTO users VALUES (1), (2);
            CREATE TABLE logs (id BIGINT PRIMARY KEY, user_id BIGINT); INSERT INTO logs VALUES (1, 1), (2, 2);").await;
        let map = "product = \"imagegen-artisticmonk\"\nversion = \"1\"\nsystem = \"ImageGen\"\nsubject = \"users\"\n\
            [[identity]]\nkind = \"account\"\ntable = \"users\"\ncolumn = \"id\"\n\
            [tables.users]\nkey = [\"id\"]\nerase = \"delete\"\ncolumns = { id = {} }\n\
            [tables.logs]\nkey = [\"id\"]\nerase = \"delete\"\nowner = [{ to = \"users\", on = { user_id = \"id\" } }]\ncolumns = { id = {}, user_id = {} }\n";
        let source = world.source(map);
        let who = target(&source, "account", "1").await;
        let small = source.plan(&who).await.expect("it plans");
        assert_eq!(small.warnings, []);
        world.run(&match on {
            On::Sqlite => "WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 250000) INSERT INTO logs SELECT i, 2 FROM n".to_owned(),
            On::Postgres => "INSERT INTO logs SELECT i, 2 FROM generate_series(3, 250000) i; ANALYZE logs".to_owned(),
            On::Maria => "INSERT INTO logs SELECT seq, 2 FROM seq_3_to_250000; ANALYZE TABLE logs".to_owned(),
        }).await;
        let plan = source.plan(&who).await.expect("it plans");
        let said: Vec<_> = plan.warnings.iter().map(|warning| (warning.code, warning.table.as_str(), warning.blocks)).collect();
        assert_eq!(said, [(WarningCode::NoIndex, "", false)]);
        assert!(plan.warnings[0].detail.contains("(logs.user_id)"), "{}", plan.warnings[0].detail);
        // it changes nothing of what is approved
        assert!(small.outgrown_by(&plan).is_none() && !plan.has_to_be_read());
        world.run("CREATE INDEX by_user ON logs (user_id)").await;
        assert_eq!(source.plan(&who).await.expect("it plans").warnings, []);
    }

    async fn a_row_shared_with_somebody_else_stops_where_the_map_has_no_rule(on: On) {
        stops(on, "", "shared = \"keep\"\n", "", WarningCode::SharedRow, "devices", None).await;
        stops(on, "", ", others = \"delete\" }]\nerase = \"delete\"\ncolumns = { user_id = {}, image_id", " }]\nerase = \"delete\"\ncolumns = { user_id = {}, image_id",
            WarningCode::SharedRow, "likes", None).await;
    }

    async fn a_column_that_may_not_be_null_stops(on: On) {
        stops(on, "", "account = { erase = \"pseudonym\" }", "account = { erase = \"null\" }", WarningCode::NotNull, "usage_log", Some("account")).await;
    }

    async fn a_key_told_to_become_something_else_stops(on: On) {
        stops(on, "", "{ id = {}, user_id = { erase = \"null\" }, account", "{ id = { erase = \"default\" }, user_id = { erase = \"null\" }, account",
            WarningCode::KeyColumn, "usage_log", Some("id")).await;
        stops(on, "", "{ id = {}, user_id = { erase = \"null\" }, name", "{ id = {}, user_id = { erase = \"default\" }, name",
            WarningCode::KeyColumn, "invoices", Some("user_id")).await;
    }

    async fn a_type_that_the_action_cannot_serve_stops(on: On) {
        stops(on, "ALTER TABLE usage_log ADD COLUMN size BIGINT", "line = { search = true }", "line = { search = true }, size = { erase = \"pseudonym\" }",
            WarningCode::TypeMismatch, "usage_log", Some("size")).await;
        stops(on, "ALTER TABLE usage_log ADD COLUMN size BIGINT", "line = { search = true }", "line = { search = true }, size = { erase = \"fixed\", value = \"none\" }",
            WarningCode::TypeMismatch, "usage_log", Some("size")).await;
        stops(on, "ALTER TABLE usage_log ADD COLUMN short VARCHAR(10)", "line = { search = true }", "line = { search = true }, short = { erase = \"pseudonym\" }",
            WarningCode::TypeMismatch, "usage_log", Some("short")).await;
        stops(on, "", "after = \"issued_on\"", "after = \"id\"", WarningCode::TypeMismatch, "invoices", Some("id")).await;
    }

    async fn a_reference_from_outside_the_map_stops(on: On) {
        for on_delete in ["", "ON DELETE CASCADE", "ON DELETE SET NULL"] {
            let change = format!("CREATE TABLE flags (image_id BIGINT REFERENCES images (id) {on_delete})");
            stops(on, &change, "version = \"1\"", "version = \"2\"", WarningCode::UnmappedReference, "flags", Some("image_id")).await;
        }
        // rows that stay and keep pointing to rows that go
        stops(on, "", "{ id = {}, user_id = { erase = \"null\" }, name", "{ id = {}, user_id = {}, name",
            WarningCode::UnmappedReference, "invoices", Some("user_id")).await;
    }

    async fn rows_that_refer_to_each_other_without_end_stop(on: On) {
        stops(on, "CREATE TABLE a (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), up BIGINT NOT NULL REFERENCES a (id))",
            "[tables.order]", "[tables.a]\nkey = [\"id\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }, { to = \"a\", on = { up = \"id\" } }]\nerase = \"delete\"\ncolumns = { id = {}, user_id = {}, up = {} }\n[tables.order]",
            WarningCode::SelfReferenceLimit, "a", Some("up")).await;
    }

    async fn a_hold_stops_and_says_nothing_of_itself(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let mut ada = target(&source, "account", "1").await;
        let free = source.plan(&ada).await.expect("it plans");
        ada.holds.push(7);
        let stopped = source.plan(&ada).await.expect("it plans");
        assert!(!stopped.may_run());
        let hold = stopped.warnings.iter().find(|w| w.code == WarningCode::Hold).expect("it says so");
        assert_eq!((hold.rows, hold.table.as_str(), hold.detail.contains('7')), (0, "", false));
        assert_ne!(free.scope_hash, stopped.scope_hash);
        assert_eq!(stopped.tables, free.tables);
    }

    async fn a_schema_that_drifted_stops(on: On) {
        stops(on, "ALTER TABLE logins DROP COLUMN address", "version = \"1\"", "version = \"2\"", WarningCode::Drift, "logins", Some("address")).await;
        stops(on, "ALTER TABLE usage_log ADD COLUMN phone TEXT", "version = \"1\"", "version = \"2\"", WarningCode::Drift, "usage_log", Some("phone")).await;
        stops(on, "DROP TABLE logins", "version = \"1\"", "version = \"2\"", WarningCode::Drift, "logins", None).await;
    }

    async fn nobody_found_is_a_question(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let nobody = target(&source, "email", "nobody@example.org").await;
        let plan = source.plan(&nobody).await.expect("it plans");
        assert!(plan.warnings.iter().any(|w| w.code == WarningCode::NothingFound && w.blocks));
        assert!(plan.tables.is_empty());
    }

    async fn the_scope_hash_covers_scope_and_not_counts(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let ada = target(&source, "account", "1").await;
        let was = source.plan(&ada).await.expect("it plans").scope_hash;
        world.run("INSERT INTO logins VALUES (1, '2026-11-24 00:00:00', NULL)").await;
        world.run("CREATE TABLE elsewhere (id BIGINT PRIMARY KEY)").await;
        assert_eq!(source.plan(&ada).await.expect("it plans").scope_hash, was);
        let bo = target(&source, "account", "2").await;
        let both = crate::generation::Target { subjects: [ada.subjects.clone(), bo.subjects.clone()].concat(), ..ada.clone() };
        let other_map = world.source(&MAP.replace("P8Y", "P9Y"));
        world.run("CREATE INDEX likes_by_image ON likes (image_id)").await;
        assert_eq!(source.plan(&ada).await.expect("it plans").scope_hash, was);
        for (what, hash) in [
            ("another subject", source.plan(&bo).await.expect("it plans").scope_hash),
            ("one subject more", source.plan(&both).await.expect("it plans").scope_hash),
            ("another period", other_map.plan(&ada).await.expect("it plans").scope_hash),
        ] {
            assert_ne!(hash, was, "{what}");
        }
        world.run("ALTER TABLE likes ADD COLUMN at TIMESTAMP").await;
        assert_ne!(source.plan(&ada).await.expect("it plans").scope_hash, was);
    }

    async fn a_map_that_does_not_fit_changes_nothing(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let ada = target(&source, "account", "1").await;
        world.run("ALTER TABLE usage_log ADD COLUMN phone TEXT").await;
        let before = world.dump().await;
        assert!(carry_out(&source, &ada).await.is_err());
        assert_eq!(world.dump().await, before);
    }
}
