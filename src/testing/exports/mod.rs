//! A copy of somebody's data from the mail that asks for it to the archive on their table: through the verbs, the jobs
//! and the pages that the person sees, on both stores and both engines.

mod endings;
mod forms;
mod hostile;
mod parts;
mod schema;
mod theft;

use super::{
    generation::world::{MAP, On, World},
    house::{House, PRODUCT, mail},
    on_both,
};
use crate::{
    app::{Error, exports, runs, runs::RunPage, verbs},
    domain::{
        case::{Case, Outcome, State},
        identity::{Identity, PackageId, Reference, RunId},
        run::{RunState, Stop},
        time::DAY,
    },
    store::{events, sql},
    web,
};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use mail_parser::MessageParser;
use std::{
    collections::HashMap,
    fs,
    io::{Cursor, Read as _},
};
use tower::ServiceExt as _;
use zip::ZipArchive;

/// As it is on record.
const ADA: &str = "Ada@Example.org";

/// An answer of the console to somebody from outside.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

async fn asked(house: &House, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "desk.imagegen.example")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers.iter().filter(|(name, _)| *name != "sec-fetch-site") {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body.to_owned())).expect("a request");
    if let Some((_, site)) = headers.iter().find(|(name, _)| *name == "sec-fetch-site") {
        request.headers_mut().insert("sec-fetch-site", site.parse().expect("a value"));
    }
    let response = web::router(house.app.clone(), stopped).oneshot(request).await.expect("an answer");
    let (head, body) = response.into_parts();
    let body = to_bytes(body, 1 << 24).await.expect("a body").to_vec();
    Answer { status: head.status, headers: head.headers, body }
}

async fn get(house: &House, path: &str) -> Answer {
    asked(house, Method::GET, path, &[], "").await
}

async fn post(house: &House, path: &str, body: &str) -> Answer {
    asked(house, Method::POST, path, &[], body).await
}

async fn house_over(house: House, on: On) -> (House, World) {
    let world = World::new(on).await;
    let sources = HashMap::from([(PRODUCT.to_owned(), world.source(MAP))]);
    (house.with_sources(sources), world)
}

/// The links below `place` that went to `address`, oldest first.
fn links(house: &House, address: &str, place: &str) -> Vec<String> {
    let link = |raw: &String| {
        let parsed = MessageParser::default().parse(raw.as_bytes()).expect("it parses");
        let to = parsed.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default();
        let text = parsed.body_text(0).unwrap_or_default().into_owned();
        let line = text.lines().find_map(|line| line.trim().strip_prefix("https://desk.imagegen.example"))?.to_owned();
        (to == address && line.starts_with(place)).then_some(line)
    };
    house.sent().iter().filter_map(link).collect()
}

async fn seq(house: &House, reference: Reference) -> i64 {
    house.case(reference).await.case.seq
}

/// A request for a copy, from `from`.
async fn asks_for_a_copy(house: &House, from: &str, id: &str) -> Reference {
    let text = "Please send me a copy of all personal data you hold about me.";
    let reference = house.opens(&mail(from, "Privacy Request", id, text)).await;
    assert_eq!(house.case(reference).await.case.kind.run(), Some(crate::domain::run::RunKind::Export));
    reference
}

/// The code on a page.
fn code_in(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"code\"").expect("the page shows a code");
    let (_, text) = rest.split_once('>').expect("an element");
    let (groups, _) = text.split_once("</p>").expect("its end");
    let code: String = groups.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    assert_eq!(code.len(), 23, "{code}");
    code
}

/// Confirms by the newest link that went to `address`; the code that was shown.
async fn confirms(house: &House, reference: Reference, account: &str, address: &str) -> String {
    let identity = [Identity { kind: "account".to_owned(), value: account.to_owned() }];
    let before = links(house, address, "/verify/");
    let seen = seq(house, reference).await;
    verbs::ask_verification(&house.app, &house.agent, reference, seen, &identity).await.expect("it is asked");
    house.works().await;
    let link = links(house, address, "/verify/").into_iter().find(|link| !before.contains(link)).expect("a new link");
    let shown = post(house, &link, "").await;
    assert_eq!((shown.status, shown.header("cache-control")), (StatusCode::OK, "no-store"));
    let again = post(house, &link, "").await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "it is shown once");
    code_in(&shown.text())
}

async fn begun(house: &House, reference: Reference) -> RunId {
    let seen = seq(house, reference).await;
    runs::plan_run(&house.app, &house.agent, reference, seen, &runs::Chosen::default()).await.expect("it is begun")
}

async fn page(house: &House, id: RunId) -> RunPage {
    runs::load_run(&house.app, &house.officer, id).await.expect("it loads")
}

/// A released copy for Ada: case, link and code.
async fn released(house: &House) -> (Reference, String, String) {
    let reference = asks_for_a_copy(house, "Ada <ada@example.org>", "c1@example.org").await;
    let code = confirms(house, reference, "1", ADA).await;
    let run = begun(house, reference).await;
    house.works().await;
    let packed = page(house, run).await;
    assert_eq!(packed.state, RunState::Packed, "{:?}", packed.log);
    exports::release_export(&house.app, &house.officer, run).await.expect("it is released");
    house.works().await;
    let link = links(house, ADA, "/copy/").pop().expect("a link");
    (reference, link, code)
}

/// Opens the copy; where its archive is.
async fn opened(house: &House, link: &str, code: &str, how: &str) -> String {
    let answer = post(house, link, &format!("do={how}&code={code}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").to_owned()
}

fn entries(archive: &[u8]) -> HashMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let mut entries = HashMap::new();
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("it reads");
        let name = entry.name().expect("a name").into_owned();
        drop(entry);
        assert!(entries.insert(name.clone(), bytes).is_none(), "{name} stands twice");
    }
    entries
}

fn fields(result: Result<impl std::fmt::Debug, Error>) -> Vec<&'static str> {
    match result {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("it should be refused by its fields: {other:?}"),
    }
}

async fn agrees_with_its_events(house: &House, reference: Reference) {
    let stored = house.case(reference).await.case;
    let mut tx = house.app.db.read().await.expect("a reader");
    let history = events::events_of(&mut tx, reference).await.expect("events");
    let mut folded = Case::fold(reference, PRODUCT, &history).expect("a sound history");
    folded.clocks.sort_by_key(|c| (c.due, c.duty.code()));
    assert_eq!(folded, stored);
}

/// The files of packages, each with its bytes.
fn kept(house: &House) -> Vec<Vec<u8>> {
    let folder = fs::read_dir(house.folder.path().join("packages")).expect("the folder is there");
    folder.flatten().map(|entry| fs::read(entry.path()).expect("it reads")).collect()
}

/// Moves the time past `millis`, also where the server's own clock judges.
async fn time_passes(house: &House, millis: i64) {
    house.pass(millis);
    let mut tx = house.app.db.begin().await.expect("a writer");
    if (tx.db_now().await.expect("now").0 - house.clock.now().0).abs() > 1_000 {
        for text in [
            "UPDATE packages SET expires_at = expires_at - $1, made_at = made_at - $1",
            "UPDATE downloads SET expires_at = expires_at - $1",
            "UPDATE verifications SET created_at = created_at - $1, expires_at = expires_at - $1",
            "UPDATE runs SET expires_at = expires_at - $1",
        ] {
            sql(text).bind(millis).run(&mut tx).await.expect("it moves");
        }
    }
    tx.commit().await.expect("it is kept");
}

async fn whole_story(house: House, on: On) {
    let (house, _world) = house_over(house, on).await;
    let reference = asks_for_a_copy(&house, "Ada <ada@example.org>", "c1@example.org").await;
    let seen = seq(&house, reference).await;
    assert_eq!(
        fields(runs::plan_run(&house.app, &house.agent, reference, seen, &runs::Chosen::default()).await),
        ["run"],
        "nobody is verified"
    );
    let code = confirms(&house, reference, "1", ADA).await;
    let run = begun(&house, reference).await;
    agrees_with_its_events(&house, reference).await;
    house.works().await;

    // packed, and waiting for a second person who sees numbers only
    let packed = page(&house, run).await;
    assert_eq!((packed.state, packed.stop), (RunState::Packed, None), "{:?}", packed.log);
    assert_eq!(house.case(reference).await.case.state, State::WaitingApproval);
    agrees_with_its_events(&house, reference).await;
    let package = packed.package.clone().expect("it is there");
    let told = format!("{package:?}");
    assert!(!told.contains("Ada") && !told.contains("10.0.0.1") && !told.contains(".png"), "{told}");
    let rows = |name: &str| {
        package.copied.as_ref().expect("a manifest").tables.iter().find(|t| t.table == name).map_or(0, |t| t.rows)
    };
    assert_eq!((rows("users"), rows("images"), rows("likes"), rows("invoices")), (1, 4, 1, 2));
    for (actor, may) in [(&house.agent, false), (&house.officer, true)] {
        let seen = runs::load_run(&house.app, actor, run).await.expect("it loads").not_yours.is_none();
        assert_eq!(seen, may);
    }
    let own = exports::release_export(&house.app, &house.agent, run).await;
    assert!(matches!(own, Err(Error::NotAllowed(_))), "{own:?}");
    let stale = crate::domain::rights::Actor { proof: crate::domain::sign_in::Proof::Stale, ..house.officer.clone() };
    let late = exports::release_export(&house.app, &stale, run).await;
    assert!(matches!(late, Err(Error::Unproved)), "{late:?}");
    assert!(links(&house, ADA, "/copy/").is_empty());
    exports::release_export(&house.app, &house.officer, run).await.expect("it is released");
    let twice = exports::release_export(&house.app, &house.officer, run).await;
    assert!(twice.is_err());
    house.works().await;
    let case = house.case(reference).await.case;
    assert_eq!((case.state, case.outcome, case.run), (State::Resolved, Some(Outcome::Granted), None));
    agrees_with_its_events(&house, reference).await;
    let done = page(&house, run).await;
    assert_eq!(done.state, RunState::Finished);
    assert!(done.receipt.expect("it is signed").valid);

    // at rest nothing can be read
    let lies = kept(&house);
    assert_eq!(lies.len(), 1);
    for never in [&b"PK\x03\x04"[..], b"Ada@Example.org", b"10.0.0.1", b"index.html"] {
        assert!(!lies[0].windows(never.len()).any(|part| part == never), "{never:?}");
    }

    // looking uses nothing up
    let [link] = &links(&house, ADA, "/copy/")[..] else { panic!("one link") };
    for method in [Method::GET, Method::HEAD, Method::GET] {
        let looked = asked(&house, method, link, &[], "").await;
        assert_eq!((looked.status, looked.header("cache-control")), (StatusCode::OK, "no-store"));
        for never in ["<script", "Ada", "R-1", link.as_str()] {
            assert!(!looked.text().contains(never), "{never}");
        }
    }
    let wrong = post(&house, link, "do=plain&code=ABCDE-FGHIJ-KLMNO-PQRST").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.case(reference).await.packages[0].fetched, (0, 5));

    let place = opened(&house, link, &code.to_lowercase().replace('-', "+"), "plain").await;
    assert_eq!(house.case(reference).await.packages[0].fetched, (1, 5));
    let archive = whole_and_in_parts(&house, &place).await;
    assert_eq!(archive.len(), usize::try_from(package.bytes).expect("it fits"));
    it_is_hers(&entries(&archive));
    assert_eq!(house.case(reference).await.packages[0].fetched, (1, 5), "however often it is asked for");

    // the form that the code opens
    let place = opened(&house, link, &code, "locked").await;
    let waits = get(&house, &place).await;
    assert_eq!((waits.status, waits.header("refresh")), (StatusCode::ACCEPTED, "2"));
    house.works().await;
    let locked = get(&house, &place).await;
    assert_eq!((locked.status, locked.header("content-type")), (StatusCode::OK, "application/zip"));
    let mut zip = ZipArchive::new(Cursor::new(locked.body)).expect("an archive");
    assert!(zip.by_name("index.html").is_err(), "it needs the password");
    let mut text = String::new();
    let mut entry = zip.by_name_decrypt("data/users.json", code.as_bytes()).expect("the code opens it");
    entry.read_to_string(&mut text).expect("it reads");
    assert!(text.contains(ADA));
    drop(entry);
    assert_eq!(zip.len(), entries(&archive).len());
    agrees_with_its_events(&house, reference).await;

    it_ends(&house, reference, link, &place).await;
}

/// The whole archive, fetched as it is and put together from parts.
async fn whole_and_in_parts(house: &House, place: &str) -> Vec<u8> {
    let whole = get(house, place).await;
    assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, "application/zip"));
    assert_eq!(whole.header("content-disposition"), "attachment; filename=\"your-data.zip\"");
    assert_eq!(whole.header("content-length"), whole.body.len().to_string());
    let (length, tag) = (whole.body.len(), whole.header("etag").to_owned());
    let head = asked(house, Method::HEAD, place, &[], "").await;
    assert_eq!(
        (head.status, head.body.len(), head.header("content-length")),
        (StatusCode::OK, 0, &*length.to_string())
    );
    let packed = asked(house, Method::GET, place, &[("accept-encoding", "gzip, br")], "").await;
    assert!(packed.header("content-encoding").is_empty(), "ranges have to mean what they say");
    let mut parts = Vec::new();
    while parts.len() < length {
        let range = format!("bytes={}-{}", parts.len(), parts.len() + 1_000);
        let part = asked(house, Method::GET, place, &[("range", &range), ("if-range", &tag)], "").await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
        let end = parts.len() + part.body.len() - 1;
        assert_eq!(part.header("content-range"), format!("bytes {}-{end}/{length}", parts.len()));
        parts.extend(part.body);
    }
    assert!(parts == whole.body, "the parts are the whole");
    let last = asked(house, Method::GET, place, &[("range", "bytes=-10")], "").await;
    assert_eq!(last.body, whole.body[length - 10..]);
    let beyond = asked(house, Method::GET, place, &[("range", &format!("bytes={length}-"))], "").await;
    assert_eq!(
        (beyond.status, beyond.header("content-range")),
        (StatusCode::RANGE_NOT_SATISFIABLE, &*format!("bytes */{length}"))
    );
    let other = asked(house, Method::GET, place, &[("range", "bytes=0-9"), ("if-range", "\"other\"")], "").await;
    assert_eq!((other.status, other.body.len()), (StatusCode::OK, length));
    whole.body
}

/// Every row of Ada's is there once, and nobody else's.
fn it_is_hers(entries: &HashMap<String, Vec<u8>>) {
    let rows = |name: &str| -> Vec<serde_json::Value> {
        let text = entries.get(&format!("data/{name}.json")).unwrap_or_else(|| panic!("{name} is missing"));
        serde_json::from_slice(text).expect("it is JSON")
    };
    assert_eq!(rows("users").iter().map(|row| row["id"].clone()).collect::<Vec<_>>(), [serde_json::json!(1)]);
    let mut images: Vec<_> = rows("images").iter().map(|row| row["id"].as_i64().expect("a number")).collect();
    images.sort_unstable();
    assert_eq!(images, [10, 11, 12, 13]);
    let page = String::from_utf8(entries["index.html"].clone()).expect("text");
    for needle in ["Stripe", "accounting and tax", "withdraw your consent", "gac.gov.in", "Rajan"] {
        assert!(page.contains(needle), "{needle} is missing");
    }
    for name in entries.keys() {
        let known = ["data/", "files/"].iter().any(|place| name.starts_with(place));
        assert!(known || name == "index.html" || name == "manifest.json", "{name}");
    }
    let all = entries.iter().filter(|(name, _)| name.starts_with("data/")).map(|(_, bytes)| bytes);
    for bytes in all {
        let text = String::from_utf8_lossy(bytes);
        assert!(
            !text.contains("bo@example.org") && !text.contains("cy@example.org") && !text.contains("laptop"),
            "{text}"
        );
    }
}

/// When its time is over, link and fetching end and the file is destroyed.
async fn it_ends(house: &House, reference: Reference, link: &str, place: &str) {
    time_passes(house, 14 * DAY + 1_000).await;
    assert_eq!(get(house, link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(house, place).await.status, StatusCode::NOT_FOUND);
    exports::expire_packages(&house.app).await.expect("it is asked for");
    house.works().await;
    assert!(kept(house).is_empty(), "both files are gone");
    let shown = house.case(reference).await.packages[0].clone();
    assert!(shown.destroyed.is_some() && !shown.works && !shown.ended);
    exports::destroy_package(&house.app, shown.id).await.expect("once more is nothing");
    agrees_with_its_events(house, reference).await;
}

on_both! {
    async fn a_verified_person_gets_their_data_by_link_and_code(house: House) {
        whole_story(house, On::Sqlite).await;
    }

    async fn and_so_from_a_postgresql_generation_database(house: House) {
        whole_story(house, On::Postgres).await;
    }

    async fn and_so_from_a_mariadb_generation_database(house: House) {
        whole_story(house, On::Maria).await;
    }
}
