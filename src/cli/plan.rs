//! What the configuration alone decides about the house: packs, data maps, the way out for mail, settings. Makes no file, opens
//! no database and asks nobody, so that `check` refuses what `serve` would.

use super::{mailboxes, open, recipients};
use crate::{
    app::{
        Alarms, Judging, Outgoing, Settings,
        packs::{self, Packs},
    },
    config::{self, Config},
    domain::{
        kind::Kind,
        network::Network,
        sign_in::SecondFactor,
        time::{HOUR, SECOND},
    },
    generation::Source,
    mail::{classify::Classifier, outbox::Transport, reach::Reach, webhook::Webhook},
};
use anyhow::{Context as _, bail};
use std::{collections::HashMap, path::PathBuf};

/// The parts of the house that stand before its database is opened.
pub(crate) struct Plan {
    pub packs: Packs,
    pub classifier: Classifier,
    pub sources: HashMap<String, Source>,
    pub transport: Transport,
    /// All but who may post and the folder of what waits.
    pub settings: Settings,
}

/// Reads what the configuration names.
pub(crate) fn plan(config: &Config) -> anyhow::Result<Plan> {
    let packs = Packs::load(config.policies.folder.as_deref())?;
    if let Some(id) = config.products.keys().find(|id| packs.get(id).is_none()) {
        bail!("the configuration: products.{id} names no product; the products are: {}", names(&packs));
    }
    let classifier =
        Classifier::new(&packs::word_list(config.policies.folder.as_deref())?).context("policy pack intake.toml")?;
    mailboxes::posters_exist(config, &packs)?;
    let sources = sources(config)?;
    let url = config.mail.smtp_url.reveal();
    let transport = if url.is_empty() {
        Transport::Files(config.data_dir.join("outgoing"))
    } else {
        Transport::smtp(url).map_err(anyhow::Error::msg)?
    };
    let addresses =
        config.products.iter().filter(|(_, p)| !p.address.is_empty()).map(|(id, p)| (id.clone(), p.address.clone()));
    let settings = Settings {
        addresses: addresses.collect(),
        outgoing: outgoing(config),
        max_message: config.mail.max_bytes,
        public_url: config.public_url(),
        alarms: alarms(config)?,
        mail: judging(config)?,
        mailboxes: mailboxes::watched(config)?,
        // these need the keys and the disk
        posters: Vec::new(),
        posts_per_minute: config.intake.per_minute,
        trusted_proxies: networks("server.trusted_proxies", &config.server.trusted_proxies)?,
        partners: recipients::partners(config, &packs)?,
        backups: recipients::backups(config)?,
        second_factor: match config.sign_in.second_factor {
            config::SecondFactor::Required => SecondFactor::Required,
            config::SecondFactor::Offered => SecondFactor::Offered,
        },
        spool: PathBuf::new(),
        part_bytes: config.packages.part_bytes,
    };
    Ok(Plan { packs, classifier, sources, transport, settings })
}

/// How mail that arrives is judged.
fn judging(config: &Config) -> anyhow::Result<Judging> {
    let mut kinds = HashMap::new();
    for (id, product) in &config.products {
        let kind = |(address, code): (&String, &String)| match code.parse::<Kind>() {
            Ok(kind) if address.parse::<lettre::Address>().is_ok() => Ok((address.to_lowercase(), kind)),
            Ok(_) => bail!("the configuration: products.{id}.kinds: '{address}' is no mail address"),
            Err(wrong) => bail!("the configuration: products.{id}.kinds: {wrong}"),
        };
        kinds.insert(id.clone(), product.kinds.iter().map(kind).collect::<anyhow::Result<_>>()?);
    }
    Ok(Judging { per_sender: config.mail.per_sender_hourly, kinds })
}

/// How mail leaves.
fn outgoing(config: &Config) -> Outgoing {
    let products = || config.products.iter();
    let is_server = !config.mail.smtp_url.reveal().is_empty();
    let returns = products().filter(|(_, p)| !p.returns.is_empty()).map(|(id, p)| (id.clone(), p.returns.clone()));
    Outgoing {
        subaddresses: products().map(|(id, p)| (id.clone(), p.subaddress.clone())).collect(),
        returns: returns.collect(),
        automatic_per_hour: config.mail.automatic_per_hour,
        // files need no sparing
        domain_per_minute: if is_server { config.mail.domain_per_minute } else { 0 },
        recipient_per_minute: if is_server { config.mail.recipient_per_minute } else { 0 },
        retry: config.mail.retry_seconds * SECOND,
        patience: config.mail.patience_hours * HOUR,
    }
}

/// Networks as the configuration writes them.
fn networks(key: &str, written: &[String]) -> anyhow::Result<Vec<Network>> {
    let parsed = written.iter().map(|one| one.parse::<Network>());
    parsed.map(|network| network.with_context(|| format!("the configuration: {key}"))).collect()
}

/// Where webhooks may lead.
pub(crate) fn reach(config: &Config) -> anyhow::Result<Reach> {
    Ok(Reach::new(networks("outgoing.allow", &config.outgoing.allow)?))
}

/// Who else is called when a short clock starts.
fn alarms(config: &Config) -> anyhow::Result<Alarms> {
    let section = &config.alarms;
    if let Some(wrong) = section.deputies.iter().find(|address| address.parse::<lettre::Address>().is_err()) {
        bail!("the configuration: alarms.deputies: '{wrong}' is no mail address");
    }
    let url = section.webhook_url.reveal();
    let local = ["http://127.0.0.1", "http://[::1]", "http://localhost"]
        .iter()
        .any(|local| url.strip_prefix(local).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])));
    if !url.is_empty() && !url.starts_with("https://") && !local {
        bail!("the configuration: alarms.webhook_url has to begin with https:// (or http:// on this machine)");
    }
    let secret = section.webhook_secret.reveal().to_owned();
    let reach = reach(config)?;
    let webhook = (!url.is_empty()).then(|| Webhook { url: url.to_owned(), secret, reach });
    Ok(Alarms { deputies: section.deputies.clone(), webhook })
}

/// The products' generation databases; none is opened yet.
pub(crate) fn sources(config: &Config) -> anyhow::Result<HashMap<String, Source>> {
    let mut sources = HashMap::new();
    for (id, product) in &config.products {
        let generation = &product.generation;
        let Some(file) = &generation.data_map else { continue };
        let text = std::fs::read_to_string(file).with_context(|| format!("the data map {}", file.display()))?;
        let files = open::files(id, generation)?;
        let source = Source::new(generation.url.reveal(), files, &text).map_err(|faults| {
            let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("the data map {}:\n  {}", file.display(), faults.join("\n  "))
        })?;
        let source = match generation.replica_url.reveal() {
            "" => source,
            url => source.with_replica(url).with_context(|| format!("products.{id}.generation.replica_url"))?,
        };
        if source.product() != id {
            bail!("the data map {} is of product {}, not of {id}", file.display(), source.product());
        }
        sources.insert(id.clone(), source);
    }
    Ok(sources)
}

/// The products' ids in one line.
pub(crate) fn names(packs: &Packs) -> String {
    packs.iter().map(|p| p.id.as_str()).collect::<Vec<_>>().join(", ")
}
