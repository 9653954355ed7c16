//! imgprompts: prompts that people share, vote for and take further, and accounts that can be restricted.

use super::{
    crowd::{Crowd, Known},
    dice::Dice,
    makings::{bills, prompt, sessions_of, works},
    pictures::Shelf,
    table::{NOW, Table, date, moment, row},
};
use std::collections::HashSet;

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    // three accounts of one person
    ("morag.sinclair@post.example", "moragsinclair", "Morag Sinclair", "GB", "2026-03-14", 12, "a loch at dusk"),
    ("morag.s@inbox.example", "mo_sketches", "Morag Sinclair", "GB", "2026-04-02", 3, "a loch at dusk"),
    ("m.sinclair@mail.example", "sinclair_m", "Morag Sinclair", "GB", "2026-05-21", 0, ""),
    // asks that nothing of hers is used while it is settled whose prompt it was
    ("gwen.parry@inbox.example", "gwenparry", "Gwen Parry", "GB", "2023-06-30", 24, "a slate quarry"),
];
const CROWD: Crowd = Crowd { topic: "imgprompts", known: KNOWN, count: 50, home: "GB", first: 1 };

const COMMENTS: [&str; 5] = [
    "Works with lanterns as well.",
    "Mine came out with three moons.",
    "Take the last two words away and it is calmer.",
    "Thank you, this is on our kitchen wall now.",
    "Which model did you use?",
];

/// Every table with its rows.
pub fn rows(_: &mut Shelf) -> Vec<Table> {
    let people = CROWD.draw();
    let mut dice = Dice::of("imgprompts rows");
    let [mut members, mut prompts, mut comments, mut votes] =
        ["members", "prompts", "comments", "votes"].map(Table::new);
    for person in &people {
        let (email, handle) = (person.email.as_str(), person.username.as_str());
        members.push(row![person.id, email, handle, false, dice.one_in(2), moment(person.joined)]);
    }
    // what is shared, with whose it is and since when
    let mut shared: Vec<(i64, i64, i64)> = Vec::new();
    for work in works("imgprompts works", &people, 900_001) {
        let from = (!shared.is_empty() && dice.one_in(4)).then(|| dice.pick(&shared).0);
        let (text, is_shared) = (prompt(&mut dice, work.by.about), !dice.one_in(3));
        prompts.push(row![work.id, work.by.id, from, text, is_shared, false, moment(work.at)]);
        if is_shared {
            shared.push((work.id, work.by.id, work.at));
        }
    }
    let mut comment = 0;
    for person in &people {
        let mut seen = HashSet::new();
        for _ in 0..dice.between(0, 7) {
            let (id, owner, since) = *dice.pick(&shared);
            if owner == person.id || !seen.insert(id) {
                continue;
            }
            let at = dice.between(since.max(person.joined), NOW);
            votes.push(row![person.id, id, moment(at)]);
            if dice.one_in(3) {
                comment += 1;
                comments.push(row![comment, id, person.id, *dice.pick(&COMMENTS), moment(at + 40)]);
            }
        }
    }
    let mut purchases = Table::new("purchases");
    for (id, bill) in (1_i64..).zip(bills("imgprompts bills", &people, 700)) {
        let number = format!("IP-{id:05}");
        purchases.push(row![id, bill.by.id, number, bill.by.name.as_str(), bill.cents, date(bill.at)]);
    }
    vec![members, sessions_of("sessions", 30, &people), prompts, comments, votes, purchases]
}
