//! Headers of the form `value; name=value` (RFC 2045, RFC 2183), with what RFC 2231 adds for other charsets and long
//! values, and with what programs write instead. Decodes names; decides nothing.

use super::{charset, problem::Problem, words};

/// A value and its parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Value {
    /// The value in lower case, without comments; may be empty.
    pub value: String,
    /// Names in lower case and values, as decoded.
    params: Vec<(String, String)>,
}

impl Value {
    /// A parameter's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// One parameter as it was written.
struct Piece {
    name: String,
    /// Which piece of a long value it is.
    index: usize,
    /// Percent-encoded, with a charset in the first piece.
    is_extended: bool,
    value: String,
}

/// At most so many parameters are read.
const MOST: usize = 200;

/// Reads such a header from its unfolded text.
pub fn read(text: &str, problems: &mut Vec<Problem>) -> Value {
    let mut rest = text.trim_start();
    let end = rest.find([';', '(', ' ', '\t', '"']).unwrap_or(rest.len());
    let mut value = rest[..end].trim().to_lowercase();
    rest = &rest[end..];
    if value.is_empty() && rest.starts_with('"') {
        let (quoted, after) = quoted(&rest[1..]);
        value = quoted.trim().to_lowercase();
        rest = after;
    }
    // some programs write blanks around the slash
    let blank = rest.trim_start();
    if value.ends_with('/') || (blank.starts_with('/') && !value.contains('/')) {
        let end = blank.find([';', '(']).unwrap_or(blank.len());
        value.push_str(&blank[..end].to_lowercase().replace([' ', '\t'], ""));
        rest = &blank[end..];
    }
    let mut pieces = Vec::new();
    while !rest.is_empty() && pieces.len() < MOST {
        rest = one(rest, &mut pieces);
    }
    Value { value, params: joined(pieces, problems) }
}

/// Reads one parameter and answers with what follows it.
fn one<'t>(text: &'t str, pieces: &mut Vec<Piece>) -> &'t str {
    let text = text.trim_start_matches(|c: char| c == ';' || c.is_whitespace());
    if let Some(comment) = text.strip_prefix('(') {
        return comment.split_once(')').map_or("", |(_, after)| after);
    }
    let end = text.find(['=', ';', '(']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(rest) = rest.strip_prefix('=') else { return rest };
    let rest = rest.trim_start();
    let (value, rest) = match rest.strip_prefix('"') {
        Some(inner) => quoted(inner),
        None => bare(rest),
    };
    let name = name.split_whitespace().last().unwrap_or_default().to_lowercase();
    let (name, is_extended) = name.strip_suffix('*').map_or((name.as_str(), false), |n| (n, true));
    let (name, index) = match name.split_once('*') {
        Some((name, index)) => (name, index.parse().unwrap_or(usize::MAX)),
        None => (name, 0),
    };
    if !name.is_empty() {
        pieces.push(Piece { name: name.to_owned(), index, is_extended, value });
    }
    rest
}

/// A quoted value and what follows its closing quote. Only quotes and backslashes are escaped: folders of Windows are
/// written with plain backslashes.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => match chars.peek() {
                Some((_, next @ ('"' | '\\'))) => {
                    value.push(*next);
                    chars.next();
                }
                _ => value.push(c),
            },
            _ => value.push(c),
        }
    }
    // the closing quote is missing: no value goes beyond the next parameter
    let end = text.find(';').unwrap_or(text.len());
    (text[..end].trim_end().to_owned(), &text[end..])
}

/// A value without quotes: up to the next parameter, blanks within it included; encoded words are taken whole.
fn bare(text: &str) -> (String, &str) {
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("=?")
            && let Some(end) = words::end_at(text, at)
        {
            at = end;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        if c == ';' || (c == '(' && text[..at].ends_with([' ', '\t'])) {
            break;
        }
        // a parameter may follow without a semicolon
        if c.is_whitespace() && follows_parameter(&text[at..]) {
            break;
        }
        at += c.len_utf8();
    }
    (text[..at].trim().to_owned(), &text[at..])
}

fn follows_parameter(text: &str) -> bool {
    let word = text.trim_start();
    ["charset=", "boundary=", "name=", "filename=", "format=", "delsp=", "protocol=", "type=", "micalg=", "smime-type="]
        .iter()
        .any(|name| word.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
}

/// Pieces of one name joined in their order; extended ones win over plain ones, earlier ones over later ones.
fn joined(mut pieces: Vec<Piece>, problems: &mut Vec<Problem>) -> Vec<(String, String)> {
    let names: Vec<String> = pieces.iter().map(|p| p.name.clone()).collect();
    let mut params: Vec<(String, String)> = Vec::new();
    // a stable sort: of two with one index the extended, then the earlier comes first
    pieces.sort_by_key(|p| (p.index, !p.is_extended));
    for name in names {
        if params.iter().any(|(n, _)| *n == name) {
            continue;
        }
        let mut own: Vec<&Piece> = pieces.iter().filter(|p| p.name == name).collect();
        own.dedup_by_key(|p| p.index);
        let is_extended = own.iter().any(|p| p.is_extended);
        let value = if is_extended {
            extended(&own, problems)
        } else {
            let whole: String = own.iter().map(|p| p.value.as_str()).collect();
            words::decode(&whole, problems)
        };
        params.push((name, value));
    }
    params
}

fn extended(pieces: &[&Piece], problems: &mut Vec<Problem>) -> String {
    let mut label = String::new();
    let mut bytes = Vec::new();
    for (n, piece) in pieces.iter().enumerate() {
        let mut value = piece.value.as_str();
        if n == 0 && piece.is_extended {
            let mut marks = value.splitn(3, '\'');
            if let (Some(said), Some(_), Some(rest)) = (marks.next(), marks.next(), marks.next()) {
                said.clone_into(&mut label);
                value = rest;
            }
        }
        if piece.is_extended { percent(value, &mut bytes) } else { bytes.extend_from_slice(value.as_bytes()) }
    }
    let decoded = charset::decode(bytes, &label);
    if let Some(trouble) = decoded.trouble.filter(|_| !label.is_empty()) {
        problems.push(Problem::new("header_charset", trouble));
    }
    words::decode(&decoded.text, problems)
}

fn percent(text: &str, out: &mut Vec<u8>) {
    let text = text.as_bytes();
    let mut at = 0;
    while let Some(b) = text.get(at) {
        let hex = |n: usize| text.get(at + n).and_then(|b| char::from(*b).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (b, hex(1), hex(2)) {
            out.push(u8::try_from(high << 4 | low).unwrap_or_default());
            at += 3;
        } else {
            out.push(*b);
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, value: &str, name: &str, expected: Option<&str>) {
        let read = read(text, &mut Vec::new());
        assert_eq!((read.value.as_str(), read.get(name)), (value, expected), "{text}");
    }

    #[test]
    fn values_and_parameters_read() {
        check("text/plain; charset=utf-8", "text/plain", "charset", Some("utf-8"));
        check("TEXT/Plain ; Charset = \"utf-8\" ; x", "text/plain", "charset", Some("utf-8"));
        check("text/plain charset=utf-8", "text/plain", "charset", Some("utf-8"));
        check("text/plain; charset", "text/plain", "charset", None);
        check("text/plain; charset=utf-8 (says who)", "text/plain", "charset", Some("utf-8"));
        check("text / plain; charset=x", "text/plain", "charset", Some("x"));
        check("text/plain; charset=us-ascii name=a.txt", "text/plain", "name", Some("a.txt"));
        check("multipart/mixed; boundary=\"a b;c\\\"d\"", "multipart/mixed", "boundary", Some("a b;c\"d"));
        check("attachment; filename=my own file.pdf; size=3", "attachment", "filename", Some("my own file.pdf"));
        check("attachment; filename=\"C:\\dir\\a.pdf\"", "attachment", "filename", Some("C:\\dir\\a.pdf"));
        check("attachment; filename=\"a.pdf; size=3", "attachment", "filename", Some("a.pdf"));
        check("; filename=a", "", "filename", Some("a"));
    }

    #[test]
    fn names_in_other_charsets_read() {
        let name = Some("Löschung.pdf");
        check("attachment; filename*=utf-8''L%C3%B6schung.pdf", "attachment", "filename", name);
        check("attachment; filename*=iso-8859-1'de'L%F6schung.pdf", "attachment", "filename", name);
        check("a/b; name*0*=utf-8''L%C3; name*1*=%B6sch; name*2=\"ung.pdf\"", "a/b", "name", name);
        check("a/b; name*1=\"ung.pdf\"; name*0=L=C3; name=x", "a/b", "name", Some("L=C3ung.pdf"));
        check("a/b; name=\"=?utf-8?q?L=C3=B6schung=2Epdf?=\"", "a/b", "name", name);
        check("a/b; name==?utf-8?q?L=C3=B6schung.pdf?=", "a/b", "name", name);
        check("attachment; filename=\"x.pdf\"; filename*=UTF-8''L%C3%B6schung.pdf", "attachment", "filename", name);
    }
}
