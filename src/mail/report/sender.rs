//! Who writes: a mail server that reports, or anybody else.

use mail_parser::Message;

/// What stands before the `@` of servers that report; without `-`, `_` and `.`.
const LOCALS: [&str; 16] = [
    "mailerdaemon",
    "maildaemon",
    "mailer",
    "postmaster",
    "mdaemon",
    "mmdf",
    "mailsystem",
    "maildelivery",
    "maildeliverysystem",
    "mailadmin",
    "mailadministrator",
    "doublebounce",
    "bounce",
    "bounces",
    "mailrobot",
    "symantecemailsecurity",
];

/// Names that such servers give themselves.
const NAMES: [&str; 18] = [
    "mail delivery",
    "mailer-daemon",
    "mailer daemon",
    "mail daemon",
    "delivery subsystem",
    "delivery system",
    "delivery notification",
    "delivery status",
    "delivery agent",
    "system administrator",
    "systemadministrator",
    "mail system",
    "mail administrator",
    "postmaster",
    "microsoft outlook",
    "microsoft exchange",
    "systemadministrateur",
    "administrateur système",
];

/// True where the mail comes from a server and not from a person. A null sender alone is not enough: absence notices
/// have one too.
pub fn is_server(message: &Message<'_>) -> bool {
    let writer = message.from().and_then(|list| list.first());
    let Some(writer) = writer else { return is_null(message) };
    let address = writer.address().unwrap_or_default().to_lowercase();
    let name = writer.name().unwrap_or_default().to_lowercase();
    if address.is_empty() && name.is_empty() {
        return is_null(message);
    }
    let local = address.rsplit_once('@').map_or(address.as_str(), |(local, _)| local);
    let local = local.split('+').next().unwrap_or_default();
    let bare: String = local.chars().filter(|c| !"-_.".contains(*c)).collect();
    let by_address = LOCALS.contains(&bare.as_str())
        || bare.starts_with("mailerdaemon")
        || (bare.starts_with("microsoftexchange") && bare.len() > 30);
    let by_name =
        NAMES.iter().any(|mark| name.contains(mark)) || (address.is_empty() && LOCALS.contains(&name.as_str()));
    let says_failed = message.header_raw("X-Failed-Recipients").is_some();
    by_address
        || ((is_null(message) || says_auto(message)) && by_name)
        || (says_failed && (is_null(message) || says_auto(message)))
}

fn is_null(message: &Message<'_>) -> bool {
    let raw = |name: &'static str| message.header_raw(name).map(|value| value.split_whitespace().collect::<String>());
    matches!(raw("Return-Path").as_deref(), Some("<>")) || matches!(raw("From").as_deref(), Some("" | "<>"))
}

fn says_auto(message: &Message<'_>) -> bool {
    message.header_raw("Auto-Submitted").is_some_and(|value| !value.trim().to_ascii_lowercase().starts_with("no"))
}
