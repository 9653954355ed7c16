//! Hands a mail to the outside: an SMTP server, or, where none is configured, files in the data directory.
//! The same Message-ID every time, so that a second copy can be told for what it is.

use crate::domain::time::Instant;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use tokio::time::timeout;

/// A mail ready to leave.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Who speaks: name and address.
    pub from: (String, String),
    /// To whom: name (may be empty) and address.
    pub to: (String, String),
    /// Where answers go, where that is another address than `from`.
    pub reply_to: Option<String>,
    /// The subject line.
    pub subject: String,
    /// `text/plain`.
    pub text: String,
    /// `text/html`.
    pub html: String,
    /// Without angle brackets.
    pub message_id: String,
    /// What it answers and the thread before it, oldest first, without angle brackets.
    pub references: Vec<String>,
    /// True for mails no person wrote.
    pub automatic: bool,
    /// The date in the header.
    pub date: Instant,
}

/// Why a mail did not leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The server said no for good, or the mail cannot be written; trying again does not help.
    #[error("{0}")]
    Refused(String),
    /// Not now; the mail did not leave.
    #[error("{0}")]
    Later(String),
    /// The connection ended before the server's answer: the mail may have left.
    #[error("{0}")]
    InDoubt(String),
}

/// How long reaching the mail server may take.
const REACHED: Duration = Duration::from_secs(10);
/// How long handing over one mail may take, from first byte to last. The library bounds the connecting only. Each
/// mail has a connection of its own: a pool would hand one that was given up in the middle of a mail to the next.
const HANDED_OVER: Duration = Duration::from_secs(30);

/// Where mail goes.
#[derive(Clone)]
pub enum Transport {
    /// A mail server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// One `.eml` file a mail in this folder.
    Files(PathBuf),
}

impl Transport {
    /// A mail server by its address, such as `smtp://user:password@host:587?tls=required`.
    ///
    /// # Errors
    /// When the address is not understood; the message holds no password.
    pub fn smtp(url: &str) -> Result<Self, String> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
            "mail.smtp_url is not understood; write smtp://user:password@host:587?tls=required or smtps://…".to_owned()
        })?;
        Ok(Self::Smtp(builder.timeout(Some(REACHED)).build()))
    }

    /// Hands the mail over.
    ///
    /// # Errors
    /// As `SendError` tells them apart.
    pub async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let message = built(letter)?;
        match self {
            Self::Smtp(server) => match timeout(HANDED_OVER, server.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(e)) if e.is_permanent() => Err(SendError::Refused(class(&e))),
                Ok(Err(e))
                    if e.is_transient()
                        || e.is_client()
                        || e.is_tls()
                        || e.to_string().starts_with("Connection error") =>
                {
                    Err(SendError::Later(class(&e)))
                }
                Ok(Err(e)) => Err(SendError::InDoubt(class(&e))),
                Err(_) => Err(SendError::InDoubt("the mail server did not answer in time".to_owned())),
            },
            Self::Files(folder) => {
                let (folder, name, bytes) = (folder.clone(), file_name(&letter.message_id), message.formatted());
                let written = tokio::task::spawn_blocking(move || write_whole(&folder, &name, &bytes)).await;
                match written {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(e)) => Err(SendError::Later(format!("the folder for outgoing mail: {e}"))),
                    Err(_) => Err(SendError::InDoubt("writing was interrupted".to_owned())),
                }
            }
        }
    }
}

/// The status or class of an error, without the server's words: they may repeat addresses.
fn class(e: &lettre::transport::smtp::Error) -> String {
    if let Some(code) = e.status() {
        return format!("the mail server answered {code}");
    }
    let what = if e.is_timeout() {
        "did not answer in time"
    } else if e.is_tls() {
        "offers no acceptable encryption"
    } else {
        "could not be reached or hung up"
    };
    format!("the mail server {what}")
}

/// One file a mail, named by its Message-ID: written again, it is the same file.
fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let (part, whole) = (folder.join(format!(".{name}.part")), folder.join(name));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, &whole)?;
    fs::File::open(folder)?.sync_all()
}

fn file_name(message_id: &str) -> String {
    let safe: String = message_id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.@".contains(c) { c } else { '_' })
        .take(150)
        .collect();
    format!("{}.eml", safe.trim_start_matches('.'))
}

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

fn built(letter: &Letter) -> Result<Message, SendError> {
    let refused = |what: &str| SendError::Refused(what.to_owned());
    let mailbox = |(name, address): &(String, String), what: &str| {
        let address = address.parse().map_err(|_| refused(what))?;
        let name = one_line(name);
        Ok::<_, SendError>(Mailbox::new((!name.is_empty()).then_some(name), address))
    };
    let millis = u64::try_from(letter.date.0).unwrap_or_default();
    let mut builder = Message::builder()
        .from(mailbox(&letter.from, "the product's own mail address is not valid")?)
        .to(mailbox(&letter.to, "the person's mail address is not valid")?)
        .subject(one_line(&letter.subject))
        .message_id(Some(format!("<{}>", letter.message_id)))
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis));
    if let Some(address) = &letter.reply_to {
        let named = (letter.from.0.clone(), address.clone());
        builder = builder.reply_to(mailbox(&named, "the product's own mail address is not valid")?);
    }
    if let Some(last) = letter.references.last() {
        let all = letter.references.iter().map(|id| format!("<{id}>")).collect::<Vec<_>>().join(" ");
        builder = builder.in_reply_to(format!("<{last}>")).references(all);
    }
    if letter.automatic {
        builder = builder.header(AutoSubmitted("auto-replied".to_owned())).header(Suppress("All".to_owned()));
    }
    builder
        .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
        .map_err(|_| refused("the mail could not be put together"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{HeaderValue as Parsed, MessageParser};

    fn letter() -> Letter {
        Letter {
            from: ("ImageGen".into(), "privacy@imagegen.example".into()),
            to: ("Renée\r\nBcc: x@evil.example".into(), "r@mail.example".into()),
            reply_to: Some("privacy+abc@imagegen.example".into()),
            subject: "Re: hello\r\nBcc: y@evil.example".into(),
            text: "hi".into(),
            html: "<p>hi</p>".into(),
            message_id: "abc@imagegen.example".into(),
            references: vec!["one@mail.example".into(), "two@mail.example".into()],
            automatic: true,
            date: Instant(1_790_000_000_000),
        }
    }

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
    }

    proptest::proptest! {
        #[test]
        fn s27_no_name_or_subject_can_add_a_header(name in "\\PC{0,40}|[\r\n\"<>,:;@ a-z\u{2028}\u{0}]{0,40}", subject in "(?s).{0,80}") {
            let mut letter = letter();
            letter.to.0 = name;
            letter.subject = subject;
            let bytes = built(&letter).expect("it builds").formatted();
            let parsed = MessageParser::default().parse(&bytes).expect("it parses");
            let mut names: Vec<_> = parsed.headers().iter().map(|h| h.name().to_lowercase()).collect();
            names.sort();
            let expected = [
                "auto-submitted", "content-type", "date", "from", "in-reply-to", "message-id", "mime-version", "references", "reply-to", "subject",
                "to", "x-auto-response-suppress",
            ];
            proptest::prop_assert_eq!(names, expected);
            let to: Vec<_> = parsed.to().into_iter().flat_map(|l| l.iter()).filter_map(|a| a.address().map(str::to_owned)).collect();
            proptest::prop_assert_eq!(to, ["r@mail.example"]);
        }
    }

    #[tokio::test]
    async fn a_file_written_twice_is_one_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let transport = Transport::Files(folder.path().to_owned());
        for _ in 0..2 {
            transport.send(&letter()).await.expect("it is written");
        }
        assert_eq!(fs::read_dir(folder.path()).expect("the folder lists").count(), 1);
    }

    #[tokio::test]
    async fn a_bad_address_is_refused_for_good() {
        let transport = Transport::Files(PathBuf::from("/nonexistent"));
        let mut bad = letter();
        bad.to.1 = "no address".into();
        assert!(matches!(transport.send(&bad).await, Err(SendError::Refused(_))));
    }
}
