//! The policy packs: those inside the program, or those of the operator's folder in their place.

use super::{
    calendars::Calendars,
    soundness::{self, Checked},
};
use crate::domain::{
    calendar::{Calendar, hours::Hours},
    clock::{
        ClockStart, Duty, Face, Layer,
        explain::{self, Book, Explained},
        fact::{Facts, Trigger},
        leader,
    },
    kind::Kind,
    policy::{
        Matter, ProductPack,
        law::RuleSet,
        product::Jurisdiction,
        rule::{Mode, Rule},
    },
    time::Instant,
};
use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

#[derive(rust_embed::RustEmbed)]
#[folder = "policies"]
pub(super) struct Embedded;

/// Every product's pack, every rule set, every calendar.
#[derive(Debug, Clone)]
pub struct Packs {
    products: Vec<ProductPack>,
    laws: Vec<RuleSet>,
    calendars: Calendars,
    /// When each product's desk works, by product id.
    hours: HashMap<String, Hours>,
}

/// What a rule says of asking the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPause {
    /// What is asked.
    pub trigger: Trigger,
    /// What that does to the clock.
    pub mode: Mode,
    /// Where it says so.
    pub citation: String,
}

/// A pack that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("policy pack {file}: {says}")]
pub struct BadPack {
    /// The file.
    pub file: String,
    /// What is wrong, with line and key.
    pub says: String,
}

impl Packs {
    /// The packs inside the program; a file of the same name in `folder` takes an embedded one's place.
    ///
    /// # Errors
    /// When a pack does not read or leaves a duty without a period.
    pub fn load(folder: Option<&Path>) -> Result<Self, BadPack> {
        let Checked { faults, products, laws, calendars } = soundness::check(folder, None)?;
        if let Some(fault) = faults.first() {
            let more = if faults.len() > 1 { "; recourse policy check lists all of them" } else { "" };
            let says = format!("line {}: {}: {}{more}", fault.line, fault.key, fault.says);
            return Err(BadPack { file: fault.file.clone(), says });
        }
        if products.is_empty() {
            return Err(BadPack { file: "products/".to_owned(), says: "there is no product".to_owned() });
        }
        let Some(calendars) = calendars else { return Err(bad("calendars/", &"cannot be read")) };
        let hours = products.iter().filter_map(|pack| Some((pack.id.clone(), hours_of(pack, &calendars)?))).collect();
        Ok(Self { products, laws, calendars, hours })
    }

    /// The pack of a product.
    #[must_use]
    pub fn get(&self, product: &str) -> Option<&ProductPack> {
        self.products.iter().find(|pack| pack.id == product)
    }

    /// Every product's pack.
    pub fn iter(&self) -> impl Iterator<Item = &ProductPack> {
        self.products.iter()
    }

    /// Every rule set.
    #[must_use]
    pub fn laws(&self) -> &[RuleSet] {
        &self.laws
    }

    /// The rule set of this id.
    #[must_use]
    pub fn law(&self, id: &str) -> Option<&RuleSet> {
        self.laws.iter().find(|law| law.id == id)
    }

    /// The calendar of this code.
    #[must_use]
    pub fn calendar(&self, code: &str) -> Option<&Calendar> {
        self.calendars.get(code)
    }

    /// Every calendar.
    #[must_use]
    pub const fn calendars(&self) -> &Calendars {
        &self.calendars
    }

    /// What holds for a product where its person lives at `place`; a calendar given beside it takes the place of all.
    #[must_use]
    pub fn book<'a>(&'a self, pack: &'a ProductPack, place: Option<&str>, calendar: Option<&'a Calendar>) -> Book<'a> {
        let jurisdiction = pack.jurisdiction(place);
        let regimes = jurisdiction.map(|j| j.regimes.as_slice()).unwrap_or_default();
        let laws = regimes.iter().filter_map(|id| self.law(id)).map(|law| {
            let own = || self.calendar_of(law, jurisdiction);
            (law, calendar.or_else(own))
        });
        Book { laws: laws.collect(), product: Some(pack), hours: self.hours.get(&pack.id) }
    }

    fn calendar_of(&self, law: &RuleSet, jurisdiction: Option<&Jurisdiction>) -> Option<&Calendar> {
        let local = jurisdiction.and_then(|j| j.calendar.as_deref());
        local.or(law.calendar.as_deref()).and_then(|code| self.calendar(code))
    }

    /// Everything that applies to a case of this product, and what does not; nothing where the pack is gone.
    #[must_use]
    pub fn explain(&self, product: &str, kind: Kind, place: Option<&str>, facts: &Facts) -> Explained {
        let Some(pack) = self.get(product) else { return Explained::default() };
        explain::explain(&self.book(pack, place, None), Matter::Case(kind), facts)
    }

    /// The clocks of a case: of each rule one, those without a number left out.
    #[must_use]
    pub fn clocks(&self, product: &str, kind: Kind, place: Option<&str>, facts: &Facts) -> Vec<ClockStart> {
        let mut seen = HashSet::new();
        let terms = self.explain(product, kind, place, facts).clocks.into_iter();
        terms.filter_map(ClockStart::of).filter(|c| seen.insert((c.duty, c.layer, c.rule.clone()))).collect()
    }

    /// What asking the person does to the clocks of a case: of each question what the first rule that knows it says.
    #[must_use]
    pub fn pauses(&self, product: &str, kind: Kind, place: Option<&str>, received: Instant) -> Vec<KnownPause> {
        let mut known: Vec<KnownPause> = Vec::new();
        for rule in self.rules(product, kind, place, received) {
            for pause in &rule.pauses {
                if !known.iter().any(|k| k.trigger == pause.trigger) {
                    let citation = rule.citation.clone();
                    known.push(KnownPause { trigger: pause.trigger, mode: pause.mode, citation });
                }
            }
        }
        known
    }

    /// The rules of law that hold for a case.
    #[must_use]
    pub fn rules(&self, product: &str, kind: Kind, place: Option<&str>, received: Instant) -> Vec<&Rule> {
        let Some(pack) = self.get(product) else { return Vec::new() };
        let mut held = Vec::new();
        for (law, _) in self.book(pack, place, None).laws {
            let day = received.local(law.zone).date_naive();
            let holds = |rule: &&Rule| rule.kinds.contains(&Matter::Case(kind)) && rule.holds_on(day);
            let applies = |rule: &&Rule| rule.applies_if.iter().all(|condition| pack.denies(condition).is_none());
            held.extend(law.rules.iter().filter(holds).filter(applies));
        }
        held
    }

    /// True where a duty of law or promise, or a report to an authority, would end later or not at all with `then` in
    /// place of `now`, each a kind and the place where the person lives: that takes two people.
    #[must_use]
    pub fn is_softer(
        &self,
        product: &str,
        now: (Kind, Option<&str>),
        then: (Kind, Option<&str>),
        facts: &Facts,
    ) -> bool {
        let ends = |(kind, place): (Kind, Option<&str>)| self.clocks(product, kind, place, facts);
        let (before, after) = (ends(now), ends(then));
        let lead = |clocks: &[ClockStart], duty: Duty| {
            let of_duty = clocks.iter().filter(|c| c.duty == duty);
            leader(of_duty.map(|c| ((c.layer, c.due), Face { layer: c.layer, due: c.due, is_paused: false })))
        };
        let reports = [Duty::NotifyAuthorityInitial, Duty::NotifyAuthority, Duty::NotifySubjects];
        Duty::ALL.iter().filter(|duty| **duty != Duty::ExtendBy).any(|duty| {
            let counts = |(layer, _): &(Layer, Instant)| *layer != Layer::Target || reports.contains(duty);
            let lost = |(_, due)| lead(&after, *duty).is_none_or(|(_, later)| later > due);
            lead(&before, *duty).filter(counts).is_some_and(lost)
        })
    }

    /// When a case has to be resolved by the clock that binds; tells a faster kind from a slower one.
    #[must_use]
    pub fn resolve_due(&self, product: &str, kind: Kind, place: Option<&str>, facts: &Facts) -> Option<Instant> {
        let clocks = self.clocks(product, kind, place, facts).into_iter().filter(|c| c.duty == Duty::Resolve);
        leader(clocks.map(|c| (c.due, Face { layer: c.layer, due: c.due, is_paused: false })))
    }

    /// The product's name in tables; its id where the pack is gone.
    #[must_use]
    pub fn short(&self, product: &str) -> String {
        self.get(product).map_or_else(|| product.to_owned(), |pack| pack.short.clone())
    }

    /// What tables call each product, by its id.
    #[must_use]
    pub fn shorts(&self) -> HashMap<String, String> {
        self.products.iter().map(|pack| (pack.id.clone(), pack.short.clone())).collect()
    }

    /// The product's zone; the first product's where the pack is gone.
    #[must_use]
    pub fn zone(&self, product: &str) -> chrono_tz::Tz {
        self.get(product).map_or_else(|| self.first_zone(), |pack| pack.zone)
    }

    pub(super) fn first_zone(&self) -> chrono_tz::Tz {
        self.products.first().map_or(chrono_tz::UTC, |pack| pack.zone)
    }
}

/// When the product's desk works, on no holiday that is known.
fn hours_of(pack: &ProductPack, calendars: &Calendars) -> Option<Hours> {
    let calendar = pack.hours_calendar.as_deref().and_then(|code| calendars.get(code));
    let years = calendar.map(Calendar::known).into_iter().flatten();
    let holidays = years.flat_map(|year| calendar.into_iter().flat_map(move |calendar| calendar.holidays(year)));
    Some(Hours::new(pack.zone, pack.hours.clone()?, holidays.map(|(day, _)| day).collect()))
}

/// The files of one kind with their text, by name: those inside the program, and the operator's in their place.
pub(super) fn files(folder: Option<&Path>, kind: &str) -> Result<Vec<(String, String)>, BadPack> {
    let own = folder.map(|folder| folder.join(kind));
    let listed = own.as_deref().map(listed).transpose()?.unwrap_or_default();
    let prefix = format!("{kind}/");
    let embedded = Embedded::iter().filter_map(|path| path.strip_prefix(&prefix).map(str::to_owned));
    let mut names: Vec<String> = embedded.chain(listed.iter().cloned()).collect();
    names.sort();
    names.dedup();
    let read = |name: String| {
        let text = match own.as_deref().filter(|_| listed.contains(&name)) {
            Some(folder) => fs::read_to_string(folder.join(&name)).map_err(|e| bad(&name, &e))?,
            None => embedded_text(&format!("{kind}/{name}"))?,
        };
        Ok((name, text))
    };
    names.into_iter().map(read).collect()
}

/// The word list that classification uses: the operator's, or the one inside the program.
///
/// # Errors
/// When the file cannot be read.
pub fn word_list(folder: Option<&Path>) -> Result<String, BadPack> {
    match folder.map(|folder| folder.join("intake.toml")).filter(|file| file.exists()) {
        Some(file) => fs::read_to_string(&file).map_err(|e| bad("intake.toml", &e)),
        None => embedded_text("intake.toml"),
    }
}

fn embedded_text(path: &str) -> Result<String, BadPack> {
    let file = Embedded::get(path).ok_or_else(|| bad(path, &"is missing"))?;
    String::from_utf8(file.data.into_owned()).map_err(|e| bad(path, &e))
}

fn listed(folder: &Path) -> Result<Vec<String>, BadPack> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(|e| bad(&folder.display().to_string(), &e))?;
    Ok(entries
        .flatten()
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "toml"))
        .collect())
}

fn bad(file: &str, says: &dyn std::fmt::Display) -> BadPack {
    BadPack { file: file.to_owned(), says: says.to_string().trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packs_inside_the_program_are_sound() {
        let packs = Packs::load(None).expect("they load");
        assert!(packs.get("imagegen-artisticmonk").is_some());
    }

    #[test]
    fn a_pack_of_the_operator_takes_the_place_of_ours_and_a_bad_one_is_refused_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let products = folder.path().join("products");
        fs::create_dir(&products).expect("it is made");
        let ours = embedded_text("products/imagegen-artisticmonk.toml").expect("it is there");
        let file = products.join("imagegen-artisticmonk.toml");
        fs::write(&file, ours.replace("version = \"2026-01-31\"", "version = \"2027-01-01\"")).expect("it is written");
        let packs = Packs::load(Some(folder.path())).expect("they load");
        assert_eq!(packs.get("imagegen-artisticmonk").map(|p| p.version.as_str()), Some("2027-01-01"));
        fs::write(&file, ours.replace("period = \"PT24H\"", "period = \"24h\"")).expect("it is written");
        let says = Packs::load(Some(folder.path())).expect_err("it is refused").to_string();
        assert!(says.contains("imagegen-artisticmonk.toml") && says.contains("24h"), "{says}");
        fs::write(&file, format!("surprise = 1\n{ours}")).expect("it is written");
        let says = Packs::load(Some(folder.path())).expect_err("it is refused").to_string();
        assert!(says.contains("surprise"), "{says}");
    }
}
