//! imagegen-artisticmonk: what an image generator keeps that trains on what people make until they opt out, of three
//! hundred people. Its schema and its map are the example to copy.

mod accounts;
mod money;
pub mod people;
mod society;
mod studio;

use super::{pictures::Shelf, table::Table};
use people::CROWD;
use studio::Studio;

/// Every table with its rows.
pub fn rows(shelf: &mut Shelf) -> Vec<Table> {
    let people = CROWD.draw();
    let mut tables = accounts::users(&people, shelf);
    tables.extend(accounts::sign_ins(&people));
    tables.extend(accounts::devices(&people));
    tables.extend(accounts::consents(&people));
    tables.extend(accounts::messages(&people));
    let studio = Studio::open(&people, shelf);
    let society = society::tables(&people, &studio.made);
    let money = money::tables(&people, &studio.spent);
    tables.extend(studio.into_tables());
    tables.extend(society);
    tables.extend(money);
    tables
}
