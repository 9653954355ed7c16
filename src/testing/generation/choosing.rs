//! What a person chose is written down for them alone, can be taken back, and may be done twice; values are corrected only
//! while they are what was to be corrected.

use super::{
    on_every_engine,
    world::{MAP, On, World, carry_out, target},
};
use crate::{
    domain::plan::{Action, WarningCode},
    generation::{Aim, Correction, Source, Target},
};

/// Ada never chose and Bo allowed; Cy has no row of his own.
const MORE: &str = "
    ALTER TABLE users ADD COLUMN is_restricted BOOLEAN;
    ALTER TABLE users ADD COLUMN flags BIGINT DEFAULT 0 NOT NULL;
    CREATE TABLE choices (user_id BIGINT NOT NULL REFERENCES users (id), scope VARCHAR(40) NOT NULL, allowed BOOLEAN NOT NULL,
        since TIMESTAMP, PRIMARY KEY (user_id, scope));
    INSERT INTO choices VALUES (1, 'training', true, '2026-01-02 03:04:05'), (1, 'news', true, NULL), (2, 'training', true, NULL);
";

fn map() -> String {
    let map =
        MAP.replace("name = {}, referred_by", "name = { correct = true }, flags = {}, is_restricted = {}, referred_by");
    format!(
        "{}\n{}",
        map.replace("[tables.users]", "{CHOICES}\n[tables.users]").replace(
            "{CHOICES}",
            r#"
[[choice]]
what = "training"
flag = { table = "choices", column = "allowed", stop = "false", allow = "true", only = { scope = "training" }, at = "since", add = true }
[[choice]]
what = "restriction"
flag = { table = "users", column = "is_restricted", stop = "true", allow = "false" }
[[choice]]
what = "sale"
[choice.statements]
stop = "UPDATE users SET flags = 4 WHERE id IN {id}"
allow = "UPDATE users SET flags = 0 WHERE id IN {id}"
not_stopped = "SELECT count(*) FROM users WHERE id IN {id} AND flags <> 4"
not_allowed = "SELECT count(*) FROM users WHERE id IN {id} AND flags <> 0"
"#
        ),
        r#"
[tables.choices]
key = ["user_id", "scope"]
owner = [{ to = "users", on = { user_id = "id" } }]
erase = "delete"
columns = { user_id = {}, scope = {}, allowed = {}, since = {} }
"#
    )
}

async fn world(on: On) -> (World, Source) {
    let world = World::new(on).await;
    world.run(MORE).await;
    let source = world.source(&map());
    assert_eq!(source.check().await.expect("it checks"), []);
    (world, source)
}

async fn choosing(source: &Source, account: &str, what: &str, stops: bool) -> Target {
    Target { aim: Aim::Choose { what: what.to_owned(), stops }, ..target(source, "account", account).await }
}

/// How many rows each step changed; nothing is left then.
async fn done(source: &Source, target: &Target) -> Vec<i64> {
    let (steps, verified) = carry_out(source, target).await.expect("it is carried out");
    assert_eq!((verified.left, verified.mentions), (vec![], vec![]));
    steps.into_iter().map(|(_, rows, _)| rows).collect()
}

on_every_engine! {
    async fn a_choice_is_written_down_for_one_person_and_can_be_taken_back(on: On) {
        let (world, source) = world(on).await;
        let before = world.dump().await;
        let ada = choosing(&source, "1", "training", true).await;
        let plan = source.plan(&ada).await.expect("it plans");
        let lines: Vec<_> = plan.tables.iter().map(|line| (line.table.as_str(), line.action, line.rows)).collect();
        assert_eq!((lines, plan.may_run()), (vec![("choices", Action::Fixed, 1)], true), "{:?}", plan.warnings);
        assert_eq!(done(&source, &ada).await, [1, 0]);
        assert_eq!(world.rows("choices", "user_id = 1 AND scope = 'training' AND NOT allowed AND since > '2026-01-03'").await.len(), 1);
        assert_eq!(world.rows("choices", "allowed").await.len(), 2, "news, and Bo");
        assert_eq!(done(&source, &ada).await, [0, 0], "twice is as good as once");
        // who never chose gets a row
        let cy = choosing(&source, "0", "training", true).await;
        assert_eq!(done(&source, &cy).await, [0, 1]);
        assert_eq!(world.rows("choices", "user_id = 0 AND scope = 'training' AND NOT allowed AND since IS NOT NULL").await.len(), 1);
        let back = choosing(&source, "0", "training", false).await;
        assert_ne!(source.plan(&back).await.expect("a plan").scope_hash, source.plan(&cy).await.expect("a plan").scope_hash);
        assert_eq!(done(&source, &back).await, [1, 0]);
        world.run("DELETE FROM choices WHERE user_id = 0; UPDATE choices SET allowed = true, since = '2026-01-02 03:04:05' WHERE user_id = 1 AND scope = 'training'").await;
        assert_eq!(world.dump().await, before);
    }

    async fn a_flag_of_the_account_and_a_statement_reach_nobody_else(on: On) {
        let (world, source) = world(on).await;
        for (what, column, stop, allow) in [("restriction", "is_restricted", "is_restricted", "NOT is_restricted"), ("sale", "flags", "flags = 4", "flags = 0")] {
            let before = world.rows("users", "id <> 1").await;
            let stops = choosing(&source, "1", what, true).await;
            assert_eq!(done(&source, &stops).await, [1], "{what}");
            assert_eq!(world.rows("users", &format!("id = 1 AND {stop}")).await.len(), 1, "{column}");
            assert_eq!(done(&source, &choosing(&source, "1", what, false).await).await, [1], "{what}");
            assert_eq!(world.rows("users", &format!("id = 1 AND {allow}")).await.len(), 1, "{column}");
            assert_eq!(world.rows("users", "id <> 1").await, before, "{what}");
        }
        let unknown = choosing(&source, "1", "astrology", true).await;
        let plan = source.plan(&unknown).await.expect("it plans");
        assert!(!plan.may_run() && plan.warnings[0].detail.contains("training"), "{:?}", plan.warnings);
    }

    async fn a_value_is_corrected_while_it_is_still_the_wrong_one(on: On) {
        let (world, source) = world(on).await;
        let ada = target(&source, "account", "1").await;
        let rows = source.correctable(&ada.subjects).await.expect("it reads");
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].table.as_str(), rows[0].key.as_slice()), ("users", &["1".to_owned()][..]));
        assert_eq!(rows[0].values, [("name".to_owned(), "Name".to_owned(), Some("Ada".to_owned()))]);
        let correct = |key: &str, column: &str, was: Option<&str>, becomes: Option<&str>| {
            let (was, becomes) = (was.map(str::to_owned), becomes.map(str::to_owned));
            let one = Correction { table: "users".to_owned(), key: vec![key.to_owned()], column: column.to_owned(), was, becomes };
            Target { aim: Aim::Correct { corrections: vec![one] }, ..ada.clone() }
        };
        let others = world.rows("users", "id <> 1").await;
        // values are bound, whatever they look like
        let odd = "O'Ada\\'); DROP TABLE likes; -- $1 é";
        for (was, becomes) in [(Some("Ada"), Some(odd)), (Some(odd), None), (None, Some("Ada L."))] {
            let target = correct("1", "name", was, becomes);
            let plan = source.plan(&target).await.expect("it plans");
            assert_eq!(plan.tables.iter().map(|line| (line.action, line.rows)).collect::<Vec<_>>(), [(Action::Correct, 1)]);
            assert!(plan.may_run(), "{:?}", plan.warnings);
            assert!(!format!("{plan:?}").contains("Ada"), "no value stands in a plan");
            assert_eq!(done(&source, &target).await, [1]);
            assert_eq!(done(&source, &target).await, [0], "twice is as good as once");
            let rows = source.correctable(&ada.subjects).await.expect("it reads");
            assert_eq!(rows[0].values[0].2.as_deref(), becomes);
        }
        for (target, code) in [
            (correct("1", "name", Some("Ada"), Some("Eve")), WarningCode::Drift),
            (correct("2", "name", Some("Bo"), Some("Eve")), WarningCode::NothingFound),
            (correct("9", "name", None, Some("Eve")), WarningCode::NothingFound),
            (correct("1", "email", Some("Ada@Example.org"), Some("eve@example.org")), WarningCode::KeyColumn),
            (correct("1", "shoe", None, Some("9")), WarningCode::KeyColumn),
        ] {
            let plan = source.plan(&target).await.expect("it plans");
            let codes: Vec<_> = plan.warnings.iter().filter(|w| w.blocks).map(|w| w.code).collect();
            assert_eq!(codes, [code], "{:?}", target.aim);
        }
        // somebody was quicker: nothing is overwritten, and the re-query says so
        let late = correct("1", "name", Some("Ada"), Some("Eve"));
        let (_, verified) = carry_out(&source, &late).await.expect("it runs");
        assert_eq!(verified.left.len(), 1);
        assert_eq!(world.rows("users", "name = 'Ada L.'").await.len(), 1);
        assert_eq!(world.rows("users", "id <> 1").await, others);
    }

    async fn choices_that_do_not_fit_the_schema_stop_every_plan(on: On) {
        let (world, _) = world(on).await;
        for (from, to, says) in [
            ("stop = \"false\"", "stop = \"perhaps\"", "'perhaps' is no value"),
            ("at = \"since\"", "at = \"allowed\"", "at wants a column"),
            ("only = { scope = \"training\" }, ", "", "may not be null"),
        ] {
            let source = world.source(&map().replace(from, to));
            let faults = source.check().await.expect("it checks");
            assert!(faults.iter().any(|fault| fault.detail.contains(says)), "{to}: {faults:?}");
        }
    }
}

#[test]
fn choices_that_make_no_sense_are_refused_when_the_map_is_read() {
    for (from, to, says) in [
        ("stop = \"false\"", "stop = \"true\"", "the same value"),
        ("column = \"allowed\"", "column = \"wished\"", "does not list"),
        ("table = \"choices\"", "table = \"wishes\"", "does not have"),
        ("UPDATE users SET flags = 4 WHERE id IN {id}", "UPDATE users SET flags = 4", "name the person, by {id}"),
        ("name = { correct = true }", "name = {}, id = { correct = true }", "duplicate key"),
        ("email = {}", "email = { correct = true }", ""),
    ] {
        let read = crate::generation::DataMap::read(&map().replace(from, to));
        match (says, read) {
            ("", read) => assert!(read.is_ok()),
            (says, Err(faults)) => {
                let said: Vec<_> = faults.iter().map(ToString::to_string).collect();
                assert!(said.iter().any(|fault| fault.contains(says)), "{to}: {said:?}");
            }
            (_, Ok(_)) => panic!("{to} was read"),
        }
    }
}
