//! What in a mail's headers shows that no person wrote it: the union of what standards ask for (RFC 3834, RFC 2919,
//! RFC 2369, RFC 3464, RFC 8098) and of what vacation programs, help desks and mail servers write on their own account.
//! Looks at headers only, never at the letter, and never at headers that every mail of a provider carries.

mod marks;

use mail_parser::Message;

/// Every reason to believe that a machine wrote the mail, such as `auto-submitted: auto-replied`, `list-id` or
/// `null sender`; lower case, each once. Empty for people's mail. `address` is the writer's.
#[must_use]
pub fn reasons(message: &Message<'_>, address: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in message.headers_raw() {
        if let Some(reason) = reason(&name.to_ascii_lowercase(), value) {
            found.push(reason);
        }
    }
    found.extend(subject(message.subject().unwrap_or_default()));
    found.extend(address.and_then(sender));
    let mut seen = std::collections::HashSet::new();
    found.retain(|reason| seen.insert(reason.clone()));
    found
}

/// What one header says. `name` is in lower case, `value` as it stands in the mail.
fn reason(name: &str, value: &str) -> Option<String> {
    // no header here needs more; some mails have headers without end
    let value: String = value.chars().take(500).collect::<String>().to_lowercase();
    let value = value.trim();
    let word = value.split([';', ',', ' ', '\t', '(']).next().unwrap_or_default().trim();
    match name {
        "auto-submitted" => (!matches!(word, "" | "no")).then(|| format!("auto-submitted: {word}")),
        "return-path" | "x-envelope-from" | "envelope-from" | "x-return-path" => {
            let bare: String = value.chars().filter(|c| !c.is_whitespace()).collect();
            matches!(bare.as_str(), "<>" | "<mailer-daemon>").then(|| "null sender".to_owned())
        }
        "precedence" | "x-precedence" | "preference" => {
            matches!(word, "bulk" | "junk" | "list" | "auto_reply" | "auto-reply" | "autoreply")
                .then(|| format!("precedence: {word}"))
        }
        "x-auto-response-suppress" => {
            (!matches!(word, "" | "none")).then(|| format!("x-auto-response-suppress: {}", one_line(value)))
        }
        "content-type" => content_type(value),
        "x-fc-machinegenerated" => says_yes(word).then(|| name.to_owned()),
        "x-post-messageclass" => (word == "9" || value.contains("autorespon")).then(|| name.to_owned()),
        "delivered-to" => value.contains("autoresponder").then(|| "delivered-to: autoresponder".to_owned()),
        "x-mailer" | "user-agent" => ["vacation", "autorespon", "auto-respon", "autoreply", "auto reply"]
            .iter()
            .any(|mark| value.contains(mark))
            .then(|| format!("{name}: autoresponder")),
        _ if marks::NAMES.contains(&name) => (!says_no(word)).then(|| name.to_owned()),
        _ if marks::PREFIXES.iter().any(|prefix| name.starts_with(prefix)) => (!says_no(word)).then(|| name.to_owned()),
        _ => None,
    }
}

/// Reports about delivery and reading, and answers of calendars.
fn content_type(value: &str) -> Option<String> {
    let compact: String = value.chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
    if compact.contains("disposition-notification") {
        return Some("disposition-notification".to_owned());
    }
    if compact.starts_with("multipart/report") {
        return Some("multipart/report".to_owned());
    }
    if compact.starts_with("message/delivery-status") || compact.starts_with("message/feedback-report") {
        return Some(compact.split(';').next().unwrap_or_default().to_owned());
    }
    let is_answer = compact.starts_with("text/calendar") && compact.contains("method=reply");
    is_answer.then(|| "text/calendar: reply".to_owned())
}

/// A subject line that only an absence notice begins with; an answer to one ("Re: …") is a person's.
fn subject(subject: &str) -> Option<String> {
    let subject: String = subject.chars().take(200).collect::<String>().to_lowercase();
    let subject = subject.trim_start_matches(|c: char| c.is_whitespace() || "[<*-".contains(c));
    let begins = |notice: &&&str| {
        let rest = subject.strip_prefix(**notice);
        rest.map(str::trim_start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '：', ']', '>', '*']))
    };
    marks::SUBJECTS.iter().find(begins).map(|notice| format!("subject: {notice}"))
}

/// An address that nobody reads.
fn sender(address: &str) -> Option<String> {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local).to_lowercase();
    let words: Vec<&str> = local.split(['-', '_', '.', '+']).filter(|word| !word.is_empty()).collect();
    let name = local.split('+').next().unwrap_or_default().replace(['-', '_', '.'], "");
    let spoken = format!(" {} ", words.join(" "));
    let is_machine = marks::SENDERS.contains(&name.as_str())
        || (local.starts_with("microsoftexchange") && local.len() > 40)
        || marks::UNREAD.iter().any(|unread| spoken.contains(unread));
    is_machine.then(|| format!("sender: {}", one_line(&local)))
}

fn says_yes(word: &str) -> bool {
    matches!(word, "true" | "yes" | "1" | "on")
}

fn says_no(word: &str) -> bool {
    matches!(word, "false" | "no" | "0" | "off" | "none")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(80).collect()
}

#[cfg(test)]
mod tests;
