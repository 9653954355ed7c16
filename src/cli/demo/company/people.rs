//! Who has an account: first those who write to the privacy desk in the demo, then a few hundred others.

use super::{
    dice::Dice,
    table::{LAUNCH, NOW, day},
    words::{COUNTRIES, Country, FIRST, SECOND},
};
use std::collections::HashSet;

/// How many have an account.
pub const COUNT: usize = 300;

/// About two hundred pictures, remixed by others, in other people's galleries, mentioned in somebody's message to the
/// support; invoices of which some are past their period.
pub const HEAVY: &str = "lena.hoffmann@mail.example";
/// Shares a tablet with her sister [`SISTER`] and has a telephone of her own.
pub const SHARING: &str = "sangeeta.yadav@mail.example";
/// The sister.
pub const SISTER: &str = "kavita.yadav@post.example";
/// Writes from an address that only the sign-in through somebody else knows.
pub const ELSEWHERE: &str = "tunde.adeyemi@inbox.example";
/// Stored in capitals in part; remixed by others; a prompt of somebody else has the address.
pub const CAPITALS: &str = "bkr@bkr-garage.example";
/// An ordinary account.
pub const PLAIN: &str = "farhan.qureshi@mail.example";
/// Nothing but an account and what comes with it.
pub const BARE: &str = "priya.sundaram@mail.example";

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
type Known = (&'static str, &'static str, &'static str, &'static str, &'static str, i64, &'static str);

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    (HEAVY, "lenamalt", "Lena Hoffmann", "DE", "2016-05-09", 200, ""),
    ("emeka.obiora@post.example", "emeka_obiora", "Chukwuemeka Obiora", "NG", "2025-02-11", 24, "the cover of a radio programme"),
    ("lucia.fdez@post.example", "luciafdez", "Lucía Fernández Ortega", "ES", "2023-10-02", 31, ""),
    (SHARING, "sangeeta_y", "संगीता यादव", "IN", "2025-11-03", 12, "a wedding card with marigolds"),
    (SISTER, "kavita_y", "कविता यादव", "IN", "2025-11-05", 3, "a wedding card with marigolds"),
    ("BKR@bkr-garage.example", "bkr_garage", "Brandon Kowalczyk-Reyes", "US", "2024-06-17", 58, "an orange car"),
    (PLAIN, "farhanq", "Farhan Qureshi", "IN", "2023-03-20", 37, "a poster for a night market"),
    ("haruka.shimizu@inbox.example", "haruka_s", "Haruka Shimizu", "JP", "2024-01-08", 44, ""),
    ("siddharth.menon@inbox.example", "smenon", "Siddharth Menon", "IN", "2024-07-15", 9, ""),
    ("tunde.ade@post.example", "tunde_ib", "Babatunde Adeyemi", "NG", "2024-09-01", 15, ""),
    ("kenji.t@post.example", "kenji_t", "田辺 健二", "JP", "2025-04-06", 18, ""),
    ("jb.figueiredo@mail.example", "joao_samba", "João Batista Figueiredo Neto", "BR", "2024-02-13", 26, "a samba parade"),
    ("ananya.deshpande@mail.example", "ananya_d", "Ananya Deshpande", "IN", "2025-08-19", 14, ""),
    ("thomas@bergqvist.example", "tbergqvist", "Thomas Bergqvist", "SE", "2023-06-01", 40, ""),
    ("thais.araujo@inbox.example", "thais_maps", "Thaís Gonçalves de Araújo", "BR", "2023-05-22", 35, "the map of an invented island"),
    ("h.osei-bonsu@inbox.example", "harriet_ob", "Harriet Osei-Bonsu", "GB", "2023-09-12", 11, ""),
    ("w.zielinski@inbox.example", "stolarnia", "Wojciech Zieliński", "PL", "2024-04-02", 6, "a poster for a carpenter's workshop"),
    ("raghavendra.kulkarni@inbox.example", "r_kulkarni", "Raghavendra Kulkarni", "IN", "2023-01-26", 22, "an old family photograph"),
    ("elodie.marchand@post.example", "heron240", "Élodie Marchand", "FR", "2023-11-30", 30, "a heron"),
    ("v.l.k.s.t.ananthapadmanabhan@mail.example", "vlkst", "Venkatasubramanian Lakshminarayana Krishnam", "IN", "2024-05-04", 3, ""),
    ("imtiaz.lone@post.example", "imtiaz_lone", "Imtiaz Ahmad Lone", "IN", "2024-08-21", 5, ""),
    ("yuki.tanabe@post.example", "yukitanabe", "Yuki Tanabe", "JP", "2023-12-12", 28, "an ink drawing of a harbour"),
    ("gh.sampaio@mail.example", "ghsampaio", "Gustavo Henrique Sampaio", "BR", "2024-11-11", 7, ""),
    ("a.wojcik@mail.example", "awojcik", "Agnieszka Wójcik", "PL", "2024-03-03", 9, "a wooden church"),
    ("ji.urrutia@inbox.example", "jiurrutia", "Jose Ignacio Urutia Pena", "ES", "2024-10-05", 8, ""),
    ("tl08@mail.example", "teal-lantern-08", "Teal Lantern", "IN", "2026-02-14", 4, "a friendly dragon"),
    (BARE, "priya_s", "Priya Sundaram", "IN", "2026-06-01", 0, ""),
];

/// Everybody, by the day they came.
pub fn everybody() -> Vec<Person> {
    let mut dice = Dice::of("people");
    let mut people: Vec<Person> = KNOWN.iter().map(known).collect();
    let mut taken: HashSet<String> =
        people.iter().flat_map(|p| [p.username.clone(), p.email.to_lowercase(), p.name.clone()]).collect();
    while people.len() < COUNT {
        let person = other(&mut dice);
        if [&person.username, &person.email, &person.name].iter().all(|text| !taken.contains(*text)) {
            taken.extend([person.username.clone(), person.email.clone(), person.name.clone()]);
            people.push(person);
        }
    }
    people.sort_by(|a, b| (a.joined, &a.email).cmp(&(b.joined, &b.email)));
    for (id, person) in (1_001..).zip(&mut people) {
        person.id = id;
    }
    people
}

fn known(&(email, username, name, country, joined, made, about): &Known) -> Person {
    let country = COUNTRIES.iter().find(|c| c.code == country).unwrap_or(&COUNTRIES[0]);
    // nobody came at midnight
    let joined = day(joined) + 41_520;
    Person { id: 0, email: email.into(), username: username.into(), name: name.into(), country, joined, made, about }
}

fn other(dice: &mut Dice) -> Person {
    // a third of them live where the company does
    let country = if dice.one_in(3) { &COUNTRIES[0] } else { dice.pick(COUNTRIES) };
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
