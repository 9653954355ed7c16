//! What letters cannot do without: what the law packs list in words (`must_say`), each sentence given one meaning here, and
//! what every letter needs whatever the law. Looked at before a mail is queued; nothing is sent and mended afterwards.

use super::{Facts, Letter};
use crate::domain::{language::Language, policy::rule::MustSay};

/// How what has to be said comes into a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The case's reference: it stands under every letter.
    Reference,
    /// Who answers, and where: the signature.
    Officer,
    /// When the request was received.
    Received,
    /// Each due date.
    Dues,
    /// The new date.
    NewDate,
    /// The reason, which only staff know.
    Reason,
    /// Where the person can complain or appeal.
    Complaint,
    /// What the template says, with its gaps filled by staff.
    Words,
    /// It stands in a report to an authority or in another notice, and not in a letter to a requester.
    Elsewhere,
}

/// Something that a letter has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    /// What it is to us.
    pub part: Part,
    /// What it is in the words of the pack: "the new date".
    pub says: String,
    /// Where that stands; empty where it is so whatever the law.
    pub citation: String,
}

/// Something that a letter does not say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The letter needs {says}{}", if citation.is_empty() { String::new() } else { format!(" ({citation})") })]
pub struct Missing {
    /// What it is to us.
    pub part: Part,
    /// What, in words.
    pub says: String,
    /// Where it says so; may be empty.
    pub citation: String,
}

/// What a sentence of `must_say` means; none where nobody has given it a meaning yet.
#[must_use]
pub fn part_of(says: &str) -> Option<Part> {
    let found = MEANINGS.iter().find(|(_, sentences)| sentences.contains(&says));
    found.map(|(part, _)| *part)
}

/// The sentences of a rule that are about such a letter.
#[must_use]
pub fn listed(letter: Letter, must_say: &MustSay) -> &[String] {
    match letter {
        Letter::Acknowledgement => &must_say.acknowledgement,
        Letter::Extension => &must_say.extension,
        Letter::Closing | Letter::Erased => &must_say.closure,
        Letter::PartialRefusal | Letter::Refusal | Letter::RefusalOpening => &must_say.denial,
        Letter::Breach => &must_say.notice,
        _ => &[],
    }
}

/// What such a letter needs whatever the law.
#[must_use]
pub fn always(letter: Letter) -> Vec<Required> {
    let need = |part, says: &str| Required { part, says: says.to_owned(), citation: String::new() };
    let mut all = vec![need(Part::Officer, "who answers, and where"), need(Part::Reference, "the case's reference")];
    match letter {
        Letter::Acknowledgement => {
            all.extend([need(Part::Received, "when the message was received"), need(Part::Dues, "each due date")]);
        }
        Letter::Extension => all.extend([need(Part::NewDate, "the new date"), need(Part::Reason, "the reason")]),
        Letter::PartialRefusal | Letter::Refusal => {
            all.extend([need(Part::Reason, "the reason"), need(Part::Complaint, "where to complain")]);
        }
        _ => {}
    }
    all
}

/// Looks whether `text`, the words a letter will leave with, says what is required.
///
/// # Errors
/// Names the first thing that is missing: a gap that nobody filled in, a date, the reason, where to complain.
pub fn check(f: &Facts, text: &str, required: &[Required]) -> Result<(), Missing> {
    let cited = |part: Part| {
        let of_law = required.iter().find(|one| one.part == part && !one.citation.is_empty());
        of_law.map(|one| one.citation.clone()).unwrap_or_default()
    };
    for one in required {
        let is_said = match one.part {
            Part::Reference => !f.reference.is_empty(),
            Part::Officer => !f.head.lines().is_empty(),
            Part::Received => holds(text, &f.received),
            Part::Dues => !f.dues.is_empty() && f.dues.iter().all(|due| holds(text, &due.when)),
            Part::NewDate => holds(text, &f.extended),
            Part::Reason => !f.reason.trim().is_empty(),
            Part::Complaint => holds(text, &f.complaint),
            Part::Words | Part::Elsewhere => true,
        };
        if !is_said {
            let shown = match one.part {
                Part::NewDate | Part::Received if !f.extended.is_empty() => format!("{}: {}", one.says, f.extended),
                _ => one.says.clone(),
            };
            return Err(Missing { part: one.part, says: shown, citation: cited(one.part) });
        }
    }
    match gap(text) {
        Some(gap) => {
            let says = format!("what stands open in it as [[{gap}]]");
            Err(Missing { part: Part::Words, says, citation: cited(Part::Words) })
        }
        None => Ok(()),
    }
}

/// The first gap that nobody filled in.
#[must_use]
pub fn gap(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("[[")?;
    Some(rest.split_once("]]").map_or(rest, |(gap, _)| gap).trim())
}

/// The text with `words` where its first gap is.
#[must_use]
pub fn fill(text: &str, words: &str) -> String {
    let end = |rest: &str| rest.find("]]").map(|at| at + 2);
    let Some((start, length)) = text.find("[[").and_then(|at| Some((at, end(&text[at..])?))) else {
        return text.to_owned();
    };
    format!("{}{}{}", &text[..start], words.trim(), &text[start + length..])
}

/// The text with the reason where its template has a gap for it and staff gave one beside it.
///
/// # Errors
/// When the template cannot be written.
pub fn fill_reason(text: &str, letter: Letter, language: Language, f: &Facts) -> Result<String, askama::Error> {
    if f.reason.is_empty() || !matches!(letter, Letter::PartialRefusal | Letter::Refusal) {
        return Ok(text.to_owned());
    }
    let open = super::draft(letter, language, &Facts { reason: String::new(), ..f.clone() })?;
    // the reason is the last gap of a refusal
    let gap = open.rfind("[[").and_then(|at| open[at..].find("]]").map(|end| &open[at..at + end + 2]));
    Ok(gap.map_or_else(|| text.to_owned(), |gap| text.replace(gap, &f.reason)))
}

/// True where `text` has `part`, however its lines are broken.
fn holds(text: &str, part: &str) -> bool {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    !part.trim().is_empty() && flat(text).contains(&flat(part))
}

/// Every sentence that packs list, by what it means.
const MEANINGS: &[(Part, &[&str])] = &[
    (Part::Reference, &["the case's reference"]),
    (
        Part::Officer,
        &[
            "who answers, and where",
            "who answered, and where",
            "the contact of r. 9",
            "the business contact of the person who answers about the data (r. 9)",
            "the business contact of somebody who can answer",
            "the data protection officer or another contact",
            "For More Information",
        ],
    ),
    (
        Part::Received,
        &[
            "that the notice was received",
            "when it was received, with the zone",
            "that the complaint was received, and when",
        ],
    ),
    (Part::Dues, &["each due date", "when to expect an answer"]),
    (Part::NewDate, &["the new date"]),
    (
        Part::Reason,
        &[
            "the reason",
            "the reasons",
            "why",
            "the reason: complexity or number of requests",
            "the reason, one of Art. 17(3) where erasure is refused, or of Art. 12(5)",
            "the law or purpose for which the data is kept",
            "that the nominee's standing is refused, and why",
            "the outcome and why",
            "the detailed ground",
            "why the request is not valid, and what is missing",
        ],
    ),
    (
        Part::Complaint,
        &[
            "the ways of redress",
            "the right to complain to a supervisory authority",
            "the right to go to court",
            "the Grievance Officer, and the Board once it takes complaints",
            "the way to the Board, once it takes complaints",
            "the appeal to the Grievance Appellate Committee within 30 days",
            "the right to go to the Information Commission",
            "the right to complain to the Information Commissioner",
            "the right to complain to us (s. 164A of the Data Protection Act 2018) and to the Commissioner",
        ],
    ),
    (
        Part::Words,
        &[
            "how the request is processed",
            "how the person is verified, in general",
            "that it is said within the first month",
            "that it is said within the first 45 days",
            "the decision",
            "the decision, without describing the content",
            "the decision and its reasons",
            "the outcome",
            "whether it was taken by automated means",
            "what was done",
            "what is kept, on what ground and until when",
            "of access: a copy, purposes, categories, recipients, storage period, rights, complaint, source, automated decisions (Art. 15(1))",
            "purposes, categories, recipients, storage period, rights, complaint, source, automated decisions (Art. 15(1))",
            "a copy",
            "a summary of the personal data and of what is done with it",
            "the identities of all other fiduciaries and processors it was shared with, and a description of what was shared",
            "that processing has stopped",
            "that processing has ceased, here and at processors",
            "that processing before it stays lawful",
            "what follows from the withdrawal",
            "what was corrected, completed, updated or erased, system by system",
            "that the nominee's standing is accepted",
            "who was registered, and for what",
            "that action was taken, and nothing that describes the content",
            "what was removed or disabled, and when",
            "whether the request was complied with",
            "that a record of the request is kept",
            "that what is not covered by it was done all the same",
            "of backups: until they are restored or used next",
            "that the opt-out is honoured",
            "that the use is limited",
            "that it was removed, with its known identical copies",
            "in plain words, the nature of the breach",
            "the likely consequences",
            "the measures taken or proposed, and what the person can do",
            "a description of the breach: nature, extent, timing",
            "the consequences that are likely for the person",
            "what was and is done to lessen the risk",
            "what the person can do for their own safety",
            "What Happened",
            "What Information Was Involved",
            "What We Are Doing",
            "What You Can Do",
        ],
    ),
    (
        Part::Elsewhere,
        &[
            "to the person whose content it is: what was restricted, where and for how long",
            "the facts, and whether a notice led to it",
            "whether automated means were used",
            "the law, or the clause of the terms",
            "all relevant information, by reference",
            "what was corrected, erased or restricted",
            "the nature of the breach, categories and about how many persons and records",
            "the measures taken or proposed",
            "the reasons, where it is later than 72 hours",
            "who reports, and how to reach them",
            "the sector",
            "when it happened and when it was found out",
            "the systems, addresses and places affected",
            "the type of incident and its symptoms",
            "indicators of compromise",
            "what was done about it",
            "nature",
            "extent",
            "timing",
            "location",
            "likely impact",
            "updated details of the breach",
            "the broad facts, circumstances and reasons",
            "what was done or is planned to lessen the risk",
            "what was found out about who caused it",
            "what is done so that it does not happen again",
            "a report on what affected persons were told",
            "what will be erased, and when",
            "how to stop it: log in or get in touch",
            "the information that the order asks for, and no more",
            "the facts",
            "the source of the material",
            "no content: references only",
            "titled “Notice of Data Breach”, at least 10 point",
            "name and contact, the date of the breach and of the notice, whether law enforcement delayed it",
            "the credit agencies, where social security or licence numbers are concerned",
            "one sample copy of the notice, without personal information",
            "of each type of request: received, complied with in whole or in part, denied",
            "mean or median number of days to the answer",
            "who is involved, as far as known",
            "when and how it was uploaded or made",
            "where",
            "the report's number and time, and whether anybody here viewed the file",
        ],
    ),
];
