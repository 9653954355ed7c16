//! Why a verb did not happen, in words a person can act on.

use crate::{app::timeline::Entry, store};

/// One field of a form that needs another look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, also its id on the page.
    pub field: &'static str,
    /// What to do.
    pub says: String,
}

impl FieldError {
    /// A field and what to do about it.
    pub fn new(field: &'static str, says: impl Into<String>) -> Self {
        Self { field, says: says.into() }
    }
}

/// Why a verb did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it is not this person's to see; the two are not told apart.
    #[error("there is no such page, or it is not yours to see")]
    NotFound,
    /// The person may see it but not do this.
    #[error("{0}")]
    NotAllowed(String),
    /// The person may do this, but has to prove again who they are.
    #[error("prove again who you are; nothing was done")]
    Unproved,
    /// The form has to be filled in differently.
    #[error("{} answers need another look", .0.len())]
    Invalid(Vec<FieldError>),
    /// Somebody else was quicker; what they did since.
    #[error("somebody changed this case meanwhile")]
    Conflict {
        /// Their part, oldest first.
        since: Vec<Entry>,
        /// The event number a second try has to name.
        seq: i64,
    },
    /// The database is busy or away; the same may work in a moment.
    #[error("the database is busy; nothing was changed, try again in a moment")]
    Busy,
    /// The product's generation database did not answer; the same may work in a moment. Names the product.
    #[error("nothing was done: the generation database of {0} did not answer; try again in a moment")]
    Unanswered(String),
    /// Something is wrong with the house itself.
    #[error("something went wrong: {0}")]
    Internal(store::Error),
    /// A package cannot be read, or was changed.
    #[error("the package: {0}")]
    Package(String),
    /// A mail's text could not be written.
    #[error("the text of a mail could not be written: {0}")]
    Template(#[from] askama::Error),
}

impl Error {
    /// One field that needs another look.
    pub fn field(field: &'static str, says: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, says)])
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        if error.is_passing() { Self::Busy } else { Self::Internal(error) }
    }
}
