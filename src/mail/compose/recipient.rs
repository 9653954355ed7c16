//! The mail to somebody who received a person's data: what was done, what is asked of them. By what they know the person
//! stands in the mail that leaves and nowhere else; the kept text says only where it belongs.

use super::{
    Letterhead, Written,
    frame::{escaped, frame, tidy},
};
use crate::domain::{identity::Identity, language::Language, run::RunKind};
use askama::Template;

/// What stands in the kept mail where the recipient's own words for the person belong.
const KNOWN_BY: &str = "[what the recipient knows the person by, which only this mail has]";

/// What such a mail says.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Who speaks.
    pub head: Letterhead,
    /// Who is told.
    pub recipient: String,
    /// What was done.
    pub did: RunKind,
    /// The use that a choice is about; empty where a consent was withdrawn, and for anything else.
    pub uses: String,
    /// Since when, in words.
    pub since: String,
    /// By what both sides know the notice.
    pub number: String,
    /// `R-10021`.
    pub reference: String,
}

#[derive(Template)]
#[template(path = "recipient.txt")]
struct Text<'a> {
    subject: &'a str,
    head: &'a Letterhead,
    recipient: &'a str,
    did: RunKind,
    uses: &'a str,
    since: &'a str,
    number: &'a str,
    known_by: &'a str,
}

/// The mail itself, in English, without what the recipient knows the person by.
///
/// # Errors
/// When the template cannot be written.
pub fn notice(of: &Notice) -> Result<Written, askama::Error> {
    let what = match of.did {
        RunKind::Erase => "Please erase a person’s data",
        RunKind::Correct => "A person’s data was corrected",
        RunKind::Restrict => "Please restrict the use of a person’s data",
        RunKind::Release => "A restriction of a person’s data is lifted",
        RunKind::OptOut | RunKind::OptIn | RunKind::Export => "A person’s choice about their data",
    };
    let subject = format!("{what} [{}]", of.reference);
    let text = Text {
        subject: &subject,
        head: &of.head,
        recipient: &of.recipient,
        did: of.did,
        uses: &of.uses,
        since: &of.since,
        number: &of.number,
        known_by: KNOWN_BY,
    };
    let all = text.render()?;
    let (_, words) = all.split_once('\n').unwrap_or_default();
    frame(Language::En, &of.head, &of.reference, subject, &tidy(words))
}

/// The two forms of the mail with what the recipient knows the person by.
#[must_use]
pub fn with_known_by(text: &str, html: &str, known_by: &[Identity]) -> (String, String) {
    let line = |one: &Identity| format!("{}: {}", one.kind, one.value.split_whitespace().collect::<Vec<_>>().join(" "));
    let says = known_by.iter().map(line).collect::<Vec<_>>().join("; ");
    (text.replace(KNOWN_BY, &says), html.replace(KNOWN_BY, &escaped(&says)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_says_what_was_done_and_asks_for_the_same() {
        for (did, uses, says) in [
            (RunKind::Erase, "", ["we erased their data", "Please erase what you hold"]),
            (RunKind::Correct, "", ["we corrected their data", "take the corrected data over"]),
            (RunKind::Restrict, "restriction", ["we only store their data", "do not use what you received"]),
            (RunKind::Release, "restriction", ["restriction of their data is lifted", "again as agreed"]),
            (RunKind::OptOut, "training", ["may not be used for training", "Please stop using"]),
            (RunKind::OptOut, "", ["They withdrew their consent", "Please stop using"]),
            (RunKind::OptIn, "training", ["may be used for training", "You may use"]),
        ] {
            let head = Letterhead { product: "Imgen".into(), ..Letterhead::default() };
            let (recipient, since, number) = ("Stripe".to_owned(), "1 Nov 2026".to_owned(), "n-7".to_owned());
            let of = Notice { head, recipient, did, uses: uses.to_owned(), since, number, reference: "R-1".into() };
            let written = notice(&of).expect("it renders");
            for needle in says.into_iter().chain(["(Stripe)", "n-7", "R-1", "Imgen"]) {
                assert!(written.text.contains(needle) && written.html.contains(needle), "{needle}: {}", written.text);
            }
            assert!(written.subject.ends_with("[R-1]") && !written.text.contains(&written.subject));
        }
    }

    #[test]
    fn what_the_recipient_knows_the_person_by_is_text_and_nothing_else() {
        let known_by = [Identity { kind: "account".into(), value: "<b>47\r\nBcc: x</b>".into() }];
        let (text, html) = with_known_by(&format!("- {KNOWN_BY}"), &format!("<li>{KNOWN_BY}</li>"), &known_by);
        assert_eq!(text, "- account: <b>47 Bcc: x</b>");
        assert_eq!(html, "<li>account: &lt;b>47 Bcc: x&lt;/b></li>");
    }
}
