//! What is known of a mail beyond its words: whether it comes from where it says, and why it may not belong where it
//! points. Codes only; no word of the mail.

use super::codes::codes;

codes! {
    /// Whether a mail comes from the domain that it names as its sender (DMARC, RFC 9989).
    Verdict {
        Unknown "unknown" "not checked",
        None "none" "the domain does not say",
        Pass "pass" "confirmed",
        Fail "fail" "not confirmed by the domain it names",
    }
}

codes! {
    /// Which way a mail came in.
    Came {
        Pipe "pipe" "handed in by the mail server",
        Http "http" "posted by a mail provider",
        Imap "imap" "fetched from a mailbox",
    }
}

codes! {
    /// Why a mail waits for staff instead of going where it points.
    Doubt {
        Stranger "stranger" "it belongs to a case whose requester has another address",
        Unproven "unproven" "it names a case, but nothing proves that it answers a mail of ours",
        Many "many" "its sender has sent more mails in an hour than are taken at once",
    }
}

#[expect(clippy::derivable_impls, reason = "the enum comes from a macro")]
impl Default for Verdict {
    fn default() -> Self {
        Self::Unknown
    }
}
