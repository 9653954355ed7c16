//! Mailboxes against a real Dovecot, on both engines: each message becomes one case and none is lost, whatever the server,
//! other clients and other consoles do meanwhile.

mod lives;
mod reading;
mod shown;
mod telling;
mod troubles;

use super::{
    dovecot::{Client, DOVECOT, PASSWORD, fresh_user},
    house::{House, PRODUCT},
};
use crate::{
    app::mailboxes::{self, Trouble, Visit, Watched},
    mail::inbox::{Security, Server, Then, Trust},
    store::{mailboxes::Mailbox, sql},
};
use std::time::Duration;
use zeroize::Zeroizing;

/// A console's token.
const TOKEN: [u8; 16] = [1; 16];
/// A lease that nothing here outlives.
const LEASE: i64 = 600_000;

/// The folder `INBOX` of a new user, read in clear.
fn watched(then: Then) -> Watched {
    let server = Server {
        host: "localhost".to_owned(),
        port: DOVECOT.clear,
        security: Security::Clear,
        user: fresh_user(),
        password: Zeroizing::new(PASSWORD.to_owned()),
    };
    Watched {
        product: PRODUCT.to_owned(),
        name: server.user.clone(),
        server,
        folder: "INBOX".to_owned(),
        then,
        poll: Duration::from_secs(5),
    }
}

fn trust() -> Trust {
    Trust::file(&DOVECOT.certificate).expect("the certificate reads")
}

/// The request number `number`; a different mail each.
fn request(number: usize) -> Vec<u8> {
    format!(
        "From: Person {number} <person{number}@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: My data, {number}\r\n\
         Message-ID: <mailbox-{number}@mail.example>\r\n\r\nPlease send me a copy of my data, {number}.\r\n"
    )
    .into_bytes()
}

/// Puts the requests of these numbers into a folder.
fn arrive(watched: &Watched, numbers: std::ops::Range<usize>) -> Client {
    let mut client = Client::login(&watched.server.user);
    for number in numbers {
        client.append(&watched.folder, &request(number));
    }
    client
}

/// One visit of a console: everything is taken over, then it leaves.
async fn reads(house: &House, watched: &Watched) -> Result<(), Trouble> {
    reads_as(house, watched, &TOKEN).await
}

async fn reads_as(house: &House, watched: &Watched, token: &[u8]) -> Result<(), Trouble> {
    let free = mailboxes::take(&house.app, watched, token, LEASE).await?;
    let (held, cursor) = free.ok_or(Trouble::Lost)?;
    let visited = async {
        let mut visit = Visit::begin(&house.app, watched, held.clone(), cursor).await?;
        visit.turn(|| false).await?;
        visit.leave().await;
        Ok(())
    };
    let ended = visited.await;
    if let Err(trouble) = &ended {
        mailboxes::failed(&house.app, &held, trouble).await?;
    }
    ended
}

/// How many rows there are.
async fn count(house: &House, what: &'static str) -> i64 {
    let mut tx = house.app.db.read().await.expect("a reader");
    let statement = match what {
        "messages" => sql("SELECT COUNT(*) FROM messages"),
        "cases" => sql("SELECT COUNT(*) FROM cases"),
        "copies" => sql("SELECT COUNT(*) FROM mailbox_copies WHERE message_id IS NOT NULL"),
        "unsettled" => sql("SELECT COUNT(*) FROM mailbox_copies WHERE message_id IS NOT NULL AND NOT settled"),
        other => panic!("nobody counts {other}"),
    };
    statement.one::<(i64,)>(&mut tx).await.expect("it counts").0
}

/// The sizes of the kept messages in the order in which they were kept.
async fn kept_sizes(house: &House) -> Vec<i64> {
    let mut tx = house.app.db.read().await.expect("a reader");
    let rows = sql("SELECT size FROM messages ORDER BY id").all::<(i64,)>(&mut tx).await.expect("it lists");
    rows.into_iter().map(|(size,)| size).collect()
}

/// The folder as the mail room has it.
async fn row(house: &House, watched: &Watched) -> Mailbox {
    let mut tx = house.app.db.read().await.expect("a reader");
    let rows = crate::store::mailboxes::mailboxes_all(&mut tx).await.expect("it lists");
    rows.into_iter().find(|row| row.name == watched.name && row.folder == watched.folder).expect("it is there")
}
