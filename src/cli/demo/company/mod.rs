//! The generation databases of the demo's five products, for the demo, the tests and the bench: what companies that run
//! image generators keep of some hundred people, invented, and the same on every day and machine. Each product has a
//! folder with its schema, its data map and what is particular in its rows; people, pictures and chance are shared.

mod crowd;
mod dice;
pub mod imagegen;
mod imagodraw;
mod imgen;
mod imgprompts;
mod imgus;
mod makings;
mod pictures;
mod schema;
mod table;
mod words;

pub use schema::{On, columns, spelled};

use anyhow::{Context as _, bail};
use pictures::Shelf;
use sqlx::{Connection as _, MySqlConnection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{path::Path, str::FromStr as _};
use table::Table;

/// A product with a generation database of its own.
#[derive(Clone, Copy)]
pub struct Company {
    /// The product's id.
    pub product: &'static str,
    /// What its database, its map and its folder of files are called by in the demo's folder.
    pub name: &'static str,
    /// The data map, the same for every engine.
    pub map: &'static str,
    /// The tables, in the words of `schema.rs`.
    pub schema: &'static str,
    /// Every table with its rows, in an order in which each refers only to those before it.
    rows: fn(&mut Shelf) -> Vec<Table>,
}

/// One line a product: its id, its name in the demo, its folder here.
macro_rules! companies {
    ($($what:literal $name:ident = $product:literal, $called:literal, $folder:ident;)+) => {
        $(
            #[doc = $what]
            pub const $name: Company = Company {
                product: $product,
                name: $called,
                map: include_str!(concat!(stringify!($folder), "/data-map.toml")),
                schema: include_str!(concat!(stringify!($folder), "/schema.sql")),
                rows: $folder::rows,
            };
        )+
        /// All of them.
        pub const ALL: [&Company; 5] = [$(&$name),+];
    };
}

companies! {
    "Training until somebody opts out; the largest, and the example to copy." IMAGEGEN = "imagegen-artisticmonk", "imagegen", imagegen;
    "Training only for who opts in, and a private mode." IMAGODRAW = "imagodraw", "imagodraw", imagodraw;
    "Credits whose records stay, and galleries with public images." IMGEN = "imgen", "imgen", imgen;
    "Prompts that people share, and restriction." IMGPROMPTS = "imgprompts", "imgprompts", imgprompts;
    "Neither names nor mail: devices alone." IMGUS = "imgus", "imgus", imgus;
}

/// What was founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Founded {
    /// Rows in all tables.
    pub rows: usize,
    /// Files.
    pub files: usize,
}

impl Company {
    /// Creates schema and rows in the empty database at `url` (`sqlite://FILE`, which is created, `postgres://…` or
    /// `mariadb://…`) and the files that rows name under `folder`.
    ///
    /// # Errors
    /// When the database cannot be reached or is not empty, or the folder cannot be written.
    pub async fn found(&self, url: &str, folder: &Path) -> anyhow::Result<Founded> {
        self.put_at(url, folder, Shelf::draw()?).await
    }

    async fn put_at(&self, url: &str, folder: &Path, mut files: Shelf) -> anyhow::Result<Founded> {
        let tables = (self.rows)(&mut files);
        files.write(folder)?;
        let (reached, filled) = ("the database cannot be reached", "the generation database cannot be filled");
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?.create_if_missing(true).foreign_keys(true);
            let mut conn = SqliteConnection::connect_with(&options).await.context("the database cannot be made")?;
            schema::into_sqlite(&mut conn, self.schema, &tables).await.context(filled)?;
            conn.close().await?;
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let mut conn = PgConnection::connect(url).await.context(reached)?;
            schema::into_postgres(&mut conn, self.schema, &tables).await.context(filled)?;
            conn.close().await?;
        } else if url.starts_with("mariadb:") || url.starts_with("mysql:") {
            let mut conn = MySqlConnection::connect(url).await.context(reached)?;
            schema::into_maria(&mut conn, self.schema, &tables).await.context(filled)?;
            conn.close().await?;
        } else {
            bail!("a generation database is at sqlite://FILE, postgres://… or mariadb://…");
        }
        Ok(Founded { rows: tables.iter().map(Table::len).sum(), files: files.len() })
    }
}

/// Founds all of them, each at the address and with the folder that `place` names; the pictures are drawn once.
///
/// # Errors
/// As [`Company::found`].
pub async fn found_all(place: impl Fn(&Company) -> (String, String)) -> anyhow::Result<()> {
    let shelf = Shelf::draw()?;
    for company in ALL {
        let (url, folder) = place(company);
        company.put_at(&url, Path::new(&folder), shelf.emptied()).await.context(company.product)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those who measure and those who test rely on these rows; whoever changes them should mean it. A new encoder of
    /// pictures may change them too: the sizes of the files are among them.
    #[test]
    fn chance_falls_the_same_way_on_every_machine() {
        let shelf = Shelf::draw().expect("it draws");
        let drawn = ALL.map(|company| {
            let tables = (company.rows)(&mut shelf.emptied());
            let text = format!("{tables:?}");
            let sum = text.bytes().fold(0_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
            (company.name, tables.len(), sum)
        });
        assert_eq!(
            drawn,
            [
                ("imagegen", 20, 1_482_663_776_401_909_088),
                ("imagodraw", 7, 17_256_129_235_834_338_598),
                ("imgen", 11, 6_097_694_443_881_458_042),
                ("imgprompts", 6, 4_403_476_379_688_553_481),
                ("imgus", 5, 12_984_809_410_448_698_843)
            ],
            "the rows have changed; where that is meant, so do these numbers"
        );
    }
}
