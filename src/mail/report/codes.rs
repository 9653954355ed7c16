//! Codes in what servers say, and what they mean for sending again.

/// The first enhanced status code (RFC 3463) in `text`, such as `5.1.1`.
pub fn status(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    for at in 0..bytes.len() {
        let begins = matches!(bytes[at], b'2' | b'4' | b'5')
            && bytes.get(at + 1) == Some(&b'.')
            && match at.checked_sub(1).map(|before| bytes[before]) {
                None => true,
                // a further line of a reply: 550-5.1.1
                Some(b'-') => at >= 2 && bytes[at - 2].is_ascii_digit(),
                Some(before) => before != b'.' && !before.is_ascii_alphanumeric(),
            };
        if !begins {
            continue;
        }
        let subject = figures(bytes, at + 2);
        let detail = figures(bytes, at + 2 + subject + 1);
        let end = at + 3 + subject + detail;
        let is_ended = match bytes.get(end) {
            None => true,
            // an IP address or a version has more
            Some(b'.') => bytes.get(end + 1).is_none_or(|b| !b.is_ascii_digit()),
            Some(b) => !b.is_ascii_alphanumeric(),
        };
        if subject == 1
            && bytes[at + 2] <= b'7'
            && (1..=3).contains(&detail)
            && bytes.get(at + 2 + subject) == Some(&b'.')
            && is_ended
        {
            return text.get(at..end).map(str::to_owned);
        }
    }
    None
}

fn figures(bytes: &[u8], from: usize) -> usize {
    bytes.get(from..).unwrap_or_default().iter().take(4).take_while(|b| b.is_ascii_digit()).count()
}

/// The first SMTP reply code (RFC 5321) in `text` that refuses, else the first that accepts: three figures by
/// themselves, with words behind them.
pub fn reply_code(text: &str) -> Option<u16> {
    let mut accepting = None;
    let bytes = text.as_bytes();
    for at in 0..bytes.len() {
        let begins = matches!(bytes[at], b'2' | b'4' | b'5')
            && figures(bytes, at) == 3
            && matches!(bytes[at + 1], b'0'..=b'5' | b'7')
            && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric() && !b".-@=/".contains(&bytes[at - 1]));
        let is_ended = bytes.get(at + 3).is_none_or(|b| b" -\t\n#'\"_)>:,;".contains(b));
        if !begins || !is_ended || is_counted(&text[at + 3..]) {
            continue;
        }
        let code = text[at..at + 3].parse().ok();
        if bytes[at] != b'2' {
            return code;
        }
        accepting = accepting.or(code);
    }
    accepting
}

/// "500 messages" and "550 KB" are no replies.
fn is_counted(after: &str) -> bool {
    let word = after.trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    matches!(word, "KB" | "MB" | "kB" | "bytes" | "Bytes" | "messages" | "hours" | "minutes" | "seconds" | "days")
}

/// A few words of what the other server said: without codes in front, on one line, at most 300 characters; without
/// such words what the status code stands for.
pub fn reason(diagnostic: &str, status_field: &str) -> String {
    let text = diagnostic.trim();
    let text = match text.split_once(';') {
        Some((kind, rest)) if kind.len() < 20 && kind.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {
            rest
        }
        _ => text,
    };
    let reply = reply_code(text).map(|code| code.to_string()).unwrap_or_default();
    let mut kept: Vec<&str> = Vec::new();
    let mut after_code = true;
    for word in text.split_whitespace() {
        // each line of a long reply repeats its codes ("550-5.1.1")
        let bare = word.trim_start_matches(['#', '(']).trim_end_matches([':', '-', ')', ';', ',']);
        let repeats = !reply.is_empty() && bare.split('-').next() == Some(&reply);
        let behind = bare.split_once('-').map_or(bare, |(_, behind)| behind);
        let is_status = status(behind).is_some_and(|found| behind == found);
        let is_note = is_status && word.contains('#');
        after_code =
            is_note || (repeats && (is_status || bare == reply)) || (after_code && (is_status || is_number(bare)));
        if !after_code {
            kept.push(word);
        }
    }
    let mut reason: String = kept.join(" ").chars().filter(|c| !c.is_control()).take(300).collect();
    if reason.ends_with('>') && !reason.contains('<') {
        reason.pop();
    }
    if reason.is_empty() {
        let comment = status_field.split_once('(').map(|(_, rest)| rest.trim_end_matches(')').trim().to_owned());
        reason = comment
            .filter(|c| !c.is_empty())
            .or_else(|| status(status_field).map(|s| meaning(&s).to_owned()))
            .unwrap_or_default();
    }
    reason
}

fn is_number(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit())
}

/// RFC 3463 in a few words.
fn meaning(status: &str) -> &'static str {
    let (class, rest) = status.split_once('.').unwrap_or((status, ""));
    match (class, rest) {
        (_, "1.1") => "no such mailbox",
        (_, "1.2") => "no such domain",
        (_, "1.3") => "the address is malformed",
        (_, "1.6") => "the mailbox has moved",
        (_, "1.10") => "the address takes no mail",
        (_, "2.0") => "a problem with the mailbox",
        (_, "2.1") => "the mailbox is disabled",
        (_, "2.2") => "the mailbox is full",
        (_, "2.3" | "3.4") => "the mail is too large",
        (_, "4.1") => "the server does not answer",
        (_, "4.4") => "there is no route to the server",
        (_, "4.7") => "it took too long",
        (_, "7.0" | "7.1") => "refused by a rule of the server",
        ("2", _) => "it arrived",
        ("4", _) => "it may arrive later",
        ("5", _) => "it was refused for good",
        _ => "",
    }
}

/// Whether sending the same again would fail again. The table:
///
/// | what the report says | hard |
/// |---|---|
/// | any action but `failed` | no |
/// | class 4 | no: it failed because it took too long |
/// | x.2.2 full, x.2.3 and x.3.4 too large, x.3.1 and x.3.2 server full or closed, x.4.5 and x.4.7 busy or too late, x.5.3 too many | no |
/// | any other of class 5 | yes |
/// | x.0.0 or none: reply 4xx, 452, 552, or words for full, too large, later | no |
/// | anything else that failed | yes |
pub fn is_hard(action: &str, status_code: Option<&str>, reply_code: Option<u16>, words: &str) -> bool {
    if action != "failed" {
        return false;
    }
    // the other server's own code says more than the one for everything
    let exact = |code: &&str| code.len() > 2 && !code.ends_with(".0.0");
    let in_words = status(words);
    let code = status_code.filter(exact).or(in_words.as_deref().filter(exact)).or(status_code);
    if code.is_some_and(|code| code.starts_with('4')) {
        return false;
    }
    if let Some((_, detail)) = code.filter(exact).and_then(|code| code.split_once('.')) {
        let is_soft = matches!(detail, "2.2" | "2.3" | "3.1" | "3.2" | "3.4" | "4.5" | "4.7" | "5.3");
        let may_pass = detail.ends_with(".0") && is_passing(words);
        return !is_soft && !may_pass;
    }
    !reply_code.is_some_and(|code| code < 500 || code == 552) && !is_passing(words)
}

/// Words for what passes by itself.
fn is_passing(words: &str) -> bool {
    const PASSING: [&str; 26] = [
        "mailbox full",
        "mailbox is full",
        "full mailbox",
        "inbox is full",
        "inbox full",
        "over quota",
        "overquota",
        "over-quota",
        "quota exceeded",
        "exceeded its quota",
        "exceeds quota",
        "exceeded storage",
        "storage limit",
        "insufficient storage",
        "insufficient system storage",
        "not enough space",
        "too large",
        "too big",
        "size limit",
        "size exceeds",
        "try again",
        "temporar",
        "greylist",
        "timed out",
        "time-out",
        "timeout",
    ];
    let words = words.to_lowercase();
    PASSING.iter().any(|passing| words.contains(passing))
        || [
            "quota",
            "postfach ist voll",
            "postfach voll",
            "boîte pleine",
            "buzón lleno",
            "ящик переполнен",
            "переполнен",
        ]
        .iter()
        .any(|w| words.contains(w))
}
