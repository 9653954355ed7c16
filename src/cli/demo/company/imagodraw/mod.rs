//! imagodraw: an editor of pictures that trains on nobody's unless they opt in, and keeps nothing of what is made in
//! private mode.

use super::{
    crowd::{Crowd, Known},
    dice::Dice,
    makings::{bills, prompt, sessions_of, works},
    pictures::Shelf,
    table::{NOW, Table, date, moment, row},
};

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    ("delia.marsh@mail.example", "deliam", "Delia Marsh", "US", "2024-03-11", 21, "a garden gate"),
    ("theo.alvarado@mail.example", "theo_a", "Theo Alvarado", "US", "2025-01-19", 4, ""),
    // opted in, and thinks otherwise by now
    ("rosalie.quint@inbox.example", "rquint", "Rosalie Quint", "US", "2023-08-07", 26, "a paper theatre"),
];
const CROWD: Crowd = Crowd { topic: "imagodraw", known: KNOWN, count: 40, home: "US", first: 1 };

/// Every table with its rows.
pub fn rows(shelf: &mut Shelf) -> Vec<Table> {
    let people = CROWD.draw();
    let mut dice = Dice::of("imagodraw rows");
    let (mut accounts, mut choices) = (Table::new("accounts"), Table::new("choices"));
    for person in &people {
        let plan = if person.made > 8 { "pro" } else { "free" };
        accounts.push(row![person.id, person.email.as_str(), person.name.as_str(), plan, moment(person.joined)]);
        let opted_in = person.username == "rquint" || (person.username != "theo_a" && dice.one_in(6));
        for (purpose, is_there) in [("training", opted_in), ("letters", dice.one_in(2))] {
            if is_there {
                choices.push(row![person.id, purpose, true, moment(dice.between(person.joined, NOW))]);
            }
        }
    }
    let [mut uploads, mut edits, mut pictures] = ["uploads", "edits", "pictures"].map(Table::new);
    for work in works("imagodraw works", &people, 5_001) {
        let (id, by, at) = (work.id, work.by, work.at);
        let tool = *dice.pick(&["retouch", "extend", "restyle", "remove"]);
        if by.made > 8 && dice.one_in(5) {
            edits.push(row![id, by.id, None::<i64>, tool, None::<&str>, true, moment(at)]);
            continue;
        }
        let upload = (!dice.one_in(4)).then_some(id + 10_000);
        if let Some(upload) = upload {
            let size = shelf.of(upload).size();
            uploads.push(row![upload, by.id, shelf.image(upload), size, moment(at - 60)]);
        }
        edits.push(row![id, by.id, upload, tool, prompt(&mut dice, by.about), false, moment(at)]);
        let (width, height, size) = (shelf.of(id).width, shelf.of(id).height, shelf.of(id).size());
        pictures.push(row![id + 20_000, id, by.id, shelf.image(id), width, height, size, moment(at + 5)]);
    }
    let mut charges = Table::new("charges");
    for (id, bill) in (1_i64..).zip(bills("imagodraw bills", &people, 1_200)) {
        let paid = format!("pay_{:010x}", Dice::of(&format!("payment {id}")).throw() >> 24);
        charges.push(row![id, bill.by.id, paid, bill.by.name.as_str(), bill.cents, date(bill.at)]);
    }
    vec![accounts, choices, sessions_of("sessions", 30, &people), uploads, edits, pictures, charges]
}
