//! What telephones and mail programs add below a mail ("Sent from my …"), in the languages they speak.

use super::{line::Line, words};

/// True where the line at `at` is such an addition: a line of its own with nothing of the person's right below it.
pub fn is_signature(lines: &[Line<'_>], is_marked: &[bool], at: usize) -> bool {
    let bare = &lines[at].bare;
    if !(8..=200).contains(&bare.len()) || bare.ends_with('?') {
        return false;
    }
    let stands_alone =
        lines.get(at + 1).is_none_or(|next| next.is_blank() || is_marked[at + 1] || !is_sentence(&next.bare));
    stands_alone && is_addition(bare)
}

fn is_sentence(bare: &str) -> bool {
    bare.starts_with(char::is_alphabetic)
}

fn is_addition(bare: &str) -> bool {
    let mut text = bare.to_lowercase().replace('’', "'");
    // a link in brackets behind the program's name
    if let Some(cut) = text.find(['<', '(']).filter(|cut| *cut > 0 && text[*cut..].contains("http")) {
        text.truncate(cut);
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() || "*_.!-–—|[]()\"".contains(c));
    if text.split_whitespace().count() > 14 || text.chars().count() > 110 {
        return false;
    }
    let says_sent = words::SENT.iter().any(|sent| text.starts_with(sent.as_str()))
        || words::SENT_LAST.iter().any(|sent| text.ends_with(sent.as_str()));
    // "please excuse my brevity"
    let is_excuse = words::EXCUSES.iter().any(|word| text.contains(word.as_str()));
    says_sent
        && words::DEVICES.iter().any(|device| text.contains(device.as_str()))
        && (is_excuse || !words::PROSE.iter().any(|word| text.contains(word.as_str())))
}
