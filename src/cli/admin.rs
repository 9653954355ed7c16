//! Manages the people who work here: their accounts, second factors and sessions; and the master key.

mod rotate;

use super::open;
use crate::{
    app::{
        App, Error, people,
        staff::{self, Access, Person},
    },
    config::Config,
    domain::{
        identity::StaffId,
        rights::{Grant, Role},
    },
    store::{Clock, staff::account_by_email, vault::random},
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
        #[command(flatten)]
        what: What,
        /// Another account of the same person, who counts as one wherever two have to agree
        #[arg(long, value_name = "EMAIL")]
        same_person_as: Option<String>,
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
    /// Gives somebody a role, for one product or for all, and ends all their sessions
    Grant {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        what: What,
    },
    /// Takes a role away from somebody, and ends all their sessions
    Revoke {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        roles: Roles,
    },
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

/// Roles, each for every product that is named.
#[derive(Debug, Args)]
pub struct Roles {
    /// officer, lead, agent, responder, auditor, engineer or admin; may stand several times
    #[arg(long, required = true, value_name = "ROLE")]
    role: Vec<String>,
    /// Only for this product, by its id; without it for all. May stand several times
    #[arg(long, value_name = "ID")]
    product: Vec<String>,
}

/// What somebody is there for.
#[derive(Debug, Args)]
pub struct What {
    #[command(flatten)]
    roles: Roles,
    /// The last day, for example 2026-12-31; without it there is no end
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
}

impl What {
    fn grants(&self, app: &App) -> anyhow::Result<Vec<Grant>> {
        let until = match &self.until {
            Some(day) => {
                Some(people::last_moment(app, day).with_context(|| format!("'{day}' is no day like 2026-12-31"))?)
            }
            None => None,
        };
        Ok(self.roles.grants()?.into_iter().map(|grant| Grant { until, ..grant }).collect())
    }
}

impl Roles {
    fn grants(&self) -> anyhow::Result<Vec<Grant>> {
        let products: Vec<_> = match self.product.as_slice() {
            [] => vec![None],
            products => products.iter().cloned().map(Some).collect(),
        };
        let mut grants = Vec::new();
        for role in &self.role {
            let role =
                Role::from_code(role).with_context(|| format!("'{role}' is no role; the roles are {}", codes()))?;
            grants.extend(products.iter().cloned().map(|product| Grant { product, ..Grant::everywhere(role) }));
        }
        Ok(grants)
    }
}

/// Roles in words: "officer for all products, agent for imgen".
fn words(grants: &[Grant]) -> String {
    let word =
        |grant: &Grant| format!("{} for {}", grant.role.code(), grant.product.as_deref().unwrap_or("all products"));
    grants.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn codes() -> String {
    Role::ALL.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ")
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
        Admin::CreateUser { whose, name, what, same_person_as, invite: true, .. } => {
            let same_as = account(app, same_person_as.as_deref()).await?;
            let access = Access { grants: what.grants(app)?, same_as };
            done(staff::invite(app, &whose.email, &name, &access).await)?;
            println!("{name} is invited: a link to set a password leaves for {}.", whose.email);
        }
        Admin::CreateUser { whose, name, what, same_person_as, password, .. } => {
            let same_as = account(app, same_person_as.as_deref()).await?;
            let access = Access { grants: what.grants(app)?, same_as };
            let secret = password.take()?;
            let person = Person { email: &whose.email, name: &name, password: &secret };
            done(staff::create(app, &person, &access).await)?;
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
            warn(app).await?;
        }
        Admin::Enable(whose) => {
            done(staff::disable(app, &whose.email, false).await)?;
            println!("{} can sign in again.", whose.email);
        }
        Admin::Grant { whose, what } => {
            let grants = what.grants(app)?;
            done(staff::grant(app, &whose.email, &grants).await)?;
            println!("{} is {} now. All their sessions have ended.", whose.email, words(&grants));
            warn(app).await?;
        }
        Admin::Revoke { whose, roles } => {
            let grants = roles.grants()?;
            done(staff::revoke(app, &whose.email, &grants).await)?;
            println!("{} is no longer {}. All their sessions have ended.", whose.email, words(&grants));
            warn(app).await?;
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

/// Says so where nobody is left who manages people: here that is possible, and can be mended here alone.
async fn warn(app: &App) -> anyhow::Result<()> {
    if !staff::has_admin(app).await? {
        eprintln!(
            "Nobody is left who manages people for good: no account with a password has the role admin without an end. \
             Give it with: recourse admin grant --email you@company.example --role admin"
        );
    }
    Ok(())
}

/// The account of an address, where one is named.
async fn account(app: &App, email: Option<&str>) -> anyhow::Result<Option<StaffId>> {
    let Some(email) = email else { return Ok(None) };
    let found = account_by_email(&mut app.db.read().await?, email).await?;
    let found = found.with_context(|| format!("nobody has an account with the address {email}"))?;
    Ok(Some(found.staff()))
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
