//! Whose account it is: links to the address on record that tell a stranger nothing and confirm once, decisions of
//! staff, and holds that two people end.

use super::{
    house::{House, PRODUCT, mail},
    on_both,
};
use crate::{
    app::{
        Error,
        case_page::{self, CasePage},
        proof::Proof,
        subject,
        verbs::{self, Asked},
        verification::{self, confirm_verification},
    },
    domain::{
        case::State,
        clock::fact::Fact,
        event::{By, Event},
        hold::Basis,
        identity::{Identity, Reference},
        kind::Kind,
        rights::Actor,
        time::{DAY, HOUR},
    },
    generation::{Extent, Key, Source},
    mail::thread,
    store::{events, holds, sql},
    web,
};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use mail_parser::MessageParser;
use std::collections::HashMap;
use tower::ServiceExt as _;

const LENA: &str = "Lena@Record.example";
const STRANGER: &str = "Sam Stranger <sam@elsewhere.example>";

const SCHEMA: &str = "
    CREATE TABLE accounts (id TEXT PRIMARY KEY NOT NULL, email TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts (id), voucher TEXT NOT NULL);
    CREATE TABLE images (id INTEGER PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts (id), prompt TEXT);
    INSERT INTO accounts VALUES ('u-1', 'Lena@Record.example'), ('u-2', 'omar@record.example'), ('u-3', 'not known');
    INSERT INTO orders VALUES (1, 'u-1', 'V-100'), (2, 'u-2', 'V-100'), (3, 'u-2', 'V-200');";

const MAP: &str = r#"
    product = "imagegen-artisticmonk"
    version = "2026-11-01"
    system = "ImageGen accounts"
    subject = "accounts"
    [[identity]]
    kind = "email"
    table = "accounts"
    column = "email"
    normal = "lower"
    contact = true
    [[identity]]
    kind = "account"
    table = "accounts"
    column = "id"
    [[identity]]
    kind = "voucher"
    table = "orders"
    column = "voucher"
    [tables.accounts]
    key = ["id"]
    erase = "delete"
    columns = { id = { category = "account" }, email = { category = "contact" } }
    [tables.orders]
    key = ["id"]
    erase = "delete"
    owner = [{ to = "accounts", on = { account_id = "id" } }]
    columns = { id = { category = "account" }, account_id = { category = "account" }, voucher = { category = "billing" } }
    [tables.images]
    key = ["id"]
    erase = "delete"
    owner = [{ to = "accounts", on = { account_id = "id" } }]
    columns = { id = { category = "content" }, account_id = { category = "account" }, prompt = { category = "content" } }
"#;

/// The same house, with three accounts to look into.
async fn with_accounts(house: House) -> House {
    use sqlx::{ConnectOptions as _, Connection as _, Executor as _, sqlite::SqliteConnectOptions};
    let file = house.folder.path().join("generation.db");
    let mut conn =
        SqliteConnectOptions::new().filename(&file).create_if_missing(true).connect().await.expect("it opens");
    conn.execute(sqlx::raw_sql(SCHEMA)).await.expect("it is made");
    conn.close().await.expect("it closes");
    let source = Source::new(&format!("sqlite://{}", file.display()), None, MAP).expect("the map holds together");
    assert_eq!(source.check().await.expect("it answers"), []);
    house.with_sources(HashMap::from([(PRODUCT.to_owned(), source)]))
}

fn by(kind: &str, value: &str) -> [Identity; 1] {
    [Identity { kind: kind.into(), value: value.into() }]
}

async fn asks(house: &House, reference: Reference, kind: &str, value: &str) -> Result<Asked, Error> {
    verbs::ask_verification(&house.app, &house.agent, reference, i64::MAX, &by(kind, value)).await
}

async fn erasure(house: &House, from: &str, id: &str) -> Reference {
    house.opens(&mail(from, "Privacy Request", id, "Please delete my account.")).await
}

/// What went to `address` about verification: subject, text and HTML.
fn letters(house: &House, address: &str) -> Vec<(String, String, String)> {
    let about = |raw: &String| {
        let parsed = MessageParser::default().parse(raw.as_bytes()).expect("it parses");
        let to = parsed.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default();
        let text = parsed.body_text(0).unwrap_or_default().replace("\r\n", "\n");
        let html = parsed.body_html(0).unwrap_or_default().into_owned();
        let subject = parsed.subject().unwrap_or_default().to_owned();
        let mine = to == address && (text.contains("/verify/") || text.contains("holder of the account"));
        mine.then_some((subject, text, html))
    };
    house.sent().iter().filter_map(about).collect()
}

/// The tokens of the links that went to `address`, in no order.
fn tokens(house: &House, address: &str) -> Vec<String> {
    let token = |(_, text, html): (String, String, String)| {
        let line = text.lines().find(|line| line.starts_with("https://desk.imagegen.example/verify/"));
        let url = line.unwrap_or_else(|| panic!("no link in {text}"));
        assert!(html.contains(&format!("href=\"{url}\"")), "{html}");
        url.rsplit('/').next().expect("a token").to_owned()
    };
    letters(house, address).into_iter().map(token).collect()
}

async fn asks_web(house: &House, method: Method, token: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let request = Request::builder()
        .method(method)
        .uri(format!("/verify/{token}"))
        .header("host", "desk.imagegen.example")
        .header("sec-fetch-site", "same-origin")
        .body(Body::empty())
        .expect("a request");
    let response = web::router(house.app.clone(), stopped).oneshot(request).await.expect("an answer");
    let (head, body) = response.into_parts();
    (head.status, head.headers, to_bytes(body, 1 << 20).await.expect("a body").to_vec())
}

async fn history(house: &House, reference: Reference) -> Vec<(By, Event)> {
    let mut tx = house.app.db.read().await.expect("a reader");
    events::events_of(&mut tx, reference).await.expect("events").into_iter().map(|r| (r.by, r.event)).collect()
}

async fn confirmations(house: &House, reference: Reference) -> usize {
    let confirmed =
        |(by, event): &&(By, Event)| *by == By::Requester && matches!(event, Event::VerificationConfirmed { .. });
    history(house, reference).await.iter().filter(confirmed).count()
}

/// Invalid fields by name.
fn faults<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<&'static str> {
    match result {
        Err(Error::Invalid(fields)) => fields.iter().map(|f| f.field).collect(),
        other => panic!("{other:?}"),
    }
}

/// A mail without the breaks that its length alone decides.
fn unfolded(raw: &str) -> String {
    raw.replace("\r\n ", " ").replace("=\r\n", "")
}

/// A mail as it lay in the folder, without what two mails may differ in: Message-IDs, the case's number and its token,
/// the date, the boundary between the parts.
fn bare(raw: &str, reference: Reference) -> String {
    let boundary = raw.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a boundary");
    let kept = unfolded(raw).replace(boundary, "-").replace(&reference.to_string(), "R-");
    let token = kept.split(['<', '>']).find_map(thread::token_in).map(str::to_owned);
    let kept = token.map_or_else(|| kept.clone(), |token| kept.replace(&token, "-"));
    let own =
        |line: &&str| !["Message-ID:", "Date:", "In-Reply-To:", "References:"].iter().any(|h| line.starts_with(h));
    kept.lines().filter(own).collect::<Vec<_>>().join("\n")
}

on_both! {
    async fn a_link_goes_to_the_address_on_record_and_confirms_once(house: House) {
        let house = with_accounts(house).await;
        let reference = erasure(&house, "Lena <lena@record.example>", "v1@record.example").await;
        assert_eq!(house.case(reference).await.proof, Proof::Missing);
        assert_eq!(asks(&house, reference, "email", " lena@RECORD.example ").await.expect("asked"), Asked::Sent);
        house.works().await;
        let [token] = &tokens(&house, LENA)[..] else { panic!("one link, to the address as it is on record") };
        assert!(letters(&house, "lena@record.example").is_empty(), "who writes from the address on record gets the link only");
        let full = house.case(reference).await;
        assert!(matches!(full.proof, Proof::Asked(_)) && full.case.state == State::Open);
        assert!(!format!("{full:?}").contains(token.as_str()), "nobody who reads the case has the link");
        assert!(full.checks.iter().any(|c| c.says == "Identity verified" && !c.done));

        for method in [Method::GET, Method::HEAD, Method::GET] {
            let (status, headers, body) = asks_web(&house, method.clone(), token).await;
            assert_eq!(status, StatusCode::OK, "{method}");
            assert_eq!(body.is_empty(), method == Method::HEAD);
            assert_eq!((headers["cache-control"].as_bytes(), headers["x-robots-tag"].as_bytes()), (&b"no-store"[..], &b"noindex, nofollow"[..]));
            let page = String::from_utf8(body).expect("text");
            assert_eq!(page.matches("<button").count(), usize::from(method == Method::GET), "{page}");
            for never in ["<script", "Lena", "R-1", "ImageGen", "Recourse", token.as_str()] {
                assert!(!page.contains(never), "{never}: {page}");
            }
        }
        assert_eq!(confirmations(&house, reference).await, 0, "looking confirms nothing");

        verbs::change_state(&house.app, &house.agent, reference, i64::MAX, State::WaitingRequester, None, "the link").await.expect("waiting");
        let (status, headers, _) = asks_web(&house, Method::POST, token).await;
        assert_eq!((status, headers["location"].as_bytes()), (StatusCode::SEE_OTHER, &b"/verify/thanks"[..]));
        let full = house.case(reference).await;
        assert_eq!(full.case.state, State::Open, "it is ours again");
        let Proof::Verified { by: None, identities, .. } = &full.proof else { panic!("{:?}", full.proof) };
        assert_eq!(identities[..], by("email", "lena@RECORD.example"));
        assert!(full.checks.iter().any(|c| c.says == "Identity verified" && c.done));
        let mut tx = house.app.db.read().await.expect("a reader");
        let audited: Vec<(Option<i64>,)> = sql("SELECT staff_id FROM audit WHERE action = 'verification_confirmed'").all(&mut tx).await.expect("rows");
        assert_eq!(audited, [(None,)]);
        let (status, _, _) = asks_web(&house, Method::POST, "thanks").await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    }

    async fn who_confirms_lets_a_clock_run_on_that_waited_for_it(house: House) {
        let house = with_accounts(house).await;
        for by_link in [true, false] {
            let reference = erasure(&house, "lena@record.example", &format!("w{by_link}@record.example")).await;
            let (app, agent) = (&house.app, &house.agent);
            verbs::set_jurisdiction(app, agent, reference, i64::MAX, "DE").await.expect("known");
            verbs::record_fact(app, agent, reference, i64::MAX, Fact::IdentityAsked, None, "").await.expect("asked");
            let paused = |case: &crate::domain::case::Case| case.clocks.iter().filter(|c| c.paused.is_some()).count();
            assert!(paused(&house.case(reference).await.case) > 0);
            house.pass(DAY);
            if by_link {
                asks(&house, reference, "account", "u-1").await.expect("asked");
                house.works().await;
                let links = tokens(&house, LENA);
                confirm_verification(app, links.last().expect("a link")).await.expect("confirmed");
            } else {
                verbs::verify_by_staff(app, agent, reference, i64::MAX, &by("account", "u-1"), "known").await.expect("decided");
            }
            let case = house.case(reference).await.case;
            assert_eq!((paused(&case), case.verified.is_some()), (0, true));
            let learned: Vec<_> = case.facts.iter().filter(|h| h.fact == Fact::IdentityReceived).map(|h| h.at).collect();
            assert_eq!(learned, [house.clock.now()]);
            assert!(case.clocks.iter().any(|c| c.pauses.len() == 1), "that it stood still is not forgotten");
        }
    }

    async fn a_link_that_does_not_count_never_says_why(house: House) {
        let house = with_accounts(house).await;
        let reference = erasure(&house, "lena@record.example", "v2@record.example").await;
        let (app, agent) = (&house.app, &house.agent);
        let ask_again = async |known: &mut Vec<String>| {
            asks(&house, reference, "account", "u-1").await.expect("asked");
            house.works().await;
            let new = tokens(&house, LENA).into_iter().find(|token| !known.contains(token)).expect("a new link");
            known.push(new.clone());
            new
        };
        let mut known = Vec::new();
        let older = ask_again(&mut known).await;
        let used = ask_again(&mut known).await;
        assert!(verification::counts(app, &older).await.expect("asked").is_none(), "the newer link ends the older");
        confirm_verification(app, &used).await.expect("confirmed");
        let expired = ask_again(&mut known).await;
        // the server's own clock judges on PostgreSQL
        let mut tx = app.db.begin().await.expect("a transaction");
        let (asked, until): (i64, i64) = sql("SELECT created_at, expires_at FROM verifications ORDER BY id DESC LIMIT 1").one(&mut tx).await.expect("a row");
        assert_eq!(until - asked, 72 * HOUR);
        sql("UPDATE verifications SET expires_at = created_at - 1 WHERE used_at IS NULL").run(&mut tx).await.expect("updated");
        tx.commit().await.expect("committed");
        let of_resolved = ask_again(&mut known).await;
        let outcome = Some(crate::domain::case::Outcome::Withdrawn);
        verbs::change_state(app, agent, reference, i64::MAX, State::Resolved, outcome, "withdrawn").await.expect("resolved");

        let (status, _, first) = asks_web(&house, Method::GET, "nothingatall").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        for token in [&older, &used, &expired, &of_resolved, "nothingatall", "%FF", "x".repeat(4000).as_str()] {
            for method in [Method::GET, Method::POST] {
                let (status, headers, body) = asks_web(&house, method, token).await;
                assert_eq!((status, &body), (StatusCode::NOT_FOUND, &first), "{token}");
                assert_eq!(headers["cache-control"], "no-store");
            }
            assert!(matches!(confirm_verification(app, token).await, Err(Error::NotFound)));
        }
        assert_eq!(confirmations(&house, reference).await, 1);
        assert_eq!(faults(asks(&house, reference, "account", "u-1").await), ["value"], "a resolved case asks nobody");
    }

    async fn pressed_twice_at_once_it_is_confirmed_once(house: House) {
        let house = with_accounts(house).await;
        let reference = erasure(&house, "lena@record.example", "v3@record.example").await;
        asks(&house, reference, "account", "u-1").await.expect("asked");
        house.works().await;
        let token = tokens(&house, LENA).remove(0);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (app, token) = (house.app.clone(), token.clone());
            tasks.spawn(async move { confirm_verification(&app, &token).await.is_ok() });
        }
        assert_eq!(tasks.join_all().await.into_iter().filter(|done| *done).count(), 1);
        assert_eq!(confirmations(&house, reference).await, 1);
    }

    async fn a_stranger_learns_nothing(house: House) {
        let house = with_accounts(house).await;
        let mut seen = Vec::new();
        // an account with an address, one without, none at all
        let asked = [("u-1", Asked::Sent), ("u-3", Asked::NoAddress), ("u-9", Asked::NobodyFound)];
        for (n, (account, outcome)) in asked.into_iter().enumerate() {
            let reference = erasure(&house, STRANGER, &format!("s{n}@elsewhere.example")).await;
            assert_eq!(asks(&house, reference, "account", account).await.expect("asked"), outcome);
            house.works().await;
            verbs::send_reply(&house.app, &house.agent, reference, i64::MAX, "One more question.", false).await.expect("sent");
            house.works().await;
            let to_stranger = |raw: &&String| raw.contains("sam@elsewhere.example") && raw.contains(&reference.to_string());
            let (sent, record) = (house.sent(), tokens(&house, LENA).len());
            assert_eq!(record, 1, "only the first asking leads to somebody");
            let mine: Vec<_> = sent.iter().filter(to_stranger).collect();
            assert_eq!(mine.len(), 3, "acknowledgement, neutral mail, reply");
            // no thread names a mail that went elsewhere: as many ids, none of them a link's
            let mut shape: Vec<_> = mine.iter().map(|raw| {
                let ids = unfolded(raw).lines().find(|l| l.starts_with("References:")).map_or(0, |l| l.matches('<').count());
                (bare(raw, reference), ids)
            }).collect();
            shape.sort();
            assert!(shape.iter().any(|(text, _)| text.contains("If there is an account")));
            seen.push(shape);
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[0], seen[2]);
        let (_, text, html) = letters(&house, LENA).remove(0);
        assert!(!format!("{text}{html}").contains("Stranger") && !text.contains("elsewhere"), "nor does the holder learn who wrote: {text}");
        assert!(text.contains("erasure"), "the holder reads what is asked for: {text}");
    }

    async fn what_does_not_lead_to_one_account_is_said_to_staff_and_done_to_nobody(house: House) {
        let reference = erasure(&house, STRANGER, "v5@elsewhere.example").await;
        assert_eq!(faults(asks(&house, reference, "email", "a@b.example").await), ["value"], "no generation database");
        let house = with_accounts(house).await;
        assert_eq!(faults(asks(&house, reference, "voucher", "V-100").await), ["value"], "two accounts");
        assert_eq!(faults(asks(&house, reference, "shoe_size", "44").await), ["identity"]);
        assert_eq!(faults(asks(&house, reference, "email", "  ").await), ["value"]);
        house.works().await;
        assert!(letters(&house, "sam@elsewhere.example").is_empty());
        assert!(!history(&house, reference).await.iter().any(|(_, e)| matches!(e, Event::VerificationAsked { .. })));
        assert_eq!(asks(&house, reference, "voucher", "V-200").await.expect("asked"), Asked::Sent);
        house.works().await;
        assert_eq!(letters(&house, "omar@record.example").len(), 1);
        let late = verbs::ask_verification(&house.app, &house.officer, reference, 1, &by("account", "u-1")).await;
        assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
    }

    async fn a_restricted_case_says_nothing_of_itself(house: House) {
        let house = with_accounts(house).await;
        let reference = erasure(&house, STRANGER, "v6@elsewhere.example").await;
        let (app, officer) = (&house.app, &house.officer);
        verbs::classify_case(app, officer, reference, i64::MAX, Kind::MinorData, "a minor").await.expect("classified");
        assert!(matches!(asks(&house, reference, "account", "u-1").await, Err(Error::NotFound)), "the agent is outside");
        let asked = verbs::ask_verification(app, officer, reference, i64::MAX, &by("account", "u-1")).await;
        assert_eq!(asked.expect("asked"), Asked::Sent);
        house.works().await;
        for address in [LENA, "sam@elsewhere.example"] {
            let (subject, text, html) = letters(&house, address).remove(0);
            let all = format!("{subject} {text} {html}").to_lowercase();
            for never in ["minor", "privacy request", "erasure", "delete", "restricted"] {
                assert!(!all.contains(never), "{never}: {all}");
            }
        }
        let mut tx = app.db.read().await.expect("a reader");
        let open: Vec<(String,)> = sql("SELECT purpose FROM contents WHERE body IS NOT NULL").all(&mut tx).await.expect("rows");
        assert!(open.is_empty(), "what people are looked up by is sealed too: {open:?}");
    }

    async fn staff_decide_with_a_reason_and_end_the_links(house: House) {
        let house = with_accounts(house).await;
        let reference = erasure(&house, "lena@record.example", "v7@record.example").await;
        asks(&house, reference, "account", "u-1").await.expect("asked");
        house.works().await;
        let token = tokens(&house, LENA).remove(0);
        let decide = async |actor: &Actor, value: &str, reason: &str| {
            verbs::verify_by_staff(&house.app, actor, reference, i64::MAX, &by("account", value), reason).await
        };
        assert_eq!(faults(decide(&house.agent, "", " ").await), ["value", "reason"]);
        decide(&house.agent, "u-1", "called back, knows the voucher").await.expect("decided");
        let full = house.case(reference).await;
        assert!(matches!(&full.proof, Proof::Verified { by: Some(name), .. } if *name == house.agent.name), "{:?}", full.proof);
        assert!(matches!(confirm_verification(&house.app, &token).await, Err(Error::NotFound)));
    }

    async fn a_hold_is_placed_by_one_and_released_by_another(house: House) {
        let house = with_accounts(house).await;
        let reference = erasure(&house, "lena@record.example", "h1@record.example").await;
        let (app, agent, officer) = (&house.app, &house.agent, &house.officer);
        let place = async |actor: &Actor, kind: &str, value: &str, reason: &str| {
            let (identities, part) = (by(kind, value), Extent::default());
            let wanted = verbs::HoldWanted { basis: Basis::Dispute, identities: &identities, part: &part, reason };
            verbs::place_hold(app, actor, reference, i64::MAX, &wanted).await
        };
        assert_eq!(faults(place(agent, "account", "u-9", "an order").await), ["value"], "nobody is found");
        assert_eq!(faults(place(agent, "shoe_size", "44", "").await), ["identity", "reason"]);
        assert_eq!(place(agent, "voucher", "V-100", "an order").await.expect("placed"), 2);
        assert_eq!(place(agent, "account", "u-3", "the same order").await.expect("placed"), 1);
        assert_eq!(faults(place(officer, "account", "u-1", "again").await), ["value"], "it stands already");
        let digest = |account: &str| subject::digest(app, PRODUCT, &Key(vec![account.into()]));
        let on = async |product: &str, accounts: &[&str]| {
            let digests: Vec<_> = accounts.iter().map(|account| digest(account)).collect();
            let mut tx = app.db.read().await.expect("a reader");
            holds::holds_on(&mut tx, product, &digests).await.expect("holds").len()
        };
        assert_eq!((on(PRODUCT, &["u-1", "u-2", "u-9"]).await, on(PRODUCT, &[]).await, on("other", &["u-1"]).await), (2, 0, 0));
        let held = house.case(reference).await.holds;
        assert_eq!(held.len(), 3);
        let release = async |actor: &Actor, reason: &str| {
            verbs::release_hold(app, actor, reference, i64::MAX, held[0].id, reason).await
        };
        assert_eq!(faults(release(agent, "mine").await), ["reason"], "not by who placed it");
        assert_eq!(faults(release(officer, " ").await), ["reason"]);
        let stale = Actor { proof: crate::domain::sign_in::Proof::Stale, ..officer.clone() };
        let late = release(&stale, "it ended").await;
        assert!(matches!(late, Err(Error::Unproved)), "{late:?}");
        let (one, two) = tokio::join!(release(officer, "it ended"), release(officer, "it ended"));
        assert_eq!([one, two].into_iter().flatten().count(), 1);
        let Err(Error::Invalid(late)) = release(agent, "mine").await else { panic!("it is released") };
        assert!(late[0].says.contains("released already"), "what others did is said first: {late:?}");
        assert_eq!((on(PRODUCT, &["u-1"]).await, house.case(reference).await.holds.len()), (0, 2));
        assert_eq!(place(officer, "account", "u-1", "a new order").await.expect("placed"), 1, "after its release it may be placed anew");
        let elsewhere = erasure(&house, "omar@record.example", "h2@record.example").await;
        let strange = verbs::release_hold(app, officer, elsewhere, i64::MAX, held[1].id, "not this case's").await;
        assert!(matches!(strange, Err(Error::NotFound)), "{strange:?}");
        house.pass(DAY);
        house.works().await;
        assert!(house.sent().iter().all(|raw| !raw.contains("an order")), "nobody outside is told");
    }

    /// A hold for a legal order is known to the circle and the data protection lead alone.
    async fn a_secret_hold_is_seen_by_few(house: House) {
        let house = with_accounts(house).await;
        let reference = erasure(&house, "lena@record.example", "h1@record.example").await;
        let (app, agent, officer) = (&house.app, &house.agent, &house.officer);
        let place = async |actor: &Actor| {
            let (identities, part) = (by("account", "u-1"), Extent::default());
            let wanted = verbs::HoldWanted { basis: Basis::LegalOrder, identities: &identities, part: &part, reason: "order 12" };
            verbs::place_hold(app, actor, reference, i64::MAX, &wanted).await
        };
        assert_eq!(faults(place(agent).await), ["basis"]);
        let before = house.case(reference).await.case.seq;
        place(officer).await.expect("placed");
        let full = house.case(reference).await;
        assert_eq!(full.holds.len(), 1);
        let CasePage::Full(theirs) = case_page::load(app, agent, reference, crate::app::runs::Letter::Proposed).await.expect("it loads") else { panic!("walled") };
        assert!(theirs.holds.is_empty());
        assert!(!format!("{:?}", theirs.timeline).contains("order 12"));
        assert_eq!(theirs.timeline.len() + 1, full.timeline.len());
        let hold = full.holds[0].id;
        let released = verbs::release_hold(app, agent, reference, i64::MAX, hold, "enough").await;
        assert!(matches!(released, Err(Error::NotFound)), "{released:?}");
        // nor do they hear of it when they were slower than it
        verbs::send_reply(app, agent, reference, before, "We are on it.", false).await.expect("nothing to tell them");
    }
}
