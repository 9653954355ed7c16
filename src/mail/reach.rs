//! Where a message to a machine may go. A name is looked up, what it leads to is judged, and the connection is made to what
//! was judged: no second look-up lies between the two. Redirects are not followed, proxies of the environment not asked.
//! Knows no message and no key.

use crate::domain::network::{Network, is_public};
use reqwest::{
    Client, ClientBuilder, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use std::{
    error::Error,
    net::{IpAddr, SocketAddr},
    str::FromStr as _,
    sync::Arc,
};

/// The networks inside that messages may go to although nobody outside could have such an address.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    allowed: Arc<[Network]>,
}

/// Why nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No address, or not one that is encrypted on its way.
    #[error("its address is none that may be used")]
    Address,
    /// The name leads inside, or to no place that anybody could have.
    #[error("its name leads to an address inside, which outgoing.allow does not name")]
    Inside,
    /// No client could be made.
    #[error("no connection can be made from here")]
    Client,
}

/// This machine, where an address says so in as many words.
const HERE: [&str; 3] = ["127.0.0.0/8", "::1", "::ffff:127.0.0.0/8"];

impl Reach {
    /// Anywhere outside, and these networks.
    #[must_use]
    pub fn new(allowed: Vec<Network>) -> Self {
        Self { allowed: allowed.into() }
    }

    /// A client that reaches what `url` means, and nothing else; the parsed address with it. `http://localhost` and
    /// `http://127.0.0.1` mean this machine; an encrypted address is judged by what it leads to, whatever it says.
    ///
    /// # Errors
    /// When the address is none, is neither encrypted nor on this machine, or is itself an address inside.
    pub fn client(&self, url: &str, builder: ClientBuilder) -> Result<(Client, Url), Refusal> {
        let url = Url::parse(url).map_err(|_| Refusal::Address)?;
        let host = url.host_str().ok_or(Refusal::Address)?.trim_matches(['[', ']']).to_owned();
        let literal = IpAddr::from_str(&host).ok();
        let is_plain = url.scheme() == "http";
        let is_here = host == "localhost" || literal.is_some_and(|address| address.to_canonical().is_loopback());
        if url.scheme() != "https" && !(is_plain && is_here) {
            return Err(Refusal::Address);
        }
        let here = HERE.iter().filter(|_| is_plain).filter_map(|network| network.parse().ok());
        let judge = Judge { allowed: self.allowed.iter().copied().chain(here).collect() };
        // an address needs no look-up, so nobody would judge it on the way
        if literal.is_some_and(|address| !judge.permits(address)) {
            return Err(Refusal::Inside);
        }
        let client = builder.redirect(Policy::none()).no_proxy().dns_resolver(Arc::new(judge)).user_agent("recourse");
        Ok((client.build().map_err(|_| Refusal::Client)?, url))
    }
}

/// Looks names up and lets through what may be reached.
struct Judge {
    allowed: Vec<Network>,
}

impl Judge {
    fn permits(&self, address: IpAddr) -> bool {
        is_public(address) || self.allowed.iter().any(|network| network.contains(address))
    }

    /// What of these may be reached. One address inside among others is enough to refuse them all: such an answer is
    /// nobody's mistake.
    fn judged(&self, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refusal> {
        let is_fine = !found.is_empty() && found.iter().all(|address| self.permits(address.ip()));
        if is_fine { Ok(found) } else { Err(Refusal::Inside) }
    }
}

impl Resolve for Judge {
    fn resolve(&self, name: Name) -> Resolving {
        let judge = Self { allowed: self.allowed.clone() };
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let judged = judge.judged(found)?;
            Ok(Box::new(judged.into_iter()) as Addrs)
        })
    }
}

/// True where a request failed because its name leads inside.
#[must_use]
pub fn leads_inside(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(at) = cause {
        if at.downcast_ref::<Refusal>().is_some() {
            return true;
        }
        cause = at.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(reach: &Reach, url: &str) -> Result<(), Refusal> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        reach.client(url, Client::builder()).map(|_| ())
    }

    #[test]
    fn s35_an_address_inside_is_refused_however_it_is_written() {
        let (plain, inside) = (Reach::default(), Reach::new(vec!["10.1.0.0/16".parse().expect("a network")]));
        for url in [
            "https://10.1.2.3/hook",
            "https://10.1.2.3:8443/hook",
            "https://169.254.169.254/latest/meta-data/",
            "https://[::ffff:10.1.2.3]/",
            "https://[::ffff:a9fe:a9fe]/",
            "https://[fd00:ec2::254]/",
            "https://[fe80::1]/",
            "https://2852039166/",
            "https://0xa9.0xfe.0xa9.0xfe/",
            "https://0251.0376.0251.0376/",
            "https://10.66051/",
            "https://192.168.1.1/",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[64:ff9b::a01:203]/",
        ] {
            assert_eq!(client(&plain, url), Err(Refusal::Inside), "{url}");
        }
        for url in ["https://10.1.2.3/hook", "https://[::ffff:10.1.2.3]/", "https://10.66051/"] {
            assert_eq!(client(&inside, url), Ok(()), "{url}");
        }
        assert_eq!(client(&inside, "https://10.2.0.1/"), Err(Refusal::Inside));
        for url in [
            "http://hook.example/",
            "http://10.1.2.3/",
            "ftp://hook.example/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "unix:/run/x",
            "hook.example",
            "",
            "https://",
            "http://127.0.0.1.evil.example/",
            "http://localhost.evil.example/",
        ] {
            assert_eq!(client(&inside, url), Err(Refusal::Address), "{url}");
        }
        for url in [
            "http://127.0.0.1:9/hook",
            "http://localhost/hook",
            "http://[::1]:9/",
            "https://hook.example/",
            "https://1.1.1.1/",
        ] {
            assert_eq!(client(&plain, url), Ok(()), "{url}");
        }
    }

    #[test]
    fn s35_one_address_inside_spoils_an_answer() {
        let judge = Judge { allowed: Vec::new() };
        let found = |texts: &[&str]| texts.iter().map(|text| text.parse().expect("an address")).collect::<Vec<_>>();
        assert!(judge.judged(found(&["1.1.1.1:0", "[2606:4700::1111]:0"])).is_ok());
        for answer in [&["127.0.0.1:0"][..], &["1.1.1.1:0", "10.0.0.1:0"], &["1.1.1.1:0", "[::ffff:127.0.0.1]:0"], &[]]
        {
            assert_eq!(judge.judged(found(answer)), Err(Refusal::Inside), "{answer:?}");
        }
    }

    /// A name is judged when it is looked up, each time anew.
    #[tokio::test]
    async fn s35_a_name_that_leads_inside_is_refused_at_the_connection() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("it does not wait");
        let port = listener.local_addr().expect("an address").port();
        let (client, url) =
            Reach::default().client(&format!("https://localhost:{port}/hook"), Client::builder()).expect("a client");
        for _ in 0..2 {
            let error = client.post(url.clone()).send().await.expect_err("nothing is sent");
            assert!(leads_inside(&error), "{error:?}");
        }
        assert!(listener.accept().is_err(), "nobody connected");
    }
}
