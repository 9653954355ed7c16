//! The few headers that say how a mail travelled. Only what the operator's own servers wrote counts: everything below the
//! topmost of their lines may be a stranger's.

use crate::mail::outline;
use std::net::IpAddr;

/// The unfolded headers of a mail, top to bottom, names in lower case.
pub(super) fn headers(raw: &[u8]) -> Vec<(String, String)> {
    const MOST: usize = 256 * 1024;
    let (head, _) = outline::split(&raw[..raw.len().min(MOST)]);
    let text = String::from_utf8_lossy(head);
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = found.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            found.push((name.trim().to_lowercase(), value.trim().to_owned()));
        }
    }
    found
}

/// Who handed a mail in to the operator's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HandedIn {
    /// The client's address.
    pub ip: IpAddr,
    /// What it called itself.
    pub helo: String,
    /// The envelope's sender; empty for the null sender.
    pub mail_from: String,
    /// The server that took it.
    pub host: String,
}

/// Who handed the mail in, by the topmost Received header of one of `ours` that names an address of the outside; none
/// where there is none or our server wrote no Return-Path.
pub(super) fn handed_in(raw: &[u8], ours: &[String]) -> Option<HandedIn> {
    if ours.is_empty() {
        return None;
    }
    let headers = headers(raw);
    let mail_from = headers.iter().find(|(name, _)| name == "return-path")?.1.trim_matches(['<', '>', ' ']).to_owned();
    let received = headers.iter().filter(|(name, _)| name == "received").map(|(_, value)| value.as_str());
    // our own servers hand it on to each other: the last line in their unbroken row is where it came in
    let own = received.map_while(|value| by_ours(value, ours).map(|host| (value, host)));
    let (value, host) = own.filter(|(value, _)| client(value).is_some()).last()?;
    let helo = value.split_whitespace().nth(1).unwrap_or_default().trim_matches(['[', ']']).to_owned();
    Some(HandedIn { ip: client(value)?, helo, mail_from, host })
}

/// Which of `ours` wrote the line, by its `by` clause.
fn by_ours(received: &str, ours: &[String]) -> Option<String> {
    let (_, rest) = received.split_once(" by ").or_else(|| received.split_once("by "))?;
    let host = rest.split([' ', ';', '(']).next()?.trim_end_matches('.');
    ours.iter().find(|own| own.eq_ignore_ascii_case(host)).cloned()
}

/// The client's address in brackets of the `from` clause, if it is one of the outside.
fn client(received: &str) -> Option<IpAddr> {
    let from = received.split(" by ").next()?;
    let bracketed = from.rsplit_once('[')?.1.split(']').next()?;
    let ip: IpAddr = bracketed.trim_start_matches("IPv6:").parse().ok()?;
    let outside = match ip {
        IpAddr::V4(ip) => !ip.is_private() && !ip.is_loopback() && !ip.is_link_local(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unique_local() && !ip.is_unicast_link_local(),
    };
    (outside && from.trim_start().starts_with("from ")).then_some(ip)
}
