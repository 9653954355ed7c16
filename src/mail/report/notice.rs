//! Reads the letter a server writes to people, for servers that send nothing for machines: who is named, with which
//! code, and whether it is over.

use super::{
    Recipient, codes,
    part::Parts,
    wording::{self, Outcome},
};
use mail_parser::{Address, Message, MessageParser};
use std::collections::HashSet;

/// How many lines of a letter are read.
const MOST_LINES: usize = 2_000;
/// How many recipients of one letter are kept.
const MOST_NAMED: usize = 100;

/// A letter, and the mail it came in.
#[derive(Debug)]
pub struct Told<'a> {
    /// The mail's headers.
    pub message: &'a Message<'a>,
    /// What it is made of.
    pub parts: &'a Parts,
    /// The mail calls itself a report.
    pub is_report: bool,
}

/// An address as a letter names it.
#[derive(Debug)]
struct Named {
    address: String,
    line: usize,
    /// How sure it is that it is the recipient: 2 where the line begins with it or says so, 1 where it says what
    /// failed, 0 elsewhere.
    rank: u8,
}

impl Told<'_> {
    /// The recipients; none where the letter is about no delivery.
    pub fn recipients(&self) -> Option<Vec<Recipient>> {
        let lines = notice(&self.parts.letter);
        let subject = self.message.subject().unwrap_or_default();
        let outcome = wording::outcome(subject, &lines.join("\n"));
        let failed = self.failed_recipients();
        let has_code = lines.iter().any(|line| codes::status(line).is_some());
        if outcome.is_none() && failed.is_empty() && !has_code && !self.is_report {
            return None;
        }
        let action = match outcome.unwrap_or(Outcome::Failed) {
            Outcome::Failed => "failed",
            Outcome::Delayed => "delayed",
            Outcome::Arrived => "delivered",
        };
        let mut named = self.named(&lines, failed);
        named.truncate(MOST_NAMED);
        // a server writes about other things too
        if named.is_empty() && !self.is_report && !wording::subject_tells(subject) {
            return None;
        }
        Some((0..named.len()).map(|n| recipient(&lines, &named, n, action)).collect())
    }

    /// The header that Exim and Gmail write.
    fn failed_recipients(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (name, value) in self.message.headers_raw() {
            if name.eq_ignore_ascii_case("X-Failed-Recipients") {
                found.extend(addresses(value));
                found.truncate(MOST_NAMED);
            }
        }
        found
    }

    /// Whose copy the letter speaks of, in its order.
    fn named(&self, lines: &[&str], failed: Vec<String>) -> Vec<Named> {
        let place = |address: &str| lines.iter().position(|line| line.to_lowercase().contains(&address.to_lowercase()));
        if !failed.is_empty() {
            let mut named: Vec<Named> = failed
                .into_iter()
                .map(|address| Named { line: place(&address).unwrap_or(0), address, rank: 2 })
                .collect();
            named.sort_by_key(|one| one.line);
            return once(named);
        }
        let ours = self.ours();
        let mut named = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            for address in addresses(line) {
                if !ours.contains(&address.to_lowercase()) && !is_office(&address) {
                    named.push(Named { rank: rank(line, &address), line: n, address });
                }
            }
        }
        let written_to = self.written_to();
        if named.iter().any(|one| written_to.contains(&one.address.to_lowercase())) {
            named.retain(|one| written_to.contains(&one.address.to_lowercase()));
        }
        let best = named.iter().map(|one| one.rank).max().unwrap_or(0);
        named.retain(|one| one.rank == best);
        if named.is_empty() && written_to.len() == 1 {
            named = written_to.into_iter().map(|address| Named { address, line: 0, rank: 0 }).collect();
        }
        once(named)
    }

    /// Our own addresses and the server's: nobody's copy.
    fn ours(&self) -> HashSet<String> {
        let lists =
            [self.message.to(), self.message.from(), self.message.cc(), self.message.reply_to(), self.message.sender()];
        lists.into_iter().flatten().flat_map(in_header).collect()
    }

    /// To whom the mail went that came back.
    fn written_to(&self) -> HashSet<String> {
        let whole = self.parts.letter.lines().skip_while(|line| !wording::begins_returned(line)).skip(1);
        let below = || whole.skip_while(|line| line.trim().is_empty()).take(200).collect::<Vec<_>>().join("\n");
        let returned = self.parts.returned.clone().unwrap_or_else(below);
        let head = returned.trim_start().split("\n\n").next().unwrap_or_default();
        let Some(message) = MessageParser::default().parse_headers(head.as_bytes()) else { return HashSet::new() };
        [message.to(), message.cc()].into_iter().flatten().flat_map(in_header).collect()
    }
}

fn in_header(list: &Address<'_>) -> Vec<String> {
    list.iter().filter_map(|addr| addr.address()).map(str::to_lowercase).filter(|a| a.contains('@')).collect()
}

fn once(mut named: Vec<Named>) -> Vec<Named> {
    let mut seen = HashSet::new();
    named.retain(|one| seen.insert(one.address.to_lowercase()));
    named
}

/// The lines of the letter above what came back.
fn notice(letter: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for line in letter.lines().take(MOST_LINES) {
        let header =
            ["Received:", "Return-Path:", "DKIM-Signature:", "MIME-Version:"].iter().any(|name| line.starts_with(name));
        if header || (wording::begins_returned(line) && !found.is_empty()) {
            break;
        }
        found.push(line);
    }
    found
}

/// One recipient with what the letter says about it: where its own address stands beside a code, else between its
/// line and the next recipient's, else anywhere.
fn recipient(lines: &[&str], all: &[Named], n: usize, action: &str) -> Recipient {
    let named = &all[n];
    let address = named.address.to_lowercase();
    let has_code = |line: &&str| codes::status(line).is_some() || codes::reply_code(line).is_some();
    let start = named.line.min(lines.len());
    let next = all.get(n + 1).map(|next| next.line).filter(|next| *next > start);
    let own = &lines[start..next.unwrap_or(lines.len())];
    let beside = || lines.iter().position(|line| has_code(line) && line.to_lowercase().contains(&address));
    let coded = beside()
        .or_else(|| own.iter().position(has_code).map(|at| start + at))
        .or_else(|| lines.iter().position(has_code).filter(|_| all.len() == 1 || !has_words(own, &named.address)));
    let others: Vec<String> =
        all.iter().map(|other| other.address.to_lowercase()).filter(|other| *other != address).collect();
    let paragraph = paragraph(&lines[coded.unwrap_or(start)..], &others);
    let status = codes::status(&paragraph);
    let reply_code = codes::reply_code(&paragraph);
    let said = if coded.is_some() { from_code(&paragraph) } else { "" };
    let words = if said.chars().filter(|c| c.is_alphabetic()).count() > 3 {
        said.to_owned()
    } else {
        without_address(&paragraph, &named.address, own)
    };
    let action = match (action, status.as_deref().and_then(|s| s.chars().next())) {
        ("failed", Some('2')) => "delivered",
        (action, _) => action,
    };
    let hard = codes::is_hard(action, status.as_deref(), reply_code, &paragraph);
    let reason = codes::reason(&words, "");
    Recipient { address: named.address.clone(), action: action.to_owned(), status, reply_code, hard, reason }
}

/// Something is said about an address, and not only that it is there.
fn has_words(lines: &[&str], address: &str) -> bool {
    lines.iter().any(|line| line.replace(address, "").contains(char::is_alphabetic))
}

/// The first lines down to an empty one, a rule, or one about somebody else.
fn paragraph(lines: &[&str], others: &[String]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for line in lines.iter().skip_while(|line| line.trim().is_empty()).take(12) {
        let ends = line.trim().is_empty() || line.trim_start().starts_with("---");
        let lower = line.to_lowercase();
        if !kept.is_empty() && (ends || others.iter().any(|other| lower.contains(other))) {
            break;
        }
        kept.push(line.trim());
    }
    kept.join(" ")
}

/// What follows the code.
fn from_code(paragraph: &str) -> &str {
    let code = codes::reply_code(paragraph).map(|code| code.to_string()).or_else(|| codes::status(paragraph));
    let at = code.and_then(|code| paragraph.find(&code)).unwrap_or(0);
    &paragraph[at..]
}

/// The first words about an address, where there is no code.
fn without_address(paragraph: &str, address: &str, lines: &[&str]) -> String {
    let strip = |text: &str| text.replace(address, "").trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let words = strip(paragraph);
    if !words.is_empty() {
        return words;
    }
    lines.iter().map(|line| strip(line)).find(|words| !words.is_empty()).unwrap_or_default()
}

/// How surely a line names a recipient.
fn rank(line: &str, address: &str) -> u8 {
    const LABELS: [&str; 30] = [
        "recipient",
        "failed recipient",
        "final recipient",
        "final-recipient",
        "original recipient",
        "original-recipient",
        "intended recipient",
        "to:",
        "rcpt to",
        "user unknown",
        "unknown user",
        "unknown address",
        "invalid recipient",
        "invalid address",
        "invalid final delivery",
        "undeliverable",
        "undelivered",
        "not delivered",
        "delivery to",
        "failed addresses",
        "failed address",
        "user:",
        "address:",
        "email address",
        "e-mail address",
        "empfänger",
        "destinataire",
        "destinatario",
        "получатель",
        "收件人",
    ];
    let bare = line.trim_start_matches(|c: char| c.is_whitespace() || "*-•·<\"'(>[|".contains(c));
    let lower = bare.to_lowercase();
    if bare.starts_with(address) || LABELS.iter().any(|label| lower.starts_with(label)) {
        return 2;
    }
    let is_contact = ["contact", "postmaster", "help", "support", "wenden", "from <", "from:", "sender", "sent by"]
        .iter()
        .any(|word| lower.contains(word));
    u8::from(!is_contact)
}

/// Nobody's mailbox: whom to ask.
fn is_office(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    matches!(local.as_str(), "postmaster" | "mailer-daemon" | "abuse" | "hostmaster" | "helpdesk")
}

/// The addresses that stand in a text.
fn addresses(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let fits = |c: char| c.is_alphanumeric() || "._%+-=!#$&*/?^`{}~'".contains(c);
    for (at, _) in text.match_indices('@').take(50) {
        let local: String = text[..at].chars().rev().take(64).take_while(|c| fits(*c)).collect();
        let local: String = local.chars().rev().collect();
        let local = local.trim_start_matches(['.', '\'', '=', '/', '*', '`']).to_owned();
        let domain: String =
            text[at + 1..].chars().take(253).take_while(|c| c.is_alphanumeric() || ".-".contains(*c)).collect();
        let domain = domain.trim_end_matches(['.', '-']);
        if !local.is_empty() && domain.contains('.') && !domain.starts_with('.') {
            found.push(format!("{local}@{domain}"));
        }
    }
    found
}
