//! Files in a bucket. Many are asked for at a time, since each answer takes a round trip.

use super::{Pieces, says};
use crate::{bucket, generation::Error};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::{Error as Refused, ObjectStore, ObjectStoreExt as _, path::Path};
use std::sync::Arc;

/// Questions to the bucket at a time.
const AT_A_TIME: usize = 16;

type Store = Arc<dyn ObjectStore>;

pub async fn there(store: &Store) -> Result<(), Error> {
    bucket::there(store.as_ref()).await.map_err(|error| refused(&error))
}

pub async fn size(store: &Store, name: &str) -> Result<Option<u64>, Error> {
    match head(store, &key(name)?).await? {
        Some(size) => Ok(Some(size)),
        None => there(store).await.map(|()| None),
    }
}

pub async fn bytes(store: &Store, names: &[String]) -> Result<u64, Error> {
    there(store).await?;
    let keys = keys(names)?;
    stream::iter(keys)
        .map(|key| async move { head(store, &key).await })
        .buffer_unordered(AT_A_TIME)
        .try_fold(0, |sum: u64, size| async move { Ok(sum.saturating_add(size.unwrap_or_default())) })
        .await
}

pub async fn remove(store: &Store, names: &[String]) -> Result<(), Error> {
    // every name is looked at before the first file goes
    let keys = keys(names)?;
    there(store).await?;
    let mut removed = store.delete_stream(stream::iter(keys.clone().into_iter().map(Ok)).boxed());
    while let Some(one) = removed.next().await {
        match one {
            Ok(_) | Err(Refused::NotFound { .. }) => {}
            Err(error) => return Err(refused(&error)),
        }
    }
    stream::iter(keys)
        .map(|key| async move {
            match head(store, &key).await? {
                None => Ok(()),
                Some(_) => Err(says("a file is still there after it was removed")),
            }
        })
        .buffer_unordered(AT_A_TIME)
        .try_collect()
        .await
}

pub async fn read(store: &Store, name: &str) -> Result<Option<Pieces>, Error> {
    match store.get(&key(name)?).await {
        Ok(found) => Ok(Some(found.into_stream().map_err(|error| refused(&error)).boxed())),
        Err(Refused::NotFound { .. }) => there(store).await.map(|()| None),
        Err(error) => Err(refused(&error)),
    }
}

/// The size of an object. A bucket that is not there looks like a missing object.
async fn head(store: &Store, key: &Path) -> Result<Option<u64>, Error> {
    match store.head(key).await {
        Ok(meta) => Ok(Some(meta.size)),
        Err(Refused::NotFound { .. }) => Ok(None),
        Err(error) => Err(refused(&error)),
    }
}

fn keys(names: &[String]) -> Result<Vec<Path>, Error> {
    names.iter().map(|name| key(name)).collect()
}

/// The key that a row names, as it is: one that would have to be written another way is refused, so that no other
/// object is ever meant by it.
fn key(name: &str) -> Result<Path, Error> {
    let outside = || says("a row names no key of the bucket; look at its file columns");
    if name.is_empty() || name.len() > 1_024 || name.chars().any(char::is_control) {
        return Err(outside());
    }
    let key = Path::parse(name).map_err(|_| outside())?;
    if key.as_ref() == name { Ok(key) } else { Err(outside()) }
}

fn refused(error: &Refused) -> Error {
    says(&bucket::why(error))
}
