//! Hands a mail to the outside: an SMTP server, or, where none is configured, files in the data directory.
//! The same Message-ID every time, so that a second copy can be told for what it is. Never touches our database, and
//! never repeats a server's words: they may hold addresses.

mod files;
mod message;
mod server;
mod smtp;
mod status;

use crate::domain::time::Instant;
use smtp::Smtp;
use std::{path::PathBuf, sync::Arc};

/// A mail ready to leave.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The envelope's sender, where reports go; none for mail about which no machine may write (RFC 5321, 4.5.5).
    pub sender: Option<String>,
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
    /// For mails no person wrote.
    pub automatic: Option<Automatic>,
    /// The date in the header.
    pub date: Instant,
}

/// What a mail is that no person wrote (RFC 3834, 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// It answers a mail.
    Replied,
    /// It answers nothing.
    Generated,
}

/// Why a mail did not leave. The words hold no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The server said no for good, or the mail cannot be written; trying again does not help.
    #[error("{0}")]
    Refused(String),
    /// The server said that there is no such address.
    #[error("{says}")]
    Gone {
        /// The enhanced status, such as 5.1.1 (RFC 3463).
        status: String,
        /// In words.
        says: String,
    },
    /// The server said not now: it is busy, or greets strangers late on purpose.
    #[error("{0}")]
    Busy(String),
    /// There is no server, or none that it is safe to talk to; nothing was handed over.
    #[error("{0}")]
    Unreachable(String),
    /// The connection ended after the mail and before the server's answer: the mail may have left (RFC 1047).
    #[error("{0}")]
    InDoubt(String),
}

/// Where mail goes.
#[derive(Clone)]
pub enum Transport {
    /// A mail server.
    Smtp(Arc<Smtp>),
    /// One `.eml` file a mail in this folder.
    Files(PathBuf),
}

impl Transport {
    /// A mail server by its address, such as `smtp://user:password@host:587?tls=required`.
    ///
    /// # Errors
    /// When the address is not understood; the message holds no password.
    pub fn smtp(url: &str) -> Result<Self, String> {
        Ok(Self::Smtp(Arc::new(Smtp::new(server::Server::read(url)?))))
    }

    /// True where mail leaves through a server, which limits have to spare.
    #[must_use]
    pub const fn is_server(&self) -> bool {
        matches!(self, Self::Smtp(_))
    }

    /// Hands the mail over; within a minute there is an answer.
    ///
    /// # Errors
    /// As `SendError` tells them apart.
    pub async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let message = message::built(letter)?;
        match self {
            Self::Smtp(server) => {
                let address =
                    |address: &str, what: &str| address.parse().map_err(|_| SendError::Refused(what.to_owned()));
                let sender =
                    letter.sender.as_deref().map(|sender| address(sender, "the envelope's sender is not valid"));
                let to = address(&letter.to.1, "the person's mail address is not valid")?;
                server.send(sender.transpose()?, to, &message.formatted()).await
            }
            Self::Files(folder) => {
                let (folder, id, sender) = (folder.clone(), letter.message_id.clone(), letter.sender.clone());
                let bytes = message.formatted();
                let write = move || files::write(&folder, &id, &sender.unwrap_or_default(), &bytes);
                match tokio::task::spawn_blocking(write).await {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(e)) => Err(SendError::Unreachable(format!("the folder for outgoing mail: {e}"))),
                    Err(_) => Err(SendError::InDoubt("writing was interrupted".to_owned())),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn letter() -> Letter {
        Letter {
            sender: None,
            from: ("ImageGen".into(), "privacy@imagegen.example".into()),
            to: ("Renée\r\nBcc: x@evil.example".into(), "r@mail.example".into()),
            reply_to: Some("privacy+abc@imagegen.example".into()),
            subject: "Re: hello\r\nBcc: y@evil.example".into(),
            text: "hi".into(),
            html: "<p>hi</p>".into(),
            message_id: "abc@imagegen.example".into(),
            references: vec!["one@mail.example".into(), "two@mail.example".into()],
            automatic: Some(Automatic::Replied),
            date: Instant(1_790_000_000_000),
        }
    }

    #[tokio::test]
    async fn a_file_written_twice_is_one_file_with_its_envelope() {
        let folder = tempfile::tempdir().expect("a folder");
        let transport = Transport::Files(folder.path().to_owned());
        for _ in 0..2 {
            transport.send(&letter()).await.expect("it is written");
        }
        let files: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder lists").flatten().collect();
        assert_eq!(files.len(), 1);
        let text = std::fs::read_to_string(files[0].path()).expect("it reads");
        assert!(text.starts_with("Return-Path: <>\r\n"), "{text}");
    }

    #[tokio::test]
    async fn a_bad_address_is_refused_for_good() {
        let transport = Transport::Files(PathBuf::from("/nonexistent"));
        let mut bad = letter();
        bad.to.1 = "no address".into();
        assert!(matches!(transport.send(&bad).await, Err(SendError::Refused(_))));
    }
}
