//! What somebody asked to see of the mails on this page, and what they send along to do something about one.

use crate::{
    app::reading::{Shown, Version},
    domain::identity::MessageId,
    ui::form::Problems,
};

/// What is shown of the mails beyond their text.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// True where the reader may do something about a mail.
    pub acts: bool,
    /// The number of the last event that the page shows; forms send it along.
    pub seen: i64,
    /// What is wrong with a form.
    pub problems: Problems,
    /// A mail whose secrets are shown, for this view.
    pub shown: Option<Shown>,
    /// A mail that is shown as it was written.
    pub html: Option<Html>,
}

/// A mail that is shown as it was written.
#[derive(Debug, Clone)]
pub struct Html {
    /// Which mail.
    pub message: MessageId,
    /// True with the mail's own pictures.
    pub with_pictures: bool,
    /// What there is to show.
    pub version: Version,
}
