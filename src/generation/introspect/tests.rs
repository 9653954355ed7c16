//! What is read of a schema, on each engine.

use super::*;
use crate::{
    generation::engine::Engine,
    testing::generation::{
        on_every_engine,
        world::{On, World},
    },
};
use std::sync::Arc;

async fn schema_of(world: &World) -> Schema {
    let engine = Engine::new(&world.url).expect("an address");
    let mut conn = engine.conn().await.expect("it connects");
    read(&mut conn, engine.dialect()).await.expect("it reads")
}

on_every_engine! {
    /// Read once while nothing changes, and anew after whatever an erasure rests on, without waiting.
    async fn a_schema_is_kept_until_it_changes(on: On) {
        let world = World::new(on).await;
        let engine = Engine::new(&world.url).expect("an address");
        let mut conn = engine.conn().await.expect("it connects");
        let dialect = engine.dialect();
        if on == On::Maria {
            // within two seconds of a change nothing is kept
            tokio::time::sleep(std::time::Duration::from_secs(4)).await;
        }
        let first = schema(&mut conn, dialect).await.expect("it reads");
        world.run("INSERT INTO users VALUES (9, 'di@example.org', 'Di', NULL)").await;
        assert!(Arc::ptr_eq(&first, &schema(&mut conn, dialect).await.expect("it is kept")));
        assert_eq!(*first, read(&mut conn, dialect).await.expect("it reads"));
        for change in [
            "ALTER TABLE logins ADD COLUMN device BIGINT",
            "ALTER TABLE logins DROP COLUMN device",
            "CREATE TABLE flags (user_id BIGINT REFERENCES users (id))",
            "CREATE INDEX flags_user ON flags (user_id)",
            "DROP TABLE flags",
        ] {
            let before = schema(&mut conn, dialect).await.expect("it reads");
            world.run(change).await;
            let after = schema(&mut conn, dialect).await.expect("it reads");
            // MariaDB has made that index with the reference already
            assert!(before != after || change.starts_with("CREATE INDEX"), "{change}");
            assert_eq!(*after, read(&mut conn, dialect).await.expect("it reads"), "{change}");
        }
    }

    /// Composite, unique and partial indexes, and those whose first part is no column.
    async fn indexes_are_read_in_their_order(on: On) {
        let world = World::empty(on).await;
        world.run("
            CREATE TABLE a (id BIGINT PRIMARY KEY, b BIGINT NOT NULL, c VARCHAR(40), d BIGINT, UNIQUE (c, b));
            CREATE INDEX a_d ON a (d, b);
            CREATE TABLE p (x BIGINT, y BIGINT, PRIMARY KEY (y, x));
            CREATE TABLE none (x BIGINT);
        ").await;
        if on != On::Maria {
            world.run("
                CREATE INDEX a_expression ON a (lower(c), b);
                CREATE INDEX a_later ON a (b, lower(c), d);
                CREATE UNIQUE INDEX a_some ON a (d) WHERE b > 3;
            ").await;
        }
        let schema = schema_of(&world).await;
        let indexes = |table: &str| {
            let mut indexes: Vec<_> = schema.tables[table].indexes.iter().map(|columns| columns.join(",")).collect();
            if let [_, others @ ..] = indexes.as_mut_slice() {
                others.sort();
            }
            indexes
        };
        let later: &[&str] = if on == On::Maria { &[] } else { &["b"] };
        assert_eq!(indexes("a"), [&["id"], later, &["c,b", "d,b"]].concat());
        assert_eq!(indexes("p"), ["y,x"]);
        assert!(indexes("none").is_empty());
        let unique = |table: &str| schema.tables[table].unique.iter().map(|key| key.iter().cloned().collect::<Vec<_>>().join(",")).collect::<Vec<_>>();
        assert_eq!(unique("a"), ["id", "b,c"], "an index of some rows names none");
        assert_eq!(unique("p"), ["x,y"]);
    }
}
