//! Answers requests for a case: looks, writes, downloads. Every form calls one verb.

use super::{
    handover, page,
    timeline::look::Html,
    title,
    tried::{Act, Done, Since, Tried},
};
use crate::{
    app::{
        by_hand, case_page, consents, desk,
        error::{Error, FieldError},
        exports, follow_ups, letters,
        letters::Letter as Template,
        mailroom,
        pickup::{self, Access},
        queue::View,
        reading,
        runs::{self, Closing, Letter, Refusal},
        verbs::{self, Asked as Came, Classified, HoldWanted, Placed, RuledOut},
    },
    domain::{
        authority::Authority,
        case::{Outcome, State},
        clock::fact::Fact,
        follow_up::Step,
        hold::Basis,
        identity::{FollowUpId, HoldId, Identity, MessageId, PackageId, Reference, turns_writing},
        language::Language,
        time::Instant,
    },
    ui::{
        answer,
        asked::Asked,
        components::parts::PartTyped,
        form::Fields,
        pages::{plan::server::planned, problem::AWAY, queue::server::person},
        paths,
        shell::Place,
    },
};
use axum::{
    extract::{Path, Query},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// GET: the page.
pub async fn show(asked: Asked, Path(reference): Path<String>, Query(query): Query<Vec<(String, String)>>) -> Response {
    let query = Fields(query);
    let letter = Letter::from_code(query.get("letter")).unwrap_or(Letter::Proposed);
    let tried = Tried { done: Done::from_code(query.get("done")), letter, ..Tried::default() };
    let outcome = match reference.parse() {
        Ok(reference) => look(&asked, reference, tried, &query).await,
        Err(_) => Err(Error::NotFound),
    };
    asked.answer(outcome).await
}

/// The page, with one mail as it was written where the address asks for it.
async fn look(asked: &Asked, reference: Reference, mut tried: Tried, query: &Fields) -> Result<Response, Error> {
    if let Ok(message) = query.get("html").parse().map(MessageId) {
        let with_pictures = query.get("pictures") == "1";
        match reading::html(&asked.app, &asked.actor, reference, message, with_pictures).await {
            Ok(version) => tried.html = Some(Html { message, with_pictures, version }),
            // the page itself says whether there is such a case
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    draw(asked, reference, StatusCode::OK, &tried).await
}

/// The page with a mail's secrets, this once.
async fn reveal(asked: &Asked, reference: Reference, typed: &Fields) -> Result<Response, Error> {
    let message = message(typed)?;
    let shown = reading::show_secrets(&asked.app, &asked.actor, reference, message).await?;
    draw(asked, reference, StatusCode::OK, &Tried { shown: Some(shown), ..Tried::default() }).await
}

/// A new PIN, shown in the answer itself: at an address of its own it could be shown twice.
async fn renew(asked: &Asked, reference: Reference, typed: Fields) -> Result<Response, Error> {
    let (seen, code) = (typed.get("seen").parse().unwrap_or(0), !typed.get("code").is_empty());
    match pickup::renew_page(&asked.app, &asked.actor, reference, seen, code).await {
        Ok(access) => handed_over(asked, reference, &access).await,
        Err(error) => tried(asked, reference, Act::NewPin, typed, error).await,
    }
}

/// What staff hand to a person without an address, this once.
pub(in crate::ui) async fn handed_over(
    asked: &Asked,
    reference: Reference,
    access: &Access,
) -> Result<Response, Error> {
    let place = pickup::place(&asked.app);
    let page = move || handover::page(reference, access, place);
    asked.show(StatusCode::OK, handover::TITLE, Place::Queue(View::Open), page).await
}

fn message(typed: &Fields) -> Result<MessageId, Error> {
    typed.get("message").parse().map(MessageId).map_err(|_| Error::NotFound)
}

/// POST: does what the field `do` says.
pub async fn act(asked: Asked, Path(reference): Path<String>, typed: Fields) -> Response {
    let outcome = match (reference.parse(), Act::from_code(typed.get("do"))) {
        (Ok(reference), Some(Act::NewPin)) => renew(&asked, reference, typed).await,
        (Ok(reference), Some(Act::Reveal)) => reveal(&asked, reference, &typed).await,
        (Ok(reference), Some(act)) => try_act(&asked, reference, act, typed).await,
        (Ok(_), None) => Err(Error::field("do", "Choose what to do, then send the form again")),
        (Err(_), _) => Err(Error::NotFound),
    };
    asked.answer(outcome).await
}

async fn try_act(asked: &Asked, reference: Reference, act: Act, typed: Fields) -> Result<Response, Error> {
    if !typed.get("insert").is_empty() {
        return begin(asked, reference, typed).await;
    }
    match run(asked, reference, act, &typed).await {
        Ok(leads_to) => Ok(answer::go(&leads_to)),
        Err(error) => tried(asked, reference, act, typed, error).await,
    }
}

/// The page again, with what was typed and why it was not done.
async fn tried(asked: &Asked, reference: Reference, act: Act, typed: Fields, error: Error) -> Result<Response, Error> {
    match error {
        Error::Invalid(errors) => {
            let tried = Tried::invalid(act, typed, &errors);
            draw(asked, reference, StatusCode::UNPROCESSABLE_ENTITY, &tried).await
        }
        Error::Conflict { since, seq } => {
            let tried = Tried::late(act, typed, Since { entries: since, seq });
            draw(asked, reference, StatusCode::CONFLICT, &tried).await
        }
        Error::Unanswered(_) => away(asked, reference, act, typed).await,
        error => Err(error),
    }
}

/// The page again, with what was typed: the generation database is away, nothing was done.
async fn away(asked: &Asked, reference: Reference, act: Act, typed: Fields) -> Result<Response, Error> {
    let field = if act == Act::Reply { "letter" } else { "run" };
    let says = format!("{AWAY}. Nothing was done; send this again in a moment");
    let tried = Tried::invalid(act, typed, &[FieldError::new(field, says)]);
    draw(asked, reference, StatusCode::SERVICE_UNAVAILABLE, &tried).await.map(answer::with_retry)
}

/// Puts the words of a letter in front of what was typed, and shows the box again. Nothing leaves.
async fn begin(asked: &Asked, reference: Reference, mut typed: Fields) -> Result<Response, Error> {
    let (typed_text, reason) = (typed.text("text"), typed.text("reason"));
    let (letter, language) = chosen(&typed);
    let words = if typed.get("consents").is_empty() {
        let begun = letters::Begun { letter, language, reason: &reason, typed: &typed_text, recorded: None };
        letters::begin(&asked.app, &asked.actor, reference, &begun).await
    } else {
        consents::begin_letter(&asked.app, &asked.actor, reference, language, &typed_text).await
    };
    match words {
        Ok(text) => {
            typed.set("text", &text);
            draw(asked, reference, StatusCode::OK, &Tried::begun(typed)).await
        }
        Err(Error::Invalid(errors)) => {
            let tried = Tried::invalid(Act::Reply, typed, &errors);
            draw(asked, reference, StatusCode::UNPROCESSABLE_ENTITY, &tried).await
        }
        Err(Error::Unanswered(_)) => away(asked, reference, Act::Reply, typed).await,
        Err(error) => Err(error),
    }
}

/// The letter and the language of the reply box; a plain reply in English where nothing is chosen.
fn chosen(typed: &Fields) -> (Template, Language) {
    let letter = Template::from_code(typed.get("letter")).unwrap_or(Template::Reply);
    (letter, Language::from_code(typed.get("language")).unwrap_or_default())
}

/// Calls the verb; where that leads.
async fn run(asked: &Asked, reference: Reference, act: Act, typed: &Fields) -> Result<String, Error> {
    let Asked { app, actor, .. } = asked;
    // without a number nothing counts as seen
    let seen = typed.get("seen").parse().unwrap_or(0);
    let (text, reason, to) = (typed.text("text"), typed.text("reason"), typed.get("to"));
    let done = match act {
        Act::Reply => {
            let wait = !typed.get("wait").is_empty();
            let ((letter, language), reason) = (chosen(typed), reason.as_str());
            let answer = verbs::Answer { letter, language, reason, text: &text, wait };
            verbs::send_letter(app, actor, reference, seen, &answer).await?;
            Ok(match (letters::outcome_of(letter), wait || letters::trigger_of(letter).is_some()) {
                (Some(_), _) => Done::Answered,
                (None, true) => Done::Waiting,
                (None, false) => Done::Replied,
            })
        }
        Act::Note => verbs::add_note(app, actor, reference, &text).await.map(|()| Done::Noted),
        Act::Assign => {
            let to = person(to).ok_or_else(|| Error::field("to", "Choose somebody from the list"))?;
            verbs::assign_case(app, actor, reference, seen, to).await.map(|()| Done::Assigned)
        }
        Act::Classify => {
            let to = to.parse().map_err(|_| Error::field("to", "Choose a kind from the list"))?;
            Ok(match verbs::classify_case(app, actor, reference, seen, to, &reason).await? {
                Classified::Done => Done::Classified,
                Classified::Proposed => Done::Proposed,
            })
        }
        Act::Acknowledge => {
            let how = typed.text("how");
            verbs::acknowledge_otherwise(app, actor, reference, seen, &how).await.map(|()| Done::Acknowledged)
        }
        Act::Ask => Ok(match verbs::ask_verification(app, actor, reference, seen, &looked_up_by(typed)).await? {
            Came::Sent => Done::Asked,
            Came::NobodyFound => Done::Nobody,
            Came::NoAddress => Done::NoRecord,
        }),
        Act::Decide => verbs::verify_by_staff(app, actor, reference, seen, &looked_up_by(typed), &reason)
            .await
            .map(|()| Done::Decided),
        Act::Hold => {
            let basis = Basis::from_code(typed.get("basis"));
            let basis = basis.ok_or_else(|| Error::field("basis", "Choose why the data has to stay"))?;
            let identities = looked_up_by(typed);
            let part = PartTyped::read(typed).extent()?;
            let wanted = HoldWanted { basis, identities: &identities, part: &part, reason: &reason };
            verbs::place_hold(app, actor, reference, seen, &wanted).await.map(|_| Done::Held)
        }
        Act::Plan => {
            let chosen = runs::Chosen { full_copy: !typed.get("full").is_empty(), ..runs::Chosen::default() };
            return planned(asked, reference, seen, &chosen).await;
        }
        Act::Close => {
            let closing = Closing {
                outcome: Outcome::from_code(typed.get("outcome")),
                basis: Refusal::from_code(typed.get("basis")),
                text,
            };
            runs::close_with_letter(app, actor, reference, seen, &closing).await.map(|()| Done::Closed)
        }
        Act::Release => {
            let hold = typed.get("hold").parse().map(HoldId).map_err(|_| Error::NotFound)?;
            verbs::release_hold(app, actor, reference, seen, hold, &reason).await.map(|()| Done::Released)
        }
        Act::Revoke => {
            let package = typed.get("package").parse().map(PackageId).map_err(|_| Error::NotFound)?;
            exports::revoke_package(app, actor, reference, package, &reason).await.map(|()| Done::Revoked)
        }
        Act::FollowUp => of_recipient(asked, reference, seen, typed).await,
        Act::Report | Act::Number => of_reports(asked, reference, act, seen, typed).await,
        Act::Extend | Act::Pause | Act::Resume | Act::Fact | Act::RuleOut | Act::Place => {
            of_clocks(asked, reference, act, seen, typed).await
        }
        Act::Confirm => {
            verbs::confirm_restriction(app, actor, reference, seen, &reason).await.map(|()| Done::Confirmed)
        }
        Act::Merge => {
            let into = typed.text("merge-into");
            verbs::merge_case(app, actor, reference, seen, &into, &reason).await.map(|()| Done::Merged)
        }
        Act::Language => {
            let language = Language::from_code(typed.get("language"));
            verbs::set_language(app, actor, reference, seen, language).await.map(|()| Done::Spoken)
        }
        Act::NewPin => Err(Error::NotFound),
        Act::Reveal | Act::Redact => {
            if typed.get("sure").is_empty() {
                return Err(Error::field("sure", "Tick the box to say that you mean it; it cannot be undone"));
            }
            verbs::redact_message(app, actor, reference, seen, message(typed)?).await.map(|_| Done::Redacted)
        }
        Act::State => {
            let to = State::from_code(to).ok_or_else(|| Error::field("to", "Choose a state from the list"))?;
            let outcome = Outcome::from_code(typed.get("outcome"));
            verbs::change_state(app, actor, reference, seen, to, outcome, &reason).await.map(|()| Done::Changed)
        }
    }?;
    Ok(paths::case_done(reference, done.code()))
}

/// What is so about one recipient.
async fn of_recipient(asked: &Asked, reference: Reference, seen: i64, typed: &Fields) -> Result<Done, Error> {
    let id = typed.get("follow-up").parse().map(FollowUpId).map_err(|_| Error::NotFound)?;
    let step = Step::from_code(typed.get("step"));
    let step = step.ok_or_else(|| Error::field("reason", "Choose what is so about the recipient"))?;
    let (app, actor, reason) = (&asked.app, &asked.actor, typed.text("reason"));
    follow_ups::recipient_step(app, actor, reference, seen, (id, step), &reason).await.map(|()| Done::Followed)
}

/// A report to an authority is written down, or its number corrected.
async fn of_reports(asked: &Asked, reference: Reference, act: Act, seen: i64, typed: &Fields) -> Result<Done, Error> {
    let (app, actor, number) = (&asked.app, &asked.actor, typed.get("number"));
    if act == Act::Number {
        let report = typed.get("report").parse().unwrap_or(0);
        return verbs::correct_report(app, actor, reference, seen, report, number).await.map(|()| Done::Corrected);
    }
    let (authority, at) = (Authority::from_code(typed.get("authority")), at_moment(asked, reference, typed).await?);
    let told = verbs::Told { meets: typed.get("meets"), authority, number, at };
    verbs::tell_authority(app, actor, reference, seen, &told).await.map(|()| Done::Reported)
}

/// The acts that clocks care about.
async fn of_clocks(asked: &Asked, reference: Reference, act: Act, seen: i64, typed: &Fields) -> Result<Done, Error> {
    let Asked { app, actor, .. } = asked;
    match act {
        Act::Extend => {
            let (reasons, letter) = (typed.text("reasons"), typed.text("letter"));
            verbs::extend_case(app, actor, reference, seen, &reasons, &letter).await.map(|()| Done::Extended)
        }
        Act::Pause | Act::Resume | Act::Fact => record(asked, reference, seen, typed).await.map(|()| match act {
            Act::Pause => Done::Paused,
            Act::Resume => Done::Resumed,
            _ => Done::Happened,
        }),
        Act::RuleOut => {
            let done = verbs::rule_out(app, actor, reference, seen, typed.get("rule"), &typed.text("reason")).await;
            done.map(|done| match done {
                RuledOut::Done => Done::RuledOut,
                RuledOut::Doubted => Done::Doubted,
            })
        }
        Act::Place => {
            let done = verbs::set_jurisdiction(app, actor, reference, seen, typed.get("place")).await;
            done.map(|done| match done {
                Placed::Done => Done::Placed,
                Placed::Proposed => Done::PlaceProposed,
            })
        }
        _ => Err(Error::NotFound),
    }
}

/// Writes down what happened, at the moment that was typed in the product's zone.
async fn record(asked: &Asked, reference: Reference, seen: i64, typed: &Fields) -> Result<(), Error> {
    let Asked { app, actor, .. } = asked;
    let fact = Fact::from_code(typed.get("fact")).ok_or_else(|| Error::field("fact", "Choose what happened"))?;
    let at = typed_moment(asked, reference, typed).await?;
    verbs::record_fact(app, actor, reference, seen, fact, Some(at), &typed.text("note")).await
}

/// The moment that was typed, in the product's zone; none where it is no moment.
async fn at_moment(asked: &Asked, reference: Reference, typed: &Fields) -> Result<Option<Instant>, Error> {
    let case = desk::look(&asked.app, &asked.actor, reference).await?;
    Ok(by_hand::moment(typed.get("at"), asked.app.packs.zone(&case.product)))
}

/// The same where nothing can be done without it.
async fn typed_moment(asked: &Asked, reference: Reference, typed: &Fields) -> Result<Instant, Error> {
    let at = at_moment(asked, reference, typed).await?;
    at.ok_or_else(|| Error::field("at", "Enter the day and time, for example 2026-11-24T10:30"))
}

fn looked_up_by(typed: &Fields) -> [Identity; 1] {
    [Identity { kind: typed.get("identity").to_owned(), value: typed.get("value").to_owned() }]
}

async fn draw(asked: &Asked, reference: Reference, status: StatusCode, tried: &Tried) -> Result<Response, Error> {
    let case = case_page::load(&asked.app, &asked.actor, reference, tried.letter).await?;
    let title = title(&case);
    asked.show(status, &title, Place::Queue(View::Open), move || page(case, tried)).await
}

/// GET: an attachment, as bytes that no browser opens in place.
pub async fn download(asked: Asked, Path((reference, message, part)): Path<(String, String, String)>) -> Response {
    let outcome = match (reference.parse(), message.parse(), part.parse()) {
        (Ok(reference), Ok(message), Ok(part)) => {
            mailroom::attachment(&asked.app, &asked.actor, reference, MessageId(message), part).await
        }
        _ => Err(Error::NotFound),
    };
    match outcome {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static(file.media_type)),
                (header::CONTENT_DISPOSITION, disposition(&file.name)),
                (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
                (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            (headers, file.bytes).into_response()
        }
        Err(error) => asked.answer(Err(error)).await,
    }
}

/// True for what Windows keeps for its devices, whatever ending stands behind: writing to such a file writes elsewhere.
fn is_a_device(name: &str) -> bool {
    const KEPT: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
    let word = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    KEPT.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// `Content-Disposition` for a name from a mail (RFC 6266): a plain ASCII name for old clients, the whole name
/// percent-encoded (RFC 8187) for the others; nothing that could end a header, climb out of a folder or mean a device.
#[must_use]
pub fn disposition(name: &str) -> HeaderValue {
    // marks that turn the direction of what follows would show another ending than the file has
    let keeps = |c: &char| !c.is_control() && !"/\\".contains(*c) && !turns_writing(*c);
    let name: String = name.chars().filter(keeps).take(150).collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let name = if name.is_empty() { "attachment" } else { name };
    let name = &if is_a_device(name) { format!("_{name}") } else { name.to_owned() };
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || " ._-()".contains(c) { c } else { '_' }).collect();
    let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", paths::encoded(name));
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}
