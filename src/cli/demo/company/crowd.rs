//! Who has an account with a product: first those who write to the privacy desk in the demo, then others whose names are
//! drawn at random. Nobody in here exists.

use super::{
    dice::Dice,
    table::{LAUNCH, NOW, day},
    words::{COUNTRIES, Country, FIRST, SECOND},
};
use std::collections::HashSet;

/// Somebody with an account.
pub struct Person {
    /// The key.
    pub id: i64,
    /// The address as stored.
    pub email: String,
    /// The user name.
    pub username: String,
    /// The name on the profile.
    pub name: String,
    /// Where they live.
    pub country: &'static Country,
    /// When they came, in seconds.
    pub joined: i64,
    /// How many generations they made.
    pub made: i64,
    /// What their pictures show; empty for whatever comes to mind.
    pub about: &'static str,
}

/// Address, user name, name, country, first day, how many generations, of what.
pub type Known = (&'static str, &'static str, &'static str, &'static str, &'static str, i64, &'static str);

/// A product's people before they are drawn.
pub struct Crowd {
    /// The topic of the dice.
    pub topic: &'static str,
    /// Those who have a name in the demo.
    pub known: &'static [Known],
    /// How many there are altogether.
    pub count: usize,
    /// Where the company lives, and a third of the others with it.
    pub home: &'static str,
    /// The first key.
    pub first: i64,
}

impl Crowd {
    /// Everybody, by the day they came.
    pub fn draw(&self) -> Vec<Person> {
        let mut dice = Dice::of(self.topic);
        let mut people: Vec<Person> = self.known.iter().map(known).collect();
        let mut taken: HashSet<String> =
            people.iter().flat_map(|p| [p.username.clone(), p.email.to_lowercase(), p.name.clone()]).collect();
        while people.len() < self.count {
            let person = other(&mut dice, country(self.home));
            if [&person.username, &person.email, &person.name].iter().all(|text| !taken.contains(*text)) {
                taken.extend([person.username.clone(), person.email.clone(), person.name.clone()]);
                people.push(person);
            }
        }
        people.sort_by(|a, b| (a.joined, &a.email).cmp(&(b.joined, &b.email)));
        for (id, person) in (self.first..).zip(&mut people) {
            person.id = id;
        }
        people
    }
}

fn country(code: &str) -> &'static Country {
    COUNTRIES.iter().find(|country| country.code == code).unwrap_or(&COUNTRIES[0])
}

fn known(&(email, username, name, code, joined, made, about): &Known) -> Person {
    let country = country(code);
    // nobody came at midnight
    let joined = day(joined) + 41_520;
    Person { id: 0, email: email.into(), username: username.into(), name: name.into(), country, joined, made, about }
}

fn other(dice: &mut Dice, home: &'static Country) -> Person {
    let country = if dice.one_in(3) { home } else { dice.pick(COUNTRIES) };
    let (given, family) = (*dice.pick(country.given), *dice.pick(country.family));
    let name = if given.chars().next().is_some_and(|c| c > '\u{2e80}') {
        format!("{family} {given}")
    } else {
        format!("{given} {family}")
    };
    let nick = format!("{}{}{}", dice.pick(FIRST), dice.pick(SECOND), dice.between(1, 99));
    let (given, family) = (plain(given), plain(family));
    let spoken = given.len() > 1 && family.len() > 1;
    let username = if spoken && dice.one_in(2) { format!("{given}{}", dice.between(10, 999)) } else { nick.clone() };
    let local = if spoken { format!("{given}.{family}") } else { nick };
    let domain = dice.pick(&["mail.example", "post.example", "inbox.example", "example.org", "example.net"]);
    // some bought prints before there was a generator
    let joined = if dice.one_in(12) { dice.between(day("2014-03-01"), LAUNCH) } else { dice.between(LAUNCH, NOW) };
    let made = match dice.between(1, 100) {
        1..=46 => 0,
        47..=82 => dice.between(1, 3),
        83..=97 => dice.between(4, 7),
        _ => dice.between(12, 20),
    };
    Person { id: 0, email: format!("{local}@{domain}"), username, name, country, joined, made, about: "" }
}

/// A name as it stands in a mail address: the letters of the alphabet, others as near as can be.
fn plain(name: &str) -> String {
    let near = |c: char| match c {
        'ä' | 'á' | 'à' | 'ã' | 'å' | 'ą' | 'ả' | 'ạ' | 'ầ' | 'ặ' => 'a',
        'é' | 'è' | 'ë' | 'ę' | 'ẹ' | 'ễ' => 'e',
        'í' | 'ï' | 'ı' | 'ì' => 'i',
        'ö' | 'ó' | 'ô' | 'ọ' | 'ơ' => 'o',
        'ü' | 'ú' | 'ù' | 'ỳ' | 'ý' => 'u',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ç' => 'c',
        'ş' | 'ś' => 's',
        'ż' | 'ź' => 'z',
        'ğ' => 'g',
        'đ' => 'd',
        other => other,
    };
    name.to_lowercase().chars().map(near).filter(char::is_ascii_lowercase).collect()
}

/// The key of who has that address.
pub fn id_of(people: &[Person], email: &str) -> i64 {
    people.iter().find(|p| p.email.eq_ignore_ascii_case(email)).map_or(0, |p| p.id)
}
