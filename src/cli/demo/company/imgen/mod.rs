//! imgen: galleries in which others like, save and remix public images, and credits whose records stay in full.

use super::{
    crowd::{Crowd, Known, Person},
    dice::Dice,
    makings::{address, bills, sessions_of, works},
    pictures::Shelf,
    table::{NOW, Table, date, moment, row},
    words::TITLES,
};
use std::collections::HashSet;

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    ("jonas.achterberg@postfach.example", "jachterberg", "Jonas Achterberg", "DE", "2023-04-17", 18, ""),
    ("eloise.garnier@courrier.example", "eloiseg", "Éloïse Garnier", "FR", "2022-11-05", 48, "a heron"),
    // leaves public images behind that others liked, saved and remixed, and records of credits
    ("marit.solberg@post.example", "maritsol", "Marit Solberg", "SE", "2023-02-20", 30, "a boathouse"),
];
const CROWD: Crowd = Crowd { topic: "imgen", known: KNOWN, count: 60, home: "DE", first: 1 };

struct Image {
    id: i64,
    user: i64,
    at: i64,
    is_public: bool,
}

/// Every table with its rows.
pub fn rows(shelf: &mut Shelf) -> Vec<Table> {
    let people = CROWD.draw();
    let mut tables = accounts(&people, shelf);
    tables.push(sessions_of("sessions", 7, &people));
    let (images, made) = images(&people, shelf);
    tables.push(images);
    tables.extend(galleries(&people, &made));
    tables.extend(reactions(&people, &made));
    tables.extend(books(&people, &made));
    tables.push(log(&people));
    tables
}

fn accounts(people: &[Person], shelf: &mut Shelf) -> Vec<Table> {
    let mut dice = Dice::of("imgen accounts");
    let (mut users, mut logins) = (Table::new("users"), Table::new("google_logins"));
    for person in people {
        let username = (!dice.one_in(4)).then_some(person.username.as_str());
        let avatar = dice.one_in(5).then(|| shelf.avatar(person.id));
        users.push(row![person.id, person.email.as_str(), username, avatar, dice.one_in(2), moment(person.joined)]);
        if dice.one_in(3) {
            let (subject, email) = (format!("{:020}", dice.throw()), person.email.as_str());
            logins.push(row![subject, person.id, email, person.name.as_str(), moment(person.joined)]);
        }
    }
    vec![users, logins]
}

fn images(people: &[Person], shelf: &mut Shelf) -> (Table, Vec<Image>) {
    let mut dice = Dice::of("imgen images");
    let mut images = Table::new("images");
    let mut made: Vec<Image> = Vec::new();
    for work in works("imgen works", people, 30_001) {
        let (id, user, at, is_public) = (work.id, work.by.id, work.at, !dice.one_in(3));
        // only what is public can be remixed by others
        let pool: Vec<i64> = made.iter().filter(|image| image.is_public || image.user == user).map(|i| i.id).collect();
        let remix = (!pool.is_empty() && dice.one_in(4)).then(|| *dice.pick(&pool));
        let (model, seed) = (*dice.pick(&["swift-1", "swift-2"]), dice.between(1, 4_294_967_295));
        let (width, height, size) = (shelf.of(id).width, shelf.of(id).height, shelf.of(id).size());
        let key = shelf.image(id);
        images.push(row![id, user, remix, key, model, seed, width, height, size, is_public, moment(at)]);
        made.push(Image { id, user, at, is_public });
    }
    (images, made)
}

/// Everybody hangs what is theirs, and what others show.
fn galleries(people: &[Person], made: &[Image]) -> Vec<Table> {
    let mut dice = Dice::of("imgen galleries");
    let (mut galleries, mut hung) = (Table::new("galleries"), Table::new("gallery_images"));
    for person in people.iter().filter(|person| person.made > 2) {
        galleries.push(row![person.id + 7_000, person.id, *dice.pick(TITLES), moment(person.joined)]);
        let seen: Vec<&Image> = made.iter().filter(|image| image.is_public || image.user == person.id).collect();
        let mut there = HashSet::new();
        for _ in 0..dice.between(2, 8) {
            let image = *dice.pick(&seen);
            if there.insert(image.id) {
                hung.push(row![person.id + 7_000, image.id, moment(dice.between(image.at, NOW))]);
            }
        }
    }
    vec![galleries, hung]
}

/// Likes and saves of what others show.
fn reactions(people: &[Person], made: &[Image]) -> Vec<Table> {
    ["likes", "saves"]
        .into_iter()
        .map(|name| {
            let mut dice = Dice::of(name);
            let mut table = Table::new(name);
            for person in people {
                let mut there = HashSet::new();
                for _ in 0..dice.between(0, 8) {
                    let image = dice.pick(made);
                    if image.is_public && image.user != person.id && there.insert(image.id) {
                        table.push(row![person.id, image.id, moment(dice.between(image.at, NOW))]);
                    }
                }
            }
            table
        })
        .collect()
}

/// Payments, and what was booked for them and for every image.
fn books(people: &[Person], made: &[Image]) -> Vec<Table> {
    let (mut payments, mut records) = (Table::new("payments"), Table::new("credit_records"));
    let mut booked: Vec<(i64, i64, Option<i64>, i64, &str)> = Vec::new();
    booked.extend(people.iter().map(|person| (person.joined, person.id, None, 10, "welcome")));
    for (id, bill) in (1_i64..).zip(bills("imgen bills", people, 900)) {
        let paid = format!("TX-{:08X}", Dice::of(&format!("transaction {id}")).throw() >> 32);
        payments.push(row![id, bill.by.id, paid, bill.cents, bill.by.country.currency, date(bill.at)]);
        booked.push((bill.at, bill.by.id, Some(id), 100, "purchase"));
    }
    booked.extend(made.iter().map(|image| (image.at, image.user, None, -1, "image")));
    booked.sort_unstable();
    for (id, (at, user, payment, delta, reason)) in (1_i64..).zip(booked) {
        records.push(row![id, user, format!("IMG-{user:06}"), payment, delta, reason, moment(at)]);
    }
    vec![payments, records]
}

fn log(people: &[Person]) -> Table {
    let mut dice = Dice::of("imgen log");
    let mut log = Table::new("security_log");
    for (id, person) in (1_i64..).zip(people) {
        let event = *dice.pick(&["sign-in failed", "password changed", "new browser"]);
        log.push(row![id, person.id, event, address(&mut dice), moment(dice.between(person.joined, NOW))]);
    }
    log
}
