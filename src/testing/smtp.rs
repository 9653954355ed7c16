//! A mail server that does as it is told: takes a mail, refuses it, hangs up or says nothing at the worst moment.
//! Remembers every mail of which it saw the last byte, whatever it answered, and what it was asked before.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
    time::sleep,
};

/// What the server does with one mail.
#[derive(Debug, Clone, Copy)]
pub enum Does {
    /// Greets with this instead of 220 and hangs up.
    Greets(&'static str),
    /// Takes the connection and never says a word.
    NoGreeting,
    /// Answers the sender with this.
    Sender(&'static str),
    /// Answers the recipient with this.
    Recipient(&'static str),
    /// Never answers the recipient; the connection stays open.
    NoRecipient,
    /// Takes the whole mail and answers with this.
    Mail(&'static str),
    /// Takes the whole mail and hangs up without an answer.
    HangUp,
    /// Takes the whole mail, and answers only after this time.
    Hold(Duration),
    /// Takes the whole mail and never answers; the connection stays open.
    Silence,
    /// Takes the mail and hangs up once it said so.
    LastOne,
}

/// The running server.
pub struct Smtp {
    /// Its port on the loopback address.
    pub port: u16,
    state: Arc<State>,
    task: AbortHandle,
}

#[derive(Default)]
struct State {
    script: Mutex<VecDeque<Does>>,
    seen: Mutex<Vec<String>>,
    said: Mutex<Vec<String>>,
    /// What it offers beside the plain protocol.
    offers: Option<&'static str>,
}

/// How long until a look is worth while again.
const AGAIN: Duration = Duration::from_millis(20);

impl Smtp {
    /// Starts a server that does `script`, one entry a mail, and takes every mail after that.
    pub async fn start(script: &[Does]) -> Self {
        Self::offering(None, script).await
    }

    /// Starts a server that offers an extension too.
    pub async fn offering(offers: Option<&'static str>, script: &[Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let script = Mutex::new(script.iter().copied().collect());
        let state = Arc::new(State { script, offers, ..State::default() });
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                // a client that vanishes ends its conversation
                tokio::spawn(async move { drop(converse(stream, &state).await) });
            }
        });
        Self { port, state, task: task.abort_handle() }
    }

    /// The address under which it is configured.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Every mail whose last byte arrived, in that order, as it stood on the wire.
    pub fn mails(&self) -> Vec<String> {
        self.state.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every line with which the client said something, mails aside; `CONNECT` for every connection.
    pub fn heard(&self, verb: &str) -> Vec<String> {
        let said = self.state.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.iter().filter(|line| line.to_ascii_uppercase().starts_with(verb)).cloned().collect()
    }

    /// Waits until the client said this.
    pub async fn has_heard(&self, verb: &str) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while self.heard(verb).is_empty() {
            assert!(Instant::now() < deadline, "nobody said {verb}");
            sleep(AGAIN).await;
        }
    }

    /// The Message-ID of every mail whose last byte arrived, in that order.
    pub fn message_ids(&self) -> Vec<String> {
        let id = |mail: &String| {
            let line = mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect("it has a Message-ID");
            line.trim_matches(['<', '>']).to_owned()
        };
        self.mails().iter().map(id).collect()
    }

    /// Waits until `mails` mails have arrived.
    pub async fn has_seen(&self, mails: usize) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while self.mails().len() < mails {
            assert!(Instant::now() < deadline, "only {} of {mails} mails arrived", self.mails().len());
            sleep(AGAIN).await;
        }
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    /// What the script says next, where that is for this moment.
    fn next(&self, is_for_now: impl Fn(Does) -> bool) -> Option<Does> {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        if script.front().copied().is_some_and(is_for_now) { script.pop_front() } else { None }
    }

    fn hears(&self, line: &str) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).push(line.trim_end().to_owned());
    }
}

async fn converse(stream: TcpStream, state: &State) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    state.hears("CONNECT");
    match state.next(|does| matches!(does, Does::Greets(_) | Does::NoGreeting)) {
        Some(Does::Greets(answer)) => return stream.write_all(format!("{answer}\r\n").as_bytes()).await,
        Some(_) => return std::future::pending().await,
        None => stream.write_all(b"220 test ready\r\n").await?,
    }
    let mut does = None;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        state.hears(&line);
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => match state.offers {
                Some(offers) => format!("250-test\r\n250 {offers}\r\n"),
                None => "250 test\r\n".to_owned(),
            },
            // what comes next is no encryption
            "STAR" => "220 go on\r\n".to_owned(),
            "MAIL" => {
                does = state.next(|does| !matches!(does, Does::Greets(_) | Does::NoGreeting));
                match does {
                    Some(Does::Sender(answer)) => format!("{answer}\r\n"),
                    _ => "250 ok\r\n".to_owned(),
                }
            }
            "RCPT" => match does {
                Some(Does::Recipient(answer)) => format!("{answer}\r\n"),
                Some(Does::NoRecipient) => std::future::pending().await,
                _ => "250 ok\r\n".to_owned(),
            },
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mail = read_mail(&mut stream).await?;
                state.seen.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                match does {
                    Some(Does::HangUp) => return Ok(()),
                    Some(Does::Silence) => std::future::pending().await,
                    Some(Does::Hold(time)) => sleep(time).await,
                    Some(Does::LastOne) => return stream.write_all(b"250 taken\r\n").await,
                    _ => {}
                }
                match does {
                    Some(Does::Mail(answer)) => format!("{answer}\r\n"),
                    _ => "250 taken\r\n".to_owned(),
                }
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => "250 ok\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
        // RFC 5321, 3.8
        if answer.starts_with("421") {
            return Ok(());
        }
    }
}

async fn read_mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let (mut mail, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(&line);
    }
}
