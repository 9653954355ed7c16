//! Where a request comes from, for counting tries. Of addresses of version 6 the network counts, since one person has many.
//! Behind a proxy that the configuration names it is what the proxy says; nobody else's word is taken.

use crate::{app::App, domain::network::Network, ui::asked::Client};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Once,
};

/// What proxies write whom they asked for into.
const SAID: &str = "x-forwarded-for";

/// Tells pages where the request comes from.
pub async fn known(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let trusted = &app.settings.trusted_proxies;
    if let Some(peer) = peer {
        note_unknown(peer, request.headers(), trusted);
    }
    let client = peer.map_or_else(|| "unknown".to_owned(), |peer| named(of(peer, request.headers(), trusted)));
    request.extensions_mut().insert(Client(client.into()));
    next.run(request).await
}

/// The peer; where that is a proxy of ours, whoever it says asked it; where that is one too, whoever that one says, and so
/// on, from right to left. What cannot be read is nobody's address: then it is the last proxy that could be.
fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_ours = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let lines = headers.get_all(SAID).iter().rev().map(|line| line.to_str().unwrap_or_default());
    let mut asked = peer;
    for said in lines.flat_map(|line| line.rsplit(',')) {
        if !is_ours(asked) {
            break;
        }
        let Some(next) = address(said) else { break };
        asked = next;
    }
    asked
}

/// An address as proxies write it, some with a port.
fn address(said: &str) -> Option<IpAddr> {
    let said = said.trim();
    let bare = said.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(said);
    bare.parse().ok().or_else(|| said.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
}

/// What is counted as one place.
pub(super) fn named(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).to_string(),
    }
}

/// Says once in the log that there seems to be a proxy that nobody named: until then everybody behind it is one place.
fn note_unknown(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) {
    static ONCE: Once = Once::new();
    let is_near = !crate::domain::network::is_public(peer);
    if is_near && headers.contains_key(SAID) && !trusted.iter().any(|network| network.contains(peer)) {
        ONCE.call_once(|| {
            tracing::warn!("requests come through a proxy that server.trusted_proxies does not name; all of them count as one place");
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn client(peer: &str, trusted: &[&str], lines: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(SAID, HeaderValue::from_static(line));
        }
        headers.insert("x-real-ip", HeaderValue::from_static("198.51.100.66"));
        headers.insert("forwarded", HeaderValue::from_static("for=198.51.100.67"));
        let trusted: Vec<Network> = trusted.iter().map(|network| network.parse().expect("a network")).collect();
        named(of(peer.parse().expect("an address"), &headers, &trusted))
    }

    #[test]
    fn s40_a_proxy_that_is_named_is_believed_and_nobody_else() {
        let ours = &["127.0.0.0/8", "10.0.0.0/8", "::1"][..];
        for (peer, trusted, lines, expected) in [
            // nobody is trusted who is not named, on this machine neither
            ("127.0.0.1", &[][..], &["203.0.113.9"][..], "127.0.0.1"),
            ("10.0.0.3", &[], &["203.0.113.9"], "10.0.0.3"),
            ("192.0.2.7", ours, &["203.0.113.9"], "192.0.2.7"),
            ("192.0.2.7", ours, &[], "192.0.2.7"),
            // the right-most address that is not a proxy of ours, whatever stands left of it
            ("127.0.0.1", ours, &["203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", ours, &["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", ours, &["198.51.100.1, 203.0.113.9, 10.1.1.1, 10.2.2.2"], "203.0.113.9"),
            ("127.0.0.1", ours, &["198.51.100.1, 203.0.113.9", "10.1.1.1"], "203.0.113.9"),
            ("127.0.0.1", ours, &["10.0.0.1, 203.0.113.9"], "203.0.113.9"),
            ("::ffff:127.0.0.1", ours, &["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
            ("::1", ours, &["[2001:db8:1:2::9]:443"], "2001:db8:1:2::"),
            ("127.0.0.1", ours, &["203.0.113.9:4242"], "203.0.113.9"),
            // what cannot be read ends it
            ("::1", ours, &["not an address"], "::"),
            ("127.0.0.1", ours, &["203.0.113.9, unknown"], "127.0.0.1"),
            ("127.0.0.1", ours, &["203.0.113.9, , 10.1.1.1"], "10.1.1.1"),
            ("127.0.0.1", ours, &[""], "127.0.0.1"),
            // all of them ours: the first of them asked
            ("127.0.0.1", ours, &["10.9.9.9, 10.1.1.1"], "10.9.9.9"),
        ] {
            assert_eq!(client(peer, trusted, lines), expected, "{peer} {trusted:?} {lines:?}");
        }
    }
}
