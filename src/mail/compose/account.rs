//! Mail to a member of staff about their account, in English: the link to set a password, and what was changed. Says nothing
//! of any case.

use super::Written;
use crate::domain::sign_in::AccountNews;
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

#[derive(Template)]
#[template(path = "account_news.txt")]
struct NewsText<'a> {
    name: &'a str,
    says: &'a str,
    is_own: bool,
    when: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "account_news.html")]
struct NewsHtml<'a> {
    name: &'a str,
    says: &'a str,
    is_own: bool,
    when: &'a str,
    link: &'a str,
}

/// The mail that tells what was changed about an account, and when; `link` leads to the account.
///
/// # Errors
/// When a template cannot be written.
pub fn account_news(name: &str, news: AccountNews, when: &str, link: &str) -> Result<Written, askama::Error> {
    let (says, is_own) = (news.label(), news.is_own());
    Ok(Written {
        subject: "Your account in Recourse was changed".to_owned(),
        text: NewsText { name, says, is_own, when, link }.render()?,
        html: NewsHtml { name, says, is_own, when, link }.render()?,
    })
}
