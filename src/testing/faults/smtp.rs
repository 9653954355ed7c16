//! A mail server that does as it is told: takes a mail, refuses it, hangs up or says nothing at the worst moment.
//! Remembers every mail of which it saw the last byte, whatever it answered.

use crate::{console::AGAIN, house::House};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
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
    /// Answers the recipient with this code and takes nothing.
    Answer(u16),
    /// Takes the whole mail and hangs up without an answer.
    HangUp,
    /// Takes the whole mail, and answers only after this time.
    Hold(Duration),
    /// Takes the whole mail and never answers; the connection stays open.
    Silence,
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
}

impl Smtp {
    /// Starts a server that does `script`, one entry a mail, and takes every mail after that.
    pub async fn start(script: &[Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let state = Arc::new(State { script: Mutex::new(script.iter().copied().collect()), ..State::default() });
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

    /// Starts a server and has the mail of `house` leave through it.
    pub async fn of(house: &mut House, script: &[Does]) -> Self {
        let server = Self::start(script).await;
        house.smtp_url = format!("smtp://127.0.0.1:{}", server.port);
        server
    }

    /// The Message-ID of every mail whose last byte arrived, in that order.
    pub fn message_ids(&self) -> Vec<String> {
        let seen = self.state.seen.lock().expect("no panic before");
        let id = |mail: &String| {
            let line = mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect("it has a Message-ID");
            line.trim_matches(['<', '>']).to_owned()
        };
        seen.iter().map(id).collect()
    }

    /// Waits until `mails` mails have arrived.
    pub async fn has_seen(&self, mails: usize) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while self.message_ids().len() < mails {
            assert!(Instant::now() < deadline, "only {} of {mails} mails arrived", self.message_ids().len());
            sleep(AGAIN).await;
        }
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(stream: TcpStream, state: &State) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test ready\r\n").await?;
    let mut does = None;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "MAIL" => {
                does = state.script.lock().expect("no panic before").pop_front();
                "250 ok\r\n".to_owned()
            }
            "RCPT" => match does {
                Some(Does::Answer(code)) => format!("{code} as the script says\r\n"),
                _ => "250 ok\r\n".to_owned(),
            },
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mail = read_mail(&mut stream).await?;
                state.seen.lock().expect("no panic before").push(mail);
                match does {
                    Some(Does::HangUp) => return Ok(()),
                    Some(Does::Silence) => std::future::pending().await,
                    Some(Does::Hold(time)) => sleep(time).await,
                    Some(Does::Answer(_)) | None => {}
                }
                "250 taken\r\n".to_owned()
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => "250 ok\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
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
