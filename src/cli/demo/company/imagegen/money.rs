//! Rows of money: subscriptions, invoices, the ledger of credits.

use super::people::HEAVY;
use crate::cli::demo::company::{
    crowd::Person,
    dice::Dice,
    table::{LAUNCH, NOW, Table, date, day, moment, row},
};

const MONTH: i64 = 30 * 86_400;

/// A bill before it has a number.
struct Bill<'a> {
    at: i64,
    person: &'a Person,
    cents: i64,
    credits: i64,
}

/// Subscriptions, invoices and the ledger.
pub fn tables(people: &[Person], spent: &[(i64, i64)]) -> Vec<Table> {
    let mut dice = Dice::of("money");
    let mut subscriptions = Table::new("subscriptions");
    let mut bills = Vec::new();
    for person in people {
        prints(&mut dice, person, &mut bills);
        if let Some((plan, cents, credits)) = plan(&mut dice, person) {
            let start = dice.between(person.joined.max(LAUNCH), NOW - MONTH);
            let (start, months) =
                if person.email == HEAVY { (day("2023-02-01"), 36) } else { (start, dice.between(1, 7)) };
            let end = start + months * MONTH;
            let (status, ended) = if end < NOW { ("ended", Some(date(end))) } else { ("active", None) };
            subscriptions.push(row![50_000 + person.id, person.id, plan, status, date(start), ended]);
            let due = (0..months).map(|month| start + month * MONTH).filter(|at| *at <= NOW);
            bills.extend(due.map(|at| Bill { at, person, cents, credits }));
        }
    }
    bills.sort_by_key(|bill| (bill.at, bill.person.id));
    let ledger = ledger(people, &bills, spent);
    vec![subscriptions, invoices(&mut dice, &bills), ledger]
}

fn plan(dice: &mut Dice, person: &Person) -> Option<(&'static str, i64, i64)> {
    let subscribes = person.made > 10 || (person.made > 0 && dice.one_in(3));
    subscribes.then_some(match person.made {
        0..=9 => ("sketch", 499, 50),
        10..=49 => ("studio", 1_499, 200),
        _ => ("atelier", 3_999, 800),
    })
}

/// What was bought when the company sold prints; the oldest of it is past every period.
fn prints<'a>(dice: &mut Dice, person: &'a Person, bills: &mut Vec<Bill<'a>>) {
    let days = if person.email == HEAVY {
        vec![day("2016-06-14"), day("2017-12-08"), day("2019-03-21")]
    } else if person.joined < LAUNCH {
        (0..dice.between(0, 2)).map(|_| dice.between(person.joined, LAUNCH)).collect()
    } else {
        Vec::new()
    };
    bills.extend(days.into_iter().map(|at| Bill { at, person, cents: dice.between(12, 90) * 100, credits: 0 }));
}

fn invoices(dice: &mut Dice, bills: &[Bill]) -> Table {
    let mut invoices = Table::new("invoices");
    for (n, bill) in (1_i64..).zip(bills) {
        let Bill { at, person, cents, .. } = bill;
        let number = format!("AM-{}-{n:05}", &date(*at)[..4]);
        // the house number is the person's, so that all their bills go to one address
        let home = person.country.places[usize::try_from(person.id).unwrap_or(0) % person.country.places.len()];
        let address = format!("{} {home}, {}", person.id % 89 + 1, person.country.code);
        let cents = if person.country.currency == "INR" { cents * 80 } else { *cents };
        // some bought a print without signing in
        let user = (person.made > 0 || !dice.one_in(3)).then_some(person.id);
        let currency = person.country.currency;
        invoices.push(row![90_000 + n, user, number, person.name.as_str(), address, cents, currency, date(*at)]);
    }
    invoices
}

fn ledger(people: &[Person], bills: &[Bill], spent: &[(i64, i64)]) -> Table {
    let mut lines: Vec<(i64, i64, i64, &str)> = Vec::new();
    lines.extend(people.iter().map(|p| (p.joined.max(LAUNCH), p.id, 25, "welcome")));
    lines.extend(bills.iter().filter(|b| b.credits > 0).map(|b| (b.at, b.person.id, b.credits, "plan")));
    lines.extend(spent.iter().map(|(user, at)| (*at, *user, -1, "generation")));
    lines.sort_unstable();
    let mut ledger = Table::new("credits_ledger");
    for (id, (at, user, delta, reason)) in (100_001_i64..).zip(lines) {
        ledger.push(row![id, user, format!("ACC-{user:07}"), delta, reason, moment(at)]);
    }
    ledger
}
