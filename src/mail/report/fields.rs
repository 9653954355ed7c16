//! The fields of message/delivery-status (RFC 3464 section 2), also where blank lines, folding or comments are not as
//! they should be.

use super::{Recipient, codes};

/// What the fields say of one recipient, as they stand.
#[derive(Debug, Default)]
struct Group {
    original: Option<String>,
    last: Option<String>,
    action: Option<String>,
    status: Option<String>,
    diagnostic: Option<String>,
}

impl Group {
    /// Where the field of this name goes.
    fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "original-recipient" => Some(&mut self.original),
            "final-recipient" => Some(&mut self.last),
            "action" => Some(&mut self.action),
            "status" => Some(&mut self.status),
            "diagnostic-code" => Some(&mut self.diagnostic),
            _ => None,
        }
    }
}

/// The recipients in the report's order.
pub fn recipients(text: &str) -> Vec<Recipient> {
    let mut groups: Vec<Group> = Vec::new();
    let mut group = Group::default();
    for (name, value, after_blank) in fields(text) {
        // the next recipient begins with an address below an empty line, or with a field that this one has
        let is_next = after_blank && name.ends_with("recipient") && group.last.is_some() && group.action.is_some();
        if is_next || group.slot(&name).is_some_and(|slot| slot.is_some()) {
            groups.push(std::mem::take(&mut group));
        }
        if let Some(slot) = group.slot(&name) {
            *slot = Some(value);
        }
    }
    groups.push(group);
    groups.iter().filter_map(recipient).collect()
}

fn recipient(group: &Group) -> Option<Recipient> {
    let of = |field: &Option<String>| field.as_deref().map(address).unwrap_or_default();
    // what went through SMTP as xtext and was not turned back
    let (original, last) = (of(&group.original).replace("+2B", "+").replace("+3D", "="), of(&group.last));
    let address = if original.contains('@') || last.is_empty() { original } else { last };
    if address.is_empty() {
        return None;
    }
    let diagnostic = group.diagnostic.as_deref().unwrap_or_default();
    let status = group.status.as_deref().and_then(codes::status).or_else(|| codes::status(diagnostic));
    let action = action(group.action.as_deref().unwrap_or_default(), status.as_deref());
    let reply_code = codes::reply_code(diagnostic);
    let reason = codes::reason(diagnostic, group.status.as_deref().unwrap_or_default());
    let hard = codes::is_hard(&action, status.as_deref(), reply_code, diagnostic);
    Some(Recipient { address, action, status, reply_code, hard, reason })
}

/// The action's first word in the RFC's form; from the status where there is none.
fn action(value: &str, status: Option<&str>) -> String {
    let word = value.trim().to_ascii_lowercase();
    let known = [
        ("fail", "failed"),
        ("delay", "delayed"),
        ("deliver", "delivered"),
        ("relay", "relayed"),
        ("expand", "expanded"),
    ];
    if let Some((_, action)) = known.iter().find(|(begin, _)| word.starts_with(begin)) {
        return (*action).to_owned();
    }
    match status.and_then(|status| status.chars().next()) {
        Some('2') => "delivered",
        Some('4') => "delayed",
        _ => "failed",
    }
    .to_owned()
}

/// Name in lower case, value on one line (line ends of folded values become spaces), and whether it stands below an
/// empty line.
fn fields(text: &str) -> Vec<(String, String, bool)> {
    let mut found: Vec<(String, String, bool)> = Vec::new();
    let mut after_blank = false;
    for line in text.lines() {
        if line.trim().is_empty() {
            after_blank = true;
            continue;
        }
        let name = line.split_once(':').filter(|(name, _)| is_name(name.trim_end()));
        match (name, found.last_mut()) {
            (Some((name, value)), _) if !line.starts_with([' ', '\t']) => {
                found.push((name.trim_end().to_ascii_lowercase(), value.trim().to_owned(), after_blank));
            }
            // a server's reply of several lines is not always folded
            (_, Some((_, value, _))) if !after_blank && value.len() < 4_000 => {
                value.push(' ');
                value.push_str(line.trim());
            }
            _ => {}
        }
        after_blank = false;
    }
    found
}

fn is_name(name: &str) -> bool {
    name.len() < 60
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// `rfc822;x@y` and everything it is bent to.
fn address(value: &str) -> String {
    let (kind, text) = value.split_once(';').unwrap_or(("rfc822", value));
    let text = text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(text, |(inside, _)| inside);
    let text = text.trim().trim_matches(['"', '\'', '<', '>']).trim();
    // comments behind the address
    let text = if text.starts_with('"') { text } else { text.split([' ', '\t', '(']).next().unwrap_or_default() };
    let text = text.trim_end_matches([';', ',']);
    if kind.trim().eq_ignore_ascii_case("utf-8") {
        return unicode(text);
    }
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    if !text.contains('@') {
        let decoded = hexed(&hexed(text, '+'), '=');
        if decoded.contains('@') {
            return decoded;
        }
    }
    text.to_owned()
}

/// The embedded characters of RFC 6533 section 3: `\x{5B57}`.
fn unicode(text: &str) -> String {
    let mut all = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\x{") {
        all.push_str(before);
        let decoded = after.split_once('}').and_then(|(hex, after)| {
            u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).filter(|c| !c.is_control()).map(|c| (c, after))
        });
        let Some((c, after)) = decoded else {
            all.push_str("\\x{");
            rest = after;
            continue;
        };
        all.push(c);
        rest = after;
    }
    all + rest
}

/// xtext (RFC 3461 section 4) and its like: a mark and two figures.
fn hexed(text: &str, mark: char) -> String {
    let mut all = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(mark) {
        all.push_str(before);
        let decoded = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii_graphic);
        all.push(decoded.map_or(mark, char::from));
        rest = if decoded.is_some() { &after[2..] } else { after };
    }
    all + rest
}
