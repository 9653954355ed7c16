//! Tells the script: every mail, reply and decision at its moment in the past, in the order in which they happened,
//! through the verbs that real ones go through.

use super::{
    people::Cast,
    script::{self, Act, ScriptCase, Step},
};
use crate::{
    app::{
        App, Error, alarms, by_hand,
        by_hand::{ByHand, Opened},
        case_page,
        case_page::CasePage,
        deliver, desk, follow_ups, intake,
        pickup::Access,
        verbs,
        verbs::Placed,
    },
    domain::{
        authority::Authority,
        case::{Outcome, State},
        clock::{fact::Fact, period::end_of_day},
        follow_up::{
            Step::{Confirmed, Told as WasTold},
            Way,
        },
        identity::Reference,
        kind::Kind,
        mail::Came,
        rights::Actor,
        time::{DAY, Instant, MINUTE},
    },
    jobs,
    store::Clock,
};
use anyhow::{Context as _, anyhow};
use chrono::TimeDelta;

const PRODUCT: &str = "imagegen-artisticmonk";

/// The mail address of a product of the demo.
pub fn address_of(product: &str) -> String {
    format!("privacy@{}.example", product.split('-').next().unwrap_or(product))
}

/// One thing that happens at a moment.
enum Beat {
    /// The request reaches us.
    Arrives,
    /// The outbox is emptied: the acknowledgement leaves.
    Leaves,
    /// A step of the script.
    Step(usize),
}

/// What came of the script.
pub struct Told {
    /// Which case each address opened, or each subject where there is no address.
    pub cases: Vec<(String, Reference)>,
    /// What opens the pages of cases without an address, by their subjects.
    pub handed: Vec<(String, Access)>,
}

/// Tells the whole script up to now.
pub async fn tell(app: &App, clock: &Clock, players: &Cast) -> anyhow::Result<Told> {
    let script = script::read()?;
    let now = Clock::System.now();
    let mut beats: Vec<(Instant, usize, Beat)> = Vec::new();
    for (n, case) in script.cases.iter().enumerate() {
        let start = received(case, now, app.packs.zone(PRODUCT));
        beats.push((start, n, Beat::Arrives));
        if let Some(after) = case.ack {
            beats.push((start.plus(after), n, Beat::Leaves));
        }
        let last = now.plus(-MINUTE);
        let steps = case.steps.iter().enumerate();
        beats.extend(steps.map(|(s, step)| (start.plus(step.after).min(last), n, Beat::Step(s))));
    }
    beats.sort_by_key(|(at, n, _)| (*at, *n));
    let mut known: Vec<Option<Reference>> = vec![None; script.cases.len()];
    let (mut swept, mut handed) = (Instant(0), Vec::new());
    for (at, n, beat) in beats {
        let case = &script.cases[n];
        clock.set(at);
        // staff were told of late cases then, not all at once when somebody looks at the demo
        if at.since(swept) > DAY / 4 {
            swept = at;
            alarms::sweep_clocks(app).await?;
        }
        let told = match beat {
            Beat::Arrives => arrive(app, players, case, n).await.map(|opened| {
                known[n] = Some(opened.reference);
                handed.extend(opened.access.map(|access| (case.subject.clone(), access)));
            }),
            Beat::Leaves => leave(app, known[n]).await,
            Beat::Step(s) => {
                let reference = known[n].ok_or_else(|| anyhow!("the case was not opened"))?;
                act(app, players, case, reference, &case.steps[s], (n, s)).await
            }
        };
        told.with_context(|| format!("the demo's case {n} ({})", case.kind))?;
    }
    clock.set(now);
    for (case, reference) in script.cases.iter().zip(&known).filter(|(case, _)| case.ack.is_none()) {
        let reference = reference.with_context(|| format!("a case of kind {} was not opened", case.kind))?;
        deliver::put_off(app, reference, DAY).await?;
    }
    let whose = script.cases.into_iter().map(|case| if case.address.is_empty() { case.subject } else { case.address });
    let cases = whose.zip(known).filter_map(|(whose, known)| Some((whose, known?))).collect();
    Ok(Told { cases, handed })
}

/// When a case was received. One that is due today is due today whatever the hour: where its age would put it on the
/// day before, it came early in the morning instead.
fn received(case: &ScriptCase, now: Instant, zone: chrono_tz::Tz) -> Instant {
    let start = now.plus(-case.age);
    let days = case.age / DAY;
    let today = now.local(zone).date_naive();
    let first = today.checked_sub_signed(TimeDelta::days(days + 1)).map(|eve| end_of_day(eve, zone).plus(MINUTE));
    match first {
        Some(first) if (days == 15 || days == 30) && start < first => first,
        _ => start,
    }
}

async fn arrive(app: &App, players: &Cast, case: &ScriptCase, n: usize) -> anyhow::Result<Opened> {
    if case.channel != "mail" {
        let officer = player(players, "officer")?;
        let received = app.now().local(app.packs.zone(&case.product)).format("%Y-%m-%dT%H:%M").to_string();
        let typed = ByHand {
            product: case.product.clone(),
            kind: case.kind.clone(),
            channel: case.channel.clone(),
            received,
            name: case.name.clone(),
            address: case.address.clone(),
            text: case.text.clone(),
        };
        return Ok(by_hand::open_by_hand(app, officer, &typed).await?);
    }
    let raw = mail(case, &case.subject, &case.text, &format!("demo-{n}"), false, app.now());
    let message =
        intake::keep(app, &case.product, raw.as_bytes(), Came::Pipe).await?.context("the mail came before")?;
    match intake::read(app, message).await? {
        intake::Read::Opened(reference) => Ok(Opened { reference, access: None }),
        other => Err(anyhow!("the mail did not open a case: {other:?}")),
    }
}

/// Sends what the case has in its outbox, as the runner would have.
async fn leave(app: &App, reference: Option<Reference>) -> anyhow::Result<()> {
    let reference = reference.ok_or_else(|| anyhow!("the case was not opened"))?;
    jobs::send_for(app, reference).await?;
    Ok(())
}

pub(super) fn player<'a>(players: &'a Cast, part: &str) -> anyhow::Result<&'a Actor> {
    players.iter().find(|(name, _)| *name == part).map(|(_, actor)| actor).ok_or_else(|| anyhow!("nobody plays {part}"))
}

async fn act(
    app: &App,
    players: &Cast,
    case: &ScriptCase,
    reference: Reference,
    step: &Step,
    place: (usize, usize),
) -> anyhow::Result<()> {
    if step.act == Act::Mail {
        let subject = format!("Re: {} [{reference}]", case.subject);
        let id = format!("demo-{}-{}", place.0, place.1);
        let domain = case.address.rsplit('@').next().unwrap_or("mail.example");
        let thread = format!("In-Reply-To: <demo-{}@{domain}>\r\n", place.0);
        let raw = thread + &mail(case, &subject, &step.text, &id, step.auto, app.now());
        let message =
            intake::keep(app, &case.product, raw.as_bytes(), Came::Pipe).await?.context("the mail came before")?;
        intake::read(app, message).await?;
        return Ok(());
    }
    let actor = player(players, &step.by)?;
    let seen = i64::MAX;
    match step.act {
        Act::Assign => {
            let to = player(players, &step.to)?.id;
            verbs::assign_case(app, actor, reference, seen, Some(to)).await?;
        }
        Act::Reply => {
            own(app, actor, reference).await?;
            verbs::send_reply(app, actor, reference, seen, &step.text, step.wait).await?;
            jobs::send_for(app, reference).await?;
        }
        Act::Note => verbs::add_note(app, actor, reference, &step.text).await?,
        Act::Classify => {
            let to: Kind = step.to.parse()?;
            match verbs::classify_case(app, actor, reference, seen, to, &step.text).await {
                // invalid: the guess was right already
                Ok(_) | Err(Error::Invalid(_)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Act::State => {
            let to = State::from_code(&step.to).with_context(|| format!("no state {}", step.to))?;
            let outcome = Outcome::from_code(&step.outcome);
            match verbs::change_state(app, actor, reference, seen, to, outcome, &step.text).await {
                Ok(()) => {}
                // the case is there already, as when a reply opened it
                Err(Error::Invalid(_)) if to == State::Open => {}
                Err(other) => return Err(other.into()),
            }
            if to == State::Resolved && app.now() < Clock::System.now().plus(-3 * DAY) {
                tell_recipients(app, actor, reference).await?;
            }
        }
        Act::Fact => {
            let fact = Fact::from_code(&step.to).with_context(|| format!("no fact {}", step.to))?;
            own(app, actor, reference).await?;
            if fact == Fact::ReportedToAuthority {
                return report(app, actor, reference, &step.text).await;
            }
            verbs::record_fact(app, actor, reference, seen, fact, None, &step.text).await?;
        }
        Act::Extend => {
            own(app, actor, reference).await?;
            verbs::extend_case(app, actor, reference, seen, step.text.trim(), "").await?;
            jobs::send_for(app, reference).await?;
        }
        Act::Place => {
            if verbs::set_jurisdiction(app, actor, reference, seen, &step.to).await? == Placed::Proposed {
                let second = player(players, if step.by == "agent" { "officer" } else { "agent" })?;
                verbs::set_jurisdiction(app, second, reference, seen, &step.to).await?;
            }
        }
        Act::Mail => {}
    }
    Ok(())
}

/// Those who received the data and are told by hand, as they are at a desk that is on time.
async fn tell_recipients(app: &App, actor: &Actor, reference: Reference) -> anyhow::Result<()> {
    let CasePage::Full(full) = case_page::load(app, actor, reference, crate::app::runs::Letter::Proposed).await? else {
        return Ok(());
    };
    for one in full.follow_ups.iter().filter(|one| one.recipient.is_some() && one.way == Way::Hand) {
        for step in [WasTold, Confirmed] {
            follow_ups::recipient_step(app, actor, reference, i64::MAX, (one.id, step), "").await?;
        }
    }
    Ok(())
}

/// Every report that is due is made, each under the number it got; one beyond what is due where none is.
async fn report(app: &App, actor: &Actor, reference: Reference, number: &str) -> anyhow::Result<()> {
    let case = desk::look(app, actor, reference).await?;
    let due = verbs::report_duties(&case).into_iter().map(|(meets, _)| meets);
    let mut due: Vec<String> = due.collect();
    if due.is_empty() {
        due.push(verbs::MEETS_NONE.to_owned());
    }
    let authority = if case.is_restricted() { Authority::CybercrimePortal } else { Authority::Other };
    for meets in &due {
        let told = verbs::Told { meets, authority: Some(authority), number: number.trim(), at: Some(app.now()) };
        verbs::tell_authority(app, actor, reference, i64::MAX, &told).await?;
    }
    Ok(())
}

/// Whoever answers first owns the case, as in any desk.
async fn own(app: &App, actor: &Actor, reference: Reference) -> anyhow::Result<()> {
    let page = case_page::load(app, actor, reference, crate::app::runs::Letter::Proposed).await?;
    if matches!(page, CasePage::Full(full) if full.case.owner.is_none()) {
        verbs::assign_case(app, actor, reference, i64::MAX, Some(actor.id)).await?;
    }
    Ok(())
}

/// A mail as a person's program would have written it.
fn mail(case: &ScriptCase, subject: &str, text: &str, id: &str, automatic: bool, at: Instant) -> String {
    let encode = |words: &str| {
        if words.is_ascii() {
            words.to_owned()
        } else {
            let chunks: Vec<String> =
                words.chars().collect::<Vec<_>>().chunks(12).map(|c| c.iter().collect()).collect();
            let word = |chunk: &String| format!("=?utf-8?B?{}?=", data_encoding::BASE64.encode(chunk.as_bytes()));
            chunks.iter().map(word).collect::<Vec<_>>().join("\r\n ")
        }
    };
    let from = if case.name.is_empty() {
        case.address.clone()
    } else {
        format!("{} <{}>", quoted(&encode(&case.name)), case.address)
    };
    let domain = case.address.rsplit('@').next().unwrap_or("mail.example");
    let to = address_of(&case.product);
    let date = at.plus(-MINUTE).utc().to_rfc2822();
    let auto = if automatic { "Auto-Submitted: auto-replied\r\n" } else { "" };
    let body = text.trim().replace('\n', "\r\n");
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: <{id}@{domain}>\r\n{auto}MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n",
        encode(subject)
    )
}

/// A display name that holds more than letters goes between quotes; an encoded word must not.
fn quoted(name: &str) -> String {
    if name.starts_with("=?") || name.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ') {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace(['"', '\\'], ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::queue::{self, QueueFilter, View},
        testing::house::{House, START},
    };

    /// At every hour of the day some cases are due today and some are breached.
    #[tokio::test]
    async fn the_demo_shows_every_urgency_whatever_the_hour() {
        let house = House::sqlite().await;
        let zone = house.app.packs.zone(PRODUCT);
        let script = script::read().expect("it reads");
        for hour in 0..24 {
            let now = START.plus(hour * crate::domain::time::HOUR);
            let today = now.local(zone).date_naive();
            let due = |case: &&ScriptCase| {
                let days = if matches!(case.kind.as_str(), "minor_data" | "content_report:csam") { 15 } else { 30 };
                received(case, now, zone).local(zone).date_naive() + TimeDelta::days(days) == today
            };
            assert!(script.cases.iter().filter(due).count() >= 3, "hour {hour}");
        }
        let cast = vec![("officer", house.officer.clone()), ("agent", house.agent.clone())];
        tell(&house.app, &house.clock, &cast).await.expect("it is told");
        // at a desk that is on time nobody is told late
        let overview = crate::app::overview::overview(&house.app, &house.officer).await.expect("an overview");
        assert_eq!(overview.following.late, 0);
        for (view, least) in
            [(View::Open, 25), (View::Breached, 3), (View::Today, 3), (View::Unacknowledged, 2), (View::Closed, 20)]
        {
            let filter = QueueFilter { view, ..QueueFilter::default() };
            let page = queue::list(&house.app, &house.agent, &filter).await.expect("a page");
            assert!(page.total.n >= least, "{view:?}: {}", page.total.n);
        }
    }
}
