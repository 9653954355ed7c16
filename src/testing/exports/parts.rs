//! Copies that are too large for one archive: each part can be read by itself, together they are the whole, and each is
//! fetched by itself.

use super::{
    super::generation::{
        on_every_engine,
        opened::{Opened, opened as archives, order},
    },
    *,
};
use std::{collections::BTreeSet, fmt::Write as _};

/// Adds pictures of Ada's with titles that no compression makes small.
async fn many_rows(world: &World, count: usize) {
    let mut seed = 7_u64;
    let mut hex = || {
        let mut text = String::new();
        for _ in 0..25 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            write!(text, "{:012x}", seed >> 16).expect("text takes text");
        }
        text
    };
    for from in (0..count).step_by(500) {
        let rows: Vec<_> =
            (from..(from + 500).min(count)).map(|n| format!("({}, 1, NULL, NULL, '{}')", 1_000 + n, hex())).collect();
        world.run(&format!("INSERT INTO images VALUES {}", rows.join(", "))).await;
    }
}

fn ids(part: &Opened) -> Vec<i64> {
    if !part.entries.contains_key("data/images.json") {
        return Vec::new();
    }
    let rows: Vec<serde_json::Value> = serde_json::from_str(&part.text("data/images.json")).expect("JSON");
    rows.iter().map(|row| row["id"].as_i64().expect("a number")).collect()
}

on_every_engine! {
    async fn a_table_that_is_too_large_goes_on_in_the_next_part(on: On) {
        let world = World::new(on).await;
        many_rows(&world, 6_000).await;
        let (source, mut order) = order(&world, MAP, "1").await;
        order.part_bytes = 300_000;
        let parts = archives(&source, &order).await;
        assert!((3..20).contains(&parts.len()), "{}", parts.len());
        let (mut seen, mut files) = (BTreeSet::new(), BTreeSet::new());
        for (n, part) in parts.iter().enumerate() {
            part.is_sound();
            let page = part.page();
            assert!(page.contains(&format!("This is part {} of {}.", n + 1, parts.len())), "{page}");
            assert!(page.contains("What you have a right to know") && page.contains("Storage Ltd"), "it says everything by itself");
            let manifest = part.manifest();
            assert_eq!((manifest["part"].as_u64(), manifest["parts"].as_array().expect("a list").len()), (Some(n as u64 + 1), parts.len()));
            let listed = manifest["parts"].as_array().expect("a list").iter().flat_map(|part| part["tables"].as_array().expect("a list"));
            let images: i64 = listed.filter(|rows| rows["table"] == "images").map(|rows| rows["rows"].as_i64().expect("a number")).sum();
            assert_eq!(images, 6_004, "every part knows of all");
            for id in ids(part) {
                assert!(seen.insert(id), "{id} stands twice");
            }
            let text = page.matches("<td").count();
            assert!(ids(part).is_empty() || text > 100, "the first rows can be read");
            for (path, _) in part.files() {
                assert!(files.insert(path.clone()), "{path} stands twice");
            }
            let bytes = part.told.parts[n].bytes;
            assert!(bytes < 1_000_000 && (n + 1 == parts.len() || bytes > 200_000), "part {n} has {bytes}");
        }
        assert_eq!((seen.len(), files.len()), (6_004, 3));
        let continued = parts.iter().filter(|part| part.page().contains("Records in this part:")).count();
        assert!(continued > 2, "{continued}");
        assert_eq!(fs::read_dir(&order.spool).expect("it lists").count(), 0);
        // and whole it is the same
        order.part_bytes = 0;
        let whole = archives(&source, &order).await;
        assert_eq!((whole.len(), ids(&whole[0]).len()), (1, 6_004));
        assert!(!whole[0].page().contains("part 1 of"));
    }
}

/// The archives that the page behind the link offers, as the values of their buttons.
fn offered(page: &str) -> Vec<String> {
    page.split("name=\"do\" value=\"plain.")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect()
}

async fn fetched(house: &House, link: &str, code: &str, part: &str, how: &str) -> Answer {
    let answer = post(house, link, &format!("do={how}.{part}&code={code}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let place = answer.header("location").to_owned();
    house.works().await;
    get(house, &place).await
}

on_both! {
    async fn every_part_is_fetched_by_itself_with_the_same_code(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        // another archive after every entry
        let house = house.with_parts_of(1);
        let (reference, link, code) = released(&house).await;
        let run = house.case(reference).await.runs[0].0;
        let packed = page(&house, run).await.package.expect("it is packed").copied.expect("a manifest");
        let of = packed.parts.len();
        assert_eq!(of, 12, "nine tables and three files: {packed:?}");
        assert_eq!(kept(&house).len(), 2 * of - 1, "a body and an end of each, and the last in one");
        for lies in kept(&house) {
            assert!(!lies.windows(5).any(|part| part == b"index") && !lies.windows(4).any(|part| part == b"PK\x03\x04"));
        }
        let shown = get(&house, &link).await.text();
        assert_eq!(offered(&shown).len(), of);
        assert!(shown.contains("12 archives"), "{shown}");
        assert!(house.sent().iter().any(|mail| mail.replace("=\r\n", "").contains("It has 12 parts")));

        let mut tables = BTreeSet::new();
        for n in 1..=of {
            let answer = fetched(&house, &link, &code, &n.to_string(), "plain").await;
            assert_eq!(answer.status, StatusCode::OK);
            let named = format!("attachment; filename=\"your-data-part-{n}-of-{of}.zip\"");
            assert_eq!(answer.header("content-disposition"), named);
            let entries = entries(&answer.body);
            let page = String::from_utf8(entries["index.html"].clone()).expect("text");
            assert!(page.contains(&format!("This is part {n} of {of}.")), "{page}");
            tables.extend(entries.keys().filter(|name| name.starts_with("data/") || name.starts_with("files/")).cloned());
        }
        assert_eq!(tables.iter().filter(|name| name.contains(".json") && name.starts_with("data/")).count(), 9);
        assert_eq!(tables.iter().filter(|name| name.starts_with("files/")).count(), 3);

        // across the border of body and end, in ranges
        let place = opened(&house, &link, &code, "plain.2").await;
        let whole = get(&house, &place).await.body;
        let mut put_together = Vec::new();
        while put_together.len() < whole.len() {
            let range = format!("bytes={}-{}", put_together.len(), put_together.len() + 99);
            put_together.extend(asked(&house, Method::GET, &place, &[("range", &range)], "").await.body);
        }
        assert!(put_together == whole, "the ranges are the whole");
        assert_eq!(get(&house, &place.replace("part-2", "part-3")).await.status, StatusCode::NOT_FOUND);

        // each counts its own fetchings
        for _ in 0..4 {
            fetched(&house, &link, &code, "1", "plain").await;
        }
        let sixth = post(&house, &link, &format!("do=plain.1&code={code}")).await;
        assert_eq!(sixth.status, StatusCode::UNPROCESSABLE_ENTITY);
        let shown = get(&house, &link).await.text();
        assert!(!offered(&shown).contains(&"1".to_owned()) && offered(&shown).len() == of - 1);
        let none = post(&house, &link, &format!("do=plain.99&code={code}")).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);

        let locked = fetched(&house, &link, &code, "2", "locked").await;
        assert_eq!(locked.status, StatusCode::OK);
        assert_eq!(locked.header("content-disposition"), format!("attachment; filename=\"your-data-part-2-of-{of}-with-password.zip\""));
        let mut zip = ZipArchive::new(Cursor::new(locked.body)).expect("an archive");
        assert!(zip.by_name_decrypt("index.html", code.as_bytes()).is_ok());

        let receipt = runs::receipt_file(&house.app, &house.agent, run).await.expect("it is signed");
        assert_eq!(receipt.matches("sha256").count(), of + 1, "{receipt}");
        agrees_with_its_events(&house, reference).await;
        let package = house.case(reference).await.packages[0].clone();
        assert_eq!((package.parts, package.fetched.0), (of, 18));
        exports::revoke_package(&house.app, &house.agent, reference, package.id, "enough").await.expect("withdrawn");
        house.works().await;
        assert!(kept(&house).is_empty(), "every file of every part is gone");
    }

    async fn a_part_that_was_changed_is_not_handed_out(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let house = house.with_parts_of(1);
        let (_, link, code) = released(&house).await;
        let place = opened(&house, &link, &code, "plain.1").await;
        let sound = get(&house, &place).await.body;
        let folder = house.folder.path().join("packages");
        let ends = fs::read_dir(&folder).expect("it is there").flatten().map(|entry| entry.path());
        let end = ends.filter(|path| path.to_string_lossy().ends_with("-end")).min_by_key(|path| path.to_string_lossy().len()).expect("an end");
        // the end of another part in its place opens nothing, sound as it is
        let other = fs::read_dir(&folder).expect("it is there").flatten().map(|entry| entry.path());
        let other = other.filter(|path| path.to_string_lossy().ends_with("-end")).find(|path| *path != end).expect("another");
        let kept = fs::read(&end).expect("it reads");
        fs::copy(&other, &end).expect("it is put there");
        assert_eq!(get(&house, &place).await.status, StatusCode::SERVICE_UNAVAILABLE);
        fs::write(&end, &kept).expect("it is written");
        assert!(get(&house, &place).await.body == sound);
    }
}
