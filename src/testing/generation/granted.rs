//! An account that was given what is printed, and nothing else, can do everything that a run does.

use super::{
    opened::Memory,
    sealing,
    world::{MAP, On, World, by_hand, carry_out, target},
};
use crate::{
    domain::copy::CopyForm,
    generation::{Files, Source, export::CopyOrder, grants::PASSWORD},
    testing::{maria, postgres},
};
use std::sync::Arc;

async fn enough_and_no_more(on: On) {
    let world = World::new(on).await;
    world.run("CREATE TABLE unmapped (id BIGINT PRIMARY KEY, image_id BIGINT, secret TEXT)").await;
    let (source, url, account) = as_granted(&world, MAP).await;
    assert_eq!(source.check().await.expect("it sees the schema"), []);

    let ada = target(&source, "email", "ada@example.org").await;
    let plan = source.plan_copy(&ada.subjects, &ada.found_by, (CopyForm::Full, &ada.extent)).await.expect("it plans");
    let spool = world.folder.path().to_owned();
    let order = CopyOrder {
        subjects: ada.subjects.clone(),
        extent: ada.extent.clone(),
        form: CopyForm::Full,
        scope_hash: plan.scope_hash.clone(),
        spool,
        about: crate::generation::export::About::default(),
        file_key: [5; 32],
        part_bytes: 0,
    };
    let (copied, _) = source.write_copy(&order, Memory::default(), Arc::default()).await.expect("it copies");
    assert_eq!(copied.tables.iter().map(|table| table.rows).sum::<i64>(), plan.totals().copied);
    assert!(source.plan(&ada).await.expect("it plans").may_run());
    let (done, verified) = carry_out(&source, &ada).await.expect("it is carried out");
    assert_eq!(verified.left, [], "{done:#?}");
    assert_eq!(world.rows("users", "id = 1").await.len(), 0);

    // what no step does is refused, and a table that is not in the map is seen but not read
    for refused in [
        "UPDATE users SET email = 'x' WHERE id = 2",
        "UPDATE images SET user_id = 2",
        "DELETE FROM usage_log",
        "INSERT INTO devices VALUES ('x', 'x')",
        "SELECT * FROM unmapped",
        "DROP TABLE unmapped",
    ] {
        assert!(tried(on, &url, refused).await.is_err(), "{refused}");
    }
    world.run("ALTER TABLE unmapped ADD FOREIGN KEY (image_id) REFERENCES images (id) ON DELETE CASCADE").await;
    let faults = source.check().await.expect("it sees the schema");
    assert!(faults.iter().any(|fault| fault.table == "unmapped"), "{faults:?}");
    if on == On::Maria {
        by_hand(
            &maria::url(""),
            &format!("REVOKE REFERENCES ON `{}`.* FROM '{account}'@'%'", database(&world).replace('_', "\\_")),
        )
        .await;
        let blind = source.check().await.expect("it checks");
        assert!(blind.iter().any(|fault| fault.blocks && fault.detail.contains("see every table")), "{blind:?}");
        by_hand(&maria::url(""), &format!("DROP USER '{account}'@'%'")).await;
    }
}

/// An account that was given what is printed for a map; how it sees the database, its address and its name.
async fn as_granted(world: &World, map: &str) -> (Source, String, String) {
    let account = format!("run_{}", postgres::fresh_name());
    let printed = world.source(map).grants(&account).await.expect("it is printed");
    assert!(printed.contains(PASSWORD), "{printed}");
    world.run(&printed).await;
    let url = match world.on {
        On::Maria => maria::url_as(&format!("{account}:{}", PASSWORD.replace(' ', "%20")), database(world)),
        _ => world.url.replace("test@", &format!("{account}@")),
    };
    let source = Source::new(&url, Some(Files::Folder(world.files())), map).expect("the map holds together");
    (source, url, account)
}

/// What is printed is enough to seal rows and to destroy them on their day, and lets nobody change a sealed row.
async fn enough_to_seal(on: On) {
    let world = World::empty(on).await;
    world.run(&sealing::schema(on)).await;
    world.run(&sealing::rows(on)).await;
    let (source, url, account) = as_granted(&world, &sealing::map(on)).await;
    assert_eq!(source.check().await.expect("it sees the schema"), []);
    let who = target(&source, "account", "1").await;
    assert!(source.plan(&who).await.expect("it plans").may_run());
    let (done, verified) = carry_out(&source, &who).await.expect("it is carried out");
    assert_eq!(verified.left, [], "{done:#?}");
    let over = chrono::NaiveDate::from_ymd_opt(2030, 1, 1).expect("a day");
    for refused in
        ["UPDATE \"orderSealed\" SET text = 'x'", "UPDATE \"order\" SET mail = 'x'", "DROP TABLE \"orderSealed\""]
    {
        let refused = if on == On::Maria { refused.replace('"', "`") } else { refused.to_owned() };
        assert!(tried(on, &url, &refused).await.is_err(), "{refused}");
    }
    assert_eq!(source.sealed_by("E-1").await.expect("it counts")[0].rows, 3);
    assert_eq!(source.destroy_sealed("orderSealed", "E-1", over).await.expect("it is done"), 3);
    if on == On::Maria {
        by_hand(&maria::url(""), &format!("DROP USER '{account}'@'%'")).await;
    }
}

#[tokio::test]
async fn enough_to_seal_on_postgresql() {
    enough_to_seal(On::Postgres).await;
}

#[tokio::test]
async fn enough_to_seal_on_mariadb() {
    enough_to_seal(On::Maria).await;
}

fn database(world: &World) -> &str {
    world.url.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a name")
}

async fn tried(on: On, url: &str, text: &str) -> Result<(), sqlx::Error> {
    use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
    let statement = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
    match on {
        On::Maria => sqlx::MySqlConnection::connect(url).await?.execute(statement).await.map(|_| ()),
        _ => sqlx::PgConnection::connect(url).await?.execute(statement).await.map(|_| ()),
    }
}

#[tokio::test]
async fn on_postgresql() {
    enough_and_no_more(On::Postgres).await;
}

#[tokio::test]
async fn on_mariadb() {
    enough_and_no_more(On::Maria).await;
}

#[tokio::test]
async fn sqlite_has_none() {
    let world = World::new(On::Sqlite).await;
    let printed = world.source(MAP).grants("recourse_run").await.expect("it is printed");
    assert!(printed.lines().all(|line| line.starts_with("--")), "{printed}");
}

/// People are looked up, plans are counted and copies are read at the replica; what changes is the database itself.
#[tokio::test]
async fn a_replica_is_read_and_the_database_itself_changed() {
    for on in [On::Postgres, On::Maria] {
        let (world, replica) = (World::new(on).await, World::new(on).await);
        replica.run("INSERT INTO logins VALUES (1, '2026-11-24 00:00:00', NULL); UPDATE users SET email = 'late@example.org' WHERE id = 1").await;
        let source = world.source(MAP).with_replica(&replica.url).expect("the same engine");
        assert!(world.source(MAP).with_replica("sqlite://x").is_err());
        let ada = target(&source, "email", "late@example.org").await;
        assert_eq!(ada.subjects.len(), 1, "found at the replica");
        assert_eq!(target(&source.itself(), "email", "late@example.org").await.subjects.len(), 0);
        let logins =
            |plan: &crate::domain::plan::Plan| plan.tables.iter().find(|l| l.table == "logins").map(|l| l.rows);
        assert_eq!(logins(&source.plan(&ada).await.expect("it plans")), Some(3));
        assert_eq!(logins(&source.itself().plan(&ada).await.expect("it plans")), Some(2));
        let before = replica.dump().await;
        let (_, verified) = carry_out(&source, &ada).await.expect("it is carried out");
        assert_eq!(verified.left, []);
        assert_eq!(replica.dump().await, before);
        assert_eq!(world.rows("users", "id = 1").await.len(), 0);
    }
}
