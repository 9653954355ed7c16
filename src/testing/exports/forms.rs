//! Summaries and portable data: what is in them and what never is; and which case gets which.

use super::{
    super::generation::{
        on_every_engine,
        opened::{Memory, copy_of, opened as archives, order_as},
    },
    schema, *,
};
use crate::{
    domain::{copy::CopyForm, event::Event, kind::Kind, language::Language},
    generation::{Extent, Item},
};

/// The map with categories, and with something that was worked out.
fn told_map() -> String {
    [
        ("email = {}, name = {},", "email = { title = \"Mail\", category = \"contact\", purpose = \"account\" }, name = { category = \"contact\", purpose = \"account\" },"),
        ("title = {} }", "title = { category = \"content.title\", purpose = \"service\", derived = true } }"),
        ("[tables.likes]", "[tables.likes]\nderived = true"),
        ("name = {}, issued_on", "name = { category = \"billing\", purpose = \"tax\" }, issued_on"),
        ("address = {} }", "address = { leave_out = \"it gives away our network\", category = \"device\" } }"),
        ("referred_by = {} }", "referred_by = { redact = \"always\" } }"),
    ]
    .iter()
    .fold(MAP.to_owned(), |map, (from, to)| {
        assert!(map.contains(from), "the map has no {from}");
        map.replacen(from, to, 1)
    })
}

on_every_engine! {
    async fn a_summary_tells_what_there_is_and_holds_nothing_of_it(on: On) {
        let world = World::new(on).await;
        let before = world.dump().await;
        let (source, order) = order_as(&world, &told_map(), "1", (CopyForm::Summary, Extent::default())).await;
        let copied = archives(&source, &order).await.pop().expect("one");
        let names: Vec<_> = copied.entries.keys().map(String::as_str).collect();
        assert_eq!(names, ["index.html", "manifest.json"]);
        copied.is_sound();
        let page = copied.page();
        for says in [
            "A summary of your personal data", "<h3>contact</h3>", "<h3>billing</h3>", "Mail, Name", "account", "tax",
            "From", "Storage Ltd", "Cards Ltd", "1 January 2017", "6 May 2024", "2 January 2026", "3 January 2026",
            "Files of yours, such as pictures: 3.", "it gives away our network", "8 years, books of account", "Other data",
        ] {
            assert!(page.contains(says), "{says} is missing: {page}");
        }
        for never in ["Ada@Example.org", "10.0.0.1", "picture a", "made one", "tablet", "phone", "a/10.png", "\"files/"] {
            let here = copied.entries.values().any(|bytes| String::from_utf8_lossy(bytes).contains(never));
            assert!(!here, "{never} is told");
        }
        // what goes to whom is told by kind of data
        let kind = |name: &str| page.split(&format!("<h3>{name}</h3>")).nth(1).expect("a kind").split("<h3>").next().expect("its end").to_owned();
        assert!(kind("billing").contains("Storage Ltd, Cards Ltd") && !kind("contact").contains("Cards Ltd"));
        let manifest = copied.manifest();
        assert_eq!((&manifest["form"], &manifest["files"]["count"]), (&"summary".into(), &3.into()));
        let invoices = manifest["tables"].as_array().expect("a list").iter().find(|t| t["table"] == "invoices").expect("it is told");
        assert_eq!((&invoices["rows"], &invoices["rows_here"], &invoices["entries"]), (&2.into(), &0.into(), &serde_json::json!([])));
        assert!(invoices["span"][0].as_str().expect("a day").starts_with("2017-01-01"));
        assert_eq!(copied.told.tables.iter().map(|table| table.rows).sum::<i64>(), 17);
        assert_eq!(world.dump().await, before);
    }

    async fn the_form_is_part_of_what_is_approved(on: On) {
        let world = World::new(on).await;
        let (source, summary) = order_as(&world, MAP, "1", (CopyForm::Summary, Extent::default())).await;
        let (_, full) = order_as(&world, MAP, "1", (CopyForm::Full, Extent::default())).await;
        let (_, portable) = order_as(&world, MAP, "1", (CopyForm::Portable, Extent::default())).await;
        assert_ne!(summary.scope_hash, full.scope_hash);
        assert_ne!(portable.scope_hash, full.scope_hash);
        let mut more = summary.clone();
        more.form = CopyForm::Full;
        let shelf = Memory::default();
        let refused = source.write_copy(&more, shelf, std::sync::Arc::default()).await.err().expect("it is not approved");
        assert!(matches!(refused, crate::generation::Error::Drift(_)), "{refused}");
        let plan = source.plan_copy(&summary.subjects, &[], (CopyForm::Summary, &Extent::default())).await.expect("it plans");
        assert!(plan.tables.iter().all(|line| line.action == crate::domain::plan::Action::Summarise));
        assert_eq!((plan.totals().copied, plan.files.count), (17, 3));
    }

    async fn portable_documents_are_as_their_schema_says(on: On) {
        let world = World::new(on).await;
        let (source, order) = order_as(&world, &told_map(), "1", (CopyForm::Portable, Extent::default())).await;
        let copied = archives(&source, &order).await.pop().expect("one");
        assert!(copied.entries.keys().all(|path| !path.contains(".csv")));
        let own: serde_json::Value = serde_json::from_str(&copied.text(exports::portability::PATH)).expect("JSON");
        assert_eq!(own["$schema"], "https://json-schema.org/draft/2020-12/schema");
        let general = exports::portability::general("https://desk.example/schema");
        let documents: Vec<_> = copied.entries.keys().filter(|path| path.starts_with("data/")).collect();
        assert_eq!(documents.len(), 8, "{documents:?}");
        for path in documents {
            let document: serde_json::Value = serde_json::from_str(&copied.text(path)).expect("it is JSON");
            assert_eq!(schema::faults(&own, &document), Vec::<String>::new(), "{path}");
            assert_eq!(schema::faults(&general, &document), Vec::<String>::new(), "{path}");
            assert_eq!(document["format"], "recourse portability 1");
            // a field more, or one of another type, is none of them
            let mut other = document.clone();
            other["records"][0]["unknown"] = 1.into();
            assert!(!schema::faults(&own, &other).is_empty(), "{path}");
            let mut other = document.clone();
            let row = other["records"][0].as_object_mut().expect("a row");
            let first = row.keys().next().expect("a field").clone();
            row.insert(first, serde_json::json!({ "is": "no value" }));
            assert!(!schema::faults(&own, &other).is_empty(), "{path}");
        }
        // what was worked out stays here, and the page says so
        let images: serde_json::Value = serde_json::from_str(&copied.text("data/images.json")).expect("JSON");
        assert_eq!(images["records"].as_array().expect("rows").len(), 4);
        assert!(images["records"][0].get("title").is_none() && images["records"][0].get("id").is_some());
        assert!(!copied.entries.contains_key("data/likes.json"));
        let derived = copied.told.left_out.iter().find(|out| out.table == "likes").expect("it is left out");
        assert!(derived.why.contains("Art. 20"), "{derived:?}");
        assert!(copied.page().contains("We worked it out ourselves") && copied.page().contains("schema/portability.schema.json"));
        assert_eq!(copied.files().count(), 3);
        // access has it
        let full = copy_of(&world, &told_map(), "1", Extent::default()).await;
        assert!(full.entries.contains_key("data/likes.json") && full.text("data/images.csv").contains("title"));
        full.is_sound();
    }

    async fn a_limited_copy_says_so_and_names_it(on: On) {
        let world = World::new(on).await;
        let extent = Extent {
            categories: vec!["billing".into()],
            tables: vec!["logins".into()],
            items: vec![Item { table: "images".into(), key: vec!["10".into()] }, Item { table: "images".into(), key: vec!["11".into()] }],
        };
        for (language, lines) in [
            (Language::En, ["Only what you asked for", "Kinds of data: billing", "Kinds of records: Logins", "Single records of Images: 2"]),
            (Language::De, ["Nur das, worum Sie gebeten haben", "Arten von Daten: billing", "Arten von Datensätzen: Logins", "Einzelne Datensätze aus Images: 2"]),
        ] {
            for form in [CopyForm::Full, CopyForm::Summary, CopyForm::Portable] {
                let (source, mut order) = order_as(&world, &told_map(), "1", (form, extent.clone())).await;
                order.about.language = language;
                let copied = archives(&source, &order).await.pop().expect("one");
                for line in lines {
                    assert!(copied.page().contains(line), "{form:?}: {line}");
                }
                assert_eq!(copied.manifest()["limited_to_in_words"], serde_json::json!(lines[1..]));
                assert_eq!(copied.manifest()["limited_to"]["tables"], serde_json::json!(["logins"]));
                // staff read it in English, and without keys
                assert_eq!(copied.told.limited, ["Kinds of data: billing", "Kinds of records: Logins", "Single records of Images: 2"]);
                copied.is_sound();
            }
        }
        let whole = copy_of(&world, MAP, "1", Extent::default()).await;
        assert!(!whole.page().contains("id=\"limited\"") && whole.told.limited.is_empty());
        assert!(whole.manifest().get("limited_to").is_none());
    }
}

#[test]
fn the_letter_says_which_copy_it_is_in_every_language() {
    use crate::mail::compose::{CopyFacts, Facts, Letter, Letterhead, draft};
    for language in Language::ALL {
        let text = |form, parts, limited: &[&str]| {
            let limited = limited.iter().map(|line| (*line).to_owned()).collect();
            let copy = CopyFacts { form, parts, limited };
            let facts = Facts { copy, ..Facts::new(Letterhead::default(), "R-1", Kind::Access) };
            draft(Letter::Copied, *language, &facts).expect("it is written")
        };
        let (full, summary, portable) =
            (text(CopyForm::Full, 1, &[]), text(CopyForm::Summary, 1, &[]), text(CopyForm::Portable, 1, &[]));
        assert!(full != summary && portable.contains("JSON Schema") && !full.contains("JSON Schema"), "{full}");
        let limited = text(CopyForm::Full, 7, &["Kinds of data: <billing>", "Images: 2"]);
        assert!(limited.contains("- Kinds of data: <billing>\n- Images: 2"), "{limited}");
        assert!(limited.contains(" 7 ") && !full.contains(" 7 "), "{limited}");
        for told in [full, summary, portable, limited] {
            assert!(!told.contains("{{") && !told.contains("{%"), "{told}");
        }
    }
}

/// A house over Ada's data whose product promises by itself what `form` says, on a day when the DPDP Act holds.
async fn in_2028(house: House, form: &str) -> (House, World) {
    let house = house.whose_pack_says("[copy]\n", &format!("[copy]\n{form}\n"));
    let (house, world) = house_over(house, On::Sqlite).await;
    house.pass(500 * DAY);
    (house, world)
}

/// Released and fetched: the run, what the archive holds, and the mail with the link.
async fn finished(
    house: &House,
    reference: Reference,
    run: RunId,
    code: &str,
) -> (RunPage, HashMap<String, Vec<u8>>, String) {
    house.works().await;
    exports::release_export(&house.app, &house.officer, run).await.expect("it is released");
    house.works().await;
    let link = links(house, ADA, "/copy/").pop().expect("a link");
    let place = opened(house, &link, code, "plain").await;
    agrees_with_its_events(house, reference).await;
    let token = link.rsplit('/').next().expect("a token").to_owned();
    let plain = |mail: &String| {
        let parsed = MessageParser::default().parse(mail.as_bytes()).expect("it parses");
        parsed.body_text(0).unwrap_or_default().into_owned()
    };
    let mail = house.sent().iter().map(plain).find(|mail| mail.contains(&token)).expect("the mail with the link");
    (page(house, run).await, entries(&get(house, &place).await.body), mail)
}

on_both! {
    async fn indian_law_gives_a_summary_and_staff_may_give_more(house: House) {
        let (house, _world) = in_2028(house, "").await;
        let reference = asks_for_a_copy(&house, "Ada <ada@example.org>", "s1@example.org").await;
        let code = confirms(&house, reference, "1", ADA).await;
        assert_eq!(house.case(reference).await.least_copy, CopyForm::Summary);
        let run = begun(&house, reference).await;
        let planned = page(&house, run).await;
        assert_eq!(planned.plan.copy, Some(CopyForm::Summary));
        let (done, entries, mail) = finished(&house, reference, run, &code).await;
        assert!(entries.keys().all(|name| name == "index.html" || name == "manifest.json"), "{:?}", entries.keys());
        assert_eq!(done.package.expect("it is there").copied.expect("a manifest").form, Some(CopyForm::Summary));
        let receipt = runs::receipt_file(&house.app, &house.agent, run).await.expect("it is signed");
        assert!(receipt.contains("form") && receipt.contains("summary"), "{receipt}");
        assert!(mail.contains("The records themselves"), "{mail}");

        // more than the law asks is staff's to give
        let again = asks_for_a_copy(&house, "Ada <ada@example.org>", "s2@example.org").await;
        confirms(&house, again, "1", ADA).await;
        let wishes = runs::Chosen { full_copy: true, ..runs::Chosen::default() };
        let seen = seq(&house, again).await;
        let run = runs::plan_run(&house.app, &house.agent, again, seen, &wishes).await.expect("it is begun");
        let full = page(&house, run).await;
        assert_eq!((full.plan.copy, full.least_copy), (Some(CopyForm::Full), CopyForm::Summary));
        house.works().await;
        assert_eq!(page(&house, run).await.state, RunState::Packed);
    }

    async fn where_a_law_asks_for_a_copy_nobody_gets_less(house: House) {
        let (house, _world) = in_2028(house, "").await;
        let reference = asks_for_a_copy(&house, "Ada <ada@example.org>", "s3@example.org").await;
        confirms(&house, reference, "1", ADA).await;
        let run = begun(&house, reference).await;
        house.works().await;
        assert_eq!(page(&house, run).await.state, RunState::Packed);
        // it turns out that she lives in Ireland: a summary is no answer any more
        let seen = seq(&house, reference).await;
        verbs::set_jurisdiction(&house.app, &house.agent, reference, seen, "IE").await.expect("it is noted");
        assert_eq!(fields(exports::release_export(&house.app, &house.officer, run).await), ["release"]);
        runs::send_back_run(&house.app, &house.officer, run, "she lives in Ireland").await.expect("sent back");
        house.works().await;
        let run = begun(&house, reference).await;
        assert_eq!(page(&house, run).await.plan.copy, Some(CopyForm::Full));
        agrees_with_its_events(&house, reference).await;
    }

    async fn what_a_product_promises_counts_as_much(house: House) {
        let (house, _world) = in_2028(house, "form = \"full\"").await;
        let reference = asks_for_a_copy(&house, "Ada <ada@example.org>", "s4@example.org").await;
        assert_eq!(house.case(reference).await.least_copy, CopyForm::Full);
    }

    async fn portability_is_portable_data_in_the_language_of_the_request(house: House) {
        let (house, world) = house_over(house.answering_in("de"), On::Sqlite).await;
        world.run("UPDATE users SET name = 'Ada' WHERE id = 1").await;
        let text = "Bitte senden Sie mir meine Daten in einem maschinenlesbaren Format, damit ich sie zu einem anderen Anbieter mitnehmen kann.";
        let reference = house.opens(&mail("Ada <ada@example.org>", "Datenübertragbarkeit", "p1@example.org", text)).await;
        let seen = seq(&house, reference).await;
        verbs::classify_case(&house.app, &house.agent, reference, seen, Kind::Portability, "she asks to take it along").await.expect("it is one");
        assert_eq!(house.case(reference).await.case.language, Some(Language::De));
        let code = confirms(&house, reference, "1", ADA).await;
        let run = begun(&house, reference).await;
        assert_eq!(page(&house, run).await.plan.copy, Some(CopyForm::Portable));
        let (_, entries, mail) = finished(&house, reference, run, &code).await;
        let own: serde_json::Value = serde_json::from_slice(&entries[exports::portability::PATH]).expect("JSON");
        let users: serde_json::Value = serde_json::from_slice(&entries["data/users.json"]).expect("JSON");
        assert_eq!(schema::faults(&own, &users), Vec::<String>::new());
        let page = String::from_utf8(entries["index.html"].clone()).expect("text");
        assert!(page.contains("Ihre Daten in übertragbarer Form") && page.contains(" hat dies am "), "{page}");
        assert!(page.contains("https://desk.imagegen.example/.well-known/recourse-portability-schema.json"), "{page}");
        assert!(mail.contains("JSON Schema"), "{mail}");
        let history = events::events_of(&mut house.app.db.read().await.expect("a reader"), reference).await.expect("events");
        assert!(history.iter().any(|one| matches!(one.event, Event::ExportFetched { .. })));
    }

    async fn everybody_may_read_the_form_of_portable_data(house: House) {
        let answer = get(&house, exports::PORTABILITY_SCHEMA).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/schema+json"));
        assert_eq!(answer.header("cache-control"), "public, max-age=86400");
        let schema: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!(schema["$id"], "https://desk.imagegen.example/.well-known/recourse-portability-schema.json");
        assert_eq!((&schema["version"], &schema["properties"]["format"]["const"]), (&"1".into(), &"recourse portability 1".into()));
        assert_eq!(asked(&house, Method::POST, exports::PORTABILITY_SCHEMA, &[], "").await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
}
