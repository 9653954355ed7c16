//! Runs that are limited to tables, items and categories: what is meant goes, and nothing else changes by a byte.

use super::{
    on_every_engine,
    opened::copy_of,
    world::{On, World, carry_out, target},
};
use crate::{
    domain::{
        copy::CopyForm,
        plan::{Action, Plan, WarningCode},
    },
    generation::{Error, Extent, Item, Source, Target},
};

/// Every engine understands it.
const SCHEMA: &str = "
CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(200) NOT NULL UNIQUE, bio TEXT);
CREATE TABLE prompts (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), line TEXT NOT NULL, created_at TIMESTAMP);
CREATE TABLE pictures (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id),
    prompt_id BIGINT REFERENCES prompts (id), remix_of BIGINT REFERENCES pictures (id), path TEXT, seed BIGINT);
CREATE TABLE notes (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), body TEXT NOT NULL, stars BIGINT NOT NULL,
    path TEXT, mood TEXT, of_prompt BIGINT);
CREATE TABLE albums (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), title TEXT);
CREATE TABLE pages (album_id BIGINT NOT NULL REFERENCES albums (id), nr BIGINT NOT NULL, line TEXT, PRIMARY KEY (album_id, nr));
CREATE TABLE comments (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), up BIGINT REFERENCES comments (id), line TEXT);
CREATE TABLE claps (id BIGINT PRIMARY KEY, comment_id BIGINT NOT NULL REFERENCES comments (id));
CREATE TABLE invoices (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), name TEXT, issued_on DATE NOT NULL);
CREATE TABLE usage_log (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), line TEXT, address TEXT);
CREATE TABLE tablets (id VARCHAR(60) PRIMARY KEY NOT NULL, label TEXT);
CREATE TABLE user_tablets (user_id BIGINT NOT NULL REFERENCES users (id), tablet VARCHAR(60) NOT NULL REFERENCES tablets (id), PRIMARY KEY (user_id, tablet));
CREATE TABLE likes (user_id BIGINT NOT NULL REFERENCES users (id), picture_id BIGINT NOT NULL REFERENCES pictures (id), PRIMARY KEY (user_id, picture_id));
INSERT INTO users VALUES (1, 'ada@example.org', 'paints'), (2, 'bo@example.org', 'reads'), (3, 'cy@example.org', NULL);
INSERT INTO prompts VALUES (0, 1, 'zero', '2026-01-01 00:00:00'), (1, 1, 'a fox', NULL), (2, 2, 'a hen', NULL), (3, 1, 'a cow', NULL);
INSERT INTO pictures VALUES (10, 1, 1, NULL, '10.png', 1), (11, 1, 1, 10, '11.png', 2), (12, 1, 3, NULL, 'both.png', 3), (20, 2, 2, 10, '20.png', 4);
INSERT INTO notes VALUES (1, 1, 'mine', 5, 'n1.png', 'glad', NULL), (2, 2, 'his', 4, 'n2.png', 'sad', NULL), (3, 1, '', 0, 'both.png', NULL, NULL);
INSERT INTO albums VALUES (1, 1, 'first'), (2, 2, 'his'), (3, 1, NULL);
INSERT INTO pages VALUES (1, 0, 'zero'), (1, 1, 'one'), (2, 0, 'his'), (3, 1, 'three');
INSERT INTO comments VALUES (1, 1, NULL, 'a'), (2, NULL, 1, 'b'), (3, NULL, 2, 'c'), (4, 1, NULL, 'd'), (5, 2, NULL, 'e'), (6, NULL, 5, 'f');
INSERT INTO claps VALUES (1, 3), (2, 4), (3, 6), (4, 2);
INSERT INTO invoices VALUES (1, 1, 'Ada', '2024-05-06'), (2, 1, 'Ada', '2010-01-01'), (3, 2, 'Bo', '2010-01-01');
INSERT INTO usage_log VALUES (1, 1, 'ada wrote', '10.0.0.1'), (2, 2, 'ada@example.org', '10.0.0.2');
INSERT INTO tablets VALUES ('t1', 'of both'), ('t2', 'of Ada'), ('t3', 'of Bo');
INSERT INTO user_tablets VALUES (1, 't1'), (2, 't1'), (1, 't2'), (2, 't3');
INSERT INTO likes VALUES (1, 10), (2, 10), (2, 20), (1, 20);
";

const MAP: &str = r#"
product = "p"
version = "1"
system = "S"
subject = "users"
identity = [{ kind = "account", table = "users", column = "id" }, { kind = "email", table = "users", column = "email", contact = true }]
[tables.users]
key = ["id"]
erase = "delete"
columns = { id = { category = "account" }, email = { category = "contact" }, bio = { category = "content" } }
[tables.prompts]
key = ["id"]
owner = [{ to = "users", on = { user_id = "id" } }]
erase = "delete"
columns = { id = { category = "account" }, user_id = { category = "account" }, line = { category = "content.prompt" }, created_at = { category = "usage" } }
[tables.pictures]
key = ["id"]
owner = [{ to = "users", on = { user_id = "id" } }]
link = [{ to = "pictures", on = { remix_of = "id" }, others = "null" }, { to = "prompts", on = { prompt_id = "id" } }]
erase = "delete"
columns = { id = {}, user_id = {}, prompt_id = {}, remix_of = {}, path = { file = true, category = "image" }, seed = { category = "image" } }
[tables.notes]
key = ["id"]
owner = [{ to = "users", on = { user_id = "id" } }]
erase = "delete"
columns = { id = { category = "content" }, user_id = { category = "account" }, body = { category = "content" }, stars = { category = "content.stars" }, path = { category = "content", file = true }, mood = { category = "content_old" }, of_prompt = {} }
[tables.albums]
key = ["id"]
owner = [{ to = "users", on = { user_id = "id" } }]
erase = "delete"
columns = { id = {}, user_id = {}, title = { category = "album" } }
[tables.pages]
key = ["album_id", "nr"]
owner = [{ to = "albums", on = { album_id = "id" } }]
erase = "delete"
columns = { album_id = {}, nr = {}, line = { category = "album.page" } }
[tables.comments]
key = ["id"]
owner = [{ to = "users", on = { user_id = "id" } }, { to = "comments", on = { up = "id" } }]
shared = "detach"
erase = "delete"
columns = { id = {}, user_id = {}, up = {}, line = { category = "talk" } }
[tables.claps]
key = ["id"]
owner = [{ to = "comments", on = { comment_id = "id" } }]
erase = "delete"
columns = { id = {}, comment_id = {} }
[tables.invoices]
key = ["id"]
owner = [{ to = "users", on = { user_id = "id" } }]
erase = "keep"
keep = { reason = "books", period = "P8Y", after = "issued_on" }
columns = { id = {}, user_id = { category = "account", erase = "null" }, name = { category = "billing" }, issued_on = { category = "billing" } }
[tables.usage_log]
key = ["id"]
owner = [{ to = "users", on = { user_id = "id" } }]
erase = "change"
columns = { id = {}, user_id = { category = "account", erase = "null" }, line = { category = "content", erase = "fixed", value = "$1 (gone)", search = true }, address = { category = "usage", erase = "null" } }
[tables.tablets]
key = ["id"]
owner = [{ to = "user_tablets", on = { id = "tablet" } }]
shared = "keep"
erase = "delete"
columns = { id = { category = "device" }, label = { category = "device" } }
[tables.user_tablets]
key = ["user_id", "tablet"]
owner = [{ to = "users", on = { user_id = "id" } }]
link = [{ to = "tablets", on = { tablet = "id" }, others = "delete" }]
erase = "delete"
columns = { user_id = { category = "account" }, tablet = { category = "device" } }
[tables.likes]
key = ["user_id", "picture_id"]
owner = [{ to = "users", on = { user_id = "id" } }]
link = [{ to = "pictures", on = { picture_id = "id" }, others = "delete" }]
erase = "delete"
columns = { user_id = {}, picture_id = {} }
"#;

async fn world(on: On) -> World {
    let world = World::empty(on).await;
    world.run(SCHEMA).await;
    for name in ["10.png", "11.png", "20.png", "both.png", "n1.png", "n2.png"] {
        std::fs::write(world.files().join(name), name).expect("it is written");
    }
    world
}

/// `content` is a category, `table albums` a table, `item pages 1,0` an item.
fn extent(limits: &[&str]) -> Extent {
    let mut extent = Extent::default();
    for limit in limits {
        let words: Vec<_> = limit.split(' ').map(str::to_owned).collect();
        match words.as_slice() {
            [category] => extent.categories.push(category.clone()),
            [table, name] if table == "table" => extent.tables.push(name.clone()),
            [_, name, key] => {
                extent.items.push(Item { table: name.clone(), key: key.split(',').map(str::to_owned).collect() });
            }
            other => panic!("{other:?}"),
        }
    }
    extent
}

async fn ada(source: &Source, limits: &[&str]) -> Target {
    Target { extent: extent(limits), ..target(source, "account", "1").await }
}

/// Somebody who has no tablet, and is asked about theirs.
async fn target_without_tablets(source: &Source) -> Target {
    Target { extent: extent(&["device"]), ..target(source, "account", "3").await }
}

fn codes(plan: &Plan) -> Vec<(WarningCode, &str, Option<&str>, bool)> {
    plan.warnings.iter().map(|w| (w.code, w.table.as_str(), w.column.as_deref(), w.blocks)).collect()
}

/// Within these limits Ada's erasure leaves the same database as `by_hand`, and these files fewer; its plan counts what
/// it does; once more changes nothing.
async fn leaves(on: On, map: &str, limits: &[&str], by_hand: &str, files: &[&str]) {
    let world = world(on).await;
    let source = world.source(map);
    let ada = ada(&source, limits).await;
    let plan = source.plan(&ada).await.expect("it plans");
    assert!(plan.may_run(), "{limits:?}: {:#?}", plan.warnings);
    let (done, verified) = carry_out(&source, &ada).await.expect("it is carried out");
    assert_eq!(verified.left, [], "{limits:?}: {done:#?}");
    assert_eq!(verified.mentions, [], "{limits:?}: a limited run looks for no mentions");
    let other = self::world(on).await;
    other.run(by_hand).await;
    for file in files {
        std::fs::remove_file(other.files().join(file)).expect("it goes");
    }
    let after = world.dump().await;
    assert_eq!(after, other.dump().await, "{limits:?}: {done:#?}");
    let planned: i64 = plan.tables.iter().filter(|line| line.action != Action::Keep).map(|line| line.rows).sum();
    let of_plan = |step: &str| !step.contains(" loosen ") && !step.starts_with("invoices change ");
    let did: i64 = done.iter().filter(|(step, ..)| of_plan(step)).map(|(_, rows, _)| rows).sum();
    assert_eq!(did, planned, "{limits:?}: {:#?} {done:#?}", plan.tables);
    assert_eq!(plan.files.count, i64::try_from(files.len()).expect("few"), "{limits:?}");
    assert_eq!(source.erasure(&ada).await.expect("it prepares").scope_hash(), plan.scope_hash);
    carry_out(&source, &ada).await.expect("it is carried out again");
    assert_eq!(after, world.dump().await, "{limits:?}: once more");
}

on_every_engine! {
    async fn a_table_goes_with_what_hangs_on_it_and_nothing_above(on: On) {
        leaves(on, MAP, &["table albums"], "DELETE FROM pages WHERE album_id IN (1, 3); DELETE FROM albums WHERE user_id = 1", &[]).await;
        leaves(on, MAP, &["table pages"], "DELETE FROM pages WHERE album_id IN (1, 3)", &[]).await;
        leaves(on, MAP, &["table comments"], "DELETE FROM claps WHERE id IN (1, 2, 4); UPDATE comments SET up = NULL WHERE id IN (2, 3);
            DELETE FROM comments WHERE id IN (1, 2, 3, 4)", &[]).await;
        // whoever points to what goes: a remix of Bo's is cut, likes of the pictures go, Ada's like of Bo's picture stays
        leaves(on, MAP, &["table pictures"], "UPDATE pictures SET remix_of = NULL; DELETE FROM likes WHERE picture_id = 10;
            DELETE FROM pictures WHERE user_id = 1", &["10.png", "11.png"]).await;
        leaves(on, MAP, &["table invoices"], "DELETE FROM invoices WHERE id = 2; UPDATE invoices SET user_id = NULL WHERE id = 1", &[]).await;
        leaves(on, MAP, &["table usage_log"], "UPDATE usage_log SET user_id = NULL, line = '$1 (gone)', address = NULL WHERE id = 1", &[]).await;
        leaves(on, MAP, &["table albums", "table invoices"], "DELETE FROM pages WHERE album_id IN (1, 3); DELETE FROM albums WHERE user_id = 1;
            DELETE FROM invoices WHERE id = 2; UPDATE invoices SET user_id = NULL WHERE id = 1", &[]).await;
    }

    /// Rows of the person outside the limits let go of rows that go; where they cannot, nothing goes.
    async fn rows_outside_the_limits_let_go(on: On) {
        leaves(on, MAP, &["table prompts"], "UPDATE pictures SET prompt_id = NULL WHERE user_id = 1; DELETE FROM prompts WHERE user_id = 1", &[]).await;
        leaves(on, MAP, &["item prompts 1"], "UPDATE pictures SET prompt_id = NULL WHERE prompt_id = 1; DELETE FROM prompts WHERE id = 1", &[]).await;
        leaves(on, MAP, &["item pictures 10"], "UPDATE pictures SET remix_of = NULL WHERE remix_of = 10; DELETE FROM likes WHERE picture_id = 10;
            DELETE FROM pictures WHERE id = 10", &["10.png"]).await;

        let world = world(on).await;
        let kept = "(id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), prompt_id BIGINT NOT NULL REFERENCES prompts (id))";
        world.run(&format!("CREATE TABLE drafts {kept}; INSERT INTO drafts VALUES (1, 1, 1), (2, 2, 2)")).await;
        let drafts = "[tables.drafts]\nkey = [\"id\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }]\n\
            link = [{ to = \"prompts\", on = { prompt_id = \"id\" } }]\nerase = \"delete\"\ncolumns = { id = {}, user_id = {}, prompt_id = {} }\n";
        let source = world.source(&format!("{MAP}{drafts}"));
        let plan = source.plan(&ada(&source, &["item prompts 1"]).await).await.expect("it plans");
        assert_eq!(codes(&plan), [(WarningCode::NotNull, "drafts", Some("prompt_id"), true)]);
        let both = source.plan(&ada(&source, &["item prompts 1", "table drafts"]).await).await.expect("it plans");
        assert!(both.may_run(), "{:#?}", both.warnings);
        let free = source.plan(&ada(&source, &["item prompts 0"]).await).await.expect("it plans");
        assert!(free.may_run(), "{:#?}", free.warnings);
    }

    async fn an_item_goes_alone_and_only_where_it_is_the_persons(on: On) {
        leaves(on, MAP, &["item prompts 0"], "DELETE FROM prompts WHERE id = 0", &[]).await;
        leaves(on, MAP, &["item pages 1,0"], "DELETE FROM pages WHERE album_id = 1 AND nr = 0", &[]).await;
        leaves(on, MAP, &["item albums 1"], "DELETE FROM pages WHERE album_id = 1; DELETE FROM albums WHERE id = 1", &[]).await;
        // a chain of answers, from its middle down
        leaves(on, MAP, &["item comments 2"], "DELETE FROM claps WHERE id IN (1, 4); DELETE FROM comments WHERE id = 3; DELETE FROM comments WHERE id = 2", &[]).await;
        leaves(on, MAP, &["item comments 4", "item pages 3,1"], "DELETE FROM claps WHERE id = 2; DELETE FROM comments WHERE id = 4;
            DELETE FROM pages WHERE album_id = 3", &[]).await;
        // a file that a note names too stays
        leaves(on, MAP, &["item pictures 12"], "DELETE FROM pictures WHERE id = 12", &[]).await;
        // somebody else's, next to one's own
        leaves(on, MAP, &["item prompts 0", "item prompts 2"], "DELETE FROM prompts WHERE id = 0", &[]).await;

        let world = world(on).await;
        let source = world.source(MAP);
        let before = world.dump().await;
        for item in ["prompts 2", "prompts 99", "prompts x", "prompts 1' OR '1'='1".split(' ').next().unwrap_or(""), "pages 2,0", "pages 1,x",
            "comments 6", "users 2", "prompts 99999999999999999999", "tablets t3"] {
            let item = if item == "prompts" { "prompts 1'OR'1'='1" } else { item };
            let theirs = ada(&source, &[&format!("item {item}")]).await;
            let plan = source.plan(&theirs).await.expect("it plans");
            let table = item.split(' ').next().expect("a table");
            assert_eq!(codes(&plan), [(WarningCode::NothingFound, table, None, true)], "{item}");
            assert_eq!(plan.tables, [], "{item}");
            let (done, _) = carry_out(&source, &theirs).await.expect("it is carried out");
            assert!(done.iter().all(|(_, rows, _)| *rows == 0), "{item}: {done:?}");
        }
        assert_eq!(world.dump().await, before);
        let half = source.plan(&ada(&source, &["item prompts 0", "item prompts 2"]).await).await.expect("it plans");
        assert_eq!(codes(&half), [(WarningCode::NothingFound, "prompts", None, false)]);
    }

    async fn a_category_goes_by_rows_where_they_say_nothing_else_and_by_columns_elsewhere(on: On) {
        // rows of prompts say nothing else; notes have another category beside it, and both.png is a picture's too
        leaves(on, MAP, &["content"], "UPDATE pictures SET prompt_id = NULL WHERE user_id = 1; DELETE FROM prompts WHERE user_id = 1;
            UPDATE notes SET body = '', stars = 0, path = NULL WHERE user_id = 1; UPDATE users SET bio = NULL WHERE id = 1;
            UPDATE usage_log SET line = '$1 (gone)' WHERE id = 1", &["n1.png"]).await;
        leaves(on, MAP, &["content.prompt"], "UPDATE pictures SET prompt_id = NULL WHERE user_id = 1; DELETE FROM prompts WHERE user_id = 1", &[]).await;
        leaves(on, MAP, &["content_old"], "UPDATE notes SET mood = NULL WHERE user_id = 1", &[]).await;
        leaves(on, MAP, &["content", "content_old"], "UPDATE pictures SET prompt_id = NULL WHERE user_id = 1; DELETE FROM prompts WHERE user_id = 1;
            UPDATE notes SET body = '', stars = 0, path = NULL, mood = NULL WHERE user_id = 1; UPDATE users SET bio = NULL WHERE id = 1;
            UPDATE usage_log SET line = '$1 (gone)' WHERE id = 1", &["n1.png"]).await;
        // what hangs on a row goes with it, where it says nothing else
        leaves(on, MAP, &["album"], "DELETE FROM pages WHERE album_id IN (1, 3); DELETE FROM albums WHERE user_id = 1", &[]).await;
        leaves(on, MAP, &["album.page"], "DELETE FROM pages WHERE album_id IN (1, 3)", &[]).await;
        leaves(on, MAP, &["talk"], "DELETE FROM claps WHERE id IN (1, 2, 4); UPDATE comments SET up = NULL WHERE id IN (2, 3);
            DELETE FROM comments WHERE id IN (1, 2, 3, 4)", &[]).await;
        // kept rows lose what the map says, and go once past their period
        leaves(on, MAP, &["billing"], "DELETE FROM invoices WHERE id = 2", &[]).await;
        leaves(on, MAP, &["usage"], "UPDATE prompts SET created_at = NULL WHERE user_id = 1; UPDATE usage_log SET address = NULL WHERE user_id = 1", &[]).await;
        // columns of one category and a whole row of another limit
        leaves(on, MAP, &["content_old", "item notes 1"], "DELETE FROM notes WHERE id = 1; UPDATE notes SET mood = NULL WHERE user_id = 1", &["n1.png"]).await;
        // a tablet that is somebody else's too stays
        leaves(on, MAP, &["device"], "DELETE FROM user_tablets WHERE user_id = 1; DELETE FROM tablets WHERE id = 't2'", &[]).await;
    }

    /// An album is not deleted for its title while its pages say something else.
    async fn a_row_stays_while_something_else_hangs_on_it(on: On) {
        let map = MAP.replace("line = { category = \"album.page\" }", "line = { category = \"words\" }");
        leaves(on, &map, &["album"], "UPDATE albums SET title = NULL WHERE user_id = 1", &[]).await;
    }

    async fn a_column_that_cannot_become_empty_stops(on: On) {
        let world = world(on).await;
        let source = world.source(MAP);
        let before = world.dump().await;
        for (category, expected) in [
            ("contact", vec![(WarningCode::KeyColumn, "users", Some("email"), true)]),
        ] {
            let theirs = ada(&source, &[category]).await;
            let plan = source.plan(&theirs).await.expect("it plans");
            let blocking: Vec<_> = codes(&plan).into_iter().filter(|(.., blocks)| *blocks).collect();
            assert_eq!(blocking, expected, "{category}");
            assert!(matches!(carry_out(&source, &theirs).await, Err(Error::Drift(_))), "{category}");
        }
        let keyed = MAP.replace("label = { category = \"device\" }", "label = { category = \"words\" }");
        let source = world.source(&keyed);
        let plan = source.plan(&ada(&source, &["device"]).await).await.expect("it plans");
        let fine = source.plan(&target_without_tablets(&source).await).await.expect("it plans");
        assert!(fine.warnings.iter().all(|w| w.code != WarningCode::KeyColumn), "there is nothing of theirs: {:#?}", fine.warnings);
        assert!(codes(&plan).contains(&(WarningCode::KeyColumn, "user_tablets", Some("tablet"), true)), "{:#?}", plan.warnings);
        assert_eq!(world.dump().await, before);
        // a link that may be null becomes null, one that may not stops
        let linked = MAP.replace("of_prompt = {}", "of_prompt = { category = \"pointing\" }");
        let source = world.source(&linked);
        world.run("UPDATE notes SET of_prompt = 1").await;
        carry_out(&source, &ada(&source, &["pointing"]).await).await.expect("it is carried out");
        assert_eq!(world.rows("notes", "of_prompt IS NULL").await.len(), 2);
    }

    async fn what_is_not_in_the_map_is_an_error_that_says_what_there_is(on: On) {
        let world = world(on).await;
        let source = world.source(MAP);
        for (limit, says) in [
            ("conten", "no category \"conten\"; it has: account, album, album.page, billing"),
            ("table albumes", "no table \"albumes\"; it has: albums, claps"),
            ("item albumes 1", "no table \"albumes\"; it has: albums, claps"),
            ("item pages 1", "its key (album_id, nr), not by 1 values"),
        ] {
            let theirs = ada(&source, &[limit]).await;
            for error in [
                source.plan(&theirs).await.expect_err("it is refused"),
                source.plan_copy(&theirs.subjects, &[], (CopyForm::Full, &theirs.extent)).await.expect_err("it is refused"),
                source.erasure(&theirs).await.expect_err("it is refused"),
            ] {
                assert!(matches!(error, Error::Limits(_)) && error.to_string().contains(says), "{error}");
            }
        }
        // above a category there may be others only
        let above = source.plan(&ada(&source, &["content.prompt.x"]).await).await.expect_err("it is refused");
        assert!(above.to_string().contains("content.prompt"), "{above}");
    }

    async fn the_scope_hash_has_every_limit(on: On) {
        let world = world(on).await;
        let source = world.source(MAP);
        let mut seen = Vec::new();
        for limits in [
            vec![], vec!["content"], vec!["content.prompt"], vec!["table prompts"], vec!["item prompts 0"], vec!["item prompts 1"],
            vec!["item prompts 0", "item prompts 1"], vec!["content", "table prompts"],
        ] {
            let theirs = ada(&source, &limits).await;
            let copy = source.plan_copy(&theirs.subjects, &[], (CopyForm::Full, &theirs.extent)).await.expect("it plans").scope_hash;
            for hash in [source.plan(&theirs).await.expect("it plans").scope_hash, copy] {
                assert!(!seen.contains(&hash), "{limits:?}");
                seen.push(hash);
            }
        }
        let turned = source.plan(&ada(&source, &["item prompts 1", "item prompts 0", "item prompts 1"]).await).await.expect("it plans");
        assert_eq!(turned.scope_hash, seen[12]);
    }

    async fn a_limited_plan_without_rows_is_a_question(on: On) {
        let world = world(on).await;
        world.run("DELETE FROM pages WHERE album_id <> 2").await;
        let source = world.source(MAP);
        let plan = source.plan(&ada(&source, &["table pages"]).await).await.expect("it plans");
        assert_eq!(codes(&plan), [(WarningCode::NothingFound, "", None, true)]);
        let kept = source.plan(&ada(&source, &["billing"]).await).await.expect("it plans");
        assert!(kept.tables.iter().any(|line| line.action == Action::Keep && line.rows == 1), "{:#?}", kept.tables);
    }

    async fn shared_rows_are_asked_about_within_the_limits_only(on: On) {
        let world = world(on).await;
        let source = world.source(&MAP.replace("shared = \"keep\"\n", ""));
        let blocked = source.plan(&ada(&source, &["table tablets"]).await).await.expect("it plans");
        assert_eq!(codes(&blocked), [(WarningCode::SharedRow, "tablets", None, true)]);
        let item = source.plan(&ada(&source, &["item tablets t2"]).await).await.expect("it plans");
        assert!(item.may_run(), "{:#?}", item.warnings);
        let elsewhere = source.plan(&ada(&source, &["table albums"]).await).await.expect("it plans");
        assert_eq!(codes(&elsewhere), []);
    }

    async fn a_copy_has_what_is_meant_and_says_nothing_of_the_rest(on: On) {
        let world = world(on).await;
        let names = |opened: &crate::testing::generation::opened::Opened| opened.told.tables.iter().map(|t| t.table.clone()).collect::<Vec<_>>();

        let content = copy_of(&world, MAP, "1", extent(&["content"])).await;
        assert_eq!(names(&content), ["users", "notes", "prompts", "usage_log"]);
        assert_eq!(content.rows("prompts"), [r#"{"line":"a cow"}"#, r#"{"line":"a fox"}"#, r#"{"line":"zero"}"#]);
        assert_eq!(content.rows("users"), [r#"{"bio":"paints"}"#]);
        assert!(content.rows("notes")[1].starts_with(r#"{"body":"mine","id":1,"path":"files/"#), "{:?}", content.rows("notes"));
        assert!(!content.rows("notes").concat().contains("mood") && content.told.files.count == 2);
        assert_eq!(content.manifest()["limited_to"]["categories"][0], "content");
        assert!(content.told.tables.iter().all(|table| table.left_out.is_empty()) && content.told.left_out.is_empty());
        content.is_sound();

        let pages = copy_of(&world, MAP, "1", extent(&["table albums", "item prompts 0"])).await;
        assert_eq!(names(&pages), ["albums", "pages", "prompts"]);
        assert_eq!((pages.rows("pages").len(), pages.rows("prompts").len(), pages.told.files.count), (3, 1, 0));
        pages.is_sound();

        let both = copy_of(&world, MAP, "1", extent(&["content_old", "item notes 1"])).await;
        assert_eq!(both.rows("notes")[1], r#"{"body":null,"id":null,"mood":null,"of_prompt":null,"path":null,"stars":null,"user_id":null}"#);
        assert!(both.rows("notes")[0].contains("\"body\":\"mine\"") && both.told.files.count == 1);
        both.is_sound();

        let source = world.source(MAP);
        let ada = ada(&source, &["item prompts 2", "item prompts 0"]).await;
        let plan = source.plan_copy(&ada.subjects, &[], (CopyForm::Full, &ada.extent)).await.expect("it plans");
        assert_eq!(codes(&plan), [(WarningCode::NothingFound, "prompts", None, false)]);
        assert_eq!(plan.tables.iter().map(|line| line.rows).collect::<Vec<_>>(), [1]);
    }
}
