//! A person goes, and nobody else is touched.

use super::{
    on_every_engine,
    world::{MAP, On, World, carry_out, target},
};
use crate::domain::plan::{Action, WarningCode};

on_every_engine! {
    async fn a_person_is_found_by_every_identity_and_nobody_by_another(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        for (kind, value, who) in [
            ("email", "ada@example.org", vec!["1"]), ("email", " ADA@example.ORG ", vec!["1"]), ("account", "1", vec!["1"]),
            ("account", "0", vec!["0"]), ("device", "phone", vec!["1"]), ("device", "tablet", vec!["1", "2"]),
            ("email", "ada@example.or", vec![]), ("account", "1 OR 1=1", vec![]), ("account", "x", vec![]),
            ("email", "%", vec![]), ("shoe size", "1", vec![]), ("device", "", vec![]), ("email", "ad\u{e1}@example.org", vec![]),
        ] {
            let found = target(&source, kind, value).await;
            let keys: Vec<_> = found.subjects.iter().map(|key| key.0.join("/")).collect();
            assert_eq!(keys, who, "{kind} {value:?}");
        }
        assert_eq!(target(&source, "account", "1").await.texts, ["Ada@Example.org"]);
    }

    async fn a_mention_is_found_however_its_letters_are_written(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let mut ada = target(&source, "email", "ada@example.org").await;
        // SQLite knows the letters of one alphabet only
        let umlaut = if on == On::Sqlite { "\u{e4}" } else { "\u{c4}" };
        for (text, looked_for, is_there) in [
            ("ask ADA@EXAMPLE.ORG", "Ada@Example.org".to_owned(), true),
            ("ask \u{e4}da@example.org", format!("{umlaut}DA@Example.org"), true),
            ("ask \u{e4}da@example.org", "ada@example.org".to_owned(), false),
        ] {
            world.run(&format!("UPDATE usage_log SET line = '{text}' WHERE id = 2")).await;
            ada.texts = vec![looked_for];
            let plan = source.plan(&ada).await.expect("it plans");
            let mentions = plan.warnings.iter().filter(|w| w.code == WarningCode::OtherSubject).map(|w| w.rows).sum::<i64>();
            assert_eq!(mentions, i64::from(is_there), "{text} by {:?}", ada.texts);
        }
    }

    async fn a_plan_counts_what_the_erasure_then_does(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        assert_eq!(source.check().await.expect("it checks"), []);
        let ada = target(&source, "email", "ada@example.org").await;
        let plan = source.plan(&ada).await.expect("it plans");
        let lines: Vec<_> = plan.tables.iter().map(|l| (l.table.as_str(), l.action, l.rows, l.of_others)).collect();
        for expected in [
            ("users", Action::Null, 1, true),
            ("images", Action::Null, 1, true),
            ("likes", Action::Delete, 2, true),
            ("likes", Action::Delete, 1, false),
            ("images", Action::Delete, 4, false),
            ("logins", Action::Delete, 2, false),
            ("user_devices", Action::Delete, 2, false),
            ("devices", Action::Delete, 1, false),
            ("invoices", Action::Delete, 1, false),
            ("invoices", Action::Keep, 1, false),
            ("usage_log", Action::Pseudonym, 2, false),
            ("order", Action::Delete, 1, false),
            ("users", Action::Delete, 1, false),
        ] {
            assert!(lines.contains(&expected), "{expected:?} in {lines:#?}");
        }
        assert_eq!(lines.len(), 13, "{lines:#?}");
        let kept = plan.tables.iter().find(|line| line.action == Action::Keep).expect("an invoice is kept");
        assert_eq!(kept.keep_until.as_deref(), Some("2032-05-06"));
        assert_eq!((plan.files.count, plan.files.bytes), (2, 32));
        assert!(plan.may_run(), "{:#?}", plan.warnings);
        let codes: Vec<_> = plan.warnings.iter().map(|w| (w.code, w.table.as_str(), w.rows)).collect();
        for expected in [
            (WarningCode::SharedRow, "devices", 1),
            (WarningCode::SharedRow, "images", 1),
            (WarningCode::OtherSubject, "usage_log", 1),
        ] {
            assert!(codes.contains(&expected), "{expected:?} in {codes:?}");
        }

        let (done, verified) = carry_out(&source, &ada).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        assert_eq!(verified.mentions, [("usage_log".to_owned(), 1)]);
        let files: i64 = done.iter().map(|(_, _, files)| files).sum();
        assert_eq!(files, 2);
        for (table, condition) in [
            ("users", "id = 1"), ("images", "user_id = 1"), ("logins", "user_id = 1"), ("likes", "user_id = 1"),
            ("user_devices", "user_id = 1"), ("devices", "serial = 'phone'"), ("invoices", "user_id = 1 OR id = 101"),
            ("usage_log", "user_id = 1 OR account = 'ada'"), ("order", "\"user\" = 1"), ("likes", "image_id IN (10, 11)"),
        ] {
            assert_eq!(world.rows(table, condition).await, [] as [String; 0], "{table} {condition}");
        }
        assert_eq!(world.rows("invoices", "id = 100 AND user_id IS NULL AND name = 'Ada'").await.len(), 1);
        assert_eq!(world.rows("usage_log", "account LIKE 'p\\_%' ESCAPE '\\'").await.len(), 2);
        assert!(!world.files().join("a/10.png").exists() && world.files().join("shared.png").exists());
    }

    async fn everybody_else_is_untouched_to_the_byte(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let ada = target(&source, "account", "1").await;
        carry_out(&source, &ada).await.expect("it is carried out");
        let after = world.dump().await;
        // the same database as if Ada's rows had been taken out by hand, and the links to them cut
        let by_hand = World::new(on).await;
        by_hand.run("UPDATE users SET referred_by = NULL WHERE referred_by = 1;
            UPDATE images SET remix_of = NULL WHERE remix_of IN (10, 11, 12, 13);
            DELETE FROM likes WHERE user_id = 1 OR image_id IN (10, 11, 12, 13); DELETE FROM images WHERE user_id = 1;
            DELETE FROM logins WHERE user_id = 1; DELETE FROM user_devices WHERE user_id = 1;
            DELETE FROM devices WHERE serial = 'phone'; DELETE FROM invoices WHERE id = 101;
            UPDATE invoices SET user_id = NULL WHERE id = 100;
            UPDATE usage_log SET user_id = NULL, account = 'p_aaaaaaaaaaaaaaaaaaaaaaaaaa' WHERE user_id = 1;
            DELETE FROM \"order\" WHERE \"user\" = 1; DELETE FROM users WHERE id = 1;").await;
        for name in ["a/10.png", "a/11.png"] {
            std::fs::remove_file(by_hand.files().join(name)).expect("it goes");
        }
        assert_eq!(after, by_hand.dump().await);
        // and once more changes nothing
        carry_out(&source, &ada).await.expect("it is carried out again");
        assert_eq!(after, world.dump().await);
    }

    async fn a_key_of_zero_is_a_key(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let cy = target(&source, "email", "cy@example.org").await;
        carry_out(&source, &cy).await.expect("it is carried out");
        assert_eq!(world.rows("users", "id = 0").await.len() + world.rows("likes", "user_id = 0").await.len(), 0);
        assert_eq!(world.rows("users", "1 = 1").await.len(), 2);
    }

    async fn two_accounts_go_in_one_run(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let both = target(&source, "device", "tablet").await;
        let (_, verified) = carry_out(&source, &both).await.expect("it is carried out");
        assert_eq!(verified.left, []);
        assert_eq!(world.rows("users", "1 = 1").await.len(), 1);
        assert_eq!(world.rows("devices", "1 = 1").await, [] as [String; 0]);
        assert!(!world.files().join("shared.png").exists());
    }

    async fn rows_that_come_meanwhile_are_found_again(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let ada = target(&source, "account", "1").await;
        let erasure = source.erasure(&ada).await.expect("it prepares");
        let logins = erasure.steps().iter().position(|step| step.table == "logins").expect("a step");
        let mut rows = erasure.open(logins).await.expect("it opens");
        assert_eq!(erasure.next(logins, &mut rows).await.expect("a batch").rows, 2);
        drop(rows);
        world.run("INSERT INTO logins VALUES (1, '2026-11-24 00:00:00', NULL)").await;
        assert!(erasure.verify().await.expect("it looks").left.contains(&("logins delete".to_owned(), 1)));
        let mut rows = erasure.open(logins).await.expect("it opens");
        assert_eq!(erasure.next(logins, &mut rows).await.expect("a batch").rows, 1);
    }

    /// Answers to a person's comment belong to that person, however deep; what hangs on them too.
    async fn a_chain_of_rows_is_followed_to_its_end(on: On) {
        let world = World::new(on).await;
        world.run("CREATE TABLE comments (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), up BIGINT REFERENCES comments (id));
            CREATE TABLE stars (id BIGINT PRIMARY KEY, comment_id BIGINT NOT NULL REFERENCES comments (id));
            INSERT INTO comments VALUES (1, 1, NULL), (2, NULL, 1), (3, NULL, 2), (4, NULL, 3), (5, 2, NULL), (6, NULL, 5), (7, NULL, 4);
            UPDATE comments SET up = 7 WHERE id = 1;
            INSERT INTO stars VALUES (1, 4), (2, 6), (3, 1);").await;
        let comments = "[tables.comments]\nkey = [\"id\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }, { to = \"comments\", on = { up = \"id\" } }]\nerase = \"delete\"\ncolumns = { id = {}, user_id = {}, up = {} }\n";
        let stars = "[tables.stars]\nkey = [\"id\"]\nowner = [{ to = \"comments\", on = { comment_id = \"id\" } }]\nerase = \"delete\"\ncolumns = { id = {}, comment_id = {} }\n";
        let source = world.source(&format!("{MAP}{comments}{stars}"));
        let ada = target(&source, "account", "1").await;
        let plan = source.plan(&ada).await.expect("it plans");
        assert!(plan.may_run(), "{:#?}", plan.warnings);
        for (table, rows) in [("comments", 5), ("stars", 2)] {
            assert!(plan.tables.iter().any(|line| line.table == table && line.rows == rows), "{table}: {:#?}", plan.tables);
        }
        // a portion of a step that is done again finds nothing to do again
        let erasure = source.erasure(&ada).await.expect("it prepares");
        let loosened = erasure.steps().iter().position(|step| step.label() == "comments loosen up=null").expect("a step");
        let mut rows = erasure.open_keys(loosened).await.expect("it opens");
        let keys = erasure.next_keys(loosened, &mut rows).await.expect("it reads").expect("there are keys");
        drop(rows);
        for expected in [5, 0] {
            assert_eq!(erasure.found_of(loosened, &keys).await.expect("it counts"), expected);
            assert_eq!(erasure.portion(loosened, &keys).await.expect("it is done").rows, expected);
        }
        world.run("UPDATE comments SET up = 7 WHERE id = 1; UPDATE comments SET up = 1 WHERE id = 2; UPDATE comments SET up = 2 WHERE id = 3;
            UPDATE comments SET up = 3 WHERE id = 4; UPDATE comments SET up = 4 WHERE id = 7").await;
        let (done, verified) = carry_out(&source, &ada).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        assert_eq!(world.rows("comments", "1 = 1").await.len(), 2);
        assert_eq!(world.rows("stars", "id = 2").await.len(), 1);
    }

    /// Tables with files, one with two columns of them and one with one: what a connection learned at the first is not
    /// believed at the second.
    async fn tables_with_files_may_differ(on: On) {
        let world = World::new(on).await;
        world.run("CREATE TABLE avatars (user_id BIGINT PRIMARY KEY REFERENCES users (id), small VARCHAR(60), large VARCHAR(60));
            CREATE INDEX avatars_small ON avatars (small); INSERT INTO avatars VALUES (1, 'a/s.png', 'a/l.png'), (2, NULL, NULL)").await;
        for name in ["a/s.png", "a/l.png"] {
            std::fs::write(world.files().join(name), "picture").expect("it is written");
        }
        let avatars = "[tables.avatars]\nkey = [\"user_id\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }]\nerase = \"delete\"\ncolumns = { user_id = {}, small = { file = true }, large = { file = true } }\n";
        let source = world.source(&format!("{MAP}{avatars}"));
        for account in ["1", "2", "0"] {
            let who = target(&source, "account", account).await;
            let (done, verified) = carry_out(&source, &who).await.expect("it is carried out");
            assert_eq!(verified.left, [], "{done:#?}");
        }
        assert_eq!(world.rows("avatars", "1 = 1").await.len() + world.rows("images", "1 = 1").await.len(), 0);
        assert!(!world.files().join("a/s.png").exists() && !world.files().join("b/20.png").exists());
    }

    /// Two tables that refer to each other: the link that may be null is cut first.
    async fn a_circle_of_references_is_cut_where_it_may_be(on: On) {
        let world = World::new(on).await;
        world.run("CREATE TABLE albums (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), cover BIGINT);
            CREATE TABLE pages (id BIGINT PRIMARY KEY, album_id BIGINT NOT NULL REFERENCES albums (id));").await;
        match on {
            On::Postgres | On::Maria => world.run("ALTER TABLE albums ADD FOREIGN KEY (cover) REFERENCES pages (id)").await,
            On::Sqlite => world.run("DROP TABLE albums; CREATE TABLE albums (id BIGINT PRIMARY KEY,
                user_id BIGINT NOT NULL REFERENCES users (id), cover BIGINT REFERENCES pages (id))").await,
        }
        world.run("INSERT INTO albums VALUES (1, 1, NULL), (2, 2, NULL); INSERT INTO pages VALUES (1, 1), (2, 2);
            UPDATE albums SET cover = id").await;
        let albums = "[tables.albums]\nkey = [\"id\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }]\nlink = [{ to = \"pages\", on = { cover = \"id\" }, others = \"null\" }]\nerase = \"delete\"\ncolumns = { id = {}, user_id = {}, cover = {} }\n";
        let pages = "[tables.pages]\nkey = [\"id\"]\nowner = [{ to = \"albums\", on = { album_id = \"id\" } }]\nerase = \"delete\"\ncolumns = { id = {}, album_id = {} }\n";
        let source = world.source(&format!("{MAP}{albums}{pages}"));
        let ada = target(&source, "account", "1").await;
        let (done, verified) = carry_out(&source, &ada).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        assert_eq!(world.rows("albums", "1 = 1").await.len() + world.rows("pages", "1 = 1").await.len(), 2);
    }
}
