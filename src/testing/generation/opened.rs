//! Makes a person's copy and reads it as a stranger's program would.

use super::world::{World, target};
use crate::{
    domain::{copy::CopyForm, language::Language},
    generation::{
        Extent, Source,
        export::{About, Copied, CopyOrder, Receiver, Shelf},
    },
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
    sync::Arc,
};

/// A package, unpacked.
pub struct Opened {
    pub told: Copied,
    pub entries: BTreeMap<String, Vec<u8>>,
    archive: Vec<u8>,
    /// Which of the archives it is, from 0.
    part: usize,
}

/// Archives in memory.
#[derive(Default)]
pub struct Memory(pub Vec<Vec<u8>>);

/// A go on its way there.
pub struct Going(usize, Vec<u8>);

impl std::io::Write for Going {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.1.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Shelf for Memory {
    type Out = Going;

    fn begin(&mut self, part: u32, ends: bool) -> std::io::Result<Self::Out> {
        let part = usize::try_from(part).expect("few");
        assert!(if ends { part <= self.0.len() } else { part == self.0.len() + 1 }, "{part}");
        Ok(Going(part, Vec::new()))
    }

    fn finish(&mut self, Going(part, bytes): Self::Out) -> std::io::Result<()> {
        self.0.resize(self.0.len().max(part), Vec::new());
        self.0[part - 1].extend(bytes);
        Ok(())
    }
}

/// What a company might say.
fn about() -> About {
    About {
        product: "ImageGen".into(),
        person: "Bo <b>".into(),
        reference: "R-10021".into(),
        run: "7".into(),
        made: "24 November 2026".into(),
        made_at: "2026-11-24T04:30:00Z".to_owned(),
        language: Language::En,
        recipients: vec![
            Receiver { name: "Storage Ltd".into(), purpose: "keeps the pictures".into(), categories: Vec::new() },
            Receiver { name: "Cards Ltd".into(), purpose: "takes payments".into(), categories: vec!["billing".into()] },
        ],
        retention: vec!["Until the account is closed".into()],
        source: "From you".into(),
        rights: vec!["Have it corrected".into()],
        complaint: "You may complain to the authority".into(),
        officer: vec!["Grievance Officer".into(), "privacy@example.org".into()],
        schema: "https://desk.example/.well-known/recourse-portability-schema.json".into(),
    }
}

/// A copy of one account that was approved.
pub async fn order(world: &World, map: &str, account: &str) -> (Source, CopyOrder) {
    order_of(world, map, account, Extent::default()).await
}

/// The same with limits.
pub async fn order_of(world: &World, map: &str, account: &str, extent: Extent) -> (Source, CopyOrder) {
    order_as(world, map, account, (CopyForm::Full, extent)).await
}

/// The same in another form.
pub async fn order_as(
    world: &World,
    map: &str,
    account: &str,
    (form, extent): (CopyForm, Extent),
) -> (Source, CopyOrder) {
    let source = world.source(map);
    let target = target(&source, "account", account).await;
    let plan = source.plan_copy(&target.subjects, &target.found_by, (form, &extent)).await.expect("it plans");
    assert!(plan.may_run(), "{:?}", plan.warnings);
    assert_eq!(plan.copy, Some(form));
    let spool = world.folder.path().join("spool");
    std::fs::create_dir_all(&spool).expect("it is made");
    let (subjects, scope_hash, about) = (target.subjects, plan.scope_hash, about());
    let order = CopyOrder { subjects, extent, form, scope_hash, spool, about, file_key: [5; 32], part_bytes: 0 };
    (source, order)
}

/// Makes a copy and opens it.
pub async fn copy(world: &World, map: &str, account: &str) -> Opened {
    copy_of(world, map, account, Extent::default()).await
}

/// The same with limits.
pub async fn copy_of(world: &World, map: &str, account: &str, extent: Extent) -> Opened {
    let (source, order) = order_of(world, map, account, extent).await;
    opened(&source, &order).await.pop().expect("one")
}

/// Makes what was ordered and opens every archive of it.
pub async fn opened(source: &Source, order: &CopyOrder) -> Vec<Opened> {
    let (told, shelf) = source.write_copy(order, Memory::default(), Arc::default()).await.expect("it is made");
    assert_eq!(told.parts.len(), shelf.0.len());
    shelf.0.iter().enumerate().map(|(part, archive)| Opened::new(told.clone(), part, archive)).collect()
}

impl Opened {
    pub fn new(told: Copied, part: usize, archive: &[u8]) -> Self {
        let mut zip = zip::ZipArchive::new(Cursor::new(archive)).expect("an archive");
        let mut entries = BTreeMap::new();
        for n in 0..zip.len() {
            let mut entry = zip.by_index(n).expect("an entry");
            let mut bytes = Vec::new();
            // also checks the CRC
            entry.read_to_end(&mut bytes).expect("it reads");
            let name = entry.name().expect("a name").into_owned();
            assert!(entries.insert(name.clone(), bytes).is_none(), "{name} is there twice");
        }
        Self { told, entries, archive: archive.to_vec(), part }
    }

    pub fn text(&self, path: &str) -> String {
        let bytes = self.entries.get(path).unwrap_or_else(|| panic!("no {path} in {:?}", self.entries.keys()));
        String::from_utf8(bytes.clone()).expect("it is text")
    }

    pub fn page(&self) -> String {
        self.text("index.html")
    }

    pub fn manifest(&self) -> serde_json::Value {
        serde_json::from_str(&self.text("manifest.json")).expect("it is JSON")
    }

    pub fn files(&self) -> impl Iterator<Item = (&String, &Vec<u8>)> {
        self.entries.iter().filter(|(path, _)| path.starts_with("files/"))
    }

    /// The rows of a table's JSON, each with its fields in order of their names, in order.
    pub fn rows(&self, stem: &str) -> Vec<String> {
        let rows: Vec<BTreeMap<String, serde_json::Value>> =
            serde_json::from_str(&self.text(&format!("data/{stem}.json"))).expect("it is JSON");
        let mut rows: Vec<_> = rows.iter().map(|row| serde_json::to_string(row).expect("JSON")).collect();
        rows.sort();
        rows
    }

    /// The archive is what it says it is, everything in it is as the manifest says, and CSV tells what JSON tells.
    pub fn is_sound(&self) {
        let digest = |bytes: &[u8]| data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
        let part = &self.told.parts[self.part];
        assert_eq!((part.bytes, &part.sha256), (self.archive.len() as u64, &digest(&self.archive)));
        let manifest = self.manifest();
        let listed = manifest["entries"].as_array().expect("a list");
        assert_eq!(listed.len() + 1, self.entries.len(), "each but the manifest itself");
        for entry in listed {
            let bytes = &self.entries[entry["path"].as_str().expect("a path")];
            assert_eq!(entry["bytes"], bytes.len(), "{entry}");
            assert_eq!(entry["sha256"], digest(bytes), "{entry}");
        }
        for entry in &part.entries {
            assert_eq!(entry.sha256, digest(&self.entries[&entry.path]), "{entry:?}");
        }
        let others = self.entries.len() - self.files().count();
        assert_eq!(part.entries.len(), others);
        for table in manifest["tables"].as_array().expect("a list").iter().filter(|table| table["rows_here"] != 0) {
            let path = |n: usize| table["entries"][n].as_str().expect("a path");
            if manifest["form"] == "portable" {
                let document: serde_json::Value = serde_json::from_str(&self.text(path(0))).expect("it is JSON");
                assert_eq!(
                    document["records"].as_array().expect("rows").len() as u64,
                    table["rows_here"].as_u64().expect("a number")
                );
                continue;
            }
            self.tells_the_same(path(0), path(1), table["rows_here"].as_u64().expect("a number"));
        }
    }

    fn tells_the_same(&self, json: &str, csv: &str, count: u64) {
        let rows: Vec<serde_json::Value> = serde_json::from_str(&self.text(json)).expect("it is JSON");
        assert_eq!(rows.len() as u64, count, "{json}");
        assert_eq!(self.text(json).lines().count() as u64, count + 2, "{json}: a line for each row");
        let csv = self.text(csv);
        let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
        let names = reader.headers().expect("names").clone();
        let records: Vec<_> = reader.records().map(|record| record.expect("a record")).collect();
        assert_eq!(records.len(), rows.len(), "{json}");
        for (row, record) in rows.iter().zip(&records) {
            assert_eq!(row.as_object().expect("an object").len(), names.len());
            for (name, field) in names.iter().zip(record) {
                match &row[name] {
                    serde_json::Value::Null => assert_eq!(field, ""),
                    serde_json::Value::String(text) => {
                        assert!(field == text || field.strip_prefix('\'') == Some(text), "{field:?} is not {text:?}");
                    }
                    other => {
                        assert_eq!(&serde_json::from_str::<serde_json::Value>(field).expect("JSON"), other);
                    }
                }
            }
        }
    }
}
