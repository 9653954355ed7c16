//! A Dovecot of the tests' own: temporary folder, free ports, unprivileged user, a certificate that nobody else trusts;
//! ended when the test process ends, however it ends. Every user has the same password and an empty mailbox at first.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// The password of every user.
pub const PASSWORD: &str = "correct-horse";

/// Starts the server, says "ready FOLDER", and stops it when its standard input closes: when the test process is gone.
const SCRIPT: &str = r#"
set -eu
clear=$1 tls=$2 password=$3
bin=$(command -v dovecot || ls /usr/sbin/dovecot)
dir=$(mktemp -d /tmp/recourse-test-imap.XXXXXX)
chmod 755 "$dir"
user=$(id -un) group=$(id -gn)
[ "$(id -u)" != 0 ] || { user=nobody group=$(id -gn nobody); }
as() { if [ "$(id -u)" = 0 ]; then runuser -u "$user" -- "$@"; else "$@"; fi; }
cd "$dir"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 2 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost >openssl.log 2>&1
mkdir mail run
cat >dovecot.conf <<END
base_dir = $dir/run
state_dir = $dir/run
log_path = $dir/log
default_internal_user = $user
default_login_user = $user
default_internal_group = $group
mail_uid = $user
mail_gid = $group
first_valid_uid = 1
first_valid_gid = 1
protocols = imap
ssl = yes
ssl_cert = <$dir/cert.pem
ssl_key = <$dir/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
auth_cache_size = 0
mail_location = maildir:~/mail
mail_max_userip_connections = 200
passdb {
  driver = static
  args = password=$password
}
userdb {
  driver = static
  args = uid=$user gid=$group home=$dir/mail/%u
}
service imap {
  process_limit = 1000
}
service imap-login {
  chroot =
  service_count = 0
  inet_listener imap {
    address = 127.0.0.1
    port = $clear
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $tls
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
END
[ "$(id -u)" != 0 ] || chown -R "$user:$group" "$dir"
as "$bin" -F -c "$dir/dovecot.conf" >>start.log 2>&1 </dev/null &
server=$!
for _ in $(seq 200); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$clear") 2>/dev/null; then echo "ready $dir"; break; fi
  sleep 0.05
done
cat >/dev/null || true
as kill "$(cat "$dir/run/master.pid")" 2>/dev/null || true
wait "$server" 2>/dev/null || true
rm -rf "$dir"
"#;

/// The running server.
pub struct Dovecot {
    /// Its port for connections that begin in clear.
    pub clear: u16,
    /// Its port for TLS from the first byte.
    pub tls: u16,
    /// The certificate that it shows, for the name `localhost`.
    pub certificate: PathBuf,
    // held so that its standard input stays open as long as this process lives
    _script: Child,
}

/// The server of this test process.
pub static DOVECOT: LazyLock<Dovecot> = LazyLock::new(|| {
    let port = || TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (clear, tls) = (port(), port());
    let [clear_port, tls_port] = [&clear, &tls].map(|held| held.local_addr().expect("it has an address").port());
    drop((clear, tls));
    let mut script = Command::new("bash")
        .args(["-c", SCRIPT, "test-dovecot", &clear_port.to_string(), &tls_port.to_string(), PASSWORD])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash starts");
    let mut line = String::new();
    let out = script.stdout.take().expect("its output is piped");
    BufReader::new(out).read_line(&mut line).expect("it says something");
    let folder = line.trim().strip_prefix("ready ");
    let folder = folder.expect("Dovecot did not start; are the packages dovecot-imapd and openssl installed?");
    let certificate = PathBuf::from(folder).join("cert.pem");
    Dovecot { clear: clear_port, tls: tls_port, certificate, _script: script }
});

/// The name of a user that nobody else has.
pub fn fresh_user() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("u{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Another client at the same mailbox: puts mail into it and does what people do there.
pub struct Client {
    socket: TcpStream,
    heard: Vec<u8>,
}

impl Client {
    /// Logs in.
    pub fn login(user: &str) -> Self {
        let socket = TcpStream::connect(("127.0.0.1", DOVECOT.clear)).expect("the server answers");
        socket.set_read_timeout(Some(Duration::from_secs(20))).expect("it is set");
        let mut client = Self { socket, heard: Vec::new() };
        client.until("\r\n");
        client.say(&format!("LOGIN {user} \"{PASSWORD}\""));
        client
    }

    /// Sends a command that has to succeed; returns the whole answer.
    pub fn say(&mut self, command: &str) -> String {
        self.socket.write_all(format!("x {command}\r\n").as_bytes()).expect("it is sent");
        let answer = self.until("\r\nx ");
        assert!(answer.contains("\r\nx OK") || answer.starts_with("x OK"), "{command}: {answer}");
        answer
    }

    /// Puts a mail into a folder.
    pub fn append(&mut self, folder: &str, mail: &[u8]) {
        let command = format!("x APPEND {folder} {{{}+}}\r\n", mail.len());
        self.socket.write_all(command.as_bytes()).expect("it is sent");
        self.socket.write_all(mail).expect("it is sent");
        self.socket.write_all(b"\r\n").expect("it is sent");
        let answer = self.until("\r\nx ");
        assert!(answer.contains("x OK"), "{answer}");
    }

    /// Reads until a line that begins like the end of `mark`, and to the end of that line.
    fn until(&mut self, mark: &str) -> String {
        let mut chunk = [0; 8_192];
        loop {
            let text = format!("\r\n{}", String::from_utf8_lossy(&self.heard));
            if text.find(mark).is_some_and(|at| text[at + mark.len()..].contains("\r\n")) {
                self.heard.clear();
                return text;
            }
            let read = self.socket.read(&mut chunk).expect("the server answers in time");
            assert!(read > 0, "the server hung up: {text}");
            self.heard.extend_from_slice(&chunk[..read]);
        }
    }
}
