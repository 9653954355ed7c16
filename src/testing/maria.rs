//! A `MariaDB` server of the tests' own: temporary folder, free port, unprivileged user; ended when the test process
//! ends, however it ends.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

/// Starts the server, says "ready", and ends it when its standard input closes: when the test process is gone. Clients may
/// take their time to shake hands: the machine may be busy.
const SCRIPT: &str = r#"
set -eu
port=$1
server=$(command -v mariadbd || echo /usr/sbin/mariadbd)
dir=$(mktemp -d /tmp/recourse-test-maria.XXXXXX)
user=$(id -un)
if [ "$(id -u)" = 0 ]; then
  user=nobody; id mysql >/dev/null 2>&1 && user=mysql
  chown "$user" "$dir"
fi
as() { if [ "$(id -u)" = 0 ]; then runuser -u "$user" -- "$@"; else "$@"; fi; }
cd "$dir"
quick="--innodb-flush-method=nosync --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-log-file-size=32M --innodb-buffer-pool-size=64M"
as mariadb-install-db --no-defaults --datadir="$dir/data" --auth-root-authentication-method=normal --skip-test-db --innodb-doublewrite=0 >/dev/null 2>"$dir/log"
as "$server" --no-defaults --datadir="$dir/data" --tmpdir="$dir" --socket="$dir/socket" --pid-file="$dir/pid" --port="$port" --bind-address=127.0.0.1 \
  --skip-name-resolve --skip-log-bin --performance-schema=OFF --max-connections=200 --connect-timeout=300 $quick 2>>"$dir/log" &
until as mariadb-admin --no-defaults --protocol=tcp -h 127.0.0.1 -P "$port" -u root ping >/dev/null 2>&1; do sleep 0.1; kill -0 $! ; done
echo ready
cat >/dev/null || true
kill -9 "$(cat "$dir/pid")" 2>/dev/null || true
rm -rf "$dir"
"#;

/// The running server.
struct Server {
    port: u16,
    // held so that its standard input stays open as long as this process lives
    _script: Child,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let mut script = Command::new("bash")
        .args(["-c", SCRIPT, "test-maria", &port.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash starts");
    let mut line = String::new();
    let out = script.stdout.take().expect("its output is piped");
    BufReader::new(out).read_line(&mut line).expect("it says something");
    assert_eq!(line.trim(), "ready", "MariaDB did not start; is the package mariadb-server installed?");
    Server { port, _script: script }
});

/// The address of a database of this server, as whoever may do everything; empty for none.
pub fn url(database: &str) -> String {
    url_as("root", database)
}

/// The same as somebody else, who has no password.
pub fn url_as(user: &str, database: &str) -> String {
    format!("mariadb://{user}@127.0.0.1:{}/{database}?ssl-mode=disabled", SERVER.port)
}
