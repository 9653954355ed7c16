//! What a mail is once it has been read: values only. Nothing here reads a mail.

use super::problem::Problem;
use crate::{domain::time::Instant, mail::report::Report};

/// How much of a mail is read. What lies beyond makes a stub: the headers and the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole mail.
    pub bytes: usize,
    /// Bytes of the headers of the mail, or of one part.
    pub header_bytes: usize,
    /// Parts that hold no further parts.
    pub parts: usize,
    /// Multiparts within multiparts.
    pub depth: usize,
    /// Bytes of the letter's text, in UTF-8.
    pub text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 << 20, header_bytes: 256 << 10, parts: 500, depth: 20, text_bytes: 2 << 20 }
    }
}

/// A mail, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// The writer's name; may be empty.
    pub name: String,
    /// The writer's address; empty where the mail names nobody.
    pub address: String,
    /// The first usable address of Reply-To.
    pub reply_to: Option<String>,
    /// Addresses of To, Cc and the headers that mail servers write about delivery; lower case, each once, at most 100.
    pub recipients: Vec<String>,
    /// The subject on one line; may be empty.
    pub subject: String,
    /// Its own id without angle brackets, or one made from its content.
    pub message_id: String,
    /// False where the id was made from the content.
    pub own_id: bool,
    /// The ids of In-Reply-To, in the mail's order, without angle brackets.
    pub in_reply_to: Vec<String>,
    /// The ids of References, in the mail's order, without angle brackets.
    pub references: Vec<String>,
    /// When it says it was written.
    pub date: Option<Instant>,
    /// The letter's text; HTML is turned into text; line ends are `\n`.
    pub text: String,
    /// True where it has an HTML version too, or only that.
    pub rich: bool,
    /// What came with it.
    pub files: Vec<Attached>,
    /// How the letter is signed or encrypted.
    pub protection: Option<Protection>,
    /// What shows that no person wrote it; empty for people's mail.
    pub automatic: Vec<String>,
    /// What it says about the delivery of other mail.
    pub report: Option<Report>,
    /// What was wrong with it.
    pub problems: Vec<Problem>,
    /// The limit it goes beyond, in words; then it is a stub without text and files.
    pub over: Option<String>,
}

impl Letter {
    /// The ids it answers, nearest first: those of In-Reply-To, then those of References from the last to the first.
    #[must_use]
    pub fn answers(&self) -> Vec<String> {
        let all = self.in_reply_to.iter().chain(self.references.iter().rev());
        let mut answers: Vec<String> = Vec::new();
        for id in all {
            if answers.len() < 50 && !answers.contains(id) {
                answers.push(id.clone());
            }
        }
        answers
    }

    /// The id that its writer's program gave it; none where it was made from the content.
    #[must_use]
    pub fn given_id(&self) -> Option<&str> {
        self.own_id.then_some(self.message_id.as_str())
    }
}

/// An attachment by what the mail says of it; not decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The name, cleaned of path parts.
    pub name: String,
    /// The type the mail claims; lower case.
    pub media_type: String,
    /// Bytes as they stand in the mail, still encoded.
    pub encoded_size: usize,
    /// Its place, by which a download asks for it.
    pub part: usize,
    /// Its Content-ID without angle brackets.
    pub content_id: Option<String>,
    /// True where the mail shows it within its text.
    pub inline: bool,
    /// What kind of thing it is.
    pub what: What,
}

/// What kind of thing came with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A file.
    File,
    /// A file within the text, uuencoded.
    Uuencoded,
    /// Outlook's package of attachments (TNEF); kept whole.
    Winmail,
    /// Another mail.
    Message,
    /// A signature over the mail, or signed content that only its program opens.
    Signature,
    /// Encrypted content.
    Encrypted,
    /// A key or certificate.
    Key,
    /// What a mail server reports about other mail.
    Report,
    /// An invitation or its answer.
    Calendar,
}

impl What {
    /// Its code, in lower case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Uuencoded => "uuencoded",
            Self::Winmail => "winmail",
            Self::Message => "message",
            Self::Signature => "signature",
            Self::Encrypted => "encrypted",
            Self::Key => "key",
            Self::Report => "report",
            Self::Calendar => "calendar",
        }
    }
}

/// How a letter is signed or encrypted; recognised, never opened or checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// S/MIME, signed (RFC 8551).
    SmimeSigned,
    /// S/MIME, encrypted (RFC 8551).
    SmimeEncrypted,
    /// `OpenPGP`, signed (RFC 3156, or within the text).
    PgpSigned,
    /// `OpenPGP`, encrypted (RFC 3156, or within the text).
    PgpEncrypted,
}

impl Protection {
    /// Its code, for example `pgp-signed`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SmimeSigned => "smime-signed",
            Self::SmimeEncrypted => "smime-encrypted",
            Self::PgpSigned => "pgp-signed",
            Self::PgpEncrypted => "pgp-encrypted",
        }
    }

    /// What staff read about it.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::SmimeSigned => "signed with S/MIME; the signature was not checked",
            Self::SmimeEncrypted => "encrypted with S/MIME; its content cannot be read here",
            Self::PgpSigned => "signed with OpenPGP; the signature was not checked",
            Self::PgpEncrypted => "encrypted with OpenPGP; its content cannot be read here",
        }
    }

    /// True where the content is out of reach.
    #[must_use]
    pub const fn is_encrypted(self) -> bool {
        matches!(self, Self::SmimeEncrypted | Self::PgpEncrypted)
    }
}
