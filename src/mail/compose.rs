//! Writes the mails that leave: texts from templates, headers that thread and that stop loops.
//! Values are arguments; what they say was checked by the verb that asks.

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
