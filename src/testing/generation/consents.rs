//! What people agreed to, read as each engine records it.

use super::{
    on_every_engine,
    world::{MAP, On, World},
};
use crate::{
    cli::demo::company::{ALL, IMAGEGEN, imagegen::people},
    domain::identity::Identity,
    generation::{DataMap, Key, Recorded, Source, Stands, When, propose::of_database},
};

pub(crate) const SCHEMA: &str = "
CREATE TABLE agreed (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), purpose VARCHAR(60) NOT NULL,
    \"givenAt\" TIMESTAMP NULL, withdrawn_at TIMESTAMP NULL, source TEXT, wording TEXT);
CREATE TABLE wishes (user_id BIGINT NOT NULL REFERENCES users (id), name VARCHAR(60) NOT NULL, is_on BOOLEAN, changed_on DATE, PRIMARY KEY (user_id, name));
INSERT INTO agreed VALUES (1, 1, 'letters', '2026-01-02 03:04:05', NULL, 'form 3', 'v1'), (2, 1, 'ads', '2026-01-03 00:00:00', '2026-02-01 00:00:00', NULL, ''),
    (3, 2, 'letters', '2026-01-04 00:00:00', NULL, NULL, NULL), (4, 1, 'never', NULL, NULL, 'form 3', NULL);
INSERT INTO wishes VALUES (1, 'training', FALSE, '2026-01-05'), (1, 'odd', NULL, '2026-01-06'), (1, 'sale', TRUE, NULL), (2, 'training', TRUE, '2026-03-01');
";

pub(crate) const TABLES: &str = r#"
[[consent]]
table = "agreed"
of = "purpose"
labels = { letters = "Letters" }
given_at = "givenAt"
withdrawn_at = "withdrawn_at"
how = "source"
version = "wording"
[[consent]]
table = "wishes"
of = "name"
state = { column = "is_on", given = "true" }
at = "changed_on"
[tables.agreed]
key = ["id"]
owner = [{ to = "users", on = { user_id = "id" } }]
erase = "delete"
columns = { id = {}, user_id = {}, purpose = {}, givenAt = {}, withdrawn_at = {}, source = {}, wording = {} }
[tables.wishes]
key = ["user_id", "name"]
owner = [{ to = "users", on = { user_id = "id" } }]
erase = "delete"
columns = { user_id = {}, name = {}, is_on = {}, changed_on = {} }
"#;

fn key(id: &str) -> [Key; 1] {
    [Key(vec![id.to_owned()])]
}

fn said(line: &Recorded) -> String {
    let when = |at: &Option<When>| match at {
        None => "-".to_owned(),
        Some(When::Moment(at)) => at.rfc3339(),
        Some(When::Day(day)) => day.to_string(),
        Some(When::Text(text)) => format!("text {text}"),
    };
    let stands = match line.stands {
        Stands::Given => "given",
        Stands::NotGiven => "not given",
        Stands::Withdrawn => "withdrawn",
    };
    let more = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    format!(
        "{} {stands} {} {} {} {}",
        line.what,
        when(&line.at),
        when(&line.given),
        more(&line.how),
        more(&line.version)
    )
}

async fn world(on: On) -> (World, Source) {
    let world = World::new(on).await;
    world.run(SCHEMA).await;
    let source = world.source(&format!("{MAP}{TABLES}"));
    (world, source)
}

fn faults(from: &str, to: &str) -> String {
    let map = format!("{MAP}{}", TABLES.replacen(from, to, 1));
    DataMap::read(&map).err().unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

on_every_engine! {
    async fn what_is_recorded_is_told_newest_first(on: On) {
        let (world, source) = world(on).await;
        assert_eq!(source.check().await.expect("it checks"), []);
        let before = world.dump().await;
        let told = source.consents(&key("1")).await.expect("it reads");
        let lines: Vec<_> = told.lines.iter().map(said).collect();
        assert_eq!(lines, [
            "ads withdrawn 2026-02-01T00:00:00Z 2026-01-03T00:00:00Z - -",
            "training not given 2026-01-05 - - -",
            "Letters given 2026-01-02T03:04:05Z - form 3 v1",
            "sale given - - - -",
        ]);
        assert!(!told.more);
        assert_eq!(source.consents(&key("0")).await.expect("it reads").lines, [], "nothing recorded is an answer");
        assert_eq!(source.consents(&[]).await.expect("it reads").lines, []);
        assert_eq!(source.consents(&key("2")).await.expect("it reads").lines.len(), 2);
        assert_eq!(world.dump().await, before, "looking changes nothing");
    }

    async fn no_more_is_read_than_a_hundred(on: On) {
        let (world, source) = world(on).await;
        let rows: Vec<_> = (0..150).map(|n| format!("({}, 0, 'p{n}', '2026-01-01 00:{:02}:{:02}', NULL, NULL, NULL)", 1_000 + n, n / 60, n % 60)).collect();
        world.run(&format!("INSERT INTO agreed VALUES {}", rows.join(", "))).await;
        let told = source.consents(&key("0")).await.expect("it reads");
        assert_eq!((told.lines.len(), told.more), (100, true));
        assert_eq!((told.lines[0].what.as_str(), told.lines[99].what.as_str()), ("p149", "p50"));
    }

    async fn a_map_that_does_not_fit_is_told(on: On) {
        let (world, _) = world(on).await;
        for (from, to, column, says) in [
            ("given = \"true\"", "given = \"perhaps\"", "is_on", "no value of this column's type"),
            ("at = \"changed_on\"", "at = \"is_on\"", "is_on", "holds a moment or a day"),
            ("given_at = \"givenAt\"", "given_at = \"id\"", "id", "holds a moment or a day"),
        ] {
            let source = world.source(&format!("{MAP}{}", TABLES.replacen(from, to, 1)));
            let found = source.check().await.expect("it checks");
            assert!(found.iter().any(|w| w.column.as_deref() == Some(column) && w.detail.contains(says)), "{to}: {found:?}");
        }
    }

    async fn the_demos_people_have_them(on: On) {
        for company in ALL {
            let world = World::empty(on).await;
            company.found(&world.url, &world.files()).await.expect("it is founded");
            let source = world.source(company.map);
            assert!(source.records_consents(), "{}", company.name);
            if company.name == IMAGEGEN.name {
                let who = Identity { kind: "email".to_owned(), value: people::HEAVY.to_owned() };
                let found = source.find(&[who]).await.expect("it looks");
                let told = source.consents(&found.subjects).await.expect("it reads");
                let terms = told.lines.iter().find(|line| line.what == "Terms of use").expect("everybody agreed to them");
                assert_eq!((terms.stands, terms.version.as_deref()), (Stands::Given, Some("terms-4")));
                assert!(matches!(terms.at, Some(When::Moment(_))), "{terms:?}");
                assert!(told.lines.iter().any(|line| line.what == "Use of images for training"), "{told:?}");
            }
        }
    }

    async fn a_proposal_says_where_they_are(on: On) {
        let world = World::empty(on).await;
        IMAGEGEN.found(&world.url, &world.files()).await.expect("it is founded");
        let text = of_database(&world.url, Some("p"), "2026-11-24").await.expect("it is proposed");
        let map = DataMap::read(&text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
        let of = |table: &str| map.consents.iter().find(|consent| consent.table == table).unwrap_or_else(|| panic!("{table}: {text}"));
        let (consents, flags) = (of("consents"), of("training_flags"));
        assert_eq!((consents.of.as_deref(), consents.given_at.as_deref(), consents.withdrawn_at.as_deref(), consents.version.as_deref()),
            (Some("purpose"), Some("given_at"), Some("withdrawn_at"), Some("wording")));
        assert_eq!((flags.of.as_deref(), flags.at.as_deref(), flags.state.as_ref().map(|state| state.column.as_str())), (Some("scope"), Some("changed_at"), Some("is_allowed")));
        let source = world.source(&text);
        let unfit: Vec<_> = source.check().await.expect("it checks").into_iter().filter(|w| w.table == "consents" || w.table == "training_flags").collect();
        assert_eq!(unfit, []);
    }
}

#[test]
fn a_map_that_does_not_hold_together_is_told() {
    for (from, to, says) in [
        ("of = \"purpose\"", "of = \"about\"", "agreed.about: consent: names a column that the map does not list"),
        ("of = \"purpose\"", "of = \"purpose\"\nwhat = \"x\"", "either what, the words, or of"),
        ("of = \"name\"\n", "", "either what, the words, or of"),
        ("of = \"purpose\"\n", "what = \"Letters\"\n", "labels need the column of"),
        ("given_at = \"givenAt\"\n", "", "says neither by state nor by given_at"),
        (
            "state = { column = \"is_on\", given = \"true\" }\n",
            "given_at = \"changed_on\"\n",
            "at says since when a state is so",
        ),
        ("table = \"wishes\"", "table = \"cellars\"", "names a table that the map does not have"),
    ] {
        let told = faults(from, to);
        assert!(told.contains(says), "{to}: {told}");
    }
    assert_eq!(faults("", ""), "");
}
