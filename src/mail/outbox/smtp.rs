//! Talks SMTP: connections that are used again, each step with its time, and after every trouble the knowledge whether
//! the mail may have left. A connection that was given up in the middle of a mail is never handed on.

use super::{
    SendError,
    server::{Server, Tls},
    status::Answer,
};
use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::DEFAULT_MECHANISMS,
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Quit, Rcpt, Rset},
        extension::{Extension, MailBodyParameter, MailParameter},
    },
};
use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep, timeout},
};

/// How long reaching the server may take, with greeting, encryption and user.
const REACHED: Duration = Duration::from_secs(10);
/// How long the server may take over sender and recipient together.
const AGREED: Duration = Duration::from_secs(10);
/// How long the mail itself may take, with the server's answer. All together stay under a minute, with one connection
/// that turns out to be dead.
const TAKEN: Duration = Duration::from_secs(25);
/// How long a connection waits for the next mail.
const IDLE: Duration = Duration::from_secs(10);
/// How many mails one connection carries; servers count.
const MAILS: u32 = 100;
/// How many connections there are at once.
const CONNECTIONS: usize = 8;

/// A mail server and the connections to it.
pub struct Smtp {
    server: Server,
    idle: Mutex<Vec<Idle>>,
    open: Semaphore,
}

/// A connection between two mails.
struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
    mails: u32,
}

/// What kept a mail from being handed over.
enum Trouble {
    /// The server said so; the connection is as good as before.
    Said(SendError),
    /// The connection is of no more use; nothing was handed over.
    Lost(SendError),
    /// The mail was on its way: it may have left.
    InDoubt,
}

impl Smtp {
    pub(super) fn new(server: Server) -> Self {
        Self { server, idle: Mutex::default(), open: Semaphore::new(CONNECTIONS) }
    }

    /// Hands one mail over.
    ///
    /// # Errors
    /// As `SendError` tells them apart.
    pub(super) async fn send(
        self: &Arc<Self>,
        from: Option<Address>,
        to: Address,
        mail: &[u8],
    ) -> Result<(), SendError> {
        let busy = || SendError::Unreachable("all connections to the mail server are in use".to_owned());
        let begun = Instant::now();
        let _permit = timeout(REACHED / 2, self.open.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())?;
        if let Some(mut used) = self.take() {
            match hand_over(&mut used.connection, from.clone(), to.clone(), mail).await {
                // it ended while it waited: a new one may do
                Err(Trouble::Lost(_)) if begun.elapsed() < AGREED => {}
                ended => return self.settled(used, ended),
            }
        }
        let connection = reached(&self.server).await?;
        let mut fresh = Idle { connection, since: Instant::now(), mails: 0 };
        let ended = hand_over(&mut fresh.connection, from, to, mail).await;
        self.settled(fresh, ended)
    }

    /// What came of it; the connection waits for the next mail where it is good for one.
    fn settled(self: &Arc<Self>, used: Idle, ended: Result<(), Trouble>) -> Result<(), SendError> {
        match ended {
            Ok(()) => self.keep(used),
            Err(Trouble::Said(error)) => {
                self.keep(used);
                return Err(error);
            }
            Err(Trouble::Lost(error)) => return Err(error),
            Err(Trouble::InDoubt) => {
                let says = "the mail server did not say whether it took the mail; it may have arrived";
                return Err(SendError::InDoubt(says.to_owned()));
            }
        }
        Ok(())
    }

    /// The connection that waited least, if one is good.
    fn take(&self) -> Option<Idle> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop().filter(|one| one.since.elapsed() < IDLE)
    }

    fn keep(self: &Arc<Self>, mut used: Idle) {
        used.mails += 1;
        used.since = Instant::now();
        if used.connection.has_broken() || used.mails >= MAILS {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = idle.is_empty();
        idle.push(used);
        drop(idle);
        if is_first {
            tokio::spawn(close_idle(Arc::downgrade(self)));
        }
    }

    /// Takes out what waited too long.
    fn over(&self) -> (Vec<Idle>, bool) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (over, good) = std::mem::take(&mut *idle).into_iter().partition(|one| one.since.elapsed() >= IDLE);
        *idle = good;
        let is_last = idle.is_empty();
        (over, is_last)
    }
}

/// Says goodbye on connections that waited too long, until none waits.
async fn close_idle(server: Weak<Smtp>) {
    loop {
        sleep(IDLE).await;
        let Some(server) = server.upgrade() else { return };
        let (over, is_last) = server.over();
        drop(server);
        for mut one in over {
            // whether it hears us or not
            let _ = timeout(Duration::from_secs(2), one.connection.command(Quit)).await;
        }
        if is_last {
            return;
        }
    }
}

/// A new connection, encrypted as asked for, with our user. Nothing that goes wrong here is the mail's fault.
async fn reached(server: &Server) -> Result<AsyncSmtpConnection, SendError> {
    let unreachable = |says: &str| Err(SendError::Unreachable(format!("the mail server {says}")));
    match timeout(REACHED, connected(server)).await {
        Err(_) => unreachable("did not answer in time"),
        Ok(Ok(Some(connection))) => Ok(connection),
        Ok(Ok(None)) => unreachable("offers no encryption, and nothing is sent in clear"),
        Ok(Err(error)) => match Answer::of(&error) {
            Some(answer) => Err(SendError::Unreachable(answer.says())),
            None if error.is_tls() => unreachable("offers no encryption that is safe: look at its certificate"),
            None => unreachable("could not be reached or hung up"),
        },
    }
}

/// None where the server does not encrypt and has to.
async fn connected(server: &Server) -> Result<Option<AsyncSmtpConnection>, Error> {
    let place = (server.host.as_str(), server.port);
    let wrapper = if let Tls::Wrapper(tls) = &server.tls { Some(tls.clone()) } else { None };
    let mut connection =
        AsyncSmtpConnection::connect_tokio1(place, Some(REACHED), &server.hello, wrapper, None).await?;
    match &server.tls {
        Tls::Required(tls) | Tls::Opportunistic(tls) if connection.can_starttls() => {
            connection.starttls(tls.clone(), &server.hello).await?;
        }
        Tls::Required(_) => return Ok(None),
        Tls::Opportunistic(_) if server.credentials.is_some() => return Ok(None),
        Tls::None | Tls::Opportunistic(_) | Tls::Wrapper(_) => {}
    }
    if let Some(credentials) = &server.credentials {
        connection.auth(DEFAULT_MECHANISMS, credentials).await?;
    }
    Ok(Some(connection))
}

async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    from: Option<Address>,
    to: Address,
    mail: &[u8],
) -> Result<(), Trouble> {
    let options = options(connection, from.as_ref(), &to, mail)?;
    match timeout(AGREED, agreed(connection, from, to, options)).await {
        Ok(agreed) => agreed?,
        Err(_) => return Err(lost("did not answer in time")),
    }
    match timeout(TAKEN, connection.message(mail)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => match Answer::of(&error) {
            Some(answer) => Err(said(&answer, false)),
            None => Err(Trouble::InDoubt),
        },
        Err(_) => Err(Trouble::InDoubt),
    }
}

/// What the server has to know beforehand of a mail that is not plain ASCII (RFC 6531, RFC 6152).
fn options(
    connection: &AsyncSmtpConnection,
    from: Option<&Address>,
    to: &Address,
    mail: &[u8],
) -> Result<Vec<MailParameter>, Trouble> {
    let mut options = Vec::new();
    let plain = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
    if !plain(to) || from.is_some_and(|from| !plain(from)) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            let says = "the mail server takes no addresses with letters beyond ASCII; ask the person for another one";
            return Err(Trouble::Said(SendError::Refused(says.to_owned())));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !mail.is_ascii() {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(options)
}

/// Sender, recipient, and the server's word that it wants the mail.
async fn agreed(
    connection: &mut AsyncSmtpConnection,
    from: Option<Address>,
    to: Address,
    options: Vec<MailParameter>,
) -> Result<(), Trouble> {
    let mut of_recipient = false;
    let mut answered = connection.command(Mail::new(from, options)).await;
    if answered.is_ok() {
        of_recipient = true;
        answered = connection.command(Rcpt::new(to, Vec::new())).await;
    }
    if answered.is_ok() {
        of_recipient = false;
        answered = connection.command(Data).await;
    }
    let Err(error) = answered else { return Ok(()) };
    let Some(answer) = Answer::of(&error) else { return Err(lost("hung up")) };
    let trouble = said(&answer, of_recipient);
    // a mail that was begun is taken back, so that the next one begins anew
    if let Trouble::Said(error) = trouble {
        let is_free = connection.command(Rset).await.is_ok();
        return Err(if is_free { Trouble::Said(error) } else { Trouble::Lost(error) });
    }
    Err(trouble)
}

/// What a refusal means for the mail and for the connection.
fn said(answer: &Answer, of_recipient: bool) -> Trouble {
    let says = answer.says();
    if answer.hangs_up() {
        return Trouble::Lost(SendError::Busy(says));
    }
    Trouble::Said(match &answer.enhanced {
        Some(status) if of_recipient && answer.is_gone() => SendError::Gone { status: status.clone(), says },
        _ if answer.is_for_good() => SendError::Refused(says),
        _ => SendError::Busy(says),
    })
}

fn lost(says: &str) -> Trouble {
    Trouble::Lost(SendError::Unreachable(format!("the mail server {says} before it took the mail")))
}
