//! Manages the people who work here.

use super::open;
use crate::{
    app::{Error, staff},
    config::Config,
    domain::rights::Role,
    store::{Clock, vault::random},
};
use anyhow::{Context as _, bail};
use clap::Subcommand;
use std::io::Read as _;

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Adds somebody; prints a random password once, unless --password-stdin is given
    CreateUser {
        /// The mail address they sign in with
        #[arg(long)]
        email: String,
        /// Their name as colleagues and requesters read it
        #[arg(long)]
        name: String,
        /// officer, agent or responder; may stand several times
        #[arg(long, required = true, value_name = "ROLE")]
        role: Vec<String>,
        /// Reads the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
}

pub async fn run(config: &Config, command: Admin) -> anyhow::Result<()> {
    let Admin::CreateUser { email, name, role, password_stdin } = command;
    let roles = role
        .iter()
        .map(|code| {
            Role::from_code(code)
                .with_context(|| format!("'{code}' is no role; the roles are officer, agent and responder"))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let password = if password_stdin {
        let mut text = String::new();
        std::io::stdin()
            .take(4_096)
            .read_to_string(&mut text)
            .context("the password could not be read from standard input")?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        random_password()?
    };
    let opened = open::open(config, Clock::System).await?;
    match staff::create_user(&opened.app, &email, &name, &password, &roles).await {
        Ok(_) => {}
        Err(Error::Invalid(fields)) => bail!("{}", fields.into_iter().map(|f| f.says).collect::<Vec<_>>().join("; ")),
        Err(other) => return Err(other.into()),
    }
    opened.app.db.close().await;
    println!("{name} can sign in as {email}.");
    if !password_stdin {
        println!("Password, shown only now: {password}");
    }
    Ok(())
}

/// A password of 100 random bits in five groups that can be read aloud.
pub fn random_password() -> anyhow::Result<String> {
    let text = data_encoding::BASE32_NOPAD.encode(&random::<13>()?).to_lowercase();
    let groups: Vec<String> =
        text.as_bytes().chunks(4).take(5).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(groups.join("-"))
}
