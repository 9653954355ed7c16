//! A mail that came: where it comes from, its words, its secrets covered, its HTML on request, what is attached.
//! Text is always text; nothing is loaded that nobody asked for.

use super::{files, html, look::Look, secrets, words};
use crate::{
    app::case_page::Attachment,
    domain::{
        identity::{MessageId, Reference},
        mail::Verdict,
    },
};
use leptos::prelude::*;

/// A mail, as the timeline tells it.
pub struct MailIn {
    /// Its row.
    pub message: MessageId,
    /// The subject line, covered.
    pub subject: String,
    /// The text, covered.
    pub text: String,
    /// How many secrets are covered.
    pub secrets: usize,
    /// True where there is an HTML version.
    pub rich: bool,
    /// Whether it comes from where it says.
    pub dmarc: Verdict,
    /// What is known of that.
    pub trust: Vec<String>,
    /// What is special about it.
    pub remarks: Vec<String>,
    /// What came with it.
    pub attachments: Vec<Attachment>,
}

/// Everything under the line that says who wrote. `files` is true where attachments and HTML may be asked for.
pub fn body(mail: MailIn, reference: Reference, files: bool, look: Option<&Look>) -> AnyView {
    let shown = look.and_then(|look| look.shown.as_ref()).filter(|shown| shown.message == mail.message);
    let (subject, text) = match shown {
        Some(shown) => (shown.subject.clone(), shown.text.clone()),
        None => (mail.subject, mail.text),
    };
    let is_shown = shown.is_some();
    let subject = (!subject.is_empty()).then(|| view! { <p class="subject" dir="auto">{subject}</p> });
    let secrets = look
        .filter(|_| mail.secrets > 0)
        .map(|look| secrets::line(mail.secrets, is_shown, reference, mail.message, look));
    let html = look.filter(|_| mail.rich && files).map(|look| html::version(reference, mail.message, look));
    let attached =
        (!mail.attachments.is_empty()).then(|| files::attached(mail.attachments, reference, mail.message, files));
    view! {
        {trust(mail.dmarc, mail.trust)}
        {subject}
        {words::pieces(&text)}
        {remarks(mail.remarks)}
        {secrets}
        {html}
        {attached}
    }
    .into_any()
}

/// Whether the mail comes from where it says: a mark, a sentence, and behind it how that is known.
fn trust(dmarc: Verdict, mut lines: Vec<String>) -> Option<impl IntoView> {
    let (class, says) = match dmarc {
        Verdict::Pass => ("trust is-ok is-met", "The domain it names confirms that it sent this."),
        Verdict::Fail => ("trust is-over", "Not confirmed: the domain it names says that it did not send this."),
        Verdict::None => ("trust", "The domain it names does not say who may send mail for it."),
        Verdict::Unknown if lines.is_empty() => return None,
        Verdict::Unknown => ("trust", "Whether it comes from where it says was not checked."),
    };
    let lead = if lines.is_empty() { says.to_owned() } else { lines.remove(0) };
    let warns = (dmarc == Verdict::Fail).then_some(" Do not rely on the address.");
    let rest = (!lines.is_empty()).then(|| {
        let lines = lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        view! { <details><summary>"How it is known"</summary>{lines}</details> }
    });
    Some(view! {
        <div class=class>
            <i class="mark" aria-hidden="true"></i>
            <div><p>{lead}{warns}</p>{rest}</div>
        </div>
    })
}

/// What was wrong with the mail, or special about it.
fn remarks(remarks: Vec<String>) -> Option<impl IntoView> {
    let count = remarks.len();
    (count > 0).then(|| {
        let lines = remarks.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        let says = if count == 1 {
            "One thing to know about this mail".to_owned()
        } else {
            format!("{count} things to know about this mail")
        };
        view! { <details class="remarks"><summary>{says}</summary><ul>{lines}</ul></details> }
    })
}
