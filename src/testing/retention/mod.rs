//! Recourse's own retention: what falls due goes on its day and says so, once; what is open, held, restricted or asked for by
//! law stays, and a secret hold is told by no number.

mod pages;
mod reports;
mod requester;
mod stays;
mod traces;

use super::{
    house::{House, PRODUCT, mail},
    on_both,
};
use crate::{
    app::{
        Error,
        audit::{self, Trust},
        case_page::{self, CasePage},
        mailroom,
        retention::{self, Applied, ProductRetention},
        verbs,
    },
    domain::{
        audit::AuditAction,
        case::{Outcome, State},
        clock::fact::Fact,
        hold::Basis,
        identity::{HoldId, MessageId, Reference},
        kind::Kind,
        retention::{Cause, Record},
        rights::{Actor, Grant, Role},
        sign_in::Proof,
        time::{DAY, Instant},
    },
    store::{
        audit::audit_append as append,
        holds::{self, NewHold},
        retention::{self as kept, Counted},
        sql,
    },
};

const ANA: &str = "Ana Lopez <ana@mail.example>";

/// A mail with a file.
fn with_file(from: &str, id: &str) -> String {
    format!(
        "From: {from}\nTo: privacy@imagegen.example\nSubject: Privacy Request\nMessage-ID: <{id}>\n\
         Content-Type: multipart/mixed; boundary=x\n\n--x\n\nPlease send me a copy of my data. Canarybird.\n--x\n\
         Content-Type: application/pdf; name=\"canaryfile.pdf\"\nContent-Disposition: attachment; filename=\"canaryfile.pdf\"\n\
         Content-Transfer-Encoding: base64\n\naGVsbG8=\n--x--\n"
    )
}

/// Erases a case whose time is over, as the schedule does.
pub(super) async fn ends(house: &House, case: Reference) {
    let (now, gone) = (house.app.now(), AuditAction::RecordsDestroyed);
    let mut tx = house.app.db.begin().await.expect("a writer");
    kept::records_destroy(&mut tx, Record::Case, &[case], Cause::Period, now).await.expect("destroyed");
    append(&mut tx, now, None, gone, Some(case), Record::Case.code());
    tx.commit().await.expect("kept");
}

async fn resolve(house: &House, case: Reference) {
    house.works().await;
    let done = verbs::change_state(
        &house.app,
        &house.officer,
        case,
        i64::MAX,
        State::Resolved,
        Some(Outcome::Refused),
        "answered by phone",
    );
    done.await.expect("it is resolved");
    house.works().await;
}

/// A request with a file that was answered.
async fn answered(house: &House, from: &str, id: &str) -> Reference {
    let case = house.opens(&with_file(from, id)).await;
    resolve(house, case).await;
    case
}

async fn applies(house: &House) {
    let applied = retention::apply_retention(&house.app).await.expect("it applies");
    assert_eq!(applied, Applied::Done);
}

/// How much there is of something.
async fn count(house: &House, statement: &'static str) -> i64 {
    let mut tx = house.app.db.read().await.expect("a reader");
    sql(statement).one::<(i64,)>(&mut tx).await.expect("it counts").0
}

async fn raws(house: &House) -> i64 {
    count(house, "SELECT COUNT(*) FROM messages WHERE LENGTH(wrapped_key) > 0").await
}

async fn texts(house: &House) -> i64 {
    count(house, "SELECT COUNT(*) FROM contents WHERE body IS NOT NULL OR cipher IS NOT NULL").await
}

/// Everything that can be read.
async fn readable(house: &House) -> String {
    let mut tx = house.app.db.read().await.expect("a reader");
    let mut all = String::new();
    for statement in [
        "SELECT COALESCE(body, '') FROM contents",
        "SELECT who || address || about FROM case_faces",
        "SELECT COALESCE(who, '') || COALESCE(about, '') FROM messages",
        "SELECT data FROM events",
        "SELECT object FROM audit",
        "SELECT COALESCE(done, '') || scope FROM requester_erasures",
    ] {
        let rows = sql(statement).all::<(String,)>(&mut tx).await.expect("it reads");
        all.extend(rows.into_iter().map(|(text,)| text));
    }
    all.to_lowercase()
}

fn lead_of(house: &House, grant: &Grant) -> Actor {
    Actor { grants: vec![grant.clone()], ..Actor::with_roles(house.officer.id, "Nisha Rao", &[], Proof::Fresh) }
}

async fn preview(house: &House) -> ProductRetention {
    let page = retention::load_retention(&house.app, &house.agent).await.expect("the page loads");
    page.products.into_iter().find(|product| product.id == PRODUCT).expect("it is there")
}

fn counted(product: &ProductRetention, record: Record) -> Counted {
    let line = product.lines.iter().find(|line| line.record == record).expect("a line");
    line.counted.clone().expect("of cases")
}

/// Places a hold on a case without a generation database.
async fn holds(house: &House, case: Reference, basis: Basis) -> HoldId {
    let mut tx = house.app.db.begin().await.expect("a writer");
    let (by, at) = (house.officer.id, house.app.now());
    let new = NewHold { product: PRODUCT, case, subject: b"somebody", basis, part: None, by, at };
    let hold = holds::hold_place(&mut tx, &house.app.vault, &new).await.expect("it is placed");
    tx.commit().await.expect("it is kept");
    hold
}

async fn releases(house: &House, hold: HoldId) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    assert!(holds::hold_release(&mut tx, hold, house.agent.id, house.app.now()).await.expect("it is released"));
    tx.commit().await.expect("it is kept");
}

async fn chain_is_whole(house: &House) {
    let trust = Trust { keys: audit::public_keys(&house.app).await.expect("the keys"), folder: None };
    let report = audit::verify(&house.app.db, &trust).await.expect("it is checked");
    assert!(report.first_bad.is_none() && report.entries > 0, "{report:?}");
}

on_both! {
    async fn each_record_goes_on_its_day_and_once(house: House) {
        let case = answered(&house, ANA, "a1@mail.example").await;
        let other = house.opens(&mail("ben@mail.example", "Privacy Request", "b1@mail.example", "A copy, please.")).await;
        house.works().await;
        let (all, events) = (texts(&house).await, house.case(case).await.case.seq);
        applies(&house).await;
        assert_eq!((raws(&house).await, texts(&house).await), (2, all), "nothing is over");
        house.pass(364 * DAY);
        applies(&house).await;
        assert_eq!(raws(&house).await, 2, "a day before its end");
        let before = preview(&house).await;
        let due = counted(&before, Record::Mail);
        assert_eq!((due.now, due.week, due.month), (0, 1, 1));
        assert_eq!((before.open, counted(&before, Record::Case).month), (1, 0));
        house.pass(2 * DAY);
        assert_eq!(counted(&preview(&house).await, Record::Mail).now, 1);
        assert!(readable(&house).await.contains("canaryfile"));
        applies(&house).await;
        assert_eq!((raws(&house).await, texts(&house).await), (1, all), "the raw mail is gone, its text stays");
        let says = readable(&house).await;
        assert!(!says.contains("canaryfile") && says.contains("canarybird"), "{says}");
        assert_eq!(counted(&preview(&house).await, Record::Mail), Counted::default());
        let full = house.case(case).await;
        assert!(full.case.seq > events && full.case.erased.is_none());
        assert!(matches!(mailroom::attachment(&house.app, &house.officer, case, MessageId(1), 1).await, Err(Error::NotFound)));
        house.pass(366 * DAY);
        applies(&house).await;
        let says = readable(&house).await;
        for gone in ["canary", "ana@mail", "lopez"] {
            assert!(!says.contains(gone), "{gone} is left in {says}");
        }
        assert!(says.contains("ben@mail"), "what is open stays");
        let CasePage::Full(page) = case_page::load(&house.app, &house.officer, case, crate::app::runs::Letter::Proposed).await.expect("it still loads") else { panic!("it is not walled") };
        assert!(page.case.erased.is_some() && page.requester.is_empty() && page.timeline.len() > 3);
        let late = verbs::add_note(&house.app, &house.officer, case, "hello").await;
        assert!(matches!(late, Err(Error::NotAllowed(_))), "{late:?}");
        // twice does it once
        let (seq, entries) = (page.case.seq, count(&house, "SELECT COUNT(*) FROM audit").await);
        applies(&house).await;
        house.pass(DAY);
        applies(&house).await;
        assert_eq!(house.case(case).await.case.seq, seq);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM audit").await, entries);
        let told = count(&house, "SELECT COUNT(*) FROM audit WHERE action = 'records_destroyed' AND case_id IS NULL").await;
        assert!(told >= 3, "each batch is audited: {told}");
        let of_case = count(&house, "SELECT COUNT(*) FROM audit WHERE action = 'records_destroyed' AND case_id IS NOT NULL").await;
        let events = count(&house, "SELECT COUNT(*) FROM events WHERE name = 'records_destroyed'").await;
        assert!(of_case == events && events >= 2, "each on its case: {of_case} of {events}");
        assert!(house.case(other).await.case.state.is_open());
        chain_is_whole(&house).await;
    }

    async fn what_is_held_restricted_unfinished_or_paused_stays(house: House) {
        let one = answered(&house, ANA, "a1@mail.example").await;
        let second = answered(&house, ANA, "a2@mail.example").await;
        let hidden = answered(&house, "ben@mail.example", "b1@mail.example").await;
        let report = mail("eve@mail.example", "report", "e1@mail.example", "This is a report about child safety, item 4471.");
        let walled = house.opens(&report).await;
        resolve(&house, walled).await;
        let hold = holds(&house, one, Basis::Dispute).await;
        let secret = holds(&house, hidden, Basis::Preservation).await;
        house.pass(800 * DAY);
        let all = (raws(&house).await, texts(&house).await);
        let seen = preview(&house).await;
        let due = counted(&seen, Record::Case);
        assert_eq!((due.now, due.month), (0, 0), "nothing goes");
        // the second case is of the same person; the secret hold counts as what law asks for, and nowhere else
        assert_eq!((due.stays.held, due.stays.law, due.stays.unfinished, seen.restricted), (2, 1, 0, 1));
        applies(&house).await;
        assert_eq!((raws(&house).await, texts(&house).await), all, "holds and the wall stand in the way");
        releases(&house, hold).await;
        let lead = lead_of(&house, &Grant::of(Role::Lead, PRODUCT));
        retention::pause_retention(&house.app, &lead, PRODUCT, "counsel looks at something").await.expect("paused");
        assert!(retention::pause_retention(&house.app, &lead, PRODUCT, "again").await.is_err());
        for other in [&house.agent, &house.officer] {
            assert!(matches!(retention::pause_retention(&house.app, other, PRODUCT, "no").await, Err(Error::NotAllowed(_))));
        }
        // to who leads another product, this one is none
        let elsewhere = lead_of(&house, &Grant::of(Role::Lead, "imgus"));
        for product in [PRODUCT, "nobody"] {
            assert!(matches!(retention::pause_retention(&house.app, &elsewhere, product, "no").await, Err(Error::NotFound)));
            assert!(matches!(retention::resume_retention(&house.app, &elsewhere, product).await, Err(Error::NotFound)));
        }
        let seen = retention::load_retention(&house.app, &elsewhere).await.expect("it loads");
        assert!(seen.products.iter().all(|product| product.id == "imgus"));
        applies(&house).await;
        assert_eq!((raws(&house).await, texts(&house).await), all, "the schedule is paused");
        retention::resume_retention(&house.app, &lead, PRODUCT).await.expect("it goes on");
        {
            let mut tx = house.app.db.begin().await.expect("a writer");
            sql("UPDATE mails SET state = 'queued' WHERE case_id = $1").bind(second).run(&mut tx).await.expect("it waits");
            tx.commit().await.expect("kept");
        }
        assert_eq!(counted(&preview(&house).await, Record::Case).stays.unfinished, 1);
        applies(&house).await;
        assert!(house.case(one).await.case.erased.is_some());
        assert!(house.case(second).await.case.erased.is_none(), "a mail of it has not left");
        assert!(house.case(hidden).await.case.erased.is_none() && house.case(walled).await.case.erased.is_none());
        releases(&house, secret).await;
        applies(&house).await;
        assert!(house.case(hidden).await.case.erased.is_some());
        assert!(house.case(walled).await.case.erased.is_none(), "no period ends what stands behind the wall");
        assert_eq!(count(&house, "SELECT COUNT(*) FROM messages WHERE restricted AND LENGTH(wrapped_key) > 0").await, 1);
    }

    async fn what_law_asks_to_preserve_stays_beyond_the_period(house: House) {
        let text = "I want to file a grievance with your grievance officer about how I was answered.";
        let case = house.opens(&mail(ANA, "Grievance", "g1@mail.example", text)).await;
        assert_eq!(house.case(case).await.case.kind, Kind::Grievance);
        resolve(&house, case).await;
        house.pass(300 * DAY);
        verbs::record_fact(&house.app, &house.officer, case, i64::MAX, Fact::Removed, None, "").await.expect("it was removed late");
        house.works().await;
        house.pass(100 * DAY);
        applies(&house).await;
        assert_eq!(raws(&house).await, 1, "180 days from the removal are not over");
        assert_eq!(counted(&preview(&house).await, Record::Mail).stays.law, 1);
        house.pass(82 * DAY);
        applies(&house).await;
        assert_eq!(raws(&house).await, 0);
        assert!(house.case(case).await.case.erased.is_none());
    }

    async fn mail_of_no_case_and_old_browsers_go_too(house: House) {
        let case = house.opens(&with_file(ANA, "a1@mail.example")).await;
        house.works().await;
        {
            let mut tx = house.app.db.begin().await.expect("a writer");
            sql("UPDATE messages SET state = 'discarded', case_id = NULL, who = 'Ana', about = 'x' WHERE case_id = $1").bind(case).run(&mut tx).await.expect("set aside");
            let old: Instant = house.app.now();
            sql("INSERT INTO devices (token_hash, staff_id, seen_at) VALUES ($1, $2, $3)").bind(vec![1_u8]).bind(house.officer.id).bind(old).run(&mut tx).await.expect("a browser");
            tx.commit().await.expect("kept");
        }
        applies(&house).await;
        assert_eq!((raws(&house).await, count(&house, "SELECT COUNT(*) FROM devices").await), (1, 1));
        house.pass(91 * DAY);
        applies(&house).await;
        assert_eq!((raws(&house).await, count(&house, "SELECT COUNT(*) FROM devices").await), (1, 0));
        house.pass(280 * DAY);
        assert_eq!(preview(&house).await.loose, 1);
        applies(&house).await;
        assert_eq!((raws(&house).await, count(&house, "SELECT COUNT(*) FROM messages WHERE who IS NOT NULL").await), (0, 0));
        assert_eq!(preview(&house).await.loose, 0);
    }

    async fn files_go_before_the_mail_that_brought_them(house: House) {
        let year = "of = \"attachment\"\nperiod = \"P1Y\"";
        let month = format!("of = \"attachment\"\nperiod = \"P30D\"\nkinds = [\"access\"]\nbecause = \"x\"\nsource = \"y\"\n\n[[retention]]\n{year}");
        let house = house.whose_pack_says(year, &month);
        let case = answered(&house, ANA, "a1@mail.example").await;
        assert_eq!(house.case(case).await.case.kind, Kind::Access);
        house.pass(31 * DAY);
        assert_eq!(counted(&preview(&house).await, Record::Attachment).now, 1);
        applies(&house).await;
        let mut tx = house.app.db.read().await.expect("a reader");
        let raw = crate::store::raws::message_raw(&mut tx, &house.app.vault, MessageId(1)).await.expect("it opens").expect("it stays");
        drop(tx);
        let text = String::from_utf8_lossy(&raw).to_string();
        assert!(!text.contains("aGVsbG8=") && text.contains("Canarybird"), "{text}");
        assert!(!readable(&house).await.contains("canaryfile"));
        assert_eq!(counted(&preview(&house).await, Record::Attachment), Counted::default());
        let seq = house.case(case).await.case.seq;
        applies(&house).await;
        assert_eq!(house.case(case).await.case.seq, seq, "twice does it once");
    }
}
