//! `recourse policy explain`: every clock, window and floor of a case that might be, and why the others do not run.

use super::Folder;
use crate::{
    app::packs::Packs,
    domain::{
        clock::{
            Layer,
            explain::{self, Book, Explained, Span, Term},
            fact::{Fact, Facts, Happened},
        },
        policy::Matter,
        time::Instant,
    },
};
use anyhow::{Context as _, anyhow, bail};
use chrono::{DateTime, SecondsFormat};
use chrono_tz::Tz;
use serde::Serialize;
use std::path::PathBuf;

/// What is asked.
#[derive(Debug, clap::Args)]
pub struct Ask {
    /// The product whose promises, targets and laws hold
    #[arg(long, value_name = "ID", required_unless_present = "regime", conflicts_with = "regime")]
    product: Option<String>,
    /// One rule set alone; every condition on the product is taken to hold
    #[arg(long, value_name = "RULESET")]
    regime: Option<String>,
    /// What it is about: a kind of case, an incident, a change of policy
    #[arg(long, value_name = "KIND")]
    kind: Matter,
    /// When it was received
    #[arg(long, value_name = "RFC3339", value_parser = moment)]
    received: Instant,
    /// Where the person lives: IN, US-CA, GB, IE, EU
    #[arg(long, value_name = "CODE")]
    jurisdiction: Option<String>,
    /// The calendar of working days: IE FR DE GB-EAW GB-SCT GB-NIR US-FED US-CA IN
    #[arg(long, value_name = "CODE")]
    calendar: Option<String>,
    /// What happened since, for example identity_asked@2026-09-07T10:00:00+01:00; as often as needed
    #[arg(long = "event", value_name = "NAME@RFC3339", value_parser = happened)]
    events: Vec<Happened>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    folder: Folder,
}

/// A moment as RFC 3339 writes it.
pub(in crate::cli) fn moment(text: &str) -> Result<Instant, String> {
    let read = DateTime::parse_from_rfc3339(text);
    read.map(|at| Instant::of(&at))
        .map_err(|_| format!("'{text}' is no RFC 3339 instant; write 2026-11-22T09:00:00+05:30"))
}

fn happened(text: &str) -> Result<Happened, String> {
    let (name, at) = text.split_once('@').ok_or_else(|| format!("'{text}' is not NAME@RFC3339"))?;
    let fact = Fact::from_code(name).ok_or_else(|| {
        let known = Fact::ALL.iter().map(|fact| fact.code()).collect::<Vec<_>>().join(", ");
        format!("'{name}' is no event; the events are {known}")
    })?;
    Ok(Happened { fact, at: moment(at)? })
}

/// Runs the command.
///
/// # Errors
/// When a pack cannot be used, or a product, rule set or calendar is not known.
pub(super) fn run(configured: Option<PathBuf>, ask: &Ask) -> anyhow::Result<()> {
    let folder = ask.folder.chosen(configured)?;
    let packs = Packs::load(folder.as_deref())?;
    let (explained, zone) = answer(&packs, ask)?;
    let text = if ask.json { json(&explained, ask.received, zone)? } else { words(&explained, ask.received, zone) };
    super::say!("{text}");
    Ok(())
}

fn answer(packs: &Packs, ask: &Ask) -> anyhow::Result<(Explained, Tz)> {
    let calendar = match &ask.calendar {
        Some(code) => Some(packs.calendar(code).ok_or_else(|| {
            let known = packs.calendars().codes().collect::<Vec<_>>().join(", ");
            anyhow!("there is no calendar '{code}'; the calendars are {known}")
        })?),
        None => None,
    };
    let facts = Facts::new(ask.received, ask.events.clone());
    let (book, zone) = match (&ask.product, &ask.regime) {
        (Some(id), _) => {
            let pack = packs.get(id).ok_or_else(|| unknown("product", id, packs.iter().map(|p| p.id.as_str())))?;
            if let Some(code) = &ask.jurisdiction
                && !pack.jurisdictions.is_empty()
                && pack.jurisdiction(Some(code)).is_none_or(|j| j.default && !j.code.starts_with(code.as_str()))
            {
                eprintln!(
                    "recourse: {id} names no laws for {code}; those for people of whom nothing is known are shown"
                );
            }
            (packs.book(pack, ask.jurisdiction.as_deref(), calendar), pack.zone)
        }
        (None, Some(id)) => {
            let law =
                packs.law(id).ok_or_else(|| unknown("rule set", id, packs.laws().iter().map(|l| l.id.as_str())))?;
            let calendar = calendar.or_else(|| law.calendar.as_deref().and_then(|code| packs.calendar(code)));
            let zone = calendar.filter(|_| law.zone_of_calendar).and_then(|c| c.zone).unwrap_or(law.zone);
            (Book { laws: vec![(law, calendar)], ..Book::default() }, zone)
        }
        (None, None) => bail!("give --product or --regime"),
    };
    Ok((explain::explain(&book, ask.kind, &facts), zone))
}

fn unknown<'a>(what: &str, id: &str, known: impl Iterator<Item = &'a str>) -> anyhow::Error {
    anyhow!("there is no {what} '{id}'; there are {}", known.collect::<Vec<_>>().join(", "))
}

fn written(at: Instant, zone: Tz) -> String {
    at.local(zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}

#[derive(Serialize)]
struct Answer<'a> {
    received: String,
    zone: &'a str,
    clocks: Vec<ClockLine<'a>>,
    windows: Vec<WindowLine<'a>>,
    floors: Vec<FloorLine<'a>>,
    not_applicable: Vec<NotLine<'a>>,
}

#[derive(Serialize)]
struct ClockLine<'a> {
    duty: &'a str,
    layer: &'a str,
    rule: &'a str,
    due: Option<String>,
    citation: &'a str,
    evidence: &'a str,
    binding: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_due: Option<String>,
    /// Only while the clock stands still: the due instant is then the earliest that can become of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_since: Option<String>,
    /// Only where not every holiday is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    assumed: Option<&'a str>,
}

#[derive(Serialize)]
struct WindowLine<'a> {
    name: &'a str,
    open_until: String,
}

#[derive(Serialize)]
struct FloorLine<'a> {
    name: &'a str,
    not_before: String,
}

#[derive(Serialize)]
struct NotLine<'a> {
    rule: &'a str,
    duty: &'a str,
    reason: &'a str,
}

fn json(explained: &Explained, received: Instant, zone: Tz) -> anyhow::Result<String> {
    let until = |span: &Span| written(span.until, span.zone);
    let answer = Answer {
        received: written(received, zone),
        zone: zone.name(),
        clocks: explained.clocks.iter().map(clock_line).collect(),
        windows: explained.windows.iter().map(|w| WindowLine { name: w.name, open_until: until(w) }).collect(),
        floors: explained.floors.iter().map(|f| FloorLine { name: f.name, not_before: until(f) }).collect(),
        not_applicable: explained
            .not_applicable
            .iter()
            .map(|not| NotLine { rule: &not.rule, duty: not.duty, reason: &not.reason })
            .collect(),
    };
    serde_json::to_string(&answer).context("the answer could not be written as JSON")
}

fn clock_line(term: &Term) -> ClockLine<'_> {
    let at = |moment: Instant| written(moment, term.zone);
    ClockLine {
        duty: term.duty.code(),
        layer: term.layer.code(),
        rule: &term.rule,
        due: term.due.map(at),
        citation: &term.citation,
        evidence: term.evidence,
        binding: term.binding,
        extended_due: term.extended.map(at),
        paused_since: term.paused.map(at),
        assumed: term.assumed.as_deref(),
    }
}

fn words(explained: &Explained, received: Instant, zone: Tz) -> String {
    let mut lines =
        vec![format!("Received {}", received.in_words_with_weekday(zone)), String::new(), "Clocks".to_owned()];
    for term in &explained.clocks {
        let due = term.due.map_or_else(|| term.note.clone(), |due| due.in_words_with_weekday(term.zone));
        let binds = if term.binding { "  binds" } else { "" };
        let layer = if term.layer == Layer::Target { "target (policy, not law)" } else { term.layer.code() };
        lines.push(format!("  {:<26} {due}{binds}", term.duty.code()));
        lines.push(format!(
            "  {:<26} {layer}, rule {}, {}",
            "",
            term.rule,
            term.period.as_deref().unwrap_or("no number")
        ));
        lines.push(format!("  {:<26} {} [{}]", "", term.citation, term.evidence));
        let at = |moment: Instant| moment.in_words_with_weekday(term.zone);
        let more = [
            term.extended.filter(|_| !term.is_extended).map(|at_most| format!("can be extended to {}", at(at_most))),
            term.paused.map(|since| format!("stands still since {}: this is the earliest end", at(since))),
            term.met.map(|met| format!("met on {}", at(met))),
            Some(term.condition.clone()).filter(|condition| !condition.is_empty()).map(|c| format!("only if: {c}")),
            term.assumed.clone(),
        ];
        lines.extend(more.into_iter().flatten().map(|line| format!("  {:<26} {line}", "")));
    }
    for (title, spans, word) in
        [("Open to others", &explained.windows, "until"), ("To be kept", &explained.floors, "until")]
    {
        if !spans.is_empty() {
            lines.extend([String::new(), title.to_owned()]);
        }
        for span in spans {
            let until = span.until.in_words_with_weekday(span.zone);
            lines.push(format!("  {:<26} {word} {until}; rule {}, {}", span.name, span.rule, span.citation));
        }
    }
    lines.extend([String::new(), "Does not apply".to_owned()]);
    lines.extend(explained.not_applicable.iter().map(|not| format!("  {:<26} {}: {}", not.duty, not.rule, not.reason)));
    lines.join("\n")
}
