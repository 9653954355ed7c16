//! The bytes of a mail: its headers, which thread, stop loops and cannot be split, and its two texts.

use super::{Automatic, Letter, SendError};
use lettre::{
    Message,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
};
use std::time::{Duration, SystemTime};

macro_rules! header {
    ($name:ident $text:literal) => {
        #[derive(Clone)]
        struct $name(String);
        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($text)
            }
            fn parse(s: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(s.to_owned()))
            }
            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}
header!(AutoSubmitted "Auto-Submitted");
header!(Suppress "X-Auto-Response-Suppress");

/// A header's text without control characters or line separators: nothing in it can begin another header.
fn one_line(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c });
    plain.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text whose lines all end alike: a carriage return that stands alone means an end to some servers and nothing to others
/// (RFC 5321, 2.3.8).
fn whole_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The mail as it leaves. Automatic mail says so by RFC 3834 and in the words of Exchange; it has no `Precedence`, which
/// no standard defines and which filters take for advertising.
///
/// # Errors
/// `Refused` where an address is none.
pub(super) fn built(letter: &Letter) -> Result<Message, SendError> {
    let refused = |what: &str| SendError::Refused(what.to_owned());
    let mailbox = |(name, address): (&str, &str), what: &str| {
        let address = address.parse().map_err(|_| refused(what))?;
        let name = one_line(name);
        Ok::<_, SendError>(Mailbox::new((!name.is_empty()).then_some(name), address))
    };
    let own = "the product's own mail address is not valid";
    let millis = u64::try_from(letter.date.0).unwrap_or_default();
    let mut builder = Message::builder()
        .from(mailbox((&letter.from.0, &letter.from.1), own)?)
        .to(mailbox((&letter.to.0, &letter.to.1), "the person's mail address is not valid")?)
        .subject(one_line(&letter.subject))
        .message_id(Some(format!("<{}>", letter.message_id)))
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis));
    if let Some(address) = &letter.reply_to {
        builder = builder.reply_to(mailbox((&letter.from.0, address), own)?);
    }
    if let Some(last) = letter.references.last() {
        let all = letter.references.iter().map(|id| format!("<{}>", one_line(id))).collect::<Vec<_>>().join(" ");
        builder = builder.in_reply_to(format!("<{}>", one_line(last))).references(all);
    }
    if let Some(automatic) = letter.automatic {
        let submitted = match automatic {
            Automatic::Replied => "auto-replied",
            Automatic::Generated => "auto-generated",
        };
        builder = builder.header(AutoSubmitted(submitted.to_owned())).header(Suppress("All".to_owned()));
    }
    builder
        .multipart(MultiPart::alternative_plain_html(whole_lines(&letter.text), whole_lines(&letter.html)))
        .map_err(|_| refused("the mail could not be put together"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::letter;
    use super::*;
    use mail_parser::{HeaderValue as Parsed, MessageParser};

    #[test]
    fn s27_headers_thread_stop_loops_and_cannot_be_split() {
        let bytes = built(&letter()).expect("it builds").formatted();
        let parsed = MessageParser::default().parse(&bytes).expect("it parses");
        assert!(parsed.bcc().is_none(), "a header was smuggled in");
        assert_eq!(parsed.message_id(), Some("abc@imagegen.example"));
        assert_eq!(parsed.in_reply_to().as_text(), Some("two@mail.example"));
        assert!(matches!(parsed.references(), Parsed::TextList(list) if list.len() == 2));
        assert_eq!(parsed.header("Auto-Submitted").and_then(|v| v.as_text()), Some("auto-replied"));
        assert_eq!(parsed.to().map(|list| list.iter().count()), Some(1));
        let person = Letter { automatic: None, ..letter() };
        let bytes = built(&person).expect("it builds").formatted();
        let parsed = MessageParser::default().parse(&bytes).expect("it parses");
        assert!(parsed.header("Auto-Submitted").is_none() && parsed.header("X-Auto-Response-Suppress").is_none());
    }

    #[test]
    fn s27_bodies_have_no_bare_line_feed_and_no_overlong_line() {
        let text = format!("one\ntwo\rthree\r\n.\n..\n{}\u{fc}", "long ".repeat(400));
        let plain = "one\n..\n.\r.\nQUIT\r".to_owned();
        let short = built(&Letter { text: plain.clone(), html: plain, ..letter() }).expect("it builds").formatted();
        let alone = short.iter().enumerate().any(|(at, b)| *b == b'\r' && short.get(at + 1) != Some(&b'\n'));
        assert!(!alone, "a carriage return that stands alone is an end of line to some servers");
        let bytes = built(&Letter { text, ..letter() }).expect("it builds").formatted();
        let bare = bytes.iter().enumerate().any(|(at, b)| *b == b'\n' && (at == 0 || bytes[at - 1] != b'\r'));
        assert!(!bare, "a bare line feed may end a mail early on some servers");
        assert!(bytes.split(|b| *b == b'\n').all(|line| line.len() <= 998), "RFC 5322, 2.1.1");
        assert!(bytes.is_ascii(), "it passes servers that take seven bits");
    }

    proptest::proptest! {
        #[test]
        fn s27_nothing_that_strangers_choose_can_add_a_header(
            name in "\\PC{0,40}|[\r\n\"<>,:;@ a-z\u{2028}\u{0}]{0,40}", subject in "(?s).{0,80}", id in "[\r\n a-z.@:]{1,40}",
        ) {
            let mut letter = letter();
            letter.to.0 = name;
            letter.subject = subject;
            letter.references.push(id);
            let bytes = built(&letter).expect("it builds").formatted();
            let parsed = MessageParser::default().parse(&bytes).expect("it parses");
            let mut names: Vec<_> = parsed.headers().iter().map(|h| h.name().to_lowercase()).collect();
            names.sort();
            let expected = [
                "auto-submitted", "content-type", "date", "from", "in-reply-to", "message-id", "mime-version", "references", "reply-to",
                "subject", "to", "x-auto-response-suppress",
            ];
            proptest::prop_assert_eq!(names, expected);
            let to: Vec<_> = parsed.to().into_iter().flat_map(|l| l.iter()).filter_map(|a| a.address().map(str::to_owned)).collect();
            proptest::prop_assert_eq!(to, ["r@mail.example"]);
        }
    }
}
