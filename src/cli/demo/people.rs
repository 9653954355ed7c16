//! The four who work in the demo: one sees behind the restricted wall, one does not, one approves what they prepare, and one
//! manages people.

use crate::{
    app::{App, staff},
    cli::admin::random_password,
    domain::{
        rights::{Actor, Role},
        sign_in::Proof,
    },
};

/// Somebody who works in the demo.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// What the script calls them.
    pub part: &'static str,
    /// Their name.
    pub name: &'static str,
    /// The address they sign in with.
    pub email: &'static str,
    /// What they may do, in words.
    pub says: &'static str,
    roles: &'static [Role],
}

const PEOPLE: [Person; 4] = [
    Person {
        part: "officer",
        name: "Nisha Rao",
        email: "nisha@imagegen.example",
        says: "grievance officer, sees restricted cases",
        roles: &[Role::Officer, Role::Responder],
    },
    Person {
        part: "agent",
        name: "Arun Pillai",
        email: "arun@imagegen.example",
        says: "agent, does not",
        roles: &[Role::Agent],
    },
    Person {
        part: "lead",
        name: "Tomasz Wilk",
        email: "tomasz@imagegen.example",
        says: "data protection lead, approves runs",
        roles: &[Role::Lead],
    },
    Person {
        part: "admin",
        name: "Meera Iyer",
        email: "meera@imagegen.example",
        says: "administrator, manages people and sees no case",
        roles: &[Role::Admin],
    },
];

/// The people by the part they play.
pub type Cast = Vec<(&'static str, Actor)>;

/// Adds them with random passwords.
pub async fn hire(app: &App) -> anyhow::Result<(Cast, Vec<(Person, String)>)> {
    let (mut cast, mut passwords) = (Vec::new(), Vec::new());
    for person in PEOPLE {
        let password = random_password()?;
        let id = staff::create_user(app, person.email, person.name, &password, person.roles).await?;
        cast.push((person.part, Actor::with_roles(id, person.name, person.roles, Proof::Fresh)));
        passwords.push((person, password));
    }
    Ok((cast, passwords))
}
