//! Manages the people who work here: their accounts, second factors and sessions; and the master key.

mod rotate;

use super::open;
use crate::{
    app::{App, Error, staff},
    config::Config,
    domain::rights::Role,
    store::{Clock, vault::random},
};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use std::io::Read as _;

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Adds somebody; prints a random password once, unless --password-stdin is given
    CreateUser {
        #[command(flatten)]
        whose: Whose,
        /// Their name as colleagues and requesters read it
        #[arg(long)]
        name: String,
        /// officer, lead, agent or responder; may stand several times
        #[arg(long, required = true, value_name = "ROLE")]
        role: Vec<String>,
        #[command(flatten)]
        password: Password,
        /// Mails them a link to set their password instead; a console that serves sends it
        #[arg(long, conflicts_with = "password_stdin")]
        invite: bool,
    },
    /// Sets a new password and ends all sessions; prints it once, unless --password-stdin is given
    ResetPassword {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        password: Password,
    },
    /// Forgets every second factor of somebody who lost theirs, and ends all sessions; they enrol another at the next sign-in
    ResetMfa(Whose),
    /// Lets somebody sign in no more, and ends all their sessions
    Disable(Whose),
    /// Lets somebody sign in again
    Enable(Whose),
    /// Lists the sessions of somebody
    ListSessions(Whose),
    /// Ends all sessions of somebody, on every console
    KillSessions(Whose),
    /// Makes a new master key and wraps the data keys by it; consoles may run meanwhile
    RotateKey {
        /// Makes a new data key too, and has it take over everything sealed; no console may run meanwhile
        #[arg(long)]
        contents: bool,
    },
}

/// Whose account it is.
#[derive(Debug, Args)]
pub struct Whose {
    /// The mail address they sign in with
    #[arg(long)]
    email: String,
}

/// Where a password comes from.
#[derive(Debug, Args)]
pub struct Password {
    /// Reads the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

impl Password {
    fn take(&self) -> anyhow::Result<String> {
        if !self.password_stdin {
            return random_password();
        }
        let mut text = String::new();
        let read = std::io::stdin().take(4_096).read_to_string(&mut text);
        read.context("the password could not be read from standard input")?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    fn tell(&self, password: &str) {
        if !self.password_stdin {
            println!("Password, shown only now: {password}");
        }
    }
}

pub async fn run(config: &Config, command: Admin) -> anyhow::Result<()> {
    if let Admin::RotateKey { contents } = command {
        return rotate::rotate_key(config, contents).await;
    }
    let opened = open::open(config, Clock::System).await?;
    let outcome = act(&opened.app, command).await;
    opened.app.db.close().await;
    outcome
}

async fn act(app: &App, command: Admin) -> anyhow::Result<()> {
    match command {
        Admin::CreateUser { whose, name, role, invite: true, .. } => {
            done(staff::invite(app, &whose.email, &name, &roles(&role)?).await)?;
            println!("{name} is invited: a link to set a password leaves for {}.", whose.email);
        }
        Admin::CreateUser { whose, name, role, password, .. } => {
            let roles = roles(&role)?;
            let secret = password.take()?;
            done(staff::create_user(app, &whose.email, &name, &secret, &roles).await)?;
            println!("{name} can sign in as {}.", whose.email);
            password.tell(&secret);
        }
        Admin::ResetPassword { whose, password } => {
            let secret = password.take()?;
            done(staff::reset_password(app, &whose.email, &secret).await)?;
            println!("{} has a new password. All their sessions have ended.", whose.email);
            password.tell(&secret);
        }
        Admin::ResetMfa(whose) => {
            done(staff::reset_factors(app, &whose.email).await)?;
            println!("{} has no second factor any more. All their sessions have ended.", whose.email);
        }
        Admin::Disable(whose) => {
            done(staff::disable(app, &whose.email, true).await)?;
            println!("{} can sign in no more. All their sessions have ended.", whose.email);
        }
        Admin::Enable(whose) => {
            done(staff::disable(app, &whose.email, false).await)?;
            println!("{} can sign in again.", whose.email);
        }
        Admin::ListSessions(whose) => {
            for line in done(staff::sessions_of(app, &whose.email).await)? {
                let (began, seen, ends) = (line.created().rfc3339(), line.seen().rfc3339(), line.ends().rfc3339());
                println!("{}  from {}  began {began}  last active {seen}  ends {ends}", line.id, line.place);
            }
        }
        Admin::KillSessions(whose) => {
            let ended = done(staff::end_sessions(app, &whose.email).await)?;
            println!("{ended} sessions of {} have ended.", whose.email);
        }
        // it has to come before the house is opened
        Admin::RotateKey { .. } => {}
    }
    Ok(())
}

fn roles(codes: &[String]) -> anyhow::Result<Vec<Role>> {
    let known = |code: &String| {
        Role::from_code(code)
            .with_context(|| format!("'{code}' is no role; the roles are officer, lead, agent and responder"))
    };
    codes.iter().map(known).collect()
}

/// What a verb answered, its refusals in words.
fn done<T>(outcome: Result<T, Error>) -> anyhow::Result<T> {
    match outcome {
        Ok(value) => Ok(value),
        Err(Error::Invalid(fields)) => bail!("{}", fields.into_iter().map(|f| f.says).collect::<Vec<_>>().join("; ")),
        Err(other) => Err(other.into()),
    }
}

/// A password of 100 random bits in five groups that can be read aloud.
pub fn random_password() -> anyhow::Result<String> {
    let text = data_encoding::BASE32_NOPAD.encode(&random::<13>()?).to_lowercase();
    let groups: Vec<String> =
        text.as_bytes().chunks(4).take(5).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(groups.join("-"))
}
