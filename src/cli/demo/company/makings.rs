//! Rows that most products keep in one form or another, and what they are made of: sessions, things that were made, bills.
//! What is particular to a product stands in its folder.

use super::{
    crowd::Person,
    dice::Dice,
    table::{Cell, LAUNCH, NOW, Table, moment, row},
    words::{SCENES, STYLES, SUBJECTS},
};

const DAY: i64 = 86_400;
const MONTH: i64 = 30 * DAY;

/// What people come with.
pub const AGENTS: [&str; 4] =
    ["Kestrel/14 (telephone)", "Kestrel/15 (tablet)", "Marlin/7.2 (desktop)", "ImageGen-App/3.1"];

/// An address of the ranges for examples.
pub fn address(dice: &mut Dice) -> String {
    match dice.between(0, 2) {
        0 => format!("192.0.2.{}", dice.between(1, 254)),
        1 => format!("203.0.113.{}", dice.between(1, 254)),
        _ => format!("2001:db8::{:x}", dice.between(1, 65_535)),
    }
}

/// A number that nobody else has.
pub fn uuid(dice: &mut Dice) -> String {
    let (a, b) = (dice.throw(), dice.throw());
    let (version, variant) = (a & 0x0fff | 0x4000, b >> 48 & 0x3fff | 0x8000);
    format!("{:08x}-{:04x}-{version:04x}-{variant:04x}-{:012x}", a >> 32, a >> 16 & 0xffff, b & 0xffff_ffff_ffff)
}

/// What somebody asks for.
pub fn prompt(dice: &mut Dice, about: &'static str) -> String {
    let subject = if about.is_empty() { *dice.pick(SUBJECTS) } else { about };
    format!("{subject} {}, {}", dice.pick(SCENES), dice.pick(STYLES))
}

/// Sessions of at most `days`: number, whose, address, program, begin, end. An owner is a key and when they came.
pub fn sessions(name: &'static str, days: i64, owners: impl Iterator<Item = (Cell, i64)>) -> Table {
    let mut dice = Dice::of(name);
    let mut sessions = Table::new(name);
    for (owner, joined) in owners {
        for _ in 0..dice.between(1, 3) {
            let (id, ip, at) = (uuid(&mut dice), address(&mut dice), dice.between(joined, NOW));
            sessions.push(row![id, owner.clone(), ip, *dice.pick(&AGENTS), moment(at), moment(at + days * DAY)]);
        }
    }
    sessions
}

/// The same of people with an account.
pub fn sessions_of(name: &'static str, days: i64, people: &[Person]) -> Table {
    sessions(name, days, people.iter().map(|person| (person.id.into(), person.joined)))
}

/// Something that somebody made.
pub struct Work<'a> {
    /// The key.
    pub id: i64,
    /// Who made it.
    pub by: &'a Person,
    /// When, in seconds.
    pub at: i64,
}

/// Everything that people made, by the time at which they did.
pub fn works<'a>(topic: &str, people: &'a [Person], first: i64) -> Vec<Work<'a>> {
    let mut dice = Dice::of(topic);
    let mut made: Vec<(i64, &Person)> = Vec::new();
    for person in people {
        made.extend((0..person.made).map(|_| (dice.between(person.joined.max(LAUNCH), NOW), person)));
    }
    made.sort_by_key(|(at, person)| (*at, person.id));
    (first..).zip(made).map(|(id, (at, by))| Work { id, by, at }).collect()
}

/// A bill before it has a number.
pub struct Bill<'a> {
    /// When, in seconds.
    pub at: i64,
    /// Who pays.
    pub by: &'a Person,
    /// How much, in cents.
    pub cents: i64,
}

/// What people paid who made much, month by month since they came; the oldest is older than any period.
pub fn bills<'a>(topic: &str, people: &'a [Person], cents: i64) -> Vec<Bill<'a>> {
    let mut dice = Dice::of(topic);
    let mut bills = Vec::new();
    for by in people.iter().filter(|person| person.made > 8) {
        let months = dice.between(2, 6);
        bills.extend((0..months).map(|month| Bill { at: by.joined + month * MONTH, by, cents }));
    }
    bills.retain(|bill| bill.at < NOW);
    bills.sort_by_key(|bill| (bill.at, bill.by.id));
    bills
}
