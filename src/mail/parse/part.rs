//! One part of a mail by what its headers say: its type, its name, how it travels and what kind of thing it is.
//! Never decodes a body, but for the first bytes that tell signed from encrypted content and name a mail by its subject.

use super::{
    Problem, Protection, What, charset,
    clean::{file_name, one_line, unfolded},
    head::{self, Head},
    params::{self, Value},
    transfer::{self, Transfer},
    words,
};
use std::borrow::Cow;

/// What a part stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Nothing: it is the whole mail.
    Mail,
    /// Things that follow each other.
    Mixed,
    /// Versions of one thing.
    Alternative,
    /// A text and what it shows.
    Related,
    /// A collection of mails.
    Digest,
    /// Encrypted content and what says so.
    Encrypted,
}

/// Whether a part asks to be shown or to be filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// It does not say.
    Unsaid,
    /// Within the text.
    Inline,
    /// As a file.
    Attachment,
}

/// One part that holds no further parts.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Its headers as they stand, with the empty line after them.
    pub head: Cow<'a, [u8]>,
    /// The body as it stands in the mail, still encoded.
    pub body: Cow<'a, [u8]>,
    /// Its type in lower case, for example `text/plain`, with its parameters.
    pub said: Value,
    /// The file name, if the part has one; not cleaned.
    pub name: Option<String>,
    /// How it travels.
    pub transfer: Transfer,
    /// Without angle brackets.
    pub content_id: Option<String>,
    /// Whether it asks to be shown or filed.
    pub disposition: Disposition,
    /// What it stands in.
    pub context: Context,
}

/// Types that hold the words of a letter. Other text is a file.
const LETTER: [&str; 8] = [
    "text/plain",
    "text/html",
    "text/enriched",
    "text/richtext",
    "text/markdown",
    "text/x-markdown",
    "text/x-amp-html",
    "text/watch-html",
];

/// The type and the transfer encoding of an entity, mended where they must be.
pub fn said(head: &Head<'_>, context: Context, problems: &mut Vec<Problem>) -> (Value, Transfer) {
    let text = |name: &str| head.get(name).map(|value| charset::raw_header(&unfolded(value), ""));
    let mut said = text("Content-Type").map(|value| params::read(&value, problems)).unwrap_or_default();
    let mended = match said.value.as_str() {
        "" if context == Context::Digest => "message/rfc822",
        "" | "text" | "text/" | "plain" | "/plain" | "text/text" | "text/unknown" | "text/ascii" => "text/plain",
        "html" | "/html" => "text/html",
        "multipart" | "multipart/" => "multipart/mixed",
        value if !value.contains('/') && said.get("boundary").is_some() => "multipart/mixed",
        value if !value.contains('/') => {
            // RFC 2045, section 5.2: what is no type at all is plain text
            if head.get("Content-Disposition").is_some() || said.get("name").is_some() {
                "application/octet-stream"
            } else {
                "text/plain"
            }
        }
        value => value,
    };
    if mended != said.value {
        if !said.value.is_empty() {
            problems.push(Problem::new("content_type", "a part's type is not written as one"));
        }
        said.value = mended.to_owned();
    }
    let transfer = text("Content-Transfer-Encoding").map_or(Transfer::Identity, |value| Transfer::of(&value));
    if transfer == Transfer::Unknown {
        problems
            .push(Problem::new("transfer_encoding", "a part's transfer encoding is not known; it is kept as it is"));
    }
    (said, transfer)
}

/// What the parts of a multipart stand in.
pub fn context_of(media_type: &str) -> Context {
    match media_type {
        "multipart/alternative" => Context::Alternative,
        "multipart/related" => Context::Related,
        "multipart/digest" => Context::Digest,
        "multipart/encrypted" => Context::Encrypted,
        _ => Context::Mixed,
    }
}

/// A multipart that has no parts, as the text it is.
pub fn plain(mut said: Value) -> Value {
    "text/plain".clone_into(&mut said.value);
    said
}

/// RFC 1847: the protocol says who signed or encrypted.
pub fn protection_of_multipart(said: &Value) -> Option<Protection> {
    let protocol = said.get("protocol").unwrap_or_default().to_lowercase();
    let is_pgp = protocol.contains("pgp");
    match said.value.as_str() {
        "multipart/signed" if is_pgp => Some(Protection::PgpSigned),
        "multipart/signed" => Some(Protection::SmimeSigned),
        "multipart/encrypted" if is_pgp || !protocol.contains("pkcs7") => Some(Protection::PgpEncrypted),
        "multipart/encrypted" => Some(Protection::SmimeEncrypted),
        _ => None,
    }
}

impl<'a> Part<'a> {
    /// A part by its headers.
    pub fn of(head: &Head<'a>, said: Value, transfer: Transfer, context: Context, problems: &mut Vec<Problem>) -> Self {
        let text = |name: &str| head.get(name).map(|value| charset::raw_header(&unfolded(value), ""));
        let disposed = text("Content-Disposition").map(|value| params::read(&value, problems)).unwrap_or_default();
        let disposition = match disposed.value.as_str() {
            "" => Disposition::Unsaid,
            "inline" => Disposition::Inline,
            _ => Disposition::Attachment,
        };
        let named = |value: &str| !value.trim().is_empty();
        let name = disposed.get("filename").or(disposed.get("name")).filter(|name| named(name));
        let name = name.or_else(|| said.get("name").or(said.get("filename")).filter(|name| named(name)));
        let content_id = text("Content-ID").map(|id| one_line(&id).trim_matches(['<', '>', ' ']).to_owned());
        Self {
            head: Cow::Borrowed(head.raw),
            body: Cow::Borrowed(head.body),
            name: name.map(str::to_owned),
            said,
            transfer,
            content_id: content_id.filter(|id| !id.is_empty()),
            disposition,
            context,
        }
    }

    /// True for text that could be the letter's own, whatever its name.
    pub fn is_text(&self) -> bool {
        LETTER.contains(&self.said.value.as_str()) && self.disposition != Disposition::Attachment
    }

    /// True for text that belongs to the letter itself.
    pub fn is_letter(&self) -> bool {
        self.is_text() && (self.name.is_none() || self.context == Context::Alternative)
    }

    /// True for HTML.
    pub fn is_html(&self) -> bool {
        self.said.value == "text/html"
    }

    fn has_name(&self, ending: &str) -> bool {
        self.name.as_ref().is_some_and(|name| name.to_lowercase().ends_with(ending))
    }

    /// What kind of thing it is.
    pub fn what(&self) -> What {
        let media_type = self.said.value.as_str();
        match media_type {
            "application/ms-tnef" | "application/vnd.ms-tnef" => What::Winmail,
            _ if self.has_name("winmail.dat") => What::Winmail,
            "message/rfc822" | "message/global" | "message/news" => What::Message,
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => self.smime(),
            "application/pkcs7-signature" | "application/x-pkcs7-signature" | "application/pgp-signature" => {
                What::Signature
            }
            "application/octet-stream" if self.has_name(".p7m") => self.smime(),
            "application/octet-stream" if self.has_name(".p7s") => What::Signature,
            "application/pgp-encrypted" => What::Encrypted,
            "application/pgp-keys" | "application/pkix-cert" | "application/x-x509-ca-cert" => What::Key,
            "message/delivery-status"
            | "message/feedback-report"
            | "message/disposition-notification"
            | "text/rfc822-headers"
            | "message/global-delivery-status"
            | "message/global-headers" => What::Report,
            "text/calendar" | "application/ics" => What::Calendar,
            _ if self.transfer == Transfer::Uu => What::Uuencoded,
            _ if self.context == Context::Encrypted => What::Encrypted,
            _ => What::File,
        }
    }

    /// Signed or encrypted (RFC 8551, section 3.2.2); where the mail does not say, the content's own type does.
    fn smime(&self) -> What {
        /// The object identifiers of signed data and of enveloped data (RFC 5652, sections 5.1 and 6.1).
        const SIGNED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
        let kind = self.said.get("smime-type").unwrap_or_default().to_lowercase();
        match kind.as_str() {
            "signed-data" => What::Signature,
            "certs-only" => What::Key,
            "" => {
                let (first, _) = transfer::decoded(&self.body[..self.body.len().min(200)], self.transfer, 64);
                let is_signed = memchr::memmem::find(&first, SIGNED).is_some();
                if is_signed { What::Signature } else { What::Encrypted }
            }
            _ => What::Encrypted,
        }
    }

    /// How the letter is protected by this part being in it.
    pub fn protection(&self) -> Option<Protection> {
        let is_smime = self.said.value.contains("pkcs7-mime") || self.has_name("smime.p7m");
        match self.what() {
            What::Signature if is_smime => Some(Protection::SmimeSigned),
            What::Encrypted if is_smime => Some(Protection::SmimeEncrypted),
            What::Encrypted if self.said.value == "application/pgp-encrypted" => Some(Protection::PgpEncrypted),
            _ => None,
        }
    }

    /// The type the mail claims, but for Outlook's packages, which go by many.
    pub fn media_type(&self) -> String {
        let media_type = if self.what() == What::Winmail { "application/ms-tnef" } else { &self.said.value };
        one_line(media_type)
    }

    /// Its name, cleaned, or one made from what it is.
    pub fn file_name(&self, number: usize) -> String {
        if self.what() == What::Winmail {
            return "winmail.dat".to_owned();
        }
        let name = self.name.as_deref().unwrap_or_default();
        file_name(name, || self.made_name(number))
    }

    fn made_name(&self, number: usize) -> String {
        let fixed = match self.said.value.as_str() {
            "message/rfc822" | "message/global" | "message/news" => return self.name_of_mail(),
            "message/delivery-status" | "message/global-delivery-status" => "delivery-status.txt",
            "message/feedback-report" => "feedback-report.txt",
            "message/disposition-notification" => "disposition-notification.txt",
            "text/rfc822-headers" | "message/global-headers" => "headers.txt",
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => "smime.p7m",
            "application/pkcs7-signature" | "application/x-pkcs7-signature" => "smime.p7s",
            "application/pgp-signature" => "signature.asc",
            "application/pgp-keys" => "key.asc",
            "text/calendar" => "invitation.ics",
            _ if self.context == Context::Encrypted && self.said.value != "application/pgp-encrypted" => {
                "encrypted.asc"
            }
            _ => "",
        };
        if !fixed.is_empty() {
            return fixed.to_owned();
        }
        let ending = match self.said.value.as_str() {
            "text/plain" => ".txt",
            "text/html" => ".html",
            "text/vcard" | "text/x-vcard" | "text/directory" => ".vcf",
            "text/csv" => ".csv",
            "image/jpeg" | "image/jpg" | "image/pjpeg" => ".jpg",
            "image/png" => ".png",
            "image/gif" => ".gif",
            "image/webp" => ".webp",
            "image/heic" => ".heic",
            "application/pdf" => ".pdf",
            "application/zip" => ".zip",
            "audio/mpeg" => ".mp3",
            "video/mp4" => ".mp4",
            _ => "",
        };
        format!("part-{number}{ending}")
    }

    /// A mail within a mail goes by its subject.
    fn name_of_mail(&self) -> String {
        const FIRST: usize = 16 << 10;
        let first = &self.body[..self.body.len().min(FIRST)];
        let (first, _) = transfer::decoded(first, self.transfer, FIRST);
        let head = head::of_mail(&first, FIRST);
        let subject = head.get("Subject").map(|value| charset::raw_header(&unfolded(value), "")).unwrap_or_default();
        let subject = words::decode(&subject, &mut Vec::new()).replace(['/', '\\'], "-");
        let short: String = subject.chars().take(100).collect();
        let name = file_name(&short, String::new);
        if name.is_empty() { "message.eml".to_owned() } else { format!("{name}.eml") }
    }
}
