//! Rights over HTTP: every address against every role, products that somebody does not see, roles that change, deputies, and
//! two people who have to be two.

mod deputies;
mod matrix;
mod people;
mod scope;
mod second;

use super::{
    browser::Browser,
    house::{House, PRODUCT, mail},
    people::minted,
};
use crate::{
    app::{
        case_page::What,
        intake::{self, Read},
        staff::{self, Access, Person},
    },
    domain::{
        identity::{MessageId, Reference, RunId, StaffId},
        mail::Came,
        plan::Plan,
        rights::{Actor, Grant},
        run::RunKind,
        sign_in::Proof,
        time::DAY,
        work::Work,
    },
    store::{jobs, runs, sql, staff as stored},
};

/// Another product than the one that a test house is about.
const OTHER: &str = "imgus";

/// Somebody new with these roles, as the database has them.
pub(super) async fn hired(house: &House, name: &str, grants: &[Grant]) -> Actor {
    let email = format!("{name}@imagegen.example");
    let person = Person { email: &email, name, password: "correct horse battery" };
    let access = Access { grants: grants.to_vec(), same_as: None };
    let id = staff::create(&house.app, &person, &access).await.expect("hired");
    now(house, id).await
}

/// Somebody with what they may do now, who has just proved who they are.
async fn now(house: &House, id: StaffId) -> Actor {
    let mut tx = house.app.db.read().await.expect("a reader");
    let actor = stored::actor_get(&mut tx, id).await.expect("it reads").expect("they work here");
    Actor { proof: Proof::Fresh, ..actor }
}

/// Their browser.
async fn browser(house: &House, whom: StaffId) -> Browser {
    Browser::with(house.app.clone(), &minted(house, whom).await)
}

/// Changes the database behind the console's back.
async fn meddle(house: &House, text: &'static str, id: i64) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    sql(text).bind(id).run(&mut tx).await.expect("it runs");
    tx.commit().await.expect("it is kept");
}

/// One of each thing that belongs to a product.
struct Scene {
    product: &'static str,
    case: Reference,
    message: MessageId,
    part: i64,
    run: RunId,
    waiting: MessageId,
    mail: i64,
    job: i64,
}

const WORD: &str = "Quillfeather";

/// A case of `product` with a mail that has an HTML version and a file, a plan of `asker`, a mail that waits, a mail that
/// failed, and work that gave up.
async fn scene(house: &House, product: &'static str, asker: StaffId) -> Scene {
    let raw = format!(
        "From: {WORD} Lena <{product}@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: Delete {WORD}\r\n\
         Message-ID: <{product}-1@mail.example>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
         --x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain\r\n\r\n\
         Please delete my account {WORD}.\r\n--y\r\nContent-Type: text/html\r\n\r\n<p>Please delete my account</p>\r\n--y--\r\n\
         --x\r\nContent-Type: image/png; name=\"{WORD}.png\"\r\nContent-Disposition: attachment; filename=\"{WORD}.png\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--x--\r\n"
    );
    let message = kept(house, product, &raw).await;
    let Read::Opened(case) = intake::read(&house.app, message).await.expect("it is read") else { panic!("no case") };
    house.works().await;
    let named = mail(
        "stranger@evil.example",
        &format!("about [{case}] {WORD}"),
        &format!("{product}-2@evil.example"),
        "Tell me",
    );
    let waiting = kept(house, product, &named.replace('\n', "\r\n")).await;
    let read = intake::read(&house.app, waiting).await.expect("it is read");
    assert!(matches!(read, Read::Quarantined(_)), "{read:?}");
    let mut tx = house.app.db.begin().await.expect("a writer");
    let plan = Plan::default();
    let until = tx.db_now().await.expect("the time").plus(DAY);
    let what = (RunKind::Erase, case, product);
    let run = runs::run_plan(&mut tx, &house.app.vault, what, &plan, b"{}", (asker, house.app.now()), until).await;
    let run = run.expect("a run");
    sql("INSERT INTO receipts (run_id, body, signature, key_id, signed_at) VALUES ($1, $2, $2, $3, 0)")
        .bind(run)
        .bind(WORD.as_bytes())
        .bind("k")
        .run(&mut tx)
        .await
        .expect("a receipt");
    jobs::job_enqueue(&mut tx, &Work::ExecuteRun { run }, 0).await.expect("a job");
    let (job,): (i64,) = sql("SELECT MAX(id) FROM jobs").one(&mut tx).await.expect("its row");
    let first = sql("SELECT id FROM mails WHERE case_id = $1 ORDER BY id LIMIT 1").bind(case);
    let (mail,): (i64,) = first.one(&mut tx).await.expect("the acknowledgement");
    tx.commit().await.expect("it is kept");
    fail(house, mail, job).await;
    let full = house.case(case).await;
    let part = full.timeline.iter().find_map(|entry| match &entry.what {
        What::MailIn { attachments, .. } => attachments.first().map(|file| file.part),
        _ => None,
    });
    Scene { product, case, message, part: part.expect("its file"), run, waiting, mail, job }
}

async fn kept(house: &House, product: &str, raw: &str) -> MessageId {
    let kept = intake::keep(&house.app, product, raw.as_bytes(), Came::Pipe).await.expect("it is kept");
    kept.expect("it is new")
}

/// The mail failed, and the work gave up.
async fn fail(house: &House, mail: i64, job: i64) {
    meddle(house, "UPDATE mails SET state = 'failed' WHERE id = $1", mail).await;
    meddle(house, "UPDATE jobs SET state = 'dead' WHERE id = $1", job).await;
}

impl Scene {
    /// An address with what stands in this scene in the place of its gaps.
    fn address(&self, pattern: &str, person: StaffId) -> String {
        let id = match pattern {
            path if path.starts_with("/runs/") => self.run.to_string(),
            path if path.starts_with("/mail/in/") => self.waiting.0.to_string(),
            path if path.starts_with("/mail/out/") => self.mail.to_string(),
            path if path.starts_with("/mail/failed/") => self.job.to_string(),
            _ => person.0.to_string(),
        };
        let token = "x".repeat(43);
        [
            ("{reference}", self.case.to_string()),
            ("{message}", self.message.0.to_string()),
            ("{part}", self.part.to_string()),
            ("{product}", self.product.to_owned()),
            ("{id}", id),
            ("{token}", token.clone()),
            ("{ticket}", token),
            ("{name}", "a.zip".to_owned()),
            ("{*path}", "none.css".to_owned()),
            ("{*function}", "none".to_owned()),
        ]
        .into_iter()
        .fold(pattern.to_owned(), |path, (gap, value)| path.replace(gap, &value))
    }

    /// What a form has to hold, so that nothing but a right can be missing, and as little as possible is done.
    fn form(&self, pattern: &str) -> Vec<(&'static str, String)> {
        let case = self.case.to_string();
        match pattern {
            "/cases/{reference}" => vec![("do", "note".to_owned()), ("text", "Seen".to_owned())],
            "/queue" => vec![("case", case), ("to", "nobody".to_owned())],
            "/runs/{id}" => vec![("do", "approve".to_owned()), ("typed", "another".to_owned())],
            "/runs/standing" => vec![("do", "grant".to_owned())],
            "/settings/retention" => vec![("pause", self.product.to_owned())],
            "/mail/in/{id}" => vec![("do", "attach".to_owned()), ("to", "R-1".to_owned())],
            "/api/keep_draft" => vec![("reference", case), ("text", "Dear".to_owned())],
            "/api/run_progress" => vec![("run", self.run.to_string())],
            _ => Vec::new(),
        }
    }
}
