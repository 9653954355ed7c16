//! What is another person's stays, however it hangs on the one who goes: cases in which it nearly did not.

use super::{
    on_every_engine,
    world::{MAP, On, World, carry_out, target},
};
use crate::domain::plan::WarningCode;

/// The small map with more tables.
fn with(tables: &str) -> String {
    format!("{MAP}{tables}")
}

const COMMENTS: &str = "[tables.comments]\nkey = [\"id\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }, { to = \"comments\", on = { up = \"id\" } }]\nerase = \"delete\"\ncolumns = { id = {}, user_id = {}, up = {} }\n";

on_every_engine! {
    /// Somebody else's answer to the person's comment is theirs; the map has to say what becomes of it.
    async fn an_answer_of_somebody_else_is_not_taken_along(on: On) {
        let world = World::new(on).await;
        world.run("CREATE TABLE comments (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), up BIGINT REFERENCES comments (id));
            INSERT INTO comments VALUES (1, 1, NULL), (2, 2, 1), (3, NULL, 2), (4, NULL, 1), (5, 1, 2)").await;
        let source = world.source(&with(COMMENTS));
        let ada = target(&source, "account", "1").await;
        let plan = source.plan(&ada).await.expect("it plans");
        let shared = |w: &&crate::domain::plan::Warning| w.code == WarningCode::SharedRow && w.table == "comments";
        assert!(plan.warnings.iter().any(|w| shared(&w) && w.blocks && w.rows == 1), "{:#?}", plan.warnings);
        let source = world.source(&with(&COMMENTS.replace("erase", "shared = \"detach\"\nerase")));
        let (done, verified) = carry_out(&source, &ada).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        let left = world.rows("comments", "1 = 1").await;
        assert_eq!(left.len(), 2, "Bo's answer and what hangs on it: {left:?}");
        assert_eq!(world.rows("comments", "id = 2 AND user_id = 2 AND up IS NULL").await.len(), 1);
    }

    /// A key that was written down may be another person's row by the time it is taken.
    async fn a_key_given_to_somebody_else_meanwhile_is_left_alone(on: On) {
        let world = World::new(on).await;
        world.run("CREATE TABLE comments (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), up BIGINT REFERENCES comments (id));
            INSERT INTO comments VALUES (1, 1, NULL), (2, NULL, 1), (3, 1, NULL)").await;
        let source = world.source(&with(&COMMENTS.replace("erase", "shared = \"keep\"\nerase")));
        // a map that keeps shared rows does not fit this schema: they would still refer to the user who goes
        assert!(source.check().await.expect("it checks").iter().any(|w| w.table == "comments"));
        let source = world.source(&with(&COMMENTS.replace("erase", "shared = \"detach\"\nerase")));
        let ada = target(&source, "account", "1").await;
        let erasure = source.erasure(&ada).await.expect("it prepares");
        let step = erasure.steps().iter().position(|s| s.label() == "comments delete").expect("a step");
        let mut rows = erasure.open_keys(step).await.expect("it opens");
        let keys = erasure.next_keys(step, &mut rows).await.expect("it reads").expect("there are keys");
        drop(rows);
        world.run("DELETE FROM comments WHERE id = 3; INSERT INTO comments VALUES (3, 2, NULL); UPDATE comments SET up = NULL").await;
        assert_eq!(erasure.portion(step, &keys).await.expect("it is done").rows, 2);
        assert_eq!(world.rows("comments", "id = 3 AND user_id = 2").await.len(), 1);
    }

    async fn a_file_that_another_table_names_stays(on: On) {
        let world = World::new(on).await;
        world.run("CREATE TABLE covers (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), picture TEXT);
            INSERT INTO covers VALUES (1, 2, 'a/10.png'), (2, 1, 'a/11.png')").await;
        let covers = "[tables.covers]\nkey = [\"id\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }]\nerase = \"delete\"\ncolumns = { id = {}, user_id = {}, picture = { file = true } }\n";
        let source = world.source(&with(covers));
        let ada = target(&source, "account", "1").await;
        let plan = source.plan(&ada).await.expect("it plans");
        assert!(plan.warnings.iter().any(|w| w.code == WarningCode::SharedRow && w.table == "images" && !w.blocks));
        let (_, verified) = carry_out(&source, &ada).await.expect("it is carried out");
        assert_eq!(verified.left, []);
        assert!(world.files().join("a/10.png").exists(), "Bo's cover");
        assert!(!world.files().join("a/11.png").exists(), "named by Ada's rows alone");
    }

    /// Keys of a bounded text type, in a step whose keys are written down.
    async fn long_text_keys_are_compared_whole(on: On) {
        let world = World::new(on).await;
        world.run("CREATE TABLE tablets (id CHAR(26) PRIMARY KEY NOT NULL, model TEXT);
            CREATE TABLE user_tablets (user_id BIGINT NOT NULL REFERENCES users (id), tablet CHAR(26) NOT NULL REFERENCES tablets (id), PRIMARY KEY (user_id, tablet));
            INSERT INTO tablets VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'hers'), ('0', 'his');
            INSERT INTO user_tablets VALUES (1, '01ARZ3NDEKTSV4RRFFQ69G5FAV'), (2, '0')").await;
        let tablets = "[tables.tablets]\nkey = [\"id\"]\nowner = [{ to = \"user_tablets\", on = { id = \"tablet\" } }]\nshared = \"keep\"\nerase = \"delete\"\ncolumns = { id = {}, model = {} }\n\
            [tables.user_tablets]\nkey = [\"user_id\", \"tablet\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }]\nlink = [{ to = \"tablets\", on = { tablet = \"id\" }, others = \"delete\" }]\nerase = \"delete\"\ncolumns = { user_id = {}, tablet = {} }\n";
        let source = world.source(&with(tablets));
        let ada = target(&source, "account", "1").await;
        let (done, verified) = carry_out(&source, &ada).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        assert_eq!(world.rows("tablets", "model = 'his'").await.len(), 1);
        assert_eq!(world.rows("tablets", "1 = 1").await.len(), 1);
    }
}

#[tokio::test]
async fn rows_of_a_table_in_parts_are_taken_by_their_keys() {
    let world = World::new(On::Postgres).await;
    world
        .run("CREATE TABLE visits (id BIGINT, user_id BIGINT NOT NULL, day DATE NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
            CREATE TABLE visits_25 PARTITION OF visits FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
            CREATE TABLE visits_26 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            INSERT INTO visits VALUES (1, 1, '2025-05-05'), (2, 2, '2026-05-05'), (3, 2, '2025-05-06'), (4, 1, '2026-05-06')")
        .await;
    let visits = "[tables.visits]\nkey = [\"id\", \"day\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }]\nerase = \"delete\"\ncolumns = { id = {}, user_id = {}, day = {} }\n";
    let source = world.source(&with(visits));
    let ada = target(&source, "account", "1").await;
    let (_, verified) = carry_out(&source, &ada).await.expect("it is carried out");
    assert_eq!(verified.left, []);
    assert_eq!(world.rows("visits", "1 = 1").await.len(), 2);
    assert_eq!(world.rows("visits", "user_id = 2").await.len(), 2);
}

#[tokio::test]
async fn a_moment_kept_as_a_number_is_not_past_its_period() {
    let world = World::new(On::Sqlite).await;
    world.run("UPDATE invoices SET issued_on = 1704067200000 WHERE id = 101").await;
    let source = world.source(MAP);
    let ada = target(&source, "account", "1").await;
    carry_out(&source, &ada).await.expect("it is carried out");
    assert_eq!(world.rows("invoices", "id IN (100, 101)").await.len(), 2);
}
