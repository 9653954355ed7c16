//! What is read of a schema, on each engine.

use super::*;
use crate::{
    generation::engine::Engine,
    testing::generation::{
        on_every_engine,
        world::{On, World},
    },
};

async fn schema_of(world: &World) -> Schema {
    let engine = Engine::new(&world.url).expect("an address");
    let mut conn = engine.conn().await.expect("it connects");
    read(&mut conn, engine.dialect()).await.expect("it reads")
}

on_every_engine! {
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
