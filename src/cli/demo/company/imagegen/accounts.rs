//! Rows of accounts: users, profiles, sessions, sign-ins through others, devices, consents, what they wrote to us.

use super::people::{CAPITALS, ELSEWHERE, HEAVY, SHARING, SISTER};
use crate::cli::demo::company::{
    crowd::{Person, id_of},
    dice::Dice,
    makings::{AGENTS, address, uuid},
    pictures::Shelf,
    table::{NOW, Table, moment, row},
    words::{BIOS, MESSAGES},
};

const DAY: i64 = 86_400;

/// Users and their profiles.
pub fn users(people: &[Person], shelf: &mut Shelf) -> Vec<Table> {
    let mut dice = Dice::of("users");
    let mut users = Table::new("users");
    let mut profiles = Table::new("profiles");
    let heavy = id_of(people, HEAVY);
    for (n, person) in people.iter().enumerate() {
        let earlier = (n > 0 && dice.one_in(6)).then(|| people[dice.index(n)].id);
        let referred = if person.id > heavy && dice.one_in(40) { Some(heavy) } else { earlier };
        let last = (person.made > 0 || !dice.one_in(4)).then(|| moment(dice.between(person.joined, NOW)));
        let (email, username) = (person.email.as_str(), person.username.as_str());
        users.push(row![person.id, email, username, moment(person.joined), last, referred]);
        if person.made == 0 && dice.one_in(3) {
            continue;
        }
        let bio = dice.one_in(3).then(|| *dice.pick(BIOS));
        let avatar = dice.one_in(8).then(|| shelf.avatar(person.id));
        let born = if person.username == "teal-lantern-08" { 2_012 } else { dice.between(1_948, 2_006) };
        let born = (!dice.one_in(3)).then_some(born);
        profiles.push(row![person.id, person.name.as_str(), bio, person.country.code, born, avatar]);
    }
    vec![users, profiles]
}

/// Sessions, sign-ins through others, forgotten passwords.
pub fn sign_ins(people: &[Person]) -> Vec<Table> {
    let mut dice = Dice::of("sign-ins");
    let mut sessions = Table::new("sessions");
    let mut others = Table::new("oauth_identities");
    let mut resets = Table::new("password_resets");
    for person in people {
        let most = if person.made > 0 { 4 } else { 1 };
        for _ in 0..dice.between(i64::from(person.made > 0), most) {
            let at = dice.between(person.joined, NOW);
            let ip = address(&mut dice);
            let expires = moment(at + 30 * DAY);
            sessions.push(row![uuid(&mut dice), person.id, ip, *dice.pick(&AGENTS), moment(at), expires]);
        }
        let elsewhere = person.email == "tunde.ade@post.example";
        if elsewhere || dice.one_in(4) {
            let provider = *dice.pick(&["northdoor", "onekey", "letterbox"]);
            let email = if elsewhere { Some(ELSEWHERE) } else { (!dice.one_in(5)).then_some(person.email.as_str()) };
            let (id, subject) = (9_000 + person.id, format!("{:016x}", dice.throw()));
            others.push(row![id, person.id, provider, subject, email, moment(person.joined)]);
        }
        if dice.one_in(9) {
            let at = dice.between(person.joined, NOW);
            let used = dice.one_in(2).then(|| moment(at + 400));
            let token = format!("{:016x}{:016x}", dice.throw(), dice.throw());
            resets.push(row![40_000 + person.id, person.id, person.email.as_str(), token, moment(at), used]);
        }
    }
    vec![sessions, others, resets]
}

/// Devices and who uses them.
pub fn devices(people: &[Person]) -> Vec<Table> {
    let mut dice = Dice::of("devices");
    let mut devices = Table::new("devices");
    let mut users = Table::new("user_devices");
    let mut next = 70_001..;
    let mut add = |platform: &str, serial: String, all: &[(i64, i64)], label: &str| {
        let id = next.next().unwrap_or_default();
        let first = all.iter().map(|(_, at)| *at).min().unwrap_or(NOW);
        devices.push(row![id, serial, platform, moment(first)]);
        for (user, at) in all {
            users.push(row![*user, id, label, moment(*at)]);
        }
    };
    let mut serial =
        |kind: &str| format!("{kind}-{:04X}-{:04X}", dice.between(4_096, 65_535), dice.between(4_096, 65_535));
    let mut before: Option<&Person> = None;
    let family = [SHARING, SISTER];
    for person in people.iter().filter(|person| person.made > 0) {
        let is_family = family.contains(&person.email.as_str());
        let alone = [(person.id, person.joined)];
        if person.username == "kenji_t" {
            add("tablet", serial("TAB"), &alone, "the tablet");
            continue;
        }
        if person.email != SISTER {
            add("telephone", serial("PHN"), &alone, "telephone");
        }
        if person.made % 4 == 0 && !is_family {
            add("desktop", serial("DSK"), &alone, "at work");
        }
        // a few more families, of neighbours in the list
        if let Some(other) = before.filter(|other| !is_family && other.id % 23 == 0) {
            add("tablet", serial("TAB"), &[(other.id, other.joined), alone[0]], "on the sofa");
        }
        before = (!is_family).then_some(person);
    }
    let sisters: Vec<_> =
        people.iter().filter(|p| family.contains(&p.email.as_str())).map(|p| (p.id, p.joined)).collect();
    add("tablet", "TAB-7C2E-0419".to_owned(), &sisters, "the family's tablet");
    vec![devices, users]
}

/// Consents and the flags for training.
pub fn consents(people: &[Person]) -> Vec<Table> {
    let mut dice = Dice::of("consents");
    let mut consents = Table::new("consents");
    let mut flags = Table::new("training_flags");
    let mut id = 20_000;
    for person in people {
        for (purpose, wording, one_in) in
            [("service", "terms-4", 1), ("analytics", "analytics-2", 2), ("newsletter", "letters-3", 3)]
        {
            if dice.one_in(one_in) {
                id += 1;
                let withdrawn = (one_in > 1 && dice.one_in(5)).then(|| moment(dice.between(person.joined, NOW)));
                consents.push(row![id, person.id, purpose, wording, moment(person.joined), withdrawn]);
            }
        }
        for scope in ["images", "prompts"] {
            if person.made > 0 {
                let (allowed, at) = (!dice.one_in(4), dice.between(person.joined, NOW));
                flags.push(row![person.id, scope, allowed, moment(at)]);
            }
        }
    }
    vec![consents, flags]
}

/// Messages to the support; in two of them somebody else writes about [`HEAVY`].
pub fn messages(people: &[Person]) -> Vec<Table> {
    let mut dice = Dice::of("messages");
    let mut messages = Table::new("support_messages");
    let written = |email: &str, subject: &'static str, body: String| (id_of(people, email), subject, body);
    let mut all = vec![
        written(
            "elodie.marchand@post.example",
            "Shared gallery",
            format!("The gallery I share with a friend in Leipzig ({HEAVY}) shows her herons twice and mine never."),
        ),
        written(
            "thomas@bergqvist.example",
            "Permission",
            "I asked Lena.Hoffmann@mail.example whether I may print her tram. She says yes; where do I click?"
                .to_owned(),
        ),
        written(HEAVY, "Old prints", format!("I bought prints from you in 2016 as {HEAVY}. Is that the same account?")),
        written(
            CAPITALS,
            "Orange",
            "The orange car comes out yellow since Tuesday. Please bring the orange back.".to_owned(),
        ),
    ];
    for _ in 0..76 {
        let (subject, body) = dice.pick(MESSAGES);
        all.push((dice.pick(people).id, subject, (*body).to_owned()));
    }
    for (id, (user, subject, body)) in (30_001_i64..).zip(all) {
        let joined = people.iter().find(|p| p.id == user).map_or(NOW, |p| p.joined);
        messages.push(row![id, user, subject, body, moment(dice.between(joined, NOW))]);
    }
    vec![messages]
}
