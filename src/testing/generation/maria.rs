//! What is `MariaDB`'s own: texts that it calls equal, names that it quotes otherwise, types that no other engine has.

use super::{
    opened::copy,
    world::{On, World, by_hand, carry_out, target},
};
use crate::{
    domain::plan::WarningCode,
    generation::Source,
    testing::{maria, postgres},
};

/// The head of a map whose subject is `table`, found by its columns `kind = column`.
fn head(table: &str, identities: &[(&str, &str, &str)]) -> String {
    let identities: Vec<_> = identities
        .iter()
        .map(|(kind, column, normal)| {
            format!("{{ kind = \"{kind}\", table = '{table}', column = '{column}', normal = \"{normal}\" }}")
        })
        .collect();
    format!(
        "product = \"p\"\nversion = \"1\"\nsystem = \"S\"\nsubject = '{table}'\nidentity = [{}]\n",
        identities.join(", ")
    )
}

/// A database with these tables and rows.
async fn world(text: &str) -> World {
    let world = World::empty(On::Maria).await;
    world.run(text).await;
    world
}

async fn keys(source: &Source, kind: &str, value: &str) -> Vec<String> {
    target(source, kind, value).await.subjects.iter().map(|key| key.0.join("/")).collect()
}

/// Erases whom `value` leads to, and looks twice.
async fn erase(source: &Source, kind: &str, value: &str) {
    assert_eq!(source.check().await.expect("it checks"), []);
    let target = target(source, kind, value).await;
    assert_eq!(target.subjects.len(), 1, "{value}");
    let (done, verified) = carry_out(source, &target).await.expect("it is carried out");
    assert_eq!(verified.left, [], "{done:#?}");
    let (again, _) = carry_out(source, &target).await.expect("it is carried out again");
    assert!(again.iter().all(|(_, rows, _)| *rows == 0), "{again:?}");
}

/// The database calls these four the same text.
const ALIKE: [&str; 4] = ["ada@example.org", "ADA@example.org", "ad\u{e1}@example.org", "ada@example.org "];

#[tokio::test]
async fn texts_that_the_database_calls_equal_are_other_people() {
    let world = world("CREATE TABLE people (id BIGINT PRIMARY KEY, email VARCHAR(60), phone VARCHAR(30), KEY (email));
        CREATE TABLE notes (id BIGINT PRIMARY KEY, email VARCHAR(60), file VARCHAR(60), line TEXT, KEY (email), KEY (file))").await;
    for (n, email) in ALIKE.iter().enumerate() {
        world
            .run(&format!(
                "INSERT INTO people VALUES ({n}, '{email}', '+1 2{n}');
            INSERT INTO notes VALUES ({n}, '{email}', '{}.png', 'of {n}'), (1{n}, '{email}', NULL, NULL)",
                if n == 1 { "A" } else { "a" }
            ))
            .await;
    }
    let same = world.rows("people", "email = 'ada@example.org'").await;
    assert_eq!(same.len(), 4, "the database itself finds all of them");
    let map = head(
        "people",
        &[("exact", "email", "exact"), ("any case", "email", "lower"), ("phone", "phone", "digits")],
    ) + "[tables.people]\nkey = [\"id\"]\nerase = \"delete\"\ncolumns = { id = {}, email = {}, phone = {} }\n\
           [tables.notes]\nkey = [\"id\"]\nowner = [{ to = \"people\", on = { email = \"email\" } }]\nerase = \"delete\"\nshared = \"keep\"\n\
           columns = { id = {}, email = {}, file = { file = true }, line = {} }\n";
    let source = world.source(&map);
    assert_eq!(keys(&source, "exact", "ada@example.org").await, ["0"]);
    assert_eq!(keys(&source, "exact", "ad\u{e1}@example.org").await, ["2"]);
    assert_eq!(keys(&source, "exact", "Ada@example.org").await, [] as [&str; 0]);
    assert_eq!(keys(&source, "any case", "Ada@Example.ORG").await, ["0", "1"]);
    assert_eq!(keys(&source, "phone", "12 2").await, ["2"]);
    assert_eq!(keys(&source, "exact", "ada@example.org' OR 1=1 -- ").await, [] as [&str; 0]);
    assert_eq!(keys(&source, "exact", "ada@example.org\\").await, [] as [&str; 0]);
    for name in ["a.png", "A.png"] {
        std::fs::write(world.files().join(name), name).expect("it is written");
    }
    let second = target(&source, "exact", "ADA@example.org").await;
    let plan = source.plan(&second).await.expect("it plans");
    assert_eq!((plan.files.count, plan.files.bytes), (1, 5), "A.png is nobody else's");
    assert!(plan.may_run() && plan.warnings.is_empty(), "{:#?}", plan.warnings);
    erase(&source, "exact", "ADA@example.org").await;
    assert!(!world.files().join("A.png").exists() && world.files().join("a.png").exists());
    assert_eq!(world.rows("people", "id = 1").await.len() + world.rows("notes", "id IN (1, 11)").await.len(), 0);
    assert_eq!((world.rows("people", "1 = 1").await.len(), world.rows("notes", "1 = 1").await.len()), (3, 6));
}

#[tokio::test]
async fn a_reference_by_text_follows_the_databases_own_rule() {
    let world = world("CREATE TABLE people (handle VARCHAR(40) CHARACTER SET latin1 PRIMARY KEY, name VARCHAR(40));
        CREATE TABLE posts (id INT PRIMARY KEY, handle VARCHAR(40) CHARACTER SET latin1 NOT NULL REFERENCES people (handle), other VARCHAR(40) COLLATE utf8mb4_unicode_ci);
        INSERT INTO people VALUES ('Ada', 'A'), ('bo', 'B'), ('\u{e9}l', 'E');
        INSERT INTO posts VALUES (1, 'ADA', NULL), (2, 'ada', 'x'), (3, 'bo', 'Ada'), (4, '\u{e9}l', NULL)").await;
    let map = head("people", &[("handle", "handle", "exact")])
        + "[tables.people]\nkey = [\"handle\"]\nerase = \"delete\"\ncolumns = { handle = {}, name = {} }\n\
           [tables.posts]\nkey = [\"id\"]\nowner = [{ to = \"people\", on = { handle = \"handle\" } }]\nerase = \"delete\"\ncolumns = { id = {}, handle = {}, other = {} }\n";
    let source = world.source(&map);
    assert_eq!(keys(&source, "handle", "ada").await, [] as [&str; 0]);
    // letters that the column's set of characters lacks are no error
    assert_eq!(keys(&source, "handle", "\u{65e5}\u{672c}").await, [] as [&str; 0]);
    erase(&source, "handle", "Ada").await;
    assert_eq!(world.rows("posts", "1 = 1").await.len(), 2);
    erase(&source, "handle", "\u{e9}l").await;
    assert_eq!(world.rows("people", "1 = 1").await.len(), 1);
}

#[tokio::test]
async fn s37_names_are_what_they_are_whatever_stands_in_them() {
    let world = world("CREATE TABLE \"user\" (\"order\" BIGINT UNSIGNED PRIMARY KEY, \"camelCase\" VARCHAR(20));
        CREATE TABLE \"o`r\"\"d$1er\" (\"o`rder\" INT PRIMARY KEY, \"q\"\"uote\" BIGINT UNSIGNED REFERENCES \"user\" (\"order\"), \"d?\" VARCHAR(9), \"it's\" INT);
        INSERT INTO \"user\" VALUES (0, 'x'), (5, 'X');
        INSERT INTO \"o`r\"\"d$1er\" VALUES (0, 0, 'a', NULL), (1, 5, 'b', 0), (2, 0, 'c', 0)").await;
    let map = head("user", &[("account", "order", "exact"), ("name", "camelCase", "exact")])
        + "[tables.user]\nkey = [\"order\"]\nerase = \"delete\"\ncolumns = { order = {}, camelCase = {} }\n\
           [tables.'o`r\"d$1er']\nkey = [\"o`rder\"]\nowner = [{ to = \"user\", on = { 'q\"uote' = \"order\" } }]\n\
           link = [{ to = 'o`r\"d$1er', on = { \"it's\" = \"o`rder\" }, others = \"null\" }]\nerase = \"delete\"\n\
           columns = { 'o`rder' = {}, 'q\"uote' = {}, 'd?' = { title = \"Letter\" }, \"it's\" = {} }\n";
    let source = world.source(&map);
    let copied = copy(&world, &map, "0").await;
    assert_eq!(copied.told.tables.iter().map(|table| table.rows).sum::<i64>(), 3);
    erase(&source, "name", "x").await;
    assert_eq!(world.rows("user", "1 = 1").await.len(), 1);
    assert_eq!(world.rows("o`r\"d$1er", "1 = 1").await.len(), 1);
    assert_eq!(world.rows("o`r\"d$1er", "\"it's\" IS NULL").await.len(), 1);
}

#[tokio::test]
async fn keys_of_every_kind_lead_to_their_rows_and_no_others() {
    let long = "x".repeat(900);
    let world = world(&format!("
        CREATE TABLE people (id BIGINT UNSIGNED, region CHAR(2), PRIMARY KEY (id, region), UNIQUE (id));
        CREATE TABLE a (id BINARY(16) PRIMARY KEY, person BIGINT UNSIGNED, KEY (person));
        CREATE TABLE b (a BINARY(16) REFERENCES a (id), at DATETIME(6), kind ENUM ('x', 'y'), PRIMARY KEY (a, at, kind));
        CREATE TABLE c (name TEXT NOT NULL, person BIGINT UNSIGNED, up TEXT, UNIQUE (name), KEY (person));
        CREATE TABLE d (id UUID PRIMARY KEY, person BIGINT UNSIGNED, up UUID REFERENCES d (id), price DECIMAL(9,2) NOT NULL, day DATE NOT NULL, year YEAR NOT NULL, UNIQUE (price, day, year), KEY (person));
        INSERT INTO people VALUES (18446744073709551615, 'de'), (9223372036854775807, 'de'), (0, 'in');
        INSERT INTO a VALUES (x'00112233445566778899aabbccddeeff', 18446744073709551615), (x'00112233445566778899aabbccddee00', 0), (x'27202722', 9223372036854775807);
        INSERT INTO b VALUES (x'00112233445566778899aabbccddeeff', '2026-01-02 03:04:05.123456', 'x'), (x'00112233445566778899aabbccddeeff', '2026-01-02 03:04:05.123457', 'y'),
            (x'00112233445566778899aabbccddee00', '2026-01-02 03:04:05.123456', 'x');
        INSERT INTO c VALUES ('{long}1', 18446744073709551615, NULL), ('{long}2', 0, NULL), ('{long}3', NULL, '{long}1'), ('{long}\"\\4', NULL, '{long}3'), ('{long}5', NULL, '{long}2');
        INSERT INTO d VALUES ('0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f', 18446744073709551615, NULL, 1.5, '2026-01-01', 2026), ('0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f10', NULL, '0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f', 2.5, '2026-01-01', 2026),
            ('0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f11', 0, NULL, 1.5, '2026-01-02', 2026)")).await;
    let owner = "owner = [{ to = \"people\", on = { person = \"id\" } }";
    let map = head("people", &[("account", "id", "exact")])
        + &format!(
            "[tables.people]\nkey = [\"id\", \"region\"]\nerase = \"delete\"\ncolumns = {{ id = {{}}, region = {{}} }}\n\
           [tables.a]\nkey = [\"id\"]\n{owner}]\nerase = \"delete\"\ncolumns = {{ id = {{}}, person = {{}} }}\n\
           [tables.b]\nkey = [\"a\", \"at\", \"kind\"]\nowner = [{{ to = \"a\", on = {{ a = \"id\" }} }}]\nerase = \"delete\"\ncolumns = {{ a = {{}}, at = {{}}, kind = {{}} }}\n\
           [tables.c]\nkey = [\"name\"]\n{owner}, {{ to = \"c\", on = {{ up = \"name\" }} }}]\nerase = \"delete\"\ncolumns = {{ name = {{}}, person = {{}}, up = {{}} }}\n\
           [tables.d]\nkey = [\"price\", \"day\", \"year\"]\n{owner}, {{ to = \"d\", on = {{ up = \"id\" }} }}]\nerase = \"delete\"\ncolumns = {{ id = {{}}, person = {{}}, up = {{}}, price = {{}}, day = {{}}, year = {{}} }}\n"
        );
    let source = world.source(&map);
    assert_eq!(keys(&source, "account", "9223372036854775807").await, ["9223372036854775807/de"]);
    assert_eq!(keys(&source, "account", "-1").await, [] as [&str; 0]);
    assert_eq!(keys(&source, "account", "18446744073709551616").await, [] as [&str; 0]);
    let copied = copy(&world, &map, "18446744073709551615").await;
    assert!(copied.text("data/people.json").contains("18446744073709551615"), "not a digit is lost");
    assert_eq!(copied.rows("b").len() + copied.rows("c").len() + copied.rows("d").len(), 7);
    erase(&source, "account", "18446744073709551615").await;
    let left = |table: &'static str| world.rows(table, "1 = 1");
    assert_eq!((left("people").await.len(), left("a").await.len(), left("b").await.len()), (2, 2, 1));
    assert_eq!((left("c").await.len(), left("d").await.len()), (2, 1));
    erase(&source, "account", "0").await;
    assert_eq!((left("people").await.len(), left("a").await.len(), left("b").await.len()), (1, 1, 0));
    assert_eq!((left("c").await.len(), left("d").await.len()), (0, 0));
}

#[tokio::test]
async fn what_columns_become_is_of_their_type_and_done_once() {
    let world = world("CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(40) CHARACTER SET latin1 NOT NULL, seen DATETIME(3), made TIMESTAMP NULL, born DATE NOT NULL, price DECIMAL(6,2),
            weight FLOAT, ratio DOUBLE NOT NULL, ok TINYINT(1) NOT NULL, small SMALLINT UNSIGNED NOT NULL, at TIMESTAMP NOT NULL DEFAULT '2020-01-01 00:00:00', code CHAR(8) NOT NULL, fixed DATETIME);
        INSERT INTO people VALUES (1, 'GONE', '2026-01-02 03:04:05.678', '2026-01-02 03:04:05', '2001-01-01', 9.99, 1.1, 1.1, 1, 7, '2021-01-01 00:00:00', 'abc', '2020-01-01 00:00:00'),
            (2, 'Bo', '2026-01-02 03:04:05.678', NULL, '2001-01-01', 9.99, NULL, 0, 0, 0, '2021-01-01 00:00:00', 'abc', NULL)").await;
    let map = head("people", &[("account", "id", "exact")])
        + "[tables.people]\nkey = [\"id\"]\nerase = \"change\"\n[tables.people.columns]\nid = {}\nname = { erase = \"fixed\", value = \"gone\" }\n\
           seen = { erase = \"truncate\" }\nmade = { erase = \"truncate\" }\nborn = { erase = \"default\" }\nprice = { erase = \"fixed\", value = \"1.5\" }\n\
           weight = { erase = \"fixed\", value = \"0.1\" }\nratio = { erase = \"default\" }\nok = { erase = \"default\" }\nsmall = { erase = \"default\" }\n\
           at = { erase = \"default\" }\ncode = { erase = \"default\" }\nfixed = { erase = \"fixed\", value = \"2026-01-02T03:04:05+05:30\" }\n";
    let source = world.source(&map);
    let other = world.rows("people", "id = 2").await;
    erase(&source, "account", "1").await;
    let as_it_should_be = "id = 1 AND BINARY name = 'gone' AND seen = '2026-01-02' AND made = '2026-01-02' AND born = '1970-01-01' AND price = 1.5
        AND weight = CAST('0.1' AS FLOAT) AND ratio = 0 AND ok = 0 AND small = 0 AND at = '1970-01-01 00:00:01' AND code = '' AND fixed = '2026-01-01 21:34:05'";
    assert_eq!(world.rows("people", as_it_should_be).await.len(), 1, "{:?}", world.rows("people", "id = 1").await);
    assert_eq!(world.rows("people", "id = 2").await, other);
}

#[tokio::test]
async fn types_that_only_this_engine_has_are_written_as_what_they_are() {
    let world = world("CREATE TABLE people (id INT PRIMARY KEY, kind ENUM ('a', '\u{fc}'), tags SET ('x', 'y'), bits BIT(10), flag BIT(1), extra JSON, words LONGTEXT, raw VARBINARY(9),
            year YEAR, at DATETIME(6), made TIMESTAMP(3) NULL, span TIME, place POINT, ip INET6, big BIGINT UNSIGNED, price DECIMAL(20,4), full_name VARCHAR(90) AS (CONCAT(kind, ' ', id)), deep LONGBLOB, r\u{e9}sum\u{e9} TEXT CHARACTER SET latin1);
        INSERT INTO people (id, kind, tags, bits, flag, extra, words, raw, year, at, made, span, place, ip, big, price, deep, r\u{e9}sum\u{e9}) VALUES
            (1, '\u{fc}', 'x,y', b'1000000001', b'1', '{\"a\": [1, \"\u{1f408}\"]}', '{\"a\": 1}', x'00ff10', 2026, '2026-01-02 03:04:05.6', '2026-01-02 03:04:05.678', '-12:00:00', POINT(1, 2), '::1', 18446744073709551615, 12345678901234.5, x'', '\u{e9}\\'),
            (2, NULL, '', NULL, b'0', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)").await;
    let columns = [
        "id",
        "kind",
        "tags",
        "bits",
        "flag",
        "extra",
        "words",
        "raw",
        "year",
        "at",
        "made",
        "span",
        "place",
        "ip",
        "big",
        "price",
        "full_name",
        "deep",
        "'r\u{e9}sum\u{e9}'",
    ];
    let map = head("people", &[("account", "id", "exact")])
        + "[tables.people]\nkey = [\"id\"]\nerase = \"delete\"\ncolumns = { "
        + &columns.map(|column| format!("{column} = {{}}")).join(", ")
        + " }\n";
    let copied = copy(&world, &map, "1").await;
    let row: serde_json::Value = serde_json::from_str(&copied.rows("people")[0]).expect("JSON");
    for (column, expected) in [
        ("kind", serde_json::json!("\u{fc}")),
        ("tags", "x,y".into()),
        ("bits", 513.into()),
        ("flag", true.into()),
        ("extra", serde_json::json!({ "a": [1, "\u{1f408}"] })),
        ("words", "{\"a\": 1}".into()),
        ("raw", "AP8Q".into()),
        ("year", 2026.into()),
        ("at", "2026-01-02 03:04:05.600000".into()),
        ("made", "2026-01-02 03:04:05.678".into()),
        ("span", "-12:00:00".into()),
        ("place", "POINT(1 2)".into()),
        ("ip", "::1".into()),
        ("big", 18_446_744_073_709_551_615_u64.into()),
        ("full_name", "\u{fc} 1".into()),
        ("deep", "".into()),
        ("r\u{e9}sum\u{e9}", "\u{e9}\\".into()),
    ] {
        assert_eq!(row[column], expected, "{column}");
    }
    assert!(copied.text("data/people.json").contains("12345678901234.5000"), "{row}");
    copied.is_sound();
    copy(&world, &map, "2").await.is_sound();

    let changed = map
        .replace("full_name = {}", "full_name = { erase = \"null\" }")
        .replace("erase = \"delete\"", "erase = \"change\"");
    let faults = world.source(&changed).check().await.expect("it checks");
    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!((fault.code, fault.column.as_deref()), (WarningCode::TypeMismatch, Some("full_name")));
}

#[tokio::test]
async fn a_table_of_another_database_that_refers_to_ours_is_seen() {
    let world = world("CREATE TABLE people (id INT PRIMARY KEY); INSERT INTO people VALUES (1)").await;
    let (ours, other) =
        (world.url.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a name"), postgres::fresh_name());
    by_hand(&maria::url(""), &format!("CREATE DATABASE {other}; CREATE TABLE {other}.flags (person INT, FOREIGN KEY (person) REFERENCES {ours}.people (id) ON DELETE CASCADE)")).await;
    let map = head("people", &[("account", "id", "exact")])
        + "[tables.people]\nkey = [\"id\"]\nerase = \"delete\"\ncolumns = { id = {} }\n";
    let faults = world.source(&map).check().await.expect("it checks");
    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!((fault.code, fault.table.clone()), (WarningCode::UnmappedReference, format!("{other}.flags")));
    assert!(fault.detail.contains("silently delete"), "{}", fault.detail);
}

#[tokio::test]
async fn a_table_that_keeps_its_history_is_no_place_to_erase_in() {
    let world = world("CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(9)) WITH SYSTEM VERSIONING; INSERT INTO people VALUES (1, 'Ada')").await;
    let map = head("people", &[("account", "id", "exact")])
        + "[tables.people]\nkey = [\"id\"]\nerase = \"delete\"\ncolumns = { id = {}, name = {} }\n";
    let faults = world.source(&map).check().await.expect("it checks");
    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
    assert!(fault.blocks && fault.table == "people" && fault.detail.contains("SYSTEM VERSIONING"), "{fault:?}");
}

/// Somebody who works in a table keeps a run waiting for seconds, not for ever; then it is done again.
#[tokio::test]
async fn a_row_that_somebody_holds_is_an_error_and_done_later() {
    use sqlx::{Connection as _, Executor as _};
    let world =
        world("CREATE TABLE people (id INT PRIMARY KEY, n INT); INSERT INTO people VALUES (1, 1), (2, 2)").await;
    let map = head("people", &[("account", "id", "exact")])
        + "[tables.people]\nkey = [\"id\"]\nerase = \"delete\"\ncolumns = { id = {}, n = {} }\n";
    let source = world.source(&map);
    let one = target(&source, "account", "1").await;
    let mut other = sqlx::MySqlConnection::connect(&world.url).await.expect("it connects");
    other.execute("SET autocommit = 0").await.expect("it is set");
    other.execute("UPDATE people SET n = 3 WHERE id = 1").await.expect("it holds the row");
    let began = std::time::Instant::now();
    let refused = carry_out(&source, &one).await.expect_err("it waits in vain");
    assert!(!refused.is_refusal() && began.elapsed().as_secs() < 30, "{refused}");
    other.execute("ROLLBACK").await.expect("it lets go");
    erase(&source, "account", "1").await;
    assert_eq!(world.rows("people", "1 = 1").await.len(), 1);
}
