//! A `PostgreSQL` server of the tests' own: temporary folder, free port, unprivileged user; ended when the test
//! process ends, however it ends.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// Starts the server, says "ready", and stops it when its standard input closes: when the test process is gone.
const SCRIPT: &str = r#"
set -eu
port=$1
bin=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)")
[ -x "$bin/initdb" ] || bin=$(dirname "$(command -v initdb)")
dir=$(mktemp -d /tmp/recourse-test-pg.XXXXXX)
user=$(id -un)
if [ "$(id -u)" = 0 ]; then
  user=nobody; id postgres >/dev/null 2>&1 && user=postgres
  chown "$user" "$dir"
fi
as() { if [ "$(id -u)" = 0 ]; then runuser -u "$user" -- "$@"; else "$@"; fi; }
cd "$dir"
as "$bin/initdb" -D "$dir/data" -U test -A trust -E UTF8 --no-sync >/dev/null
as "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" \
  -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=${RECOURSE_TEST_FSYNC:-off} -c max_connections=200" start >/dev/null
echo ready
cat >/dev/null || true
as "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
rm -rf "$dir"
"#;

/// The running server.
pub struct Server {
    /// Its port on the loopback address.
    pub port: u16,
    // held so that its standard input stays open as long as this process lives
    _script: Child,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let mut script = Command::new("bash")
        .args(["-c", SCRIPT, "test-postgres", &port.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash starts");
    let mut line = String::new();
    let out = script.stdout.take().expect("its output is piped");
    BufReader::new(out).read_line(&mut line).expect("it says something");
    assert_eq!(line.trim(), "ready", "PostgreSQL did not start; is the package postgresql installed?");
    Server { port, _script: script }
});

/// The address of a database of this server.
pub fn url(database: &str) -> String {
    format!("postgres://test@127.0.0.1:{}/{database}", SERVER.port)
}

/// The name of a new database that nobody else has.
pub fn fresh_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
