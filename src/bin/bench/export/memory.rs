//! How much more memory a package takes than rest does, for few rows and for many.

use super::{package, source};
use crate::erasure::world::{Copy, all};
use crate::ground::Ground;
use crate::memory;
use anyhow::bail;

/// The rows of the table: people with 20,000, 200,000 and, where `full`, 2,000,000 rows.
pub async fn rows(copy: &Copy, full: bool) -> anyhow::Result<Vec<String>> {
    let mut rows = Vec::new();
    let people: &[(i64, i64)] = &[(30_001, 20_000), (30_002, 200_000), (30_003, 2_000_000)];
    let people = &people[..if full { 3 } else { 2 }];
    for (person, count) in people {
        all(
            &copy.url,
            Ground::Postgres,
            format!(
                "INSERT INTO users VALUES ({person}, 'p{person}@mail.example', 'p{person}', '2024-01-02T03:04:05Z', NULL, NULL);
                 INSERT INTO prompts SELECT {person}::bigint * 10000000 + i, {person},
                    'A lighthouse in the rain, number ' || i || ', with warm light in its windows and ships far out', NULL,
                    '2026-01-02T03:04:05Z' FROM generate_series(1, {count}) AS i;"
            ),
        )
        .await?;
    }
    all(&copy.url, Ground::Postgres, "VACUUM ANALYZE".to_owned()).await?;
    let (source, folder) = (source(copy)?, tempfile::tempdir()?);
    // connections and what they remember belong to rest
    source.check().await?;
    let rest = memory::resting()?;
    for (person, count) in people {
        memory::resting()?;
        let copied = package(&source, &person.to_string(), folder.path()).await?;
        let packed: i64 = copied.tables.iter().map(|table| table.rows).sum();
        if packed != count + 1 {
            bail!("{packed} rows instead of {count}");
        }
        let above = memory::highest()?.saturating_sub(rest) / 1024;
        eprintln!("export, memory at {count} rows: {above} MiB");
        rows.push(format!("| export, memory above rest at {count} rows | < 64 MiB, and flat | {above} MiB |"));
    }
    source.close().await;
    Ok(rows)
}
