//! The demo's companies: the same each time, on every engine, and as their data maps say.

mod rehearsed;

use crate::{
    cli::demo::company::{ALL, Company, Founded, IMAGEGEN, columns, imagegen::people},
    generation::DataMap,
    testing::generation::{
        on_every_engine,
        world::{On, World},
    },
};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use std::fs;

async fn founded(company: &Company) -> (tempfile::TempDir, SqliteConnection, Founded) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("company.db").display());
    let founded = company.found(&url, &folder.path().join("files")).await.expect("it is founded");
    let conn = SqliteConnection::connect(&url).await.expect("it opens");
    (folder, conn, founded)
}

/// A company's database on any engine.
async fn world(company: &Company, on: On) -> World {
    let world = World::empty(on).await;
    company.found(&world.url, &world.files()).await.expect("it is founded");
    world
}

async fn number(conn: &mut SqliteConnection, query: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(conn).await.unwrap_or_else(|error| panic!("{query}: {error}"))
}

#[tokio::test]
async fn two_foundings_are_the_same() {
    for company in ALL {
        let ((one, _, first), (other, _, second)) = (founded(company).await, founded(company).await);
        assert_eq!(first, second);
        let read = |folder: &tempfile::TempDir| fs::read(folder.path().join("company.db")).expect("it reads");
        assert!(read(&one) == read(&other), "the files of {} differ", company.name);
    }
}

on_every_engine! {
    /// Nothing is unmapped, nothing personal is left out, and every join has its index.
    async fn the_maps_fit(on: On) {
        for company in ALL {
            let world = world(company, on).await;
            let source = world.source(company.map);
            assert_eq!(source.product(), company.product);
            assert_eq!(source.check().await.expect("it checks"), [], "{}", company.name);
            assert_eq!(source.advice().await.expect("it looks"), [], "{}", company.name);
        }
    }

    async fn the_rows_are_those_of_sqlite(on: On) {
        for company in ALL {
            let (here, there) = (world(company, on).await, world(company, On::Sqlite).await);
            let map = DataMap::read(company.map).expect("it reads");
            for table in map.tables.keys() {
                let of = columns(company.schema, table);
                let rows = dumped(&here, table, &of).await;
                assert!(!rows.is_empty(), "{table} of {} is empty", company.name);
                assert!(rows == dumped(&there, table, &of).await, "{table} of {} differs", company.name);
            }
            let says = company.found(&here.url, &here.files()).await.expect_err("it is not empty");
            assert!(says.to_string().contains("cannot be filled"), "{says}");
        }
    }
}

/// Every row as text, moments and flags as `SQLite` has them.
async fn dumped(world: &World, table: &str, columns: &[(&str, &str)]) -> Vec<String> {
    let written = columns.iter().map(|(column, kind)| match (world.on, *kind) {
        (On::Postgres, "moment") => {
            format!("coalesce(to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '')")
        }
        (On::Maria, "moment") => format!("coalesce(date_format({column}, '%Y-%m-%dT%H:%i:%sZ'), '')"),
        (On::Postgres, "flag") => format!("{column}::int::text"),
        (On::Maria, _) => format!("coalesce(CAST({column} AS CHAR), '')"),
        _ => format!("coalesce(CAST({column} AS text), '')"),
    });
    let mut rows =
        world.texts(&format!("SELECT {} FROM {table}", written.collect::<Vec<_>>().join(" || '|' || "))).await;
    rows.sort();
    rows
}

#[tokio::test]
async fn the_people_of_the_demo_have_what_their_cases_need() {
    let (folder, mut conn, founded) = founded(&IMAGEGEN).await;
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
