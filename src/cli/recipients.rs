//! The recipients of the configuration, and how long backups last, as the house knows them.

use crate::{
    app::{
        follow_ups::{Partner, Reach as Told},
        packs::Packs,
    },
    config::{self, Config},
    domain::{clock::period::Period, run::RunKind},
    mail::{reach::Reach, signed::Hook},
};
use anyhow::{Context as _, bail};
use std::collections::HashMap;

/// Everybody who is told by mail or webhook, by product id.
pub(crate) fn partners(config: &Config, packs: &Packs) -> anyhow::Result<HashMap<String, Vec<Partner>>> {
    let mut all = HashMap::new();
    let reach = super::plan::reach(config)?;
    for (product, section) in &config.products {
        let known: Vec<_> = packs.get(product).map(|pack| pack.copy.recipients.iter()).into_iter().flatten().collect();
        let mut partners = Vec::new();
        for (id, recipient) in &section.recipients {
            let place = format!("the configuration: products.{product}.recipients.{id}");
            if !known.iter().any(|one| one.id == *id) {
                let ids = known.iter().map(|one| one.id.as_str()).collect::<Vec<_>>().join(", ");
                bail!("{place} names nobody; the product's pack has: {ids}");
            }
            partners.push(partner(id, recipient, &reach).with_context(|| place)?);
        }
        partners.sort_by(|a, b| a.id.cmp(&b.id));
        all.insert(product.clone(), partners);
    }
    Ok(all)
}

fn partner(id: &str, given: &config::Recipient, reach: &Reach) -> anyhow::Result<Partner> {
    let kind = |code: &String| match RunKind::from_code(code) {
        Some(kind) if !kind.is_copy() => Ok(kind),
        _ => {
            let codes = RunKind::ALL.iter().filter(|kind| !kind.is_copy()).map(|kind| kind.code());
            bail!("kinds: '{code}' is none of {}", codes.collect::<Vec<_>>().join(", "))
        }
    };
    let told = match (given.webhook.reveal(), given.mail.as_str()) {
        ("", "") => Told::Never,
        ("", mail) => Told::Mail(mail.to_owned()),
        (url, _) => {
            Told::Webhook(Hook { url: url.to_owned(), secret: given.secret.reveal().to_owned(), reach: reach.clone() })
        }
    };
    Ok(Partner {
        id: id.to_owned(),
        reach: told,
        within: given.within.parse().context("within")?,
        kinds: given.kinds.iter().map(kind).collect::<anyhow::Result<_>>()?,
        identify_by: given.identify_by.clone(),
    })
}

/// Says of each configured product who is told how, and refuses what cannot work.
pub(crate) fn check(config: &Config, packs: &Packs) -> anyhow::Result<()> {
    let partners = partners(config, packs)?;
    for (product, period) in backups(config)? {
        println!("Backups of {product}: free of what was erased after {}.", period.in_words());
    }
    for pack in packs.iter().filter(|pack| config.products.contains_key(&pack.id)) {
        let told = |id: &str| partners.get(&pack.id)?.iter().find(|partner| partner.id == id);
        let how = pack.copy.recipients.iter().map(|one| match told(&one.id).map(|partner| &partner.reach) {
            Some(Told::Mail(_)) => format!("{} by mail", one.id),
            Some(Told::Webhook(_)) => format!("{} by webhook", one.id),
            Some(Told::Never) => format!("{} never", one.id),
            None => format!("{} by hand", one.id),
        });
        println!("Recipients of {}: {}.", pack.id, how.collect::<Vec<_>>().join(", "));
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<usize, String> {
        let config: Config = toml::from_str(text).map_err(|e| e.to_string())?;
        let packs = Packs::load(None).map_err(|e| e.to_string())?;
        let said = || -> anyhow::Result<usize> {
            check(&config, &packs)?;
            Ok(partners(&config, &packs)?.values().map(Vec::len).sum::<usize>() + backups(&config)?.len())
        };
        said().map_err(|e| format!("{e:#}"))
    }

    #[test]
    fn recipients_are_those_of_the_pack_and_periods_make_sense() {
        let groq = |more: &str| {
            format!("[products.imagegen-artisticmonk.recipients.groq]\nmail = \"p@groq.example\"\n{more}\n")
        };
        assert_eq!(read(&groq("kinds = [\"erase\", \"opt_out\"]")), Ok(1));
        assert_eq!(read("[products.imagegen-artisticmonk]\nbackups = \"P3M\""), Ok(1));
        for (text, says) in [
            (groq("").replace("groq]", "grok]"), "service-providers, stripe, groq"),
            (groq("kinds = [\"export\"]"), "erase, correct"),
            (groq("kinds = [\"erasure\"]"), "'erasure' is none of"),
            (groq("within = \"soon\""), "within"),
            ("[products.imagegen-artisticmonk]\nbackups = \"BD3\"".to_owned(), "P30D or P3M"),
            ("[products.imagegen-artisticmonk]\nbackups = \"30\"".to_owned(), "backups"),
        ] {
            let refused = read(&text).expect_err(&text);
            assert!(refused.contains(says), "{refused}");
        }
    }
}
