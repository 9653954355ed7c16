//! Forms as they arrive: names and values, and what is wrong with them. Judges nothing; `app` does.

use crate::app::error::FieldError;
use axum::{
    extract::{FromRequest, Request},
    http::StatusCode,
    response::Response,
};

/// The fields that passwords are typed into, in whatever form: no page says again what they hold.
pub const SECRETS: [&str; 3] = ["password", "old", "new"];

/// What was typed, in the order in which it was sent; a name may stand more than once.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of `name`, empty when it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// True where the form had a field `name`, filled in or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// The address in the field `email`.
    ///
    /// # Errors
    /// What is wrong with it, where nobody can have such an address.
    pub fn email(&self) -> Result<&str, Problems> {
        let email = self.get("email").trim();
        if email.is_empty() {
            return Err(Problems::one("email", "Enter your email address"));
        }
        if email.contains(|c: char| c.is_control() || c == '\u{fffd}') {
            return Err(Problems::one("email", "An address stands on one line; type it anew"));
        }
        Ok(email)
    }

    /// Puts `value` in the place of what was typed into `name`.
    pub fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(n, _)| n != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Every value of `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The first value of `name` with the line ends that forms send (CR LF) made plain.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.get(name).replace("\r\n", "\n")
    }

    /// The first value of `name`, none when it is empty.
    #[must_use]
    pub fn filled(&self, name: &str) -> Option<String> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match axum::Form::<Vec<(String, String)>>::from_request(request, state).await {
            // no text holds a NUL, and not every database can keep one: it becomes what HTML makes of it
            Ok(axum::Form(pairs)) => {
                let text = |text: String| if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text };
                Ok(Self(pairs.into_iter().map(|(name, value)| (text(name), text(value))).collect()))
            }
            Err(rejection) => {
                tracing::info!(%rejection, "a form could not be read");
                let status = match rejection.into_response_status() {
                    StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
                    _ => StatusCode::BAD_REQUEST,
                };
                Err(super::render::plain(
                    status,
                    "The form could not be read. Go back, shorten the text and try again.",
                ))
            }
        }
    }
}

trait RejectionStatus {
    fn into_response_status(self) -> StatusCode;
}

impl<R: axum::response::IntoResponse> RejectionStatus for R {
    fn into_response_status(self) -> StatusCode {
        self.into_response().status()
    }
}

/// What is wrong with a form, found again by the id of the field on the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<(String, String)>);

impl Problems {
    /// The problems of a form whose fields' ids are their names.
    #[must_use]
    pub fn new(errors: &[FieldError]) -> Self {
        Self::at(errors, str::to_owned)
    }

    /// The problems of a form whose fields' ids are made by `id`.
    pub fn at(errors: &[FieldError], id: impl Fn(&str) -> String) -> Self {
        Self(errors.iter().map(|error| (id(error.field), error.says.clone())).collect())
    }

    /// One problem.
    #[must_use]
    pub fn one(id: &str, says: &str) -> Self {
        Self(vec![(id.to_owned(), says.to_owned())])
    }

    /// These, then the others.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// True when nothing is wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with the field `id`.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<String> {
        self.0.iter().find(|(field, _)| field == id).map(|(_, says)| says.clone())
    }

    /// Ids and what to do, in the form's order.
    pub fn iter(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// `aria-invalid` of the field `id`.
    #[must_use]
    pub fn invalid(&self, id: &str) -> Option<&'static str> {
        self.of(id).map(|_| "true")
    }

    /// `aria-describedby` of the field `id`: its hint, if it has one, and its error.
    #[must_use]
    pub fn described(&self, id: &str, hint: bool) -> Option<String> {
        let error = self.of(id).is_some();
        let ids = [(hint, "hint"), (error, "error")].into_iter().filter(|(there, _)| *there);
        Some(ids.map(|(_, part)| format!("{id}-{part}")).collect::<Vec<_>>().join(" ")).filter(|ids| !ids.is_empty())
    }
}
