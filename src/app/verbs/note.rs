//! Writes a note for colleagues. Notes never collide: two at once are two notes.

use crate::{
    app::{
        App, Error,
        desk::{Desk, written},
    },
    domain::{audit::AuditAction, event::Event, identity::Reference, rights::Actor},
    store::{contents::Content, drafts},
};

/// Adds an internal note; it never leaves the house.
///
/// # Errors
/// When the text is empty or the case is not this person's to see.
pub async fn add_note(app: &App, actor: &Actor, reference: Reference, text: &str) -> Result<(), Error> {
    let text = written("text", text, "Write the note")?.to_owned();
    let mut desk = Desk::at(app, actor, reference, None).await?;
    let content = desk.keep("note", &Content { text, ..Content::default() }).await?;
    desk.record(Event::NoteAdded { content }).await?;
    drafts::draft_forget(&mut desk.tx, reference, actor.id).await?;
    desk.commit(AuditAction::NoteAdded).await
}
