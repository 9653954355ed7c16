//! Named places where the fault tests end or stop this process. Nothing at all in an ordinary build.

/// Ends the process without a word when `FAILPOINT` names this place (`name:exit`), waits (`name:sleep`) or stops it until it
/// is told to go on (`name:stop`).
/// `name:exit:3` means the third time that this place is passed.
#[cfg(feature = "failpoints")]
pub fn failpoint(name: &str) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let Ok(asked) = std::env::var("FAILPOINT") else { return };
    let mut parts = asked.split(':');
    if parts.next() != Some(name) {
        return;
    }
    let (what, nth) = (parts.next(), parts.next().and_then(|nth| nth.parse().ok()).unwrap_or(1));
    let time = PASSED.fetch_add(1, Ordering::SeqCst) + 1;
    if time < nth {
        return;
    }
    match what {
        Some("exit") => std::process::abort(),
        Some("sleep") => std::thread::sleep(std::time::Duration::from_mins(1)),
        Some("stop") if time == nth => {
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
        }
        Some("panic") => std::panic::panic_any("what a panic says"),
        _ => {}
    }
}

/// Nothing.
#[cfg(not(feature = "failpoints"))]
pub const fn failpoint(_name: &str) {}
