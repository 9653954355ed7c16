//! The mail that brings a member of staff the link to set their password, in English. Says nothing of any case.

use super::Written;
use askama::Template;

#[derive(Template)]
#[template(path = "account.txt")]
struct AccountText<'a> {
    name: &'a str,
    invited: bool,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountHtml<'a> {
    name: &'a str,
    invited: bool,
    link: &'a str,
}

/// The mail itself: for somebody who is invited, or who forgot their password.
///
/// # Errors
/// When a template cannot be written.
pub fn account_link(name: &str, invited: bool, link: &str) -> Result<Written, askama::Error> {
    let subject = if invited { "Your account in Recourse" } else { "Your new password in Recourse" };
    Ok(Written {
        subject: subject.to_owned(),
        text: AccountText { name, invited, link }.render()?,
        html: AccountHtml { name, invited, link }.render()?,
    })
}
