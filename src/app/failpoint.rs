//! Named places where the fault tests end or stop this process. Nothing at all in an ordinary build.

/// Ends the process without a word when `FAILPOINT` names this place (`name:exit`), or waits (`name:sleep`).
#[cfg(feature = "failpoints")]
pub fn failpoint(name: &str) {
    let Ok(asked) = std::env::var("FAILPOINT") else { return };
    match asked.split_once(':') {
        Some((place, "exit")) if place == name => std::process::abort(),
        Some((place, "sleep")) if place == name => std::thread::sleep(std::time::Duration::from_mins(1)),
        Some((place, "panic")) if place == name => std::panic::panic_any("failpoint"),
        _ => {}
    }
}

/// Nothing.
#[cfg(not(feature = "failpoints"))]
pub const fn failpoint(_name: &str) {}
