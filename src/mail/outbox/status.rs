//! What a server's answer means, in words for staff: the status classes of RFC 3463 and, where a server has none, the
//! reply codes of RFC 5321. Never the server's own words.

use std::error::Error as _;

/// A server's refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// 550.
    code: String,
    /// 5.1.1, where the server says so.
    pub enhanced: Option<String>,
}

impl Answer {
    /// The refusal in an error, if it is one.
    pub fn of(error: &lettre::transport::smtp::Error) -> Option<Self> {
        let code = error.status()?.to_string();
        let text = error.source().map(ToString::to_string).unwrap_or_default();
        let word = text.split_whitespace().next().unwrap_or_default();
        let numbers: Vec<_> = word.split('.').collect();
        let is_number = |n: &&str| (1..=3).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit());
        let is_status = numbers.len() == 3 && numbers.iter().all(is_number) && code.starts_with(numbers[0]);
        Some(Self { code, enhanced: is_status.then(|| word.to_owned()) })
    }

    /// True where the server says that it closes the connection (RFC 5321, 3.8).
    pub fn hangs_up(&self) -> bool {
        self.code == "421"
    }

    /// True where asking again does not help.
    pub fn is_for_good(&self) -> bool {
        self.code.starts_with('5')
    }

    /// True where the answer to a recipient says that this address takes no mail. 5.1.7 and 5.1.8 speak of ours.
    pub fn is_gone(&self) -> bool {
        let detail = self.enhanced.as_deref().and_then(|status| status.strip_prefix("5.1."));
        detail.is_some_and(|detail| !matches!(detail, "7" | "8"))
    }

    /// The answer and what it means.
    pub fn says(&self) -> String {
        let status = self.enhanced.as_ref().map(|status| format!(" {status}")).unwrap_or_default();
        format!("the mail server answered {}{status}: {}", self.code, self.meaning())
    }

    fn meaning(&self) -> &'static str {
        let enhanced = self.enhanced.as_deref().unwrap_or_default();
        let mut parts = enhanced.split('.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("4"), _, _) => "not now; it is tried again",
            (_, Some("1"), Some("7" | "8")) => {
                "it does not like our own address; have the mail server's settings looked at"
            }
            (_, Some("1"), Some("2")) => "the domain takes no mail; ask the person for another address",
            (_, Some("1"), Some(_)) => "there is no such mailbox; ask the person for another address",
            (_, Some("2"), Some("2")) => "the mailbox is full; send it again in some days",
            (_, Some("2"), Some("3")) | (_, Some("3"), Some("4")) => "the mail is too large for it",
            (_, Some("2"), Some(_)) => "the mailbox is closed; ask the person for another address",
            (_, Some("4"), Some(_)) => "it knows no way there; have the mail server's settings looked at",
            (_, Some("7"), Some(_)) => "its rules forbid it; have SPF, DKIM and the mail server's settings looked at",
            _ => match self.code.as_str() {
                code if code.starts_with('4') => "not now; it is tried again",
                "550" | "551" | "553" => "it does not take mail for this address; ask the person for another one",
                "552" => "the mailbox is full or the mail too large",
                "530" | "535" => "it wants a user and a password; have the configuration looked at",
                _ => "it refuses the mail; have the mail server's log looked at",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: &str, enhanced: Option<&str>) -> Answer {
        Answer { code: code.to_owned(), enhanced: enhanced.map(str::to_owned) }
    }

    #[test]
    fn an_answer_says_what_to_do_and_only_some_say_that_the_address_is_gone() {
        for (code, enhanced, gone, needle) in [
            ("550", Some("5.1.1"), true, "another address"),
            ("550", Some("5.1.10"), true, "another address"),
            ("553", Some("5.1.8"), false, "our own address"),
            ("550", Some("5.7.26"), false, "SPF"),
            ("552", Some("5.2.2"), false, "full"),
            ("550", None, false, "another one"),
            ("451", Some("4.7.1"), false, "tried again"),
            ("450", None, false, "tried again"),
            ("554", None, false, "log"),
        ] {
            let answer = answer(code, enhanced);
            assert_eq!(answer.is_gone(), gone, "{code} {enhanced:?}");
            assert!(answer.says().contains(needle) && answer.says().contains(code), "{}", answer.says());
        }
        assert!(answer("421", None).hangs_up());
    }
}
