//! Commands and their answers: every command has a limit of time, an end in words, and an ear for the server's good-bye.

use super::Error;
use async_imap::{
    Session,
    imap_proto::{Outcome, Response, Status},
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
pub(super) struct Dialog(pub(super) Session<Box<dyn Wire>>);

impl Dialog {
    /// Sends a command and hands every answer to `hears`, the last one too. `what` says in words what is asked.
    pub(super) async fn ask(
        &mut self,
        what: &'static str,
        command: &str,
        limit: Duration,
        mut hears: impl FnMut(&Response<'_>),
    ) -> Result<(), Error> {
        let deadline = Instant::now() + limit;
        let sent = timeout_at(deadline, self.0.run_command(command)).await.map_err(|_| Error::Slow(what))?;
        let asked = sent.map_err(|_| Error::Cut(what))?;
        loop {
            let answer = timeout_at(deadline, self.0.read_response()).await.map_err(|_| Error::Slow(what))?;
            let answer = answer.map_err(|error| read_error(what, &error))?.ok_or(Error::Cut(what))?;
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

    /// Waits in IDLE (RFC 2177) until the folder changed or `limit` is over. True when it changed.
    pub(super) async fn idle(&mut self, limit: Duration) -> Result<bool, Error> {
        const WHAT: &str = "waiting for mail";
        let until = Instant::now() + limit;
        let asked = timeout(super::ANSWER, self.0.run_command("IDLE")).await.map_err(|_| Error::Slow(WHAT))?;
        let asked = asked.map_err(|_| Error::Cut(WHAT))?;
        let (mut begun, mut changed, mut ended) = (false, false, false);
        // until the server agrees it may only be slow; after that silence is what IDLE is for
        let mut deadline = Instant::now() + super::ANSWER;
        loop {
            if begun && !ended && (changed || Instant::now() >= until) {
                ended = true;
                deadline = Instant::now() + super::ANSWER;
                let done = timeout_at(deadline, self.0.run_command_untagged("DONE")).await;
                done.map_err(|_| Error::Slow(WHAT))?.map_err(|_| Error::Cut(WHAT))?;
            }
            let answer = match timeout_at(if begun && !ended { until } else { deadline }, self.0.read_response()).await
            {
                Ok(answer) => answer.map_err(|error| read_error(WHAT, &error))?.ok_or(Error::Cut(WHAT))?,
                Err(_) if begun && !ended => continue,
                Err(_) => return Err(Error::Slow(WHAT)),
            };
            match answer.parsed() {
                Response::Continue(_) => begun = true,
                Response::Done { tag, status: Status::Ok, .. } if *tag == asked => return Ok(changed),
                Response::Done { tag, outcome, .. } if *tag == asked => {
                    return Err(Error::No { what: WHAT, code: code(outcome) });
                }
                Response::Data { status: Status::Bye, .. } => return Err(Error::Bye(WHAT)),
                Response::MailboxData(_) | Response::Expunge(_) | Response::Vanished { .. } => changed = true,
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
