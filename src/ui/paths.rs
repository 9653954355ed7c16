//! Every address of the console, as a function. No other file of `ui` spells one out.

use crate::{
    app::{
        audit::AuditFilter,
        mailroom::Tab,
        queue::{QueueFilter, View},
    },
    domain::identity::{MailId, MessageId, Reference, RunId, StaffId},
};

/// The sign-in page.
pub const SIGNIN: &str = "/signin";
/// The door, for somebody who has just set their password.
pub const SIGNIN_AGAIN: &str = "/signin?done=password";
/// Where a new password is asked for.
pub const RESET: &str = "/reset";
/// Where the second factor is given.
pub const SECOND: &str = "/signin/second";
/// Where somebody without a second factor enrols one.
pub const ENROL: &str = "/signin/authenticator";
/// Where half a session asks for the challenge of a passkey; POST only.
pub const DOOR_CHALLENGE: &str = "/signin/passkey";
/// One's own account.
pub const ACCOUNT: &str = "/account";
/// Another authenticator for one's own account.
pub const AUTHENTICATOR: &str = "/account/authenticator";
/// Another passkey for one's own account.
pub const PASSKEY: &str = "/account/passkey";
/// Where the challenge for a new passkey is asked for; POST only.
pub const PASSKEY_CHALLENGE: &str = "/account/passkey/challenge";
/// Where the challenge for proving again by a passkey is asked for; POST only.
pub const PROOF_CHALLENGE: &str = "/account/challenge";
/// The script that asks the browser for passkeys.
pub const PASSKEY_SCRIPT: &str = "/script/passkey.js";
/// When one is away.
pub const ABSENCE: &str = "/account/absence";
/// The people who work here.
pub const PEOPLE: &str = "/settings/people";
/// Which role may do what.
pub const RIGHTS: &str = "/settings/rights";
/// Ends the session; POST only.
pub const SIGNOUT: &str = "/signout";
/// Where signing in leads.
pub const HOME: &str = "/";
/// The overview.
pub const OVERVIEW: &str = "/overview";
/// The queue.
pub const QUEUE: &str = "/queue";
/// A case opened by hand.
pub const NEW_CASE: &str = "/cases/new";
/// Runs.
pub const RUNS: &str = "/runs";
/// Plans that wait for approval, to be approved together.
pub const APPROVE: &str = "/runs/approve";
/// Approvals given ahead.
pub const STANDING: &str = "/runs/standing";
/// Every product's policy.
pub const POLICIES: &str = "/policies";
/// How long the console itself keeps what, and what falls due.
pub const RETENTION: &str = "/settings/retention";
/// The mail room.
pub const MAIL: &str = "/mail";

/// The audit log.
pub const AUDIT: &str = "/audit";

/// The page of a case for a person without an address.
pub const PICKUP: &str = "/case";

/// Where the address of a fetching begins.
pub const COPY_FILE: &str = "/copy/file";

/// Where confirming by a link leads.
pub const VERIFIED: &str = "/verify/thanks";

/// Patterns of the addresses that hold an id, as the router wants them.
pub mod patterns {
    /// Somebody who works here.
    pub const PERSON: &str = "/settings/people/{id}";
    /// A case.
    pub const CASE: &str = "/cases/{reference}";
    /// What a plan is to be about.
    pub const PLAN: &str = "/cases/{reference}/plan";
    /// What is recorded of the person's consents.
    pub const CONSENTS: &str = "/cases/{reference}/consents";
    /// The erasure of a case's requester from here.
    pub const REQUESTER: &str = "/cases/{reference}/requester";
    /// A run.
    pub const RUN: &str = "/runs/{id}";
    /// A product's policy.
    pub const POLICY: &str = "/policies/{product}";
    /// A receipt, to keep.
    pub const RECEIPT: &str = "/runs/{id}/receipt.json";
    /// An attachment.
    pub const FILE: &str = "/cases/{reference}/files/{message}/{part}";
    /// A mail that waits for somebody.
    pub const MAIL_IN: &str = "/mail/in/{id}";
    /// The HTML version of a mail, for a frame.
    pub const HTML: &str = "/cases/{reference}/messages/{message}/html";
    /// A mail that left.
    pub const MAIL_OUT: &str = "/mail/out/{id}";
    /// The link of a verification mail.
    pub const VERIFY: &str = "/verify/{token}";
    /// The link to a copy.
    pub const COPY: &str = "/copy/{token}";
    /// A fetching.
    pub const COPY_FILE: &str = "/copy/file/{ticket}/{name}";
    /// The link by which somebody sets their password.
    pub const PASSWORD: &str = "/password/{token}";
    /// The link of a first start.
    pub const SETUP: &str = "/setup/{token}";
    /// Work that gave up.
    pub const WORK: &str = "/mail/failed/{id}";
}

/// The door, leading on to the page somebody wanted.
#[must_use]
pub fn signin_then(wanted: Option<&str>) -> String {
    match wanted.filter(|path| *path != HOME && local(path) == *path) {
        Some(path) => format!("{SIGNIN}?next={}", encoded(path)),
        None => SIGNIN.to_owned(),
    }
}

/// The second factor, leading on to the page somebody wanted.
#[must_use]
pub fn second_then(next: &str) -> String {
    with_query(SECOND, [("next", Some(next.to_owned()).filter(|next| next != HOME))])
}

/// Enrolling a second factor, leading on to the page somebody wanted.
#[must_use]
pub fn enrol_then(next: &str) -> String {
    with_query(ENROL, [("next", Some(next.to_owned()).filter(|next| next != HOME))])
}

/// The account, with a word about what was just done.
#[must_use]
pub fn account_done(done: &str) -> String {
    format!("{ACCOUNT}?done={done}")
}

/// The link by which somebody sets their password.
#[must_use]
pub fn password(token: &str) -> String {
    format!("/password/{}", encoded(token))
}

/// The link of a first start.
#[must_use]
pub fn setup(token: &str) -> String {
    format!("/setup/{}", encoded(token))
}

/// A case.
#[must_use]
pub fn case(reference: Reference) -> String {
    format!("/cases/{reference}")
}

/// A case, with a word about what was just done.
#[must_use]
pub fn case_done(reference: Reference, done: &str) -> String {
    format!("/cases/{reference}?done={done}")
}

/// What is recorded of the consents of a case's person.
#[must_use]
pub fn consents(reference: Reference) -> String {
    format!("/cases/{reference}/consents")
}

/// The erasure of a case's requester from here.
#[must_use]
pub fn requester(reference: Reference) -> String {
    format!("/cases/{reference}/requester")
}

/// The same, with a word about what was just done.
#[must_use]
pub fn requester_done(reference: Reference, done: &str) -> String {
    format!("/cases/{reference}/requester?done={done}")
}

/// Retention, with a word about what was just done to a product.
#[must_use]
pub fn retention_done(done: &str, product: &str) -> String {
    format!("{RETENTION}?done={done}&product={}", encoded(product))
}

/// What a plan for a case is to be about.
#[must_use]
pub fn plan(reference: Reference) -> String {
    format!("/cases/{reference}/plan")
}

/// A run.
#[must_use]
pub fn run(id: RunId) -> String {
    format!("{RUNS}/{id}")
}

/// A run, with a word about what was just done.
#[must_use]
pub fn run_done(id: RunId, done: &str) -> String {
    format!("{RUNS}/{id}?done={done}")
}

/// The approvals given ahead, with a word about what was just done.
#[must_use]
pub fn standing_done(done: &str) -> String {
    format!("{STANDING}?done={done}")
}

/// A product's policy.
#[must_use]
pub fn policy(product: &str) -> String {
    format!("{POLICIES}/{}", encoded(product))
}

/// The receipt of a run, to keep.
#[must_use]
pub fn receipt(id: RunId) -> String {
    format!("{RUNS}/{id}/receipt.json")
}

/// The closing letter of a case.
#[must_use]
pub fn letter(reference: Reference) -> String {
    format!("/cases/{reference}#letter")
}

/// The closing letter of a case, begun with this one.
#[must_use]
pub fn letter_as(reference: Reference, letter: &str) -> String {
    format!("/cases/{reference}?letter={letter}#letter")
}

/// The reply box of a case.
#[must_use]
pub fn reply(reference: Reference) -> String {
    format!("/cases/{reference}#text")
}

/// An attachment of a mail in a case.
#[must_use]
pub fn file(reference: Reference, message: MessageId, part: i64) -> String {
    format!("/cases/{reference}/files/{}/{part}", message.0)
}

/// The HTML version of a mail in a case, for a frame; with the mail's own pictures or without.
#[must_use]
pub fn html(reference: Reference, message: MessageId, with_pictures: bool) -> String {
    let pictures = if with_pictures { "?pictures=1" } else { "" };
    format!("/cases/{reference}/messages/{}/html{pictures}", message.0)
}

/// A case with one mail as it was written, with the mail's own pictures or without.
#[must_use]
pub fn case_html(reference: Reference, message: MessageId, with_pictures: bool) -> String {
    let pictures = if with_pictures { "&pictures=1" } else { "" };
    format!("/cases/{reference}?html={message}{pictures}#mail-{message}", message = message.0)
}

/// One mail on its case's page.
#[must_use]
pub fn mail_of_case(reference: Reference, message: MessageId) -> String {
    format!("/cases/{reference}#mail-{}", message.0)
}

/// One view of the queue.
#[must_use]
pub fn view(view: View) -> String {
    queue(&QueueFilter { view, ..QueueFilter::default() })
}

/// The queue as a filter asks for it; only what differs from the plain queue stands in the address.
#[must_use]
pub fn queue(filter: &QueueFilter) -> String {
    let parts = [
        ("view", (filter.view != View::Open).then(|| filter.view.code().to_owned())),
        ("q", Some(filter.q.clone()).filter(|q| !q.is_empty())),
        ("kind", filter.kind.map(|kind| kind.code().to_owned())),
        ("product", filter.product.clone()),
        ("layer", filter.layer.map(|layer| layer.code().to_owned())),
        ("duty", filter.duty.map(|duty| duty.code().to_owned())),
        ("after", filter.after.clone()),
    ];
    with_query(QUEUE, parts)
}

/// The queue, with a word about how many cases were just assigned.
#[must_use]
pub fn queue_assigned(filter: &QueueFilter, done: usize) -> String {
    let path = queue(filter);
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}assigned={done}")
}

/// A part of the mail room, from its start or after `after`.
#[must_use]
pub fn mail(tab: Tab, after: Option<&str>) -> String {
    with_query(MAIL, [("tab", Some(tab_code(tab).to_owned())), ("after", after.map(str::to_owned))])
}

/// A part of the mail room, with a word that something is tried again.
#[must_use]
pub fn mail_again(tab: Tab) -> String {
    mail_done(tab, "again")
}

/// A part of the mail room, with a word of what was just done.
#[must_use]
pub fn mail_done(tab: Tab, done: &str) -> String {
    with_query(MAIL, [("tab", Some(tab_code(tab).to_owned())), ("done", Some(done.to_owned()))])
}

/// The code of a part of the mail room.
#[must_use]
pub const fn tab_code(tab: Tab) -> &'static str {
    match tab {
        Tab::Waiting => "waiting",
        Tab::Discarded => "discarded",
        Tab::Outgoing => "outgoing",
        Tab::Failed => "failed",
        Tab::Mailboxes => "mailboxes",
    }
}

/// Somebody who works here, with a word of what was just done.
#[must_use]
pub fn person(id: StaffId, done: &str) -> String {
    let done = Some(done.to_owned()).filter(|done| !done.is_empty());
    with_query(&format!("{PEOPLE}/{}", id.0), [("done", done)])
}

/// A mail that waits for somebody.
#[must_use]
pub fn mail_in(id: MessageId) -> String {
    format!("/mail/in/{}", id.0)
}

/// A mail that left.
#[must_use]
pub fn mail_out(id: MailId) -> String {
    format!("/mail/out/{}", id.0)
}

/// The audit log as a filter asks for it.
#[must_use]
pub fn audit(filter: &AuditFilter) -> String {
    let typed = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let parts = [
        ("person", typed(&filter.person)),
        ("action", typed(&filter.action)),
        ("case", typed(&filter.case)),
        ("from", typed(&filter.from)),
        ("to", typed(&filter.to)),
        ("before", typed(&filter.before)),
    ];
    with_query(AUDIT, parts)
}

/// The same for somebody who had to prove who they are before they export it.
#[must_use]
pub fn audit_proved(filter: &AuditFilter) -> String {
    let log = audit(filter);
    let sign = if log.contains('?') { '&' } else { '?' };
    format!("{log}{sign}done=proved")
}

/// A fetching, by the name that the file gets.
#[must_use]
pub fn copy_file(ticket: &str, name: &str) -> String {
    format!("{COPY_FILE}/{ticket}/{name}")
}

/// Work that gave up; POST only.
#[must_use]
pub fn work(job: i64) -> String {
    format!("/mail/failed/{job}")
}

/// `next` when it is an address inside this console, else home. Refuses whatever a browser could read as
/// another host: `//host`, `/\host`, and control characters, which browsers drop.
#[must_use]
pub fn local(next: &str) -> &str {
    let inside = next.starts_with('/') && !next[1..].starts_with(['/', '\\']) && !next.chars().any(char::is_control);
    if inside { next } else { HOME }
}

fn with_query<const N: usize>(path: &str, parts: [(&str, Option<String>); N]) -> String {
    let query: Vec<_> = parts
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name}={}", encoded(&value))))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// `text` as a value in an address: everything but RFC 3986's unreserved characters as `%XX`.
#[must_use]
pub fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
