//! Opens the house from its configuration: lock file, database, schema, key, packs, the way out for mail.

use super::{mailboxes, plan};
use crate::{
    app::{App, Parts, Settings, audit::Notary},
    bucket,
    config::{self, Config},
    generation::{Files, receipt::Signer},
    mail::authenticity::{self, Checker},
    store::{
        Clock, Db, Objects, audit, audit::checkpoints, keyring, lockfile::Lockfile, master::MasterKey, migrate,
        migrate::SchemaError, runs::receipts, vault::Vault,
    },
};
use anyhow::{Context as _, bail};
use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// An open house; the lock is held as long as this lives.
pub struct Opened {
    /// The house.
    pub app: App,
    /// The data directory's lock.
    pub lock: Lockfile,
}

/// Opens the database alone, without looking at its schema.
pub(crate) async fn database(config: &Config, clock: Clock) -> anyhow::Result<Db> {
    let url = config.database.url.reveal();
    if url.is_empty() {
        let file = config.data_dir.join("recourse.db");
        Db::sqlite(&file, clock).await.with_context(|| format!("the database {} cannot be opened", file.display()))
    } else {
        Db::postgres(url, config.database.connections, clock)
            .await
            .context("the database server cannot be reached; check database.url, that the server runs and that it lets this user in")
    }
}

/// The data directory has to be there already: a console on an empty folder by mistake would look like lost data.
pub(crate) fn lock(config: &Config) -> anyhow::Result<Lockfile> {
    if !config.data_dir.is_dir() {
        bail!("the folder {} does not exist; make it, or set data_dir or --data-dir", config.data_dir.display());
    }
    Lockfile::open(&config.data_dir)
        .with_context(|| format!("the folder {} is not writable", config.data_dir.display()))
}

/// How long to wait for other processes to let go of a database that has to be brought up to date.
const OTHERS: Duration = Duration::from_secs(10);

/// Brings the schema up to date where it is behind, with the lock held alone, and leaves the lock shared. Of several
/// that start at once, one does it; the others look again and find it done.
pub(crate) async fn migrated(db: &Db, lock: &Lockfile) -> anyhow::Result<()> {
    let deadline = Instant::now() + OTHERS;
    loop {
        match migrate::applied(db).await? {
            applied if applied > migrate::newest() => return Err(SchemaError::Newer(applied).into()),
            applied if applied == migrate::newest() => break,
            _ if lock.try_alone()? => {
                let done = migrate::run(db).await;
                lock.release()?;
                done?;
            }
            _ if Instant::now() > deadline => {
                bail!("the database has to be brought up to date first; stop the other recourse processes")
            }
            _ => sleep(Duration::from_millis(100)).await,
        }
    }
    lock.share()?;
    // for a start that ended between the two
    Ok(audit::chain_begin(db).await?)
}

/// The data keys of this database.
pub(crate) async fn vault(config: &Config, db: &Db) -> anyhow::Result<Vault> {
    let file = config.key_file();
    let master = master(&file, db).await?;
    match keyring::keyring(db, &master).await? {
        Some(vault) => Ok(vault),
        None => Err(other_key(&file, &master, &sealed_with(db).await?.unwrap_or_default())),
    }
}

async fn sealed_with(db: &Db) -> anyhow::Result<Option<String>> {
    Ok(keyring::master_id(&mut db.read().await?).await?)
}

fn other_key(file: &Path, master: &MasterKey, id: &str) -> anyhow::Error {
    anyhow::anyhow!(
        "the key file {} holds key {}, but the database was sealed with key {id}; bring that one back, or copy it from where \
         recourse admin rotate-key was run",
        file.display(),
        master.id()
    )
}

/// The master key in `file`, if it belongs to this database. A first start makes one; later a missing or other key is
/// refused. Where a change of the key was cut off before its file was in place, that is done now.
pub(crate) async fn master(file: &Path, db: &Db) -> anyhow::Result<MasterKey> {
    let Some(id) = sealed_with(db).await? else {
        return match MasterKey::create_file(file) {
            // it was there before the first start, or another process made it
            Err(_) if file.exists() => Ok(MasterKey::open_file(file)?),
            made => Ok(made?),
        };
    };
    let next = MasterKey::next_file(file);
    // looked for first: whoever is quicker moves it to where it is looked for then
    let is_changing = next.exists();
    let here = if file.exists() { Some(MasterKey::open_file(file)?) } else { None };
    if let Some(master) = here.as_ref().filter(|master| master.id() == id) {
        return Ok(MasterKey::clone(master));
    }
    if is_changing {
        let turn = Lockfile::at(&MasterKey::lock_file(file))?;
        turn.alone()?;
        let fits = |file: &Path| MasterKey::open_file(file).is_ok_and(|key| key.id() == id);
        if fits(&next) || fits(file) {
            MasterKey::replace_file(file, &id)?;
            tracing::info!(key = id, "the change of the master key was brought to its end");
            return Ok(MasterKey::open_file(file)?);
        }
    }
    match here {
        Some(other) => Err(other_key(file, &other, &id)),
        None => {
            bail!("the key file {} is missing; the database was sealed with key {id}, bring it back", file.display())
        }
    }
}

/// Everything a command needs.
///
/// # Errors
/// In words for the operator: what cannot be opened, and what to do.
pub async fn open(config: &Config, clock: Clock) -> anyhow::Result<Opened> {
    let lock = lock(config)?;
    let plan = plan::plan(config)?;
    let db = database(config, clock).await?;
    migrated(&db, &lock).await?;
    let vault = vault(config, &db).await?;
    let posters = mailboxes::posters(config, &vault);
    let settings = Settings { posters, spool: spool(config)?, ..plan.settings };
    let signer = signer(config, &db).await?;
    let packages = packages(config)?;
    let parts = Parts {
        db,
        vault,
        signer,
        packs: plan.packs,
        classifier: plan.classifier,
        checker: checker(config),
        transport: plan.transport,
        packages,
        sources: plan.sources,
        settings,
    };
    Ok(Opened { app: App::new(parts), lock })
}

/// The key that signs receipts, made at the first start; its public half is published from the database.
async fn signer(config: &Config, db: &Db) -> anyhow::Result<Signer> {
    let file = config.receipt_key_file();
    let signer = Signer::open_or_create(&file, crate::store::vault::random::<32>()?).map_err(anyhow::Error::msg)?;
    let mut tx = db.read().await?;
    let used = receipts::receipt_keys(&mut tx).await?;
    drop(tx);
    if !used.iter().any(|(id, _, _, until)| id == signer.key_id() && until.is_none()) {
        let mut tx = db.begin().await?;
        receipts::receipt_key_use(&mut tx, signer.key_id(), &signer.public_key(), db.now()).await?;
        tx.commit().await?;
    }
    Ok(signer)
}

/// Who signs checkpoints of the audit log, with a key that is made at the first start, and the file that they go to.
pub(crate) async fn notary(config: &Config, db: &Db) -> anyhow::Result<Notary> {
    let signer = Signer::open_or_create_as("audit", &config.audit_key_file(), crate::store::vault::random::<32>()?)
        .map_err(anyhow::Error::msg)?;
    let mut tx = db.begin().await?;
    checkpoints::audit_key_use(&mut tx, signer.key_id(), &signer.public_key(), db.now()).await?;
    tx.commit().await?;
    let folder = config.checkpoints_folder();
    Notary::open(signer, &folder).with_context(|| format!("the folder of checkpoints {}", folder.display()))
}

/// What finds out where mail comes from; where the system has no resolver, nobody is asked.
fn checker(config: &Config) -> Checker {
    let settings = authenticity::Settings {
        authserv_id: config.mail.authserv_id.clone(),
        received_by: config.mail.received_by.clone(),
        ask: config.mail.ask_senders,
    };
    Checker::new(settings).unwrap_or_else(|why| {
        tracing::warn!("senders' domains cannot be asked: {why}");
        Checker::default()
    })
}

/// The folder of what waits while a package is made: files without names, sealed. Nobody else looks into it.
fn spool(config: &Config) -> anyhow::Result<PathBuf> {
    let folder = config.data_dir.join("spool");
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.with_context(|| format!("the folder {}", folder.display()))?;
    Ok(folder)
}

/// The files of packages; a bucket is asked nothing yet.
fn packages(config: &Config) -> anyhow::Result<Objects> {
    if let Some(settings) = &config.packages.s3 {
        return packages_bucket(settings);
    }
    let folder = config.packages_folder();
    Objects::folder(&folder).with_context(|| format!("the folder of packages {}", folder.display()))
}

/// The bucket of packages; nothing is asked yet.
pub(crate) fn packages_bucket(settings: &config::Bucket) -> anyhow::Result<Objects> {
    let store = bucket::open(settings).map_err(|says| anyhow::anyhow!("the configuration: packages.s3: {says}"))?;
    Ok(Objects::bucket(store))
}

/// Where a product's files lie, if anywhere; nothing is opened yet.
pub(crate) fn files(product: &str, generation: &config::Generation) -> anyhow::Result<Option<Files>> {
    if let Some(settings) = &generation.s3 {
        let store = bucket::open(settings)
            .map_err(|says| anyhow::anyhow!("the configuration: products.{product}.generation.s3: {says}"))?;
        return Ok(Some(Files::Bucket(store)));
    }
    Ok(generation.files.clone().map(Files::Folder))
}
