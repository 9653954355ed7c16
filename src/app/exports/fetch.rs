//! The way out: the link and the code together begin a fetching, which has an address of its own for a day. Looking
//! uses nothing up, at the link or at that address, so programs that look at mail, and downloads that break off, may.

use super::{Code, addressee, archive_name, at_rest, code};
use crate::{
    app::{App, Error, failpoint::failpoint, subject::Known},
    domain::{
        audit::AuditAction,
        event::{By, Event},
        identity::ContentId,
        time::{DAY, Instant},
        work::Work,
    },
    store::{
        Tx, audit, cases, contents, downloads, downloads::Download, jobs, package_parts, packages, packages::Package,
        sessions::token_hash, vault::random, verifications,
    },
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use std::{io, ops::Range};

/// How long the address of a fetching works, in milliseconds.
const VALID: i64 = DAY;

/// What the page behind a link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The product's name.
    pub product: String,
    /// The archives; one, unless the copy was too large for one.
    pub parts: Vec<OfferedPart>,
    /// Until when it can be fetched.
    pub until: Instant,
    /// The zone in which that is said.
    pub zone: chrono_tz::Tz,
    /// True where a link for a new code can be mailed; else the page of the case shows one.
    pub by_mail: bool,
}

/// One archive of the page behind a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedPart {
    /// Its number, counted from 1.
    pub part: i64,
    /// Its size in bytes.
    pub bytes: i64,
    /// How often it can still be fetched.
    pub left: i64,
}

/// What is behind a link, while it counts. Changes nothing.
///
/// # Errors
/// As the database says.
pub async fn offer_of(app: &App, token: &str) -> Result<Option<Offer>, Error> {
    let mut tx = app.db.read().await?;
    let Some(package) = packages::package_find(&mut tx, &token_hash(token)).await? else { return Ok(None) };
    let product = cases::case_get(&mut tx, package.case).await?.map(|case| case.product).unwrap_or_default();
    let known = known(app, &mut tx, package.identity).await?;
    let by_mail = addressee(app, &mut tx, package.case, &known).await?.is_some();
    let parts = package_parts::parts_of(&mut tx, package.id).await?.into_iter().map(|part| OfferedPart {
        part: part.part,
        bytes: part.bytes.unwrap_or_default(),
        left: package.most_downloads - part.downloads,
    });
    Ok(Some(Offer {
        parts: parts.collect(),
        until: package.expires_at.unwrap_or(Instant(0)),
        zone: app.packs.zone(&product),
        product: app.letterhead(&product).product,
        by_mail,
    }))
}

/// A fetching that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The secret part of its address.
    pub ticket: String,
    /// What the file is called that is there.
    pub name: String,
}

/// Begins to fetch archive number `part` of the package, with a password where `locked`; counts as one of its fetchings.
///
/// # Errors
/// `NotFound` where the link does not count; `Invalid` where the code does not open it, or it was fetched as often as
/// it may be.
pub async fn fetch_package(app: &App, token: &str, typed: &str, (part, locked): (i64, bool)) -> Result<Opened, Error> {
    let hash = token_hash(token);
    let mut tx = app.db.read().await?;
    let package = packages::package_find(&mut tx, &hash).await?.ok_or(Error::NotFound)?;
    let wrong = || {
        Error::field(
            "code",
            "This code does not open the copy. Look at all twenty characters, or get a new code below; only the last one you were shown counts.",
        )
    };
    let code = Code::typed(typed).ok_or_else(wrong)?;
    if !opens(app, &mut tx, &package, &code).await? {
        return Err(wrong());
    }
    drop(tx);
    let ticket = data_encoding::BASE32_NOPAD.encode(&random::<32>()?).to_lowercase();
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let mut case = cases::case_lock(&mut tx, package.case).await?.ok_or(Error::NotFound)?;
    // staff may have withdrawn it until the case was locked
    let package = packages::package_find(&mut tx, &hash).await?.ok_or(Error::NotFound)?;
    if !package_parts::part_fetch(&mut tx, package.id, part).await? {
        let says = "It was opened as often as it may be. Answer the mail that the link was in, and we make a new one";
        return Err(Error::field("code", says));
    }
    let object = format!("locked-{}-{}", package.id.0, data_encoding::HEXLOWER.encode(&random::<8>()?));
    let password = code.shown();
    let lock = locked.then_some((object.as_str(), password.as_str()));
    let download =
        downloads::download_begin(&mut tx, &app.vault, (package.id, part), &token_hash(&ticket), lock, VALID).await?;
    if locked {
        jobs::job_enqueue(&mut tx, &Work::LockDownload { download }, 0).await?;
    }
    cases::case_record(&mut tx, &mut case, By::Requester, now, Event::ExportFetched { package: package.id }).await?;
    cases::case_save(&mut tx, &case).await?;
    audit::audit_append(&mut tx, now, None, AuditAction::ExportFetched, Some(case.reference), "");
    failpoint("verb-before-commit");
    let all = package_parts::parts_of(&mut tx, package.id).await?.len();
    tx.commit().await?;
    app.wake();
    let name = archive_name(usize::try_from(part).unwrap_or(1), all, locked);
    Ok(Opened { ticket, name })
}

/// True where the code was shown to whom the package is about.
async fn opens(app: &App, tx: &mut Tx, package: &Package, code: &Code) -> Result<bool, Error> {
    let shown = verifications::verification_code(tx, package.case, package.id, &code::hash(app, code)).await?;
    let Some(shown) = shown else { return Ok(false) };
    if shown == package.identity {
        return Ok(true);
    }
    // verified once more since: for the same account it opens, for another it does not
    let (then, now) = (known(app, tx, package.identity).await?, known(app, tx, shown).await?);
    Ok(then.accounts.is_some() && then.accounts == now.accounts)
}

async fn known(app: &App, tx: &mut Tx, id: ContentId) -> Result<Known, Error> {
    Ok(Known::read(&contents::content_get(tx, &app.vault, id).await?.unwrap_or_default()))
}

/// What is at the address of a fetching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum File {
    /// The archive.
    Ready(Download),
    /// The archive is still given its password.
    Making,
}

/// What is at this address, while it counts. Changes nothing.
///
/// # Errors
/// As the database says.
pub async fn file_of(app: &App, ticket: &str) -> Result<Option<File>, Error> {
    let mut tx = app.db.read().await?;
    let found = downloads::download_find(&mut tx, &token_hash(ticket)).await?;
    Ok(found.map(|download| if download.bytes.is_some() { File::Ready(download) } else { File::Making }))
}

/// Pieces that are sent before it is asked once more whether they may be: some megabytes.
const PIECES: u32 = 64;

/// The bytes of an archive from `range`. Ends with an error where staff withdraw it meanwhile, or its time is over.
///
/// # Errors
/// When the store does not answer, or the file is damaged.
pub async fn bytes_of(
    app: &App,
    ticket: &str,
    download: &Download,
    range: Range<u64>,
) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>, Error> {
    let number = |bytes: i64| u64::try_from(bytes).unwrap_or_default();
    let (body, bytes) = (number(download.body), number(download.bytes.unwrap_or_default()));
    let pieces = Box::pin(at_rest::open(app, &download.object, body, bytes).await?.read(range).await?);
    let state = (pieces, app.clone(), token_hash(ticket), 0_u32);
    Ok(stream::try_unfold(state, |(mut pieces, app, hash, sent)| async move {
        if sent > 0 && sent.is_multiple_of(PIECES) && !counts(&app, &hash).await {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the copy may not be fetched any more"));
        }
        let piece = pieces.next().await.transpose()?;
        Ok(piece.map(|piece| (piece, (pieces, app, hash, sent.wrapping_add(1)))))
    }))
}

/// True while a fetching counts; also where that cannot be asked just now.
async fn counts(app: &App, hash: &[u8]) -> bool {
    match app.db.read().await {
        Ok(mut tx) => downloads::download_find(&mut tx, hash).await.map_or(true, |found| found.is_some()),
        Err(_) => true,
    }
}
