//! Copies of people's data: packed by a job into an encrypted file, looked at by a second person where the pack says so,
//! fetched by whoever holds both the link of a mail and the code that was shown when the person confirmed who they are,
//! and destroyed when their time is over.
//!
//! Nothing in here decides whose data it is: a verification does, and `generation` finds the rows.

mod about;
mod at_rest;
mod code;
mod end;
mod fetch;
mod form;
mod link;
mod lock;
mod pack;
mod page;
mod read_back;
mod release;
mod shelf;

pub use crate::generation::export::{Copied, CopiedPart, CopiedTable, Entry, LeftOut, archive_name, portability};
pub use code::{Code, hash as code_hash};
pub use end::{destroy_package, expire_packages, revoke_package};
pub use fetch::{File, Offer, OfferedPart, Opened, bytes_of, fetch_package, file_of, offer_of};
pub use form::{PORTABILITY_SCHEMA, least_form, portability_schema, schema_address};
pub(in crate::app) use link::show_code;
pub use link::{PLACE, ask_code, link};
pub use lock::lock_download;
pub use pack::{Packed, pack_export};
pub use page::{PackageLine, PackageView};
pub(in crate::app) use page::{of_case, of_run};
pub use release::release_export;

use super::{App, Error, subject::Known};
use crate::{
    domain::{case::Case, identity::Reference},
    store::{Tx, contents},
};

/// Whether a second person looks at a copy before it goes: where the pack says so and, in any case, where staff alone decided
/// who the person is.
pub(in crate::app) fn is_reviewed(app: &App, case: &Case) -> bool {
    let by_staff = case.verified.is_some_and(|verified| verified.by.is_some());
    by_staff || app.packs.get(&case.product).is_none_or(|pack| pack.copy.review)
}

/// Whom the link goes to, by name and address: the address that confirmed, or, where staff decided, the one the person
/// writes from. The name is that of whoever wrote in, and left out where the address is another one.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn addressee(
    app: &App,
    tx: &mut Tx,
    case: Reference,
    known: &Known,
) -> Result<Option<(String, String)>, Error> {
    let first = contents::content_first(tx, &app.vault, case).await?.unwrap_or_default();
    let address = known.address.clone().unwrap_or_else(|| first.address.clone());
    let name = if first.address.trim().eq_ignore_ascii_case(address.trim()) { first.name } else { String::new() };
    Ok(Some((name, address)).filter(|(_, address)| address.parse::<lettre::Address>().is_ok()))
}
