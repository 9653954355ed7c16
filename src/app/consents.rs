//! What is recorded of a case's person's consents, read from the generation database each time it is looked at and kept
//! nowhere: staff see it, and can put it into a letter, which they read and change before it goes.

use super::{App, Error, desk::look, letters, runs};
use crate::{
    domain::{
        audit::AuditAction,
        case::Case,
        identity::Reference,
        kind::Kind,
        language::Language,
        rights::{Act, Actor},
    },
    generation::{Consents, Recorded, Stands, When},
    mail::{
        compose::{ConsentLine, ConsentStands, consent_lines},
        language::moment,
    },
    store::audit,
};
use chrono_tz::Tz;

pub use crate::generation::{Stands as ConsentState, When as ConsentWhen};

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Review {
    /// The case.
    pub reference: Reference,
    /// What the case is called: its kind.
    pub about: &'static str,
    /// The product's short name.
    pub product: String,
    /// What is recorded, newest first.
    pub lines: Vec<Recorded>,
    /// True where there is more than is shown.
    pub more: bool,
    /// True where a letter that tells it can be written now.
    pub may_be_told: bool,
    /// The languages in which it can be told, that of the case first.
    pub languages: Vec<Language>,
    /// The zone of its dates.
    pub zone: Tz,
}

/// True where a case is about consents, and the product's map says where they are recorded.
#[must_use]
pub fn can_be_reviewed(app: &App, case: &Case) -> bool {
    matches!(case.kind, Kind::ConsentReview | Kind::ConsentWithdrawal)
        && app.sources.get(&case.product).is_some_and(crate::generation::Source::records_consents)
}

/// What is recorded of the verified person. Looking is written into the audit.
///
/// # Errors
/// When the case is about something else, the person is not verified or by what leads to several accounts, or the generation
/// database does not answer.
pub async fn review(app: &App, actor: &Actor, reference: Reference) -> Result<Review, Error> {
    let case = look(app, actor, reference).await?;
    let Consents { lines, more } = read(app, actor, &case).await?;
    let own = letters::language_of(app, &case);
    let mut languages = letters::languages_on(app, &case.product);
    languages.sort_by_key(|language| *language != own);
    Ok(Review {
        reference,
        about: case.kind.label(),
        product: app.packs.short(&case.product),
        lines,
        more,
        may_be_told: case.kind == Kind::ConsentReview && case.state.is_open(),
        languages,
        zone: app.packs.zone(&case.product),
    })
}

/// The words of the letter that tells what is recorded, in front of what was typed or of the draft; kept as the draft. Nothing
/// leaves; looking is written into the audit.
///
/// # Errors
/// As `review`, or when others were quicker.
pub async fn begin_letter(
    app: &App,
    actor: &Actor,
    reference: Reference,
    language: Language,
    typed: &str,
) -> Result<String, Error> {
    let case = look(app, actor, reference).await?;
    if case.kind != Kind::ConsentReview {
        return Err(Error::field("letter", "This letter answers a review of consents; classify the case first"));
    }
    let Consents { lines, more } = read(app, actor, &case).await?;
    let zone = app.packs.zone(&case.product);
    let lines: Vec<_> = lines.into_iter().map(|line| in_words(line, language, zone)).collect();
    let recorded = consent_lines(language, &lines, more);
    let letter = letters::Letter::Closing;
    let begun = letters::Begun { letter, language, reason: "", typed, recorded: Some(&recorded) };
    letters::begin(app, actor, reference, &begun).await
}

/// What is recorded, and the entry that says who read it: written before anybody is shown anything.
async fn read(app: &App, actor: &Actor, case: &Case) -> Result<Consents, Error> {
    if !can_be_reviewed(app, case) {
        return Err(Error::field("letter", "The data map of this product does not say where consents are recorded"));
    }
    if case.verified.is_none() {
        return Err(Error::field("letter", "Verify the person first: nobody reads what somebody else agreed to"));
    }
    let (source, subjects) = runs::verified_subjects(app, case).await?;
    if subjects.len() > 1 {
        let says = "What the person was verified by leads to several accounts, and some may be somebody else’s. Verify them \
                    again by what leads to theirs alone, such as the account’s number";
        return Err(Error::field("letter", says));
    }
    let found = source.consents(&subjects).await.map_err(|error| runs::unanswered(&case.product, &error))?;
    let mut tx = app.db.begin().await?;
    let by = actor.doing(Act::WorkCases, case.place());
    audit::audit_append(&mut tx, app.now(), by, AuditAction::ConsentsViewed, Some(case.reference), "");
    tx.commit().await?;
    Ok(found)
}

fn in_words(line: Recorded, language: Language, zone: Tz) -> ConsentLine {
    let at = |when: Option<When>| match when {
        None => String::new(),
        Some(When::Moment(at)) => moment(language, at, zone),
        Some(When::Day(day)) => language.day(day),
        Some(When::Text(text)) => text,
    };
    ConsentLine {
        what: line.what,
        stands: match line.stands {
            Stands::Given => ConsentStands::Given,
            Stands::NotGiven => ConsentStands::NotGiven,
            Stands::Withdrawn => ConsentStands::Withdrawn,
        },
        at: at(line.at),
        given: at(line.given),
        how: line.how.unwrap_or_default(),
        version: line.version.unwrap_or_default(),
    }
}
