//! Opens a case, for mail and for what staff write down: its events, clocks, face and acknowledgement in one
//! transaction. Never commits.

use crate::{
    app::{
        App, Error,
        acknowledge::{self, Addressee},
        alarms, desk, letters, pickup,
        pickup::Access,
    },
    domain::{
        case::{Case, Channel},
        event::{By, Event},
        identity::{ContentId, normal_address},
        kind::Kind,
        policy::ProductPack,
        secrets,
        time::Instant,
    },
    store::{Tx, cases, cases::Face, contents, contents::Content},
};

/// What a case is opened from, whichever way it came.
pub(in crate::app) struct Request<'a> {
    pub product: &'a str,
    pub kind: Kind,
    pub rule: String,
    pub channel: Channel,
    pub received: Instant,
    pub by: By,
    pub content: Content,
    pub purpose: &'static str,
    /// What opens the case's page, where the person is answered there.
    pub access: Option<&'a Access>,
    /// True where a mail may tell the person.
    pub acknowledge: bool,
    /// True where their mail goes beyond what is opened, and they have to be told.
    pub unopened: bool,
}

/// Opens a case: its events, clocks, face and acknowledgement, all in the caller's transaction.
pub(in crate::app) async fn open_case(
    app: &App,
    tx: &mut Tx,
    request: Request<'_>,
    told_by: By,
    told: impl FnOnce(ContentId) -> Event,
    now: Instant,
) -> Result<Case, Error> {
    let Request { product, kind, rule, channel, received, by, content, purpose, access, acknowledge, unopened } =
        request;
    let digest =
        (!content.address.is_empty()).then(|| app.vault.digest("address", normal_address(&content.address).as_bytes()));
    let opened = Event::CaseOpened { kind, channel, received, rule };
    let mut case = cases::case_open(tx, product, digest, by, now, opened).await?;
    let restricted = case.is_restricted();
    let kept = contents::content_keep(tx, &app.vault, case.reference, restricted, purpose, &content, now).await?;
    cases::case_record(tx, &mut case, told_by, now, told(kept)).await?;
    let pack = app.packs.get(product);
    let clocks = desk::started(app, &case, kind);
    cases::case_record(tx, &mut case, By::System, now, clocks).await?;
    alarms::raise_urgent(app, tx, &mut case, &[], now).await?;
    letters::note_language(tx, &mut case, &content.text, now).await?;
    if let Some(access) = access {
        pickup::give(app, tx, &mut case, access, by, now).await?;
    }
    let on_page = content.address.is_empty() && pickup::has_page(tx, &case).await?;
    if acknowledge && (on_page || !content.address.is_empty()) {
        let answers = Some(content.message_id.clone()).filter(|id| !id.is_empty()).into_iter().collect();
        let to = Addressee { name: content.name.clone(), address: content.address.clone(), answers };
        let queued = acknowledge::acknowledge(app, tx, &case, to.clone(), &content.subject, now).await?;
        cases::case_record(tx, &mut case, By::System, now, queued).await?;
        if unopened {
            let told = letters::notice(app, tx, &case, to, letters::Letter::TooLarge, now).await?;
            cases::case_record(tx, &mut case, By::System, now, told).await?;
        }
    }
    if !restricted {
        cases::face_save(tx, case.reference, Some(&face(pack, &content))).await?;
    }
    cases::case_save(tx, &case).await?;
    Ok(case)
}

/// What lists show of an ordinary case, and what its search finds: who wrote, from which address, and the subject line, or the first words where the line is one
/// that the policy told everybody to use.
pub(in crate::app) fn face(pack: Option<&ProductPack>, content: &Content) -> Face {
    let who = [&content.name, &content.address].into_iter().find(|s| !s.is_empty());
    let is_common =
        pack.is_some_and(|p| p.subjects.iter().any(|rule| rule.line.eq_ignore_ascii_case(content.subject.trim())));
    let words = content.text.split_whitespace().take(40).collect::<Vec<_>>().join(" ");
    let about =
        if content.subject.is_empty() || (is_common && !words.is_empty()) { words } else { content.subject.clone() };
    let cut = |text: &str| text.chars().take(200).collect::<String>();
    let address = cut(&content.address);
    let who = who.map_or_else(|| "Somebody without a name".to_owned(), |s| cut(s));
    Face { who, address, about: cut(&secrets::masked(&about)) }
}
