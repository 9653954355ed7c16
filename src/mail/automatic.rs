//! What shows that no person wrote a mail. Looks at headers only.

/// What shows that a machine wrote the mail; empty for people's mail (RFC 3834 and common practice).
#[must_use]
pub fn reasons(headers: &mail_parser::Message<'_>, address: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    let text = |name: &'static str| headers.header_raw(name).map(|v| v.trim().to_lowercase());
    let mut say = |name: &str, value: String| found.push(format!("{name}: {value}"));
    if let Some(value) = text("Auto-Submitted").filter(|v| !v.is_empty() && !v.starts_with("no")) {
        say("auto-submitted", value);
    }
    let bulk = |v: &String| matches!(v.as_str(), "bulk" | "junk" | "list" | "auto_reply" | "auto-reply");
    if let Some(value) = text("Precedence").filter(bulk) {
        say("precedence", value);
    }
    if let Some(value) = text("X-Auto-Response-Suppress").filter(|v| !v.is_empty() && v != "none") {
        say("x-auto-response-suppress", value);
    }
    for mark in ["X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id", "List-Unsubscribe", "Feedback-ID"] {
        if headers.header(mark).is_some() {
            found.push(mark.to_lowercase());
        }
    }
    if text("Content-Type").is_some_and(|v| v.starts_with("multipart/report")) {
        found.push("report".to_owned());
    }
    if text("Return-Path").is_some_and(|v| v == "<>") {
        found.push("null sender".to_owned());
    }
    let local = address.and_then(|a| a.split('@').next()).unwrap_or_default().to_lowercase();
    if matches!(local.as_str(), "mailer-daemon" | "postmaster" | "no-reply" | "noreply" | "donotreply" | "do-not-reply")
    {
        found.push("sender".to_owned());
    }
    found
}
