//! Takes a report's mail apart: the server's letter, the fields for machines, and what came back of our mail.

use crate::mail::{
    outline::outline,
    parse::{Limits, head, part::Part, text::source},
};
use mail_parser::{HeaderValue, Message, decoders::html::html_to_text};

/// How much of any part is looked at, in bytes. What a report says stands at its beginning.
const LARGEST: usize = 256 * 1024;

/// The parts that matter.
#[derive(Debug, Default)]
pub struct Parts {
    /// The server's letter to people.
    pub letter: String,
    /// The fields of message/delivery-status.
    pub status: Option<String>,
    /// What came back of our mail, or its headers alone.
    pub returned: Option<String>,
    /// It is a complaint about abuse or a receipt of reading, whatever else it says.
    pub speaks_of_something_else: bool,
}

impl Parts {
    /// Those of a raw mail; empty where it is too bent to be taken apart.
    pub fn of(raw: &[u8]) -> Self {
        let mut found = Self::default();
        let mut html = String::new();
        let limits = Limits::default();
        for part in outline(&head::of_mail(raw, limits.header_bytes), &limits).parts {
            match part.media_type().as_str() {
                "message/delivery-status" | "message/global-delivery-status" => {
                    let all = found.status.get_or_insert_default();
                    all.push_str(&text(&part));
                    all.push_str("\n\n");
                }
                "message/feedback-report"
                | "message/disposition-notification"
                | "message/global-disposition-notification" => found.speaks_of_something_else = true,
                "message/rfc822"
                | "message/global"
                | "text/rfc822-headers"
                | "message/rfc822-headers"
                | "message/global-headers"
                | "text/rfc822" => {
                    found.returned.get_or_insert_with(|| text(&part));
                }
                "text/html" => html.push_str(&text(&part)),
                kind if kind.starts_with("text/") && found.letter.len() < LARGEST => {
                    found.letter.push_str(&text(&part));
                    found.letter.push('\n');
                }
                _ => {}
            }
        }
        // some servers write HTML only, others a plain part that says nothing
        if found.letter.trim().len() < 20 && html.len() < LARGEST {
            found.letter.push_str(&html_to_text(&html));
        }
        found
    }
}

/// The beginning of a part, decoded, with LF as line ends.
fn text(part: &Part<'_>) -> String {
    let mut text = source(part, LARGEST).0.replace("\r\n", "\n").replace('\r', "\n");
    while text.len() > LARGEST {
        text.pop();
    }
    text
}

/// The ids of the mail that a report speaks of: from what came back, else from the fields and the letter, else from
/// what the report says it answers.
pub fn message_ids(message: &Message<'_>, parts: &Parts) -> Vec<String> {
    let own = message.message_id().unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    let from_text = |text: &str, found: &mut Vec<String>| {
        for id in ids_in(text) {
            if id != own && !found.contains(&id) && found.len() < 20 {
                found.push(id);
            }
        }
    };
    if let Some(returned) = &parts.returned {
        // our mail's own headers and not those of what it carried
        let head = returned.trim_start().split("\n\n").next().unwrap_or_default();
        from_text(head, &mut found);
    }
    if found.is_empty() {
        from_text(parts.status.as_deref().unwrap_or_default(), &mut found);
        from_text(&parts.letter, &mut found);
        found.truncate(3);
    }
    if found.is_empty() {
        let mut answered = Vec::new();
        for value in [message.in_reply_to(), message.references()] {
            match value {
                HeaderValue::Text(id) => answered.push(id.to_string()),
                HeaderValue::TextList(ids) => answered.extend(ids.iter().map(ToString::to_string)),
                _ => {}
            }
        }
        for id in answered {
            if !found.contains(&id) && found.len() < 20 {
                found.push(id);
            }
        }
    }
    found
}

/// What follows `Message-ID:` in a text, in this or the next line.
fn ids_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim_start_matches(['>', '|', ' ', '\t']);
        let Some((name, value)) = bare.split_once(':') else { continue };
        let name = name.trim().to_ascii_lowercase();
        let names_mail = name.ends_with("message-id") || name.ends_with("messageid") || name == "message id";
        if !names_mail || name.len() > 40 || name.starts_with("resent") {
            continue;
        }
        let value = value.trim();
        let value = if value.is_empty() { lines.peek().map(|line| line.trim()).unwrap_or_default() } else { value };
        let id = match value.split_once('<') {
            Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
            None => value.split([' ', '>', ',', ';']).next().unwrap_or_default(),
        };
        let id = id.trim();
        if !id.is_empty() && id.len() <= 998 && !id.contains(char::is_whitespace) {
            found.push(id.to_owned());
        }
    }
    found
}
