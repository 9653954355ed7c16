//! A console as a child process: started, asked over HTTP, signalled, killed. Killed too when a test gives up.

use std::{
    fs,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

/// How long a console may take to start on a busy machine.
const START: Duration = Duration::from_secs(30);
/// How often something is asked again.
pub const AGAIN: Duration = Duration::from_millis(25);

/// A console as a child process.
pub struct Console {
    child: Child,
    /// Its port on the loopback address.
    pub port: u16,
    log: PathBuf,
    said: PathBuf,
}

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Status line, headers and body as they came.
    pub text: String,
}

impl Console {
    /// Starts `command`, which listens on `port`; standard error goes to the file `log`, standard output beside it.
    pub fn start(mut command: Command, port: u16, log: PathBuf) -> Self {
        let said = log.with_file_name(format!("said-{port}"));
        let [stderr, stdout] = [&log, &said].map(|file| fs::File::create(file).expect("a file"));
        let child = command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn().expect("the program starts");
        Self { child, port, log, said }
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id().expect("it still runs")
    }

    /// What it wrote to standard error so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("the log reads")
    }

    /// What it told the operator at its start.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.said).expect("it reads")
    }

    /// Waits until it can work.
    pub async fn is_ready(&mut self) {
        let deadline = Instant::now() + START;
        while self.get("/readyz").await.is_none_or(|answer| answer.status != 200) {
            if let Some(status) = self.child.try_wait().expect("its state is known") {
                panic!("the console ended with {status}:\n{}", self.log());
            }
            assert!(Instant::now() < deadline, "the console was not ready in time:\n{}", self.log());
            sleep(AGAIN).await;
        }
    }

    /// Waits until it ended by itself, at most `longest`.
    pub async fn ends(&mut self, longest: Duration) -> ExitStatus {
        let Ok(status) = timeout(longest, self.child.wait()).await else {
            panic!("the console still ran after {longest:?}:\n{}", self.log());
        };
        status.expect("its end is known")
    }

    /// Waits until a failpoint ended it.
    pub async fn dies(&mut self) {
        let status = self.ends(START).await;
        assert_eq!(status.code(), None, "the console ended in order, not by its failpoint:\n{}", self.log());
    }

    /// True when it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("its state is known").is_some()
    }

    /// Ends it as a crash does: `kill -9`.
    pub async fn crash(mut self) {
        self.child.kill().await.expect("it is killed");
    }

    /// Asks it to stop, as a supervisor does.
    pub async fn term(&self) {
        let id = self.child.id().expect("it still runs").to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill runs");
        assert!(status.success(), "the signal was not sent");
    }

    /// Stops it in good order.
    pub async fn stops(mut self) {
        self.term().await;
        let status = self.ends(START).await;
        assert_eq!(status.code(), Some(0), "{}", self.log());
    }

    /// The answer to a GET; none where nobody answers.
    pub async fn get(&self, path: &str) -> Option<Answer> {
        self.ask(&format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port)).await
    }

    /// The answer to a form sent from one of its own pages; none where the connection ended without one.
    pub async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Option<Answer> {
        let kind = "application/x-www-form-urlencoded";
        let headers = [("sec-fetch-site", "same-origin"), ("cookie", cookie), ("content-type", kind)];
        self.send("POST", path, &headers, &form(fields)).await
    }

    /// The answer to any request with these headers, `Host` and the length of the body aside.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Answer> {
        let mut request = format!("{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\n", self.port);
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        if !body.is_empty() || method != "GET" {
            request.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
        }
        self.ask_bytes(&[format!("{request}\r\n").as_bytes(), body].concat()).await
    }

    async fn ask(&self, request: &str) -> Option<Answer> {
        self.ask_bytes(request.as_bytes()).await
    }

    async fn ask_bytes(&self, request: &[u8]) -> Option<Answer> {
        let asked = async {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
            // a body that is refused before it was read leaves an error here, and an answer
            let _ = stream.write_all(request).await;
            let mut text = Vec::new();
            // a console that dies leaves an error or nothing
            let _ = stream.read_to_end(&mut text).await;
            let text = String::from_utf8_lossy(&text).into_owned();
            let status = text.split_whitespace().nth(1)?.parse().ok()?;
            Some(Answer { status, text })
        };
        timeout(START, asked).await.ok().flatten()
    }
}

impl Answer {
    /// Everything behind the headers.
    pub fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\r\n\r\n").next()?;
        head.lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// A form as browsers write it.
pub fn form(pairs: &[(&str, &str)]) -> Vec<u8> {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&").into_bytes()
}

/// A value as it stands in forms and addresses.
pub fn encoded(value: &str) -> String {
    value
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
