//! The mail server as the operator wrote it: host, port, encryption, user. Never prints the password.

use lettre::transport::smtp::{authentication::Credentials, client::TlsParameters, extension::ClientId};
use reqwest::Url;

/// What is asked of encryption.
#[derive(Clone)]
pub(super) enum Tls {
    /// Everything in clear.
    None,
    /// STARTTLS where it is offered; a password never leaves in clear.
    Opportunistic(TlsParameters),
    /// STARTTLS, or nothing is sent (RFC 3207).
    Required(TlsParameters),
    /// Encrypted from the first byte (RFC 8314).
    Wrapper(TlsParameters),
}

/// A mail server.
#[derive(Clone)]
pub(super) struct Server {
    /// Its name or address.
    pub host: String,
    /// 25, 465 or 587 where nothing else is said.
    pub port: u16,
    /// What is asked of encryption.
    pub tls: Tls,
    /// The name we greet it with.
    pub hello: ClientId,
    /// Who we are to it.
    pub credentials: Option<Credentials>,
}

const SHAPE: &str =
    "mail.smtp_url is not understood; write smtp://user:password@host:587?tls=required or smtps://user:password@host";

impl Server {
    /// Reads `smtp://user:password@host:587/our.name?tls=required`; the path is the name we greet with.
    ///
    /// # Errors
    /// In words for the operator, without the password.
    pub fn read(url: &str) -> Result<Self, String> {
        let url = Url::parse(url).map_err(|_| SHAPE.to_owned())?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SHAPE)?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let mut asked = url.query_pairs();
        let tls = asked.next();
        if asked.next().is_some() || tls.as_ref().is_some_and(|(key, _)| key != "tls") {
            return Err(SHAPE.to_owned());
        }
        let parameters = || TlsParameters::new(host.clone()).map_err(|_| SHAPE.to_owned());
        let (tls, port) = match (url.scheme(), tls.as_ref().map(|(_, value)| value.as_ref())) {
            ("smtp", None) => (Tls::None, 25),
            ("smtp", Some("opportunistic")) => (Tls::Opportunistic(parameters()?), 587),
            ("smtp", Some("required")) => (Tls::Required(parameters()?), 587),
            ("smtps", None | Some("required")) => (Tls::Wrapper(parameters()?), 465),
            _ => return Err(SHAPE.to_owned()),
        };
        let name = url.path().trim_matches('/');
        let hello = if name.is_empty() { ClientId::default() } else { ClientId::Domain(name.to_owned()) };
        let plain =
            |text: &str| percent(text).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| SHAPE.to_owned());
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(plain(url.username())?, plain(password)?)),
            None => None,
        };
        Ok(Self { port: url.port().unwrap_or(port), host, tls, hello, credentials })
    }
}

/// The bytes that a part of an address stands for (RFC 3986, 2.1).
fn percent(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%' {
            let (digits, after) = rest.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers_are_read_and_others_refused_without_the_password() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        for (url, host, port) in [
            ("smtp://mail.example", "mail.example", 25),
            ("smtp://u:p%40ss@mail.example?tls=required", "mail.example", 587),
            ("smtps://u:p@mail.example/desk.example", "mail.example", 465),
            ("smtp://[::1]:2525?tls=opportunistic", "::1", 2525),
        ] {
            let server = Server::read(url).expect("it reads");
            assert_eq!((server.host.as_str(), server.port), (host, port), "{url}");
        }
        let known = Server::read("smtp://u:p%40ss@mail.example").expect("it reads").credentials;
        assert_eq!(known, Some(Credentials::new("u".to_owned(), "p@ss".to_owned())));
        for url in
            ["mail.example", "http://u:hunter2@h", "smtp://u:hunter2@h?tls=maybe", "smtp://h?ssl=1", "smtp://u:%zz@h"]
        {
            let says = Server::read(url).err().expect("it is refused");
            assert!(!says.contains("hunter2"), "{says}");
        }
    }
}
