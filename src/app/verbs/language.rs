//! Writes down which language the person writes: letters begin in it where the product's pack has it switched on.

use crate::{
    app::{App, Error, desk::Desk},
    domain::{audit::AuditAction, event::Event, identity::Reference, language::Language, rights::Actor},
};

/// Writes down the person's language.
///
/// # Errors
/// When no language is chosen, the case says so already, or others were quicker.
pub async fn set_language(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    language: Option<Language>,
) -> Result<(), Error> {
    let language = language.ok_or_else(|| Error::field("language", "Choose the language the person writes"))?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    if desk.case.language == Some(language) {
        return Err(Error::field("language", "This is what the case says already"));
    }
    desk.take_up().await?;
    desk.record(Event::LanguageSet { language }).await?;
    desk.commit(AuditAction::LanguageSet).await
}
