//! Holds on parts: exactly those rows stay as they are, with what they need, and the rest goes, however it is cut off.

use super::{
    cut_off::{COMMENTS, keys, with_comments, work},
    on_every_engine,
    world::{MAP, On, World, carry_out, target},
};
use crate::{
    domain::plan::{Action, NEEDED_ON_HOLD, ON_HOLD, Plan, WarningCode},
    generation::{Aim, Correction, Extent, Held, Source, Target},
};

/// `images:11`, or a table; `category contact` for a category.
fn held(parts: &[&str]) -> Held {
    let mut extent = Extent::default();
    for part in parts {
        match (part.strip_prefix("category "), part.parse()) {
            (Some(category), _) => extent.categories.push(category.to_owned()),
            (None, Ok(item)) => extent.items.push(item),
            (None, Err(_)) => extent.tables.push((*part).to_owned()),
        }
    }
    let holds = if parts.is_empty() { Vec::new() } else { vec![7] };
    Held { holds, extent, ..Held::default() }
}

async fn ada(source: &Source, parts: &[&str]) -> Target {
    Target { held: held(parts), ..target(source, "account", "1").await }
}

fn kept(plan: &Plan) -> Vec<(String, i64, String, Option<String>)> {
    let kept = plan.tables.iter().filter(|line| line.action == Action::Keep);
    kept.map(|l| (l.table.clone(), l.rows, l.reason.clone().unwrap_or_default(), l.keep_until.clone())).collect()
}

fn on_hold(table: &str, rows: i64) -> (String, i64, String, Option<String>) {
    (table.to_owned(), rows, ON_HOLD.to_owned(), None)
}

fn needed(table: &str, rows: i64) -> (String, i64, String, Option<String>) {
    (table.to_owned(), rows, NEEDED_ON_HOLD.to_owned(), None)
}

/// Carries an erasure out and looks that the plan said what it did.
async fn erased(world: &World, map: &str, parts: &[&str]) -> Plan {
    let source = world.source(map);
    let target = ada(&source, parts).await;
    let plan = source.plan(&target).await.expect("it plans");
    assert!(plan.may_run(), "{:?}", plan.warnings);
    let (done, verified) = carry_out(&source, &target).await.expect("it is carried out");
    assert_eq!(verified.left, [], "{done:#?}");
    let gone: i64 = done.iter().filter(|(label, ..)| label.ends_with(" delete")).map(|(_, rows, _)| rows).sum();
    let planned: i64 = plan.tables.iter().filter(|l| l.action == Action::Delete && !l.of_others).map(|l| l.rows).sum();
    assert_eq!(gone, planned, "{done:#?} {:#?}", plan.tables);
    plan
}

const LINES: &str = "[tables.invoice_lines]\nkey = [\"id\"]\nowner = [{ to = \"invoices\", on = { invoice_id = \"id\" } }]\n\
    link = [{ to = \"images\", on = { image_id = \"id\" }, others = \"delete\" }]\nerase = \"delete\"\ncolumns = { id = {}, invoice_id = {}, image_id = {} }\n\
    [tables.usage_notes]\nkey = [\"id\"]\nowner = [{ to = \"usage_log\", on = { log_id = \"id\" } }]\nerase = \"delete\"\ncolumns = { id = {}, log_id = {} }\n";

/// Rows that are the person's by rows that stay and forget the person.
async fn with_lines(on: On) -> World {
    let world = World::new(on).await;
    world
        .run("CREATE TABLE invoice_lines (id BIGINT PRIMARY KEY, invoice_id BIGINT NOT NULL REFERENCES invoices (id), image_id BIGINT REFERENCES images (id));
            CREATE TABLE usage_notes (id BIGINT PRIMARY KEY, log_id BIGINT NOT NULL REFERENCES usage_log (id));
            INSERT INTO invoice_lines VALUES (1, 100, 10), (2, 100, NULL), (3, 101, NULL), (4, 102, 20);
            INSERT INTO usage_notes VALUES (1, 1), (2, 2), (3, 3)")
        .await;
    world
}

const NOTES: &str = "[tables.device_notes]\nkey = [\"id\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }, { to = \"devices\", on = { serial = \"serial\" } }]\n\
    shared = \"delete\"\nerase = \"delete\"\ncolumns = { id = {}, user_id = {}, serial = {} }\n";

const PRINTS: &str = "[tables.prints]\nkey = [\"id\"]\nowner = [{ to = \"users\", on = { user_id = \"id\" } }]\n\
    link = [{ to = \"images\", on = { image_id = \"id\" } }, { to = \"images\", on = { proof_id = \"id\" } }]\nerase = \"keep\"\n\
    keep = { reason = \"orders\", period = \"P8Y\", after = \"at\" }\n\
    columns = { id = {}, user_id = { erase = \"null\" }, image_id = {}, proof_id = {}, at = {} }\n";

on_every_engine! {
    /// The columns by which a row under a hold is the person's stay, or it would not be under the hold any more.
    async fn what_belongs_to_rows_that_forget_the_person_stays_the_persons(on: On) {
        let (world, map) = (with_lines(on).await, format!("{MAP}{LINES}"));
        let rows = [("invoice_lines", "id = 1"), ("invoices", "id = 100"), ("usage_notes", "id = 3"), ("usage_log", "id = 3"), ("users", "id = 1"), ("images", "id = 10")];
        let mut before = Vec::new();
        for (table, row) in rows {
            before.push(world.rows(table, row).await);
        }
        let plan = erased(&world, &map, &["invoice_lines:1", "usage_notes:3"]).await;
        assert_eq!(kept(&plan), [needed("images", 1), on_hold("invoice_lines", 1), needed("invoices", 1), needed("usage_log", 1), on_hold("usage_notes", 1), needed("users", 1)]);
        for ((table, row), before) in rows.into_iter().zip(before) {
            assert_eq!(world.rows(table, row).await, before, "{table}");
        }
        assert_eq!(world.rows("usage_log", "id = 1 AND user_id IS NULL").await.len(), 1, "what they do not need changes");
        assert_eq!(world.rows("invoice_lines", "1 = 1").await.len(), 2, "the other lines go");
        assert_eq!(world.rows("images", "user_id = 1").await.len(), 1);
        // and nothing is left of it all once the hold ends
        erased(&world, &map, &[]).await;
        assert_eq!((world.rows("invoice_lines", "1 = 1").await.len(), world.rows("users", "id = 1").await.len()), (1, 0));
    }

    async fn nor_does_a_category_take_what_a_held_row_rests_on(on: On) {
        let world = with_lines(on).await;
        let map = format!("{MAP}{LINES}").replace("user_id = { erase = \"null\" }, name = {}", "user_id = { erase = \"null\", category = \"link\" }, name = {}");
        let source = world.source(&map);
        let extent = Extent { categories: vec!["link".to_owned()], ..Extent::default() };
        let target = Target { extent, ..ada(&source, &["invoice_lines:3"]).await };
        let plan = source.plan(&target).await.expect("it plans");
        assert_eq!(kept(&plan).last(), Some(&needed("invoices", 1)), "{plan:#?}");
        let (done, verified) = carry_out(&source, &target).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        assert_eq!(world.rows("invoices", "id = 101 AND user_id = 1").await.len(), 1);
        assert_eq!(world.rows("invoices", "id = 100 AND user_id IS NULL").await.len(), 1);
    }

    /// What is the person's and somebody else's is held with what belongs to it.
    async fn what_belongs_to_a_shared_row_is_held_with_it(on: On) {
        let world = World::new(on).await;
        world.run("CREATE TABLE device_notes (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), serial VARCHAR(60) NOT NULL REFERENCES devices (serial));
            INSERT INTO device_notes VALUES (1, 1, 'tablet'), (2, 1, 'phone'), (3, 2, 'laptop')").await;
        let plan = erased(&world, &format!("{MAP}{NOTES}"), &["devices:tablet"]).await;
        assert!(kept(&plan).contains(&on_hold("device_notes", 1)), "{:?}", kept(&plan));
        assert_eq!(world.rows("device_notes", "id IN (1, 3)").await.len(), 2);
        assert_eq!(world.rows("device_notes", "1 = 1").await.len(), 2);
        assert_eq!(world.rows("user_devices", "user_id = 1").await.len(), 1);
    }

    async fn an_answer_to_an_answer_under_a_hold_is_held(on: On) {
        let (world, map) = (with_comments(on).await, format!("{MAP}{COMMENTS}"));
        world.run("INSERT INTO comments VALUES (6, 1, 3), (7, 1, 5)").await;
        // Bo answered Ada, and Ada that again; 7 answers something of Bo's alone
        erased(&world, &map, &["comments:3"]).await;
        assert_eq!(world.rows("comments", "id IN (1, 3, 6) AND user_id IS NOT NULL").await.len(), 3);
        assert_eq!(world.rows("comments", "id = 3 AND up = 1").await.len(), 1);
        assert_eq!(world.rows("comments", "id = 7").await.len(), 0);
    }

    /// A row that is kept anyway and has nothing to do with a hold is as it would be without one.
    async fn a_hold_elsewhere_changes_nothing(on: On) {
        let (held, free) = (World::new(on).await, World::new(on).await);
        let map = format!("{MAP}{PRINTS}");
        for world in [&held, &free] {
            world.run("CREATE TABLE prints (id BIGINT PRIMARY KEY, user_id BIGINT, image_id BIGINT NOT NULL, proof_id BIGINT, at DATE NOT NULL);
                INSERT INTO prints VALUES (1, 1, 10, 11, '2025-01-01')").await;
        }
        erased(&free, &map, &[]).await;
        let plan = erased(&held, &map, &["invoices:100"]).await;
        assert_eq!(held.rows("prints", "1 = 1").await, free.rows("prints", "1 = 1").await);
        assert_eq!(held.rows("prints", "user_id IS NULL AND proof_id = 11").await.len(), 1);
        assert!(!plan.tables.iter().any(|line| line.table == "prints" && line.action != Action::Keep), "{plan:#?}");
    }

    /// What nobody knows any more protects nothing: it stops the erasure.
    async fn a_hold_on_what_is_not_there_any_more_stops_the_plan(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        for part in ["cellars", "cellars:1", "category wine", "user_devices:1", "images:not-a-number"] {
            let plan = source.plan(&ada(&source, &[part, "invoices:100"]).await).await.expect("it plans");
            let stops = plan.warnings.iter().any(|warning| warning.code == WarningCode::Hold && warning.blocks);
            assert!(stops && !plan.may_run(), "{part}: {:?}", plan.warnings);
        }
        let known = source.plan(&ada(&source, &["images:999"]).await).await.expect("it plans");
        assert!(known.may_run(), "it may have gone: {:?}", known.warnings);
    }

    async fn one_invoice_stays_and_whom_it_is_about_and_nothing_else(on: On) {
        let world = World::new(on).await;
        let (invoice, user) = (world.rows("invoices", "id = 100").await, world.rows("users", "id = 1").await);
        let (bo, log) = (world.rows("users", "id = 2").await, world.rows("usage_log", "id = 2").await);
        let plan = erased(&world, MAP, &["invoices:100"]).await;
        // the other invoice is past its period, and goes
        assert_eq!(kept(&plan), [on_hold("invoices", 1), needed("users", 1)]);
        assert_eq!(world.rows("invoices", "user_id = 1 OR user_id IS NULL").await, invoice);
        assert_eq!(world.rows("users", "id = 1").await, user);
        assert_eq!((world.rows("users", "id = 2").await, world.rows("usage_log", "id = 2").await), (bo, log));
        for (table, of_ada) in [("logins", "user_id = 1"), ("images", "user_id = 1"), ("likes", "user_id = 1"), ("usage_log", "user_id = 1"), ("user_devices", "user_id = 1")] {
            assert_eq!(world.rows(table, of_ada).await, Vec::<String>::new(), "{table}");
        }
        assert!(!world.files().join("a/10.png").exists() && world.files().join("b/20.png").exists());
    }

    async fn what_a_held_row_refers_to_stays_and_its_files_do(on: On) {
        let world = World::new(on).await;
        let (theirs, others) = (world.rows("images", "id IN (10, 11)").await, world.rows("images", "user_id = 2").await);
        // 11 is made of 10; 13 is made of 11 and goes, as does 12
        let plan = erased(&world, MAP, &["images:11"]).await;
        assert_eq!(kept(&plan), [("invoices".to_owned(), 1, "books of account".to_owned(), Some("2032-05-06".to_owned())), on_hold("images", 1), needed("images", 1), needed("users", 1)]);
        assert_eq!(world.rows("images", "user_id = 1").await, theirs);
        assert_eq!(world.rows("images", "user_id = 2").await, others, "nobody's link to what stays is cut");
        assert_eq!(world.rows("likes", "user_id <> 1").await.len(), 3, "nor does a like of what stays go");
        for (file, stays) in [("a/10.png", true), ("a/11.png", true), ("shared.png", true)] {
            assert_eq!(world.files().join(file).exists(), stays, "{file}");
        }
    }

    async fn a_table_a_category_and_rows_of_any_key_are_held(on: On) {
        let world = World::new(on).await;
        let map = MAP.replace("camelCase = {}", "camelCase = { category = \"sales.order\" }").replace("line = { search = true }", "line = { search = true, category = \"usage\" }");
        let before = (world.rows("usage_log", "1 = 1").await, world.rows("order", "1 = 1").await);
        let plan = erased(&world, &map, &["category sales", "usage_log", "logins:1,2026-01-02 03:04:05", "user_devices:1,tablet"]).await;
        let invoices = ("invoices".to_owned(), 1, "books of account".to_owned(), Some("2032-05-06".to_owned()));
        assert_eq!(kept(&plan), [invoices, on_hold("devices", 1), on_hold("logins", 1), on_hold("order", 1), on_hold("usage_log", 2), on_hold("user_devices", 1), needed("users", 1)]);
        assert_eq!((world.rows("usage_log", "1 = 1").await, world.rows("order", "1 = 1").await), before, "no value of them changed");
        assert_eq!(world.rows("logins", "user_id = 1").await.len(), 1);
        assert_eq!(world.rows("user_devices", "user_id = 1").await.len(), 1);
        assert_eq!(world.rows("devices", "1 = 1").await.len(), 2, "the phone was hers alone; the tablet and Bo's stay");
    }

    async fn answers_keep_the_letters_they_answer_and_it_may_be_cut_off_anywhere(on: On) {
        let map = format!("{MAP}{COMMENTS}");
        // 2 answers 1, both are Ada's; so did Bo
        let parts = ["comments:2", "invoices:100"];
        let whole = with_comments(on).await;
        let plan = erased(&whole, &map, &parts).await;
        assert_eq!(kept(&plan), [on_hold("comments", 1), needed("comments", 1), on_hold("invoices", 1), needed("users", 1)]);
        assert_eq!(whole.rows("comments", "id IN (1, 2)").await.len(), 2);
        let expected = whole.dump().await;
        for cut in (1..).step_by(4) {
            let world = with_comments(on).await;
            let (first, second) = (world.source(&map), world.source(&map));
            let target = ada(&first, &parts).await;
            let erasure = first.erasure(&target).await.expect("it prepares");
            let keys = keys(&erasure).await;
            let batches = work(&erasure, &keys, cut).await;
            first.close().await;
            let erasure = second.erasure(&target).await.expect("it prepares");
            work(&erasure, &keys, usize::MAX).await;
            assert_eq!(erasure.verify().await.expect("it looks").left, [], "after {cut}");
            assert_eq!(world.dump().await, expected, "after {cut}");
            if batches < cut {
                break;
            }
        }
    }

    async fn what_is_left_goes_once_the_hold_is_released(on: On) {
        let (held, at_once) = (World::new(on).await, World::new(on).await);
        erased(&at_once, MAP, &[]).await;
        erased(&held, MAP, &["invoices:100", "images:11"]).await;
        assert_ne!(held.dump().await, at_once.dump().await);
        let plan = erased(&held, MAP, &[]).await;
        assert!(!plan.holds_some(), "{plan:?}");
        // the images of others that lost their origin are the same; what was kept went without a trace
        assert_eq!(held.dump().await, at_once.dump().await);
    }

    async fn a_limited_run_names_only_what_it_would_have_touched(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let images = Extent { tables: vec!["images".to_owned()], ..Extent::default() };
        let target = Target { extent: images, ..ada(&source, &["images:12", "invoices:100"]).await };
        let plan = source.plan(&target).await.expect("it plans");
        assert_eq!(kept(&plan), [on_hold("images", 1)]);
        carry_out(&source, &target).await.expect("it is carried out");
        assert_eq!(world.rows("images", "user_id = 1").await.len(), 1);
        assert_eq!(world.rows("usage_log", "user_id = 1").await.len(), 2);
    }

    async fn no_hold_no_other_hold_and_no_other_part_have_the_same_hash(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let mut hashes = Vec::new();
        let all: [&[&str]; 5] = [&[], &["invoices:100"], &["invoices:101"], &["invoices"], &["invoices:100", "images:11"]];
        for parts in all {
            hashes.push(source.plan(&ada(&source, parts).await).await.expect("it plans").scope_hash);
        }
        let one = ada(&source, &["invoices:100"]).await;
        let again = Target { held: Held { holds: vec![8], ..one.held.clone() }, ..one.clone() };
        hashes.push(source.plan(&again).await.expect("it plans").scope_hash);
        assert_eq!(source.erasure(&one).await.expect("it prepares").scope_hash(), hashes[1]);
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), 6);
    }

    async fn a_value_under_a_hold_is_not_corrected(on: On) {
        let world = World::new(on).await;
        let source = world.source(&MAP.replace("title = {} }", "title = { correct = true } }"));
        let correction = |key: &str, was: Option<&str>| Correction {
            table: "images".to_owned(),
            key: vec![key.to_owned()],
            column: "title".to_owned(),
            was: was.map(str::to_owned),
            becomes: Some("new".to_owned()),
        };
        for (key, was, blocks) in [("10", Some("one"), true), ("13", Some("no file"), false)] {
            let aim = Aim::Correct { corrections: vec![correction(key, was)] };
            let plan = source.plan(&Target { aim, ..ada(&source, &["images:10"]).await }).await.expect("it plans");
            let held = plan.warnings.iter().any(|warning| warning.code == WarningCode::Hold && warning.blocks);
            assert_eq!((held, plan.may_run()), (blocks, !blocks), "{key}: {:?}", plan.warnings);
        }
    }

    async fn what_is_not_theirs_is_not_held(on: On) {
        let world = World::new(on).await;
        let source = world.source(MAP);
        let subjects = target(&source, "account", "1").await.subjects;
        let missing = async |parts: &[&str]| source.missing(&subjects, &held(parts).extent).await;
        assert_eq!(missing(&["invoices:100", "invoices"]).await.expect("it looks"), Vec::<String>::new());
        assert_eq!(missing(&["invoices:102", "images:10"]).await.expect("it looks"), ["invoices"]);
        assert_eq!(missing(&["invoices:999"]).await.expect("it looks"), ["invoices"]);
        assert!(missing(&["cellars"]).await.is_err());
    }
}
