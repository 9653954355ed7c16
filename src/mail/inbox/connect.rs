//! Connecting: the socket, TLS, the greeting, the login. Every step has its limit of time.

use super::{
    ANSWER, Error, Security, Server, Trust,
    dialog::{Dialog, Wire},
};
use async_imap::{
    Client,
    imap_proto::{Capability, Response, Status},
};
use rustls::pki_types::ServerName;
use std::{io, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

/// How long reaching the server may take.
const REACHED: Duration = Duration::from_secs(20);

/// A mailbox on which we are logged in.
#[derive(Debug)]
pub struct Mailbox {
    pub(super) dialog: Dialog,
    pub(super) can: Can,
}

/// What the server can do beyond the first standard.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Can {
    pub(super) idle: bool,
    pub(super) r#move: bool,
    pub(super) uid_plus: bool,
}

type Stranger = Client<Box<dyn Wire>>;

impl Mailbox {
    /// Connects and logs in.
    ///
    /// # Errors
    /// In words for the operator.
    pub async fn connect(server: &Server) -> Result<Self, Error> {
        let socket = reach(server).await?;
        let stranger = match &server.security {
            Security::Implicit(trust) => greeted(Box::new(encrypted(server, trust, socket).await?)).await?,
            Security::StartTls(trust) => {
                let mut clear = greeted(Box::new(socket)).await?;
                let asked = timeout(ANSWER, clear.run_command_and_check_ok("STARTTLS", None)).await;
                asked.map_err(|_| Error::Slow("STARTTLS"))?.map_err(|_| Error::NoStartTls)?;
                // whatever came in clear behind the answer is dropped with the old client (RFC 3207's lesson)
                let wire: Box<dyn Wire> = Box::new(encrypted(server, trust, clear.into_inner()).await?);
                Client::new(wire)
            }
            Security::Clear => greeted(Box::new(socket)).await?,
        };
        let login = timeout(ANSWER, stranger.login(&server.user, server.password.as_str())).await;
        let session = match login.map_err(|_| Error::Slow("the login"))? {
            Ok(session) => session,
            Err((async_imap::error::Error::Io(_) | async_imap::error::Error::ConnectionLost, _)) => {
                return Err(Error::Cut("the login"));
            }
            Err(_) => return Err(Error::Refused),
        };
        let mut dialog = Dialog::new(session);
        let can = abilities(&mut dialog).await?;
        Ok(Self { dialog, can })
    }

    /// Says good-bye; what the server answers does not matter any more.
    pub async fn leave(mut self) {
        let _ = self.dialog.ask("the good-bye", "LOGOUT", Duration::from_secs(2), |_| {}).await;
    }
}

async fn reach(server: &Server) -> Result<TcpStream, Error> {
    let connected = timeout(REACHED, TcpStream::connect((server.host.as_str(), server.port))).await;
    let socket = connected
        .map_err(|_| Error::Unreachable("no answer".to_owned()))?
        .map_err(|error| Error::Unreachable(error.kind().to_string()))?;
    let is_here = socket.peer_addr().is_ok_and(|address| address.ip().is_loopback());
    if matches!(server.security, Security::Clear) && !is_here {
        return Err(Error::NotHere);
    }
    // commands are short and each waits for its answer
    let _ = socket.set_nodelay(true);
    Ok(socket)
}

async fn encrypted<S: Wire>(
    server: &Server,
    trust: &Trust,
    socket: S,
) -> Result<tokio_rustls::client::TlsStream<S>, Error> {
    let name = ServerName::try_from(server.host.clone()).map_err(|_| Error::Tls("host is no name".to_owned()))?;
    let shaken = timeout(REACHED, TlsConnector::from(trust.0.clone()).connect(name, socket)).await;
    shaken.map_err(|_| Error::Slow("TLS"))?.map_err(|error| tls_error(&error))
}

fn tls_error(error: &io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(why)) => Error::Untrusted(match why {
            rustls::CertificateError::Expired | rustls::CertificateError::ExpiredContext { .. } => "it is over".into(),
            rustls::CertificateError::NotValidForName | rustls::CertificateError::NotValidForNameContext { .. } => {
                "it is of another name".into()
            }
            _ => "nobody known signed it".into(),
        }),
        _ => Error::Tls(error.kind().to_string()),
    }
}

async fn greeted(wire: Box<dyn Wire>) -> Result<Stranger, Error> {
    const WHAT: &str = "the greeting";
    let mut client = Client::new(wire);
    let greeting = timeout(ANSWER, client.read_response()).await.map_err(|_| Error::Slow(WHAT))?;
    let greeting = greeting.map_err(|_| Error::Garbled(WHAT))?.ok_or(Error::Cut(WHAT))?;
    match greeting.parsed() {
        Response::Data { status: Status::Ok | Status::PreAuth, .. } => Ok(client),
        Response::Data { status: Status::Bye, .. } => Err(Error::Bye(WHAT)),
        _ => Err(Error::Garbled(WHAT)),
    }
}

/// What the server can do, asked after the login: some say more then.
async fn abilities(dialog: &mut Dialog) -> Result<Can, Error> {
    let mut can = Can::default();
    dialog
        .ask("its abilities", "CAPABILITY", ANSWER, |answer| {
            let Response::Capabilities(list) = answer else { return };
            let has = |name: &str| {
                list.iter().any(|c| matches!(c, Capability::Atom(atom) if atom.eq_ignore_ascii_case(name)))
            };
            can = Can { idle: has("IDLE"), r#move: has("MOVE"), uid_plus: has("UIDPLUS") };
        })
        .await?;
    Ok(can)
}
