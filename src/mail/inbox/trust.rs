//! Whose certificates are believed: the system's authorities, or those of one file.

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use std::{path::Path, sync::Arc};

/// Whose certificates are believed; cheap to clone.
#[derive(Clone)]
pub struct Trust(pub(super) Arc<ClientConfig>);

/// Why no certificate can be believed.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file holds no certificates that can be read.
    #[error("{0} holds no certificate in PEM that can be read")]
    File(String),
    /// The system has no authorities.
    #[error("this system has no certificate authorities; install ca-certificates or name a ca_file")]
    System,
}

impl Trust {
    /// Believes whom the system believes.
    ///
    /// # Errors
    /// When the system names nobody.
    pub fn system() -> Result<Self, TrustError> {
        Self::of(rustls_native_certs::load_native_certs().certs).ok_or(TrustError::System)
    }

    /// Believes the authorities in this file and nobody else.
    ///
    /// # Errors
    /// When the file cannot be read or holds none.
    pub fn file(file: &Path) -> Result<Self, TrustError> {
        let fault = || TrustError::File(file.display().to_string());
        let found = CertificateDer::pem_file_iter(file).map_err(|_| fault())?;
        let certificates = found.collect::<Result<Vec<_>, _>>().map_err(|_| fault())?;
        Self::of(certificates).ok_or_else(fault)
    }

    fn of(certificates: Vec<CertificateDer<'static>>) -> Option<Self> {
        let mut roots = RootCertStore::empty();
        let (taken, _) = roots.add_parsable_certificates(certificates);
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        (taken > 0).then(|| Self(Arc::new(config)))
    }
}
