//! Two hundred people at the door at once, all with a wrong password: how soon the console still says that it is ready, and
//! what memory the hashing takes. Each comes from an address of their own, as a proxy on this machine says.

use super::process::{Console, exchange, get, serve};
use anyhow::Context as _;
use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

const PEOPLE: usize = 200;

/// The row of the table.
pub fn row() -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    let console = serve(folder.path())?;
    let before = peak(&console)?;
    let over = AtomicBool::new(false);
    let (mut waits, turned_away) = thread::scope(|scope| {
        let probe = scope.spawn(|| {
            let mut waits = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let start = Instant::now();
                if get(console.address, "/readyz", "").is_ok_and(|answer| answer.starts_with("HTTP/1.0 200")) {
                    waits.push(start.elapsed());
                }
                thread::sleep(Duration::from_millis(5));
            }
            waits
        });
        let people: Vec<_> = (0..PEOPLE)
            .map(|n| {
                scope.spawn({
                    let console = &console;
                    move || knock(console, n)
                })
            })
            .collect();
        let away = people.into_iter().filter_map(|person| person.join().ok()).filter(|status| *status != 422).count();
        over.store(true, Ordering::Relaxed);
        (probe.join().unwrap_or_default(), away)
    });
    waits.sort();
    let p99 = waits.get(waits.len() * 99 / 100).context("it never said that it is ready")?;
    let grown = (peak(&console)? - before) / 1024;
    Ok(format!(
        "| /readyz while {PEOPLE} sign in at once with wrong passwords, p99 | < 200 ms | {} ms; {turned_away} were told to wait; memory grew by {grown} MiB |",
        p99.as_millis()
    ))
}

/// One try; the status of its answer.
fn knock(console: &Console, n: usize) -> u16 {
    let body = format!("email=p{n}%40mail.example&password={}", "x".repeat(100_000));
    let address = console.address;
    let request = format!(
        "POST /signin HTTP/1.0\r\nHost: {address}\r\nOrigin: http://{address}\r\nSec-Fetch-Site: same-origin\r\n\
         X-Forwarded-For: 203.0.113.{n}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(address, &request).unwrap_or_default();
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

/// The most memory that the console ever had, in KiB.
fn peak(console: &Console) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", console.process.id()))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no memory figure")?;
    Ok(peak.trim().trim_end_matches("kB").trim().parse()?)
}
