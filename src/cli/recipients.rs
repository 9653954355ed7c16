//! The recipients of the configuration, and how long backups last, as the house knows them.

use crate::{
    app::{
        follow_ups::{Partner, Reach},
        packs::Packs,
    },
    config::{self, Config},
    domain::{clock::period::Period, run::RunKind},
    mail::signed::Hook,
};
use anyhow::{Context as _, bail};
use std::collections::HashMap;

/// Everybody who is told by mail or webhook, by product id.
pub(crate) fn partners(config: &Config, packs: &Packs) -> anyhow::Result<HashMap<String, Vec<Partner>>> {
    let mut all = HashMap::new();
    for (product, section) in &config.products {
        let known: Vec<_> = packs.get(product).map(|pack| pack.copy.recipients.iter()).into_iter().flatten().collect();
        let mut partners = Vec::new();
        for (id, recipient) in &section.recipients {
            let place = format!("the configuration: products.{product}.recipients.{id}");
            if !known.iter().any(|one| one.id == *id) {
                let ids = known.iter().map(|one| one.id.as_str()).collect::<Vec<_>>().join(", ");
                bail!("{place} names nobody; the product's pack has: {ids}");
            }
            partners.push(partner(id, recipient).with_context(|| place)?);
        }
        partners.sort_by(|a, b| a.id.cmp(&b.id));
        all.insert(product.clone(), partners);
    }
    Ok(all)
}

fn partner(id: &str, given: &config::Recipient) -> anyhow::Result<Partner> {
    let kind = |code: &String| match RunKind::from_code(code) {
        Some(kind) if !kind.is_copy() => Ok(kind),
        _ => {
            let codes = RunKind::ALL.iter().filter(|kind| !kind.is_copy()).map(|kind| kind.code());
            bail!("kinds: '{code}' is none of {}", codes.collect::<Vec<_>>().join(", "))
        }
    };
    let reach = match (given.webhook.reveal(), given.mail.as_str()) {
        ("", "") => Reach::Never,
        ("", mail) => Reach::Mail(mail.to_owned()),
        (url, _) => Reach::Webhook(Hook { url: url.to_owned(), secret: given.secret.reveal().to_owned() }),
    };
    Ok(Partner {
        id: id.to_owned(),
        reach,
        within: given.within.parse().context("within")?,
        kinds: given.kinds.iter().map(kind).collect::<anyhow::Result<_>>()?,
        identify_by: given.identify_by.clone(),
    })
}

/// How long each product's backups keep what was erased, where that is said.
pub(crate) fn backups(config: &Config) -> anyhow::Result<HashMap<String, Period>> {
    let given = config.products.iter().filter(|(_, section)| !section.backups.is_empty());
    given
        .map(|(product, section)| {
            let place = || format!("the configuration: products.{product}.backups");
            match section.backups.parse().with_context(place)? {
                period @ (Period::Elapsed(_) | Period::Days(_) | Period::Months(_)) => Ok((product.clone(), period)),
                Period::Working(_) | Period::Yearly(..) => bail!("{}: write it as P30D or P3M", place()),
            }
        })
        .collect()
}
