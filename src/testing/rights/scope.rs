//! What belongs to another product is not there: the same answer as for what never was, in every list, count and search.

use super::{OTHER, Scene, WORD, browser, fail, hired, now, scene};
use crate::{
    app::{
        alarms, mailroom, overview,
        queue::{self, QueueFilter, View},
        rail, runs, verbs,
    },
    domain::{
        hold::Basis,
        identity::StaffId,
        rights::{Grant, Role},
        standing::Standing,
        time::DAY,
    },
    store::{
        holds::{NewHold, hold_place},
        sql,
        standing::standing_grant,
    },
    testing::{
        browser::Browser,
        house::{House, PRODUCT},
        on_both,
    },
};
use axum::http::StatusCode;

/// The addresses of everything in a scene, each with what a form needs.
const THINGS: [(&str, &str); 20] = [
    ("GET", "/cases/{reference}"),
    ("POST", "/cases/{reference}"),
    ("GET", "/cases/{reference}/plan"),
    ("POST", "/cases/{reference}/plan"),
    ("GET", "/cases/{reference}/consents"),
    ("GET", "/cases/{reference}/requester"),
    ("POST", "/cases/{reference}/requester"),
    ("GET", "/cases/{reference}/files/{message}/{part}"),
    ("GET", "/cases/{reference}/messages/{message}/html"),
    ("GET", "/runs/{id}"),
    ("POST", "/runs/{id}"),
    ("GET", "/runs/{id}/receipt.json"),
    ("GET", "/mail/in/{id}"),
    ("POST", "/mail/in/{id}"),
    ("GET", "/mail/out/{id}"),
    ("POST", "/mail/out/{id}"),
    ("POST", "/mail/failed/{id}"),
    ("GET", "/policies/{product}"),
    ("POST", "/api/keep_draft"),
    ("POST", "/api/run_progress"),
];

async fn asks(
    browser: &mut Browser,
    scene: &Scene,
    (method, pattern): (&str, &str),
) -> crate::testing::browser::Answer {
    let path = scene.address(pattern, StaffId(1));
    if method == "GET" {
        return browser.get(&path).await;
    }
    let form = scene.form(pattern);
    let fields: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(&path, &fields).await
}

/// A thing that never was, of each kind.
fn nothing(scene: &Scene) -> Scene {
    use crate::domain::identity::{MessageId, Reference, RunId};
    Scene {
        product: "no-such-product",
        case: Reference(99_999),
        message: MessageId(99_999),
        part: scene.part,
        run: RunId(99_999),
        waiting: MessageId(99_999),
        mail: 99_999,
        job: 99_999,
    }
}

/// Everything that is stored, but for what a session writes.
async fn stored(house: &House) -> Vec<String> {
    let mut tx = house.app.db.read().await.expect("a reader");
    let mut all = Vec::new();
    for text in [
        "SELECT 'c' || id || ' ' || state || ' ' || seq FROM cases ORDER BY id",
        "SELECT 'e' || case_id || ' ' || seq || name FROM events ORDER BY case_id, seq",
        "SELECT 'r' || id || state FROM runs ORDER BY id",
        "SELECT 'm' || id || state FROM messages ORDER BY id",
        "SELECT 'o' || id || state FROM mails ORDER BY id",
        "SELECT 'j' || id || state FROM jobs ORDER BY id",
        "SELECT 'd' || case_id || ' ' || staff_id FROM drafts ORDER BY case_id, staff_id",
        "SELECT 'a' || id || action FROM audit WHERE action NOT LIKE 'staff%' ORDER BY id",
    ] {
        let rows: Vec<(String,)> = sql(text).all(&mut tx).await.expect("it reads");
        all.extend(rows.into_iter().map(|(row,)| row));
    }
    all
}

on_both! {
    async fn s16_what_is_of_another_product_answers_as_what_never_was(house: House) {
        let theirs = scene(&house, PRODUCT, house.officer.id).await;
        let own = scene(&house, OTHER, house.officer.id).await;
        // every role at once, for another product
        let roles: Vec<_> = Role::ALL.iter().filter(|role| !role.is_of_the_house()).map(|role| Grant::of(*role, OTHER)).collect();
        let outsider = hired(&house, "outsider", &roles).await;
        let mut browser = browser(&house, outsider.id).await;
        let before = stored(&house).await;
        for thing in THINGS {
            let answer = asks(&mut browser, &theirs, thing).await;
            let random = asks(&mut browser, &nothing(&theirs), thing).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{thing:?}: {}", answer.body);
            assert_eq!((answer.status, answer.plain()), (random.status, random.plain()), "{thing:?}");
        }
        // merging, assigning and attaching name a case in a field
        let mut said = Vec::new();
        for into in [theirs.case.to_string(), "R-99999".to_owned()] {
            let fields = [("do", "merge"), ("into", into.as_str()), ("reason", "the same"), ("seen", "9999")];
            let answer = browser.post(&format!("/cases/{}", own.case), &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
            said.push(answer.plain().replace(&into, "X"));
            let answer = browser.post(&format!("/mail/in/{}", own.waiting.0), &[("do", "attach"), ("to", &into)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            said.push(answer.plain().replace(&into, "X"));
        }
        assert_eq!((&said[0], &said[1]), (&said[2], &said[3]));
        let answer = browser.post("/queue", &[("case", &theirs.case.to_string()), ("to", "nobody")]).await;
        assert!(answer.body.contains("not yours to give"), "{}", answer.body);
        // ids within a case, and what belongs to a product alone
        let mut tx = house.app.db.begin().await.expect("a writer");
        let (product, by, at) = (PRODUCT, house.officer.id, house.app.now());
        let new = NewHold { product, case: theirs.case, subject: b"s", basis: Basis::Dispute, part: None, by, at };
        let hold = hold_place(&mut tx, &house.app.vault, &new).await.expect("a hold");
        let standing = standing_grant(&mut tx, PRODUCT, Standing::Replay, "why", by, at, at.plus(DAY)).await.expect("granted");
        tx.commit().await.expect("kept");
        let case = format!("/cases/{}", own.case);
        for (path, fields) in [
            (case.as_str(), vec![("do", "release"), ("reason", "why"), ("seen", "9999"), ("hold", "ID")]),
            (case.as_str(), vec![("do", "reveal"), ("message", "ID")]),
            ("/runs/standing", vec![("end", "ID")]),
        ] {
            let id = match fields[0].1 { "release" => hold.0, "reveal" => theirs.message.0, _ => standing };
            let mut answers = Vec::new();
            for id in [id.to_string(), "99999".to_owned()] {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, if *value == "ID" { id.as_str() } else { *value })).collect();
                let answer = browser.post(path, &fields).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{fields:?}: {}", answer.body);
                answers.push(answer.plain());
            }
            assert_eq!(answers[0], answers[1], "{fields:?}");
        }
        let after = stored(&house).await;
        let gone: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
        assert!(gone.is_empty(), "nothing of theirs was changed: {gone:?}");
        // the file of one case is not fetched through another
        let path = format!("/cases/{}/files/{}/{}", own.case, theirs.message.0, theirs.part);
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
    }

    async fn s16_lists_counts_and_searches_are_of_ones_own_products(house: House) {
        let theirs = scene(&house, PRODUCT, house.officer.id).await;
        let roles = [Grant::of(Role::Lead, OTHER), Grant::of(Role::Responder, OTHER)];
        let outsider = hired(&house, "outsider", &roles).await;
        let mut browser = browser(&house, outsider.id).await;
        let number = theirs.case.0.to_string();
        let other_words = [WORD, "imagegen-artisticmonk", number.as_str(), "E-1"];
        for path in [
            "/overview".to_owned(),
            "/queue".to_owned(),
            "/queue?view=closed".to_owned(),
            "/queue?view=nobody".to_owned(),
            format!("/queue?q={WORD}"),
            format!("/queue?product={PRODUCT}"),
            "/runs".to_owned(),
            "/runs/approve".to_owned(),
            "/runs/standing".to_owned(),
            "/mail".to_owned(),
            "/mail?tab=outgoing".to_owned(),
            "/mail?tab=failed".to_owned(),
            "/mail?tab=mailboxes".to_owned(),
            "/mail?tab=discarded".to_owned(),
            "/policies".to_owned(),
            "/settings/retention".to_owned(),
            "/cases/new".to_owned(),
            "/audit".to_owned(),
            format!("/audit?case={}", theirs.case),
            format!("/audit?person={}", house.officer.id.0),
        ] {
            let page = browser.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            // what somebody typed themselves stands in their own form
            let typed = page.body.replace(&format!("value=\"{WORD}\""), "").replace(&format!("“{WORD}”"), "").replace(&format!("q={WORD}"), "");
            let typed = typed.replace(&format!("case={}", theirs.case), "");
            let typed = typed.replace(&format!("value=\"{}\"", theirs.case), "");
            for word in other_words {
                assert!(!typed.contains(&format!("{word}<")) && !typed.contains(&format!("R-{word}")) , "{path} says {word}");
            }
            assert!(!typed.contains(WORD), "{path} says {WORD}");
        }
        let csv = browser.post("/audit", &[]).await;
        assert!(!csv.body.contains(&theirs.case.to_string()), "{}", csv.body);
        let app = &house.app;
        let rail = rail::rail(app, &outsider).await.expect("the rail");
        for (name, count) in [("open", rail.open), ("nobody", rail.nobody), ("unacknowledged", rail.unacknowledged), ("runs", rail.runs), ("trouble", rail.trouble), ("approval", rail.approval)] {
            assert_eq!(count.n, 0, "{name}");
        }
        let page = queue::list(app, &outsider, &QueueFilter::default()).await.expect("the queue");
        assert!(page.rows.is_empty() && page.total.n == 0 && page.counts.iter().all(|(_, count)| count.is_none_or(|count| count.n == 0)));
        let seen = overview::overview(app, &outsider).await.expect("the overview");
        assert_eq!((seen.open.n, seen.failed.n, seen.waiting.n, seen.troubles.len()), (0, 0, 0, 0));
        assert!(seen.weeks.iter().all(|week| week.received == 0) && seen.oldest_breach.is_none() && seen.next_today.is_none());
        // and with the role for both, both are seen
        let both = hired(&house, "both", &[Grant::of(Role::Lead, OTHER), Grant::of(Role::Agent, PRODUCT)]).await;
        let own = scene(&house, OTHER, house.officer.id).await;
        let page = queue::list(app, &both, &QueueFilter::default()).await.expect("the queue");
        assert_eq!((page.rows.len(), page.total.n, rail::rail(app, &both).await.expect("the rail").open.n), (2, 2, 2));
        let filter = QueueFilter { q: WORD.to_owned(), view: View::Open, ..QueueFilter::default() };
        assert_eq!(queue::list(app, &outsider, &filter).await.expect("found").rows.iter().map(|row| row.reference).collect::<Vec<_>>(), [own.case]);
        // a lead of one product approves nothing of the other
        let plans = runs::load_waiting(app, &both).await.expect("plans");
        assert!(plans.iter().all(|plan| plan.line.reference == own.case), "{plans:?}");
        let refused = runs::approve_run(app, &both, theirs.run, &runs::Approval::default()).await;
        assert!(matches!(refused, Err(crate::app::Error::NotAllowed(_))), "{refused:?}");
        let room = mailroom::load(app, &outsider, mailroom::Tab::Failed, None).await.expect("the mail room");
        assert!(room.dead.is_empty(), "work belongs to no product");
        assert_eq!(room.outgoing.iter().map(|mail| mail.reference).collect::<Vec<_>>(), [own.case]);
    }

    async fn who_only_reads_the_mail_room_is_offered_nothing_to_do_there(house: House) {
        let theirs = scene(&house, PRODUCT, house.officer.id).await;
        for (name, role, is_offered) in [("reader", Role::Auditor, false), ("worker", Role::Agent, true)] {
            let reader = hired(&house, name, &[Grant::everywhere(role)]).await;
            let mut reader = browser(&house, reader.id).await;
            for path in [format!("/mail/in/{}", theirs.waiting.0), format!("/mail/out/{}", theirs.mail), "/mail?tab=failed".to_owned()] {
                let page = reader.get(&path).await;
                assert_eq!(page.status, StatusCode::OK, "{path}");
                assert_eq!(page.body.contains("method=\"post\" action=\"/mail/"), is_offered, "{name} at {path}: {}", page.body);
            }
        }
    }

    async fn s16_the_circle_of_a_product_is_not_that_of_another(house: House) {
        let report = crate::testing::house::mail("a@mail.example", "report", "s1@mail.example", "This is a report about child safety, item 4471.");
        let case = house.opens(&report).await;
        let outsider = hired(&house, "outsider", &[Grant::everywhere(Role::Agent), Grant::of(Role::Responder, OTHER)]).await;
        let mut browser = browser(&house, outsider.id).await;
        let page = browser.get(&format!("/cases/{case}")).await;
        assert!(page.status == StatusCode::OK && !page.body.contains("4471"), "the clocks and nothing else");
        let refused = verbs::add_note(&house.app, &outsider, case, "hello").await;
        assert!(matches!(refused, Err(crate::app::Error::NotFound)));
        let inside = hired(&house, "inside", &[Grant::of(Role::Responder, PRODUCT)]).await;
        verbs::add_note(&house.app, &inside, case, "hello").await.expect("theirs");
    }

    async fn s16_alarms_go_to_those_who_see_the_product(house: House) {
        hired(&house, "outsider", &[Grant::of(Role::Officer, OTHER), Grant::of(Role::Lead, OTHER)]).await;
        hired(&house, "within", &[Grant::of(Role::Lead, PRODUCT)]).await;
        let theirs = scene(&house, PRODUCT, house.officer.id).await;
        house.pass(40 * DAY);
        alarms::sweep_clocks(&house.app).await.expect("swept");
        fail(&house, 0, theirs.job).await;
        house.works().await;
        let sent = house.sent();
        let told = |name: &str| sent.iter().any(|mail| mail.contains(&format!("{name}@imagegen.example")) && mail.contains("clock"));
        assert!(told("within") && !told("outsider"), "{sent:?}");
        // nobody is given a case of a product that is not theirs
        let refused = verbs::assign_case(&house.app, &house.officer, theirs.case, i64::MAX, Some(now(&house, StaffId(3)).await.id)).await;
        assert!(matches!(refused, Err(crate::app::Error::Invalid(_))), "{refused:?}");
    }
}
