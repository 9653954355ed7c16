//! Begins a letter: its words in front of what was typed, kept as the draft. Nothing leaves.

use super::{complaint, facts, offer::trigger_of, pauses, required, when};
use crate::{
    app::{
        App, Error,
        desk::{Desk, written},
    },
    domain::{
        identity::Reference,
        language::Language,
        rights::Actor,
        time::{DAY, Instant},
    },
    mail::compose::{
        self, Facts, Letter,
        needs::{self, Part},
    },
    store::{contents, drafts},
};

/// How long a reminder gives the person.
const WAIT: i64 = 14 * DAY;

/// What staff want to begin with.
#[derive(Debug, Clone)]
pub struct Begun<'a> {
    /// Which letter.
    pub letter: Letter,
    /// In which language.
    pub language: Language,
    /// Why not, or why it takes longer; may be empty.
    pub reason: &'a str,
    /// What was typed already; stays below. Where nothing was, the draft that was kept does.
    pub typed: &'a str,
    /// What is recorded of the person's consents, which fills the first gap of its words; empty where nothing is recorded,
    /// none where the letter is about something else or staff fill the gap.
    pub recorded: Option<&'a str>,
}

/// The words of a letter with what was typed, or else the draft, below them; that is the draft from then on.
///
/// # Errors
/// When the letter does not fit the case, or the case is not this person's to see.
pub async fn begin(app: &App, actor: &Actor, reference: Reference, begun: &Begun<'_>) -> Result<String, Error> {
    let mut desk = Desk::at(app, actor, reference, None).await?;
    let case = &desk.case;
    super::fits(app, case, begun.letter, begun.language)?;
    let first = contents::content_first(&mut desk.tx, &app.vault, reference).await?.unwrap_or_default();
    let facts = of_letter(app, &desk, begun, &first.name, desk.now);
    let words = compose::draft(begun.letter, begun.language, &facts)?;
    let words = match begun.recorded {
        Some(lines) if !lines.is_empty() => needs::fill(&words, lines),
        _ => words,
    };
    let typed = match begun.typed.trim() {
        // a page without the reply box sends nothing of what stands in it
        "" => drafts::draft_get(&mut desk.tx, &app.vault, reference, actor.id).await?.unwrap_or_default(),
        typed => typed.to_owned(),
    };
    let text = if typed.trim().is_empty() { words } else { format!("{words}\n\n{}", typed.trim()) };
    let text = written("text", &text, "Choose a letter")?.to_owned();
    drafts::draft_keep(&mut desk.tx, &app.vault, reference, actor.id, &text, desk.now).await?;
    desk.tx.commit().await?;
    Ok(text)
}

fn of_letter(app: &App, desk: &Desk<'_>, begun: &Begun<'_>, name: &str, now: Instant) -> Facts {
    let (case, language) = (&desk.case, begun.language);
    // who got what they asked for is told where to complain only where the law wants it
    let says_where = begun.letter != Letter::Closing
        || required(app, case, begun.letter).iter().any(|one| one.part == Part::Complaint);
    Facts {
        reason: begun.reason.trim().to_owned(),
        complaint: if says_where { complaint(app, &case.product, language) } else { String::new() },
        pauses: trigger_of(begun.letter).is_some_and(|trigger| pauses(app, case, trigger).is_some()),
        until: when(app, case, language, now.plus(WAIT)),
        no_consents: begun.recorded == Some(""),
        ..facts(app, case, name, language)
    }
}
