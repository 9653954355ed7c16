//! What stands around the words of every letter: the subject line, the signature, and the HTML form, which is made from
//! the text and says the same. Everything in it is escaped; a link is only what stands alone on its line.

use super::Letterhead;
use crate::domain::language::Language;
use askama::Template;

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

/// What stands in a kept mail where its link belongs.
pub const LINK: &str = "[the link, which only this mail has]";

/// One part of a letter's HTML form.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Paragraph(Vec<&'a str>),
    List(Vec<&'a str>),
    Link(&'a str),
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    language: &'static str,
    parts: Vec<Part<'a>>,
    signature: Vec<String>,
    reference: String,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    words: &'a str,
    signature: Vec<String>,
    reference: String,
}

/// The complete mail around `text`.
pub(super) fn frame(
    language: Language,
    head: &Letterhead,
    reference: &str,
    subject: String,
    text: &str,
) -> Result<Written, askama::Error> {
    let reference = match language {
        Language::En => format!("Your reference: {reference}"),
        Language::Hi => format!("आपकी संदर्भ संख्या: {reference}"),
        Language::Es => format!("Su referencia: {reference}"),
        Language::De => format!("Ihr Zeichen: {reference}"),
        Language::Fr => format!("Votre référence : {reference}"),
    };
    let signature = head.lines();
    let html = Html {
        language: language.code(),
        parts: parts(text),
        signature: signature.clone(),
        reference: reference.clone(),
    };
    Ok(Written { subject, html: html.render()?, text: Text { words: text.trim(), signature, reference }.render()? })
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for paragraph in text.split("\n\n") {
        for line in paragraph.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(item) = line.strip_prefix("- ") {
                match parts.last_mut() {
                    Some(Part::List(items)) => items.push(item),
                    _ => parts.push(Part::List(vec![item])),
                }
            } else if line == LINK || (line.starts_with("https://") && !line.contains(char::is_whitespace)) {
                parts.push(Part::Link(line));
            } else {
                match parts.last_mut() {
                    Some(Part::Paragraph(lines)) if !lines.is_empty() => lines.push(line),
                    Some(Part::Paragraph(lines)) => lines.push(line),
                    _ => parts.push(Part::Paragraph(vec![line])),
                }
            }
        }
        // the next paragraph begins anew
        parts.push(Part::Paragraph(Vec::new()));
    }
    parts.retain(|part| !matches!(part, Part::Paragraph(lines) if lines.is_empty()));
    parts
}

/// A text without the blank lines and spaces that conditions in its template leave.
pub(super) fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.trim().lines().map(str::trim_end) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// The two forms of a mail with the link in its place.
#[must_use]
pub fn with_link(text: &str, html: &str, link: &str) -> (String, String) {
    (text.replace(LINK, link), html.replace(LINK, &escaped(link)))
}

/// Text as it stands in HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// "Re: Privacy Request [R-10021]", with one "Re:" and one reference however often it went back and forth.
#[must_use]
pub fn subject_of(theirs: &str, reference: &str) -> String {
    let mut bare = theirs.replace(&format!("[{reference}]"), "");
    while let Some(rest) = ["re:", "aw:", "fw:", "fwd:", "rv:", "tr:", "wg:"].iter().find_map(|mark| {
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
        let check = |subject: &str, expected: &str| assert_eq!(subject_of(subject, "R-1"), expected);
        check("Privacy Request", "Re: Privacy Request [R-1]");
        check("Re: RE: Privacy Request [R-1]", "Re: Privacy Request [R-1]");
        check("AW: WG: ümlaut", "Re: ümlaut [R-1]");
    }

    #[test]
    fn the_html_form_has_paragraphs_lists_and_links_of_the_text_and_nothing_else() {
        let text = "Hello,\n\none\ntwo:\n- <b>first</b>\n- second\n\nhttps://x.example/a?b&c\n\nsee https://y.example";
        let head = Letterhead { product: "Imgen".into(), ..Letterhead::default() };
        let html = frame(Language::De, &head, "R-1", String::new(), text).expect("it renders").html;
        for there in [
            "<html lang=\"de\">",
            "<p>Hello,</p>",
            "<p>one<br>two:</p>",
            "second</li></ul>",
            "href=\"https://x.example/a?b",
            "<p>see https://y.example</p>",
            "Imgen",
            "Ihr Zeichen: R-1",
        ] {
            assert!(html.contains(there), "{there} is missing: {html}");
        }
        assert!(!html.contains("<b>first"), "{html}");
    }
}
