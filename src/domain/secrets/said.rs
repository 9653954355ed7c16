//! Secrets that are known by the words before them or by their own shape: passwords, security codes, keys.

use super::{Secret, Span, digits, is_cover};

/// What people call a password, in lower case.
const PASSWORDS: [&str; 24] = [
    "password",
    "passwort",
    "kennwort",
    "passcode",
    "passwd",
    "pwd",
    "login password",
    "mot de passe",
    "mdp",
    "contraseña",
    "contrasena",
    "senha",
    "palavra-passe",
    "parola d'ordine",
    "wachtwoord",
    "lösenord",
    "hasło",
    "пароль",
    "şifre",
    "पासवर्ड",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
];
/// Secrets of several words.
const PHRASES: [&str; 5] = ["passphrase", "seed phrase", "recovery phrase", "secret phrase", "upi pin"];
/// What people call the digits on a card's back.
const CODES: [&str; 7] = ["cvv2", "cvv", "cvc2", "cvc", "security code", "prüfziffer", "sicherheitscode"];
/// Words that stand between the name and what is named.
const IS: [&str; 10] = ["is", "was", "ist", "lautet", "war", "est", "es", "é", "है", "="];
/// How keys of services begin, and how long they are at least.
const KEYS: [(&str, usize); 20] = [
    ("sk_live_", 20),
    ("sk_test_", 20),
    ("rk_live_", 20),
    ("whsec_", 24),
    ("AKIA", 20),
    ("ASIA", 20),
    ("ghp_", 36),
    ("gho_", 36),
    ("ghs_", 36),
    ("ghu_", 36),
    ("github_pat_", 40),
    ("glpat-", 24),
    ("xoxb-", 24),
    ("xoxp-", 24),
    ("AIza", 39),
    ("sk-ant-", 30),
    ("sk-proj-", 30),
    ("npm_", 36),
    ("hf_", 30),
    ("SG.", 60),
];

/// Every such secret of `text`; they may overlap.
pub fn find(text: &str) -> Vec<Span> {
    let mut found = private_keys(text);
    let mut before = None;
    let mut skip = 0;
    for (at, c) in text.char_indices() {
        // some scripts put nothing between words
        let is_start = c >= '\u{3000}' || before.is_none_or(|b: char| !b.is_alphanumeric() && b != '_');
        before = Some(c);
        if !is_start || at < skip || !c.is_alphanumeric() {
            continue;
        }
        if let Some(span) = named(text, at).or_else(|| key(text, at)) {
            skip = span.end;
            found.push(span);
        }
    }
    found
}

/// What is said to be a password or a code by the words at `at`.
fn named(text: &str, at: usize) -> Option<Span> {
    let head: String = text[at..].chars().take(16).flat_map(char::to_lowercase).collect();
    let name = |names: &[&'static str]| names.iter().copied().find(|name| head.starts_with(name));
    // lower case may have another length, so that the name is counted in characters
    let after = |name: &str| text[at..].char_indices().nth(name.chars().count()).map(|(n, _)| at + n);
    if let Some(name) = name(&PHRASES) {
        let start = colon(text, after(name)?)?;
        let end = text[start..].find('\n').map_or(text.len(), |n| start + n);
        return value(text, start, end, Secret::Password);
    }
    if let Some(name) = name(&PASSWORDS) {
        return password(text, after(name)?);
    }
    let from = after(name(&CODES)?)?;
    let digit = text[from..].char_indices().take(12).find(|(_, c)| digits::value(*c).is_some() || *c == '\n');
    let start = from + digit.filter(|(_, c)| *c != '\n')?.0;
    let code: Vec<_> = text[start..].chars().take_while(|c| digits::value(*c).is_some()).take(5).collect();
    let end = start + code.iter().map(|c| c.len_utf8()).sum::<usize>();
    matches!(code.len(), 3 | 4).then_some(Span { start, end, kind: Secret::SecurityCode })
}

/// Behind a colon every word counts; behind "is" or a line's end only what no language has as a word.
fn password(text: &str, from: usize) -> Option<Span> {
    let (start, must_look_odd) = match colon(text, from) {
        Some(start) if text[start..].starts_with('\n') => (start + 1, true),
        Some(start) => (start, false),
        None => {
            let rest = text[from..].trim_start_matches([' ', '\t']);
            let word = IS.iter().find(|word| rest.strip_prefix(**word).is_some_and(|r| r.starts_with([' ', ':'])))?;
            let start = text.len() - rest.len() + word.len();
            colon(text, start).map_or((spaces(text, start), true), |start| (start, false))
        }
    };
    let end = text[start..].find(char::is_whitespace).map_or(text.len(), |n| start + n);
    let span = value(text, start, end, Secret::Password)?;
    let odd = |c: char| !c.is_alphabetic() && !matches!(c, '\'' | '’' | '-');
    let is_odd = text[span.start..span.end].chars().any(odd);
    (!must_look_odd || is_odd).then_some(span)
}

/// Where what follows a colon begins; none without a colon.
fn colon(text: &str, from: usize) -> Option<usize> {
    let at = spaces(text, from);
    let sign = text[at..].chars().next().filter(|c| matches!(c, ':' | '：' | '='))?;
    Some(spaces(text, at + sign.len_utf8()))
}

fn spaces(text: &str, from: usize) -> usize {
    text.len() - text[from..].trim_start_matches([' ', '\t', '\u{a0}']).len()
}

/// The value between `start` and `end` without the quotes and full stops around it.
fn value(text: &str, start: usize, end: usize, kind: Secret) -> Option<Span> {
    const AROUND: [char; 16] = ['"', '\'', '“', '”', '„', '«', '»', '‘', '’', '`', ',', ';', '.', '*', '(', ')'];
    let whole = text.get(start..end)?;
    let from = start + whole.len() - whole.trim_start_matches(AROUND).trim_start().len();
    let to = from + text[from..end].trim_end().trim_end_matches(AROUND).len();
    let is_secret = text[from..to].chars().count() >= 3 && !is_cover(&text[from..to]);
    is_secret.then_some(Span { start: from, end: to, kind })
}

/// A key of a service by how it begins.
fn key(text: &str, at: usize) -> Option<Span> {
    let rest = &text[at..];
    let (_, least) = KEYS.iter().find(|(head, _)| rest.starts_with(head))?;
    let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')).count();
    let length = rest[..length].trim_end_matches('.').len();
    (length >= *least).then_some(Span { start: at, end: at + length, kind: Secret::ApiKey })
}

/// Private keys between the lines that begin and end them (RFC 7468); one without an end goes to the text's end.
fn private_keys(text: &str) -> Vec<Span> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(start) = text[at..].find("-----BEGIN ").map(|n| at + n) {
        let line = text[start..].lines().next().unwrap_or_default();
        at = start + line.len();
        if !line.contains("PRIVATE KEY") {
            continue;
        }
        let end = text[at..].find("-----END ").map(|n| at + n);
        let end = end.map_or(text.len(), |n| n + text[n..].lines().next().unwrap_or_default().len());
        found.push(Span { start, end, kind: Secret::PrivateKey });
        at = end;
    }
    found
}
