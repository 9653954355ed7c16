//! Rows between people: galleries, what hangs in them, likes.

use super::{people::HEAVY, studio::Image};
use crate::cli::demo::company::{
    crowd::{Person, id_of},
    dice::Dice,
    table::{NOW, Table, moment, row},
    words::TITLES,
};
use std::collections::HashSet;

/// Galleries with their owners' pictures and a few of others, and likes.
pub fn tables(people: &[Person], made: &[Image]) -> Vec<Table> {
    let heavy = id_of(people, HEAVY);
    let hers: Vec<&Image> = made.iter().filter(|image| image.user == heavy).collect();
    let mut tables = galleries(people, made, heavy, &hers);
    tables.push(likes(people, made, heavy, &hers));
    tables
}

fn galleries(people: &[Person], made: &[Image], heavy: i64, hers: &[&Image]) -> Vec<Table> {
    let mut dice = Dice::of("galleries");
    let mut galleries = Table::new("galleries");
    let mut items = Table::new("gallery_items");
    let mut id = 80_000_i64;
    for person in people.iter().filter(|person| person.made >= 3) {
        let own: Vec<&Image> = made.iter().filter(|image| image.user == person.id).collect();
        let Some(first) = own.first() else { continue };
        for _ in 0..if person.made > 50 { 3 } else { dice.between(0, 1) } {
            id += 1;
            galleries.push(row![id, person.id, *dice.pick(TITLES), !dice.one_in(3), moment(first.at)]);
            let mut hung = HashSet::new();
            let mut put = |dice: &mut Dice, image: &Image, by: i64| {
                if hung.insert(image.id) {
                    // who hung it was not written down in the beginning
                    let by = (!dice.one_in(12)).then_some(by);
                    items.push(row![id, image.id, by, moment(dice.between(image.at, NOW))]);
                }
            };
            for _ in 0..dice.between(3, 9) {
                let image = *dice.pick(&own);
                put(&mut dice, image, person.id);
            }
            for _ in 0..dice.between(0, 3) {
                let image = dice.pick(made);
                // in a shared gallery people hang their own; the heavy one hangs whatever she likes
                let by = if dice.one_in(6) {
                    heavy
                } else if dice.one_in(2) {
                    image.user
                } else {
                    person.id
                };
                put(&mut dice, image, by);
            }
            if !hers.is_empty() && dice.one_in(2) {
                let by = if dice.one_in(2) { heavy } else { person.id };
                let image = *dice.pick(hers);
                put(&mut dice, image, by);
            }
        }
    }
    vec![galleries, items]
}

fn likes(people: &[Person], made: &[Image], heavy: i64, hers: &[&Image]) -> Table {
    let mut dice = Dice::of("likes");
    let mut likes = Table::new("likes");
    for person in people {
        let count = match (person.id == heavy, person.made) {
            (true, _) => 60,
            (_, 0) => dice.between(-4, 3),
            _ => dice.between(0, 9),
        };
        let mut seen = HashSet::new();
        for _ in 0..count {
            let famous = !hers.is_empty() && dice.one_in(5);
            let image = if famous { *dice.pick(hers) } else { dice.pick(made) };
            if image.user != person.id && seen.insert(image.id) {
                let at = dice.between(image.at.max(person.joined), NOW);
                likes.push(row![person.id, image.id, moment(at)]);
            }
        }
    }
    likes
}
