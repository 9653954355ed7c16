//! imgus: an app without accounts. Everything hangs on the number of a device; there is neither a name nor an address.

use super::{
    dice::Dice,
    makings::{prompt, sessions},
    pictures::Shelf,
    table::{LAUNCH, NOW, Table, moment, row},
};

/// The devices of those who ask in the demo, as the app shows their numbers, with how many images were made.
const KNOWN: [(&str, i64); 3] = [("igus-7f3a-91c2-04be", 14), ("igus-20d8-5e6b-b7a1", 6), ("igus-c410-88f2-3d95", 3)];
const COUNT: usize = 40;

/// Every table with its rows.
pub fn rows(shelf: &mut Shelf) -> Vec<Table> {
    let mut dice = Dice::of("imgus");
    let mut all: Vec<(String, i64, i64)> = Vec::new();
    for n in 0..COUNT {
        let part = |dice: &mut Dice| format!("{:04x}", dice.between(0, 65_535));
        let drawn = (format!("igus-{}-{}-{}", part(&mut dice), part(&mut dice), part(&mut dice)), dice.between(0, 6));
        let (id, made) = KNOWN.get(n).map_or(drawn, |(id, made)| ((*id).to_owned(), *made));
        all.push((id, dice.between(LAUNCH, NOW), made));
    }
    let [mut devices, mut generations, mut images, mut reports] =
        ["devices", "generations", "images", "reports"].map(Table::new);
    for (id, since, _) in &all {
        let (platform, language) = (*dice.pick(&["telephone", "tablet"]), *dice.pick(&["en", "de", "hi", "es"]));
        let timezone = *dice.pick(&["Europe/London", "Europe/Berlin", "Asia/Kolkata", "America/Bogota"]);
        devices.push(row![id.as_str(), platform, language, timezone, dice.one_in(7), false, moment(*since)]);
    }
    let (mut generation, mut report) = (0_i64, 0_i64);
    for (device, since, made) in &all {
        for n in 0..*made {
            generation += 1;
            let (at, style) = (dice.between(*since, NOW), *dice.pick(&["ink", "paint", "photo"]));
            let status = if dice.one_in(9) { "failed" } else { "done" };
            generations.push(row![generation, device.as_str(), prompt(&mut dice, ""), style, status, moment(at)]);
            if status == "failed" {
                continue;
            }
            let image = generation + 40_000;
            let (width, height, size) = (shelf.of(image).width, shelf.of(image).height, shelf.of(image).size());
            let key = shelf.image(image);
            images.push(row![image, generation, device.as_str(), key, width, height, size, moment(at + 4)]);
            if report == 0 || (n == 0 && dice.one_in(2)) {
                report += 1;
                let (rule, says) = (*dice.pick(&["weapon", "unclear"]), "This is not what I asked for.");
                reports.push(row![report, device.as_str(), image, rule, says, moment(at + 90)]);
            }
        }
    }
    let used = sessions("sessions", 0, all.iter().map(|(id, since, _)| (id.as_str().into(), *since)));
    vec![devices, used, generations, images, reports]
}
