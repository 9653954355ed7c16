//! Proposals for several schemas read back, and say what they should.

use super::{
    on_every_engine,
    world::{On, World},
};
use crate::{
    cli::demo::company::IMAGEGEN,
    generation::{
        DataMap, Source,
        map::{Erase, Normal, Others},
        propose::of_database,
    },
};

/// The proposal, which reads back.
async fn proposed(world: &World) -> (String, DataMap) {
    let text = of_database(&world.url, Some("p"), "2026-11-24").await.expect("it is proposed");
    let map = DataMap::read(&text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
    (text, map)
}

fn owner(map: &DataMap, table: &str) -> String {
    let owners = map.tables[table].owner.iter().map(|join| {
        let on: Vec<_> = join.on.iter().map(|(here, there)| format!("{here}={there}")).collect();
        format!("{} {}", join.to, on.join(","))
    });
    owners.collect::<Vec<_>>().join("; ")
}

#[track_caller]
fn link(map: &DataMap, table: &str, to: &str) -> Option<Others> {
    map.tables[table].link.iter().find(|link| link.to == to).expect("there is a link").others
}

/// Every line that says something says why.
fn is_explained(text: &str) {
    for line in text.lines() {
        let bare = line.trim();
        let explained = bare.is_empty()
            || bare.contains('#')
            || ["owner = [", "link = [", "]"].contains(&bare)
            || bare.ends_with(".columns]");
        let of_identity = ["kind =", "table =", "column =", "normal ="].iter().any(|key| bare.starts_with(key));
        let under_a_comment = ["version =", "system =", "subject =", "keep ="].iter().any(|key| bare.starts_with(key));
        assert!(explained || of_identity || under_a_comment, "no reason: {line}");
    }
}

on_every_engine! {
    async fn the_demos_schema(on: On) {
        let world = World::empty(on).await;
        if on == On::Sqlite {
            std::fs::remove_file(world.folder.path().join("generation.db")).expect("it goes");
        }
        IMAGEGEN.found(&world.url, &world.files().join("founded")).await.expect("it is founded");
        let (text, map) = proposed(&world).await;
        is_explained(&text);
        assert_eq!((map.subject.as_str(), map.product.as_str(), map.tables.len()), ("users", "p", 20), "{text}");
        for (table, by) in [
            ("prompts", "users user_id=id"), ("images", "users user_id=id"), ("devices", "user_devices id=device_id"),
            ("gallery_items", "galleries gallery_id=id"), ("profiles", "users user_id=id"), ("likes", "users user_id=id"),
        ] {
            assert_eq!(owner(&map, table), by, "{table}");
        }
        assert_eq!(link(&map, "generations", "generations"), Some(Others::Null));
        assert_eq!(link(&map, "users", "users"), Some(Others::Null));
        assert_eq!(link(&map, "likes", "images"), Some(Others::Delete));
        assert_eq!(link(&map, "gallery_items", "images"), Some(Others::Delete));
        assert_eq!(link(&map, "images", "generations"), None);
        assert_eq!(map.tables["gallery_items"].key, ["gallery_id", "image_id"]);
        assert!(map.tables["images"].columns["object_key"].file && map.tables["images"].columns["preview_key"].file);
        assert!(map.tables["profiles"].columns["avatar_key"].file);
        assert!(map.tables["prompts"].columns["text"].search && map.tables["support_messages"].columns["body"].search);
        assert!(map.tables["password_resets"].columns["token_digest"].leave_out.is_some());
        for (table, after) in [("invoices", "issued_on"), ("credits_ledger", "created_at")] {
            assert_eq!(map.tables[table].erase, Erase::Keep, "{table}");
            assert_eq!(map.tables[table].keep.as_ref().map(|keep| keep.after.as_str()), Some(after), "{table}");
            assert!(map.tables[table].columns["user_id"].erase.is_some(), "{table}");
        }
        let category = |table: &str, column: &str| map.tables[table].columns[column].category.clone();
        for (table, column, is) in [
            ("users", "email", "contact"), ("sessions", "ip", "usage"), ("prompts", "text", "content"), ("subscriptions", "plan", "billing"),
            ("devices", "serial", "device"), ("users", "created_at", "usage"), ("images", "user_id", "account"),
        ] {
            assert_eq!(category(table, column), is, "{table}.{column}");
        }
        let kinds: Vec<_> = map.identities.iter().map(|i| (i.kind.as_str(), i.table.as_str(), i.normal, i.contact)).collect();
        for identity in [
            ("email", "users", Normal::Lower, true), ("email", "oauth_identities", Normal::Lower, false),
            ("username", "users", Normal::Lower, false), ("device", "devices", Normal::Exact, false),
            ("order", "invoices", Normal::Exact, false), ("account", "users", Normal::Exact, false),
        ] {
            assert!(kinds.contains(&identity), "{identity:?} in {kinds:?}");
        }
        // it fits the schema it came from
        let files = crate::generation::Files::Folder(world.files());
        let source = Source::new(&world.url, Some(files), &text).expect("it reads");
        assert_eq!(source.check().await.expect("it checks"), [], "{text}");
    }

    async fn names_in_camel_case(on: On) {
        let world = World::empty(on).await;
        world.run("CREATE TABLE \"User\" (\"id\" VARCHAR(60) PRIMARY KEY NOT NULL, \"emailAddress\" VARCHAR(60) NOT NULL UNIQUE, \"phoneNumber\" TEXT, \"createdAt\" TIMESTAMP NOT NULL);
            CREATE TABLE \"GeneratedImage\" (\"id\" VARCHAR(60) PRIMARY KEY NOT NULL, \"userId\" VARCHAR(60) NOT NULL REFERENCES \"User\" (\"id\"), \"remixOfId\" VARCHAR(60) REFERENCES \"GeneratedImage\" (\"id\"), \"storageKey\" TEXT, \"negativePrompt\" TEXT);
            CREATE TABLE \"ImageLike\" (\"userId\" VARCHAR(60) NOT NULL REFERENCES \"User\" (\"id\"), \"generatedImageId\" VARCHAR(60) NOT NULL REFERENCES \"GeneratedImage\" (\"id\"), PRIMARY KEY (\"userId\", \"generatedImageId\"));
            CREATE TABLE \"PaymentInvoice\" (\"id\" VARCHAR(60) PRIMARY KEY NOT NULL, \"userId\" VARCHAR(60) REFERENCES \"User\" (\"id\"), \"issuedOn\" DATE NOT NULL);
            CREATE TABLE \"Model\" (\"id\" VARCHAR(60) PRIMARY KEY NOT NULL, \"title\" TEXT)").await;
        let (text, map) = proposed(&world).await;
        is_explained(&text);
        assert_eq!(map.subject, "User");
        assert_eq!(map.tables.keys().collect::<Vec<_>>(), ["GeneratedImage", "ImageLike", "PaymentInvoice", "User"], "{text}");
        assert!(text.contains("# Model: nothing leads from it to a person"), "{text}");
        assert!(map.tables["GeneratedImage"].columns["storageKey"].file && map.tables["GeneratedImage"].columns["negativePrompt"].search);
        assert_eq!(link(&map, "GeneratedImage", "GeneratedImage"), Some(Others::Null));
        assert_eq!(link(&map, "ImageLike", "GeneratedImage"), Some(Others::Delete));
        assert_eq!(map.tables["PaymentInvoice"].erase, Erase::Keep);
        let kinds: Vec<_> = map.identities.iter().map(|i| (i.kind.as_str(), i.column.as_str(), i.normal)).collect();
        assert_eq!(kinds, [("email", "emailAddress", Normal::Lower), ("phone", "phoneNumber", Normal::Digits), ("account", "id", Normal::Exact)]);
        let files = crate::generation::Files::Folder(world.files());
        let source = Source::new(&world.url, Some(files), &text).expect("it reads");
        assert_eq!(source.check().await.expect("it checks"), [], "{text}");
    }

    async fn a_schema_without_foreign_keys(on: On) {
        let world = World::empty(on).await;
        world.run("CREATE TABLE customers (id BIGINT PRIMARY KEY, mail TEXT, contact_email TEXT);
            CREATE TABLE jobs (id BIGINT PRIMARY KEY, customer_id BIGINT NOT NULL, parent_id BIGINT, model_id BIGINT, prompt TEXT);
            CREATE TABLE job_files (job_id BIGINT NOT NULL, nr BIGINT NOT NULL, file_path TEXT, PRIMARY KEY (job_id, nr));
            CREATE TABLE posts (id BIGINT PRIMARY KEY, author_id BIGINT, approved_by BIGINT, body TEXT);
            CREATE TABLE models (id BIGINT PRIMARY KEY, title TEXT);
            CREATE TABLE newsletter (address_email VARCHAR(60) PRIMARY KEY NOT NULL);
            CREATE TABLE heap (customer_id BIGINT, line TEXT)").await;
        let (text, map) = proposed(&world).await;
        is_explained(&text);
        assert_eq!(map.subject, "customers");
        assert_eq!(owner(&map, "jobs"), "customers customer_id=id");
        assert_eq!(owner(&map, "job_files"), "jobs job_id=id");
        assert_eq!(owner(&map, "posts"), "customers author_id=id");
        assert_eq!(link(&map, "posts", "customers"), Some(Others::Null));
        assert_eq!(link(&map, "jobs", "jobs"), Some(Others::Null));
        assert_eq!(map.tables.keys().collect::<Vec<_>>(), ["customers", "job_files", "jobs", "posts"], "{text}");
        for says in ["decide: customer_id is named like a key of customers, but no foreign key says so", "# models: nothing leads", "# heap: decide: it has no key", "# newsletter: decide: looks personal"] {
            assert!(text.contains(says), "{says}\n{text}");
        }
    }

    async fn an_empty_database_and_one_without_people(on: On) {
        let world = World::empty(on).await;
        let (text, map) = proposed(&world).await;
        assert!(text.contains("# decide: no table looks like one with a row a person") && map.tables.len() == 1);
        world.run("CREATE TABLE weather (id BIGINT PRIMARY KEY, degrees BIGINT)").await;
        let (text, _) = proposed(&world).await;
        assert!(text.contains("no table looks like one"), "{text}");
    }

    /// What a name has in it stays within its quotes.
    async fn names_that_are_no_words(on: On) {
        let world = World::empty(on).await;
        world.run("CREATE TABLE \"my users\" (\"the.id\" BIGINT PRIMARY KEY, \"e-mail \"\"x\" TEXT, \"größe\" TEXT);
            CREATE TABLE \"a\nb\" (\"id\" BIGINT PRIMARY KEY, \"user_id\" BIGINT REFERENCES \"my users\" (\"the.id\"))").await;
        let (text, map) = proposed(&world).await;
        assert_eq!(map.subject, "my users", "{text}");
        assert_eq!(owner(&map, "a\nb"), "my users user_id=the.id");
        assert!(map.tables["my users"].columns.contains_key("e-mail \"x"));
    }
}
