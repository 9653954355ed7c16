//! Rehearsals as the command line asks for them, on real databases.

use super::{MARKER, Rehearse, Rehearsed, rehearse, shown};
use crate::{
    domain::time::Instant,
    generation::receipt::{PublicKeys, Signed},
    testing::generation::{
        on_every_engine, sealing,
        world::{MAP, World},
    },
};
use clap::{Args as _, FromArgMatches as _};
use serde_json::{Value, json};
use std::{fs, io::Read as _};

/// 24 November 2026.
const NOW: Instant = Instant(1_795_500_000_000);

/// The arguments as they are typed.
fn asked(world: &World, line: &str) -> Rehearse {
    let map = world.folder.path().join("map.toml");
    if !map.exists() {
        fs::write(&map, MAP).expect("it is written");
    }
    let words = line.split_whitespace().map(str::to_owned);
    let first = ["rehearse", "--map", map.to_str().expect("text"), "--url", &world.url].map(str::to_owned);
    let matches =
        Rehearse::augment_args(clap::Command::new("rehearse")).try_get_matches_from(first.into_iter().chain(words));
    Rehearse::from_arg_matches(&matches.expect("it is understood")).expect("it is understood")
}

async fn at(world: &World, line: &str) -> Rehearsed {
    let files = format!("{line} --files {}", world.files().display());
    rehearse(&asked(world, &files), NOW).await.expect("it is rehearsed")
}

async fn error(world: &World, line: &str) -> String {
    let error = rehearse(&asked(world, line), NOW).await.expect_err("it is refused");
    format!("{error:#}")
}

async fn is_a_copy(world: &World) {
    world.run(&format!("CREATE TABLE {MARKER} (id INTEGER)")).await;
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

on_every_engine! {
    async fn a_plan_is_said_and_nothing_changes(on: On) {
        let world = World::new(on).await;
        is_a_copy(&world).await;
        let before = world.dump().await;
        let Rehearsed { json, refused } = at(&world, "--kind erase --identity email=ADA@example.org --json").await;
        assert_eq!(refused, None);
        assert_eq!(keys(&json), ["files", "scope_hash", "subject", "tables", "warnings"]);
        assert_eq!(json["subject"], json!({ "accounts": 1, "found_by": ["email"] }));
        assert_eq!(json["files"], json!({ "count": 2, "bytes": 32 }));
        assert_eq!(json["scope_hash"].as_str().map(str::len), Some(64));
        let lines = json["tables"].as_array().expect("a list");
        let line = |table: &str, action: &str| {
            lines.iter().find(|line| line["table"] == table && line["action"] == action).unwrap_or_else(|| panic!("{table}"))
        };
        assert_eq!(*line("logins", "delete"), json!({ "table": "logins", "action": "delete", "rows": 2, "columns": {} }));
        let kept = line("invoices", "keep");
        assert_eq!((&kept["rows"], &kept["keep_until"], &kept["reason"]), (&json!(1), &json!("2032-05-06"), &json!("books of account")));
        assert_eq!(kept["columns"], json!({ "user_id": "null" }));
        let warnings = json["warnings"].as_array().expect("a list");
        let codes: Vec<_> = warnings.iter().map(|w| (w["code"].as_str().unwrap_or(""), w["table"].as_str().unwrap_or(""), w["blocks"] == true)).collect();
        assert!(codes.contains(&("shared_row", "devices", false)) && codes.contains(&("no_index", "images", false)), "{codes:?}");
        assert!(warnings.iter().all(|w| w["detail"].is_string() && !w.to_string().contains("ada@")), "{warnings:?}");
        let told = shown::for_people(&json);
        assert!(told.contains("accounts: 1, found by email") && told.contains("2  delete     logins"), "{told}");
        assert_eq!(world.dump().await, before);
    }

    async fn a_database_that_is_no_copy_is_not_changed(on: On) {
        let world = World::new(on).await;
        let before = world.dump().await;
        let says = error(&world, "--kind erase --identity account=1 --apply").await;
        assert!(says.contains("CREATE TABLE recourse_rehearsal_copy (id INTEGER)") && says.lines().count() == 1, "{says}");
        assert_eq!(world.dump().await, before);
    }

    async fn an_erasure_is_carried_out_looked_for_again_and_signed(on: On) {
        let world = World::new(on).await;
        is_a_copy(&world).await;
        let Rehearsed { json, refused } = at(&world, "--kind erase --identity account=1 --apply").await;
        assert_eq!(refused, None);
        assert_eq!(keys(&json), ["files", "left", "receipt", "tables", "verified"]);
        assert_eq!((&json["verified"], &json["left"], &json["files"]), (&json!(true), &json!([]), &json!({ "count": 2, "bytes": 32 })));
        let rows = json["tables"].as_array().expect("a list");
        for expected in [("images", "delete", 4), ("likes", "delete", 2), ("usage_log", "pseudonym", 2), ("invoices", "keep", 1), ("images", "null", 1)] {
            let (table, action, count) = expected;
            assert!(rows.contains(&json!({ "table": table, "action": action, "rows": count })), "{expected:?} in {rows:?}");
        }
        assert_eq!(world.rows("users", "1 = 1").await.len(), 2);
        assert_eq!(world.rows("images", "user_id = 1").await, [] as [String; 0]);
        assert!(!world.files().join("a/10.png").exists() && world.files().join("shared.png").exists());

        let receipt = json["receipt"].as_str().expect("text");
        assert_eq!(receipt.lines().count(), 1);
        let signed: Signed = serde_json::from_str(receipt).expect("a receipt");
        let told = signed.verify(&PublicKeys { keys: signed.public_key.clone().into_iter().collect() }).expect("it is believed");
        assert!(told.verified && told.steps.iter().any(|step| step.step == "images delete" && step.rows == 4));
        assert!(signed.verify(&PublicKeys::default()).is_err(), "its own word is none");
        // "ada" alone may stand in a digest's hex
        assert!(!receipt.to_lowercase().contains("ada@") && !receipt.contains("Ada"), "{receipt}");
        // once more there is nobody
        let again = at(&world, "--kind erase --identity account=1 --apply").await;
        assert_eq!((again.refused, &again.json["warnings"][0]["code"]), (None, &json!("nothing_found")));
    }

    async fn what_is_sealed_is_planned_and_signed(on: On) {
        let world = World::empty(on).await;
        world.run(&sealing::schema(on)).await;
        world.run(&sealing::rows(on)).await;
        fs::write(world.folder.path().join("map.toml"), sealing::map(on)).expect("it is written");
        is_a_copy(&world).await;
        let planned = at(&world, "--kind erase --identity account=1").await.json;
        let seals = |json: &Value| json["tables"].as_array().expect("a list").iter().find(|row| row["action"] == "seal").cloned();
        let line = seals(&planned).expect("it is planned");
        assert_eq!((&line["rows"], &line["keep_until"], &line["reason"]), (&json!(3), &json!("2027-11-24"), &json!("logs are kept for a year")));
        let Rehearsed { json, refused } = at(&world, "--kind erase --identity account=1 --apply").await;
        assert_eq!((refused, &json["verified"]), (None, &json!(true)));
        assert_eq!(seals(&json), Some(json!({ "table": "order", "action": "seal", "rows": 3 })));
        let signed: Signed = serde_json::from_str(json["receipt"].as_str().expect("text")).expect("a receipt");
        let told = signed.verify(&PublicKeys { keys: signed.public_key.clone().into_iter().collect() }).expect("it is believed");
        assert_eq!((told.kept.len(), told.kept[0].rows, told.kept[0].keep_until.as_deref()), (1, 3, Some("2027-11-24")));
        assert_eq!(world.rows("orderSealed", "sealed_run = 'rehearsal'").await.len(), 3);
    }

    async fn limits_are_those_of_the_command_line(on: On) {
        let world = World::new(on).await;
        is_a_copy(&world).await;
        world.run("INSERT INTO \"order\" VALUES (0, 1, 'zero')").await;
        let before = world.dump().await;
        let theirs = at(&world, "--kind erase --identity account=1 --item order:2 --apply").await;
        assert_eq!((theirs.refused, &theirs.json["warnings"][0]["code"]), (None, &json!("nothing_found")));
        assert_eq!(world.dump().await, before);
        let zero = at(&world, "--kind erase --identity account=1 --item order:0 --apply").await;
        assert_eq!(zero.json["tables"], json!([{ "table": "order", "action": "delete", "rows": 1 }]));
        let pair = at(&world, "--kind erase --identity account=1 --item likes:1,20 --table logins --apply").await;
        assert_eq!(pair.json["tables"].as_array().map(Vec::len), Some(2), "{}", pair.json);
        let by_hand = World::new(on).await;
        is_a_copy(&by_hand).await;
        by_hand.run("DELETE FROM likes WHERE user_id = 1 AND image_id = 20; DELETE FROM logins WHERE user_id = 1").await;
        assert_eq!(world.dump().await, by_hand.dump().await);
        let says = error(&world, "--kind erase --identity account=1 --category nothing").await;
        assert!(says.contains("no category \"nothing\""), "{says}");
    }

    async fn a_plan_that_is_stopped_is_printed_and_not_done(on: On) {
        let world = World::new(on).await;
        is_a_copy(&world).await;
        let before = world.dump().await;
        fs::write(world.folder.path().join("map.toml"), MAP.replace("shared = \"keep\"\n", "")).expect("it is written");
        let stopped = at(&world, "--kind erase --identity account=1 --apply").await;
        assert!(stopped.refused.expect("it says so").contains("nothing was changed"));
        let warnings = stopped.json["warnings"].as_array().expect("a list");
        assert!(warnings.iter().any(|w| w["code"] == "shared_row" && w["blocks"] == true), "{warnings:?}");
        // a tablet of two people leads to both
        fs::write(world.folder.path().join("map.toml"), MAP).expect("it is written");
        let both = at(&world, "--kind erase --identity device=tablet --apply").await;
        assert!(both.refused.is_some() && both.json["warnings"].to_string().contains("other_subject"), "{}", both.json);
        assert_eq!(world.dump().await, before);
    }

    async fn a_copy_is_counted_and_written(on: On) {
        let world = World::new(on).await;
        let plan = at(&world, "--kind export --identity account=1").await;
        assert_eq!(plan.json["files"], json!({ "count": 3, "bytes": 50 }));
        assert!(plan.json["tables"].as_array().expect("a list").iter().all(|line| line["action"] == "copy"));
        let out = world.folder.path().join("copy.zip");
        let written = at(&world, &format!("--kind export --identity account=1 --table images --out {}", out.display())).await;
        assert_eq!((written.refused, &written.json["package"]["bytes"]), (None, &json!(fs::metadata(&out).expect("it is there").len())));
        let mut zip = zip::ZipArchive::new(fs::File::open(&out).expect("it opens")).expect("an archive");
        let mut names: Vec<_> = zip.file_names().map(|name| name.expect("a name").into_owned()).filter(|name| !name.starts_with("files/")).collect();
        names.sort();
        assert_eq!(names, ["data/images.csv", "data/images.json", "index.html", "manifest.json"]);
        let mut text = String::new();
        zip.by_name("data/images.json").expect("it is there").read_to_string(&mut text).expect("it reads");
        let rows: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        assert_eq!(rows.len(), 4);
        assert_eq!(keys(&rows[0]), ["id", "object_key", "remix_of", "title", "user_id"]);
        let nobody = at(&world, &format!("--kind export --identity account=9 --out {}", out.with_extension("none").display())).await;
        assert_eq!((nobody.refused, &nobody.json["warnings"][0]["code"]), (None, &json!("nothing_found")));
        assert!(!out.with_extension("none").exists());
    }

    async fn somebody_is_located_by_keys_alone(on: On) {
        let world = World::new(on).await;
        let found = rehearse(&asked(&world, "--kind locate --identity email=ada@example.org --identity device=phone"), NOW).await;
        let json = found.expect("files are not needed").json;
        assert_eq!((&json["subjects"], &json["found_by"], &json["contacts"]), (&json!([["1"]]), &json!(["email", "device"]), &json!(1)));
        assert!(!json.to_string().to_lowercase().contains("ada@"));
        let nobody = at(&world, "--kind locate --identity email=nobody@example.org").await;
        assert_eq!((&nobody.json["warnings"][0]["code"], nobody.refused), (&json!("nothing_found"), None));
    }

    async fn choices_and_corrections_are_rehearsed_as_they_are_carried_out(on: On) {
        let world = World::new(on).await;
        is_a_copy(&world).await;
        let map = MAP.replace("name = {}, referred_by", "name = { correct = true }, referred_by").replace(
            "[tables.users]",
            "[[choice]]\nwhat = \"training\"\nflag = { table = \"users\", column = \"name\", stop = \"no training\", allow = \"training\" }\n[tables.users]",
        );
        fs::write(world.folder.path().join("map.toml"), map).expect("it is written");
        let Rehearsed { json, refused } = at(&world, "--kind correct --identity account=1").await;
        assert_eq!((refused, &json["tables"]), (None, &json!([{ "table": "users", "action": "correct", "rows": 1, "columns": { "name": "correct" } }])));
        let others = world.rows("users", "id <> 1").await;
        let line = "--kind correct --identity account=1 --item users:1 --set name=Eve";
        let planned = at(&world, line).await.json;
        assert_eq!((&planned["tables"][0]["action"], &planned["warnings"]), (&json!("correct"), &json!([])));
        assert_eq!(world.rows("users", "name = 'Eve'").await.len(), 0);
        let done = at(&world, &format!("{line} --apply")).await.json;
        assert_eq!((&done["tables"], &done["verified"]), (&json!([{ "table": "users", "action": "correct", "rows": 1 }]), &json!(true)));
        assert_eq!(world.rows("users", "id = 1 AND name = 'Eve'").await.len(), 1);
        let signed: Signed = serde_json::from_str(done["receipt"].as_str().expect("text")).expect("a receipt");
        assert!(!done.to_string().contains("Eve") && serde_json::to_string(&signed).expect("text").len() > 100);
        let stopped = at(&world, "--kind opt_out --identity account=1 --apply").await.json;
        assert_eq!((&stopped["tables"], &stopped["verified"]), (&json!([{ "table": "users", "action": "fixed", "rows": 1 }]), &json!(true)));
        assert_eq!(world.rows("users", "id = 1 AND name = 'no training'").await.len(), 1);
        assert_eq!(world.rows("users", "id <> 1").await, others);
        let unknown = at(&world, "--kind restrict --identity account=1 --apply").await;
        assert!(unknown.refused.is_some() && unknown.json.to_string().contains("restriction"), "{}", unknown.json);
        let line = format!("--kind correct --identity account=1 --item users:2 --set name=Eve --files {}", world.files().display());
        let stranger = error(&world, &line).await;
        assert!(stranger.contains("has no such row"), "{stranger}");
    }

    async fn what_does_not_go_together_is_said(on: On) {
        let world = World::new(on).await;
        for (line, says) in [
            ("--kind opt_out --identity account=1 --table users", "leave --table and --item out"),
            ("--kind opt_out --identity account=1 --category a --category b", "give one --category"),
            ("--kind correct --identity account=1 --apply", "--apply wants --item"),
            ("--kind correct --identity account=1 --set name=Eve", "--set wants one --item"),
            ("--kind erase --identity account=1 --item users:1 --set name=Eve", "use --kind correct"),
            ("--kind restrict --identity account=1 --out x.zip", "--out writes a copy"),
            ("--kind locate --identity account=1 --apply", "--apply changes rows"),
            ("--kind erase --identity account=1 --out x.zip", "--out writes a copy"),
            ("--kind erase --identity account", "--identity wants KIND=VALUE"),
            ("--kind erase --identity shoe=1", "no identity \"shoe\"; it has: email, account, device"),
            ("--kind erase --identity account=1 --item images", "--item wants TABLE:KEY"),
            ("--kind erase --identity account=1 --item likes:1", "its key (user_id, image_id)"),
            ("--kind erase --identity account=1 --files /nowhere/at/all", "neither a folder nor a file"),
        ] {
            let error = error(&world, line).await;
            assert!(error.contains(says), "{line}: {error}");
        }
        let without = rehearse(&asked(&world, "--kind erase --identity account=1"), NOW).await.expect("it plans").json;
        assert_eq!(without["warnings"][0]["code"], "drift", "{without}");
    }
}
