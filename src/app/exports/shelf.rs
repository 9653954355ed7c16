//! Puts a package's archives into the store of files, sealed, one go after the other. The name of each is written down
//! before its file is begun; what was not written to its end is ended as an error, so that the store keeps none of it.

use super::at_rest::{self, Begun, Out};
use crate::{
    app::{App, Error},
    domain::identity::PackageId,
    generation::export::Shelf,
    store::{
        self,
        package_parts::{end_of, part_begin},
    },
};
use bytes::Bytes;
use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{runtime::Handle, sync::mpsc, task::JoinHandle};

/// What the file of archive number `part` is called, where the first one's is called `object`.
pub(super) fn name(object: &str, part: u32) -> String {
    if part == 1 { object.to_owned() } else { format!("{object}-{part}") }
}

/// Why the store took no more; shared with whoever waits for the package.
#[derive(Clone, Default)]
pub(super) struct Trouble(Arc<Mutex<Option<Error>>>);

impl Trouble {
    fn set(&self, error: Error) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// What the store said, where it said something.
    pub fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The shelf of one package.
pub(super) struct Store {
    app: App,
    package: PackageId,
    object: String,
    handle: Handle,
    trouble: Trouble,
}

/// A file on its way into the store; one that is dropped before its end is given up. Several may be under way: the last
/// archive is still open while the others get their ends.
pub(super) struct Going {
    out: Option<Out>,
    give_up: Option<mpsc::Sender<io::Result<Bytes>>>,
    kept: Option<JoinHandle<store::Result<u64>>>,
    handle: Handle,
    trouble: Trouble,
}

impl io::Write for Going {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.as_mut().map_or(Err(io::ErrorKind::BrokenPipe.into()), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.as_mut().map_or(Ok(()), io::Write::flush)
    }
}

impl Drop for Going {
    /// Runs on the packer's thread, which may wait.
    fn drop(&mut self) {
        let (Some(give_up), Some(kept)) = (self.give_up.take(), self.kept.take()) else { return };
        // the store must not take what is there for the whole; it may have given up already
        let _ = give_up.blocking_send(Err(io::Error::other("given up")));
        drop((give_up, self.out.take()));
        if let Ok(Err(error)) = self.handle.block_on(kept) {
            self.trouble.set(error.into());
        }
    }
}

impl Store {
    /// For the package whose first file is called `object` and is written down already.
    pub fn new(app: &App, package: PackageId, object: &str) -> (Self, Trouble) {
        let (handle, trouble) = (Handle::current(), Trouble::default());
        let (app, object) = (app.clone(), object.to_owned());
        let store = Self { app, package, object, handle, trouble: trouble.clone() };
        (store, trouble)
    }

    fn failed(&self, error: Error) -> io::Error {
        self.trouble.set(error);
        io::Error::other("the store of packages took no more")
    }

    async fn write_down(&self, part: u32) -> Result<(), Error> {
        let mut tx = self.app.db.begin().await?;
        if !part_begin(&mut tx, self.package, i64::from(part), &name(&self.object, part)).await? {
            return Err(Error::Package("nobody is to have it any more".to_owned()));
        }
        Ok(tx.commit().await?)
    }
}

impl Shelf for Store {
    type Out = Going;

    fn begin(&mut self, part: u32, ends: bool) -> io::Result<Going> {
        if part > 1 && !ends {
            self.handle.block_on(self.write_down(part)).map_err(|error| self.failed(error))?;
        }
        let body = name(&self.object, part);
        let object = if ends { end_of(&body) } else { body };
        let Begun { out, give_up, pieces } = at_rest::begin(&self.app, &object).map_err(|error| self.failed(error))?;
        let packages = self.app.packages.clone();
        let kept = self.handle.spawn(async move { packages.put(&object, pieces).await });
        let (handle, trouble) = (self.handle.clone(), self.trouble.clone());
        Ok(Going { out: Some(out), give_up: Some(give_up), kept: Some(kept), handle, trouble })
    }

    fn finish(&mut self, mut going: Going) -> io::Result<()> {
        if let Some(out) = going.out.take() {
            at_rest::end(out)?;
        }
        drop(going.give_up.take());
        let Some(kept) = going.kept.take() else { return Ok(()) };
        match self.handle.block_on(kept) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.failed(error.into())),
            Err(error) => Err(self.failed(Error::Package(error.to_string()))),
        }
    }
}
