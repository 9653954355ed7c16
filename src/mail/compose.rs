//! Writes the mails that leave: texts from templates, headers that thread and that stop loops.
//! Values are arguments; what they say was checked by the verb that asks.

pub use super::letters::{
    Answer, Copied, Erased, Extended, KeptLine, copied, erased, extended, nothing_held, refusal_opening, unidentified,
};

use askama::Template;

/// What every mail says of the product and its officer.
#[derive(Debug, Clone)]
pub struct Letterhead {
    /// The name the public knows.
    pub product: String,
    /// The officer's name.
    pub officer: String,
    /// The officer's title.
    pub title: String,
    /// Where letters go.
    pub post: String,
    /// Where mail goes.
    pub mail: String,
}

impl Letterhead {
    /// The signature, a line each; where nobody is named, the product signs.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let second = joined(&self.title, &self.product);
        let lines = [self.officer.clone(), second, self.mail.clone(), self.post.clone()];
        lines.into_iter().filter(|line| !line.trim().is_empty()).collect()
    }

    /// Who answers, on one line; empty where nobody is named.
    #[must_use]
    pub fn signer(&self) -> String {
        joined(&self.officer, &self.title)
    }
}

fn joined(first: &str, second: &str) -> String {
    [first, second].into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(", ")
}

/// A text in its two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The subject line.
    pub subject: String,
    /// `text/plain`.
    pub text: String,
    /// `text/html`.
    pub html: String,
}

/// A date in an acknowledgement.
#[derive(Debug, Clone)]
pub struct DueLine {
    /// "We answer by".
    pub says: &'static str,
    /// "27 Nov 2026, 23:59 IST".
    pub when: String,
    /// "Privacy policy §14".
    pub source: String,
}

/// What an acknowledgement has to say.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    /// Who speaks.
    pub head: Letterhead,
    /// `R-10021`.
    pub reference: String,
    /// How the person is addressed; empty for "Hello".
    pub name: String,
    /// What was understood, as a kind's label in lower case.
    pub understood: String,
    /// True where staff still have to read what it is about.
    pub unsure: bool,
    /// True for a restricted case: nothing of what was written is repeated.
    pub restricted: bool,
    /// When it reached us, in words.
    pub received: String,
    /// By when what is done.
    pub dues: Vec<DueLine>,
    /// The subject line it answers.
    pub subject: String,
}

#[derive(Template)]
#[template(path = "acknowledgement.txt")]
struct AcknowledgementText<'a> {
    a: &'a Acknowledged,
}

#[derive(Template)]
#[template(path = "acknowledgement.html")]
struct AcknowledgementHtml<'a> {
    a: &'a Acknowledged,
}

#[derive(Template)]
#[template(path = "reply.txt")]
struct ReplyText<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    text: &'a str,
}

#[derive(Template)]
#[template(path = "reply.html")]
struct ReplyHtml<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    paragraphs: Vec<Vec<&'a str>>,
}

#[derive(Template)]
#[template(path = "verification.txt")]
struct LinkText<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    about: Option<&'a str>,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "verification.html")]
struct LinkHtml<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    about: Option<&'a str>,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "neutral.txt")]
struct NeutralText<'a> {
    head: &'a Letterhead,
    reference: &'a str,
}

#[derive(Template)]
#[template(path = "neutral.html")]
struct NeutralHtml<'a> {
    head: &'a Letterhead,
    reference: &'a str,
}

/// What stands in a kept mail where its link belongs.
pub const LINK: &str = "[the link, which only this mail has]";

/// The mail with a link to the address on record. The link itself comes in when the mail is handed over, with
/// `with_link`. `about` is missing where the mail must not say what is asked for.
///
/// # Errors
/// When a template cannot be written.
pub fn link(head: &Letterhead, reference: &str, about: Option<&str>, until: &str) -> Result<Written, askama::Error> {
    Ok(Written {
        subject: format!("Please confirm: is this request yours? [{reference}]"),
        text: LinkText { head, reference, about, until }.render()?,
        html: LinkHtml { head, reference, about, until }.render()?,
    })
}

#[derive(Template)]
#[template(path = "new_code.txt")]
struct NewCodeText<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "new_code.html")]
struct NewCodeHtml<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    until: &'a str,
}

/// The mail with a link that shows a new code for a copy; the link comes in when it is handed over, with `with_link`.
///
/// # Errors
/// When a template cannot be written.
pub fn new_code(head: &Letterhead, reference: &str, until: &str) -> Result<Written, askama::Error> {
    Ok(Written {
        subject: format!("A new code for the copy of your data [{reference}]"),
        text: NewCodeText { head, reference, until }.render()?,
        html: NewCodeHtml { head, reference, until }.render()?,
    })
}

/// The mail to somebody who does not write from the address on record: the same words whether or not there is an
/// account, so that strangers learn nothing.
///
/// # Errors
/// When a template cannot be written.
pub fn neutral(head: &Letterhead, reference: &str) -> Result<Written, askama::Error> {
    Ok(Written {
        subject: format!("Is this account yours? [{reference}]"),
        text: NeutralText { head, reference }.render()?,
        html: NeutralHtml { head, reference }.render()?,
    })
}

/// The two forms of a mail with the link in its place.
#[must_use]
pub fn with_link(text: &str, html: &str, link: &str) -> (String, String) {
    let escaped = link.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    (text.replace(LINK, link), html.replace(LINK, &escaped))
}

/// One clock of an alarm.
#[derive(Debug, Clone)]
pub struct AlarmLine {
    /// What has to be done.
    pub duty: &'static str,
    /// "Law", "Promise", "Target".
    pub layer: &'static str,
    /// "Fri 27 Nov 2026, 23:59 IST".
    pub due: String,
}

#[derive(Template)]
#[template(path = "alarm.txt")]
struct AlarmText<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    why: &'a str,
    lines: &'a [AlarmLine],
    link: &'a str,
}

#[derive(Template)]
#[template(path = "alarm.html")]
struct AlarmHtml<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    why: &'a str,
    lines: &'a [AlarmLine],
    link: &'a str,
}

/// The mail that calls staff to a case: duties and moments, no word of what the case is about.
///
/// # Errors
/// When a template cannot be written.
pub fn alarm(
    head: &Letterhead,
    reference: &str,
    why: &str,
    lines: &[AlarmLine],
    link: &str,
) -> Result<Written, askama::Error> {
    Ok(Written {
        subject: format!("{why} [{reference}]"),
        text: AlarmText { head, reference, why, lines, link }.render()?,
        html: AlarmHtml { head, reference, why, lines, link }.render()?,
    })
}

/// The acknowledgement.
///
/// # Errors
/// When a template cannot be written.
pub fn acknowledgement(a: &Acknowledged) -> Result<Written, askama::Error> {
    let subject = if a.restricted || a.subject.is_empty() {
        format!("We received your message [{}]", a.reference)
    } else {
        answer_subject(&a.subject, &a.reference)
    };
    Ok(Written { subject, text: AcknowledgementText { a }.render()?, html: AcknowledgementHtml { a }.render()? })
}

/// A reply that a member of staff wrote.
///
/// # Errors
/// When a template cannot be written.
pub fn reply(
    head: &Letterhead,
    reference: &str,
    subject: &str,
    restricted: bool,
    text: &str,
) -> Result<Written, askama::Error> {
    let subject = if restricted || subject.is_empty() {
        format!("Your message [{reference}]")
    } else {
        answer_subject(subject, reference)
    };
    let paragraphs =
        text.split("\n\n").map(|p| p.trim().lines().collect()).filter(|p: &Vec<_>| !p.is_empty()).collect();
    Ok(Written {
        subject,
        text: ReplyText { head, reference, text }.render()?,
        html: ReplyHtml { head, reference, paragraphs }.render()?,
    })
}

/// A closing letter: staff's words, then why the request was not met in full and where to complain.
#[must_use]
pub fn closing(text: &str, basis: Option<&str>, complaint: &str) -> String {
    let parts = [
        Some(text),
        basis.filter(|says| !says.is_empty()),
        Some(complaint).filter(|route| basis.is_some() && !route.is_empty()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// "Re: Privacy Request [R-10021]", with one "Re:" and one reference however often it went back and forth.
fn answer_subject(subject: &str, reference: &str) -> String {
    let mut bare = subject.replace(&format!("[{reference}]"), "");
    while let Some(rest) = ["re:", "aw:", "fw:", "fwd:"].iter().find_map(|mark| {
        let trimmed = bare.trim_start();
        trimmed
            .get(..mark.len())
            .filter(|start| start.eq_ignore_ascii_case(mark))
            .map(|_| trimmed[mark.len()..].to_owned())
    }) {
        bare = rest;
    }
    let bare: String = bare.trim().chars().take(120).collect();
    format!("Re: {} [{reference}]", bare.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_do_not_grow() {
        let check = |subject: &str, expected: &str| assert_eq!(answer_subject(subject, "R-1"), expected);
        check("Privacy Request", "Re: Privacy Request [R-1]");
        check("Re: RE: Privacy Request [R-1]", "Re: Privacy Request [R-1]");
        check("Fwd: ümlaut", "Re: ümlaut [R-1]");
    }

    #[test]
    fn a_link_stands_in_both_forms_and_breaks_out_of_none() {
        let head = Letterhead {
            product: "ImageGen".into(),
            officer: "O. Fficer".into(),
            title: "Grievance Officer".into(),
            post: "1 Road, Mumbai".into(),
            mail: "privacy@imagegen.example".into(),
        };
        let written = link(&head, "R-1", Some("erasure"), "27 Nov 2026").expect("the template renders");
        let (text, html) = with_link(&written.text, &written.html, "https://desk.example/verify/x?a&\"b");
        assert!(text.lines().any(|line| line == "https://desk.example/verify/x?a&\"b"), "alone on its line: {text}");
        assert!(html.contains("href=\"https://desk.example/verify/x?a&amp;&quot;b\""), "{html}");
        for part in [text, html] {
            assert!(!part.contains(LINK) && part.contains("erasure") && part.contains("27 Nov 2026"), "{part}");
        }
        let bare = link(&head, "R-1", None, "27 Nov 2026").expect("the template renders");
        assert!(!format!("{}{}{}", bare.subject, bare.text, bare.html).contains("erasure"));
        let neutral = neutral(&head, "R-1").expect("the template renders");
        assert!(!neutral.text.contains("/verify") && !neutral.text.contains(LINK));
    }

    #[test]
    fn where_nobody_is_named_the_product_signs() {
        let head = Letterhead {
            product: "Imgen".into(),
            officer: String::new(),
            title: String::new(),
            post: String::new(),
            mail: "privacy@imgen.example".into(),
        };
        assert_eq!(head.lines(), ["Imgen", "privacy@imgen.example"]);
        assert_eq!(head.signer(), "");
        let neutral = neutral(&head, "R-1").expect("the template renders");
        assert!(neutral.text.ends_with("\n\nImgen\nprivacy@imgen.example\nYour reference: R-1"), "{}", neutral.text);
        assert!(
            neutral.html.contains("<p>Imgen<br>privacy@imgen.example<br>Your reference: R-1</p>"),
            "{}",
            neutral.html
        );
    }

    #[test]
    fn an_acknowledgement_says_all_it_must_and_escapes_what_strangers_wrote() {
        let head = Letterhead {
            product: "ImageGen".into(),
            officer: "O. Fficer".into(),
            title: "Grievance Officer".into(),
            post: "1 Road, Mumbai".into(),
            mail: "privacy@imagegen.example".into(),
        };
        let due = DueLine {
            says: "We answer by",
            when: "27 Nov 2026, 23:59 IST".into(),
            source: "Privacy policy §14".into(),
        };
        let mut a = Acknowledged {
            head,
            reference: "R-10021".into(),
            name: "<b>Eve</b>".into(),
            understood: "erasure".into(),
            unsure: false,
            restricted: false,
            received: "28 Oct 2026, 10:22 IST".into(),
            dues: vec![due],
            subject: "Privacy Request".into(),
        };
        let written = acknowledgement(&a).expect("the template renders");
        for part in [&written.text, &written.html] {
            for needle in [
                "R-10021",
                "erasure",
                "27 Nov 2026, 23:59 IST",
                "O. Fficer",
                "1 Road, Mumbai",
                "privacy@imagegen.example",
            ] {
                assert!(part.contains(needle), "{needle} is missing");
            }
        }
        assert!(!written.html.contains("<b>Eve"));
        a.restricted = true;
        let written = acknowledgement(&a).expect("the template renders");
        assert!(!format!("{}{}{}", written.subject, written.text, written.html).contains("erasure"));
        assert!(!written.subject.contains("Privacy Request"));
    }
}
