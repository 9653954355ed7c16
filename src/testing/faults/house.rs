//! A house on disk for one test: a data directory, a configuration, a database of its own; and the commands that
//! are run on it. Knows nothing of what is inside the program.

use crate::{
    console::Console,
    postgres,
    smtp::{Does, Smtp},
};
use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::{io::AsyncWriteExt as _, process::Command};

/// The product every mail is sent to.
pub const PRODUCT: &str = "imagegen-artisticmonk";

/// A lease for tests in which no process vanishes: a machine that is merely busy must not look like one.
pub const NOBODY_VANISHES: u64 = 30_000;

/// Where the house keeps its rows.
#[derive(Clone)]
pub enum Store {
    /// A file in the data directory.
    Sqlite,
    /// A database of the tests' server, by its address.
    Postgres(String),
}

/// A house on disk.
pub struct House {
    /// Configuration, data directory and logs.
    pub folder: tempfile::TempDir,
    /// Its database.
    pub store: Store,
    /// Where mail leaves; empty for files.
    pub smtp_url: String,
    /// Jobs at a time in one process.
    pub workers: usize,
    /// How long the job of a vanished process waits, in milliseconds.
    pub lease_ms: u64,
    /// The end of the configuration: what only some tests have.
    pub more: String,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard error.
    pub says: String,
}

impl House {
    /// On `SQLite`.
    pub fn sqlite() -> Self {
        Self::on(Store::Sqlite)
    }

    /// On `PostgreSQL`.
    pub async fn postgres() -> Self {
        let name = postgres::fresh_name();
        create(&name, "template0").await;
        Self::on(Store::Postgres(postgres::url(&name)))
    }

    /// On a store that is there already, or will be.
    pub fn on(store: Store) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("data")).expect("a data directory");
        Self { folder, store, smtp_url: String::new(), workers: 4, lease_ms: 2_000, more: String::new() }
    }

    /// The data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The address of the database as the configuration has it.
    pub fn database_url(&self) -> &str {
        match &self.store {
            Store::Sqlite => "",
            Store::Postgres(url) => url,
        }
    }

    /// The configuration as the operator would write it.
    pub fn configuration(&self) -> String {
        let Self { smtp_url, workers, lease_ms, more, .. } = self;
        let (data_dir, url) = (self.data_dir(), self.database_url());
        format!(
            "data_dir = \"{}\"\n[database]\nurl = \"{url}\"\nconnections = 8\n[mail]\nsmtp_url = \"{smtp_url}\"\nretry_seconds = 1\nask_senders = false\n\
             [jobs]\nworkers = {workers}\npoll_ms = 50\nlease_ms = {lease_ms}\n[sign_in]\nsecond_factor = \"offered\"\n\
             [products.{PRODUCT}]\naddress = \"privacy@imagegen.example\"\n{more}",
            data_dir.display()
        )
    }

    /// A command of the program on this house, without anything of this test's own environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let file = self.folder.path().join("recourse.toml");
        // a console may be reading it
        let wanted = self.configuration();
        if fs::read_to_string(&file).ok().as_ref() != Some(&wanted) {
            fs::write(&file, wanted).expect("the configuration is written");
        }
        program(&file, arguments)
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str], input: &str) -> Ended {
        run(self.command(arguments), input.to_owned()).await
    }

    /// Hands a mail in, as the mail server does.
    pub async fn ingest(&self, mail: &str) -> Ended {
        self.run(&["ingest", "--product", PRODUCT], mail).await
    }

    /// Hands a mail in, which has to be kept.
    pub async fn receives(&self, mail: &str) {
        let ended = self.ingest(mail).await;
        assert_eq!(ended.code, Some(0), "{}", ended.says);
    }

    /// Starts a console. `failpoint` is a place and what happens there, such as `job-claimed:exit`.
    pub fn start(&self, failpoint: Option<&str>) -> Console {
        let port = free_port();
        let mut command = self.command(&["serve", "--listen", &format!("127.0.0.1:{port}")]);
        if let Some(failpoint) = failpoint {
            command.env("FAILPOINT", failpoint);
        }
        Console::start(command, port, self.folder.path().join(format!("log-{port}")))
    }

    /// Starts a console and waits until it is ready.
    pub async fn opens(&self) -> Console {
        let mut console = self.start(None);
        console.is_ready().await;
        console
    }

    /// The mails that left as files.
    pub fn outgoing(&self) -> Vec<PathBuf> {
        let Ok(folder) = fs::read_dir(self.data_dir().join("outgoing")) else { return Vec::new() };
        let files = folder.flatten().map(|entry| entry.path());
        files.filter(|file| file.extension().is_some_and(|e| e == "eml")).collect()
    }
}

impl Smtp {
    /// Starts a server and has the mail of `house` leave through it.
    pub async fn of(house: &mut House, script: &[Does]) -> Self {
        let server = Self::start(script).await;
        house.smtp_url = server.url();
        server
    }
}

/// The program with a configuration file.
pub fn program(configuration: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recourse"));
    command.arg("--config").arg(configuration).args(arguments).env_remove("FAILPOINT").kill_on_drop(true);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RECOURSE")) {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end.
pub async fn run(mut command: Command, input: String) -> Ended {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("its input is piped");
    // a command that refuses before it reads closes its input
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = child.wait_with_output().await.expect("the program ends");
    Ended { code: output.status.code(), says: String::from_utf8_lossy(&output.stderr).into_owned() }
}

/// A port nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// A plain request from `person`, a different mail for each `number`.
pub fn request(number: usize) -> String {
    format!(
        "From: Person {number} <person{number}@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: My data, {number}\r\n\
         Message-ID: <request-{number}@mail.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n\r\n\
         Please send me a copy of the personal data you hold about me.\r\n"
    )
}

/// Creates a database.
pub async fn create(name: &str, template: &str) {
    use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
    // a template may be copied by one at a time
    static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _one = ONE.lock().await;
    let mut admin = PgConnection::connect(&postgres::url("postgres")).await.expect("the server answers");
    let statement = format!("CREATE DATABASE {name} TEMPLATE {template}");
    admin.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.expect("it is created");
    admin.close().await.expect("it closes");
}
