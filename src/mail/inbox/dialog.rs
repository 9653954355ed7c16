//! Commands and their answers: every command has a limit of time, an end in words, and an ear for the server's good-bye.

use super::Error;
use async_imap::{
    Session,
    imap_proto::{MailboxDatum, Outcome, Response, Status},
};
use std::{fmt, io, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, timeout, timeout_at},
};

/// What a connection runs over: a socket, or TLS on one.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug> Wire for T {}

/// A connection on which somebody is logged in. Once an answer failed it is of no use any more, except after `No`.
#[derive(Debug)]
pub(super) struct Dialog {
    session: Session<Box<dyn Wire>>,
    /// How many messages lie in the folder, as the server said last.
    exists: Option<u32>,
    /// True once the folder grew, until the next list: servers say so during any command, and only once.
    pub(super) grew: bool,
}

impl Dialog {
    pub(super) const fn new(session: Session<Box<dyn Wire>>) -> Self {
        Self { session, exists: None, grew: false }
    }

    /// Keeps an eye on the size of the folder, whatever was asked.
    fn note(&mut self, answer: &Response<'_>) {
        match answer {
            Response::MailboxData(MailboxDatum::Exists(count)) if self.exists != Some(*count) => {
                self.exists = Some(*count);
                self.grew = true;
            }
            Response::Expunge(_) => self.exists = self.exists.map(|count| count.saturating_sub(1)),
            _ => {}
        }
    }

    /// Sends a command and hands every answer to `hears`, the last one too. `what` says in words what is asked.
    pub(super) async fn ask(
        &mut self,
        what: &'static str,
        command: &str,
        limit: Duration,
        mut hears: impl FnMut(&Response<'_>),
    ) -> Result<(), Error> {
        let deadline = Instant::now() + limit;
        let sent = timeout_at(deadline, self.session.run_command(command)).await.map_err(|_| Error::Slow(what))?;
        let asked = sent.map_err(|_| Error::Cut(what))?;
        loop {
            let answer = timeout_at(deadline, self.session.read_response()).await.map_err(|_| Error::Slow(what))?;
            let answer = answer.map_err(|error| read_error(what, &error))?.ok_or(Error::Cut(what))?;
            self.note(answer.parsed());
            hears(answer.parsed());
            match answer.parsed() {
                Response::Done { tag, status: Status::Ok, .. } if *tag == asked => return Ok(()),
                Response::Done { tag, outcome, .. } if *tag == asked => {
                    return Err(Error::No { what, code: code(outcome) });
                }
                Response::Data { status: Status::Bye, .. } => return Err(Error::Bye(what)),
                _ => {}
            }
        }
    }

    /// Waits in IDLE (RFC 2177) until the folder grew or `limit` is over.
    pub(super) async fn idle(&mut self, limit: Duration) -> Result<(), Error> {
        const WHAT: &str = "waiting for mail";
        let until = Instant::now() + limit;
        let asked = timeout(super::ANSWER, self.session.run_command("IDLE")).await.map_err(|_| Error::Slow(WHAT))?;
        let asked = asked.map_err(|_| Error::Cut(WHAT))?;
        let (mut begun, mut ended) = (false, false);
        // until the server agrees it may only be slow; after that silence is what IDLE is for
        let mut deadline = Instant::now() + super::ANSWER;
        loop {
            if begun && !ended && (self.grew || Instant::now() >= until) {
                ended = true;
                deadline = Instant::now() + super::ANSWER;
                let done = timeout_at(deadline, self.session.run_command_untagged("DONE")).await;
                done.map_err(|_| Error::Slow(WHAT))?.map_err(|_| Error::Cut(WHAT))?;
            }
            let answer =
                match timeout_at(if begun && !ended { until } else { deadline }, self.session.read_response()).await {
                    Ok(answer) => answer.map_err(|error| read_error(WHAT, &error))?.ok_or(Error::Cut(WHAT))?,
                    Err(_) if begun && !ended => continue,
                    Err(_) => return Err(Error::Slow(WHAT)),
                };
            self.note(answer.parsed());
            match answer.parsed() {
                Response::Continue(_) => begun = true,
                Response::Done { tag, status: Status::Ok, .. } if *tag == asked => return Ok(()),
                Response::Done { tag, outcome, .. } if *tag == asked => {
                    return Err(Error::No { what: WHAT, code: code(outcome) });
                }
                Response::Data { status: Status::Bye, .. } => return Err(Error::Bye(WHAT)),
                _ => {}
            }
        }
    }
}

/// An answer that is no IMAP is told apart from a connection that ended; what it held stays unsaid.
fn read_error(what: &'static str, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::Other { Error::Garbled(what) } else { Error::Cut(what) }
}

/// The response code, such as ` (OVERQUOTA)`, where the server gave one; its words may name people.
fn code(outcome: &Outcome<'_>) -> String {
    let words = outcome.information.as_deref().unwrap_or_default();
    let code = words.strip_prefix('[').and_then(|rest| rest.split([']', ' ']).next()).unwrap_or_default();
    let is_code = !code.is_empty() && code.len() <= 30 && code.bytes().all(|b| b.is_ascii_uppercase() || b == b'-');
    if is_code { format!(" ({code})") } else { String::new() }
}
