//! The overview: what is due today, breached, unacknowledged, waiting, failed; and how the weeks went.

use super::{
    App, Error,
    follow_ups::{self, Following},
    mailroom::boxes::{self, Standing},
    people::{StandIn, standing_in},
    quarantine, queue,
    queue::{Count, Row},
    retention, timeline,
};
use crate::{
    domain::{
        identity::{MailId, MessageId, Reference},
        rights::{Act, Actor, Place, Reach},
        time::{DAY, Instant},
    },
    store::{
        Tx, counts, jobs,
        list::{self, Asked},
        mails, messages,
        requester_erasures::ErasureState,
    },
};
use chrono::{Datelike as _, TimeDelta};

/// Cases received and closed in one week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// "7 Sep": the Monday it began.
    pub label: String,
    /// Received in it.
    pub received: i64,
    /// Resolved in it.
    pub closed: i64,
}

/// How a product kept its clocks over ninety days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InTime {
    /// The product's name in tables.
    pub product: String,
    /// Cases resolved.
    pub closed: i64,
    /// Of them, inside the binding clock.
    pub in_time: i64,
}

/// Where a trouble is looked at; which address that is, is the pages' affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// A mail that left, or should have.
    Outgoing(MailId),
    /// A mail that could not be read.
    Waiting(MessageId),
    /// The list of what failed.
    Failed,
    /// The mailboxes that are read.
    Mailboxes,
    /// What is left to do on a case.
    Case(Reference),
    /// The erasure of a case's requester from here.
    Requester(Reference),
}

/// A mail or a job that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// "Acknowledgement of R-10021 failed".
    pub title: String,
    /// Where to look.
    pub at_place: Whereabouts,
    /// When it happened.
    pub at: Instant,
    /// What happened and what to do.
    pub says: String,
}

/// The whole page.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The moment the page speaks of.
    pub now: Instant,
    /// The zone of its dates.
    pub zone: chrono_tz::Tz,
    /// True where the reader may open new ones.
    pub works: bool,
    /// For whom the reader stands in now.
    pub stands_in_for: Vec<StandIn>,
    /// Open cases.
    pub open: Count,
    /// Open cases of the person who looks.
    pub mine: Count,
    /// Past their binding clock.
    pub breached: Count,
    /// The due instant of the oldest breach.
    pub oldest_breach: Option<Instant>,
    /// Close to the end of their binding clock.
    pub at_risk: Count,
    /// Due before the day ends.
    pub today: Count,
    /// The next due instant of today.
    pub next_today: Option<Instant>,
    /// Not yet acknowledged.
    pub unacknowledged: Count,
    /// The next acknowledgement due.
    pub next_acknowledgement: Option<Instant>,
    /// Mail that could not be read.
    pub waiting: Count,
    /// Mail that failed and jobs that gave up.
    pub failed: Count,
    /// The most urgent cases.
    pub first: Vec<Row>,
    /// Recipients of people's data that wait to be told.
    pub following: Following,
    /// The latest troubles.
    pub troubles: Vec<Trouble>,
    /// Twelve weeks, oldest first.
    pub weeks: Vec<Week>,
    /// Per product.
    pub in_time: Vec<InTime>,
}

/// How many urgent cases and troubles the page lists.
const FIRST: usize = 6;
const WEEKS: i64 = 12;

/// Loads the overview.
///
/// # Errors
/// `NotFound` for people without a role, or as the database says.
pub async fn overview(app: &App, actor: &Actor) -> Result<Overview, Error> {
    if !actor.may(Act::SeeCases, Place::Somewhere) {
        return Err(Error::NotFound);
    }
    let (now, zone) = (app.now(), app.zone());
    let day_end = queue::end_of_day(now, zone);
    let (sight, mail) = (actor.sight(Act::SeeCases), actor.reach(Act::SeeMail));
    let asked = Asked {
        view: queue::View::Open,
        staff: actor.id,
        sight: sight.clone(),
        reference: None,
        words: None,
        kind: None,
        product: None,
        layer: None,
        duty: None,
        now,
        day_end,
    };
    let mut tx = app.db.read().await?;
    let stands_in_for = standing_in(&mut tx, actor).await?;
    let open = counts::open_counts(&mut tx, actor.id, now, day_end, &sight).await?;
    let (oldest_breach, next_today, next_acknowledgement) = counts::next_dues(&mut tx, now, &sight.seen).await?;
    let troubles = counts::trouble_counts(&mut tx, &mail).await?;
    let first = list::cases_list(&mut tx, &asked, None, FIRST).await?;
    let following = follow_ups::following(app, &mut tx, actor, 3).await?;
    let mut listed = trouble_lines(app, &mut tx, &mail, &following).await?;
    listed.extend(erasure_lines(&mut tx, actor).await?);
    listed.sort_by_key(|line| std::cmp::Reverse(line.at));
    listed.truncate(FIRST);
    let start = first_monday(now, zone);
    let (received, closed) = counts::by_week(&mut tx, start, &sight.seen).await?;
    let in_time = counts::in_time(&mut tx, now.plus(-90 * DAY), &sight.seen).await?;
    Ok(Overview {
        now,
        zone,
        works: actor.may(Act::WorkCases, Place::Somewhere),
        stands_in_for,
        open: Count::capped(open.open),
        mine: Count::capped(open.mine),
        breached: Count::capped(open.breached),
        oldest_breach,
        at_risk: Count::capped(open.at_risk),
        today: Count::capped(open.today),
        next_today: next_today.filter(|due| *due <= day_end),
        unacknowledged: Count::capped(open.unacknowledged),
        next_acknowledgement,
        waiting: Count::capped(troubles.waiting),
        failed: Count::capped(troubles.failed_mail + troubles.dead_jobs),
        first: first.into_iter().map(|l| queue::row(app, l, &sight.circle)).collect(),
        following,
        troubles: listed,
        weeks: weeks(start, zone, &received, &closed),
        in_time: in_time
            .into_iter()
            .map(|(product, closed, in_time)| InTime { product: app.packs.short(&product), closed, in_time })
            .collect(),
    })
}

async fn trouble_lines(app: &App, tx: &mut Tx, mail: &Reach, following: &Following) -> Result<Vec<Trouble>, Error> {
    let zone = app.zone();
    let mut lines = Vec::new();
    for mail in mails::mails_failed(tx, mail, 3).await? {
        let (fate, _) = timeline::fate(&mail, zone);
        lines.push(Trouble {
            title: format!("{} of {}", mail.purpose.label(), mail.case),
            at_place: Whereabouts::Outgoing(mail.id),
            at: mail.created,
            says: format!("{fate}. The duty counts as not done."),
        });
    }
    for (message, _) in messages::messages_waiting(tx, mail, false, i64::MAX, 3).await? {
        lines.push(Trouble {
            title: format!("Mail to {}", app.packs.short(&message.product)),
            at_place: Whereabouts::Waiting(message.id),
            at: message.received,
            says: message.reason.map_or_else(|| "could not be read".to_owned(), |why| quarantine::why(&why)),
        });
    }
    // work belongs to no product
    let dead = if *mail == Reach::Everywhere { jobs::jobs_dead(tx, i64::MAX, 3).await? } else { Vec::new() };
    for (id, work, attempts, at, _) in dead {
        lines.push(Trouble {
            title: format!("Work “{}” no. {id}", work.replace('_', " ")),
            at_place: Whereabouts::Failed,
            at: Instant(at),
            says: format!("gave up after {attempts} tries; nothing is lost, it can be tried again"),
        });
    }
    for folder in boxes::folders(app, tx, mail).await? {
        if let Standing::Failing(since) = folder.standing {
            lines.push(Trouble {
                title: format!("Mailbox {}, {}", folder.name, folder.folder),
                at_place: Whereabouts::Mailboxes,
                at: since,
                says: folder.trouble.unwrap_or_default(),
            });
        }
    }
    lines.extend(following.first.iter().map(|late| Trouble {
        title: format!("Tell {} about {}", late.recipients.join("; "), late.case),
        at_place: Whereabouts::Case(late.case),
        at: late.due,
        says: late.says.clone(),
    }));
    Ok(lines)
}

/// Requesters whose erasure from here waits for a second person.
async fn erasure_lines(tx: &mut Tx, actor: &Actor) -> Result<Vec<Trouble>, Error> {
    let waiting = retention::waiting(tx, actor).await?.into_iter();
    let asked = waiting.filter(|one| one.state == ErasureState::Asked).map(|one| Trouble {
        title: format!("Erase the requester of {}", one.reference),
        at_place: Whereabouts::Requester(one.reference),
        at: one.at,
        says: format!("asked by {}; waits for a second person", one.by),
    });
    Ok(asked.collect())
}

/// The Monday, at midnight, with which the first of the twelve weeks began.
fn first_monday(now: Instant, zone: chrono_tz::Tz) -> Instant {
    let today = now.local(zone).date_naive();
    let back = i64::from(today.weekday().num_days_from_monday()) + 7 * (WEEKS - 1);
    let eve = today.checked_sub_signed(TimeDelta::days(back + 1)).unwrap_or(today);
    crate::domain::clock::period::end_of_day(eve, zone).plus(1)
}

fn weeks(start: Instant, zone: chrono_tz::Tz, received: &[(i64, i64)], closed: &[(i64, i64)]) -> Vec<Week> {
    let count = |of: &[(i64, i64)], week| of.iter().find(|(w, _)| *w == week).map_or(0, |(_, n)| *n);
    (0..WEEKS)
        .map(|week| Week {
            label: start.plus(week * 7 * DAY + DAY / 2).local(zone).format("%-d %b").to_string(),
            received: count(received, week),
            closed: count(closed, week),
        })
        .collect()
}
