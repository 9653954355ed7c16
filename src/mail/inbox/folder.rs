//! One folder: what lies in it, a message's bytes, and what is done to a message once it is kept. Messages are named by their
//! UID only; whether somebody has seen them plays no part.

use super::{ANSWER, Error, LARGEST, LIST, Mailbox, Then, name::quoted, patience};
use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response, ResponseCode, rfc4315::UidSetMember};
use chrono::DateTime;
use std::time::Duration;

/// A folder that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Its life: numbers of another one mean nothing (RFC 3501 §2.3.1.1).
    pub uid_validity: u32,
    /// How many messages lie in it.
    pub exists: u32,
}

/// A message in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub uid: u32,
    /// Its bytes, by the server.
    pub size: u32,
}

/// A message as it lies in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Its bytes.
    pub raw: Vec<u8>,
    /// When the mailbox got it, in milliseconds since 1970 (INTERNALDATE).
    pub at: Option<i64>,
}

impl Mailbox {
    /// Opens a folder for reading and marking.
    ///
    /// # Errors
    /// When it is not there, or the connection fails.
    pub async fn open(&mut self, folder: &str) -> Result<Opened, Error> {
        let (mut life, mut exists) = (None, 0);
        let command = format!("SELECT {}", quoted(folder));
        let selected = self.dialog.ask("the folder", &command, ANSWER, |answer| match answer {
            Response::MailboxData(MailboxDatum::Exists(count)) => exists = *count,
            Response::Data { outcome, .. } => {
                if let Some(ResponseCode::UidValidity(number)) = outcome.code {
                    life = Some(number);
                }
            }
            _ => {}
        });
        match selected.await {
            Ok(()) => Ok(Opened { uid_validity: life.ok_or(Error::Garbled("the folder"))?, exists }),
            Err(Error::No { .. }) => Err(Error::NoFolder),
            Err(other) => Err(other),
        }
    }

    /// The numbers above `after`, ascending.
    ///
    /// # Errors
    /// When the server refuses or the connection fails.
    pub async fn above(&mut self, after: u32) -> Result<Vec<u32>, Error> {
        let mut uids = Vec::new();
        let Some(first) = after.checked_add(1) else { return Ok(uids) };
        let command = format!("UID FETCH {first}:* (UID)");
        let hears = |answer: &Response<'_>| {
            // the star means the last message even where its number is below the first asked for
            uids.extend(uid_of(answer).filter(|uid| *uid > after));
        };
        self.dialog.grew = false;
        self.dialog.ask("the list", &command, LIST, hears).await?;
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// The sizes of the messages from `first` to `last`, by ascending number.
    ///
    /// # Errors
    /// When the server refuses or the connection fails.
    pub async fn sizes(&mut self, first: u32, last: u32) -> Result<Vec<Listed>, Error> {
        let mut found = Vec::new();
        let command = format!("UID FETCH {first}:{last} (UID RFC822.SIZE)");
        let hears = |answer: &Response<'_>| {
            let size = attributes(answer).find_map(|value| match value {
                AttributeValue::Rfc822Size(size) => Some(*size),
                _ => None,
            });
            found.extend(uid_of(answer).zip(size).map(|(uid, size)| Listed { uid, size }));
        };
        self.dialog.ask("the sizes", &command, LIST, hears).await?;
        found.retain(|listed| (first..=last).contains(&listed.uid));
        found.sort_unstable_by_key(|listed| listed.uid);
        found.dedup_by_key(|listed| listed.uid);
        Ok(found)
    }

    /// A message's bytes, without marking it as seen; none where it is in the folder no more.
    ///
    /// # Errors
    /// When the server refuses, takes longer than the size allows, or the connection fails.
    pub async fn fetch(&mut self, message: Listed) -> Result<Option<Arrived>, Error> {
        let (mut found, mut is_there) = (None, false);
        let command = format!("UID FETCH {} (UID INTERNALDATE BODY.PEEK[])", message.uid);
        let hears = |answer: &Response<'_>| {
            // answers about flags that others set come in between
            let is_asked = uid_of(answer) == Some(message.uid);
            is_there |= is_asked;
            let body = attributes(answer).find_map(|value| match value {
                AttributeValue::BodySection { section: None, data, .. } => data.as_deref(),
                _ => None,
            });
            if let Some(body) = body.filter(|body| is_asked && body.len() <= LARGEST) {
                found = Some(Arrived { raw: body.to_vec(), at: attributes(answer).find_map(date) });
            }
        };
        self.dialog.ask("a message", &command, patience(message.size.into()), hears).await?;
        // a message that is there without its bytes must not pass for one that somebody removed
        if is_there && found.is_none() { Err(Error::Garbled("a message")) } else { Ok(found) }
    }

    /// Does to kept messages what `then` says. Of those that were moved, returns old and new numbers and the new folder's life
    /// where the server says them (COPYUID, RFC 4315 §3).
    ///
    /// # Errors
    /// When the server refuses or the connection fails; then it is not known which were reached, and it can be done again.
    pub async fn settle(&mut self, uids: &[u32], then: &Then) -> Result<Vec<(u32, u32, u32)>, Error> {
        let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        match then {
            Then::Leave => Ok(Vec::new()),
            Then::Flag => {
                let command = format!("UID STORE {set} +FLAGS.SILENT (\\Seen)");
                self.dialog.ask("marking as seen", &command, ANSWER, |_| {}).await?;
                Ok(Vec::new())
            }
            Then::Move(folder) => match self.carry(&set, folder).await {
                // most servers make no folder by themselves
                Err(Error::No { .. }) => {
                    let command = format!("CREATE {}", quoted(folder));
                    self.dialog.ask("making the folder to move to", &command, ANSWER, |_| {}).await?;
                    self.carry(&set, folder).await
                }
                done => done,
            },
        }
    }

    /// Moves (RFC 6851), or copies and removes where the server cannot.
    async fn carry(&mut self, set: &str, folder: &str) -> Result<Vec<(u32, u32, u32)>, Error> {
        let verb = if self.can.r#move { "MOVE" } else { "COPY" };
        let mut told = Vec::new();
        let command = format!("UID {verb} {set} {}", quoted(folder));
        let hears = |answer: &Response<'_>| {
            if let Response::Data { outcome, .. } | Response::Done { outcome, .. } = answer
                && let Some(ResponseCode::CopyUid(life, from, to)) = &outcome.code
            {
                told.extend(numbers(from).zip(numbers(to)).map(|(old, new)| (old, *life, new)));
            }
        };
        self.dialog.ask("moving", &command, LIST, hears).await?;
        if !self.can.r#move {
            self.expunge(set).await?;
        }
        Ok(told)
    }

    /// Removes one message from the folder that is open, and no other. False where the server cannot remove single messages:
    /// it is marked as deleted, and leaves with the next cleaning up.
    ///
    /// # Errors
    /// When the server refuses or the connection fails.
    pub async fn remove(&mut self, uid: u32) -> Result<bool, Error> {
        self.expunge(&uid.to_string()).await?;
        Ok(self.can.uid_plus)
    }

    async fn expunge(&mut self, set: &str) -> Result<(), Error> {
        let command = format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)");
        self.dialog.ask("marking as deleted", &command, ANSWER, |_| {}).await?;
        // an EXPUNGE without numbers would take what others marked (RFC 4315 §2.1)
        if self.can.uid_plus {
            self.dialog.ask("removing", &format!("UID EXPUNGE {set}"), ANSWER, |_| {}).await?;
        }
        Ok(())
    }

    /// Waits until the folder has more than what was listed, `limit` at most. Servers without IDLE are asked again after `limit`.
    ///
    /// # Errors
    /// When the connection fails.
    pub async fn wait(&mut self, limit: Duration) -> Result<(), Error> {
        let limit = limit.min(super::IDLE);
        if self.dialog.grew {
            return Ok(());
        }
        if self.can.idle {
            return self.dialog.idle(limit).await;
        }
        tokio::time::sleep(limit).await;
        self.dialog.ask("whether it is there", "NOOP", ANSWER, |_| {}).await
    }
}

fn attributes<'a>(answer: &'a Response<'a>) -> impl Iterator<Item = &'a AttributeValue<'a>> {
    let list = match answer {
        Response::Fetch(_, list) => list.as_slice(),
        _ => &[],
    };
    list.iter()
}

fn uid_of(answer: &Response<'_>) -> Option<u32> {
    attributes(answer).find_map(|value| match value {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

/// INTERNALDATE, such as `17-Jul-1996 02:44:25 -0700`; a day below ten has a space before it.
fn date(value: &AttributeValue<'_>) -> Option<i64> {
    let AttributeValue::InternalDate(text) = value else { return None };
    DateTime::parse_from_str(text.trim(), "%e-%b-%Y %H:%M:%S %z").ok().map(|at| at.timestamp_millis())
}

fn numbers(set: &[UidSetMember]) -> impl Iterator<Item = u32> {
    set.iter().flat_map(|member| match member {
        UidSetMember::UidRange(range) => range.clone(),
        UidSetMember::Uid(uid) => *uid..=*uid,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_standard_are_read() {
        let read = |text: &str| date(&AttributeValue::InternalDate(text.into()));
        assert_eq!(read("17-Jul-1996 02:44:25 -0700"), Some(837_596_665_000));
        assert_eq!(read(" 1-Jan-1970 00:00:01 +0000"), Some(1_000));
        assert_eq!(read("yesterday"), None);
    }
}
