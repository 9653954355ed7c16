//! The demo's company: the same each time, on both engines, and as its data map says.

use super::{house, postgres};
use crate::{
    cli::demo::company::{DATA_MAP, Founded, found, people},
    domain::plan::Action,
    generation::DataMap,
};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

async fn founded() -> (tempfile::TempDir, SqliteConnection, Founded) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("imagegen.db").display());
    let founded = found(&url, &folder.path().join("files")).await.expect("it is founded");
    let conn = SqliteConnection::connect(&url).await.expect("it opens");
    (folder, conn, founded)
}

async fn number(conn: &mut SqliteConnection, query: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(conn).await.unwrap_or_else(|error| panic!("{query}: {error}"))
}

#[tokio::test]
async fn two_foundings_are_the_same() {
    let ((one, _, first), (other, _, second)) = (founded().await, founded().await);
    assert_eq!(first, second);
    let read = |folder: &tempfile::TempDir| fs::read(folder.path().join("imagegen.db")).expect("it reads");
    assert!(read(&one) == read(&other), "the files differ");
}

#[tokio::test]
async fn the_map_lists_every_column_and_every_reference() {
    let map = DataMap::read(DATA_MAP).unwrap_or_else(|faults| panic!("{faults:?}"));
    let (_folder, mut conn, _) = founded().await;
    let columns: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT t.name, c.name, c.\"notnull\" = 0 FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'",
    )
    .fetch_all(&mut conn)
    .await
    .expect("they are listed");
    let mut there: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (table, column, nullable) in &columns {
        there.entry(table).or_default().insert(column);
        let erase = map.table(table).and_then(|table| table.columns.get(column)).and_then(|column| column.erase);
        assert!(*nullable || erase != Some(Action::Null), "{table}.{column} may not be null");
    }
    let mapped: BTreeMap<&str, BTreeSet<&str>> = map
        .tables
        .iter()
        .map(|(name, table)| (name.as_str(), table.columns.keys().map(String::as_str).collect()))
        .collect();
    assert_eq!(there, mapped);
    let keys: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT t.name, f.\"from\", f.\"table\" FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
    )
    .fetch_all(&mut conn)
    .await
    .expect("they are listed");
    assert!(keys.len() > 20);
    for (name, column, to) in keys {
        let table = map.table(&name).expect("it is mapped");
        let owns = table.owner.iter().any(|join| join.to == to && join.on.contains_key(&column));
        let links = table.link.iter().any(|link| link.to == to && link.on.contains_key(&column));
        assert!(owns || links, "{name}.{column} refers to {to}, of which the map says nothing");
        let first = format!(
            "SELECT count(*) FROM pragma_index_list('{name}') i, pragma_index_info(i.name) c WHERE c.seqno = 0 AND c.name = '{column}'"
        );
        let is_rowid = table.key == [column.clone()];
        assert!(is_rowid || number(&mut conn, &first).await > 0, "{name}.{column} has no index");
    }
}

#[tokio::test]
async fn the_people_of_the_demo_have_what_their_cases_need() {
    let (folder, mut conn, founded) = founded().await;
    assert!((8_000..16_000).contains(&founded.rows), "{founded:?}");
    assert!((1_000..1_800).contains(&founded.files), "{founded:?}");
    let heavy = format!("SELECT id FROM users WHERE lower(email) = '{}'", people::HEAVY);
    let sharing = format!("SELECT id FROM users WHERE email = '{}'", people::SHARING);
    for (least, query) in [
        (300, "SELECT count(*) FROM users".to_owned()),
        (80, "SELECT count(*) FROM users WHERE id NOT IN (SELECT user_id FROM generations)".to_owned()),
        (200, format!("SELECT count(*) FROM generations WHERE user_id IN ({heavy})")),
        (
            5,
            format!(
                "SELECT count(*) FROM generations r JOIN generations p ON p.id = r.parent_id WHERE p.user_id IN ({heavy}) AND r.user_id <> p.user_id"
            ),
        ),
        (
            5,
            format!(
                "SELECT count(*) FROM gallery_items JOIN galleries g ON g.id = gallery_id JOIN images i ON i.id = image_id WHERE i.user_id IN ({heavy}) AND g.user_id <> i.user_id"
            ),
        ),
        (
            1,
            format!(
                "SELECT count(*) FROM gallery_items JOIN galleries g ON g.id = gallery_id JOIN images i ON i.id = image_id WHERE added_by IN ({heavy}) AND added_by NOT IN (g.user_id, i.user_id)"
            ),
        ),
        (30, format!("SELECT count(*) FROM likes JOIN images i ON i.id = image_id WHERE i.user_id IN ({heavy})")),
        (
            2,
            format!(
                "SELECT count(*) FROM support_messages WHERE lower(body) LIKE '%{}%' AND user_id NOT IN ({heavy})",
                people::HEAVY
            ),
        ),
        (1, format!("SELECT count(*) FROM users WHERE referred_by IN ({heavy})")),
        (2, format!("SELECT count(*) FROM invoices WHERE user_id IN ({heavy}) AND issued_on < '2018-01-01'")),
        (20, format!("SELECT count(*) FROM invoices WHERE user_id IN ({heavy}) AND issued_on > '2020-01-01'")),
        (
            1,
            format!(
                "SELECT count(*) FROM user_devices WHERE user_id IN ({sharing}) AND device_id IN (SELECT device_id FROM user_devices WHERE user_id NOT IN ({sharing}))"
            ),
        ),
        (
            1,
            format!(
                "SELECT count(*) FROM user_devices WHERE user_id IN ({sharing}) AND device_id NOT IN (SELECT device_id FROM user_devices WHERE user_id NOT IN ({sharing}))"
            ),
        ),
        (1, format!("SELECT count(*) FROM oauth_identities WHERE email = '{}'", people::ELSEWHERE)),
        (1, format!("SELECT count(*) FROM users WHERE lower(email) = '{0}' AND email <> '{0}'", people::CAPITALS)),
        (1, format!("SELECT count(*) FROM prompts WHERE text LIKE '%{}%'", people::CAPITALS)),
        (20, "SELECT count(*) FROM filter_events".to_owned()),
        (1, "SELECT count(*) FROM invoices WHERE user_id IS NULL".to_owned()),
    ] {
        let found = number(&mut conn, &query).await;
        assert!(found >= least, "{found} are too few: {query}");
    }
    // what the map promises of links without `others`
    for none in [
        "SELECT count(*) FROM generations g JOIN prompts p ON p.id = prompt_id WHERE p.user_id <> g.user_id",
        "SELECT count(*) FROM images i JOIN generations g ON g.id = generation_id WHERE g.user_id <> i.user_id",
        "SELECT count(*) FROM generations r JOIN generations p ON p.id = r.parent_id WHERE p.created_at > r.created_at",
    ] {
        assert_eq!(number(&mut conn, none).await, 0, "{none}");
    }
    let keys: Vec<(String, i64)> =
        sqlx::query_as("SELECT object_key, bytes FROM images").fetch_all(&mut conn).await.expect("they are listed");
    let lost: Vec<_> = keys
        .iter()
        .filter(|(key, bytes)| {
            fs::metadata(folder.path().join("files").join(key)).map(|file| file.len()).ok()
                != u64::try_from(*bytes).ok()
        })
        .collect();
    assert_eq!(lost.len(), 1, "one picture is lost: {lost:?}");
    let (key, _) = keys.iter().find(|key| Some(*key) != lost.first().copied()).expect("there is one");
    let file = std::io::BufReader::new(fs::File::open(folder.path().join("files").join(key)).expect("it opens"));
    png::Decoder::new(file).read_info().expect("it is a picture");
}

#[tokio::test]
async fn postgres_has_the_same_rows() {
    let (folder, mut sqlite, founded) = founded().await;
    let name = postgres::fresh_name();
    house::create(&name, "template0").await;
    let url = postgres::url(&name);
    assert_eq!(found(&url, &folder.path().join("other")).await.expect("it is founded"), founded);
    let mut conn = PgConnection::connect(&url).await.expect("it connects");
    let map = DataMap::read(DATA_MAP).expect("it reads");
    for (name, table) in &map.tables {
        let columns: BTreeSet<String> =
            sqlx::query_scalar("SELECT column_name::text FROM information_schema.columns WHERE table_name = $1")
                .bind(name)
                .fetch_all(&mut conn)
                .await
                .expect("they are listed")
                .into_iter()
                .collect();
        assert_eq!(columns, table.columns.keys().cloned().collect(), "{name}");
        let dump = |on_postgres: bool| {
            let written = table.columns.keys().map(|column| match column {
                moment if on_postgres && moment.ends_with("_at") => {
                    format!("coalesce(to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '')")
                }
                flag if on_postgres && flag.starts_with("is_") => format!("{flag}::int::text"),
                other => format!("coalesce(CAST({other} AS text), '')"),
            });
            let written = written.collect::<Vec<_>>().join(" || '|' || ");
            format!("SELECT {written} FROM {name}")
        };
        let mut here: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(dump(true))).fetch_all(&mut conn).await.expect("it dumps");
        let mut there: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(dump(false))).fetch_all(&mut sqlite).await.expect("it dumps");
        here.sort();
        there.sort();
        assert!(here == there, "{name} differs");
    }
    let says = found(&url, folder.path()).await.expect_err("it is not empty").to_string();
    assert!(says.contains("cannot be filled"), "{says}");
}
