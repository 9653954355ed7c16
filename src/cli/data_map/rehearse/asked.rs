//! What a rehearsal is asked for on the command line, and whether that makes sense. Opens nothing.

use crate::{
    domain::{identity::Identity, run::RESTRICTION},
    generation::{Extent, Item},
};
use anyhow::{anyhow, bail};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
pub struct Rehearse {
    /// The data map
    #[arg(long, value_name = "FILE")]
    pub map: PathBuf,
    /// The copy of the database
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// Where the files lie that rows name: a folder, or a TOML file with the keys of products.ID.generation.s3
    #[arg(long, value_name = "FOLDER")]
    pub files: Option<String>,
    /// What is rehearsed
    #[arg(long, value_enum)]
    pub kind: Kind,
    /// What the person is looked up by, for example email=ada@mail.example; several add up
    #[arg(long = "identity", value_name = "KIND=VALUE", required = true)]
    pub identities: Vec<String>,
    /// Only this category, with what follows it after a dot; several limits add up
    #[arg(long = "category", value_name = "CATEGORY")]
    pub categories: Vec<String>,
    /// Only this table, with what hangs on its rows
    #[arg(long = "table", value_name = "TABLE")]
    pub tables: Vec<String>,
    /// Only this row, with what hangs on it; \, and \: and \\ stand for signs of the key
    #[arg(long = "item", value_name = "TABLE:KEY[,KEY]")]
    pub items: Vec<String>,
    /// The new value of a column of the row that --item names, or nothing after the sign for no value; with --kind correct
    #[arg(long = "set", value_name = "COLUMN=VALUE")]
    pub sets: Vec<String>,
    /// Writes the copy for the person into this file, an unencrypted ZIP; with --kind export
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Carries it out; only where the database has a table `recourse_rehearsal_copy`
    #[arg(long)]
    pub apply: bool,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
}

/// A column and what it becomes; none for no value.
pub type Set = (String, Option<String>);

/// What is rehearsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Kind {
    /// Who is found
    Locate,
    /// A copy for the person
    Export,
    /// An erasure
    Erase,
    /// A correction
    Correct,
    /// A restriction
    Restrict,
    /// No more use for training
    OptOut,
}

impl Rehearse {
    /// The limits.
    pub fn extent(&self) -> anyhow::Result<Extent> {
        if !matches!(self.kind, Kind::Locate | Kind::Export | Kind::Erase) {
            return Ok(Extent::default());
        }
        Ok(Extent { categories: self.categories.clone(), tables: self.tables.clone(), items: self.items()? })
    }

    fn items(&self) -> anyhow::Result<Vec<Item>> {
        self.items.iter().map(|item| item.parse().map_err(|says| anyhow!("--item {says}"))).collect()
    }

    /// The use of data that a choice is about.
    pub fn choice(&self) -> Option<&str> {
        match self.kind {
            Kind::Restrict => Some(RESTRICTION),
            Kind::OptOut => Some(self.categories.first().map_or("training", String::as_str)),
            _ => None,
        }
    }

    /// The row to be corrected, with its columns and what they become; none where nothing is to be written.
    pub fn corrections(&self) -> anyhow::Result<Option<(Item, Vec<Set>)>> {
        let mut items = self.items()?;
        if self.sets.is_empty() {
            return Ok(None);
        }
        let set = |text: &String| match text.split_once('=') {
            Some((column, value)) if !column.is_empty() => {
                Ok((column.to_owned(), (!value.is_empty()).then(|| value.to_owned())))
            }
            _ => bail!("--set wants COLUMN=VALUE, for example display_name=Ada"),
        };
        let sets = self.sets.iter().map(set).collect::<anyhow::Result<_>>()?;
        match (items.pop(), items.is_empty()) {
            (Some(item), true) => Ok(Some((item, sets))),
            _ => bail!("--set wants one --item, the row that is to be corrected"),
        }
    }

    /// What the person is looked up by.
    pub fn identities(&self) -> anyhow::Result<Vec<Identity>> {
        let identity = |text: &String| match text.split_once('=') {
            Some((kind, value)) if !kind.is_empty() && !value.trim().is_empty() => {
                Ok(Identity { kind: kind.to_owned(), value: value.to_owned() })
            }
            _ => bail!("--identity wants KIND=VALUE, for example email=ada@mail.example"),
        };
        self.identities.iter().map(identity).collect()
    }

    fn name(&self) -> &'static str {
        if self.kind == Kind::Locate { "locate" } else { "export" }
    }

    /// Refuses what does not go together.
    pub fn sensible(&self) -> anyhow::Result<()> {
        match self.kind {
            Kind::Locate | Kind::Export if self.apply => {
                bail!("--apply changes rows, which --kind {} does not", self.name())
            }
            Kind::Correct if self.apply && self.sets.is_empty() => {
                bail!("--apply wants --item TABLE:KEY and --set COLUMN=VALUE: what is to be corrected")
            }
            Kind::Restrict | Kind::OptOut if !self.tables.is_empty() || !self.items.is_empty() => {
                bail!("a choice is about all of a person's data; leave --table and --item out")
            }
            Kind::OptOut if self.categories.len() > 1 => bail!("--kind opt_out is about one use: give one --category"),
            Kind::Export => Ok(()),
            _ if self.out.is_some() => bail!("--out writes a copy; use --kind export"),
            kind if kind != Kind::Correct && !self.sets.is_empty() => bail!("--set corrects; use --kind correct"),
            _ => Ok(()),
        }
    }
}
