//! Answers the person: the text becomes a mail in the outbox, in the thread, under the officer's name.

use crate::{
    app::{
        App, Error,
        acknowledge::{self, Addressee},
        desk::{Desk, written},
    },
    domain::{
        case::State,
        event::{Event, Purpose},
        identity::Reference,
        rights::Actor,
    },
    mail::compose,
    store::{contents, drafts},
};

/// Sends a reply; with `wait` the case then waits for the person's answer.
///
/// # Errors
/// When the text is empty, the person left no address, or others were quicker.
pub async fn send_reply(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    text: &str,
    wait: bool,
) -> Result<(), Error> {
    let text = written("text", text, "Write the reply")?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let kept = contents::contents_of(&mut desk.tx, &app.vault, reference).await?;
    let answers = kept.iter().map(|(_, c)| c.message_id.clone()).filter(|id| !id.is_empty()).collect();
    let Some((_, first)) = kept.into_iter().next().filter(|(_, first)| !first.address.is_empty()) else {
        return Err(Error::field(
            "text",
            "The person left no mail address; answer by phone or letter and write a note",
        ));
    };
    let restricted = desk.case.is_restricted();
    let head = app.letterhead(&desk.case.product);
    let written = compose::reply(&head, &reference.to_string(), &first.subject, restricted, text)?;
    desk.take_up().await?;
    let to = Addressee { name: first.name, address: first.address, answers };
    let queued = acknowledge::queue(app, &mut desk.tx, &desk.case, Purpose::Reply, to, written, desk.now).await?;
    desk.record(queued).await?;
    if wait && desk.case.state == State::Open {
        let (from, to) = (State::Open, State::WaitingRequester);
        desk.record(Event::StateChanged { from, to, outcome: None, reason: None }).await?;
    }
    drafts::draft_forget(&mut desk.tx, reference, actor.id).await?;
    desk.commit("reply_sent").await
}
