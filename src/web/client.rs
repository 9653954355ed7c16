//! Where a request comes from, for counting tries. Of addresses of version 6 the network counts, since one person has many.
//! Behind a proxy of ours it is what the proxy says; anybody else's word for it is not taken.

use crate::ui::asked::Client;
use axum::{
    extract::{ConnectInfo, Request},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Tells pages where the request comes from.
pub async fn known(mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let client = peer.map_or_else(|| "unknown".to_owned(), |peer| of(peer, request.headers()));
    request.extensions_mut().insert(Client(client.into()));
    next.run(request).await
}

/// The peer, or, where that is on this machine or in its own network, whom it names last as having asked it.
fn of(peer: IpAddr, headers: &HeaderMap) -> String {
    let is_ours = match peer.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    };
    let said = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let said = said.and_then(|all| all.rsplit(',').next()).and_then(|last| last.trim().parse::<IpAddr>().ok());
    let asked = said.filter(|_| is_ours).unwrap_or(peer);
    match asked.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_proxy_of_ours_is_believed_and_nobody_else() {
        let headers = |text: Option<&'static str>| {
            let value = text.map(|text| ("x-forwarded-for".parse().expect("a name"), HeaderValue::from_static(text)));
            value.into_iter().collect::<HeaderMap>()
        };
        for (peer, said, client) in [
            ("192.0.2.7", None, "192.0.2.7"),
            ("192.0.2.7", Some("203.0.113.9"), "192.0.2.7"),
            ("127.0.0.1", Some("203.0.113.9"), "203.0.113.9"),
            ("10.0.0.3", Some("198.51.100.1, 203.0.113.9"), "203.0.113.9"),
            ("::ffff:127.0.0.1", Some("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::"),
            ("::1", Some("not an address"), "::"),
            ("127.0.0.1", None, "127.0.0.1"),
        ] {
            assert_eq!(of(peer.parse().expect("an address"), &headers(said)), client, "{peer} {said:?}");
        }
    }
}
