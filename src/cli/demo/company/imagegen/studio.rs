//! Rows of what people make: prompts, generations, images, and what the filter refused.

use super::people::{CAPITALS, HEAVY, PLAIN};
use crate::cli::demo::company::{
    crowd::{Person, id_of},
    dice::Dice,
    makings::prompt,
    pictures::{self, Picture, Shelf},
    table::{LAUNCH, NOW, Table, moment, row},
    words::{SUBJECTS, UNWANTED},
};
use std::collections::HashMap;

/// An image as galleries, likes and the ledger need to know it.
pub struct Image {
    /// The key.
    pub id: i64,
    /// Whose it is.
    pub user: i64,
    /// When it was made.
    pub at: i64,
}

/// What was made.
pub struct Studio {
    prompts: Table,
    generations: Table,
    images: Table,
    refused: Table,
    /// Every image.
    pub made: Vec<Image>,
    /// Who generated when; each time costs a credit.
    pub spent: Vec<(i64, i64)>,
}

/// The last that somebody made.
#[derive(Default, Clone, Copy)]
struct Last {
    count: i64,
    prompt: i64,
    generation: i64,
}

impl Studio {
    /// Makes it all, by the time at which it was made.
    pub fn open(people: &[Person], files: &mut Shelf) -> Self {
        let mut dice = Dice::of("studio");
        let mut plan: Vec<(i64, &Person)> = Vec::new();
        for person in people {
            let from = person.joined.max(LAUNCH);
            plan.extend((0..person.made).map(|_| (dice.between(from, NOW), person)));
        }
        plan.sort_by_key(|(at, person)| (*at, person.id));
        let mut studio = Self::empty();
        let famous = [id_of(people, HEAVY), id_of(people, CAPITALS)];
        let mut last: HashMap<i64, Last> = HashMap::new();
        // what can be remixed: everybody's, and that of the famous
        let mut done: [Vec<(i64, i64)>; 2] = Default::default();
        for (id, (at, person)) in (500_001_i64..).zip(plan) {
            let mine = last.entry(person.id).or_default();
            mine.count += 1;
            let again = mine.count > 1 && dice.one_in(5);
            let parent = if again {
                Some(mine.generation)
            } else {
                mine.prompt = studio.prompt(&mut dice, person, mine.count, at);
                let pool = &done[usize::from(dice.one_in(4))];
                let remixes = !pool.is_empty() && dice.one_in(8);
                remixes.then(|| *dice.pick(pool)).filter(|(_, user)| *user != person.id).map(|(parent, _)| parent)
            };
            mine.generation = id;
            let status = if dice.one_in(18) {
                "refused"
            } else if dice.one_in(30) {
                "failed"
            } else {
                "done"
            };
            let (model, seed) = (*dice.pick(&["monk-2", "monk-3", "monk-3-quick"]), dice.between(1, 4_294_967_295));
            studio.generations.push(row![id, person.id, mine.prompt, parent, model, seed, status, moment(at)]);
            studio.spent.push((person.id, at));
            match status {
                "done" => {
                    done[0].push((id, person.id));
                    if famous.contains(&person.id) {
                        done[1].push((id, person.id));
                    }
                    for _ in 0..if dice.one_in(16) { 2 } else { 1 } {
                        studio.image(&mut dice, files, id, person, at);
                    }
                }
                "refused" => studio.refuse(&mut dice, person, at),
                _ => {}
            }
        }
        studio
    }

    fn empty() -> Self {
        Self {
            prompts: Table::new("prompts"),
            generations: Table::new("generations"),
            images: Table::new("images"),
            refused: Table::new("filter_events"),
            made: Vec::new(),
            spent: Vec::new(),
        }
    }

    fn prompt(&mut self, dice: &mut Dice, person: &Person, count: i64, at: i64) -> i64 {
        let id = 300_001 + i64::try_from(self.prompts.len()).unwrap_or_default();
        let mut text = prompt(dice, person.about);
        // somebody else's address in what a person writes
        if person.email == PLAIN && count == 1 {
            text.push_str(", below it in small letters: cars by ");
            text.push_str(CAPITALS);
        }
        let unwanted = dice.one_in(3).then(|| *dice.pick(UNWANTED));
        self.prompts.push(row![id, person.id, text, unwanted, moment(at)]);
        id
    }

    fn image(&mut self, dice: &mut Dice, files: &mut Shelf, generation: i64, person: &Person, at: i64) {
        let id = 700_001 + i64::try_from(self.made.len()).unwrap_or_default();
        // companies lose files too: the first picture of the one with most has none
        let lost = person.email == HEAVY && !self.made.iter().any(|image| image.user == person.id);
        let key = if lost { pictures::key(id) } else { files.image(id) };
        let preview = (!lost && dice.one_in(4)).then(|| files.preview(id));
        let Picture { width, height, .. } = *files.of(id);
        let bytes = files.of(id).size();
        self.images.push(row![id, generation, person.id, key, preview, width, height, bytes, moment(at + 9)]);
        self.made.push(Image { id, user: person.id, at: at + 9 });
    }

    fn refuse(&mut self, dice: &mut Dice, person: &Person, at: i64) {
        let id = 60_001 + i64::try_from(self.refused.len()).unwrap_or_default();
        let rule = *dice.pick(&["somebody by name", "trade mark", "weapon", "unclear"]);
        let excerpt = if person.about.is_empty() { *dice.pick(SUBJECTS) } else { person.about };
        self.refused.push(row![id, person.id, person.country.code, rule, excerpt, moment(at)]);
    }

    /// The tables.
    pub fn into_tables(self) -> Vec<Table> {
        vec![self.prompts, self.generations, self.images, self.refused]
    }
}
