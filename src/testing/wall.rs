//! The restricted wall: what those outside the circle may know, and what nobody decodes.

use super::{
    house::{House, mail},
    on_both,
};
use crate::{
    app::{
        Error,
        case_page::{self, CasePage},
        intake::Read,
        mailroom, overview, quarantine,
        queue::{self, Face, QueueFilter, View},
        rail, runs as app_runs,
        verbs::{self, Classified},
    },
    domain::{
        case::State,
        clock::{Duty, Layer},
        identity::{MailId, Reference},
        kind::Kind,
        mail::Doubt,
        plan::Plan,
    },
    store::{Row, runs, sql},
};

const CANARY: &str = "Canarybird";

fn report() -> String {
    format!(
        "From: {CANARY} Sender <{CANARY}@mail.example>\nSubject: report {CANARY}\nMessage-ID: <r1@mail.example>\n\
         Content-Type: multipart/mixed; boundary=x\n\n--x\n\nThis is a report about child safety, item 4471. {CANARY}\n\
         --x\nContent-Type: image/png; name=\"{CANARY}.png\"\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--x--\n"
    )
}

/// Every text column of the database, in one string.
async fn all_text(house: &House) -> String {
    let mut tx = house.app.db.read().await.expect("a reader");
    let mut all = String::new();
    for statement in [
        "SELECT who || address || about FROM case_faces",
        "SELECT COALESCE(who, '') || COALESCE(about, '') FROM messages",
        "SELECT data FROM events",
        "SELECT COALESCE(body, '') FROM contents",
        "SELECT data || COALESCE(error, '') FROM jobs",
        "SELECT COALESCE(reason, '') || message_id FROM mails",
        "SELECT COALESCE(reason, '') FROM messages",
        "SELECT object FROM audit",
    ] {
        let rows = text(statement, &mut tx).await;
        all.push_str(&rows.concat());
    }
    all.to_lowercase()
}

async fn text(statement: &'static str, tx: &mut crate::store::Tx) -> Vec<String> {
    fn row<T: Row>() {}
    row::<(String,)>();
    sql(statement).all::<(String,)>(tx).await.expect("it reads").into_iter().map(|(t,)| t).collect()
}

on_both! {
    async fn outside_the_circle_only_the_clocks_are_seen(house: House) {
        let reference = house.opens(&report()).await;
        let page = case_page::load(&house.app, &house.agent, reference, crate::app::runs::Letter::Proposed).await.expect("a page");
        let CasePage::Walled(walled) = page else { panic!("the agent must not see it") };
        assert_eq!(walled.clocks.iter().filter(|c| c.duty == Duty::Resolve).map(|c| c.period.as_str()).collect::<Vec<_>>(), [""]);
        let whole = format!("{walled:?}");
        for word in ["CSAM", "3(2)", "in-it", "in-pocso", "POCSO", "NotifyAuthority", "removal", "000-39"] {
            assert!(!whole.contains(word), "not even the rule's sentence: {word}");
        }
        let list = |filter: QueueFilter| {
            let house = &house;
            async move { queue::list(&house.app, &house.agent, &filter).await.expect("a page").rows }
        };
        let rows = list(QueueFilter::default()).await;
        assert!(matches!(&rows[..], [row] if row.face == Face::Walled && row.clock.is_some()));
        for filter in [
            QueueFilter { q: CANARY.into(), ..Default::default() },
            QueueFilter { q: "report".into(), ..Default::default() },
            QueueFilter { kind: Some(Kind::ContentCsam), ..Default::default() },
            QueueFilter { product: Some("imagegen-artisticmonk".into()), ..Default::default() },
        ] {
            assert!(list(filter).await.is_empty());
        }
        house.works().await;
        let seen = overview::overview(&house.app, &house.agent).await.expect("the overview");
        assert!(!format!("{seen:?}").contains(CANARY));
        let room = mailroom::load(&house.app, &house.agent, mailroom::Tab::Outgoing, None).await.expect("the mail room");
        // the acknowledgement, and the alarm of the short clock
        assert!(room.outgoing.len() == 2 && room.outgoing.iter().all(|mail| mail.envelope.is_none()));
        let one = mailroom::outgoing(&house.app, &house.agent, MailId(1)).await.expect("the mail");
        assert_eq!(one.text, None);
        assert!(!format!("{one:?}").contains(CANARY));
        let sent = house.sent();
        assert!(!sent[0].contains("child safety") && !sent[0].contains("report"), "the mail tells nothing: {}", sent[0]);
    }

    async fn those_outside_can_do_nothing_to_it(house: House) {
        let reference = house.opens(&report()).await;
        let (app, agent) = (&house.app, &house.agent);
        let gone = |result: Result<(), Error>| assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
        gone(verbs::add_note(app, agent, reference, "hello").await);
        gone(verbs::send_reply(app, agent, reference, i64::MAX, "hello", false).await);
        gone(verbs::assign_case(app, agent, reference, i64::MAX, None).await);
        gone(verbs::classify_case(app, agent, reference, i64::MAX, Kind::Inquiry, "no").await.map(|_| ()));
        gone(verbs::keep_draft(app, agent, reference, "x").await.map(|_| ()));
        let to_agent = verbs::assign_case(app, &house.officer, reference, i64::MAX, Some(agent.id)).await;
        assert!(matches!(to_agent, Err(Error::Invalid(_))), "no owner outside the circle");
        let bulk = verbs::assign_many(app, agent, &[reference], Some(agent.id)).await.expect("an outcome");
        assert_eq!((bulk.done, bulk.skipped.len()), (0, 1));
    }

    async fn nothing_readable_is_stored_and_nothing_is_decoded(house: House) {
        let reference = house.opens(&report()).await;
        house.works().await;
        assert!(!all_text(&house).await.contains(&CANARY.to_lowercase()));
        let full = house.case(reference).await;
        assert_eq!(full.requester, format!("{CANARY} Sender"), "the circle reads it");
        for actor in [&house.agent, &house.officer] {
            let message = crate::domain::identity::MessageId(1);
            let file = mailroom::attachment(&house.app, actor, reference, message, 1).await;
            assert!(matches!(file, Err(Error::NotFound)), "{file:?}");
        }
        let mut tx = house.app.db.read().await.expect("a reader");
        let views = text("SELECT action FROM audit WHERE action = 'restricted_case_viewed'", &mut tx).await;
        assert_eq!(views.len(), 1, "each view is audited");
    }

    async fn going_behind_the_wall_seals_and_coming_back_takes_two(house: House) {
        let request = mail(&format!("{CANARY} <{CANARY}@mail.example>"), "hello", "w1@mail.example", &format!("A question. {CANARY}"));
        let reference = house.opens(&request).await;
        let (app, officer) = (&house.app, &house.officer);
        verbs::assign_case(app, &house.agent, reference, i64::MAX, Some(house.agent.id)).await.expect("assigned");
        house.works().await;
        assert!(all_text(&house).await.contains(&CANARY.to_lowercase()));
        let done = verbs::classify_case(app, officer, reference, i64::MAX, Kind::MinorData, "it is about a minor").await;
        assert_eq!(done.expect("classified"), Classified::Done);
        assert!(!all_text(&house).await.contains(&CANARY.to_lowercase()));
        let full = house.case(reference).await;
        assert_eq!(full.owner, None, "an owner outside the circle loses it");
        let promised = full.case.clocks.iter().find(|c| c.duty == Duty::Resolve && c.layer == Layer::Promise);
        assert_eq!(promised.map(|c| c.period.as_str()), Some("P15D"));
        assert!(full.case.clocks.iter().any(|c| c.duty == Duty::Acknowledge && c.met.is_some()), "what was met stays met");
        let first = verbs::classify_case(app, officer, reference, i64::MAX, Kind::Inquiry, "it is not").await;
        assert_eq!(first.expect("proposed"), Classified::Proposed);
        let again = verbs::classify_case(app, officer, reference, i64::MAX, Kind::Inquiry, "really not").await;
        assert_eq!(again.expect("proposed"), Classified::Proposed, "the same person twice is one person");
        let mut second = officer.clone();
        second.id = house.agent.id;
        second.name = "Second Responder".into();
        let done = verbs::classify_case(app, &second, reference, i64::MAX, Kind::Inquiry, "I agree").await;
        assert_eq!(done.expect("classified"), Classified::Done);
        let rows = queue::list(app, &house.agent, &QueueFilter::default()).await.expect("a page").rows;
        assert!(matches!(&rows[0].face, Face::Plain { who, .. } if who == CANARY));
    }

    async fn what_speaks_of_a_restricted_case_stays_behind_the_wall_whoever_sent_it(house: House) {
        let reference = house.opens(&report()).await;
        verbs::send_reply(&house.app, &house.officer, reference, i64::MAX, &format!("Secret {CANARY}"), false).await.expect("sent");
        house.works().await;
        let sent = house.sent();
        let ours = sent.iter().find(|m| m.contains("Secret")).and_then(|m| m.lines().find_map(|l| l.strip_prefix("Message-ID: ")));
        let ours = ours.expect("our Message-ID").to_owned();
        // a bounce of our reply quotes it: it belongs to the case
        let bounce = format!(
            "From: MAILER-DAEMON@mail.example\nSubject: failed\nMessage-ID: <b1@mail.example>\nIn-Reply-To: {ours}\n\
             Content-Type: multipart/report; boundary=y\n\n--y\n\nIt could not be delivered. {CANARY}\n--y\n\
             Content-Type: message/rfc822\n\nSubject: x\n\nSecret {CANARY}\n--y--\n"
        );
        assert_eq!(house.receives(&bounce).await, Read::Appended(reference));
        // somebody else answers, or names the reference: it waits, behind the wall too
        let father = format!("In-Reply-To: {ours}\n{}", mail("father@mail.example", "Re: x", "f1@mail.example", &format!("> Secret {CANARY}")));
        let named = mail("aunt@mail.example", &format!("about [{reference}]"), "f2@mail.example", &format!("Quoted {CANARY}"));
        for raw in [father, named] {
            assert_eq!(house.receives(&raw).await, Read::Quarantined(Doubt::Stranger));
        }
        for waiting in quarantine::list(&house.app, &house.agent, false, i64::MAX, 10).await.expect("a list") {
            assert_eq!((waiting.near, waiting.face, waiting.walled), (None, None, true));
        }
        assert!(!all_text(&house).await.contains(&CANARY.to_lowercase()));
    }

    async fn a_restricted_answer_never_lands_in_an_ordinary_case(house: House) {
        let ordinary = house.opens(&mail("a@mail.example", "Privacy Request", "o1@mail.example", "Please delete my account.")).await;
        let answer = format!("In-Reply-To: <o1@mail.example>\n{}", mail("a@mail.example", "Re: x", "o2@mail.example", "This is a report about child safety, item 1."));
        let read = house.receives(&answer).await;
        let Read::Opened(other) = read else { panic!("{read:?}") };
        assert_ne!(other, ordinary);
        assert!(house.case(other).await.case.is_restricted());
        let linked = house.case(ordinary).await.linked;
        assert_eq!(linked.iter().map(|l| l.reference).collect::<Vec<Reference>>(), [other]);
    }

    async fn no_view_and_no_count_tells_more_than_open(house: House) {
        let reference = house.opens(&report()).await;
        let (app, officer, agent) = (&house.app, &house.officer, &house.agent);
        let waits = State::WaitingRequester;
        verbs::change_state(app, officer, reference, i64::MAX, waits, None, "asked by phone").await.expect("changed");
        let plan = Plan::default();
        let mut tx = app.db.begin().await.expect("a writer");
        let case = (reference, "imagegen-artisticmonk");
        let run = runs::run_plan(&mut tx, &app.vault, (crate::domain::run::RunKind::Erase, case.0, case.1), &plan, b"", (officer.id, app.now()), app.now()).await;
        tx.commit().await.expect("committed");
        let run = run.expect("a run");
        for (actor, seen) in [(officer, 1), (agent, 0)] {
            let filter = QueueFilter { view: View::Waiting, ..Default::default() };
            let page = queue::list(app, actor, &filter).await.expect("a page");
            let count = page.counts.iter().find_map(|(view, count)| (*view == View::Waiting).then_some(*count)).flatten();
            assert_eq!((page.total.n, count.map(|count| count.n)), (seen, Some(seen)), "{}", actor.name);
            assert_eq!(rail::rail(app, actor).await.expect("the rail").runs.n, seen);
            let listed = app_runs::load_runs(app, actor).await.expect("the runs").0;
            assert_eq!(i64::try_from(listed.len()), Ok(seen));
            let one = app_runs::run_progress(app, actor, run).await;
            assert_eq!(one.is_ok(), seen == 1, "{one:?}");
        }
    }
}
