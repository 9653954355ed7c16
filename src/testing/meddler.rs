//! Stands between a mailbox and its server and does harm at an exact place: when a message's bytes are asked for.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
};

/// What is done when the bytes of a message are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Nothing: the answer goes through.
    Pass,
    /// The connection ends after so many bytes of the answer.
    Cut(usize),
    /// The server says good-bye.
    Bye,
    /// The answer is no IMAP.
    Garble,
    /// The command is refused.
    No,
}

/// A meddler and what it has in mind, one deed for each time that a message is asked for; after that all goes through.
pub struct Meddler {
    /// Where it listens.
    pub port: u16,
    asked: Arc<AtomicUsize>,
}

impl Meddler {
    /// Stands before `server`.
    pub async fn before(server: u16, deeds: &[Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let deeds = Arc::new(Mutex::new(deeds.iter().rev().copied().collect::<Vec<_>>()));
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", server)).await.expect("the server answers");
                tokio::spawn(meddle(client, server, Arc::clone(&deeds), Arc::clone(&count)));
            }
        });
        Self { port, asked }
    }

    /// How often a message was asked for.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn meddle(client: TcpStream, server: TcpStream, deeds: Arc<Mutex<Vec<Does>>>, asked: Arc<AtomicUsize>) {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let mut chunk = vec![0; 64 * 1024];
    let mut answers = vec![0; 64 * 1024];
    loop {
        tokio::select! {
            read = from_client.read(&mut chunk) => {
                let command = match read { Ok(read) if read > 0 => &chunk[..read], _ => return };
                let mut deed = Does::Pass;
                if String::from_utf8_lossy(command).contains("BODY.PEEK[]") {
                    asked.fetch_add(1, Ordering::SeqCst);
                    deed = deeds.lock().expect("nobody panicked").pop().unwrap_or(Does::Pass);
                }
                let tag = String::from_utf8_lossy(command).split(' ').next().unwrap_or_default().to_owned();
                let says = match deed {
                    Does::Bye => Some("* BYE enough for today\r\n".to_owned()),
                    Does::Garble => Some("* 1 FETCH (UID 1 BODY[] is what it is)\r\n".to_owned()),
                    Does::No => Some(format!("{tag} NO [SERVERBUG] try later\r\n")),
                    Does::Pass | Does::Cut(_) => None,
                };
                if let Some(says) = says {
                    let _ = to_client.write_all(says.as_bytes()).await;
                    if deed == Does::No { continue; }
                    return;
                }
                if to_server.write_all(command).await.is_err() { return }
                if let Does::Cut(bytes) = deed {
                    return some_of(&mut from_server, &mut to_client, bytes).await;
                }
            }
            read = from_server.read(&mut answers) => {
                let answer = match read { Ok(read) if read > 0 => &answers[..read], _ => return };
                if to_client.write_all(answer).await.is_err() { return }
            }
        }
    }
}

async fn some_of(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, bytes: usize) {
    let mut part = vec![0; bytes];
    if from.read_exact(&mut part).await.is_ok() {
        let _ = to.write_all(&part).await;
    }
}
