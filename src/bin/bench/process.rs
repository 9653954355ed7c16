//! The measurements of the real binary: start, memory when idle, and what the first page costs.

use anyhow::{Context as _, bail};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// A console that ends with this value.
pub struct Console {
    pub process: Child,
    pub address: SocketAddr,
    ready_after: Duration,
}

impl Drop for Console {
    fn drop(&mut self) {
        // it is gone already when this fails
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn binary() -> anyhow::Result<PathBuf> {
    let file = std::env::current_exe()?.with_file_name("recourse");
    if file.exists() { Ok(file) } else { bail!("{} is missing; build it first", file.display()) }
}

pub fn serve(folder: &Path) -> anyhow::Result<Console> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    // people come through a proxy on this machine, each from an address of their own
    fs::write(folder.join("recourse.toml"), "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n")?;
    let start = Instant::now();
    let process = Command::new(binary()?)
        .args(["serve", "--listen", &address.to_string(), "--data-dir"])
        .arg(folder)
        // there is nobody to type a code
        .env("RECOURSE__SIGN_IN__SECOND_FACTOR", "offered")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut console = Console { process, address, ready_after: Duration::ZERO };
    while start.elapsed() < Duration::from_secs(20) {
        if get(address, "/readyz", "").is_ok_and(|answer| answer.starts_with("HTTP/1.0 200")) {
            console.ready_after = start.elapsed();
            return Ok(console);
        }
        sleep(Duration::from_millis(2));
    }
    bail!("the console did not become ready")
}

pub fn exchange(address: SocketAddr, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

pub fn get(address: SocketAddr, path: &str, headers: &str) -> std::io::Result<String> {
    exchange(address, &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n{headers}\r\n"))
}

/// Signs in and returns the cookie.
fn sign_in(address: SocketAddr, password: &str) -> anyhow::Result<String> {
    let body = format!("email=bench%40mail.example&password={password}");
    let request = format!(
        "POST /signin HTTP/1.0\r\nHost: {address}\r\nOrigin: http://{address}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(address, &request)?;
    let cookie =
        answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).context("the sign-in was refused")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

fn hire(folder: &Path) -> anyhow::Result<&'static str> {
    const PASSWORD: &str = "correct-horse-battery";
    let mut child = Command::new(binary()?)
        .args([
            "admin",
            "create-user",
            "--email",
            "bench@mail.example",
            "--name",
            "Bench",
            "--role",
            "agent",
            "--password-stdin",
        ])
        .arg("--data-dir")
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    child.stdin.take().context("no input")?.write_all(PASSWORD.as_bytes())?;
    if child.wait()?.success() { Ok(PASSWORD) } else { bail!("nobody was hired") }
}

/// From the start of the process to the first answer that it is ready, on a migrated database.
pub fn start() -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    drop(serve(folder.path())?);
    let mut times =
        (0..super::RUNS).map(|_| serve(folder.path()).map(|c| c.ready_after)).collect::<anyhow::Result<Vec<_>>>()?;
    times.sort();
    Ok(format!("| ready, migrated database | < 300 ms | {} ms |", times[times.len() / 2].as_millis()))
}

/// Resident memory 60 s after one sign-in and 100 views of the queue.
pub fn idle() -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    let password = hire(folder.path())?;
    let console = serve(folder.path())?;
    let cookie = sign_in(console.address, password)?;
    for _ in 0..100 {
        let answer = get(console.address, "/queue", &format!("Cookie: {cookie}\r\n"))?;
        if !answer.starts_with("HTTP/1.0 200") {
            bail!("the queue was not shown");
        }
    }
    sleep(Duration::from_mins(1));
    let status = fs::read_to_string(format!("/proc/{}/status", console.process.id()))?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no memory figure")?;
    let kib: u64 = resident.trim().trim_end_matches("kB").trim().parse()?;
    Ok(format!("| resident, idle 60 s after 100 queue views | < 60 MiB | {} MiB |", kib / 1024))
}

/// Bytes over the wire for the queue page, its style sheet and the browser side, compressed.
pub fn first_load() -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    let password = hire(folder.path())?;
    let console = serve(folder.path())?;
    let cookie = sign_in(console.address, password)?;
    let page = get(console.address, "/queue", &format!("Cookie: {cookie}\r\n"))?;
    let mut total = body_length(console.address, "/queue", &cookie)?;
    let mut paths: Vec<&str> =
        page.split(['"', '\'']).filter(|part| part.starts_with("/pkg/") || part.starts_with("/style/")).collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths.into_iter().filter(|path| path.contains('.')) {
        total += body_length(console.address, path, &cookie)?;
    }
    Ok(format!("| first load of the queue, compressed | < 150 KB | {} KB |", total / 1_000))
}

fn body_length(address: SocketAddr, path: &str, cookie: &str) -> anyhow::Result<usize> {
    let mut stream = TcpStream::connect(address)?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\nAccept-Encoding: br\r\nCookie: {cookie}\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let head = answer.windows(4).position(|w| w == b"\r\n\r\n").context("no answer")?;
    Ok(answer.len() - head - 4)
}
