//! What the packs say, for people: which products there are, what each promised, which laws hold where its people live,
//! what is not answered and what does not fit. Reads packs alone; no case stands behind it.

mod law;
mod words;

pub use law::{LawPage, RulePage};

use super::{App, Error, clockwork::Turn};
use crate::domain::{
    policy::{
        Matter, ProductPack,
        lint::{self, Finding},
        place,
        product::{Own, Row},
    },
    rights::{Act, Actor, Reach},
    time::Instant,
};

/// A product in the list of all.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// The name the public knows.
    pub name: String,
    /// The date of the published policy.
    pub version: String,
    /// Who answers; empty where the policy names nobody.
    pub officer: String,
    /// What holds for training when a person says nothing.
    pub training: &'static str,
    /// The languages in which people are answered.
    pub languages: Vec<String>,
    /// The places whose law the pack knows.
    pub places: Vec<String>,
    /// How many promises something keeps.
    pub kept: usize,
    /// How many nothing keeps yet.
    pub open: usize,
    /// The lawyer who signed the pack; empty until somebody did.
    pub reviewed_by: String,
}

/// A promise and what keeps it.
#[derive(Debug, Clone)]
pub struct Promise {
    /// Its row in the pack.
    pub id: String,
    /// Where it stands.
    pub section: String,
    /// The sentence.
    pub quote: String,
    /// What keeps it, a sentence each; empty where nothing does yet.
    pub kept_by: Vec<String>,
}

/// A number that the company gave itself without promising it.
#[derive(Debug, Clone)]
pub struct Target {
    /// "Resolve within 15 days of the receipt".
    pub says: String,
    /// Of what.
    pub of: String,
    /// Why this number.
    pub because: String,
}

/// Where people live, and what holds there.
#[derive(Debug, Clone)]
pub struct Home {
    /// Germany.
    pub name: String,
    /// True for the place that is taken where nobody knows.
    pub is_default: bool,
    /// The laws, by id and short name.
    pub laws: Vec<(String, String)>,
    /// The calendar of its working days; none where each law brings its own.
    pub calendar: Option<String>,
}

/// A pair of words: a thing, and what is said of it.
pub type Pair = (String, String);

/// Everything of one product.
#[derive(Debug, Clone)]
pub struct PolicyPage {
    /// What the list says of it.
    pub line: Line,
    /// The officer's title and address.
    pub contact: Vec<String>,
    /// The zone in which its days end.
    pub zone: String,
    /// What does not fit.
    pub misfits: Vec<Finding>,
    /// Promises that something keeps.
    pub promises: Vec<Promise>,
    /// Promises that nothing keeps yet.
    pub open: Vec<Promise>,
    /// What the company aims at.
    pub targets: Vec<Target>,
    /// Where people live, and what holds there.
    pub homes: Vec<Home>,
    /// Every law of it, each once.
    pub laws: Vec<LawPage>,
    /// What is so of the product and rules ask about, with why.
    pub facts: Vec<(String, bool, String)>,
    /// What is kept although somebody asks for its erasure: what, and on what ground until when.
    pub kept: Vec<Pair>,
    /// Who else gets data, and what for.
    pub recipients: Vec<Pair>,
    /// Mailboxes, and what people are to write there for.
    pub mailboxes: Vec<Pair>,
    /// Subject lines, and what they mean.
    pub subjects: Vec<Pair>,
    /// Calendars of working days, each with the last year whose holidays are all known.
    pub calendars: Vec<Pair>,
    /// Whom people can turn to, of every law; those that work first.
    pub routes: Vec<Turn>,
}

/// Every product.
///
/// # Errors
/// `NotFound` for people who have no role there.
pub fn list(app: &App, actor: &Actor) -> Result<Vec<Line>, Error> {
    let reach = actor.reach(Act::SeePolicies);
    if reach == Reach::default() {
        return Err(Error::NotFound);
    }
    Ok(app.packs.iter().filter(|pack| reach.holds(&pack.id)).map(line).collect())
}

/// One product's pack in words.
///
/// # Errors
/// `NotFound` where there is no such product, and for people who have no role there.
pub fn one(app: &App, actor: &Actor, product: &str) -> Result<PolicyPage, Error> {
    let theirs = |pack: &&ProductPack| actor.may(Act::SeePolicies, &pack.id);
    let pack = app.packs.get(product).filter(theirs).ok_or(Error::NotFound)?;
    let now = app.now();
    let (promises, open) = pack.rows.iter().map(|row| promise(pack, row)).partition(|p| !p.kept_by.is_empty());
    let laws: Vec<LawPage> = law::of(app, pack, now);
    let mut routes: Vec<Turn> = Vec::new();
    for turn in laws.iter().flat_map(|law| &law.routes) {
        if !routes.iter().any(|known| known.route.id == turn.route.id) {
            routes.push(turn.clone());
        }
    }
    routes.sort_by_key(|turn| !turn.works);
    let facts = pack.answers.iter().map(|(name, a)| (words::spaced(name), a.holds, a.because.clone()));
    Ok(PolicyPage {
        contact: [&pack.officer.title, &pack.officer.address, &pack.officer.phone]
            .into_iter()
            .filter(|line| !line.is_empty())
            .cloned()
            .collect(),
        zone: words::zone(pack.zone),
        misfits: misfits(app, pack, now),
        promises,
        open,
        targets: pack.targets.iter().map(|own| target(pack, own)).collect(),
        homes: homes(app, pack),
        laws,
        facts: facts.collect(),
        kept: pack.kept.iter().map(|kept| (kept.what.clone(), until(&kept.basis, &kept.until))).collect(),
        recipients: pack.copy.recipients.iter().map(|one| (one.name.clone(), one.purpose.clone())).collect(),
        mailboxes: pack.mailboxes.iter().map(|one| (address(app, pack, &one.address), one.purpose.clone())).collect(),
        subjects: pack.subjects.iter().map(|one| (one.line.clone(), words::kind(one.kind))).collect(),
        calendars: calendars(app, pack),
        routes,
        line: line(pack),
    })
}

/// What does not fit in a product's policy: with the law, and with itself.
#[must_use]
pub fn misfits(app: &App, pack: &ProductPack, now: Instant) -> Vec<Finding> {
    lint::findings(pack, app.packs.laws(), now)
}

fn line(pack: &ProductPack) -> Line {
    let open = pack.rows.iter().filter(|row| clocks(pack, row).is_empty() && others(pack, row).is_empty()).count();
    Line {
        id: pack.id.clone(),
        name: pack.name.clone(),
        version: words::date(&pack.version),
        officer: pack.officer.name.clone(),
        training: pack.training.label(),
        languages: pack.languages_on().into_iter().map(|language| language.label().to_owned()).collect(),
        places: pack.jurisdictions.iter().map(|j| place::name(&j.code).to_owned()).collect(),
        kept: pack.rows.len() - open,
        open,
        reviewed_by: pack.reviewed_by.trim().to_owned(),
    }
}

fn promise(pack: &ProductPack, row: &Row) -> Promise {
    let mut kept_by = clocks(pack, row);
    kept_by.extend(others(pack, row));
    Promise { id: row.id.clone(), section: row.section.clone(), quote: row.quote.clone(), kept_by }
}

/// The clocks that a row starts. Only a case starts clocks: what is promised of anything else nobody keeps yet.
fn clocks(pack: &ProductPack, row: &Row) -> Vec<String> {
    let is_of_cases = |own: &&Own| own.kinds.is_empty() || own.kinds.iter().any(|k| matches!(k, Matter::Case(_)));
    let own = pack.promises.iter().chain(&pack.targets).filter(|own| own.id == row.id).filter(is_of_cases);
    own.map(|own| format!("Clock: {}, {}.", words::own(own).to_lowercase(), words::of(own))).collect()
}

/// What else keeps a row.
fn others(pack: &ProductPack, row: &Row) -> Vec<String> {
    let subjects = pack.subjects.iter().filter(|subject| subject.id == row.id);
    let subjects = subjects.map(|one| format!("The subject line “{}” means {}.", one.line, words::kind(one.kind)));
    let boxes = pack.mailboxes.iter().filter(|mailbox| mailbox.id == row.id);
    let boxes = boxes.map(|one| format!("A mailbox: {}.", one.purpose));
    subjects.chain(boxes).chain(row.answer.clone()).collect()
}

fn target(pack: &ProductPack, own: &Own) -> Target {
    let row = pack.row(&own.id).map(|row| format!("{}: “{}”", row.section, row.quote));
    let because = [Some(own.because.clone()), row].into_iter().flatten().find(|says| !says.is_empty());
    Target { says: words::own(own), of: words::of(own), because: because.unwrap_or_default() }
}

fn homes(app: &App, pack: &ProductPack) -> Vec<Home> {
    let law = |id: &String| app.packs.law(id).map(|law| (law.id.clone(), law.short.clone()));
    let calendar = |code: &String| app.packs.calendar(code).map(|calendar| calendar.name.clone());
    let home = |j: &crate::domain::policy::product::Jurisdiction| Home {
        name: place::name(&j.code).to_owned(),
        is_default: j.default,
        laws: j.regimes.iter().filter_map(law).collect(),
        calendar: j.calendar.as_ref().and_then(calendar),
    };
    pack.jurisdictions.iter().map(home).collect()
}

fn calendars(app: &App, pack: &ProductPack) -> Vec<Pair> {
    let laws = pack.jurisdictions.iter().flat_map(|j| &j.regimes).filter_map(|id| app.packs.law(id));
    let own = pack.jurisdictions.iter().filter_map(|j| j.calendar.clone());
    let mut codes: Vec<String> = own.chain(laws.filter_map(|law| law.calendar.clone())).collect();
    codes.sort();
    codes.dedup();
    let known = |code: &String| {
        let calendar = app.packs.calendar(code)?;
        Some((calendar.name.clone(), format!("holidays known until {}", calendar.outline().known_until)))
    };
    codes.iter().filter_map(known).collect()
}

fn address(app: &App, pack: &ProductPack, published: &str) -> String {
    if !published.is_empty() {
        return published.to_owned();
    }
    app.settings.addresses.get(&pack.id).cloned().unwrap_or_else(|| "an address nobody configured yet".to_owned())
}

fn until(basis: &str, until: &str) -> String {
    if until.is_empty() { basis.to_owned() } else { format!("{basis}; until {until}") }
}
