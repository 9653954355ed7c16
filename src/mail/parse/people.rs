//! Who wrote a mail, who gets the answer and whom it was sent to. Looks at headers only; believes nothing it cannot
//! write to.

use super::{Problem, addresses, addresses::Mailbox, headers::Headers};

/// Who wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writer {
    /// The name; may be empty.
    pub name: String,
    /// The address; empty where nobody is named.
    pub address: String,
}

/// The first usable address of From, Reply-To, Return-Path, Sender, with the best name there is.
pub fn writer(headers: &Headers<'_>, problems: &mut Vec<Problem>) -> Writer {
    let from = mailboxes(headers, "From", problems);
    let named = from.iter().map(|m| m.name.clone()).find(|name| !name.is_empty()).unwrap_or_default();
    if let Some(mailbox) = from.iter().find(|m| m.address.is_some()) {
        if from.iter().filter(|m| m.address.is_some()).count() > 1 {
            problems
                .push(Problem::new("several_senders", "From names several people; the first is taken for the writer"));
        }
        return Writer { name: mailbox.name.clone(), address: mailbox.address.clone().unwrap_or_default() };
    }
    let is_missing = headers.all("From").next().is_none();
    let what = if is_missing { "there is no From" } else { "From holds no address" };
    for name in ["Reply-To", "Return-Path", "Sender"] {
        let found = mailboxes(headers, name, problems).into_iter().find(|m| m.address.is_some());
        if let Some(Mailbox { name: own, address: Some(address) }) = found {
            problems.push(Problem::new("sender", format!("{what}; the address is that of {name}")));
            return Writer { name: if own.is_empty() { named } else { own }, address };
        }
    }
    problems.push(Problem::new("no_sender", format!("{what}, and no other header names a sender")));
    Writer { name: named, address: String::new() }
}

/// Where the writer wants the answer.
pub fn reply_to(headers: &Headers<'_>) -> Option<String> {
    mailboxes(headers, "Reply-To", &mut Vec::new()).into_iter().find_map(|m| m.address)
}

/// Every address the mail was sent to, as far as it says; lower case, each once, at most 100.
pub fn recipients(headers: &Headers<'_>) -> Vec<String> {
    const MOST: usize = 100;
    const HEADERS: [&str; 6] = ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"];
    let mut found: Vec<String> = Vec::new();
    for name in HEADERS {
        for address in mailboxes(headers, name, &mut Vec::new()).into_iter().filter_map(|m| m.address) {
            let address = address.to_lowercase();
            if found.len() < MOST && !found.contains(&address) {
                found.push(address);
            }
        }
    }
    found
}

fn mailboxes(headers: &Headers<'_>, name: &str, problems: &mut Vec<Problem>) -> Vec<Mailbox> {
    headers.all(name).take(20).flat_map(|text| addresses::read(&text, problems)).collect()
}
