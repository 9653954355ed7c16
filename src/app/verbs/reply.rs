//! Answers the person: the text becomes a mail in the outbox, in the thread, under the officer's name. A letter that asks
//! for something, or that ends the request, does so in the same act.

use super::clocks;
use crate::{
    app::{
        App, Error, acknowledge,
        desk::{Desk, no_run, written},
        follow_ups,
        letters::{self, outcome_of, trigger_of},
    },
    domain::{
        audit::AuditAction,
        case::State,
        clock::fact::Fact,
        event::{Event, Purpose},
        identity::Reference,
        language::Language,
        rights::Actor,
        time::HOUR,
    },
    mail::compose::{
        self, Facts, Letter,
        needs::{self, Missing, Part},
    },
    store::{contents, drafts, events},
};

/// How long the same words do not leave twice, in milliseconds.
const AGAIN: i64 = HOUR;

/// What is sent.
#[derive(Debug, Clone)]
pub struct Answer<'a> {
    /// The letter it began with.
    pub letter: Letter,
    /// The language of its subject line and signature.
    pub language: Language,
    /// Why a request is refused; needed by refusals.
    pub reason: &'a str,
    /// Its words, as they leave.
    pub text: &'a str,
    /// True where the case then waits for the person's answer.
    pub wait: bool,
}

/// Sends a plain reply in English; with `wait` the case then waits for the person's answer.
///
/// # Errors
/// As `send_letter`.
pub async fn send_reply(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    text: &str,
    wait: bool,
) -> Result<(), Error> {
    let answer = Answer { letter: Letter::Reply, language: Language::En, reason: "", text, wait };
    send_letter(app, actor, reference, seen, &answer).await
}

/// Sends what staff wrote. A letter that asks who the person is or what they mean writes the question down, where a law
/// that holds knows such a pause, and the case waits; one that grants or refuses resolves the case.
///
/// # Errors
/// When the text is empty, does not say what such a letter has to, the letter does not fit the case, the person left no
/// address, or others were quicker.
pub async fn send_letter(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    answer: &Answer<'_>,
) -> Result<(), Error> {
    let text = written("text", answer.text, "Write the reply")?;
    if !answer.reason.trim().is_empty() {
        written("reason", answer.reason, "")?;
    }
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let Some((to, subject)) = acknowledge::addressee(app, &mut desk.tx, &desk.case).await? else {
        return Err(Error::field(
            "text",
            "The person left no mail address; answer by phone or letter and write a note",
        ));
    };
    letters::fits(app, &desk.case, answer.letter, answer.language)?;
    let facts = Facts {
        reason: answer.reason.trim().to_owned(),
        complaint: letters::complaint(app, &desk.case.product, answer.language),
        ..letters::facts(app, &desk.case, &to.name, answer.language)
    };
    let text = needs::fill_reason(text, answer.letter, answer.language, &facts)?;
    let required = letters::required(app, &desk.case, answer.letter);
    needs::check(&facts, &text, &required).map_err(|missing| Error::field(field_of(&missing), missing.to_string()))?;
    let outcome = outcome_of(answer.letter);
    if outcome.is_some() {
        no_run(&desk.case, "letter")?;
    }
    let written = compose::send(answer.letter, answer.language, &facts, &subject, &text)?;
    if left_just_now(&mut desk, &written.text).await? {
        let says = "These very words left a moment ago. Change them if the person is to get another letter.";
        return Err(Error::field("text", says));
    }
    desk.take_up().await?;
    let purpose = purpose_of(answer.letter);
    let queued = acknowledge::queue(app, &mut desk.tx, &desk.case, purpose, to, written, desk.now).await?;
    desk.record(queued).await?;
    let asks = trigger_of(answer.letter);
    if let Some(asked) = asks.map(|trigger| trigger.facts().0)
        && clocks::refused(app, &desk.case, asked, desk.now).is_none()
    {
        desk.record(Event::FactRecorded { fact: asked, at: desk.now, note: None }).await?;
        let kind = desk.case.kind;
        desk.start_clocks(kind).await?;
    }
    if answer.letter == Letter::Lifting {
        desk.record(Event::FactRecorded { fact: Fact::LiftingTold, at: desk.now, note: None }).await?;
    }
    if let Some(outcome) = outcome {
        let from = desk.case.state;
        let to = State::Resolved;
        desk.record(Event::StateChanged { from, to, outcome: Some(outcome), reason: None }).await?;
        let kind = desk.case.kind;
        desk.start_clocks(kind).await?;
        follow_ups::after_resolving(&mut desk, Some(outcome)).await?;
    } else if (answer.wait || asks.is_some()) && desk.case.state == State::Open {
        let (from, to) = (State::Open, State::WaitingRequester);
        desk.record(Event::StateChanged { from, to, outcome: None, reason: None }).await?;
    }
    drafts::draft_forget(&mut desk.tx, reference, actor.id).await?;
    desk.commit(AuditAction::ReplySent).await
}

/// True where the last letter had these very words, left within `AGAIN`, and nothing was heard of it or of the person since:
/// a browser that goes back draws the case as it is by now and puts the old words into the box again.
async fn left_just_now(desk: &mut Desk<'_>, text: &str) -> Result<bool, Error> {
    let history = events::events_of(&mut desk.tx, desk.case.reference).await?;
    let heard = |event: &Event| {
        matches!(event, Event::MessageReceived { .. } | Event::MailFailed { .. } | Event::MailBounced { .. })
    };
    let recent = history.iter().rev().take_while(|one| desk.now.0 - one.at.0 < AGAIN && !heard(&one.event));
    let last = recent.filter_map(|recorded| match recorded.event {
        Event::MailQueued { content, purpose, .. } | Event::LetterKept { content, purpose } => {
            (purpose != Purpose::Acknowledgement).then_some(content)
        }
        _ => None,
    });
    let Some(last) = last.into_iter().next() else { return Ok(false) };
    let letter = contents::contents_get(&mut desk.tx, &desk.app.vault, &[last]).await?;
    Ok(letter.values().any(|letter| letter.text == text))
}

/// Why such a letter leaves.
const fn purpose_of(letter: Letter) -> Purpose {
    match letter {
        Letter::Closing | Letter::PartialRefusal | Letter::Refusal => Purpose::Closing,
        Letter::Reminder => Purpose::Reminder,
        Letter::NoMaterial => Purpose::Notice,
        _ => Purpose::Reply,
    }
}

/// Where what is missing is typed.
const fn field_of(missing: &Missing) -> &'static str {
    if matches!(missing.part, Part::Reason) { "reason" } else { "text" }
}
