//! A person's copy: everything of theirs, once, and nothing of anybody else's.

use super::{
    on_every_engine,
    opened::copy,
    world::{MAP, On, World, target},
};
use crate::{
    domain::{
        copy::CopyForm,
        plan::{Action, WarningCode},
    },
    generation::{Extent, export::REDACTED},
};

/// The map with what copies are told, too.
fn told_map() -> String {
    [
        ("[tables.users]", "[tables.users]\ntitle = \"Your account\""),
        ("email = {}, name = {},", "email = { title = \"Mail\" }, name = {},"),
        ("at = {}, address = {} }", "at = {}, address = { leave_out = \"it gives away our network\" } }"),
        ("referred_by = {} }", "referred_by = { redact = \"always\" } }"),
        ("model = {} }", "model = { redact = \"shared\", category = \"device\", purpose = \"security\" } }"),
        ("[tables.usage_log]", "[tables.usage_log]\nleave_out = \"it would show how abuse is found\""),
    ]
    .iter()
    .fold(MAP.to_owned(), |map, (from, to)| {
        assert!(map.contains(from), "the map has no {from}");
        map.replacen(from, to, 1)
    })
}

on_every_engine! {
    async fn everything_of_a_person_once_and_nothing_of_anybody_else(on: On) {
        let world = World::new(on).await;
        let before = world.dump().await;
        let copied = copy(&world, MAP, "1").await;
        for (table, expected) in [
            ("users", vec![r#"{"email":"Ada@Example.org","id":1,"name":"Ada","referred_by":null}"#]),
            ("logins", vec![
                r#"{"address":"10.0.0.1","at":"2026-01-02 03:04:05","user_id":1}"#,
                r#"{"address":null,"at":"2026-01-03 03:04:05","user_id":1}"#,
            ]),
            ("likes", vec![r#"{"image_id":20,"user_id":1}"#]),
            ("devices", vec![r#"{"model":"of Ada alone","serial":"phone"}"#, r#"{"model":"shared by two","serial":"tablet"}"#]),
            ("user_devices", vec![r#"{"serial":"phone","user_id":1}"#, r#"{"serial":"tablet","user_id":1}"#]),
            ("invoices", vec![
                r#"{"id":100,"issued_on":"2024-05-06","name":"Ada","user_id":1}"#,
                r#"{"id":101,"issued_on":"2017-01-01","name":"Ada","user_id":1}"#,
            ]),
            ("usage_log", vec![
                r#"{"account":"ada","id":1,"line":"made one","user_id":1}"#,
                r#"{"account":"ada","id":3,"line":null,"user_id":1}"#,
            ]),
            ("order", vec![r#"{"Id":1,"camelCase":"x","user":1}"#]),
        ] {
            assert_eq!(copied.rows(table), expected, "{table}");
        }
        let images = copied.rows("images");
        assert_eq!(images.len(), 4, "{images:#?}");
        for (id, named) in [(10, true), (11, true), (12, true), (13, false)] {
            let row = images.iter().find(|row| row.contains(&format!("\"id\":{id},"))).expect("it is there");
            assert_eq!(row.contains("\"object_key\":\"files/"), named, "{row}");
        }
        copied.is_sound();
        assert_eq!((copied.told.files.count, copied.told.missing), (3, 0));
        let mut files: Vec<_> = copied.files().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
        files.sort();
        assert_eq!(files, ["picture a/10.png", "picture a/11.png", "picture shared.png"]);
        // of others there is nothing, not even in names
        assert!(copied.entries.values().all(|bytes| !String::from_utf8_lossy(bytes).contains("bo@example")));
        assert!(copied.entries.keys().all(|path| !path.contains("10.png") && !path.contains("..")));
        assert_eq!(world.dump().await, before);
    }

    async fn a_plan_counts_what_the_copy_then_has(on: On) {
        let world = World::new(on).await;
        let (map, source) = (told_map(), world.source(&told_map()));
        let ada = target(&source, "account", "1").await;
        let plan = source.plan_copy(&ada.subjects, &ada.found_by, (CopyForm::Full, &ada.extent)).await.expect("it plans");
        assert!(plan.may_run(), "{:?}", plan.warnings);
        let copied = copy(&world, &map, "1").await.told;
        let planned: Vec<_> = plan
            .tables
            .iter()
            .filter(|line| line.action == Action::Copy)
            .map(|line| (line.table.clone(), line.rows))
            .collect();
        let packed: Vec<_> = copied.tables.iter().map(|table| (table.table.clone(), table.rows)).collect();
        assert_eq!(planned, packed);
        assert_eq!(plan.totals().copied, 15);
        assert_eq!((plan.files.count, plan.files.bytes), (3, 50));
        assert_eq!(plan.files, copied.files);
        let line = |name: &str| plan.tables.iter().find(|line| line.table == name).expect("it is planned");
        assert_eq!(line("usage_log").action, Action::LeaveOut);
        assert_eq!(line("usage_log").reason.as_deref(), Some("it would show how abuse is found"));
        assert_eq!(line("logins").columns["address"], Action::LeaveOut);
        assert_eq!(line("users").columns["referred_by"], Action::Redact);
        let nobody = source.plan_copy(&[], &[], (CopyForm::Full, &Extent::default())).await.expect("it plans");
        assert_eq!(nobody.warnings[0].code, WarningCode::NothingFound);
        assert!(!nobody.may_run());
    }

    async fn what_is_not_told_is_said(on: On) {
        let world = World::new(on).await;
        let copied = copy(&world, &told_map(), "2").await;
        let bo = format!(r#"{{"email":"bo@example.org","id":2,"name":"Bo","referred_by":"{REDACTED}"}}"#);
        assert_eq!(copied.rows("users"), [bo]);
        assert_eq!(copied.rows("devices"), [
            format!(r#"{{"model":"{REDACTED}","serial":"tablet"}}"#),
            r#"{"model":"of Bo","serial":"laptop"}"#.to_owned(),
        ]);
        assert_eq!(copied.rows("logins"), [r#"{"at":"2026-01-02 00:00:00","user_id":2}"#]);
        assert!(!copied.entries.contains_key("data/usage_log.json") && !copied.entries.contains_key("data/usage_log.csv"));
        assert_eq!((copied.told.left_out[0].table.as_str(), copied.told.left_out[0].rows), ("usage_log", 1));
        let page = copied.page();
        for says in [
            "Your account", "Mail", "it would show how abuse is found", "it gives away our network", "about somebody else",
            "For <bdi>Bo &#60;b&#62;</bdi>", "R-10021", "Storage Ltd", "You may complain", "device", "security", "books of account",
        ] {
            assert!(page.contains(says), "the page does not say {says}");
        }
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("http://"));
        assert!(page.find("Storage Ltd") < page.find("Your records"), "what the law wants told comes first");
        copied.is_sound();
    }

    async fn rows_that_belong_through_others_are_there_once(on: On) {
        let world = World::new(on).await;
        // two owners, and answers to answers
        world.run(
            "CREATE TABLE comments (id BIGINT PRIMARY KEY, image_id BIGINT REFERENCES images (id), parent_id BIGINT REFERENCES comments (id), user_id BIGINT REFERENCES users (id), line TEXT);
             INSERT INTO comments VALUES (1, 10, NULL, 1, 'mine'), (2, 10, NULL, 2, 'of Bo on mine'), (3, 20, NULL, 1, 'mine on one of Bo'),
                (4, NULL, 3, NULL, 'an answer to mine'), (5, NULL, 4, NULL, 'and one to that'), (6, 20, NULL, 2, 'of Bo'), (7, NULL, 6, NULL, 'an answer to Bo'), (8, 11, NULL, 1, 'mine twice');"
        ).await;
        let comments = r#"
            [tables.comments]
            key = ["id"]
            erase = "delete"
            shared = "delete"
            owner = [
                { to = "users", on = { user_id = "id" } },
                { to = "images", on = { image_id = "id" } },
                { to = "comments", on = { parent_id = "id" } },
            ]
            columns = { id = {}, image_id = {}, parent_id = {}, user_id = {}, line = { redact = "shared" } }
        "#;
        let copied = copy(&world, &format!("{MAP}{comments}"), "1").await;
        let rows: Vec<serde_json::Value> =
            copied.rows("comments").iter().map(|row| serde_json::from_str(row).expect("JSON")).collect();
        let lines: Vec<_> = rows.iter().map(|row| (row["id"].as_i64().expect("a number"), row["line"].as_str().expect("text"))).collect();
        let expected = [
            (1, "mine"), (2, REDACTED), (3, REDACTED), (4, "an answer to mine"), (5, "and one to that"), (8, "mine twice"),
        ];
        assert_eq!(lines, expected);
        copied.is_sound();
    }

    async fn what_hangs_on_something_shared_is_left_out_and_said(on: On) {
        let world = World::new(on).await;
        world.run("CREATE TABLE device_logins (id BIGINT PRIMARY KEY, serial VARCHAR(60) NOT NULL REFERENCES devices (serial));
            INSERT INTO device_logins VALUES (1, 'tablet'), (2, 'phone'), (3, 'laptop');").await;
        let more = "\n[tables.device_logins]\nkey = [\"id\"]\nerase = \"delete\"\n\
            owner = [{ to = \"devices\", on = { serial = \"serial\" } }]\ncolumns = { id = {}, serial = {} }\n";
        let map = MAP.to_owned() + more;
        let copied = copy(&world, &map, "1").await;
        assert_eq!(copied.rows("device_logins"), [r#"{"id":2,"serial":"phone"}"#], "the tablet may have been used by another");
        let table = copied.told.tables.iter().find(|table| table.table == "device_logins").expect("it is there");
        assert!(table.left_out.iter().any(|(_, why)| why.contains("Devices") && why.contains("share")), "{:?}", table.left_out);
        assert!(copied.page().contains("that you share with somebody else"));
        let users = copied.told.tables.iter().find(|table| table.table == "users").expect("it is there");
        assert!(users.left_out.is_empty());
    }

    async fn the_persons_own_number_is_about_nobody_else(on: On) {
        let world = World::new(on).await;
        world.run("UPDATE images SET remix_of = 10 WHERE id = 12; UPDATE users SET referred_by = 1 WHERE id = 1").await;
        let copied = copy(&world, &told_map(), "1").await;
        assert_eq!(copied.rows("users"), [r#"{"email":"Ada@Example.org","id":1,"name":"Ada","referred_by":1}"#]);
        assert!(copied.told.tables.iter().all(|table| table.table != "users" || table.redacted.is_empty()));
        let nobody = copy(&world, &told_map(), "0").await;
        assert!(nobody.rows("users")[0].contains("\"referred_by\":null"));
        let users = nobody.told.tables.iter().find(|table| table.table == "users").expect("it is there");
        assert!(users.redacted.is_empty(), "nothing was withheld where there was nothing");
    }

    async fn a_rule_that_no_row_can_meet_is_a_fault_of_the_map(on: On) {
        let world = World::new(on).await;
        let map = MAP.replacen("name = {}", "name = { redact = \"shared\" }", 1);
        let faults = world.source(&map).check().await.expect("it checks");
        let [fault] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!((fault.code, fault.table.as_str(), fault.column.as_deref()), (WarningCode::SharedRow, "users", Some("name")));
        assert!(fault.blocks && fault.detail.contains("redact = \"always\""), "{fault:?}");
    }

    async fn one_person_alone_and_a_table_without_rows(on: On) {
        let world = World::new(on).await;
        let copied = copy(&world, MAP, "0").await;
        assert_eq!(copied.rows("users").len(), 1);
        assert_eq!(copied.rows("likes"), [r#"{"image_id":11,"user_id":0}"#]);
        assert!(copied.told.tables.iter().any(|table| table.table == "images" && table.rows == 0));
        assert!(!copied.entries.contains_key("data/images.json"));
        assert_eq!((copied.told.files.count, copied.files().count()), (0, 0));
        assert!(copied.page().contains("found nothing of yours: Devices, Images"), "{}", copied.page());
        copied.is_sound();
    }

    async fn whatever_stands_in_a_cell_comes_back(on: On) {
        let world = World::new(on).await;
        let nasty = "a \"quoted\", line\r\nwith <b>tags</b> \u{1F408}\ttab";
        let formula = "=HYPERLINK(\"http://evil.example\")";
        world.run(&format!(
            "UPDATE images SET title = '{nasty}' WHERE id = 10; UPDATE images SET title = '{formula}' WHERE id = 11;
             UPDATE images SET title = '' WHERE id = 12; UPDATE images SET title = NULL WHERE id = 13;"
        )).await;
        let copied = copy(&world, MAP, "1").await;
        let rows: Vec<serde_json::Value> =
            copied.rows("images").iter().map(|row| serde_json::from_str(row).expect("JSON")).collect();
        let title = |id: i64| rows.iter().find(|row| row["id"] == id).expect("it is there")["title"].clone();
        assert_eq!((title(10), title(11)), (nasty.into(), formula.into()));
        assert_eq!((title(12), title(13)), ("".into(), serde_json::Value::Null));
        let csv = copied.text("data/images.csv");
        assert!(csv.contains("\"'=HYPERLINK(\"\"http://evil.example\"\")\""), "{csv}");
        assert!(csv.starts_with('\u{feff}') && csv.contains("\r\n"));
        assert!(csv.lines().any(|line| line.starts_with("12,") && line.contains(",\"\",")), "{csv}");
        assert!(copied.page().contains("&#60;b&#62;tags"), "markup is text");
        copied.is_sound();
    }

    async fn a_huge_row_and_many_rows(on: On) {
        let world = World::new(on).await;
        world.run("UPDATE images SET title = 'x' WHERE user_id = 1").await;
        let huge = "0123456789".repeat(500_000);
        world.run(&format!("UPDATE images SET title = '{huge}' WHERE id = 10")).await;
        world.run("INSERT INTO usage_log WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 8999)
            SELECT i, 1, 'ada', 'line ' || i FROM n").await;
        let copied = copy(&world, MAP, "1").await;
        assert!(copied.rows("images").iter().any(|row| row.contains(&huge)));
        assert_eq!(copied.rows("usage_log").len(), 8_002);
        assert!(copied.page().contains("More of them (7,902):"), "the page points to the rest");
        assert!(copied.page().len() < 200_000, "{}", copied.page().len());
        copied.is_sound();
    }
}

on_every_engine! {
    async fn every_type_is_written_as_what_it_is(on: On) {
        let world = World::empty(on).await;
        let (bytes, json, blob, address) = match on {
            On::Sqlite => ("BLOB", "JSON", "x'00ff10'", "INET"),
            On::Postgres => ("BYTEA", "JSONB", "'\\x00ff10'::bytea", "INET"),
            On::Maria => ("BLOB", "JSON", "x'00ff10'", "INET4"),
        };
        world.run(&format!(
            "CREATE TABLE \"my people\" (id BIGINT PRIMARY KEY, price NUMERIC(9, 2), ratio DOUBLE PRECISION, ok BOOLEAN, raw {bytes}, extra {json}, born DATE, address {address});
             INSERT INTO \"my people\" VALUES (-7, -12.5, 0.25, true, {blob}, '{{\"a\": [1, null]}}', '2001-02-03', '10.1.2.3'), (8, NULL, NULL, false, NULL, NULL, NULL, NULL);"
        )).await;
        let map = r#"
            product = "p"
            version = "1"
            system = "S"
            subject = "my people"
            identity = [{ kind = "account", table = "my people", column = "id" }]
            [tables."my people"]
            key = ["id"]
            erase = "delete"
            columns = { id = {}, price = {}, ratio = {}, ok = {}, raw = {}, extra = {}, born = {}, address = {} }
        "#;
        let copied = copy(&world, map, "-7").await;
        let row: serde_json::Value = serde_json::from_str(&copied.rows("my-people")[0]).expect("JSON");
        assert_eq!(row["id"], -7);
        assert_eq!((row["price"].as_f64(), row["ratio"].as_f64()), (Some(-12.5), Some(0.25)));
        assert_eq!((&row["ok"], &row["raw"], &row["born"]), (&true.into(), &"AP8Q".into(), &"2001-02-03".into()));
        assert_eq!(row["address"], "10.1.2.3", "without the width of its network");
        assert_eq!(row["extra"]["a"], serde_json::json!([1, null]));
        let csv = copied.text("data/my-people.csv");
        assert!(csv.contains("-7,") && !csv.contains("'-7"), "numbers are left alone: {csv}");
        copied.is_sound();
    }
}
