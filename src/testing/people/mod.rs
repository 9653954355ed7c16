//! Accounts over HTTP: whoever signs in, proves who they are, manages sessions, and whoever tries to without the right.

mod accounts;
mod door;
mod doubt;
mod factors;
mod key;
mod links;
mod news;
mod own_factors;
mod passkeys;
mod proofs;
mod sessions;
mod tries;

use super::browser::{Answer, Browser};
use super::house::House;
use crate::{
    app::authenticator::code_at,
    domain::{
        identity::StaffId,
        rights::Actor,
        sign_in::Stage,
        time::{HOUR, Instant},
    },
    store::{
        factors as stored,
        sessions::{Lasts, session_start},
        sql,
    },
};

/// The password of everybody in a test house.
const PASSWORD: &str = "correct horse battery";
const OFFICER: &str = "officer@imagegen.example";
const SECRET: [u8; 20] = [9; 20];

async fn now(house: &House) -> Instant {
    house.app.db.read().await.expect("a reader").db_now().await.expect("the time")
}

/// Runs one statement, as somebody with a hand in the database would.
async fn meddle(house: &House, text: &'static str, staff: StaffId, value: i64) -> u64 {
    let mut tx = house.app.db.begin().await.expect("a writer");
    let done = sql(text).bind(staff).bind(value).run(&mut tx).await.expect("it runs");
    tx.commit().await.expect("it is kept");
    done
}

/// Lets nobody's wait be over before the test is.
async fn stretch_waits(house: &House) {
    let text = "UPDATE throttles SET blocked_until = blocked_until + $1 + $2 WHERE blocked_until > 0";
    meddle(house, text, StaffId(0), 600_000).await;
}

/// Gives somebody an authenticator.
pub async fn arm(house: &House, whom: StaffId) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    let at = house.app.now();
    stored::authenticator_set(&mut tx, &house.app.vault, whom, &SECRET, 0, at).await.expect("it is kept");
    tx.commit().await.expect("it is kept");
}

/// The code of this moment, as if none of this step had been given.
async fn code(house: &House, actor: &Actor) -> String {
    meddle(house, "UPDATE authenticators SET last_step = $2 WHERE staff_id = $1", actor.id, 0).await;
    code_at(&SECRET, now(house).await)
}

/// The browser of somebody who has an authenticator and has signed in with it.
async fn signed_in(house: &House, actor: &Actor) -> Browser {
    Browser::with(house.app.clone(), &minted(house, actor.id).await)
}

/// The token of a session of somebody who has an authenticator and has signed in with it.
pub async fn minted(house: &House, whom: StaffId) -> String {
    arm(house, whom).await;
    let token = format!("minted-{}-{}", whom.0, data_encoding::HEXLOWER.encode(&random()));
    let mut tx = house.app.db.begin().await.expect("a writer");
    let lasts = Lasts { idle: HOUR, whole: 12 * HOUR };
    session_start(&mut tx, &token, whom, Stage::Full, "192.0.2.7", lasts).await.expect("it starts");
    tx.commit().await.expect("it is kept");
    token
}

fn random() -> [u8; 8] {
    crate::store::vault::random().expect("randomness")
}

/// Makes the proof of all of somebody's sessions eleven minutes old.
pub async fn let_proof_age(house: &House, actor: &Actor) {
    let old = now(house).await.plus(-11 * 60_000).0;
    meddle(house, "UPDATE sessions SET proved_at = $2 WHERE staff_id = $1", actor.id, old).await;
}

/// The actions in the audit, oldest first.
async fn audited(house: &House) -> Vec<String> {
    let mut tx = house.app.db.read().await.expect("a reader");
    let rows: Vec<(String,)> = sql("SELECT action FROM audit ORDER BY id").all(&mut tx).await.expect("it lists");
    rows.into_iter().map(|(action,)| action).collect()
}
