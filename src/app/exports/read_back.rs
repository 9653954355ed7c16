//! Reads a package once more before anybody hears of it, and writes down what its archives are. What cannot be read now is
//! not given to anybody.

use super::{Copied, at_rest, shelf};
use crate::{
    app::{App, Error},
    domain::identity::PackageId,
    store::{Tx, package_parts, packages},
};
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use std::pin::pin;

/// Reads every archive of the package whose first file is called `object`.
///
/// # Errors
/// When the store does not answer, or an archive is not what was written.
pub(super) async fn read_back(app: &App, object: &str, copied: &Copied) -> Result<(), Error> {
    for (part, done) in (1..).zip(&copied.parts) {
        let archive = at_rest::open(app, &shelf::name(object, part), done.body, done.bytes).await?;
        let mut plain = pin!(archive.read(0..done.bytes).await?);
        let (mut sum, mut bytes) = (Sha256::new(), 0);
        while let Some(piece) = plain.next().await {
            let piece = piece.map_err(|error| Error::Package(error.to_string()))?;
            bytes += piece.len() as u64;
            sum.update(&piece);
        }
        if bytes != done.bytes || data_encoding::HEXLOWER.encode(&sum.finalize()) != done.sha256 {
            return Err(Error::Package("the file is not what was written".to_owned()));
        }
    }
    Ok(())
}

/// Writes down what each archive is, and what is in the package.
///
/// # Errors
/// As the database says.
pub(super) async fn write_down(tx: &mut Tx, package: PackageId, copied: &Copied) -> Result<(), Error> {
    let number = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    for (part, done) in (1..).zip(&copied.parts) {
        let bytes = (number(done.body), number(done.bytes));
        package_parts::part_complete(tx, package, part, bytes, &done.sha256).await?;
    }
    let sha256 = match copied.parts.as_slice() {
        [one] => one.sha256.clone(),
        several => {
            let all: String = several.iter().map(|part| part.sha256.as_str()).collect();
            data_encoding::HEXLOWER.encode(&Sha256::digest(all.as_bytes()))
        }
    };
    let manifest = serde_json::to_string(copied).unwrap_or_default();
    packages::package_complete(tx, package, number(copied.bytes()), &sha256, &manifest).await?;
    Ok(())
}
