//! An erasure that is cut off between two batches, by a crash or a lost connection, and carried on by somebody who knows no
//! more than whom it is about and which keys were written down.

use super::{
    on_every_engine,
    world::{MAP, On, World, carry_out, target},
};
use crate::generation::Erasure;

pub(super) const COMMENTS: &str = "[tables.comments]\nkey = [\"id\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }, { to = \"comments\", on = { up = \"id\" } }]\nshared = \"detach\"\nerase = \"delete\"\ncolumns = { id = {}, user_id = {}, up = {} }\n";

pub(super) async fn with_comments(on: On) -> World {
    let world = World::new(on).await;
    world
        .run("CREATE TABLE comments (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), up BIGINT REFERENCES comments (id));
            INSERT INTO comments VALUES (1, 1, NULL), (2, NULL, 1), (3, 2, 1), (4, NULL, 3), (5, 2, NULL)")
        .await;
    world
}

/// The keys of each step that has to have them.
pub(super) async fn keys(erasure: &Erasure<'_>) -> Vec<Vec<String>> {
    let mut keys = Vec::new();
    for (n, step) in erasure.steps().iter().enumerate() {
        let mut of_step = Vec::new();
        if step.frozen {
            let mut rows = erasure.open_keys(n).await.expect("it opens");
            while let Some(portion) = erasure.next_keys(n, &mut rows).await.expect("it reads") {
                of_step.push(portion);
            }
        }
        keys.push(of_step);
    }
    keys
}

/// Works for at most `most` batches; returns how many there were.
pub(super) async fn work(erasure: &Erasure<'_>, keys: &[Vec<String>], most: usize) -> usize {
    let mut batches = 0;
    for (n, portions) in keys.iter().enumerate() {
        for portion in portions {
            if batches == most {
                return batches;
            }
            batches += 1;
            erasure.portion(n, portion).await.expect("it is done");
        }
        if erasure.steps()[n].frozen {
            continue;
        }
        let mut rows = erasure.open(n).await.expect("it opens");
        while batches < most && erasure.next(n, &mut rows).await.expect("it is done").rows > 0 {
            batches += 1;
        }
    }
    batches
}

on_every_engine! {
    async fn it_is_carried_on_wherever_it_was_cut_off(on: On) {
        let map = format!("{MAP}{COMMENTS}");
        let whole = with_comments(on).await;
        let source = whole.source(&map);
        let (done, verified) = carry_out(&source, &target(&source, "account", "1").await).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        assert_eq!(whole.rows("comments", "1 = 1").await.len(), 3, "{done:#?}");
        let expected = whole.dump().await;
        for cut in (1..).step_by(3) {
            let world = with_comments(on).await;
            let (first, second) = (world.source(&map), world.source(&map));
            let ada = target(&first, "account", "1").await;
            let erasure = first.erasure(&ada).await.expect("it prepares");
            let keys = keys(&erasure).await;
            let batches = work(&erasure, &keys, cut).await;
            first.close().await;
            let erasure = second.erasure(&ada).await.expect("it prepares");
            work(&erasure, &keys, usize::MAX).await;
            assert_eq!(erasure.verify().await.expect("it looks").left, [], "after {cut}");
            assert_eq!(world.dump().await, expected, "after {cut}");
            if batches < cut {
                break;
            }
        }
    }
}
